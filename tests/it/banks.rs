//! The central banks other than the National Bank of Kazakhstan: properties of all decoders, over documents of our own (`properties`,
//! `unusual_documents`), and each bank's own form.

mod carries;
mod cbar;
mod cbr;
mod cbu;
mod charset;
mod ecb;
mod lifetimes;
mod nbg;
mod nbkr;
mod nbrb;
mod nbu;
mod properties;
mod strip;
mod unusual_documents;
mod xml;

use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::Response;
use masthead::SourceId;
use masthead::money::{Currency, Quotation, Rates};
use masthead::source::{DecodeError, DynRates, Nbkr};
use masthead::ticker::Bank;

use crate::support::{day, ok};

const DAY: &str = "2027-03-04";

/// The fewest rows of a list.
const FEWEST: usize = 3;

/// Code, value, nominal and change, with our own figures. Each bank's document has those that the bank prints, in its form.
type Printed = [&'static str; 4];

/// Rows of foreign currencies for every bank: no bank's home currency is among them.
const ROWS: [Printed; 29] = [
    ["AED", "139.50", "1", "0.29"],
    ["AMD", "13.4000", "10", "-0.05"],
    ["AUD", "361.02", "1", "1.1"],
    ["BND", "307.54", "1", "0"],
    ["BRL", "98.1", "1", "-2"],
    ["CAD", "374.20", "1", "-0.03"],
    ["CHF", "658.1234", "1", "0.5"],
    ["CNY", "71.02", "1", "0.20"],
    ["CZK", "24.6", "10", "0.01"],
    ["DKK", "80.6500", "10", "-0.06"],
    ["EGP", "10.1", "1", "0"],
    ["GBP", "689.9", "1", "-3.10"],
    ["HKD", "65.8", "10", "0.13"],
    ["HUF", "156.7", "100", "-1.02"],
    ["IDR", "30.5", "1000", "0.02"],
    ["INR", "59.9", "10", "0"],
    ["JPY", "3", "1", "-0.01"],
    ["KRW", "36.64", "100", "0.11"],
    ["KWD", "1668.01", "1", "3.4"],
    ["LKR", "0.1859", "100", "0"],
    ["MXN", "29.7", "1", "0"],
    ["NOK", "50.98", "10", "0.7"],
    ["PLN", "141.30", "1", "-0.15"],
    ["SEK", "55.5", "10", "0.2"],
    ["SGD", "401.17", "1", "0.9"],
    ["TRY", "11.7", "10", "-0.03"],
    ["USD", "512.3400", "1", "1.05"],
    ["VND", "193.7", "10000", "-1.30"],
    ["XDR", "700", "1", "12"],
];

/// The form of a bank's documents, and the facts that its decoder must state.
struct Form {
    home: Currency,
    zone: Tz,
    quotation: Quotation,
    document: fn(day: &str, rows: &[Printed]) -> Response<Bytes>,
    has_nominal: bool,
    has_change: bool,
    /// Whether values are numbers of JSON, so that a text that is no number is no JSON.
    has_json_numbers: bool,
    /// The most decimals that the bank prints.
    decimals: usize,
    /// The longest time for which a publication stays in force after its own day, in days.
    pause: u16,
    /// The text before a field that is not read.
    before_unread: &'static str,
    /// The text before the dollar's nominal, with the name of the field; before its code for a bank that prints no nominal.
    before_field: &'static str,
}

/// Returns the form of a bank's documents. A bank of the crate's list without one fails all tests of this module.
fn form(id: &SourceId) -> Form {
    match id.as_str() {
        "cbr" => cbr::FORM,
        "cbu" => cbu::FORM,
        "nbkr" => nbkr::FORM,
        "nbrb" => nbrb::FORM,
        "ecb" => ecb::FORM,
        "nbg" => nbg::FORM,
        "cbar" => cbar::FORM,
        "nbu" => nbu::FORM,
        "national_bank_kz" => NATIONAL_BANK_KZ,
        _ => panic!("no form of the documents of {id}: it needs a file in tests/it/banks"),
    }
}

/// One feed of a bank.
struct Feed {
    source: Arc<DynRates>,
    id: SourceId,
    form: Form,
    has_dollar: bool,
    /// Whether the request has a day.
    of_day: bool,
}

const NATIONAL_BANK_KZ: Form = Form {
    home: Currency::KZT,
    zone: Tz::Asia__Almaty,
    quotation: Quotation::HomePerForeign,
    document: national_bank_kz,
    has_nominal: true,
    has_change: true,
    has_json_numbers: false,
    decimals: 2,
    pause: 0,
    before_unread: "<fullname>",
    before_field: "<quant",
};

/// The form of `get_rates.cfm`.
fn national_bank_kz(day: &str, rows: &[Printed]) -> Response<Bytes> {
    let [year, month, day] = [&day[..4], &day[5..7], &day[8..]];
    let rows: String = rows
        .iter()
        .map(|[code, value, nominal, change]| {
            format!(
                "<item><fullname>ВАЛЮТА</fullname><title>{code}</title><description>{value}</description>\
                 <quant>{nominal}</quant><index></index><change>{change}</change></item>\n"
            )
        })
        .collect();
    ok(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rates><date>{day}.{month}.{year}</date>\n{rows}</rates>\n"
    ))
}

/// Returns whether the address of a request has the day. That of a newest publication may have a later one.
fn asks_for_a_day(source: &DynRates) -> bool {
    let address = source.request(&day(DAY)).uri().to_string();
    let forms = ["2027-03-04", "20270304", "04.03.2027", "04/03/2027"];
    forms.iter().any(|form| address.contains(form))
}

impl Feed {
    fn new(source: &Arc<DynRates>) -> Self {
        let id = source.id();
        Self {
            form: form(&id),
            has_dollar: true,
            of_day: asks_for_a_day(&**source),
            id,
            source: Arc::clone(source),
        }
    }

    /// The feeds of a built-in bank, without other routes to its rates.
    fn of(id: &SourceId) -> Vec<Self> {
        let bank: Bank = id.as_str().parse().unwrap();
        let own = bank.sources().filter(|source| source.id() == *id);
        own.map(Self::new).collect()
    }

    /// The feeds of all banks but the National Bank of Kazakhstan, whose errors have other texts.
    fn all() -> Vec<Self> {
        let banks = Bank::ids().filter(|id| *id != SourceId::NATIONAL_BANK_KZ);
        let weekly: Arc<DynRates> = Arc::new(Nbkr::weekly());
        let weekly = Self {
            has_dollar: false,
            form: Form {
                pause: 6,
                ..nbkr::FORM
            },
            ..Self::new(&weekly)
        };
        let feeds = banks.flat_map(|id| Self::of(&id));
        feeds.chain([weekly]).collect()
    }

    /// One feed of each bank.
    fn one_of_each() -> Vec<Self> {
        let mut feeds = Self::all();
        feeds.dedup_by_key(|feed| feed.id.clone());
        feeds
    }

    fn with_national_bank_kz() -> Vec<Self> {
        let own = Self::of(&SourceId::NATIONAL_BANK_KZ);
        Self::all().into_iter().chain(own).collect()
    }

    fn document(&self, day: &str, rows: &[Printed]) -> Response<Bytes> {
        (self.form.document)(day, rows)
    }

    fn decode(&self, rows: &[Printed]) -> Result<Rates, DecodeError> {
        let document = self.document(DAY, rows);
        self.source.decode(&day(DAY), &document)
    }

    /// A value as the bank would print it: without the zeros beyond its decimals.
    fn digits<'a>(&self, value: &'a str) -> &'a str {
        let point = value.find('.').unwrap_or(value.len());
        let kept = value.trim_end_matches('0').len();
        let end = value.len().min(point + 1 + self.form.decimals);
        &value[..kept.max(end)]
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

/// The text of an error other than no data, without the source's name.
#[track_caller]
fn reason(source: &DynRates, read: Result<Rates, DecodeError>) -> String {
    let error = read.expect_err("the body was accepted");
    assert!(!error.is_no_data(), "{error}");
    let text = error.to_string();
    let reason = text.strip_prefix(&format!("cannot read {}: ", source.id()));
    reason.unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// The row of a currency: value, nominal and change.
#[track_caller]
fn row(rates: &Rates, code: &str) -> (String, u32, Option<String>) {
    let row = rates.row(code.parse().unwrap()).expect("no row");
    let change = row.change.map(|change| change.to_string());
    (row.value.to_string(), row.nominal, change)
}

/// The answer with every occurrence of a text replaced by bytes.
#[track_caller]
fn with_bytes(answer: &Response<Bytes>, from: &str, to: &[u8]) -> Response<Bytes> {
    let (mut changed, mut rest) = (Vec::new(), &answer.body()[..]);
    let places = rest.windows(from.len()).filter(|at| *at == from.as_bytes());
    assert!(places.count() > 0, "{from} is not in it");
    while let [first, tail @ ..] = rest {
        if let Some(after) = rest.strip_prefix(from.as_bytes()) {
            changed.extend_from_slice(to);
            rest = after;
        } else {
            changed.push(*first);
            rest = tail;
        }
    }
    answer.clone().map(|_| Bytes::from(changed))
}

/// The rows with one cell of the dollar's replaced.
fn dollar(cell: usize, text: &'static str) -> [Printed; 29] {
    ROWS.map(|mut row| {
        if row[0] == "USD" {
            row[cell] = text;
        }
        row
    })
}

/// The answer with a text replaced, which must stand in it once.
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

/// Checks that each prefix of the body is an error, apart from white space at the end. The body is cut at every `step`th byte.
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

/// The answer with another charset in its declaration, and without headers.
fn with_charset(answer: Response<Bytes>, charset: &str) -> Response<Bytes> {
    let mut answer = answer;
    answer.headers_mut().clear();
    answer.map(|body| {
        let text = String::from_utf8_lossy(&body).replace("windows-1251", charset);
        Bytes::from(text)
    })
}
