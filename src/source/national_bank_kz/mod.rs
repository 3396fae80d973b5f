mod document;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};

use super::central_bank::{FEWEST_ROWS, few_rows, in_use};
use super::{DecodeError, DecodeErrorKind, Source, get, text_of_ascii_fields};
use crate::money::{Currency, Method, Publication, Quotation, Rates, Row};
use crate::provenance::{Attribution, SourceId};
use document::Document;

/// The National Bank of Kazakhstan: official rates of the tenge, from its three XML feeds.
///
/// Rates are set at 15:30 (dollar) and 16:00 (the rest) in Astana on working days, for the next working day. The feed of
/// a day answers on weekends and holidays with the rate in force.
///
/// # Limits
///
/// The feeds carry no validators (`ETag`, `Last-Modified`) and no names but Russian ones, which are not read. Days before
/// about 2021 are answered with an `<info>` text: no data. A currency that ISO 4217 does not know has no minor unit, so
/// its row is left out.
///
/// ```
/// use masthead::source::{NationalBankKz, Source};
///
/// let newest = NationalBankKz::newest();
/// let today = "2026-04-02".parse().unwrap();
/// assert_eq!(newest.request(&today).uri(), "https://nationalbank.kz/rss/rates_all.xml");
/// ```
#[derive(Clone, Debug)]
pub struct NationalBankKz {
    feed: Feed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feed {
    Day,
    Newest,
    NewestMain,
}

impl NationalBankKz {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Asia__Almaty;

    /// For how many days after its own a publication may stay in force: 0, because the feed of a day answers every calendar
    /// day, weekends and holidays included, under that day.
    pub const LONGEST_PAUSE: u16 = 0;

    /// `get_rates.cfm`: every currency, on the day asked for.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::Day }
    }

    /// `rates_all.xml`: the newest publication, which from the afternoon on is tomorrow's.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }

    /// `rates.xml`: the newest publication, dollar, euro and ruble alone.
    #[must_use]
    pub const fn newest_main() -> Self {
        Self {
            feed: Feed::NewestMain,
        }
    }

    fn malformed(&self, what: impl std::fmt::Display) -> DecodeError {
        DecodeError::malformed(&self.id(), what)
    }
}

impl Source for NationalBankKz {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::NATIONAL_BANK_KZ
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("National Bank of Kazakhstan").link("https://nationalbank.kz/")
    }

    fn request(&self, today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::Day => get(
                "nationalbank.kz",
                &format!("/rss/get_rates.cfm?fdate={}", today.format("%d.%m.%Y")),
            ),
            Feed::Newest => get("nationalbank.kz", "/rss/rates_all.xml"),
            Feed::NewestMain => get("nationalbank.kz", "/rss/rates.xml"),
        }
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = text_of_ascii_fields(&self.id(), response)?;
        let document = Document::read(&text).map_err(|what| self.malformed(what))?;
        if document.items.is_empty() {
            let info = document.info.unwrap_or("a document without rates").trim();
            return Err(DecodeError::new(
                &self.id(),
                DecodeErrorKind::NoData(info.chars().take(120).collect()),
            ));
        }
        // Currencies long gone keep their last day in the feed of the newest rates.
        let day = document
            .items
            .iter()
            .map(|item| item.day)
            .max()
            .unwrap_or(NaiveDate::MIN);
        let listed = document.items.len();
        let rows: Vec<Row> = document
            .items
            .into_iter()
            .filter(|item| item.day == day)
            .filter_map(|item| item.row)
            .filter(|row| in_use(row.currency, day))
            .collect();
        if self.feed == Feed::Day && day > *today {
            return Err(self.malformed(format!("rates of {day} where {today} was asked for")));
        }
        if rows.len() < FEWEST_ROWS {
            let few = few_rows(day, rows.len());
            // At half past three the newest publication is the dollar alone, beside yesterday's other rates.
            return Err(if listed >= FEWEST_ROWS {
                DecodeError::new(&self.id(), DecodeErrorKind::NoData(few))
            } else {
                self.malformed(few)
            });
        }
        if !rows.iter().any(|row| row.currency == Currency::USD) {
            return Err(self.malformed(format!("no dollar among the rates of {day}")));
        }
        let publication = Publication {
            home: Currency::KZT,
            quotation: Quotation::HomePerForeign,
            day,
            zone: Self::ZONE,
            source: self.id(),
            method: Method::Published,
        };
        Rates::new(publication, rows)
            .map(|rates| rates.with_longest_pause(Self::LONGEST_PAUSE))
            .map_err(|cause| self.malformed(cause))
    }
}
