use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};

use super::central_bank::{DecimalMark, List, Printed, parse_code, parse_day};
use super::charset::xml_text;
use super::xml::Element;
use super::{DecodeError, DecodeErrorKind, Source, get};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::{Attribution, SourceId};

/// The most decimals that the bank prints.
const DECIMALS: usize = 4;

/// The Bank of Russia: official rates of the Russian ruble.
///
/// Rates are set on working days for the next day; a day without any of its own is answered with the rates in force on
/// it, under the day they were set for.
///
/// It takes the place of the National Bank of Kazakhstan in a ticker by both its addresses:
/// `.rates([Arc::new(Cbr::of_day()) as _], Cbr::ZONE).newest([Arc::new(Cbr::newest()) as _])`.
///
/// # Limits
///
/// The document is in windows-1251, carries no validators (`ETag`, `Last-Modified`) and no change. A wrong day is answered
/// with a text in place of rates: no data. Of each row the value and its nominal are read, not `VunitRate`, which is the
/// first divided by the second and was absent until 2023 at least. The server stands behind a guard that may
/// challenge other countries' data centres.
///
/// The bank's rate of the tenge is its own dollar divided by the National Bank of Kazakhstan's dollar of the day before,
/// so the dollar in tenge by this source is yesterday's (seen on five of five days of 2023 and 2026, not in 2016).
///
/// ```
/// use masthead::source::{Cbr, Source};
///
/// let day = "2026-04-25".parse().unwrap();
/// assert_eq!(Cbr::of_day().request(&day).uri(), "https://www.cbr.ru/scripts/XML_daily.asp?date_req=25/04/2026");
/// assert_eq!(Cbr::newest().request(&day).uri(), "https://www.cbr.ru/scripts/XML_daily.asp");
/// ```
#[derive(Clone, Debug)]
pub struct Cbr {
    feed: Feed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feed {
    Day,
    Newest,
}

impl Cbr {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Europe__Moscow;

    /// For how many days after its own a publication may stay in force: 12, over the holidays of January. By the bank's own
    /// announcement the rates set on 30 December 2025 were those of 31 December to 12 January, and the next those of 13 January:
    /// the longest holidays since 2013. Over a weekend with a holiday beside it, it is 3 (7 to 10 March 2026).
    pub const LONGEST_PAUSE: u16 = 12;

    /// The rates in force on the day asked for.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::Day }
    }

    /// The newest publication, which from the afternoon on is tomorrow's.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }
}

impl Source for Cbr {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::CBR
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("Bank of Russia").link("https://www.cbr.ru/")
    }

    fn request(&self, today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::Day => get(
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
        let id = self.id();
        let malformed = |what: String| DecodeError::malformed(&id, what);
        let text = xml_text(&id, response)?;
        let document = Element::root(&text, "ValCurs").map_err(malformed)?;
        let valutes = document.rows("Valute").map_err(malformed)?;
        if valutes.is_empty() {
            let said = document.text().map_err(malformed)?;
            let said = if said.is_empty() {
                "a document without rates"
            } else {
                said
            };
            return Err(DecodeError::new(
                &id,
                DecodeErrorKind::NoData(said.chars().take(120).collect()),
            ));
        }
        let list = List {
            source: id.clone(),
            home: Currency::RUB,
            quotation: Quotation::HomePerForeign,
            zone: Self::ZONE,
            longest_pause: Self::LONGEST_PAUSE,
            has_dollar: true,
            asked: (self.feed == Feed::Day).then_some(*today),
        };
        let day = document.attribute("Date").and_then(parse_day);
        let day = day.map_err(malformed)?;
        let rows = valutes.iter().filter_map(|valute| row(valute).transpose());
        rows.collect::<Result<_, _>>()
            .and_then(|rows| list.publish(day, rows))
            .map_err(malformed)
    }
}

fn row(valute: &Element) -> Result<Option<Row>, String> {
    let code = parse_code(valute.child("CharCode")?.text()?)?;
    let field = |name| {
        let field = valute.child(name).and_then(Element::text);
        field.map_err(|what| format!("{code}: {what}"))
    };
    let printed = Printed {
        code,
        value: field("Value")?,
        nominal: field("Nominal")?,
        change: None,
        mark: DecimalMark::Comma,
        decimals: DECIMALS,
    };
    printed.read()
}
