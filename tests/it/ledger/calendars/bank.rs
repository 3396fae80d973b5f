//! A bank of a random calendar: the truth that the records of its answers are compared with.

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use masthead::ledger::{Feed, Ledger, Sighting};
use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row};
use rust_decimal::Decimal;

use crate::ledger::BANK;
use crate::support::{day, time};

/// The number of days of a calendar.
pub(super) const DAYS: u8 = 12;

/// The bytes of a calendar.
pub(super) type CalendarSeed = ([u8; 2], u16, [u8; 12], u8, bool);
/// The bytes of a correction: the day, when, and the figures.
pub(super) type CorrectionSeed = (u8, (u8, u8), u8);
/// The bytes of a request: the day requested and the feed, when, the server, and whether the answer is a wrong one.
pub(super) type RequestSeed = ([u8; 2], (u8, u8), u8, u8);

/// Zones far east and west, with half hours, with clocks that change at midnight, and with a day that was skipped.
const ZONES: [Tz; 18] = [
    Tz::Asia__Almaty,
    Tz::Pacific__Kiritimati,
    Tz::Pacific__Apia,
    Tz::Pacific__Niue,
    Tz::Pacific__Chatham,
    Tz::Etc__GMTPlus12,
    Tz::America__Sao_Paulo,
    Tz::America__Havana,
    Tz::America__New_York,
    Tz::America__Nuuk,
    Tz::Africa__Cairo,
    Tz::Asia__Beirut,
    Tz::Asia__Tehran,
    Tz::Asia__Kathmandu,
    Tz::Australia__Lord_Howe,
    Tz::Europe__Kyiv,
    Tz::Europe__Berlin,
    Tz::UTC,
];

/// First days of calendars: years with a leap day and without, ends of years, changes of clocks, the first and the last days that records have.
const FIRST_DAYS: [&str; 18] = [
    "2024-02-23", // a leap day; Almaty went back an hour on 1 March
    "2000-02-24",
    "2100-02-24",
    "2023-12-27",
    "1999-12-28",
    "2026-03-24", // Europe
    "2025-10-21",
    "2024-10-25",
    "2026-03-04", // the United States, Cuba
    "2025-10-29",
    "2018-10-31", // São Paulo, at midnight
    "2018-02-12",
    "2024-04-21", // Cairo, at midnight
    "2022-03-20", // Tehran, at midnight; Beirut
    "2011-12-26", // Apia had no 30 December
    "2026-07-01",
    "1900-01-01",
    "2200-12-20",
];

/// A bank with a zone, days with a list of their own, and corrections.
#[derive(Debug)]
pub(super) struct Bank {
    pub(super) zone: Tz,
    first: NaiveDate,
    /// By the number of the day: the instant of the list's publication, which is not after the begin of the day.
    lists: Vec<Option<DateTime<Utc>>>,
    /// The instant, the day and the figures, the earliest first.
    corrections: Vec<(DateTime<Utc>, u8, u8)>,
    /// The number of days for which a list stays in force after its own.
    pub(super) pause: u16,
    /// Whether an answer for a day without a list of its own is the list before. Otherwise it is "no data".
    carries: bool,
}

impl Bank {
    pub(super) fn new(seed: CalendarSeed, corrections: &[CorrectionSeed]) -> Self {
        let ([zone, first], mask, hours, pause, carries) = seed;
        let mut bank = Self {
            zone: ZONES[usize::from(zone) % ZONES.len()],
            first: day(FIRST_DAYS[usize::from(first) % FIRST_DAYS.len()]),
            lists: Vec::new(),
            corrections: Vec::new(),
            pause: [0, 1, 3, 4, 10][usize::from(pause) % 5],
            carries,
        };
        for number in 0..DAYS {
            // Some are published days ahead, and some as their day begins.
            let ahead = TimeDelta::hours(i64::from(hours[usize::from(number)] % 64));
            let at = within_range(bank.begin(bank.day(number)) - ahead);
            bank.lists.push((mask >> number & 1 == 1).then_some(at));
        }
        let corrections = corrections.iter().filter_map(|(number, at, figures)| {
            let number = number % DAYS;
            let published = bank.lists[usize::from(number)]?;
            let at = bank.instant(*at);
            (at >= published).then_some((at, number, figures % 4))
        });
        let mut corrections: Vec<_> = corrections.collect();
        corrections.sort_unstable();
        bank.corrections = corrections;
        bank
    }

    pub(super) fn day(&self, number: u8) -> NaiveDate {
        self.first + TimeDelta::days(number.into())
    }

    /// The days of the calendar, and some before and after it.
    pub(super) fn days(&self) -> RangeInclusive<NaiveDate> {
        self.first - TimeDelta::days(3)..=self.day(DAYS) + TimeDelta::days(12)
    }

    /// The first instant that is of a day or of a later one, found from the local date of instants alone.
    fn begin(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
        let (mut before, mut after) = (
            midnight - TimeDelta::hours(36),
            midnight + TimeDelta::hours(36),
        );
        while after - before > TimeDelta::milliseconds(1) {
            let middle = before + TimeDelta::milliseconds((after - before).num_milliseconds() / 2);
            if self.today(middle) >= day {
                after = middle;
            } else {
                before = middle;
            }
        }
        after
    }

    pub(super) fn today(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// An instant near the begin of a day, or within it.
    pub(super) fn instant(&self, (number, place): (u8, u8)) -> DateTime<Utc> {
        let begin = self.begin(self.day(number % (DAYS + 2)));
        let offsets = [0, -1, 1, -1_000, 1_000, 60_000, -3_600_000, 3_600_000];
        let hours = |place: u8| i64::from(place) * 3_600_000;
        let offset = offsets.get(usize::from(place % 32)).copied();
        within_range(
            begin + TimeDelta::milliseconds(offset.unwrap_or_else(|| hours(place % 32 - 8))),
        )
    }

    /// The day of the list that is in force on a day, whether or not it is known.
    pub(super) fn list_on(&self, day: NaiveDate) -> Option<NaiveDate> {
        let days = (0..DAYS).filter(|number| self.lists[usize::from(*number)].is_some());
        days.map(|number| self.day(number))
            .rfind(|own| *own <= day)
            .filter(|own| *own == day || self.carries)
    }

    /// The figures of a list that the bank has given until an instant. Empty if it was not published.
    pub(super) fn figures(&self, list: NaiveDate, until: DateTime<Utc>) -> Vec<u8> {
        let number = (0..DAYS).find(|number| self.day(*number) == list);
        let published = number.and_then(|number| self.lists[usize::from(number)]);
        if published.is_none_or(|published| until < published) {
            return Vec::new();
        }
        let corrections = self.corrections.iter();
        let corrections = corrections.filter(|(at, of, _)| Some(*of) == number && *at <= until);
        [0].into_iter()
            .chain(corrections.map(|(.., figures)| *figures))
            .collect()
    }

    /// The rates of a list as the bank gives them at an instant.
    fn rates(&self, list: NaiveDate, at: DateTime<Utc>) -> Option<Rates> {
        let figures = *self.figures(list, at).last()?;
        let head = Publication::new(
            BANK,
            Currency::KZT,
            Quotation::HomePerForeign,
            list,
            self.zone,
        );
        let value = value(self.first, list, figures);
        let rates = Rates::new(head, [Row::new(Currency::USD, value, 1)]).unwrap();
        Some(rates.with_longest_pause(self.pause))
    }

    /// The latest list not after a day that is published at an instant.
    fn published(&self, until: NaiveDate, at: DateTime<Utc>) -> Option<Rates> {
        let numbers = (0..DAYS).rev().map(|number| self.day(number));
        let mut days = numbers.filter(|day| *day <= until);
        days.find_map(|day| self.rates(day, at))
    }

    /// The answer to a request as a record. A wrong one is of a later day than requested, or "no data".
    fn answer(&self, seed: RequestSeed) -> Sighting {
        let ([number, feed], at, _, wrong) = seed;
        let at = self.instant(at);
        let asked = match feed % 8 {
            0..=4 => self.today(at),
            _ => self.day(number % (DAYS + 2)),
        };
        let feed = if feed % 8 == 4 {
            Feed::Newest
        } else {
            Feed::OfDay
        };
        let rates = match (feed, wrong % 16) {
            (_, 0) => None,
            (_, 1) => self
                .published(NaiveDate::MAX, at)
                .filter(|rates| rates.day() > asked),
            (Feed::Newest, _) => self.published(NaiveDate::MAX, at),
            (Feed::OfDay, _) if self.carries => self.published(asked, at),
            (Feed::OfDay, _) => self.rates(asked, at),
        };
        match rates {
            Some(rates) => Sighting::of_rates(BANK, feed, asked, rates, at),
            None => Sighting::of_no_data(BANK, BANK, feed, asked, at),
        }
    }

    /// The records of two servers that requested the bank, in no order and some of them twice.
    pub(super) fn records(&self, requests: &[RequestSeed], shuffle: u64) -> Vec<Sighting> {
        let mut requests = requests.to_vec();
        requests.sort_by_key(|(_, at, ..)| self.instant(*at));
        let mut servers = [Ledger::default(), Ledger::default()];
        for request in requests {
            servers[usize::from(request.2 % 2)].observe(self.answer(request));
        }
        let [one, other] = &servers;
        let mut records: Vec<Sighting> = one
            .sightings(&BANK)
            .chain(other.sightings(&BANK))
            .cloned()
            .collect();
        records.extend_from_within(..records.len() / 3);
        fastrand::Rng::with_seed(shuffle).shuffle(&mut records);
        records
    }

    /// The day and the figures that a value is of.
    pub(super) fn read(&self, rates: &Rates) -> (NaiveDate, u8) {
        let value = rates.rate(Pair::USD_KZT).unwrap().value();
        let code = u8::try_from(value.mantissa() - 10_000).unwrap();
        (self.day(code / 4), code % 4)
    }
}

/// A value that no other day and no other figures have.
fn value(first: NaiveDate, list: NaiveDate, figures: u8) -> Decimal {
    Decimal::new(
        10_000 + (list - first).num_days() * 4 + i64::from(figures),
        2,
    )
}

/// An instant that a record can have.
fn within_range(at: DateTime<Utc>) -> DateTime<Utc> {
    at.clamp(time("1900-01-01T00:00:00Z"), time("2200-12-31T00:00:00Z"))
}
