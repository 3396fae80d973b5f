use std::ops::Range;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
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

/// The local hours in which a day in inhabited latitudes reaches its maximum: from noon to six.
const AFTERNOON: Range<u32> = 12..18;

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

    /// The highest temperature of a local day. Returns `None` if its afternoon, noon to six, is not held whole.
    ///
    /// One hour that is missing between two that are held counts as held: a service may leave it out, and
    /// [`plausible`](Self::plausible) does.
    #[must_use]
    pub fn maximum(&self, date: NaiveDate, zone: Tz) -> Option<Celsius> {
        let span = day::span(date, zone);
        let afternoon = if span.end - span.start == TimeDelta::days(1) {
            let hour = |hour: u32| span.start + TimeDelta::hours(hour.into());
            hour(AFTERNOON.start)..hour(AFTERNOON.end)
        } else {
            // The clocks change that day.
            let hour = |hour| day::hour(date, hour, zone);
            hour(AFTERNOON.start)?..hour(AFTERNOON.end)?
        };
        let held = self.of_day(&span);
        held.holds(&afternoon)
            .then(|| held.temperatures(TemperatureRange::high).max())?
    }

    /// The lowest and highest temperature of a local day. Returns `None` if one of its hours is not held; one that is missing
    /// between two that are held counts as held.
    #[must_use]
    pub fn range(&self, date: NaiveDate, zone: Tz) -> Option<TemperatureRange> {
        let span = day::span(date, zone);
        let held = self.of_day(&span);
        if !held.holds(&span) {
            return None;
        }
        let low = held.temperatures(TemperatureRange::low).min()?;
        let high = held.temperatures(TemperatureRange::high).max()?;
        TemperatureRange::new(low, high)
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
    pub(crate) fn end(&self) -> Option<DateTime<Utc>> {
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
        shared >= ENOUGH
            || (shared == self.hours.len() && self.extremes.iter().all(is_held))
    }

    /// The same with another instant of computation, a time of the clock.
    pub(crate) fn seen_first(mut self, at: DateTime<Utc>) -> Self {
        self.issued = Some(day::clamp(at));
        self
    }

    /// What is held of a local day.
    fn of_day(&self, day: &Range<DateTime<Utc>>) -> OfDay<'_> {
        let first = self.hours.partition_point(|hour| hour.at < day.start);
        let hours = self.hours.get(first..).unwrap_or_default();
        let first = self
            .extremes
            .partition_point(|stretch| stretch.from < day.start);
        let stretches = self.extremes.get(first..).unwrap_or_default();
        OfDay {
            weather: self,
            end: day.end,
            hours,
            stretches,
        }
    }
}

/// What is said of a local day and of the time behind it.
struct OfDay<'a> {
    weather: &'a Weather,
    /// The day's end, not included.
    end: DateTime<Utc>,
    /// The hours from the day's start on.
    hours: &'a [Hour],
    /// The stretches that begin from the day's start on.
    stretches: &'a [Extremes],
}

impl<'a> OfDay<'a> {
    /// The hours of the day, and an end of its stretches, as the caller chooses.
    fn temperatures(
        &self,
        end_of: impl Fn(TemperatureRange) -> Celsius,
    ) -> impl Iterator<Item = Celsius> {
        let end = self.end;
        let hours = self.hours.iter().take_while(move |hour| hour.at < end);
        hours
            .map(|hour| hour.temperature)
            .chain(self.whole().map(move |stretch| end_of(stretch.range)))
    }

    /// The stretches that lie in the day whole.
    fn whole(&self) -> impl Iterator<Item = &'a Extremes> + use<'a> {
        let end = self.end;
        self.stretches
            .iter()
            .take_while(move |stretch| stretch.from < end)
            .filter(move |stretch| stretch.to <= end)
    }

    /// Whether each hour of a part of the day is held, as an hour or inside a stretch that lies in the day whole. One hour may
    /// be missing between two that are held.
    fn holds(&self, part: &Range<DateTime<Utc>>) -> bool {
        let mut hours = self
            .hours
            .iter()
            .map(|hour| hour.at)
            .skip_while(|at| *at < part.start)
            .peekable();
        let hour = TimeDelta::hours(1);
        let (mut from, mut to) = (part.start, part.start + hour);
        let mut is_one_missing = false;
        while to <= part.end {
            let mut held = false;
            while hours.next_if(|at| *at < to).is_some() {
                held = true;
            }
            let inside = |stretch: &Extremes| stretch.from <= from && to <= stretch.to;
            if !held && !self.whole().any(inside) {
                if is_one_missing || !self.is_between_held(from) {
                    return false;
                }
                is_one_missing = true;
            }
            (from, to) = (to, to + hour);
        }
        true
    }
}

impl OfDay<'_> {
    /// Whether the hours before and after the one that begins at `from` are held, be they of another day.
    fn is_between_held(&self, from: DateTime<Utc>) -> bool {
        let hour = TimeDelta::hours(1);
        let all = &self.weather.hours;
        let is_held = |from: DateTime<Utc>| {
            let next = all.partition_point(|hour| hour.at < from);
            let held = all.get(next).is_some_and(|next| next.at < from + hour);
            held || self
                .whole()
                .any(|stretch| stretch.from <= from && from + hour <= stretch.to)
        };
        is_held(from - hour) && is_held(from + hour)
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
    hours: Vec<Hour>,
    extremes: Vec<Extremes>,
}

impl TryFrom<Unchecked> for Weather {
    type Error = InvalidWeather;

    fn try_from(
        Unchecked {
            source,
            issued,
            hours,
            extremes,
        }: Unchecked,
    ) -> Result<Self, Self::Error> {
        let weather = Self::new(source, hours, extremes)?;
        match issued {
            Some(at) => weather.with_issued(at),
            None => Ok(weather),
        }
    }
}
