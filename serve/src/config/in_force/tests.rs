use super::super::Config;
use super::*;

fn print(text: &str) -> (String, Config) {
    let config = Config::parse("FILE", text);
    let config = config.unwrap_or_else(|problems| panic!("{problems}: {text}"));
    (in_force(text, &config), config)
}

/// All settings but those that a default and the same value in the file tell apart.
fn parts(config: &Config) -> String {
    let Config {
        fleet,
        view,
        network,
        annotate,
        metrics,
        log,
        ..
    } = config;
    format!("{fleet:?} {view:?} {network:?} {annotate:?} {metrics:?} {log:?}")
}

const SAMPLE: &str = include_str!("../../../masthead.toml");

/// Each section with the keys that need another one.
const ALL: &str = r#"
contact = "a; b@example.kz"
listen = "unix:/run/masthead/strip.sock"
threads = 0x10
history_since = "2021-05-10"
pairs = [["usd/kzt"], ["eur/kzt", "rub/kzt"]]
cities = ["almaty", { id = "talgar", name = "Тал\"гар\\\u0007", zone = "Asia/Almaty", latitude = 43.3, longitude = 77, names = { ru = "Талгар", kk-Latn = "Talğar" } }]
default_language = "ru"
[layout]
form = "page"
link = "Site"
link_texts.ru = "На главную"
languages = { ru = "/ru/" }
[weather]
sources = ["open_meteo", "met_norway"]
open_meteo_key = "a-key"
[limits]
connections = 100
write_timeout = 0.25
[proxy]
peer_header = "x-real-ip"
trusted = []
[annotate]
listen = "unix:/run/masthead/articles.sock"
listen_mode = "0600"
[metrics]
listen = "127.0.0.1:9187"
[log]
format = "json"
access = true
[redis]
url = "redis://masthead:p%40ss@10.0.0.5:6379/1"
"#;

#[test]
fn the_output_gives_the_same_settings_and_the_same_output() {
    let page = "contact = \"a; b@example.kz\"\n[layout]\nform = \"page\"";
    let ecb = "contact = \"a; b@example.kz\"\nbank = \"ecb\"\n[annotate]\nlisten = \"[::1]:1\"";
    for text in ["contact = \"a; b@example.kz\"", SAMPLE, page, ecb] {
        let (printed, config) = print(text);
        let (again, same) = print(&printed);
        assert_eq!(again, printed);
        assert_eq!(parts(&same), parts(&config), "{printed}");
        assert_eq!(same.warnings.to_string(), "", "{printed}");
        let (pairs, usual) = (same.ticker.rows.clone(), config.ticker.usual.clone());
        let flat: Vec<_> = pairs.into_iter().flatten().flatten().collect();
        let expected = config.ticker.rows.clone().unwrap_or(vec![usual]);
        assert_eq!(flat, expected.concat(), "{printed}");
        let ids = |config: &Config| {
            let ticker = &config.ticker;
            let cities = ticker.cities.iter().map(|named| format!("{named:?}"));
            (
                cities.collect::<Vec<_>>(),
                ticker.state.clone(),
                ticker.bank().id(),
            )
        };
        assert_eq!(ids(&same), ids(&config), "{printed}");
    }
}

#[test]
fn values_are_on_one_line_and_secrets_are_hidden() {
    let (printed, _) = print(ALL);
    for line in [
        "# Secrets are replaced by \"hidden\" in: weather.open_meteo_key, redis.url. Put them back before you use this file.",
        "listen = \"unix:/run/masthead/strip.sock\"",
        "listen_mode = \"0660\"",
        "threads = 16",
        "# not set: state",
        "pairs = [[\"usd/kzt\"], [\"eur/kzt\", \"rub/kzt\"]]",
        "link_texts = { ru = \"На главную\" }",
        "open_meteo_key = \"hidden\"",
        "open_meteo_non_commercial = false",
        "events = 50",
        "listen = \"127.0.0.1:9187\"",
        "level = \"info\"",
        "write_timeout = 0.25",
        "url = \"redis://masthead:hidden@10.0.0.5:6379/1\"",
    ] {
        assert!(
            printed.lines().any(|found| found == line),
            "{line}: {printed}"
        );
    }
    assert!(
        !printed.contains("a-key") && !printed.contains("p%40ss"),
        "{printed}"
    );
    let (again, same) = print(&printed);
    assert_eq!(again, printed);
    let (_, config) = print(ALL);
    assert_eq!(format!("{:?}", same.view), format!("{:?}", config.view));
    assert_eq!(
        format!("{:?}", same.network),
        format!("{:?}", config.network)
    );
    assert_eq!(same.annotate, config.annotate);
    assert_eq!((same.metrics, same.log), (config.metrics, config.log));
}

#[test]
fn no_password_of_an_address_is_shown() {
    for (url, shown) in [
        ("redis://host", "redis://host"),
        ("redis://host:1/2", "redis://host:1/2"),
        ("redis://:secret@host", "redis://:hidden@host"),
        ("rediss://u:se:cr@et@host:1/0", "rediss://u:hidden@host:1/0"),
        ("redis://secret@host", "redis://:hidden@host"),
        (
            "unix:///run/r.sock?db=1&user=u&pass=secret",
            "unix:///run/r.sock?db=1&user=u&pass=hidden",
        ),
    ] {
        let without = without_password(url);
        assert_eq!(without.as_deref().unwrap_or(url), shown);
        assert_eq!(without.is_some(), shown.contains(HIDDEN), "{url}");
        assert_eq!(without_password(shown), without);
    }
}

/// Each accepted key is printed: a section with an unknown key names them.
#[test]
fn every_accepted_key_is_printed() {
    let (file, _) = DeTable::parse_recoverable(ALL);
    let (_, config) = print(ALL);
    for group in groups(file.get_ref(), &config) {
        let text = match group.name {
            "" => ALL.replacen("contact", "unknown = 1\ncontact", 1),
            name => ALL.replacen(&format!("[{name}]"), &format!("[{name}]\nunknown = 1"), 1),
        };
        let error = Config::parse("FILE", &text).unwrap_err().to_string();
        let (_, accepted) = error.split_once("unknown key; accepted are ").unwrap();
        let mut accepted: Vec<&str> = accepted.split(", ").collect();
        accepted.retain(|key| !group.name.is_empty() || !SECTIONS.contains(key));
        accepted.sort_unstable();
        let mut printed: Vec<&str> = group.settings.iter().map(|(key, _)| *key).collect();
        printed.sort_unstable();
        assert_eq!(printed, accepted, "[{}]", group.name);
    }
}

/// The table of the manual and the sample have every accepted key, and no other.
#[test]
fn every_key_is_in_the_manual_and_in_the_sample() {
    let (file, _) = DeTable::parse_recoverable(ALL);
    let (_, config) = print(ALL);
    let groups = groups(file.get_ref(), &config);
    let keys = groups.iter().flat_map(|group| {
        let keys = group.settings.iter().map(|(key, _)| *key);
        keys.map(|key| match group.name {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        })
    });
    let mut accepted: Vec<String> = keys.collect();
    // A table of the sample.
    accepted.retain(|key| key != "layout.languages");
    accepted.sort_unstable();

    let manual = include_str!("../../../README.md");
    let (_, table) = manual.split_once("\n## Settings\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut in_manual = Vec::new();
    for row in rows {
        let (names, _) = row.split_once("` |").unwrap();
        let mut section = "";
        for name in names.split("`, `") {
            match name.split_once('.') {
                Some(("", key)) => in_manual.push(format!("{section}.{key}")),
                other => {
                    section = other.map_or("", |(of, _)| of);
                    in_manual.push(name.to_owned());
                }
            }
        }
    }
    in_manual.retain(|key| key != "layout.languages");
    in_manual.sort_unstable();
    assert_eq!(in_manual, accepted);

    let mut section = String::new();
    let mut in_sample = Vec::new();
    for line in SAMPLE.lines() {
        let line = line.strip_prefix('#').unwrap_or(line);
        if let Some((name, "")) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            section = format!("{name}.");
        } else if let Some((key, _)) = line.split_once(" = ")
            && key
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            in_sample.push(format!("{section}{key}"));
        }
    }
    in_sample.retain(|key| !key.starts_with("layout.languages."));
    in_sample.sort_unstable();
    assert_eq!(in_sample, accepted);
}

const SECTIONS: [&str; 8] = [
    "annotate", "layout", "limits", "log", "metrics", "proxy", "redis", "weather",
];
