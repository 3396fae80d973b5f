//! Faults of our own side: a process that is killed, a disk that is full, a folder or a file that is not as it should be.

mod disk;
mod killed;
#[path = "../it/support.rs"]
#[allow(dead_code)] // of another target
mod support;
#[path = "../it/world.rs"]
#[allow(dead_code)] // of another target
mod world;

use std::path::Path;

use masthead::ticker::{FileStore, Store as _, StoreError};
use masthead::weather::{Celsius, City, Hour, Weather};
use masthead::{Attribution, Snapshot, SourceId, Ticker};

use world::{MET, NEWEST, OF_DAY, World, bank, met, ok};

/// What the store keeps.
type Kept = Snapshot;

/// Some kilobytes, and more than a hundred: thirty cities, two days.
fn states() -> [Kept; 2] {
    let (mut large, now) = (Snapshot::sample(), Snapshot::SAMPLE_TIME);
    for city in City::all() {
        let hours = (0..48).map(|hour| Hour {
            at: now + chrono::TimeDelta::hours(hour),
            temperature: Celsius::from_tenths(215).unwrap(),
            condition: None,
            daylight: None,
        });
        let weather = Weather::new(SourceId::MET_NORWAY, hours, []).unwrap();
        large.add_weather(
            city.id(),
            city.zone(),
            weather,
            Attribution::new("MET"),
            now,
            None,
        );
    }
    [Snapshot::sample(), large]
}

fn load(path: &Path) -> Result<Option<Kept>, StoreError> {
    FileStore::new(path).load()
}

fn save(path: &Path, state: &Kept) -> Result<(), StoreError> {
    FileStore::new(path).save(state)
}

/// The file holds what the ticker shows.
#[track_caller]
fn assert_kept(path: &Path, ticker: &Ticker) {
    assert_eq!(load(path).unwrap().as_ref(), Some(&*ticker.snapshot()));
}

/// A ticker in a world in which all is well, but for its file perhaps.
fn ticker(path: &Path) -> Ticker {
    let world = World::at("2026-04-02T12:00:00Z");
    world.on(OF_DAY, ok(bank("2026-04-02", "475.09")));
    world.on(NEWEST, ok(bank("2026-04-03", "470.13")));
    world.on(MET, ok(met("2026-04-02T12:00:00Z", "7.5")));
    world.ticker().store(FileStore::new(path)).build().unwrap()
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}
