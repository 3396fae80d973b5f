//! Tests of the simulated store: it keeps the contract of `SharedStore`, each planted bug breaks it as documented, and each corruption
//! has the effect of its name.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use masthead::ledger::{Feed, Record, RecordId, Sighting};
use masthead::ticker::shared::{SharedChange, SharedRecord, SharedText, Topic};
use masthead::{Snapshot, SourceId};
use masthead_tests::contract;

use super::corruption::{Corruption, Slip};
use super::node::LastInput;
use super::store::{Shared, SimStore};
use super::store_faults::StoreFaults;
use super::store_server::{Plant, StoreServer, Write};
use crate::simulation::faults::HostFaults;
use crate::simulation::hosts::Hosts;
use crate::simulation::truth::Truth;
use crate::support::time;

const NOW: &str = "2026-04-02T06:00:00Z";
const PLANTS: [Plant; 3] = [
    Plant::LastWriteWins,
    Plant::ReplacesRecords,
    Plant::RevisionOfKeys,
];

#[tokio::test(start_paused = true)]
async fn the_simulated_store_keeps_the_contract() {
    contract::shared_store(sim_store).await;
    contract::expiry(sim_store, tokio::time::sleep).await;
    contract::hints(&sim_store()).await;
}

fn sim_store() -> SimStore {
    let random = &mut Rng::with_seed(0);
    let (truth, start) = (Truth::new(1, random), time(NOW));
    let hosts = Hosts::new(truth, HostFaults::new(random.fork(), start), start);
    let faults = StoreFaults::new(random.fork(), 3);
    let shared = Shared::new(&hosts, StoreServer::new(None), faults);
    SimStore::new(&shared, 0, &Arc::default(), &LastInput::default())
}

#[test]
fn each_planted_bug_breaks_one_rule() {
    for plant in PLANTS {
        let (mut server, now) = (StoreServer::new(Some(plant)), time(NOW));
        change(&mut server, &[("a", 5), ("b", 5)], now);
        let before = revision(&mut server, now);
        change(&mut server, &[("a", 9)], now);
        let has_other_revision = revision(&mut server, now) != before;
        assert_eq!(
            has_other_revision,
            plant != Plant::RevisionOfKeys,
            "{plant:?}"
        );
        let has_lost = plant == Plant::ReplacesRecords;
        assert_eq!(lasts(&mut server, now).len() == 1, has_lost, "{plant:?}");
        assert_eq!(server.history.wrong.is_some(), has_lost, "{plant:?}");
        change(&mut server, &[("a", 7)], now);
        let goes_back = lasts(&mut server, now)[0] == ("a".into(), at(7));
        assert_eq!(goes_back, plant != Plant::RevisionOfKeys, "{plant:?}");
        let is_wrong = plant != Plant::RevisionOfKeys;
        assert_eq!(server.history.wrong.is_some(), is_wrong, "{plant:?}");
    }
}

#[test]
fn a_write_after_its_timeout_does_no_harm() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    let then = now + TimeDelta::seconds(40);
    let late = change_of(&[("a", 0), ("c", 0)]);
    server.apply_at(then, Write::Change(vec![late]));
    change(&mut server, &[("a", 5), ("b", 5)], now);
    let of = |records: &[(&str, i64)]| -> Vec<(String, DateTime<Utc>)> {
        let records = records.iter();
        records
            .map(|(key, second)| ((*key).into(), at(*second)))
            .collect()
    };
    let early = then - TimeDelta::seconds(1);
    assert_eq!(lasts(&mut server, early), of(&[("a", 5), ("b", 5)]));
    assert_eq!(
        lasts(&mut server, then),
        of(&[("a", 5), ("b", 5), ("c", 0)])
    );
    assert_eq!(server.history.wrong, None);
}

#[test]
fn a_topic_of_another_type_is_neither_read_nor_written() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    server.overwrite(&Topic::Rates, |rows| rows.is_foreign = true);
    let astana = Topic::Weather("astana".parse().unwrap());
    let topics = [Topic::Rates, astana.clone()];
    let records = server.records(&topics, now).topics;
    assert!(records[0].is_err() && records[1].is_ok());
    let changes = topics.map(SharedChange::new);
    let outcomes = server.change(&changes, now);
    assert!(outcomes[0].is_err() && outcomes[1].is_ok());
    server.remove_foreign();
    assert!(server.records(&[Topic::Rates], now).topics[0].is_ok());
}

#[test]
fn a_restart_and_a_loss_change_the_revision() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    change(&mut server, &[("a", 0)], now);
    server.save();
    let mut revisions = vec![revision(&mut server, now)];
    change(&mut server, &[("b", 0)], now);
    revisions.push(revision(&mut server, now));
    server.restart();
    assert_eq!(lasts(&mut server, now), [("a".into(), at(0))]);
    revisions.push(revision(&mut server, now));
    server.flush();
    assert_eq!(lasts(&mut server, now), []);
    revisions.push(revision(&mut server, now));
    change(&mut server, &[("a", 0)], now);
    revisions.push(revision(&mut server, now));
    let count = revisions.len();
    revisions.sort();
    revisions.dedup();
    assert_eq!(revisions.len(), count, "{revisions:?}");
}

#[test]
fn a_replica_has_older_records_and_texts_until_it_is_promoted() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    change(&mut server, &[("a", 0)], now);
    server.replicate(now, TimeDelta::minutes(1));
    let before = revision(&mut server, now);
    let id = RecordId::of_text("text");
    let mut change = change_of(&[("a", 1)]);
    change.texts.push(SharedText {
        id,
        text: "text".into(),
        keep: Duration::from_secs(60),
    });
    server.change(&[change], now).remove(0).unwrap();
    assert_eq!(revision(&mut server, now), before);
    assert_eq!(lasts(&mut server, now), [("a".into(), at(0))]);
    assert_eq!(server.texts(&[id], now), [None]);
    server.promote();
    assert_ne!(revision(&mut server, now), before);
    assert_eq!(lasts(&mut server, now), [("a".into(), at(1))]);
    assert_eq!(server.texts(&[id], now), [Some("text".into())]);
    server.replicate(now, TimeDelta::minutes(1));
    let then = now + TimeDelta::seconds(61);
    self::change(&mut server, &[("a", 2)], then);
    server.replicate(then, TimeDelta::minutes(1));
    assert_eq!(lasts(&mut server, then), [("a".into(), at(2))], "caught up");
}

fn at(second: i64) -> DateTime<Utc> {
    time(NOW) + TimeDelta::seconds(second)
}

fn change_of(records: &[(&str, i64)]) -> SharedChange {
    let records = records.iter().map(|(key, second)| SharedRecord {
        key: (*key).into(),
        last: at(*second),
    });
    SharedChange {
        records: records.collect(),
        ..SharedChange::new(Topic::Rates)
    }
}

fn change(server: &mut StoreServer, records: &[(&str, i64)], now: DateTime<Utc>) {
    server.change(&[change_of(records)], now).remove(0).unwrap();
}

fn revision(server: &mut StoreServer, now: DateTime<Utc>) -> Option<String> {
    server.revisions(&[Topic::Rates], now).remove(0)
}

fn lasts(server: &mut StoreServer, now: DateTime<Utc>) -> Vec<(String, DateTime<Utc>)> {
    let records = server.records(&[Topic::Rates], now).topics.remove(0);
    let records = records.unwrap().into_iter();
    records.map(|record| (record.key, record.last)).collect()
}

/// A store with the sample rates, as servers write them at `Snapshot::SAMPLE_TIME`.
fn with_sample() -> StoreServer {
    let (mut server, now) = (StoreServer::new(None), Snapshot::SAMPLE_TIME);
    let rates = Snapshot::sample().rates(now).unwrap().value().clone();
    let mut change = SharedChange::new(Topic::Rates);
    for feed in [Feed::OfDay, Feed::Newest] {
        let day = rates.day();
        let sighting = Sighting::of_rates(SourceId::SAMPLE, feed, day, rates.clone(), now);
        let record = Record::from(sighting);
        let (key, last) = (record.key().unwrap(), record.last());
        change.texts.push(SharedText {
            id: key.answer().unwrap(),
            text: record.text().unwrap(),
            keep: Duration::from_secs(60),
        });
        let key = key.to_string();
        change.records.push(SharedRecord { key, last });
    }
    server.change(&[change], now).remove(0).unwrap();
    server
}

/// The numbers of usable and of unusable records after a corruption, and whether one of them is of the future.
fn after(corruption: Corruption) -> (usize, usize, bool) {
    let (mut server, now) = (with_sample(), Snapshot::SAMPLE_TIME);
    let before = server.revisions(&[Topic::Rates], now);
    assert_eq!(server.acknowledged(&Topic::Rates).len(), 2);
    assert!(corruption.corrupt(
        &mut server,
        &Topic::Rates,
        TimeDelta::zero(),
        &|_| true,
        now
    ));
    assert_ne!(server.revisions(&[Topic::Rates], now), before);
    assert!(server.acknowledged(&Topic::Rates).is_empty());
    let contents = server.contents(&Topic::Rates);
    let usable = contents.iter().filter_map(|(_, record)| record.as_ref());
    let is_ahead = usable.clone().any(|record| record.last() > now);
    let usable = usable.count();
    (usable, contents.len() - usable, is_ahead)
}

#[test]
fn each_corruption_is_what_it_is_said_to_be() {
    for slip in [Slip::Tenfold, Slip::Tenth, Slip::Inverted] {
        assert_eq!(after(Corruption::Every(slip)), (4, 0, false));
    }
    for days in [-39, -20, 30, 399] {
        assert_eq!(after(Corruption::OtherDay(days)), (4, 0, false), "{days}");
    }
    assert_eq!(after(Corruption::OtherDay(-15)), (2, 0, false), "too near");
    assert_eq!(after(Corruption::Future), (2, 0, true));
    for corruption in [
        Corruption::OtherTexts,
        Corruption::Truncated,
        Corruption::NoTexts,
    ] {
        assert_eq!(after(corruption), (0, 2, false), "{corruption:?}");
    }
    assert_eq!(after(Corruption::Garbage), (2, 5, false));
    let flood = SharedRecord::MOST + 100;
    assert_eq!(after(Corruption::Flood), (2, flood, false));
    assert_eq!(after(Corruption::Removed), (1, 0, false));
    let (mut server, now) = (with_sample(), Snapshot::SAMPLE_TIME);
    Corruption::Foreign.corrupt(
        &mut server,
        &Topic::Rates,
        TimeDelta::zero(),
        &|_| true,
        now,
    );
    assert!(server.records(&[Topic::Rates], now).topics[0].is_err());
    let again = Corruption::Future.corrupt(
        &mut server,
        &Topic::Rates,
        TimeDelta::zero(),
        &|_| true,
        now,
    );
    assert!(!again, "nothing more happens to it");
}
