//! Values of other types, sizes and times under our keys.

use std::time::Duration;

use masthead::ticker::{Ask, Kept, Put, SharedStore as _, Wish};

use crate::server::RedisServer;
use crate::{
    LEASE, assert_newer, assert_unusable, lease, node, order, part, publish, read, store, timed,
    topic,
};

const HUGE: usize = 64 << 20;
/// Reading 64 MiB would take longer, and their memory.
const QUICK: Duration = Duration::from_millis(200);

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_key_of_another_type_is_left_alone_and_reported() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    for (write, kind) in [
        ("SET masthead:3:rates x", "string"),
        ("RPUSH masthead:3:rates x", "list"),
        ("SADD masthead:3:rates x", "set"),
        ("ZADD masthead:3:rates 1 x", "zset"),
        ("XADD masthead:3:rates * a b", "stream"),
    ] {
        let _ = server.run("FLUSHALL");
        let _ = server.run(write);
        let what = format!("a {kind} in the place of a hash");
        let kept = read(&store, "rates", None).await;
        assert_unusable(&kept, &format!("masthead:3:rates cannot be used: {what}"));
        // It does not block other topics.
        let parts = [
            part("rates", &order(0, "a"), "1"),
            part("weather:astana", &order(0, "a"), "2"),
        ];
        let put = store.publish(&parts).await.unwrap();
        assert_eq!(put, [Put::Blocked(what), Put::Taken]);
        assert!(server.run("TYPE masthead:3:rates").contains(kind));
        assert_newer(
            &read(&store, "weather:astana", None).await,
            &parts[1].order,
            "2",
        );
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_mark_of_another_type_is_left_alone_and_reported() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let _ = server.run("RPUSH masthead:3:mark x");
    let error = store.mark().await.unwrap_err().to_string();
    assert!(error.starts_with("redis: WRONGTYPE "), "{error}");
    assert_eq!(
        publish(&store, "rates", &order(0, "a"), "1").await,
        Put::Taken
    );
    assert!(server.run("TYPE masthead:3:mark").contains("list"));
    let _ = server.run("DEL masthead:3:mark");
    assert_eq!(store.mark().await.unwrap(), None);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_lease_of_another_type_has_an_unknown_holder() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    for (write, kind) in [
        ("RPUSH masthead:3:lease:rates x", "list"),
        ("HSET masthead:3:lease:rates a b", "hash"),
        (
            "SET masthead:3:lease:rates two\u{a0}words PX 60000",
            "string",
        ),
        // One letter more than the longest name.
        (
            &format!("SET masthead:3:lease:rates {} PX 60000", "x".repeat(65)),
            "string",
        ),
    ] {
        let _ = server.run("FLUSHALL");
        let _ = server.run(write);
        for wish in [Wish::Take, Wish::Look, Wish::Rest(Duration::ZERO)] {
            assert_eq!(lease(&store, "rates", wish, "a").await.held, [None]);
        }
        assert!(server.run("TYPE masthead:3:lease:rates").contains(kind));
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_lease_without_an_expiry_gets_one_when_requested() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let _ = server.run("SET masthead:3:lease:rates somebody");
    assert_eq!(lease(&store, "rates", Wish::Look, "a").await.held, [None]);
    let asks = [Ask {
        topic: topic("rates"),
        wish: Wish::Take,
    }];
    let time = Duration::from_millis(100);
    let held = store.lease(&asks, &node("a"), time).await.unwrap().held;
    assert_eq!(held[0].as_ref().unwrap().node, node("somebody"));
    tokio::time::sleep(2 * time).await;
    let held = lease(&store, "rates", Wish::Take, "a").await.held;
    assert_eq!(held[0].as_ref().unwrap().node, node("a"));
    assert_eq!(held[0].as_ref().unwrap().left, LEASE);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_oversized_value_is_not_read() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let huge = vec![b'7'; HUGE];
    let said = order(1000, "a");
    let mut client = server.client();
    let mut write = |command: &[&str]| {
        let mut typed = redis::cmd(command[0]);
        typed.arg(&command[1..]).arg(&huge);
        typed.exec(&mut client).unwrap();
    };
    write(&["HSET", "masthead:3:rates", "ord", &said.to_string(), "body"]);
    write(&["HSET", "masthead:3:weather:astana", "body", "1", "ord"]);
    write(&["SET", "masthead:3:mark"]);
    write(&["SET", "masthead:3:lease:rates"]);

    let before = sent(&server);
    let (kept, took) = timed(read(&store, "rates", None)).await;
    assert_unusable(
        &kept,
        "masthead:3:rates cannot be used: a body of 67108864 bytes",
    );
    assert!(took < QUICK, "{took:?}");
    // A known record is returned without its body.
    let kept = read(&store, "rates", Some(&said)).await;
    assert!(matches!(kept, Kept::Known(_)), "{kept:?}");
    let (kept, took) = timed(read(&store, "weather:astana", None)).await;
    assert_unusable(&kept, "cannot be used: an order of 67108864 bytes");
    assert!(took < QUICK, "{took:?}");
    let (mark, took) = timed(store.mark()).await;
    assert_eq!(mark.unwrap(), Some("7".repeat(128)));
    assert!(took < QUICK, "{took:?}");
    let (leases, took) = timed(lease(&store, "rates", Wish::Look, "a")).await;
    assert_eq!(leases.held, [None]);
    assert!(took < QUICK, "{took:?}");
    // Only a few lines of the large values were transferred.
    let came = sent(&server) - before;
    assert!(came < 20_000, "{came} bytes");

    // The next publication replaces both.
    for topic in ["rates", "weather:astana"] {
        let said = order(0, "a");
        assert_eq!(publish(&store, topic, &said, "1").await, Put::Taken);
        assert_newer(&read(&store, topic, None).await, &said, "1");
    }
    assert!(store.mark().await.unwrap().unwrap().starts_with("0"));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_invalid_order_or_body_is_not_used_and_is_replaced() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let good = order(0, "a").to_string();
    let none = "an order that no server writes";
    for (order_text, body, what) in [
        ("", "1", "no order"),
        ("zzz", "1", none),
        (&good[1..], "1", none),
        (&format!("{good} "), "1", none),
        (&good.replace('|', "/"), "1", none),
        (&good, "", "no body"),
    ] {
        let _ = server.run("FLUSHALL");
        let mut write = redis::cmd("HSET");
        write.arg(&["masthead:3:rates", "ord", order_text, "body", body]);
        write.exec(&mut server.client()).unwrap();
        assert_unusable(&read(&store, "rates", None).await, what);
        let newer = order(-1000, "b");
        assert_eq!(
            publish(&store, "rates", &newer, "2").await,
            Put::Taken,
            "{what}"
        );
        assert_newer(&read(&store, "rates", None).await, &newer, "2");
    }
    let mut write = redis::cmd("HSET");
    write
        .arg("masthead:3:rates")
        .arg("ord")
        .arg(order(-2000, "a").to_string());
    write.arg("body").arg(b"\xff\xfe");
    write.exec(&mut server.client()).unwrap();
    assert_unusable(&read(&store, "rates", None).await, "the body is no text");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_order_in_the_future_is_refused_and_replaced() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let (minute, said) = (60_000, order(0, "a"));
    let mut another_day = said.clone();
    another_day.day = another_day.day.succ_opt().unwrap();
    assert_eq!(
        publish(&store, "rates", &another_day, "1").await,
        Put::Taken
    );
    another_day.day = another_day.day.succ_opt().unwrap();
    for ahead in [order(-6 * minute, "a"), another_day] {
        let _ = server.run("FLUSHALL");
        assert_eq!(publish(&store, "rates", &ahead, "1").await, Put::Future);
        assert!(matches!(read(&store, "rates", None).await, Kept::Nothing));
        assert_eq!(store.mark().await.unwrap(), None);
        // Written by another program, it would never be superseded.
        let _ = server.run(&format!("HSET masthead:3:rates ord {ahead} body 1"));
        assert_eq!(publish(&store, "rates", &said, "2").await, Put::Taken);
        assert_newer(&read(&store, "rates", None).await, &said, "2");
    }
    let nearly = order(-4 * minute, "a");
    assert_eq!(publish(&store, "rates", &nearly, "3").await, Put::Taken);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_unreadable_body_is_not_sent() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let said = order(0, "a");
    for (size, other) in [(0, "weather:astana"), ((1 << 20) + 1, "weather:almaty")] {
        let parts = [
            part("rates", &said, "x".repeat(size)),
            part(other, &said, "1"),
        ];
        let expected = format!("it would have {size} bytes: expected 1 to 1048576");
        let puts = store.publish(&parts).await.unwrap();
        assert_eq!(puts, [Put::Blocked(expected), Put::Taken]);
    }
    let largest = "x".repeat(1 << 20);
    assert_eq!(publish(&store, "rates", &said, &largest).await, Put::Taken);
    assert_newer(&read(&store, "rates", None).await, &said, &largest);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn values_expire_after_a_month() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    publish(&store, "rates", &order(0, "a"), "1").await;
    lease(&store, "rates", Wish::Take, "a").await;
    for (key, longest) in [
        ("rates", 2_592_000_000),
        ("mark", 2_592_000_000),
        ("lease:rates", 60_000),
    ] {
        let mut left = redis::cmd("PTTL");
        left.arg(format!("masthead:3:{key}"));
        let left: i64 = left.query(&mut server.client()).unwrap();
        assert!(
            (longest - 20_000..=longest).contains(&left),
            "{key}: {left}"
        );
    }
}

/// Returns the number of bytes that the server has sent to all clients.
fn sent(server: &RedisServer) -> u64 {
    let mut info = redis::cmd("INFO");
    let stats: String = info.arg("stats").query(&mut server.client()).unwrap();
    let mut lines = stats.lines();
    let sent = lines.find_map(|line| line.strip_prefix("total_net_output_bytes:"));
    sent.unwrap().parse().unwrap()
}
