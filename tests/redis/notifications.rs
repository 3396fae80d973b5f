//! Notifications of changes by other nodes.

use std::time::Duration;

use masthead::ticker::shared::{Hint, RedisStore, SharedStore as _};
use tokio::time::timeout;

use crate::server::{PATIENCE, RedisServer};
use crate::{add, ago, poll, store, timed, try_change, with};

/// The time without a notification after which a test expects no more.
const SILENCE: Duration = Duration::from_millis(200);

async fn hint(store: &RedisStore) -> Hint {
    timeout(PATIENCE, store.hint()).await.unwrap().unwrap()
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_change_by_another_node_is_notified() {
    let server = RedisServer::start(&[]);
    let (ours, theirs) = (store(&server), store(&server));
    assert_eq!(hint(&ours).await, Hint::Listening);
    let _ = server.run("SET masthead:4:seen:weather:almaty x");
    for number in 0..5 {
        assert!(timeout(SILENCE, ours.hint()).await.is_err());
        // The changes of one call are one notification.
        let changes = [
            with("rates", "a", ago(10 - number)),
            with("weather:almaty", "a", ago(0)),
            with("weather:astana", "a", ago(0)),
        ];
        let (listened, _) = tokio::join!(hint(&ours), theirs.change(&changes));
        assert_eq!(listened, Hint::Changed);
        // A change that fails is not notified.
        let failed = with("weather:almaty", "a", ago(0));
        try_change(&theirs, failed).await.unwrap_err();
    }
    assert!(timeout(SILENCE, ours.hint()).await.is_err());
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn pending_notifications_are_merged() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    assert_eq!(hint(&store).await, Hint::Listening);
    for number in 0..100 {
        add(&store, "rates", "a", ago(1000 - number)).await;
    }
    tokio::time::sleep(SILENCE).await;
    assert_eq!(hint(&store).await, Hint::Changed);
    assert!(timeout(SILENCE, store.hint()).await.is_err());
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_dropped_wait_loses_no_notification() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    // Dropped at each stage of the subscription.
    for polls in 0..20 {
        let fresh = crate::store(&server);
        let mut call = Box::pin(fresh.hint());
        for _ in 0..polls {
            if poll(&mut call).await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        let _ = timeout(SILENCE, fresh.hint()).await;
        add(&store, "rates", "a", ago(0)).await;
        assert_eq!(hint(&fresh).await, Hint::Changed);
    }
    assert_eq!(hint(&store).await, Hint::Listening);
    for _ in 0..20 {
        let mut call = Box::pin(store.hint());
        assert!(poll(&mut call).await.is_pending());
        add(&store, "rates", "a", ago(0)).await;
        drop(call);
        assert_eq!(hint(&store).await, Hint::Changed);
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_restarted_server_is_subscribed_to_again() {
    let mut server = RedisServer::start(&[]);
    let store = store(&server);
    assert_eq!(hint(&store).await, Hint::Listening);
    server.kill();
    let ended = timeout(PATIENCE, store.hint()).await.unwrap();
    let error = ended.unwrap_err().to_string();
    assert!(
        error.ends_with("notifications have ended: the connection was closed"),
        "{error}"
    );
    let error = store.hint().await.unwrap_err().to_string();
    assert!(
        error.ends_with("no connection: connection refused"),
        "{error}"
    );
    server.restart();
    assert_eq!(hint(&store).await, Hint::Listening);
    add(&store, "rates", "a", ago(0)).await;
    assert_eq!(hint(&store).await, Hint::Changed);
}

#[test]
#[ignore = "needs redis-server"]
fn one_store_listens_in_runtimes_one_after_the_other() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    for number in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            if number > 0 {
                let error = store.hint().await.unwrap_err().to_string();
                assert!(error.ends_with("its runtime has ended"), "{error}");
            }
            assert_eq!(hint(&store).await, Hint::Listening);
            add(&store, "rates", "a", ago(0)).await;
            assert_eq!(hint(&store).await, Hint::Changed);
        });
        runtime.shutdown_background();
    }
}

/// A server that hangs, or a connection that was cut without notice, sends nothing: the store pings it every fifteen seconds.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_server_that_hangs_is_detected() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    assert_eq!(hint(&store).await, Hint::Listening);
    server.pause();
    let (ended, took) = timed(timeout(PATIENCE, store.hint())).await;
    let error = ended.unwrap().unwrap_err().to_string();
    assert!(
        error.ends_with("notifications have ended: no answer to a ping"),
        "{error}"
    );
    assert!((15..19).contains(&took.as_secs()), "{took:?}");
    let error = store.hint().await.unwrap_err().to_string();
    assert!(error.ends_with("no subscription within 250ms"), "{error}");
    server.resume();
    assert_eq!(hint(&store).await, Hint::Listening);
}
