//! A source of a site's own, in thirty lines: the desk's list of rates, on the site's own server.
//!
//! A source does no I/O, so nothing here needs a network: it is asked what it would request, and given an answer. In a
//! site it goes into `Ticker::builder(…).rates([…], zone)`.
//!
//! ```sh
//! cargo run --example own_source
//! ```

use bytes::Bytes;
use chrono::NaiveDate;
use http::{Request, Response};
use masthead::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::source::{DecodeError, DecodeErrorKind, Source};
use masthead::{Attribution, Layout, Snapshot, SourceId, Strip};

/// Lines of `USD 448.10`, the day on the first.
#[derive(Debug)]
struct Desk;

impl Source for Desk {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::constant("desk")
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("The newspaper's desk").link("https://news.example.kz/desk")
    }

    fn request(&self, today: &NaiveDate) -> Request<()> {
        let mut request = Request::new(());
        *request.uri_mut() = http::Uri::from_static("https://news.example.kz/desk/rates.txt");
        request.headers_mut().insert(
            "x-day",
            today
                .to_string()
                .try_into()
                .expect("a date is a header value"),
        );
        request
    }

    fn decode(&self, _: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let malformed = |what: &dyn std::fmt::Display| DecodeError::malformed(&self.id(), what);
        if !response.status().is_success() {
            return Err(DecodeError::new(
                &self.id(),
                DecodeErrorKind::Status(response.status()),
            ));
        }
        let text = std::str::from_utf8(response.body()).map_err(|cause| malformed(&cause))?;
        // The last line says how many there are: a body that was cut must not pass for a short list.
        let (list, count) = text
            .trim_end()
            .rsplit_once('\n')
            .ok_or_else(|| malformed(&"no count"))?;
        let mut lines = list.lines();
        let day = lines
            .next()
            .unwrap_or_default()
            .parse()
            .map_err(|cause| malformed(&cause))?;
        let rows: Vec<Row> = lines
            .map(row)
            .collect::<Result<_, _>>()
            .map_err(|cause| malformed(&cause))?;
        if count != format!("{} rates", rows.len()) {
            return Err(malformed(&format!(
                "{} rates where the list says {count:?}",
                rows.len()
            )));
        }
        let publication = Publication {
            home: Currency::KZT,
            quotation: Quotation::HomePerForeign,
            day,
            zone: chrono_tz::Asia::Almaty,
            source: self.id(),
            method: Method::Published,
        };
        Rates::new(publication, rows).map_err(|cause| malformed(&cause))
    }
}

fn row(line: &str) -> Result<Row, Box<dyn std::error::Error>> {
    let (code, value) = line.split_once(' ').ok_or("a line without a space")?;
    Ok(Row {
        currency: code.parse()?,
        value: parse_decimal(value)?,
        nominal: 1,
        change: None,
    })
}

#[allow(clippy::print_stdout)] // an example talks
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let today: NaiveDate = "2026-04-02".parse()?;
    println!("it would ask {}", Desk.request(&today).uri());

    let answer = Response::new(Bytes::from_static(
        b"2026-04-02\nUSD 475.20\nEUR 551.10\n2 rates\n",
    ));
    let rates = Desk.decode(&today, &answer)?;
    let mut snapshot = Snapshot::default();
    let now = "2026-04-02T06:00:00Z".parse()?;
    snapshot.add_rates(rates, Desk.attribution(), now);
    println!(
        "{}",
        Strip::new(&snapshot, &Layout::line().isolates(false), now).text()
    );

    let cut = Response::new(Bytes::from_static(b"2026-04-02\nUSD 475.20\nEU"));
    println!(
        "and of half an answer it says: {}",
        Desk.decode(&today, &cut).unwrap_err()
    );
    Ok(())
}
