//! Replays 7,000 days of a bank through a ticker and its guard in one process, and compares a day with a run of the `strip` example:
//! `cargo bench -p masthead-benches --bench replay`.
//!
//! A run of the example loads its state, requests one more day from a bank on the loopback, judges it and saves the state. It is measured
//! on the last 60 days. `-- --test` replays a hundred days and runs the example three times. `-- --in-process` replays in process
//! only, to compare two versions of the crate.

#![allow(clippy::print_stdout, clippy::float_arithmetic)] // a table of times

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use http::{Request, Response};
use masthead::fetch::{BoxFuture, Transport, TransportError};
use masthead::ticker::{Bank, Ticker};
use masthead_benches::race::is_test;

/// About the number of days in the European Central Bank's history.
const DAYS: usize = 7_000;
/// The measured runs of the example.
const RUNS: usize = 60;

/// Currencies, and the approximate price of a euro in ten-thousandths of each. The guard compares a first publication with usual
/// values, so these must be plausible.
const CURRENCIES: [(&str, i64); 30] = [
    ("AUD", 16_500),
    ("BRL", 61_000),
    ("CAD", 16_000),
    ("CHF", 9_300),
    ("CNY", 79_000),
    ("CZK", 240_000),
    ("DKK", 74_600),
    ("GBP", 8_600),
    ("HKD", 89_000),
    ("HUF", 3_900_000),
    ("IDR", 195_000_000),
    ("ILS", 37_000),
    ("INR", 1_050_000),
    ("ISK", 1_500_000),
    ("JPY", 1_800_000),
    ("KRW", 17_000_000),
    ("MXN", 205_000),
    ("MYR", 46_000),
    ("NOK", 113_000),
    ("NZD", 20_000),
    ("PHP", 700_000),
    ("PLN", 42_500),
    ("RON", 50_000),
    ("SEK", 110_000),
    ("SGD", 15_000),
    ("THB", 380_000),
    ("TRY", 500_000),
    ("USD", 11_400),
    ("ZAR", 195_000),
    ("EGP", 620_000),
];

fn main() {
    let (days, runs) = if is_test() { (100, 3) } else { (DAYS, RUNS) };
    let documents: Arc<[Document]> = documents(days).into();
    let times_of_days = replay(&documents);
    let replay: Duration = times_of_days.iter().sum();
    let each = replay / u32::try_from(days).expect("a few days");
    println!("in one process: {days} days in {replay:.2?}, {each:.1?} a day");
    // After the first sixty moves the guard does the same work each day.
    let few = days / 2 - 20;
    let [early, late] = [
        &times_of_days[few.min(100)..][..few.min(400)],
        &times_of_days[days - few.min(400)..],
    ]
    .map(median);
    println!(
        "a day with about {} in the ledger: {early:.1?}; with {days}: {late:.1?}; {:.2} times",
        few.min(100) + few.min(400) / 2,
        late.as_secs_f64() / early.as_secs_f64()
    );
    if std::env::args().any(|argument| argument == "--in-process") {
        return;
    }
    let median = median(&runs_of_the_example(&documents, runs));
    let ratio = median.as_secs_f64() / each.as_secs_f64();
    println!(
        "`strip --state`: {median:.1?} a day, median of {runs} runs: {ratio:.0} times as long"
    );
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

/// A publication of the bank.
struct Document {
    day: NaiveDate,
    body: Bytes,
}

/// Returns publications of consecutive working days, between which every rate moves by up to 0.5 %.
fn documents(days: usize) -> Vec<Document> {
    let mut random = fastrand::Rng::with_seed(1999);
    let mut rates = CURRENCIES;
    let first = NaiveDate::from_ymd_opt(1999, 1, 4).expect("a day");
    let calendar = first.iter_days();
    let working = calendar.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
    let documents = working.take(days).map(|day| {
        let mut cubes = String::new();
        for (code, rate) in &mut rates {
            *rate += *rate * random.i64(-50..=50) / 10_000;
            _ = write!(
                cubes,
                r#"<Cube currency="{code}" rate="{}.{:04}"/>"#,
                *rate / 10_000,
                *rate % 10_000
            );
        }
        let body = format!(
            r#"<gesmes:Envelope><Cube><Cube time="{day}">{cubes}</Cube></Cube></gesmes:Envelope>"#
        );
        Document {
            day,
            body: body.into(),
        }
    });
    documents.collect()
}

fn evening(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(20, 0, 0).expect("a time").and_utc()
}

/// Measures how long one ticker takes to decode, judge and publish each day.
fn replay(documents: &Arc<[Document]>) -> Vec<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let at = Arc::new(AtomicUsize::new(0));
    let ticker = Ticker::builder("benches")
        .bank(Bank::ecb().witnesses([]))
        .cities([])
        .transport(InMemory {
            documents: Arc::clone(documents),
            at: Arc::clone(&at),
        })
        .build()
        .expect("a ticker");
    runtime.block_on(async {
        let mut times = Vec::with_capacity(documents.len());
        for (index, document) in documents.iter().enumerate() {
            at.store(index, Ordering::Relaxed);
            let now = evening(document.day);
            let started = Instant::now();
            ticker.refresh(now).await;
            times.push(started.elapsed());
            let snapshot = ticker.snapshot();
            let shown = snapshot.rates(now).map(|held| held.value().day());
            assert_eq!(shown, Some(document.day));
        }
        times
    })
}

/// A transport that returns the current publication.
struct InMemory {
    documents: Arc<[Document]>,
    at: Arc<AtomicUsize>,
}

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InMemory")
    }
}

impl Transport for InMemory {
    fn send(&self, _: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let body = self.documents[self.at.load(Ordering::Relaxed)].body.clone();
        Box::pin(async { Ok(Response::new(body)) })
    }
}

/// Measures each run of the example over the last days.
fn runs_of_the_example(documents: &Arc<[Document]>, runs: usize) -> Vec<Duration> {
    let strip = built_example();
    let at = Arc::new(AtomicUsize::new(0));
    let upstream = served(documents, &at);
    let state = std::env::temp_dir().join(format!("masthead-replay-{}.json", std::process::id()));
    let times = (documents.len() - runs..documents.len()).map(|index| {
        at.store(index, Ordering::Relaxed);
        let started = Instant::now();
        let output = Command::new(&strip)
            .args(["--bank", "ecb", "--pairs", "eur/usd", "--format", "json"])
            .args(["--now", &evening(documents[index].day).to_rfc3339()])
            .args(["--upstream", &upstream, "--state"])
            .arg(&state)
            .output()
            .expect("the example runs");
        let took = started.elapsed();
        let printed = String::from_utf8_lossy(&output.stdout);
        let day = format!(r#""day":"{}""#, documents[index].day);
        assert!(printed.contains(&day), "{printed}");
        took
    });
    let times = times.collect();
    for left in [state.clone(), with_suffix(&state, ".lock")] {
        _ = std::fs::remove_file(left);
    }
    times
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Builds the example with the profile of this bench and returns its path.
fn built_example() -> PathBuf {
    let bench = std::env::current_exe().expect("a path");
    // The bench is in target/PROFILE/deps.
    let folder = bench.ancestors().nth(2).expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--example", "strip", "--profile"])
        .arg(folder.file_name().expect("a name"))
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .status()
        .expect("cargo runs");
    assert!(built.success());
    folder.join("examples/strip")
}

/// Starts the bank on the loopback and returns its address; requests for other hosts are 404.
fn served(documents: &Arc<[Document]>, at: &Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (documents, at) = (Arc::clone(documents), Arc::clone(at));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let body = documents[at.load(Ordering::Relaxed)].body.clone();
            std::thread::spawn(move || _ = answer(stream, &body));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, body: &[u8]) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let (status, body) = if request.contains("ecb.europa.eu") {
        ("200 OK", body)
    } else {
        ("404 Not Found", &b""[..])
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}
