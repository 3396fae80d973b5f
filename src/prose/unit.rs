//! Units of money that words and signs name, and the currency of each.
//!
//! | unit | its currencies | without a country |
//! |---|---|---|
//! | `DOLLAR` | those of eleven countries | that of the United States |
//! | `DOLLAR_SINGULAR` | the same | the same, after a magnitude or one: "10 dollar billionaires" are no dollars |
//! | `POUND` | the pound sterling, the Egyptian pound | the pound sterling, from a million on: thousands of pounds may be a weight |
//! | `KRONA`, `FRANC`, `MANAT` and others of `named` | those of several countries, or one | none: "5 kronor" is left alone |
//! | `TENGE`, `RUBLE` and others of `one_of` | one, or several with one that readers expect | the first of the family |
//! | `TIYN`, `CENT`, `KOPEK` and others of `minor` | those with such a part | the first of the family; beside a whole unit, its currency |
//! | `JIAO`, `FEN` | the yuan | none alone, and the yuan after a whole unit: alone they are corners and minutes |
//!
//! A country before the word settles the currency if that is in the family, and leaves the text without an amount if it is not. A country after the
//! word counts if its currency is in the family.

use super::choice::Settled;
use crate::money::Currency;

/// A unit whose currency may depend on a qualifier: dollars are those of the United States, unless the text names another country.
///
/// Units are constants, and are compared by their contents: two signs of one unit are the same mark in `$5–$7`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// The currencies with this name.
    family: &'static [Currency],
    bare: Bare,
    /// The decimals of a minor unit: 2 for a hundredth. 0 for a whole unit.
    minor: u8,
}

/// The currency of a unit without a qualifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bare {
    /// The first of the family.
    First,
    /// The first of the family if a magnitude stands before the word, because it is also another word: pounds of weight.
    FirstAfterMagnitude,
    /// The first of the family after a magnitude or one, because the singular also begins other terms: "10 dollar billionaires".
    FirstAfterMagnitudeOrOne,
    /// None: as many countries have a franc.
    Unknown,
}

const fn one_of(family: &'static [Currency]) -> Unit {
    Unit {
        family,
        bare: Bare::First,
        minor: 0,
    }
}

const fn named(family: &'static [Currency]) -> Unit {
    Unit {
        family,
        bare: Bare::Unknown,
        minor: 0,
    }
}

const fn weak(family: &'static [Currency]) -> Unit {
    Unit {
        family,
        bare: Bare::FirstAfterMagnitude,
        minor: 0,
    }
}

const fn singular(family: &'static [Currency]) -> Unit {
    Unit {
        family,
        bare: Bare::FirstAfterMagnitudeOrOne,
        minor: 0,
    }
}

const fn minor(family: &'static [Currency], places: u8) -> Unit {
    Unit {
        family,
        bare: Bare::First,
        minor: places,
    }
}

const EGP: Currency = Currency::constant("EGP");
const ISK: Currency = Currency::constant("ISK");
const NZD: Currency = Currency::constant("NZD");
const PKR: Currency = Currency::constant("PKR");
const QAR: Currency = Currency::constant("QAR");
const RON: Currency = Currency::constant("RON");
const RSD: Currency = Currency::constant("RSD");
const TWD: Currency = Currency::constant("TWD");
const IQD: Currency = Currency::constant("IQD");
const BHD: Currency = Currency::constant("BHD");
const IDR: Currency = Currency::constant("IDR");
const ARS: Currency = Currency::constant("ARS");
const CLP: Currency = Currency::constant("CLP");

const DOLLARS: &[Currency] = &[
    Currency::USD,
    Currency::AUD,
    Currency::CAD,
    Currency::HKD,
    Currency::SGD,
    NZD,
    TWD,
    Currency::constant("NAD"),
    Currency::constant("JMD"),
    Currency::constant("FJD"),
    Currency::constant("LRD"),
];

macro_rules! units {
    ($($name:ident = $unit:expr;)*) => {
        impl Unit {
            $(pub(super) const $name: &'static Self = &$unit;)*
        }
    };
}

units! {
    TENGE = one_of(&[Currency::KZT]);
    DOLLAR = one_of(DOLLARS);
    DOLLAR_SINGULAR = singular(DOLLARS);
    EURO = one_of(&[Currency::EUR]);
    RUBLE = one_of(&[Currency::RUB, Currency::BYN]);
    YUAN = one_of(&[Currency::CNY]);
    YEN = one_of(&[Currency::JPY]);
    POUND = weak(&[Currency::GBP, EGP]);
    SOM = one_of(&[Currency::KGS, Currency::UZS]);
    // In Uzbek the word is also a spelling of the country's own unit.
    SOM_OF = named(&[Currency::KGS, Currency::UZS]);
    SUM = one_of(&[Currency::UZS]);
    LIRA = one_of(&[Currency::TRY]);
    LARI = one_of(&[Currency::GEL]);
    HRYVNIA = one_of(&[Currency::UAH]);
    ZLOTY = one_of(&[Currency::PLN]);
    SOMONI = one_of(&[Currency::TJS]);
    SHEKEL = one_of(&[Currency::constant("ILS")]);
    BAHT = one_of(&[Currency::THB]);
    DONG = one_of(&[Currency::constant("VND")]);
    RINGGIT = one_of(&[Currency::MYR]);
    TUGRIK = one_of(&[Currency::constant("MNT")]);
    FORINT = one_of(&[Currency::HUF]);
    RAND = one_of(&[Currency::ZAR]);
    DIRHAM = one_of(&[Currency::AED]);
    WON = named(&[Currency::KRW]);
    DRAM = named(&[Currency::AMD]);
    FRANC = named(&[Currency::CHF]);
    KRONA = named(&[Currency::SEK, Currency::NOK, Currency::DKK, Currency::CZK, ISK]);
    RUPEE = named(&[Currency::INR, PKR, IDR]);
    MANAT = named(&[Currency::AZN, Currency::TMT]);
    LEU = named(&[Currency::MDL, RON]);
    DINAR = named(&[Currency::KWD, RSD, IQD, BHD]);
    RIAL = named(&[Currency::SAR, Currency::IRR, QAR]);
    REAL = named(&[Currency::BRL]);
    PESO = named(&[Currency::MXN, ARS, CLP]);
    // The sign outside Chinese.
    YUAN_OR_YEN = named(&[Currency::CNY, Currency::JPY]);
    KRONA_SWEDISH = one_of(&[Currency::SEK]);
    KRONA_NORWEGIAN = one_of(&[Currency::NOK]);
    KRONA_DANISH = one_of(&[Currency::DKK]);
    KRONA_CZECH = one_of(&[Currency::CZK]);
    FRANC_SWISS = one_of(&[Currency::CHF]);
    WON_KOREAN = one_of(&[Currency::KRW]);
    POUND_BRITISH = one_of(&[Currency::GBP]);
    RUBLE_BELARUSIAN = one_of(&[Currency::BYN]);
    DOLLAR_AUSTRALIAN = one_of(&[Currency::AUD]);
    DOLLAR_CANADIAN = one_of(&[Currency::CAD]);
    DOLLAR_HONG_KONG = one_of(&[Currency::HKD]);
    DOLLAR_SINGAPORE = one_of(&[Currency::SGD]);
    DOLLAR_NEW_ZEALAND = one_of(&[NZD]);
    DOLLAR_TAIWAN = one_of(&[TWD]);
    RUPEE_INDIAN = one_of(&[Currency::INR]);
    REAL_BRAZILIAN = one_of(&[Currency::BRL]);
    MANAT_AZERBAIJANI = one_of(&[Currency::AZN]);
    KGS = one_of(&[Currency::KGS]);
    TMT = one_of(&[Currency::TMT]);
    MDL = one_of(&[Currency::MDL]);
    SAR = one_of(&[Currency::SAR]);
    IDR = one_of(&[IDR]);
    AMD = one_of(&[Currency::AMD]);
    TIYN = minor(&[Currency::KZT, Currency::KGS], 2);
    TYIYN = minor(&[Currency::KGS, Currency::KZT], 2);
    TIYIN = minor(&[Currency::UZS, Currency::KGS, Currency::KZT], 2);
    CENT = minor(&[
        Currency::USD, Currency::EUR, Currency::AUD, Currency::CAD, Currency::HKD, Currency::SGD, NZD,
    ], 2);
    CENT_EURO = minor(&[Currency::EUR], 2);
    KOPEK = minor(&[Currency::RUB, Currency::BYN, Currency::UAH], 2);
    PENNY = minor(&[Currency::GBP], 2);
    // Alone they are corners, points and minutes.
    JIAO = Unit { family: &[Currency::CNY], bare: Bare::Unknown, minor: 1 };
    FEN = Unit { family: &[Currency::CNY], bare: Bare::Unknown, minor: 2 };
}

impl Unit {
    /// The currency, or `None` if the text does not settle it.
    ///
    /// `home` is the currency of the country that the text names, `after_magnitude` is whether a magnitude stands before the word that is large
    /// enough for the unit, and `is_one` whether the number is one.
    pub(super) fn currency(
        &self,
        home: Option<Currency>,
        after_magnitude: bool,
        is_one: bool,
    ) -> Option<Currency> {
        let is_settled = match (home, self.bare) {
            (Some(home), _) => return self.family.contains(&home).then_some(home),
            (None, Bare::First) => true,
            (None, Bare::FirstAfterMagnitude) => after_magnitude,
            (None, Bare::FirstAfterMagnitudeOrOne) => after_magnitude || is_one,
            (None, Bare::Unknown) => false,
        };
        self.family.first().copied().filter(|_| is_settled)
    }

    /// Whether several countries have a unit of this name.
    pub(super) const fn is_shared(&self) -> bool {
        self.family.len() > 1
    }

    /// The currency of a unit that the text does not settle, by the choice of a caller. Returns `None` if the text names a country, or the unit has
    /// no such currency or place.
    pub(super) fn chosen(&self, home: Option<Currency>, settled: Settled) -> Option<Currency> {
        let found = match settled {
            Settled::As(currency) => self.family.iter().find(|known| **known == currency),
            Settled::Nth(place) => self.family.get(place),
        };
        found.copied().filter(|_| home.is_none())
    }

    /// The decimals of a minor unit, or 0 of a whole one.
    pub(super) const fn minor(&self) -> u8 {
        self.minor
    }

    /// Whether the word has another sense too, such as a weight.
    pub(super) fn is_weak(&self) -> bool {
        self.bare == Bare::FirstAfterMagnitude
    }

    /// Whether the word is money only after the whole unit: 角.
    pub(super) fn is_only_part(&self) -> bool {
        self.minor > 0 && self.bare == Bare::Unknown
    }

    /// Whether this is a part of a unit of `currency`.
    pub(super) fn is_part_of(&self, currency: Currency) -> bool {
        self.minor > 0 && self.family.contains(&currency)
    }
}
