//! Local faults: a killed process, a full disk, unusual folders and files.

mod disk;
mod killed_process;

use std::path::Path;

use chrono::TimeDelta;
use masthead::ticker::{FileStore, State, Store as _, StoreError};
use masthead::weather::{Celsius, City, CityId, Hour, Weather};
use masthead::{Attribution, Snapshot, SourceId, Ticker};

use crate::fake_hosts::{FakeHosts, MET, NEWEST, OF_DAY, bank, met, ok};
use crate::support::time;

/// Returns two states: of some kilobytes, and of more than a hundred.
fn states() -> [State; 2] {
    [State::from(Snapshot::sample()), state(0, City::all())]
}

/// Returns a state with four days of forecasts for the cities. `number` shifts every value and instant.
fn state(number: u32, cities: &[City]) -> State {
    let (mut snapshot, now) = (Snapshot::sample(), Snapshot::SAMPLE_TIME);
    for city in cities {
        let hours = (0..96).map(|hour| {
            Hour::new(
                now + TimeDelta::hours(hour),
                Celsius::from_tenths(i16::try_from(number % 500).unwrap()).unwrap(),
            )
        });
        let weather = Weather::new(SourceId::MET_NORWAY, hours, []).unwrap();
        let (credit, at) = (
            Attribution::new("MET"),
            now + TimeDelta::seconds(number.into()),
        );
        snapshot.add_weather(city.id(), city.zone(), weather, credit, at, None);
    }
    State::from(snapshot)
}

fn load(path: &Path) -> Result<Option<State>, StoreError> {
    FileStore::new(path).load()
}

fn save(path: &Path, state: &State) -> Result<(), StoreError> {
    FileStore::new(path).save(state)
}

/// Checks that a ticker that starts with the file later shows what this one shows. Returns it.
#[track_caller]
fn assert_kept(path: &Path, ticker: &Ticker) -> Ticker {
    let now = "2026-04-02T13:00:00Z";
    let other = ticker_at(now, path);
    let (kept, shown, now) = (other.snapshot(), ticker.snapshot(), time(now));
    assert!(kept.rates(now).is_some());
    assert_eq!(kept.rates(now), shown.rates(now));
    assert_eq!(kept.next(now), shown.next(now));
    let cities: Vec<&CityId> = kept.cities().collect();
    assert!(!cities.is_empty() && cities == shown.cities().collect::<Vec<_>>());
    for city in cities {
        assert_eq!(kept.weather(city), shown.weather(city));
    }
    drop((kept, shown));
    other
}

/// Returns a ticker with working hosts and its file at `path`.
fn ticker(path: &Path) -> Ticker {
    ticker_at("2026-04-02T12:00:00Z", path)
}

/// Returns the same, started at another time.
fn ticker_at(now: &str, path: &Path) -> Ticker {
    let hosts = FakeHosts::at(now);
    hosts.on(OF_DAY, ok(bank("2026-04-02", "475.09")));
    hosts.on(NEWEST, ok(bank("2026-04-03", "470.13")));
    hosts.on(MET, ok(met("2026-04-02T12:00:00Z", "7.5")));
    hosts.ticker().store(FileStore::new(path)).build().unwrap()
}

/// Returns the names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}
