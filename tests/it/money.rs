//! Tests of `money`: text and values are inverses, documents are checked, conversion is exact and rounded once.

mod cash;
#[cfg(feature = "columns")]
mod column;
mod convert;
mod edges;
mod faults;
mod lifetimes;
pub(crate) mod oracle;
mod rows;
mod sums;

use masthead::SourceId;
use masthead::money::{
    Currency, Method, Money, Pair, Publication, Quotation, Rates, Row, parse_decimal,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::day;

/// Two dozen codes of the table, without the home currency.
const CODES: [&str; 24] = [
    "AED", "AMD", "AUD", "BHD", "BYN", "CHF", "CLF", "CNY", "CZK", "EUR", "GBP", "HUF", "IRR",
    "JPY", "KGS", "KRW", "KWD", "RUB", "TND", "USD", "UYW", "UZS", "VND", "XDR",
];

pub(crate) fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(CODES.to_vec()).prop_map(|code| code.parse().unwrap())
}

/// Any decimal of the grammar: at most 28 decimals and at most 96 bits.
fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i128>(), 0..=96_u32, 0..=28_u32).prop_map(|(bits, width, scale)| {
        let mantissa = bits % (1 << width);
        Decimal::try_from_i128_with_scale(mantissa, scale).unwrap()
    })
}

fn source() -> impl Strategy<Value = SourceId> {
    "[a-z0-9_]{1,40}".prop_map(|id| id.parse().unwrap())
}

fn row() -> impl Strategy<Value = (i64, u32, u32, Option<Decimal>)> {
    let change = prop::option::of((-1_000_000..1_000_000_i64).prop_map(|c| Decimal::new(c, 2)));
    (1..1_000_000_000_i64, 0..=9_u32, 0..=6_u32, change)
}

/// Any valid publication with tenge as its home currency.
pub(crate) fn rates() -> impl Strategy<Value = Rates> {
    let rows = prop::collection::btree_map(prop::sample::select(CODES.to_vec()), row(), 1..10);
    let quotation =
        prop::sample::select(vec![Quotation::HomePerForeign, Quotation::ForeignPerHome]);
    let method = prop::sample::select(vec![Method::Published, Method::Computed]);
    (rows, quotation, method, 0..20_000_u64, source()).prop_map(
        |(rows, quotation, method, days, source)| {
            let publication = Publication::new(
                source,
                Currency::KZT,
                quotation,
                day("1993-11-15") + chrono::Days::new(days),
                chrono_tz::Asia::Almaty,
            )
            .with_method(method);
            let rows = rows
                .into_iter()
                .map(|(code, (value, scale, zeros, change))| {
                    Row::new(
                        code.parse().unwrap(),
                        Decimal::new(value, scale),
                        10_u32.pow(zeros),
                    )
                    .with_change(change)
                });
            Rates::new(publication, rows).unwrap()
        },
    )
}

/// Parses the text that the value prints.
#[track_caller]
fn reparsed<T: std::str::FromStr + ToString>(value: &T) -> T {
    let text = value.to_string();
    text.parse()
        .unwrap_or_else(|_| panic!("{text} does not parse"))
}

proptest! {
    #[test]
    fn a_decimal_round_trips_through_its_text(decimal in decimal()) {
        let read = parse_decimal(&decimal.to_string()).unwrap();
        prop_assert_eq!((read, read.scale()), (decimal, decimal.scale()));
        prop_assert_eq!(read.to_string(), decimal.to_string());
    }

    #[test]
    fn a_plain_decimal_keeps_every_digit(text in "-?[1-9][0-9]{0,11}(\\.[0-9]{1,12})?") {
        prop_assert_eq!(parse_decimal(&text).unwrap().to_string(), text);
    }

    #[test]
    fn an_exponent_moves_the_point(digits in 1..1_000_000_i64, places in 0..6_u32, exponent in -12..=12_i32) {
        let plain = Decimal::new(digits, places);
        let read = parse_decimal(&format!("{plain}e{exponent}")).unwrap();
        let power = Decimal::from(10_i64.pow(exponent.unsigned_abs()));
        prop_assert_eq!(read, if exponent < 0 { plain / power } else { plain * power });
    }

    #[test]
    fn no_text_makes_the_decimal_parser_panic(text in ".{0,40}|[-+0-9.eE]{0,34}") {
        if let Ok(read) = parse_decimal(&text) {
            prop_assert!(text.bytes().all(|byte| b"-+0123456789.eE".contains(&byte)), "{text:?} is {read}");
        }
    }

    #[test]
    fn texts_and_values_are_inverses(a in currency(), b in currency(), amount in decimal()) {
        prop_assert_eq!(reparsed(&a), a);
        prop_assert_eq!(a.to_string().to_lowercase().parse::<Currency>(), Ok(a));
        let money = Money::new(amount, a);
        prop_assert_eq!(reparsed(&money), money);
        prop_assert_eq!(reparsed(&money).to_string(), money.to_string());
        if let Some(pair) = Pair::new(a, b) {
            prop_assert_eq!(reparsed(&pair), pair);
            prop_assert_eq!(pair.inverse().inverse(), pair);
        } else {
            prop_assert_eq!(a, b);
        }
    }

    #[test]
    fn a_source_id_round_trips_through_its_text(id in source()) {
        prop_assert_eq!(reparsed(&id), id);
    }

    #[test]
    fn a_publication_round_trips_through_json(rates in rates()) {
        let text = serde_json::to_string(&rates).unwrap();
        let read: Rates = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
        prop_assert_eq!(read, rates);
    }
}

#[test]
fn a_zero_fits_with_any_positive_exponent() {
    for (text, printed) in [
        ("0e39", "0"),
        ("-0e+44", "0"),
        ("0.00e99", "0"),
        ("0.00e1", "0.0"),
    ] {
        let read = parse_decimal(text).map(|zero| zero.to_string());
        assert_eq!(read.as_deref(), Ok(printed), "{text}");
    }
    assert!(parse_decimal("0e-29").is_err() && parse_decimal("1e39").is_err());
}

#[test]
fn malformed_ids_codes_pairs_and_amounts_are_refused() {
    for id in ["", "Bank", "met-norway", "банк", "a b", &"a".repeat(41)] {
        let error = id.parse::<SourceId>().unwrap_err().to_string();
        assert_eq!(
            error,
            format!("invalid source id {id:?}: expected 1 to 40 of a-z, 0-9 and _")
        );
    }
    for code in ["", "US", "USDT", "XQQ", "U$D", "ДОЛ"] {
        let error = code.parse::<Currency>().unwrap_err().to_string();
        assert_eq!(
            error,
            format!("unknown currency {code:?}: expected an ISO 4217 code such as USD")
        );
    }
    for (pair, reason) in [
        (
            "usdkzt",
            "expected two currencies with a slash, such as usd/kzt",
        ),
        ("kzt/KZT", "the two currencies are the same"),
        (
            "usd/kzt/eur",
            "unknown currency \"kzt/eur\": expected an ISO 4217 code such as USD",
        ),
    ] {
        let error = pair.parse::<Pair>().unwrap_err().to_string();
        assert_eq!(error, format!("invalid pair {pair:?}: {reason}"));
    }
    for (money, reason) in [
        (
            "100",
            "expected an amount, a space and a currency, such as \"100 USD\"",
        ),
        (
            "1,5 USD",
            "invalid decimal \"1,5\": unexpected ',' at byte 1",
        ),
        (
            "1  USD",
            "unknown currency \" USD\": expected an ISO 4217 code such as USD",
        ),
        ("+1 USD", "invalid decimal \"+1\": unexpected '+' at byte 0"),
    ] {
        assert_eq!(money.parse::<Money>().unwrap_err().to_string(), reason);
    }
}

fn document() -> Value {
    json!({
        "publication": {
            "home": "KZT", "quotation": "home_per_foreign", "day": "2027-03-04", "zone": "Asia/Almaty",
            "source": "national_bank_kz", "method": "published",
        },
        "rows": [
            {"currency": "USD", "value": "512.30", "nominal": 1, "change": "-1.05"},
            {"currency": "KRW", "value": "36.6", "nominal": 100, "change": null},
        ],
    })
}

#[test]
fn a_document_keeps_the_published_digits() {
    let rates: Rates = serde_json::from_value(document()).unwrap();
    let dollar = rates.rate(Pair::USD_KZT).unwrap();
    assert_eq!(dollar.to_string(), "512.30 KZT for 1 USD on 2027-03-04");
    assert_eq!(dollar.change().unwrap().to_string(), "-1.05");
    // Rows are sorted by code.
    let mut sorted = document();
    sorted["rows"].as_array_mut().unwrap().reverse();
    assert_eq!(serde_json::to_value(&rates).unwrap(), sorted);
}

#[test]
fn a_document_that_is_not_a_publication_is_refused() {
    for (at, value, reason) in [
        ("/rows", json!([]), "a publication without rates"),
        (
            "/rows/0/value",
            json!("0"),
            "rate of USD is 0: expected 0.000000001 to 1000000000",
        ),
        (
            "/rows/0/value",
            json!("-1"),
            "rate of USD is -1: expected 0.000000001 to 1000000000",
        ),
        (
            "/rows/0/value",
            json!("1000000000.1"),
            "rate of USD is 1000000000.1: expected 0.000000001 to 1000000000",
        ),
        (
            "/rows/0/value",
            json!("1_000"),
            "invalid decimal \"1_000\": unexpected '_' at byte 1",
        ),
        (
            "/rows/0/value",
            json!(512.3),
            "invalid type: floating point `512.3`, expected a string",
        ),
        (
            "/rows/0/nominal",
            json!(7),
            "nominal of USD is 7: expected a power of ten up to 1000000",
        ),
        ("/rows/1/currency", json!("USD"), "two rows for USD"),
        (
            "/rows/1/currency",
            json!("KZT"),
            "the home currency KZT is among the rows",
        ),
        (
            "/rows/1/currency",
            json!("XQQ"),
            "unknown currency \"XQQ\": expected an ISO 4217 code such as USD",
        ),
        (
            "/rows/0/change",
            json!("+1"),
            "invalid decimal \"+1\": unexpected '+' at byte 0",
        ),
        (
            "/publication/source",
            json!("A"),
            "invalid source id \"A\": expected 1 to 40 of a-z, 0-9 and _",
        ),
    ] {
        let mut document = document();
        *document.pointer_mut(at).unwrap() = value.clone();
        let error = serde_json::from_value::<Rates>(document)
            .expect_err(reason)
            .to_string();
        assert_eq!(error, reason, "{at} {value}");
    }
}

#[test]
fn a_document_with_an_unknown_field_or_without_one_is_refused() {
    for at in ["", "/publication", "/rows/0"] {
        let mut more = document();
        more.pointer_mut(at).unwrap()["extra"] = json!(1);
        let error = serde_json::from_value::<Rates>(more)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("unknown field `extra`"), "{at}: {error}");
    }
    for (at, field) in [
        ("", "rows"),
        ("/publication", "day"),
        ("/rows/0", "value"),
        ("/rows/0", "nominal"),
        ("/rows/0", "change"),
    ] {
        let mut less = document();
        less.pointer_mut(at)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(field);
        let error = serde_json::from_value::<Rates>(less)
            .unwrap_err()
            .to_string();
        assert_eq!(error, format!("missing field `{field}`"));
    }
}
