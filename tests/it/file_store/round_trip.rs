use chrono::TimeDelta;
use masthead::SourceId;
use masthead::ledger::{Feed, Ledger, Record, Sighting};
use masthead::money::Rates;
use masthead::ticker::FileStore;
use proptest::prelude::*;

use super::{
    BANK, Folder, checkpoint, date, forecast, load, noon, rates, records, sighting, written,
};

#[test]
fn every_kind_of_record_is_read_as_it_was_written() {
    let folder = Folder::new();
    written(&folder.file());
    let contents = load(&folder.file());
    assert_eq!(contents.ledger, Ledger::from_iter(records()));
    assert_eq!(contents.checkpoint("guard").unwrap().json(), "[2]");
    assert_eq!(contents.checkpoints.len(), 1);
    assert_eq!((contents.skipped, contents.ahead), (None, 0));
    assert_eq!(folder.names(), ["ledger", "ledger.lock"]);
}

#[test]
fn a_missing_and_an_empty_file_have_no_records() {
    let folder = Folder::new();
    assert!(load(&folder.file()).ledger.is_empty());
    std::fs::write(folder.file(), "").unwrap();
    assert!(load(&folder.file()).ledger.is_empty());
    FileStore::new(folder.file()).check().unwrap();
    assert_eq!(folder.names(), ["ledger"]);
    written(&folder.file());
    assert_eq!(load(&folder.file()).ledger, Ledger::from_iter(records()));
}

#[test]
fn a_publication_is_written_once() {
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    let lines = || {
        let text = std::fs::read_to_string(folder.file()).unwrap();
        let publications = text.matches(r#" {"publication""#).count();
        (
            publications,
            text.matches(r#" {"forecast""#).count(),
            text.lines().count(),
        )
    };
    let seen = |hours| {
        sighting(0, 44_732)
            .until(noon(0) + TimeDelta::hours(hours))
            .into()
    };
    let weather = |minutes| {
        forecast(0, 85)
            .until(noon(0) + TimeDelta::minutes(minutes), None)
            .into()
    };
    file.append(&[seen(0), weather(0)], &[]).unwrap();
    file.append(&[seen(1), weather(1)], &[]).unwrap();
    assert_eq!(lines(), (1, 1, 7));
    // After a restart too, with and without loading.
    let other = FileStore::new(folder.file());
    other.append(&[seen(2), weather(2)], &[]).unwrap();
    let other = FileStore::new(folder.file());
    other.read(noon(9)).unwrap();
    other.append(&[seen(3), weather(3)], &[]).unwrap();
    assert_eq!(lines(), (1, 1, 11));
    let contents = load(&folder.file());
    assert_eq!(contents.ledger, Ledger::from_iter([seen(3), weather(3)]));
}

/// The longest pause is no part of the id, and a page needs it.
#[test]
fn a_longer_pause_of_a_known_publication_is_written() {
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    let with_pause = |days, at: i64| -> Record {
        let rates: Rates = rates(0, 44_732).with_longest_pause(days);
        Sighting::of_rates(BANK, Feed::OfDay, date(0), rates, noon(at)).into()
    };
    file.append(&[with_pause(4, 0)], &[]).unwrap();
    file.append(&[with_pause(9, 1)], &[]).unwrap();
    assert_eq!(
        load(&folder.file()).ledger,
        Ledger::from_iter([with_pause(4, 0), with_pause(9, 1)])
    );
}

#[test]
fn rows_of_earlier_days_keep_them() {
    let folder = Folder::new();
    let text = r#"{"publication":{"home":"KZT","quotation":"home_per_foreign","day":"2026-04-02","zone":"Asia/Almaty",
        "source":"national_bank_kz","method":"published"},"rows":[
        {"currency":"KRW","value":"31.28","nominal":100,"change":null},{"currency":"USD","value":"475.090","nominal":1,"change":"-0.00"}],
        "older":[["KRW","2026-03-28"]],"valid_until":[["KRW","2026-04-03"]],"unconfirmed":["USD"]}"#;
    let rates: Rates = serde_json::from_str(text).unwrap();
    let sighting = Sighting::of_rates(BANK, Feed::OfDay, date(0), rates, noon(0));
    let file = FileStore::new(folder.file());
    file.append(&[sighting.clone().into()], &[checkpoint("{\n}")])
        .unwrap();
    let contents = load(&folder.file());
    assert_eq!(contents.ledger, Ledger::from_iter([sighting.into()]));
    assert_eq!(contents.checkpoint("guard").unwrap().json(), "{ }");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Sightings at any instant, in any number of appends, also below a millisecond.
    #[test]
    fn any_sightings_are_read_as_a_ledger(
        seen in prop::collection::vec((0_i64..4, 40_000_i64..40_003, 0_i64..10_000_000_000, 0_i64..100_000_000, any::<bool>()), 1..20),
        parts in 1_usize..5,
    ) {
        let records: Vec<Record> = seen.iter().map(|(day, value, first, length, has_data)| {
            let first = noon(0) + TimeDelta::microseconds(*first);
            let last = first + TimeDelta::microseconds(*length);
            let sighting = if *has_data {
                Sighting::of_rates(BANK, Feed::Newest, date(0), rates(*day, *value), first)
            } else {
                Sighting::of_no_data(BANK, SourceId::FRANKFURTER, Feed::OfDay, date(*day), first)
            };
            sighting.until(last).into()
        }).collect();
        let folder = Folder::new();
        let file = FileStore::new(folder.file());
        for part in records.chunks(records.len().div_ceil(parts)) {
            file.append(part, &[]).unwrap();
        }
        let ledger = Ledger::from_iter(records);
        prop_assert_eq!(&load(&folder.file()).ledger, &ledger);
        file.compact(noon(9), |_| true).unwrap();
        prop_assert_eq!(&load(&folder.file()).ledger, &ledger);
    }
}
