use fastrand::Rng;
use num_bigint::BigInt;

use super::*;
use crate::money::convert::oracle::{for_amounts, one_from};

const STRATEGIES: [RoundingStrategy; 7] = [
    RoundingStrategy::MidpointNearestEven,
    RoundingStrategy::MidpointAwayFromZero,
    RoundingStrategy::MidpointTowardZero,
    RoundingStrategy::ToZero,
    RoundingStrategy::AwayFromZero,
    RoundingStrategy::ToNegativeInfinity,
    RoundingStrategy::ToPositiveInfinity,
];

/// An integer of any length, or a small one: many quotients of those are ties.
fn integer(random: &mut Rng) -> u128 {
    match random.u8(..4) {
        0 => random.u128(1..20),
        1 => (random.u128(..) >> random.u32(..128)).max(1),
        2 => 1 << random.u32(..128),
        _ => u128::MAX,
    }
}

fn any_fraction(random: &mut Rng) -> Fraction {
    Fraction::new(integer(random), integer(random))
}

fn any_amount(random: &mut Rng) -> i128 {
    match random.u8(..3) {
        0 => random.i128(-40..40),
        1 => random.i128(..) >> random.u32(..128),
        _ => one_from(random, &[i128::MIN, i128::MIN + 1, i128::MAX]),
    }
}

/// The quotient of two integers, rounded by the definition of each strategy.
fn rounded(numerator: &BigInt, denominator: &BigInt, strategy: RoundingStrategy) -> BigInt {
    let rest = ((numerator % denominator) + denominator) % denominator;
    let below = (numerator - &rest) / denominator;
    if rest == BigInt::ZERO {
        return below;
    }
    let negative = *numerator < BigInt::ZERO;
    let above = &below + 1;
    let (inner, outer) = if negative {
        (&above, &below)
    } else {
        (&below, &above)
    };
    let even = if below.bit(0) { &above } else { &below };
    let nearest = |tie| match (&rest * 2_u8).cmp(denominator) {
        Ordering::Less => &below,
        Ordering::Equal => tie,
        Ordering::Greater => &above,
    };
    match strategy {
        RoundingStrategy::MidpointNearestEven => nearest(even),
        RoundingStrategy::MidpointAwayFromZero => nearest(outer),
        RoundingStrategy::MidpointTowardZero => nearest(inner),
        RoundingStrategy::ToZero => inner,
        RoundingStrategy::AwayFromZero => outer,
        RoundingStrategy::ToNegativeInfinity => &below,
        RoundingStrategy::ToPositiveInfinity => &above,
        _ => unreachable!("not in the list"),
    }
    .clone()
}

#[test]
fn the_oracle_agrees_with_the_division_by_every_strategy() {
    let input = |random: &mut Rng| (any_fraction(random), any_amount(random), random.u32(..=38));
    for_amounts(7, input, |&(fraction, amount, scale)| {
        let numerator = BigInt::from(amount) * fraction.numerator;
        let denominator = BigInt::from(10).pow(scale) * fraction.denominator;
        for strategy in STRATEGIES {
            let expected = rounded(&numerator, &denominator, strategy);
            let found = fraction.of(amount, scale, strategy);
            assert_eq!(found, i128::try_from(expected).ok(), "{strategy:?}");
        }
    });
}

#[test]
fn deprecated_names_of_strategies_round_like_the_current_ones() {
    #[allow(deprecated)]
    let names = [
        (
            RoundingStrategy::BankersRounding,
            RoundingStrategy::MidpointNearestEven,
        ),
        (
            RoundingStrategy::RoundHalfUp,
            RoundingStrategy::MidpointAwayFromZero,
        ),
        (
            RoundingStrategy::RoundHalfDown,
            RoundingStrategy::MidpointTowardZero,
        ),
        (RoundingStrategy::RoundDown, RoundingStrategy::ToZero),
        (RoundingStrategy::RoundUp, RoundingStrategy::AwayFromZero),
    ];
    let quarter = Fraction::new(1, 4);
    for (older, newer) in names {
        for amount in -12..=12 {
            assert_eq!(
                quarter.of(amount, 0, older),
                quarter.of(amount, 0, newer),
                "{older:?} of {amount}"
            );
        }
    }
}

#[test]
fn a_scale_beyond_128_bits_has_no_result() {
    let one = Fraction::ONE;
    assert_eq!(one.of(5 * 10_i128.pow(37), 38, STRATEGIES[1]), Some(1));
    assert_eq!(one.of(0, 39, STRATEGIES[0]), None);
}

#[test]
fn products_and_quotients_are_exact_or_refused() {
    let input = |random: &mut Rng| (any_fraction(random), any_fraction(random));
    for_amounts(4, input, |&(a, b)| {
        let fits = |n: BigInt, d: BigInt| {
            let divisor = divisor_of(&n, &d);
            let [n, d] = [n / &divisor, d / &divisor].map(|part| u128::try_from(part).ok());
            Some(Fraction::new(n?, d?))
        };
        let big = |part: u128| BigInt::from(part);
        let product = fits(
            big(a.numerator) * b.numerator,
            big(a.denominator) * b.denominator,
        );
        let quotient = fits(
            big(a.numerator) * b.denominator,
            big(a.denominator) * b.numerator,
        );
        assert_eq!(a.multiplied_by(b).map(Fraction::reduced), product);
        assert_eq!(a.divided_by(b).map(Fraction::reduced), quotient);
    });
}

fn divisor_of(a: &BigInt, b: &BigInt) -> BigInt {
    let (mut a, mut b) = (a.clone(), b.clone());
    while b != BigInt::ZERO {
        (a, b) = (b.clone(), a % b);
    }
    a
}

#[test]
fn a_fraction_prints_both_integers() {
    assert_eq!(Fraction::new(44_732, 100).to_string(), "44732/100");
    assert_eq!(Fraction::new(44_732, 100).reduced().to_string(), "11183/25");
}
