//! The cost of a shared store, with a local Redis: `cargo bench -p masthead-benches --bench fleet`.
//!
//! Compares a page view with a shared store and without, and measures how long a server takes to show data that another has fetched. Needs
//! `redis-server`; without it nothing is measured. `-- --test` runs everything once, and
//! fails without it.

#![allow(clippy::print_stdout)]

#[path = "../../tests/free_port.rs"]
mod free_port;

use std::hint::black_box;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use masthead::fetch::{BoxFuture, Transport, TransportError};
use masthead::ledger::RecordId;
use masthead::ticker::shared::{
    Ask, Hint, Leases, Node, RedisStore, SharedChange, SharedRecords, SharedStore, Topic,
};
use masthead::ticker::{StoreError, Ticker, TickerBuilder};
use masthead::weather::City;
use masthead::web::Service;
use masthead::{Layout, Snapshot};
use masthead_benches::race::{Race, is_test};

use free_port::free_port;

const ROUNDS: usize = 1001;
const REFRESHES: usize = 300;
const START: &str = "2026-04-02T06:00:00Z";

fn main() {
    let Some(server) = Server::start() else {
        assert!(!is_test(), "redis-server is not installed");
        println!("redis-server is not installed: nothing is measured");
        return;
    };
    println!("{}", page_views(&server));
    println!("{}", refreshes(&server));
}

/// Measures the same page from two services. The ticker of each runs on its own thread; one of them shares a store.
fn page_views(server: &Server) -> String {
    let upstream = Upstream::default();
    let alone = upstream.ticker().build().expect("a ticker");
    let shared = upstream
        .ticker()
        .fleet(upstream.store(server.store()))
        .build()
        .expect("a ticker");
    for ticker in [&alone, &shared] {
        let report = ticker.refresh_blocking(ticker.now());
        assert!(report.is_complete(), "{report}");
    }
    assert!(shared.health().fleet.is_some_and(|fleet| fleet.is_good()));
    let threads = [&alone, &shared].map(|ticker| ticker.start().expect("a thread"));
    let mut race = Race::new("a page view");
    for (name, ticker) in [
        ("without a shared store", &alone),
        ("with a shared store", &shared),
    ] {
        let service = ticker
            .service(Layout::line())
            .build()
            .expect("what is kept");
        race.add(name, String::new(), 1, move || {
            black_box(view(&service));
        });
    }
    let table = race.finish(ROUNDS);
    drop(threads);
    table
}

fn view(service: &Service) -> Response<Bytes> {
    let request = Request::get("/kk.html").body(()).expect("a request");
    let (parts, ()) = request.into_parts();
    let page = service.respond(&parts);
    assert!(page.status().is_success());
    page
}

/// One server fetches new rates and weather and shares them. Measures how long another takes to show them.
fn refreshes(server: &Server) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let upstream = Upstream::default();
    let [first, second] = [(); 2].map(|()| {
        let store = upstream.store(server.store_of("refreshes"));
        upstream.ticker().fleet(store).build().expect("a ticker")
    });
    let store = server.store_of("refreshes");
    let topics = ["rates", "weather:astana", "weather:almaty"]
        .map(|topic| topic.parse::<Topic>().expect("a topic"));
    let rounds = if is_test() { 3 } else { REFRESHES };
    let (mut looks, mut takes) = (Vec::new(), Vec::new());
    runtime.block_on(async {
        for _ in 0..rounds {
            upstream.pass(TimeDelta::minutes(61));
            let report = first.refresh(first.now()).await;
            assert!(report.is_complete(), "{report}");
            let started = Instant::now();
            second.catch_up().await;
            takes.push(started.elapsed());
            let (read, shown): (&Snapshot, &Snapshot) = (&first.snapshot(), &second.snapshot());
            assert_eq!(read, shown);
            let started = Instant::now();
            _ = store.revisions(&topics).await.expect("revisions");
            looks.push(started.elapsed());
        }
    });
    format!(
        "adopting another server's rates and two forecasts: {}\na check without changes: {}\n",
        summary(takes),
        summary(looks)
    )
}

fn summary(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |hundredths: usize| times[(times.len() - 1) * hundredths / 100];
    format!(
        "median {:.0?}, 99 % within {:.0?}, worst {:.0?}",
        at(50),
        at(99),
        at(100)
    )
}

/// Approximate price of one unit, in tiyn.
const ROWS: [(&str, u64); 38] = [
    ("AED", 12_935),
    ("AMD", 126),
    ("AUD", 31_300),
    ("AZN", 27_900),
    ("BRL", 8_900),
    ("BYN", 15_900),
    ("CAD", 33_900),
    ("CHF", 59_000),
    ("CNY", 6_912),
    ("CZK", 2_270),
    ("DKK", 7_400),
    ("EUR", 55_106),
    ("GBP", 62_770),
    ("GEL", 17_500),
    ("HKD", 6_090),
    ("HUF", 142),
    ("ILS", 15_000),
    ("INR", 510),
    ("JPY", 298),
    ("KGS", 543),
    ("KRW", 32),
    ("KWD", 154_000),
    ("MDL", 2_650),
    ("MXN", 2_600),
    ("MYR", 11_800),
    ("NOK", 4_850),
    ("PLN", 12_900),
    ("RUB", 587),
    ("SAR", 12_660),
    ("SEK", 4_950),
    ("SGD", 36_500),
    ("THB", 1_440),
    ("TJS", 4_950),
    ("TRY", 1_068),
    ("UAH", 1_083),
    ("USD", 47_509),
    ("UZS", 4),
    ("ZAR", 2_800),
];

/// Banks and weather services that respond at once; their numbers change every hour.
#[derive(Clone, Debug, Default)]
struct Upstream {
    passed: Arc<AtomicU64>,
}

impl Upstream {
    fn pass(&self, time: TimeDelta) {
        let seconds = u64::try_from(time.num_seconds()).expect("forward");
        self.passed.fetch_add(seconds, Ordering::Relaxed);
    }

    fn now(&self) -> DateTime<Utc> {
        let start: DateTime<Utc> = START.parse().expect("a time");
        let seconds = self.passed.load(Ordering::Relaxed);
        start + TimeDelta::seconds(i64::try_from(seconds).expect("a short time"))
    }

    fn ticker(&self) -> TickerBuilder {
        let clock = self.clone();
        let cities = ["astana", "almaty"].map(|city| City::find(city).expect("a city").clone());
        Ticker::builder("bench")
            .transport(self.clone())
            .cities(cities)
            .clock(move || clock.now())
    }

    fn store(&self, store: RedisStore) -> Store {
        Store {
            store,
            clock: self.clone(),
        }
    }

    /// Returns as many rows as the bank has; the values drift by up to 0.2 %.
    fn rates(&self, day: &str) -> String {
        let hours = self.passed.load(Ordering::Relaxed) / 3600;
        let rows = ROWS.iter().map(|(code, usual)| {
            let value = usual + usual * (hours % 20) / 10_000;
            let (whole, hundredths) = (value / 100, value % 100);
            format!("<item><title>{code}</title><description>{whole}.{hundredths:02}</description><quant>1</quant></item>")
        });
        let rows: String = rows.collect();
        format!("<rates><date>{day}</date>{rows}</rates>")
    }

    fn forecast(&self, address: &str) -> String {
        let steps = (0..60).map(|hour| {
            let at = (self.now() + TimeDelta::hours(hour)).format("%Y-%m-%dT%H:00:00Z");
            let celsius = ((self.now().timestamp() / 3600 + hour) % 30 - 15).abs();
            format!(r#"{{"time":"{at}","data":{{"instant":{{"details":{{"air_temperature":{celsius}.5}}}}}}}}"#)
        });
        let steps: Vec<String> = steps.collect();
        let value = |name: &str| {
            let value = address.split_once(name).map_or("", |(_, rest)| rest);
            value.split('&').next().unwrap_or_default()
        };
        let place = format!("{},{}", value("lon="), value("lat="));
        format!(
            r#"{{"geometry":{{"coordinates":[{place}]}},"properties":{{"meta":{{"units":{{"air_temperature":"celsius"}}}},"timeseries":[{}]}}}}"#,
            steps.join(",")
        )
    }
}

impl Transport for Upstream {
    fn send(&self, request: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let address = request.uri().to_string();
        let today = self.now() + TimeDelta::hours(5);
        let body = match address.split_once("fdate=") {
            Some((_, day)) => self.rates(day),
            None if address.contains("nationalbank") => {
                self.rates(&today.format("%d.%m.%Y").to_string())
            }
            None if address.contains("met.no") => self.forecast(&address),
            None => String::new(),
        };
        Box::pin(async { Ok(Response::new(Bytes::from(body))) })
    }
}

/// A store on Redis that has the clock of the benchmark. With its own clock the servers would not use it.
#[derive(Debug)]
struct Store {
    store: RedisStore,
    clock: Upstream,
}

impl SharedStore for Store {
    fn revisions<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        self.store.revisions(topics)
    }

    fn records<'a>(
        &'a self,
        topics: &'a [Topic],
    ) -> BoxFuture<'a, Result<SharedRecords, StoreError>> {
        Box::pin(async {
            let mut records = self.store.records(topics).await?;
            records.now = self.clock.now();
            Ok(records)
        })
    }

    fn texts<'a>(
        &'a self,
        ids: &'a [RecordId],
    ) -> BoxFuture<'a, Result<Vec<Option<String>>, StoreError>> {
        self.store.texts(ids)
    }

    fn change<'a>(
        &'a self,
        changes: &'a [SharedChange],
    ) -> BoxFuture<'a, Result<Vec<Result<(), StoreError>>, StoreError>> {
        self.store.change(changes)
    }

    fn lease<'a>(
        &'a self,
        asks: &'a [Ask],
        node: &'a Node,
        time: Duration,
    ) -> BoxFuture<'a, Result<Leases, StoreError>> {
        Box::pin(async move {
            let mut leases = self.store.lease(asks, node, time).await?;
            leases.now = self.clock.now();
            Ok(leases)
        })
    }

    fn hint(&self) -> BoxFuture<'_, Result<Hint, StoreError>> {
        self.store.hint()
    }
}

/// A `redis-server` for this benchmark; killed when dropped.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start() -> Option<Self> {
        let port = free_port();
        let process = Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--save",
                "",
                "--bind",
                "127.0.0.1",
            ])
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "redis-server does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Self { process, port })
    }

    fn store(&self) -> RedisStore {
        self.store_of("pages")
    }

    fn store_of(&self, prefix: &str) -> RedisStore {
        let address = format!("redis://127.0.0.1:{}", self.port);
        RedisStore::builder(address)
            .prefix(prefix)
            .build()
            .expect("a store")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }
}
