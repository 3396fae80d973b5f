//! Records that no server can use are removed from the store, and a server that has them adds them again.

use std::time::Duration;

use chrono::TimeDelta;
use masthead::Ticker;
use masthead::ledger::{RecordId, RecordKey};
use masthead::ticker::shared::{SharedChange, SharedRecord, SharedStore as _, SharedText, Topic};
use tokio::time::advance;

use super::test_store::TestStore;
use super::{diverges, fleet_of, healthy_hosts, node_builder, topics};
use crate::fake_hosts::{FakeHosts, MET, PLACE, ok};

const KEEP: Duration = Duration::from_secs(86_400);

/// Two nodes that show the same, and one that has read nothing.
async fn three_nodes(hosts: &FakeHosts, store: &TestStore) -> [Ticker; 3] {
    let nodes = ["a", "b", "c"].map(|node| node_builder(hosts, store, node).build().unwrap());
    nodes[0].refresh(hosts.now()).await;
    nodes[1].catch_up().await;
    assert_eq!(&*nodes[1].snapshot(), &*nodes[0].snapshot());
    nodes
}

#[tokio::test(start_paused = true)]
async fn a_missing_text_is_written_again_by_a_node_that_has_the_record() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [first, _, third] = three_nodes(&hosts, &store).await;
    let saved = store.saved(&topics());
    for topic in topics() {
        store.delete_texts(&topic);
        assert!(store.texts(&topic).iter().all(|(_, text)| text.is_none()));
    }
    assert_mended(&store, &first, &third, &saved).await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_text_is_replaced_by_a_node_that_has_the_record() {
    let other = ["masthead publication 1\n", "", "{"];
    // Altered, the text of the publication has another id.
    for spoilt in other.map(Some).into_iter().chain([None]) {
        let hosts = healthy_hosts();
        let store = TestStore::new(&hosts);
        let [first, _, third] = three_nodes(&hosts, &store).await;
        let saved = store.saved(&topics());
        for change in &saved {
            match spoilt {
                Some(spoilt) => _ = store.spoil_texts(&change.topic, spoilt),
                None => {
                    let texts = change.texts.iter().map(|right| SharedText {
                        text: right
                            .text
                            .replace("475.09", "575.09")
                            .replace(" 85 ", " 95 "),
                        ..right.clone()
                    });
                    let texts: Vec<_> = texts.collect();
                    assert_ne!(texts, change.texts);
                    let topic = change.topic.clone();
                    store.write(SharedChange {
                        texts,
                        ..SharedChange::new(topic)
                    });
                }
            }
        }
        assert_mended(&store, &first, &third, &saved).await;
    }
}

/// A node that reads a text that cannot be used removes its record, and a node that has the record adds it again.
async fn assert_mended(store: &TestStore, has: &Ticker, reads: &Ticker, saved: &[SharedChange]) {
    reads.catch_up().await;
    assert_eq!(reads.snapshot().cities().count(), 0);
    for topic in topics() {
        assert_eq!(store.keys(&topic), [""; 0], "of {topic}");
    }
    has.catch_up().await;
    assert_eq!(store.saved(&topics()), saved);
    reads.catch_up().await;
    assert_eq!(&*reads.snapshot(), &*has.snapshot());
    for ticker in [has, reads] {
        assert!(fleet_of(ticker).is_good(), "{:?}", fleet_of(ticker));
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_of_the_future_is_removed() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [_, second, third] = three_nodes(&hosts, &store).await;
    let saved = store.saved(&topics());
    for topic in topics() {
        let mut change = SharedChange::new(topic.clone());
        change.records = store.records(&topic);
        for record in &mut change.records {
            record.last += TimeDelta::days(1);
        }
        store.write(change);
    }
    // A node without the record only removes it.
    third.catch_up().await;
    for topic in topics() {
        assert_eq!(store.keys(&topic), [""; 0], "of {topic}");
    }
    assert_eq!(third.snapshot().cities().count(), 0);
    second.catch_up().await;
    assert_eq!(store.saved(&topics()), saved);
    third.catch_up().await;
    assert_eq!(&*third.snapshot(), &*second.snapshot());
    assert!(fleet_of(&third).is_good(), "{:?}", fleet_of(&third));
}

#[tokio::test(start_paused = true)]
async fn a_record_of_the_future_is_replaced_by_the_right_one_in_one_change() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [_, second, _] = three_nodes(&hosts, &store).await;
    let saved = store.saved(&topics());
    let mut change = SharedChange::new(Topic::Rates);
    change.records = store.records(&Topic::Rates);
    for record in &mut change.records {
        record.last += TimeDelta::minutes(6);
    }
    store.write(change);
    let changes = store.state().changes.len();
    second.catch_up().await;
    assert_eq!(store.saved(&topics()), saved);
    assert_eq!(store.state().changes.len(), changes + 1);
    // The store's clock and a node's may differ by five minutes.
    let mut change = SharedChange::new(Topic::Rates);
    change.records = store.records(&Topic::Rates);
    for record in &mut change.records {
        record.last += TimeDelta::minutes(5);
    }
    store.write(change);
    let ahead = store.saved(&topics());
    second.catch_up().await;
    assert_eq!(store.saved(&topics()), ahead);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_none_is_removed() {
    for garbage in ["{", "masthead ledger 999\n", "sighting", " ", "\u{0}кілт"] {
        let hosts = healthy_hosts();
        let store = TestStore::new(&hosts);
        let [first, second, third] = three_nodes(&hosts, &store).await;
        let (saved, shown) = (store.saved(&topics()), second.snapshot().to_arc());
        let garbled = |topic: &Topic| {
            let mut change = SharedChange::new(topic.clone());
            for (number, SharedRecord { key, last }) in (1..).zip(store.records(topic)) {
                let garbage = [
                    garbage.to_owned(),
                    format!("{garbage}{number}"),
                    format!("{key} "),
                ];
                let garbage = garbage.map(|key| SharedRecord { key, last });
                change.records.extend(garbage);
                change.removed.push(key);
            }
            change
        };
        topics()
            .iter()
            .for_each(|topic| store.write(garbled(topic)));
        second.catch_up().await;
        assert_eq!(&*second.snapshot(), &*shown);
        assert_eq!(store.saved(&topics()), saved, "{garbage:?}");
        for ticker in [&third, &first] {
            ticker.catch_up().await;
            assert_eq!(&*ticker.snapshot(), &*shown);
            assert!(fleet_of(ticker).is_good());
        }
    }
}

/// Two nodes that each remove what the other writes would do so without end.
#[tokio::test(start_paused = true)]
async fn records_of_a_topic_are_removed_at_most_every_ten_seconds() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [_, second, _] = three_nodes(&hosts, &store).await;
    let garbage = SharedRecord {
        key: "garbage".into(),
        last: hosts.now(),
    };
    let count = async || {
        let before = store.state().changes.len();
        for _ in 0..60 {
            advance(Duration::from_secs(1)).await;
            let mut change = SharedChange::new(Topic::Rates);
            change.records.push(garbage.clone());
            store.write(change);
            second.catch_up().await;
        }
        let state = store.state();
        let removals = state.changes[before..].iter();
        removals.filter(|change| !change.removed.is_empty()).count()
    };
    let removals = count().await;
    assert!((5..=7).contains(&removals), "{removals} in a minute");
    // No node writes it any more.
    advance(Duration::from_secs(10)).await;
    second.catch_up().await;
    assert!(!store.keys(&Topic::Rates).contains(&garbage.key));
}

#[tokio::test(start_paused = true)]
async fn a_record_of_another_topic_is_removed() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [_, second, _] = three_nodes(&hosts, &store).await;
    let saved = store.saved(&topics());
    let [rates, astana] = topics();
    for (topic, of) in [(&rates, &astana), (&astana, &rates)] {
        let mut change = SharedChange::new(topic.clone());
        change.records = store.records(of);
        store.write(change);
    }
    second.catch_up().await;
    assert_eq!(store.saved(&topics()), saved);
}

#[tokio::test(start_paused = true)]
async fn a_text_that_is_too_long_is_not_read() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [_, second, _] = three_nodes(&hosts, &store).await;
    let saved = store.saved(&topics());
    // With the right id, so that only its length is wrong.
    let text = "x".repeat(SharedText::LONGEST + 1);
    let id = RecordId::of_text(&text);
    let [mut change, _] = topics().map(SharedChange::new);
    for SharedRecord { key, last } in store.records(&Topic::Rates) {
        let mut key: RecordKey = key.parse().unwrap();
        if let RecordKey::Sighting {
            answer: Some((answer, _)),
            ..
        } = &mut key
        {
            *answer = id;
        }
        change.records.push(SharedRecord {
            key: key.to_string(),
            last,
        });
    }
    change.texts.push(SharedText {
        id,
        text,
        keep: KEEP,
    });
    store.write(change);
    second.catch_up().await;
    assert_eq!(store.saved(&topics()), saved);
    assert!(fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
}

#[tokio::test(start_paused = true)]
async fn a_record_whose_text_is_too_long_for_a_store_is_reported() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    hosts.on(MET, ok(long_forecast(&hosts)).expiring(hosts.now(), 60));
    let [first, second] =
        ["a", "b"].map(|node| node_builder(&hosts, &store, node).build().unwrap());
    first.refresh(hosts.now()).await;
    second.catch_up().await;
    assert_eq!(first.snapshot().cities().count(), 1);
    let [rates, astana] = topics();
    assert_eq!(store.keys(&astana), [""; 0]);
    assert!(!store.keys(&rates).is_empty());
    let why = diverges(&first, &astana).unwrap();
    assert!(why.contains("bytes"), "{why}");
    assert!(second.snapshot().rates(hosts.now()).is_some());
}

/// MET's forecast, with more hours than a text in a store has room for.
fn long_forecast(hosts: &FakeHosts) -> String {
    let steps = (0..48 * 60).map(|minute| {
        let at = hosts.now() + TimeDelta::minutes(minute);
        let at = at.format("%Y-%m-%dT%H:%M:%SZ");
        format!(r#"{{"time":"{at}","data":{{"instant":{{"details":{{"air_temperature":8.5}}}}}}}}"#)
    });
    let steps: Vec<String> = steps.collect();
    format!(
        r#"{{"geometry":{{"coordinates":[{PLACE}]}},"properties":{{"meta":{{"units":{{"air_temperature":"celsius"}}}},"timeseries":[{}]}}}}"#,
        steps.join(",")
    )
}

#[tokio::test(start_paused = true)]
async fn older_records_than_a_full_topic_has_are_not_added_again_and_again() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [_, second, _] = three_nodes(&hosts, &store).await;
    let shown = second.snapshot().to_arc();
    advance(Duration::from_secs(60)).await;
    // The nodes do not know this bank, so no node uses or removes its records.
    let (day, now) = (hosts.now().date_naive(), hosts.now());
    let keys = (0..i64::try_from(SharedRecord::MOST).unwrap()).map(|number| {
        let first = now - TimeDelta::milliseconds(number);
        let first = first.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        format!("sighting stranger stranger of_day {day} {first} - -")
    });
    let mut full = SharedChange::new(Topic::Rates);
    full.records = keys.map(|key| SharedRecord { key, last: now }).collect();
    store.write(full.clone());
    let mut keys: Vec<String> = full.records.into_iter().map(|record| record.key).collect();
    keys.sort_unstable();
    assert_eq!(store.keys(&Topic::Rates), keys);
    let changes = store.state().changes.len();
    for _ in 0..30 {
        store.write(SharedChange::new(Topic::Rates));
        second.catch_up().await;
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(store.state().changes.len(), changes);
    assert_eq!(store.keys(&Topic::Rates), keys);
    assert_eq!(&*second.snapshot(), &*shown);
    let why = diverges(&second, &Topic::Rates).unwrap();
    assert_eq!(why, "the store has 1024 records that were seen later");
    // A record that was seen later has a place.
    second.refresh(hosts.now()).await;
    second.catch_up().await;
    assert!(store.has_number(&Topic::Rates, "475.09"));
    let changes = store.state().changes.len();
    second.catch_up().await;
    assert_eq!(store.state().changes.len(), changes);
}

#[tokio::test(start_paused = true)]
async fn records_that_are_lost_without_another_revision_are_added_again_within_half_an_hour() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [first, second, _] = three_nodes(&hosts, &store).await;
    let saved = store.saved(&topics());
    // After its own write a server reads the records in any case.
    first.catch_up().await;
    let revisions = store.revisions(&topics()).await.unwrap();
    store.lose_records();
    assert_eq!(store.revisions(&topics()).await.unwrap(), revisions);
    second.catch_up().await;
    assert_eq!(store.keys(&Topic::Rates), [""; 0]);
    advance(Duration::from_secs(1800)).await;
    second.catch_up().await;
    assert_eq!(store.saved(&topics()), saved);
}

#[tokio::test(start_paused = true)]
async fn a_record_of_a_day_that_servers_no_longer_share_is_not_added_and_goes_with_the_next_change()
{
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let [_, second, _] = three_nodes(&hosts, &store).await;
    let at = hosts
        .now()
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let bank = "national_bank_kz";
    let keys = ["1900-01-01", "2025-12-01"]
        .map(|asked| format!("sighting {bank} {bank} of_day {asked} {at} - -"));
    let mut change = SharedChange::new(Topic::Rates);
    let last = hosts.now();
    change.records = keys.clone().map(|key| SharedRecord { key, last }).into();
    store.write(change);
    second.catch_up().await;
    assert!(fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
    for key in &keys {
        assert!(store.keys(&Topic::Rates).contains(key), "{key}");
    }
    advance(Duration::from_secs(3600)).await;
    second.refresh(hosts.now()).await;
    second.catch_up().await;
    for key in &keys {
        assert!(!store.keys(&Topic::Rates).contains(key), "{key}");
    }
}
