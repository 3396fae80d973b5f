//! Tests of conversion and allocation against fractions of big integers.

use masthead::SourceId;
use masthead::money::{ConvertError, Currency, Money, Publication, Quotation, Rates, Row};
use num_bigint::BigInt;
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::support::day;

const STRATEGIES: [RoundingStrategy; 7] = [
    RoundingStrategy::MidpointNearestEven,
    RoundingStrategy::MidpointAwayFromZero,
    RoundingStrategy::MidpointTowardZero,
    RoundingStrategy::ToZero,
    RoundingStrategy::AwayFromZero,
    RoundingStrategy::ToNegativeInfinity,
    RoundingStrategy::ToPositiveInfinity,
];

/// The floor of `numerator / denominator` and the remainder. The denominator must be positive.
fn floor(numerator: &BigInt, denominator: &BigInt) -> (BigInt, BigInt) {
    let rest = ((numerator % denominator) + denominator) % denominator;
    ((numerator - &rest) / denominator, rest)
}

/// The quotient rounded by the definition of each strategy, by another method than the crate's.
pub(crate) fn rounded(
    numerator: &BigInt,
    denominator: &BigInt,
    strategy: RoundingStrategy,
) -> BigInt {
    let (below, rest) = floor(numerator, denominator);
    if rest == BigInt::ZERO {
        return below;
    }
    let above: BigInt = &below + 1;
    let negative = *numerator < BigInt::ZERO;
    let (inner, outer) = if negative {
        (&above, &below)
    } else {
        (&below, &above)
    };
    let twice: BigInt = &rest * 2;
    let nearest = |tie: &BigInt| match twice.cmp(denominator) {
        std::cmp::Ordering::Less => below.clone(),
        std::cmp::Ordering::Greater => above.clone(),
        std::cmp::Ordering::Equal => tie.clone(),
    };
    match strategy {
        RoundingStrategy::MidpointNearestEven => nearest(if &below % 2 == BigInt::ZERO {
            &below
        } else {
            &above
        }),
        RoundingStrategy::MidpointAwayFromZero => nearest(outer),
        RoundingStrategy::MidpointTowardZero => nearest(inner),
        RoundingStrategy::ToZero => inner.clone(),
        RoundingStrategy::AwayFromZero => outer.clone(),
        RoundingStrategy::ToNegativeInfinity => below,
        RoundingStrategy::ToPositiveInfinity => above,
        _ => unreachable!("not in the list"),
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    pub(super) mantissa: i64,
    pub(super) scale: u32,
    pub(super) nominal: u32,
}

impl Quote {
    fn row(self, currency: Currency) -> Row {
        Row::new(
            currency,
            Decimal::new(self.mantissa, self.scale),
            self.nominal,
        )
    }

    /// Home units for one unit, as numerator and denominator.
    fn fraction(self, quotation: Quotation) -> (BigInt, BigInt) {
        let units = BigInt::from(self.nominal) * BigInt::from(10).pow(self.scale);
        let value = BigInt::from(self.mantissa);
        match quotation {
            Quotation::HomePerForeign => (value, units),
            Quotation::ForeignPerHome => (units, value),
        }
    }
}

pub(super) fn quote() -> impl Strategy<Value = Quote> {
    let nominal = (0_u32..=6).prop_map(|zeros| 10_u32.pow(zeros));
    let digits = prop_oneof![
        (1_i64..1_000_000, 6_u32..=9),
        (1..=1_000_000_000_000_000_i64, 6_u32..=9),
        // As banks print them.
        (1_i64..1_000_000, 0_u32..=4),
    ];
    (digits, nominal).prop_map(|((mantissa, scale), nominal)| Quote {
        mantissa,
        scale,
        nominal,
    })
}

fn amount() -> impl Strategy<Value = i128> {
    let edge = prop_oneof![
        Just(0_i128),
        Just(1),
        Just(i64::MAX.into()),
        Just(i64::MIN.into()),
        Just(i128::MAX),
        Just(i128::MIN)
    ];
    prop_oneof![
        -1000_i128..1000,
        any::<i64>().prop_map(i128::from),
        any::<i128>(),
        (-(1_i128 << 95)..(1_i128 << 95)),
        edge
    ]
}

pub(super) fn rates(quotation: Quotation, dollar: Quote, dinar: Quote) -> Rates {
    let publication = Publication::new(
        SourceId::SAMPLE,
        Currency::KZT,
        quotation,
        day("2027-03-04"),
        chrono_tz::Asia::Almaty,
    );
    Rates::new(
        publication,
        [dollar.row(Currency::USD), dinar.row(Currency::KWD)],
    )
    .unwrap()
}

/// The exact fraction from one currency to another, both in major units.
pub(super) fn exact(
    from: Currency,
    to: Currency,
    quotation: Quotation,
    dollar: Quote,
    dinar: Quote,
) -> (BigInt, BigInt) {
    let price = |currency| match currency {
        Currency::USD => dollar.fraction(quotation),
        Currency::KWD => dinar.fraction(quotation),
        _ => (1.into(), 1.into()),
    };
    let ((a, b), (c, d)) = (price(from), price(to));
    (a * d, b * c)
}

/// Runs a random test for as many amounts as `PROPTEST_CASES` says. Default: 65,536.
pub(crate) fn for_amounts<S: Strategy>(
    amounts_in_a_case: u32,
    input: S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = ProptestConfig::default();
    let amounts = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => config.cases,
        None => 1 << 16,
    };
    // The macro cannot be used: it takes the number of cases from the variable.
    let config = ProptestConfig {
        cases: amounts.div_ceil(amounts_in_a_case),
        failure_persistence: None,
        ..config
    };
    match TestRunner::new(config).run(&input, test) {
        Ok(()) => {}
        Err(TestError::Fail(reason, input)) => panic!("{reason}\nfor {input:?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// As many cases as `PROPTEST_CASES` says. Default: four thousand.
fn cases() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(4_000),
    }
}

pub(super) const CURRENCIES: [Currency; 3] = [Currency::KZT, Currency::USD, Currency::KWD];

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_method_of_conversion_returns_the_rounded_quotient(
        dollar in quote(), dinar in quote(), units in amount(), scale in prop_oneof![0_u32..=28, 0_u32..=4],
        from in prop::sample::select(&CURRENCIES[..]), to in prop::sample::select(&CURRENCIES[..]),
        quotation in prop::sample::select(&[Quotation::HomePerForeign, Quotation::ForeignPerHome][..]),
        strategy in prop::sample::select(&STRATEGIES[..]),
    ) {
        let rates = rates(quotation, dollar, dinar);
        let converter = rates.converter(from, to).unwrap();
        let (numerator, denominator) = exact(from, to, quotation, dollar, dinar);
        let ten = BigInt::from(10);

        let exact_units = BigInt::from(units) * &numerator * ten.pow(to.minor_units());
        let expected = rounded(&exact_units, &(&denominator * ten.pow(from.minor_units())), STRATEGIES[0]);
        prop_assert_eq!(converter.convert_units_i128(units).ok().map(BigInt::from), fits_i128(&expected));
        if let Ok(units) = i64::try_from(units) {
            let expected = i64::try_from(&expected).ok();
            prop_assert_eq!(converter.convert_units(units).ok(), expected);
        }

        let Ok(decimal) = Decimal::try_from_i128_with_scale(units, scale) else { return Ok(()) };
        let places = to.minor_units();
        let exact_amount = BigInt::from(units) * &numerator * ten.pow(places);
        let denominator = denominator * ten.pow(scale);
        let amount = Money::new(decimal, from);
        for strategy in [STRATEGIES[0], strategy] {
            let expected = money(rounded(&exact_amount, &denominator, strategy), to);
            prop_assert_eq!(digits(converter.convert_with(amount, strategy)), expected);
            prop_assert_eq!(digits(rates.convert_with(amount, to, strategy)), expected);
            if strategy == STRATEGIES[0] {
                prop_assert_eq!(digits(converter.convert(amount)), expected);
                prop_assert_eq!(digits(rates.convert(amount, to)), expected);
            }
        }

        // In cash the step of the tenge is a whole tenge.
        let step: u32 = if to == Currency::KZT { 100 } else { 1 };
        let expected = money(rounded(&exact_amount, &(denominator * step), strategy) * step, to);
        prop_assert_eq!(digits(converter.in_cash().convert_with(amount, strategy)), expected);
    }

    #[test]
    fn allocated_parts_add_up_and_are_fair(
        units in -(1_i128 << 60)..(1_i128 << 60), scale in 0_u32..=6, ratios in prop::collection::vec(0_u32..1000, 1..8),
    ) {
        let amount = Money::new(Decimal::from_i128_with_scale(units, scale), Currency::KZT);
        let total: u32 = ratios.iter().sum();
        let Ok(parts) = amount.allocate(&ratios) else { prop_assert_eq!(total, 0); return Ok(()) };
        prop_assert_eq!(Money::sum(Currency::KZT, parts.iter().copied()).unwrap().amount(), amount.amount());
        let unit = Decimal::new(1, scale.max(2));
        for (part, ratio) in parts.iter().zip(&ratios) {
            let fair = amount.amount() * Decimal::from(*ratio) / Decimal::from(total);
            prop_assert!((part.amount() - fair).abs() < unit, "{} of {} is not {}", part, amount, fair);
            prop_assert!(*ratio > 0 || part.amount().is_zero());
        }
    }
}

/// Currency, digits, decimals and sign of a result.
type Digits = Option<(Currency, i128, u32, bool)>;

fn digits(result: Result<Money, ConvertError>) -> Digits {
    let result = result.ok()?;
    let amount = result.amount();
    let negative = amount.is_sign_negative();
    Some((
        result.currency(),
        amount.mantissa(),
        amount.scale(),
        negative,
    ))
}

/// The digits of a result in minor units. Returns `None` if it does not fit.
fn money(units: BigInt, currency: Currency) -> Digits {
    let (units, places) = (i128::try_from(units).ok()?, currency.minor_units());
    Decimal::try_from_i128_with_scale(units, places).ok()?;
    Some((currency, units, places, units < 0))
}

fn fits_i128(value: &BigInt) -> Option<BigInt> {
    i128::try_from(value).ok().map(BigInt::from)
}

#[test]
fn ties_and_the_ends_of_the_integer_types_convert() {
    // At 2.5 tenge for a dollar every odd cent is a tie.
    let at = |mantissa, scale| Quote {
        mantissa,
        scale,
        nominal: 1,
    };
    let rates = rates(Quotation::HomePerForeign, at(25, 1), at(1, 0));
    let converter = rates.converter(Currency::USD, Currency::KZT).unwrap();
    for (cents, tiyn) in [(1, 2), (3, 8), (5, 12), (-1, -2), (-3, -8), (0, 0), (2, 5)] {
        assert_eq!(converter.convert_units(cents), Ok(tiyn), "{cents}");
    }
    let most = i64::MAX / 5 * 2;
    assert_eq!(converter.convert_units(most), Ok(most / 2 * 5));
    assert!(converter.convert_units(most + 2).is_err());
    let least = i128::MIN / 5 * 2;
    assert_eq!(converter.convert_units_i128(least), Ok(least / 2 * 5));
    assert!(converter.convert_units_i128(i128::MIN).is_err());
    let identity = rates.converter(Currency::KZT, Currency::KZT).unwrap();
    assert_eq!(identity.convert_units_i128(i128::MIN), Ok(i128::MIN));
    assert_eq!(identity.convert_units_i128(i128::MAX), Ok(i128::MAX));
}

#[test]
fn sums_are_exact_or_an_error_and_two_currencies_are_an_error() {
    let money = |text: &str| text.parse::<Money>().unwrap();
    let error = money("1 USD").checked_sub(money("1 KZT")).unwrap_err();
    assert_eq!(error.to_string(), "cannot combine amounts in USD and KZT");
    assert!(money("1 USD").compare(money("1 KZT")).is_err());
    assert_eq!(
        money("1 USD").checked_sub(money("1.005 USD")).unwrap(),
        money("-0.005 USD")
    );
    let large = Money::new(Decimal::MAX, Currency::KZT);
    assert!(large.checked_add(money("1 KZT")).is_err());
    assert!(
        large.checked_add(money("0.01 KZT")).is_err(),
        "a tiyn would be lost"
    );
    assert!(money("1 KZT").allocate(&[]).is_err() && money("1 KZT").allocate(&[0, 0]).is_err());
    assert_eq!(
        money("0.05 KZT").allocate(&[3, 7]).unwrap(),
        [money("0.02 KZT"), money("0.03 KZT")]
    );
    assert_eq!(
        money("-0.05 KZT").allocate(&[1, 1]).unwrap(),
        [money("-0.03 KZT"), money("-0.02 KZT")]
    );
}
