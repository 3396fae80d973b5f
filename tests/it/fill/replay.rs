//! Real series, replayed by a server with faults.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use masthead::ledger::{History, Ledger, NoRates, Record};
use masthead::money::{Currency, Rates, Row};
use masthead::ticker::Bank;
use rust_decimal::Decimal;

use super::host::Host;
use super::server::{Faults, Server};
use crate::guard::history::series::{european_central_bank, national_bank};
use crate::support::day;

const FAULTS: Faults = Faults {
    cut: 4,
    day_before: 2,
    day_after: 2,
    no_data: 4,
    echo: 3,
    slip: 1,
};
/// The morning after the last day of the series.
const START: &str = "2020-03-31T04:00:00Z";

/// The 1,828 calendar days of the series.
fn calendar_days() -> Vec<Rates> {
    let mut days = national_bank();
    days.retain(|rates| rates.day() <= day("2020-03-30"));
    assert_eq!(days.len(), 1828);
    days
}

/// A server with these lists, and others on the days after them.
fn server(lists: &[Rates], seed: u64) -> Server {
    let last = lists.last().unwrap();
    let after = (1..=12).map(|days: i64| {
        let moved = Decimal::new(days, 2);
        let rows = last.rows().iter();
        let rows = rows.map(|row| Row::new(row.currency, row.value + moved, row.nominal));
        let mut publication = last.publication().clone();
        publication.day = last.day() + TimeDelta::days(days);
        Rates::new(publication, rows).unwrap()
    });
    Server::new(lists.iter().cloned().chain(after), FAULTS, seed)
}

#[test]
#[ignore = "needs the recorded answers"]
fn every_day_of_the_national_bank_is_filled_with_its_own_rates() {
    let truth = calendar_days();
    let mut server = server(&truth, 19);
    server.absent = ["2016-07-05", "2018-02-10", "2018-02-11"].map(day).into();
    server.down = Some(day("2020-04-01"));
    let mut host = Host::new(Bank::national_bank_kz(), START, "2015-03-30");
    host.pass(TimeDelta::days(4), &mut |address, now| {
        server.answer(address, now)
    });
    // A day with one fault after another would wait twice as long each time.
    server.faults = Faults::default();
    host.pass(TimeDelta::days(5), &mut |address, now| {
        server.answer(address, now)
    });
    assert_filled(&host.history(), &truth, &server.absent);
    // One request in five seconds, and few more than there are days.
    let gaps = host.filled.windows(2).map(|pair| pair[1].0 - pair[0].0);
    assert!(gaps.min() >= Some(TimeDelta::seconds(5)));
    let requests = host.filled.len();
    assert!(requests < truth.len() * 3 / 2, "{requests} requests");
    // The same records in another order are the same ledger, with the same answers.
    let mut records: Vec<Record> = host.records().records().collect();
    fastrand::Rng::with_seed(5).shuffle(&mut records);
    let twice = records.iter().chain(records.iter().take(500)).cloned();
    let shuffled: Ledger = twice.collect();
    assert_eq!(shuffled, host.records());
}

/// A back-fill in three parts, with a process that ends in each of them, has the answers of one that runs through.
#[test]
#[ignore = "needs the recorded answers"]
fn a_back_fill_in_parts_has_the_same_answers() {
    let truth = calendar_days();
    let truth = &truth[truth.len() - 365..];
    let mut server = server(truth, 20);
    let bank = Bank::national_bank_kz();
    let mut host = Host::new(bank, START, "2019-12-01");
    for since in ["2019-09-01", "2019-04-01", "2019-04-01"] {
        host.pass(TimeDelta::minutes(9), &mut |address, now| {
            server.answer(address, now)
        });
        let mut next = host.restarted(since);
        // Days that were not saved are requested again.
        next.filled.append(&mut host.filled);
        host = next;
    }
    host.pass(TimeDelta::days(3), &mut |address, now| {
        server.answer(address, now)
    });
    server.faults = Faults::default();
    host.pass(TimeDelta::days(6), &mut |address, now| {
        server.answer(address, now)
    });
    assert_filled(&host.history(), truth, &BTreeSet::new());
}

/// The bank has one file of all days: one request, and every currency under the code of its day.
#[test]
#[ignore = "needs the recorded answers"]
fn every_day_of_the_european_central_bank_is_filled_from_its_file() {
    let truth = european_central_bank();
    let file = file(&truth);
    let daily = file_of(truth.last().into_iter());
    let mut requests = 0;
    let mut host = Host::new(Bank::ecb(), "2026-04-14T06:00:00Z", "1990-01-01");
    host.pass(TimeDelta::hours(30), &mut |address, _| {
        if !address.contains("-hist") {
            return (200, daily.clone());
        }
        requests += 1;
        match requests {
            1 => (503, String::new()),
            2 => (200, file[..file.len() / 2].to_owned()),
            _ => (200, file.clone()),
        }
    });
    let history = host.history();
    let mut codes = BTreeSet::new();
    for rates in &truth {
        let found = history.rates_on(rates.day()).unwrap();
        assert_eq!(found.since, rates.day());
        let rows = |rates: &Rates| {
            let rows = rates.rows().iter();
            let rows = rows.map(|row| (row.currency, row.value));
            rows.collect::<Vec<_>>()
        };
        assert_eq!(rows(&found.rates), rows(rates));
        codes.extend(rates.rows().iter().map(|row| row.currency));
    }
    assert_eq!((truth.len(), codes.len()), (6983, 41));
    // A day without a list is a gap, and it is not requested again.
    assert!(matches!(
        history.rates_on(day("2026-04-05")),
        Err(NoRates::Gap { .. })
    ));
    assert_eq!(requests, 3);
}

/// Weekends are gaps, which the file of the last days shows to be so: one request a week.
#[test]
#[ignore = "needs the recorded answers"]
fn the_european_central_banks_weekends_cost_one_request_of_a_short_file_each() {
    let truth = european_central_bank();
    let until = |last: NaiveDate| truth.iter().filter(move |rates| rates.day() <= last);
    let mut files = Vec::new();
    // A Sunday.
    let mut host = Host::new(Bank::ecb(), "2026-03-15T12:00:00Z", "1999-01-04");
    host.pass(TimeDelta::days(24), &mut |address, now| {
        // The list of a day is published in the afternoon.
        let last = (now - TimeDelta::hours(15)).date_naive();
        if !address.contains("-hist") {
            return (200, file_of(until(last).last().into_iter()));
        }
        let is_recent = address.contains("-90d");
        files.push((now, is_recent));
        let days: Vec<Rates> = until(last).cloned().collect();
        let first = if is_recent { days.len() - 62 } else { 0 };
        (200, file(&days[first..]))
    });
    let history = host.history();
    for rates in until(day("2026-04-02")) {
        let found = history.rates_on(rates.day()).unwrap();
        assert_eq!((found.since, found.rates.len()), (rates.day(), rates.len()));
    }
    let long = files.iter().filter(|(_, is_recent)| !is_recent).count();
    assert_eq!(long, 1, "{files:?}");
    assert!(files.len() <= 6, "{files:?}");
}

/// The bank's file of all days, the newest first.
fn file(days: &[Rates]) -> String {
    file_of(days.iter().rev())
}

fn file_of<'a>(days: impl Iterator<Item = &'a Rates>) -> String {
    let days = days.map(|rates| {
        let rows = rates.rows().iter();
        let rows = rows.map(|row| {
            format!(
                "<Cube currency=\"{}\" rate=\"{}\"/>",
                row.currency, row.value
            )
        });
        format!(
            "<Cube time=\"{}\">{}</Cube>",
            rates.day(),
            rows.collect::<String>()
        )
    });
    let days: String = days.collect();
    format!(
        "<gesmes:Envelope><gesmes:Sender><gesmes:name>ECB</gesmes:name></gesmes:Sender><Cube>{days}</Cube></gesmes:Envelope>"
    )
}

/// Every day has the bank's rates of that day and no other, and the days that the bank does not have are gaps.
#[track_caller]
fn assert_filled(history: &History, truth: &[Rates], absent: &BTreeSet<NaiveDate>) {
    // The series has codes of 2026: the ruble of Belarus had another unit until 2016.
    let rows = |rates: &Rates| {
        let rows = rates.rows().iter().map(|row| {
            let currency = Currency::of_day(row.currency.code(), rates.day()).unwrap();
            (currency, (row.value, row.nominal))
        });
        rows.collect::<BTreeMap<_, _>>()
    };
    let mut missing = Vec::new();
    for rates in truth {
        let day = rates.day();
        match history.rates_on(day) {
            Ok(found) => {
                assert!(!absent.contains(&day), "{day} is filled");
                assert_eq!(found.since, day);
                assert_eq!(rows(&found.rates), rows(rates), "{day}");
            }
            Err(NoRates::Gap { .. }) => missing.push(day),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(missing.into_iter().collect::<BTreeSet<_>>(), *absent);
}
