//! The central banks other than the National Bank of Kazakhstan: properties of all decoders, over documents of our own (`properties`,
//! `unusual_documents`), and each bank's own form.

mod cbr;
mod cbu;
mod charset;
mod ecb;
mod nbkr;
mod nbrb;
mod properties;
mod strip;
mod unusual_documents;
mod xml;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::Response;
use masthead::SourceId;
use masthead::money::{Currency, Quotation, Rates};
use masthead::source::{Cbr, Cbu, DecodeError, DynRates, Ecb, NationalBankKz, Nbkr, Nbrb, Source};

use crate::support::{day, ok};

const DAY: &str = "2027-03-04";

/// The fewest rows of a list.
const FEWEST: usize = 3;

/// Code, value, nominal and change, with our own figures. Each bank's document has those that the bank prints, in its form.
type Printed = [&'static str; 4];

/// Rows of foreign currencies for every bank: no bank's home currency is among them.
const ROWS: [Printed; 32] = [
    ["AED", "139.50", "1", "0.29"],
    ["AMD", "13.4000", "10", "-0.05"],
    ["AUD", "361.02", "1", "1.1"],
    ["AZN", "301.3765", "1", "0.62"],
    ["BND", "307.54", "1", "0"],
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
    ["LKR", "0.1859", "100", "0"],
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

/// One feed of a bank, and the form of its documents.
struct Feed {
    source: Box<DynRates>,
    id: SourceId,
    home: Currency,
    zone: Tz,
    quotation: Quotation,
    document: fn(day: &str, rows: &[Printed]) -> Response<Bytes>,
    has_dollar: bool,
    has_nominal: bool,
    has_change: bool,
    /// Whether the request has a day.
    of_day: bool,
    /// The most decimals that the bank prints.
    decimals: usize,
    /// The longest time for which a publication stays in force after its own day, in days.
    pause: u16,
    /// The text before a field that is not read.
    before_unread: &'static str,
    /// The text before the dollar's nominal, with the name of the field; before its code for a bank that prints no nominal.
    before_field: &'static str,
}

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

impl Feed {
    fn new(source: impl Source<Query = NaiveDate, Reading = Rates> + 'static, pause: u16) -> Self {
        let id = source.id();
        type Document = fn(&str, &[Printed]) -> Response<Bytes>;
        let (home, zone, document): (_, _, Document) = match id.as_str() {
            "cbr" => (Currency::RUB, Cbr::ZONE, cbr::document),
            "cbu" => (Currency::UZS, Cbu::ZONE, cbu::document),
            "nbkr" => (Currency::KGS, Nbkr::ZONE, nbkr::document),
            "nbrb" => (Currency::BYN, Nbrb::ZONE, nbrb::document),
            "national_bank_kz" => (Currency::KZT, NationalBankKz::ZONE, national_bank_kz),
            _ => (Currency::EUR, Ecb::ZONE, ecb::document),
        };
        let is_ecb = id == SourceId::ECB;
        let (decimals, before_unread, before_field) = match id.as_str() {
            "cbr" => (4, "<Name>", "<Nominal"),
            "cbu" => (2, "\"CcyNm_UZC\":\"", "\"Nominal"),
            "nbkr" => (4, " Name=\"", "<Nominal"),
            "nbrb" => (4, "\"Cur_Name\":\"", "\"Cur_Scale"),
            "national_bank_kz" => (2, "<fullname>", "<quant"),
            _ => (6, "<gesmes:subject>", "<Cube currency"),
        };
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
            decimals,
            pause,
            before_unread,
            before_field,
            has_dollar: !of_day.ends_with("weekly.xml"),
            has_nominal: !is_ecb,
            has_change: [SourceId::CBU, SourceId::NATIONAL_BANK_KZ].contains(&id),
            of_day: of_day.contains("2027"),
            id,
            source: Box::new(source),
        }
    }

    fn all() -> [Self; 9] {
        [
            Self::new(Cbr::of_day(), Cbr::LONGEST_PAUSE),
            Self::new(Cbr::newest(), Cbr::LONGEST_PAUSE),
            Self::new(Cbu::of_day(), Cbu::LONGEST_PAUSE),
            Self::new(Cbu::newest(), Cbu::LONGEST_PAUSE),
            Self::new(Nbkr::daily(), Nbkr::LONGEST_PAUSE),
            Self::new(Nbkr::weekly(), 6),
            Self::new(Nbrb::of_day(), Nbrb::LONGEST_PAUSE),
            Self::new(Nbrb::newest(), Nbrb::LONGEST_PAUSE),
            Self::new(Ecb::daily(), Ecb::LONGEST_PAUSE),
        ]
    }

    /// All feeds and those of the National Bank of Kazakhstan, whose errors have other texts.
    fn with_national_bank_kz() -> Vec<Self> {
        let own = [NationalBankKz::of_day(), NationalBankKz::newest()];
        let own = own.map(|source| Self::new(source, NationalBankKz::LONGEST_PAUSE));
        Self::all().into_iter().chain(own).collect()
    }

    fn decode(&self, rows: &[Printed]) -> Result<Rates, DecodeError> {
        let document = (self.document)(DAY, rows);
        self.source.decode(&day(DAY), &document)
    }

    /// A value as the bank would print it: without the zeros beyond its decimals.
    fn digits<'a>(&self, value: &'a str) -> &'a str {
        let point = value.find('.').unwrap_or(value.len());
        let kept = value.trim_end_matches('0').len();
        let end = value.len().min(point + 1 + self.decimals);
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
fn dollar(cell: usize, text: &'static str) -> [Printed; 32] {
    let mut rows = ROWS;
    rows[29][cell] = text;
    rows
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
