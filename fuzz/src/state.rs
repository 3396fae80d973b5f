use chrono::{DateTime, TimeDelta, Utc};
use masthead::ledger::line::Reader;
use masthead::ledger::{Ledger, Record, View};
use masthead::ticker::State;
use masthead::weather::City;
use masthead::{Snapshot, SourceId};

use crate::lines::{checked, written};
use crate::{answer, page};

/// Reads JSON as a snapshot: one that is read is equal after a round trip, its records are equal after they are written as lines, merging
/// them again changes nothing, and every page renders. The lines of any input are read as those of a file.
pub fn state(data: &[u8]) -> bool {
    lines(data);
    let Ok(snapshot) = serde_json::from_slice::<Snapshot>(data) else {
        return false;
    };
    answer::round_trip(&snapshot);
    let mut state = State::from(snapshot.clone());
    let ledger = state.records().clone();
    assert_eq!(read(&written(&ledger)), ledger);
    state.merge(state.clone());
    assert_eq!(*state.records(), ledger);
    show(&snapshot, &ledger);
    true
}

/// Reads each line with a right checksum: what was taken is the same once it is written again.
fn lines(data: &[u8]) {
    let mut reader = Reader::new(latest());
    for line in checked(data).split(|byte| *byte == b'\n') {
        reader.line(line);
    }
    let ledger = reader.finish().ledger;
    assert_eq!(read(&written(&ledger)), ledger);
}

fn read(text: &[u8]) -> Ledger {
    let mut reader = Reader::new(latest());
    for line in text.split(|byte| *byte == b'\n') {
        reader.line(line);
    }
    let contents = reader.finish();
    assert_eq!(contents.skipped, None);
    contents.ledger
}

/// An instant at which no record is of the future.
fn latest() -> DateTime<Utc> {
    DateTime::<Utc>::MAX_UTC - TimeDelta::days(1)
}

fn show(snapshot: &Snapshot, ledger: &Ledger) {
    let instants = instants(snapshot);
    page::of_everything(
        snapshot,
        instants.first().copied().unwrap_or(Snapshot::SAMPLE_TIME),
    );
    let bank = ledger.records().find_map(|record| match record {
        Record::Sighting(sighting) => Some(sighting.bank().clone()),
        _ => None,
    });
    let view = View::new(bank.unwrap_or(SourceId::SAMPLE)).cities(City::all().iter().cloned());
    for (now, choice) in instants.into_iter().zip(0..) {
        page::of_choice(snapshot, now, choice);
        let of_records = ledger.at(now, &view);
        answer::round_trip(&of_records);
        page::of_choice(&of_records, now, choice + 1);
    }
}

/// Returns the instants that the snapshot contains, and the earliest and latest ones.
fn instants(snapshot: &Snapshot) -> Vec<DateTime<Utc>> {
    let rates = [
        snapshot.rates(DateTime::<Utc>::MIN_UTC),
        snapshot.next(DateTime::<Utc>::MIN_UTC),
    ];
    let rates = rates
        .into_iter()
        .flatten()
        .flat_map(|held| [held.fetched(), held.valid()]);
    let weather = snapshot.cities().filter_map(|city| snapshot.weather(city));
    let weather = weather.map(|held| held.fetched()).take(4);
    let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
    rates.chain(weather).chain(ends).collect()
}
