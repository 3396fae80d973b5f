//! Settings that are valid and useless or unlikely, and those that contradict each other.

use super::Config;
use super::tests::{CONTACT, is_refused, problems};

/// Returns the warnings of a valid file that begins with a contact; `text` starts at its second line.
#[track_caller]
fn warnings(text: &str) -> Vec<String> {
    let config = Config::parse("masthead.toml", &format!("{CONTACT}{text}"));
    let config = config.unwrap_or_else(|problems| panic!("{problems}"));
    let lines = config.warnings.to_string();
    let of_file = |line: &str| line.strip_prefix("masthead.toml:").unwrap().to_owned();
    // The limit of the process that runs the tests is not that of a server.
    let lines = lines.lines().filter(|line| !line.contains("ulimit"));
    lines.map(of_file).collect()
}

#[track_caller]
fn is_warned_of(text: &str, warning: &str) {
    let reported = warnings(text);
    assert_eq!(reported.len(), 1, "{reported:#?}");
    assert!(
        reported[0].starts_with(warning),
        "{} instead of {warning}",
        reported[0]
    );
}

#[test]
fn useless_settings_are_named() {
    is_warned_of(
        "[weather]\nopen_meteo_key = \"s3cret\"",
        "3:18: warning: weather.open_meteo_key: has no effect without open_meteo in weather.sources",
    );
    is_warned_of(
        "[weather]\nsources = [\"met_norway\"]\nopen_meteo_non_commercial = true",
        "4:29: warning: weather.open_meteo_non_commercial: has no effect without open_meteo",
    );
    is_warned_of(
        "languages = [\"kz\", \"ru\"]",
        "2:14: warning: languages[0]: is read as kk: its page is kk.html",
    );
    is_warned_of(
        "pairs = []",
        "2:9: warning: pairs: is empty: the pages show no rates",
    );
    is_warned_of(
        "pairs = [\"usd/kzt\", \"ghs/kzt\"]",
        "2:21: warning: pairs[1]: the lists of national_bank_kz have no GHS: the pages show no data in its place",
    );
    is_warned_of(
        "bank = \"cbr\"\npairs = [[\"usd/rub\"], [\"isk/rub\"]]",
        "3:24: warning: pairs[1][0]: the lists of cbr have no ISK",
    );
    is_warned_of(
        "[layout]\nlink = \"Home\"",
        "3:8: warning: layout.link: has no effect without layout.form = \"page\"",
    );
    is_warned_of(
        "[layout]\nform = \"table\"\nphone = \"+7\"",
        "4:9: warning: layout.phone: has no effect without layout.form = \"page\"",
    );
    is_warned_of(
        "[proxy]\npeer_header = \"x-real-ip\"\ntrusted = []",
        "4:11: warning: proxy.trusted: is empty: the header is read only over a unix socket",
    );
    let good = "pairs = [\"usd/kzt\", \"irr/kzt\"]\n[layout]\nform = \"page\"\nlink = \"Home\"\nphone = \"+7\"";
    assert_eq!(warnings(good), Vec::<String>::new());
}

#[test]
fn a_contact_that_names_no_one_is_named() {
    let warnings = |contact: &str| {
        let text = format!("contact = \"{contact}\"\n");
        let config = Config::parse("masthead.toml", &text).unwrap();
        config.warnings.to_string()
    };
    let warned = warnings("me");
    let expected =
        "masthead.toml:1:11: warning: contact: has neither a site nor an address to write to";
    assert_eq!(warned, expected);
    assert_eq!(warnings("news.example.kz"), "");
    assert_eq!(warnings("web@example"), "");
}

#[test]
fn the_same_twice_is_refused() {
    is_refused(
        "pairs = [\"usd/kzt\", \"eur/kzt\", \"USD/KZT\"]",
        "2:32: pairs[2]: USD/KZT is in the list twice",
    );
    is_refused(
        "pairs = [[\"usd/kzt\"], [\"usd/kzt\"]]",
        "2:24: pairs[1][0]: USD/KZT is in the list twice",
    );
    is_refused(
        "[weather]\nsources = [\"met_norway\", \"met_norway\"]",
        "3:26: weather.sources[1]: met_norway is in the list twice",
    );
}

#[test]
fn a_base_that_no_browser_requests_is_refused() {
    for base in ["/../x", "/.", "/..", "/a/./b", "/a/.."] {
        is_refused(
            &format!("base = \"{base}\""),
            "2:8: base: has the part . or .., which browsers remove",
        );
    }
    for base in ["", "/", "/strip", "/a/b.c", "/~a/..b", "/.well-known/strip"] {
        assert_eq!(
            problems(&format!("base = \"{base}\"")),
            Vec::<String>::new()
        );
    }
}

#[test]
fn more_cities_than_the_budget_has_are_named() {
    let cities = |count: usize| {
        let city = |n: usize| {
            let latitude = n as f64 / 10.0;
            format!(
                "{{ id = \"c{n}\", name = \"C\", zone = \"Asia/Oral\", latitude = {latitude}, longitude = 2 }}"
            )
        };
        let all: Vec<String> = (0..count).map(city).collect();
        format!("cities = [{}]\n", all.join(", "))
    };
    let open_meteo =
        "[weather]\nsources = [\"open_meteo\", \"met_norway\"]\nopen_meteo_non_commercial = true";
    is_warned_of(
        &format!("{}{open_meteo}", cities(241)),
        "2:10: warning: cities: 241 cities, and open_meteo gets 240 requests an hour: each city is requested less than once an hour",
    );
    assert_eq!(
        warnings(&format!("{}{open_meteo}", cities(240))),
        Vec::<String>::new()
    );
    assert_eq!(warnings(&cities(500)), Vec::<String>::new());
}

#[test]
fn an_unlikely_place_of_the_state_is_named() {
    is_warned_of(
        "state = \"masthead.ledger\"",
        "2:9: warning: state: is relative: it depends on the folder in which the process starts",
    );
    is_warned_of(
        "state = \"/tmp/masthead-unlikely.ledger\"",
        "2:9: warning: state: is in /tmp, which the system may empty at its next start",
    );
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/masthead.ledger");
    assert_eq!(warnings(&format!("state = {here:?}")), Vec::<String>::new());
}
