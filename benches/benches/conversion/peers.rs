//! The same three conversions with other crates: one amount in, one out, rounded half-even to the minor unit of the target.
//!
//! No crate has a cross rate through a third currency, so a cross is written as its users would: a multiplication and a division of
//! decimals, or two conversions. It is rounded once, unless the crate's own conversion rounds.

use bigdecimal::{BigDecimal, RoundingMode};
use doubloon::iso_currencies as iso;
use paft_money::{ExchangeRate as PaftRate, IsoCurrency};
use rust_decimal::{Decimal, RoundingStrategy};
use rusty_money::{ExchangeRate, Round, iso as rusty};

pub(crate) const HALF_EVEN: RoundingStrategy = RoundingStrategy::MidpointNearestEven;

/// Dollars to tenge, tenge to dollars, dollars to euros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Direct,
    Inverse,
    Cross,
}

/// The two published rates in tenge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quotes {
    pub(crate) usd: Decimal,
    pub(crate) eur: Decimal,
}

pub(crate) fn rust_decimal(Quotes { usd, eur }: Quotes, way: Way) -> impl Fn(&Decimal) -> Decimal {
    move |amount| {
        let product = match way {
            Way::Direct => amount * usd,
            Way::Inverse => amount / usd,
            Way::Cross => amount * usd / eur,
        };
        product.round_dp_with_strategy(2, HALF_EVEN)
    }
}

type RustyMoney = rusty_money::Money<'static, rusty::Currency>;

pub(crate) fn rusty(amount: Decimal, way: Way) -> RustyMoney {
    let currency = if way == Way::Inverse {
        rusty::KZT
    } else {
        rusty::USD
    };
    RustyMoney::from_decimal(amount, currency)
}

pub(crate) fn rusty_money(quotes: Quotes, way: Way) -> impl Fn(&RustyMoney) -> RustyMoney {
    let rate = |from, to, rate| ExchangeRate::new(from, to, rate).expect("two currencies");
    let to_tenge = rate(rusty::USD, rusty::KZT, quotes.usd);
    let from_tenge = match way {
        Way::Cross => rate(rusty::KZT, rusty::EUR, Decimal::ONE / quotes.eur),
        Way::Direct | Way::Inverse => rate(rusty::KZT, rusty::USD, Decimal::ONE / quotes.usd),
    };
    move |amount| {
        let converted = match way {
            Way::Direct => to_tenge.convert(amount),
            Way::Inverse => from_tenge.convert(amount),
            Way::Cross => to_tenge
                .convert(amount)
                .and_then(|tenge| from_tenge.convert(&tenge)),
        };
        converted.expect("it fits").round(2, Round::HalfEven)
    }
}

/// Rates from the crate's table, looked up for each amount; a cross needs two.
pub(crate) fn rusty_money_table(quotes: Quotes) -> impl Fn(&RustyMoney) -> RustyMoney {
    let mut exchange = rusty_money::Exchange::new();
    exchange
        .set_rate(&ExchangeRate::new(rusty::USD, rusty::KZT, quotes.usd).expect("two currencies"));
    exchange
        .set_rate(&ExchangeRate::new(rusty::EUR, rusty::KZT, quotes.eur).expect("two currencies"));
    move |amount| {
        let converted = amount
            .exchange_to(rusty::KZT, &exchange)
            .expect("in the table");
        converted.round(2, Round::HalfEven)
    }
}

pub(crate) fn doubloon(Quotes { usd, eur }: Quotes, way: Way) -> impl Fn(&Decimal) -> Decimal {
    use doubloon::Money;
    move |amount| match way {
        Way::Direct => {
            let money = Money::new(*amount, iso::USD);
            Money::new(money.amount() * usd, iso::KZT)
                .round(HALF_EVEN)
                .amount()
        }
        Way::Inverse => {
            let money = Money::new(*amount, iso::KZT);
            Money::new(money.amount() / usd, iso::USD)
                .round(HALF_EVEN)
                .amount()
        }
        Way::Cross => {
            let money = Money::new(*amount, iso::USD);
            Money::new(money.amount() * usd / eur, iso::EUR)
                .round(HALF_EVEN)
                .amount()
        }
    }
}

pub(crate) type PaftMoney = paft_money::Money;

pub(crate) fn paft(amount: Decimal, way: Way) -> PaftMoney {
    let currency = if way == Way::Inverse {
        IsoCurrency::KZT
    } else {
        IsoCurrency::USD
    };
    PaftMoney::new(amount, paft_money::Currency::Iso(currency)).expect("a minor unit")
}

pub(crate) fn paft_money(quotes: Quotes, way: Way) -> impl Fn(&PaftMoney) -> PaftMoney {
    let rate = |from, to, rate| {
        PaftRate::new(
            paft_money::Currency::Iso(from),
            paft_money::Currency::Iso(to),
            rate,
        )
        .expect("positive")
    };
    let to_tenge = rate(IsoCurrency::USD, IsoCurrency::KZT, quotes.usd);
    let half_even = paft_decimal::RoundingStrategy::MidpointNearestEven;
    let to_dollars = to_tenge.try_inverse().expect("positive");
    let to_euros = rate(IsoCurrency::EUR, IsoCurrency::KZT, quotes.eur)
        .try_inverse()
        .expect("positive");
    move |amount| {
        let converted = match way {
            Way::Direct => amount.try_convert_with(&to_tenge, half_even),
            Way::Inverse => amount.try_convert_with(&to_dollars, half_even),
            Way::Cross => amount
                .try_convert_with(&to_tenge, half_even)
                .and_then(|tenge| tenge.try_convert_with(&to_euros, half_even)),
        };
        converted.expect("it fits")
    }
}

pub(crate) fn big(amount: i128, scale: u32) -> BigDecimal {
    BigDecimal::new(amount.into(), scale.into())
}

pub(crate) fn big_decimal(quotes: Quotes, way: Way) -> impl Fn(&BigDecimal) -> BigDecimal {
    let [usd, eur] = [quotes.usd, quotes.eur].map(|rate| big(rate.mantissa(), rate.scale()));
    move |amount| {
        let product = match way {
            Way::Direct => amount * &usd,
            Way::Inverse => amount / &usd,
            Way::Cross => amount * &usd / &eur,
        };
        product.with_scale_round(2, RoundingMode::HalfEven)
    }
}

/// Minor units and rates as doubles, which is inexact.
pub(crate) fn f64(quotes: [f64; 2], way: Way) -> impl Fn(&i64) -> i64 {
    let [usd, eur] = quotes;
    move |amount| {
        let product = match way {
            Way::Direct => *amount as f64 * usd,
            Way::Inverse => *amount as f64 / usd,
            Way::Cross => *amount as f64 * usd / eur,
        };
        product.round_ties_even() as i64
    }
}
