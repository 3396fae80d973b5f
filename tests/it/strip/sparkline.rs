//! Sparklines: golden files in every language, gaps, the phrase, their size, and layouts without them.
//!
//! `MASTHEAD_BLESS=1 cargo test sparkline` rewrites the golden files; look at them.

use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, Days, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use masthead::ledger::{Feed, Ledger, RecordId, Sighting, Verdict, View};
use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::strip::{Lang, Layout, Strip};
use masthead::{Attribution, Snapshot, SourceId};
use proptest::prelude::*;
use serde_json::Value;

use super::picture::read;
use crate::support::{day, time};

const BANK: SourceId = SourceId::NATIONAL_BANK_KZ;
const NOW: &str = "2026-04-10T06:00:00Z";

/// The rates of days back from today, each of dollar and rouble; `None` for a day that was not asked for.
fn ledger(dollars: &[Option<&str>]) -> Ledger {
    let mut ledger = Ledger::default();
    for (back, value) in dollars.iter().rev().enumerate() {
        let of = day("2026-04-10") - Days::new(back as u64);
        if let Some(value) = value {
            ledger.insert(sighting(&rates(of, value, 1), "2026-04-10T05:00:00Z"));
        }
    }
    ledger
}

fn rates(of: chrono::NaiveDate, dollar: &str, nominal: u32) -> Rates {
    let head = Publication::new(
        BANK,
        Currency::KZT,
        Quotation::HomePerForeign,
        of,
        chrono_tz::Asia::Almaty,
    );
    let row =
        |currency, value: &str, nominal| Row::new(currency, parse_decimal(value).unwrap(), nominal);
    let rows = [
        row(Currency::USD, dollar, nominal),
        row(Currency::RUB, "5.87", 1),
    ];
    Rates::new(head, rows).unwrap()
}

fn sighting(rates: &Rates, at: &str) -> Sighting {
    Sighting::of_rates(BANK, Feed::OfDay, rates.day(), rates.clone(), time(at))
}

fn view() -> View<'static> {
    View::new(BANK)
        .sparklines([7])
        .credits(|_| Attribution::new("National Bank of Kazakhstan"))
}

fn layout() -> Layout {
    let pairs = [Pair::USD_KZT, Pair::RUB_KZT, Pair::EUR_KZT];
    Layout::line()
        .rates([pairs])
        .cities([])
        .sparklines(7)
        .isolates(false)
}

/// Seven days with a gap of two.
const WEEK: [Option<&str>; 7] = [
    Some("475.09"),
    Some("474.80"),
    None,
    None,
    Some("476.00"),
    Some("478.50"),
    Some("477.31"),
];

fn html(snapshot: &Snapshot, layout: &Layout, now: DateTime<Utc>) -> String {
    Strip::new(snapshot, layout, now).html().to_string()
}

#[test]
fn every_golden_sparkline_is_reproduced() {
    let snapshot = ledger(&WEEK).at(time(NOW), &view());
    for lang in Lang::ALL {
        let mut found = String::new();
        for layout in [
            layout(),
            Layout::table()
                .rates([[Pair::USD_KZT, Pair::RUB_KZT]])
                .cities([])
                .sparklines(7),
        ] {
            let layout = layout.lang(*lang).isolates(true);
            let strip = Strip::new(&snapshot, &layout, time(NOW));
            found += &format!(
                "{}\n{}\n{}\n{}\n",
                strip.text(),
                strip.html(),
                strip.svg().width(480),
                strip.json()
            );
        }
        let file = format!("it/strip/golden/sparkline.{lang}.txt");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
        if std::env::var_os("MASTHEAD_BLESS").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(&path).unwrap(), "{file}");
    }
}

#[test]
fn every_output_has_the_same_days() {
    let snapshot = ledger(&WEEK).at(time(NOW), &view());
    let layout = layout();
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let text = strip.text().to_string();
    assert!(
        text.starts_with("usd/kzt 477.31 ▁▁··▃█▅ · rub/kzt 5.87 ▄▄··▄▄▄ · eur/kzt no data · "),
        "{text}"
    );
    assert!(strip.ansi().to_string().contains(" ▁▁··▃█▅"));
    let page = html(&snapshot, &layout, time(NOW));
    let phrase =
        "4 April 2026 – 10 April 2026, first 475.09, last 477.31, highest 478.50, lowest 474.80";
    assert!(
        page.contains(&format!(
            r#" role="img" aria-label="{phrase}" height="1em" viewBox="0 0 14 16""#
        )),
        "{page}"
    );
    assert!(
        page.contains(r#"<path d="M0 14h2v1h2M8 10h2v-9h2v5h2"></path>"#),
        "{page}"
    );
    assert_eq!(
        page.matches("<svg ").count(),
        2,
        "a pair without a rate has none"
    );
    assert!(!page.contains("style") && !page.contains("<script"));
    let picture = strip.svg().to_string();
    assert!(picture.contains("▁▁··▃█▅") && picture.contains(phrase));
    let (_, description) = picture.split_once("<desc>").unwrap();
    assert!(
        !description.split_once("</desc>").unwrap().0.contains('▁'),
        "words for assistive technology"
    );
    read(&picture);
    let document: Value = serde_json::from_str(&strip.json().to_string()).unwrap();
    let recent = document["rates"][0]["recent"].as_array().unwrap();
    let values: Vec<_> = recent.iter().map(|point| point["value"].as_str()).collect();
    assert_eq!(values, WEEK);
    assert_eq!(
        (&recent[0]["day"], &recent[6]["day"]),
        (&"2026-04-04".into(), &"2026-04-10".into())
    );
    assert_eq!(document["rates"][2].get("recent"), None);
}

#[test]
fn without_the_option_or_the_days_the_strip_is_as_before() {
    let known = ledger(&WEEK);
    let plain = known.at(time(NOW), &View::new(BANK));
    let kept = known.at(time(NOW), &View::new(BANK).sparklines([7, 30]));
    let (off, on) = (layout().sparklines(0), layout());
    for other in [
        (&plain, &on),
        (&kept, &off),
        (&kept, &layout().sparklines(8)),
    ] {
        let strips = [(&plain, &off), other].map(|(snapshot, layout)| {
            let strip = Strip::new(snapshot, layout, time(NOW));
            [
                strip.text().to_string(),
                strip.html().to_string(),
                strip.svg().to_string(),
                strip.json().to_string(),
            ]
        });
        assert_eq!(strips[0], strips[1]);
    }
    assert!(html(&kept, &layout().sparklines(30), time(NOW)).contains(r#"viewBox="0 0 60 16""#));
    assert_eq!(
        serde_json::to_string(&kept).unwrap(),
        serde_json::to_string(&plain).unwrap()
    );
    // The page of the model stays as it is.
    let page = Layout::page().sparklines(7);
    assert!(!html(&kept, &page, time(NOW)).contains("<svg"));
}

#[test]
fn a_row_in_quarantine_is_a_gap() {
    let mut known = ledger(&WEEK);
    let strange = rates(day("2026-04-10"), "4773.10", 1);
    let newer = sighting(&strange, "2026-04-10T05:30:00Z");
    let id = newer.id().unwrap();
    known.insert(newer);
    let verdict = move |of: RecordId| {
        if of == id {
            Verdict::Except(vec![Currency::USD])
        } else {
            Verdict::Accepted
        }
    };
    let snapshot = known.at(time(NOW), &view().verdicts(verdict));
    let layout = layout();
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let text = strip.text().to_string();
    assert!(text.contains("▁▁··▃█·"), "{text}");
    assert!(!strip.json().to_string().contains("4773"));
}

#[test]
fn the_next_publication_has_its_own_days() {
    let mut known = ledger(&WEEK);
    known.insert(sighting(
        &rates(day("2026-04-11"), "490", 1),
        "2026-04-10T05:00:00Z",
    ));
    let snapshot = known.at(time(NOW), &view());
    let now = time(NOW);
    let of = |now| Strip::new(&snapshot, &layout(), now).text().to_string();
    assert!(of(now).starts_with("usd/kzt 477.31 ▁▁··▃█▅"), "{}", of(now));
    let midnight = time("2026-04-10T19:00:00Z");
    assert!(
        of(midnight).starts_with("usd/kzt 490.00 ▁··▁▂▂█"),
        "{}",
        of(midnight)
    );
}

#[test]
fn rates_of_another_nominal_are_for_that_of_the_last() {
    let mut known = Ledger::default();
    for (of, value, nominal) in [
        ("2026-04-08", "47.5", 10),
        ("2026-04-09", "4.8", 1),
        ("2026-04-10", "490", 100),
    ] {
        known.insert(sighting(&rates(day(of), value, nominal), NOW));
    }
    let snapshot = known.at(time(NOW), &view());
    let layout = layout();
    let document: Value =
        serde_json::from_str(&Strip::new(&snapshot, &layout, time(NOW)).json().to_string())
            .unwrap();
    let recent = document["rates"][0]["recent"].as_array().unwrap();
    let values: Vec<_> = recent
        .iter()
        .skip(4)
        .map(|point| point["value"].as_str().unwrap())
        .collect();
    assert_eq!(values, ["475", "480", "490"]);
}

fn packed(text: &str) -> usize {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap().len()
}

/// A walk of so many days, with gaps.
fn walk(days: usize, seed: u64) -> Vec<Option<String>> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut value = 47_500_u32;
    let values = (0..days).map(|back| {
        value = value + random.u32(..401) - 200;
        let is_known = back + 1 == days || random.u8(..) > 40;
        is_known.then(|| format!("{}.{:02}", value / 100, value % 100))
    });
    values.collect()
}

#[test]
fn thirty_days_take_at_most_400_bytes_with_gzip_for_each_pair() {
    for (seed, lang) in (0..).zip(Lang::ALL) {
        let values = walk(30, seed);
        let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
        let snapshot = ledger(&values).at(time(NOW), &View::new(BANK).sparklines([30]));
        let one = Layout::line()
            .rates([[Pair::USD_KZT]])
            .cities([])
            .lang(*lang);
        let [without, with] =
            [0, 30].map(|days| html(&snapshot, &one.clone().sparklines(days), time(NOW)));
        let more = packed(&with) - packed(&without);
        assert!((150..=400).contains(&more), "{lang}: {more} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn levels_follow_the_rates(days in 1_usize..93, seed: u64) {
        let values = walk(days, seed);
        let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
        let length = u8::try_from(days).unwrap();
        let snapshot = ledger(&values).at(time(NOW), &View::new(BANK).sparklines([length]));
        let layout = layout().sparklines(length);
        let page = html(&snapshot, &layout, time(NOW));
        let (_, path) = page.split_once("<path d=\"").unwrap();
        let (path, _) = path.split_once('"').unwrap();
        let drawn = levels(path, days);
        let text = Strip::new(&snapshot, &layout, time(NOW)).text().to_string();
        let blocks: Vec<char> = text.split(' ').nth(2).unwrap().chars().collect();
        prop_assert_eq!(blocks.len(), days);
        for (index, value) in values.iter().enumerate() {
            prop_assert_eq!(value.is_some(), drawn[index].is_some());
            prop_assert_eq!(value.is_none(), blocks[index] == '·');
            for (other, compared) in values.iter().enumerate().take(index) {
                let (Some(value), Some(compared)) = (value, compared) else { continue };
                let [value, compared] = [value, compared].map(|value| parse_decimal(value).unwrap());
                if value >= compared {
                    prop_assert!(drawn[index] <= drawn[other], "a higher rate is nearer to the top");
                    prop_assert!(blocks[index] >= blocks[other]);
                }
            }
        }
        let heights: Vec<i32> = drawn.iter().flatten().copied().collect();
        let (top, foot) = (heights.iter().min(), heights.iter().max());
        prop_assert!(top == foot || (top, foot) == (Some(&1), Some(&15)), "{}", path);
    }
}

/// The height of each day of a path.
fn levels(path: &str, days: usize) -> Vec<Option<i32>> {
    let mut drawn = vec![None; days];
    let (mut x, mut y) = (0_usize, 0);
    let starts: Vec<usize> = path
        .char_indices()
        .filter(|(_, c)| c.is_ascii_alphabetic())
        .map(|(at, _)| at)
        .collect();
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(path.len());
        let numbers: Vec<i32> = path[start + 1..end]
            .split(' ')
            .map(|number| number.parse().unwrap())
            .collect();
        match (&path[*start..=*start], &numbers[..]) {
            ("M", [to_x, to_y]) => (x, y) = (usize::try_from(*to_x).unwrap(), *to_y),
            ("v", [by]) => y += by,
            ("h", [by]) => {
                let to = x + usize::try_from(*by).unwrap();
                drawn[x / 2..to / 2].fill(Some(y));
                x = to;
            }
            other => panic!("{other:?} in {path}"),
        }
    }
    drawn
}

#[test]
fn an_old_strip_keeps_its_sparkline() {
    let snapshot = ledger(&WEEK).at(time(NOW), &view());
    let later = time(NOW) + TimeDelta::days(5);
    let text = Strip::new(&snapshot, &layout(), later).text().to_string();
    assert!(text.starts_with("usd/kzt 477.31 ▁▁··▃█▅ · "), "{text}");
    assert!(text.contains("outdated"), "{text}");
}
