use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};

use super::central_bank::{DecimalMark, List, NoList, Printed, field, parse_code, parse_day};
use super::charset::xml_text;
use super::profile::{Budget, DAYS_AHEAD, History, LONGEST_SILENCE, Profile, SHOWN, of};
use super::xml::Element;
use super::{DecodeError, Source, get};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::SourceId;

/// The most decimals that the bank prints.
const DECIMALS: usize = 4;
/// The section of the currencies.
const CURRENCIES: &str = "Xarici valyutalar";

impl SourceId {
    /// The Central Bank of the Republic of Azerbaijan.
    pub const CBAR: Self = Self::constant("cbar");
}

/// The Central Bank of the Republic of Azerbaijan: official rates of the manat, 38 currencies.
///
/// # Document
///
/// XML in UTF-8, a file for each day. The root `ValCurs` has the day in `Date` (`DD.MM.YYYY`), and two `ValType`: that of metals, which is not
/// read, and `Xarici valyutalar` with the currencies. Each `Valute` in it has the code in `Code`, and `Nominal` and `Value`, which are
/// read. The decimal mark is a point; zeros at the end are dropped (`1.7`). Values are manat for the nominal,
/// [`HomePerForeign`](Quotation::HomePerForeign), without a change. Nominals are 1 and 100 and have changed: that of the tenge was 1 in
/// 2020 and is 100 in 2026. The special drawing right has the code `SDR` and is read as XDR.
///
/// The dollar was 1.7 manat in 2020 and is in 2026, so an unchanged dollar is no sign of a feed that has stopped.
///
/// # Days
///
/// `Date` is the day on which the rates are official. The file of a day without rates of its own has the list before: that of Saturday
/// 5 September 2026 had the one of 4 September.
///
/// The whole archive stands under today's codes, with the values of the units of the day. So a list before 1 January 2006 is in the
/// old manat, `AZM`, a 5,000th of today's (the dollar was 118 on 25 November 1993), and its rubles before 1998 are `RUR`, its Belarusian
/// rubles before 1 July 2016 `BYR`, as [`Currency::of_day`] reads them. Rows of the Turkish lira before 2005 have the nominal 1 and the
/// price of 1000 lira: 3.61 on 30 December 2004, and 3635.15 for a new lira on 2 January 2005. They are read with the nominal 1000.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Currency;
/// use masthead::source::{Cbar, Source};
///
/// let day = "2027-03-04".parse()?;
/// assert_eq!(Cbar::of_day().request(&day).uri(), "https://www.cbar.az/currencies/04.03.2027.xml");
///
/// let body = br#"<?xml version="1.0" encoding="UTF-8"?><ValCurs Date="04.03.2027" Name="AZN">
///     <ValType Type="Bank metallari"><Valute Code="XAU"><Nominal>1 t.u.</Nominal><Value>7605.494</Value></Valute></ValType>
///     <ValType Type="Xarici valyutalar">
///         <Valute Code="USD"><Nominal>1</Nominal><Value>1.7</Value></Valute>
///         <Valute Code="KZT"><Nominal>100</Nominal><Value>0.3412</Value></Valute>
///         <Valute Code="SDR"><Nominal>1</Nominal><Value>2.3301</Value></Valute>
///     </ValType></ValCurs>"#;
/// let rates = Cbar::of_day().decode(&day, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!(rates.len(), 3);
/// assert_eq!(rates.row(Currency::XDR).unwrap().value.to_string(), "2.3301");
/// // 0.3412 manat for a hundred tenge.
/// assert_eq!(rates.convert("50000 KZT".parse()?, Currency::AZN)?.to_string(), "170.60 AZN");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): a document without currencies.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): a day after the one of the request, an empty value, a decimal comma.
///
/// # Limits
///
/// The answers carry no validators (`ETag`, `Last-Modified`). There is no feed of the newest list.
///
/// # In a ticker
///
/// `Bank::cbar()` keeps these rates. The banks of Uzbekistan, Kazakhstan and Russia confirm surprising numbers; in March and April 2026 their
/// dollar was 1.695 to 1.7 manat.
#[derive(Clone, Debug)]
pub struct Cbar {
    _private: (),
}

impl Cbar {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Asia__Baku;

    /// The longest time for which a publication stays in force after its own day, in days: 10, which is [`Rates::DEFAULT_PAUSE`].
    pub const LONGEST_PAUSE: u16 = Rates::DEFAULT_PAUSE;

    /// `currencies/DD.MM.YYYY.xml`: the rates in force on a day.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { _private: () }
    }
}

/// The bank.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::CBAR,
    name: "Central Bank of the Republic of Azerbaijan",
    link: "https://www.cbar.az/",
    home: Currency::AZN,
    quotation: Quotation::HomePerForeign,
    zone: Cbar::ZONE,
    shown: SHOWN,
    days_ahead: DAYS_AHEAD,
    longest_pause: Cbar::LONGEST_PAUSE,
    is_carried: true,
    longest_silence: LONGEST_SILENCE,
    budget: Budget::EIGHT,
    in_force: |_| vec![of(Cbar::of_day())],
    newest: None,
    history: History::ByDay,
    witness: || of(Cbar::of_day()),
    witnesses: &[
        (SourceId::CBU, 0),
        (SourceId::NATIONAL_BANK_KZ, 0),
        (SourceId::CBR, 0),
    ],
};

/// The old lira, whose rows have the price of 1000 and the nominal 1.
const OLD_LIRA: Currency = Currency::constant("TRL");

impl Source for Cbar {
    from_profile!();

    fn request(&self, today: &NaiveDate) -> Request<()> {
        let path = format!("/currencies/{}.xml", today.format("%d.%m.%Y"));
        get("www.cbar.az", &path)
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = xml_text(&PROFILE.id, response)?;
        PROFILE.publish(read(&text), Some(*today))
    }
}

fn read(text: &str) -> Result<List, NoList> {
    let document = Element::root(text, &["ValCurs"])?;
    let day = document.attribute("Date").and_then(parse_day)?;
    let mut kinds = document.rows("ValType")?.iter();
    let currencies = kinds.find(|kind| kind.attribute("Type") == Ok(CURRENCIES));
    let rows = currencies.ok_or_else(|| format!("no {CURRENCIES:?}"))?;
    let rows = rows.rows("Valute")?;
    if rows.is_empty() {
        return Err(NoList::empty());
    }
    List::new(day, rows.iter().map(|valute| row(valute, day)))
}

/// The row of a currency; `None` for a code that is not in the table of currencies.
fn row(valute: &Element, day: NaiveDate) -> Result<Option<Row>, String> {
    let code = match parse_code(valute.attribute("Code")?)? {
        "SDR" => "XDR",
        code => code,
    };
    let nominal = match field(valute, code, "Nominal")? {
        "1" if Currency::of_day(code, day) == Some(OLD_LIRA) => "1000",
        nominal => nominal,
    };
    let printed = Printed {
        code,
        value: field(valute, code, "Value")?,
        nominal,
        change: None,
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}
