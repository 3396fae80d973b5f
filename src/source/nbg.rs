use std::borrow::Cow;

use bytes::Bytes;
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::central_bank::{DecimalMark, Feed, List, NoList, Printed, day_of, parse_code};
use super::profile::{Budget, DAYS_AHEAD, History, LONGEST_SILENCE, Profile, SHOWN, of};
use super::{DecodeError, Source, get, json, text_of_ascii_fields};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::SourceId;

/// The most decimals that the bank prints.
const DECIMALS: usize = 4;

impl SourceId {
    /// The National Bank of Georgia.
    pub const NBG: Self = Self::constant("nbg");
}

/// The National Bank of Georgia: official rates of the lari, 42 currencies.
///
/// # Document
///
/// A JSON array of one object with the rows in `currencies`. Read are `code`, `quantity` (the nominal, 1 to 10,000), `rate`, `diff` and
/// `validFromDate`; the names in Georgian, and `rateFormated` and `diffFormated` (the bank's spelling) are not. The rate is a JSON
/// number with four decimals and is read by its own digits. Values are lari for the nominal,
/// [`HomePerForeign`](Quotation::HomePerForeign).
///
/// `diff`, the bank's own difference to its list before, is the change of the row; in the recorded list of 3 March 2026 it is right in all
/// 42 rows. `diffFormated` is the same without its sign.
///
/// # Days
///
/// `validFromDate` is the day on which a rate is official, written as a midnight in UTC; rows of two days are an error. The `date` of a row is
/// the moment of its publication, 17:00 in Tbilisi, and is not read. Friday's rates are Saturday's. The answer for a day without rates of
/// its own is the list before: for Monday 2 March 2026 that of 28 February, for 4 March that of 3 March, a holiday.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Currency;
/// use masthead::source::{Nbg, Source};
///
/// let day = "2027-03-04".parse()?;
/// let address = "https://nbg.gov.ge/gw/api/ct/monetarypolicy/currencies/?date=";
/// assert_eq!(Nbg::of_day().request(&day).uri().to_string(), format!("{address}2027-03-04"));
/// // The newest list is at most that of tomorrow.
/// assert_eq!(Nbg::newest().request(&day).uri().to_string(), format!("{address}2027-03-05"));
///
/// let body = br#"[{"currencies": [
///     {"code": "USD", "quantity": 1, "rate": 2.7050, "diff": -0.0021, "validFromDate": "2027-03-04T00:00:00.000Z"},
///     {"code": "EUR", "quantity": 1, "rate": 3.1203, "diff": 0.0100, "validFromDate": "2027-03-04T00:00:00.000Z"},
///     {"code": "KZT", "quantity": 100, "rate": 0.5361, "diff": 0, "validFromDate": "2027-03-04T00:00:00.000Z"}
/// ]}]"#;
/// let rates = Nbg::of_day().decode(&day, &Response::new(Bytes::from_static(body)))?;
/// let dollar = rates.row(Currency::USD).unwrap();
/// assert_eq!((dollar.value.to_string(), dollar.change), ("2.7050".into(), Some("-0.0021".parse()?)));
/// assert_eq!(rates.row(Currency::KZT).unwrap().nominal, 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): an empty array, which is the answer for a day before 14 October 1995.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): two lists, rows of two days, a day after the one of the request, a rate in quotes.
///
/// # Limits
///
/// The answers carry no validators (`ETag`, `Last-Modified`). In a list of 2020 every `diff` is zero.
///
/// # In a ticker
///
/// `Bank::nbg()` keeps these rates. The banks of Uzbekistan, Kazakhstan and Russia confirm surprising numbers; on 1 and 2 April 2026 the
/// dollar in lari of the first two was 1 % apart.
#[derive(Clone, Debug)]
pub struct Nbg {
    feed: Feed,
}

impl Nbg {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Asia__Tbilisi;

    /// The longest time for which a publication stays in force after its own day, in days: 10, which is [`Rates::DEFAULT_PAUSE`].
    pub const LONGEST_PAUSE: u16 = Rates::DEFAULT_PAUSE;

    /// `currencies/?date=YYYY-MM-DD`: the rates in force on a day.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::OfDay }
    }

    /// The rates in force on the day after, which are the newest publication. An answer may be of any day.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }
}

/// The document.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    currencies: Vec<Quote<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Quote<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    #[serde(borrow)]
    quantity: &'a RawValue,
    #[serde(borrow)]
    rate: &'a RawValue,
    #[serde(borrow)]
    diff: &'a RawValue,
    #[serde(borrow)]
    valid_from_date: Cow<'a, str>,
}

/// The bank.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::NBG,
    name: "National Bank of Georgia",
    link: "https://nbg.gov.ge/",
    home: Currency::GEL,
    quotation: Quotation::HomePerForeign,
    zone: Nbg::ZONE,
    shown: SHOWN,
    days_ahead: DAYS_AHEAD,
    longest_pause: Nbg::LONGEST_PAUSE,
    is_carried: true,
    longest_silence: LONGEST_SILENCE,
    budget: Budget::EIGHT,
    in_force: |_| vec![of(Nbg::of_day())],
    newest: Some(|| of(Nbg::newest())),
    history: History::ByDay,
    witness: || of(Nbg::newest()),
    witnesses: &[
        (SourceId::CBU, 0),
        (SourceId::NATIONAL_BANK_KZ, 0),
        (SourceId::CBR, 0),
    ],
};

impl Source for Nbg {
    from_profile!();

    fn request(&self, today: &NaiveDate) -> Request<()> {
        let ahead = Days::new(u64::from(self.feed == Feed::Newest));
        let day = today.checked_add_days(ahead).unwrap_or(*today);
        let path = format!("/gw/api/ct/monetarypolicy/currencies/?date={day}");
        get("nbg.gov.ge", &path)
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = text_of_ascii_fields(&PROFILE.id, response)?;
        let documents: Vec<Document<'_>> = json::parse(&PROFILE.id, &text)?;
        PROFILE.publish(read(&documents), self.feed.latest(today))
    }
}

fn read(documents: &[Document<'_>]) -> Result<List, NoList> {
    match documents {
        [] => Err(NoList::empty()),
        [Document { currencies }] => {
            List::of_dated(currencies, |quote| parse_day(&quote.valid_from_date), row)
        }
        several => Err(format!("{} lists, expected one", several.len()).into()),
    }
}

/// The row of a currency; `None` for a code that is not in the table of currencies.
fn row(quote: &Quote<'_>) -> Result<Option<Row>, String> {
    let printed = Printed {
        code: parse_code(&quote.code)?,
        value: quote.rate.get(),
        nominal: quote.quantity.get(),
        change: Some(quote.diff.get()),
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}

fn parse_day(text: &str) -> Result<NaiveDate, String> {
    day_of(text, "%Y-%m-%dT00:00:00.000Z", "YYYY-MM-DDT00:00:00.000Z")
}
