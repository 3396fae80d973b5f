use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Currency;
use crate::provenance::SourceId;

/// The header of a publication: the facts that all its rows share.
///
/// ```
/// use masthead::SourceId;
/// use masthead::money::{Currency, Method, Publication, Quotation};
///
/// let day = "2026-04-02".parse()?;
/// let publication =
///     Publication::new(SourceId::NATIONAL_BANK_KZ, Currency::KZT, Quotation::HomePerForeign, day, chrono_tz::Asia::Almaty);
/// assert_eq!(publication.method, Method::Published);
///
/// let text = concat!(
///     r#"{"home":"KZT","quotation":"home_per_foreign","day":"2026-04-02","zone":"Asia/Almaty","#,
///     r#""source":"national_bank_kz","method":"published"}"#,
/// );
/// assert_eq!(serde_json::to_string(&publication)?, text);
/// assert_eq!(serde_json::from_str::<Publication>(text)?, publication);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Publication {
    /// The bank's own currency.
    pub home: Currency,
    /// The direction of the values: home units for foreign ones, or the reverse.
    pub quotation: Quotation,
    /// The day on which the rates are official, in the years 1900 to 2200.
    pub day: NaiveDate,
    /// The time zone in which the bank counts its days.
    pub zone: Tz,
    /// The source from which the publication was read.
    pub source: SourceId,
    /// Whether the values are the bank's own or computed from another party's.
    pub method: Method,
}

impl Publication {
    /// Creates the header of a publication that a bank has published itself: `home` is the bank's currency, `zone` the time zone in
    /// which it counts its days.
    #[must_use]
    pub const fn new(
        source: SourceId,
        home: Currency,
        quotation: Quotation,
        day: NaiveDate,
        zone: Tz,
    ) -> Self {
        Self {
            home,
            quotation,
            day,
            zone,
            source,
            method: Method::Published,
        }
    }

    /// Sets the origin of the values. Default: [`Method::Published`].
    ///
    /// ```
    /// # use masthead::SourceId;
    /// # use masthead::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
    /// // One dollar, from the quotient of two rates of another service.
    /// let day = "2026-04-02".parse()?;
    /// let publication = Publication::new(SourceId::FRANKFURTER, Currency::KZT, Quotation::HomePerForeign, day, chrono_tz::Asia::Almaty)
    ///     .with_method(Method::Computed);
    /// let rates = Rates::new(publication, [Row::new(Currency::USD, parse_decimal("475.09")?, 1)])?;
    /// assert_eq!(rates.publication().method, Method::Computed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }
}

/// The direction in which a bank quotes. There are two, so a match needs no other arm. Conversion works the same with both;
/// [`Rates::rate`](super::Rates::rate) finds a pair only in the bank's direction.
///
/// ```
/// use masthead::SourceId;
/// use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
///
/// // The European Central Bank prints dollars for a euro, here 1.25.
/// let day = "2026-04-02".parse()?;
/// let publication = Publication::new(SourceId::ECB, Currency::EUR, Quotation::ForeignPerHome, day, chrono_tz::Europe::Berlin);
/// let dollar = Row::new(Currency::USD, parse_decimal("1.25")?, 1);
/// let rates = Rates::new(publication, [dollar])?;
/// assert!(rates.rate("EUR/USD".parse()?).is_some());
/// assert!(rates.rate("USD/EUR".parse()?).is_none());
/// assert_eq!(rates.convert("100 USD".parse()?, Currency::EUR)?.to_string(), "80.00 EUR");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quotation {
    /// Home units for `nominal` foreign units, as the National Bank of Kazakhstan prints: tenge for a dollar.
    HomePerForeign,
    /// Foreign units for `nominal` home units, as the European Central Bank prints: dollars for a euro.
    ForeignPerHome,
}

/// The origin of the values.
///
/// A list that another party has computed has fewer currencies than the bank's own, and never replaces it:
///
/// ```
/// use masthead::money::{Currency, Method, Publication, Quotation};
/// use masthead::SourceId;
///
/// let publication = Publication::new(SourceId::FRANKFURTER, Currency::KZT, Quotation::HomePerForeign, "2026-04-02".parse()?, chrono_tz::Asia::Almaty);
/// assert_eq!(publication.method, Method::Published);
/// assert_eq!(publication.with_method(Method::Computed).method, Method::Computed);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// Read from the bank's own document, digit for digit.
    Published,
    /// Computed from another party's figures, as by [`Frankfurter`](crate::source::Frankfurter): the nominal is 1, and there is
    /// no change.
    Computed,
}
