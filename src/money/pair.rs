use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::Currency;
use crate::text::serde_as_text;

/// A currency pair: how many units of the quote currency one unit of the base currency costs.
///
/// ```
/// use masthead::money::{Currency, Pair};
///
/// let pair: Pair = "EUR/KZT".parse()?;
/// assert_eq!(pair, Pair::EUR_KZT);
/// assert_eq!((pair.base(), pair.quote()), (Currency::EUR, Currency::KZT));
/// assert_eq!(
///     "eur-kzt".parse::<Pair>().unwrap_err().to_string(),
///     "invalid pair \"eur-kzt\": expected two currencies with a slash, such as usd/kzt",
/// );
/// assert!("kzt/kzt".parse::<Pair>().is_err());
/// # Ok::<(), masthead::money::ParsePairError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    base: Currency,
    quote: Currency,
}

impl Pair {
    /// Tenge for one US dollar.
    pub const USD_KZT: Self = Self::constant(Currency::USD, Currency::KZT);
    /// Tenge for one euro.
    pub const EUR_KZT: Self = Self::constant(Currency::EUR, Currency::KZT);
    /// Tenge for one Russian ruble.
    pub const RUB_KZT: Self = Self::constant(Currency::RUB, Currency::KZT);
    /// Tenge for one Chinese yuan.
    pub const CNY_KZT: Self = Self::constant(Currency::CNY, Currency::KZT);

    /// The pair, or nothing when both currencies are the same.
    #[must_use]
    pub fn new(base: Currency, quote: Currency) -> Option<Self> {
        (base != quote).then_some(Self { base, quote })
    }

    /// The pair, for two constants.
    ///
    /// # Panics
    ///
    /// When both currencies are the same; in a `const` that is a compile error. Otherwise use [`Pair::new`].
    #[must_use]
    pub const fn constant(base: Currency, quote: Currency) -> Self {
        assert!(
            base.numeric() != quote.numeric(),
            "a pair is two currencies"
        );
        Self { base, quote }
    }

    /// The currency that is priced.
    #[must_use]
    pub const fn base(self) -> Currency {
        self.base
    }

    /// The currency the price is in.
    #[must_use]
    pub const fn quote(self) -> Currency {
        self.quote
    }

    /// The pair the other way round.
    #[must_use]
    pub const fn inverse(self) -> Self {
        Self {
            base: self.quote,
            quote: self.base,
        }
    }
}

/// The text is not two different currencies with a slash between.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid pair {text:?}: {reason}")]
pub struct ParsePairError {
    text: String,
    reason: Cow<'static, str>,
}

impl FromStr for Pair {
    type Err = ParsePairError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |reason| ParsePairError {
            text: text.chars().take(32).collect(),
            reason,
        };
        let (base, quote) = text.split_once('/').ok_or_else(|| {
            error(Cow::Borrowed(
                "expected two currencies with a slash, such as usd/kzt",
            ))
        })?;
        let currency = |code: &str| {
            code.parse::<Currency>()
                .map_err(|cause| error(Cow::Owned(cause.to_string())))
        };
        Self::new(currency(base)?, currency(quote)?)
            .ok_or_else(|| error(Cow::Borrowed("the two currencies are the same")))
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.quote)
    }
}

serde_as_text!(Pair);
