use std::borrow::Cow;

use bytes::Bytes;
use chrono::NaiveDate;
use http::{Request, Response};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::central_bank::{in_use, parse_code};
use super::{DecodeError, DecodeErrorKind, NationalBankKz, Source, get, json, text};
use crate::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
use crate::provenance::{Attribution, SourceId};

/// Frankfurter v2, pinned to the National Bank of Kazakhstan: the second route to its rates, over another network.
///
/// The service repeats a bank's own digits where it is asked in the bank's own direction, the foreign currency being the base:
/// 551.06 for a euro, and 0.3115 for a won where the bank printed 31.15 for a hundred. That is one request for each currency, so
/// it is asked so for the [currencies](Self::currencies) of the page: euro, ruble and yuan unless set.
///
/// The first request, in dollars, answers for all currencies at once. The dollar's own rate in it is the bank's; every other
/// rate is the dollar's divided by a quotient that Frankfurter rounds to four or five digits. It is worked back only where
/// exactly one number of two decimals, which is what the bank prints, can have led to that quotient, and only for a unit of
/// half a dollar or more. Cheaper ones a bank may quote by the ten or the hundred, with two decimals of that: in the lists of
/// this bank that were seen (2016 to 2026) the dearest such unit is the forint, at a third of a cent. Otherwise the row is left
/// out: a rate is right, or it is not there.
///
/// The readings are marked [`Method::Computed`]: nominal 1, no change.
///
/// # Limits
///
/// The service does not ask the bank on Saturdays and Sundays. For these it has Friday's rates under Friday's day, which is the
/// day of the reading then. It gives no rate of its own direction for a currency that it knows to be pegged, such as AED, QAR or
/// SAR.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Pair;
/// use masthead::source::{Frankfurter, Source};
///
/// let frankfurter = Frankfurter::new().currencies(["RUB".parse()?]);
/// let day = "2026-04-02".parse()?;
/// assert_eq!(
///     frankfurter.request(&day).uri(),
///     "https://api.frankfurter.dev/v2/rates?base=USD&providers=NBK&date=2026-04-02",
/// );
/// let body = br#"[{"date":"2026-04-02","base":"USD","quote":"EUR","rate":0.86214},
///                 {"date":"2026-04-02","base":"USD","quote":"KZT","rate":475.09}]"#;
/// let rates = frankfurter.decode(&day, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.rate(Pair::EUR_KZT).unwrap().value().to_string(), "551.06");
///
/// assert_eq!(
///     frankfurter.more_requests(&day)[0].uri(),
///     "https://api.frankfurter.dev/v2/rates?base=RUB&quotes=KZT&providers=NBK&date=2026-04-02",
/// );
/// let body = br#"[{"date":"2026-04-02","base":"RUB","quote":"KZT","rate":5.86}]"#;
/// let rates = frankfurter.complete(&day, &rates, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.rate(Pair::RUB_KZT).unwrap().value().to_string(), "5.86");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Frankfurter {
    currencies: Cow<'static, [Currency]>,
}

impl Frankfurter {
    /// For how many days after its own a publication may stay in force: 0, as for
    /// [the bank itself](NationalBankKz::LONGEST_PAUSE). So a Friday's rates are never those of Saturday, when the bank has others.
    pub const LONGEST_PAUSE: u16 = NationalBankKz::LONGEST_PAUSE;

    /// The most currencies that are asked for in the bank's own direction. With the first request this is what the service gets
    /// within an hour.
    pub const MOST_CURRENCIES: usize = 7;

    /// The public instance, for the rates of the National Bank of Kazakhstan.
    #[must_use]
    pub const fn new() -> Self {
        const PAGE: &[Currency] = &[Currency::EUR, Currency::RUB, Currency::CNY];
        Self {
            currencies: Cow::Borrowed(PAGE),
        }
    }

    /// Sets the currencies that are asked for in the bank's own direction, one request each. The dollar and the tenge need none
    /// and are passed over; of the rest the first [`MOST_CURRENCIES`](Self::MOST_CURRENCIES) count.
    ///
    /// Default: EUR, RUB and CNY.
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
        let dollar = own_digits(Currency::USD, dollar).map_err(malformed)?;
        let worked_back = priced
            .iter()
            .filter(|(currency, date, _)| {
                *date == day
                    && !matches!(*currency, Currency::KZT | Currency::USD)
                    && in_use(*currency, day)
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
                malformed(format!("{} rates where one was asked for", quotes.len()))
            });
        };
        let (day, base) = (rates.day(), parse_code(&quote.base).map_err(malformed)?);
        let asked = self
            .currencies
            .iter()
            .find(|currency| currency.code() == base);
        let Some(currency) = asked.filter(|_| quote.quote == "KZT").copied() else {
            return Err(malformed(format!(
                "a rate of {base} in {:?}, which was not asked for",
                quote.quote
            )));
        };
        if quote.date != day {
            return Err(malformed(format!(
                "{currency} of {} beside the dollar of {day}",
                quote.date
            )));
        }
        if !in_use(currency, day) {
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
/// The service divides what the bank printed by its nominal as a float, and has rounded that to twelve digits since August 2026;
/// before, 31.15 for a hundred came out as 0.31149999999999994. Of the digits that are left, two are the bank's decimals and four the
/// zeros of its largest nominal.
///
/// # Errors
///
/// When there are more decimals: then it is no figure of the bank's.
fn own_digits(currency: Currency, rate: Decimal) -> Result<Decimal, String> {
    const DIGITS: u32 = 12;
    const DECIMALS: u32 = 2 + 4;
    rate.round_sf(DIGITS)
        .map(|rate| rate.normalize())
        .filter(|rate| rate.scale() <= DECIMALS)
        .ok_or_else(|| format!("rate of {currency} is {rate}, which the bank cannot have printed"))
}

/// The only number of two decimals whose quotient with the dollar prints as `quotient`, where the bank's nominal must be 1.
/// `None` if there is not exactly one, or if the unit may be of less than half a dollar.
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
