use std::fmt;
use std::ops::Range;

use rust_decimal::Decimal;

use crate::money::{Currency, Money};

/// An amount of money in a text: its place, its currency and its value as stated.
///
/// `Display` writes the value and the currency, with a sign or a word for the kind.
///
/// ```
/// use masthead::prose::Reader;
/// use masthead::strip::Lang;
///
/// let reader = Reader::new(Lang::Ru);
/// let texts: Vec<String> = reader
///     .amounts("около 240 млрд тенге, не более 1,2 млн рублей, 497–498 тенге")
///     .map(|amount| amount.to_string())
///     .collect();
/// assert_eq!(texts, ["≈240000000000 KZT", "≤1200000 RUB", "497–498 KZT"]);
/// ```
///
/// The parts of a range:
///
/// ```
/// use masthead::money::Currency;
/// use masthead::prose::{Kind, Reader};
/// use masthead::strip::Lang;
///
/// let amount = Reader::new(Lang::En).amount("from 5 to 7.25 mln tenge")?;
/// assert_eq!((amount.kind(), amount.currency()), (Kind::Range, Currency::KZT));
/// assert_eq!((amount.low(), amount.high()), (5_000_000.into(), 7_250_000.into()));
/// assert_eq!(amount.significant_digits(), 3, "those of 7.25");
/// # Ok::<(), masthead::prose::ReadAmountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) currency: Currency,
    pub(super) kind: Kind,
    pub(super) low: Decimal,
    pub(super) high: Decimal,
    pub(super) significant_digits: u32,
}

impl Amount {
    /// The place in the text, in bytes: from the first word that belongs to the amount, such as "about", to the last. It begins and ends on the
    /// boundary of a character.
    ///
    /// ```
    /// use masthead::prose::Reader;
    /// use masthead::strip::Lang;
    ///
    /// let text = "Пәтер 32 миллион теңгеден бастап сатылады.";
    /// let span = Reader::new(Lang::Kk).amounts(text).next().map(|amount| amount.span());
    /// assert_eq!(span.and_then(|span| text.get(span)), Some("32 миллион теңгеден бастап"));
    /// ```
    #[must_use]
    pub const fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// How the text limits the value.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The value in units of the currency, not rounded; of a range the lower end. It is never negative, and has the decimals that the text prints:
    /// `25.10` of "25.10 dollars", 0.50 of "50 cents".
    #[must_use]
    pub const fn low(&self) -> Decimal {
        self.low
    }

    /// The same as [`low`](Self::low); of a range the upper end.
    #[must_use]
    pub const fn high(&self) -> Decimal {
        self.high
    }

    /// Returns the value if the text states a single one: `None` of an approximate figure, a bound or a range.
    ///
    /// ```
    /// use masthead::prose::Reader;
    /// use masthead::strip::Lang;
    ///
    /// let reader = Reader::new(Lang::En);
    /// assert_eq!(reader.amount("$1,200.50")?.exact(), Some("1200.50 USD".parse().unwrap()));
    /// assert_eq!(reader.amount("up to $1,200")?.exact(), None);
    /// # Ok::<(), masthead::prose::ReadAmountError>(())
    /// ```
    #[must_use]
    pub fn exact(&self) -> Option<Money> {
        (self.kind == Kind::Exact).then(|| Money::new(self.low, self.currency))
    }

    /// The number of significant digits that the text states, 1 to 18; of a range those of the end that has more. [`Annotator`](super::Annotator)
    /// gives a converted value as many.
    ///
    /// Zeros at the end of a whole number do not count: `22,8 трлн` has three, `25.10` four, `1 250 000` three, `500` one.
    #[must_use]
    pub const fn significant_digits(&self) -> u32 {
        self.significant_digits
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = match self.kind {
            Kind::Exact | Kind::Range => "",
            Kind::About => "≈",
            Kind::LowerBound => "≥",
            Kind::UpperBound => "≤",
        };
        write!(f, "{before}{}", self.low)?;
        if self.kind == Kind::Range {
            write!(f, "–{}", self.high)?;
        }
        write!(f, " {}", self.currency)
    }
}

/// How a text limits an amount. `Display` writes the names of the table.
///
/// | kind | name | words such as |
/// |---|---|---|
/// | [`Exact`](Self::Exact) | `exact` | none |
/// | [`About`](Self::About) | `about` | about, nearly, около, шамамен, 约 |
/// | [`LowerBound`](Self::LowerBound) | `lower_bound` | more than, at least, более, астам, 超过 |
/// | [`UpperBound`](Self::UpperBound) | `upper_bound` | up to, less than, до, дейін, 不超过 |
/// | [`Range`](Self::Range) | `range` | from 5 to 7, 5–7, от 5 до 7 |
///
/// ```
/// use masthead::prose::{Kind, Reader};
/// use masthead::strip::Lang;
///
/// let kind = |lang, text: &str| Reader::new(lang).amount(text).map(|amount| amount.kind());
/// assert_eq!(kind(Lang::Kk, "7 млн теңгеден астам")?, Kind::LowerBound);
/// assert_eq!(kind(Lang::Ru, "не более 7 млн тенге")?, Kind::UpperBound);
/// assert_eq!(kind(Lang::En, "about KZT 7 mln")?.to_string(), "about");
/// # Ok::<(), masthead::prose::ReadAmountError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A figure without such a word.
    Exact,
    /// A figure that is near the value.
    About,
    /// A figure that the value reaches or exceeds.
    LowerBound,
    /// A figure that the value does not exceed.
    UpperBound,
    /// Two ends.
    Range,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Exact => "exact",
            Self::About => "about",
            Self::LowerBound => "lower_bound",
            Self::UpperBound => "upper_bound",
            Self::Range => "range",
        })
    }
}
