//! The laws of a union, for random records: in any order, repeated, split among servers.
//!
//! `MASTHEAD_CASES` sets the number of cases. Default: 300, with optimisation 100,000.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Freshness;
use masthead::FreshnessPolicy;
use masthead::ledger::{Feed, Ledger, Record, RecordKey, Retention, Sighting};
use proptest::prelude::*;

use super::records::{self, Seed, days_near, doubting_view};
use super::{BANK, astana, own, page};
use crate::support::{day, time};

/// The number of cases, divided by `less` for cases that take longer.
pub(super) fn cases(less: u32) -> ProptestConfig {
    let named = std::env::var("MASTHEAD_CASES").ok();
    let default = if cfg!(debug_assertions) { 300 } else { 100_000 };
    let cases = named.map_or(default, |cases| cases.parse().expect("a number of cases"));
    ProptestConfig {
        // A failed case is printed with its seed, and no file is written beside the tests.
        failure_persistence: None,
        ..ProptestConfig::with_cases((cases / less).max(1))
    }
}

pub(super) fn seeds() -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec(any::<Seed>(), 0..24)
}

/// Instants for queries, most of them among those of the records.
pub(super) fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![
        8 => (0_i64..96).prop_map(|hours| time("2026-04-01T12:00:00Z") + TimeDelta::hours(hours)),
        1 => Just(time("1970-01-02T00:00:00Z")),
        1 => Just(time("2100-06-01T00:00:00Z")),
    ]
}

pub(super) fn of(seeds: &[Seed]) -> Ledger {
    seeds.iter().copied().map(records::record).collect()
}

fn union(mut a: Ledger, b: &Ledger) -> Ledger {
    a.merge(b.clone());
    a
}

/// Everything that is printed of a ledger, digit for digit.
fn printed(ledger: &Ledger, now: DateTime<Utc>) -> String {
    let view = doubting_view();
    let of_days = days_near().map(|day| format!("{:?}", ledger.rates_on(day, now, &view)));
    let of_days: String = of_days.collect();
    page(&ledger.at(now, &view)) + &of_days
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn a_union_is_commutative_associative_and_idempotent(
        a in seeds(), b in seeds(), c in seeds(), shared in seeds(), now in instants(),
    ) {
        let [a, b, c] = [a, b, c].map(|own| of(&[own, shared.clone()].concat()));
        let ab = union(a.clone(), &b);
        let ba = union(b.clone(), &a);
        prop_assert_eq!(&ab, &ba);
        prop_assert_eq!(printed(&ab, now), printed(&ba, now));
        let left = union(ab.clone(), &c);
        let right = union(a.clone(), &union(b.clone(), &c));
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(printed(&left, now), printed(&right, now));
        prop_assert_eq!(&union(left.clone(), &a), &left);
        prop_assert_eq!(union(left.clone(), &left), left);
    }

    #[test]
    fn the_order_of_insertion_does_not_matter(
        records in prop::collection::vec(any::<Seed>(), 0..48), shuffle in any::<u64>(), now in instants(),
    ) {
        let mut other = records.clone();
        fastrand::Rng::with_seed(shuffle).shuffle(&mut other);
        let (one, other) = (of(&records), of(&other));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(printed(&one, now), printed(&other, now));
    }

    #[test]
    fn a_change_is_reported_exactly_when_there_is_one(a in seeds(), b in seeds()) {
        let mut ledger = of(&a);
        for seed in &b {
            let before = ledger.clone();
            let has_changed = ledger.insert(records::record(*seed));
            prop_assert_eq!(has_changed, ledger != before, "{:?}", records::record(*seed));
        }
        let other = of(&a.iter().rev().chain(&b).copied().collect::<Vec<_>>());
        let before = ledger.clone();
        prop_assert_eq!(ledger.merge(other), ledger != before);
    }

    #[test]
    fn a_union_over_a_store_is_that_of_the_ledgers(a in seeds(), b in seeds()) {
        let (a, b) = (of(&a), of(&b));
        // A store has each key once, with the latest instant.
        let mut stored: BTreeMap<String, (DateTime<Utc>, Option<String>)> = BTreeMap::new();
        let mut read = Ledger::default();
        for record in a.records().chain(b.records()) {
            let Some(key) = record.key() else {
                read.insert(record);
                continue;
            };
            let entry = stored.entry(key.to_string()).or_insert((record.last(), record.text()));
            entry.0 = entry.0.max(record.last());
        }
        for (key, (last, text)) in &stored {
            let key: RecordKey = key.parse().unwrap();
            read.insert(key.record(*last, text.as_deref()).unwrap());
        }
        prop_assert_eq!(read, union(a, &b));
    }

    #[test]
    fn the_records_make_the_ledger(seeds in seeds()) {
        let ledger = of(&seeds);
        let records: Vec<Record> = ledger.records().collect();
        prop_assert_eq!(records.len(), ledger.len());
        prop_assert_eq!(records.is_empty(), ledger.is_empty());
        prop_assert_eq!(&records.iter().rev().cloned().collect::<Ledger>(), &ledger);
        prop_assert_eq!(records.into_iter().collect::<Ledger>(), ledger);
    }

    #[test]
    fn what_was_known_earlier_is_a_part_of_what_was_known_later(
        seeds in seeds(), one in instants(), other in instants(),
    ) {
        let ledger = of(&seeds);
        let (early, late) = (one.min(other), one.max(other));
        let [known_early, known_late] = [early, late].map(|at| ledger.as_known_at(at));
        prop_assert_eq!(union(known_late.clone(), &known_early), known_late.clone());
        prop_assert_eq!(known_late.as_known_at(early), known_early);
        prop_assert_eq!(union(ledger.clone(), &known_late), ledger);
        for record in known_late.records() {
            let instants = match &record {
                Record::Sighting(sighting) => (sighting.first(), sighting.last()),
                Record::Forecast(forecast) => (forecast.first(), forecast.last()),
                Record::Approval(approval) => (approval.at, approval.at),
                _ => unreachable!("another kind of record"),
            };
            prop_assert!(instants.0 <= instants.1 && instants.1 <= late, "{:?}", record);
        }
    }

    #[test]
    fn the_page_of_now_is_that_of_what_is_known_now(seeds in seeds(), now in instants()) {
        let ledger = of(&seeds).as_known_at(now);
        prop_assert_eq!(printed(&ledger.as_known_at(now), now), printed(&ledger, now));
        let later = now + TimeDelta::days(1);
        prop_assert_eq!(printed(&ledger.as_known_at(later), later), printed(&ledger, later));
    }

    #[test]
    fn what_is_not_needed_is_removed_once_and_does_not_change_the_page(seeds in seeds(), now in instants()) {
        let ledger = of(&seeds).as_known_at(now);
        let cities = || ["astana", "london"].map(|id| masthead::weather::City::find(id).unwrap().clone());
        for retention in [Retention::default(), Retention::default().cities(cities()), Retention::days(62).cities(cities())] {
            let mut kept = ledger.clone();
            kept.retain(&retention, now);
            let mut again = kept.clone();
            again.retain(&retention, now);
            prop_assert_eq!(&again, &kept);
            prop_assert_eq!(union(ledger.clone(), &kept), ledger.clone(), "only removes");
            let (before, after) = (ledger.at(now, &doubting_view()), kept.at(now, &doubting_view()));
            // Rates of 62 days are no longer needed in 2100.
            if now < time("2026-06-01T00:00:00Z") {
                prop_assert_eq!(before.rates(now), after.rates(now));
                prop_assert_eq!(before.next(now), after.next(now));
            }
            for city in cities() {
                let shown = |page: &masthead::Snapshot| {
                    let held = page.weather(city.id())?.clone();
                    let freshness = FreshnessPolicy::default().of_weather(&held, now, city.zone());
                    // A forecast that does not reach into today is not needed.
                    (freshness != Freshness::Absent).then_some((
                        held.value().range(now.with_timezone(&city.zone()).date_naive(), city.zone()),
                        held.value().maximum(now.with_timezone(&city.zone()).date_naive(), city.zone()),
                        held.value().now(now).cloned(), held.dated(), held.fetched(), held.source().clone(),
                    ))
                };
                prop_assert_eq!(shown(&before), shown(&after), "{:?} of {}", retention, city.id());
            }
        }
    }

    #[test]
    fn observing_the_same_again_adds_no_record(seeds in seeds(), minutes in 0_i64..3_000) {
        let mut ledger = of(&seeds);
        let at = time("2026-04-04T18:00:00Z") + TimeDelta::minutes(minutes);
        let sighting = |at| Sighting::of_rates(BANK, Feed::OfDay, day("2026-04-04"), own(day("2026-04-04"), "475.09"), at);
        ledger.observe(sighting(at));
        let count = ledger.len();
        let later = at + TimeDelta::minutes(5);
        let record = ledger.observe(sighting(later));
        prop_assert_eq!(ledger.len(), count);
        let Some(record) = record else {
            // One of the random records says already that the answer was the same until later.
            let mut held = ledger.sightings(&BANK);
            prop_assert!(held.any(|held| held.first() <= at && held.last() >= later));
            return Ok(());
        };
        prop_assert_eq!(record.last(), later);
        prop_assert!(record.first() <= at);
        prop_assert_eq!(ledger.observe(sighting(later)), None);
        prop_assert!(ledger.sightings(&BANK).any(|held| *held == record));
    }

    #[test]
    fn observing_is_the_same_as_inserting_what_it_returns(a in seeds(), b in seeds()) {
        let mut observed = of(&a);
        let mut inserted = observed.clone();
        for seed in b {
            let written: Option<Record> = match records::record(seed) {
                Record::Sighting(sighting) => observed.observe(sighting).map(Into::into),
                Record::Forecast(forecast) => observed.observe_forecast(forecast).map(Into::into),
                record => observed.insert(record.clone()).then_some(record),
            };
            if let Some(record) = written {
                prop_assert!(inserted.insert(record));
            }
        }
        prop_assert_eq!(observed, inserted);
    }
}

proptest! {
    // Lists of hundreds of records.
    #![proptest_config(cases(100))]

    #[test]
    fn the_laws_hold_with_more_sightings_of_a_day_than_are_kept(
        seeds in prop::collection::vec(any::<(u16, u8, u8)>(), 50..200), split in any::<u64>(), now in instants(),
    ) {
        let sighting = |(minute, content, last): (u16, u8, u8)| {
            let at = time("2026-04-01T18:00:00Z") + TimeDelta::minutes(i64::from(minute % 2_000));
            let seed = [0, content, 3, 0, content, 0, 0, 0, 0];
            let feed = if content % 3 == 0 { Feed::Newest } else { Feed::OfDay };
            let seen = Sighting::of_rates(BANK, feed, day("2026-04-02"), records::rates(seed), at);
            Record::from(seen.until(at + TimeDelta::minutes(i64::from(last))))
        };
        let records: Vec<Record> = seeds.into_iter().map(sighting).collect();
        let whole = laws_of_a_union(&records, split, now)?;
        prop_assert!(whole.len() <= 64);
        let latest = records.iter().filter_map(first_of).max();
        prop_assert_eq!(whole.records().filter_map(|record| first_of(&record)).max(), latest);
    }

    #[test]
    fn the_laws_hold_with_more_forecasts_of_a_day_than_are_kept(
        seeds in prop::collection::vec(any::<(u16, u8, u8)>(), 100..260), split in any::<u64>(), now in instants(),
    ) {
        let forecast = |(minute, content, last): (u16, u8, u8)| {
            let at = time("2026-04-02T00:00:00Z") + TimeDelta::minutes(i64::from(minute % 1_440));
            let seed = [0, 0, content % 4, 0, content, 0, 0, 0, 0];
            let forecast = records::forecast(seed, at);
            let until = at + TimeDelta::minutes(i64::from(last));
            Record::from(forecast.until(until, Some(until)))
        };
        let records: Vec<Record> = seeds.into_iter().map(forecast).collect();
        let whole = laws_of_a_union(&records, split, now)?;
        prop_assert!(whole.len() <= 128);
        prop_assert_eq!(whole.forecasts(astana().id()).count(), whole.len());
    }

    #[test]
    fn the_laws_hold_with_more_approvals_than_are_kept(
        count in 950_u32..1_300, split in any::<u64>(), now in instants(),
    ) {
        let mut random = fastrand::Rng::with_seed(split);
        let approval = |_| {
            let id = format!("{:064x}", random.u32(..1_500)).parse().unwrap();
            let at = time("2026-04-01T00:00:00Z") + TimeDelta::minutes(random.i64(0..10_000));
            Record::from(masthead::ledger::Approval { id, rows: vec![], at })
        };
        let records: Vec<Record> = (0..count).map(approval).collect();
        let whole = laws_of_a_union(&records, split, now)?;
        prop_assert!(whole.len() <= 1_000);
    }
}

fn first_of(record: &Record) -> Option<DateTime<Utc>> {
    match record {
        Record::Sighting(sighting) => Some(sighting.first()),
        _ => None,
    }
}

/// The laws for records that are split among three ledgers at random, some in more than one. Returns the union.
fn laws_of_a_union(
    records: &[Record],
    split: u64,
    now: DateTime<Utc>,
) -> Result<Ledger, TestCaseError> {
    let mut random = fastrand::Rng::with_seed(split);
    let mut parts = [Ledger::default(), Ledger::default(), Ledger::default()];
    for record in records {
        parts[random.usize(..3)].insert(record.clone());
        parts[random.usize(..3)].insert(record.clone());
    }
    let whole: Ledger = records.iter().cloned().collect();
    let mut shuffled = records.to_vec();
    random.shuffle(&mut shuffled);
    prop_assert_eq!(&shuffled.into_iter().collect::<Ledger>(), &whole);
    let [a, b, c] = parts;
    let left = union(union(a.clone(), &b), &c);
    let right = union(c, &union(b, &a));
    prop_assert_eq!(&left, &whole);
    prop_assert_eq!(&right, &whole);
    prop_assert_eq!(&union(whole.clone(), &a), &whole);
    prop_assert_eq!(printed(&left, now), printed(&whole, now));
    Ok(whole)
}
