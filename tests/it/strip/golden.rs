//! Every language in every output, compared with files. `MASTHEAD_BLESS=1 cargo test golden` rewrites the files; read the
//! diff.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::strip::{DateStyle, Lang, LanguageLink, Layout, NumberStyle, Strip, Times};
use masthead::weather::City;
use masthead::{Attribution, Snapshot, SourceId};

use super::{NOW, weather};
use crate::support::time;

/// A currency, its value, the nominal, and the bank's change or an empty text.
type Quoted = (&'static str, &'static str, u32, &'static str);

/// A strip to compare.
struct Case {
    name: &'static str,
    rows: &'static [Quoted],
    /// The day's maximum in tenths of a degree.
    maximum: Option<i16>,
    /// The ages of rates and weather.
    ages: [TimeDelta; 2],
    of: Of,
    layout: fn(Layout) -> Layout,
}

/// Which rates are shown.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    /// Those of the day of the fetch.
    Today,
    /// Those of the day of the fetch, the first of them unconfirmed.
    TodayUnconfirmed,
    /// Those of the next day alone.
    Tomorrow,
    /// The built-in sample, with its weather.
    Sample,
}

const FRESH: [TimeDelta; 2] = [TimeDelta::minutes(5), TimeDelta::minutes(0)];

fn cases() -> Vec<Case> {
    let case = |name, rows, maximum| Case {
        name,
        rows,
        maximum,
        ages: FRESH,
        of: Of::Today,
        layout: |layout| layout,
    };
    let sample: &[Quoted] = &[("USD", "447.32", 1, ""), ("CNY", "62.64", 1, "")];
    let usual: &[Quoted] = &[("USD", "475.09", 1, "2.4"), ("EUR", "551.06", 1, "-3.68")];
    vec![
        case("fresh", usual, Some(220)),
        Case {
            ages: [TimeDelta::days(4), TimeDelta::hours(7)],
            ..case("stale", usual, Some(220))
        },
        case("absent", &[], None),
        case("negative", &[("USD", "0.05", 1, "-0.01")], Some(-190)),
        case("zero", &[("USD", "5.4", 1, "0.00")], Some(0)),
        case(
            "huge",
            &[("USD", "987654321.1234", 1, "1000000")],
            Some(990),
        ),
        case(
            "nominal 100",
            &[("KRW", "31.28", 100, "0.4"), ("IRR", "0.04", 1000, "")],
            Some(10),
        ),
        Case {
            layout: |layout| layout.numbers(NumberStyle::Locale),
            ..case(
                "numbers of the language",
                &[("USD", "11030.13", 1, "-1447.5")],
                Some(-5),
            )
        },
        Case {
            layout: |layout| {
                let links = Lang::ALL
                    .iter()
                    .map(|lang| LanguageLink::of(*lang).url(format!("/{lang}/")));
                layout
                    .today(true)
                    .dates(DateStyle::Full)
                    .times(Times::Clock)
                    .conditions(true)
                    .microdata(true)
                    .languages(links)
            },
            ..case(
                "every option",
                &[("USD", "475.09", 1, "2.4"), ("KRW", "31.28", 100, "")],
                Some(220),
            )
        },
        Case {
            layout: TABLE,
            ..case(
                "table",
                &[
                    ("USD", "475.09", 1, "2.4"),
                    ("KRW", "31.28", 100, ""),
                    ("RUB", "5.4", 1, "0"),
                ],
                Some(220),
            )
        },
        Case {
            layout: PAGE,
            ..case("page", usual, Some(220))
        },
        Case {
            of: Of::TodayUnconfirmed,
            ..case("unconfirmed", usual, Some(220))
        },
        Case {
            ages: [TimeDelta::days(1), TimeDelta::minutes(0)],
            ..case("behind", usual, Some(220))
        },
        Case {
            of: Of::Tomorrow,
            ..case("tomorrow", usual, Some(220))
        },
        Case {
            of: Of::Sample,
            ..case("sample", sample, None)
        },
        Case {
            of: Of::TodayUnconfirmed,
            ages: [TimeDelta::days(1), TimeDelta::minutes(0)],
            layout: TABLE,
            ..case("table, unconfirmed and behind", usual, Some(220))
        },
        Case {
            of: Of::Sample,
            layout: TABLE,
            ..case("table, sample", sample, None)
        },
        Case {
            of: Of::TodayUnconfirmed,
            ages: [TimeDelta::days(1), TimeDelta::minutes(0)],
            layout: PAGE,
            ..case("page, unconfirmed and behind", usual, Some(220))
        },
        Case {
            of: Of::Tomorrow,
            layout: PAGE,
            ..case("page, tomorrow", usual, Some(220))
        },
        Case {
            of: Of::Sample,
            layout: PAGE,
            ..case("page, sample", sample, None)
        },
    ]
}

const PAGE: fn(Layout) -> Layout = |layout| Layout::page().lang(layout.get_lang());

const TABLE: fn(Layout) -> Layout = |layout| {
    Layout::table()
        .lang(layout.get_lang())
        .conditions(true)
        .isolates(false)
};

fn snapshot(case: &Case, now: DateTime<Utc>) -> Snapshot {
    if case.of == Of::Sample {
        return Snapshot::sample();
    }
    let mut snapshot = Snapshot::default();
    let [rates_age, weather_age] = case.ages;
    if !case.rows.is_empty() {
        let at = now - rates_age;
        let ahead = chrono::Days::new(u64::from(case.of == Of::Tomorrow));
        let publication = Publication::new(
            SourceId::NATIONAL_BANK_KZ,
            Currency::KZT,
            Quotation::HomePerForeign,
            at.with_timezone(&chrono_tz::Asia::Almaty).date_naive() + ahead,
            chrono_tz::Asia::Almaty,
        );
        let rows = case.rows.iter().map(|(code, value, nominal, change)| {
            Row::new(
                code.parse().unwrap(),
                parse_decimal(value).unwrap(),
                *nominal,
            )
            .with_change((!change.is_empty()).then(|| parse_decimal(change).unwrap()))
        });
        let credit = Attribution::new("bank").with_url("https://nationalbank.kz/");
        let rates = Rates::new(publication, rows).unwrap();
        let first = case
            .rows
            .iter()
            .take(usize::from(case.of == Of::TodayUnconfirmed));
        let rates = rates.with_unconfirmed(first.map(|(code, ..)| code.parse().unwrap()));
        snapshot.add_rates(rates, credit, at);
    }
    if let Some(maximum) = case.maximum {
        let credit = Attribution::new("met")
            .with_url("https://api.met.no/")
            .with_licence("CC BY 4.0")
            .with_licence_url("https://creativecommons.org/licenses/by/4.0/");
        let city = City::find("astana").unwrap();
        // Stale by its computation, which is older than the fetch.
        let issued = now - weather_age * 4;
        snapshot.add_weather(
            city.id(),
            city.zone(),
            weather(maximum).with_issued(issued).unwrap(),
            credit,
            now - weather_age,
            None,
        );
    }
    snapshot
}

/// The outputs of all cases in a language, each under its heading.
fn outputs(lang: Lang) -> String {
    let mut out = String::new();
    for case in cases() {
        // The stale weather is of the same day.
        let now = if case.of == Of::Sample {
            Snapshot::SAMPLE_TIME
        } else {
            time(NOW) + case.ages[1]
        };
        let snapshot = snapshot(&case, now);
        let codes: Vec<_> = match case.rows {
            [] => vec!["USD"],
            rows => rows.iter().map(|(code, ..)| *code).collect(),
        };
        let pairs = codes
            .iter()
            .map(|code| format!("{code}/KZT").parse().unwrap());
        let layout = (case.layout)(Layout::line().lang(lang)).rates([pairs]);
        let strip = Strip::new(&snapshot, &layout, now);
        let ansi = strip.ansi().to_string().replace('\u{1b}', "\\e");
        for (format, output) in [
            ("text", strip.text().to_string()),
            ("ansi", ansi),
            ("html", strip.html().to_string()),
            ("json", strip.json().to_string()),
        ] {
            writeln!(out, "== {} as {format}\n{output}\n", case.name).unwrap();
        }
    }
    out
}

/// Compares `found` with a golden file, or rewrites the file if `MASTHEAD_BLESS` is set.
#[track_caller]
pub(super) fn assert_golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/strip/golden");
    let path = path.join(name);
    if std::env::var_os("MASTHEAD_BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    for (found, golden) in found.lines().zip(golden.lines()) {
        assert_eq!(found, golden, "{name}");
    }
    assert_eq!(found.len(), golden.len(), "{name}");
}

#[test]
fn every_language_prints_its_golden_file() {
    for lang in Lang::ALL {
        assert_golden(&format!("{lang}.txt"), &outputs(*lang));
    }
}

#[test]
fn fragments_have_at_most_3000_bytes_in_every_language() {
    let case = Case {
        rows: &[
            ("USD", "475.09", 1, "2.4"),
            ("EUR", "551.06", 1, "-3.68"),
            ("RUB", "5.84", 1, "0.07"),
            ("CNY", "68.73", 1, "-0.12"),
        ],
        ..cases().remove(0)
    };
    // A first start, whose rates are all unconfirmed.
    let confirmed = snapshot(&case, time(NOW));
    let mut unconfirmed = confirmed.clone();
    let rates = confirmed.rates(time(NOW)).unwrap().value().clone();
    let codes = case.rows.iter().map(|(code, ..)| code.parse().unwrap());
    let rates = rates.with_unconfirmed(codes);
    let credit = Attribution::new("bank").with_url("https://nationalbank.kz/");
    unconfirmed.add_rates(rates, credit, time(NOW));
    let snapshots = [confirmed, unconfirmed];
    let later = time(NOW) + TimeDelta::hours(7);
    let states = [time(NOW), later, later + TimeDelta::days(4)];
    for (lang, now) in Lang::ALL
        .iter()
        .flat_map(|lang| states.map(|now| (lang, now)))
    {
        for snapshot in &snapshots {
            let layout = Layout::line().lang(*lang);
            let html = Strip::new(snapshot, &layout, now).html().to_string();
            let packed = gzipped(&html);
            assert!(
                html.len() <= 3000 && packed <= 1100,
                "{lang}: {} bytes, {packed} gzipped",
                html.len()
            );
        }
    }
}

fn gzipped(text: &str) -> usize {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap().len()
}
