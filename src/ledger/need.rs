//! Which records are needed: the one definition for memory, a file's compaction, a store, and what is taken from one.
//!
//! A forecast is needed while one of its hours lies in the city's today or later and no newer one of the service revises them all. A service
//! that states no computation has its forecasts dated by their first sight; then the forecasts that repeat the newest one are needed too, and
//! the one that ended the repetition, because without it an earlier repetition of the same figures would make the newest seem older.
//!
//! At 14:00 in a city, of a service that states its computations:
//!
//! | forecast | hours | needed |
//! |---|---|---|
//! | of 12:00 | from 12:00 on | the newest |
//! | of 06:00 | from 06:00 on | for 06:00 to 11:00, which the newest does not revise: the day's range needs them |
//! | of 08:00 of the day before | from 08:00 of that day on | for 00:00 to 05:00 of today |
//! | of 02:00 of the day before | from 02:00 of that day on | no more: the one above has all of its hours of today |
//!
//! At midnight the hours of the day that has ended are needed no more, and with them all but the newest forecast.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::forecast::{ForecastKey, newest_first};
use super::instant::LONGEST_DAY;
use super::sightings::Sightings;
use super::{Forecast, Ledger, Record, Sighting};
use crate::day;
use crate::weather::{City, CityId};

/// Which records are kept: in memory, in a file, in a store, or taken from one.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::SourceId;
/// use masthead::ledger::{Feed, Record, Retention, Sighting};
///
/// let now = Snapshot::SAMPLE_TIME;
/// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
/// let day = rates.day();
/// let sighting: Record = Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, day, rates, now).into();
/// let month = Retention::days(30);
/// assert!(month.needs(&sighting, now));
/// assert!(!month.needs(&sighting, now + chrono::TimeDelta::days(31)));
/// assert!(Retention::default().needs(&sighting, now + chrono::TimeDelta::days(31)));
/// ```
///
/// Forecasts of cities that are no longer shown are not needed:
///
/// ```
/// use masthead::ledger::{Forecast, Record, Retention};
/// use masthead::weather::City;
/// # use masthead::Snapshot;
/// # let now = Snapshot::SAMPLE_TIME;
/// # let astana = City::find("astana").unwrap();
/// # let weather = Snapshot::sample().weather(astana.id()).unwrap().value().clone();
/// let forecast: Record = Forecast::new(astana.id().clone(), weather, now, None).into();
/// assert!(Retention::default().cities(City::find("astana").cloned()).needs(&forecast, now));
/// assert!(!Retention::default().cities(City::find("almaty").cloned()).needs(&forecast, now));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Retention {
    days: Option<u16>,
    /// The zone of each city.
    cities: Option<BTreeMap<CityId, Tz>>,
}

impl Retention {
    /// Keeps the rates of the last `days` days before today: with 30 those that are up to 30 days old. The default keeps those of every day.
    pub const fn days(days: u16) -> Self {
        Self {
            days: Some(days),
            cities: None,
        }
    }

    /// Keeps the forecasts of these cities only, as far as they are needed. Default: of every city; as its zone is not known, its today
    /// counts as begun 25 hours ago, as the longest day.
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        let cities = cities.into_iter();
        let zones = cities.map(|city| (city.id().clone(), city.zone()));
        self.cities = Some(zones.collect());
        self
    }

    /// Returns whether a record is needed at `now`.
    ///
    /// Rates are needed for the number of days that is set, counted from the later of the list's day and the requested day. A forecast is needed
    /// until 25 hours after its last hour, which is the longest time that an hour belongs to a city's today; whether a newer forecast covers it only
    /// [`Ledger::retain`] knows. An approval is always needed.
    #[must_use]
    pub fn needs(&self, record: &Record, now: DateTime<Utc>) -> bool {
        let now = day::clamp(now);
        match record {
            Record::Sighting(sighting) => self.needs_sighting(sighting, now),
            Record::Forecast(forecast) => self.needs_forecast(forecast, now),
            Record::Approval(_) => true,
        }
    }

    fn needs_sighting(&self, sighting: &Sighting, now: DateTime<Utc>) -> bool {
        let Some(days) = self.days else {
            return true;
        };
        let zone = sighting
            .rates()
            .map_or(chrono_tz::UTC, |rates| rates.zone());
        let newest = sighting
            .rates()
            .map_or(sighting.asked(), |rates| rates.day().max(sighting.asked()));
        day::of(now, zone) - newest <= TimeDelta::days(days.into())
    }

    fn needs_forecast(&self, forecast: &Forecast, now: DateTime<Utc>) -> bool {
        forecast.may_reach_today(now) && self.since(forecast.city(), now).is_some()
    }

    /// The start of the city's day. Returns `None` for a city whose forecasts are not kept.
    fn since(&self, city: &CityId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Some(cities) = &self.cities else {
            return Some(now - LONGEST_DAY);
        };
        let zone = *cities.get(city)?;
        Some(day::start(day::of(now, zone), zone))
    }
}

impl Ledger {
    /// Removes the records that are not needed at `now`: those for which [`Retention::needs`] returns `false`, and forecasts whose
    /// remaining hours a newer one of the same service covers.
    ///
    /// Called again with the same arguments it removes no more. The page of [`at`](Self::at) for `now` stays the same, but for rows older than the
    /// number of days that is kept.
    ///
    /// ```
    /// use masthead::ledger::{Feed, Ledger, Retention, Sighting};
    /// use masthead::{Snapshot, SourceId};
    ///
    /// let now = Snapshot::SAMPLE_TIME;
    /// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
    /// let mut ledger = Ledger::default();
    /// ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now));
    /// ledger.retain(&Retention::days(30), now + chrono::TimeDelta::days(30));
    /// assert_eq!(ledger.len(), 1);
    /// ledger.retain(&Retention::days(30), now + chrono::TimeDelta::days(31));
    /// assert!(ledger.is_empty());
    /// ```
    pub fn retain(&mut self, retention: &Retention, now: DateTime<Utc>) {
        let now = day::clamp(now);
        if retention.days.is_some() {
            for bank in self.banks.values_mut() {
                Sightings::retain(bank, |sighting| retention.needs_sighting(sighting, now));
            }
            self.banks.retain(|_, bank| !bank.is_empty());
        }
        self.cities.retain(|city, services| {
            let Some(since) = retention.since(city, now) else {
                return false;
            };
            services.retain(|_, days| {
                let needed = days.values().flatten();
                let needed = needed.filter(|forecast| forecast.may_reach_today(now));
                let kept = kept(needed.collect(), since);
                days.retain(|_, day| {
                    day.retain(|forecast| kept.contains(&forecast.key()));
                    !day.is_empty()
                });
                !days.is_empty()
            });
            !services.is_empty()
        });
    }
}

/// The keys of the forecasts of one service that leave the page as it is: those with hours that no newer one revises, and those that date
/// the figures of a service without runs.
fn kept(mut forecasts: Vec<&Forecast>, since: DateTime<Utc>) -> BTreeSet<ForecastKey> {
    newest_first(&mut forecasts);
    let older = forecasts.iter().skip(1);
    let repeated = forecasts.iter().zip(older);
    let repeated = repeated.take_while(|(newer, older)| newer.weather().repeats(older.weather()));
    // With the one that ends the repetition: without it an earlier one of the same figures would seem repeated.
    let dates = match forecasts.first() {
        Some(newest) if newest.weather().stated().is_none() => repeated.count() + 2,
        _ => 0,
    };
    // The earliest begin of the newer ones.
    let mut begin: Option<DateTime<Utc>> = None;
    let mut kept = BTreeSet::new();
    for (at, forecast) in forecasts.into_iter().enumerate() {
        let own = forecast.begins();
        let needed = own.map(|own| own.max(since));
        let is_covered = begin.is_some_and(|begin| Some(begin) <= needed);
        if !is_covered || at < dates {
            kept.insert(forecast.key());
            begin = begin.into_iter().chain(own).min();
        }
    }
    kept
}
