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

/// The National Bank of the Kyrgyz Republic: official rates of the Kyrgyz som.
///
/// # Documents
///
/// Two XML documents of one form. `daily.xml` has five currencies ([`Nbkr::DAILY`]); `weekly.xml` has about forty others, and no
/// dollar. Read are the attribute `Date` of the root (`DD.MM.YYYY`), and `ISOCode`, `Nominal` and `Value` of each `Currency`. Values are
/// som for the nominal, [`HomePerForeign`](Quotation::HomePerForeign), with a decimal comma and four decimals. The encoding is declared as
/// windows-1251. There is no change. Codes that ISO 4217 no longer has, such as BYR in the weekly document, are left out.
///
/// # Days
///
/// Neither document can be requested for a day: each answer is the newest publication. The daily one is set at 15:00 to 15:30 in Bishkek
/// for the next day, so its day may be tomorrow's. The day of the weekly one is the first of the seven for which it is in force, as its
/// `ValidFor` states.
///
/// [`Nbkr::daily_and_weekly`] requests both. The rows of the week stand among those of the day, each with the day of its own list
/// ([`Rates::day_of`]) and the last day on which it is in force ([`Rates::valid_until`]). A list of another week than the day's is ignored.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::source::{Nbkr, Source};
///
/// let (today, both) = ("2027-03-09".parse()?, Nbkr::daily_and_weekly());
/// assert_eq!(both.request(&today).uri(), "https://www.nbkr.kg/XML/daily.xml");
/// assert_eq!(both.more_requests(&today)[0].uri(), "https://www.nbkr.kg/XML/weekly.xml");
///
/// let daily = br#"<CurrencyRates Date="09.03.2027">
///     <Currency ISOCode="USD"><Nominal>1</Nominal><Value>87,1000</Value></Currency>
///     <Currency ISOCode="EUR"><Nominal>1</Nominal><Value>99,5000</Value></Currency>
///     <Currency ISOCode="KZT"><Nominal>1</Nominal><Value>0,1801</Value></Currency>
/// </CurrencyRates>"#;
/// let weekly = br#"<CurrencyRates Date="06.03.2027">
///     <Currency ISOCode="JPY"><Nominal>10</Nominal><Value>5,6000</Value></Currency>
///     <Currency ISOCode="UZS"><Nominal>100</Nominal><Value>0,7100</Value></Currency>
///     <Currency ISOCode="GBP"><Nominal>1</Nominal><Value>115,0000</Value></Currency>
/// </CurrencyRates>"#;
/// let rates = both.decode(&today, &Response::new(Bytes::from_static(daily)))?;
/// let rates = both.complete(&today, &rates, &Response::new(Bytes::from_static(weekly)))?;
///
/// let yen = rates.rate("JPY/KGS".parse()?).ok_or("no yen")?;
/// assert_eq!(yen.to_string(), "5.6000 KGS for 10 JPY on 2027-03-06");
/// assert_eq!(rates.day(), today);
/// assert_eq!(rates.valid_until("JPY".parse()?), Some("2027-03-12".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](DecodeErrorKind::NoData): a document without rates.
/// - [`Malformed`](DecodeErrorKind::Malformed): no dollar in the daily document, fewer than three rates, a value with a decimal point, a
///   missing or repeated element.
///
/// # Limits
///
/// The tenge has four digits, 0,1859, so an amount in tenge is right to three parts in ten thousand. Both answers carry an `ETag` and
/// `Last-Modified`, which are used where one document is requested; with both, each request costs a whole document.
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

    /// The longest time for which a daily publication stays in force after its own day, in days: 10, which is
    /// [`Rates::DEFAULT_PAUSE`]. No list over the holidays of January was seen. A weekly list is in force for seven days, its own and six more.
    pub const LONGEST_PAUSE: u16 = Rates::DEFAULT_PAUSE;

    /// `daily.xml`: the currencies with a daily rate.
    ///
    /// ```
    /// use masthead::source::{Nbkr, Source};
    ///
    /// let request = Nbkr::daily().request(&"2027-03-09".parse().unwrap());
    /// assert!(request.uri().path().ends_with("/daily.xml"));
    /// ```
    #[must_use]
    pub const fn daily() -> Self {
        Self { feed: Feed::Daily }
    }

    /// `weekly.xml`: the currencies with a weekly rate. A publication of it has no dollar, so a page uses
    /// [`daily_and_weekly`](Self::daily_and_weekly).
    ///
    /// ```
    /// use masthead::source::{Nbkr, Source};
    ///
    /// let request = Nbkr::weekly().request(&"2027-03-09".parse().unwrap());
    /// assert!(request.uri().path().ends_with("/weekly.xml"));
    /// ```
    #[must_use]
    pub const fn weekly() -> Self {
        Self { feed: Feed::Weekly }
    }

    /// `daily.xml`, and `weekly.xml` as a further request: every currency that the bank quotes. A weekly list that cannot be read is
    /// missing from the answer, and a ticker keeps the rows of the last one until their week ends.
    ///
    /// ```
    /// use masthead::source::{Nbkr, Source};
    ///
    /// let further = Nbkr::daily_and_weekly().more_requests(&"2027-03-09".parse().unwrap());
    /// assert!(further[0].uri().path().ends_with("/weekly.xml"));
    /// ```
    #[must_use]
    pub const fn daily_and_weekly() -> Self {
        Self { feed: Feed::Both }
    }

    /// The currencies with a daily rate.
    ///
    /// ```
    /// use masthead::{money::Currency, source::Nbkr};
    ///
    /// assert!(Nbkr::DAILY.contains(&Currency::KZT));
    /// ```
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
