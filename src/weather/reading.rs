use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Celsius, Condition, Daylight, TemperatureRange};
use crate::{day, provenance::SourceId};

/// One service's forecast for one city: hourly temperatures, and the lowest and highest temperature of longer periods.
///
/// It answers the three questions of a strip: the temperature [`now`](Self::now), and the [`maximum`](Self::maximum) and the
/// [`range`](Self::range) of a local day. The latter two are `None` if too little of the day is known.
///
/// ```
/// use chrono::{DateTime, TimeDelta, Utc};
/// use masthead::SourceId;
/// use masthead::weather::{Celsius, Hour, Weather};
///
/// let midnight: DateTime<Utc> = "2026-04-01T19:00:00Z".parse()?; // in Astana
/// let hours = (0..24).map(|hour| {
///     let temperature = Celsius::from_tenths(10 * (12 - (hour as i16 - 15).abs())).unwrap();
///     Hour::new(midnight + TimeDelta::hours(hour), temperature)
/// });
/// let weather = Weather::new(SourceId::MET_NORWAY, hours, [])?;
/// let (day, zone) = ("2026-04-02".parse()?, chrono_tz::Asia::Almaty);
/// assert_eq!(weather.maximum(day, zone).unwrap().whole(), 12);
/// assert_eq!(weather.range(day, zone).unwrap().low().whole(), -3);
/// assert_eq!(weather.maximum("2026-04-03".parse()?, zone), None);
///
/// let now = "2026-04-02T05:20:00Z".parse()?;
/// assert_eq!(weather.now(now).unwrap().temperature.whole(), 7);
/// assert_eq!((weather.source(), weather.hours().len()), (&SourceId::MET_NORWAY, 24));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// MET Norway sends hours from the current one on, so an answer of the evening lacks the afternoon.
/// [`Snapshot::add_weather`](crate::Snapshot::add_weather) therefore [merges](Self::merge) each answer with the earlier hours of
/// the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Weather {
    source: SourceId,
    issued: Option<DateTime<Utc>>,
    /// Whether `issued` is the time at which the hours were first seen, because the service states no computation time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_first_sight: bool,
    pub(super) hours: Vec<Hour>,
    pub(super) extremes: Vec<Extremes>,
}

/// One hour of a forecast, or the time that a service calls current.
///
/// ```
/// use masthead::weather::{Condition, Daylight, Hour, Intensity, Sky};
///
/// let hour = Hour::new("2026-04-02T06:00:00Z".parse()?, "-1.5".parse()?)
///     .with_condition(Condition::new(Sky::Snow).with_intensity(Intensity::Light))
///     .with_daylight(Daylight::Day);
/// let json = r#"{"at":"2026-04-02T06:00:00Z","temperature":"-1.5","condition":"light_snow","daylight":"day"}"#;
/// assert_eq!(serde_json::to_string(&hour)?, json);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Hour {
    /// The start of the hour. It need not be a full hour.
    pub at: DateTime<Utc>,
    /// The air temperature at `at`.
    pub temperature: Celsius,
    /// The sky from `at` on. `None` if the service does not state it.
    pub condition: Option<Condition>,
    /// Day or night. `None` if the service does not state it.
    pub daylight: Option<Daylight>,
}

impl Hour {
    /// Creates the reading of an hour without condition and daylight.
    #[must_use]
    pub const fn new(at: DateTime<Utc>, temperature: Celsius) -> Self {
        Self {
            at,
            temperature,
            condition: None,
            daylight: None,
        }
    }

    /// Sets the sky from `at` on. Default: `None`.
    #[must_use]
    pub fn with_condition(mut self, condition: impl Into<Option<Condition>>) -> Self {
        self.condition = condition.into();
        self
    }

    /// Sets day or night. Default: `None`.
    #[must_use]
    pub fn with_daylight(mut self, daylight: impl Into<Option<Daylight>>) -> Self {
        self.daylight = daylight.into();
        self
    }
}

/// The lowest and highest temperature of a period.
///
/// MET Norway sends them for six hours, Open-Meteo for a local day.
///
/// ```
/// use masthead::SourceId;
/// use masthead::weather::{Extremes, TemperatureRange, Weather};
///
/// let range = TemperatureRange::new("-2.5".parse()?, "8.5".parse()?).unwrap();
/// let day = Extremes::new("2026-04-01T19:00:00Z".parse()?, "2026-04-02T19:00:00Z".parse()?, range);
/// let weather = Weather::new(SourceId::OPEN_METEO, [], [day])?;
/// assert_eq!(weather.range("2026-04-02".parse()?, chrono_tz::Asia::Almaty), Some(range));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Extremes {
    /// The start of the period.
    pub from: DateTime<Utc>,
    /// The end of the period, exclusive. It must be after `from`.
    pub to: DateTime<Utc>,
    /// The lowest and highest temperature of the period.
    pub range: TemperatureRange,
}

impl Extremes {
    /// Creates the temperatures of a period that ends before `to`. [`Weather::new`] checks the order of the two.
    #[must_use]
    pub const fn new(from: DateTime<Utc>, to: DateTime<Utc>, range: TemperatureRange) -> Self {
        Self { from, to, range }
    }
}

impl Weather {
    /// Creates a forecast of `source` from hours and periods in any order. The result is sorted by time.
    ///
    /// Temperatures are not checked against each other; [`plausible`](Self::plausible) does that.
    ///
    /// # Errors
    ///
    /// If there is neither an hour nor a period, a time is outside the years 1900 to 2200, two hours have the same time, or a
    /// period does not end after its start.
    ///
    /// ```
    /// # use masthead::SourceId;
    /// # use masthead::weather::{InvalidWeather, Weather};
    /// assert_eq!(Weather::new(SourceId::MET_NORWAY, [], []), Err(InvalidWeather::Empty));
    /// ```
    pub fn new(
        source: SourceId,
        hours: impl IntoIterator<Item = Hour>,
        extremes: impl IntoIterator<Item = Extremes>,
    ) -> Result<Self, InvalidWeather> {
        let mut hours: Vec<Hour> = hours.into_iter().collect();
        let mut extremes: Vec<Extremes> = extremes.into_iter().collect();
        if hours.is_empty() && extremes.is_empty() {
            return Err(InvalidWeather::Empty);
        }
        let times = hours.iter().map(|hour| hour.at);
        let times = times.chain(extremes.iter().flat_map(|period| [period.from, period.to]));
        if let Some(at) = times
            .into_iter()
            .find(|at| !day::is_plausible(at.date_naive()))
        {
            return Err(InvalidWeather::Time { at });
        }
        hours.sort_by_key(|hour| hour.at);
        extremes.sort_by_key(|period| period.from);
        if let Some((hour, _)) = hours
            .iter()
            .zip(hours.iter().skip(1))
            .find(|(a, b)| a.at == b.at)
        {
            return Err(InvalidWeather::Twice { at: hour.at });
        }
        if let Some(period) = extremes.iter().find(|period| period.from >= period.to) {
            return Err(InvalidWeather::Backwards { from: period.from });
        }
        Ok(Self {
            source,
            issued: None,
            is_first_sight: false,
            hours,
            extremes,
        })
    }

    /// Sets the time at which the service computed the forecast. Default: unknown.
    ///
    /// The age shown on a page counts from this time. Do not set the time of the answer or of a header such as `Last-Modified`: a
    /// server may send an old forecast with current times.
    ///
    /// # Errors
    ///
    /// If `at` is outside the years 1900 to 2200.
    ///
    /// ```
    /// # use masthead::SourceId;
    /// # use masthead::weather::{Hour, Weather};
    /// let hour = Hour::new("2026-04-02T06:00:00Z".parse()?, "8.5".parse()?);
    /// let weather = Weather::new(SourceId::MET_NORWAY, [hour], [])?;
    /// assert_eq!(weather.issued(), None);
    /// let computed = "2026-04-02T03:00:00Z".parse()?;
    /// assert_eq!(weather.with_issued(computed)?.issued(), Some(computed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_issued(mut self, at: DateTime<Utc>) -> Result<Self, InvalidWeather> {
        if !day::is_plausible(at.date_naive()) {
            return Err(InvalidWeather::Time { at });
        }
        self.issued = Some(at);
        self.is_first_sight = false;
        Ok(self)
    }

    /// The time at which the service computed the forecast, or at which these hours were first seen if the service does not state
    /// one.
    ///
    /// Returns `None` if the service does not state one and the forecast was not yet added to a [`Snapshot`](crate::Snapshot).
    #[must_use]
    pub const fn issued(&self) -> Option<DateTime<Utc>> {
        self.issued
    }

    /// The service that made the forecast.
    #[must_use]
    pub const fn source(&self) -> &SourceId {
        &self.source
    }

    /// The hours, sorted by time.
    #[must_use]
    pub fn hours(&self) -> &[Hour] {
        &self.hours
    }

    /// The hour that applies at `now`: the latest one that began less than an hour ago, else the first one that begins in less
    /// than an hour. Returns `None` if there is neither.
    #[must_use]
    pub fn now(&self, now: DateTime<Utc>) -> Option<&Hour> {
        let begun = self.hours.partition_point(|hour| hour.at <= now);
        let near = |hour: &&Hour| (hour.at - now).abs() < TimeDelta::hours(1);
        begun
            .checked_sub(1)
            .and_then(|at| self.hours.get(at))
            .filter(near)
            .or_else(|| self.hours.get(begun).filter(near))
    }

    /// Returns whether an hour or a period covers `now` or a later time of its local day in `zone`.
    ///
    /// Weather that does not is [absent](crate::Freshness::Absent) on a page.
    #[must_use]
    pub fn reaches(&self, now: DateTime<Utc>, zone: Tz) -> bool {
        if self.now(now).is_some() {
            return true;
        }
        let end = day::end(day::of(now, zone), zone);
        self.hours.iter().any(|hour| (now..end).contains(&hour.at))
            || self
                .extremes
                .iter()
                .any(|period| period.from < end && period.to > now)
    }

    /// The end of the last hour or period. An hour is counted as 60 minutes.
    ///
    /// ```
    /// # use masthead::SourceId;
    /// # use masthead::weather::{Hour, Weather};
    /// let hour = Hour::new("2026-04-02T06:00:00Z".parse()?, "8.5".parse()?);
    /// let weather = Weather::new(SourceId::MET_NORWAY, [hour], [])?;
    /// assert_eq!(weather.end(), Some("2026-04-02T07:00:00Z".parse()?));
    ///
    /// let zone = chrono_tz::Asia::Almaty;
    /// assert!(weather.reaches("2026-04-02T00:00:00Z".parse()?, zone));
    /// assert!(!weather.reaches("2026-04-02T07:00:00Z".parse()?, zone));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn end(&self) -> Option<DateTime<Utc>> {
        let hours = self.hours.last().map(|hour| hour.at + TimeDelta::hours(1));
        let periods = self.extremes.iter().map(|period| period.to);
        periods.max().max(hours)
    }

    /// Adds the hours and periods of an older forecast that lie between `since` and the start of this one.
    ///
    /// Values of `older` from the start of this forecast on are dropped, because this forecast revises them. Returns `self`
    /// unchanged if the sources differ, because a page credits one source for all hours of a city.
    ///
    /// ```
    /// # use chrono::{DateTime, TimeDelta, Utc};
    /// # use masthead::SourceId;
    /// # use masthead::weather::{Celsius, Hour, Weather};
    /// # let midnight: DateTime<Utc> = "2026-04-01T19:00:00Z".parse()?; // in Astana
    /// # let forecast = |hours: std::ops::Range<i64>| {
    /// #     let hour = |hour| Hour::new(midnight + TimeDelta::hours(hour), Celsius::from_tenths(10).unwrap());
    /// #     Weather::new(SourceId::MET_NORWAY, hours.map(hour), [])
    /// # };
    /// let (morning, evening) = (forecast(6..30)?, forecast(18..42)?);
    /// let (day, zone) = ("2026-04-02".parse()?, chrono_tz::Asia::Almaty);
    /// assert_eq!(evening.maximum(day, zone), None);
    /// assert!(evening.merge(&morning, midnight).maximum(day, zone).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn merge(mut self, older: &Self, since: DateTime<Utc>) -> Self {
        if self.source != older.source {
            return self;
        }
        let first_hour = self.hours.first().map(|hour| hour.at);
        let first_period = self.extremes.first().map(|period| period.from);
        let Some(first) = first_hour.into_iter().chain(first_period).min() else {
            return self;
        };
        let hours = older
            .hours
            .iter()
            .filter(|hour| (since..first).contains(&hour.at))
            .cloned();
        self.hours.splice(0..0, hours);
        let extremes = older
            .extremes
            .iter()
            .filter(|period| period.from >= since && period.to <= first)
            .copied();
        self.extremes.splice(0..0, extremes);
        self
    }

    /// Returns whether this is the same forecast as `older`: same source, and the same temperatures for the hours that both have.
    ///
    /// Both must have six hours in common, or `older` must have all hours and periods of this one. Hours that only one of them
    /// has are ignored: they have passed since, or were beyond the end.
    pub(crate) fn repeats(&self, older: &Self) -> bool {
        const ENOUGH: usize = 6;
        if self.source != older.source {
            return false;
        }
        let mut shared = 0_usize;
        for hour in &self.hours {
            let at = older.hours.binary_search_by_key(&hour.at, |held| held.at);
            let Some(held) = at.ok().and_then(|at| older.hours.get(at)) else {
                continue;
            };
            if held.temperature != hour.temperature {
                return false;
            }
            shared += 1;
        }
        let is_held = |period: &Extremes| older.extremes.contains(period);
        shared >= ENOUGH || (shared == self.hours.len() && self.extremes.iter().all(is_held))
    }

    /// Returns whether another forecast has the same source, hours and periods.
    #[cfg(feature = "ticker")]
    pub(crate) fn has_figures_of(&self, other: &Self) -> bool {
        (&self.source, &self.hours, &self.extremes)
            == (&other.source, &other.hours, &other.extremes)
    }

    /// Sets the time at which the hours were first seen, for a service that states no computation time.
    pub(crate) fn seen_first(mut self, at: DateTime<Utc>) -> Self {
        self.issued = Some(day::clamp(at));
        self.is_first_sight = true;
        self
    }

    /// The time of the computation, if the service states one.
    pub(crate) const fn stated(&self) -> Option<DateTime<Utc>> {
        if self.is_first_sight {
            None
        } else {
            self.issued
        }
    }

    /// The periods with a range, in the order of their begin.
    pub(crate) fn periods(&self) -> &[Extremes] {
        &self.extremes
    }

    /// Drops the time of the first sight, which is no part of what the service said.
    pub(crate) fn stated_alone(mut self) -> Self {
        self.issued = self.stated();
        self.is_first_sight = false;
        self
    }
}

/// The error of hours and periods that do not form a forecast.
///
/// ```
/// use masthead::SourceId;
/// use masthead::weather::{InvalidWeather, Weather};
///
/// let error = Weather::new(SourceId::MET_NORWAY, [], []).unwrap_err();
/// assert_eq!((error.to_string(), error), ("a forecast without hours".to_owned(), InvalidWeather::Empty));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidWeather {
    /// There is neither an hour nor a period.
    #[error("a forecast without hours")]
    Empty,
    /// A time is outside the years 1900 to 2200.
    #[error("forecast time {at} is outside the years 1900 to 2200")]
    Time {
        /// The rejected time.
        at: DateTime<Utc>,
    },
    /// Two hours have the same time.
    #[error("two hours at {at}")]
    Twice {
        /// The time of both.
        at: DateTime<Utc>,
    },
    /// A period does not end after its start.
    #[error("the period from {from} does not end after its start")]
    Backwards {
        /// The start of the period.
        from: DateTime<Utc>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    source: SourceId,
    #[serde(default)]
    issued: Option<DateTime<Utc>>,
    #[serde(default)]
    is_first_sight: bool,
    hours: Vec<Hour>,
    extremes: Vec<Extremes>,
}

impl TryFrom<Unchecked> for Weather {
    type Error = InvalidWeather;

    fn try_from(
        Unchecked {
            source,
            issued,
            is_first_sight,
            hours,
            extremes,
        }: Unchecked,
    ) -> Result<Self, Self::Error> {
        let weather = Self::new(source, hours, extremes)?;
        match issued {
            Some(at) => Ok(Self {
                is_first_sight,
                ..weather.with_issued(at)?
            }),
            None => Ok(weather),
        }
    }
}
