//! Replicas, and addresses that follow the primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use masthead::ticker::shared::{Ask, Hint, RedisStore, SharedStore as _, Wish};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use crate::server::{PATIENCE, RedisServer};
use crate::{
    LEASE, add, ago, lease, node, record, records, revision, store, topic, try_change, try_records,
    try_revision, with,
};

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_replica_is_read_and_not_written() {
    let primary = RedisServer::start(&[]);
    let port = primary.port().to_string();
    let settings = ["--replicaof", "127.0.0.1", &port];
    let replica = RedisServer::start(&settings);
    let (there, here) = (store(&primary), store(&replica));
    let last = ago(1000);
    add(&there, "rates", "a", last).await;
    lease(&there, "rates", Wish::Take, "a").await;
    let deadline = Instant::now() + PATIENCE;
    while revision(&here, "rates").await != revision(&there, "rates").await
        || revision(&there, "rates").await.is_none()
    {
        assert!(Instant::now() < deadline, "nothing is replicated");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(records(&here, "rates").await, [record("a", last)]);
    let held = lease(&here, "rates", Wish::Look, "b").await.held;
    assert_eq!(held[0].as_ref().unwrap().node, node("a"));
    let newer = [
        with("rates", "a", ago(0)),
        with("weather:astana", "a", ago(0)),
    ];
    for _ in 0..3 {
        let error = here.change(&newer).await.unwrap_err().to_string();
        assert!(error.contains("READONLY"), "{error}");
        for (of, wish) in [
            ("weather:astana", Wish::Take),
            ("rates", Wish::Take),
            ("rates", Wish::Rest(LEASE / 2)),
        ] {
            let topic = topic(of);
            let asks = [Ask::new(topic, wish)];
            let refused = here.lease(&asks, &node("a"), LEASE).await;
            let error = refused.unwrap_err().to_string();
            assert!(error.contains("READONLY"), "{error}");
        }
    }
    // A notification of the primary reaches clients of its replicas.
    assert_eq!(here.hint().await.unwrap(), Hint::Listening);
    add(&there, "rates", "a", ago(500)).await;
    let heard = timeout(PATIENCE, here.hint()).await.unwrap().unwrap();
    assert_eq!(heard, Hint::Changed);
    // The replica becomes the primary.
    let _ = replica.run("REPLICAOF NO ONE");
    for outcome in here.change(&newer).await.unwrap() {
        outcome.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_changed_address_is_followed_after_a_refusal() {
    let first = RedisServer::start(&[]);
    let second = RedisServer::start(&[]);
    let door = Forwarder::open(first.port()).await;
    let url = format!("redis://127.0.0.1:{}", door.port);
    let store = RedisStore::builder(url).build().unwrap();
    add(&store, "rates", "a", ago(1000)).await;
    // A failover: the old primary continues as a replica, with the connection to it.
    let _ = first.run(&format!("REPLICAOF 127.0.0.1 {}", second.port()));
    door.forward_to(second.port());
    let last = ago(0);
    let newer = with("rates", "a", last);
    let error = try_change(&store, newer.clone()).await.unwrap_err();
    assert!(error.to_string().contains("READONLY"), "{error}");
    try_change(&store, newer).await.unwrap();
    let now = records(&crate::store(&second), "rates").await;
    assert_eq!(now, [record("a", last)]);
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
    let settings = ["--cluster-enabled", "yes"];
    let rest = ["--cluster-require-full-coverage", "no"];
    let server = RedisServer::start(&[settings, rest].concat());
    let last = ago(0);
    let build = || RedisStore::builder(server.url()).timeout(PATIENCE / 4);
    let tagged = build().prefix("{masthead}").build().unwrap();
    let error = try_change(&tagged, with("rates", "a", last)).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("CLUSTERDOWN"), "{error}");
    let slot = server.run("CLUSTER KEYSLOT {masthead}");
    let slot: String = slot.chars().filter(char::is_ascii_digit).collect();
    let _ = server.run(&format!("CLUSTER ADDSLOTS {slot}"));
    let deadline = Instant::now() + PATIENCE;
    while try_revision(&tagged, "rates").await.is_err() {
        assert!(Instant::now() < deadline, "the cluster does not come up");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(tagged.hint().await.unwrap(), Hint::Listening);
    add(&tagged, "rates", "a", last).await;
    assert_eq!(records(&tagged, "rates").await, [record("a", last)]);
    let held = lease(&tagged, "rates", Wish::Take, "a").await.held;
    assert_eq!(held[0].as_ref().unwrap().node, node("a"));
    assert_eq!(tagged.hint().await.unwrap(), Hint::Changed);
    // The slots of these keys are at other nodes.
    let untagged = build().build().unwrap();
    let error = try_change(&untagged, with("rates", "a", last)).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("slot not served"), "{error}");
    try_records(&untagged, "rates").await.unwrap_err();
}
