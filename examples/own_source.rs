//! Implements `Source` for a list of rates that an editorial office keeps on its own server.
//!
//! A source does no I/O: `request` returns the HTTP request to send, `decode` reads the response. This example calls both without a
//! network. In a site a ticker takes it as the source of a bank:
//! `Ticker::builder(contact).bank(Bank::new(Currency::KZT, chrono_tz::Asia::Almaty).rates([Arc::new(OfficeRates) as _]))`.
//!
//! ```sh
//! cargo run --example own_source
//! ```

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::NaiveDate;
use http::{Request, Response};
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::source::{DecodeError, Source, get, text};
use masthead::{Attribution, Layout, Snapshot, SourceId, Strip};

/// Reads `{"day": "2026-04-02", "tenge": {"USD": "475.20"}}`: the tenge that one unit of each currency costs.
#[derive(Debug)]
struct OfficeRates;

/// The response body.
#[derive(serde::Deserialize)]
struct List {
    day: NaiveDate,
    tenge: BTreeMap<Currency, String>,
}

impl Source for OfficeRates {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::constant("office")
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("The editorial office").with_url("https://news.example.kz/rates")
    }

    fn request(&self, _today: &NaiveDate) -> Request<()> {
        get("news.example.kz", "/rates.json")
    }

    fn decode(&self, _today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        // Another status than 200 is an error.
        let text = text(&self.id(), response)?;
        let List { day, tenge } = serde_json::from_str(text)
            .map_err(|cause| DecodeError::malformed(&self.id(), cause))?;
        let row = |(currency, value): (Currency, String)| {
            let value =
                parse_decimal(&value).map_err(|cause| DecodeError::malformed(&self.id(), cause))?;
            Ok(Row::new(currency, value, 1))
        };
        let rows = tenge
            .into_iter()
            .map(row)
            .collect::<Result<Vec<_>, DecodeError>>()?;
        let publication = Publication::new(
            self.id(),
            Currency::KZT,
            Quotation::HomePerForeign,
            day,
            chrono_tz::Asia::Almaty,
        );
        Rates::new(publication, rows).map_err(|cause| DecodeError::malformed(&self.id(), cause))
    }
}

#[allow(clippy::print_stdout)] // an example prints
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (today, now) = ("2026-04-02".parse()?, "2026-04-02T06:00:00Z".parse()?);
    println!("request: {}", OfficeRates.request(&today).uri());

    let body = r#"{"day": "2026-04-02", "tenge": {"USD": "475.20", "EUR": "551.10"}}"#;
    let rates = OfficeRates.decode(&today, &Response::new(Bytes::from_static(body.as_bytes())))?;
    let mut snapshot = Snapshot::default();
    snapshot.add_rates(rates, OfficeRates.attribution(), now);
    println!(
        "{}",
        Strip::new(&snapshot, &Layout::line().isolates(false), now).text()
    );

    let truncated = Response::new(Bytes::from_static(&body.as_bytes()[..50]));
    if let Err(error) = OfficeRates.decode(&today, &truncated) {
        println!("a truncated body: {error}");
    }
    Ok(())
}
