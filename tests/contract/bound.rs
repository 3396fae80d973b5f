//! The bound of the records of a topic.

use std::collections::BTreeSet;

use masthead::ticker::shared::{SharedChange, SharedRecord, SharedStore};

use super::steps::{assert_changed, at, lasts, of, rates, record, weather, with};

pub(super) async fn the_records_seen_last_are_kept<S: SharedStore>(store: &S) {
    let (topic, other) = (rates(), weather("astana"));
    let most = SharedRecord::MOST;
    let name = |number: usize| format!("key {number}");
    let numbered = |numbers: &mut dyn Iterator<Item = usize>| SharedChange {
        records: numbers
            .map(|number| record(&name(number), at(i64::try_from(number).expect("few"))))
            .collect(),
        ..SharedChange::new(topic.clone())
    };
    let expect = async |numbers: Vec<usize>, what: &str| {
        let kept = lasts(store, &topic).await;
        let expected: BTreeSet<String> = numbers.into_iter().map(name).collect();
        let kept: BTreeSet<String> = kept.into_keys().collect();
        let (missing, more) = (expected.difference(&kept), kept.difference(&expected));
        let (missing, more): (Vec<_>, Vec<_>) = (missing.collect(), more.collect());
        assert!(
            missing.is_empty() && more.is_empty(),
            "{what}: {missing:?} are missing, {more:?} are there"
        );
    };
    assert_changed(store, with(&other, &[("a", 0)])).await;
    // In one change, the last ones first.
    assert_changed(store, numbered(&mut (1..=most + 3).rev())).await;
    expect((4..=most + 3).collect(), "more than a topic holds").await;
    assert_changed(store, numbered(&mut [most + 4].into_iter())).await;
    expect((5..=most + 4).collect(), "one more").await;
    assert_changed(store, numbered(&mut [1].into_iter())).await;
    expect((5..=most + 4).collect(), "one that is older than all").await;
    // A record that was seen again is no longer the oldest.
    let mut change = numbered(&mut [most + 5].into_iter());
    change.records.push(record(&name(5), at(100_000)));
    assert_changed(store, change).await;
    let kept = [5].into_iter().chain(7..=most + 5);
    expect(kept.collect(), "the oldest one was seen again").await;
    // Removals in the same change make room.
    let mut change = numbered(&mut [2].into_iter());
    change.removed = vec![name(most)];
    assert_changed(store, change).await;
    let kept = [2, 5].into_iter().chain(7..=most + 5);
    let kept = kept.filter(|number| *number != most);
    expect(kept.collect(), "one was removed").await;
    assert_eq!(lasts(store, &other).await, of(&[("a", 0)]), "another topic");
}
