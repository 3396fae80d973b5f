//! Conversion of a column of dated amounts, each at the rate of its day.
//!
//! The table has the two doubles of each day's rate, for kernels whose bounds hold for all days. Two vectors of amounts are converted
//! at the rates of two days, the last one before them and their own last one, or else at rates that are gathered. A block that no
//! kernel takes is converted again, one run of equal days after the other, with the paths of an undated column, and these report the
//! first amount that has no result.

use chrono::NaiveDate;
use fearless_simd::{Level, Simd, dispatch, prelude::*};

use super::day_table::{DayTable, number_of};
use super::{
    Blocks, GROUP, Lanes, Path, SKIPPED, convert, convert_in_place, copy_each, one_by_one, vector,
};
use crate::money::convert::kernel::{Guard, RatesKernel, fuses};

/// The most lanes of a vector.
const LANES: usize = 8;

impl DayTable {
    /// Converts a column. Returns the index of the first amount whose day has no conversion, or whose result does not fit.
    pub(crate) fn convert(
        &self,
        days: &[NaiveDate],
        from: &[i64],
        to: &mut [i64],
    ) -> Result<(), usize> {
        dispatch!(Level::new(), simd => convert(DatedLanes::new(simd, self, days), from, to))
    }

    /// [`convert`](Self::convert) in place. The amounts from the index on are unchanged.
    pub(crate) fn convert_in_place(
        &self,
        days: &[NaiveDate],
        amounts: &mut [i64],
    ) -> Result<(), usize> {
        dispatch!(Level::new(), simd => convert_in_place(DatedLanes::new(simd, self, days), amounts))
    }
}

/// A table with the kernels of the machine, and the days of a column.
pub(super) struct DatedLanes<'a, S: Simd> {
    simd: S,
    table: &'a DayTable,
    days: &'a [NaiveDate],
    fuses: bool,
    /// The kernel with which the next block begins.
    first: Path,
    /// Blocks that still begin with it, because those before it could not convert an earlier one.
    skipped: u32,
}

impl<'a, S: Simd> DatedLanes<'a, S> {
    #[inline(always)]
    pub(super) fn new(simd: S, table: &'a DayTable, days: &'a [NaiveDate]) -> Self {
        Self {
            simd,
            table,
            days,
            fuses: fuses(simd),
            first: Path::OneDouble,
            skipped: 0,
        }
    }

    /// Converts a block with a kernel. Returns the kernel, or `None` if some amount is beyond the bound of each, or some day has no
    /// rate for them; the results are then meaningless.
    #[inline(always)]
    fn by_kernels(&self, days: &[NaiveDate], from: &[i64], to: &mut [i64]) -> Option<Path> {
        let (simd, table, first) = (self.simd, self.table, self.first);
        if first <= Path::OneDouble
            && let Some(one) = table.one
            && each_at_its_rate(simd, one.lanes(simd), table, days, from, to)
        {
            return Some(Path::OneDouble);
        }
        if first <= Path::TwoDoubles
            && let Some(two) = table.two.filter(|_| self.fuses)
            && each_at_its_rate(simd, two.lanes(simd), table, days, from, to)
        {
            return Some(Path::TwoDoubles);
        }
        let parts = table.parts.filter(|_| self.fuses)?;
        each_at_its_rate(simd, parts.lanes(simd), table, days, from, to).then_some(Path::TwoParts)
    }
}

impl<S: Simd> Blocks for DatedLanes<'_, S> {
    #[inline(always)]
    fn block(&mut self, start: usize, from: &[i64], to: &mut [i64]) -> Result<(), usize> {
        let days = self.days.get(start..).unwrap_or_default();
        let days = days.get(..from.len()).unwrap_or_default();
        if self.skipped == 0 {
            self.first = Path::OneDouble;
        } else {
            self.skipped -= 1;
        }
        if let Some(path) = self.by_kernels(days, from, to) {
            if path > self.first {
                self.first = path;
                self.skipped = SKIPPED;
            }
            return Ok(());
        }
        undated_runs(self.simd, self.table, days, from, to)
    }
}

/// The number of days at the start that are equal.
#[inline(always)]
fn run_length(days: &[NaiveDate]) -> usize {
    const CHUNK: usize = 16;
    let Some(first) = days.first() else { return 0 };
    let (chunks, _) = days.as_chunks::<CHUNK>();
    let is_equal =
        |chunk: &&[NaiveDate; CHUNK]| !chunk.iter().fold(false, |any, day| any | (day != first));
    let start = chunks.iter().take_while(is_equal).count() * CHUNK;
    let rest = days.iter().skip(start);
    start + rest.take_while(|day| *day == first).count()
}

/// Converts each amount with the rate of its day. Returns whether the kernel could convert all amounts.
#[inline(always)]
fn each_at_its_rate<S: Simd, K: RatesKernel<S>>(
    simd: S,
    kernel: K,
    table: &DayTable,
    days: &[NaiveDate],
    from: &[i64],
    to: &mut [i64],
) -> bool {
    let lanes = S::i64s::LEN;
    let mut dated = Dated {
        simd,
        kernel,
        rates: LaneRates::new(simd, table),
        guard: kernel.guard(),
    };
    // Exact chunks, whose length the compiler knows.
    let whole = from.len() / (2 * lanes) * (2 * lanes);
    let (days, days_rest) = days.split_at(whole);
    let ((from, from_rest), (to, to_rest)) = (from.split_at(whole), to.split_at_mut(whole));
    let pairs = from
        .chunks_exact(2 * lanes)
        .zip(to.chunks_exact_mut(2 * lanes));
    for (days, (from, to)) in days.chunks_exact(2 * lanes).zip(pairs) {
        dated.pair(days, from, to);
    }
    dated.rest(days_rest, from_rest, to_rest);
    dated.holds()
}

/// A kernel in use.
struct Dated<'a, S: Simd, K: RatesKernel<S>> {
    simd: S,
    kernel: K,
    rates: LaneRates<'a, S>,
    guard: K::Guard,
}

impl<S: Simd, K: RatesKernel<S>> Dated<'_, S, K> {
    /// Converts two vectors of amounts.
    #[inline(always)]
    fn pair(&mut self, days: &[NaiveDate], from: &[i64], to: &mut [i64]) {
        let (simd, lanes) = (self.simd, S::i64s::LEN);
        let [(high, low), (high_odd, low_odd)] = self.rates.of_pair(days, K::IS_LONG);
        let ((from, from_odd), (to, to_odd)) = (from.split_at(lanes), to.split_at_mut(lanes));
        let guard = &mut self.guard;
        vector(simd, self.kernel.at(high, low), from, to, guard);
        let kernel = self.kernel.at(high_odd, low_odd);
        vector(simd, kernel, from_odd, to_odd, guard);
    }

    /// Converts at most two vectors of amounts.
    #[inline(always)]
    fn rest(&mut self, days: &[NaiveDate], from: &[i64], to: &mut [i64]) {
        let Some(last) = days.last() else { return };
        let count = 2 * S::i64s::LEN;
        let mut padded_days = [*last; 2 * LANES];
        let (mut padded, mut results) = ([0; 2 * LANES], [0; 2 * LANES]);
        copy_each(days, &mut padded_days);
        copy_each(from, &mut padded);
        let ((days, _), (from, _)) = (padded_days.split_at(count), padded.split_at(count));
        let (results, _) = results.split_at_mut(count);
        self.pair(days, from, results);
        copy_each(&*results, to);
    }

    #[inline(always)]
    fn holds(self) -> bool {
        self.guard.holds() && self.rates.are_known()
    }
}

/// The rates of the days of vectors.
struct LaneRates<'a, S: Simd> {
    simd: S,
    table: &'a DayTable,
    /// The number of the last day in all lanes, and its rate.
    day: S::i32s,
    high: S::f64s,
    low: S::f64s,
    seen: S::u64s,
}

impl<'a, S: Simd> LaneRates<'a, S> {
    #[inline(always)]
    fn new(simd: S, table: &'a DayTable) -> Self {
        Self {
            simd,
            table,
            // No day has this number.
            day: S::i32s::splat(simd, i32::MIN),
            high: S::f64s::splat(simd, 0.0),
            low: S::f64s::splat(simd, 0.0),
            seen: S::u64s::splat(simd, 0),
        }
    }

    /// The two doubles of the rates of the days of two vectors. `branches` for a kernel that takes so long that it is faster to test for
    /// vectors of one day, although the branch is mispredicted about once for each day.
    #[inline(always)]
    fn of_pair(&mut self, days: &[NaiveDate], branches: bool) -> [(S::f64s, S::f64s); 2] {
        let simd = self.simd;
        let mut numbers = [0; 2 * LANES];
        for (number, day) in numbers.iter_mut().zip(days) {
            *number = number_of(*day);
        }
        let (numbers, _) = numbers.split_at(S::i32s::LEN);
        let last = numbers.last().copied().unwrap_or_default();
        let numbers = S::i32s::from_slice(simd, numbers);
        let is_before = numbers.simd_eq(self.day);
        let (was_high, was_low) = (self.high, self.low);
        if branches && is_before.all_true() {
            return [(was_high, was_low); 2];
        }
        let [high, low] = self.table.rate(last);
        self.day = S::i32s::splat(simd, last);
        (self.high, self.low) = (S::f64s::splat(simd, high), S::f64s::splat(simd, low));
        // Sorted days are mostly the last one before the vectors or their own last one.
        if (is_before | numbers.simd_eq(self.day)).all_true() {
            self.seen |= self.high.bitcast::<S::u64s>();
            let (even, odd) = is_before.widen();
            return [even, odd].map(|kept| {
                (
                    kept.select(was_high, self.high),
                    kept.select(was_low, self.low),
                )
            });
        }
        let mut rates = [[0.0; 2]; 2 * LANES];
        let slots = self.table.slots::<S>(numbers);
        for (rate, slot) in rates.iter_mut().zip(slots.as_slice()) {
            *rate = self.table.rate_at(slot.cast_unsigned());
        }
        let count = 2 * S::i64s::LEN;
        let (even, odd) = rates.as_flattened().split_at(count);
        let (odd, _) = odd.split_at(count);
        [self.gathered(even), self.gathered(odd)]
    }

    #[inline(always)]
    fn gathered(&mut self, rates: &[f64]) -> (S::f64s, S::f64s) {
        let (first, second) = rates.split_at(S::i64s::LEN);
        let first = S::f64s::from_slice(self.simd, first);
        let (high, low) = first.deinterleave(S::f64s::from_slice(self.simd, second));
        self.seen |= high.bitcast::<S::u64s>();
        (high, low)
    }

    /// Whether all days had a rate for the kernels.
    #[inline(always)]
    fn are_known(&self) -> bool {
        // The sign of a double is its first bit.
        self.seen
            .as_slice()
            .iter()
            .fold(0, |seen, lane| seen | lane)
            >> 63
            == 0
    }
}

/// Converts each run of equal days as an undated column. Returns the index of the first amount that has no result.
#[inline(always)]
fn undated_runs<S: Simd>(
    simd: S,
    table: &DayTable,
    mut days: &[NaiveDate],
    mut from: &[i64],
    mut to: &mut [i64],
) -> Result<(), usize> {
    let mut done = 0;
    while let Some(day) = days.first() {
        let units = table.units(*day).ok_or(done)?;
        let length = run_length(days);
        let (from_run, from_rest) = from.split_at(length);
        let (to_run, to_rest) = to.split_at_mut(length);
        // The kernels of a rate pay from a few vectors on.
        let outcome = if length < GROUP {
            one_by_one(units, from_run, to_run)
        } else {
            Lanes::new(simd, units).convert(from_run, to_run)
        };
        outcome.map_err(|index| done + index)?;
        done += length;
        days = days.split_at(length).1;
        (from, to) = (from_rest, to_rest);
    }
    Ok(())
}
