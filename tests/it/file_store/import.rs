use std::fs;

use masthead::ledger::{Ledger, Record, View};
use masthead::money::{Currency, Method, Rates};
use masthead::ticker::{FileStore, LogFile, State, Store as _};
use masthead::weather::City;
use masthead::{Attribution, Snapshot, SourceId};

use super::{BANK, Folder, noon, rates, records, weather};
use crate::fake_hosts::{FakeHosts, MET, NEWEST, OF_DAY, bank, met, ok};
use crate::support::time;

/// Writes a state with a ticker, and returns the snapshot in it.
fn write_state(folder: &Folder, with_run: bool) -> (Snapshot, chrono::DateTime<chrono::Utc>) {
    let hosts = FakeHosts::at("2026-04-02T12:00:00Z");
    hosts.on(OF_DAY, ok(bank("2026-04-02", "475.09")));
    hosts.on(NEWEST, ok(bank("2026-04-03", "470.13")));
    hosts.on(MET, ok(met("2026-04-02T12:00:00Z", "7.5")));
    let astana = City::find("astana").cloned();
    let ticker = hosts
        .ticker()
        .cities(astana)
        .store(FileStore::new(folder.file()));
    let ticker = ticker.build().unwrap();
    let now = time("2026-04-02T12:00:00Z");
    assert!(ticker.refresh_blocking(now).is_complete());
    let snapshot = ticker.snapshot().to_arc();
    drop(ticker);
    if with_run {
        return (Snapshot::clone(&snapshot), now);
    }
    // A service that states no computation: its first sight dates the figures.
    let mut snapshot = Snapshot::clone(&snapshot);
    let city = City::find("astana").unwrap();
    let hours = weather(0, 85);
    let stated = masthead::weather::Weather::new(SourceId::OPEN_METEO, hours.hours().to_vec(), []);
    let credit = || Attribution::new("Open-Meteo");
    let later = now + chrono::TimeDelta::minutes(30);
    for at in [now, later] {
        snapshot.add_weather(
            city.id(),
            city.zone(),
            stated.clone().unwrap(),
            credit(),
            at,
            None,
        );
    }
    FileStore::new(folder.file())
        .save(&State::from(snapshot.clone()))
        .unwrap();
    (snapshot, later)
}

#[test]
fn a_state_becomes_the_records_of_the_same_page() {
    for with_run in [true, false] {
        let folder = Folder::new();
        let (snapshot, now) = write_state(&folder, with_run);
        let state = fs::read(folder.file()).unwrap();
        let loaded = LogFile::new(folder.file()).load(now, &BANK).unwrap();
        let old = loaded.imported.unwrap().unwrap();
        assert_eq!(fs::read(&old).unwrap(), state);
        assert_eq!(folder.names(), ["ledger", "ledger.lock", "ledger.old"]);

        let view = View::new(BANK).cities(City::find("astana").cloned());
        let page = loaded.contents.ledger.at(now, &view);
        let unmarked = |rates: &Rates| rates.clone().with_unconfirmed([]);
        for (page, before) in [
            (page.rates(now), snapshot.rates(now)),
            (page.next(now), snapshot.next(now)),
        ] {
            let (page, before) = (page.unwrap(), before.unwrap());
            assert_eq!(*page.value(), unmarked(before.value()));
            assert_eq!(
                (page.valid(), page.fetched()),
                (before.valid(), before.fetched())
            );
        }
        let astana = City::find("astana").unwrap().id();
        assert_eq!(page.weather(astana), snapshot.weather(astana), "{with_run}");

        // The next start reads the same, from the new file.
        let again = LogFile::new(folder.file()).load(now, &BANK).unwrap();
        assert!(again.imported.is_none());
        assert_eq!(again.contents, loaded.contents);
        // The old file is still a state.
        let kept = FileStore::new(&old).load().unwrap().unwrap();
        let guard: serde_json::Value = serde_json::from_slice(&state).unwrap();
        let checkpoint = again.contents.checkpoint("guard").unwrap().json();
        let checkpoint: serde_json::Value = serde_json::from_str(checkpoint).unwrap();
        assert_eq!(checkpoint, guard["state"]["guard"]);
        assert!(kept.snapshot().rates(now).is_some());
    }
}

#[test]
fn rates_of_another_party_are_those_of_the_callers_bank() {
    let folder = Folder::new();
    let mut snapshot = Snapshot::default();
    let mut publication = rates(0, 44_732).publication().clone();
    (publication.source, publication.method) = (SourceId::FRANKFURTER, Method::Computed);
    let computed = Rates::new(publication, rates(0, 44_732).rows().to_vec()).unwrap();
    snapshot.add_rates(computed, Attribution::new("Frankfurter"), noon(0));
    FileStore::new(folder.file())
        .save(&State::from(snapshot))
        .unwrap();
    let loaded = LogFile::new(folder.file())
        .load(noon(0), &SourceId::CBU)
        .unwrap();
    let sightings: Vec<_> = loaded.contents.ledger.sightings(&SourceId::CBU).collect();
    assert_eq!(sightings.len(), 1);
    assert_eq!(*sightings[0].source(), SourceId::FRANKFURTER);
    assert!(sightings[0].rates().unwrap().row(Currency::USD).is_some());
}

#[test]
fn readings_of_a_clock_that_was_ahead_wait_in_the_new_file() {
    let folder = Folder::new();
    let (_, now) = write_state(&folder, true);
    let early = now - chrono::TimeDelta::days(1);
    let loaded = LogFile::new(folder.file()).load(early, &BANK).unwrap();
    assert!(loaded.contents.ledger.is_empty());
    assert_eq!(loaded.contents.ahead, 3);
    let later = LogFile::new(folder.file()).load(now, &BANK).unwrap();
    assert_eq!(later.contents.ledger.len(), 3);
}

#[test]
fn a_state_is_written_to_only_after_it_was_imported() {
    let folder = Folder::new();
    write_state(&folder, true);
    let state = fs::read(folder.file()).unwrap();
    let file = LogFile::new(folder.file());
    let error = file.append(&records(), &[]).unwrap_err();
    assert!(!error.is_misplaced() && !error.is_newer());
    file.compact(noon(0), |_| true).unwrap_err();
    assert_eq!(fs::read(folder.file()).unwrap(), state);
    file.load(noon(0), &BANK).unwrap();
    file.append(&records(), &[]).unwrap();
}

#[test]
fn a_damaged_state_is_moved_aside() {
    let folder = Folder::new();
    write_state(&folder, true);
    let state = fs::read_to_string(folder.file()).unwrap();
    fs::write(folder.file(), state.replacen("475.09", "475.08", 1)).unwrap();
    let file = LogFile::new(folder.file());
    let error = file.load(noon(0), &BANK).unwrap_err();
    assert!(
        error.to_string().contains("the state is damaged"),
        "{error}"
    );
    assert_eq!(folder.names(), ["ledger.damaged", "ledger.lock"]);
    file.append(&records(), &[]).unwrap();
    let contents = super::load(&folder.file());
    assert_eq!(contents.ledger, Ledger::from_iter(records()));
}

/// A state that cannot be replaced is read nevertheless.
#[test]
fn a_state_is_read_where_it_cannot_be_replaced() {
    let folder = Folder::new();
    let (_, now) = write_state(&folder, true);
    fs::create_dir(folder.0.path().join("ledger.old")).unwrap();
    let state = fs::read(folder.file()).unwrap();
    let loaded = LogFile::new(folder.file()).load(now, &BANK).unwrap();
    let records: Vec<Record> = loaded.contents.ledger.records().collect();
    assert_eq!(records.len(), 3);
    let error = loaded.imported.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("its file was not replaced"),
        "{error}"
    );
    assert_eq!(fs::read(folder.file()).unwrap(), state);
}
