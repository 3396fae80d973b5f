//! Servers that accept commands and never answer.

use std::sync::Arc;
use std::time::Duration;

use masthead::ticker::{Put, RedisStore, SharedStore as _};

use crate::server::RedisServer;
use crate::{assert_newer, median, order, part, poll, publish, read, say, store, timed};

const TIMEOUT: Duration = Duration::from_millis(250);
const LITTLE: Duration = Duration::from_millis(50);
/// An allowance for a machine that also builds.
const MUCH: Duration = Duration::from_millis(500);

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_call_to_a_server_that_hangs_ends_in_time() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    store.mark().await.unwrap();
    server.pause();
    let mut times = Vec::new();
    for _ in 0..5 {
        let (answer, took) = timed(store.mark()).await;
        let error = answer.unwrap_err().to_string();
        assert!(error.ends_with(": no answer within 250ms"), "{error}");
        assert!(took < TIMEOUT + MUCH, "{took:?}");
        times.push(took);
    }
    let median = median(times);
    say(&format!("a call to a server that hangs: {median:?}"));
    assert!((TIMEOUT..TIMEOUT + LITTLE).contains(&median), "{median:?}");
    server.resume();
    store.mark().await.unwrap();
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
                    timed(async move { store.mark().await.is_err() }).await
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
        store.mark().await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_late_write_does_not_replace_a_newer_value() {
    let server = RedisServer::start(&[]);
    let (one, two) = (store(&server), store(&server));
    // Both scripts are loaded, so that only a write is late.
    publish(&one, "rates", &order(5000, "a"), "0").await;
    let (older, newer) = (order(1000, "a"), order(0, "b"));
    let of = |said, body: &str| [part("rates", said, body)];
    for first_is_newer in [false, true] {
        server.pause();
        let parts = [of(&older, "1"), of(&newer, "2")];
        let turns = if first_is_newer { [1, 0] } else { [0, 1] };
        for turn in turns {
            let error = one.publish(&parts[turn]).await.unwrap_err().to_string();
            assert!(error.ends_with("no answer within 250ms"), "{error}");
        }
        server.resume();
        // The late write was applied, and the newer value stays.
        assert_newer(&read(&two, "rates", None).await, &newer, "2");
        assert_eq!(
            publish(&one, "rates", &older, "1").await,
            Put::Older(newer.clone())
        );
        assert_newer(&read(&two, "rates", None).await, &newer, "2");
        let _ = server.run("DEL masthead:3:rates");
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_dropped_call_does_not_misalign_later_responses() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let said = order(0, "a");
    publish(&store, "rates", &said, "the body").await;
    let mark = store.mark().await.unwrap();
    for polls in 1..40 {
        let mut call = Box::pin(read(&store, "rates", None));
        for _ in 0..polls % 4 {
            if poll(&mut call).await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        assert_eq!(store.mark().await.unwrap(), mark);
    }
    // Nor after a call that was dropped while it connected.
    for polls in 0..8 {
        let fresh = crate::store(&server);
        let mut call = Box::pin(fresh.mark());
        for _ in 0..polls {
            if poll(&mut call).await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        assert_eq!(fresh.mark().await.unwrap(), mark);
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
                let (said, topic) = (order(0, "a"), format!("weather:city-{number}"));
                let body = number.to_string();
                publish(&*store, &topic, &said, &body).await;
                assert_newer(&read(&*store, &topic, None).await, &said, &body);
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let clients = server.run("CLIENT LIST");
    assert_eq!(clients.matches("cmd=evalsha").count(), 1, "{clients}");
}
