//! The README: its length, its commands, and its pictures, which the crate draws.
//!
//! `MASTHEAD_BLESS=1 cargo test --all-features --test it readme` writes the pictures.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use masthead::ledger::{Feed, Ledger, Sighting, View};
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::prose::Annotator;
use masthead::strip::{Lang, Layout, Strip};
use masthead::weather::{Celsius, City, Hour, Weather};
use masthead::{Attribution, Snapshot, SourceId};

use crate::support::{day, time};

const NOW: &str = "2026-04-02T06:00:00Z";

/// The folder of the repository, which differs from that of the package in some layouts.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_root = |folder: &&Path| folder.join("Cargo.lock").is_file();
    package.ancestors().find(is_root).unwrap().to_path_buf()
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// The National Bank's rates of 2 April 2026, and invented weather.
fn snapshot() -> Snapshot {
    let row = |currency, value, change| {
        Row::new(currency, parse_decimal(value).unwrap(), 1)
            .with_change(parse_decimal(change).unwrap())
    };
    let publication = Publication::new(
        SourceId::NATIONAL_BANK_KZ,
        Currency::KZT,
        Quotation::HomePerForeign,
        day("2026-04-02"),
        chrono_tz::Asia::Almaty,
    );
    let rows = [
        row(Currency::USD, "475.09", "-3.68"),
        row(Currency::EUR, "551.06", "2.44"),
        row(Currency::RUB, "5.87", "0"),
        row(Currency::CNY, "69.12", "-0.19"),
    ];
    let midnight = time("2026-04-01T19:00:00Z");
    let hours = (0_i16..24).map(|hour| {
        Hour::new(
            midnight + TimeDelta::hours(i64::from(hour)),
            Celsius::from_tenths(90 - 8 * (hour - 15).abs()).unwrap(),
        )
    });
    let city = City::find("astana").unwrap();
    let read = time(NOW) - TimeDelta::minutes(5);
    let bank = Attribution::new("National Bank of Kazakhstan").with_url("https://nationalbank.kz/");
    let met = Attribution::new("Data from MET Norway").with_licence("CC BY 4.0");
    let weather = Weather::new(SourceId::MET_NORWAY, hours, []).unwrap();
    let mut snapshot = Snapshot::default();
    snapshot.add_rates(Rates::new(publication, rows).unwrap(), bank, read);
    snapshot.add_weather(city.id(), city.zone(), weather, met, read, None);
    snapshot
}

#[test]
fn the_pictures_are_the_crates_own() {
    let (snapshot, layout) = (snapshot(), Layout::line());
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let drawn = strip.svg().width(900).to_string();
    assert_kept("strip", &drawn);
    // The alternative text has the figures of the picture.
    let text = strip.text().to_string();
    for figure in alternative_text("strip").split([' ', ',', ';', '(', ')']) {
        if figure.contains(|c: char| c.is_ascii_digit()) {
            assert!(text.contains(figure), "{figure} is not in {text}");
        }
    }
}

/// The part of a picture that follows the reader's colour scheme.
const QUERY: &str = "@media (prefers-color-scheme:dark)";

/// Compares a picture with its two files, or writes them. The page of a repository has its own colour scheme, and selects one of
/// the two.
fn assert_kept(name: &str, drawn: &str) {
    assert_eq!(drawn.matches(QUERY).count(), 1);
    for (theme, always) in [("light", "@media not all"), ("dark", "@media all")] {
        let file = root().join(format!("docs/{name}-{theme}.svg"));
        let picture = format!("{}\n", drawn.replace(QUERY, always));
        if std::env::var_os("MASTHEAD_BLESS").is_some() {
            std::fs::write(&file, &picture).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap();
        assert_eq!(picture, kept, "{}", file.display());
        assert!(readme().contains(&format!(r#"="docs/{name}-{theme}.svg""#)));
    }
}

fn alternative_text(name: &str) -> String {
    let readme = readme();
    let picture = format!(r#"src="docs/{name}-light.svg" alt=""#);
    let alt = readme.split_once(&picture).unwrap().1;
    alt.split_once('"').unwrap().0.to_owned()
}

/// Sentences of articles in two languages, annotated at the rates of the strip. The value is in the quiet colour of the style sheet in
/// the chapter on amounts, and the sentence is otherwise that of the article.
#[test]
fn the_picture_of_an_annotated_sentence_is_the_crates_own() {
    let bank = SourceId::NATIONAL_BANK_KZ;
    let rates = snapshot().rates(time(NOW)).unwrap().value().clone();
    let of = rates.day();
    let mut ledger = Ledger::default();
    ledger.insert(Sighting::of_rates(
        bank.clone(),
        Feed::OfDay,
        of,
        rates,
        time(NOW),
    ));
    let history = ledger.history(time(NOW), &View::new(bank));
    let sentences = [
        (
            Lang::En,
            "Families of foresters will receive KZT 7 mln each.",
        ),
        (Lang::Kk, "Қорға 5,9 трлн теңгеден астам қаржы түсті."),
    ];
    let (mut lines, mut texts, mut note) = (Vec::new(), Vec::new(), String::new());
    for (lang, sentence) in sentences {
        let annotator = Annotator::new(&history, of, Currency::USD, lang).unwrap();
        let html = annotator.html(sentence.as_bytes()).into_owned();
        let html = String::from_utf8(html).unwrap();
        let html = html.replace("<bdi>", "").replace("</bdi>", "");
        // BEFORE<data class=…>AMOUNT</data><span class=…>VALUE</span>AFTER<p class=…>NOTE</p>
        let part = |from: &str, to: &str| {
            let rest = html.split_once(from).unwrap().1;
            let rest = rest.split_once('>').unwrap().1;
            rest.split_once(to).unwrap().0.to_owned()
        };
        let before = html.split_once("<data ").unwrap().0;
        let amount = part("<data ", "</data>");
        let value = part(r#"<span class="masthead-converted""#, "</span>");
        let after = html.split_once("</span>").unwrap().1;
        let after = after.split_once("<p ").map_or(after, |(after, _)| after);
        assert_eq!(
            format!("{before}{amount}{value}{after}"),
            annotator.text(sentence)
        );
        let value =
            format!(r##"<tspan class="masthead-svg-quiet" fill="#57606a">{value}</tspan>"##);
        lines.push(("", format!("{before}{amount}{value}{after}")));
        texts.push(annotator.text(sentence));
        if lang == Lang::En {
            note = part(r#"<p class="masthead-amounts-note""#, "</p>");
        }
    }
    let style = r##" class="masthead-svg-quiet" fill="#57606a" font-size="14""##;
    lines.push((style, note));
    let rows = [24, 50, 76].into_iter().zip(lines);
    let rows =
        rows.map(|(y, (style, line))| format!(r#"<text x="12" y="{y}"{style}>{line}</text>"#));
    let rows: String = rows.collect();
    let drawn = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" role="img" xml:space="preserve" width="789" height="90" viewBox="0 0 789 90" fill="#1f2328" font-size="16" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"><title>Annotated sentences</title><style>{QUERY}{{svg{{fill:#e6edf3}}.masthead-svg-paper{{fill:#0d1117}}.masthead-svg-quiet{{fill:#9da7b1}}}}</style><rect class="masthead-svg-paper" width="100%" height="100%" fill="#fff"/>{rows}</svg>"##
    );
    assert_kept("amounts", &drawn);
    let spaced = texts.join(" ").replace('\u{a0}', " ");
    assert_eq!(alternative_text("amounts"), spaced);
}

#[test]
fn the_readme_is_short_and_has_two_commands() {
    let readme = readme();
    let lines = readme.lines().count();
    assert!(lines <= 140, "{lines} lines");
    let longest = readme.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(320), "{longest:?} characters in a line");
    let fenced = readme.split_once("```sh\n").unwrap().1;
    let commands: Vec<_> = fenced.split_once("```").unwrap().0.lines().collect();
    let first = "cargo run --example strip";
    assert_eq!(commands, [first, "cargo test --all-features"]);
}

/// Invented rates of sixty days, with two gaps.
#[test]
fn the_chart_of_the_documentation_is_the_crates_own() {
    let bank = SourceId::NATIONAL_BANK_KZ;
    let mut ledger = Ledger::default();
    let (mut dollar, mut euro) = (49_120_i64, 57_310_i64);
    for (index, of) in (0_i64..60).zip(day("2026-02-02").iter_days()) {
        dollar += index * 7919 % 211 - 122;
        euro += index * 6101 % 263 - 142;
        if [20, 21, 41].contains(&index) {
            continue;
        }
        let head = Publication::new(
            bank.clone(),
            Currency::KZT,
            Quotation::HomePerForeign,
            of,
            chrono_tz::Asia::Almaty,
        );
        let row =
            |currency, hundredths| Row::new(currency, rust_decimal::Decimal::new(hundredths, 2), 1);
        let rates =
            Rates::new(head, [row(Currency::USD, dollar), row(Currency::EUR, euro)]).unwrap();
        ledger.insert(Sighting::of_rates(
            bank.clone(),
            Feed::OfDay,
            of,
            rates,
            time(NOW),
        ));
    }
    let history = ledger.history(time(NOW), &View::new(bank.clone()));
    let series = ["USD/KZT", "EUR/KZT"]
        .map(|pair| history.series(pair.parse().unwrap(), day("2026-02-02")..=day("2026-04-02")));
    let credit = Attribution::new("National Bank of Kazakhstan");
    let chart = masthead::strip::Chart::new(series)
        .unwrap()
        .credit(bank, credit);
    let drawn = chart.svg().to_string();
    assert_kept("chart", &drawn);
}
