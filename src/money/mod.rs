//! Values: currencies, pairs, amounts, published rates, and exact conversion between them.
//!
//! Nothing here reads a clock or a network, and no float touches an amount. A value cannot be built wrong: each type
//! has a fallible constructor, most have a `const` one for literals, and `FromStr` and `Display` are exact inverses.
//!
//! ```
//! use masthead::money::{Currency, Pair};
//!
//! let pair: Pair = "usd/kzt".parse()?;
//! assert_eq!(pair, Pair::USD_KZT);
//! assert_eq!(pair.base(), Currency::USD);
//! assert_eq!(pair.to_string(), "USD/KZT");
//! # Ok::<(), masthead::money::ParsePairError>(())
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
mod pair;
mod publication;
mod rate;
mod rates;
mod row;

pub use amount::{Money, ParseMoneyError};
pub use arithmetic::MoneyError;
#[cfg(feature = "columns")]
pub use convert::BatchError;
pub use convert::{ConvertError, Converter};
pub use currency::{Currency, ParseCurrencyError};
pub use decimal::{ParseDecimalError, parse_decimal};
pub use invalid_rates::InvalidRates;
pub use pair::{Pair, ParsePairError};
pub use publication::{Method, Publication, Quotation};
pub use rate::{Rate, Trend};
pub use rates::Rates;
pub use row::Row;
