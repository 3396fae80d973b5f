use chrono::{DateTime, Utc};
use masthead::Snapshot;
use masthead::ticker::State;
use masthead::weather::City;

use crate::{answer, page};

/// What the state file holds inside its checksum.
type Kept = State;

/// JSON that a store gives back: what loads is kept as it is, and can be shown.
pub fn state(data: &[u8]) -> bool {
    let Ok(kept) = serde_json::from_slice::<Kept>(data) else {
        return false;
    };
    answer::round_trip(&kept);
    show(kept.snapshot());
    true
}

fn show(snapshot: &Snapshot) {
    let instants = instants(snapshot);
    page::of_everything(
        snapshot,
        instants.first().copied().unwrap_or(Snapshot::SAMPLE_TIME),
    );
    for (now, choice) in instants.into_iter().zip(0..) {
        page::of_choice(snapshot, now, choice);
        let pruned = snapshot
            .clone()
            .without_future(now)
            .without_abandoned(City::all(), now);
        answer::round_trip(&pruned);
        page::of_choice(&pruned, now, choice + 1);
    }
}

/// The times that the snapshot itself speaks of, and the ends of time.
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
