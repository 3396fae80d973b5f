//! Four clients read pages over the loopback as fast as they can while a bank publishes a hundred corrections, called generations.
//! Each response is complete and shows one generation.
//!
//! `cargo test --release -p web --test generations -- --nocapture` prints the pages per second.

use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use masthead::fetch::FakeUpstream;
use masthead::web::Service;
use masthead::{Layout, Ticker};
use tokio::net::TcpListener;

/// The first generation's rates in tiyn.
const DOLLAR: i64 = 47_509;
const EURO: i64 = 55_106;
const GENERATIONS: i64 = 100;
/// The fewest pages that all clients read.
const PAGES: u64 = 5_000;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A bank whose rates encode their generation, and a clock that the test moves.
#[derive(Debug, Default)]
struct Bank {
    generation: AtomicI64,
    minutes: AtomicI64,
}

impl Bank {
    fn now(&self) -> DateTime<Utc> {
        let noon = DateTime::from_timestamp(1_775_113_200, 0).unwrap();
        noon + TimeDelta::minutes(self.minutes.load(Ordering::Relaxed))
    }

    fn document(&self) -> String {
        let generation = self.generation.load(Ordering::Relaxed);
        // The first two move by a tiyn for each generation, which the guard never quarantines.
        let moved = [("USD", DOLLAR + generation), ("EUR", EURO + generation)];
        let still = [
            ("RUB", 587),
            ("CNY", 6_912),
            ("GBP", 62_770),
            ("CHF", 59_003),
            ("TRY", 1_068),
            ("AED", 12_937),
            ("PLN", 12_810),
            ("SEK", 5_020),
            ("JPY", 298),
        ];
        let items = moved.into_iter().chain(still).map(|(code, value)| {
            format!(
                "<item><title>{code}</title><description>{}.{:02}</description><quant>1</quant></item>",
                value / 100,
                value % 100
            )
        });
        let items: String = items.collect();
        format!("<rates><date>02.04.2026</date>{items}</rates>")
    }
}

async fn accept(listener: TcpListener, service: Service) -> Outcome<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = service.clone();
        let answer = service_fn(move |request: Request<Incoming>| {
            let (request, _) = request.into_parts();
            ready(Ok::<_, Infallible>(service.answer(&request)))
        });
        tokio::spawn(
            http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), answer),
        );
    }
}

/// Reads pages until `done`, counting them in `read`. Returns the first and the last generation seen.
fn read(
    address: SocketAddr,
    path: &str,
    done: &AtomicBool,
    read: &AtomicU64,
) -> Outcome<(i64, i64)> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let (mut out, mut answers) = (stream.try_clone()?, BufReader::new(stream));
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").repeat(16);
    let (mut body, mut last, mut first) = (Vec::new(), 0, None);
    while !done.load(Ordering::Relaxed) || read.load(Ordering::Relaxed) < PAGES {
        out.write_all(request.as_bytes())?;
        for _ in 0..16 {
            let generation = answer(&mut answers, &mut body)?;
            if generation < last {
                return Err(format!("{path} went back from {last} to {generation}").into());
            }
            last = generation;
            first.get_or_insert(generation);
            read.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok((first.unwrap_or_default(), last))
}

/// Reads one response and returns its generation.
///
/// # Errors
///
/// If it is not a 200, or mixes two generations.
fn answer(answers: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> Outcome<i64> {
    let (mut line, mut length) = (String::new(), 0);
    answers.read_line(&mut line)?;
    if line != "HTTP/1.1 200 OK\r\n" {
        return Err(line.into());
    }
    while line != "\r\n" {
        line.clear();
        answers.read_line(&mut line)?;
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse()?;
        }
    }
    body.resize(length, 0);
    answers.read_exact(body)?;
    let page = std::str::from_utf8(body)?;
    let numbers = page.split(|c: char| !c.is_ascii_digit() && c != '.');
    let mut rates = Vec::new();
    for number in numbers.filter(|number| number.len() == 6 && number.contains('.')) {
        rates.push(number.replace('.', "").parse::<i64>()?);
    }
    // HTML repeats each number in an attribute.
    rates.dedup();
    // SVG repeats all of them in its title.
    let Some([dollar, euro]) = rates.first_chunk::<2>() else {
        return Err(format!("a page without rates: {page}").into());
    };
    if dollar - DOLLAR != euro - EURO || rates.chunks(2).any(|pair| pair != [*dollar, *euro]) {
        return Err(format!("two generations on a page: {page}").into());
    }
    Ok(dollar - DOLLAR)
}

#[test]
#[allow(clippy::print_stdout)] // for a run with `--nocapture`
fn each_response_is_complete_and_shows_one_generation() {
    let bank = Arc::new(Bank::default());
    let upstream = FakeUpstream::new();
    let publisher = bank.clone();
    upstream.answer("nationalbank.kz", move |_| {
        Ok(Response::new(Bytes::from(publisher.document())))
    });
    let clock = bank.clone();
    let ticker = Ticker::builder("tests")
        .transport(upstream)
        .clock(move || clock.now())
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(ticker.refresh(bank.now()));
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(accept(
        listener,
        ticker.service(Layout::line()).build().unwrap(),
    ));

    let (done, began) = (AtomicBool::new(false), Instant::now());
    let counts = [(); 4].map(|()| AtomicU64::new(0));
    let paths = ["/kk.html", "/en.txt", "/ru.json", "/zh-Hans.svg"];
    let seen = std::thread::scope(|scope| {
        let clients = [0, 1, 2, 3].map(|index| {
            let (done, counts) = (&done, &counts);
            scope.spawn(move || read(address, paths[index], done, &counts[index]))
        });
        for generation in 1..=GENERATIONS {
            bank.generation.store(generation, Ordering::Relaxed);
            // The ticker sends a bank no more than one request in this time.
            bank.minutes.fetch_add(31, Ordering::Relaxed);
            let report = runtime.block_on(ticker.refresh(bank.now()));
            assert!(report.entries[0].is_good(), "{report}");
            // Publishes the next generation after 64 pages.
            let read: u64 = counts
                .iter()
                .map(|count| count.load(Ordering::Relaxed))
                .sum();
            while counts
                .iter()
                .map(|count| count.load(Ordering::Relaxed))
                .sum::<u64>()
                < read + 64
            {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
        clients.map(|client| client.join().unwrap().unwrap())
    });
    let pages: u64 = counts
        .iter()
        .map(|count| count.load(Ordering::Relaxed))
        .sum();
    assert!(
        seen.iter().all(|(_, last)| *last == GENERATIONS),
        "{seen:?}"
    );
    println!(
        "{pages} pages of {GENERATIONS} generations, {:.0} a second",
        pages as f64 / began.elapsed().as_secs_f64()
    );
}
