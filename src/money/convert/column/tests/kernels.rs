//! Tests of each kernel: its results, and the amounts that it reports as out of bound.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use fastrand::Rng;
use fearless_simd::{Level, Simd, dispatch};
use num_bigint::BigInt;

use super::super::{GROUP, fuses, run};
use super::levels;
use crate::money::convert::fraction::Fraction;
use crate::money::convert::kernel::{OneDouble, TwoDoubles, TwoParts};
use crate::money::convert::oracle::{
    AMOUNTS, Hard, bits, for_amounts, half_even, random_bits, rate,
};

type Group = [i64; GROUP];
const _: () = assert!(GROUP == AMOUNTS);

#[derive(Clone, Copy, Debug)]
enum Prepared {
    One(OneDouble),
    Two(TwoDoubles),
    Parts(TwoParts),
}

impl Prepared {
    fn one(rate: Fraction) -> Option<Self> {
        OneDouble::new(rate).map(Self::One)
    }

    fn two(rate: Fraction) -> Option<Self> {
        TwoDoubles::new(rate).map(Self::Two)
    }

    fn parts(rate: Fraction) -> Option<Self> {
        TwoParts::new(rate, 1).map(Self::Parts)
    }

    /// The amounts within the bound.
    fn range(self) -> RangeInclusive<i128> {
        let bits = match self {
            Self::One(one) => one.bits,
            Self::Two(two) => two.bits,
            Self::Parts(parts) => return -i128::from(parts.most)..=parts.most.into(),
        };
        -(1 << bits)..=(1 << bits) - 1
    }

    /// The number of bits of the bound `±2ᵏ`.
    fn bits(self) -> u32 {
        (*self.range().end() + 1).ilog2()
    }

    /// At every level that supports the kernel: whether all amounts were within the bound, and the results.
    fn run(self, from: &Group) -> impl Iterator<Item = (Level, bool, Group)> {
        levels().into_iter().filter_map(move |level| {
            let mut to = [[i64::MIN; GROUP]];
            let held = dispatch!(level, simd => run_in(simd, self, &[*from], &mut to))?;
            Some((level, held, to[0]))
        })
    }
}

#[inline(always)]
fn run_in<S: Simd>(simd: S, prepared: Prepared, from: &[Group], to: &mut [Group]) -> Option<bool> {
    match prepared {
        Prepared::One(one) => Some(run(simd, one.lanes(simd), from, to)),
        Prepared::Two(two) if fuses(simd) => Some(run(simd, two.lanes(simd), from, to)),
        Prepared::Parts(parts) if fuses(simd) => Some(run(simd, parts.lanes(simd), from, to)),
        Prepared::Two(_) | Prepared::Parts(_) => None,
    }
}

/// The kernel for a rate. Its numerator is halved until a kernel exists.
fn prepared(rate: Fraction, new: fn(Fraction) -> Option<Prepared>) -> (Fraction, Prepared) {
    let next = |rate: &Fraction| {
        let numerator = (rate.numerator / 2).max(1);
        Some(Fraction::new(numerator, rate.denominator).reduced())
    };
    std::iter::successors(Some(rate), next)
        .take(60)
        .find_map(|rate| Some((rate, new(rate)?)))
        .expect("a small rate has every kernel")
}

#[track_caller]
fn agrees(prepared: Prepared, rate: Fraction, from: &Group) {
    let expected = from.map(|amount| half_even(amount, rate));
    for (level, held, to) in prepared.run(from) {
        assert!(held, "{level:?}: {prepared:?} refuses some of {from:?}");
        for ((from, to), expected) in from.iter().zip(to).zip(&expected) {
            assert!(
                BigInt::from(to) == *expected,
                "{level:?}: {from} at {rate} is {expected}, found {to} by {prepared:?}"
            );
        }
    }
}

/// Tests random rates, with denominators of so many bits and amounts within the bound, and a group with one amount beyond it.
fn every_level_agrees(new: fn(Fraction) -> Option<Prepared>, bits: u32) {
    let input = |random: &mut Rng| {
        (
            rate(random, 1..=53, 1..=bits),
            random_bits(random),
            random.usize(..GROUP),
            random.i64(..),
        )
    };
    for_amounts(GROUP, input, |&(rate, bits, at, beyond)| {
        let (rate, prepared) = prepared(rate, new);
        let (hard, range) = (Hard::new(rate), prepared.range());
        let mut amounts = bits.map(|bits| hard.amount(bits, &range).try_into().unwrap());
        agrees(prepared, rate, &amounts);
        if range.contains(&beyond.into()) {
            return;
        }
        amounts[at] = beyond;
        for (level, held, _) in prepared.run(&amounts) {
            assert!(!held, "{level:?}: {prepared:?} takes {beyond} at {at}");
        }
    });
}

#[test]
fn the_oracle_agrees_with_one_double_at_every_level() {
    every_level_agrees(Prepared::one, 49);
}

#[test]
fn the_oracle_agrees_with_two_doubles_at_every_level() {
    every_level_agrees(Prepared::two, 49);
}

#[test]
fn the_oracle_agrees_with_two_parts_at_every_level() {
    every_level_agrees(Prepared::parts, 36);
}

/// Rates for every grid, with denominators on both sides of each change of grid.
fn rates_at_the_edges_of_a_grid() -> impl Iterator<Item = Fraction> {
    let near = |power: u128| [power - 1, power, power + 1].into_iter().filter(|n| *n > 0);
    let denominators = (0..=50).flat_map(move |bits| near(1 << bits));
    denominators.flat_map(move |denominator| {
        let numerators = (0..=53).flat_map(move |bits| near(1 << bits).chain([3 << bits]));
        // With these, the bound on results at the largest amount is a power of two, or one less.
        let all_but = [1, 3].map(|less| (2 * denominator).next_power_of_two().max(4) - less);
        numerators
            .chain(all_but)
            .map(move |numerator| Fraction::new(numerator, denominator).reduced())
    })
}

#[test]
fn the_ties_of_every_grid_go_to_the_even_unit() {
    for (rate, index) in rates_at_the_edges_of_a_grid().step_by(11).zip(0..) {
        for new in [Prepared::one, Prepared::two, Prepared::parts] {
            let Some(prepared) = new(rate) else { continue };
            let (hard, range) = (Hard::new(rate), prepared.range());
            let amounts = (32 * index..).map(|index| hard.amount(bits(index), &range));
            let mut from = [0; GROUP];
            for (from, amount) in from.iter_mut().zip(amounts) {
                *from = amount.try_into().unwrap();
            }
            agrees(prepared, rate, &from);
        }
    }
}

#[test]
fn a_tie_that_the_two_doubles_miss_is_found_on_the_grid() {
    // The sum of the parts is 2⁻⁵⁴ below a half here, so without the grid it would be rounded down to an odd integer.
    for (numerator, denominator, tie) in [
        (1_245, 7_162, -1_023_068_290_469_431_i64),
        (55, 358, -241_955_198_392_945),
        (5_504_111_871, 25_335_114_230, -1_477_227_172_965_725),
    ] {
        let rate = Fraction::new(numerator, denominator);
        let from = std::array::from_fn(|lane| [tie - 1, tie, tie + 1, -tie][lane % 4]);
        agrees(Prepared::two(rate).unwrap(), rate, &from);
    }
}

/// The largest k up to 51 for which `2ᵏ·N/D` is at most the bound, which depends on the digits of the grid.
fn stated_bits(rate: Fraction, bound: fn(u32) -> i128) -> Option<u32> {
    let (numerator, denominator) = (rate.numerator, rate.denominator.cast_signed());
    let digits = (0..=50).find(|digits| 1 << digits >= 2 * denominator)?;
    let most = bound(digits) * denominator;
    if numerator > 1 << 53 {
        return None;
    }
    (0..=51)
        .rev()
        .find(|bits| (numerator << bits).cast_signed() <= most)
}

#[test]
fn a_kernel_takes_all_bits_that_its_bound_on_results_allows() {
    let mut met = [[false; 52]; 2];
    for rate in rates_at_the_edges_of_a_grid() {
        let one = stated_bits(rate, |digits| (1 << (51 - digits)) - 1);
        let two = stated_bits(rate, |_| (1 << 51) - 8);
        assert_eq!(Prepared::one(rate).map(Prepared::bits), one, "{rate}");
        assert_eq!(Prepared::two(rate).map(Prepared::bits), two, "{rate}");
        for (met, bits) in met.iter_mut().zip([one, two]) {
            if let Some(bits) = bits {
                met[usize::try_from(bits).unwrap()] = true;
            }
        }
    }
    // One double takes at most 49 bits: its bound on results is below 2⁵⁰/D.
    let missing = |met: [bool; 52]| (0..52).filter(move |bits| !met[*bits]).collect::<Vec<_>>();
    assert_eq!(met.map(missing), [vec![50, 51], vec![]]);
}

#[test]
fn a_rate_of_integers_too_large_for_doubles_has_no_kernel() {
    for (numerator, denominator) in [
        ((1 << 53) + 1, 1 << 40),
        (1 << 54, 3),
        (1, (1 << 49) + 1),
        (1, 1 << 50),
        (1, u128::MAX),
        (u128::MAX, 2),
    ] {
        let rate = Fraction::new(numerator, denominator);
        assert!(Prepared::one(rate).is_none() && Prepared::two(rate).is_none());
        assert!(Prepared::parts(rate).is_none());
    }
    // The largest integers that do have one.
    assert!(Prepared::two(Fraction::new(1 << 53, (1 << 40) + 1)).is_some());
    let last = Fraction::new(1, 1 << 49);
    assert!(Prepared::one(last).is_some() && Prepared::two(last).is_some());
}

#[test]
fn two_parts_take_all_amounts_with_results_below_the_stated_bound() {
    let most = (1_i128 << 63) - (1 << 14);
    for rate in rates_at_the_edges_of_a_grid() {
        let (numerator, denominator) = (rate.numerator, rate.denominator);
        for step in [1, 5, 1000] {
            let stated = most / i128::from(step) * denominator.cast_signed();
            let stated = (stated / numerator.cast_signed()).min(i64::MAX.into());
            let found = TwoParts::new(rate, step).map(|parts| parts.most.into());
            let exists = numerator <= 1 << 53 && denominator <= 1 << 36 && stated > 0;
            assert_eq!(found, exists.then_some(stated), "{rate} in steps of {step}");
        }
    }
}

#[test]
fn an_amount_beyond_the_bound_of_two_parts_is_reported_in_every_lane() {
    for (numerator, denominator) in [(44_731, 100), (100, 44_731), (1, 1), (1 << 53, 3), (1, 2)] {
        let rate = Fraction::new(numerator, denominator);
        let parts = TwoParts::new(rate, 1).unwrap();
        let prepared = Prepared::Parts(parts);
        let within: Group =
            std::array::from_fn(|lane| [-parts.most, 1 - parts.most, parts.most, 0][lane % 4]);
        agrees(prepared, rate, &within);
        let beyond = [parts.most.checked_add(1), Some(-parts.most - 1)];
        for beyond in beyond.into_iter().flatten().chain([i64::MIN]) {
            for lane in 0..GROUP {
                let mut from = within;
                from[lane] = beyond;
                for (level, held, _) in prepared.run(&from) {
                    assert!(!held, "{level:?}: {prepared:?} takes {beyond} at {lane}");
                }
            }
        }
    }
}

#[test]
fn amounts_at_the_bound_are_converted_and_an_amount_beyond_it_is_reported_in_every_lane() {
    let mut met = BTreeSet::new();
    for (numerator, denominator) in [
        ((1 << 49) - 1, 2),
        ((1 << 48) - 5, 2),
        ((1 << 45) - 5, 8),
        ((1 << 29) - 3, 100),
        (44_731, 100),
        (1, 2),
        (1, 1 << 40),
        (100, 44_731),
    ] {
        let rate = Fraction::new(numerator, denominator);
        for new in [Prepared::one, Prepared::two] {
            let prepared = new(rate).unwrap();
            met.insert(prepared.bits());
            let end = 1_i64 << prepared.bits();
            let within: Group = std::array::from_fn(|lane| [-end, 1 - end, end - 1, 0][lane % 4]);
            agrees(prepared, rate, &within);
            for beyond in [end, -end - 1, 2 * end, -2 * end, i64::MIN, i64::MAX] {
                for lane in 0..GROUP {
                    let mut from = within;
                    from[lane] = beyond;
                    for (level, held, _) in prepared.run(&from) {
                        assert!(!held, "{level:?}: {prepared:?} takes {beyond} at {lane}");
                    }
                }
            }
        }
    }
    assert_eq!(Vec::from_iter(met), [1, 2, 4, 5, 9, 20, 28, 34, 42, 49, 51]);
}
