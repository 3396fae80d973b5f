//! Servers that end, restart, or lose their data.

use std::time::Duration;

use masthead::ticker::shared::{RedisStore, SharedStore as _, Wish};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::free_port::free_port;
use crate::server::{PATIENCE, RedisServer};
use crate::{
    add, ago, lease, record, records, revision, say, store, timed, try_records, try_revision,
};

#[tokio::test]
async fn without_a_server_a_call_fails_at_once() {
    let port = free_port();
    let build = RedisStore::builder;
    let store = build(format!("redis://127.0.0.1:{port}")).build().unwrap();
    let mut times = Vec::new();
    for _ in 0..100 {
        let (answer, took) = timed(try_revision(&store, "rates")).await;
        let expected = "redis: no connection: connection refused";
        assert_eq!(answer.unwrap_err().to_string(), expected);
        times.push(took);
    }
    assert_at_once("a call to a server that is not there", times);
    let error = store.hint().await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("no connection: connection refused")
    );
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_restarted_server_is_used_again() {
    let mut server = RedisServer::start(&[]);
    let store = store(&server);
    for _ in 0..3 {
        add(&store, "rates", "a", ago(0)).await;
        server.kill();
        let mut times = Vec::new();
        for _ in 0..20 {
            let (answer, took) = timed(try_revision(&store, "rates")).await;
            answer.unwrap_err();
            times.push(took);
        }
        assert_at_once("a call to a server that was killed", times);
        server.restart();
        assert_eq!(records(&store, "rates").await, []);
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_restart_between_calls_is_not_an_error() {
    let mut server = RedisServer::start(&[]);
    let store = store(&server);
    for _ in 0..5 {
        add(&store, "rates", "a", ago(0)).await;
        server.kill();
        server.restart();
        // The connection has not been polled, so the store does not know yet that it has ended.
        add(&store, "rates", "b", ago(0)).await;
        assert_eq!(records(&store, "rates").await.len(), 1);
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn connections_closed_by_the_server_are_reopened() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    for _ in 0..20 {
        revision(&store, "rates").await;
        let _ = server.run("CLIENT KILL TYPE normal SKIPME yes");
        revision(&store, "rates").await;
    }
    let clients = server.run("CLIENT LIST");
    let ours = clients.matches("cmd=getrange").count();
    assert_eq!(ours, 1, "{clients}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_server_that_lost_its_data_works() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let last = ago(0);
    add(&store, "rates", "a", last).await;
    lease(&store, "rates", Wish::Take, "a").await;
    let before = revision(&store, "rates").await;
    let _ = server.run("FLUSHALL");
    assert_eq!(revision(&store, "rates").await, None);
    assert_eq!(records(&store, "rates").await, []);
    let held = lease(&store, "rates", Wish::Take, "b").await.held;
    assert_eq!(held[0].as_ref().unwrap().node.as_str(), "b");
    add(&store, "rates", "a", last).await;
    let after = revision(&store, "rates").await;
    assert!(after.is_some() && after != before, "{before:?}, {after:?}");
}

#[test]
#[ignore = "needs redis-server"]
fn one_store_serves_runtimes_one_after_the_other() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    for number in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let last = ago(10 - number);
            add(&store, "rates", "a", last).await;
            assert_eq!(records(&store, "rates").await, [record("a", last)]);
        });
        runtime.shutdown_background();
    }
}

#[tokio::test]
async fn a_server_of_another_protocol_is_reported() {
    for (answer, what) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "no answer of a Redis",
        ),
        (b"*1000000000\r\n", "no answer within 250ms"),
        (b"$1000000000\r\n", "no answer within 250ms"),
        (
            b"*1\r\n$1\r\nx\r\n",
            "no answer of a Redis: PING has another reply",
        ),
        (
            b"-LOADING Redis is loading the dataset in memory\r\n",
            "LOADING Redis is loading the dataset in memory",
        ),
        (
            b"-MOVED 3999 127.0.0.1:6381\r\n",
            "MOVED 3999 127.0.0.1:6381",
        ),
        (b"-ERR \x1b[31mred\r\n", "ERR \\u{1b}[31mred"),
    ] {
        let (answer, took) = timed(answer_of(&[answer])).await;
        assert!(answer.contains(what), "{answer}");
        assert!(took < Duration::from_millis(500), "{took:?}");
    }
}

/// A server that answers a ping well, and other commands not.
#[tokio::test]
async fn a_reply_of_another_kind_is_reported() {
    let other = "a reply of another kind than a Redis gives";
    for (answer, what) in [
        (&b":1\r\n:1\r\n"[..], other),
        (b"*2\r\n$1\r\n1\r\n$1\r\nx\r\n*0\r\n", other),
        (b"*2\r\n$1\r\n1\r\n$1\r\n1\r\n$-1\r\n", other),
        (b"*2\r\n$1\r\n1\r\n$1\r\n1\r\n*1\r\n$1\r\nx\r\n", other),
        (b"*1000000000\r\n", "no answer within 250ms"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "the connection broke"),
        (
            b"-MOVED 3999 127.0.0.1:6381\r\n-MOVED 3999 127.0.0.1:6381\r\n",
            "MOVED 3999 127.0.0.1:6381",
        ),
    ] {
        let answer = answer_of(&[b"+PONG\r\n", answer]).await;
        assert!(answer.contains(what), "{answer}");
    }
}

#[tokio::test]
async fn a_response_without_end_is_cut_off() {
    for is_polite in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let talking = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await.unwrap();
            if is_polite {
                stream.write_all(b"+PONG\r\n").await.unwrap();
                let _ = stream.read(&mut asked).await.unwrap();
            }
            stream.write_all(b"$1000000000\r\n").await.unwrap();
            let zeroes = vec![b'0'; 1 << 20];
            let mut sent = 0_usize;
            while stream.write_all(&zeroes).await.is_ok() {
                sent += 1;
            }
            sent
        });
        let build = RedisStore::builder(url).timeout(PATIENCE / 2);
        let store = build.build().unwrap();
        let error = try_records(&store, "rates").await.unwrap_err();
        let error = error.to_string();
        assert!(
            error.ends_with("it sends more than 25165824 bytes at once"),
            "{error}"
        );
        // Megabytes, plus those in flight.
        let sent = talking.await.unwrap();
        assert!((20..40).contains(&sent), "{sent}");
    }
}

/// Prints the median, and limits the fastest quarter to a millisecond: the others waited for a machine that runs other tests.
#[track_caller]
fn assert_at_once(what: &str, mut times: Vec<Duration>) {
    times.sort();
    say(&format!("{what}: {:?}", times[times.len() / 2]));
    let quick = times[times.len() / 4];
    assert!(quick < Duration::from_millis(1), "{quick:?}");
}

/// Reads records from a server that gives one of `answers` each time that it receives something. Returns the error.
async fn answer_of(answers: &[&'static [u8]]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let answers = answers.to_vec();
    let answering = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; 4096];
        for answer in answers {
            let _ = stream.read(&mut asked).await.unwrap();
            stream.write_all(answer).await.unwrap();
        }
        // Until the test ends.
        std::future::pending::<()>().await;
    });
    let store = RedisStore::builder(url).build().unwrap();
    let error = try_records(&store, "rates").await.unwrap_err();
    answering.abort();
    error.to_string()
}
