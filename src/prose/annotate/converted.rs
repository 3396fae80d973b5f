use std::fmt;

use rust_decimal::Decimal;

use super::words::{Place, Words, mark};
use crate::money::{Converter, Currency, Money};
use crate::prose::{Amount, Kind};
use crate::strip::{Lang, NumberStyle};

/// The fewest significant digits of a converted amount.
const FEWEST_DIGITS: u32 = 3;
/// The most decimals before a magnitude: `15,648 млн`. A longer number is written out.
const MOST_DECIMALS: u32 = 3;

/// The value of an amount in another currency. `Display` writes it as a language does: `около 15 600 $`.
///
/// It has as many significant digits as the amount, at least three, and no part of a minor unit. Each end is rounded once, half-even.
///
/// | amount, at 447.32 tenge a dollar | value | rule |
/// |---|---|---|
/// | 7 млн тенге | около 15 600 $ | one digit in the amount, three in the value |
/// | 7,2513 млрд тенге | около 16,211 млн $ | five digits in both; at most three decimals before a magnitude |
/// | 879 947 069 тысяч тенге | около 1 967 153 420 $ | nine digits in both; no magnitude leaves it with three decimals |
/// | 100 тенге | около 0,22 $ | two decimals at most: no part of a cent |
/// | 2 тенге | | rounds to zero |
/// | 1250,50 тенге | 2,80 $ | exact to the minor unit in both, so "about" is left out |
/// | 497–498 тенге | около 1,11 $ | both ends round to one value |
///
/// `Reader` reads each text that `Display` writes as the same value in the same currency, in every language; a property test holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Converted {
    low: Decimal,
    high: Option<Decimal>,
    currency: Currency,
    /// Whether both ends are exact to the minor unit, whose decimals are then written in full.
    is_in_minor_units: bool,
    limit: Limit,
    lang: Lang,
}

/// The word before a converted amount. A bound stays a bound. Every other value is "about", unless amount and value are exact to their minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Unlimited,
    About,
    AtLeast,
    AtMost,
}

impl Converted {
    /// Returns `None` if one end rounds to zero, or is too large for a decimal.
    pub(super) fn new(amount: &Amount, converter: &Converter, lang: Lang) -> Option<Self> {
        let digits = amount.significant_digits().max(FEWEST_DIGITS);
        let of = |value| {
            let money = Money::new(value, amount.currency());
            let converted = converter.convert_significant(money, digits).ok()?.amount();
            (!converted.is_zero()).then_some(converted)
        };
        let low = of(amount.low())?;
        let high = match amount.kind() {
            Kind::Range => Some(of(amount.high())?).filter(|high| *high != low),
            _ => None,
        };
        let places = converter.to().minor_units();
        let is_in_minor_units = integer_digits(high.unwrap_or(low)) + places <= digits;
        let is_exact = amount.low().scale() >= amount.currency().minor_units() && is_in_minor_units;
        let limit = match amount.kind() {
            Kind::Exact if is_exact => Limit::Unlimited,
            Kind::LowerBound => Limit::AtLeast,
            Kind::UpperBound => Limit::AtMost,
            _ => Limit::About,
        };
        Some(Self {
            low: low.normalize(),
            high: high.map(|high| high.normalize()),
            currency: converter.to(),
            is_in_minor_units,
            limit,
            lang,
        })
    }

    /// The largest magnitude that leaves both ends short, as zeros and word.
    fn magnitude(&self) -> Option<(u32, &'static str)> {
        let ends = [Some(self.low), self.high];
        let mut magnitudes = Words::of(self.lang).magnitudes.iter().copied();
        magnitudes.find(|(zeros, _)| {
            ends.into_iter().flatten().all(|end| {
                integer_digits(end) > *zeros
                    && divided(end, *zeros).is_some_and(|end| end.scale() <= MOST_DECIMALS)
            })
        })
    }

    /// Writes an end in the magnitude of `10^zeros`, in the separators of the language.
    fn write_number(&self, value: Decimal, zeros: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = if zeros == 0 && self.is_in_minor_units {
            self.currency.minor_units()
        } else {
            0
        };
        let shown = divided(value, zeros).unwrap_or(value);
        let number = self.lang.number(shown, NumberStyle::Locale).places(places);
        match self.lang {
            // The reader takes a comma before three digits for two things, in Kazakh.
            Lang::KkArab => f.write_str(&number.to_string().replace(',', "\u{a0}")),
            _ => write!(f, "{number}"),
        }
    }
}

impl fmt::Display for Converted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Words::of(self.lang);
        f.write_str(match self.limit {
            Limit::Unlimited => "",
            Limit::About => words.about,
            Limit::AtLeast => words.at_least,
            Limit::AtMost => words.at_most,
        })?;
        let (mark, place) = mark(self.lang, self.currency);
        match place {
            Place::Before => f.write_str(mark)?,
            Place::BeforeWithSpace => write!(f, "{mark}\u{a0}")?,
            Place::After => {}
        }
        let magnitude = self.magnitude();
        let zeros = magnitude.map_or(0, |(zeros, _)| zeros);
        self.write_number(self.low, zeros, f)?;
        if let Some(high) = self.high {
            f.write_str("–")?;
            self.write_number(high, zeros, f)?;
        }
        if let Some((_, word)) = magnitude {
            write!(f, "{}{word}", words.magnitude_space)?;
        }
        if place == Place::After {
            write!(f, "{}{mark}", words.space)?;
        }
        Ok(())
    }
}

/// The number of digits before the decimal mark; 0 below one.
fn integer_digits(value: Decimal) -> u32 {
    let integer = value.trunc().mantissa().unsigned_abs();
    integer.checked_ilog10().map_or(0, |log| log + 1)
}

/// Divides by `10^zeros`, without zeros at the end.
fn divided(value: Decimal, zeros: u32) -> Option<Decimal> {
    let scale = value.scale() + zeros;
    let quotient = Decimal::try_from_i128_with_scale(value.mantissa(), scale).ok()?;
    Some(quotient.normalize())
}
