//! Temperatures that cannot be right: beyond the records of the Earth, or an hour that does not fit those beside it.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};

use super::{Celsius, Coordinates, Extremes, Hour, TemperatureRange, Weather};

/// The coldest and the warmest air temperature that is accepted at a place and an instant.
///
/// | where | when | from | to |
/// |---|---|---|---|
/// | north of 40° N | December to February | −70 °C | +35 °C |
/// | north of 40° N | June to August | −25 °C | +57 °C |
/// | elsewhere | always | −70 °C | +57 °C |
///
/// The archive of extremes of the World Meteorological Organization (<https://wmo.asu.edu/>) has 56.7 °C (Death Valley, 1913)
/// as the highest temperature measured on Earth, and −69.6 °C (Klinck, Greenland, 1991) as the lowest of the northern
/// hemisphere. Colder air is known from the ice of Antarctica alone, where no city is. The limits of the seasons lie far
/// beyond the weather of cities north of 40° N. Months are counted in UTC.
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

/// An hour more than so many tenths of a degree from both of its neighbours does not fit.
const SPIKE: i16 = 150;
/// Hours further apart than this are not neighbours: between the six-hour steps at the end of a forecast lies half a day's warming.
const NEIGHBOURS: TimeDelta = TimeDelta::hours(3);
/// The longest run of hours that is compared with the hour before it and the hour after it.
const LONGEST_RUN: usize = 6;

impl Weather {
    /// Returns the forecast without an hour that cannot be right, and without the extremes that repeat such an hour.
    ///
    /// An hour cannot be right if its temperature is outside the [limits](temperature_limits) of the place, or more than 15
    /// degrees from both of its neighbours in the same direction, where the neighbours of the first and the last hour are the
    /// two hours beside it. Hours in a row that are all that far from the hours around them count as well. One such hour is
    /// left out. So are extremes that are more than 15 degrees beyond the hours held of their stretch.
    ///
    /// The decoders of this crate and the ticker apply this to what a service, a file or a shared store gives.
    ///
    /// # Errors
    ///
    /// If two or more hours cannot be right, extremes are outside the limits, or hardly anything remains: another service has to
    /// be asked.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::SourceId;
    /// use masthead::weather::{Celsius, City, Hour, Weather};
    ///
    /// let start: chrono::DateTime<chrono::Utc> = "2026-01-15T00:00:00Z".parse()?;
    /// let hours = [-200, -198, 450, -195].into_iter().zip(0..).map(|(tenths, hour)| Hour {
    ///     at: start + TimeDelta::hours(hour),
    ///     temperature: Celsius::from_tenths(tenths).unwrap(),
    ///     condition: None,
    ///     daylight: None,
    /// });
    /// let weather = Weather::new(SourceId::MET_NORWAY, hours, [])?;
    /// let astana = City::find("astana").unwrap().coordinates();
    /// assert_eq!(weather.plausible(astana)?.hours().len(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn plausible(mut self, place: Coordinates) -> Result<Self, ImplausibleWeather> {
        let hours = self.hours();
        let is_wrong = |(index, hour): &(usize, &Hour)| {
            !temperature_limits(place, hour.at).contains(&hour.temperature)
                || is_spike(hours, *index)
        };
        let mut wrong = hours.iter().enumerate().filter(is_wrong);
        let first = wrong.next().map(|(index, hour)| (index, hour.clone()));
        let more = wrong.count();
        let mut left_out = None;
        if let Some((index, hour)) = first {
            if more > 0 || hours.len() < 3 {
                return Err(ImplausibleWeather::Hours {
                    count: more + 1,
                    first: hour.at,
                    temperature: hour.temperature,
                });
            }
            self.hours.remove(index);
            left_out = Some(hour);
        }
        let (hours, left_out) = (&self.hours, left_out.as_ref());
        self.extremes
            .retain(|stretch| !disagrees(stretch, hours, left_out));
        let is_within = |stretch: &&Extremes| {
            let limits = temperature_limits(place, stretch.from);
            [stretch.range.low(), stretch.range.high()]
                .iter()
                .all(|end| limits.contains(end))
        };
        if let Some(stretch) = self.extremes.iter().find(|stretch| !is_within(stretch)) {
            return Err(ImplausibleWeather::Extremes {
                from: stretch.from,
                range: stretch.range,
            });
        }
        if self.hours.is_empty() && self.extremes.is_empty() {
            return Err(ImplausibleWeather::Nothing);
        }
        Ok(self)
    }
}

/// Whether an hour belongs to a run of hours that are all far from the hour before the run and the hour after it, on the same
/// side. At an end of the forecast a run of one hour is compared with the two hours beside it.
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

fn degrees(a: &Hour, b: &Hour) -> i16 {
    a.temperature.tenths() - b.temperature.tenths()
}

/// Whether extremes are more than 15 degrees beyond the hours of their stretch. That says something where an hour of it was left
/// out, or where all of its hours but one are held: between few hours the temperature may well rise and fall.
fn disagrees(stretch: &Extremes, hours: &[Hour], left_out: Option<&Hour>) -> bool {
    let first = hours.partition_point(|hour| hour.at < stretch.from);
    let inside = hours.get(first..).unwrap_or_default();
    let inside = inside.iter().take_while(|hour| hour.at < stretch.to);
    let held = inside.clone().count();
    let left_out = left_out.filter(|hour| stretch.from <= hour.at && hour.at < stretch.to);
    let length = (stretch.to - stretch.from).num_hours();
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
    let range = stretch.range;
    range.high().tenths() - high > SPIKE || low - range.low().tenths() > SPIKE
}

/// The temperatures of a forecast cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImplausibleWeather {
    /// Several hours cannot be right, or one of so few that they do not show which.
    #[error(
        "temperatures that cannot be right, beyond the limits of the place or far from the hours beside them: {count}, the first {temperature} at {first}"
    )]
    Hours {
        /// How many hours, with those between two that do not fit and lie close together.
        count: usize,
        /// The time of the first of them.
        first: DateTime<Utc>,
        /// Its temperature.
        temperature: Celsius,
    },
    /// The extremes of a stretch are beyond the limits of the place.
    #[error("extremes that cannot be right, beyond the limits of the place: {} to {} from {from}", .range.low(), .range.high())]
    Extremes {
        /// The start of the stretch.
        from: DateTime<Utc>,
        /// Its extremes.
        range: TemperatureRange,
    },
    /// All that was said is extremes that cannot be right.
    #[error("no temperature remains without those that cannot be right")]
    Nothing,
}
