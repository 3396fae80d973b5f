//! Caching: entity tags, dates, and one generation of rates on each page.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use http::Response;
use masthead::web::Service;
use masthead::{Layout, Ticker};

use super::{full, get, header, noon, publish, request, text};
use crate::fake_hosts::{MET, NEWEST, OF_DAY, bank, met, ok};
use crate::support::time;

#[tokio::test(start_paused = true)]
async fn conditional_requests_get_304_if_unchanged() {
    let hosts = noon();
    let (_, service) = full(&hosts).await;
    let path = "/strip/kk.html";
    let page = get(&service, path);
    let (tag, modified) = (header(&page, "etag"), header(&page, "last-modified"));
    assert_eq!(modified, "Thu, 02 Apr 2026 07:00:00 GMT");
    let weak = format!("W/{tag}");
    let many = format!("\"a\", \"b,c\" , {tag}");
    let later = "Thu, 02 Apr 2026 07:00:01 GMT";
    for (headers, status) in [
        (vec![("if-none-match", tag)], 304),
        (vec![("if-none-match", &*weak)], 304),
        (vec![("if-none-match", &*many)], 304),
        (vec![("if-none-match", "*")], 304),
        (
            vec![("if-none-match", "\"a\""), ("if-none-match", tag)],
            304,
        ),
        (vec![("if-none-match", "\"a\"")], 200),
        (vec![("if-none-match", tag.trim_matches('"'))], 200),
        (vec![("if-none-match", "")], 200),
        // The tag of the plain bytes differs from that of the compressed ones.
        (vec![("if-none-match", tag), ("accept-encoding", "br")], 200),
        (vec![("if-modified-since", modified)], 304),
        (vec![("if-modified-since", later)], 304),
        (
            vec![("if-modified-since", "Thu, 02 Apr 2026 06:59:59 GMT")],
            200,
        ),
        (vec![("if-modified-since", "yesterday")], 200),
        // `If-Modified-Since` counts only without `If-None-Match`.
        (
            vec![("if-none-match", "\"a\""), ("if-modified-since", later)],
            200,
        ),
    ] {
        let answer = service.respond(&request(path, &headers));
        assert_eq!(answer.status(), status, "{headers:?}");
        assert_eq!(answer.body().is_empty(), status == 304);
        if status == 304 {
            assert_eq!(header(&answer, "etag"), tag);
            for name in ["cache-control", "vary", "last-modified"] {
                assert_eq!(header(&answer, name), header(&page, name), "{name}");
            }
            assert_eq!(
                (
                    header(&answer, "content-encoding"),
                    header(&answer, "content-type")
                ),
                ("", "")
            );
        }
    }
}

/// The status for a client without tags that has this page.
fn status_since(service: &Service, page: &Response<Bytes>) -> u16 {
    let since = [("if-modified-since", header(page, "last-modified"))];
    let answer = service.respond(&request("/strip/en.txt", &since));
    answer.status().as_u16()
}

/// The weather service answers two seconds late: its reading is as old as the request.
#[tokio::test(start_paused = true)]
async fn a_page_without_the_late_reading_is_not_unchanged() {
    let hosts = noon();
    hosts.move_clock(TimeDelta::seconds(30));
    let late = ok(met("2026-04-02T07:00:00Z", "7.5")).late(Duration::from_secs(2));
    hosts.on(MET, late);
    let ticker = hosts.ticker().build().unwrap();
    let service = ticker.service(Layout::line()).at("/strip").build().unwrap();
    let now = hosts.now();
    let early = tokio::select! {
        _ = ticker.refresh(now) => panic!("the weather is not late"),
        () = tokio::time::sleep(Duration::from_secs(1)) => get(&service, "/strip/en.txt"),
    };
    assert!(text(&early).contains("475.09") && !text(&early).contains("+7"));
    // The answer to the request of that instant.
    ticker.refresh(now).await;
    let late = get(&service, "/strip/en.txt");
    assert!(text(&late).contains("+7"), "{}", text(&late));
    assert_eq!(
        header(&early, "last-modified"),
        header(&late, "last-modified")
    );
    assert_eq!(status_since(&service, &early), 200);
    // In the next minute both servers and clients agree again.
    hosts.move_clock(TimeDelta::minutes(1));
    let next = get(&service, "/strip/en.txt");
    assert_eq!(status_since(&service, &next), 304);
    assert_eq!(status_since(&service, &early), 200);
}

/// A page with other settings, of the same minute.
#[tokio::test(start_paused = true)]
async fn a_page_of_another_service_is_not_unchanged() {
    let hosts = noon();
    let (ticker, first) = full(&hosts).await;
    let page = get(&first, "/strip/en.txt");
    hosts.move_clock(TimeDelta::seconds(20));
    let second = ticker
        .service(Layout::table())
        .at("/strip")
        .build()
        .unwrap();
    let other = get(&second, "/strip/en.txt");
    assert_ne!(text(&page), text(&other));
    assert_eq!(
        header(&page, "last-modified"),
        header(&other, "last-modified")
    );
    assert_eq!(status_since(&second, &page), 200);
    assert_eq!(status_since(&first, &page), 304);
    hosts.move_clock(TimeDelta::minutes(1));
    let next = get(&second, "/strip/en.txt");
    assert_eq!(status_since(&second, &next), 304);
}

#[tokio::test(start_paused = true)]
async fn a_tag_changes_only_with_the_text() {
    let hosts = noon();
    let (ticker, service) = full(&hosts).await;
    let tag_after = |minutes: &str| {
        let answer = get(&service, "/strip/en.html");
        let words = text(&answer).matches(minutes).count();
        (
            header(&answer, "etag").to_owned(),
            header(&answer, "last-modified").to_owned(),
            words,
        )
    };
    let first = tag_after("just now");
    hosts.move_clock(TimeDelta::seconds(30));
    assert_eq!(tag_after("just now"), first, "half a minute later");
    hosts.move_clock(TimeDelta::minutes(5));
    let later = tag_after("5 min ago");
    assert!(later.0 != first.0 && later.2 > 0, "{later:?}");
    assert_eq!(
        later.1, "Thu, 02 Apr 2026 07:05:00 GMT",
        "the minute in which the text changed"
    );
    hosts.move_clock(TimeDelta::hours(3));
    let hours = tag_after("3 h ago");
    hosts.move_clock(TimeDelta::minutes(20));
    let later = tag_after("3 h ago");
    assert_eq!(
        (later.0, later.2),
        (hours.0, hours.2),
        "an age in hours is unchanged for an hour"
    );
    assert!(later.1 > hours.1, "but its date moves on");
    // A server that has not seen when the text changed sends the same headers.
    let another = ticker.service(Layout::line()).at("/strip").build().unwrap();
    let path = "/strip/en.html";
    let pages = [&service, &another].map(|service| get(service, path).headers().clone());
    assert_eq!(pages[0], pages[1]);

    publish(&hosts, &ticker, "475.10").await;
    assert!(
        text(&get(&service, "/strip/en.html")).contains("475.10"),
        "a correction appears at once"
    );
}

fn tags(service: &Service) -> [String; 4] {
    let tag = |path| header(&get(service, path), "etag").to_owned();
    ["/kk.html", "/kk.json", "/kk.txt", "/kk.svg"].map(tag)
}

#[tokio::test(start_paused = true)]
async fn two_servers_send_the_same_tags_for_the_same_minute() {
    let hosts = noon();
    let (ticker, one) = full(&hosts).await;
    let first = tags(&one);
    // Another server, started in the middle of the minute.
    hosts.move_clock(TimeDelta::seconds(20));
    assert_eq!(
        tags(&ticker.service(Layout::line()).build().unwrap()),
        first
    );
    hosts.move_clock(TimeDelta::seconds(59));
    let other = ticker.service(Layout::line()).build().unwrap();
    assert_eq!(tags(&other), tags(&one), "the next minute");
}

/// Two requests come together for a page that was last read three weeks ago. The second one gets a page of today too.
#[test]
fn no_page_of_weeks_ago_is_served_while_another_request_renders_it() {
    let renders = AtomicBool::new(false);
    let ((told, begins), (go_on, goes_on)) = (mpsc::channel(), mpsc::channel::<()>());
    let (moved, goes_on) = (Arc::new(AtomicBool::new(false)), Mutex::new(goes_on));
    let is_moved = moved.clone();
    let clock = move || {
        // The first reader looks at the clock to see that the page is old, and then with the turn to render it.
        if std::thread::current().name() == Some("first reader")
            && renders.swap(true, Ordering::Relaxed)
            && told.send(()).is_ok()
        {
            let _ = goes_on.lock().unwrap().recv();
        }
        let days = if is_moved.load(Ordering::Relaxed) {
            21
        } else {
            0
        };
        time("2026-04-02T07:00:00Z") + TimeDelta::days(days)
    };
    let ticker = Ticker::builder("tests").clock(clock).build().unwrap();
    let service = ticker.service(Layout::line()).build().unwrap();
    let modified = || header(&get(&service, "/kk.html"), "last-modified").to_owned();
    assert_eq!(modified(), "Thu, 02 Apr 2026 07:00:00 GMT");
    moved.store(true, Ordering::Relaxed);
    std::thread::scope(|scope| {
        let first = std::thread::Builder::new().name("first reader".to_owned());
        let first = first.spawn_scoped(scope, modified).unwrap();
        begins.recv().unwrap();
        drop(begins);
        let second = scope.spawn(modified);
        // Time for the second reader to begin: it waits for the first one.
        std::thread::sleep(Duration::from_millis(50));
        drop(go_on);
        assert_eq!(first.join().unwrap(), "Thu, 23 Apr 2026 07:00:00 GMT");
        assert_eq!(second.join().unwrap(), "Thu, 23 Apr 2026 07:00:00 GMT");
    });
}

/// Four threads read pages as fast as they can while four hundred corrections, called generations, are published; a hundred without
/// optimisation. Each page shows one generation.
#[test]
fn no_page_mixes_two_generations() {
    const GENERATIONS: u32 = if cfg!(debug_assertions) { 100 } else { 400 };
    let hosts = noon();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        // The pause between two requests takes no time.
        .start_paused(true)
        .build()
        .unwrap();
    let (ticker, service) = runtime.block_on(full(&hosts));
    let (done, begun) = (AtomicBool::new(false), AtomicU32::new(0));
    let read = || {
        // The clock of the pages is the paused one.
        let _entered = runtime.enter();
        let (mut pages, mut seen, mut last) = (0_u64, BTreeSet::new(), 0);
        begun.fetch_add(1, Ordering::Relaxed);
        while !done.load(Ordering::Relaxed) {
            for path in ["/strip/kk.html", "/strip/en.txt", "/strip/ru.json"] {
                let answer = get(&service, path);
                assert_eq!(answer.status(), 200);
                let rates = rates_of(text(&answer));
                let [dollar, euro] = rates[..] else {
                    panic!("{}", text(&answer))
                };
                assert_eq!(
                    euro - dollar,
                    7_597,
                    "{path} mixes two generations: {rates:?}"
                );
                if path == "/strip/kk.html" {
                    assert!(dollar >= last, "{path} goes back from {last} to {dollar}");
                    last = dollar;
                }
                seen.insert(dollar);
                pages += 1;
            }
        }
        (pages, seen)
    };
    let (pages, seen) = std::thread::scope(|scope| {
        let readers = [(); 4].map(|()| scope.spawn(read));
        while begun.load(Ordering::Relaxed) < 4 {
            std::thread::yield_now();
        }
        for generation in 0..GENERATIONS {
            // Within the range that the guard never quarantines.
            let of = |cents: u32| format!("{}.{:02}", cents / 100, cents % 100);
            let page = bank("2026-04-02", &of(47_509 + generation));
            let page = page.replace("551.06", &of(55_106 + generation));
            hosts.on(OF_DAY, ok(page.clone())).on(NEWEST, ok(page));
            hosts.move_clock(TimeDelta::minutes(31));
            runtime.block_on(async { ticker.refresh(hosts.now()).await });
            // Enough for the readers to see most generations.
            std::thread::sleep(Duration::from_millis(5));
        }
        done.store(true, Ordering::Relaxed);
        readers
            .map(|reader| reader.join().unwrap())
            .into_iter()
            .fold((0, BTreeSet::new()), |mut all, one| {
                all.0 += one.0;
                all.1.extend(one.1);
                all
            })
    });
    assert!(
        pages > u64::from(GENERATIONS) * 2 && seen.len() * 4 > GENERATIONS as usize,
        "{pages} pages of {} generations",
        seen.len()
    );
}

/// Returns the dollar and the euro of a page in hundredths, whatever its format.
fn rates_of(page: &str) -> Vec<i64> {
    let numbers = page.split(|c: char| !c.is_ascii_digit() && c != '.');
    let rates = numbers.filter(|number| {
        let (whole, cents) = number.split_once('.').unwrap_or_default();
        whole.len() == 3 && cents.len() == 2 && (whole.starts_with('4') || whole.starts_with('5'))
    });
    let mut rates: Vec<i64> = rates
        .map(|rate| rate.replace('.', "").parse().unwrap())
        .collect();
    // HTML repeats each number in an attribute.
    rates.dedup();
    rates
}
