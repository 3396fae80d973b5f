use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::Snapshot;
use masthead::fetch::FakeUpstream;
use masthead::ledger::line::Reader;
use masthead::ledger::{Ledger, RecordId, RecordKey};
use masthead::ticker::shared::{
    MemoryStore, SharedChange, SharedRecord, SharedStore as _, SharedText, Topic,
};
use masthead::ticker::{State, Ticker};
use masthead::weather::City;

use crate::lines::checked;
use crate::page;

/// Puts the records of a snapshot, or of lines with right checksums, or a key with the text in the lines after it, into each topic of a
/// shared store. A server judges them, renders and shares the result, and a second server shows the same. No server loses data that it
/// had.
pub fn shared(data: &[u8]) -> bool {
    let mut input = SharedChange::new(Topic::Rates);
    match serde_json::from_slice::<Snapshot>(data) {
        Ok(snapshot) => add(&mut input, State::from(snapshot).records()),
        Err(_) => {
            add(&mut input, &lines(data));
            if let Ok(text) = std::str::from_utf8(data) {
                let (key, text) = text.split_once('\n').unwrap_or((text, ""));
                add_raw(&mut input, key, text);
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let Ok(runtime) = runtime else { return false };
    runtime.block_on(judge(&input))
}

fn lines(data: &[u8]) -> Ledger {
    let mut reader = Reader::new(now());
    for line in checked(data).split(|byte| *byte == b'\n') {
        reader.line(line);
    }
    reader.finish().ledger
}

/// Adds records with their texts. The record is that of the key and the text.
fn add(input: &mut SharedChange, records: &Ledger) {
    for record in records.records() {
        let Some(key) = record.key() else { continue };
        let (last, text) = (record.last(), record.text());
        assert_eq!(key.record(last, text.as_deref()), Ok(record));
        add_text(input, key.answer(), text.unwrap_or_default());
        add_key(input, &key, last);
    }
}

/// Adds any text as a key, and any text as an answer. A key that is parsed also gets the id of the text.
fn add_raw(input: &mut SharedChange, key: &str, text: &str) {
    input.records.push(SharedRecord {
        key: key.to_owned(),
        last: now() - TimeDelta::hours(1),
    });
    let Ok(mut key) = key.parse::<RecordKey>() else {
        return;
    };
    add_text(input, key.answer(), text.to_owned());
    let id = RecordId::of_text(text);
    match &mut key {
        RecordKey::Sighting { answer, .. } => *answer = answer.map(|(_, pause)| (id, pause)),
        RecordKey::Forecast { answer, .. } => *answer = id,
        _ => {}
    }
    add_text(input, Some(id), text.to_owned());
    for last in [key.first(), now() - TimeDelta::hours(1)] {
        if let Ok(record) = key.record(last, Some(text)) {
            assert_eq!(record.key().as_ref(), Some(&key));
            assert_eq!(record.last(), last);
            let text = key.answer().map(|_| text.to_owned());
            assert_eq!(record.text(), text);
        }
        add_key(input, &key, last);
    }
}

fn add_key(input: &mut SharedChange, key: &RecordKey, last: DateTime<Utc>) {
    let text = key.to_string();
    assert_eq!(text.parse().as_ref(), Ok(key));
    input.records.push(SharedRecord { key: text, last });
}

fn add_text(input: &mut SharedChange, id: Option<RecordId>, text: String) {
    let keep = Duration::from_secs(86_400);
    let text = id.map(|id| SharedText { id, text, keep });
    input.texts.extend(text);
}

async fn judge(input: &SharedChange) -> bool {
    let store = MemoryStore::default().clock(now);
    let (first, second) = (server(&store), server(&store));
    put(&store, input).await;
    first.catch_up().await;
    let health = first.health().fleet.map(|fleet| fleet.topics);
    let read = health.is_some_and(|topics| {
        let mut topics = topics.iter();
        topics.any(|topic| topic.diverges.is_none() && topic.records > 0)
    });
    page::of_everything(&first.snapshot(), now());
    // The same records again change no number.
    let shown = first.snapshot().to_arc();
    put(&store, input).await;
    first.catch_up().await;
    assert_eq!(*shown, *first.snapshot(), "the second time");
    // A second server shows what the first shares.
    empty(&store, input).await;
    first.catch_up().await;
    let shared = count(&store).await;
    second.catch_up().await;
    let agreed = second.health().fleet.is_some_and(|fleet| fleet.is_good());
    assert!(agreed, "{:?}", second.health());
    if shared.iter().all(|records| *records > 0) {
        assert_eq!(*first.snapshot(), *second.snapshot());
    }
    assert_eq!(shared, count(&store).await, "the second removes nothing");
    read
}

fn now() -> DateTime<Utc> {
    // A day in the middle of those of the seeds.
    DateTime::from_timestamp(1_804_147_200, 0).unwrap_or_default()
}

fn topics() -> [Topic; 2] {
    ["rates", "weather:astana"].map(|topic| topic.parse().unwrap_or(Topic::Rates))
}

async fn put(store: &MemoryStore, input: &SharedChange) {
    let changes = topics().map(|topic| SharedChange {
        topic,
        ..input.clone()
    });
    let outcomes = store.change(&changes).await;
    assert!(outcomes.is_ok_and(|outcomes| outcomes.iter().all(Result::is_ok)));
}

/// Removes all records, and the texts of the input.
async fn empty(store: &MemoryStore, input: &SharedChange) {
    let mut changes = topics().map(SharedChange::new);
    for (change, records) in changes.iter_mut().zip(records(store).await) {
        change.removed = records.into_iter().map(|record| record.key).collect();
        change.texts.clone_from(&input.texts);
        for text in &mut change.texts {
            text.keep = Duration::ZERO;
        }
    }
    let outcomes = store.change(&changes).await;
    assert!(outcomes.is_ok_and(|outcomes| outcomes.iter().all(Result::is_ok)));
    assert_eq!(count(store).await, [0, 0]);
}

async fn count(store: &MemoryStore) -> Vec<usize> {
    records(store).await.iter().map(Vec::len).collect()
}

async fn records(store: &MemoryStore) -> Vec<Vec<SharedRecord>> {
    let records = store.records(&topics()).await;
    let records = records.map(|records| records.topics).unwrap_or_default();
    records.into_iter().map(Result::unwrap_or_default).collect()
}

fn server(store: &MemoryStore) -> Ticker {
    let ticker = Ticker::builder("fuzz")
        // No host answers, so that all data come from the store.
        .transport(FakeUpstream::new())
        .cities(City::find("astana").cloned())
        .clock(now)
        .fleet(store.clone());
    ticker.build().unwrap_or_else(|error| panic!("{error}"))
}
