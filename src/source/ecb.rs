use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};

use super::central_bank::{DecimalMark, List, Printed, day_of, parse_code};
use super::charset::xml_text;
use super::xml::Element;
use super::{DecodeError, Source, get};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::{Attribution, SourceId};

/// The most decimals that the bank prints.
const DECIMALS: usize = 6;

/// The European Central Bank: reference rates of the euro, thirty currencies to one euro.
///
/// Rates are set on working days of the bank and published about 16:00 in Frankfurt, under the day they were set on. The
/// quotation is [`ForeignPerHome`](Quotation::ForeignPerHome): dollars for a euro.
///
/// # Limits
///
/// The feed takes no day and carries no change. It has no tenge, and no ruble since 2022.
///
/// ```
/// use masthead::source::{Ecb, Source};
///
/// let today = "2026-04-13".parse().unwrap();
/// assert_eq!(Ecb::daily().request(&today).uri(), "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml");
/// ```
#[derive(Clone, Debug)]
pub struct Ecb {
    _private: (),
}

impl Ecb {
    /// The zone of the bank's days, Frankfurt's.
    pub const ZONE: Tz = Tz::Europe__Berlin;

    /// For how many days after its own a publication may stay in force: 5, over Easter and
    /// over Christmas: the longest of its whole history, 4 January 1999 to 13 April 2026.
    pub const LONGEST_PAUSE: u16 = 5;

    /// `eurofxref-daily.xml`: the newest publication.
    #[must_use]
    pub const fn daily() -> Self {
        Self { _private: () }
    }
}

impl Source for Ecb {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::ECB
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("European Central Bank").link("https://www.ecb.europa.eu/")
    }

    fn request(&self, _today: &NaiveDate) -> Request<()> {
        get("www.ecb.europa.eu", "/stats/eurofxref/eurofxref-daily.xml")
    }

    fn decode(&self, _today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let id = self.id();
        let list = List {
            source: id.clone(),
            home: Currency::EUR,
            quotation: Quotation::ForeignPerHome,
            zone: Self::ZONE,
            longest_pause: Self::LONGEST_PAUSE,
            has_dollar: true,
            asked: None,
        };
        let text = xml_text(&id, response)?;
        read(&text)
            .and_then(|(day, rows)| list.publish(day, rows))
            .map_err(|what| DecodeError::malformed(&id, what))
    }
}

/// One cube of days, in it one cube of a day, in it a cube for each currency.
fn read(text: &str) -> Result<(NaiveDate, Vec<Row>), String> {
    let document = Element::root(text, "gesmes:Envelope")?;
    let of_day = document.child("Cube")?.child("Cube")?;
    let day = day_of(of_day.attribute("time")?, "%Y-%m-%d", "YYYY-MM-DD")?;
    let rows = of_day.rows("Cube")?.iter();
    let rows = rows.filter_map(|cube| row(cube).transpose());
    Ok((day, rows.collect::<Result<_, _>>()?))
}

fn row(cube: &Element) -> Result<Option<Row>, String> {
    let code = parse_code(cube.attribute("currency")?)?;
    let printed = Printed {
        code,
        value: cube
            .attribute("rate")
            .map_err(|what| format!("{code}: {what}"))?,
        // Of the euro, which every rate is for: the document prints none.
        nominal: "1",
        change: None,
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}
