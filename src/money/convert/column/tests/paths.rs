//! Tests of the division of a column into blocks, and of the path of each block.

use fastrand::Rng;
use fearless_simd::{Level, Simd, dispatch};

use super::super::{BLOCK, GROUP, Lanes, Path, SKIPPED, fuses};
use super::super::{convert, convert_in_place, until_aligned};
use super::levels;
use crate::money::convert::fraction::Fraction;
use crate::money::convert::kernel::{OneDouble, TwoDoubles, TwoParts};
use crate::money::convert::oracle::{for_amounts, half_even, one_from, rate, units};
use crate::money::convert::units::Units;

/// The path that each block takes. Each path has a rate of its own here, so the results tell which it was.
#[inline(always)]
fn paths<S: Simd>(simd: S, blocks: &[[i64; BLOCK]]) -> Vec<Path> {
    let units = units(Fraction::ONE, 1);
    let (one, two) = (Fraction::new(2, 1), Fraction::new(4, 3));
    let parts = Fraction::new(5, 7);
    let mut lanes = Lanes::new(simd, &units);
    lanes.one = OneDouble::new(one).map(|one| one.lanes(simd));
    // A level without fused multiplication must not get these kernels.
    if fuses(simd) {
        lanes.two = TwoDoubles::new(two).map(|two| two.lanes(simd));
        lanes.parts = TwoParts::new(parts, 1).map(|parts| parts.lanes(simd));
    }
    let path_of = |block: &[i64; BLOCK]| {
        let mut results = [0; BLOCK];
        lanes.convert(block, &mut results).unwrap();
        let all_at = |rate| {
            let mut both = block.iter().zip(results);
            both.all(|(amount, result)| half_even(*amount, rate) == result.into())
        };
        let found = [
            (one, Path::OneDouble),
            (two, Path::TwoDoubles),
            (parts, Path::TwoParts),
            (Fraction::ONE, Path::OneByOne),
        ];
        let found = found.into_iter().find(|(rate, _)| all_at(*rate));
        found.expect("one path made all results").1
    };
    blocks.iter().map(path_of).collect()
}

#[test]
fn a_kernel_is_skipped_for_the_stated_number_of_blocks_after_an_amount_beyond_its_bound() {
    let small = [3; BLOCK];
    let with_last = |amount| {
        let mut block = small;
        block[BLOCK - 1] = amount;
        block
    };
    // At these rates one double takes amounts of 48 bits, two doubles of 49, two parts all but this last one.
    let (middle, large) = (with_last(1 << 48), with_last(1 << 60));
    let last = with_last(i64::MIN);
    let skipped = usize::try_from(SKIPPED).unwrap();
    let blocks = [
        &[small, middle][..],
        &vec![small; skipped],
        &[small, large],
        &vec![small; skipped],
        &[small, last],
        &vec![large; skipped],
        // An amount that no kernel takes.
        &[last],
        &vec![small; skipped],
        &[small],
    ]
    .concat();
    for level in levels() {
        let (fused, found) = dispatch!(level, simd => (fuses(simd), paths(simd, &blocks)));
        let [second, third] = if fused {
            [Path::TwoDoubles, Path::TwoParts]
        } else {
            [Path::OneByOne; 2]
        };
        let expected = [
            &[Path::OneDouble, second][..],
            &vec![second; skipped],
            &[Path::OneDouble, third],
            &vec![third; skipped],
            &[Path::OneDouble, Path::OneByOne],
            &vec![third; skipped],
            &[Path::OneByOne],
            &vec![third; skipped],
            &[Path::OneDouble],
        ]
        .concat();
        assert_eq!(found, expected, "{level:?}");
    }
}

#[inline(always)]
fn has_two<S: Simd>(simd: S, units: &Units) -> (bool, bool) {
    (fuses(simd), Lanes::new(simd, units).two.is_some())
}

#[test]
fn two_doubles_are_used_only_where_multiplication_is_fused() {
    let units = units(Fraction::new(4, 3), 1);
    for level in levels() {
        let (fused, used) = dispatch!(level, simd => has_two(simd, &units));
        assert_eq!(fused, used, "{level:?}");
    }
}

#[test]
fn the_head_of_a_column_ends_at_a_cache_line() {
    let amounts = [0; 64];
    for (start, end) in (0..32).flat_map(|start| [0, 1, 3, 8, 20].map(|len| (start, start + len))) {
        let amounts = &amounts[start..end];
        let head = until_aligned(amounts);
        let (skipped, rest) = amounts.split_at(head);
        assert!(skipped.len() < 8, "{head}");
        assert!(rest.is_empty() || rest.as_ptr().addr() % 64 == 0, "{head}");
    }
}

/// The results before the first amount that does not fit, and its index.
fn expected(units: &Units, from: &[i64]) -> (Vec<i64>, Result<(), usize>) {
    let results: Vec<_> = from.iter().map_while(|amount| units.of(*amount)).collect();
    let outcome = if results.len() == from.len() {
        Ok(())
    } else {
        Err(results.len())
    };
    (results, outcome)
}

#[track_caller]
fn agrees_at(level: Level, units: &Units, from: &[i64]) {
    let (results, outcome) = expected(units, from);
    let mut to = vec![7; from.len()];
    let found = dispatch!(level, simd => convert(Lanes::new(simd, units), from, &mut to));
    assert_eq!(found, outcome, "{level:?}");
    assert_eq!(&to[..results.len()], &results[..], "{level:?}");

    let mut amounts = from.to_vec();
    let found = dispatch!(level, simd => convert_in_place(Lanes::new(simd, units), &mut amounts));
    assert_eq!(found, outcome, "in place, {level:?}");
    let kept = &from[results.len()..];
    assert_eq!(amounts, [&results, kept].concat(), "in place, {level:?}");
}

/// A column of one to three blocks, each with small, middling, or any amounts.
fn column(random: &mut Rng) -> Vec<i64> {
    let mut amounts = Vec::new();
    for _ in 0..random.u8(1..4) {
        let shift = one_from(random, &[0, 10, 20, 36]);
        for _ in 0..random.usize(..=BLOCK) {
            amounts.push(random.i64(..) >> shift);
        }
    }
    amounts
}

#[test]
fn the_oracle_agrees_with_a_column_at_every_level() {
    let input = |random: &mut Rng| {
        (
            rate(random, 1..=55, 1..=50),
            column(random),
            one_from(random, &[1, 5, 50, 100, 500, 1000]),
        )
    };
    // A column has 512 amounts on average.
    for_amounts(BLOCK, input, |(rate, from, step)| {
        let (rate, step) = (*rate, *step);
        let units = units(rate, step);
        for amount in from.iter().copied().chain([i64::MIN, i64::MAX]) {
            let exact = half_even(amount, rate) * step;
            assert_eq!(units.of(amount), i64::try_from(exact).ok());
        }
        for level in levels() {
            agrees_at(level, &units, from);
        }
    });
}

#[test]
fn columns_of_every_length_agree_at_every_level() {
    let units = units(Fraction::new(44_731, 100), 1);
    let amounts: Vec<i64> = (1..)
        .map(|n| n * 50 - 40_000)
        .take(BLOCK + 3 * GROUP)
        .collect();
    for level in levels() {
        for len in (0..3 * GROUP).chain(BLOCK - 9..=amounts.len()) {
            agrees_at(level, &units, &amounts[..len]);
        }
    }
}
