//! The keys of shared records: frozen texts, and what is no key or no record.

use chrono::{DateTime, Utc};
use masthead::SourceId;
use masthead::ledger::{
    Feed, Forecast, InvalidSharedRecord, Record, RecordId, RecordKey, Sighting,
};

use super::{BANK, astana, own, weather};
use crate::support::{day, time};

const DAY: &str = "2026-04-02";
const AT: &str = "2026-04-02T06:00:00.5Z";

fn sighting() -> Sighting {
    let rates = own(day(DAY), "475.09").with_longest_pause(6);
    Sighting::of_rates(BANK, Feed::OfDay, day(DAY), rates, time(AT))
}

fn forecast(at: &str, expires: Option<DateTime<Utc>>) -> Forecast {
    let weather = weather(SourceId::MET_NORWAY, time("2026-04-02T06:00:00Z"), [21, 23]);
    Forecast::new(astana().id().clone(), weather, time(at), expires)
}

#[track_caller]
fn frozen(record: &Record, expected: &str) {
    let key = record.key().unwrap();
    assert_eq!(key.to_string(), expected);
    assert_eq!(expected.parse(), Ok(key.clone()));
    let read = key.record(record.last(), record.text().as_deref());
    assert_eq!(read.as_ref(), Ok(record));
}

#[test]
fn the_texts_of_keys_are_frozen() {
    let seen = sighting().until(time("2026-04-02T09:00:00Z"));
    let id = seen.id().unwrap();
    frozen(
        &seen.into(),
        &format!(
            "sighting national_bank_kz national_bank_kz of_day 2026-04-02 2026-04-02T06:00:00.500Z {id} 6"
        ),
    );
    let route = SourceId::FRANKFURTER;
    let no_data = Sighting::of_no_data(BANK, route, Feed::Newest, day(DAY), time(AT));
    frozen(
        &no_data.into(),
        "sighting national_bank_kz frankfurter newest 2026-04-02 2026-04-02T06:00:00.500Z - -",
    );
    for (expires, written) in [
        (None, "-"),
        (
            Some(time("2026-04-02T06:31:10Z")),
            "2026-04-02T06:31:10.000Z",
        ),
    ] {
        let seen = forecast(AT, expires);
        let id = seen.id();
        frozen(
            &seen.into(),
            &format!("forecast astana met_norway 2026-04-02T06:00:00.500Z {written} {id}"),
        );
    }
}

#[test]
fn another_text_of_a_key_is_no_key() {
    let key = Record::from(sighting()).key().unwrap().to_string();
    for (from, to) in [
        ("sighting", "Sighting"),
        ("sighting", "approval"),
        (" of_day", "  of_day"),
        ("2026-04-02 ", "2026-4-2 "),
        ("06:00:00.500Z", "06:00:00.5Z"),
        ("06:00:00.500Z", "06:00:00.500+00:00"),
        ("06:00:00.500Z", "06:00:00.500001Z"),
        (" 6", " 06"),
        (" 6", " +6"),
        (" 6", " 65536"),
        (" 6", " -"),
        (" 6", " 6 "),
        (" 6", ""),
    ] {
        let altered = key.replacen(from, to, 1);
        assert_ne!(altered, key);
        let error = altered.parse::<RecordKey>().unwrap_err().to_string();
        assert!(error.starts_with("invalid record key"), "{error}");
    }
    for text in ["", " ", "sighting", "forecast - - - - -", "\u{0}"] {
        assert!(text.parse::<RecordKey>().is_err(), "{text:?}");
    }
}

#[test]
fn a_text_that_is_not_that_of_the_key_makes_no_record() {
    let record = Record::from(sighting());
    let (key, id, last) = (
        record.key().unwrap(),
        sighting().id().unwrap(),
        record.last(),
    );
    let text = record.text().unwrap();
    assert_eq!(
        key.record(last, None),
        Err(InvalidSharedRecord::Missing { id })
    );
    let other = text.replace("475.09", "475.90");
    assert_eq!(
        key.record(last, Some(&other)),
        Err(InvalidSharedRecord::OtherText { id })
    );
    // The text has the id of the key, and is not that of a publication.
    let junk = "<html>";
    let of_junk = key
        .to_string()
        .replace(&id.to_string(), &RecordId::of_text(junk).to_string());
    let of_junk: RecordKey = of_junk.parse().unwrap();
    let error = of_junk.record(last, Some(junk)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not the canonical text of a record: line 1"
    );
    // A forecast's text under the key of a sighting, another city, another source, and instants out of order.
    let forecast = Record::from(forecast(AT, None));
    let of_forecast = forecast.key().unwrap().to_string();
    let other_city = of_forecast
        .replace("astana", "almaty")
        .parse::<RecordKey>()
        .unwrap();
    let text_of_forecast = forecast.text();
    let impossible = Err(InvalidSharedRecord::Impossible);
    assert_eq!(
        other_city.record(last, text_of_forecast.as_deref()),
        impossible
    );
    let other_source = key.to_string().replacen("national_bank_kz of", "cbr of", 1);
    let other_source: RecordKey = other_source.parse().unwrap();
    assert_eq!(other_source.record(last, Some(&text)), impossible);
    let before = time("2026-04-02T05:59:59Z");
    assert_eq!(key.record(before, Some(&text)), impossible);
}

#[test]
fn an_approval_is_not_shared() {
    let approval = masthead::ledger::Approval {
        id: RecordId::of_text(""),
        rows: Vec::new(),
        at: time(AT),
    };
    let record = Record::from(approval);
    assert_eq!((record.key(), record.text()), (None, None));
}
