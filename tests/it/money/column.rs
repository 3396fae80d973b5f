//! Tests of columns of amounts: each result is that of the amount alone, independent of its neighbours and of its address.

use masthead::money::{BatchError, Converter, Currency, Quotation};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::RoundingStrategy;

use super::oracle::{CURRENCIES, Quote, exact, for_amounts, quote, rates, rounded};

/// The size of a block in the crate. The results do not depend on it, but the path of each amount does.
const BLOCK: usize = 512;
/// Marks places that must not be written.
const UNTOUCHED: i64 = 0x5a5a_5a5a;

/// Asserts that the column converts to the results, and that the amount after them, if any, is the first that does not fit.
/// The slices begin at the given offsets of their allocations.
#[track_caller]
fn becomes(
    converter: &Converter,
    column: &[i64],
    results: &[i64],
    (from_at, to_at): (usize, usize),
) {
    let fitting = results.len();
    let outcome = if fitting == column.len() {
        Ok(())
    } else {
        Err(BatchError::Overflow {
            index: fitting,
            from: converter.from(),
            to: converter.to(),
        })
    };
    let around = |at: usize, amounts: &[i64]| {
        let (before, behind) = (vec![UNTOUCHED; at], vec![UNTOUCHED; 9]);
        [&before, amounts, &behind].concat()
    };

    let from = around(from_at, column);
    let mut to = around(to_at, &vec![0; column.len()]);
    let place = to_at..to_at + column.len();
    let found = converter.convert_minor(&from[from_at..][..column.len()], &mut to[place.clone()]);
    assert_eq!(found, outcome);
    assert_eq!(to[place.clone()][..fitting], *results);
    to[place].fill(0);
    assert_eq!(to, around(to_at, &vec![0; column.len()]));

    let mut amounts = around(to_at, column);
    let place = to_at..to_at + column.len();
    let found = converter.convert_minor_in_place(&mut amounts[place]);
    assert_eq!(found, outcome);
    let expected = [results, &column[fitting..]].concat();
    assert_eq!(amounts, around(to_at, &expected));
}

/// Converts each amount alone, up to the first that does not fit.
fn one_by_one(converter: &Converter, column: &[i64]) -> Vec<i64> {
    let results = column.iter().map(|amount| converter.convert_units(*amount));
    results.map_while(Result::ok).collect()
}

/// The exact fraction from minor units of one currency to steps of another.
struct Exact {
    numerator: BigInt,
    denominator: BigInt,
    step: u32,
}

impl Exact {
    fn of(&self, amount: i64) -> Option<i64> {
        let nearest = RoundingStrategy::MidpointNearestEven;
        let steps = rounded(&(amount * &self.numerator), &self.denominator, nearest);
        i64::try_from(steps * self.step).ok()
    }

    /// Approximately the largest amount whose result fits.
    fn largest(&self) -> i64 {
        let largest = &self.denominator * i64::MAX / &self.numerator;
        i64::try_from(largest).unwrap_or(i64::MAX)
    }
}

/// The size of the amounts in a part of a column.
#[derive(Clone, Copy, Debug)]
enum Size {
    Bits(u32),
    UpToTheLargest,
    AroundTheLargest,
    OneLargeAmongSmall,
    AnyBits,
}

impl Size {
    fn all() -> impl Strategy<Value = Self> {
        prop_oneof![
            8 => prop::sample::select(vec![8, 24, 40, 44, 47, 50, 52]).prop_map(Self::Bits),
            4 => Just(Self::UpToTheLargest),
            4 => Just(Self::OneLargeAmongSmall),
            2 => Just(Self::AnyBits),
            1 => Just(Self::AroundTheLargest),
        ]
    }

    fn amounts(self, len: usize, seed: u64, largest: i64) -> impl Iterator<Item = i64> {
        let mut state = seed;
        let mut random = move || {
            // Vigna's generator SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)).cast_signed()
        };
        let large_at = usize::try_from(seed % 512).unwrap();
        (0..len).map(move |index| match self {
            Self::Bits(bits) => random() >> (63 - bits),
            Self::AnyBits => random() >> (random() & 63),
            Self::UpToTheLargest => random() % largest,
            Self::OneLargeAmongSmall if index == large_at => largest - 1,
            Self::OneLargeAmongSmall => random() >> 44,
            // About one in two hundred is above the largest.
            Self::AroundTheLargest if random() % 100 == 0 => largest.saturating_add(random() % 3),
            Self::AroundTheLargest => (largest - 3) * (random() % 2),
        })
    }
}

/// A length near a multiple of a vector, a group or a block.
fn length() -> impl Strategy<Value = usize> {
    let multiple = prop_oneof![
        (0..4_usize).prop_map(|n| 8 * n),
        (0..16_usize).prop_map(|n| 32 * n),
        (0..3_usize).prop_map(|n| BLOCK * n),
        0..1_000_usize,
    ];
    (multiple, 0..17_usize).prop_map(|(multiple, more)| (multiple + more).saturating_sub(8))
}

/// A quote with the digits and nominal of a bank.
fn printed() -> impl Strategy<Value = Quote> {
    let nominal = prop::sample::select(vec![1, 10, 100, 1_000]);
    (1..2_000_000_i64, 2..=4_u32, nominal).prop_map(|(mantissa, scale, nominal)| Quote {
        mantissa,
        scale,
        nominal,
    })
}

#[test]
fn the_oracle_agrees_with_columns_of_every_size_and_length() {
    let price = || prop_oneof![quote(), printed()];
    let currency = || prop::sample::select(&CURRENCIES[..]);
    let quotation =
        prop::sample::select(&[Quotation::HomePerForeign, Quotation::ForeignPerHome][..]);
    let parts = prop::collection::vec((Size::all(), length(), any::<u64>()), 1..4);
    let input = (
        (price(), price(), quotation),
        (currency(), currency(), any::<bool>()),
        (parts, (0..8_usize, 0..8_usize)),
    );
    for_amounts(512, input, |(quotes, (from, to, cash), (parts, places))| {
        let (dollar, dinar, quotation) = quotes;
        let mut converter = rates(quotation, dollar, dinar).converter(from, to).unwrap();
        let (numerator, denominator) = exact(from, to, quotation, dollar, dinar);
        let mut exact = Exact {
            numerator: numerator * 10_u32.pow(to.minor_units()),
            denominator: denominator * 10_u32.pow(from.minor_units()),
            step: 1,
        };
        let largest = exact.largest().max(4);
        if cash {
            converter = converter.in_cash();
            exact.step = if to == Currency::KZT { 100 } else { 1 };
            exact.denominator *= exact.step;
        }
        let column = parts
            .into_iter()
            .flat_map(|(size, len, seed)| size.amounts(len, seed, largest));
        let column: Vec<i64> = column.collect();
        let results: Vec<i64> = column
            .iter()
            .map_while(|amount| exact.of(*amount))
            .collect();
        assert_eq!(one_by_one(&converter, &column), results);
        becomes(&converter, &column, &results, places);
        Ok(())
    });
}

/// The converters between cents and tiyn at 447.32, in both directions.
fn both_ways() -> [Converter; 2] {
    let dollar = Quote {
        mantissa: 44_732,
        scale: 2,
        nominal: 1,
    };
    let rates = rates(Quotation::HomePerForeign, dollar, dollar);
    [
        (Currency::USD, Currency::KZT),
        (Currency::KZT, Currency::USD),
    ]
    .map(|(from, to)| rates.converter(from, to).unwrap())
}

fn small_amounts() -> impl Iterator<Item = i64> + Clone {
    (0..).map(|index: i64| (index * 7_919) % 100_003 - 50_000)
}

#[test]
fn a_column_of_any_length_is_converted_to_its_end() {
    for converter in both_ways() {
        let column: Vec<i64> = small_amounts().take(3 * BLOCK + 24).collect();
        let results = one_by_one(&converter, &column);
        let near_a_block = |len: &usize| len % BLOCK < 72 || len % BLOCK > BLOCK - 9;
        for len in (0..=column.len()).filter(near_a_block) {
            becomes(&converter, &column[..len], &results[..len], (len % 8, 0));
        }
    }
}

#[test]
fn a_column_may_begin_at_any_address() {
    for converter in both_ways() {
        let column: Vec<i64> = small_amounts().take(BLOCK + 45).collect();
        let results = one_by_one(&converter, &column);
        for (from_at, to_at) in (0..64).map(|places| (places / 8, places % 8)) {
            for len in [1, 7, 8, 9, 40, column.len()] {
                becomes(
                    &converter,
                    &column[..len],
                    &results[..len],
                    (from_at, to_at),
                );
            }
        }
    }
}

#[test]
fn a_large_amount_does_not_change_the_other_results() {
    for converter in both_ways()
        .into_iter()
        .chain(both_ways().map(Converter::in_cash))
    {
        // These columns take all paths: a skipped kernel is tried again after sixteen blocks.
        for large_at in [0, 5, BLOCK - 1, BLOCK, 2 * BLOCK + 40, 17 * BLOCK + 3] {
            let mut column: Vec<i64> = small_amounts().take(20 * BLOCK + 13).collect();
            for large in [1 << 43, 1 << 51, -(1 << 54), (1 << 54) + 1] {
                column[large_at] = large;
                let results = one_by_one(&converter, &column);
                becomes(&converter, &column, &results, (0, 1));
            }
        }
    }
}

#[test]
fn blocks_with_amounts_of_all_sizes_may_alternate() {
    for converter in both_ways() {
        let small = small_amounts().take(BLOCK);
        for pattern in [[0, 30], [0, 38], [30, 38], [38, 38]] {
            let shifts = pattern.into_iter().cycle().take(36);
            let blocks = shifts.flat_map(|shift| small.clone().map(move |amount| amount << shift));
            let column: Vec<i64> = blocks.collect();
            let results = one_by_one(&converter, &column);
            assert_eq!(results.len(), column.len());
            becomes(&converter, &column, &results, (3, 0));
        }
    }
}

#[test]
fn the_first_amount_that_does_not_fit_ends_the_column_at_every_index() {
    let [converter, _] = both_ways();
    let column: Vec<i64> = small_amounts().take(BLOCK + 77).collect();
    let results = one_by_one(&converter, &column);
    for index in 0..column.len() {
        let mut column = column.clone();
        column[index] = i64::MAX;
        // A later amount that does not fit either must not be reported.
        if let Some(last) = column[index + 1..].last_mut() {
            *last = i64::MIN;
        }
        becomes(
            &converter,
            &column,
            &results[..index],
            (index % 8, index / 8 % 8),
        );
    }
}

#[test]
fn slices_of_different_lengths_are_refused_and_left_unchanged() {
    let [converter, _] = both_ways();
    for (from, to) in [
        (0, 1),
        (1, 0),
        (31, 32),
        (33, 32),
        (1_000, 1_001),
        (1_001, 1_000),
    ] {
        let mut results = vec![UNTOUCHED; to];
        let error = converter
            .convert_minor(&vec![100; from], &mut results)
            .unwrap_err();
        assert_eq!(error, BatchError::Length { from, to });
        assert_eq!(
            error.to_string(),
            format!("{from} amounts to convert, but {to} places for results")
        );
        assert!(results.iter().all(|amount| *amount == UNTOUCHED));
    }
}

#[test]
fn a_currency_converts_to_itself_for_every_amount() {
    let rates = rates(
        Quotation::HomePerForeign,
        Quote {
            mantissa: 1,
            scale: 6,
            nominal: 1,
        },
        Quote {
            mantissa: 1,
            scale: 6,
            nominal: 1,
        },
    );
    let identity = rates.converter(Currency::USD, Currency::USD).unwrap();
    let column = [
        0,
        1,
        -1,
        i64::MAX,
        i64::MIN,
        i64::MIN + 1,
        1 << 50,
        -(1 << 49),
    ]
    .repeat(9);
    becomes(&identity, &column, &column, (0, 0));
}
