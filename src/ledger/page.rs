//! The page of an instant: the rates in force and the next ones, row by row, and the hours of each city.
//!
//! # The composition of a list
//!
//! A snapshot has one list in force, made row by row:
//!
//! 1. The newest version that is believed at least in part, of the latest day that has begun in the bank's zone.
//! 2. Where its verdict leaves out a row, the last accepted row of that currency from earlier lists, with its own day.
//! 3. If the list was computed by another party, which has few currencies, the other rows of earlier lists, each with its day.
//! 4. For a daily list, the rows of the weekly list beside it, as long as that is in force.
//!
//! Rows are looked for in the last 62 days with publications, so that the work is bounded. The day of a carried row stays beside it on the page.
//!
//! # The weather of a city
//!
//! A forecast replaces the hours that it revises, not those before its first hour. So the hours of today that have passed come from earlier
//! forecasts of the same service, back from the newest, as long as they have hours that no newer one has. Two services are never mixed in one day: their
//! models differ by degrees, and the range of the day would be that of neither.
//!
//! Among the services the preference is, in this order: the forecast reaches the rest of the day; it reaches the end of the day; it is fresher; its
//! service stands earlier in the view. At 20:00:
//!
//! | service | computed | covers | |
//! |---|---|---|---|
//! | first | 05:00, 15 hours ago: ageing | until tomorrow | |
//! | second | 12:00, 8 hours ago: fresh | until tomorrow | shown |
//! | third | 18:00: fresh | until 22:00 | |

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::forecast::newest_first;
use super::instant::has_come;
use super::sightings::Sightings;
use super::view::{Known, known};
use super::{Forecast, Ledger, Sighting, Verdict, View};
use crate::day;
use crate::money::{Currency, Method, Rates};
use crate::provenance::SourceId;
use crate::snapshot::{Observed, Snapshot};
use crate::weather::{City, Weather};

/// The days with a publication, back from the one in force, from which rows are carried.
const DAYS: usize = 62;
/// The forecasts that may still have hours of today: no service computes further ahead.
const LONGEST_FORECAST: TimeDelta = TimeDelta::days(16);

impl Ledger {
    /// Returns the snapshot of an instant: the publication in force, the next one, and the weather of each city.
    ///
    /// The publication in force is the newest accepted one of the latest day that has begun in the bank's zone; the next one is the newest
    /// of the first later day. If a row is not accepted, the currency's last accepted row of an earlier publication stays, with its own
    /// day; a computed publication, which has fewer currencies than the bank's own, carries the others likewise.
    ///
    /// A row is carried over at most 62 days with publications, so that the work does not grow with the number of records.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>, view: &View<'_>) -> Snapshot {
        let (rates, next) = self.rates_at(now, view);
        let weather = view.cities.iter();
        let weather =
            weather.filter_map(|city| Some((city.id().clone(), self.weather_at(city, now, view)?)));
        let weather: BTreeMap<_, _> = weather.collect();
        let shown = || rates.iter().chain(&next).map(Observed::value);
        let recent = self.recent(shown(), now, view);
        let sources = shown().map(|rates| rates.publication().source.clone());
        let sources = sources.chain(weather.values().map(|held| held.value().source().clone()));
        let credits = sources.map(|source| {
            let credit = (view.credits)(&source);
            (source, credit)
        });
        let credits = credits.collect();
        Snapshot::of_parts(rates, next, weather, credits).with_recent(recent)
    }

    /// The publication in force, and the next one.
    pub(crate) fn rates_at(
        &self,
        now: DateTime<Utc>,
        view: &View<'_>,
    ) -> (Option<Observed<Rates>>, Option<Observed<Rates>>) {
        let Some(bank) = self.banks.get(&view.bank) else {
            return (None, None);
        };
        let now = day::clamp(now);
        // Every zone is within a day of UTC.
        let today = day::of(now, chrono_tz::UTC);
        let ahead = TimeDelta::days(view.days_ahead.into());
        let (mut in_force, mut next) = (None, None::<Known<'_>>);
        for known in publications(bank, today + ahead + TimeDelta::days(1), now, view) {
            let today = day::of(now, known.rates.zone());
            if known.day() <= today {
                in_force = Some(known);
                break;
            }
            // The first one of a day is the newest.
            let is_earlier = next.as_ref().is_none_or(|next| known.day() < next.day());
            if known.day() <= today + ahead && is_earlier {
                next = Some(known);
            }
        }
        let shown = |base: Known<'_>| {
            let rates = composed(&base, bank, now, view)?;
            // The bank's other feed may have repeated these figures later, with other changes or without the rows that are not accepted.
            let others = known(of_page(bank, base.day(), view), now, view).into_iter();
            let repeated = others.filter(|other| other.rates.has_numbers_of(&rates));
            let last = repeated
                .map(|other| other.last)
                .fold(base.last, DateTime::max);
            Some(Observed::served(rates, last))
        };
        (in_force.and_then(shown), next.and_then(shown))
    }

    /// The hours of the newest forecast of one service, and of its earlier ones those of today that have passed.
    ///
    /// The service is the best of those with the freshest data, among those whose newest forecast reaches the end of the day. If there is
    /// none, one that reaches the rest of the day.
    pub(crate) fn weather_at(
        &self,
        city: &City,
        now: DateTime<Utc>,
        view: &View<'_>,
    ) -> Option<Observed<Weather>> {
        let services = self.cities.get(city.id())?;
        let now = day::clamp(now);
        let rank = |service: &SourceId| {
            let rank = view.services.iter().position(|known| known == service);
            rank.unwrap_or(view.services.len())
        };
        let (since, end) = {
            let today = day::span(day::of(now, city.zone()), city.zone());
            (today.start, today.end)
        };
        let of_services = services.iter().filter_map(|(service, days)| {
            let held = of_service(days, since, now)?;
            let reaches = held.value().reaches(now, city.zone());
            let reaches_end = held.value().end() >= Some(end);
            let freshness = view.policy.of_forecast(&held, now);
            Some(((!reaches, !reaches_end, freshness, rank(service)), held))
        });
        let best = of_services.min_by_key(|(preference, _)| *preference);
        best.map(|(_, held)| held)
    }
}

/// The publications up to `day` that are believed at least in part, the newest day and version first. It is an iterator, so that a page of today
/// looks at the last days only.
fn publications<'a>(
    bank: &'a Sightings,
    day: NaiveDate,
    now: DateTime<Utc>,
    view: &View<'_>,
) -> impl Iterator<Item = Known<'a>> {
    let days = bank.days_until(day);
    days.flat_map(move |day| known(of_page(bank, day, view), now, view))
}

/// The sightings of the publications of a day that a page may show.
fn of_page<'a>(
    bank: &'a Sightings,
    day: NaiveDate,
    view: &View<'_>,
) -> impl Iterator<Item = &'a Sighting> {
    let is_live = view.is_live;
    let sightings = bank.of_day(day);
    sightings.filter(move |sighting| !is_live || !sighting.is_late())
}

/// A publication as it is shown: with the last accepted row in the place of each row that is not.
fn composed(
    base: &Known<'_>,
    bank: &Sightings,
    now: DateTime<Utc>,
    view: &View<'_>,
) -> Option<Rates> {
    let is_computed = |known: &Known<'_>| known.rates.publication().method == Method::Computed;
    // In the bank's own list no row is another party's.
    let earlier = || {
        let days = bank.days_until(base.day()).take(DAYS);
        let publications = days.flat_map(|day| known(of_page(bank, day, view), now, view));
        publications
            .filter(|other| other.id != base.id && (is_computed(base) || !is_computed(other)))
    };
    let before = |currency: Currency| {
        earlier().find_map(|other| Some((other.own_row(currency)?, other.day())))
    };
    let rates = Rates::clone(base.rates);
    let rates = match &base.verdict {
        Verdict::Accepted => rates,
        Verdict::Except(rows) => rates.doubting(rows, before).ok()?,
        Verdict::Withheld => return None,
    };
    if is_computed(base) {
        let missing = earlier().filter(|other| other.day() < base.day());
        let rows = missing.flat_map(|other| {
            let rows = other.rates.each_row();
            let rows =
                rows.filter_map(|row| Some((other.own_row(row.currency)?, other.day(), None)));
            rows.collect::<Vec<_>>()
        });
        return Some(rates.carrying(rows));
    }
    // A weekly list that was not read with this daily one, while it is in force.
    let days = bank.days_with_lists_until(base.day()).take(DAYS);
    let lists = days.flat_map(|day| known(of_page(bank, day, view), now, view));
    let in_force = lists.flat_map(|other| {
        let rows = other.rates.carried_in_force(base.day());
        let rows = rows.filter(|(row, ..)| other.verdict.accepts(row.currency));
        rows.collect::<Vec<_>>()
    });
    Some(rates.carrying(in_force))
}

/// The newest forecast of a service with the hours of its earlier ones since `since`, and the instant at which its figures were first
/// seen where the service states no computation.
fn of_service(
    days: &BTreeMap<NaiveDate, Vec<Forecast>>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<Observed<Weather>> {
    let has_come = |forecast: &&Forecast| has_come(forecast.first(), now);
    let since_day = |first: NaiveDate| {
        let days = days.range(first..).flat_map(|(_, day)| day);
        let needed = days.filter(has_come);
        let needed = needed.filter(|forecast| forecast.may_reach_today(now));
        needed.collect::<Vec<&Forecast>>()
    };
    let mut forecasts = since_day((now - LONGEST_FORECAST).date_naive());
    if forecasts.is_empty() {
        forecasts = since_day(NaiveDate::MIN);
    }
    if forecasts.is_empty() {
        // The last one stays, although it does not reach today.
        let all = days.values().rev().flat_map(|day| day.iter().rev());
        forecasts.extend(all.into_iter().find(has_come));
    }
    newest_first(&mut forecasts);
    let newest = *forecasts.first()?;
    let first_sight = || {
        // Back from the newest, as long as each repeats the one before: the same figures, computed when they were first seen.
        let pairs = forecasts.iter().zip(forecasts.iter().skip(1));
        let repeated = pairs.take_while(|(newer, older)| newer.weather().repeats(older.weather()));
        repeated.fold(newest.first(), |first, (_, older)| first.min(older.first()))
    };
    // Back from the newest, those with hours that no newer one revises.
    let mut begin = newest.begins();
    let with_hours = forecasts.iter().skip(1).filter(|forecast| {
        let has_hours = begin > Some(since) && forecast.begins() < begin;
        if has_hours {
            begin = forecast.begins();
        }
        has_hours
    });
    let older: Vec<&&Forecast> = with_hours.collect();
    let oldest_first = older.into_iter().rev().map(|forecast| forecast.weather());
    let before = oldest_first.fold(None, |before: Option<Weather>, weather| {
        let weather = Weather::clone(weather);
        Some(match before {
            Some(before) => weather.merge(&before, since),
            None => weather,
        })
    });
    let weather = Weather::clone(newest.weather());
    let weather = match before {
        Some(before) => weather.merge(&before, since),
        None => weather,
    };
    let weather = match weather.stated() {
        Some(_) => weather,
        None => weather.seen_first(first_sight()),
    };
    let last = newest.last();
    let valid = weather.now(last).map_or(last, |hour| hour.at.min(last));
    Some(Observed::new(weather, valid, last).with_expires(newest.expires()))
}
