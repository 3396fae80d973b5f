//! The answers that a back-fill believes, and the times at which it requests a day again.

use chrono::{NaiveDate, TimeDelta};
use masthead::SourceId;
use masthead::ledger::NoRates;
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::source::NationalBankKz;
use masthead::ticker::Bank;

use super::host::Host;
use super::server::{Faults, Server};
use crate::support::{day, time};

/// Noon of a Thursday.
const START: &str = "2026-04-02T07:00:00Z";

/// A list with other figures each day: the dollar in hundredths of a tenge.
fn list(on: NaiveDate, dollar: i64) -> Rates {
    let rows = [
        ("USD", dollar),
        ("EUR", dollar * 11 / 10),
        ("RUB", dollar / 80),
    ];
    let rows = rows.map(|(code, hundredths)| {
        let value = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        Row::new(code.parse().unwrap(), parse_decimal(&value).unwrap(), 1)
    });
    let bank = SourceId::NATIONAL_BANK_KZ;
    let zone = NationalBankKz::ZONE;
    let publication = Publication::new(bank, Currency::KZT, Quotation::HomePerForeign, on, zone);
    Rates::new(publication, rows).unwrap()
}

/// A server with a list for each of the last thirty days, and for the next ten.
fn server(faults: Faults) -> Server {
    let days = day("2026-03-03").iter_days().take(41);
    let lists = days.enumerate().map(|(at, on)| {
        let at = i64::try_from(at).unwrap();
        list(on, 48_000 + at * 37 % 100 * 10)
    });
    Server::new(lists, faults, 3)
}

fn host() -> Host {
    Host::new(Bank::national_bank_kz(), START, "2026-03-03")
}

fn pass(host: &mut Host, server: &mut Server, time: TimeDelta) {
    host.pass(time, &mut |address, now| server.answer(address, now));
}

/// The days without rates, but for yesterday.
fn gaps(host: &Host) -> Vec<NaiveDate> {
    let yesterday = host.now.clock.date_naive().pred_opt().unwrap();
    let history = host.history();
    let gaps = history.gaps().flat_map(|gap| {
        gap.start()
            .iter_days()
            .take_while(move |day| day <= gap.end())
    });
    gaps.filter(|day| *day < yesterday).collect()
}

fn dollar(host: &Host, on: &str) -> Option<String> {
    let history = host.history();
    let found = history.rates_on(day(on)).ok()?;
    Some(found.rates.row(Currency::USD)?.value.to_string())
}

#[test]
fn every_calendar_day_is_requested_once_the_newest_first() {
    let (mut host, mut server) = (host(), server(Faults::default()));
    pass(&mut host, &mut server, TimeDelta::hours(2));
    let days: Vec<NaiveDate> = host.filled.iter().map(|(_, day)| *day).collect();
    // Not yesterday's.
    let mut expected: Vec<NaiveDate> = day("2026-03-03").iter_days().take(29).collect();
    expected.reverse();
    assert_eq!(days, expected);
    assert_eq!(gaps(&host), [] as [NaiveDate; 0]);
    // The present rates come first.
    assert!(host.filled[0].0 >= time(START) + TimeDelta::minutes(1));
}

#[test]
fn the_page_does_not_depend_on_a_back_fill() {
    let (mut host, mut server) = (host(), server(Faults::default()));
    pass(&mut host, &mut server, TimeDelta::seconds(50));
    let before = host.engine.snapshot().clone();
    pass(&mut host, &mut server, TimeDelta::minutes(30));
    assert_eq!(host.filled.len(), 29);
    let day = |snapshot: &masthead::Snapshot| {
        let held = snapshot.rates(host.now.clock).unwrap();
        (held.value().clone(), held.source().clone())
    };
    assert_eq!(day(&before), day(host.engine.snapshot()));
}

#[test]
fn present_figures_under_an_earlier_day_are_not_believed() {
    let echoes = Faults {
        echo: 100,
        ..Faults::default()
    };
    let (mut host, mut server) = (host(), server(echoes));
    pass(&mut host, &mut server, TimeDelta::hours(2));
    for on in day("2026-03-03").iter_days().take(29) {
        assert_eq!(dollar(&host, &on.to_string()), None, "{on}");
    }
    assert_eq!(host.filled.len(), 29);
    // A day later the bank has its archive again.
    server.faults = Faults::default();
    pass(&mut host, &mut server, TimeDelta::days(2));
    assert_eq!(gaps(&host), [] as [NaiveDate; 0]);
    assert_eq!(dollar(&host, "2026-03-10").as_deref(), Some("485.90"));
}

#[test]
fn a_row_far_from_both_neighbours_is_believed_once_the_bank_repeats_it() {
    let (mut host, mut server) = (host(), server(Faults::default()));
    let (slip, from) = (day("2026-03-20"), "2026-03-21");
    server.set(list(slip, 68_000));
    pass(&mut host, &mut server, TimeDelta::hours(2));
    assert_eq!(dollar(&host, "2026-03-20"), None);
    assert_eq!(dollar(&host, from).as_deref(), Some("486.60"));
    pass(&mut host, &mut server, TimeDelta::days(1));
    assert_eq!(dollar(&host, "2026-03-20").as_deref(), Some("680.00"));
}

#[test]
fn a_step_that_stays_is_believed_at_once() {
    let (mut host, mut server) = (host(), server(Faults::default()));
    for on in day("2026-03-03").iter_days().take(12) {
        server.set(list(on, 36_000));
    }
    pass(&mut host, &mut server, TimeDelta::hours(2));
    assert_eq!(gaps(&host), [] as [NaiveDate; 0]);
    assert_eq!(dollar(&host, "2026-03-14").as_deref(), Some("360.00"));
}

#[test]
fn a_day_without_rates_is_requested_after_one_two_and_four_days() {
    let (mut host, mut server) = (host(), server(Faults::default()));
    server.absent.insert(day("2026-03-15"));
    pass(&mut host, &mut server, TimeDelta::days(9));
    let asked = host
        .filled
        .iter()
        .filter(|(_, on)| *on == day("2026-03-15"));
    let asked: Vec<_> = asked.map(|(at, _)| *at).collect();
    let waited: Vec<i64> = asked
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).num_days())
        .collect();
    assert_eq!(waited, [1, 1, 2, 4]);
    let error = host
        .history()
        .rates_on(day("2026-03-15"))
        .cloned()
        .unwrap_err();
    assert!(matches!(error, NoRates::Gap { .. }), "{error}");
    let of_history = |report: &&String| report.contains("of an earlier day");
    assert_eq!(host.reports.iter().find(of_history), None);
}

#[test]
fn earlier_days_are_not_requested_where_sixty_in_a_row_have_none() {
    let mut server = server(Faults::default());
    server.absent.extend(
        day("2025-01-01")
            .iter_days()
            .take_while(|on| *on < day("2026-03-03")),
    );
    let mut host = Host::new(Bank::national_bank_kz(), START, "2025-01-01");
    pass(&mut host, &mut server, TimeDelta::hours(20));
    let first = host.filled.iter().map(|(_, on)| *on).min().unwrap();
    let beyond = (day("2026-03-03") - first).num_days();
    assert!((60..=92).contains(&beyond), "{first}");
}

#[test]
fn a_source_that_fails_rests_and_the_days_are_requested_later() {
    let (mut host, mut server) = (host(), server(Faults::default()));
    pass(&mut host, &mut server, TimeDelta::seconds(70));
    server.down = Some(day("2026-04-02"));
    let before = host.filled.len();
    pass(&mut host, &mut server, TimeDelta::hours(3));
    let failed = host.filled.len() - before;
    assert!(
        (3..=20).contains(&failed),
        "{failed} requests in three hours"
    );
    server.down = None;
    pass(&mut host, &mut server, TimeDelta::hours(3));
    assert_eq!(gaps(&host), [] as [NaiveDate; 0]);
}

#[test]
fn an_answer_of_another_day_fills_its_own_day_alone() {
    let before = Faults {
        day_before: 100,
        ..Faults::default()
    };
    let (mut host, mut server) = (host(), server(before));
    pass(&mut host, &mut server, TimeDelta::hours(2));
    // The bank has a list for each calendar day, so an earlier one proves nothing for the day requested.
    assert_eq!(dollar(&host, "2026-03-20").as_deref(), Some("482.90"));
    assert!(host.history().rates_on(day("2026-04-01")).is_err());

    let after = Faults {
        day_after: 100,
        ..Faults::default()
    };
    let (mut host, mut server) = (self::host(), self::server(after));
    pass(&mut host, &mut server, TimeDelta::minutes(40));
    assert_eq!(host.history().publications().len(), 1);
    assert!(
        host.reports
            .iter()
            .any(|report| report.contains("rates of an earlier day (2026-03-31)")),
        "{:?}",
        host.reports
    );
}

#[test]
fn a_bank_without_earlier_days_has_no_back_fill() {
    let mut host = Host::new(Bank::nbkr(), START, "2026-03-03");
    host.pass(TimeDelta::hours(1), &mut |_, _| (503, String::new()));
    assert_eq!(host.filled, []);
}

#[test]
fn days_whose_answers_are_refused_are_requested_once_a_day_and_earlier_ones_are_reached() {
    let mut server = server(Faults::default());
    let refused = day("2026-01-10")
        .iter_days()
        .take_while(|on| *on < day("2026-03-03"));
    server.refused.extend(refused);
    let mut host = Host::new(Bank::national_bank_kz(), START, "2026-01-01");
    pass(&mut host, &mut server, TimeDelta::hours(20));
    let times = |on: NaiveDate| host.filled.iter().filter(|(_, asked)| *asked == on).count();
    for on in day("2026-01-10").iter_days().take(50) {
        assert_eq!(times(on), 1, "{on}");
    }
    assert_eq!(times(day("2026-01-05")), 1, "the days before are reached");
}
