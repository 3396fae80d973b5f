//! Rates are never of the wrong day: for random calendars, carries and zones, against the truth and against the rules over a plain list.
//!
//! `MASTHEAD_CASES` sets the number of cases, as for the laws.

mod bank;
mod oracle;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::ledger::{Feed, Ledger, Record, RecordId, Sighting, Verdict, View};
use masthead::money::Pair;
use proptest::prelude::*;

use super::laws::{cases, instants, seeds};
use super::records::{doubting_view, record};
use super::{BANK, ledger, view};
use crate::support::{day, time};
use bank::{Bank, CalendarSeed, CorrectionSeed, RequestSeed};
use oracle::Oracle;

type Seed = (CalendarSeed, Vec<CorrectionSeed>, Vec<RequestSeed>, u64);

fn calendars() -> impl Strategy<Value = Seed> {
    (
        any::<CalendarSeed>(),
        prop::collection::vec(any::<CorrectionSeed>(), 0..4),
        prop::collection::vec(any::<RequestSeed>(), 0..20),
        any::<u64>(),
    )
}

fn of(seed: &Seed) -> (Bank, Vec<Sighting>) {
    let (calendar, corrections, requests, shuffle) = seed;
    let bank = Bank::new(*calendar, corrections);
    let records = bank.records(requests, *shuffle);
    (bank, records)
}

/// The verdicts of `doubting_view`.
fn doubting(id: RecordId) -> Verdict {
    match id.to_string().as_bytes()[0] {
        b'0' => Verdict::Withheld,
        b'1' | b'2' => Verdict::Except(vec![masthead::money::Currency::USD]),
        _ => Verdict::Accepted,
    }
}

proptest! {
    #![proptest_config(cases(5))]

    #[test]
    fn each_day_has_the_list_that_the_bank_had_in_force_or_none(
        seed in calendars(), at in any::<[(u8, u8); 2]>(),
    ) {
        let (bank, records) = of(&seed);
        let whole = ledger(records.iter().cloned());
        for at in at.map(|at| bank.instant(at)) {
            let known = whole.as_known_at(at);
            let today = bank.today(at);
            for of in days(&bank) {
                let Ok(found) = known.rates_on(of, at, &view()) else { continue };
                let case = format!("{of} at {at} in {}: {found:?} of {bank:?}", bank.zone);
                let (list, figures) = bank.read(&found.rates);
                prop_assert_eq!(list, found.since, "{}", case);
                prop_assert_eq!(list, found.rates.day(), "{}", case);
                prop_assert!(bank.figures(list, at).contains(&figures), "{}", case);
                prop_assert!(list <= of && of <= found.until, "{}", case);
                prop_assert!(of == list || of <= today, "{}", case);
                // Every day until then, too.
                for day in list.iter_days().take_while(|day| *day <= found.until) {
                    let carried = (day - list).num_days();
                    prop_assert!(day == of || bank.list_on(day) == Some(list), "{} on {}", case, day);
                    prop_assert_eq!(bank.list_on(of), Some(list), "{}", case);
                    prop_assert!(carried <= bank.pause.into(), "{} on {}", case, day);
                }
            }
            page_is_of_the_right_day(&bank, &records, &known, at)?;
        }
    }

    #[test]
    fn each_day_has_what_the_rules_say(seed in calendars(), at in any::<[(u8, u8); 2]>()) {
        let (bank, records) = of(&seed);
        let at = at.map(|at| bank.instant(at));
        let days: Vec<NaiveDate> = days(&bank).collect();
        rules_hold(&records, &view(), |_| Verdict::Accepted, &days, at)?;
    }

    #[test]
    fn unusual_records_have_what_the_rules_say(seeds in seeds(), one in instants(), other in instants()) {
        let records = seeds.into_iter().filter_map(|seed| match record(seed) {
            Record::Sighting(sighting) => Some(sighting),
            _ => None,
        });
        let records: Vec<Sighting> = records.collect();
        let days: Vec<NaiveDate> = day("2026-03-24").iter_days().take(28).collect();
        rules_hold(&records, &doubting_view(), doubting, &days, [one, other])?;
    }
}

fn days(bank: &Bank) -> impl Iterator<Item = NaiveDate> + use<> {
    let (first, last) = bank.days().into_inner();
    first.iter_days().take_while(move |day| *day <= last)
}

/// The row in force has the day of the latest list that is known and has begun, and the next one is a later list.
fn page_is_of_the_right_day(
    bank: &Bank,
    records: &[Sighting],
    known: &Ledger,
    at: DateTime<Utc>,
) -> Result<(), TestCaseError> {
    let page = known.at(at, &view());
    let today = bank.today(at);
    let lists = records.iter().filter(|record| record.first() <= at);
    let lists = lists.filter_map(|record| record.rates().map(|rates| rates.day()));
    let (begun, later): (Vec<_>, Vec<_>) = lists.partition(|list| *list <= today);
    let shown = page.rates(at).map(masthead::Observed::value);
    prop_assert_eq!(
        shown.map(masthead::money::Rates::day),
        begun.into_iter().max()
    );
    let next = page.next(at).map(masthead::Observed::value);
    let ahead = later
        .into_iter()
        .min()
        .filter(|list| *list <= today + TimeDelta::days(14));
    prop_assert_eq!(next.map(masthead::money::Rates::day), ahead);
    for rates in shown.into_iter().chain(next) {
        let (list, figures) = bank.read(rates);
        let rate = rates.rate(Pair::USD_KZT).unwrap();
        prop_assert_eq!((rate.day(), rates.day()), (list, list));
        prop_assert!(bank.figures(list, at).contains(&figures));
    }
    Ok(())
}

/// The ledger, its histories and what was known earlier agree with the rules on each of these days.
fn rules_hold(
    records: &[Sighting],
    view: &View<'_>,
    verdict: fn(RecordId) -> Verdict,
    days: &[NaiveDate],
    [at, then]: [DateTime<Utc>; 2],
) -> Result<(), TestCaseError> {
    let whole = ledger(records.iter().cloned());
    let oracle = Oracle::new(records, verdict);
    let earlier = (whole.as_known_at(then), oracle.as_known_at(then), then);
    for (known, oracle, now) in [(whole, oracle.at(at), at), earlier] {
        let history = known.history(now, view);
        let mut last = None;
        for of in days {
            let found = known.rates_on(*of, now, view);
            let expected = oracle.rates_on(*of);
            prop_assert!(
                oracle.agrees(*of, &found),
                "{} at {}: {:?}, expected {:?} by {:#?}",
                of,
                now,
                found,
                expected,
                records
            );
            prop_assert_eq!(
                history.rates_on(*of).cloned(),
                found.clone(),
                "{} at {}",
                of,
                now
            );
            last = found.clone().ok().or(last);
            prop_assert_eq!(
                history.last_known(*of),
                last.as_ref(),
                "until {} at {}",
                of,
                now
            );
            let found = found.ok();
            let rate = found
                .as_ref()
                .and_then(|found| found.rates.rate(Pair::USD_KZT));
            prop_assert_eq!(history.rate(Pair::USD_KZT, *of).ok(), rate);
            prop_assert!(rate.is_none_or(|rate| rate.day() <= *of));
            if let Some(found) = &found {
                // The day of the list has the same list, and the same figures.
                prop_assert_eq!(
                    &history.rates_on(found.since).unwrap().rates,
                    &found.rates,
                    "{} at {}",
                    of,
                    now
                );
            }
        }
        let (first, end) = (days[0], days[days.len() - 1]);
        let series = history.series(Pair::USD_KZT, first..=end);
        let points = series.points();
        prop_assert!(points.len() <= days.len());
        for (of, rate) in points {
            prop_assert_eq!(history.rate(Pair::USD_KZT, of).ok(), rate, "{}", of);
        }
        let change = history.change(Pair::USD_KZT, first, end);
        let ends = [first, end].map(|of| history.rate(Pair::USD_KZT, of).ok());
        prop_assert_eq!(
            change
                .ok()
                .map(|change| [Some(change.from), Some(change.to)]),
            ends[0].and(ends[1]).map(|_| ends)
        );
        gaps_are_the_days_without_rates(&history, &oracle, days)?;
        let shown = known.at(now, view);
        let shown = shown.rates(now).map(|held| held.value().day());
        prop_assert_eq!(shown, oracle.latest_day(), "at {}", now);
    }
    Ok(())
}

fn gaps_are_the_days_without_rates(
    history: &masthead::ledger::History,
    oracle: &Oracle,
    days: &[NaiveDate],
) -> Result<(), TestCaseError> {
    let known = days.iter().filter(|of| oracle.rates_on(**of).is_some());
    let known: Vec<NaiveDate> = known.copied().collect();
    let ends = known.first().zip(known.last());
    prop_assert_eq!(history.days(), ends.map(|(first, last)| *first..=*last));
    let within = |of: &&NaiveDate| ends.is_some_and(|(first, last)| first < *of && *of < last);
    let missing = days.iter().filter(within).filter(|of| !known.contains(of));
    let in_gaps = history.gaps().flat_map(|gap| {
        let (first, last) = gap.into_inner();
        first.iter_days().take_while(move |of| *of <= last)
    });
    prop_assert!(in_gaps.eq(missing.copied()));
    Ok(())
}

#[test]
fn a_correction_that_was_taken_back_is_carried_as_it_stands() {
    // One server has seen the list of Friday all day, and another one the correction at noon that was taken back.
    let list = |dollar| super::own(day("2026-04-03"), dollar).with_longest_pause(4);
    let saturday = |dollar, from: &str, to: &str| {
        let [from, to] = [from, to].map(|clock| time(&format!("2026-04-04T{clock}:00Z")));
        Sighting::of_rates(BANK, Feed::OfDay, day("2026-04-04"), list(dollar), from).until(to)
    };
    let records = [
        saturday("475.09", "04:00", "16:00"),
        saturday("480.10", "07:00", "08:00"),
    ];
    let now = time("2026-04-04T18:00:00Z");
    for of in ["2026-04-03", "2026-04-04"] {
        let found = ledger(records.clone()).rates_on(day(of), now, &view());
        let dollar = found.unwrap().rates.rate(Pair::USD_KZT).unwrap();
        assert_eq!(dollar.value().to_string(), "475.09", "on {of}");
    }
}

#[test]
fn a_list_that_is_corrected_later_is_corrected_on_the_days_to_which_it_is_carried() {
    let list = |dollar| super::own(day("2026-04-03"), dollar).with_longest_pause(4);
    let answer = |of: &str, dollar, at: &str| {
        Sighting::of_rates(BANK, Feed::OfDay, day(of), list(dollar), time(at))
    };
    let known = ledger([
        answer("2026-04-04", "475.09", "2026-04-04T07:00:00Z"),
        answer("2026-04-05", "480.10", "2026-04-05T07:00:00Z"),
    ]);
    let now = time("2026-04-05T08:00:00Z");
    for of in ["2026-04-03", "2026-04-04", "2026-04-05"] {
        let found = known.rates_on(day(of), now, &view()).unwrap();
        assert_eq!(*found.rates, list("480.10"), "on {of}");
        assert_eq!(
            (found.since, found.until),
            (day("2026-04-03"), day("2026-04-05"))
        );
    }
}
