use std::sync::Arc;

use bytes::Bytes;
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use http::{Request, Response};

use super::central_bank::{DecimalMark, List, NoList, Printed, field, parse_code, parse_day};
use super::charset::xml_text;
use super::profile::{Budget, DAYS_AHEAD, History, LONGEST_SILENCE, Profile, SHOWN, of};
use super::xml::Element;
use super::{DecodeError, DynRates, Source, get};
use crate::money::{Currency, Pair, Quotation, Rates, Row};
use crate::provenance::SourceId;

/// The most decimals that the bank prints.
const DECIMALS: usize = 4;

impl SourceId {
    /// The National Bank of the Kyrgyz Republic.
    pub const NBKR: Self = Self::constant("nbkr");
}

/// The National Bank of the Kyrgyz Republic: official rates of the Kyrgyz som, from its two XML feeds.
///
/// # Document
///
/// XML that declares windows-1251. The root `CurrencyRates` has the day in `Date` (`DD.MM.YYYY`); each `Currency` in it has the code
/// in `ISOCode`, and `Nominal` and `Value`, which are read. The decimal mark is a comma, and the bank prints four decimals. Values
/// are som for the nominal, [`HomePerForeign`](Quotation::HomePerForeign), without a change.
///
/// `daily.xml` has five currencies: the dollar, euro, yuan, tenge and ruble. `weekly.xml` has forty others (May 2026), without the
/// dollar. [`Nbkr::daily_and_weekly`] reads both: the weekly rows stand among those of the day, each with the day of its own list
/// ([`Rates::day_of`]) and the last day on which that is in force ([`Rates::valid_until`]).
///
/// # Days
///
/// Daily rates are set between 15:00 and 15:30 in Bishkek for the next day. A weekly list is in force for seven days (`ValidFor`), and
/// `Date` is the first of them. Neither feed takes a day: each has its newest publication, which may be tomorrow's. A weekly list
/// that is not in force on the day of the daily one is left out.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Currency;
/// use masthead::source::{Nbkr, Source};
///
/// let today = "2027-03-04".parse()?;
/// assert_eq!(Nbkr::daily().request(&today).uri(), "https://www.nbkr.kg/XML/daily.xml");
/// assert_eq!(Nbkr::weekly().request(&today).uri(), "https://www.nbkr.kg/XML/weekly.xml");
///
/// let bank = Nbkr::daily_and_weekly();
/// assert_eq!(bank.request(&today).uri(), Nbkr::daily().request(&today).uri());
/// assert_eq!(bank.more_requests(&today)[0].uri(), "https://www.nbkr.kg/XML/weekly.xml");
///
/// let daily = br#"<CurrencyRates Name="Daily Exchange Rates" Date="05.03.2027">
///     <Currency ISOCode="USD"><Nominal>1</Nominal><Value>88,1000</Value></Currency>
///     <Currency ISOCode="EUR"><Nominal>1</Nominal><Value>101,2500</Value></Currency>
///     <Currency ISOCode="KZT"><Nominal>1</Nominal><Value>0,1712</Value></Currency></CurrencyRates>"#;
/// let daily = bank.decode(&today, &Response::new(Bytes::from_static(daily)))?;
/// assert_eq!((daily.zone(), daily.longest_pause()), (Nbkr::ZONE, Nbkr::LONGEST_PAUSE));
///
/// let weekly = br#"<CurrencyRates Name="Weekly Exchange Rates" Date="27.02.2027">
///     <Currency ISOCode="GBP"><Nominal>1</Nominal><ValidFor>7</ValidFor><Value>117,4000</Value></Currency>
///     <Currency ISOCode="JPY"><Nominal>10</Nominal><ValidFor>7</ValidFor><Value>5,8000</Value></Currency>
///     <Currency ISOCode="SEK"><Nominal>1</Nominal><ValidFor>7</ValidFor><Value>9,5000</Value></Currency></CurrencyRates>"#;
/// let rates = bank.complete(&today, &daily, &Response::new(Bytes::from_static(weekly)))?;
/// assert_eq!(rates.len(), 6);
/// assert_eq!(rates.day_of(Currency::GBP), "2027-02-27".parse()?);
/// assert_eq!(rates.valid_until(Currency::GBP), Some("2027-03-05".parse()?));
/// assert_eq!((rates.day_of(Currency::USD), rates.valid_until(Currency::USD)), ("2027-03-05".parse()?, None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): a document without rows.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): a page in place of the feed, a decimal point in a value, a daily list without the
///   dollar.
///
/// # Limits
///
/// The tenge has four digits, `0,1859`, so an amount in tenge is right to three parts in ten thousand. A currency
/// that has ended is left out: the weekly feed continues to have a row of `BYR`, which ended on 30 June 2016 (6.3 % from that of `BYN`
/// in May 2026). Both feeds carry an `ETag` and `Last-Modified`.
///
/// # In a ticker
///
/// `Bank::nbkr()` keeps these rates. The weekly list is requested too, unless the pairs of the page need only the daily one. The banks of
/// Kazakhstan, Uzbekistan and Russia confirm surprising numbers.
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
    /// [`Rates::DEFAULT_PAUSE`]. No list over the holidays of January was seen. For [`weekly`](Self::weekly) alone it is 6.
    pub const LONGEST_PAUSE: u16 = Rates::DEFAULT_PAUSE;

    /// `daily.xml`: the [five currencies](Self::DAILY) with a rate for each day.
    #[must_use]
    pub const fn daily() -> Self {
        Self { feed: Feed::Daily }
    }

    /// `weekly.xml`: the currencies with a rate for each week.
    #[must_use]
    pub const fn weekly() -> Self {
        Self { feed: Feed::Weekly }
    }

    /// `daily.xml`, and `weekly.xml` as a further request: every currency that the bank quotes.
    #[must_use]
    pub const fn daily_and_weekly() -> Self {
        Self { feed: Feed::Both }
    }

    /// The currencies of `daily.xml`.
    ///
    /// ```
    /// use masthead::money::Currency;
    /// use masthead::source::Nbkr;
    ///
    /// assert!(Nbkr::DAILY.contains(&Currency::KZT) && !Nbkr::DAILY.contains(&Currency::GBP));
    /// ```
    pub const DAILY: [Currency; 5] = [
        Currency::CNY,
        Currency::EUR,
        Currency::KZT,
        Currency::RUB,
        Currency::USD,
    ];

    /// The number of days after its own for which a weekly list is in force: `ValidFor` in the document is 7.
    const DAYS_OF_A_WEEK: u16 = 6;
}

/// The bank.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::NBKR,
    name: "National Bank of the Kyrgyz Republic",
    link: "https://www.nbkr.kg/",
    home: Currency::KGS,
    quotation: Quotation::HomePerForeign,
    zone: Nbkr::ZONE,
    shown: SHOWN,
    days_ahead: DAYS_AHEAD,
    longest_pause: Nbkr::LONGEST_PAUSE,
    is_carried: true,
    longest_silence: LONGEST_SILENCE,
    budget: Budget::EIGHT,
    in_force: lists,
    newest: None,
    history: History::None,
    witness: || of(Nbkr::daily()),
    witnesses: &[
        (SourceId::NATIONAL_BANK_KZ, 0),
        (SourceId::CBU, 0),
        (SourceId::CBR, 0),
    ],
};

/// The weekly list of about forty currencies is requested unless the pairs need only the daily one.
fn lists(pairs: &[Pair]) -> Vec<Arc<DynRates>> {
    let is_daily = |currency| currency == Currency::KGS || Nbkr::DAILY.contains(&currency);
    let daily_alone = pairs
        .iter()
        .all(|pair| is_daily(pair.base()) && is_daily(pair.quote()));
    vec![of(if daily_alone && !pairs.is_empty() {
        Nbkr::daily()
    } else {
        Nbkr::daily_and_weekly()
    })]
}

impl Source for Nbkr {
    from_profile!();

    fn request(&self, _today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::Daily | Feed::Both => get("www.nbkr.kg", "/XML/daily.xml"),
            Feed::Weekly => get("www.nbkr.kg", "/XML/weekly.xml"),
        }
    }

    fn decode(&self, _today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = xml_text(&PROFILE.id, response)?;
        let list = read(&text);
        if self.feed == Feed::Weekly {
            let rates = PROFILE.publish(list.map(List::without_dollar), None)?;
            return Ok(rates.with_longest_pause(Self::DAYS_OF_A_WEEK));
        }
        PROFILE.publish(list, None)
    }

    fn more_requests(&self, today: &NaiveDate) -> Vec<Request<()>> {
        match self.feed {
            Feed::Daily | Feed::Weekly => Vec::new(),
            Feed::Both => vec![Self::weekly().request(today)],
        }
    }

    /// Adds the rows of the weekly list that is in force on the day of the daily one.
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

fn read(text: &str) -> Result<List, NoList> {
    let document = Element::root(text, &["CurrencyRates"])?;
    let currencies = document.rows("Currency")?;
    if currencies.is_empty() {
        return Err(NoList::empty());
    }
    let day = document.attribute("Date").and_then(parse_day)?;
    List::new(day, currencies.iter().map(row))
}

/// The row of a currency; `None` for a code that is not in the table of currencies.
fn row(currency: &Element) -> Result<Option<Row>, String> {
    let code = parse_code(currency.attribute("ISOCode")?)?;
    let printed = Printed {
        code,
        value: field(currency, code, "Value")?,
        nominal: field(currency, code, "Nominal")?,
        change: None,
        mark: DecimalMark::Comma,
        decimals: DECIMALS,
    };
    printed.read()
}
