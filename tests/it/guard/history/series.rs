//! The real series, as publications.

use std::io::Read as _;

use chrono::NaiveDate;
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use rust_decimal::Decimal;

use crate::guard::synthetic_market::{Market, Page};
use crate::support::recorded;

/// The real dollar of each day, and synthetic rates for the other currencies.
pub(crate) fn national_bank() -> Vec<Rates> {
    let text = String::from_utf8(recorded("../history/national_bank_kz_usd.csv")).unwrap();
    let (mut market, mut random) = (Market::new(), fastrand::Rng::with_seed(1));
    let mut before: Option<Page> = None;
    let days = text.lines().skip(1).map(|line| {
        let (day, dollar) = line.split_once(',').unwrap();
        let mut dollar = parse_decimal(dollar).unwrap();
        dollar.rescale(2);
        let hundredths = dollar.mantissa();
        let moved = before
            .as_ref()
            .is_none_or(|before| i128::from(before.value("USD")) != hundredths);
        if moved {
            market.pass(&mut random, 300);
        }
        market.set("KZT", hundredths);
        let page = market.page("KZT", day.parse().unwrap(), 2);
        let page = before
            .as_ref()
            .map_or(page.clone(), |before| page.after(before));
        before = Some(page.clone());
        let rows = page.lines.iter().map(|line| {
            Row::new(
                line.code.parse().unwrap(),
                Decimal::new(line.value, 2),
                line.nominal,
            )
            .with_change(Decimal::new(line.change, 2))
        });
        Rates::new(
            publication("KZT", Quotation::HomePerForeign, page.day),
            rows,
        )
        .unwrap()
    });
    days.collect()
}

/// The bank's own file: every day and every currency, the withdrawn ones under their own codes.
pub(crate) fn european_central_bank() -> Vec<Rates> {
    let text = unzip(&recorded("../history/ecb_eurofxref-hist.zip"));
    let mut lines = text.lines();
    let codes: Vec<Option<Currency>> = lines
        .next()
        .unwrap()
        .split(',')
        .map(|code| code.parse().ok())
        .collect();
    let days = lines.map(|line| {
        let mut fields = line.split(',');
        let day = fields.next().unwrap().parse().unwrap();
        let rows = fields.zip(&codes[1..]).filter_map(|(value, currency)| {
            let value = parse_decimal(value)
                .ok()
                .filter(|value| *value > Decimal::ZERO)?;
            Some(Row::new((*currency)?, value, 1))
        });
        Rates::new(publication("EUR", Quotation::ForeignPerHome, day), rows).unwrap()
    });
    let mut days: Vec<Rates> = days.collect();
    days.reverse();
    days
}

fn publication(home: &str, quotation: Quotation, day: NaiveDate) -> Publication {
    Publication::new(
        "bank".parse().unwrap(),
        home.parse().unwrap(),
        quotation,
        day,
        chrono_tz::Asia::Almaty,
    )
}

/// Returns the only file of a zip archive: the local header is 30 bytes, a name and an extra field; the size is in the directory
/// at the end, and the deflate stream marks its own end.
fn unzip(archive: &[u8]) -> String {
    assert_eq!(&archive[..4], b"PK\x03\x04");
    let length = |at: usize| usize::from(u16::from_le_bytes([archive[at], archive[at + 1]]));
    assert_eq!(length(8), 8, "deflate");
    let body = &archive[30 + length(26) + length(28)..];
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(body)
        .read_to_string(&mut text)
        .unwrap();
    text
}
