//! Amounts by the vector: exact integers in doubles, within proved bounds.
//!
//! A kernel rounds `q = a·N/D` half-even for every amount `a` of a vector, by multiplications and additions of doubles,
//! which the machine does for two to eight amounts at once. That is exact because each bound below is checked: those of
//! the rate once, when the kernel is made, and that of the amounts for every block, by [`Guard`]. The error of one
//! rounding, relative to its result, is `u = 2⁻⁵³`, and `M = 3·2⁵¹`.
//!
//! # Into doubles and out of them
//!
//! From 2⁵² to 2⁵³ the doubles are the integers, and the bits of 2⁵² are `0x433 << 52`. So for `-2ᵏ ≤ a < 2ᵏ` and `k ≤ 51`
//! the bits `(0x433 << 52) + 2ᵏ + a` are those of the double `2⁵² + 2ᵏ + a`, and subtracting `2⁵² + 2ᵏ` from it rounds
//! nothing. All bits but the lowest `k + 1` are then those of 2⁵², and for no other amount: that is what the guard
//! looks at.
//!
//! Adding M to a double below 2⁵¹ rounds it to an integer, half-even as every addition rounds, because M is even. The
//! integer is then the difference of the bits to those of M.
//!
//! # One double
//!
//! The rate is one double, `N/D` divided once. Its product with `a` is within `2u·|q|` of `q`: dividing and multiplying
//! each bring a factor within `u/(1 + u)` of one, and `(1 + u/(1 + u))² < 1 + 2u`. A fused multiplication comes closer
//! still.
//!
//! A tie would be lost in that error. So the product is first rounded to a grid of `2⁻ᵍ`, by adding `S = 3·2⁵¹⁻ᵍ`, where
//! `g` is the smallest with `2⁻ᵍ ≤ 1/2D`. While `|q| ≤ 2⁵¹⁻ᵍ - 1` the error is less than half of the grid, which is
//! `2u·2⁵¹⁻ᵍ`. So a tie, which lies on the grid, is found exactly; and any other `q` is at least `1/2D ≥ 2⁻ᵍ` away from
//! every half, so it stays on its side of it. Adding `M - S`, a double while `g ≤ 51`, then rounds to the integer.
//!
//! # Two doubles
//!
//! The rate is the sum of two doubles: `h` is `N/D` divided once, and `l` is what that division left over, divided
//! again. Together they miss the rate by `u²` of it. The grid is as fine as it can be, `2⁻⁵⁰`, so `S = 6`. With fused
//! multiplications, and while `|q| ≤ 2⁵¹ - 8`:
//!
//! - `V = M + a·h` is M and an integer `n`, and `a·h` is within ½ of `n`.
//! - `a·h - n` is at most ½, so it is rounded by at most 2⁻⁵⁵. With `a·l`, which is at most about ¼, it gives a sum below
//!   one, rounded by at most 2⁻⁵⁴. The rate itself misses by at most `u²·2⁵¹ = 2⁻⁵⁵`. Together that is 2⁻⁵³, which is less
//!   than half of the grid.
//! - Adding S puts the sum onto the grid, as above, while `2⁻⁵⁰ ≤ 1/2D`. Adding V rounds it together with `n`, half-even:
//!   `S + M` is even, and the bound on `q` keeps the whole between 2⁵² and 2⁵³.
//!
//! Without fused multiplication the second of these does not hold, so [`fuses`] asks the machine.

#![allow(clippy::float_arithmetic)] // of integers and of points of a grid, as proved above

use fearless_simd::prelude::*;

use crate::money::convert::fraction::Fraction;

/// M, and the double 2⁵².
const MIDDLE: f64 = (3_u64 << 51) as f64;
const START: f64 = (1_u64 << 52) as f64;
const START_BITS: u64 = 0x433 << 52;

/// The bound and the doubles of a rate; see the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::money::convert) struct OneDouble {
    bits: u32,
    rate: f64,
    grid: f64,
}

/// The bound and the doubles of a rate; see the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::money::convert) struct TwoDoubles {
    bits: u32,
    high: f64,
    low: f64,
}

impl OneDouble {
    /// For a rate in lowest terms; nothing where it converts no amount.
    pub(in crate::money::convert) fn new(rate: Fraction) -> Option<Self> {
        let [numerator, denominator] = doubles(rate)?;
        // g, from 1 to 50.
        let digits = (2 * rate.denominator).next_power_of_two().trailing_zeros();
        Some(Self {
            bits: amount_bits(rate, (1 << (51 - digits)) - 1)?,
            rate: numerator / denominator,
            grid: (3_u64 << (51 - digits)) as f64,
        })
    }
}

impl TwoDoubles {
    /// S.
    const GRID: f64 = 6.0;

    /// For a rate in lowest terms; nothing where it converts no amount.
    pub(in crate::money::convert) fn new(rate: Fraction) -> Option<Self> {
        let [numerator, denominator] = doubles(rate)?;
        let high = numerator / denominator;
        // What a division leaves over is a double, and fused multiplication gives it exactly.
        let rest = high.mul_add(-denominator, numerator);
        Some(Self {
            bits: amount_bits(rate, (1 << 51) - 8)?,
            high,
            low: rest / denominator,
        })
    }
}

/// The integers of a rate, where they are doubles and the finest grid will do.
fn doubles(rate: Fraction) -> Option<[f64; 2]> {
    let Fraction {
        numerator,
        denominator,
    } = rate;
    let fit = numerator <= 1 << 53 && denominator <= 1 << 49;
    fit.then_some([numerator as f64, denominator as f64])
}

/// The largest k up to 51 for which amounts within `±2ᵏ` have results within `±most`.
fn amount_bits(rate: Fraction, most: u64) -> Option<u32> {
    // Both factors are below 2⁵⁴.
    let largest = u128::from(most) * rate.denominator / rate.numerator;
    largest.checked_ilog2().map(|bits| bits.min(51))
}

/// A kernel with its numbers in every lane of the machine's vectors.
pub(super) trait Kernel<S: Simd>: Copy {
    /// Amounts must be within `±2ᵏ` for this k, which the guard finds out.
    fn bits(self) -> u32;

    /// The results of amounts that are within the bound, and anything for amounts that are not. `moved` is what
    /// [`Guard::moved`] makes of the amounts.
    fn of(self, moved: S::u64s) -> S::i64s;
}

/// Finds out whether all amounts that it has seen are within `±2ᵏ`.
#[derive(Clone, Copy)]
pub(super) struct Guard<S: Simd> {
    bits: u32,
    start: S::u64s,
    offset: S::u64s,
    seen: S::u64s,
}

impl<S: Simd> Guard<S> {
    #[inline(always)]
    pub(super) fn new(simd: S, bits: u32) -> Self {
        Self {
            bits,
            start: S::u64s::splat(simd, START_BITS),
            offset: S::u64s::splat(simd, START_BITS + (1 << bits)),
            seen: S::u64s::splat(simd, 0),
        }
    }

    /// The bits of `2⁵² + 2ᵏ + a`.
    #[inline(always)]
    pub(super) fn moved(&mut self, amounts: S::i64s) -> S::u64s {
        let moved = amounts.bitcast::<S::u64s>() + self.offset;
        self.seen |= moved ^ self.start;
        moved
    }

    #[inline(always)]
    pub(super) fn holds(self) -> bool {
        let mut seen = 0;
        for lane in self.seen.as_slice() {
            seen |= lane;
        }
        seen >> (self.bits + 1) == 0
    }
}

/// [`OneDouble`] in lanes.
#[derive(Clone, Copy)]
pub(super) struct OneDoubleLanes<S: Simd> {
    bits: u32,
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
            bits: self.bits,
            start: S::f64s::splat(simd, START + (1_u64 << self.bits) as f64),
            rate: S::f64s::splat(simd, self.rate),
            grid: S::f64s::splat(simd, self.grid),
            from_grid: S::f64s::splat(simd, MIDDLE - self.grid),
            middle: S::i64s::splat(simd, MIDDLE.to_bits().cast_signed()),
        }
    }
}

impl<S: Simd> Kernel<S> for OneDoubleLanes<S> {
    #[inline(always)]
    fn bits(self) -> u32 {
        self.bits
    }

    #[inline(always)]
    fn of(self, moved: S::u64s) -> S::i64s {
        let amount = moved.bitcast::<S::f64s>() - self.start;
        let on_grid = amount.mul_add(self.rate, self.grid);
        (on_grid + self.from_grid).bitcast::<S::i64s>() - self.middle
    }
}

/// [`TwoDoubles`] in lanes.
#[derive(Clone, Copy)]
pub(super) struct TwoDoublesLanes<S: Simd> {
    bits: u32,
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
            bits: self.bits,
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
    #[inline(always)]
    fn bits(self) -> u32 {
        self.bits
    }

    #[inline(always)]
    fn of(self, moved: S::u64s) -> S::i64s {
        let amount = moved.bitcast::<S::f64s>() - self.start;
        let near = amount.mul_add(self.high, self.middle);
        let left = amount.mul_add(self.high, self.middle - near);
        let on_grid = amount.mul_add(self.low, left) + self.grid;
        (on_grid + near).bitcast::<S::i64s>() - self.end
    }
}

/// Whether `mul_add` of this machine rounds once.
#[inline(always)]
pub(super) fn fuses<S: Simd>(simd: S) -> bool {
    // (1 + 2⁻³⁰)² - (1 + 2⁻²⁹) is 2⁻⁶⁰, and zero where the square is rounded by itself.
    let near_one = 1.0 + 2.0_f64.powi(-30);
    let value = S::f64s::splat(simd, near_one);
    let fused = value.mul_add(value, S::f64s::splat(simd, -(1.0 + 2.0_f64.powi(-29))));
    fused.as_slice().iter().all(|left| *left > 0.0)
}
