//! Checks that a [`SharedStore`] keeps its contract. For the tests of any implementation:
//!
//! ```
//! use masthead::ticker::shared::MemoryStore;
//! use masthead_tests::contract;
//!
//! # async fn checked() {
//! contract::shared_store(MemoryStore::default).await;
//! contract::expiry(MemoryStore::default, tokio::time::sleep).await;
//! contract::hints(&MemoryStore::default()).await;
//! # }
//! ```
//!
//! Each function panics with the broken rule. Texts, ids and keys are made up: a store does not look into them.

mod bound;
mod steps;

use std::collections::BTreeSet;
use std::task::{Context, Waker};
use std::time::Duration;

use chrono::TimeDelta;
use masthead::ticker::shared::{Ask, Hint, SharedChange, SharedStore, SharedText, Wish};
use steps::{
    assert_changed, assert_holds, at, held, lasts, node, of, rates, record, revision, text,
    texts_of, weather, with, without,
};

const MINUTE: Duration = Duration::from_secs(60);

/// Checks everything but what needs time to pass, and notifications. `new` returns an empty store each time.
///
/// # Panics
///
/// If the store does not keep the contract.
pub async fn shared_store<S: SharedStore>(new: impl Fn() -> S) {
    an_empty_store_has_nothing(&new()).await;
    a_change_gives_its_topic_another_revision(&new()).await;
    the_last_instant_only_grows(&new()).await;
    removals_come_first_and_are_of_one_topic(&new()).await;
    keys_may_be_any_text(&new()).await;
    texts_are_stored_by_id(&new()).await;
    bound::the_records_seen_last_are_kept(&new()).await;
    outcomes_are_in_order(&new()).await;
    a_lease_has_one_holder(&new()).await;
}

/// Checks that leases and texts expire. `pass` lets time pass on the clock of the store, and is called with less than a second.
///
/// # Panics
///
/// If the store does not keep the contract.
pub async fn expiry<S: SharedStore>(new: impl Fn() -> S, pass: impl AsyncFn(Duration)) {
    let (short, long) = (Duration::from_millis(300), Duration::from_millis(450));
    let (store, topic) = (new(), rates());
    held(&store, &topic, Wish::Take, "a", short).await;
    pass(long).await;
    let lease = held(&store, &topic, Wish::Look, "a", MINUTE).await;
    assert_eq!(lease, None, "a lease that has expired");
    held(&store, &topic, Wish::Take, "b", MINUTE).await;
    held(&store, &topic, Wish::Rest(short), "b", MINUTE).await;
    pass(long).await;
    let lease = held(&store, &topic, Wish::Take, "a", MINUTE).await;
    assert_holds(lease, "a", MINUTE);

    let mut change = SharedChange::new(topic);
    change.texts = vec![text(1, "short", short), text(2, "long", MINUTE)];
    assert_changed(&store, change.clone()).await;
    let before = texts_of(&store, &[1, 2]).await;
    assert_eq!(before, [Some("short".into()), Some("long".into())]);
    // Written again, it is kept longer.
    change.texts = vec![text(1, "short", MINUTE), text(2, "long", MINUTE)];
    change.texts.push(text(3, "short", short));
    assert_changed(&store, change).await;
    pass(long).await;
    let after = texts_of(&store, &[1, 2, 3]).await;
    assert_eq!(after, [Some("short".into()), Some("long".into()), None]);
}

/// Checks the notifications of a store that has them.
///
/// # Panics
///
/// If the store does not keep the contract.
pub async fn hints<S: SharedStore>(store: &S) {
    let hint = store.hint().await.expect("a notification");
    assert_eq!(hint, Hint::Listening, "the first one");
    for second in 0..3 {
        // A call that is dropped loses nothing.
        let mut dropped = store.hint();
        _ = dropped
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        drop(dropped);
        assert_changed(store, with(&rates(), &[("a", second)])).await;
        while store.hint().await.expect("a notification") != Hint::Changed {}
    }
}

async fn an_empty_store_has_nothing<S: SharedStore>(store: &S) {
    let topics = [rates(), weather("astana"), rates()];
    let revisions = store.revisions(&topics).await.expect("revisions");
    assert_eq!(revisions, [None, None, None], "the revisions of no records");
    let records = store.records(&topics).await.expect("records");
    assert_eq!(records.topics.len(), 3, "one result for each topic");
    for records in records.topics {
        assert_eq!(records.expect("a topic that can be read"), []);
    }
    assert_eq!(texts_of(store, &[1, 2]).await, [None, None]);
    assert!(store.revisions(&[]).await.expect("no revision").is_empty());
    assert!(store.texts(&[]).await.expect("no text").is_empty());
    assert!(store.change(&[]).await.expect("no outcome").is_empty());
    let none = store.records(&[]).await.expect("no records");
    assert!(none.topics.is_empty());
    let leases = store.lease(&[], &node("a"), MINUTE).await;
    let leases = leases.expect("no lease");
    assert!(leases.held.is_empty());
    for now in [none.now, leases.now] {
        assert!(
            (now - records.now).abs() < TimeDelta::minutes(1),
            "{now} is the time after {}",
            records.now
        );
    }
}

async fn a_change_gives_its_topic_another_revision<S: SharedStore>(store: &S) {
    let (topic, other) = (rates(), weather("astana"));
    assert_changed(store, with(&other, &[("a", 0)])).await;
    let revision_of_other = revision(store, &other).await;
    assert!(
        revision_of_other.is_some(),
        "a changed topic has a revision"
    );
    let added = with(&topic, &[("a", 5)]);
    let text_only = SharedChange {
        texts: vec![text(1, "text", MINUTE)],
        ..SharedChange::new(topic.clone())
    };
    let removed = without(&topic, &["a"]);
    let changes = [
        ("a record", added.clone()),
        ("the same record again", added.clone()),
        ("an earlier instant", with(&topic, &[("a", 1)])),
        ("a later instant", with(&topic, &[("a", 9)])),
        ("a text", text_only),
        ("a removal", removed.clone()),
        ("the removal of nothing", removed),
        ("the record of the beginning", added),
    ];
    let mut revisions = BTreeSet::from([revision(store, &topic).await]);
    for (what, change) in changes {
        assert_changed(store, change).await;
        let now = revision(store, &topic).await;
        assert!(now.is_some(), "no revision after {what}");
        assert!(revisions.insert(now), "an old revision after {what}");
        let again = revision(store, &other).await;
        assert_eq!(again, revision_of_other, "of another topic, after {what}");
    }
    let before = revision(store, &topic).await;
    lasts(store, &topic).await;
    held(store, &topic, Wish::Take, "a", MINUTE).await;
    let after = revision(store, &topic).await;
    assert_eq!(after, before, "after a reading and a lease");
}

async fn the_last_instant_only_grows<S: SharedStore>(store: &S) {
    let topic = rates();
    for (written, kept) in [(5, 5), (3, 5), (5, 5), (8, 8), (7, 8)] {
        assert_changed(store, with(&topic, &[("a", written), ("b", 1)])).await;
        let expected = of(&[("a", kept), ("b", 1)]);
        assert_eq!(
            lasts(store, &topic).await,
            expected,
            "{written} was written"
        );
    }
    // In one change too.
    assert_changed(store, with(&topic, &[("a", 11), ("a", 10), ("c", 2)])).await;
    let expected = of(&[("a", 11), ("b", 1), ("c", 2)]);
    assert_eq!(lasts(store, &topic).await, expected);
    let precise = at(12) + TimeDelta::milliseconds(345);
    let mut change = SharedChange::new(topic.clone());
    change.records.push(record("a", precise));
    assert_changed(store, change).await;
    assert_eq!(lasts(store, &topic).await["a"], precise, "in milliseconds");
}

async fn removals_come_first_and_are_of_one_topic<S: SharedStore>(store: &S) {
    let (topic, other) = (rates(), weather("astana"));
    for topic in [&topic, &other] {
        assert_changed(store, with(topic, &[("a", 9), ("b", 9)])).await;
    }
    let mut change = with(&topic, &[("a", 3)]);
    change.removed = vec!["a".into(), "b".into(), "unknown".into()];
    assert_changed(store, change).await;
    assert_eq!(lasts(store, &topic).await, of(&[("a", 3)]));
    let expected = of(&[("a", 9), ("b", 9)]);
    assert_eq!(lasts(store, &other).await, expected, "another topic");
    assert_changed(store, without(&topic, &["a"])).await;
    assert_eq!(lasts(store, &topic).await, of(&[]));
}

async fn keys_may_be_any_text<S: SharedStore>(store: &S) {
    let (topic, long) = (rates(), "k".repeat(2000));
    let keys = [" ", "a b", "a\nb\r\n", "\"'{}[]%:*", "кілт 🗝", "-1", &long];
    let records: Vec<(&str, i64)> = keys.iter().copied().zip(1..).collect();
    assert_changed(store, with(&topic, &records)).await;
    assert_eq!(lasts(store, &topic).await, of(&records));
    assert_changed(store, without(&topic, &keys)).await;
    assert_eq!(lasts(store, &topic).await, of(&[]));
}

async fn texts_are_stored_by_id<S: SharedStore>(store: &S) {
    let (longest, too_long) = (SharedText::LONGEST, SharedText::LONGEST + 1);
    let written = |id, body: &str| SharedChange {
        texts: vec![text(id, body, MINUTE)],
        ..SharedChange::new(rates())
    };
    let bodies = ["one\ntwo\r\n\u{0}\"", "-", "тенге ₸"];
    for (id, body) in (1..).zip(bodies) {
        assert_changed(store, written(id, body)).await;
    }
    let expected = [3, 9, 1, 2, 3].map(|id: usize| bodies.get(id - 1).map(|&body| body.into()));
    assert_eq!(texts_of(store, &[3, 9, 1, 2, 3]).await, expected);
    assert_changed(store, written(2, "other")).await;
    assert_eq!(texts_of(store, &[2]).await, [Some("other".into())]);
    let body = "x".repeat(longest);
    assert_changed(store, written(4, &body)).await;
    assert!(
        texts_of(store, &[4]).await == [Some(body)],
        "the longest text"
    );
    // Whether the write fails is not specified.
    _ = store.change(&[written(5, &"x".repeat(too_long))]).await;
    assert!(
        texts_of(store, &[5]).await == [None],
        "a text that is too long"
    );
    // A text belongs to no record.
    assert_changed(store, without(&rates(), &["a"])).await;
    assert_eq!(texts_of(store, &[2]).await, [Some("other".into())]);
}

async fn outcomes_are_in_order<S: SharedStore>(store: &S) {
    let topics = [rates(), weather("astana"), weather("almaty")];
    let [first, second, third] = &topics;
    let changes = [
        with(third, &[("c", 3)]),
        with(first, &[("a", 1)]),
        with(third, &[("c", 4), ("d", 1)]),
        with(second, &[("b", 2)]),
        without(third, &["d"]),
    ];
    let outcomes = store.change(&changes).await.expect("outcomes");
    assert_eq!(outcomes.len(), changes.len(), "one outcome for each change");
    for outcome in outcomes {
        outcome.expect("a change that succeeds");
    }
    let records = store.records(&topics).await.expect("records");
    let expected =
        [("a", 1), ("b", 2), ("c", 4)].map(|(key, second)| vec![record(key, at(second))]);
    let records: Vec<_> = records.topics.into_iter().map(Result::unwrap).collect();
    assert_eq!(records, expected, "the records of several topics");
    let all = store.revisions(&topics).await.expect("revisions");
    for (topic, of_topic) in topics.iter().zip(all) {
        assert_eq!(revision(store, topic).await, of_topic, "of {topic}");
    }
}

async fn a_lease_has_one_holder<S: SharedStore>(store: &S) {
    let topic = rates();
    let ask = async |wish, name: &str, time| held(store, &topic, wish, name, time).await;
    assert_eq!(ask(Wish::Look, "a", MINUTE).await, None, "a free lease");
    let rest = Wish::Rest(MINUTE);
    assert_eq!(ask(rest, "a", MINUTE).await, None, "of a free lease");
    assert_holds(ask(Wish::Take, "a", MINUTE).await, "a", MINUTE);
    for wish in [Wish::Look, Wish::Take, Wish::Rest(Duration::from_secs(1))] {
        assert_holds(ask(wish, "b", MINUTE * 9).await, "a", MINUTE);
    }
    assert_holds(ask(Wish::Take, "a", MINUTE * 3).await, "a", MINUTE * 3);
    assert_holds(
        ask(Wish::Rest(MINUTE * 2), "a", MINUTE * 9).await,
        "a",
        MINUTE * 2,
    );
    // Several at once, in order.
    let asks = [
        ("astana", Wish::Take),
        ("almaty", Wish::Look),
        ("astana", Wish::Look),
    ];
    let mut asks = asks
        .map(|(city, wish)| Ask::new(weather(city), wish))
        .to_vec();
    asks.push(Ask::new(topic, Wish::Look));
    let leases = store
        .lease(&asks, &node("b"), MINUTE)
        .await
        .expect("leases");
    let holders: Vec<Option<String>> = leases
        .held
        .iter()
        .map(|lease| lease.as_ref().map(|lease| lease.node.to_string()))
        .collect();
    assert_eq!(
        holders,
        [Some("b".into()), None, Some("b".into()), Some("a".into())]
    );
}
