use bytes::Bytes;
use chrono::NaiveDate;
use http::{Request, Response};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{DecodeError, DecodeErrorKind, NationalBankKz, Source, get, json, text};
use crate::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
use crate::provenance::{Attribution, SourceId};

/// Frankfurter v2, pinned to the National Bank of Kazakhstan: the second route to its rates, over another network.
///
/// One answer prices every currency in dollars. The dollar's own rate in it is the bank's; every other rate is the
/// dollar's divided by a quotient that Frankfurter rounds to four or five digits. So a rate is worked back only where
/// exactly one number of two decimals, which is what the bank prints, can have led to that quotient. Where none or
/// several can, the row is left out: a rate is right, or it is not there.
///
/// The readings are marked [`Method::Computed`]: nominal 1, no change.
///
/// ```
/// use bytes::Bytes;
/// use masthead::money::Pair;
/// use masthead::source::{Frankfurter, Source};
///
/// let day = "2026-04-02".parse()?;
/// assert_eq!(
///     Frankfurter::new().request(&day).uri(),
///     "https://api.frankfurter.dev/v2/rates?base=USD&providers=NBK&date=2026-04-02",
/// );
/// let body = br#"[{"date":"2026-04-02","base":"USD","quote":"EUR","rate":0.86214},
///                 {"date":"2026-04-02","base":"USD","quote":"KZT","rate":475.09}]"#;
/// let rates = Frankfurter::new().decode(&day, &http::Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.rate(Pair::EUR_KZT).unwrap().value().to_string(), "551.06");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Frankfurter {
    _private: (),
}

impl Frankfurter {
    /// The public instance, for the rates of the National Bank of Kazakhstan.
    #[must_use]
    pub const fn new() -> Self {
        Self { _private: () }
    }
}

#[derive(Deserialize)]
struct Quote<'a> {
    date: NaiveDate,
    base: &'a str,
    quote: &'a str,
    #[serde(borrow)]
    rate: &'a RawValue,
}

impl Source for Frankfurter {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::FRANKFURTER
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("National Bank of Kazakhstan via Frankfurter")
            .link("https://frankfurter.dev/")
    }

    fn request(&self, today: &NaiveDate) -> Request<()> {
        get(
            "api.frankfurter.dev",
            &format!("/v2/rates?base=USD&providers=NBK&date={today}"),
        )
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let id = self.id();
        let malformed = |what: String| DecodeError::malformed(&id, what);
        let quotes: Vec<Quote<'_>> = json::parse(&id, text(&id, response)?)?;
        let mut priced = Vec::with_capacity(quotes.len());
        for quote in &quotes {
            if quote.base != "USD" {
                return Err(malformed(format!(
                    "a rate of {:?} where USD was asked for",
                    quote.base
                )));
            }
            let Ok(currency) = quote.quote.parse::<Currency>() else {
                continue;
            };
            let rate = parse_decimal(quote.rate.get())
                .map_err(|cause| malformed(format!("{currency}: {cause}")))?;
            priced.push((currency, quote.date, rate));
        }
        let nothing = || {
            DecodeError::new(
                &id,
                DecodeErrorKind::NoData("no tenge among the rates".into()),
            )
        };
        let mut dollars = priced
            .iter()
            .filter(|(currency, ..)| *currency == Currency::KZT);
        let (_, day, dollar) = dollars.next().copied().ok_or_else(nothing)?;
        if dollars.next().is_some() {
            return Err(malformed("KZT stands twice".into()));
        }
        if day > *today {
            return Err(malformed(format!(
                "rates of {day} where {today} was asked for"
            )));
        }
        let row = |currency, value| Row {
            currency,
            value,
            nominal: 1,
            change: None,
        };
        let worked_back = priced
            .iter()
            .filter(|(currency, date, _)| {
                *date == day && !matches!(*currency, Currency::KZT | Currency::USD)
            })
            .filter_map(|(currency, _, quotient)| {
                Some(row(*currency, work_back(dollar, *quotient)?))
            });
        let publication = Publication {
            home: Currency::KZT,
            quotation: Quotation::HomePerForeign,
            day,
            zone: NationalBankKz::ZONE,
            source: self.id(),
            method: Method::Computed,
        };
        Rates::new(publication, worked_back.chain([row(Currency::USD, dollar)]))
            .map_err(|cause| malformed(cause.to_string()))
    }
}

/// The only number of two decimals whose quotient with the dollar prints as `quotient`; nothing where there is not one.
fn work_back(dollar: Decimal, quotient: Decimal) -> Option<Decimal> {
    let error = printing_error(quotient);
    let low = dollar.checked_div(quotient.checked_add(error)?)?;
    let high = dollar.checked_div(
        quotient
            .checked_sub(error)
            .filter(|least| *least > Decimal::ZERO)?,
    )?;
    let first = low.round_dp_with_strategy(2, RoundingStrategy::ToPositiveInfinity);
    let last = high.round_dp_with_strategy(2, RoundingStrategy::ToNegativeInfinity);
    (first == last && first > Decimal::ZERO).then_some(first)
}

/// Half of the last digit Frankfurter prints: it takes fewer decimals the larger the number (`lib/roundable.rb`, 2026).
fn printing_error(quotient: Decimal) -> Decimal {
    // A number just above a limit may be printed as the limit itself, with the fewer decimals of what is above it.
    let above = |limit: i64| quotient >= Decimal::new(limit, 0);
    if above(5000) {
        Decimal::new(5, 1)
    } else if above(80) {
        Decimal::new(5, 3)
    } else if above(20) {
        Decimal::new(5, 4)
    } else if above(1) {
        Decimal::new(5, 5)
    } else {
        Decimal::new(5, 6)
    }
}
