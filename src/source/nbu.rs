use std::borrow::Cow;

use bytes::Bytes;
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::central_bank::{DecimalMark, Feed, List, Printed, parse_code, parse_day};
use super::profile::{Budget, DAYS_AHEAD, History, LONGEST_SILENCE, Profile, of};
use super::{DecodeError, Source, get, json, text_of_ascii_fields};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::SourceId;

/// The most decimals that the bank prints.
const DECIMALS: usize = 4;

impl SourceId {
    /// The National Bank of Ukraine.
    pub const NBU: Self = Self::constant("nbu");
}

/// The National Bank of Ukraine: official rates of the hryvnia, about forty currencies.
///
/// # Document
///
/// A JSON array of objects, one a currency or a metal, in no order. Read are `cc` (the code), `units` (the nominal, 1 to 1000), `rate` and
/// `exchangedate` (`DD.MM.YYYY`) of the rows of `group` 1; metals have another one. The rate is a JSON number without zeros at its end
/// (`43.717`) and is read by its own digits. It is for `units`, and `rate_per_unit`, which is not read, for one. Values are hryvnias
/// for the nominal, [`HomePerForeign`](Quotation::HomePerForeign), without a change.
///
/// The bank's other feed, `statdirectory/exchange`, has no `units`, and rates for one unit.
///
/// # Days
///
/// `exchangedate` is the day on which a rate is official, and `calcdate`, which is not read, the one on which it was set: the working day
/// before. The bank has rates for every calendar day: Saturday and Sunday repeat Friday's (14 and 15 March 2026). A day whose rates
/// are not set yet has none. They are set by 16:00 in Kyiv.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Currency;
/// use masthead::source::{Nbu, Source};
///
/// let day = "2027-03-04".parse()?;
/// let address = |day| format!("https://bank.gov.ua/NBU_Exchange/exchange_site?start={day}&end={day}&sort=exchangedate&order=asc&json");
/// assert_eq!(Nbu::of_day().request(&day).uri().to_string(), address("20270304"));
/// // The newest list is that of tomorrow.
/// assert_eq!(Nbu::newest().request(&day).uri().to_string(), address("20270305"));
///
/// let body = br#"[
///     {"exchangedate": "04.03.2027", "cc": "KZT", "rate": 9.02, "units": 100, "rate_per_unit": 0.0902, "group": "1"},
///     {"exchangedate": "04.03.2027", "cc": "USD", "rate": 43.717, "units": 1, "rate_per_unit": 43.717, "group": "1"},
///     {"exchangedate": "04.03.2027", "cc": "XAU", "rate": 223684.43, "units": 1, "rate_per_unit": 223684.43, "group": "3"},
///     {"exchangedate": "04.03.2027", "cc": "EUR", "rate": 50.9, "units": 1, "rate_per_unit": 50.9, "group": "1"}
/// ]"#;
/// let rates = Nbu::of_day().decode(&day, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.len(), 3);
/// // 9.02 hryvnias for a hundred tenge.
/// assert_eq!(rates.convert("50000 KZT".parse()?, Currency::UAH)?.to_string(), "4510.00 UAH");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): an empty array, which is a day whose rates are not set yet.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): rows of two days, a day after the one of the request, a rate in quotes, a missing or repeated
///   field, the XML in which the bank reports an error.
///
/// # Limits
///
/// The row `TJS` before 30 October 2000 is the Tajik ruble (2.78 for 1000 on 1 September 2000), and is read as `TJR`.
///
/// The answers carry no validators (`ETag`, `Last-Modified`). The bank has not quoted the Russian and the Belarusian ruble in 2026.
///
/// # In a ticker
///
/// `Bank::nbu()` keeps these rates. The banks of Uzbekistan, Kazakhstan and Russia confirm surprising numbers; on 17 March 2026 the dollar in
/// hryvnias of the last was 0.13 % from this list, on 1 and 2 April 2026 those of the first two were 0.05 % apart.
#[derive(Clone, Debug)]
pub struct Nbu {
    feed: Feed,
}

impl Nbu {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Europe__Kyiv;

    /// The longest time for which a publication stays in force after its own day, in days: 0, because the bank has rates for every day.
    pub const LONGEST_PAUSE: u16 = 0;

    /// `exchange_site?start=YYYYMMDD&end=YYYYMMDD`: the rates of a day.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::OfDay }
    }

    /// The rates of the day after, which are the newest publication.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }
}

/// A row of the document.
#[derive(Deserialize)]
struct Quote<'a> {
    #[serde(borrow)]
    exchangedate: Cow<'a, str>,
    #[serde(borrow)]
    cc: Cow<'a, str>,
    #[serde(borrow)]
    rate: &'a RawValue,
    #[serde(borrow)]
    units: &'a RawValue,
    #[serde(borrow)]
    group: Cow<'a, str>,
}

/// The bank. It does not quote the ruble.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::NBU,
    name: "National Bank of Ukraine",
    link: "https://bank.gov.ua/",
    home: Currency::UAH,
    quotation: Quotation::HomePerForeign,
    zone: Nbu::ZONE,
    shown: &[Currency::USD, Currency::EUR, Currency::CNY, Currency::KZT],
    days_ahead: DAYS_AHEAD,
    longest_pause: Nbu::LONGEST_PAUSE,
    is_carried: true,
    longest_silence: LONGEST_SILENCE,
    budget: Budget::EIGHT,
    in_force: |_| vec![of(Nbu::of_day())],
    newest: Some(|| of(Nbu::newest())),
    history: History::ByDay,
    witness: || of(Nbu::of_day()),
    witnesses: &[
        (SourceId::CBU, 0),
        (SourceId::NATIONAL_BANK_KZ, 0),
        (SourceId::CBR, 0),
    ],
};

impl Source for Nbu {
    from_profile!();

    fn request(&self, today: &NaiveDate) -> Request<()> {
        let ahead = Days::new(u64::from(self.feed == Feed::Newest));
        let day = today.checked_add_days(ahead).unwrap_or(*today);
        let day = day.format("%Y%m%d");
        let query = format!("start={day}&end={day}&sort=exchangedate&order=asc&json");
        get(
            "bank.gov.ua",
            &format!("/NBU_Exchange/exchange_site?{query}"),
        )
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = text_of_ascii_fields(&PROFILE.id, response)?;
        let mut quotes: Vec<Quote<'_>> = json::parse(&PROFILE.id, &text)?;
        quotes.retain(|quote| quote.group == "1");
        let list = List::of_dated(&quotes, |quote| parse_day(&quote.exchangedate), row);
        PROFILE.publish(list, self.feed.latest(today))
    }
}

/// The row of a currency; `None` for a code that is not in the table of currencies.
fn row(quote: &Quote<'_>) -> Result<Option<Row>, String> {
    let printed = Printed {
        code: parse_code(&quote.cc)?,
        value: quote.rate.get(),
        nominal: quote.units.get(),
        change: None,
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}
