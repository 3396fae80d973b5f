//! The README: its length, its commands, and its picture, which the crate draws.
//!
//! `MASTHEAD_BLESS=1 cargo test --all-features --test it readme` writes the pictures.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::strip::{Layout, Strip};
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
    // The picture follows the reader's colour scheme. The page of a repository has its own setting, and selects one of two
    // pictures.
    let query = "@media (prefers-color-scheme:dark)";
    assert_eq!(drawn.matches(query).count(), 1);
    for (theme, always) in [("light", "@media not all"), ("dark", "@media all")] {
        let file = root().join(format!("docs/strip-{theme}.svg"));
        let picture = format!("{}\n", drawn.replace(query, always));
        if std::env::var_os("MASTHEAD_BLESS").is_some() {
            std::fs::write(&file, &picture).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap();
        assert_eq!(picture, kept, "{}", file.display());
        assert!(readme().contains(&format!(r#"="docs/strip-{theme}.svg""#)));
    }
    // The alternative text has the figures of the picture.
    let readme = readme();
    let alt = readme.split_once(" alt=\"").unwrap().1;
    let alt = alt.split_once('"').unwrap().0;
    let text = strip.text().to_string();
    for figure in alt.split([' ', ',', ';', '(', ')']) {
        if figure.contains(|c: char| c.is_ascii_digit()) {
            assert!(text.contains(figure), "{figure} is not in {text}");
        }
    }
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
    use masthead::ledger::{Feed, Ledger, Sighting, View};
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
    let query = "@media (prefers-color-scheme:dark)";
    for (theme, always) in [("light", "@media not all"), ("dark", "@media all")] {
        let file = root().join(format!("docs/chart-{theme}.svg"));
        let picture = format!("{}\n", drawn.replace(query, always));
        if std::env::var_os("MASTHEAD_BLESS").is_some() {
            std::fs::write(&file, &picture).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            picture,
            "{}",
            file.display()
        );
        assert!(readme().contains(&format!(r#"="docs/chart-{theme}.svg""#)));
    }
}
