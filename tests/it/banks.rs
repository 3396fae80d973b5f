//! The central banks but the National Bank of Kazakhstan: what holds of all of them, over documents of our own (`laws`); and each by itself.

mod cbr;
mod cbu;
mod charset;
mod ecb;
mod laws;
mod nbkr;
mod nbrb;
mod strip;
mod xml;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::Response;
use masthead::SourceId;
use masthead::money::{Currency, Quotation, Rates};
use masthead::source::{Cbr, Cbu, DecodeError, DynRates, Ecb, Nbkr, Nbrb, Source};

use crate::support::day;

const DAY: &str = "2027-03-04";

/// Code, value, nominal, change; our own figures. A bank prints what it has of them, in its own way.
type Printed = [&'static str; 4];

/// None is the home currency of any of the banks.
const ROWS: [Printed; 32] = [
    ["AED", "139.50", "1", "0.29"],
    ["AMD", "13.4000", "10", "-0.05"],
    ["AUD", "361.02", "1", "1.1"],
    ["AZN", "301.3765", "1", "0.62"],
    ["BGN", "307.54", "1", "0"],
    ["BRL", "98.1", "1", "-2"],
    ["CAD", "374.20", "1", "-0.03"],
    ["CHF", "658.1234", "1", "0.5"],
    ["CNY", "71.02", "1", "0.20"],
    ["CZK", "24.6", "10", "0.01"],
    ["DKK", "80.6500", "10", "-0.06"],
    ["EGP", "10.1", "1", "0"],
    ["GBP", "689.9", "1", "-3.10"],
    ["GEL", "189.04", "1", "0.4"],
    ["HKD", "65.8", "10", "0.13"],
    ["HUF", "156.7", "100", "-1.02"],
    ["IDR", "30.5", "1000", "0.02"],
    ["INR", "59.9", "10", "0"],
    ["JPY", "3", "1", "-0.01"],
    ["KRW", "36.64", "100", "0.11"],
    ["KWD", "1668.01", "1", "3.4"],
    ["KZT", "0.1859", "100", "0"],
    ["MXN", "29.7", "1", "0"],
    ["NOK", "50.98", "10", "0.7"],
    ["PLN", "141.30", "1", "-0.15"],
    ["SEK", "55.5", "10", "0.2"],
    ["SGD", "401.17", "1", "0.9"],
    ["TRY", "11.7", "10", "-0.03"],
    ["UAH", "11.65", "1", "0"],
    ["USD", "512.3400", "1", "1.05"],
    ["VND", "193.7", "10000", "-1.30"],
    ["XDR", "700", "1", "12"],
];

/// One address of a bank, and how its documents are written.
struct Feed {
    source: Box<DynRates>,
    id: SourceId,
    home: Currency,
    zone: Tz,
    quotation: Quotation,
    document: fn(day: &str, rows: &[Printed]) -> Response<Bytes>,
    minimum: usize,
    has_dollar: bool,
    has_nominal: bool,
    has_change: bool,
    /// Whether a day is asked for.
    of_day: bool,
}

impl Feed {
    fn new(
        source: impl Source<Query = NaiveDate, Reading = Rates> + 'static,
        minimum: usize,
    ) -> Self {
        let id = source.id();
        type Document = fn(&str, &[Printed]) -> Response<Bytes>;
        let (home, zone, document): (_, _, Document) = match id.as_str() {
            "cbr" => (Currency::RUB, Cbr::ZONE, cbr::document),
            "cbu" => (Currency::UZS, Cbu::ZONE, cbu::document),
            "nbkr" => (Currency::KGS, Nbkr::ZONE, nbkr::document),
            "nbrb" => (Currency::BYN, Nbrb::ZONE, nbrb::document),
            _ => (Currency::EUR, Ecb::ZONE, ecb::document),
        };
        let is_ecb = id == SourceId::ECB;
        let of_day = source.request(&day(DAY)).uri().to_string();
        Self {
            home,
            zone,
            quotation: if is_ecb {
                Quotation::ForeignPerHome
            } else {
                Quotation::HomePerForeign
            },
            document,
            minimum,
            has_dollar: !of_day.ends_with("weekly.xml"),
            has_nominal: !is_ecb,
            has_change: id == SourceId::CBU,
            of_day: of_day.contains("2027"),
            id,
            source: Box::new(source),
        }
    }

    fn all() -> [Self; 9] {
        [
            Self::new(Cbr::of_day(), 20),
            Self::new(Cbr::newest(), 20),
            Self::new(Cbu::of_day(), 30),
            Self::new(Cbu::newest(), 30),
            Self::new(Nbkr::daily(), 3),
            Self::new(Nbkr::weekly(), 10),
            Self::new(Nbrb::of_day(), 15),
            Self::new(Nbrb::newest(), 15),
            Self::new(Ecb::daily(), 20),
        ]
    }

    fn decode(&self, rows: &[Printed]) -> Result<Rates, DecodeError> {
        let document = (self.document)(DAY, rows);
        self.source.decode(&day(DAY), &document)
    }

    #[track_caller]
    fn read(&self, rows: &[Printed]) -> Rates {
        self.decode(rows)
            .unwrap_or_else(|error| panic!("{:?}: {error}", self.source))
    }

    #[track_caller]
    fn refusal(&self, rows: &[Printed]) -> String {
        reason(&*self.source, self.decode(rows))
    }
}

/// The reason for which a body is refused, without the source's name.
#[track_caller]
fn reason(source: &DynRates, read: Result<Rates, DecodeError>) -> String {
    let error = read.expect_err("the body was accepted");
    assert!(!error.is_no_data(), "{error}");
    let text = error.to_string();
    let reason = text.strip_prefix(&format!("cannot read {}: ", source.id()));
    reason.unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// What stands of a currency: value, nominal, change.
#[track_caller]
fn row(rates: &Rates, code: &str) -> (String, u32, Option<String>) {
    let row = rates.row(code.parse().unwrap()).expect("no row");
    let change = row.change.map(|change| change.to_string());
    (row.value.to_string(), row.nominal, change)
}

/// The rows with one cell of the dollar's replaced.
fn dollar(cell: usize, text: &'static str) -> [Printed; 32] {
    let mut rows = ROWS;
    rows[29][cell] = text;
    rows
}

/// An answer with one text in it replaced.
#[track_caller]
fn altered(answer: &Response<Bytes>, from: &str, to: &str) -> Response<Bytes> {
    let body = answer.body();
    let mut places = body
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| *window == from.as_bytes());
    let (at, _) = places
        .next()
        .unwrap_or_else(|| panic!("{from} is not in it"));
    assert!(places.next().is_none(), "{from} stands in it twice");
    let changed = [&body[..at], to.as_bytes(), &body[at + from.len()..]].concat();
    answer.clone().map(|_| Bytes::from(changed))
}

/// Each shorter body is an error, but for the white space at the end. A long one is cut at every `step`th byte.
#[track_caller]
fn prefixes_are_errors(source: &DynRates, asked: NaiveDate, answer: &Response<Bytes>, step: usize) {
    let whole = source.decode(&asked, answer).unwrap();
    let end = answer.body().trim_ascii_end().len();
    for length in (0..answer.body().len()).step_by(step).chain([end - 1]) {
        let cut = answer.clone().map(|body| body.slice(..length));
        match source.decode(&asked, &cut) {
            Ok(rates) => assert!(length >= end && rates == whole, "{length} bytes are read"),
            Err(error) => assert!(
                length < end && !error.is_no_data(),
                "{length} bytes: {error}"
            ),
        }
    }
}

/// The answer in another charset by its declaration, and by no header.
fn with_charset(answer: Response<Bytes>, charset: &str) -> Response<Bytes> {
    let mut answer = answer;
    answer.headers_mut().clear();
    answer.map(|body| {
        let text = String::from_utf8_lossy(&body).replace("windows-1251", charset);
        Bytes::from(text)
    })
}
