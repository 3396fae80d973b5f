//! The temperatures of a local day: its maximum and its range, where enough of it is held.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Celsius, Extremes, Hour, TemperatureRange, Weather};
use crate::day;

/// The local hours in which a day in inhabited latitudes reaches its maximum: from noon to six.
const AFTERNOON: Range<u32> = 12..18;

impl Weather {
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
