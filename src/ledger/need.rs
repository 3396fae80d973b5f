use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Forecast, Ledger, Record, Sighting};
use crate::day;
use crate::weather::City;

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
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Retention {
    days: Option<u16>,
    cities: Option<Vec<City>>,
}

impl Retention {
    /// Keeps the rates of the last `days` days. The default keeps those of every day.
    pub const fn days(days: u16) -> Self {
        Self {
            days: Some(days),
            cities: None,
        }
    }

    /// Keeps the forecasts of these cities only, as far as they are needed. Default: of every city, each by the day in UTC.
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        self.cities = Some(cities.into_iter().collect());
        self
    }

    /// Returns whether a record is needed at `now`.
    ///
    /// Rates are needed for the number of days that is set. A forecast is needed while one of its hours lies in the city's today or
    /// later. An approval is always needed.
    #[must_use]
    pub fn needs(&self, record: &Record, now: DateTime<Utc>) -> bool {
        let now = day::clamp(now);
        match record {
            Record::Sighting(sighting) => self.needs_sighting(sighting, now),
            Record::Forecast(forecast) => self.since(forecast, now).is_some_and(|since| {
                let end = forecast.weather().end();
                end.is_some_and(|end| end > since)
            }),
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
        let newest = sighting.rates().map_or(sighting.asked(), |rates| {
            let day: NaiveDate = rates.day();
            day.max(sighting.asked())
        });
        day::of(now, zone) - newest <= TimeDelta::days(days.into())
    }

    /// The start of the city's day. Returns `None` for a city whose forecasts are not kept.
    fn since(&self, forecast: &Forecast, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let zone = match &self.cities {
            None => chrono_tz::UTC,
            Some(cities) => {
                let mut cities = cities.iter();
                cities.find(|city| city.id() == forecast.city())?.zone()
            }
        };
        Some(day::start(day::of(now, zone), zone))
    }
}

impl Ledger {
    /// Removes the records that are not needed at `now`: those that [`Retention::needs`] does not name, and forecasts whose remaining
    /// hours a newer one of the same service covers.
    ///
    /// Called again with the same arguments it removes nothing.
    pub fn retain(&mut self, retention: &Retention, now: DateTime<Utc>) {
        let needed = self.records().filter(|record| retention.needs(record, now));
        let kept: Self = needed.collect();
        *self = kept;
        let now = day::clamp(now);
        for services in self.cities.values_mut() {
            for days in services.values_mut() {
                let mut forecasts: Vec<&Forecast> = days.values().flatten().collect();
                forecasts.sort_by_key(|forecast| std::cmp::Reverse(forecast.version()));
                let mut covered = Vec::new();
                let mut newer: Vec<&Forecast> = Vec::new();
                for forecast in forecasts {
                    let since = retention.since(forecast, now).unwrap_or(now);
                    if newer.iter().any(|newer| covers(newer, forecast, since)) {
                        covered.push(forecast.key());
                    } else {
                        newer.push(forecast);
                    }
                }
                for day in days.values_mut() {
                    day.retain(|forecast| !covered.contains(&forecast.key()));
                }
                days.retain(|_, day| !day.is_empty());
            }
            services.retain(|_, days| !days.is_empty());
        }
        self.cities.retain(|_, services| !services.is_empty());
    }
}

/// Returns whether a newer forecast begins early enough to leave no hour since `since` to an older one, and repeats no figures whose
/// first sight dates it.
fn covers(newer: &Forecast, older: &Forecast, since: DateTime<Utc>) -> bool {
    let begins = |forecast: &Forecast| {
        let hour = forecast.weather().hours().first().map(|hour| hour.at);
        let period = forecast
            .weather()
            .periods()
            .first()
            .map(|period| period.from);
        hour.into_iter().chain(period).min()
    };
    let needed = begins(older).map(|begins| begins.max(since));
    let is_earlier = begins(newer)
        .zip(needed)
        .is_some_and(|(newer, needed)| newer <= needed);
    let dates = newer.weather().stated().is_none() && newer.weather().repeats(older.weather());
    is_earlier && !dates
}
