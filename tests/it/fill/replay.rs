//! Real series, replayed by a server with faults.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use masthead::ledger::{History, Ledger, NoRates, Record};
use masthead::money::{Currency, Rates};
use masthead::ticker::{Bank, State};

use super::host::Host;
use super::server::{Faults, Server};
use crate::guard::history::series::national_bank;
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

#[test]
#[ignore = "needs the recorded answers"]
fn every_day_of_the_national_bank_is_filled_with_its_own_rates() {
    let truth = national_bank();
    let mut server = Server::new(truth.iter().cloned(), FAULTS, 19);
    server.absent = ["2016-07-05", "2018-02-10", "2018-02-11"].map(day).into();
    server.down = Some(day("2020-04-01"));
    let mut host = Host::new(Bank::national_bank_kz(), START, "2015-03-30");
    host.pass(TimeDelta::days(5), &mut |address, now| {
        server.answer(address, now)
    });
    assert_filled(&host.history(), &truth, &server.absent);
    // One request in five seconds, and few more than there are days.
    let gaps = host.filled.windows(2).map(|pair| pair[1].0 - pair[0].0);
    assert!(gaps.min() >= Some(TimeDelta::seconds(5)));
    let requests = host.filled.len();
    eprintln!("{requests} requests for {} days, with faults", truth.len());
    assert!(requests < truth.len() * 3 / 2, "{requests} requests");
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
