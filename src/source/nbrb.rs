use std::borrow::Cow;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::central_bank::{DecimalMark, Feed, List, Printed, day_of, parse_code};
use super::profile::{Budget, DAYS_AHEAD, History, LONGEST_SILENCE, Profile, SHOWN, of};
use super::{DecodeError, Source, get, json, text_of_ascii_fields};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::SourceId;

/// The most decimals that the bank prints.
const DECIMALS: usize = 4;

impl SourceId {
    /// The National Bank of the Republic of Belarus.
    pub const NBRB: Self = Self::constant("nbrb");
}

/// The National Bank of the Republic of Belarus: official rates of the Belarusian ruble, 30 currencies.
///
/// # Document
///
/// The list that is set daily (`periodicity=0`), not the one set monthly: a JSON array of objects, one a currency. Read are
/// `Cur_Abbreviation`, `Cur_Scale` (the nominal, up to 100,000 in March 2026), `Cur_OfficialRate` and `Date`. The bank's `Cur_ID`
/// is not read: it changes with each redenomination. The rate is a JSON number with four decimals and is read by its own
/// digits, without a float between: 2.0700 keeps its zeros. Values are rubles for the scale,
/// [`HomePerForeign`](Quotation::HomePerForeign), without a change.
///
/// # Days
///
/// `Date` is the day on which the rate is official, written as a midnight without a zone (`2027-03-04T00:00:00`). The bank has
/// rates for every calendar day: Saturday and Sunday repeat Friday's, and the next new ones are Monday's (recorded series of
/// March 2026). The body does not state the day on which they were set.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Currency;
/// use masthead::source::{Nbrb, Source};
///
/// let day = "2027-03-04".parse()?;
/// assert_eq!(Nbrb::of_day().request(&day).uri(), "https://api.nbrb.by/exrates/rates?periodicity=0&ondate=2027-03-04");
/// assert_eq!(Nbrb::newest().request(&day).uri(), "https://api.nbrb.by/exrates/rates?periodicity=0");
///
/// let body = br#"[
///     {"Date": "2027-03-04T00:00:00", "Cur_Abbreviation": "USD", "Cur_Scale": 1, "Cur_OfficialRate": 3.0500},
///     {"Date": "2027-03-04T00:00:00", "Cur_Abbreviation": "EUR", "Cur_Scale": 1, "Cur_OfficialRate": 3.5441},
///     {"Date": "2027-03-04T00:00:00", "Cur_Abbreviation": "KZT", "Cur_Scale": 1000, "Cur_OfficialRate": 6.1234}
/// ]"#;
/// let rates = Nbrb::of_day().decode(&day, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.row(Currency::USD).unwrap().value.to_string(), "3.0500");
/// assert_eq!((rates.zone(), rates.longest_pause()), (Nbrb::ZONE, Nbrb::LONGEST_PAUSE));
/// // 6.1234 rubles for a thousand tenge.
/// assert_eq!(rates.convert("50000 KZT".parse()?, Currency::BYN)?.to_string(), "306.17 BYN");
///
/// let error = Nbrb::of_day().decode(&day, &Response::new(Bytes::from_static(b"[]"))).unwrap_err();
/// assert!(error.is_no_data());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): an empty array.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): rows of two days, a day with an hour or a zone, a day after the one of the
///   request, a rate in quotes, a missing or repeated field.
///
/// # Limits
///
/// The answers carry an `ETag`. The service was out of reach for weeks from 22 February 2022 (Qalculate's issue 349). The
/// bank's numbers of currencies changed with the denomination of 1 July 2016 (10,000 old rubles to 1); an answer over that day
/// was not seen. A list of an earlier day is read in the ruble of the day, `BYR` or `BYB`.
///
/// # In a ticker
///
/// `Bank::nbrb()` keeps these rates. The banks of Kazakhstan, Russia and Uzbekistan confirm surprising numbers.
#[derive(Clone, Debug)]
pub struct Nbrb {
    feed: Feed,
}

impl Nbrb {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Europe__Minsk;

    /// The longest time for which a publication stays in force after its own day, in days: 10, which is
    /// [`Rates::DEFAULT_PAUSE`]. The bank has a rate for every calendar day, Sundays and holidays included; the day that stands
    /// in the whole list of such a day was not seen.
    pub const LONGEST_PAUSE: u16 = Rates::DEFAULT_PAUSE;

    /// `rates?periodicity=0&ondate=YYYY-MM-DD`: the rates of a day.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::OfDay }
    }

    /// `rates?periodicity=0`: the newest publication. An answer may be of any day.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }
}

/// A row of the document.
#[derive(Deserialize)]
struct Quote<'a> {
    #[serde(rename = "Date", borrow)]
    date: Cow<'a, str>,
    #[serde(rename = "Cur_Abbreviation", borrow)]
    code: Cow<'a, str>,
    #[serde(rename = "Cur_Scale", borrow)]
    scale: &'a RawValue,
    #[serde(rename = "Cur_OfficialRate", borrow)]
    rate: &'a RawValue,
}

/// The bank.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::NBRB,
    name: "National Bank of the Republic of Belarus",
    link: "https://www.nbrb.by/",
    home: Currency::BYN,
    quotation: Quotation::HomePerForeign,
    zone: Nbrb::ZONE,
    shown: SHOWN,
    days_ahead: DAYS_AHEAD,
    longest_pause: Nbrb::LONGEST_PAUSE,
    is_carried: true,
    longest_silence: LONGEST_SILENCE,
    budget: Budget::EIGHT,
    in_force: |_| vec![of(Nbrb::of_day())],
    newest: Some(|| of(Nbrb::newest())),
    history: History::ByDay,
    witness: || of(Nbrb::newest()),
    witnesses: &[
        (SourceId::NATIONAL_BANK_KZ, 0),
        (SourceId::CBR, 0),
        (SourceId::CBU, 0),
    ],
};

impl Source for Nbrb {
    from_profile!();

    fn request(&self, today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::OfDay => get(
                "api.nbrb.by",
                &format!("/exrates/rates?periodicity=0&ondate={today}"),
            ),
            Feed::Newest => get("api.nbrb.by", "/exrates/rates?periodicity=0"),
        }
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = text_of_ascii_fields(&PROFILE.id, response)?;
        let quotes: Vec<Quote<'_>> = json::parse(&PROFILE.id, &text)?;
        let list = List::of_dated(&quotes, |quote| parse_day(&quote.date), row);
        PROFILE.publish(list, self.feed.latest(today))
    }
}

/// The row of a currency; `None` for a code that is not in the table of currencies.
fn row(quote: &Quote<'_>) -> Result<Option<Row>, String> {
    let printed = Printed {
        code: parse_code(&quote.code)?,
        value: quote.rate.get(),
        nominal: quote.scale.get(),
        change: None,
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}

/// The day of a text such as `2027-03-04T00:00:00`; another time of day is an error.
fn parse_day(text: &str) -> Result<NaiveDate, String> {
    day_of(text, "%Y-%m-%dT00:00:00", "YYYY-MM-DDT00:00:00")
}
