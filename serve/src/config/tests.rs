//! Each error with its position, key and message.

use std::net::IpAddr;

use masthead::strip::Lang;

use super::Config;

pub(super) const CONTACT: &str = "contact = \"news.example.kz; web@example.kz\"\n";

/// Returns the errors of a file that begins with a valid contact; `text` starts at its second line.
pub(super) fn problems(text: &str) -> Vec<String> {
    let Err(problems) = Config::parse("masthead.toml", &format!("{CONTACT}{text}")) else {
        return Vec::new();
    };
    let lines = problems.to_string();
    lines
        .lines()
        .map(|line| line.strip_prefix("masthead.toml:").unwrap().to_owned())
        .collect()
}

#[track_caller]
pub(super) fn is_refused(text: &str, problem: &str) {
    let reported = problems(text);
    assert_eq!(reported.len(), 1, "{reported:#?}");
    assert!(
        reported[0].starts_with(problem),
        "{} instead of {problem}",
        reported[0]
    );
}

#[test]
fn a_contact_is_enough() {
    assert_eq!(problems(""), Vec::<String>::new());
    let config = Config::parse("masthead.toml", CONTACT).unwrap();
    let ticker = config.ticker(false, None, |_| {}).unwrap();
    let (request, ()) = http::Request::get("/kk.html")
        .body(())
        .unwrap()
        .into_parts();
    assert_eq!(
        config.service(&ticker).unwrap().respond(&request).status(),
        200
    );
}

#[test]
fn a_contact_is_required() {
    let reported = Config::parse("masthead.toml", "\n# nothing\n").unwrap_err();
    assert_eq!(
        reported.to_string(),
        "masthead.toml:1:1: contact: is required: add a line such as contact = \"news.example.kz; web@example.kz\", with your site and address"
    );
    let reported = Config::parse("masthead.toml", "contact = 5").unwrap_err();
    assert_eq!(
        reported.to_string(),
        "masthead.toml:1:11: contact: expected text in quotes, found a whole number"
    );
    let reported = Config::parse("masthead.toml", "contact = \"Алматы\"").unwrap_err();
    assert!(
        reported
            .to_string()
            .starts_with("masthead.toml:1:11: contact: invalid contact"),
        "{reported}"
    );
}

#[test]
fn an_unknown_key_is_reported_with_the_accepted_ones() {
    is_refused(
        "lisen = \"127.0.0.1:80\"",
        "2:1: lisen: unknown key, perhaps listen; accepted are contact, upstream, bank,",
    );
    is_refused(
        "\n[layout]\n  colour = \"red\"",
        "4:3: layout.colour: unknown key; accepted are form, conditions, ",
    );
    is_refused(
        "[limits]\nconections = 3",
        "3:1: limits.conections: unknown key, perhaps connections; accepted are connections, events, ",
    );
    is_refused(
        "[wether]",
        "2:2: wether: unknown key, perhaps weather; accepted are contact, ",
    );
    is_refused(
        "cities = [{ id = \"a\", name = \"A\", zone = \"Asia/Oral\", latitude = 1, longitude = 2, hight = 3 }]",
        "2:84: cities[0].hight: unknown key, perhaps height; accepted are id, name, zone, latitude, longitude, height",
    );
}

#[test]
fn a_wrong_type_is_reported() {
    is_refused(
        "threads = \"two\"",
        "2:11: threads: expected a whole number, found text",
    );
    is_refused(
        "threads = 2.5",
        "2:11: threads: expected a whole number, found a number",
    );
    is_refused(
        "cities = \"astana\"",
        "2:10: cities: expected a list in brackets, found text",
    );
    is_refused(
        "layout = \"line\"",
        "2:1: layout: expected a section, found text"
            .replace("2:1", "2:10")
            .as_str(),
    );
    is_refused(
        "[layout]\ntoday = 1",
        "3:9: layout.today: expected true or false, found a whole number",
    );
    is_refused(
        "base = 2026-04-02",
        "2:8: base: expected text in quotes, found a date",
    );
}

#[test]
fn an_unknown_name_is_reported_with_the_accepted_ones() {
    is_refused(
        "bank = \"nbk\"",
        "2:8: bank: unknown bank \"nbk\": expected one of national_bank_kz, cbr, ",
    );
    is_refused(
        "cities = [\"astana\", \"atlantis\"]",
        "2:21: cities[1]: unknown city \"atlantis\"; expected one of astana, almaty, ",
    );
    is_refused(
        "languages = [\"kk\",\n  \"tlh\"]",
        "3:3: languages[1]: unknown language \"tlh\": expected one of en, ru, kk,",
    );
    is_refused(
        "languages = [\"kk\"]\ndefault_language = \"ru\"",
        "3:20: default_language: ru is not served; expected one of kk",
    );
    is_refused(
        "pairs = [\"usd/kzt\", \"usd/xyz\"]",
        "2:21: pairs[1]: invalid pair \"usd/xyz\": unknown currency \"xyz\"",
    );
    is_refused(
        "pairs = [[\"usd/kzt\"], [\"eur/usd\"]]",
        "2:24: pairs[1][0]: the bank quotes its own currency, KZT: expected for example USD/KZT, ",
    );
    is_refused(
        "[weather]\nsources = [\"gismeteo\"]",
        "3:12: weather.sources[0]: unknown \"gismeteo\"; expected one of met_norway, open_meteo",
    );
    is_refused(
        "[layout.languages]\nde = \"/de/\"",
        "3:1: layout.languages.de: unknown language \"de\"",
    );
}

#[test]
fn a_value_out_of_range_is_reported() {
    is_refused("threads = 0", "2:11: threads: expected 1 to 256");
    is_refused(
        "[limits]\nheader_timeout = 0",
        "3:18: limits.header_timeout: expected 0.1 to 60 seconds",
    );
    is_refused(
        "[limits]\nwrite_timeout = nan",
        "3:17: limits.write_timeout: expected 0.1 to 60 seconds",
    );
    is_refused(
        "[limits]\nconnections = 99999999999999999999",
        "3:15: limits.connections: expected 2 to 1000000",
    );
    is_refused(
        "[limits]\nconnections = 10\nevents = 10",
        "4:10: limits.events: expected fewer than limits.connections, 10",
    );
    let city = |latitude: &str| {
        format!(
            "cities = [{{ id = \"a\", name = \"A\", zone = \"Asia/Oral\", latitude = {latitude}, longitude = 2 }}]"
        )
    };
    is_refused(
        &city("90.5"),
        "2:66: cities[0].latitude: invalid place 90.5,",
    );
    assert_eq!(problems(&city("-90")), Vec::<String>::new());
}

#[test]
fn an_invalid_address_or_path_is_reported() {
    is_refused(
        "listen = \"localhost\"",
        "2:10: listen: expected an address and a port, such as ",
    );
    is_refused(
        "base = \"strip\"",
        "2:8: base: expected a path such as \"/strip\"",
    );
    is_refused("upstream = \"ftp://a\"", "2:12: upstream: invalid upstream");
    is_refused(
        "state = \"/nowhere/masthead.ledger\"",
        "2:9: state: /nowhere/masthead.ledger: its folder does not exist",
    );
    is_refused(
        "[layout.languages]\nkk = \"javascript:alert(1)\"",
        "3:6: layout.languages.kk: expected an address that begins with /",
    );
    is_refused(
        "[proxy]\npeer_header = \"x-real-ip\"\ntrusted = [\"10.0.0.0/33\"]",
        "4:12: proxy.trusted[0]: expected an address such as ",
    );
    is_refused(
        "[proxy]\ntrusted = []",
        "2:2: proxy.peer_header: is required",
    );
}

#[test]
fn a_syntax_error_is_reported() {
    is_refused("bank = \"cbr\nthreads = 1", "2:");
    let reported = problems("bank = \"cbr\"\nbank = \"cbu\"");
    assert!(
        reported[0].starts_with("3:1: duplicate key"),
        "{reported:?}"
    );
}

#[test]
fn columns_are_counted_in_characters() {
    is_refused(
        "[layout]\nphone = \"қазақ\" \nlink = 1",
        "4:8: layout.link: ",
    );
    is_refused(
        "[layout.languages]\n\"ққ\" = \"/\"",
        "3:1: layout.languages.ққ: unknown language",
    );
    is_refused(
        "cities = [{ id = \"a\", name = \"Ақ\", zone = \"Ақ\", latitude = 1, longitude = 2 }]",
        "2:43: cities[0].zone: ",
    );
}

#[test]
fn a_key_is_never_printed() {
    for text in [
        "[weather]\nopen_meteo_key = [\"s3cret\"]",
        "[weather]\nopen_meteo_kee = \"s3cret\"",
        "[weather]\nopen_meteo_key = \"s3cret",
        "[weather]\nopen_meteo_key = s3cret",
        "[weather]\nopen_meteo_key = \"s3cret\"\nopen_meteo_key = \"s3cret\"",
        "[weather]\nsources = [\"open_meteo\"]\nopen_meteo_key = \"s3cret\"\nthreads = 1",
        "upstream = \"http://user:s3cret@mirror.example/\"",
        "[redis]\nurl = \"redis://:s3cret@10.0.0.5/one\"",
        "[redis]\nurl = \"redis://:s3#cret@10.0.0.5\"",
        "[redis]\nurl = \"s3cret\"",
        "[redis]\nurl = [\"redis://:s3cret@10.0.0.5\"]",
        "[redis]\nurl = \"redis://:s3cret@10.0.0.5",
        "[redis]\naddress = \"redis://:s3cret@10.0.0.5\"",
        "redis = \"redis://:s3cret@10.0.0.5\"",
        "[redis]\nurl = \"redis://:s3cret@10.0.0.5\"\ncertificate_authority = \"/nowhere\"",
    ] {
        let reported = problems(text).join("\n");
        assert!(
            !reported.is_empty() && !reported.contains("cret"),
            "{reported}"
        );
    }
    let text =
        format!("{CONTACT}[weather]\nsources = [\"open_meteo\"]\nopen_meteo_key = \"s3cret\"");
    let config = Config::parse("masthead.toml", &text).unwrap();
    let ticker = config.ticker(false, None, |_| {}).unwrap();
    assert!(!format!("{config:?} {ticker:?}").contains("s3cret"));
}

#[test]
fn an_invalid_shared_store_is_reported() {
    is_refused("[redis]\nprefix = \"news\"", "2:2: redis.url: is required");
    is_refused(
        "[redis]\nurl = \"http://10.0.0.5\"",
        "3:7: redis.url: invalid address \"http://10.0.0.5\": expected redis://, rediss:// or unix://",
    );
    is_refused(
        "redis = \"redis://10.0.0.5\"",
        "2:9: redis: expected a section, found text",
    );
    let redis = |line: &str| format!("[redis]\nurl = \"redis://10.0.0.5\"\n{line}");
    is_refused(
        &redis("prefix = \"ne ws\""),
        "4:10: redis.prefix: invalid prefix \"ne ws\": expected 1 to 64 of ",
    );
    is_refused(
        &redis("node = \"web 1\""),
        "4:8: redis.node: invalid node \"web 1\": expected 1 to 64 of ",
    );
    is_refused(
        &redis("timeout_ms = 0"),
        "4:14: redis.timeout_ms: expected 1 to 1000",
    );
    is_refused(
        &redis("timeout = 1"),
        "4:1: redis.timeout: unknown key, perhaps timeout_ms; accepted are url, prefix, node, timeout_ms, certificate_authority",
    );
    is_refused(
        &redis("certificate_authority = \"/nowhere/ca.pem\""),
        "4:25: redis.certificate_authority: cannot be read: ",
    );
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    is_refused(
        &redis(&format!("certificate_authority = {here:?}")),
        "4:25: redis.certificate_authority: invalid certificate authority: there is no certificate in it",
    );
}

#[test]
fn the_node_name_is_that_of_the_machine_or_of_the_settings() {
    let node = |text: &str| {
        let text = format!("{CONTACT}[redis]\nurl = \"redis://:s3cret@127.0.0.1:9\"\n{text}");
        let config = Config::parse("masthead.toml", &text).unwrap();
        let ticker = config.ticker(false, None, |_| {}).unwrap();
        let fleet = ticker.health().fleet.unwrap();
        assert_eq!(fleet.calls, 0, "not connected");
        assert!(!format!("{config:?} {ticker:?} {fleet:?}").contains("s3cret"));
        fleet.node.to_string()
    };
    // The ticker appends six letters to the name.
    assert!(node("node = \"web-1\"").starts_with("web-1."));
    assert!(node("prefix = \"news\"\ntimeout_ms = 100").len() > 7);
    let alone = Config::parse("masthead.toml", CONTACT).unwrap();
    assert!(
        alone
            .ticker(false, None, |_| {})
            .unwrap()
            .health()
            .fleet
            .is_none()
    );
}

#[test]
fn open_meteo_needs_a_key_or_a_statement_of_non_commercial_use() {
    is_refused(
        "[weather]\nsources = [\"open_meteo\"]",
        "3:12: weather.sources[0]: needs weather.open_meteo_key, or ",
    );
    let free =
        "[weather]\nsources = [\"met_norway\", \"open_meteo\"]\nopen_meteo_non_commercial = true";
    assert_eq!(problems(free), Vec::<String>::new());
}

#[test]
fn settings_reach_the_server_and_the_pages() {
    let text = format!(
        "{CONTACT}base = \"/strip\"\nbank = \"cbr\"\npairs = [\"cny/rub\"]\nlanguages = [\"ru\", \"kk\"]\n\
         cities = [\"oral\", {{ id = \"kapan\", name = \"Капан\", zone = \"Asia/Yerevan\", latitude = 39.2, longitude = 46, height = 770 }}]\n\
         [layout]\npair_case = \"upper\"\n[layout.languages]\nkk = \"/kk/\"\nru = \"/\"\n\
         [limits]\nconnections = 20\nheader_timeout = 0.5\n\
         [proxy]\npeer_header = \"x-real-ip\"\ntrusted = [\"10.0.0.0/8\"]"
    );
    let config = Config::parse("masthead.toml", &text).unwrap();
    let limits = config.network.limits;
    assert_eq!(
        (
            limits.connections,
            limits.events,
            limits.header_timeout.as_millis()
        ),
        (20, 10, 500)
    );
    let headers = http::HeaderMap::from_iter([(
        http::HeaderName::from_static("x-real-ip"),
        "192.0.2.7".parse().unwrap(),
    )]);
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    assert_eq!(
        config
            .network
            .trust
            .peer(Some(address("10.9.9.9")), &headers)
            .0,
        address("192.0.2.7")
    );

    let ticker = config.ticker(false, None, |_| {}).unwrap();
    let service = config.service(&ticker).unwrap();
    let respond = |path: &str| {
        let (request, ()) = http::Request::get(path).body(()).unwrap().into_parts();
        service.respond(&request)
    };
    assert_eq!(respond("/strip/en.html").status(), 404);
    let page = String::from_utf8(respond("/strip/ru.html").body().to_vec()).unwrap();
    for text in [
        "data-pair=\"CNY/RUB\"",
        ">CNY</abbr>/RUB",
        "Уральск",
        "Капан",
        "href=\"/kk/\"",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(!page.contains("USD/"));
    let default = respond("/strip/");
    assert_eq!(default.headers()["content-language"], "ru");
}

#[test]
fn cities_and_the_link_have_texts_by_language() {
    let text = "languages = [\"kk\", \"ru\", \"en\"]\n\
        cities = [{ id = \"talghar\", name = \"Talghar\", zone = \"Asia/Almaty\", latitude = 43.3, longitude = 77.24, \
        names = { kk = \"Талғар\", ru = \"Талгар\" } }]\n\
        [layout]\nform = \"page\"\nlink = \"Home\"\nlink_texts = { ru = \"На главную\" }\n";
    let config = Config::parse("masthead.toml", &format!("{CONTACT}\n{text}")).unwrap();
    let ticker = config.ticker(false, None, |_| {}).unwrap();
    let service = config.service(&ticker).unwrap();
    let page = |lang: Lang| service.fragment(lang).to_string();
    let (kazakh, russian, english) = (page(Lang::Kk), page(Lang::Ru), page(Lang::En));
    assert!(kazakh.contains("Талғар") && kazakh.contains("Home"));
    assert!(russian.contains("Талгар") && russian.contains("На главную"));
    assert!(english.contains("Talghar") && english.contains("Home"));
    is_refused(
        "[layout]\nlink = \"Home\"\nlink_texts = { de = \"Startseite\" }",
        "4:16: layout.link_texts.de: unknown language \"de\": expected one of en, ",
    );
    is_refused(
        "[layout]\nlink_url = \"/\"",
        "3:12: layout.link_url: has no effect without layout.link",
    );
}
