use bytes::Bytes;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use http::{Request, Response};

use super::central_bank::{DecimalMark, Feed, List, NoList, Printed, field, parse_code, parse_day};
use super::charset::xml_text;
use super::profile::{Budget, DAYS_AHEAD, History, Profile, SHOWN, of};
use super::xml::Element;
use super::{DecodeError, Source, get};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::SourceId;

/// The most decimals that the bank prints.
const DECIMALS: usize = 4;

impl SourceId {
    /// The Bank of Russia.
    pub const CBR: Self = Self::constant("cbr");
}

/// The Bank of Russia: official rates of the Russian ruble.
///
/// # Document
///
/// `XML_daily.asp`: XML in windows-1251, by its declaration and by its `Content-Type`. The root `ValCurs` has the day in `Date`
/// (`DD.MM.YYYY`); each `Valute` in it has, among others, `CharCode`, `Nominal` and `Value`, which are read. The decimal mark is
/// a comma, and the bank prints four decimals. Recorded documents have 33 currencies (2016), 43 (2023) and 54 (2026), with
/// nominals from 1 to 1,000,000: 100 for the tenge, 10,000 for the dong. Values are rubles for the nominal,
/// [`HomePerForeign`](Quotation::HomePerForeign), without a change.
///
/// `VunitRate`, the value of one unit, is not read: it is `Value` divided by `Nominal`, and the documents of 2016 and 2023 do not
/// have it.
///
/// # Days
///
/// `Date` is the day on which the rates are official. They are set on working days for the next day, so Friday's are
/// Saturday's. A day without rates of its own is answered with those in force, under the day they were set for: Sunday 22 August
/// 2021 was answered with the document of 21 August.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Currency;
/// use masthead::source::{Cbr, Source};
///
/// let sunday = "2027-03-07".parse()?;
/// assert_eq!(Cbr::of_day().request(&sunday).uri(), "https://www.cbr.ru/scripts/XML_daily.asp?date_req=07/03/2027");
/// assert_eq!(Cbr::newest().request(&sunday).uri(), "https://www.cbr.ru/scripts/XML_daily.asp");
///
/// // "Доллар" is written in windows-1251.
/// let body = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><ValCurs Date=\"06.03.2027\">\
///     <Valute><CharCode>USD</CharCode><Nominal>1</Nominal><Name>\xc4\xee\xeb\xeb\xe0\xf0</Name><Value>81,2500</Value></Valute>\
///     <Valute><CharCode>EUR</CharCode><Nominal>1</Nominal><Value>95,3872</Value></Valute>\
///     <Valute><CharCode>KZT</CharCode><Nominal>100</Nominal><Value>15,8700</Value></Valute></ValCurs>";
/// let rates = Cbr::of_day().decode(&sunday, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.day().to_string(), "2027-03-06");
/// assert_eq!((rates.zone(), rates.longest_pause()), (Cbr::ZONE, Cbr::LONGEST_PAUSE));
/// let tenge = rates.row(Currency::KZT).unwrap();
/// assert_eq!((tenge.value.to_string().as_str(), tenge.nominal), ("15.8700", 100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): a text in place of rates. The bank answers a day that it cannot read with
///   `Error in parameters`.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): a page of the server's guard, a decimal point in a value, a day after the one of
///   the request, a declaration that contradicts the `Content-Type`.
///
/// # Limits
///
/// Lists before 1998 are in the old ruble, `RUR`, and are read so. The row `TJS` before 30 October 2000 is the Tajik ruble, `TJR`: 13.54
/// for 1000 on 1 October, 12.65 for one somoni on 1 November.
///
/// The answers carry no validators (`ETag`, `Last-Modified`), so every request costs a whole document. The server is behind
/// DDoS-Guard, which may challenge data centres abroad.
///
/// The bank computes its rate of the tenge from the National Bank of Kazakhstan's dollar of the day before, so the dollar in
/// tenge by this source is yesterday's: the two banks agreed to 0.001 % on five of five days of 2023 and 2026, and did not in
/// 2016.
///
/// # In a ticker
///
/// `Bank::cbr()` keeps these rates, with three other banks as witnesses. The same bank from its parts:
///
/// ```
/// # #[cfg(feature = "ticker")] {
/// use std::sync::Arc;
/// use masthead::Ticker;
/// use masthead::money::Currency;
/// use masthead::source::Cbr;
/// use masthead::ticker::Bank;
///
/// let bank = Bank::new(Currency::RUB, Cbr::ZONE)
///     .rates([Arc::new(Cbr::of_day()) as _])
///     .newest([Arc::new(Cbr::newest()) as _]);
/// let ticker = Ticker::builder("news.example.ru; web@example.ru").bank(bank).build()?;
/// # drop(ticker);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cbr {
    feed: Feed,
}

impl Cbr {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Europe__Moscow;

    /// The longest time for which a publication stays in force after its own day, in days: 12, over the holidays of January.
    ///
    /// The bank announced that the rates set on 30 December 2025 were official from 31 December to 12 January, and the next ones
    /// on 13 January: the longest holidays since 2013. Over a weekend with a holiday beside it, it is 3 (7 to 10 March 2026).
    pub const LONGEST_PAUSE: u16 = 12;

    /// `XML_daily.asp?date_req=DD/MM/YYYY`: the rates in force on a day.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::OfDay }
    }

    /// `XML_daily.asp`: the newest publication, which is tomorrow's from the afternoon on. An answer may be of any day.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }
}

/// The bank.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::CBR,
    name: "Bank of Russia",
    link: "https://www.cbr.ru/",
    home: Currency::RUB,
    quotation: Quotation::HomePerForeign,
    zone: Cbr::ZONE,
    shown: SHOWN,
    days_ahead: DAYS_AHEAD,
    longest_pause: Cbr::LONGEST_PAUSE,
    is_carried: true,
    longest_silence: TimeDelta::days(Cbr::LONGEST_PAUSE as i64),
    budget: Budget::EIGHT,
    in_force: |_| vec![of(Cbr::of_day())],
    newest: Some(|| of(Cbr::newest())),
    history: History::ByDay,
    witness: || of(Cbr::newest()),
    witnesses: &[(SourceId::NBRB, 0), (SourceId::CBU, 0), (SourceId::NBKR, 0)],
};

impl Source for Cbr {
    from_profile!();

    fn request(&self, today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::OfDay => get(
                "www.cbr.ru",
                &format!(
                    "/scripts/XML_daily.asp?date_req={}",
                    today.format("%d/%m/%Y")
                ),
            ),
            Feed::Newest => get("www.cbr.ru", "/scripts/XML_daily.asp"),
        }
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = xml_text(&PROFILE.id, response)?;
        PROFILE.publish(read(&text), self.feed.latest(today))
    }
}

fn read(text: &str) -> Result<List, NoList> {
    let document = Element::root(text, &["ValCurs"])?;
    let valutes = document.rows("Valute")?;
    if valutes.is_empty() {
        return Err(match document.text()? {
            "" => NoList::empty(),
            said => NoList::NoData(said.chars().take(120).collect()),
        });
    }
    let day = document.attribute("Date").and_then(parse_day)?;
    List::new(day, valutes.iter().map(row))
}

/// The row of a `Valute`; `None` for a code that is not in the table of currencies.
fn row(valute: &Element) -> Result<Option<Row>, String> {
    let code = parse_code(valute.child("CharCode")?.text()?)?;
    let printed = Printed {
        code,
        value: field(valute, code, "Value")?,
        nominal: field(valute, code, "Nominal")?,
        change: None,
        mark: DecimalMark::Comma,
        decimals: DECIMALS,
    };
    printed.read()
}
