use std::borrow::Cow;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::central_bank::{DecimalMark, List, Printed, day_of, one_day, parse_code};
use super::{DecodeError, DecodeErrorKind, Source, get, json, text_of_ascii_fields};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::{Attribution, SourceId};

/// The most decimals that the bank prints.
const DECIMALS: usize = 4;

/// The National Bank of the Republic of Belarus: official rates of the Belarusian ruble, thirty currencies.
///
/// Rates of every day, weekends included.
///
/// # Limits
///
/// Of the bank's lists this is the one set daily (`periodicity=0`), not the one set monthly. The answers carry an `ETag`
/// and no change. Numbers are JSON numbers, read by their own digits: 2.0700 keeps its zeros.
///
/// ```
/// use masthead::source::{Nbrb, Source};
///
/// let day = "2026-03-17".parse().unwrap();
/// assert_eq!(Nbrb::of_day().request(&day).uri(), "https://api.nbrb.by/exrates/rates?periodicity=0&ondate=2026-03-17");
/// assert_eq!(Nbrb::newest().request(&day).uri(), "https://api.nbrb.by/exrates/rates?periodicity=0");
/// ```
#[derive(Clone, Debug)]
pub struct Nbrb {
    feed: Feed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feed {
    Day,
    Newest,
}

impl Nbrb {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Europe__Minsk;

    /// For how many days after its own a publication may stay in force: 10, which is [`Rates::DEFAULT_PAUSE`]. The bank has a rate for every calendar day, Sundays and holidays included; under which day it
    /// gives the whole list of such a day was not seen.
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

impl Source for Nbrb {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::NBRB
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("National Bank of the Republic of Belarus").link("https://www.nbrb.by/")
    }

    fn request(&self, today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::Day => get(
                "api.nbrb.by",
                &format!("/exrates/rates?periodicity=0&ondate={today}"),
            ),
            Feed::Newest => get("api.nbrb.by", "/exrates/rates?periodicity=0"),
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
            home: Currency::BYN,
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
        code: parse_code(&quote.code)?,
        value: quote.rate.get(),
        nominal: quote.scale.get(),
        change: None,
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}

/// `2026-03-17T00:00:00`: a day, with a midnight that says nothing.
fn parse_day(text: &str) -> Result<NaiveDate, String> {
    day_of(text, "%Y-%m-%dT00:00:00", "YYYY-MM-DDT00:00:00")
}
