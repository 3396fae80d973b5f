//! Replicas, and addresses that follow the primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use masthead::ticker::{Hint, Put, RedisStore, SharedStore as _, Wish};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use crate::server::{PATIENCE, RedisServer};
use crate::{assert_newer, lease, node, order, part, publish, read, store};

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_replica_is_read_and_not_written() {
    let primary = RedisServer::start(&[]);
    let port = primary.port().to_string();
    let settings = ["--replicaof", "127.0.0.1", &port];
    let replica = RedisServer::start(&settings);
    let (there, here) = (store(&primary), store(&replica));
    let said = order(1000, "a");
    publish(&there, "rates", &said, "1").await;
    lease(&there, "rates", Wish::Take, "a").await;
    let deadline = Instant::now() + PATIENCE;
    while here.mark().await.unwrap() != there.mark().await.unwrap()
        || there.mark().await.unwrap().is_none()
    {
        assert!(Instant::now() < deadline, "nothing is replicated");
        sleep(Duration::from_millis(20)).await;
    }
    assert_newer(&read(&here, "rates", None).await, &said, "1");
    let held = lease(&here, "rates", Wish::Look, "b").await.held;
    assert_eq!(held[0].as_ref().unwrap().node, node("a"));
    let newer = [part("rates", &order(0, "b"), "2")];
    for _ in 0..3 {
        let error = here.publish(&newer).await.unwrap_err().to_string();
        assert!(error.contains("READONLY"), "{error}");
    }
    // A notification of the primary reaches clients of its replicas.
    assert_eq!(here.hint().await.unwrap(), Hint::Listening);
    publish(&there, "rates", &order(500, "a"), "2").await;
    let heard = timeout(PATIENCE, here.hint()).await.unwrap().unwrap();
    assert_eq!(heard, Hint::Published);
    // The replica becomes the primary.
    let _ = replica.run("REPLICAOF NO ONE");
    assert_eq!(here.publish(&newer).await.unwrap(), [Put::Taken]);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_changed_address_is_followed_after_a_refusal() {
    let first = RedisServer::start(&[]);
    let second = RedisServer::start(&[]);
    let door = Forwarder::open(first.port()).await;
    let url = format!("redis://127.0.0.1:{}", door.port);
    let store = RedisStore::builder(url).build().unwrap();
    assert_eq!(
        publish(&store, "rates", &order(1000, "a"), "1").await,
        Put::Taken
    );
    // A failover: the old primary continues as a replica, with the connection to it.
    let _ = first.run(&format!("REPLICAOF 127.0.0.1 {}", second.port()));
    door.forward_to(second.port());
    let said = order(0, "a");
    let parts = [part("rates", &said, "2")];
    let error = store.publish(&parts).await.unwrap_err().to_string();
    assert!(error.contains("READONLY"), "{error}");
    assert_eq!(store.publish(&parts).await.unwrap(), [Put::Taken]);
    assert_newer(
        &read(&crate::store(&second), "rates", None).await,
        &said,
        "2",
    );
}

/// A port that forwards to a server, which can be changed; open connections stay.
struct Forwarder {
    port: u16,
    to: Arc<AtomicU16>,
}

impl Forwarder {
    async fn open(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = Self {
            port: listener.local_addr().unwrap().port(),
            to: Arc::new(to.into()),
        };
        let to = Arc::clone(&door.to);
        tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let port = to.load(Ordering::SeqCst);
                let mut far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                tokio::spawn(
                    async move { tokio::io::copy_bidirectional(&mut near, &mut far).await },
                );
            }
        });
        door
    }

    fn forward_to(&self, port: u16) {
        self.to.store(port, Ordering::SeqCst);
    }
}

/// A cluster works as documented: all keys are in one slot, at the node that has it.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_cluster_accepts_keys_of_one_slot() {
    let server = RedisServer::start(&["--cluster-enabled", "yes"]);
    let said = order(0, "a");
    let parts = [part("rates", &said, "1")];
    let build = || RedisStore::builder(server.url()).timeout(PATIENCE / 4);
    let tagged = build().prefix("{masthead}").build().unwrap();
    let error = tagged.publish(&parts).await.unwrap_err().to_string();
    assert!(error.contains("CLUSTERDOWN"), "{error}");
    let slots: Vec<String> = (0..16_384).map(|slot| slot.to_string()).collect();
    let _ = server.run(&format!("CLUSTER ADDSLOTS {}", slots.join(" ")));
    let deadline = Instant::now() + PATIENCE;
    while tagged.mark().await.is_err() {
        assert!(Instant::now() < deadline, "the cluster does not come up");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(tagged.hint().await.unwrap(), Hint::Listening);
    assert_eq!(tagged.publish(&parts).await.unwrap(), [Put::Taken]);
    assert_newer(&read(&tagged, "rates", None).await, &said, "1");
    let held = lease(&tagged, "rates", Wish::Take, "a").await.held;
    assert_eq!(held[0].as_ref().unwrap().node, node("a"));
    assert_eq!(tagged.hint().await.unwrap(), Hint::Published);
    let untagged = build().build().unwrap();
    let error = untagged.publish(&parts).await.unwrap_err().to_string();
    assert!(error.contains("CROSSSLOT"), "{error}");
}
