//! Values of other types and sizes under our keys.

use std::time::Duration;

use masthead::ticker::shared::{Ask, SharedStore as _, SharedText, Wish};

use crate::server::RedisServer;
use crate::{
    LEASE, add, ago, change, id_of, lease, node, record, records, revision, store, text, text_of,
    timed, topic, try_change, try_records, with, with_texts,
};

const HUGE: usize = 64 << 20;
/// Reading 64 MiB would take longer, and their memory.
const QUICK: Duration = Duration::from_millis(200);

#[tokio::test]
#[ignore = "needs redis-server"]
async fn records_of_another_type_are_left_alone_and_reported() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    for (write, kind) in [
        ("SET masthead:4:seen:rates x", "string"),
        ("RPUSH masthead:4:seen:rates x", "list"),
        ("SADD masthead:4:seen:rates x", "set"),
        ("HSET masthead:4:seen:rates a b", "hash"),
        ("XADD masthead:4:seen:rates * a b", "stream"),
    ] {
        let _ = server.run("FLUSHALL");
        let _ = server.run(write);
        let what = "masthead:4:seen:rates cannot be used: a value of another type";
        let what = format!("redis: {what}");
        // It does not block other topics.
        let last = ago(0);
        let changes = [
            with("rates", "a", last),
            with("weather:astana", "a", last),
            with("rates", "b", last),
        ];
        let outcomes = store.change(&changes).await.unwrap();
        let told = outcomes.into_iter().map(|outcome| match outcome {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        });
        assert!(told.eq([what.clone(), String::new(), what.clone()]));
        let topics = [topic("rates"), topic("weather:astana")];
        let read = store.records(&topics).await.unwrap().topics;
        assert_eq!(read[0].as_ref().unwrap_err().to_string(), what);
        assert_eq!(*read[1].as_ref().unwrap(), [record("a", last)]);
        // It is no reason to count the store as unavailable.
        let outcomes = store.change(&changes[..1]).await.unwrap();
        assert_eq!(outcomes[0].as_ref().unwrap_err().to_string(), what);
        assert!(server.run("TYPE masthead:4:seen:rates").contains(kind));
        let _ = server.run("DEL masthead:4:seen:rates");
        add(&store, "rates", "a", last).await;
        assert_eq!(records(&store, "rates").await, [record("a", last)]);
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_foreign_revision_is_replaced() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let key = "masthead:4:revision:rates";
    for (write, read) in [
        ("RPUSH masthead:4:revision:rates x", None),
        ("SADD masthead:4:revision:rates x", None),
        ("ZADD masthead:4:revision:rates 1 x", None),
        ("SETRANGE masthead:4:revision:rates 3 x", Some("\0\0\0x")),
    ] {
        let _ = server.run(&format!("DEL {key}"));
        let _ = server.run(write);
        assert_eq!(revision(&store, "rates").await.as_deref(), read);
        add(&store, "rates", "a", ago(0)).await;
        let now = revision(&store, "rates").await.unwrap();
        assert_eq!(now.len(), 16, "{now}");
    }
    let mut set = redis::cmd("SET");
    set.arg(key).arg(b"\xff\xfe");
    set.exec(&mut server.client()).unwrap();
    assert!(revision(&store, "rates").await.is_some());
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_foreign_text_is_not_read_and_is_replaced() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let key = format!("masthead:4:text:{}", id_of(1));
    for command in ["RPUSH", "SADD", "SET", "APPEND"] {
        let _ = server.run(&format!("DEL {key}"));
        let mut write = redis::cmd(command);
        let foreign: &[u8] = if command == "APPEND" {
            &[b'x'; SharedText::LONGEST + 1]
        } else {
            b"not UTF-8 \xff"
        };
        write.arg(&key).arg(foreign);
        write.exec(&mut server.client()).unwrap();
        assert_eq!(text_of(&store, 1).await, None, "{command}");
        change(&store, with_texts("rates", vec![text(1, "ours")])).await;
        assert_eq!(text_of(&store, 1).await.as_deref(), Some("ours"));
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_lease_of_another_type_has_an_unknown_holder() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    for (write, kind) in [
        ("RPUSH masthead:4:lease:rates x", "list"),
        ("HSET masthead:4:lease:rates a b", "hash"),
        (
            "SET masthead:4:lease:rates two\u{a0}words PX 60000",
            "string",
        ),
        // One letter more than the longest name.
        (
            &format!("SET masthead:4:lease:rates {} PX 60000", "x".repeat(65)),
            "string",
        ),
    ] {
        let _ = server.run("FLUSHALL");
        let _ = server.run(write);
        for wish in [Wish::Take, Wish::Look, Wish::Rest(Duration::ZERO)] {
            assert_eq!(lease(&store, "rates", wish, "a").await.held, [None]);
        }
        assert!(server.run("TYPE masthead:4:lease:rates").contains(kind));
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_lease_without_an_expiry_gets_one_when_requested() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    for (value, holder) in [
        ("somebody", Some(node("somebody"))),
        ("two\u{a0}words", None),
    ] {
        let _ = server.run(&format!("SET masthead:4:lease:rates {value}"));
        assert_eq!(lease(&store, "rates", Wish::Look, "a").await.held, [None]);
        let asks = [Ask::new(topic("rates"), Wish::Take)];
        let time = Duration::from_millis(100);
        let held = store.lease(&asks, &node("a"), time).await.unwrap().held;
        let held = held[0].as_ref().map(|lease| lease.node.clone());
        assert_eq!(held, holder);
        tokio::time::sleep(2 * time).await;
        let held = lease(&store, "rates", Wish::Take, "a").await.held;
        assert_eq!(held[0].as_ref().unwrap().node, node("a"));
        assert_eq!(held[0].as_ref().unwrap().left, LEASE);
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_oversized_string_is_not_read() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let huge = vec![b'7'; HUGE];
    let mut client = server.client();
    let of_text = format!("text:{}", id_of(1));
    for key in ["revision:rates", "lease:rates", &of_text] {
        let mut typed = redis::cmd("SET");
        typed.arg(format!("masthead:4:{key}")).arg(&huge);
        typed.exec(&mut client).unwrap();
    }

    let before = sent(&server);
    let (known, took) = timed(revision(&store, "rates")).await;
    assert_eq!(known, Some("7".repeat(64)));
    assert!(took < QUICK, "{took:?}");
    let (text, took) = timed(text_of(&store, 1)).await;
    assert_eq!(text, None);
    assert!(took < QUICK, "{took:?}");
    let (leases, took) = timed(lease(&store, "rates", Wish::Look, "a")).await;
    assert_eq!(leases.held, [None]);
    assert!(took < QUICK, "{took:?}");
    // Little of the large values was transferred.
    let came = sent(&server) - before;
    assert!(came < 80_000, "{came} bytes");

    // The next change replaces both.
    let mut news = with("rates", "a", ago(0));
    news.texts = vec![crate::text(1, "ours")];
    change(&store, news).await;
    assert_eq!(revision(&store, "rates").await.unwrap().len(), 16);
    assert_eq!(text_of(&store, 1).await.as_deref(), Some("ours"));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_text_that_is_too_long_is_not_sent() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let body = |length| "x".repeat(length);
    let texts = vec![
        text(1, body(SharedText::LONGEST + 1)),
        text(2, body(SharedText::LONGEST)),
    ];
    change(&store, with_texts("rates", texts)).await;
    assert_eq!(text_of(&store, 1).await, None);
    assert_eq!(text_of(&store, 2).await, Some(body(SharedText::LONGEST)));
    let key = format!("masthead:4:text:{}", id_of(1));
    assert!(server.run(&format!("EXISTS {key}")).contains('0'));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn every_key_expires() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let mut news = with("rates", "a", ago(0));
    news.texts = vec![text(1, "an hour")];
    for (id, keep) in [(2, Duration::ZERO), (3, Duration::MAX)] {
        let text = text(id, "a text");
        news.texts.push(SharedText { keep, ..text });
    }
    change(&store, news).await;
    lease(&store, "rates", Wish::Take, "a").await;
    let day = 86_400_000;
    for (key, longest) in [
        ("seen:rates", 100 * day),
        ("revision:rates", 100 * day),
        ("lease:rates", 60_000),
        (&format!("text:{}", id_of(1)), 3_600_000),
        (&format!("text:{}", id_of(3)), 400 * day),
    ] {
        let mut left = redis::cmd("PTTL");
        left.arg(format!("masthead:4:{key}"));
        let left: i64 = left.query(&mut server.client()).unwrap();
        assert!(
            (longest - 20_000..=longest).contains(&left),
            "{key}: {left}"
        );
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(text_of(&store, 2).await, None);
}

/// A full server refuses writes, and is not asked the same again and again as if it were empty.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_full_server_is_unavailable_for_changes() {
    let server = RedisServer::start(&["--maxmemory-policy", "noeviction"]);
    let store = store(&server);
    let last = ago(0);
    add(&store, "rates", "a", last).await;
    let _ = server.run("CONFIG SET maxmemory 1");
    let news = [with("rates", "b", last), with("weather:astana", "a", last)];
    let error = store.change(&news).await.unwrap_err().to_string();
    assert!(error.contains("OOM"), "{error}");
    assert_eq!(try_records(&store, "rates").await.unwrap().len(), 1);
    let _ = server.run("CONFIG SET maxmemory 0");
    try_change(&store, with("rates", "b", last)).await.unwrap();
    assert_eq!(records(&store, "rates").await.len(), 2);
}

/// Returns the number of bytes that the server has sent to all clients.
fn sent(server: &RedisServer) -> u64 {
    let mut info = redis::cmd("INFO");
    let stats: String = info.arg("stats").query(&mut server.client()).unwrap();
    let mut lines = stats.lines();
    let sent = lines.find_map(|line| line.strip_prefix("total_net_output_bytes:"));
    sent.unwrap().parse().unwrap()
}
