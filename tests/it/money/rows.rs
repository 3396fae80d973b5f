//! Tests of rows of a publication: impossible changes, and the codes of currencies.

use masthead::money::{Currency, Money, Pair, Rates};
use serde_json::json;

use super::document;

#[test]
fn an_impossible_change_is_removed_from_its_row() {
    for (change, kept) in [
        ("512.29", true),
        ("512.30", false),
        ("600.00", false),
        ("-600.00", true),
        ("-999999999", false),
    ] {
        let mut document = document();
        document["rows"][0]["change"] = json!(change);
        let rates: Rates = serde_json::from_value(document).unwrap();
        let dollar = rates.rate(Pair::USD_KZT).unwrap();
        assert_eq!(dollar.value().to_string(), "512.30");
        let read = dollar.change().map(|change| change.to_string());
        assert_eq!(read.as_deref(), kept.then_some(change));
    }
}

#[test]
fn a_code_in_mixed_case_is_refused() {
    for text in ["GBP", "gbp"] {
        assert_eq!(text.parse(), Ok(Currency::GBP));
    }
    for text in ["GBp", "Gbp", "gBP", "gbP"] {
        assert_eq!(
            text.parse::<Currency>().unwrap_err().to_string(),
            format!("unknown currency {text:?}: expected an ISO 4217 code such as USD")
        );
        assert!(format!("{text}/KZT").parse::<Pair>().is_err());
        assert!(format!("1 {text}").parse::<Money>().is_err());
    }
    assert_eq!(
        "GBP/kzt".parse(),
        Ok(Pair::new(Currency::GBP, Currency::KZT).unwrap())
    );
}
