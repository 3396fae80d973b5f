//! Foreign members and scores in the sets of records.

use chrono::{DateTime, Utc};
use masthead::ticker::shared::{RedisStore, SharedChange, SharedRecord, SharedStore as _};

use crate::server::{PATIENCE, RedisServer};
use crate::{
    add, ago, change, record, records, revision, store, topic, try_change, try_records, with,
    without,
};

const KEY: &str = "masthead:4:seen:rates";

/// Adds a member with all rights.
fn write(server: &RedisServer, score: &str, member: &[u8]) {
    let mut add = redis::cmd("ZADD");
    add.arg(KEY).arg(score).arg(member);
    add.exec(&mut server.client()).unwrap();
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn any_member_can_be_removed() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let last = ago(0);
    add(&store, "rates", "ours", last).await;
    let members: [&[u8]; 8] = [
        b"",
        b"garbage",
        "теңге".as_bytes(),
        b"\0",
        b"\r\n",
        b"\xff\xfe",
        b"\0hex ff",
        &[0xc0; 100_000],
    ];
    for (score, member) in members.iter().enumerate() {
        write(&server, &score.to_string(), member);
    }
    let read = records(&store, "rates").await;
    assert_eq!(read.len(), members.len() + 1);
    let foreign = read.into_iter().map(|record| record.key);
    let foreign: Vec<String> = foreign.filter(|key| key != "ours").collect();
    change(&store, without("rates", &foreign)).await;
    assert_eq!(records(&store, "rates").await, [record("ours", last)]);
    assert!(server.run(&format!("ZCARD {KEY}")).contains("(1)"));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_score_that_is_no_instant_is_in_the_future() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let scores = [
        "inf",
        "-inf",
        "1e300",
        "9007199254740991",
        "1775109600000.5",
    ];
    for score in scores {
        write(&server, score, score.as_bytes());
    }
    let read = records(&store, "rates").await;
    assert_eq!(read.len(), scores.len());
    for record in read {
        assert_eq!(record.last, DateTime::<Utc>::MAX_UTC, "{}", record.key);
    }
    write(&server, "1700000000000", b"1e300");
    let read = records(&store, "rates").await;
    let found = read.iter().find(|record| record.key == "1e300").unwrap();
    assert_eq!(found.last.timestamp_millis(), 1_700_000_000_000);
}

/// A removal and an addition in one change: a record whose instant is in the future gets another one.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_instant_in_the_future_can_be_replaced() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let last = ago(0);
    write(&server, "inf", b"a");
    add(&store, "rates", "a", last).await;
    assert_ne!(records(&store, "rates").await, [record("a", last)]);
    let mut news = with("rates", "a", last);
    news.removed = vec!["a".into()];
    change(&store, news).await;
    assert_eq!(records(&store, "rates").await, [record("a", last)]);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn of_too_many_records_those_seen_last_are_read() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let mut add = redis::cmd("ZADD");
    add.arg(KEY);
    for number in 0..5000 {
        add.arg(number).arg(format!("{number:04}"));
    }
    add.exec(&mut server.client()).unwrap();
    let read = records(&store, "rates").await;
    assert_eq!(read.len(), SharedRecord::MOST);
    assert_eq!(read[0].key, format!("{:04}", 5000 - SharedRecord::MOST));
    // The next change removes the others.
    change(&store, SharedChange::new(topic("rates"))).await;
    assert!(server.run(&format!("ZCARD {KEY}")).contains("(1024)"));
    assert_eq!(records(&store, "rates").await, read);
}

/// There is no command that reads members up to a length.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_key_whose_members_are_too_long_costs_its_topic_alone_and_is_emptied() {
    let server = RedisServer::start(&[]);
    let build = RedisStore::builder(server.url()).timeout(PATIENCE / 2);
    let store = build.build().unwrap();
    add(&store, "weather:astana", "a", ago(0)).await;
    write(&server, "1", &[b'7'; 20 << 20]);
    assert_eq!(records(&store, "rates").await.len(), 1);
    write(&server, "2", &[b'7'; 30 << 20]);
    let topics = [
        topic("weather:astana"),
        topic("rates"),
        topic("weather:oral"),
    ];
    let read = store.records(&topics).await.unwrap().topics;
    assert_eq!(read[0].as_ref().unwrap().len(), 1);
    let error = read[1].as_ref().unwrap_err().to_string();
    let what = "redis: masthead:4:seen:rates was emptied: its members were too long to be read";
    assert_eq!(error, what);
    assert_eq!(*read[2].as_ref().unwrap(), []);
    revision(&store, "rates").await;
    // From then on the topic works too.
    assert_eq!(records(&store, "rates").await, []);
    let last = ago(0);
    try_change(&store, with("rates", "a", last)).await.unwrap();
    assert_eq!(records(&store, "rates").await, [record("a", last)]);
    // Also if it is requested alone.
    write(&server, "2", &[b'7'; 30 << 20]);
    let alone = try_records(&store, "rates").await.unwrap_err().to_string();
    assert_eq!(alone, what);
    assert_eq!(records(&store, "rates").await, []);
}
