use fastrand::Rng;
use num_bigint::BigInt;

use super::*;
use crate::money::convert::fraction::Fraction;
use crate::money::convert::oracle::{
    AMOUNTS, Hard, for_amounts, half_even, random_bits, rate, units,
};

const MOST: u64 = i64::MAX.unsigned_abs();

/// Rates of every size, half of them with room for many amounts.
fn any_rate(random: &mut Rng) -> Fraction {
    if random.bool() {
        rate(random, 1..=40, 1..=40)
    } else {
        rate(random, 1..=118, 1..=64)
    }
}

#[track_caller]
fn agrees(rate: Fraction, magnitude: u64) {
    let result = Reciprocal::new(rate).of(magnitude);
    let exact = half_even(magnitude, rate);
    assert_eq!(BigInt::from(result), exact, "{magnitude} at {rate}");
    assert!(result <= MOST, "{magnitude} at {rate}");
}

#[test]
fn the_oracle_agrees_with_the_multiplication_up_to_its_limit() {
    let input = |random: &mut Rng| (any_rate(random), random_bits(random));
    for_amounts(AMOUNTS, input, |&(rate, bits)| {
        let limit = Reciprocal::new(rate).limit();
        let (hard, range) = (Hard::new(rate), 0..=limit.into());
        agrees(rate, limit);
        for bits in bits {
            agrees(rate, hard.amount(bits, &range).try_into().unwrap());
        }
    });
}

/// The limit is the smaller of 2⁶³/D and the largest amount whose result is at most 2⁶³ - 1, not counting one that is on the tie
/// above it.
#[track_caller]
fn is_the_largest(rate: Fraction) {
    let limit = Reciprocal::new(rate).limit();
    let proved = (1 << 63) / rate.denominator;
    assert!(u128::from(limit) <= proved, "{limit} at {rate}");
    agrees(rate, limit);
    if u128::from(limit) < proved {
        let doubled = BigInt::from(limit + 1) * rate.numerator * 2;
        let tie_above = (BigInt::from(MOST) * 2 + 1) * rate.denominator;
        assert!(doubled >= tie_above, "{limit} at {rate} could be more");
    }
}

#[test]
fn the_oracle_agrees_that_the_limit_is_the_largest() {
    for_amounts(16, any_rate, |&rate| is_the_largest(rate));
}

#[test]
fn limits_at_the_ends_of_64_bits_are_the_largest() {
    const END: u128 = 1 << 64;
    for (numerator, denominator, limit) in [
        (1, 1, MOST),
        (1, 2, 1 << 62),
        (1, 3, (1 << 63) / 3),
        // The bound on results decides: 2m ≤ 2⁶³ - 1.
        (2, 1, (1 << 62) - 1),
        (5, 2, MOST / 5 * 2),
        (MOST.into(), 1, 1),
        (u128::from(MOST) + 1, 1, 0),
        // The denominator decides.
        (1, END / 2 - 1, 1),
        (1, END / 2, 1),
        (END / 4 + 1, END / 2, 1),
        (1, END / 2 + 1, 0),
        (1, END - 1, 0),
        ((1 << 100) + 1, 1 << 40, 7),
        (1 << 126, END - 59, 0),
    ] {
        let rate = Fraction::new(numerator, denominator);
        assert_eq!(Reciprocal::new(rate).limit(), limit, "{rate}");
        is_the_largest(rate);
    }
}

#[test]
fn with_a_denominator_or_a_whole_part_beyond_64_bits_only_zero_is_converted() {
    for (numerator, denominator) in [
        (1, 1 << 64),
        (u128::MAX, 1 << 64),
        (1, u128::MAX),
        (1 << 64, 1),
        (u128::MAX, 1),
        (u128::MAX, u64::MAX.into()),
    ] {
        let found = Reciprocal::new(Fraction::new(numerator, denominator));
        assert_eq!(found.limit(), 0, "{numerator}/{denominator}");
        assert_eq!(found.of(0), 0, "{numerator}/{denominator}");
    }
    assert_eq!(
        Reciprocal::default(),
        Reciprocal::new(Fraction::new(1, 1 << 64))
    );
}

#[test]
fn ties_go_to_the_even_result() {
    for (numerator, denominator) in [(1, 2), (3, 2), (44_731, 100), (1, 1 << 20), (7, 1 << 31)] {
        let rate = Fraction::new(numerator, denominator);
        let half = u64::try_from(denominator / 2).unwrap();
        let limit = Reciprocal::new(rate).limit();
        let last = (limit / half - 1) | 1;
        for odd in [1, 3, last - 2, last] {
            let tie = odd * half;
            assert!(tie <= limit && half_even(2 * tie, rate).bit(0), "{tie}");
            assert_eq!(Reciprocal::new(rate).of(tie) % 2, 0, "{tie} at {rate}");
            for magnitude in [tie - 1, tie, tie + 1] {
                agrees(rate, magnitude.min(limit));
            }
        }
    }
}

#[test]
fn the_oracle_agrees_with_the_amounts_on_both_sides_of_the_limit() {
    let input = |random: &mut Rng| (any_rate(random), random.u16(1..=1000));
    for_amounts(6, input, |&(rate, step)| {
        let units = units(rate, step);
        let limit = Reciprocal::new(rate).limit();
        for magnitude in [limit.saturating_sub(1), limit, limit + 1] {
            let amount = magnitude.cast_signed();
            for amount in [amount, amount.wrapping_neg()] {
                let exact = i64::try_from(half_even(amount, rate) * step).ok();
                assert_eq!(units.of(amount), exact, "{amount} at {rate}");
            }
        }
    });
}
