//! Prints the latency of a call to a server on the same machine.

use std::time::Duration;

use masthead::ticker::shared::{
    RedisStore, SharedChange, SharedRecord, SharedStore as _, SharedText, Wish,
};

use crate::server::{PATIENCE, RedisServer};
use crate::{
    ago, change, id_of, lease, median, record, records, revision, say, store, text, text_of, timed,
    topic,
};

const ROUNDS: i64 = 300;
/// The limit for adopting another node's refresh, for an optimised build on an idle machine.
const LONGEST: Duration = Duration::from_millis(2);

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_call_takes_a_fraction_of_a_millisecond() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let body = "7".repeat(30_000);
    // As long as those of forecasts.
    let key = |number: i64| format!("{}{number:04}", "k".repeat(150));
    let mut all = SharedChange::new(topic("rates"));
    all.records = (0..400).map(|n| record(&key(n), ago(10_000))).collect();
    change(&store, all).await;
    let mut times: [Vec<Duration>; 5] = Default::default();
    for round in 0..ROUNDS {
        let mut news = SharedChange::new(topic("rates"));
        news.records = vec![record(&key(round), ago(0))];
        news.texts = vec![text(1, &body)];
        let (_, took) = timed(change(&store, news)).await;
        times[0].push(took);
        let (known, took) = timed(revision(&store, "rates")).await;
        assert!(known.is_some());
        times[1].push(took);
        let (all, took) = timed(records(&store, "rates")).await;
        assert_eq!(all.len(), 400);
        times[2].push(took);
        let (read, took) = timed(text_of(&store, 1)).await;
        assert_eq!(read.as_deref(), Some(&*body));
        times[3].push(took);
        let (_, took) = timed(lease(&store, "rates", Wish::Take, "a")).await;
        times[4].push(took);
    }
    let [change, revision, records, text, lease] = times.map(median);
    say(&format!(
        "median of {ROUNDS}: revision {revision:?}, change with 30 kB {change:?}, 400 records {records:?}, text of 30 kB {text:?}, \
         lease {lease:?}"
    ));
    for took in [change, revision, records, text, lease] {
        assert!(took < 5 * LONGEST, "{took:?}");
    }
}

/// The largest answers are read, if not within the default time-out by an unoptimised build.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn the_largest_answers_are_read() {
    let server = RedisServer::start(&[]);
    let build = RedisStore::builder(server.url()).timeout(PATIENCE / 2);
    let store = build.build().unwrap();
    let topics: Vec<_> = (0..64)
        .map(|n| topic(&format!("weather:city-{n}")))
        .collect();
    let key = |number: usize| format!("{}{number:04}", "k".repeat(196));
    for topic in &topics {
        let mut all = SharedChange::new(topic.clone());
        let numbers = 0..SharedRecord::MOST;
        all.records = numbers.map(|n| record(&key(n), ago(0))).collect();
        change(&store, all).await;
    }
    let (read, took) = timed(store.records(&topics)).await;
    let read = read.unwrap();
    let counts = read.topics.iter().map(|of| of.as_ref().unwrap().len());
    assert!(counts.eq([SharedRecord::MOST; 64]));
    let longest = "7".repeat(SharedText::LONGEST);
    let ids: Vec<_> = (0..256).map(id_of).collect();
    for id in 0..256 {
        let mut news = SharedChange::new(topic("rates"));
        news.texts = vec![text(id, &longest)];
        change(&store, news).await;
    }
    let (texts, text_took) = timed(store.texts(&ids)).await;
    let texts = texts.unwrap();
    assert!(
        texts
            .iter()
            .all(|text| text.as_deref() == Some(&longest[..]))
    );
    say(&format!(
        "64 topics of 1024 records {took:?}, 256 texts of 64 KiB {text_took:?}"
    ));
}
