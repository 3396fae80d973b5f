//! The rates of a pair in one unit.
//!
//! A bank changes nominals, and currencies change units, under the same code or another one. A line has all its rates for the nominal and in the unit
//! of its **newest** one, because that is the number that readers know from the strip:
//!
//! | series | line | note of the chart |
//! |---|---|---|
//! | `1 KRW` 0.3128, then `100 KRW` 31.5 | 31.28, 31.5 | |
//! | `BYR/RUB` and `BYN/RUB` | one line of `BYN/RUB` | `10000 BYR = 1 BYN` with the days that were restated |
//!
//! A restated rate must be an exact decimal, else there is no chart: a rounded one would be a number that no bank printed. All values then become
//! integers with the decimals of the finest one ([`Point::units`]), at most 10³², so that the products of the drawing fit 128 bits.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::InvalidChart;
use crate::ledger::Series;
use crate::money::{Converter, Currency, Pair, Rate};
use crate::strip::summary::Summary;

/// The rates of a pair, all for the nominal and in the unit of the last one.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// That of the last rate.
    pub(super) pair: Pair,
    pub(super) nominal: u32,
    /// The days from `first` on.
    pub(super) first: NaiveDate,
    pub(super) points: Vec<Option<Point>>,
    /// The decimals of [`Point::units`].
    pub(super) scale: u32,
    pub(super) corrections: Vec<NaiveDate>,
    pub(super) restated: Vec<Restated>,
}

/// A rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    /// The value as the bank printed it, or restated.
    pub(super) value: Decimal,
    /// The value as an integer, with the decimals of the line.
    pub(super) units: i128,
}

/// A range of days whose rates were restated by an exact ratio: so many old units for so many new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Restated {
    pub(super) old: (u128, Currency),
    pub(super) new: (u128, Currency),
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
}

/// The largest magnitude that is drawn. With it no product of the drawing overflows.
const LARGEST: u128 = 10_u128.pow(32);

impl Line {
    /// Joins the series of one pair, and of pairs that took its place, in the order of their days.
    pub(super) fn of(parts: &[&Series]) -> Result<Self, InvalidChart> {
        let known = parts.iter().flat_map(|part| part.known());
        let newest = known.max_by_key(|(day, _)| *day);
        let days = parts.iter().filter_map(|part| {
            let mut points = part.points().map(|(day, _)| day);
            let first = points.next()?;
            Some((first, points.next_back().unwrap_or(first)))
        });
        let (first, last) = days
            .reduce(|all, part| (all.0.min(part.0), all.1.max(part.1)))
            .ok_or(InvalidChart::Empty)?;
        let pair = parts.last().ok_or(InvalidChart::Empty)?.pair();
        let mut line = Self {
            pair: newest.map_or(pair, |(_, rate)| rate.pair()),
            nominal: newest.map_or(1, |(_, rate)| rate.nominal()),
            first,
            points: vec![None; length(first, last)],
            scale: 0,
            corrections: Vec::new(),
            restated: Vec::new(),
        };
        let Some((_, newest)) = newest else {
            return Ok(line);
        };
        for (day, rate) in parts.iter().flat_map(|part| part.known()) {
            let value = line.in_unit_of(newest, rate, day)?;
            line.scale = line.scale.max(value.scale());
            if let Some(point) = line.points.get_mut(length(first, day) - 1) {
                *point = Some(Point { value, units: 0 });
            }
        }
        line.measure(newest.day())?;
        let corrections = parts.iter().flat_map(|part| part.corrections());
        line.corrections.extend(corrections);
        line.corrections.sort_unstable();
        line.corrections.dedup();
        Ok(line)
    }

    /// The value of a rate for the nominal and in the unit of another one.
    fn in_unit_of(
        &mut self,
        newest: Rate,
        rate: Rate,
        day: NaiveDate,
    ) -> Result<Decimal, InvalidChart> {
        let is_same =
            rate.pair() == newest.pair() && rate.pair().is_in_one_unit(rate.day(), newest.day());
        if is_same && rate.nominal() == newest.nominal() {
            return Ok(rate.value());
        }
        let inexact = || InvalidChart::Unit {
            pair: rate.pair(),
            day,
            on: newest.day(),
        };
        let restating = |from: Currency, to: Currency| {
            let by = Converter::restating(from, rate.day(), newest.day()).ok()?;
            (by.to() == to).then(|| by.fraction())
        };
        let (base, quote) = if is_same {
            ((1, 1), (1, 1))
        } else {
            let [from, to] = [rate.pair(), newest.pair()];
            restating(from.base(), to.base())
                .zip(restating(from.quote(), to.quote()))
                .ok_or_else(inexact)?
        };
        for (currency, into, (new, old)) in [
            (rate.pair().base(), newest.pair().base(), base),
            (rate.pair().quote(), newest.pair().quote(), quote),
        ] {
            if (new, old) != (1, 1) || currency != into {
                self.note([(old, currency), (new, into)], day);
            }
        }
        // A base unit of today is `old / new` of then, a quote unit of then `new / old` of today.
        let numerator = [base.1, quote.0, newest.nominal().into()];
        let denominator = [base.0, quote.1, rate.nominal().into()];
        let [numerator, denominator] = [numerator, denominator].map(|factors: [u128; 3]| {
            let product = factors.into_iter().try_fold(1_u128, u128::checked_mul)?;
            i128::try_from(product).ok()
        });
        numerator
            .zip(denominator)
            .and_then(|(numerator, denominator)| scaled(rate.value(), numerator, denominator))
            .ok_or_else(inexact)
    }

    /// Notes that a day was restated.
    fn note(&mut self, [old, new]: [(u128, Currency); 2], day: NaiveDate) {
        let mut notes = self.restated.iter_mut();
        if let Some(note) = notes.find(|note| (note.old, note.new) == (old, new)) {
            (note.from, note.to) = (note.from.min(day), note.to.max(day));
        } else {
            let (from, to) = (day, day);
            self.restated.push(Restated { old, new, from, to });
        }
    }

    /// Makes integers of the values.
    fn measure(&mut self, on: NaiveDate) -> Result<(), InvalidChart> {
        let days = self.first.iter_days();
        for (day, point) in days.zip(&mut self.points) {
            let Some(point) = point else { continue };
            let zeros = 10_i128.checked_pow(self.scale - point.value.scale());
            let units = zeros.and_then(|zeros| point.value.mantissa().checked_mul(zeros));
            point.units = units
                .filter(|units| units.unsigned_abs() <= LARGEST)
                .ok_or(InvalidChart::Unit {
                    pair: self.pair,
                    day,
                    on,
                })?;
        }
        Ok(())
    }

    /// Whether a series continues this line: its pair took the place of the line's pair, and no day has a rate of both.
    pub(super) fn precedes(earlier: &Series, later: &Series) -> bool {
        let ends = earlier.known().next_back().zip(later.known().next());
        let Some(((until, last), (since, first))) = ends else {
            return false;
        };
        let becomes = |from: Currency, to: Currency| {
            let restating = Converter::restating(from, last.day(), first.day());
            restating.is_ok_and(|restating| restating.to() == to)
        };
        earlier.pair() != later.pair()
            && until < since
            && becomes(earlier.pair().base(), later.pair().base())
            && becomes(earlier.pair().quote(), later.pair().quote())
    }

    /// The last day.
    pub(super) fn last(&self) -> NaiveDate {
        let after = u64::try_from(self.points.len()).unwrap_or_default();
        let last = self
            .first
            .checked_add_days(Days::new(after.saturating_sub(1)));
        last.unwrap_or(self.first)
    }

    /// The rate of a day.
    pub(super) fn point(&self, day: NaiveDate) -> Option<Point> {
        let offset = usize::try_from((day - self.first).num_days()).ok()?;
        *self.points.get(offset)?
    }

    /// The days with a rate.
    pub(super) fn known(&self) -> impl DoubleEndedIterator<Item = (NaiveDate, Point)> {
        let points = self.points.iter().enumerate();
        points.filter_map(|(offset, point)| {
            let day = self.first + Days::new(u64::try_from(offset).ok()?);
            Some((day, (*point)?))
        })
    }

    /// The lowest and the highest value, as integers.
    pub(super) fn bounds(&self) -> Option<(i128, i128)> {
        let units = self.points.iter().flatten().map(|point| point.units);
        units.clone().min().zip(units.max())
    }

    /// The summary in words. Returns `None` without a rate.
    pub(super) fn summary(&self) -> Option<Summary> {
        let of = |(day, point): (NaiveDate, Point)| (day, point.value);
        let first = self.known().next()?;
        let (mut highest, mut lowest) = (first, first);
        for next in self.known() {
            if next.1.units > highest.1.units {
                highest = next;
            }
            if next.1.units < lowest.1.units {
                lowest = next;
            }
        }
        Some(Summary {
            first: of(first),
            last: of(self.known().next_back()?),
            highest: of(highest),
            lowest: of(lowest),
        })
    }
}

/// The number of days from the first to the last one. They are ordered, and at most 110,000 days apart.
pub(super) fn length(first: NaiveDate, last: NaiveDate) -> usize {
    usize::try_from((last - first).num_days()).unwrap_or_default() + 1
}

/// A value multiplied by a ratio. Returns `None` if the product has no exact decimal.
fn scaled(value: Decimal, numerator: i128, denominator: i128) -> Option<Decimal> {
    let (mut mantissa, mut scale) = (value.mantissa().checked_mul(numerator)?, value.scale());
    while mantissa % denominator != 0 && scale < Decimal::MAX_SCALE {
        (mantissa, scale) = (mantissa.checked_mul(10)?, scale + 1);
    }
    if mantissa % denominator != 0 {
        return None;
    }
    let exact = Decimal::try_from_i128_with_scale(mantissa / denominator, scale).ok()?;
    Some(exact.normalize())
}
