use bytes::Bytes;
use chrono::{Days, NaiveDate};
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

/// The National Bank of the Kyrgyz Republic: official rates of the Kyrgyz som, from its two XML feeds.
///
/// Five currencies (dollar, euro, yuan, tenge, ruble) have a rate a day, set at 15:00 to 15:30 in Bishkek for the next
/// day; about forty others have one a week. [`Nbkr::daily_and_weekly`] reads both: the rows of the week stand among those of
/// the day, each with the day of its own list ([`Rates::day_of`]).
///
/// # Limits
///
/// Neither feed takes a day: each gives its newest publication, which may be tomorrow's. The weekly one has no dollar, and
/// its day is the first of the seven it is for; a list of another week than the day's is left out. Both carry an `ETag` and `Last-Modified`, and no change. The tenge has four
/// digits, 0,1859, so an amount in tenge is right to three parts in ten thousand. Codes that ISO 4217 no longer has,
/// such as BYR in the weekly feed, are left out.
///
/// ```
/// use masthead::source::{Nbkr, Source};
///
/// let today = "2026-05-24".parse().unwrap();
/// assert_eq!(Nbkr::daily().request(&today).uri(), "https://www.nbkr.kg/XML/daily.xml");
/// assert_eq!(Nbkr::weekly().request(&today).uri(), "https://www.nbkr.kg/XML/weekly.xml");
///
/// let both = Nbkr::daily_and_weekly();
/// assert_eq!(both.request(&today).uri(), "https://www.nbkr.kg/XML/daily.xml");
/// assert_eq!(both.more_requests(&today)[0].uri(), "https://www.nbkr.kg/XML/weekly.xml");
/// ```
#[derive(Clone, Debug)]
pub struct Nbkr {
    feed: Feed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feed {
    Daily,
    Weekly,
    Both,
}

impl Nbkr {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Asia__Bishkek;

    /// For how many days after its own a publication may stay in force: 10, which is [`Rates::DEFAULT_PAUSE`]. No list over the holidays of January was seen. A list of the weekly feed is for seven days,
    /// its own and six more.
    pub const LONGEST_PAUSE: u16 = Rates::DEFAULT_PAUSE;

    /// `daily.xml`: the currencies that have a rate a day.
    #[must_use]
    pub const fn daily() -> Self {
        Self { feed: Feed::Daily }
    }

    /// `weekly.xml`: the currencies that have a rate a week.
    #[must_use]
    pub const fn weekly() -> Self {
        Self { feed: Feed::Weekly }
    }

    /// `daily.xml`, and `weekly.xml` as a further request: every currency that the bank quotes.
    #[must_use]
    pub const fn daily_and_weekly() -> Self {
        Self { feed: Feed::Both }
    }

    /// The currencies that have a rate a day.
    pub const DAILY: [Currency; 5] = [
        Currency::CNY,
        Currency::EUR,
        Currency::KZT,
        Currency::RUB,
        Currency::USD,
    ];

    /// For how many days after its own a list of the week is in force: `ValidFor` in the document is 7.
    const DAYS_OF_A_WEEK: u16 = 6;

    const fn longest_pause(&self) -> u16 {
        match self.feed {
            Feed::Daily | Feed::Both => Self::LONGEST_PAUSE,
            Feed::Weekly => Self::DAYS_OF_A_WEEK,
        }
    }
}

impl Source for Nbkr {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::NBKR
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("National Bank of the Kyrgyz Republic").link("https://www.nbkr.kg/")
    }

    fn request(&self, _today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::Daily | Feed::Both => get("www.nbkr.kg", "/XML/daily.xml"),
            Feed::Weekly => get("www.nbkr.kg", "/XML/weekly.xml"),
        }
    }

    fn decode(&self, _today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let id = self.id();
        let malformed = |what: String| DecodeError::malformed(&id, what);
        let text = xml_text(&id, response)?;
        let document = Element::root(&text, "CurrencyRates").map_err(malformed)?;
        let currencies = document.rows("Currency").map_err(malformed)?;
        if currencies.is_empty() {
            let nothing = DecodeErrorKind::NoData("a document without rates".into());
            return Err(DecodeError::new(&id, nothing));
        }
        let list = List {
            source: id.clone(),
            home: Currency::KGS,
            quotation: Quotation::HomePerForeign,
            zone: Self::ZONE,
            longest_pause: self.longest_pause(),
            has_dollar: self.feed != Feed::Weekly,
            asked: None,
        };
        let day = document.attribute("Date").and_then(parse_day);
        let day = day.map_err(malformed)?;
        let rows = currencies.iter().filter_map(|item| row(item).transpose());
        rows.collect::<Result<_, _>>()
            .and_then(|rows| list.publish(day, rows))
            .map_err(malformed)
    }

    fn more_requests(&self, today: &NaiveDate) -> Vec<Request<()>> {
        match self.feed {
            Feed::Daily | Feed::Weekly => Vec::new(),
            Feed::Both => vec![Self::weekly().request(today)],
        }
    }

    /// Adds the rows of the week in which the day lies.
    fn complete(
        &self,
        today: &NaiveDate,
        daily: &Rates,
        response: &Response<Bytes>,
    ) -> Result<Rates, DecodeError> {
        let week = Self::weekly().decode(today, response)?;
        let days_into_it = (daily.day() - week.day()).num_days();
        if !(0..=Self::DAYS_OF_A_WEEK.into()).contains(&days_into_it) {
            return Ok(daily.clone());
        }
        let last = week.day() + Days::new(Self::DAYS_OF_A_WEEK.into());
        let rows = week.rows().iter();
        let rows = rows.map(|row| (*row, week.day(), Some(last)));
        Ok(daily.clone().carrying(rows))
    }
}

fn row(currency: &Element) -> Result<Option<Row>, String> {
    let code = parse_code(currency.attribute("ISOCode")?)?;
    let field = |name| {
        let field = currency.child(name).and_then(Element::text);
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
