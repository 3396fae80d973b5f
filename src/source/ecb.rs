use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};

use super::central_bank::{DecimalMark, List, NoList, Printed, day_of, parse_code};
use super::charset::xml_text;
use super::profile::{Budget, History, LONGEST_SILENCE, Profile, of};
use super::xml::Element;
use super::{BodyLimit, DecodeError, Source, get};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::{Attribution, SourceId};

/// The most decimals that the bank prints.
const DECIMALS: usize = 6;

impl SourceId {
    /// The European Central Bank.
    pub const ECB: Self = Self::constant("ecb");
}

/// The European Central Bank: reference rates of the euro, about thirty currencies.
///
/// # Document
///
/// `eurofxref-daily.xml`: XML in UTF-8. Inside `gesmes:Envelope` there is a `Cube`, in it the `Cube` of a day (`time`,
/// `YYYY-MM-DD`), in it a `Cube` for each currency with the attributes `currency` and `rate`; both kinds of quotes around
/// attributes were seen. The decimal mark is a point, and the bank prints up to six decimals; zeros at the end are kept. There
/// is no nominal, no change and no row of the euro.
///
/// **Direction**: values are foreign units for one euro, [`ForeignPerHome`](Quotation::ForeignPerHome), where other banks
/// print home units for foreign ones. So the pair of a row is EUR/USD, not USD/EUR.
///
/// # Days
///
/// `time` is the day on which the rates are set, a working day of the bank; they are published about 16:00 in Frankfurt. The
/// feed takes no day in its request, so the decoder accepts any day. In the history of a ticker a list is that of its own day only: in the
/// morning the newest list is that of the day before, and Saturday has none.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::money::Currency;
/// use masthead::source::{Ecb, Source};
///
/// let today = "2027-03-04".parse()?;
/// assert_eq!(Ecb::daily().request(&today).uri(), "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml");
///
/// let body = br#"<?xml version="1.0" encoding="UTF-8"?>
///     <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"><Cube><Cube time='2027-03-04'>
///         <Cube currency='USD' rate='1.1500'/><Cube currency='JPY' rate='171.25'/><Cube currency='GBP' rate='0.86210'/>
///     </Cube></Cube></gesmes:Envelope>"#;
/// let rates = Ecb::daily().decode(&today, &Response::new(Bytes::from_static(body)))?;
/// assert_eq!((rates.zone(), rates.longest_pause()), (Ecb::ZONE, Ecb::LONGEST_PAUSE));
/// assert_eq!(rates.rate("EUR/USD".parse()?).unwrap().value().to_string(), "1.1500");
/// assert_eq!(rates.rate("USD/EUR".parse()?), None);
/// assert_eq!(rates.convert("230 USD".parse()?, Currency::EUR)?.to_string(), "200.00 EUR");
///
/// let two_days = br#"<gesmes:Envelope><Cube><Cube time='2027-03-04'/><Cube time='2027-03-03'/></Cube></gesmes:Envelope>"#;
/// let error = Ecb::daily().decode(&today, &Response::new(Bytes::from_static(two_days))).unwrap_err();
/// assert_eq!(error.to_string(), "cannot read ecb: <Cube> has two <Cube>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// The bank has no way to state that it has no data, so an empty list is [`Malformed`](super::DecodeErrorKind::Malformed), as is
/// a list of several days: the bank's history is read by the back-fill of a ticker only.
///
/// # Limits
///
/// The feed has no tenge, and no ruble since 2022. It serves as a check of EUR/USD and USD/CNY: on three days of April 2026 the
/// National Bank of Kazakhstan's rates of the day after differed by 0.34 % at most.
///
/// # In a ticker
///
/// `Bank::ecb()` keeps these rates. The banks of Belarus and Russia, whose rates are for the day after, confirm surprising numbers.
#[derive(Clone, Debug)]
pub struct Ecb {
    _private: (),
}

impl Ecb {
    /// The zone of the bank's days, Frankfurt's.
    pub const ZONE: Tz = Tz::Europe__Berlin;

    /// The longest time for which a publication stays in force after its own day, in days: 5, over Easter and over Christmas.
    /// That is the longest in the bank's whole history, 4 January 1999 to 13 April 2026.
    pub const LONGEST_PAUSE: u16 = 5;

    /// `eurofxref-daily.xml`: the newest publication.
    #[must_use]
    pub const fn daily() -> Self {
        Self { _private: () }
    }
}

/// The bank. It quotes neither the ruble nor the tenge. The other banks' rates are set on one day and official on the next.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::ECB,
    name: "European Central Bank",
    link: "https://www.ecb.europa.eu/",
    home: Currency::EUR,
    quotation: Quotation::ForeignPerHome,
    zone: Ecb::ZONE,
    shown: &[Currency::USD, Currency::CNY],
    days_ahead: 1,
    longest_pause: Ecb::LONGEST_PAUSE,
    is_carried: false,
    longest_silence: LONGEST_SILENCE,
    budget: Budget::EIGHT,
    in_force: |_| vec![of(Ecb::daily())],
    newest: None,
    history: History::Files {
        all: || Arc::new(Archive { file: "hist" }),
        recent: || Arc::new(Archive { file: "hist-90d" }),
        first: FIRST_DAY,
    },
    witness: || of(Ecb::daily()),
    witnesses: &[(SourceId::NBRB, 1), (SourceId::CBR, 1)],
};

impl Source for Ecb {
    from_profile!();

    fn request(&self, _today: &NaiveDate) -> Request<()> {
        get("www.ecb.europa.eu", "/stats/eurofxref/eurofxref-daily.xml")
    }

    fn decode(&self, _today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = xml_text(&PROFILE.id, response)?;
        PROFILE.publish(read(&text), None)
    }
}

/// The day of the bank's first rates.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1999, 1, 4).unwrap();

/// `eurofxref-hist.xml`, every day since the first one, about nine megabytes in April 2026, and `eurofxref-hist-90d.xml`, the last ninety days, in
/// the form of the daily list.
#[derive(Debug)]
struct Archive {
    file: &'static str,
}

impl Source for Archive {
    type Query = NaiveDate;
    type Reading = Vec<Rates>;

    fn id(&self) -> SourceId {
        PROFILE.id.clone()
    }

    fn attribution(&self) -> Attribution {
        PROFILE.attribution()
    }

    fn request(&self, _day: &NaiveDate) -> Request<()> {
        let path = format!("/stats/eurofxref/eurofxref-{}.xml", self.file);
        let mut request = get("www.ecb.europa.eu", &path);
        request.extensions_mut().insert(BodyLimit(32 << 20));
        request
    }

    fn decode(
        &self,
        _day: &NaiveDate,
        response: &Response<Bytes>,
    ) -> Result<Vec<Rates>, DecodeError> {
        let text = xml_text(&PROFILE.id, response)?;
        let mut days = Vec::new();
        let rest = Element::root_without(&text, &["gesmes:Envelope"], 2, &mut |element| {
            if element.name() == "Cube" {
                days.push(list(&element));
            }
            Ok(())
        });
        let malformed = |what| DecodeError::malformed(&PROFILE.id, what);
        let rest = rest.map_err(malformed)?;
        rest.child("Cube").map_err(malformed)?;
        if days.is_empty() {
            return Err(malformed("a history without days".into()));
        }
        let days = days.into_iter();
        days.map(|list| PROFILE.publish(list, None)).collect()
    }
}

/// A cube of days, in it the cube of a day, in it a cube for each currency.
fn read(text: &str) -> Result<List, NoList> {
    let document = Element::root(text, &["gesmes:Envelope"])?;
    list(document.child("Cube")?.child("Cube")?)
}

/// The list in the cube of a day.
fn list(of_day: &Element) -> Result<List, NoList> {
    let day = day_of(of_day.attribute("time")?, "%Y-%m-%d", "YYYY-MM-DD")?;
    List::new(day, of_day.rows("Cube")?.iter().map(row))
}

/// The row of a cube; `None` for a code that is not in the table of currencies.
fn row(cube: &Element) -> Result<Option<Row>, String> {
    let code = parse_code(cube.attribute("currency")?)?;
    let printed = Printed {
        code,
        value: cube
            .attribute("rate")
            .map_err(|what| format!("{code}: {what}"))?,
        // Every rate is for one euro; the document prints no nominal.
        nominal: "1",
        change: None,
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}
