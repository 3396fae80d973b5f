use std::fmt;
use std::str::FromStr;

use super::Currency;
use crate::text::ParseError;
use crate::text::serde_as_text;

/// Two different currencies: the price of one unit of the base currency, in units of the quote currency.
///
/// A pair names a rate: [`Rates::rate`](super::Rates::rate) looks it up, and a strip lists the pairs to show. `USD/KZT`
/// is the price of a dollar in tenge. The direction matters: `KZT/USD` is another pair, its
/// [`inverse`](Self::inverse).
///
/// `Display` and JSON use `USD/KZT`. Parsing takes each of the two codes in upper or in lower case.
///
/// ```
/// use masthead::money::{Currency, Pair};
///
/// let pair: Pair = "eur/kzt".parse()?;
/// assert_eq!(pair, Pair::EUR_KZT);
/// assert_eq!((pair.base(), pair.quote()), (Currency::EUR, Currency::KZT));
/// assert_eq!(pair.to_string(), "EUR/KZT");
/// assert_eq!(pair.inverse().to_string(), "KZT/EUR");
/// assert_eq!(serde_json::to_string(&pair).unwrap(), r#""EUR/KZT""#);
///
/// const WON: Pair = Pair::constant(Currency::KRW, Currency::KZT);
/// assert_eq!(Pair::new(Currency::KRW, Currency::KZT), Some(WON));
/// # Ok::<(), masthead::ParseError>(())
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

    /// Creates a pair. Returns `None` if both currencies are the same.
    ///
    /// ```
    /// use masthead::money::{Currency, Pair};
    ///
    /// assert_eq!(Pair::new(Currency::USD, Currency::KZT), Some(Pair::USD_KZT));
    /// assert_eq!(Pair::new(Currency::KZT, Currency::KZT), None);
    /// ```
    #[must_use]
    pub fn new(base: Currency, quote: Currency) -> Option<Self> {
        (base != quote).then_some(Self { base, quote })
    }

    /// Creates a pair of two constants. For currencies known only at run time use [`Pair::new`].
    ///
    /// # Panics
    ///
    /// Panics if both currencies are the same; in a `const` that is a compile error.
    #[must_use]
    pub const fn constant(base: Currency, quote: Currency) -> Self {
        assert!(base.place() != quote.place(), "a pair is two currencies");
        Self { base, quote }
    }

    /// The currency whose price the pair is: the dollar of `USD/KZT`.
    #[must_use]
    pub const fn base(self) -> Currency {
        self.base
    }

    /// The currency of the price: the tenge of `USD/KZT`.
    #[must_use]
    pub const fn quote(self) -> Currency {
        self.quote
    }

    /// The pair with base and quote exchanged.
    #[must_use]
    pub const fn inverse(self) -> Self {
        Self {
            base: self.quote,
            quote: self.base,
        }
    }
}

impl FromStr for Pair {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |reason: &dyn fmt::Display| ParseError::invalid("pair", text, reason);
        let (base, quote) = text
            .split_once('/')
            .ok_or_else(|| invalid(&"expected two currencies with a slash, such as usd/kzt"))?;
        let currency = |code: &str| code.parse::<Currency>().map_err(|cause| invalid(&cause));
        Self::new(currency(base)?, currency(quote)?)
            .ok_or_else(|| invalid(&"the two currencies are the same"))
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.quote)
    }
}

serde_as_text!(Pair);
