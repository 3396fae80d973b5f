use std::borrow::Cow;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};
use serde::Deserialize;

use super::central_bank::{DecimalMark, List, Printed, one_day, parse_code, parse_day};
use super::{DecodeError, DecodeErrorKind, Source, get, json, text_of_ascii_fields};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::{Attribution, SourceId};

/// The most decimals that the bank prints.
const DECIMALS: usize = 2;

/// The Central Bank of the Republic of Uzbekistan: official rates of the Uzbek som, seventy-five currencies.
///
/// The `change` of a row is the bank's own difference to its publication before.
///
/// # Limits
///
/// The answers carry no validators (`ETag`, `Last-Modified`) and may not be stored. What a weekend is answered with was
/// not seen.
///
/// ```
/// use masthead::source::{Cbu, Source};
///
/// let day = "2026-04-02".parse().unwrap();
/// assert_eq!(Cbu::of_day().request(&day).uri(), "https://cbu.uz/ru/arkhiv-kursov-valyut/json/all/2026-04-02/");
/// assert_eq!(Cbu::newest().request(&day).uri(), "https://cbu.uz/ru/arkhiv-kursov-valyut/json/");
/// ```
#[derive(Clone, Debug)]
pub struct Cbu {
    feed: Feed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feed {
    Day,
    Newest,
}

impl Cbu {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Asia__Tashkent;

    /// For how many days after its own a publication may stay in force: 10, which is [`Rates::DEFAULT_PAUSE`]. No list over the holidays of January was seen.
    pub const LONGEST_PAUSE: u16 = Rates::DEFAULT_PAUSE;

    /// The rates of the day asked for.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::Day }
    }

    /// The newest publication.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }
}

/// A row: every number in it is a string.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Quote<'a> {
    #[serde(borrow)]
    ccy: Cow<'a, str>,
    #[serde(borrow)]
    nominal: Cow<'a, str>,
    #[serde(borrow)]
    rate: Cow<'a, str>,
    #[serde(borrow)]
    diff: Option<Cow<'a, str>>,
    #[serde(borrow)]
    date: Cow<'a, str>,
}

impl Source for Cbu {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::CBU
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("Central Bank of the Republic of Uzbekistan").link("https://cbu.uz/")
    }

    fn request(&self, today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::Day => get(
                "cbu.uz",
                &format!("/ru/arkhiv-kursov-valyut/json/all/{today}/"),
            ),
            Feed::Newest => get("cbu.uz", "/ru/arkhiv-kursov-valyut/json/"),
        }
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let id = self.id();
        let text = text_of_ascii_fields(&id, response)?;
        let quotes: Vec<Quote<'_>> = json::parse(&id, &text)?;
        if quotes.is_empty() {
            let nothing = DecodeErrorKind::NoData("a document without rates".into());
            return Err(DecodeError::new(&id, nothing));
        }
        let list = List {
            source: id.clone(),
            home: Currency::UZS,
            quotation: Quotation::HomePerForeign,
            zone: Self::ZONE,
            longest_pause: Self::LONGEST_PAUSE,
            has_dollar: true,
            asked: (self.feed == Feed::Day).then_some(*today),
        };
        read(&quotes)
            .and_then(|(day, rows)| list.publish(day, rows))
            .map_err(|what| DecodeError::malformed(&id, what))
    }
}

fn read(quotes: &[Quote<'_>]) -> Result<(NaiveDate, Vec<Row>), String> {
    let days = quotes.iter().map(|quote| parse_day(&quote.date));
    let day = one_day(days.collect::<Result<Vec<_>, _>>()?)?;
    let rows = quotes.iter().filter_map(|quote| row(quote).transpose());
    Ok((day, rows.collect::<Result<_, _>>()?))
}

fn row(quote: &Quote<'_>) -> Result<Option<Row>, String> {
    let printed = Printed {
        code: parse_code(&quote.ccy)?,
        value: &quote.rate,
        nominal: &quote.nominal,
        change: quote.diff.as_deref().filter(|diff| !diff.is_empty()),
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}
