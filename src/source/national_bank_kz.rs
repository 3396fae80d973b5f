use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};
use rust_decimal::Decimal;

use super::central_bank::{
    DecimalMark, FEWEST_ROWS, List, NoList, Printed, day_of, few_rows, field, parse_code,
    under_codes_of,
};
use super::profile::{Budget, DAYS_AHEAD, History, LONGEST_SILENCE, Profile, SHOWN, of};
use super::xml::Element;
use super::{DecodeError, DynRates, Frankfurter, Source, get, text_of_ascii_fields};
use crate::money::{Currency, Pair, Quotation, Rates, Row};
use crate::provenance::SourceId;

/// The most decimals that the bank prints.
const DECIMALS: usize = 2;

impl SourceId {
    /// The National Bank of Kazakhstan.
    pub const NATIONAL_BANK_KZ: Self = Self::constant("national_bank_kz");
}

/// The National Bank of Kazakhstan: official rates of the tenge, from its three XML feeds.
///
/// # Document
///
/// XML in UTF-8, in one of two forms. `get_rates.cfm` has the root `rates` with one `date` for all; `rates_all.xml` and
/// `rates.xml` are RSS with a `pubDate` in each item. An `item` has, among others, `title` (the code), `description` (the value),
/// `quant` (the nominal), `index` and `change`, which are read. The root has a `title` and a `description` of its own, and names
/// of currencies are Russian only; neither is read. Recorded: 39 currencies in April 2026.
///
/// - Values are tenge for the nominal, [`HomePerForeign`](Quotation::HomePerForeign), with a decimal point and at most two
///   decimals; zeros at the end are dropped (`179.5`, `3`).
/// - Nominals are 1 to 10,000, and they change: the Iranian rial went from 1000 to 10,000 in 2026.
/// - `change` is the difference to the day before, with a sign and two decimals, and `0.00` without a sign. `index` repeats its
///   direction as `UP`, `DOWN` or empty. A row whose change contradicts its index keeps its value and has no change: `UP` beside
///   `0.00` was seen in 2020.
/// - The short feed wrote the ruble as `RUR`, its code until 1998 (recorded in 2017). It is read as RUB, and in a list of a day
///   before 1998 as RUR.
/// - `pubDate` had two digits for the year until 2017 at least (`16.06.17`), and has four since 2024 at least.
///
/// # Days
///
/// Rates are set on working days, the dollar at 15:30 and the others at 16:00 in Astana (Board resolution 94 of 4 June 2019; the
/// rules in force from 1 January 2026 keep both times). They are official on the next working day and on the days off before it:
/// those set on a Friday are the rates of Saturday, Sunday and Monday, unless the Saturday is a working day. The feed of a day
/// answers on weekends and holidays too, with the rates in force under the day of the request. The feeds of the newest
/// publication show tomorrow's rates in the evening.
///
/// Currencies that have ended keep their last day in `rates_all.xml`: the lats stood there with 31 December 2013 in 2016. So the
/// publication is of the newest day in the document, and rows of other days are left out.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::{Currency, Pair};
/// use masthead::source::{NationalBankKz, Source};
///
/// let today = "2027-03-04".parse()?;
/// let bank = NationalBankKz::of_day();
/// assert_eq!(bank.request(&today).uri(), "https://nationalbank.kz/rss/get_rates.cfm?fdate=04.03.2027");
///
/// let body = "<?xml version=\"1.0\" encoding=\"utf-8\"?>
///     <rates><title>Official rates</title><date>04.03.2027</date>
///     <item><fullname>ДОЛЛАР США</fullname><title>USD</title><description>512.3</description>
///         <quant>1</quant><index>UP</index><change>+1.05</change></item>
///     <item><title>EUR</title><description>601.5</description><quant>1</quant><index>DOWN</index><change>-0.45</change></item>
///     <item><title>KRW</title><description>36.64</description><quant>100</quant><index/><change>0.00</change></item>
///     </rates>";
/// let rates = bank.decode(&today, &Response::new(Bytes::from_static(body.as_bytes())))?;
/// let dollar = rates.rate(Pair::USD_KZT).unwrap();
/// assert_eq!((dollar.value().to_string().as_str(), dollar.change().unwrap().to_string().as_str()), ("512.3", "1.05"));
/// assert_eq!(rates.row(Currency::KRW).unwrap().nominal, 100);
/// assert_eq!((rates.zone(), rates.longest_pause()), (NationalBankKz::ZONE, NationalBankKz::LONGEST_PAUSE));
///
/// // A day that the bank no longer has, or does not have yet.
/// let body = "<rates><date>04.03.2007</date><info>no rates of this day</info></rates>";
/// let error = bank.decode(&today, &Response::new(Bytes::from_static(body.as_bytes()))).unwrap_err();
/// assert_eq!(error.to_string(), "cannot read national_bank_kz: it has no data: \"no rates of this day\"");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): a document without items, with the text of its `info` if it has one; and a newest day
///   with fewer than three rows beside rows of the day before, because tomorrow's dollar may stand alone between 15:30 and 16:00.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): a missing or repeated field, an element or CDATA in a value, a page in place of
///   the feed, a day after the one of the request.
///
/// # Limits
///
/// The feeds carry no validators (`ETag`, `Last-Modified`), and set a session cookie, which is not sent back. The window of
/// days rolls: in September 2026 days before May 2021 were answered without rates, and 7 May 2021, a holiday at the edge of the
/// window, with the newest rates under the old day. A back-fill of a ticker withholds such an answer.
///
/// # In a ticker
///
/// `Bank::national_bank_kz()` keeps these rates. The second route to the same figures is [`Frankfurter`], which is requested for the pairs of
/// the page, by default those of the dollar, the euro, the ruble and the yuan. The banks of Uzbekistan, Belarus, Kyrgyzstan and Russia
/// confirm surprising numbers.
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
    /// The zone of the bank's days, UTC+5 since 1 March 2024.
    pub const ZONE: Tz = Tz::Asia__Almaty;

    /// The longest time for which a publication stays in force after its own day, in days: 0, because the feed of a day has
    /// rates under every calendar day, weekends and holidays included.
    pub const LONGEST_PAUSE: u16 = 0;

    /// `get_rates.cfm?fdate=DD.MM.YYYY`: every currency on a day.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::Day }
    }

    /// `rates_all.xml`: the newest publication, which is tomorrow's from the afternoon on. An answer may be of any day.
    ///
    /// ```
    /// use masthead::source::{NationalBankKz, Source};
    ///
    /// let request = NationalBankKz::newest().request(&"2027-03-04".parse().unwrap());
    /// assert_eq!(request.uri(), "https://nationalbank.kz/rss/rates_all.xml");
    /// ```
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }

    /// `rates.xml`: the newest publication, with the dollar, the euro and the ruble only.
    ///
    /// ```
    /// use masthead::source::{NationalBankKz, Source};
    ///
    /// let request = NationalBankKz::newest_main().request(&"2027-03-04".parse().unwrap());
    /// assert_eq!(request.uri(), "https://nationalbank.kz/rss/rates.xml");
    /// ```
    #[must_use]
    pub const fn newest_main() -> Self {
        Self {
            feed: Feed::NewestMain,
        }
    }
}

/// The bank. Frankfurter, the second route to the same figures, is requested for the currencies of the page. The bank publishes the dollar at 15:30 and the others
/// at 16:00.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::NATIONAL_BANK_KZ,
    name: "National Bank of Kazakhstan",
    link: "https://nationalbank.kz/",
    home: Currency::KZT,
    quotation: Quotation::HomePerForeign,
    zone: NationalBankKz::ZONE,
    shown: SHOWN,
    days_ahead: DAYS_AHEAD,
    longest_pause: NationalBankKz::LONGEST_PAUSE,
    is_carried: true,
    longest_silence: LONGEST_SILENCE,
    budget: Budget {
        usual: 4,
        publishing: Some(([15, 30], [17, 0], 12)),
    },
    in_force: routes,
    newest: Some(|| of(NationalBankKz::newest())),
    history: History::ByDay,
    witness: || of(NationalBankKz::newest()),
    witnesses: &[
        (SourceId::CBU, 0),
        (SourceId::NBRB, 0),
        (SourceId::NBKR, 0),
        (SourceId::CBR, 1),
    ],
};

fn routes(pairs: &[Pair]) -> Vec<Arc<DynRates>> {
    let foreign = |pair: &Pair| match pair.base() {
        Currency::KZT => pair.quote(),
        base => base,
    };
    let frankfurter = if pairs.is_empty() {
        Frankfurter::new()
    } else {
        Frankfurter::new().currencies(pairs.iter().map(foreign))
    };
    vec![of(NationalBankKz::of_day()), of(frankfurter)]
}

impl Source for NationalBankKz {
    from_profile!();

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
        let text = text_of_ascii_fields(&PROFILE.id, response)?;
        let latest = (self.feed == Feed::Day).then_some(*today);
        PROFILE.publish(read(&text, latest), latest)
    }
}

/// The list of the newest day in a document. Currencies that have ended keep their last day in the feed of the newest rates.
fn read(text: &str, latest: Option<NaiveDate>) -> Result<List, NoList> {
    let root = Element::root(text, &["rates", "rss"])?;
    let list = match root.name() {
        "rss" => root.child("channel")?,
        _ => &root,
    };
    let date = list.optional("date")?.map(day).transpose()?;
    let items = list.named("item").map(|item| dated_row(item, date));
    let items = items.collect::<Result<Vec<_>, String>>()?;
    let Some(day) = items.iter().map(|(day, _)| *day).max() else {
        // The bank sends `info` in place of items.
        let info = list.optional("info")?.and_then(|info| info.text().ok());
        let info = info.unwrap_or("a document without rates");
        return Err(NoList::NoData(info.chars().take(120).collect()));
    };
    let newest = items.iter().filter(|(of, _)| *of == day);
    let rows: Vec<Row> = newest.filter_map(|(_, row)| *row).collect();
    let used = under_codes_of(day, rows.clone()).len();
    // From 15:30 the newest publication may be the dollar alone, beside the other currencies' rates of the day before.
    let is_begun = used < FEWEST_ROWS && items.len() >= FEWEST_ROWS;
    if is_begun && latest.is_none_or(|latest| day <= latest) {
        return Err(NoList::NoData(few_rows(day, used)));
    }
    List::new(day, rows.into_iter().map(|row| Ok(Some(row))))
}

/// The day and the row of an item; no row for a code that is not in the table of currencies. The item has a day of its own, or that of the document.
fn dated_row(item: &Element, date: Option<NaiveDate>) -> Result<(NaiveDate, Option<Row>), String> {
    if item.named("item").next().is_some() {
        return Err("an item inside an item".into());
    }
    let code = match parse_code(item.child("title")?.text()?)? {
        // The short feed wrote the ruble by its code until 1998, on any day. The list reads it under the code of its day.
        "RUR" => "RUB",
        code => code,
    };
    let optional = |name: &str| match item.optional(name)? {
        Some(field) => field.text().map(Some),
        None => Ok(None),
    };
    let of = item.optional("pubDate")?.map(day).transpose()?.or(date);
    let of = of.ok_or_else(|| format!("{code} has no day"))?;
    let change = optional("change")?.filter(|text| !text.is_empty());
    let printed = Printed {
        code,
        value: field(item, code, "description")?,
        nominal: field(item, code, "quant")?,
        change: change.map(without_plus),
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    let index = optional("index")?.unwrap_or_default();
    let row = printed.read()?.map(|row| Row {
        change: row.change.filter(|change| agrees(index, *change)),
        ..row
    });
    Ok((of, row))
}

/// A change without its plus.
fn without_plus(change: &str) -> &str {
    let unsigned = change.strip_prefix('+');
    let is_number = |text: &&str| text.starts_with(|first: char| first.is_ascii_digit());
    unsigned.filter(is_number).unwrap_or(change)
}

/// Whether a change has the direction of the row's index: `UP`, `DOWN`, or empty for any change. `UP` beside a change of 0.00 was
/// seen in 2020, so one of the two can be wrong. An unknown index agrees with no change.
fn agrees(index: &str, change: Decimal) -> bool {
    match index {
        "" => true,
        "UP" => change > Decimal::ZERO,
        "DOWN" => change < Decimal::ZERO,
        _ => false,
    }
}

/// A day such as `02.04.2026`, or `16.06.17` as the feeds printed until 2017 at least.
fn day(element: &Element) -> Result<NaiveDate, String> {
    let text = element.text()?;
    let pattern = match text.len() {
        8 => "%d.%m.%y",
        _ => "%d.%m.%Y",
    };
    day_of(text, pattern, "DD.MM.YYYY")
}
