//! The maximum and the range of a local day, if enough of its hours are known.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Celsius, Extremes, Hour, TemperatureRange, Weather};
use crate::day;

/// The local hours in which a day in inhabited latitudes usually reaches its maximum: 12:00 to 18:00.
const AFTERNOON: Range<u32> = 12..18;

impl Weather {
    /// The highest temperature of the local day `date` in `zone`, among all its hours and the periods inside it.
    ///
    /// Returns `None` unless the afternoon, 12:00 to 18:00 local time, is known completely, because the day's maximum usually
    /// falls in it. A single hour missing between two known hours is ignored: services leave hours out, and
    /// [`plausible`](Self::plausible) removes one.
    ///
    /// ```
    /// # use chrono::TimeDelta;
    /// # use masthead::SourceId;
    /// # use masthead::weather::{Celsius, Hour, Weather};
    /// # let forecast = |hours: std::ops::Range<i64>| {
    /// #     let midnight: chrono::DateTime<chrono::Utc> = "2026-04-01T19:00:00Z".parse().unwrap(); // in Astana
    /// #     let hours = hours.map(|hour| Hour::new(midnight + TimeDelta::hours(hour), Celsius::from_tenths(hour as i16).unwrap()));
    /// #     Weather::new(SourceId::MET_NORWAY, hours, []).unwrap()
    /// # };
    /// let (day, zone) = ("2026-04-02".parse()?, chrono_tz::Asia::Almaty);
    /// // `forecast(12..18)` has the hours from 12:00 to 18:00.
    /// assert!(forecast(12..18).maximum(day, zone).is_some());
    /// assert!(forecast(14..24).maximum(day, zone).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn maximum(&self, date: NaiveDate, zone: Tz) -> Option<Celsius> {
        let span = day::span(date, zone);
        let afternoon = if span.end - span.start == TimeDelta::days(1) {
            let hour = |hour: u32| span.start + TimeDelta::hours(hour.into());
            hour(AFTERNOON.start)..hour(AFTERNOON.end)
        } else {
            // A clock change makes the day longer or shorter.
            let hour = |hour| day::hour(date, hour, zone);
            hour(AFTERNOON.start)?..hour(AFTERNOON.end)?
        };
        let held = self.of_day(&span);
        held.holds(&afternoon)
            .then(|| held.temperatures(TemperatureRange::high).max())?
    }

    /// The lowest and the highest temperature of the local day `date` in `zone`.
    ///
    /// Returns `None` unless the whole day is known. A single hour missing between two known hours is ignored.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::SourceId;
    /// use masthead::weather::{Celsius, Hour, Weather};
    ///
    /// let midnight: chrono::DateTime<chrono::Utc> = "2026-04-01T19:00:00Z".parse()?; // in Astana
    /// let hours = (0..24).map(|hour| Hour::new(midnight + TimeDelta::hours(hour), Celsius::from_tenths(hour as i16).unwrap()));
    /// let hours: Vec<Hour> = hours.collect();
    /// let range = |hours: &[Hour]| {
    ///     let weather = Weather::new(SourceId::MET_NORWAY, hours.to_vec(), []).unwrap();
    ///     weather.range("2026-04-02".parse().unwrap(), chrono_tz::Asia::Almaty)
    /// };
    /// assert_eq!(range(&hours).map(|range| (range.low().tenths(), range.high().tenths())), Some((0, 23)));
    /// assert_eq!(range(&hours[1..]), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

    /// Returns the hours and periods from the start of `day` on.
    fn of_day(&self, day: &Range<DateTime<Utc>>) -> OfDay<'_> {
        let first = self.hours.partition_point(|hour| hour.at < day.start);
        let hours = self.hours.get(first..).unwrap_or_default();
        let first = self
            .extremes
            .partition_point(|period| period.from < day.start);
        let periods = self.extremes.get(first..).unwrap_or_default();
        OfDay {
            weather: self,
            end: day.end,
            hours,
            periods,
        }
    }
}

/// The part of a forecast that begins on a local day or later.
struct OfDay<'a> {
    weather: &'a Weather,
    /// The end of the day, exclusive.
    end: DateTime<Utc>,
    /// The hours from the start of the day on.
    hours: &'a [Hour],
    /// The periods that begin at the start of the day or later.
    periods: &'a [Extremes],
}

impl<'a> OfDay<'a> {
    /// Returns the temperatures of the day's hours, and of its periods the end that `end_of` selects.
    fn temperatures(
        &self,
        end_of: impl Fn(TemperatureRange) -> Celsius,
    ) -> impl Iterator<Item = Celsius> {
        let end = self.end;
        let hours = self.hours.iter().take_while(move |hour| hour.at < end);
        hours
            .map(|hour| hour.temperature)
            .chain(self.whole().map(move |period| end_of(period.range)))
    }

    /// Returns the periods that lie completely in the day.
    fn whole(&self) -> impl Iterator<Item = &'a Extremes> + use<'a> {
        let end = self.end;
        self.periods
            .iter()
            .take_while(move |period| period.from < end)
            .filter(move |period| period.to <= end)
    }

    /// Returns whether each hour of `part` is known, as an hour or inside a period of the day. One hour may be missing between two
    /// known hours.
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
            let inside = |period: &Extremes| period.from <= from && to <= period.to;
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

    /// Returns whether the hours before and after the one that begins at `from` are known, also across midnight.
    fn is_between_held(&self, from: DateTime<Utc>) -> bool {
        let hour = TimeDelta::hours(1);
        let all = &self.weather.hours;
        let is_held = |from: DateTime<Utc>| {
            let next = all.partition_point(|hour| hour.at < from);
            let held = all.get(next).is_some_and(|next| next.at < from + hour);
            held || self
                .whole()
                .any(|period| period.from <= from && from + hour <= period.to)
        };
        is_held(from - hour) && is_held(from + hour)
    }
}
