//! The output of the line layout, written by `write!` with `Decimal`'s own `Display`, and by an askama template.

use std::fmt::{self, Write};

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use masthead::money::{Currency, Trend};
use masthead::strip::{DateStyle, Lang, RateItem, Shown, WeatherItem};
use masthead::{Attribution, SourceId, Strip};
use rust_decimal::Decimal;

/// The words of a language as finished text, which a template author has as literals.
pub(crate) struct Words {
    pub(crate) tag: &'static str,
    dir: &'static str,
    lang: Lang,
    title: String,
    as_of: (String, String),
    up: (String, String),
    down: (String, String),
    unchanged: String,
    minutes: (String, String),
    list: String,
    aside: (String, String),
    /// The day of the rates as text.
    day: String,
}

impl Words {
    pub(crate) fn of(lang: Lang) -> Self {
        let tag = lang.tag();
        let path = format!("{}/../locale/data/{tag}.tsv", env!("CARGO_MANIFEST_DIR"));
        let table = std::fs::read_to_string(path).expect("the table of a language");
        let cell = |key: &str| {
            let line = table
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix('\t'));
            let (value, _) = line.expect("a cell").split_once('\t').expect("an origin");
            value
                .replace("\\u{A0}", "\u{a0}")
                .replace("\\u{202F}", "\u{202f}")
        };
        let around = |key: &str, place: &str| {
            let pattern = cell(key);
            let (before, after) = pattern.split_once(place).expect("a place");
            (before.to_owned(), after.to_owned())
        };
        let day = "2026-04-02".parse().expect("a date");
        Self {
            tag,
            dir: lang.direction().as_str(),
            lang,
            title: cell("label.title"),
            as_of: around("pattern.as_of", "{0}"),
            up: around("pattern.up", "{0}"),
            down: around("pattern.down", "{0}"),
            unchanged: cell("label.unchanged"),
            minutes: around("age.minutes", "{0}"),
            list: cell("pattern.list").replace("{0}", "").replace("{1}", ""),
            aside: {
                let (before, after) = around("pattern.aside", "{1}");
                (before.replace("{0}", ""), after)
            },
            day: lang.date(day, DateStyle::Long).to_string(),
        }
    }

    /// Returns the arrow of the bank's change, and the words before and after it.
    fn change(&self, item: &RateItem<'_>) -> Option<(&str, &str, &str)> {
        match item.trend() {
            Trend::Up => Some(("▲", &self.up.0, &self.up.1)),
            Trend::Down => Some(("▼", &self.down.0, &self.down.1)),
            Trend::Unchanged => Some(("=", &self.unchanged, "")),
            Trend::Unknown => None,
        }
    }

    fn city(&self, item: &WeatherItem<'_>) -> &'static str {
        let city = masthead::weather::City::find(item.city.id().as_str()).expect("built in");
        self.lang.city(city)
    }

    fn source(&self, source: &SourceId) -> &'static str {
        self.lang.source(source).expect("a known source")
    }

    fn currency(&self, currency: Currency) -> &'static str {
        self.lang.currency(currency).expect("a known currency")
    }
}

fn lower(currency: Currency) -> &'static str {
    match currency.code() {
        "USD" => "usd",
        "EUR" => "eur",
        "RUB" => "rub",
        "CNY" => "cny",
        _ => "kzt",
    }
}

/// Returns the number of decimals to print, at least two.
fn places(value: Decimal) -> usize {
    value.scale().max(2) as usize
}

fn range(item: &WeatherItem<'_>) -> (i16, i16) {
    match item.shown() {
        Some(Shown::Range { low, high }) => (low, high),
        other => panic!("the bench's forecast has a range: {other:?}"),
    }
}

/// Returns the minutes since the fetch: five, for all data.
fn minutes(strip: &Strip<'_>) -> i64 {
    let held = strip.weather().next().and_then(|item| item.observed);
    let now = super::NOW.parse().expect("a time");
    held.expect("weather").age(now).num_minutes()
}

/// Formats an instant.
fn instant(at: DateTime<Utc>) -> impl fmt::Display {
    at.format("%Y-%m-%dT%H:%M:%SZ")
}

fn rates_day(strip: &Strip<'_>) -> NaiveDate {
    let rate = strip.rates().next().and_then(|item| item.rate);
    rate.expect("a rate").day()
}

/// Returns the instant at which the data of a source were fetched.
fn fetched(strip: &Strip<'_>, source: &SourceId) -> DateTime<Utc> {
    let rates = strip.rates().next().and_then(|item| item.observed);
    let weather = strip.weather().next().and_then(|item| item.observed);
    rates
        .filter(|held| held.source() == source)
        .map(|held| held.fetched())
        .or_else(|| weather.map(|held| held.fetched()))
        .expect("it was read")
}

pub(crate) fn text(strip: &Strip<'_>, words: &Words, out: &mut String) -> fmt::Result {
    let (list, (open, close)) = (&words.list, (&words.aside.0, &words.aside.1));
    let (before, after) = (&words.minutes.0, &words.minutes.1);
    let minutes = minutes(strip);
    if words.dir == "rtl" {
        out.push('\u{200f}');
    }
    for (index, item) in strip.rates().enumerate() {
        let rate = item.rate.expect("a rate");
        let (base, quote, value) = (
            lower(item.pair.base()),
            lower(item.pair.quote()),
            rate.value(),
        );
        let dot = if index == 0 { "" } else { " · " };
        write!(
            out,
            "{dot}\u{2066}{base}/{quote} {value:.*}\u{2069}",
            places(value)
        )?;
        if let (Some((arrow, before, after)), Some(change)) = (words.change(&item), rate.change()) {
            if change.is_zero() {
                write!(out, " {arrow} {before}{after}")?;
            } else {
                let change = change.abs();
                write!(
                    out,
                    " {arrow} {before}\u{2066}{change:.*}\u{2069}{after}",
                    places(change)
                )?;
            }
        }
    }
    for (index, (source, credit)) in strip.attributions().enumerate() {
        if index == 0 {
            let (before, after) = &words.as_of;
            write!(out, " · {before}\u{2068}{}\u{2069}{after}{list}", words.day)?;
        } else {
            for item in strip.weather() {
                let (low, high) = range(&item);
                let name = words.city(&item);
                write!(
                    out,
                    " · \u{2068}{name}\u{2069} \u{2066}{low:+}…{high:+}\u{a0}°C\u{2069} · "
                )?;
            }
        }
        write!(out, "\u{2068}{}\u{2069}", words.source(source))?;
        if let Some(licence) = credit.licence() {
            write!(out, "{open}\u{2068}{licence}\u{2069}{close}")?;
        }
        write!(out, "{list}{before}{minutes}{after}")?;
    }
    Ok(())
}

pub(crate) fn html(strip: &Strip<'_>, words: &Words, out: &mut String) -> fmt::Result {
    const DOT: &str = r#"<span aria-hidden="true"> · </span>"#;
    let Words {
        tag,
        dir,
        title,
        list,
        ..
    } = words;
    let minutes = minutes(strip);
    write!(
        out,
        r#"<section class="masthead" lang="{tag}" dir="{dir}" aria-label="{title}"><p class="masthead-row" role="list">"#
    )?;
    for (index, item) in strip.rates().enumerate() {
        let rate = item.rate.expect("a rate");
        let (base, quote, value) = (item.pair.base(), item.pair.quote(), rate.value());
        let (trend, freshness) = (item.trend().as_str(), item.freshness.as_str());
        let source = item.observed.expect("rates").source();
        let (name, dot) = (words.currency(base), if index == 0 { "" } else { DOT });
        write!(
            out,
            r#"{dot}<span role="listitem" class="masthead-rate" data-pair="{base}/{quote}" data-trend="{trend}" data-source="{source}" data-freshness="{freshness}"><bdi dir="ltr"><abbr title="{name}">{}</abbr>/{} <data value="{value}">{value:.*}</data></bdi>"#,
            lower(base),
            lower(quote),
            places(value)
        )?;
        if let (Some((arrow, before, after)), Some(change)) = (words.change(&item), rate.change()) {
            write!(out, r#" <span aria-hidden="true">{arrow}</span> {before}"#)?;
            if !change.is_zero() {
                let shown = change.abs();
                write!(
                    out,
                    r#"<bdi dir="ltr"><data value="{change}">{shown:.*}</data></bdi>"#,
                    places(shown)
                )?;
            }
            write!(out, "{after}")?;
        }
        write!(out, "</span>")?;
    }
    for (index, (source, credit)) in strip.attributions().enumerate() {
        let name = words.source(source);
        if index == 0 {
            let ((before, after), day) = (&words.as_of, &words.day);
            write!(
                out,
                r#"{DOT}<span role="listitem" class="masthead-note" data-source="{source}">{before}<bdi><time datetime="{}">{day}</time></bdi>{after}{list}"#,
                rates_day(strip)
            )?;
        } else {
            for item in strip.weather() {
                let (low, high) = range(&item);
                let (id, name) = (item.city.id(), words.city(&item));
                let hour = item.hour.expect("an hour");
                let condition = hour.condition.as_ref().expect("a condition");
                let daylight = hour.daylight.expect("a suffix").as_str();
                let source = item.observed.expect("weather").source();
                let freshness = item.freshness.as_str();
                write!(
                    out,
                    r#"{DOT}<span role="listitem" class="masthead-weather" data-city="{id}" data-condition="{condition}" data-daylight="{daylight}" data-source="{source}" data-freshness="{freshness}"><bdi>{name}</bdi> <bdi dir="ltr"><data value="{low}">{low:+}</data>…<data value="{high}">{high:+}</data>{}°C</bdi></span>{DOT}"#,
                    '\u{a0}'
                )?;
            }
            write!(
                out,
                r#"<span role="listitem" class="masthead-note" data-source="{source}">"#
            )?;
        }
        let url = credit.url().expect("an address");
        write!(out, r#"<a href="{url}"><bdi>{name}</bdi></a>"#)?;
        if let (Some(licence), Some(url)) = (credit.licence(), credit.licence_url()) {
            let (open, close) = &words.aside;
            write!(
                out,
                r#"{open}<a href="{url}"><bdi>{licence}</bdi></a>{close}"#
            )?;
        }
        let (before, after) = &words.minutes;
        write!(
            out,
            r#"{list}<time datetime="{}">{before}{minutes}{after}</time></span>"#,
            instant(fetched(strip, source))
        )?;
    }
    write!(out, "</p></section>")
}

pub(crate) fn json(strip: &Strip<'_>, words: &Words, out: &mut String) -> fmt::Result {
    let Words { tag, dir, .. } = words;
    write!(
        out,
        r#"{{"schema":2,"generated":"{}","lang":"{tag}","dir":"{dir}","sample":false,"rates":["#,
        instant(super::NOW.parse().expect("a time"))
    )?;
    for (index, item) in strip.rates().enumerate() {
        let rate = item.rate.expect("a rate");
        let (pair, name, value) = (item.pair, words.currency(item.pair.base()), rate.value());
        let (day, change) = (rate.day(), rate.change().expect("a change"));
        let (trend, freshness) = (item.trend().as_str(), item.freshness.as_str());
        let source = item.observed.expect("rates").source();
        let comma = if index == 0 { "" } else { "," };
        write!(
            out,
            r#"{comma}{{"pair":"{pair}","name":"{name}","nominal":{},"value":"{value}","day":"{day}","behind":{},"change":"{change}","trend":"{trend}","confirmed":{},"source":"{source}","fetched":"{}","freshness":"{freshness}"}}"#,
            rate.nominal(),
            item.is_behind(),
            rate.is_confirmed(),
            instant(item.observed.expect("rates").fetched())
        )?;
    }
    write!(out, r#"],"next":null,"weather":["#)?;
    for item in strip.weather() {
        let (low, high) = range(&item);
        let (id, name, now) = (item.city.id(), words.city(&item), item.now().expect("now"));
        let hour = item.hour.expect("an hour");
        let condition = hour.condition.as_ref().expect("a condition");
        let sky = words
            .lang
            .condition(condition, hour.daylight)
            .expect("words");
        let daylight = hour.daylight.expect("a suffix").as_str();
        let held = item.observed.expect("weather");
        let source = held.source();
        let freshness = item.freshness.as_str();
        let (from, to) = (low, high);
        let today = super::NOW.parse::<DateTime<Utc>>().expect("a time");
        let today = today.with_timezone(&item.city.zone()).date_naive();
        let day = held.value().range(today, item.city.zone()).expect("a day");
        let (low, high) = (day.low().whole(), day.high().whole());
        let issued = held.value().issued().expect("a computation");
        write!(
            out,
            r#"{{"city":"{id}","name":"{name}","low":{low},"high":{high},"around_maximum":{{"from":{from},"to":{to}}},"now":{now},"condition":"{condition}","sky":"{sky}","daylight":"{daylight}","source":"{source}","valid":"{}","issued":"{}","fetched":"{}","freshness":"{freshness}"}}"#,
            instant(held.valid()),
            instant(issued),
            instant(held.fetched())
        )?;
    }
    write!(out, r#"],"attribution":["#)?;
    for (index, (source, credit)) in strip.attributions().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let (name, url) = (words.source(source), credit.url().expect("an address"));
        write!(out, r#"{comma}{{"name":"{name}","link":"{url}","licence":"#)?;
        match credit.licence() {
            Some(licence) => write!(out, r#""{licence}"}}"#)?,
            None => write!(out, "null}}")?,
        }
    }
    write!(out, "]}}")
}

/// The askama template. askama escapes the values; the words of the table are trusted.
#[derive(Template)]
#[template(path = "line.html")]
struct Line<'a> {
    strip: &'a Strip<'a>,
    words: &'a Words,
    minutes: i64,
}

impl Line<'_> {
    fn credits(&self) -> impl Iterator<Item = (&SourceId, &Attribution)> {
        self.strip.attributions()
    }
}

pub(crate) fn askama(strip: &Strip<'_>, words: &Words, out: &mut String) -> fmt::Result {
    let line = Line {
        strip,
        words,
        minutes: minutes(strip),
    };
    line.render_into(out).map_err(|_| fmt::Error)
}
