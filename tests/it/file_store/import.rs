//! The state file of earlier versions, written by hand in their format.

use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Snapshot;
use masthead::SourceId;
use masthead::ledger::{Ledger, Record, View};
use masthead::money::Currency;
use masthead::ticker::{FileStore, Store as _};
use masthead::weather::City;
use serde_json::{Value, json};

use super::{BANK, Folder, crc32, noon, records};
use crate::fake_hosts::{FakeHosts, MET, NEWEST, OF_DAY, status};

/// A publication with two rows.
fn publication(day: &str, dollar: &str, change: &str) -> Value {
    json!({
        "publication": {
            "home": "KZT", "quotation": "home_per_foreign", "day": day, "zone": "Asia/Almaty",
            "source": "national_bank_kz", "method": "published",
        },
        "rows": [
            {"currency": "EUR", "value": "551.06", "nominal": 1, "change": "0.00"},
            {"currency": "USD", "value": dollar, "nominal": 1, "change": change},
        ],
        "longest_pause": 0,
    })
}

/// A state of schema 4: rates in force and next ones, the weather of a city, and a quarantined publication of the day after.
fn state(with_run: bool) -> Value {
    let (now, later) = ("2026-04-02T12:00:00Z", "2026-04-02T12:30:00Z");
    let observed = |value: Value, valid: &str, fetched: &str| json!({"value": value, "valid": valid, "fetched": fetched, "expires": null});
    let hours = (12..18).map(|hour| {
        let at = format!("2026-04-02T{hour}:00:00Z");
        json!({"at": at, "temperature": "8.5", "condition": null, "daylight": null})
    });
    let issued = if with_run {
        "2026-04-02T09:00:00Z"
    } else {
        now
    };
    let mut weather = json!({"source": "met_norway", "issued": issued, "hours": hours.collect::<Vec<_>>(), "extremes": []});
    if !with_run {
        weather["is_first_sight"] = true.into();
    }
    let rates = publication("2026-04-02", "475.09", "0.10");
    let next = publication("2026-04-03", "470.13", "-4.96");
    let held = publication("2026-04-04", "4701.30", "4231.17");
    json!({
        "snapshot": {
            "rates": observed(rates.clone(), now, now),
            "next": observed(next.clone(), "2026-04-02T19:00:00Z", now),
            "weather": {"astana": observed(weather, now, later)},
            "attributions": {
                "met_norway": {
                    "name": "Data from MET Norway", "link": "https://api.met.no/",
                    "licence": "CC BY 4.0", "licence_link": "https://creativecommons.org/licenses/by/4.0/",
                },
                "national_bank_kz": {
                    "name": "National Bank of Kazakhstan", "link": "https://nationalbank.kz/",
                    "licence": null, "licence_link": null,
                },
            },
        },
        "guard": {
            "at": "2026-04-02T12:00:00.001Z", "accepted": [rates, next],
            "own": {"EUR": [0], "USD": [10495]}, "common": [0],
            "answered": {"national_bank_kz/newest": [2, now], "national_bank_kz/of_day": [2, now]},
            "holds": [{
                "id": "2026-04-04-00c0ffee", "day": "2026-04-04", "source": "national_bank_kz", "since": now, "seen": later,
                "reason": "apart", "contradicted_by": [], "followed": 0, "candidate": held,
                "rows": [{"currency": "USD", "value": "4701.30", "nominal": 1, "moved": 2_302_585, "limit": 60_000}],
            }],
            "unconfirmed": null, "denied_by": [], "unconfirmed_rows": {}, "doubts": {}, "moved": "2026-04-03", "proofs": [],
        },
    })
}

/// Returns the file of a state.
fn file_of(state: &Value) -> String {
    let state = state.to_string();
    let crc32 = crc32(state.as_bytes());
    format!(r#"{{"schema":4,"crc32":{crc32},"state":{state}}}"#)
}

/// Writes a state, and returns the snapshot in it and the time of its last reading.
fn write_state(folder: &Folder, with_run: bool) -> (Snapshot, DateTime<Utc>) {
    let state = state(with_run);
    fs::write(folder.file(), file_of(&state)).unwrap();
    let snapshot = serde_json::from_value(state["snapshot"].clone()).unwrap();
    (snapshot, noon(0) + TimeDelta::minutes(30))
}

#[test]
fn a_state_becomes_the_records_of_the_same_page() {
    for with_run in [true, false] {
        let folder = Folder::new();
        let (snapshot, now) = write_state(&folder, with_run);
        let state = fs::read(folder.file()).unwrap();
        let loaded = FileStore::new(folder.file()).read(now).unwrap();
        let old = loaded.imported.unwrap().unwrap();
        assert_eq!(fs::read(&old).unwrap(), state);
        assert_eq!(folder.names(), ["ledger", "ledger.lock", "ledger.old"]);

        let view = View::new(BANK).cities(City::find("astana").cloned());
        let page = loaded.contents.ledger.at(now, &view);
        let (rates, before) = (page.rates(now).unwrap(), snapshot.rates(now).unwrap());
        assert_eq!(rates, before);
        let astana = City::find("astana").unwrap().id();
        assert_eq!(page.weather(astana), snapshot.weather(astana), "{with_run}");

        // The next start reads the same, from the new file.
        let again = FileStore::new(folder.file()).read(now).unwrap();
        assert!(again.imported.is_none());
        assert_eq!(again.contents, loaded.contents);
        // The old file is still a state.
        let kept = FileStore::new(&old).peek().unwrap().unwrap();
        assert_eq!(*kept.records(), again.contents.ledger);
        let guard: Value = serde_json::from_slice(&state).unwrap();
        let checkpoint = again.contents.checkpoint("guard").unwrap().json();
        let mut checkpoint: Value = serde_json::from_str(checkpoint).unwrap();
        // Earlier versions did not name the publications that are not believed.
        let withheld = checkpoint.as_object_mut().unwrap().remove("withheld");
        assert_eq!(withheld.unwrap().as_object().unwrap().len(), 1);
        // The time of the last change and the evidence are not needed any more.
        let mut guard = guard["state"]["guard"].clone();
        for gone in ["at", "proofs"] {
            guard.as_object_mut().unwrap().remove(gone).unwrap();
        }
        assert_eq!(checkpoint, guard);
    }
}

#[test]
fn the_first_page_after_an_import_is_the_last_before_it() {
    for with_run in [true, false] {
        let folder = Folder::new();
        let (snapshot, _) = write_state(&folder, with_run);
        let hosts = FakeHosts::at("2026-04-02T12:30:00Z");
        for host in [OF_DAY, NEWEST, MET] {
            hosts.on(host, status(503));
        }
        // The first start imports, the second reads the ledger's file.
        for _ in 0..2 {
            let ticker = hosts.ticker().cities(City::find("astana").cloned());
            let ticker = ticker.store(FileStore::new(folder.file())).build().unwrap();
            assert_eq!(*ticker.snapshot(), snapshot, "{with_run}");
        }
        let kept = FileStore::new(folder.file()).load().unwrap().unwrap();
        let [hold] = kept.holds() else {
            panic!("{:?}", kept.holds())
        };
        assert_eq!(hold.id.to_string(), "2026-04-04-00c0ffee");
    }
}

/// The bank of an imported state is that of its rates; a list that another party repeats stays one of that party.
#[test]
fn rates_of_another_party_keep_their_source() {
    let folder = Folder::new();
    let mut state = state(true);
    for name in ["rates", "next"] {
        let publication = &mut state["snapshot"][name]["value"]["publication"];
        (publication["source"], publication["method"]) = ("frankfurter".into(), "computed".into());
    }
    fs::write(folder.file(), file_of(&state)).unwrap();
    let loaded = FileStore::new(folder.file()).read(noon(1)).unwrap();
    let sightings = loaded.contents.ledger.records().filter_map(|record| {
        let Record::Sighting(sighting) = record else {
            return None;
        };
        let dollar = sighting.rates()?.row(Currency::USD)?.value.to_string();
        Some((sighting.source().clone(), dollar))
    });
    let mut sightings: Vec<(SourceId, String)> = sightings.collect();
    sightings.retain(|(source, _)| *source == SourceId::FRANKFURTER);
    sightings.sort();
    let expected = ["470.13", "475.09"].map(|dollar| (SourceId::FRANKFURTER, dollar.to_owned()));
    assert_eq!(sightings, expected);
}

#[test]
fn readings_of_a_clock_that_was_ahead_wait_in_the_new_file() {
    let folder = Folder::new();
    let (_, now) = write_state(&folder, true);
    let early = now - TimeDelta::days(1);
    let loaded = FileStore::new(folder.file()).read(early).unwrap();
    assert!(loaded.contents.ledger.is_empty());
    // The rates, the next ones, the quarantined ones and the weather.
    assert_eq!(loaded.contents.ahead, 4);
    let later = FileStore::new(folder.file()).read(now).unwrap();
    assert_eq!(later.contents.ledger.len(), 4);
}

#[test]
fn a_state_is_written_to_only_after_it_was_imported() {
    let folder = Folder::new();
    write_state(&folder, true);
    let state = fs::read(folder.file()).unwrap();
    let file = FileStore::new(folder.file());
    let error = file.append(&records(), &[]).unwrap_err();
    assert!(!error.is_misplaced() && !error.is_newer());
    file.compact(noon(0), |_| true).unwrap_err();
    file.save(&masthead::ticker::State::default()).unwrap_err();
    assert_eq!(fs::read(folder.file()).unwrap(), state);
    file.check().unwrap();
    file.read(noon(0)).unwrap();
    file.append(&records(), &[]).unwrap();
}

/// A state that was changed, cut short or written by another version is not imported, and no record replaces it.
#[test]
fn a_state_that_cannot_be_imported_is_left_as_it_is() {
    let whole = file_of(&state(true));
    let cuts = (1..whole.len())
        .step_by(97)
        .map(|at| whole[..at].to_owned());
    let changed = [
        (
            whole.replacen("475.09", "475.08", 1),
            "the checksum does not match",
        ),
        (whole.replacen("\"crc32\":", "\"crc32\":1", 1), ""),
        (
            whole.replacen("\"schema\":4", "\"schema\":3", 1),
            "it has schema 3, this version reads 4",
        ),
        (
            r#"{"schema":5,"crc32":0,"state":["else"]}"#.to_owned(),
            "it has schema 5, this version reads 4",
        ),
        (whole.replacen("\"state\":", "\"state\": ", 1) + "{}", ""),
        (
            whole.clone() + &" ".repeat(8 << 20),
            "larger than 8388608 bytes",
        ),
        (
            format!(r#"{{"schema":4,"crc32":1,"state":{}"#, "[".repeat(100_000)),
            "",
        ),
    ];
    let cuts = cuts.map(|text| (text, ""));
    for (text, reason) in changed.into_iter().chain(cuts) {
        let what = &text[..text.len().min(60)];
        let folder = Folder::new();
        fs::write(folder.file(), &text).unwrap();
        let file = FileStore::new(folder.file());
        let told = format!(
            "{}: the state of an earlier version cannot be imported; it was left as it is",
            folder.file().display()
        );
        for error in [
            file.load().unwrap_err(),
            file.peek().unwrap_err(),
            file.read(noon(0)).unwrap_err(),
        ] {
            assert_eq!(error.to_string(), told, "{what}");
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(cause.contains(reason), "{what}: {cause}");
        }
        file.append(&records(), &[]).unwrap_err();
        assert!(fs::read(folder.file()).unwrap() == text.as_bytes());
        assert_eq!(folder.names(), ["ledger", "ledger.lock"]);
        fs::remove_file(folder.file()).unwrap();
        file.append(&records(), &[]).unwrap();
        let contents = super::load(&folder.file());
        assert_eq!(contents.ledger, Ledger::from_iter(records()));
    }
}

/// A state that cannot be replaced is read nevertheless.
#[test]
fn a_state_is_read_where_it_cannot_be_replaced() {
    let folder = Folder::new();
    let (_, now) = write_state(&folder, true);
    fs::create_dir(folder.0.path().join("ledger.old")).unwrap();
    let state = fs::read(folder.file()).unwrap();
    let file = FileStore::new(folder.file());
    let loaded = file.read(now).unwrap();
    assert_eq!(loaded.contents.ledger.len(), 4);
    let error = loaded.imported.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("its file was not replaced"),
        "{error}"
    );
    // A ticker reports it.
    let damage = file.load().unwrap().unwrap();
    let damage = damage.damage().unwrap();
    assert!(
        damage.contains("its file was not replaced")
            && damage.contains("ledger.old: is a folder, not a regular file"),
        "{damage}"
    );
    assert_eq!(fs::read(folder.file()).unwrap(), state);
}
