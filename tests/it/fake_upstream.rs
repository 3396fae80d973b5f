//! The fake upstream for the tests of a site: the sources read its answers as those of the banks and services.

use http::StatusCode;
use masthead::fetch::{FakeUpstream, Transport as _, TransportErrorKind};
use masthead::money::{Currency, Money, Row};
use masthead::source::{
    Cbu, DynWeather, Frankfurter, MetNorway, NationalBankKz, OpenMeteo, Source,
};
use masthead::ticker::FileStore;
use masthead::weather::Celsius;
use masthead::{Layout, Snapshot, Strip, Ticker};

use crate::fake_hosts::cities;
use crate::support::{day, ok, time};

const NOON: &str = "2026-04-02T07:00:00Z";

/// Rows with each direction of a change, and a nominal.
fn rows() -> Vec<Row> {
    let items = [
        ("USD", "475.09", "1", "-3.68"),
        ("EUR", "551.06", "1", "+2.44"),
        ("RUB", "5.87", "1", "0.00"),
        ("CNY", "69.12", "1", ""),
        ("KRW", "31.28", "100", ""),
    ];
    let items = items.map(|(code, value, nominal, change)| {
        format!("<item><title>{code}</title><description>{value}</description><quant>{nominal}</quant><change>{change}</change></item>")
    });
    let body = format!("<rates><date>02.04.2026</date>{}</rates>", items.concat());
    let rates = NationalBankKz::of_day().decode(&day("2026-04-02"), &ok(body));
    rates.unwrap().rows().to_vec()
}

fn bank() -> FakeUpstream {
    let upstream = FakeUpstream::new();
    upstream.national_bank_kz(&rows(), || time(NOON));
    upstream
}

fn page(ticker: &Ticker) -> String {
    let layout = Layout::line().isolates(false);
    Strip::new(&ticker.snapshot(), &layout, ticker.now())
        .text()
        .to_string()
}

#[tokio::test]
async fn the_feeds_of_the_bank_have_the_rows_under_the_day_of_request_and_clock() {
    let upstream = bank();
    let feeds = [
        (NationalBankKz::of_day(), "2026-03-28", 5),
        (NationalBankKz::newest(), "2026-04-02", 5),
        (NationalBankKz::newest_main(), "2026-04-02", 3),
    ];
    for (feed, expected, length) in feeds {
        let asked = day("2026-03-28");
        let answer = upstream.send(feed.request(&asked)).await.unwrap();
        let rates = feed.decode(&asked, &answer).unwrap();
        assert_eq!(rates.day(), day(expected), "{feed:?}");
        assert_eq!(rates.len(), length, "{feed:?}");
        for row in rates.rows() {
            assert!(rows().contains(row), "{feed:?}: {row:?}");
        }
    }
}

#[tokio::test]
async fn frankfurter_repeats_the_rows_for_one_unit() {
    let (upstream, asked) = (bank(), day("2026-03-28"));
    let source = Frankfurter::new().currencies([Currency::EUR, Currency::KRW, Currency::GBP]);
    let answer = upstream.send(source.request(&asked)).await.unwrap();
    let mut rates = source.decode(&asked, &answer).unwrap();
    assert_eq!(rates.day(), asked);
    let mut unknown = 0;
    for request in source.more_requests(&asked) {
        let answer = upstream.send(request).await.unwrap();
        match source.complete(&asked, &rates, &answer) {
            Ok(more) => rates = more,
            Err(error) => {
                assert!(error.is_no_data(), "{error}");
                unknown += 1;
            }
        }
    }
    let value = |currency| rates.row(currency).map(|row| row.value.to_string());
    let values = [Currency::USD, Currency::EUR, Currency::KRW, Currency::GBP].map(value);
    let values: Vec<_> = values.iter().map(Option::as_deref).collect();
    assert_eq!(
        values,
        [Some("475.09"), Some("551.06"), Some("0.3128"), None]
    );
    assert_eq!(unknown, 1);
}

#[tokio::test]
async fn the_witness_has_the_same_cross_rates() {
    let (upstream, asked) = (bank(), day("2026-04-02"));
    let source = Cbu::newest();
    let answer = upstream.send(source.request(&asked)).await.unwrap();
    let rates = source.decode(&asked, &answer).unwrap();
    assert_eq!((rates.day(), rates.len()), (asked, 6));
    for (amount, tenge) in [("100 USD", "47509.00 KZT"), ("1000 KRW", "312.80 KZT")] {
        let amount: Money = amount.parse().unwrap();
        let converted = rates.convert(amount, Currency::KZT).unwrap();
        assert_eq!(converted.to_string(), tenge);
    }
}

#[tokio::test]
async fn both_weather_services_have_the_hours_of_each_city() {
    let upstream = FakeUpstream::new();
    let temperatures: Vec<Celsius> = (0..30)
        .map(|hour| Celsius::from_tenths(hour * 4 - 20).unwrap())
        .collect();
    upstream.weather(time(NOON), &temperatures);
    let services: [&DynWeather; 3] = [
        &MetNorway::new(),
        &OpenMeteo::with_key("s3cret"),
        &OpenMeteo::free_for_non_commercial_use(),
    ];
    for service in services {
        for city in cities(&["astana", "moscow", "london"]) {
            let answer = upstream.send(service.request(&city)).await.unwrap();
            let weather = service.decode(&city, &answer).unwrap();
            let hours: Vec<Celsius> = weather
                .hours()
                .iter()
                .map(|hour| hour.temperature)
                .collect();
            assert_eq!(hours, temperatures, "{service:?} {city:?}");
            assert_eq!(weather.hours()[0].at, time(NOON), "{service:?} {city:?}");
        }
    }
}

#[tokio::test]
async fn a_host_fails_until_it_is_restored() {
    let upstream = bank();
    let send = || upstream.send(Cbu::newest().request(&day("2026-04-02")));
    let other = upstream.clone();
    other.fail("cbu.uz");
    let error = send().await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    let said = error.to_string();
    assert!(said.contains("cbu.uz is set to fail"), "{said}");
    // A host that was never set up.
    let request = Cbu::newest().request(&day("2026-04-02"));
    let error = FakeUpstream::new().send(request).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    let said = error.to_string();
    assert!(said.contains("cbu.uz has no answer set"), "{said}");
    other.answer_status("cbu.uz", StatusCode::BAD_GATEWAY);
    assert_eq!(send().await.unwrap().status(), StatusCode::BAD_GATEWAY);
    // An answer that is set during a failure comes after it.
    other.answer("cbu.uz", |_| Ok(ok("later")));
    assert_eq!(send().await.unwrap().status(), StatusCode::BAD_GATEWAY);
    other.restore("cbu.uz");
    assert_eq!(send().await.unwrap().body(), "later");
    assert_eq!(upstream.requests().len(), 4);
}

/// An answer may change the hosts, because no lock is held while it is made.
#[tokio::test]
async fn an_answer_may_change_the_upstream() {
    let upstream = FakeUpstream::new();
    let own = upstream.clone();
    upstream.answer("cbu.uz", move |request| {
        own.fail(request.uri().host().unwrap());
        Ok(ok("once"))
    });
    let send = || upstream.send(Cbu::newest().request(&day("2026-04-02")));
    assert_eq!(send().await.unwrap().body(), "once");
    assert!(send().await.is_err());
}

#[test]
fn a_ticker_shows_confirmed_rates_and_keeps_them_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = || FileStore::new(folder.path().join("ledger"));
    let ticker = |upstream: FakeUpstream| {
        let builder = Ticker::builder("tests").transport(upstream).store(store());
        builder.clock(|| time(NOON)).cities([]).build().unwrap()
    };
    let expected = "usd/kzt 475.09 ▼ down 3.68 · eur/kzt 551.06 ▲ up 2.44 · ";
    let first = ticker(bank());
    let report = first.refresh_blocking(first.now());
    assert!(
        page(&first).starts_with(expected),
        "{}\n{report}",
        page(&first)
    );
    drop(first);
    assert!(page(&ticker(FakeUpstream::new())).starts_with(expected));
}

#[test]
fn without_the_witness_the_first_rates_are_unconfirmed() {
    let upstream = bank();
    upstream.fail("cbu.uz");
    let ticker = Ticker::builder("tests").transport(upstream).cities([]);
    let ticker = ticker.clock(|| time(NOON)).build().unwrap();
    ticker.refresh_blocking(ticker.now());
    assert!(page(&ticker).contains("unconfirmed"), "{}", page(&ticker));
}

/// An upstream that has no answer shows the page without data, not an error.
#[test]
fn without_answers_the_page_has_no_data() {
    let ticker = Ticker::builder("tests").transport(FakeUpstream::new());
    let ticker = ticker.clock(|| Snapshot::SAMPLE_TIME).build().unwrap();
    let report = ticker.refresh_blocking(ticker.now());
    assert!(!report.is_complete());
    assert!(page(&ticker).contains("no data"), "{}", page(&ticker));
}
