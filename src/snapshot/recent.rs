//! The rates of the days before those shown, for sparklines.
//!
//! A curve is drawn once, when a snapshot is made: its path is a text of a few hundred bytes, which each page view copies. In a box of two units for
//! each day and 16 in height a curve of 475.09, 475.09, a gap and 474.80 is `M0 1h4M6 15h2`: level for its day, from the top for the highest to the
//! bottom for the lowest.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::money::{Currency, Rates, Row};

/// The longest sparkline, in days.
pub(crate) const MOST_DAYS: u8 = 92;

/// The lengths of sparklines in days, in order, each once and at most the longest one.
pub(crate) fn lengths(days: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let days = days.into_iter().filter(|days| *days > 0);
    let mut days: Vec<u8> = days.map(|days| days.min(MOST_DAYS)).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The curves of all currencies of a bank on consecutive days until that of the publication shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recent {
    last: NaiveDate,
    days: u8,
    /// In the order of their currencies.
    curves: Vec<(Currency, Curve)>,
}

/// The rates of one currency, all for the nominal of the last one. It is drawn when it is made, so that a page view only copies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Curve {
    first: NaiveDate,
    values: Vec<Option<Decimal>>,
    nominal: u32,
    /// The day and the value of the first rate, the last, the first of the highest, and the first of the lowest.
    ends: [(NaiveDate, Decimal); 4],
    /// The data of an SVG path, level for each day, in a box of two units for each day and 16 in height.
    path: String,
    /// A block for each day, and a dot for a gap.
    blocks: String,
}

/// The height of the box of a path.
const HEIGHT: u8 = 16;
const BLOCKS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const GAP: &str = "·";

impl Recent {
    /// The curves of the currencies of a publication. `days` are the rates of the days until its own one, each `None` for a gap.
    pub(crate) fn of(shown: &Rates, days: &[Option<impl AsRef<Rates>>]) -> Option<Self> {
        let count = u8::try_from(days.len()).ok()?;
        let first = shown.day() - Days::new(u64::from(count).checked_sub(1)?);
        let home = shown.home();
        let curves = shown.rows().iter().filter_map(|row| {
            let known =
                |rates: &Rates| Some((*rates.row(row.currency)?, rates.day_of(row.currency)));
            let rows = days.iter().map(|rates| known(rates.as_ref()?.as_ref()));
            let curve = Curve::of(home, first, &rows.collect::<Vec<_>>())?;
            Some((row.currency, curve))
        });
        Some(Self {
            last: shown.day(),
            days: count,
            curves: curves.collect(),
        })
    }

    /// Whether it has so many days until that of a publication.
    pub(crate) fn is_of(&self, last: NaiveDate, days: u8) -> bool {
        (self.last, self.days) == (last, days)
    }

    /// Whether it has so many days.
    #[cfg(feature = "web")]
    pub(crate) const fn has(&self, days: u8) -> bool {
        self.days == days
    }

    pub(crate) fn curve(&self, currency: Currency) -> Option<&Curve> {
        let place = self
            .curves
            .binary_search_by_key(&currency, |(known, _)| *known);
        self.curves.get(place.ok()?).map(|(_, curve)| curve)
    }
}

impl Curve {
    /// Rates in another unit than the last one's are left out. Returns `None` without a rate.
    fn of(home: Currency, first: NaiveDate, rows: &[Option<(Row, NaiveDate)>]) -> Option<Self> {
        let (newest, day) = rows.iter().rev().flatten().next()?;
        let in_unit = |(row, of): (Row, NaiveDate)| {
            let units = [home, row.currency];
            let is_one = units
                .into_iter()
                .all(|unit| unit.has_one_unit(of.min(*day), of.max(*day)));
            is_one.then(|| for_nominal(row, newest.nominal)).flatten()
        };
        let values: Vec<Option<Decimal>> = rows.iter().map(|row| row.and_then(in_unit)).collect();
        let known = || {
            let days = first.iter_days().zip(&values);
            days.filter_map(|(day, value)| Some((day, (*value)?)))
        };
        let last = known().fold(None, |_, point| Some(point));
        let reduced = |keeps: fn(Decimal, Decimal) -> bool| {
            known().reduce(|best, next| if keeps(best.1, next.1) { best } else { next })
        };
        let ends = [
            known().next()?,
            last?,
            reduced(|best, next| best >= next)?,
            reduced(|best, next| best <= next)?,
        ];
        let [_, _, (_, highest), (_, lowest)] = ends;
        let levels: Vec<Option<u8>> = values
            .iter()
            .map(|value| value.and_then(|value| level(value, lowest, highest)))
            .collect();
        Some(Self {
            first,
            nominal: newest.nominal,
            ends,
            path: path(&levels),
            blocks: blocks(&levels),
            values,
        })
    }

    /// Each day with its rate, the earliest first.
    pub(crate) fn points(&self) -> impl Iterator<Item = (NaiveDate, Option<Decimal>)> {
        self.first.iter_days().zip(self.values.iter().copied())
    }

    /// Whether its last rate is not another one than that shown.
    pub(crate) fn agrees_with(&self, value: Decimal, nominal: u32) -> bool {
        let last = self.values.last().copied().flatten();
        last.is_none_or(|last| (last, self.nominal) == (value, nominal))
    }

    pub(crate) const fn ends(&self) -> [(NaiveDate, Decimal); 4] {
        self.ends
    }

    pub(crate) fn days(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn blocks(&self) -> &str {
        &self.blocks
    }
}

/// The value for another nominal; both are powers of ten.
fn for_nominal(row: Row, nominal: u32) -> Option<Decimal> {
    let (own, wanted) = (row.nominal.ilog10(), nominal.ilog10());
    if wanted > own {
        let units = Decimal::from(10_u32.checked_pow(wanted - own)?);
        return Some(row.value.checked_mul(units)?.normalize());
    }
    let scale = row.value.scale() + own - wanted;
    Decimal::try_from_i128_with_scale(row.value.mantissa(), scale).ok()
}

/// The levels of a curve from the lowest, 0, to the highest.
const TOP: u8 = HEIGHT - 2;

/// The level of a value; the middle if all values are the same.
fn level(value: Decimal, lowest: Decimal, highest: Decimal) -> Option<u8> {
    let range = highest.checked_sub(lowest)?;
    if range.is_zero() {
        return Some(TOP / 2);
    }
    let steps = value.checked_sub(lowest)?.checked_mul(TOP.into())?;
    let level = steps.checked_div(range)?.round();
    u8::try_from(level).ok()
}

fn path(levels: &[Option<u8>]) -> String {
    let (mut path, mut x, mut pen) = (String::new(), 0, None);
    for run in levels.chunk_by(|one, next| one == next) {
        let width = 2 * run.len();
        if let [Some(level), ..] = run {
            // From the top, with room for the stroke.
            let y = i16::from(HEIGHT - 1 - level);
            // A string never fails.
            _ = match pen.replace(y) {
                None => write!(path, "M{x} {y}"),
                Some(before) => write!(path, "v{}", y - before),
            };
            _ = write!(path, "h{width}");
        } else {
            pen = None;
        }
        x += width;
    }
    path
}

fn blocks(levels: &[Option<u8>]) -> String {
    let block = |level: &Option<u8>| {
        let block = level.map(|level| usize::from(level) * (BLOCKS.len() - 1) / usize::from(TOP));
        block.and_then(|block| BLOCKS.get(block)).unwrap_or(&GAP)
    };
    levels.iter().map(block).copied().collect()
}
