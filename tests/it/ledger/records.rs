//! Random records from a few bytes, so that cases shrink to short lists of small numbers.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::SourceId;
use masthead::ledger::{Approval, Feed, Forecast, Record, RecordId, Sighting, Verdict, View};
use masthead::money::{Currency, Rates, parse_decimal};
use masthead::weather::City;

use super::{BANK, astana, computed, head, own, row, weather, with_list};
use crate::support::{day, time};

/// The bytes of a record.
pub(super) type Seed = [u8; 9];

pub(super) const BASE: &str = "2026-04-02";
/// The other bank.
pub(super) const OTHER: SourceId = SourceId::ECB;

/// Where the clock of a record stands. Most are right, so that records meet.
fn clock(byte: u8) -> DateTime<Utc> {
    time(match byte {
        240..=243 => "1970-01-01T00:00:00Z",
        244..=247 => "2030-01-01T00:00:00Z",
        248..=251 => "2100-01-01T00:00:00Z",
        252..=255 => "2026-03-31T22:00:00Z",
        _ => "2026-04-01T18:00:00Z",
    })
}

pub(super) fn record(seed: Seed) -> Record {
    let at = clock(seed[8]) + TimeDelta::minutes(i64::from(seed[6] % 16) * 270);
    let last = at + TimeDelta::minutes(i64::from(seed[7] % 8) * 45);
    match seed[0] % 8 {
        0..=4 => sighting(seed, at).until(last).into(),
        5 | 6 => forecast(seed, at).until(last, expiry(seed, last)).into(),
        _ => approval(seed, at).into(),
    }
}

fn expiry(seed: Seed, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let minutes = i64::from(seed[5] % 3) * 30;
    (minutes > 0).then(|| last + TimeDelta::minutes(minutes))
}

/// An answer of a feed: A, B, a correction in `change` alone, fewer rows; each of a day near the base; with different pauses.
pub(super) fn rates(seed: Seed) -> Rates {
    let of = day(BASE) + TimeDelta::days(i64::from(seed[2] % 8)) - TimeDelta::days(3);
    let rates = match seed[4] % 7 {
        0 => own(of, "475.09"),
        1 => own(of, "480.1"),
        2 => own(of, "480.10"),
        3 => Rates::new(
            head(of),
            [row(Currency::USD, "475.09").with_change(parse_decimal("-0.30").unwrap())],
        )
        .unwrap(),
        4 => computed(of, "475.09"),
        5 => with_list(of, of - TimeDelta::days(1), "3.10"),
        _ => computed(of, "475.10"),
    };
    match seed[5] % 3 {
        0 => rates,
        1 => rates.with_longest_pause(4),
        _ => rates.with_longest_pause(0),
    }
}

fn sighting(seed: Seed, at: DateTime<Utc>) -> Sighting {
    let bank = if seed[1] % 16 == 15 { OTHER } else { BANK };
    let feed = if seed[1] % 3 == 2 {
        Feed::Newest
    } else {
        Feed::OfDay
    };
    let rates = rates(seed);
    // Asked for its own day, for a later one that it is carried to, or for an earlier one.
    let asked = rates.day() + TimeDelta::days(i64::from(seed[3] % 8)) - TimeDelta::days(2);
    let asked = if seed[3] % 8 < 5 { rates.day() } else { asked };
    if seed[0] % 8 == 4 {
        Sighting::of_no_data(bank, BANK, feed, asked, at)
    } else {
        Sighting::of_rates(bank, feed, asked, rates, at)
    }
}

/// A forecast of 40 to 64 hours: the same figures with a later begin, others, with a run or without.
pub(super) fn forecast(seed: Seed, at: DateTime<Utc>) -> Forecast {
    let (service, has_runs) = match seed[1] % 4 {
        0 | 1 => (SourceId::OPEN_METEO, false),
        _ => (SourceId::MET_NORWAY, true),
    };
    let begin = time("2026-04-01T19:00:00Z") + TimeDelta::hours(i64::from(seed[2] % 24));
    let skip = i16::from(seed[2] % 24);
    let shift = i16::from(seed[4] % 3) * 7;
    let length = 40 + i16::from(seed[3] % 24);
    let figures = (skip..skip + length).map(|hour| shift + (hour * 13) % 90);
    let weather = weather(service, begin, figures);
    let weather = if has_runs {
        let run = at - TimeDelta::hours(i64::from(seed[5] % 7));
        weather.with_issued(run).unwrap()
    } else {
        weather
    };
    let city = if seed[1] % 32 == 31 {
        City::find("london").unwrap().clone()
    } else {
        astana()
    };
    Forecast::new(city.id().clone(), weather, at, None)
}

fn approval(seed: Seed, at: DateTime<Utc>) -> Approval {
    let rows = match seed[3] % 3 {
        0 => vec![],
        1 => vec![Currency::USD],
        _ => vec![Currency::EUR, Currency::USD],
    };
    let id = RecordId::of_rates(&rates(seed));
    Approval { id, rows, at }
}

/// A view for which some publications are believed in part or not at all.
pub(super) fn doubting_view() -> View<'static> {
    View::new(BANK)
        .cities([astana(), City::find("london").unwrap().clone()])
        .services([SourceId::MET_NORWAY, SourceId::OPEN_METEO])
        .verdicts(|id| match id.to_string().as_bytes()[0] {
            b'0' => Verdict::Withheld,
            b'1' | b'2' => Verdict::Except(vec![Currency::USD]),
            _ => Verdict::Accepted,
        })
}

/// The days for queries.
pub(super) fn days_near() -> impl Iterator<Item = NaiveDate> {
    day(BASE)
        .iter_days()
        .take(11)
        .map(|of| of - TimeDelta::days(5))
}
