//! Properties of every bank's decoder.

use std::path::Path;

use bytes::Bytes;
use http::StatusCode;
use masthead::SourceId;
use masthead::money::Method;
use masthead::ticker::Bank;

use super::{
    DAY, FEWEST, Feed, Printed, ROWS, dollar, prefixes_are_errors, reason, row, with_charset,
};
use crate::support::{day, ok};

#[test]
fn every_row_is_read_digit_for_digit() {
    for feed in Feed::all() {
        let rates = feed.read(&ROWS);
        let publication = rates.publication();
        assert_eq!(publication.home, feed.form.home);
        assert_eq!(publication.quotation, feed.form.quotation);
        assert_eq!(publication.day, day(DAY));
        assert_eq!(publication.zone, feed.form.zone);
        assert_eq!(publication.source, feed.id);
        assert_eq!(publication.method, Method::Published);
        assert_eq!(rates.len(), ROWS.len());
        for [code, value, nominal, change] in ROWS {
            let nominal = if feed.form.has_nominal { nominal } else { "1" };
            let change = feed.form.has_change.then(|| change.to_owned());
            let value = feed.digits(value).to_owned();
            let expected = (value, nominal.parse().unwrap(), change);
            assert_eq!(row(&rates, code), expected, "{:?}: {code}", feed.source);
        }
    }
}

#[test]
fn every_request_and_credit_is_https() {
    for feed in Feed::all() {
        let request = feed.source.request(&day(DAY));
        assert_eq!(request.method(), http::Method::GET);
        assert_eq!(request.uri().scheme_str(), Some("https"), "{request:?}");
        assert!(request.uri().host().is_some() && request.headers().is_empty());
        let credit = feed.source.attribution();
        assert!(credit.url().unwrap().starts_with("https://"));
        assert!(credit.name().contains("Bank"));
    }
}

#[test]
fn a_truncated_document_is_an_error() {
    for feed in Feed::one_of_each() {
        // Two rows more than the minimum, so that a lost row would not fail by their number.
        let answer = feed.document(DAY, &ROWS[ROWS.len() - FEWEST - 2..]);
        prefixes_are_errors(&*feed.source, day(DAY), &answer, 1);
    }
}

#[test]
fn only_200_and_203_are_read() {
    for feed in Feed::all() {
        let answer = |status: u16| {
            let mut answer = feed.document(DAY, &ROWS);
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            feed.source.decode(&day(DAY), &answer)
        };
        assert_eq!(answer(203).unwrap(), feed.read(&ROWS));
        for status in [204, 206, 301, 304, 403, 404, 429, 500, 503] {
            let error = answer(status).unwrap_err();
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        }
    }
}

#[test]
fn a_body_other_than_a_list_of_rates_is_refused() {
    for feed in Feed::all() {
        for body in [
            "",
            " \n",
            "null",
            "{}",
            "[null]",
            "[{}]",
            "[[]]",
            "{\"error\": \"not found\"}",
            "<html><body>502 Bad Gateway</body></html>",
            "<!DOCTYPE html><html></html>",
            "<rates/>",
            "<?xml version=\"1.0\"?>",
            "USD 512.34",
        ] {
            let read = feed.source.decode(&day(DAY), &ok(body));
            let reason = reason(&*feed.source, read);
            assert!(!reason.is_empty() && reason.len() < 200, "{body}: {reason}");
        }
    }
}

#[test]
fn a_list_without_rows_is_no_data() {
    for feed in Feed::all() {
        let read = feed.decode(&[]);
        if feed.id == SourceId::ECB {
            // This bank has no answer without rates, so an empty list is malformed.
            let reason = reason(&*feed.source, read);
            assert_eq!(reason, "0 rates of 2027-03-04, expected at least 3");
            continue;
        }
        let error = read.unwrap_err();
        assert!(error.is_no_data(), "{error}");
        assert!(error.to_string().ends_with("\"a document without rates\""));
    }
}

#[test]
fn a_list_needs_three_rates_and_the_dollar() {
    for feed in Feed::all() {
        let last = &ROWS[ROWS.len() - FEWEST..];
        assert_eq!(feed.read(last).len(), FEWEST, "{:?}", feed.source);
        let reason = feed.refusal(&last[1..]);
        assert_eq!(reason, "2 rates of 2027-03-04, expected at least 3");

        let without = dollar(0, "TND");
        if feed.has_dollar {
            let reason = feed.refusal(&without);
            assert_eq!(reason, "no dollar among the rates of 2027-03-04");
        } else {
            assert_eq!(feed.read(&without).len(), ROWS.len());
        }
    }
}

#[test]
fn a_repeated_currency_and_the_home_currency_are_refused() {
    for feed in Feed::all() {
        let and = |row: Printed| [&ROWS[..], &[row]].concat();
        let twice = feed.refusal(&and(["GBP", "689.9", "1", "-3.10"]));
        assert_eq!(twice, "two rows for GBP");
        let own = feed.refusal(&and([feed.form.home.code(), "1", "1", "0"]));
        assert_eq!(
            own,
            format!("the home currency {} is among the rows", feed.form.home)
        );
    }
}

#[test]
fn unlisted_codes_are_left_out_and_malformed_codes_refused() {
    for feed in Feed::all() {
        let unknown = [&ROWS[..], &[["BYR", "0.3402", "100", "0"]]].concat();
        assert_eq!(feed.read(&unknown), feed.read(&ROWS));
        // Its numbers must still be numbers.
        let broken = [&ROWS[..], &[["BYR", "1e-99", "100", "0"]]].concat();
        let reason = feed.refusal(&broken);
        assert!(
            reason.starts_with("rate of BYR: invalid decimal"),
            "{reason}"
        );
        for code in ["usd", "US", "USDT", "", "US1", "$$$"] {
            let reason = feed.refusal(&dollar(0, code));
            assert_eq!(reason, format!("{code:?} is not a currency code"));
        }
    }
}

#[test]
fn a_value_must_be_a_plain_decimal() {
    for feed in Feed::all() {
        for value in [
            "", "1 512.34", "1_512.34", "+512.34", "512.", ".5", "5.1.2", "0x10", "NaN", "н/д",
        ] {
            let reason = feed.refusal(&dollar(1, value));
            let is_number = reason.starts_with("rate of USD: invalid decimal \"");
            // Some of them are not JSON.
            let is_json = feed.form.has_json_numbers
                && reason.starts_with("the body is not the expected JSON");
            assert!(is_number || is_json, "{value}: {reason}");
        }
        for value in ["0", "-512.34", "0.0000000001", "1000000001"] {
            let reason = feed.refusal(&dollar(1, value));
            assert_eq!(
                reason,
                format!("rate of USD is {value}: expected 0.000000001 to 1000000000")
            );
        }
    }
}

#[test]
fn a_nominal_is_read_from_the_row_and_must_be_a_power_of_ten() {
    for feed in Feed::all().into_iter().filter(|feed| feed.form.has_nominal) {
        for nominal in ["1", "10", "100", "1000", "10000", "1000000"] {
            let rates = feed.read(&dollar(2, nominal));
            assert_eq!(row(&rates, "USD").1.to_string(), nominal);
        }
        for nominal in ["7", "0", "10000000"] {
            let reason = feed.refusal(&dollar(2, nominal));
            let expected =
                format!("nominal of USD is {nominal}: expected a power of ten up to 1000000");
            assert_eq!(reason, expected);
        }
        for nominal in ["-1", "1.0", "1e2", "99999999999"] {
            let reason = feed.refusal(&dollar(2, nominal));
            // Some documents have a comma in place of the point.
            assert!(
                reason.starts_with("nominal of USD: \"")
                    && reason.ends_with("is not a whole number"),
                "{reason}"
            );
        }
    }
}

#[test]
fn a_day_after_the_requested_one_is_refused() {
    for feed in Feed::all() {
        let answer = feed.document("2027-03-05", &ROWS);
        let read = feed.source.decode(&day(DAY), &answer);
        if feed.of_day {
            let reason = reason(&*feed.source, read);
            assert_eq!(
                reason,
                "rates of 2027-03-05, expected 2027-03-04 or an earlier day"
            );
        } else {
            assert_eq!(read.unwrap().day(), day("2027-03-05"));
        }
        // The rates in force on a weekend are of a day before it.
        let read = feed.source.decode(&day("2027-03-08"), &answer);
        assert_eq!(read.unwrap().day(), day("2027-03-05"));
    }
}

#[test]
fn a_day_in_another_form_is_refused() {
    for feed in Feed::all() {
        let answer = feed.document(DAY, &ROWS[ROWS.len() - FEWEST..]);
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        let written = if body.contains("04.03.2027") {
            "04.03.2027"
        } else {
            "2027-03-04"
        };
        for text in [
            "31.02.2027",
            "2027-02-31",
            "4.3.2027",
            "2027-3-4",
            "04/03/2027",
            "04.03.27",
            "00.03.2027",
            "",
        ] {
            let answer = answer
                .clone()
                .map(|_| Bytes::from(body.replace(written, text)));
            let answer = with_charset(answer, "utf-8");
            let read = feed.source.decode(&day(DAY), &answer);
            let reason = reason(&*feed.source, read);
            assert!(reason.contains(" is not a day, expected "), "{reason}");
        }
    }
}

/// Returns a file of the repository.
fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

#[test]
fn the_documents_and_the_settings_name_every_bank() {
    let readme = file("README.md");
    for id in Bank::ids() {
        let bank: Bank = id.as_str().parse().unwrap();
        let own = bank.sources().find(|source| source.id() == id).unwrap();
        let link = own.attribution().url().unwrap().to_owned();
        let named = format!("]({link}) `{id}`");
        assert!(readme.contains(&named), "README.md: {named}");
    }
    let ids: Vec<String> = Bank::ids().map(|id| id.to_string()).collect();
    let settings = format!("# Bank that publishes the rates: {}.\n", ids.join(", "));
    assert!(file("serve/masthead.toml").contains(&settings));
    let table = format!("| or `{}` |\n", ids[1..].join("`, `"));
    assert!(file("serve/README.md").contains(&table), "{table}");
}

#[test]
fn a_name_in_the_word_tables_is_one_of_a_source() {
    let table = file("locale/data/en.tsv");
    let names = table
        .lines()
        .filter_map(|line| line.strip_prefix("source."));
    let ids: Vec<&str> = names.map(|line| line.split('\t').next().unwrap()).collect();
    assert!(ids.len() > 4);
    let others = ["frankfurter", "met_norway", "open_meteo", "sample"];
    for id in ids {
        assert!(others.contains(&id) || id.parse::<Bank>().is_ok(), "{id}");
    }
}
