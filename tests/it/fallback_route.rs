//! The second route to the National Bank's rates, by Frankfurter: one request for all currencies, and one for each currency of
//! the page.

use chrono::TimeDelta;
use masthead::SourceId;
use masthead::money::Pair;
use masthead::ticker::TickerBuilder;

use crate::fake_hosts::{BANK, FRANKFURTER, FakeHosts, MET, Reply, SentRequest, ok, status};
use crate::support::time;

const NOON: &str = "2026-04-02T07:00:00Z";

/// The bank's values for one unit.
const RATES: [(&str, &str); 5] = [
    ("EUR", "551.06"),
    ("RUB", "5.87"),
    ("CNY", "69.12"),
    ("KRW", "0.3155"),
    ("JPY", "2.9699"),
];

/// The bank is down, and Frankfurter has its rates of a day.
fn hosts(of: &'static str) -> FakeHosts {
    let hosts = FakeHosts::at(NOON);
    hosts.on(BANK, status(503)).on(MET, status(503));
    hosts.on_each(FRANKFURTER, move |asked| answer(asked, of));
    hosts
}

fn answer(asked: &SentRequest, day: &str) -> Reply {
    let base = base(asked);
    let quote = |quote: &str, rate: &str| {
        format!(r#"{{"date":"{day}","base":"{base}","quote":"{quote}","rate":{rate}}}"#)
    };
    if base == "USD" {
        return ok(format!(
            "[{},{}]",
            quote("GBP", "0.75687"),
            quote("KZT", "475.09")
        ));
    }
    assert!(asked.address.contains("&quotes=KZT&providers=NBK&date="));
    let own = RATES.iter().find(|(code, _)| *code == base);
    ok(own.map_or("[]".into(), |(_, rate)| format!("[{}]", quote("KZT", rate))))
}

fn base(asked: &SentRequest) -> String {
    let (_, query) = asked.address.split_once("?base=").unwrap();
    query[..3].to_owned()
}

/// Returns the requested base currencies, in order.
fn bases(hosts: &FakeHosts) -> Vec<String> {
    hosts.requests(FRANKFURTER).iter().map(base).collect()
}

/// Refreshes once, and returns the code and value of each row.
async fn rows(hosts: &FakeHosts, ticker: TickerBuilder) -> Vec<String> {
    let ticker = ticker.build().unwrap();
    ticker.refresh(hosts.now()).await;
    let snapshot = ticker.snapshot();
    let Some(held) = snapshot.rates(hosts.now()) else {
        return Vec::new();
    };
    assert_eq!(held.source(), &SourceId::FRANKFURTER);
    let rows = held.value().rows().iter();
    rows.map(|row| format!("{} {}", row.currency, row.value))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_currencies_of_the_page_have_the_banks_digits() {
    let hosts = hosts("2026-04-02");
    let page = rows(&hosts, hosts.ticker()).await;
    assert_eq!(
        page,
        [
            "CNY 69.12",
            "EUR 551.06",
            "GBP 627.70",
            "RUB 5.87",
            "USD 475.09"
        ]
    );
    assert_eq!(bases(&hosts), ["USD", "EUR", "RUB", "CNY"]);
}

#[tokio::test(start_paused = true)]
async fn only_the_pairs_of_the_site_are_requested() {
    let hosts = hosts("2026-04-02");
    let pairs = ["usd/kzt", "krw/kzt", "jpy/kzt", "rub/kzt", "uzs/kzt"];
    let pairs = pairs.map(|pair| pair.parse::<Pair>().unwrap());
    let page = rows(&hosts, hosts.ticker().pairs(pairs)).await;
    // Only the currencies without a rate at the service are absent.
    assert_eq!(page, ["JPY 2.9699", "KRW 0.3155", "RUB 5.87", "USD 475.09"]);
    assert_eq!(bases(&hosts), ["USD", "KRW", "JPY", "RUB", "UZS"]);
}

#[tokio::test(start_paused = true)]
async fn at_most_eight_requests_an_hour_for_any_number_of_currencies() {
    let hosts = hosts("2026-04-02");
    let pairs = "EUR RUB CNY KRW JPY GBP CHF TRY UZS".split(' ');
    let pairs = pairs.map(|code| format!("{code}/KZT").parse().unwrap());
    let ticker = hosts.ticker().pairs(pairs).build().unwrap();
    ticker.refresh(hosts.now()).await;
    assert_eq!(hosts.requests(FRANKFURTER).len(), 8);
    // The budget of the hour is used up.
    for minutes in [20, 40, 59] {
        ticker
            .refresh(time(NOON) + TimeDelta::minutes(minutes))
            .await;
    }
    assert_eq!(hosts.requests(FRANKFURTER).len(), 8);
    ticker.refresh(time(NOON) + TimeDelta::minutes(61)).await;
    assert_eq!(hosts.requests(FRANKFURTER).len(), 16);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_fails_leaves_its_row_out() {
    for broken in [
        status(404),
        status(500),
        ok("<html>"),
        ok("[]"),
        Reply::Hang,
        Reply::Broken,
    ] {
        let hosts = hosts("2026-04-02");
        hosts.on_each(FRANKFURTER, move |asked| {
            if base(asked) == "RUB" {
                broken.clone()
            } else {
                answer(asked, "2026-04-02")
            }
        });
        let page = rows(&hosts, hosts.ticker()).await;
        assert_eq!(
            page,
            ["CNY 69.12", "EUR 551.06", "GBP 627.70", "USD 475.09"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_one_request_cools_down_the_source() {
    let hosts = hosts("2026-04-02");
    hosts.on_each(FRANKFURTER, |asked| {
        if base(asked) == "RUB" {
            Reply::Answer(429, vec![("retry-after", "3600".into())], String::new())
        } else {
            answer(asked, "2026-04-02")
        }
    });
    let ticker = hosts.ticker().build().unwrap();
    ticker.refresh(hosts.now()).await;
    assert_eq!(hosts.requests(FRANKFURTER).len(), 4);
    ticker.refresh(time(NOON) + TimeDelta::minutes(50)).await;
    assert_eq!(hosts.requests(FRANKFURTER).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn fridays_rates_are_not_used_for_saturday() {
    // 4 April 2026 is a Saturday: the service has Friday's rates under Friday's date only.
    let hosts = hosts("2026-04-03");
    let saturday = "2026-04-04T07:00:00Z";
    hosts.wait_until(saturday).await;
    let ticker = hosts.ticker().build().unwrap();
    ticker.refresh(hosts.now()).await;
    let snapshot = ticker.snapshot();
    let held = snapshot.rates(hosts.now()).unwrap().value();
    assert_eq!(held.day(), "2026-04-03".parse().unwrap());
    assert_eq!(held.longest_pause(), 0);
    for rate in held.iter() {
        assert_eq!(rate.day(), held.day());
    }
}
