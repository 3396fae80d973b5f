//! The settings in force as a settings file, for `--print-config`.
//!
//! Values come from the file, defaults from the settings that were read from it. A test reads the output again and compares.

use std::collections::BTreeMap;
use std::fmt::Display;

use toml::de::{DeTable, DeValue};
use toml_writer::{ToTomlKey as _, ToTomlValue as _, TomlKeyBuilder, TomlStringBuilder};

use super::{Config, Listen};

/// The text in place of a secret.
const HIDDEN: &str = "hidden";

/// A setting: its key, and its default as TOML. `None`: it has no value, or one that only the running machine knows.
type Setting = (&'static str, Option<String>);

/// A section: its name, its settings, and whether it is off unless the file has it.
struct Group {
    name: &'static str,
    is_optional: bool,
    settings: Vec<Setting>,
}

/// Returns a valid settings file with each setting in force. `text` is the file that `config` was read from.
pub(super) fn in_force(text: &str, config: &Config) -> String {
    let (file, _) = DeTable::parse_recoverable(text);
    let file = file.get_ref();
    let mut hides = Vec::new();
    let mut body = String::new();
    for group in groups(file, config) {
        let table = match group.name {
            "" => Some(file),
            name => file.get(name).and_then(|value| value.get_ref().as_table()),
        };
        if !group.name.is_empty() {
            let is_off = group.is_optional && table.is_none();
            let off = if is_off { "# not set: " } else { "" };
            body.push_str(&format!("\n{off}[{}]\n", group.name));
            if is_off {
                continue;
            }
        }
        for (key, default) in group.settings {
            let set = table.and_then(|table| table.get(key));
            let value = match set.map(|value| value.get_ref()) {
                Some(DeValue::String(text)) => {
                    let shown = without_secret(group.name, key, text);
                    if shown.is_some() {
                        hides.push(match group.name {
                            "" => key.to_owned(),
                            name => format!("{name}.{key}"),
                        });
                    }
                    Some(quoted(shown.as_deref().unwrap_or(text)))
                }
                Some(value) => Some(toml(value)),
                None => default,
            };
            body.push_str(&match value {
                Some(value) => format!("{key} = {value}\n"),
                None => format!("# not set: {key}\n"),
            });
        }
    }
    let mut head = "# The settings in force, with all defaults.\n".to_owned();
    if !hides.is_empty() {
        let hides = hides.join(", ");
        head.push_str(&format!(
            "# Secrets are replaced by \"{HIDDEN}\" in: {hides}. Put them back before you use this file.\n"
        ));
    }
    head + &body
}

/// Returns every section with the defaults of its settings.
fn groups(file: &DeTable<'_>, config: &Config) -> Vec<Group> {
    let own = |text: &dyn Display| Some(quoted(&text.to_string()));
    let plain = |value: &dyn Display| Some(value.to_string());
    let text_of = |section: &str, key: &str| {
        let value = file.get(section)?.get_ref().get(key)?.get_ref().as_str()?;
        Some(value.to_owned())
    };
    let (ticker, view, network) = (&config.ticker, &config.view, &config.network);
    let limits = &network.limits;
    let is_page = text_of("layout", "form").as_deref() == Some("page");
    let in_row = if is_page {
        2
    } else {
        ticker.usual.len().max(1)
    };
    let rows = ticker.usual.chunks(in_row).map(|row| {
        list(
            row.iter()
                .map(|pair| quoted(&pair.to_string().to_lowercase())),
        )
    });
    let pairs = if is_page { list(rows) } else { rows.collect() };
    let tags = list(view.languages.iter().map(|lang| quoted(lang.tag())));
    let mode = |listen: &Listen| match listen {
        Listen::Unix { .. } => own(&"0660"),
        Listen::Tcp(_) => None,
    };
    let has_open_meteo = ticker.has_open_meteo();
    let seconds = |time: std::time::Duration| plain(&time.as_secs_f64());
    let group = |name, is_optional, settings| Group {
        name,
        is_optional,
        settings,
    };
    let sections = [
        group(
            "",
            false,
            vec![
                ("contact", None),
                ("listen", own(&network.listen)),
                ("listen_mode", mode(&network.listen)),
                ("base", own(&network.base)),
                ("health", own(&"summary")),
                ("threads", None),
                ("state", None),
                ("history_since", None),
                ("upstream", None),
                ("bank", own(&ticker.bank().id())),
                ("pairs", Some(pairs)),
                ("cities", Some(list([quoted("astana")]))),
                ("languages", Some(tags)),
                ("default_language", own(&view.lang.tag())),
            ],
        ),
        group(
            "layout",
            false,
            vec![
                ("form", own(&"line")),
                ("conditions", plain(&false)),
                ("today", plain(&false)),
                ("numbers", own(&"quote")),
                ("dates", own(&"long")),
                ("times", own(&"ago")),
                ("temperatures", own(&"around_maximum")),
                ("pair_case", own(&"lower")),
                ("kazakh_latin", own(&"2018")),
                ("microdata", plain(&false)),
                ("isolates", plain(&!is_page)),
                ("link", None),
                ("link_url", None),
                ("link_texts", None),
                // That of the model.
                (
                    "phone",
                    if is_page {
                        own(&"+7 701 759 90 19")
                    } else {
                        None
                    },
                ),
                ("languages", None),
            ],
        ),
        group(
            "weather",
            false,
            vec![
                ("sources", Some(list([quoted("met_norway")]))),
                ("open_meteo_key", None),
                (
                    "open_meteo_non_commercial",
                    has_open_meteo.then(|| false.to_string()),
                ),
            ],
        ),
        group(
            "limits",
            false,
            vec![
                ("connections", plain(&limits.connections)),
                ("events", plain(&limits.events)),
                ("events_per_address", plain(&limits.events_per_address)),
                ("header_timeout", seconds(limits.header_timeout)),
                ("write_timeout", seconds(limits.write_timeout)),
                ("shutdown_timeout", seconds(limits.shutdown_timeout)),
            ],
        ),
        group(
            "proxy",
            true,
            vec![("peer_header", None), ("trusted", None)],
        ),
        group(
            "annotate",
            true,
            vec![
                ("listen", None),
                (
                    "listen_mode",
                    config
                        .annotate
                        .as_ref()
                        .and_then(|annotate| mode(&annotate.own.listen)),
                ),
                ("beyond_loopback", plain(&false)),
                ("to", own(&"USD")),
                ("concurrency", plain(&16)),
            ],
        ),
        group(
            "metrics",
            true,
            vec![
                ("listen", None),
                (
                    "listen_mode",
                    config
                        .metrics
                        .as_ref()
                        .and_then(|metrics| mode(&metrics.own.listen)),
                ),
                ("beyond_loopback", plain(&false)),
            ],
        ),
        group(
            "log",
            false,
            vec![
                ("format", own(&"text")),
                ("level", own(&"info")),
                ("access", plain(&false)),
            ],
        ),
        group(
            "redis",
            true,
            vec![
                ("url", None),
                ("prefix", own(&"masthead")),
                (
                    "node",
                    config.fleet.as_ref().and_then(|fleet| own(&fleet.node())),
                ),
                ("timeout_ms", plain(&250)),
                ("certificate_authority", None),
            ],
        ),
    ];
    sections.into()
}

/// Returns a value without its secret, if it has one.
fn without_secret(section: &str, key: &str, text: &str) -> Option<String> {
    match (section, key) {
        ("weather", "open_meteo_key") => Some(HIDDEN.to_owned()),
        ("redis", "url") | ("", "upstream") => without_password(text),
        _ => None,
    }
}

/// Returns an address without its password, if it has one: `redis://user:password@host`, or `?pass=password`.
fn without_password(url: &str) -> Option<String> {
    let (before, query) = match url.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (url, None),
    };
    let mut shown = before.to_owned();
    if let Some((scheme, rest)) = before.split_once("://")
        && let Some((user, host)) = rest.rsplit_once('@')
    {
        // Without a colon it may be either.
        let user = user.split_once(':').map_or("", |(user, _)| user);
        shown = format!("{scheme}://{user}:{HIDDEN}@{host}");
    }
    let public = ["db=", "protocol=", "user="];
    let parameters = query.map(|query| {
        let parts = query.split('&').map(|part| match part.split_once('=') {
            Some((key, _)) if !public.iter().any(|key| part.starts_with(key)) => {
                format!("{key}={HIDDEN}")
            }
            _ => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("&")
    });
    if let Some(parameters) = parameters {
        shown = format!("{shown}?{parameters}");
    }
    shown.contains(HIDDEN).then_some(shown)
}

/// Writes a value on one line.
fn toml(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => quoted(text),
        // In ten digits, whatever the file's base.
        DeValue::Integer(whole) => i64::from_str_radix(whole.as_str(), whole.radix())
            .map_or_else(|_| whole.as_str().to_owned(), |whole| whole.to_string()),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        DeValue::Array(values) => list(values.iter().map(|value| toml(value.get_ref()))),
        DeValue::Table(table) => {
            // In the order of the keys, which the parser does not keep.
            let table: BTreeMap<&str, &DeValue<'_>> = table
                .iter()
                .map(|(key, value)| (key.get_ref().as_ref(), value.get_ref()))
                .collect();
            let entries = table.into_iter().map(|(key, value)| {
                let key = TomlKeyBuilder::new(key).as_default().to_toml_key();
                format!("{key} = {}", toml(value))
            });
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn list(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().collect();
    format!("[{}]", values.join(", "))
}

/// Writes a text in quotes on one line.
fn quoted(text: &str) -> String {
    TomlStringBuilder::new(text).as_basic().to_toml_value()
}

#[cfg(test)]
mod tests;
