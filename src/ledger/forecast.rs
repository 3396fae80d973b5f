//! One answer of a weather service for a city, from its first sight to its last.
//!
//! An answer that repeats itself has the same hours and the same stated computation; its last instant and its expiry move. A service that states no
//! computation (Open-Meteo) gives hours alone: then forecasts with the same temperatures for the hours in common are repetitions of one computation
//! ([`Weather::repeats`](crate::weather::Weather)), although each of them is a record, because the first hours go and later ones come.
//!
//! | order | for | by |
//! |---|---|---|
//! | `version` | whether an answer may replace the newest one | stated computation or first sight, then first sight, then id |
//! | [`newest_first`] | the choice of hours for a page, and what is kept | stated computation or last sight, then last sight, first sight, id |
//!
//! They differ for a service without a stated computation whose answer comes back: the record that was seen last is shown, as with a bank.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::instant::{LONGEST_DAY, TOLERANCE, are_instants, instant};
use super::{ForecastVersion, RecordId};
use crate::day;
use crate::provenance::SourceId;
use crate::weather::{CityId, Weather};

/// A record: the forecast that a service answered with for a city, from one instant to another.
///
/// ```
/// use masthead::ledger::Forecast;
/// use masthead::weather::City;
/// use masthead::Snapshot;
///
/// let (astana, at) = (City::find("astana").unwrap(), Snapshot::SAMPLE_TIME);
/// let weather = Snapshot::sample().weather(astana.id()).unwrap().value().clone();
/// let forecast = Forecast::new(astana.id().clone(), weather, at, None);
/// assert_eq!(forecast.city(), astana.id());
/// ```
///
/// An answer that repeats itself moves the last instant and its expiry:
///
/// ```
/// # use chrono::TimeDelta;
/// # use masthead::ledger::Forecast;
/// # use masthead::weather::City;
/// # use masthead::{Snapshot, SourceId};
/// # let (astana, at) = (City::find("astana").unwrap(), Snapshot::SAMPLE_TIME);
/// # let weather = Snapshot::sample().weather(astana.id()).unwrap().value().clone();
/// let half_an_hour = TimeDelta::minutes(30);
/// let forecast = Forecast::new(astana.id().clone(), weather, at, Some(at + half_an_hour));
/// let repeated = forecast.clone().until(at + half_an_hour, Some(at + half_an_hour * 2));
/// assert_eq!(repeated.id(), forecast.id());
/// assert_eq!((repeated.first(), repeated.last()), (at, at + half_an_hour));
/// assert_eq!(repeated.expires(), Some(at + half_an_hour * 2));
/// assert_eq!(repeated.service(), &SourceId::SAMPLE);
/// // A clock of an hour before cannot have made it.
/// assert!(repeated.is_possible(at + half_an_hour) && !repeated.is_possible(at - half_an_hour));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    city: CityId,
    id: RecordId,
    weather: Arc<Weather>,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    expires: Option<DateTime<Utc>>,
}

/// The key that distinguishes a forecast from the others of its city, in the order in which bounds keep them.
pub(super) type ForecastKey = (DateTime<Utc>, RecordId);

impl Forecast {
    /// A forecast seen at one instant. `expires` is the instant before which the service asks not to be asked again.
    #[must_use]
    pub fn new(
        city: CityId,
        weather: Weather,
        at: DateTime<Utc>,
        expires: Option<DateTime<Utc>>,
    ) -> Self {
        let at = instant(at);
        // A computation in the future means a wrong clock of the service. Its hours are still usable.
        let is_possible = weather
            .stated()
            .is_none_or(|stated| stated <= at + TOLERANCE);
        let weather = if is_possible {
            weather.stated_alone()
        } else {
            weather.seen_first(at).stated_alone()
        };
        Self {
            id: RecordId::of_weather(&city, &weather),
            city,
            weather: Arc::new(weather),
            first: at,
            last: at,
            expires: expires.map(instant),
        }
    }

    /// Returns the forecast of an answer that repeats this one, with the same id, which takes long to compute. Returns `None` if the answer has
    /// other hours, periods or another time of computation.
    #[cfg(feature = "ticker")]
    pub(crate) fn answered_again(
        &self,
        weather: &Weather,
        at: DateTime<Utc>,
        expires: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let at = instant(at);
        let stated = weather.stated().filter(|stated| *stated <= at + TOLERANCE);
        let is_same = self.weather.stated() == stated && self.weather.has_figures_of(weather);
        is_same.then(|| Self {
            first: at,
            last: at,
            expires: expires.map(instant),
            ..self.clone()
        })
    }

    /// A forecast as it was written down; `id` is that of `weather`. Returns `None` if its instants are not those of a record.
    pub(super) fn restored(
        (city, id, weather): (CityId, RecordId, Arc<Weather>),
        (first, last): (DateTime<Utc>, DateTime<Utc>),
        expires: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let issued = weather.stated();
        let is_valid = are_instants(first, last)
            && issued.is_none_or(|issued| issued <= first + TOLERANCE)
            && expires.is_none_or(|at| instant(at) == at);
        is_valid.then_some(Self {
            city,
            id,
            weather,
            first,
            last,
            expires,
        })
    }

    /// Sets the last instant at which the service answered so, and the expiry of that answer. An instant before
    /// [`first`](Self::first) has no effect.
    #[must_use]
    pub fn until(mut self, last: DateTime<Utc>, expires: Option<DateTime<Utc>>) -> Self {
        let last = instant(last);
        if last >= self.first {
            (self.last, self.expires) = (last, expires.map(instant));
        }
        self
    }

    /// The city.
    #[must_use]
    pub const fn city(&self) -> &CityId {
        &self.city
    }

    /// The service that answered.
    #[must_use]
    pub fn service(&self) -> &SourceId {
        self.weather.source()
    }

    /// The id of the forecast.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// The hours and periods as the service sent them.
    #[must_use]
    pub const fn weather(&self) -> &Arc<Weather> {
        &self.weather
    }

    /// The first instant at which the service answered so.
    #[must_use]
    pub const fn first(&self) -> DateTime<Utc> {
        self.first
    }

    /// The last instant at which the service answered so.
    #[must_use]
    pub const fn last(&self) -> DateTime<Utc> {
        self.last
    }

    /// The expiry of the last answer.
    #[must_use]
    pub const fn expires(&self) -> Option<DateTime<Utc>> {
        self.expires
    }

    /// The version among the forecasts of the service for the city.
    #[doc(hidden)]
    #[must_use]
    pub fn version(&self) -> ForecastVersion {
        ForecastVersion::new(self.weather.stated(), self.first, self.id)
    }

    /// Returns whether a right clock can have made the record: its instants are at most five minutes after `now`.
    #[must_use]
    pub fn is_possible(&self, now: DateTime<Utc>) -> bool {
        let (issued, latest) = (self.weather.stated(), day::clamp(now) + TOLERANCE);
        self.last <= latest && issued.is_none_or(|issued| issued <= latest)
    }

    pub(super) fn key(&self) -> ForecastKey {
        (self.first, self.id)
    }

    /// Takes over the later answer of the same forecast. Returns whether something changed.
    pub(super) fn extend(&mut self, other: &Self) -> bool {
        // Of two answers at one instant the later expiry counts, so that the union does not depend on the order.
        let later = (other.last, other.expires);
        let is_later = later > (self.last, self.expires);
        if is_later {
            (self.last, self.expires) = later;
        }
        is_later
    }

    /// The forecast as it was known at `at`, without the expiry of a later answer. Returns `None` if it was not made yet.
    pub(super) fn as_known_at(&self, at: DateTime<Utc>) -> Option<Self> {
        (self.first <= at).then(|| Self {
            last: self.last.min(at),
            expires: self.expires.filter(|_| self.last <= at),
            ..self.clone()
        })
    }

    /// The start of the first hour or period.
    pub(super) fn begins(&self) -> Option<DateTime<Utc>> {
        let hour = self.weather.hours().first().map(|hour| hour.at);
        let period = self.weather.periods().first().map(|period| period.from);
        hour.into_iter().chain(period).min()
    }

    /// Returns whether an hour or a period can lie in the today of a city, whose zone is not asked for, or later.
    pub(super) fn may_reach_today(&self, now: DateTime<Utc>) -> bool {
        let end = self.weather.end();
        end.is_some_and(|end| end > now - LONGEST_DAY)
    }
}

/// Sorts the forecasts of one service for one city, the newest first.
///
/// The later computation is the newer. Of two with one computation it is the one that was seen last: among those of one server that is the
/// one that was seen first later, and a server that has seen a forecast again after another server has seen another one shows that it
/// came back.
pub(super) fn newest_first(forecasts: &mut [&Forecast]) {
    forecasts.sort_by_key(|forecast| {
        let issued = forecast.weather.stated().unwrap_or(forecast.last);
        Reverse((issued, forecast.last, forecast.first, forecast.id))
    });
}
