//! Shared parts of the tests of the fast paths: rates, the amounts that are hard for them, and results by big integers.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;
use num_bigint::BigInt;

use super::fraction::Fraction;
use super::units::Units;

/// Amounts in a case of a random test.
pub(super) const AMOUNTS: usize = 32;

/// Random bits for the amounts of a case.
pub(super) type Bits = [u128; AMOUNTS];

/// Bits that depend only on `index`, for tests without random input.
pub(super) fn bits(index: u32) -> u128 {
    // 2¹²⁸ divided by the golden ratio. The middle of the product depends on all bits of the index.
    let spread = u128::from(index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    spread.rotate_right(64) ^ spread.rotate_right(23)
}

/// Random bits.
pub(super) fn random_bits(random: &mut Rng) -> Bits {
    std::array::from_fn(|_| random.u128(..))
}

/// One of a list.
pub(super) fn one_from<T: Copy>(random: &mut Rng, list: &[T]) -> T {
    list[random.usize(..list.len())]
}

/// Runs a test on random inputs until `PROPTEST_CASES` amounts are tested; 16,384 if it is not set.
///
/// Seeds differ from run to run. A failure prints its input and its seed; with that number in `MASTHEAD_SEED` the input is the
/// first one.
pub(super) fn for_amounts<I: Debug>(
    amounts_in_a_case: usize,
    input: impl Fn(&mut Rng) -> I,
    test: impl Fn(&I),
) {
    let number = |variable| Some(std::env::var(variable).ok()?.parse().unwrap());
    let amounts: u64 = number("PROPTEST_CASES").unwrap_or(1 << 14);
    let first: u64 = number("MASTHEAD_SEED").unwrap_or_else(|| fastrand::u64(..));
    for case in 0..amounts.div_ceil(amounts_in_a_case.try_into().unwrap()) {
        let seed = first.wrapping_add(case);
        let input = input(&mut Rng::with_seed(seed));
        if catch_unwind(AssertUnwindSafe(|| test(&input))).is_err() {
            panic!("MASTHEAD_SEED={seed} fails, for {input:?}");
        }
    }
}

/// `amount · N/D` rounded half-even by the definition: the floor, and a comparison of twice the remainder.
pub(super) fn half_even(amount: impl Into<BigInt>, rate: Fraction) -> BigInt {
    let numerator = amount.into() * rate.numerator;
    let denominator = BigInt::from(rate.denominator);
    let rest = ((&numerator % &denominator) + &denominator) % &denominator;
    let floor: BigInt = (numerator - &rest) / &denominator;
    let twice: BigInt = rest * 2;
    let up = match twice.cmp(&denominator) {
        Ordering::Less => false,
        Ordering::Equal => floor.bit(0),
        Ordering::Greater => true,
    };
    floor + u8::from(up)
}

/// A rate in lowest terms: one in eight as a bank prints it, the others quotients of integers of these lengths in bits, or
/// of prices.
pub(super) fn rate(
    random: &mut Rng,
    numerator: RangeInclusive<u32>,
    denominator: RangeInclusive<u32>,
) -> Fraction {
    const PRICES: std::ops::Range<u128> = 1..2_000_000;
    let printed = [
        (11_183, 25),
        (44_731, 100),
        (100, 44_731),
        (48_221, 44_732),
        (1, 2),
        (5, 4),
    ];
    let (numerator, denominator) = match random.u8(..8) {
        0 => one_from(random, &printed),
        1 => (
            random.u128(PRICES),
            one_from(random, &[1, 10, 100, 1_000, 1_000_000]),
        ),
        2 => (random.u128(PRICES), random.u128(PRICES)),
        _ => (integer(random, numerator), integer(random, denominator)),
    };
    Fraction::new(numerator, denominator).reduced()
}

/// An integer of one of these lengths in bits, one in three a power of two, or next to one.
fn integer(random: &mut Rng, bits: RangeInclusive<u32>) -> u128 {
    let power = 1 << (random.u32(bits) - 1);
    match random.u8(..9) {
        0 => power,
        1 => power + power.min(2) - 1,
        2 => 2 * power - 1,
        _ => power | random.u128(..power),
    }
}

/// Prepares a rate in steps of `step` minor units.
pub(super) fn units(rate: Fraction, step: u16) -> Units {
    let Fraction {
        numerator,
        denominator,
    } = rate;
    let minor = Fraction::new(numerator * u128::from(step), denominator);
    Units::new(minor.reduced(), [2, 2]).in_steps_of(step)
}

/// Finds the amounts that are hard for a rate.
pub(super) struct Hard {
    rate: Fraction,
    /// The inverse of the numerator, modulo the denominator.
    inverse: u128,
}

impl Hard {
    pub(super) fn new(rate: Fraction) -> Self {
        Self {
            rate,
            inverse: inverse(rate.numerator, rate.denominator),
        }
    }

    /// An amount in the range, chosen by the bits: of any magnitude, at an end, a tie, or with a quotient as close to a tie
    /// as possible. The denominator must be at most 2⁶⁴.
    pub(super) fn amount(&self, bits: u128, range: &RangeInclusive<i128>) -> i128 {
        let Fraction {
            numerator,
            denominator,
        } = self.rate;
        let (kind, next, away) = (bits % 8, bits / 8 % 3, bits / 24 % 2);
        let (shift, bits) = (bits / 48 % 64, bits / (48 * 64) % (1 << 100));
        let (low, high) = (*range.start(), *range.end());
        // Half of the amounts are from the whole range, the others from ranges of every length around zero.
        let shift = if away == 0 { 0 } else { shift };
        let reach = (low >> shift)..=(high >> shift);
        let next = next.cast_signed() - 1;
        let half = (denominator / 2).cast_signed();
        let found = match kind {
            0 | 1 => one_of(&reach, 0, 1, bits),
            // An odd multiple of D/2 is a tie where D is even.
            2 | 3 => one_of(&reach, half, denominator, bits) + next,
            // The remainder of the division is next to D/2.
            4 | 5 => {
                let rest = (half + next).rem_euclid(denominator.cast_signed());
                let start = rest.unsigned_abs() * self.inverse % denominator;
                one_of(&reach, start.cast_signed(), denominator, bits)
            }
            // The amount nearest to a tie on the real line.
            6 => {
                let from = one_of(&reach, 0, 1, bits);
                let positive = from.rem_euclid(denominator.cast_signed()).unsigned_abs();
                let rest = positive * (numerator % denominator) % denominator;
                from + (half - rest.cast_signed()) / numerator.cast_signed() + next
            }
            _ if away == 0 => low + next,
            _ => high + next,
        };
        found.clamp(low, high)
    }
}

/// One of the integers `start + i·step` in the range, chosen by the bits. Returns `start` if the range has none.
fn one_of(range: &RangeInclusive<i128>, start: i128, step: u128, bits: u128) -> i128 {
    let step = step.cast_signed();
    let (low, high) = (*range.start(), *range.end());
    let first = low + (start - low).rem_euclid(step);
    if first > high {
        return start;
    }
    let count = (high - first) / step + 1;
    first + (bits.cast_signed() % count) * step
}

/// The inverse of a number modulo a number coprime to it, which is at most 2⁶⁴.
fn inverse(number: u128, modulus: u128) -> u128 {
    let (mut a, mut b) = (modulus.cast_signed(), (number % modulus).cast_signed());
    let (mut x, mut y) = (0, 1);
    while b != 0 {
        let quotient = a / b;
        (a, b) = (b, a - quotient * b);
        (x, y) = (y, x - quotient * y);
    }
    x.rem_euclid(modulus.cast_signed()).unsigned_abs()
}

#[test]
fn the_oracle_rounds_a_tie_to_the_even_unit() {
    let half = Fraction::new(1, 2);
    for (amount, result) in [(-5, -2), (-3, -2), (-1, 0), (0, 0), (1, 0), (2, 1), (3, 2)] {
        assert_eq!(half_even(amount, half), BigInt::from(result), "{amount}");
    }
    let third = Fraction::new(1, 3);
    for (amount, result) in [(-5, -2), (-4, -1), (-1, 0), (1, 0), (2, 1), (4, 1), (5, 2)] {
        assert_eq!(half_even(amount, third), BigInt::from(result), "{amount}");
    }
}

#[test]
fn hard_amounts_are_ties_and_their_neighbours() {
    let range = -(1 << 40)..=(1 << 40);
    for (numerator, denominator, near) in [
        (44_731, 100, [0, 2]),
        (100, 44_731, [1, 3]),
        (3, 1 << 20, [0, 2]),
    ] {
        let hard = Hard::new(Fraction::new(numerator, denominator));
        // Twice the distance from a tie, in parts of the denominator.
        let distances: Vec<_> = (0..4_000)
            .map(|index| hard.amount(bits(index), &range))
            .map(|amount| 2 * amount * numerator.cast_signed())
            .map(|twice| twice.rem_euclid(2 * denominator.cast_signed()))
            .map(|rest| (rest - denominator.cast_signed()).abs())
            .collect();
        for near in near {
            let met = distances.iter().filter(|distance| **distance == near);
            assert!(met.count() > 100, "{numerator}/{denominator} at {near}");
        }
    }
}
