//! Servers that accept commands and never answer.

use std::sync::Arc;
use std::time::Duration;

use masthead::ticker::shared::RedisStore;

use crate::server::RedisServer;
use crate::{
    add, ago, median, poll, record, records, revision, say, store, timed, try_change, try_revision,
    with,
};

const TIMEOUT: Duration = Duration::from_millis(250);
const LITTLE: Duration = Duration::from_millis(50);
/// An allowance for a machine that also builds.
const MUCH: Duration = Duration::from_millis(500);

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_call_to_a_server_that_hangs_ends_in_time() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    revision(&store, "rates").await;
    server.pause();
    let mut times = Vec::new();
    for _ in 0..5 {
        let (answer, took) = timed(try_revision(&store, "rates")).await;
        let error = answer.unwrap_err().to_string();
        assert!(error.ends_with(": no answer within 250ms"), "{error}");
        assert!(took < TIMEOUT + MUCH, "{took:?}");
        times.push(took);
    }
    let median = median(times);
    say(&format!("a call to a server that hangs: {median:?}"));
    assert!((TIMEOUT..TIMEOUT + LITTLE).contains(&median), "{median:?}");
    server.resume();
    revision(&store, "rates").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server"]
async fn calls_do_not_wait_for_each_other() {
    // With a password, the call hangs during authentication.
    for settings in [&[][..], &["--requirepass", "s3cret"]] {
        let server = RedisServer::start(settings);
        let url = format!("redis://:s3cret@127.0.0.1:{}", server.port());
        let url = if settings.is_empty() {
            server.url()
        } else {
            url
        };
        let store = RedisStore::builder(url).build().unwrap();
        server.pause();
        let calls: Vec<_> = (0..20)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(10) * number).await;
                    timed(async move { try_revision(&store, "rates").await.is_err() }).await
                })
            })
            .collect();
        let mut times = Vec::new();
        for call in calls {
            let (failed, took) = call.await.unwrap();
            assert!(failed);
            assert!(took < TIMEOUT + MUCH, "{took:?}");
            times.push(took);
        }
        let median = median(times);
        assert!(median < TIMEOUT + LITTLE, "{median:?}");
        server.resume();
        revision(&store, "rates").await;
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_late_write_changes_no_instant_to_an_earlier_one() {
    let server = RedisServer::start(&[]);
    let stores = [store(&server), store(&server), store(&server)];
    let [one, two, reader] = &stores;
    let (earlier, later) = (ago(1000), ago(0));
    for turns in [[earlier, later], [later, earlier]] {
        // The connections are open, so that only the writes are late.
        for store in &stores {
            add(store, "rates", "a", ago(5000)).await;
        }
        let before = revision(reader, "rates").await;
        server.pause();
        for (store, last) in [one, two].into_iter().zip(turns) {
            let late = try_change(store, with("rates", "a", last)).await;
            let error = late.unwrap_err().to_string();
            assert!(error.ends_with("no answer within 250ms"), "{error}");
        }
        server.resume();
        // The server may read this connection before those of the late writes.
        for _ in 0..100 {
            if records(reader, "rates").await == [record("a", later)] {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // Both were applied, and the later instant stays.
        assert_eq!(records(reader, "rates").await, [record("a", later)]);
        assert_ne!(revision(reader, "rates").await, before);
        add(one, "rates", "a", earlier).await;
        assert_eq!(records(reader, "rates").await, [record("a", later)]);
        let _ = server.run("DEL masthead:4:seen:rates");
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_dropped_call_does_not_misalign_later_responses() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    add(&store, "rates", "a", ago(0)).await;
    let known = revision(&store, "rates").await;
    for polls in 1..40 {
        let mut call = Box::pin(records(&store, "rates"));
        for _ in 0..polls % 4 {
            if poll(&mut call).await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        assert_eq!(revision(&store, "rates").await, known);
    }
    // Nor after a call that was dropped while it connected.
    for polls in 0..8 {
        let fresh = crate::store(&server);
        let mut call = Box::pin(revision(&fresh, "rates"));
        for _ in 0..polls {
            if poll(&mut call).await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        assert_eq!(revision(&fresh, "rates").await, known);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server"]
async fn concurrent_calls_get_their_own_responses() {
    let server = RedisServer::start(&[]);
    let store = Arc::new(
        RedisStore::builder(server.url())
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap(),
    );
    let calls: Vec<_> = (0..200)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let (last, topic) = (ago(number), format!("weather:city-{number}"));
                let key = number.to_string();
                add(&*store, &topic, &key, last).await;
                assert_eq!(records(&*store, &topic).await, [record(&key, last)]);
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let clients = server.run("CLIENT LIST");
    // The store, and the client that asks.
    assert_eq!(clients.matches(" addr=").count(), 2, "{clients}");
}
