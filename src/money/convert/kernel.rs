//! The vector kernels: exact integers in doubles, within proved bounds.
//!
//! A kernel rounds `q = a·N/D` half-even for every amount `a` of a vector, by multiplications and additions of doubles,
//! two to eight amounts at once. The result is exact because each bound below is checked: those of the rate once, when
//! the kernel is made, and that of the amounts for every block, by a [`Guard`]. The relative error of one rounding is at
//! most `u = 2⁻⁵³`, and `M = 3·2⁵¹`. A third kernel, for larger amounts, is in [`two_parts`].
//!
//! # Conversion to doubles and back
//!
//! From 2⁵² to 2⁵³ the doubles are the integers, and the bits of 2⁵² are `0x433 << 52`. So for `-2ᵏ ≤ a < 2ᵏ` and `k ≤ 51`
//! the bits `(0x433 << 52) + 2ᵏ + a` are those of the double `2⁵² + 2ᵏ + a`, and subtracting `2⁵² + 2ᵏ` from it is exact.
//! All bits except the lowest `k + 1` are then those of 2⁵², and this holds for no other amount. The guard checks it.
//!
//! Adding M to a double below 2⁵¹ rounds it to an integer. Additions round half-even, and M is even, so the integer is
//! rounded half-even too. It is the difference of the bits to those of M.
//!
//! # One double
//!
//! The rate is one double, `N/D` divided once. Its product with `a` is within `2u·|q|` of `q`: the division and the
//! multiplication each contribute a factor within `u/(1 + u)` of one, and `(1 + u/(1 + u))² < 1 + 2u`. The error of a fused
//! multiplication is smaller.
//!
//! That error would hide a tie. So the product is first rounded to a grid of `2⁻ᵍ`, by adding `S = 3·2⁵¹⁻ᵍ`, where `g` is
//! the smallest integer with `2⁻ᵍ ≤ 1/2D`. While `|q| ≤ 2⁵¹⁻ᵍ - 1` the error is less than half of the grid, which is
//! `2u·2⁵¹⁻ᵍ`. So a tie, which lies on the grid, is found exactly; and any other `q` is at least `1/2D ≥ 2⁻ᵍ` away from
//! every half, so it stays on its side of it. Adding `M - S`, a double while `g ≤ 51`, then rounds to the integer.
//!
//! # Two doubles
//!
//! The rate is the sum of two doubles: `h` is `N/D` divided once, and `l` is the remainder of that division, divided by
//! `D`. Together they differ from the rate by `u²` of it. The grid is as fine as possible, `2⁻⁵⁰`, so `S = 6`. With fused
//! multiplications, and while `|q| ≤ 2⁵¹ - 8`:
//!
//! - `V = M + a·h` is M and an integer `n`, and `a·h` is within ½ of `n`.
//! - `a·h - n` is at most ½, so it is rounded by at most 2⁻⁵⁵. With `a·l`, which is at most about ¼, it gives a sum below
//!   one, rounded by at most 2⁻⁵⁴. The rate itself misses by at most `u²·2⁵¹ = 2⁻⁵⁵`. Together that is 2⁻⁵³, which is less
//!   than half of the grid.
//! - Adding S puts the sum onto the grid, as above, while `2⁻⁵⁰ ≤ 1/2D`. Adding V rounds it together with `n`, half-even:
//!   `S + M` is even, and the bound on `q` keeps the whole between 2⁵² and 2⁵³.
//!
//! Without fused multiplication the second point does not hold, so [`fuses`] tests the machine.

#![allow(clippy::float_arithmetic)] // exact on integers and on the grid, as proved above

mod two_parts;

use fearless_simd::prelude::*;

use crate::money::convert::fraction::Fraction;
pub(in crate::money::convert) use two_parts::TwoParts;
pub(super) use two_parts::TwoPartsLanes;

/// `M` of the proof, and the double 2⁵² with its bits.
const MIDDLE: f64 = (3_u64 << 51) as f64;
const START: f64 = (1_u64 << 52) as f64;
const START_BITS: u64 = 0x433 << 52;

/// The bound and the double of a rate; see the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::money::convert) struct OneDouble {
    pub(super) bits: u32,
    rate: f64,
    grid: f64,
}

/// The bound and the two doubles of a rate; see the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::money::convert) struct TwoDoubles {
    pub(super) bits: u32,
    pub(super) high: f64,
    pub(super) low: f64,
}

impl OneDouble {
    /// Prepares a rate in lowest terms. Returns `None` if the kernel could convert no amount at it.
    pub(in crate::money::convert) fn new(rate: Fraction) -> Option<Self> {
        let [numerator, denominator] = doubles(rate)?;
        Some(Self {
            rate: numerator / denominator,
            ..Self::for_rates(std::iter::once(rate))?
        })
    }

    /// The kernel for several rates, which are given later. The grid is fine enough for each of them.
    pub(in crate::money::convert) fn for_rates(
        rates: impl Iterator<Item = Fraction> + Clone,
    ) -> Option<Self> {
        let largest = rates.clone().map(|rate| rate.denominator).max()?;
        if largest > 1 << 49 {
            return None;
        }
        // `g` of the proof, from 1 to 50.
        let digits = (2 * largest).next_power_of_two().trailing_zeros();
        Some(Self {
            bits: bits_for(rates, (1 << (51 - digits)) - 1)?,
            rate: f64::NAN,
            grid: (3_u64 << (51 - digits)) as f64,
        })
    }
}

impl TwoDoubles {
    /// `S` of the proof.
    const GRID: f64 = 6.0;

    /// Prepares a rate in lowest terms. Returns `None` if the kernel could convert no amount at it.
    pub(in crate::money::convert) fn new(rate: Fraction) -> Option<Self> {
        let (high, low) = high_and_low(doubles(rate)?);
        Some(Self {
            bits: amount_bits(rate, (1 << 51) - 8)?,
            high,
            low,
        })
    }

    /// The kernel for several rates, which are given later.
    pub(in crate::money::convert) fn for_rates(
        rates: impl Iterator<Item = Fraction> + Clone,
    ) -> Option<Self> {
        Some(Self {
            bits: bits_for(rates, (1 << 51) - 8)?,
            high: f64::NAN,
            low: f64::NAN,
        })
    }
}

/// A rate as the sum of two doubles.
fn high_and_low([numerator, denominator]: [f64; 2]) -> (f64, f64) {
    let high = numerator / denominator;
    // The remainder of a division is a double, and a fused multiplication computes it exactly.
    let rest = high.mul_add(-denominator, numerator);
    (high, rest / denominator)
}

/// The integers of a rate as doubles. Returns `None` if one is too large for a double or for the finest grid.
fn doubles(rate: Fraction) -> Option<[f64; 2]> {
    let Fraction {
        numerator,
        denominator,
    } = rate;
    let fit = numerator <= 1 << 53 && denominator <= 1 << 49;
    fit.then_some([numerator as f64, denominator as f64])
}

/// Returns the largest k up to 51 for which all amounts within `±2ᵏ` have results within `±most`, or `None` if not even
/// k = 0 does.
fn amount_bits(rate: Fraction, most: u64) -> Option<u32> {
    // Both factors are below 2⁵⁴.
    let largest = u128::from(most) * rate.denominator / rate.numerator;
    largest.checked_ilog2().map(|bits| bits.min(51))
}

/// The least of the bits of all rates. Returns `None` without a rate, or if one has an integer too large or no bits.
fn bits_for(mut rates: impl Iterator<Item = Fraction>, most: u64) -> Option<u32> {
    rates.try_fold(None, |least: Option<u32>, rate| {
        doubles(rate)?;
        let bits = amount_bits(rate, most)?;
        Some(Some(least.map_or(bits, |least| least.min(bits))))
    })?
}

/// A kernel with its constants in all lanes of the machine's vectors.
pub(super) trait Kernel<S: Simd>: Copy {
    type Guard: Guard;

    /// The guard before the first amounts.
    fn guard(self) -> Self::Guard;

    /// Converts amounts and records them with the guard. The result for an amount beyond the bound is meaningless.
    fn of(self, amounts: S::i64s, guard: &mut Self::Guard) -> S::i64s;
}

/// A kernel that can have another rate in each lane.
pub(super) trait RatesKernel<S: Simd>: Kernel<S> {
    /// Whether the kernel takes longer than memory.
    const IS_LONG: bool = false;

    /// The kernel at rates that are each the sum of two doubles.
    fn at(self, high: S::f64s, low: S::f64s) -> Self;
}

/// Checks whether all amounts that were recorded are within the bound of a kernel.
pub(super) trait Guard: Copy {
    /// Whether they are.
    fn holds(self) -> bool;
}

/// Checks for the bound `±2ᵏ`.
#[derive(Clone, Copy)]
pub(super) struct BitsGuard<S: Simd> {
    bits: u32,
    start: S::u64s,
    offset: S::u64s,
    seen: S::u64s,
}

impl<S: Simd> BitsGuard<S> {
    #[inline(always)]
    fn new(simd: S, bits: u32) -> Self {
        Self {
            bits,
            start: S::u64s::splat(simd, START_BITS),
            offset: S::u64s::splat(simd, START_BITS + (1 << bits)),
            seen: S::u64s::splat(simd, 0),
        }
    }

    /// Records the amounts `a`, and returns the bits of the doubles `2⁵² + 2ᵏ + a`.
    #[inline(always)]
    fn moved(&mut self, amounts: S::i64s) -> S::u64s {
        let moved = amounts.bitcast::<S::u64s>() + self.offset;
        self.seen |= moved ^ self.start;
        moved
    }
}

impl<S: Simd> Guard for BitsGuard<S> {
    #[inline(always)]
    fn holds(self) -> bool {
        union::<S>(self.seen) >> (self.bits + 1) == 0
    }
}

/// The bits that are set in some lane.
#[inline(always)]
fn union<S: Simd>(lanes: S::u64s) -> u64 {
    lanes.as_slice().iter().fold(0, |seen, lane| seen | lane)
}

/// [`OneDouble`] with its constants in all lanes.
#[derive(Clone, Copy)]
pub(super) struct OneDoubleLanes<S: Simd> {
    guard: BitsGuard<S>,
    start: S::f64s,
    rate: S::f64s,
    grid: S::f64s,
    from_grid: S::f64s,
    middle: S::i64s,
}

impl OneDouble {
    #[inline(always)]
    pub(super) fn lanes<S: Simd>(self, simd: S) -> OneDoubleLanes<S> {
        OneDoubleLanes {
            guard: BitsGuard::new(simd, self.bits),
            start: S::f64s::splat(simd, START + (1_u64 << self.bits) as f64),
            rate: S::f64s::splat(simd, self.rate),
            grid: S::f64s::splat(simd, self.grid),
            from_grid: S::f64s::splat(simd, MIDDLE - self.grid),
            middle: S::i64s::splat(simd, MIDDLE.to_bits().cast_signed()),
        }
    }
}

impl<S: Simd> Kernel<S> for OneDoubleLanes<S> {
    type Guard = BitsGuard<S>;

    #[inline(always)]
    fn guard(self) -> Self::Guard {
        self.guard
    }

    #[inline(always)]
    fn of(self, amounts: S::i64s, guard: &mut Self::Guard) -> S::i64s {
        let amount = guard.moved(amounts).bitcast::<S::f64s>() - self.start;
        let on_grid = amount.mul_add(self.rate, self.grid);
        (on_grid + self.from_grid).bitcast::<S::i64s>() - self.middle
    }
}

/// [`TwoDoubles`] with its constants in all lanes.
#[derive(Clone, Copy)]
pub(super) struct TwoDoublesLanes<S: Simd> {
    guard: BitsGuard<S>,
    start: S::f64s,
    high: S::f64s,
    low: S::f64s,
    grid: S::f64s,
    middle: S::f64s,
    end: S::i64s,
}

impl TwoDoubles {
    #[inline(always)]
    pub(super) fn lanes<S: Simd>(self, simd: S) -> TwoDoublesLanes<S> {
        TwoDoublesLanes {
            guard: BitsGuard::new(simd, self.bits),
            start: S::f64s::splat(simd, START + (1_u64 << self.bits) as f64),
            high: S::f64s::splat(simd, self.high),
            low: S::f64s::splat(simd, self.low),
            grid: S::f64s::splat(simd, Self::GRID),
            middle: S::f64s::splat(simd, MIDDLE),
            end: S::i64s::splat(simd, (Self::GRID + MIDDLE).to_bits().cast_signed()),
        }
    }
}

impl<S: Simd> Kernel<S> for TwoDoublesLanes<S> {
    type Guard = BitsGuard<S>;

    #[inline(always)]
    fn guard(self) -> Self::Guard {
        self.guard
    }

    #[inline(always)]
    fn of(self, amounts: S::i64s, guard: &mut Self::Guard) -> S::i64s {
        let amount = guard.moved(amounts).bitcast::<S::f64s>() - self.start;
        let near = amount.mul_add(self.high, self.middle);
        let left = amount.mul_add(self.high, self.middle - near);
        let on_grid = amount.mul_add(self.low, left) + self.grid;
        (on_grid + near).bitcast::<S::i64s>() - self.end
    }
}

impl<S: Simd> RatesKernel<S> for OneDoubleLanes<S> {
    #[inline(always)]
    fn at(self, rate: S::f64s, _: S::f64s) -> Self {
        // The larger of two doubles is the rate divided once.
        Self { rate, ..self }
    }
}

impl<S: Simd> RatesKernel<S> for TwoDoublesLanes<S> {
    #[inline(always)]
    fn at(self, high: S::f64s, low: S::f64s) -> Self {
        Self { high, low, ..self }
    }
}

/// Whether `mul_add` of this machine is fused, that is, rounds once.
#[inline(always)]
pub(super) fn fuses<S: Simd>(simd: S) -> bool {
    // (1 + 2⁻³⁰)² - (1 + 2⁻²⁹) is 2⁻⁶⁰, and zero if the square is rounded before the subtraction.
    let near_one = 1.0 + 2.0_f64.powi(-30);
    let value = S::f64s::splat(simd, near_one);
    let fused = value.mul_add(value, S::f64s::splat(simd, -(1.0 + 2.0_f64.powi(-29))));
    fused.as_slice().iter().all(|left| *left > 0.0)
}
