//! The kernel for amounts of up to 63 bits: amount and rate are the sums of two doubles each.
//!
//! Let `A` be the largest amount that the kernel takes: `A·N/D ≤ 2⁶³ - 2¹⁴`. Amounts `a` within `±A` are split at bit `s`,
//! which is 0, or else the smallest with `A < 2ˢ⁺⁵¹`: `a = a₁·2ˢ + a₀` with `0 ≤ a₀ < 2ˢ`. Both parts are exact doubles. The
//! rate is `h + l`, as in the kernel with two doubles, so `u²` of it is missing. With `s > 0` there is `2ˢ⁺⁵⁰ ≤ A`, so
//! `2ˢ·N/D ≤ 2¹³`.
//!
//! With `M' = 3·2⁶³`, the doubles from 2⁶⁴ to 2⁶⁵ are the multiples of 2¹². With fused multiplications:
//!
//! - `V = M' + a₁·2ˢh` is M' and a multiple `n` of 2¹², and `a₁·2ˢh` is within 2¹¹ of `n`. It is within 2¹³ of `q`, but for
//!   the error of `h`, which is at most `u·2⁶³ = 2¹⁰`; so `V` is between 2⁶⁴ and 2⁶⁵.
//! - `a₁·2ˢh - n` is at most 2¹¹, so it is rounded by at most 2⁻⁴³. With `a₁·2ˢl`, which is at most about 2¹⁰, it is below
//!   2¹², and rounded by at most 2⁻⁴². With `a₀·h`, which is at most 2¹³, it is below 2¹⁴, and rounded by at most 2⁻⁴⁰.
//! - `a₀·l` is left out, which is at most `u·2¹³ = 2⁻⁴⁰`, and the rate misses by at most `u²·2⁶³ = 2⁻⁴³`. Together with the
//!   roundings that is less than 2⁻³⁸.
//! - That is half of a grid of 2⁻³⁷, onto which adding `S = 3·2¹⁴` puts the sum. While `2⁻³⁷ ≤ 1/2D` a tie is found exactly,
//!   and every other `q` stays on its side of it, as in the kernel with one double. Adding `M - S` rounds the sum half-even
//!   to an integer. So `q` is rounded half-even too, because `n` is even.
//!
//! The bits of `V` beyond the mantissa are shifted out, so 2¹² times the others is `n + 2⁶³`, modulo 2⁶⁴.

use fearless_simd::prelude::*;

use super::{Guard, Kernel, MIDDLE, RatesKernel, START, START_BITS, doubles, high_and_low};
use crate::money::convert::fraction::Fraction;

/// `M'` and `S` of the proof.
const FAR: f64 = (3_u128 << 63) as f64;
const GRID: f64 = (3_u64 << 14) as f64;

/// The bound and the doubles of a rate; see the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::money::convert) struct TwoParts {
    /// `A` of the proof.
    pub(in crate::money::convert) most: i64,
    /// `s` of the proof.
    shift: u32,
    high: f64,
    low: f64,
}

impl TwoParts {
    /// Prepares a rate in lowest terms, for results whose product with `step` fits. Returns `None` if the kernel could convert
    /// no amount at it.
    pub(in crate::money::convert) fn new(rate: Fraction, step: u16) -> Option<Self> {
        let parts = doubles(rate)?;
        if rate.denominator > 1 << 36 {
            return None;
        }
        let results = ((1 << 63) - (1 << 14)) / u128::from(step);
        // Both factors are below 2⁶⁴.
        let most = results * rate.denominator / rate.numerator;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let (high, low) = high_and_low(parts);
        Some(Self {
            most,
            shift: (most.checked_ilog2()? + 1).saturating_sub(51),
            high,
            low,
        })
    }

    /// The kernel for several rates, which are given later.
    pub(in crate::money::convert) fn for_rates(
        mut rates: impl Iterator<Item = Fraction>,
    ) -> Option<Self> {
        let first = Self::new(rates.next()?, 1)?;
        rates.try_fold(first, |kernel, rate| {
            let other = Self::new(rate, 1)?;
            // A smaller `s` is one more bound on the amounts.
            let shift = kernel.shift.min(other.shift);
            let most = kernel.most.min(other.most);
            Some(Self {
                most: most.min(i64::MAX >> (12 - shift)),
                shift,
                ..kernel
            })
        })
    }
}

/// [`TwoParts`] with its constants in all lanes.
#[derive(Clone, Copy)]
pub(in crate::money::convert) struct TwoPartsLanes<S: Simd> {
    guard: MostGuard<S>,
    shift: u32,
    offset: S::u64s,
    low_bits: S::u64s,
    start_bits: S::u64s,
    /// 2⁵², for the low part, and 2⁵² + 2⁵¹, for the high one.
    start: [S::f64s; 2],
    /// `2ˢh`, `2ˢl` and `h` of the proof.
    rate: [S::f64s; 3],
    power: S::f64s,
    far: S::f64s,
    grid: S::f64s,
    from_grid: S::f64s,
    end: S::u64s,
}

impl TwoParts {
    #[inline(always)]
    pub(in crate::money::convert) fn lanes<S: Simd>(self, simd: S) -> TwoPartsLanes<S> {
        let power = (1_u64 << self.shift) as f64;
        let doubles = |value| S::f64s::splat(simd, value);
        let integers = |value| S::u64s::splat(simd, value);
        TwoPartsLanes {
            guard: MostGuard {
                most: self.most,
                seen: [S::i64s::splat(simd, 0); 2],
            },
            shift: self.shift,
            offset: integers(1 << (self.shift + 51)),
            low_bits: integers((1 << self.shift) - 1),
            start_bits: integers(START_BITS),
            start: [START, START + (1_u64 << 51) as f64].map(doubles),
            rate: [power * self.high, power * self.low, self.high].map(doubles),
            power: doubles(power),
            far: doubles(FAR),
            grid: doubles(GRID),
            from_grid: doubles(MIDDLE - GRID),
            end: integers((FAR.to_bits() << 12).wrapping_add(MIDDLE.to_bits())),
        }
    }
}

impl<S: Simd> Kernel<S> for TwoPartsLanes<S> {
    type Guard = MostGuard<S>;

    #[inline(always)]
    fn guard(self) -> Self::Guard {
        self.guard
    }

    #[inline(always)]
    fn of(self, amounts: S::i64s, guard: &mut Self::Guard) -> S::i64s {
        guard.record(amounts);
        let moved = amounts.bitcast::<S::u64s>() + self.offset;
        let [start, middle] = self.start;
        let [high, low, rate] = self.rate;
        let large = ((moved >> self.shift) | self.start_bits).bitcast::<S::f64s>() - middle;
        let small = ((moved & self.low_bits) | self.start_bits).bitcast::<S::f64s>() - start;
        let near = large.mul_add(high, self.far);
        let left = large.mul_add(high, self.far - near);
        let left = small.mul_add(rate, large.mul_add(low, left));
        let rest = (left + self.grid) + self.from_grid;
        let result = (near.bitcast::<S::u64s>() << 12) + rest.bitcast::<S::u64s>() - self.end;
        result.bitcast()
    }
}

impl<S: Simd> RatesKernel<S> for TwoPartsLanes<S> {
    const IS_LONG: bool = true;

    #[inline(always)]
    fn at(self, high: S::f64s, low: S::f64s) -> Self {
        Self {
            rate: [high * self.power, low * self.power, high],
            ..self
        }
    }
}

/// Checks for the bound `±A`.
#[derive(Clone, Copy)]
pub(in crate::money::convert) struct MostGuard<S: Simd> {
    most: i64,
    /// The least and the largest amount of each lane, or zero.
    seen: [S::i64s; 2],
}

impl<S: Simd> MostGuard<S> {
    #[inline(always)]
    fn record(&mut self, amounts: S::i64s) {
        let [least, largest] = self.seen;
        self.seen = [least.min(amounts), largest.max(amounts)];
    }
}

impl<S: Simd> Guard for MostGuard<S> {
    #[inline(always)]
    fn holds(self) -> bool {
        let [least, largest] = self.seen;
        !(least.simd_lt(-self.most) | largest.simd_gt(self.most)).any_true()
    }
}
