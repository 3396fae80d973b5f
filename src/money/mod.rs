//! Currencies, amounts, official rates, and exact conversion between them.
//!
//! | type | what it is |
//! |---|---|
//! | [`Currency`] | a currency of ISO 4217: code, numeric code, minor unit, cash step, first and last day |
//! | [`Pair`] | two different currencies, such as `USD/KZT` |
//! | [`Money`] | an exact amount of one currency |
//! | [`Rates`] | one publication of a central bank: a [`Publication`] as its header and a [`Row`] for each currency |
//! | [`Rate`] | one rate of a publication, with its day and its [`Trend`] |
//! | [`Converter`] | the conversion between two currencies at the rates of one day, prepared for many amounts |
//!
//! The module does no I/O and reads no clock, and no function takes or returns a float. A value that exists is valid:
//! each constructor checks its input. The text that `Display` writes for a [`Currency`], a [`Pair`] or a [`Money`] parses to
//! the same value. [`Currency`] and [`Pair`] have `const` constructors for literals.
//!
//! ```
//! use masthead::SourceId;
//! use masthead::money::{Currency, Method, Money, Pair, Publication, Quotation, Rates, Row, parse_decimal};
//!
//! // One publication of the National Bank of Kazakhstan: tenge for a dollar and for a hundred won.
//! let rates = Rates::new(
//!     Publication::new(
//!         SourceId::NATIONAL_BANK_KZ,
//!         Currency::KZT,
//!         Quotation::HomePerForeign,
//!         "2026-04-02".parse()?,
//!         chrono_tz::Asia::Almaty,
//!     ),
//!     [
//!         Row::new(Currency::USD, parse_decimal("475.09")?, 1),
//!         Row::new(Currency::KRW, parse_decimal("31.28")?, 100),
//!     ],
//! )?;
//!
//! let dollar = rates.rate(Pair::USD_KZT).ok_or("no dollar")?;
//! assert_eq!(dollar.to_string(), "475.09 KZT for 1 USD on 2026-04-02");
//!
//! let price: Money = "19.99 USD".parse()?;
//! assert_eq!(rates.convert(price, Currency::KZT)?.to_string(), "9497.05 KZT"); // 9497.0491
//! assert_eq!(rates.convert(price, Currency::KRW)?.to_string(), "30361 KRW"); // the won has no minor unit
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Units of earlier days
//!
//! A currency has a [first](Currency::first_day) and a [last day](Currency::last_day), a [successor](Currency::successor) and
//! an exact ratio to it. [`Money::restate`] converts an old amount into the unit of a later day, in one fraction:
//!
//! ```
//! use masthead::money::Money;
//!
//! let wage: Money = "850000 RUR".parse()?;
//! let restated = wage.restate("1997-12-31".parse()?, "1998-01-01".parse()?)?;
//! assert_eq!(restated.to_string(), "850.00 RUB");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rounding
//!
//! A conversion multiplies the amount by one exact fraction of integers and rounds the product once:
//!
//! - **One fraction.** A cross rate is the quotient of two rates, kept as a fraction. No intermediate amount in the home
//!   currency is rounded.
//! - **Minor unit.** The result has the decimals of the target currency: 2 for the tenge, 0 for the yen, 3 for the
//!   Kuwaiti dinar. Source: ISO 4217; see [`Currency::minor_units`].
//! - **Half-even.** A tie goes to the even digit. [`Rates::convert_with`] and [`Converter::convert_with`] take any
//!   other `rust_decimal::RoundingStrategy`.
//! - **Cash.** [`Converter::in_cash`] rounds to a multiple of the smallest amount payable in cash instead, also once:
//!   0.05 Swiss francs, a whole tenge. Source: CLDR 48.2, except for the tenge; see [`Currency::cash_step`].
//!
//! ```
//! use masthead::Snapshot;
//! use masthead::money::Currency;
//! use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
//!
//! let snapshot = Snapshot::sample();
//! let rates = snapshot.rates(Snapshot::SAMPLE_TIME).ok_or("no rates")?.value();
//! let to_tenge = rates.converter(Currency::USD, Currency::KZT)?; // at 447.32
//!
//! let amount = "0.125 USD".parse()?; // 55.915 tenge, a tie
//! assert_eq!(to_tenge.convert(amount)?.to_string(), "55.92 KZT");
//! let amount = "0.375 USD".parse()?; // 167.745 tenge, another tie
//! assert_eq!(to_tenge.convert(amount)?.to_string(), "167.74 KZT");
//! assert_eq!(to_tenge.convert_with(amount, MidpointAwayFromZero)?.to_string(), "167.75 KZT");
//! assert_eq!(to_tenge.in_cash().convert(amount)?.to_string(), "168.00 KZT");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod amount;
mod arithmetic;
mod cash;
mod convert;
mod currency;
pub(crate) mod decimal;
mod doubt;
mod invalid_rates;
mod iso4217;
mod lifetimes;
mod pair;
mod publication;
mod rate;
mod rates;
mod row;
mod table;
mod validity;

pub use amount::Money;
pub use arithmetic::MoneyError;
#[cfg(feature = "columns")]
pub use convert::BatchError;
#[cfg(feature = "columns")]
pub(crate) use convert::DayTable;
pub use convert::{ConvertError, Converter};
pub use currency::Currency;
pub use decimal::parse_decimal;
pub use invalid_rates::InvalidRates;
#[cfg(feature = "columns")]
pub(crate) use lifetimes::LAST_CHANGE;
pub use pair::Pair;
pub use publication::{Method, Publication, Quotation};
pub use rate::{Rate, Trend};
pub use rates::Rates;
pub use row::Row;
#[cfg(feature = "ticker")]
pub(crate) use validity::units_change_between;
