//! Rendering of four pairs and one city into a reused buffer, compared with code that a template author would write:
//! `cargo bench -p masthead-benches --bench render`.
//!
//! The alternatives get the same typed items of the same strip, with the words of the language and its date as finished text. They format
//! numbers, times and ages. All outputs are asserted to be equal. `-- --test` runs everything once and measures nothing.

#![allow(clippy::print_stdout)]

mod rivals;
mod series;

use allocation_counter::measure;
use bytes::Bytes;
use http::Response;
use masthead::source::{MetNorway, NationalBankKz, Source};
use masthead::strip::{Lang, NumberStyle};
use masthead::weather::City;
use masthead::{Layout, Snapshot, Strip};
use masthead_benches::race::Race;
use rust_decimal::Decimal;
use std::fmt::{self, Write as _};
use std::hint::black_box;

use rivals::Words;

const NOW: &str = "2026-04-02T06:05:00Z";
const ROUNDS: usize = 301;

fn main() {
    println!("{}", series::chart());
    println!("{}", series::sparklines());
    println!("{}", numbers());
    let snapshot = snapshot();
    println!("{}", languages(&snapshot));
    for lang in Lang::ALL {
        let layout = Layout::line().lang(*lang);
        let strip = Strip::new(&snapshot, &layout, NOW.parse().expect("a time"));
        println!("{}", outputs(&strip, &Words::of(*lang)));
    }
}

/// Measures the numbers of a strip's four rates alone.
fn numbers() -> String {
    let values = [47_509, 55_106, 584, 6873].map(|hundredths| Decimal::new(hundredths, 2));
    let mut race = Race::new("four rates, a rate");
    let mut ours = String::with_capacity(64);
    race.add("masthead", String::new(), 4, move || {
        ours.clear();
        for value in black_box(&values) {
            let number = Lang::Kk.number(*value, NumberStyle::Quote);
            number
                .write_to(&mut ours)
                .expect("a string takes everything");
        }
        black_box(&ours);
    });
    let mut rival = String::with_capacity(64);
    race.add("write!, Decimal", String::new(), 4, move || {
        rival.clear();
        for value in black_box(&values) {
            write!(rival, "{value}").expect("a string takes everything");
        }
        black_box(&rival);
    });
    race.finish(ROUNDS)
}

/// Measures a page if the languages of a site are rendered one after another: those of a Kazinform page, and all.
fn languages(snapshot: &Snapshot) -> String {
    let layouts: Vec<Layout> = Lang::ALL
        .iter()
        .map(|lang| Layout::line().lang(*lang))
        .collect();
    let strips: Vec<Strip<'_>> = layouts
        .iter()
        .map(|layout| Strip::new(snapshot, layout, NOW.parse().expect("a time")))
        .collect();
    let seven: Vec<&Strip<'_>> = strips
        .iter()
        .zip(Lang::ALL)
        .filter_map(|(strip, lang)| (*lang != Lang::UzLatn).then_some(strip))
        .collect();
    let all: Vec<&Strip<'_>> = strips.iter().collect();
    assert_eq!((seven.len(), all.len()), (7, 8));
    let mut race = Race::new("languages in turn, html, a page");
    for (name, strips) in [("seven languages", seven), ("eight languages", all)] {
        let mut buffer = String::with_capacity(16 << 10);
        let pages = strips.len();
        race.add(name, String::new(), pages, move || {
            for strip in black_box(&strips) {
                buffer.clear();
                let html = strip.html();
                html.write_to(&mut buffer)
                    .expect("a string takes everything");
                black_box(&buffer);
            }
        });
    }
    race.finish(ROUNDS)
}

/// Adds a contestant that writes into one buffer. Its output is compared with the expected one and its allocations are counted first;
/// masthead must not allocate.
fn add<'a>(
    race: &mut Race<'a>,
    name: &'static str,
    expected: Option<&str>,
    write: impl Fn(&mut String) -> fmt::Result + 'a,
) {
    let mut buffer = String::with_capacity(16 << 10);
    let allocations = measure(|| write(&mut buffer).expect("a string takes everything"));
    if let Some(expected) = expected {
        assert_eq!(buffer, expected, "{name}");
    }
    if name.starts_with("masthead") {
        assert_eq!(allocations.count_total, 0, "{name} allocates");
    }
    let answers = format!(
        "{} bytes, {} allocations",
        buffer.len(),
        allocations.count_total
    );
    race.add(name, answers, 1, move || {
        buffer.clear();
        write(&mut buffer).expect("a string takes everything");
        black_box(&buffer);
    });
}

fn outputs(strip: &Strip<'_>, words: &Words) -> String {
    let (text, html, json) = (strip.text(), strip.html(), strip.json());
    let mut race = Race::new(format!("{}: text", words.tag));
    add(&mut race, "masthead", None, |out| text.write_to(out));
    add(&mut race, "masthead, Display", None, |out| {
        write!(out, "{text}")
    });
    let expected = text.to_string();
    add(&mut race, "write!, Decimal", Some(&expected), |out| {
        rivals::text(strip, words, out)
    });
    let mut table = race.finish(ROUNDS);

    let mut race = Race::new(format!("{}: html", words.tag));
    add(&mut race, "masthead", None, |out| html.write_to(out));
    add(&mut race, "masthead, Display", None, |out| {
        write!(out, "{html}")
    });
    let expected = html.to_string();
    add(&mut race, "write!, Decimal", Some(&expected), |out| {
        rivals::html(strip, words, out)
    });
    add(&mut race, "askama", Some(&expected), |out| {
        rivals::askama(strip, words, out)
    });
    table += &race.finish(ROUNDS);

    let mut race = Race::new(format!("{}: json", words.tag));
    add(&mut race, "masthead", None, |out| json.write_to(out));
    add(&mut race, "masthead, Display", None, |out| {
        write!(out, "{json}")
    });
    let expected = json.to_string();
    add(&mut race, "write!, Decimal", Some(&expected), |out| {
        rivals::json(strip, words, out)
    });
    table + &race.finish(ROUNDS)
}

fn snapshot() -> Snapshot {
    let (now, today) = (
        "2026-04-02T06:00:00Z".parse().expect("a time"),
        "2026-04-02".parse().expect("a date"),
    );
    let (bank, met, city) = (
        NationalBankKz::of_day(),
        MetNorway::new(),
        City::find("astana").expect("built in"),
    );
    let rates = Response::new(Bytes::from(masthead_benches::national_bank_kz()));
    let weather = Response::new(Bytes::from(masthead_benches::met_norway()));
    let mut snapshot = Snapshot::default();
    snapshot.add_rates(
        bank.decode(&today, &rates).expect("rates"),
        bank.attribution(),
        now,
    );
    let weather = met.decode(city, &weather).expect("weather");
    // Issued at the time of the fetch, so that rates and weather have the same age.
    let weather = weather.with_issued(now).expect("a time");
    snapshot.add_weather(
        city.id(),
        city.zone(),
        weather,
        met.attribution(),
        now,
        None,
    );
    snapshot
}
