//! Plausibility of temperatures: the limits of a place and season, and outliers among neighbouring hours.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};

use super::{Celsius, Coordinates, Extremes, Hour, TemperatureRange, Weather};

/// Returns the lowest and the highest air temperature that is plausible at `place` at the time `at`.
///
/// [`Weather::plausible`] applies the limits to every hour. Months are counted in UTC.
///
/// | place | months | from | to |
/// |---|---|---|---|
/// | north of 40° N | December to February | −70 °C | +35 °C |
/// | north of 40° N | June to August | −25 °C | +57 °C |
/// | any other place or month | | −70 °C | +57 °C |
///
/// Source: the extremes archive of the World Meteorological Organization (<https://wmo.asu.edu/>). The highest temperature
/// measured on Earth is 56.7 °C (Death Valley, 1913); the lowest of the northern hemisphere is −69.6 °C (Klinck, Greenland,
/// 1991). Lower temperatures were measured only in Antarctica, which has no cities. The seasonal limits are far outside the
/// weather of cities north of 40° N.
///
/// ```
/// use masthead::weather::{City, temperature_limits};
///
/// let astana = City::find("astana").unwrap().coordinates();
/// let limits = temperature_limits(astana, "2026-01-15T12:00:00Z".parse()?);
/// assert!(limits.contains(&"-51.6".parse()?));
/// assert!(!limits.contains(&"45".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn temperature_limits(place: Coordinates, at: DateTime<Utc>) -> RangeInclusive<Celsius> {
    let (low, high) = match at.month() {
        12 | 1 | 2 if place.is_north_of(40) => (LOWEST, WARMEST_WINTER),
        6..=8 if place.is_north_of(40) => (COLDEST_SUMMER, HIGHEST),
        _ => (LOWEST, HIGHEST),
    };
    low..=high
}

const LOWEST: Celsius = Celsius::literal(-700);
const HIGHEST: Celsius = Celsius::literal(570);
const WARMEST_WINTER: Celsius = Celsius::literal(350);
const COLDEST_SUMMER: Celsius = Celsius::literal(-250);

/// The largest plausible difference from both neighbours, in tenths of a degree.
const SPIKE: i16 = 150;
/// The largest distance of neighbouring hours. The six-hour steps at the end of a forecast span half of a day's warming, so a
/// large difference between them is normal.
const NEIGHBOURS: TimeDelta = TimeDelta::hours(3);
/// The largest number of consecutive hours that are compared with the hour before and the hour after them.
const LONGEST_RUN: usize = 6;

impl Weather {
    /// Returns the forecast without a single implausible hour, and without the extremes that contain its temperature.
    ///
    /// An hour is implausible if one of these holds:
    ///
    /// - its temperature is outside −70 to +57 °C, or north of 40° N above +35 °C from December to February or below −25 °C from June
    ///   to August (months in UTC);
    /// - it is more than 15 degrees above both of its neighbours, or more than 15 degrees below both. The neighbours are the hours
    ///   before and after it, or the next two hours for the first hour of the forecast and the previous two for the last;
    /// - it belongs to 2 to 6 consecutive hours that are all more than 15 degrees above, or all below, the hour before and the
    ///   hour after them.
    ///
    /// Hours more than 3 hours apart are not neighbours. Extremes that are more than 15 degrees outside the hours of their period
    /// are dropped too, if all its hours but one are known or the implausible hour was in it.
    ///
    /// The decoders of this crate apply this check to each answer, and the ticker to forecasts from other sources, files and
    /// shared stores.
    ///
    /// # Errors
    ///
    /// If two or more hours are implausible (an hour that is so only without the first one counts), if one of fewer than three hours
    /// is, if extremes are outside the limits, or if no temperature is left. The forecast must not be used then; a ticker queries the
    /// next service.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::SourceId;
    /// use masthead::weather::{Celsius, City, Hour, Weather};
    ///
    /// let forecast = |tenths: [i16; 4]| {
    ///     let start: chrono::DateTime<chrono::Utc> = "2026-01-15T00:00:00Z".parse().unwrap();
    ///     let hours = tenths.into_iter().zip(0..).map(|(tenths, hour)| {
    ///         Hour::new(start + TimeDelta::hours(hour), Celsius::from_tenths(tenths).unwrap())
    ///     });
    ///     Weather::new(SourceId::MET_NORWAY, hours, []).unwrap()
    /// };
    /// let astana = City::find("astana").unwrap().coordinates();
    /// assert_eq!(forecast([-200, -198, 450, -195]).plausible(astana)?.hours().len(), 3);
    ///
    /// let error = forecast([-200, 450, 450, -195]).plausible(astana).unwrap_err();
    /// assert!(error.to_string().starts_with("implausible temperatures"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn plausible(mut self, place: Coordinates) -> Result<Self, ImplausibleWeather> {
        let (first, mut count) = implausible(&self.hours, place);
        let mut left_out = None;
        if let Some(index) = first {
            let is_short = self.hours.len() < 3;
            let hour = self.hours.remove(index);
            // Without it others may be: the rest would lose another hour whenever it is checked.
            if count == 1 {
                count += implausible(&self.hours, place).1;
            }
            if count > 1 || is_short {
                return Err(ImplausibleWeather::Hours {
                    count,
                    first: hour.at,
                    temperature: hour.temperature,
                });
            }
            left_out = Some(hour);
        }
        let (hours, left_out) = (&self.hours, left_out.as_ref());
        self.extremes
            .retain(|period| !disagrees(period, hours, left_out));
        let is_within = |period: &&Extremes| {
            let limits = temperature_limits(place, period.from);
            [period.range.low(), period.range.high()]
                .iter()
                .all(|end| limits.contains(end))
        };
        if let Some(period) = self.extremes.iter().find(|period| !is_within(period)) {
            return Err(ImplausibleWeather::Extremes {
                from: period.from,
                range: period.range,
            });
        }
        if self.hours.is_empty() && self.extremes.is_empty() {
            return Err(ImplausibleWeather::Nothing);
        }
        Ok(self)
    }
}

/// Returns the index of the first implausible hour, and the number of implausible hours.
fn implausible(hours: &[Hour], place: Coordinates) -> (Option<usize>, usize) {
    // Without a large step there is no outlier, which takes much longer to find out for each hour.
    let steps = hours.iter().zip(hours.iter().skip(1));
    let has_step = steps
        .into_iter()
        .any(|(hour, next)| degrees(hour, next).abs() > SPIKE);
    let is_wrong = |(index, hour): &(usize, &Hour)| {
        !temperature_limits(place, hour.at).contains(&hour.temperature)
            || (has_step && is_spike(hours, *index))
    };
    let mut wrong = hours.iter().enumerate().filter(is_wrong);
    let first = wrong.next().map(|(index, _)| index);
    (first, usize::from(first.is_some()) + wrong.count())
}

/// Returns whether the hour at `index` is an outlier: part of a run of 1 to [`LONGEST_RUN`] hours that are all far above, or all
/// far below, the hour before and the hour after the run. The first and the last hour are compared with the next or previous two.
fn is_spike(hours: &[Hour], index: usize) -> bool {
    let first_start = (index + 1).saturating_sub(LONGEST_RUN);
    let runs = (first_start..=index)
        .flat_map(|start| (index..start + LONGEST_RUN).map(move |end| (start, end)));
    runs.into_iter().any(|(start, end)| {
        let Some(run) = hours.get(start..=end) else {
            return false;
        };
        let before = start.checked_sub(1).and_then(|at| hours.get(at));
        let after = hours.get(end + 1);
        let around = match (before, after) {
            (Some(before), Some(after)) => Some([before, after]),
            (None, Some(after)) if run.len() == 1 => {
                hours.get(end + 2).map(|second| [after, second])
            }
            (Some(before), None) if run.len() == 1 => {
                let second = start.checked_sub(2).and_then(|at| hours.get(at));
                second.map(|second| [before, second])
            }
            _ => None,
        };
        around.is_some_and(|around| is_apart(run, around))
    })
}

/// Returns whether the hours of `run` are all far above, or all far below, both hours of `around`, which must be near the run.
fn is_apart(run: &[Hour], around: [&Hour; 2]) -> bool {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return false;
    };
    let near = |hour: &Hour| {
        let distance = (hour.at - first.at).abs().min((hour.at - last.at).abs());
        distance <= NEIGHBOURS
    };
    let above = |hour: &Hour| around.iter().all(|beside| degrees(hour, beside) > SPIKE);
    let below = |hour: &Hour| around.iter().all(|beside| degrees(beside, hour) > SPIKE);
    around.into_iter().all(near) && (run.iter().all(above) || run.iter().all(below))
}

/// Returns `a` minus `b` in tenths of a degree.
fn degrees(a: &Hour, b: &Hour) -> i16 {
    a.temperature.tenths() - b.temperature.tenths()
}

/// Returns whether extremes are more than 15 degrees outside the hours of their period. Compares only if an hour of the period
/// was left out or all its hours but one are known: with fewer hours the temperature may rise and fall in between.
fn disagrees(period: &Extremes, hours: &[Hour], left_out: Option<&Hour>) -> bool {
    let first = hours.partition_point(|hour| hour.at < period.from);
    let inside = hours.get(first..).unwrap_or_default();
    let inside = inside.iter().take_while(|hour| hour.at < period.to);
    let held = inside.clone().count();
    let left_out = left_out.filter(|hour| period.from <= hour.at && hour.at < period.to);
    let length = (period.to - period.from).num_hours();
    let is_known = i64::try_from(held).is_ok_and(|held| held > 1 && held + 1 >= length);
    if left_out.is_none() && !is_known {
        return false;
    }
    let temperatures = inside.map(|hour| hour.temperature.tenths());
    let Some((low, high)) = temperatures.fold(None, |ends, tenths| match ends {
        None => Some((tenths, tenths)),
        Some((low, high)) => Some((tenths.min(low), tenths.max(high))),
    }) else {
        return left_out.is_some();
    };
    let range = period.range;
    range.high().tenths() - high > SPIKE || low - range.low().tenths() > SPIKE
}

/// The error of a forecast with implausible temperatures, returned by [`Weather::plausible`].
///
/// ```
/// use masthead::SourceId;
/// use masthead::weather::{City, Hour, ImplausibleWeather, Weather};
///
/// let (at, temperature) = ("2026-01-15T00:00:00Z".parse()?, "45".parse()?);
/// let weather = Weather::new(SourceId::MET_NORWAY, [Hour::new(at, temperature)], [])?;
/// let astana = City::find("astana").unwrap().coordinates();
/// assert_eq!(weather.plausible(astana), Err(ImplausibleWeather::Hours { count: 1, first: at, temperature }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImplausibleWeather {
    /// Two or more hours are implausible, or one of fewer than three: two hours do not show which one is wrong.
    #[error(
        "implausible temperatures, beyond the limits of the place or far from neighbouring hours: {count}, the first {temperature} °C at {first}"
    )]
    Hours {
        /// The number of implausible hours. Hours between two outliers that are close together count as well.
        count: usize,
        /// The time of the first implausible hour.
        first: DateTime<Utc>,
        /// The temperature of that hour.
        temperature: Celsius,
    },
    /// The extremes of a period are outside the limits of the place.
    #[error("implausible extremes, beyond the limits of the place: {} to {} °C from {from}", .range.low(), .range.high())]
    Extremes {
        /// The start of the period.
        from: DateTime<Utc>,
        /// The lowest and the highest temperature of the period.
        range: TemperatureRange,
    },
    /// No temperature is left without the implausible ones.
    #[error("no plausible temperature is left")]
    Nothing,
}
