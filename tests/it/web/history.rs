//! The rates of a pair on many days: values, gaps and credits.

use chrono::{DateTime, NaiveDate, SubsecRound as _, TimeDelta, Utc};
use masthead::ledger::{Feed, Record, Sighting};
use masthead::money::{Pair, Rates, Row, parse_decimal};
use masthead::ticker::{Bank, FileStore};
use masthead::web::Service;
use masthead::{Layout, Snapshot, Ticker};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{get, header, noon, text};
use crate::fake_hosts::{FRANKFURTER, FakeHosts, NEWEST, OF_DAY, frankfurter, status};
use crate::support::{day, time};

/// The National Bank's list of a day: the dollar, the yen for 100, and two others.
fn list(of: NaiveDate, dollar: &str) -> Rates {
    let rows = [
        ("USD", dollar, 1),
        ("JPY", "314.50", 100),
        ("EUR", "551.06", 1),
        ("RUB", "5.87", 1),
    ];
    let rows = rows.map(|(code, value, nominal)| {
        Row::new(
            code.parse().unwrap(),
            parse_decimal(value).unwrap(),
            nominal,
        )
    });
    Bank::national_bank_kz()
        .published(of, rows)
        .unwrap()
        .with_longest_pause(4)
}

/// The answer with a list for a day, at an instant.
fn answer(asked: NaiveDate, list: &Rates, at: DateTime<Utc>) -> Record {
    let bank = Bank::national_bank_kz().id();
    Sighting::of_rates(bank, Feed::OfDay, asked, list.clone(), at).into()
}

/// Lists of all days of a range, learned at the noon before; Sunday has Saturday's.
pub(super) fn calendar(first: NaiveDate, days: i64) -> Vec<Record> {
    let all = first.iter_days().zip(0..days);
    let records = all.map(|(of, number)| {
        let at = (of - TimeDelta::days(1)).and_hms_opt(10, 45, 7).unwrap();
        let is_sunday = of.format("%u").to_string() == "7";
        let (own, number) = if is_sunday && number > 0 {
            (of - TimeDelta::days(1), number - 1)
        } else {
            (of, number)
        };
        let cents = 47_000 + (number * 7_919) % 500;
        let dollar = format!("{}.{:02}", cents / 100, cents % 100);
        let at = if own < of {
            // The bank answers for a day that has begun.
            of.and_hms_opt(2, 0, 0).unwrap()
        } else {
            at
        };
        answer(of, &list(own, &dollar), at.and_utc())
    });
    records.collect()
}

/// A service at `/strip` of a ticker with these records, and its hosts and folder.
pub(super) fn with_records(now: &str, records: &[Record]) -> (Ticker, Service, FakeHosts, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("rates.ledger"));
    store.append(records, &[]).unwrap();
    let hosts = FakeHosts::at(now);
    let ticker = hosts.ticker().store(store).build().unwrap();
    let service = ticker.service(Layout::line()).at("/strip").build().unwrap();
    (ticker, service, hosts, folder)
}

/// Five days: a correction on Friday, Saturday's list on Sunday, and no answer for Monday.
pub(super) fn week() -> Vec<Record> {
    let days = ["2026-04-03", "2026-04-04", "2026-04-05", "2026-04-07"].map(day);
    vec![
        answer(
            days[0],
            &list(days[0], "474.80"),
            time("2026-04-02T10:45:07.250Z"),
        ),
        answer(
            days[0],
            &list(days[0], "474.90"),
            time("2026-04-03T04:00:00Z"),
        ),
        answer(
            days[1],
            &list(days[1], "475.60"),
            time("2026-04-03T10:45:00Z"),
        ),
        answer(
            days[2],
            &list(days[1], "475.60"),
            time("2026-04-05T03:00:00Z"),
        ),
        answer(
            days[3],
            &list(days[3], "476.00"),
            time("2026-04-06T10:45:00Z"),
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_document_has_each_day_as_the_bank_printed_it() {
    let (_, service, ..) = with_records("2026-04-07T06:00:00Z", &week());
    let days = "from=2026-04-03&to=2026-04-08";
    let response = get(&service, &format!("/strip/history/usd-kzt.json?{days}"));
    assert_eq!(
        (
            response.status().as_u16(),
            header(&response, "content-type")
        ),
        (200, "application/json")
    );
    let document: Value = serde_json::from_slice(response.body()).unwrap();
    let row = |day: &str, value: &str, since: &str, learned: &str, corrected: Value| {
        json!({
            "day": day, "value": value, "nominal": 1, "since": since, "learned": learned, "corrected": corrected,
            "confirmed": false, "source": "national_bank_kz",
        })
    };
    let saturday = |day| {
        row(
            day,
            "475.60",
            "2026-04-04",
            "2026-04-03T10:45:00Z",
            Value::Null,
        )
    };
    assert_eq!(
        document,
        json!({
            "schema": 1, "pair": "USD/KZT", "home": "KZT",
            "bank": { "id": "national_bank_kz", "name": "National Bank of Kazakhstan" },
            "from": "2026-04-03", "to": "2026-04-08",
            "known": { "from": "2026-04-03", "to": "2026-04-07" },
            "rates": [
                row("2026-04-03", "474.90", "2026-04-03", "2026-04-03T04:00:00Z", json!("2026-04-03T04:00:00Z")),
                saturday("2026-04-04"),
                saturday("2026-04-05"),
                row("2026-04-07", "476.00", "2026-04-07", "2026-04-06T10:45:00Z", Value::Null),
            ],
            "gaps": [{ "from": "2026-04-06", "to": "2026-04-06" }, { "from": "2026-04-08", "to": "2026-04-08" }],
            "attribution": [{ "name": "National Bank of Kazakhstan", "link": "https://nationalbank.kz/", "licence": null, "licence_link": null }],
        })
    );

    let response = get(&service, &format!("/strip/history/jpy-kzt.csv?{days}"));
    assert_eq!(
        header(&response, "content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    let end = "false,national_bank_kz,National Bank of Kazakhstan,https://nationalbank.kz/";
    let expected = [
        "pair,day,value,nominal,since,learned,corrected,confirmed,source,credit,link".to_owned(),
        format!(
            "JPY/KZT,2026-04-03,314.50,100,2026-04-03,2026-04-03T04:00:00Z,2026-04-03T04:00:00Z,{end}"
        ),
        format!("JPY/KZT,2026-04-04,314.50,100,2026-04-04,2026-04-03T10:45:00Z,,{end}"),
        format!("JPY/KZT,2026-04-05,314.50,100,2026-04-04,2026-04-03T10:45:00Z,,{end}"),
        format!("JPY/KZT,2026-04-07,314.50,100,2026-04-07,2026-04-06T10:45:00Z,,{end}"),
    ];
    assert_eq!(text(&response), expected.map(|line| line + "\r\n").concat());
}

/// Ten years without some days, as JSON and as CSV.
#[tokio::test(start_paused = true)]
async fn both_formats_have_the_values_of_the_history() {
    let mut records = calendar(day("2016-04-03"), 3_660);
    records.retain(|record| match record {
        Record::Sighting(sighting) => sighting.asked().format("%j").to_string().as_str() < "350",
        _ => true,
    });
    let (ticker, service, ..) = with_records("2026-04-10T06:00:00Z", &records);
    let history = ticker.history();
    for (pair, name) in [
        (Pair::USD_KZT, "usd-kzt"),
        ("JPY/KZT".parse().unwrap(), "jpy-kzt"),
    ] {
        for (from, to) in [
            ("2016-04-01", "2026-04-08"),
            ("2019-12-01", "2020-01-03"),
            ("2026-04-05", "2026-04-05"),
            ("1990-01-01", "1990-01-02"),
        ] {
            let series = history.series(pair, day(from)..=day(to));
            let instant = |at: DateTime<Utc>| {
                at.trunc_subsecs(0)
                    .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            };
            let expected: Vec<Vec<String>> = series
                .known()
                .map(|(of, rate)| {
                    let found = history.rates_on(of).unwrap();
                    vec![
                        of.to_string(),
                        rate.value().to_string(),
                        rate.nominal().to_string(),
                        found.since.to_string(),
                        instant(found.learned),
                        found.corrected.map(instant).unwrap_or_default(),
                        rate.is_confirmed().to_string(),
                    ]
                })
                .collect();
            let path = |format: &str| format!("/strip/history/{name}.{format}?from={from}&to={to}");

            let document: Value =
                serde_json::from_slice(get(&service, &path("json")).body()).unwrap();
            let field = |row: &Value, name: &str| match &row[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let rows = document["rates"].as_array().unwrap().iter();
            let names = [
                "day",
                "value",
                "nominal",
                "since",
                "learned",
                "corrected",
                "confirmed",
            ];
            let rows: Vec<Vec<String>> = rows
                .map(|row| names.map(|name| field(row, name)).to_vec())
                .collect();
            assert_eq!(rows, expected, "{name} {from}");
            let gaps = series
                .gaps()
                .map(|gap| json!({ "from": gap.start(), "to": gap.end() }));
            assert_eq!(document["gaps"], gaps.collect::<Value>());

            let response = get(&service, &path("csv"));
            let mut reader = csv::Reader::from_reader(&**response.body());
            let columns: Vec<usize> = names
                .map(|name| {
                    reader
                        .headers()
                        .unwrap()
                        .iter()
                        .position(|header| header == name)
                        .unwrap()
                })
                .to_vec();
            let rows: Vec<Vec<String>> = reader
                .records()
                .map(Result::unwrap)
                .map(|row| columns.iter().map(|at| row[*at].to_owned()).collect())
                .collect();
            assert_eq!(rows, expected, "{name} {from}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rates_of_the_second_route_have_its_credit() {
    let hosts = noon();
    hosts.on(OF_DAY, status(503)).on(NEWEST, status(503));
    hosts.on(
        FRANKFURTER,
        crate::fake_hosts::ok(frankfurter("2026-04-02", "475.09")),
    );
    let ticker = hosts.ticker().build().unwrap();
    ticker.refresh(hosts.now()).await;
    let service = ticker.service(Layout::line()).build().unwrap();
    let response = get(&service, "/history/usd-kzt.json");
    let document: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(document["bank"]["id"], "national_bank_kz");
    assert_eq!(document["rates"][0]["source"], "frankfurter");
    assert_eq!(
        document["attribution"][0]["name"],
        "National Bank of Kazakhstan via Frankfurter"
    );
    assert_eq!(document["attribution"].as_array().unwrap().len(), 1);
    let response = get(&service, "/history/usd-kzt.csv");
    assert!(text(&response).contains(",frankfurter,National Bank of Kazakhstan via Frankfurter"));
}

#[tokio::test(start_paused = true)]
async fn a_service_without_rates_answers_with_none() {
    let sample = Ticker::fixed(Snapshot::sample(), Snapshot::SAMPLE_TIME).unwrap();
    let new = FakeHosts::at("2026-04-02T20:00:00Z")
        .ticker()
        .build()
        .unwrap();
    // Today in the bank's zone.
    for (ticker, to) in [(sample, "2023-06-13"), (new, "2026-04-03")] {
        let service = ticker.service(Layout::line()).build().unwrap();
        let response = get(&service, "/history/usd-kzt.json");
        let document: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(
            (&document["to"], &document["known"]),
            (&json!(to), &Value::Null)
        );
        assert_eq!(
            (&document["rates"], &document["attribution"]),
            (&json!([]), &json!([]))
        );
        assert_eq!(
            document["gaps"],
            json!([{ "from": document["from"], "to": to }])
        );
        let csv = get(&service, "/history/usd-kzt.csv");
        assert_eq!(text(&csv).lines().count(), 1);
        assert_eq!(get(&service, "/history/usd-kgs.json").status(), 404);
    }
}

#[tokio::test(start_paused = true)]
async fn a_picture_has_the_rates_of_the_documents() {
    let hosts = super::noon();
    let ticker = hosts.ticker().build().unwrap();
    ticker.refresh(hosts.now()).await;
    let service = ticker
        .service(masthead::Layout::line().lang(masthead::strip::Lang::Kk))
        .build()
        .unwrap();
    let path = |rest: &str| format!("/history/usd-kzt.{rest}");
    let picture = get(&service, &path("svg?from=2026-04-01&to=2026-04-03"));
    assert_eq!(picture.status(), 200);
    assert_eq!(header(&picture, "content-type"), "image/svg+xml");
    assert!(header(&picture, "cache-control").starts_with("public, max-age=60"));
    assert!(text(&picture).contains("ең жоғары 475.09") && text(&picture).contains("Ұлттық Банкі"));
    assert_eq!(
        picture.headers().get("etag").map(|tag| tag.is_empty()),
        Some(false)
    );
    let english = get(&service, &path("svg?from=2026-04-01&to=2026-04-03&lang=en"));
    let history = ticker.history();
    let series = history.series(
        masthead::money::Pair::USD_KZT,
        day("2026-04-01")..=day("2026-04-03"),
    );
    let (_, highest) = series.highest().unwrap();
    assert!(
        text(&english).contains(&format!("highest {}", highest.value())),
        "{}",
        text(&english)
    );
    let csv = get(&service, &path("csv?from=2026-04-01&to=2026-04-03"));
    assert!(text(&csv).contains(&format!(",{},", highest.value())));
    for (rest, message) in [
        (
            "svg?lang=KK",
            "unknown lang \"KK\": expected a tag such as kk or zh-Hans\n",
        ),
        (
            "svg?width=1",
            "unknown parameter \"width\": expected from, to and lang\n",
        ),
        (
            "csv?lang=kk",
            "unknown parameter \"lang\": expected from and to\n",
        ),
        (
            "svg?lang=kk&lang=ru",
            "repeated parameter \"lang\": expected at most one\n",
        ),
    ] {
        let refused = get(&service, &path(rest));
        assert_eq!((refused.status().as_u16(), text(&refused)), (400, message));
    }
}
