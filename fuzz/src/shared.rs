use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use masthead::Snapshot;
use masthead::fetch::{BoxFuture, Transport, TransportError, TransportErrorKind};
use masthead::ticker::{
    Ask, Kept, Leases, Node, Order, Part, Put, SharedStore, State, StoreError, Ticker, Topic,
    Wanted,
};
use masthead::weather::City;

use crate::lines::{checked, written};
use crate::page;

/// Reads the records of a snapshot, or lines with right checksums, as a shared store returns them for every topic. The server judges
/// them, renders and publishes the result, and a second server shows the same. No server loses data that it had.
pub fn shared(data: &[u8]) -> bool {
    let body = serde_json::from_slice::<Snapshot>(data).map_or_else(
        |_| checked(data),
        |snapshot| written(State::from(snapshot).records()),
    );
    let Ok(body) = String::from_utf8(body) else {
        return false;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let Ok(runtime) = runtime else { return false };
    runtime.block_on(judge(&body))
}

async fn judge(body: &str) -> bool {
    let store = Store::default();
    for (topic, node) in topics().into_iter().zip(["a", "b"]) {
        store.put(topic, order(node), body.to_owned());
    }
    let (first, second) = (server(&store), server(&store));
    first.catch_up().await;
    let health = first.health().fleet.map(|fleet| fleet.topics);
    let read = health.is_some_and(|topics| topics.iter().any(|topic| topic.diverges.is_none()));
    page::of_everything(&first.snapshot(), now());
    // The same body from another node changes no number.
    let shown = first.snapshot().to_arc();
    for topic in topics() {
        store.put(topic, order("c"), body.to_owned());
    }
    first.catch_up().await;
    assert_eq!(*shown, *first.snapshot(), "the second time");
    // A second server shows what the first publishes.
    store.empty();
    first.catch_up().await;
    second.catch_up().await;
    let shared = store.rows().len();
    let agreed = second.health().fleet.is_some_and(|fleet| fleet.is_good());
    assert!(shared == 0 || agreed, "{:?}", second.health());
    if shared == topics().len() {
        assert_eq!(*first.snapshot(), *second.snapshot());
    }
    read
}

fn now() -> DateTime<Utc> {
    // A day in the middle of those of the seeds.
    DateTime::from_timestamp(1_804_147_200, 0).unwrap_or_default()
}

fn topics() -> [Topic; 2] {
    ["rates", "weather:astana"].map(|topic| topic.parse().unwrap_or(Topic::Rates))
}

/// Returns an order of an hour before, when the seeds were fetched.
fn order(node: &str) -> Order {
    let at = now() - TimeDelta::hours(1);
    Order {
        day: at.date_naive(),
        own_word: true,
        at,
        node: node.parse().unwrap_or_else(|error| panic!("{error}")),
    }
}

fn server(store: &Store) -> Ticker {
    let ticker = Ticker::builder("fuzz")
        .transport(Unreachable)
        .cities(City::find("astana").cloned())
        .clock(now)
        .fleet(store.clone());
    ticker.build().unwrap_or_else(|error| panic!("{error}"))
}

/// A transport that always fails, so that all data come from the store.
#[derive(Debug)]
struct Unreachable;

impl Transport for Unreachable {
    fn send(&self, _: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async {
            Err(TransportError::new(
                TransportErrorKind::Connect,
                "unreachable",
            ))
        })
    }
}

type Rows = BTreeMap<Topic, (Order, String)>;

#[derive(Clone, Debug, Default)]
struct Store(Arc<Mutex<(Rows, u64)>>);

impl Store {
    fn lock(&self) -> MutexGuard<'_, (Rows, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rows(&self) -> Rows {
        self.lock().0.clone()
    }

    fn put(&self, topic: Topic, order: Order, body: String) {
        let (rows, changes) = &mut *self.lock();
        rows.insert(topic, (order, body));
        *changes += 1;
    }

    fn empty(&self) {
        let (rows, changes) = &mut *self.lock();
        rows.clear();
        *changes += 1;
    }
}

impl SharedStore for Store {
    fn mark(&self) -> BoxFuture<'_, Result<Option<String>, StoreError>> {
        Box::pin(async { Ok(Some(self.lock().1.to_string())) })
    }

    fn read<'a>(&'a self, wanted: &'a [Wanted]) -> BoxFuture<'a, Result<Vec<Kept>, StoreError>> {
        let rows = self.rows();
        let kept = wanted
            .iter()
            .map(|Wanted { topic, known }| match rows.get(topic) {
                None => Kept::Nothing,
                Some((order, _)) if known.as_ref().is_some_and(|known| order <= known) => {
                    Kept::Known(order.clone())
                }
                Some((order, body)) => Kept::Newer(order.clone(), body.clone()),
            });
        let kept = kept.collect();
        Box::pin(async { Ok(kept) })
    }

    fn publish<'a>(&'a self, parts: &'a [Part]) -> BoxFuture<'a, Result<Vec<Put>, StoreError>> {
        for Part { topic, order, body } in parts {
            self.put(topic.clone(), order.clone(), body.clone());
        }
        let put = parts.iter().map(|_| Put::Taken).collect();
        Box::pin(async { Ok(put) })
    }

    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        _: &'a Node,
        _: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>> {
        let held = asks.iter().map(|_| None).collect();
        Box::pin(async { Ok(Leases { held, now: now() }) })
    }
}
