//! Property tests: for random steps a server answers like the store in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ledger::RecordId;
use masthead::ticker::shared::{
    Ask, Lease, MemoryStore, Node, SharedChange, SharedRecord, SharedStore, SharedText, Topic, Wish,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::server::RedisServer;
use crate::{ago, change, id_of, node, now, record, records, store, topic};

const TOPICS: [&str; 3] = ["rates", "weather:astana", "weather:almaty"];

#[derive(Clone, Debug)]
enum Step {
    Change(Vec<SharedChange>),
    Records(Vec<Topic>),
    Texts(Vec<RecordId>),
    Lease(Vec<Ask>, Node, Duration),
}

#[test]
#[ignore = "needs redis-server"]
fn a_server_does_what_the_store_in_memory_does() {
    let server = RedisServer::start(&[]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let store = store(&server);
    let mut runner = TestRunner::new(Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    });
    let steps = prop::collection::vec(step(), 1..40);
    let all = TOPICS.map(topic);
    let same = |steps: Vec<Step>| {
        let _ = server.run("FLUSHALL");
        let model = MemoryStore::default();
        runtime.block_on(async {
            let mut revisions = (vec![None; all.len()], vec![None; all.len()]);
            for step in &steps {
                let answers = (answer(&store, step).await, answer(&model, step).await);
                prop_assert_eq!(&answers.0, &answers.1, "of {:?}", step);
                let ours = store.revisions(&all).await.unwrap();
                let theirs = model.revisions(&all).await.unwrap();
                for at in 0..all.len() {
                    prop_assert_eq!(
                        ours[at] == revisions.0[at],
                        theirs[at] == revisions.1[at],
                        "the revision of {} after {:?}",
                        all[at],
                        step
                    );
                    prop_assert_eq!(ours[at].is_some(), theirs[at].is_some());
                }
                revisions = (ours, theirs);
            }
            Ok(())
        })
    };
    runner.run(&steps, same).unwrap();
}

/// Of records that were seen last at the same instant, those whose keys come first go, in the order of their bytes.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn the_same_records_as_in_memory_are_kept_of_too_many() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let mut rng = fastrand::Rng::with_seed(7);
    let (model, base) = (MemoryStore::default(), ago(1_000_000));
    for _ in 0..6 {
        let mut news = SharedChange::new(topic("rates"));
        news.records = (0..500)
            .map(|_| {
                let letter = rng.choice(["a", "B", "-", "ә", " "]).unwrap();
                let last = base + TimeDelta::milliseconds(rng.i64(0..4));
                record(&format!("{letter}{}", rng.u16(0..1000)), last)
            })
            .collect();
        change(&store, news.clone()).await;
        change(&model, news).await;
        let kept = records(&store, "rates").await;
        assert_eq!(kept, records(&model, "rates").await);
    }
    let kept = records(&store, "rates").await;
    assert_eq!(kept.len(), SharedRecord::MOST);
}

/// Formats a response without its order and exact times, which differ between the two.
async fn answer(store: &dyn SharedStore, step: &Step) -> String {
    let is_now = |at: DateTime<Utc>| (at - now()).abs() < TimeDelta::seconds(5);
    match step {
        Step::Change(changes) => format!("{:?}", store.change(changes).await.unwrap()),
        Step::Records(topics) => {
            let records = store.records(topics).await.unwrap();
            let sorted = |records: Vec<SharedRecord>| {
                let records = records.into_iter().map(|record| (record.key, record.last));
                records.collect::<BTreeMap<_, _>>()
            };
            let topics = records.topics.into_iter().map(|of| of.map(sorted));
            let topics: Vec<_> = topics.collect();
            format!("{} {topics:?}", is_now(records.now))
        }
        Step::Texts(ids) => format!("{:?}", store.texts(ids).await.unwrap()),
        Step::Lease(asks, node, time) => {
            let leases = store.lease(asks, node, *time).await.unwrap();
            // Rounded to the unit of the times of the steps. A lease that ends at once may have ended.
            let rounded = |lease: &Lease| (lease.left + Duration::from_secs(50)).as_secs() / 100;
            let held = leases.held.iter().map(|lease| {
                let lease = lease.as_ref().filter(|lease| rounded(lease) > 0);
                lease.map(|lease| (lease.node.clone(), rounded(lease)))
            });
            let held: Vec<_> = held.collect();
            format!("{} {held:?}", is_now(leases.now))
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let nodes = prop::sample::select(vec!["a", "B", "a-b", "a.b"]).prop_map(node);
    prop_oneof![
        prop::collection::vec(changes(), 0..4).prop_map(Step::Change),
        prop::collection::vec(topics(), 0..4).prop_map(Step::Records),
        prop::collection::vec(ids(), 0..4).prop_map(Step::Texts),
        (asks(), nodes, 1..4_u64).prop_map(|(asks, node, time)| {
            Step::Lease(asks, node, Duration::from_secs(100 * time))
        }),
    ]
}

fn changes() -> impl Strategy<Value = SharedChange> {
    let removed = prop::collection::vec(keys(), 0..3);
    let texts = prop::collection::vec(texts(), 0..3);
    let records = prop::collection::vec(records_of(), 0..4);
    let parts = (topics(), removed, texts, records);
    parts.prop_map(|(topic, removed, texts, records)| SharedChange {
        topic,
        removed,
        texts,
        records,
    })
}

/// A small set, so that keys repeat.
fn keys() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["a", "B", "a b", "", "-", "\"\0", "ә"])
            .prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn records_of() -> impl Strategy<Value = SharedRecord> {
    let base = ago(0);
    let lasts = prop_oneof![
        8 => (-3..3_i64).prop_map(move |second| base + TimeDelta::seconds(second)),
        1 => prop::sample::select(vec![i64::MIN, -62_135_596_800_000, -1, 0, 1, 1_700_000_000_000])
            .prop_map(|millis| {
                let first = DateTime::<Utc>::MIN_UTC;
                DateTime::from_timestamp_millis(millis).unwrap_or(first)
            }),
    ];
    (keys(), lasts).prop_map(|(key, last)| SharedRecord { key, last })
}

fn texts() -> impl Strategy<Value = SharedText> {
    let bodies = prop_oneof![
        "[a-zА-я\\x00\"]{1,9}",
        Just("x".repeat(SharedText::LONGEST)),
        Just("x".repeat(SharedText::LONGEST + 1)),
    ];
    (ids(), bodies, 1..100_u64).prop_map(|(id, text, hours)| SharedText {
        id,
        text,
        keep: Duration::from_secs(3600 * hours),
    })
}

/// Requests for several topics.
fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let wishes = prop_oneof![
        Just(Wish::Take),
        Just(Wish::Take),
        Just(Wish::Look),
        (0..3_u64).prop_map(|time| Wish::Rest(Duration::from_secs(100 * time))),
    ];
    let wishes = prop::collection::vec(wishes, TOPICS.len());
    let topics = prop::sample::subsequence(TOPICS.to_vec(), 0..=TOPICS.len()).prop_shuffle();
    (topics, wishes).prop_map(|(topics, wishes)| {
        let asks = topics.into_iter().zip(wishes);
        asks.map(|(of, wish)| Ask::new(topic(of), wish)).collect()
    })
}

fn topics() -> impl Strategy<Value = Topic> {
    prop::sample::select(TOPICS.to_vec()).prop_map(topic)
}

fn ids() -> impl Strategy<Value = RecordId> {
    (0..4_u64).prop_map(id_of)
}
