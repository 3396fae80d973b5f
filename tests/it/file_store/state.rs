//! A file as the store of a ticker.

use std::error::Error as _;
use std::fs;

use chrono::TimeDelta;
use masthead::Snapshot;
use masthead::ledger::{Ledger, Record};
use masthead::ticker::{FileStore, State, Store as _, StoreError};
use masthead::weather::{Celsius, City, Hour, Weather};
use masthead::{Attribution, SourceId};

use super::{Folder, checkpoint, records, sighting, written};

fn sample() -> State {
    State::from(Snapshot::sample())
}

/// Returns a state with forecasts of all cities, of some hundred kilobytes as lines. `number` shifts each value and instant.
fn cities(number: i16) -> State {
    let mut snapshot = Snapshot::default();
    let now = Snapshot::SAMPLE_TIME + TimeDelta::hours(number.into());
    for city in City::all() {
        let hours = (0..48).map(|hour| {
            Hour::new(
                now + TimeDelta::hours(hour),
                Celsius::from_tenths(number).unwrap(),
            )
        });
        let weather = Weather::new(SourceId::MET_NORWAY, hours, []).unwrap();
        let credit = Attribution::new("MET");
        snapshot.add_weather(city.id(), city.zone(), weather, credit, now, None);
    }
    State::from(snapshot)
}

#[test]
fn a_saved_state_is_loaded() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    for _ in 0..2 {
        store.save(&sample()).unwrap();
        assert_eq!(store.load().unwrap(), Some(sample()));
        assert_eq!(store.peek().unwrap(), Some(sample()));
    }
    let other = FileStore::new(folder.file());
    assert_eq!(other.load().unwrap(), Some(sample()));
    assert_eq!(folder.names(), ["ledger", "ledger.lock"]);
}

#[test]
fn a_save_adds_to_what_is_stored() {
    let folder = Folder::new();
    let stores = [(); 2].map(|()| FileStore::new(folder.file()));
    let mut all = State::default();
    for number in 0..4 {
        // Two processes in turn. Neither has loaded the records of the other.
        stores[usize::from(number % 2 == 0)]
            .save(&cities(number))
            .unwrap();
        all.merge(cities(number));
        assert_eq!(stores[0].load().unwrap().unwrap(), all);
    }
    assert_eq!(all.records().len(), 4 * City::all().len());
}

#[test]
fn a_missing_file_has_no_state() {
    let folder = Folder::new();
    for path in [folder.file(), folder.0.path().join("no/such/folder/ledger")] {
        assert!(FileStore::new(&path).load().unwrap().is_none());
        assert!(FileStore::new(&path).peek().unwrap().is_none());
    }
    assert_eq!(folder.names(), [""; 0]);
    // Nor has one to which a state without records was saved.
    let store = FileStore::new(folder.file());
    store.save(&State::default()).unwrap();
    assert!(store.load().unwrap().is_none());
}

#[test]
fn lines_that_cannot_be_used_are_named_and_the_others_are_used() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    store.save(&sample()).unwrap();
    let lines = fs::read_to_string(folder.file()).unwrap().lines().count();
    let mut text = fs::read(folder.file()).unwrap();
    text.extend_from_slice(b"usd/kzt 447.32\n");
    fs::write(folder.file(), &text).unwrap();
    let told = format!(
        "{}: 1 line was not used; line {}: the checksum does not match",
        folder.file().display(),
        lines + 1
    );
    for state in [store.load(), store.peek()] {
        let state = state.unwrap().unwrap();
        assert_eq!(state.damage(), Some(&*told));
        assert_eq!(state.records(), sample().records());
    }
    assert_eq!(fs::read(folder.file()).unwrap(), text);
    // A file without a usable line is not one without a state: its damage is reported.
    fs::write(folder.file(), "masthead ledger 1\nusd/kzt 447.32\n").unwrap();
    let state = store.load().unwrap().unwrap();
    assert!(state.records().is_empty() && state.damage().is_some());
}

/// A memory of a later version, for instance.
#[test]
fn a_memory_that_cannot_be_used_costs_no_record() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    let memory = checkpoint(r#"{"later": 1}"#);
    store.append(&records(), &[memory]).unwrap();
    let state = store.load().unwrap().unwrap();
    assert_eq!(*state.records(), Ledger::from_iter(records()));
    assert!(state.holds().is_empty());
    let damage = state.damage().unwrap();
    assert!(
        damage.contains("the guard's memory cannot be used"),
        "{damage}"
    );
}

#[test]
fn a_file_that_has_grown_is_compacted() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    let (mut length, mut longest, mut compacted) = (0, 0, 0);
    for number in 0..150 {
        store.save(&cities(number)).unwrap();
        let before = length;
        length = fs::metadata(folder.file()).unwrap().len();
        compacted += u32::from(length < before);
        longest = longest.max(length);
    }
    assert!((1..=3).contains(&compacted), "{compacted} of {longest}");
    assert!(longest < 12 << 20, "{longest}");
    let state = store.load().unwrap().unwrap();
    let all: Vec<Record> = state.records().records().collect();
    for record in cities(149).records().records() {
        assert!(all.contains(&record));
    }
    assert_eq!(state.damage(), None);
}

/// Such a save does not tell the time, so it does not tell which records are ahead of it.
#[test]
fn a_save_without_a_recent_record_removes_none() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    // Beyond the length from which a file is compacted, and more lines than a compaction keeps of those ahead.
    let all: Vec<Record> = (0..1200)
        .map(|day| sighting(day, 44_732 + day).into())
        .chain((0..80).flat_map(|number| cities(number).records().records().collect::<Vec<_>>()))
        .collect();
    let length = store.append(&all, &[]).unwrap();
    assert!(length > 4 << 20, "{length}");
    let mut all = Ledger::from_iter(all);
    for news in [State::default(), early()] {
        store.save(&news).unwrap();
        all.merge(news.records().clone());
        assert!(*store.load().unwrap().unwrap().records() == all);
    }
}

/// A state with one record, which is older than all others.
fn early() -> State {
    let mut snapshot = Snapshot::default();
    let rates = super::rates(-9000, 40_000);
    snapshot.add_rates(rates, Attribution::new("bank"), super::noon(-9000));
    State::from(snapshot)
}

#[test]
fn a_folder_that_cannot_be_written_to_is_an_error_with_its_cause() {
    let folder = Folder::new();
    fs::write(folder.0.path().join("file"), "").unwrap();
    for (path, told) in [
        ("missing/ledger", "its folder does not exist"),
        ("file/ledger", "cannot be opened"),
    ] {
        let path = folder.0.path().join(path);
        let error = FileStore::new(&path).save(&sample()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{}: the state was not kept", path.display())
        );
        let cause = error.source().expect("a cause").to_string();
        assert!(cause.contains(told), "{cause}");
    }
    assert_eq!(folder.names(), ["file"]);
}

/// An error of the host's own store.
#[test]
fn an_error_carries_its_cause() {
    let error = StoreError::new("no room").caused_by(std::io::Error::other("disk full"));
    assert_eq!(error.to_string(), "no room");
    assert_eq!(error.source().unwrap().to_string(), "disk full");
    assert!(StoreError::new("no room").source().is_none());
}

#[test]
fn a_check_and_a_peek_change_nothing() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    store.check().unwrap();
    assert!(store.peek().unwrap().is_none());
    assert_eq!(folder.names(), [""; 0]);
    let whole = written(&folder.file());
    fs::remove_file(folder.0.path().join("ledger.lock")).unwrap();
    // Whole, cut within a line, and with a damaged first line.
    let mut first = whole.clone();
    first[3] ^= 1;
    for bytes in [&whole[..], &whole[..whole.len() - 40], &first] {
        fs::write(folder.file(), bytes).unwrap();
        store.check().unwrap();
        let state = store.peek().unwrap().unwrap();
        assert_eq!(state.records().len(), records().len());
        assert_eq!(fs::read(folder.file()).unwrap(), bytes);
        assert_eq!(folder.names(), ["ledger"]);
    }
}
