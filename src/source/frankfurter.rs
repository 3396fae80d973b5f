use std::borrow::Cow;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::central_bank::{later_day, parse_code};
use super::{DecodeError, DecodeErrorKind, Source, get, json, text};
use crate::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
use crate::provenance::{Attribution, SourceId};

impl SourceId {
    /// Frankfurter, a public service that republishes the rates of central banks.
    pub const FRANKFURTER: Self = Self::constant("frankfurter");
}

/// Frankfurter v2, pinned to the National Bank of Kazakhstan: the second route to its rates, over another network.
///
/// # Documents
///
/// A JSON array of `{"date", "base", "quote", "rate"}`, where `rate` is a JSON number of units of `quote` for one of `base`.
/// Without `providers=NBK` the service would answer with a blend of several banks, which is not an official rate.
///
/// The first request has the dollar as its base and answers for all currencies at once. The dollar's rate in it is the bank's
/// own. Every other rate is the dollar's divided by a quotient that Frankfurter rounds to a few decimals: five below 1, four from
/// there to 20, fewer above. It is worked back only if exactly one number of two decimals (the bank prints two) can have led to
/// that quotient, and only for a unit of half a dollar or more: cheaper units a bank may quote by the ten or the hundred, with two
/// decimals of that. In the lists of this bank that were seen (2016 to 2026) the dearest such unit is the forint, at a third of a
/// cent. Otherwise the row is left out: a rate is right, or it is absent.
///
/// Each [further request](Source::more_requests) has one foreign currency as its base, which is the bank's own direction. There
/// the service repeats the bank's digits for one unit: 601.5 for a euro, and 0.3664 for a won if the bank printed 36.64 for a
/// hundred. One such request is made for each of the [currencies](Self::currencies) of the page.
///
/// The readings are marked [`Method::Computed`]: their nominal is 1, and they have no change.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Pair;
/// use masthead::source::{Frankfurter, Source};
///
/// let frankfurter = Frankfurter::new().currencies(["RUB".parse()?]);
/// let day = "2027-03-04".parse()?;
/// assert_eq!(
///     frankfurter.request(&day).uri(),
///     "https://api.frankfurter.dev/v2/rates?base=USD&providers=NBK&date=2027-03-04",
/// );
/// let body = br#"[{"date":"2027-03-04","base":"USD","quote":"EUR","rate":0.85000},
///                 {"date":"2027-03-04","base":"USD","quote":"KZT","rate":510},
///                 {"date":"2027-03-04","base":"USD","quote":"RUB","rate":86.44}]"#;
/// let rates = frankfurter.decode(&day, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.rate(Pair::EUR_KZT).unwrap().value().to_string(), "600.00");
/// assert_eq!(rates.longest_pause(), Frankfurter::LONGEST_PAUSE);
/// assert_eq!(rates.rate(Pair::RUB_KZT), None, "several numbers of two decimals have this quotient");
///
/// assert_eq!(
///     frankfurter.more_requests(&day)[0].uri(),
///     "https://api.frankfurter.dev/v2/rates?base=RUB&quotes=KZT&providers=NBK&date=2027-03-04",
/// );
/// let body = br#"[{"date":"2027-03-04","base":"RUB","quote":"KZT","rate":5.9}]"#;
/// let rates = frankfurter.complete(&day, &rates, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.rate(Pair::RUB_KZT).unwrap().value().to_string(), "5.9");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode` and `complete`
///
/// - [`NoData`](DecodeErrorKind::NoData): an answer in dollars without the tenge, or an empty answer to a further request.
/// - [`Malformed`](DecodeErrorKind::Malformed): another base, a day after the one of the request, a further rate of another day
///   than the dollar's, a rate with more digits than the bank prints.
/// - [`Status`](DecodeErrorKind::Status): the service's own errors, 404, 422 and 503.
///
/// # Limits
///
/// The service does not read the bank on Saturdays and Sundays. For these days it has Friday's rates under Friday's day, which is
/// then the day of the reading. It has no rate in the bank's direction for a currency that it regards as pegged, such as AED, QAR
/// or SAR (its program of August 2026). It takes no key; the data are the bank's, and it states no terms for them.
#[derive(Clone, Debug)]
pub struct Frankfurter {
    currencies: Cow<'static, [Currency]>,
}

impl Frankfurter {
    /// The longest time for which a publication stays in force after its own day, in days: 0, as for
    /// [the bank itself](super::NationalBankKz::LONGEST_PAUSE). So a Friday's rates are never shown as Saturday's, when the bank has
    /// others.
    pub const LONGEST_PAUSE: u16 = 0;

    /// The most currencies with a further request: 7. With the first request that is the service's budget of an hour, 8.
    pub const MOST_CURRENCIES: usize = 7;

    /// The public instance, with further requests for EUR, RUB and CNY.
    ///
    /// ```
    /// use masthead::source::{Frankfurter, Source};
    ///
    /// let requests = Frankfurter::new().more_requests(&"2027-03-04".parse().unwrap());
    /// let bases = requests.iter().map(|request| &request.uri().query().unwrap()[..8]);
    /// assert!(bases.eq(["base=EUR", "base=RUB", "base=CNY"]));
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        const PAGE: &[Currency] = &[Currency::EUR, Currency::RUB, Currency::CNY];
        Self {
            currencies: Cow::Borrowed(PAGE),
        }
    }

    /// Sets the currencies with a further request each. The dollar and the tenge need none and are skipped, as are repeated
    /// currencies; those after the first [`MOST_CURRENCIES`](Self::MOST_CURRENCIES) are dropped.
    ///
    /// Default: EUR, RUB and CNY.
    ///
    /// ```
    /// use masthead::money::Currency;
    /// use masthead::source::{Frankfurter, Source};
    ///
    /// let frankfurter = Frankfurter::new().currencies([Currency::USD, Currency::GBP, Currency::GBP]);
    /// assert_eq!(frankfurter.more_requests(&"2027-03-04".parse().unwrap()).len(), 1);
    ///
    /// let codes = ["EUR", "RUB", "CNY", "GBP", "CHF", "TRY", "UZS", "KGS"];
    /// let many = Frankfurter::new().currencies(codes.map(Currency::constant));
    /// assert_eq!(many.more_requests(&"2027-03-04".parse().unwrap()).len(), Frankfurter::MOST_CURRENCIES);
    /// ```
    #[must_use]
    pub fn currencies(mut self, currencies: impl IntoIterator<Item = Currency>) -> Self {
        let mut asked = Vec::new();
        for currency in currencies {
            let needs_none = matches!(currency, Currency::USD | Currency::KZT);
            if !needs_none && !asked.contains(&currency) {
                asked.push(currency);
            }
        }
        asked.truncate(Self::MOST_CURRENCIES);
        self.currencies = asked.into();
        self
    }
}

impl Default for Frankfurter {
    fn default() -> Self {
        Self::new()
    }
}

/// One rate of an answer: units of `quote` for one of `base`.
#[derive(Deserialize)]
struct Quote<'a> {
    date: NaiveDate,
    #[serde(borrow)]
    base: Cow<'a, str>,
    #[serde(borrow)]
    quote: Cow<'a, str>,
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
            .with_url("https://frankfurter.dev/")
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
                    "a rate of {:?}, expected USD",
                    quote.base
                )));
            }
            let Ok(currency) = parse_code(&quote.quote)
                .map_err(malformed)?
                .parse::<Currency>()
            else {
                continue;
            };
            let rate = parse_decimal(quote.rate.get())
                .map_err(|cause| malformed(format!("{currency}: {cause}")))?;
            priced.push((currency, quote.date, rate));
        }
        let no_data = || {
            DecodeError::new(
                &id,
                DecodeErrorKind::NoData("no tenge among the rates".into()),
            )
        };
        let mut dollars = priced
            .iter()
            .filter(|(currency, ..)| *currency == Currency::KZT);
        let (_, day, dollar) = dollars.next().copied().ok_or_else(no_data)?;
        if dollars.next().is_some() {
            return Err(malformed("two rates of KZT".into()));
        }
        if day > *today {
            return Err(malformed(later_day(day, *today)));
        }
        let dollar = own_digits(Currency::USD, dollar).map_err(malformed)?;
        let worked_back = priced
            .iter()
            .filter(|(currency, date, _)| {
                *date == day
                    && !matches!(*currency, Currency::KZT | Currency::USD)
                    && currency.is_valid_on(day)
            })
            .filter_map(|(currency, _, quotient)| {
                Some(row(*currency, work_back(dollar, *quotient)?))
            });
        let publication = Publication {
            home: Currency::KZT,
            quotation: Quotation::HomePerForeign,
            day,
            zone: Tz::Asia__Almaty,
            source: self.id(),
            method: Method::Computed,
        };
        Rates::new(publication, worked_back.chain([row(Currency::USD, dollar)]))
            .map(|rates| rates.with_longest_pause(Self::LONGEST_PAUSE))
            .map_err(|cause| malformed(cause.to_string()))
    }

    fn more_requests(&self, today: &NaiveDate) -> Vec<Request<()>> {
        let of = |currency: &Currency| {
            get(
                "api.frankfurter.dev",
                &format!("/v2/rates?base={currency}&quotes=KZT&providers=NBK&date={today}"),
            )
        };
        self.currencies.iter().map(of).collect()
    }

    fn complete(
        &self,
        _today: &NaiveDate,
        rates: &Rates,
        response: &Response<Bytes>,
    ) -> Result<Rates, DecodeError> {
        let id = self.id();
        let malformed = |what: String| DecodeError::malformed(&id, what);
        let quotes: Vec<Quote<'_>> = json::parse(&id, text(&id, response)?)?;
        let [quote] = &quotes[..] else {
            return Err(if quotes.is_empty() {
                DecodeError::new(
                    &id,
                    DecodeErrorKind::NoData("no rate in this direction".into()),
                )
            } else {
                malformed(format!("{} rates, expected one", quotes.len()))
            });
        };
        let (day, base) = (rates.day(), parse_code(&quote.base).map_err(malformed)?);
        let asked = self
            .currencies
            .iter()
            .find(|currency| currency.code() == base);
        let Some(currency) = asked.filter(|_| quote.quote == "KZT").copied() else {
            return Err(malformed(format!(
                "an unexpected rate of {base} in {:?}",
                quote.quote
            )));
        };
        if quote.date != day {
            return Err(malformed(format!(
                "a rate of {currency} of {}, expected {day} as for the dollar",
                quote.date
            )));
        }
        if !currency.is_valid_on(day) {
            return Ok(rates.clone());
        }
        let rate = parse_decimal(quote.rate.get())
            .map_err(|cause| malformed(format!("{currency}: {cause}")))?;
        let own = row(currency, own_digits(currency, rate).map_err(malformed)?);
        let others = rates.rows().iter().filter(|row| row.currency != currency);
        Rates::new(rates.publication().clone(), others.copied().chain([own]))
            .map(|whole| whole.with_longest_pause(rates.longest_pause()))
            .map_err(|cause| malformed(cause.to_string()))
    }
}

const fn row(currency: Currency, value: Decimal) -> Row {
    Row {
        currency,
        value,
        nominal: 1,
        change: None,
    }
}

/// The bank's own digits of a rate in its own direction, for one unit.
///
/// The service divides the bank's value by its nominal as a float. Since August 2026 it rounds the quotient to twelve digits;
/// before, 31.15 for a hundred became 0.31149999999999994. Six decimals are possible: two of the bank's value, and four for the
/// zeros of its largest nominal, 10,000.
///
/// # Errors
///
/// If the rate has more decimals, so that the bank cannot have printed it.
fn own_digits(currency: Currency, rate: Decimal) -> Result<Decimal, String> {
    const DIGITS: u32 = 12;
    const DECIMALS: u32 = 2 + 4;
    rate.round_sf(DIGITS)
        .map(|rate| rate.normalize())
        .filter(|rate| rate.scale() <= DECIMALS)
        .ok_or_else(|| {
            format!("rate of {currency} is {rate}: expected at most {DECIMALS} decimals")
        })
}

/// The only number of two decimals whose quotient with the dollar prints as `quotient`, for a currency whose nominal must be 1.
/// `None` if there is not exactly one, or if the unit may be worth less than half a dollar.
///
/// A dollar of 510 and a quotient of 0.85000 euros: the true one is from 0.849995 to 0.850005, so the euro is from 599.9965 to 600.0035, and 600.00 is
/// the only number of two decimals between them. A quotient of 0.30700 dinars is one from 1661.211 to 1661.265, with five of them, so it has no result.
fn work_back(dollar: Decimal, quotient: Decimal) -> Option<Decimal> {
    let error = printing_error(quotient);
    if dollar.scale() > 2 || quotient.checked_add(error)? > Decimal::TWO {
        return None;
    }
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

/// Half of the last digit that Frankfurter prints, which has fewer decimals the larger the number is (`lib/roundable.rb`, 2026).
fn printing_error(quotient: Decimal) -> Decimal {
    // A number just above a limit may be printed as the limit itself, with the fewer decimals of larger numbers.
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
