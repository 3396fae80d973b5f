use chrono::{DateTime, Utc};
use masthead::Snapshot;
use masthead::ticker::State;
use masthead::weather::City;

use crate::{answer, page};

/// Reads JSON as the state that a store returns: a state that loads is equal after a round trip, and every page of it renders.
pub fn state(data: &[u8]) -> bool {
    let Ok(state) = serde_json::from_slice::<State>(data) else {
        return false;
    };
    answer::round_trip(&state);
    show(state.snapshot());
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
