use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Celsius, Condition, Daylight, TemperatureRange};
use crate::{day, provenance::SourceId};

/// What a service says of a place: hours, and the lowest and highest of longer stretches.
///
/// A forecast starts at the current hour, so the day's maximum is known only where the afternoon is held: in what was
/// said before it passed. [`merge`](Self::merge) keeps those hours, [`maximum`](Self::maximum) says nothing without them.
///
/// ```
/// use chrono::{DateTime, TimeDelta, Utc};
/// use masthead::SourceId;
/// use masthead::weather::{Celsius, Hour, Weather};
///
/// let midnight: DateTime<Utc> = "2026-04-01T19:00:00Z".parse()?; // in Astana
/// let hours = (0..24).map(|hour| Hour {
///     at: midnight + TimeDelta::hours(hour),
///     temperature: Celsius::from_tenths(10 * (12 - (hour as i16 - 15).abs())).unwrap(),
///     condition: None,
///     daylight: None,
/// });
/// let weather = Weather::new(SourceId::MET_NORWAY, hours, [])?;
/// let (day, zone) = ("2026-04-02".parse()?, chrono_tz::Asia::Almaty);
/// assert_eq!(weather.maximum(day, zone).unwrap().whole(), 12);
/// assert_eq!(weather.range(day, zone).unwrap().low().whole(), -3);
/// assert_eq!(weather.maximum("2026-04-03".parse()?, zone), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Weather {
    source: SourceId,
    issued: Option<DateTime<Utc>>,
    /// Whether `issued` is the first sight of the hours, because the service states no computation.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_first_sight: bool,
    pub(super) hours: Vec<Hour>,
    pub(super) extremes: Vec<Extremes>,
}

/// One hour of a forecast, or the moment a service calls current.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hour {
    /// When.
    pub at: DateTime<Utc>,
    /// The air temperature at that time.
    pub temperature: Celsius,
    /// The sky in the hour that follows, where the service says it.
    pub condition: Option<Condition>,
    /// Whether the sun is up, where the service says it.
    pub daylight: Option<Daylight>,
}

/// The lowest and highest temperature of a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extremes {
    /// Its start.
    pub from: DateTime<Utc>,
    /// Its end, not included.
    pub to: DateTime<Utc>,
    /// Its lowest and highest temperature.
    pub range: TemperatureRange,
}

impl Weather {
    /// A reading of checked hours, sorted by time.
    ///
    /// # Errors
    ///
    /// When there is neither an hour nor a stretch, a time is not of the years 1900 to 2200, two hours are of the same time, or a stretch ends before it begins.
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
        let times = times.chain(
            extremes
                .iter()
                .flat_map(|stretch| [stretch.from, stretch.to]),
        );
        if let Some(at) = times
            .into_iter()
            .find(|at| !day::is_plausible(at.date_naive()))
        {
            return Err(InvalidWeather::Time { at });
        }
        hours.sort_by_key(|hour| hour.at);
        extremes.sort_by_key(|stretch| stretch.from);
        if let Some((hour, _)) = hours
            .iter()
            .zip(hours.iter().skip(1))
            .find(|(a, b)| a.at == b.at)
        {
            return Err(InvalidWeather::Twice { at: hour.at });
        }
        if let Some(stretch) = extremes.iter().find(|stretch| stretch.from >= stretch.to) {
            return Err(InvalidWeather::Backwards { from: stretch.from });
        }
        Ok(Self {
            source,
            issued: None,
            is_first_sight: false,
            hours,
            extremes,
        })
    }

    /// Sets the instant at which the service computed the forecast. Default: unknown.
    ///
    /// It is neither the time of the answer nor that of a header such as `Last-Modified`: a server may send an old forecast
    /// with the time of now.
    ///
    /// # Errors
    ///
    /// If the instant is not of the years 1900 to 2200.
    pub fn with_issued(mut self, at: DateTime<Utc>) -> Result<Self, InvalidWeather> {
        if !day::is_plausible(at.date_naive()) {
            return Err(InvalidWeather::Time { at });
        }
        self.issued = Some(at);
        self.is_first_sight = false;
        Ok(self)
    }

    /// The instant at which the forecast was computed; where the service states none, that at which these hours were seen first.
    ///
    /// Returns `None` for a reading whose service states none and that was not added to a [`Snapshot`](crate::Snapshot) yet.
    #[must_use]
    pub const fn issued(&self) -> Option<DateTime<Utc>> {
        self.issued
    }

    /// Who was read.
    #[must_use]
    pub const fn source(&self) -> &SourceId {
        &self.source
    }

    /// The hours, in order.
    #[must_use]
    pub fn hours(&self) -> &[Hour] {
        &self.hours
    }

    /// The hour that holds at `now`: the latest begun within the last hour, else the first of the next.
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

    /// Whether anything is held of the local day of `now`, from `now` on.
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
                .any(|stretch| stretch.from < end && stretch.to > now)
    }

    /// The end of the last hour or stretch.
    #[must_use]
    pub fn end(&self) -> Option<DateTime<Utc>> {
        let hours = self.hours.last().map(|hour| hour.at + TimeDelta::hours(1));
        let stretches = self.extremes.iter().map(|stretch| stretch.to);
        stretches.max().max(hours)
    }

    /// This reading with what an older one said of the hours before it begins, from `since` on.
    ///
    /// Nothing older survives for a time this reading speaks of: a forecast that was revised is gone. Nor does what another
    /// source said: the credit would be the wrong one's.
    #[must_use]
    pub fn merge(mut self, older: &Self, since: DateTime<Utc>) -> Self {
        if self.source != older.source {
            return self;
        }
        let first_hour = self.hours.first().map(|hour| hour.at);
        let first_stretch = self.extremes.first().map(|stretch| stretch.from);
        let Some(first) = first_hour.into_iter().chain(first_stretch).min() else {
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
            .filter(|stretch| stretch.from >= since && stretch.to <= first)
            .copied();
        self.extremes.splice(0..0, extremes);
        self
    }

    /// Whether this reading says again what an older one of the same source said: the same temperatures for the same hours.
    ///
    /// Hours that have passed since, or that were not reached yet, are of one reading alone and say nothing. Six hours or more
    /// have to be of both readings, or all that this one says has to be in the older one.
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
        let is_held = |stretch: &Extremes| older.extremes.contains(stretch);
        shared >= ENOUGH || (shared == self.hours.len() && self.extremes.iter().all(is_held))
    }

    /// The same forecast, whose service states no computation, with the first sight of its hours.
    pub(crate) fn seen_first(mut self, at: DateTime<Utc>) -> Self {
        self.issued = Some(day::clamp(at));
        self.is_first_sight = true;
        self
    }

    /// Whether the service has stated no computation, as far as is known.
    #[cfg(feature = "ticker")]
    pub(crate) const fn is_first_sight(&self) -> bool {
        self.is_first_sight || self.issued.is_none()
    }
}

/// The hours are not a reading.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidWeather {
    /// There is nothing.
    #[error("a forecast without hours")]
    Empty,
    /// A time is of no year in which somebody reads a strip.
    #[error("the forecast speaks of {at}, expected the years 1900 to 2200")]
    Time {
        /// The time as read.
        at: DateTime<Utc>,
    },
    /// Two hours are of the same time.
    #[error("two hours at {at}")]
    Twice {
        /// The time.
        at: DateTime<Utc>,
    },
    /// A stretch ends before it begins.
    #[error("the stretch from {from} ends before it begins")]
    Backwards {
        /// Its start.
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
