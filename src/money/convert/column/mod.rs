//! Conversion of a column of amounts with vector instructions, with the same results as one amount at a time.
//!
//! A column is converted in blocks. The kernels are tried from the cheapest on: a kernel converts the whole block and then
//! reports whether all amounts were within its bound; if not, the next kernel converts the block again. The last one is
//! the scalar path, which takes every amount and reports the first that does not fit.

mod dated;
mod day_table;
#[cfg(test)]
mod tests;

use fearless_simd::{Level, Simd, dispatch, prelude::*};

use super::kernel::{Guard, Kernel, OneDoubleLanes, TwoDoublesLanes, TwoPartsLanes, fuses};
use super::units::Units;
use super::{BatchError, Converter};
pub(crate) use day_table::DayTable;

/// Amounts in the body of a kernel's loop: two vectors of the widest machine, or more vectors of a narrower one.
const GROUP: usize = 32;
/// Amounts for which the bound is checked once.
const BLOCK: usize = 16 * GROUP;
/// Blocks for which the first kernel is skipped after one that it could not convert.
const SKIPPED: u32 = 15;

impl Converter {
    /// Converts a column of amounts in minor units (cents, tiyn) to minor units of the target, each exactly as
    /// [`convert_units`](Self::convert_units) does: half-even, and every `i64` whose result fits.
    ///
    /// The speed is that of memory for nearly all amounts whose result fits, with the vector instructions of the machine, on one
    /// thread and without the heap. A machine without fused multiplication (older than 2013) has this speed for results up to about
    /// 2⁵⁰ over the denominator of the rate. Results within 2¹⁴ of the ends of an `i64`, and all amounts beyond 2⁵¹ at rates with a
    /// denominator above 2³⁶, take a multiplication or a division each. To use several threads, give each a part of the column.
    ///
    /// For amounts with days of their own, [`History::converter`](crate::ledger::History::converter) prepares the rates of all days.
    ///
    /// # Errors
    ///
    /// Returns [`BatchError::Length`] if the slices differ in length; `to` is then unchanged. Returns
    /// [`BatchError::Overflow`] if a result does not fit; `to` then holds the results before that amount, and its content
    /// from there on is unspecified.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::{BatchError, Currency};
    ///
    /// let to_tenge = rates.converter(Currency::USD, Currency::KZT)?; // at 447.32
    /// let (cents, mut tiyn) = ([100, 19_99, -1], [0; 3]);
    /// to_tenge.convert_minor(&cents, &mut tiyn)?;
    /// assert_eq!(tiyn, [447_32, 8_941_93, -4_47]);
    ///
    /// let error = to_tenge.convert_minor(&[100, i64::MAX, 200], &mut tiyn).unwrap_err();
    /// assert_eq!(error.to_string(), "amount 1 is too large to convert from USD to KZT exactly");
    /// assert_eq!(tiyn[..1], [447_32]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn convert_minor(&self, from: &[i64], to: &mut [i64]) -> Result<(), BatchError> {
        if from.len() != to.len() {
            return Err(BatchError::Length {
                from: from.len(),
                to: to.len(),
            });
        }
        dispatch!(Level::new(), simd => convert(Lanes::new(simd, &self.units), from, to))
            .map_err(|index| self.overflow_at(index))
    }

    /// [`convert_minor`](Self::convert_minor) in place: each amount is replaced by its result.
    ///
    /// # Errors
    ///
    /// Returns [`BatchError::Overflow`] if a result does not fit. The amounts before that one are then converted, and it
    /// and those after it are unchanged.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let to_dollars = rates.converter(Currency::KZT, Currency::USD)?;
    /// let mut amounts = [447_32, 1_000_000_00, 0];
    /// to_dollars.convert_minor_in_place(&mut amounts)?;
    /// assert_eq!(amounts, [1_00, 2_235_54, 0]);
    ///
    /// let mut amounts = [1_00, i64::MAX, 2_00];
    /// let to_tenge = rates.converter(Currency::USD, Currency::KZT)?;
    /// assert!(to_tenge.convert_minor_in_place(&mut amounts).is_err());
    /// assert_eq!(amounts, [447_32, i64::MAX, 2_00]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn convert_minor_in_place(&self, amounts: &mut [i64]) -> Result<(), BatchError> {
        dispatch!(Level::new(), simd => convert_in_place(Lanes::new(simd, &self.units), amounts))
            .map_err(|index| self.overflow_at(index))
    }

    fn overflow_at(&self, index: usize) -> BatchError {
        BatchError::Overflow {
            index,
            from: self.from(),
            to: self.to(),
        }
    }
}

/// A conversion of a column, block by block.
trait Blocks {
    /// Converts the block that begins at an index of the column and has at most [`BLOCK`] amounts. Returns the index in the block
    /// of the first amount that has no result; the results from there on are meaningless.
    fn block(&mut self, start: usize, from: &[i64], to: &mut [i64]) -> Result<(), usize>;
}

/// Converts the column. Returns the index of the first amount that has no result.
// All functions from here to the kernels are inlined into the caller of `dispatch!`, because only there the compiler uses
// the vectors of the machine. Vector code in a closure might not be inlined.
#[inline(always)]
fn convert(mut blocks: impl Blocks, from: &[i64], to: &mut [i64]) -> Result<(), usize> {
    let head = until_aligned(to);
    let (from_head, from) = from.split_at(head);
    let (to_head, to) = to.split_at_mut(head);
    blocks.block(0, from_head, to_head)?;
    let mut done = head;
    for (from, to) in from.chunks(BLOCK).zip(to.chunks_mut(BLOCK)) {
        blocks.block(done, from, to).map_err(|index| done + index)?;
        done += from.len();
    }
    Ok(())
}

/// Converts the column in place, from a copy of each block. Restores the amounts that were not converted.
#[inline(always)]
fn convert_in_place(mut blocks: impl Blocks, amounts: &mut [i64]) -> Result<(), usize> {
    let mut copy = [0; BLOCK];
    let (head, rest) = amounts.split_at_mut(until_aligned(amounts));
    let mut done = 0;
    for block in std::iter::once(head).chain(rest.chunks_mut(BLOCK)) {
        let (from, _) = copy.split_at_mut(block.len());
        from.copy_from_slice(block);
        if let Err(index) = blocks.block(done, from, block) {
            copy_each(from.iter().skip(index), block.iter_mut().skip(index));
            return Err(done + index);
        }
        done += block.len();
    }
    Ok(())
}

/// The number of amounts before the first boundary of a cache line. A store across a boundary takes twice as long.
#[inline(always)]
fn until_aligned(amounts: &[i64]) -> usize {
    amounts.as_ptr().align_offset(64).min(amounts.len())
}

/// The kernels of a rate, and for how long the first ones are skipped.
struct Lanes<'a, S: Simd> {
    simd: S,
    units: &'a Units,
    one: Option<OneDoubleLanes<S>>,
    two: Option<TwoDoublesLanes<S>>,
    parts: Option<TwoPartsLanes<S>>,
    /// The kernel with which the next block begins.
    first: Path,
    /// Blocks that still begin with it, because those before it could not convert an earlier one.
    skipped: u32,
}

/// The ways to convert a block, the cheapest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Path {
    OneDouble,
    TwoDoubles,
    TwoParts,
    OneByOne,
}

impl<'a, S: Simd> Lanes<'a, S> {
    #[inline(always)]
    fn new(simd: S, units: &'a Units) -> Self {
        let fuses = fuses(simd);
        Self {
            simd,
            units,
            one: units.one.map(|one| one.lanes(simd)),
            two: units.two.filter(|_| fuses).map(|two| two.lanes(simd)),
            parts: units.parts.filter(|_| fuses).map(|parts| parts.lanes(simd)),
            first: Path::OneDouble,
            skipped: 0,
        }
    }

    /// Converts at most [`BLOCK`] amounts.
    #[inline(always)]
    fn convert(&mut self, from: &[i64], to: &mut [i64]) -> Result<(), usize> {
        let (from, from_rest) = from.as_chunks::<GROUP>();
        let (to, to_rest) = to.as_chunks_mut::<GROUP>();
        self.groups(from, to)?;
        if from_rest.is_empty() {
            return Ok(());
        }
        let (mut padded, mut results) = ([[0; GROUP]], [[0; GROUP]]);
        copy_each(from_rest, padded.as_flattened_mut());
        let outcome = self.groups(&padded, &mut results);
        copy_each(results.as_flattened(), to_rest);
        outcome.map_err(|index| from.len() * GROUP + index)
    }

    #[inline(always)]
    fn groups(&mut self, from: &[[i64; GROUP]], to: &mut [[i64; GROUP]]) -> Result<(), usize> {
        if self.skipped == 0 {
            self.first = Path::OneDouble;
        } else {
            self.skipped -= 1;
        }
        let path = self.path(from, to)?;
        // An amount that no kernel takes is rare, so the last kernel is not skipped.
        let first = path.min(Path::TwoParts);
        if first > self.first {
            self.first = first;
            self.skipped = SKIPPED;
        }
        if path < Path::OneByOne {
            out_of_steps(self.units, to);
        }
        Ok(())
    }

    /// Converts the amounts, with results in cash steps unless one by one. Returns the way.
    #[inline(always)]
    fn path(&self, from: &[[i64; GROUP]], to: &mut [[i64; GROUP]]) -> Result<Path, usize> {
        let (simd, first) = (self.simd, self.first);
        if first <= Path::OneDouble
            && let Some(one) = self.one
            && run(simd, one, from, to)
        {
            return Ok(Path::OneDouble);
        }
        if first <= Path::TwoDoubles
            && let Some(two) = self.two
            && run(simd, two, from, to)
        {
            return Ok(Path::TwoDoubles);
        }
        if let Some(parts) = self.parts
            && run(simd, parts, from, to)
        {
            return Ok(Path::TwoParts);
        }
        one_by_one(self.units, from.as_flattened(), to.as_flattened_mut())?;
        Ok(Path::OneByOne)
    }
}

impl<S: Simd> Blocks for Lanes<'_, S> {
    #[inline(always)]
    fn block(&mut self, _: usize, from: &[i64], to: &mut [i64]) -> Result<(), usize> {
        self.convert(from, to)
    }
}

/// Runs a kernel. Returns whether all amounts were within its bound; if not, the results are meaningless.
#[inline(always)]
fn run<S: Simd, K: Kernel<S>>(
    simd: S,
    kernel: K,
    from: &[[i64; GROUP]],
    to: &mut [[i64; GROUP]],
) -> bool {
    // Two guards, so that neither waits for the other's result. Without a loop over them they stay in registers.
    let [mut even, mut odd] = [kernel.guard(); 2];
    let lanes = S::i64s::LEN;
    for (from, to) in from.iter().zip(to) {
        // The compiler unrolls this loop, because it knows the length of a group.
        let pairs = from
            .chunks_exact(2 * lanes)
            .zip(to.chunks_exact_mut(2 * lanes));
        for (from, to) in pairs {
            let ((from, from_odd), (to, to_odd)) = (from.split_at(lanes), to.split_at_mut(lanes));
            vector(simd, kernel, from, to, &mut even);
            vector(simd, kernel, from_odd, to_odd, &mut odd);
        }
    }
    even.holds() && odd.holds()
}

/// Converts as many amounts as a vector has.
#[inline(always)]
fn vector<S: Simd, K: Kernel<S>>(
    simd: S,
    kernel: K,
    from: &[i64],
    to: &mut [i64],
    guard: &mut K::Guard,
) {
    let amounts = S::i64s::from_slice(simd, from);
    kernel.of(amounts, guard).store_slice(to);
}

#[inline(always)]
fn copy_each<'a, T: Copy + 'a>(
    from: impl IntoIterator<Item = &'a T>,
    to: impl IntoIterator<Item = &'a mut T>,
) {
    for (from, to) in from.into_iter().zip(to) {
        *to = *from;
    }
}

/// Turns results in cash steps into minor units.
#[inline(always)]
fn out_of_steps(units: &Units, to: &mut [[i64; GROUP]]) {
    if units.step() != 1 {
        for result in to.as_flattened_mut() {
            // At most 2⁵¹ steps of at most 2¹⁰ units, or as many as the kernel was prepared for.
            *result *= i64::from(units.step());
        }
    }
}

/// The scalar path, which takes every amount.
#[inline(never)]
fn one_by_one(units: &Units, from: &[i64], to: &mut [i64]) -> Result<(), usize> {
    for (index, (from, to)) in from.iter().zip(to).enumerate() {
        *to = units.of(*from).ok_or(index)?;
    }
    Ok(())
}
