//! A single refresh: all items concurrently, each published when read, an end at the deadline, and a report.

use std::time::Duration;

use masthead::money::Pair;
use masthead::snapshot::Observed;
use masthead::ticker::{Entry, Item, Report};
use masthead::weather::{City, CityId, Coordinates, Weather};
use masthead::{Added, Snapshot, SourceId, Ticker};
use tokio::time::{Instant, timeout};

use crate::fake_hosts::{
    BANK, FRANKFURTER, FakeHosts, MET, NEWEST, OF_DAY, Reply, WITNESSES, bank, cities, frankfurter,
    met, ok, status, weather_prefix, without_witnesses,
};
use crate::support::{day, time};

const DEADLINE: Duration = Duration::from_secs(9);

#[tokio::test(start_paused = true)]
async fn a_refresh_fetches_rates_next_rates_and_weather() {
    let hosts = good_day();
    let ticker = hosts
        .ticker()
        .cities(cities(&["astana", "almaty"]))
        .build()
        .unwrap();
    assert_eq!(*ticker.snapshot(), Snapshot::default());
    let report = ticker.refresh(hosts.now()).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(without_witnesses(&report), "");
    assert_eq!(report.at, time("2026-04-02T12:00:00Z"));
    let items = [
        Item::Rates,
        Item::Next,
        weather_of("almaty"),
        weather_of("astana"),
    ];
    let done: Vec<_> = report
        .entries
        .iter()
        .map(|entry| (&entry.item, entry.added))
        .collect();
    assert_eq!(
        done,
        items.each_ref().map(|item| (item, Some(Added::Changed)))
    );
    let published = report.entries.iter().map(|entry| entry.published);
    let [today, tomorrow] = [day("2026-04-02"), day("2026-04-03")].map(Some);
    let published: Vec<_> = published.collect();
    assert_eq!(published, [today, tomorrow, None, None]);

    let snapshot = ticker.snapshot();
    assert_eq!(
        dollar(&snapshot, "2026-04-02T12:00:00Z"),
        "475.09 of 2026-04-02"
    );
    let next = snapshot.next(hosts.now()).unwrap().value();
    assert_eq!(
        next.rate(Pair::USD_KZT).unwrap().value().to_string(),
        "470.13"
    );
    for city in ["astana", "almaty"] {
        let fetched = weather(&snapshot, city).unwrap().fetched();
        assert!(
            (report.at..report.at + chrono::TimeDelta::seconds(1)).contains(&fetched),
            "{city} {fetched}"
        );
    }
    let credit = snapshot.attribution(&SourceId::MET_NORWAY).unwrap();
    assert_eq!(credit.name(), "Data from MET Norway");
}

#[tokio::test(start_paused = true)]
async fn a_city_without_response_neither_delays_nor_loses_the_others() {
    for dead in [
        status(404),
        status(422),
        ok("<html>"),
        ok("{}"),
        Reply::Hang,
    ] {
        assert_others_come(dead).await;
    }
}

/// A host that fails for one place still receives requests for the others; its cool-down begins with the next refresh.
#[tokio::test(start_paused = true)]
async fn a_city_for_which_the_host_fails_does_not_lose_the_others() {
    for dead in [status(500), Reply::Broken] {
        assert_others_come(dead).await;
    }
}

async fn assert_others_come(dead: Reply) {
    let hosts = good_day();
    hosts.on(&weather_prefix("astana"), dead.clone());
    let ticker = hosts
        .ticker()
        .cities(cities(&["astana", "almaty", "oral"]))
        .build()
        .unwrap();
    let refresh = tokio::spawn({
        let (ticker, now) = (ticker.clone(), hosts.now());
        async move { ticker.refresh(now).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    for city in ["almaty", "oral"] {
        assert!(
            weather(&ticker.snapshot(), city).is_some(),
            "{city} beside {dead:?}"
        );
    }
    let report = refresh.await.unwrap();
    let failed: Vec<_> = report.failures().map(|(item, _)| item.clone()).collect();
    let confirming = vec![Item::Rates; WITNESSES.len()];
    assert_eq!(failed[..confirming.len()], confirming, "{report}");
    assert_eq!(
        failed[confirming.len()..],
        [weather_of("astana")],
        "{report}"
    );
    assert!(!report.is_complete());
}

#[tokio::test(start_paused = true)]
async fn hung_weather_does_not_delay_rates_and_the_refresh_ends_at_its_deadline() {
    let hosts = good_day();
    hosts.on(MET, Reply::Hang);
    for deadline in [Duration::from_secs(2), DEADLINE] {
        let ticker = hosts.ticker().deadline(deadline).build().unwrap();
        let started = Instant::now();
        let mut changes = ticker.changes();
        let mut refresh = Box::pin(ticker.refresh(hosts.now()));
        tokio::select! {
            change = changes.changed() => assert_eq!(change, Some(())),
            report = &mut refresh => panic!("ended before it published: {report:?}"),
        }
        assert_eq!(started.elapsed(), Duration::ZERO);
        assert!(ticker.snapshot().rates(hosts.now()).is_some());
        assert!(ticker.snapshot().next(hosts.now()).is_some());
        let report = refresh.await;
        assert_eq!(started.elapsed(), deadline);
        let late = format!(
            "weather of astana: met_norway: no answer within {}.0 s\n",
            deadline.as_secs()
        );
        assert_eq!(without_witnesses(&report), late);
        assert_eq!(report.took, deadline);
        let took = |entry: &Entry| entry.attempts[0].took;
        let took: Vec<_> = report.entries.iter().map(took).collect();
        assert_eq!(took, [Duration::ZERO, Duration::ZERO, deadline].map(Some));
        // The service rests: no request, and so no duration.
        let report = ticker.refresh(hosts.now()).await;
        let weather = report.entries.last().unwrap();
        assert_eq!(weather.attempts[0].took, None, "{report}");
    }
}

#[tokio::test(start_paused = true)]
async fn cities_are_requested_in_the_first_half_of_the_deadline_or_in_the_next_refresh() {
    let hosts = good_day();
    let all = cities(&["astana", "almaty", "oral", "aktau", "semey"]);
    let deadline = Duration::from_millis(250);
    let ticker = hosts
        .ticker()
        .cities(all)
        .deadline(deadline)
        .build()
        .unwrap();
    for (asked, postponed) in [
        (2, vec!["oral", "aktau", "semey"]),
        (4, vec!["semey", "astana", "almaty"]),
        // The city that was fetched first among those requested in one refresh.
        (6, vec!["almaty", "oral", "aktau"]),
    ] {
        let started = Instant::now();
        let report = ticker.refresh(hosts.now()).await;
        assert!(started.elapsed() <= deadline / 2, "{:?}", started.elapsed());
        assert!(report.is_complete(), "{report}");
        assert_eq!(without_witnesses(&report), "");
        let postponed: Vec<Item> = postponed.into_iter().map(weather_of).collect();
        assert_eq!(report.postponed, postponed);
        assert_eq!(hosts.requests(MET).len(), asked);
        // The bank allows four requests an hour.
        tokio::time::advance(Duration::from_secs(3600)).await;
    }
    assert_eq!(ticker.snapshot().cities().count(), 5);
}

/// The duration until `Expires` counts from the response, which is later than the request and the start of the refresh.
#[tokio::test(start_paused = true)]
async fn met_receives_no_request_before_its_response_expires() {
    let (hosts, slow) = (good_day(), Duration::from_secs(3));
    hosts.on_each(MET, move |asked| {
        let answered = asked.at + slow;
        ok(met("2026-04-02T12:00:00Z", "7.5"))
            .expiring(answered, 31)
            .late(slow)
    });
    let ticker = hosts
        .ticker()
        .cities(cities(&["astana", "almaty"]))
        .build()
        .unwrap();
    for (at, requests) in [
        ("2026-04-02T12:00:00Z", 2),
        ("2026-04-02T12:31:02Z", 2),
        ("2026-04-02T12:31:04Z", 4),
    ] {
        if time(at) > hosts.now() {
            hosts.wait_until(at).await;
        }
        ticker.refresh(time(at)).await;
        assert_eq!(hosts.requests(MET).len(), requests, "{at}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_listener_wakes_at_a_change_and_never_misses_the_last() {
    let hosts = good_day();
    let ticker = hosts.ticker().build().unwrap();
    let (mut early, mut slow) = (ticker.changes(), ticker.changes());
    let waiting = tokio::spawn(async move { timeout(DEADLINE, early.changed()).await });
    ticker.refresh(hosts.now()).await;
    assert_eq!(waiting.await.unwrap(), Ok(Some(())));
    assert_eq!(timeout(DEADLINE, slow.changed()).await, Ok(Some(())));
    let second = timeout(DEADLINE, slow.changed()).await;
    assert!(second.is_err(), "woken without a change");
    let mut listener = slow.clone();
    drop(ticker);
    assert_eq!(listener.changed().await, None);
}

#[tokio::test(start_paused = true)]
async fn two_refreshes_at_once_take_turns() {
    let hosts = good_day();
    let addresses = [
        (OF_DAY, bank("2026-04-02", "475.09")),
        (NEWEST, bank("2026-04-03", "470.13")),
    ];
    for (host, body) in addresses {
        hosts.on(host, ok(body).late(Duration::from_secs(2)));
    }
    let (ticker, now) = (hosts.ticker().build().unwrap(), hosts.now());
    let reports: (Report, Report) = tokio::join!(ticker.refresh(now), ticker.refresh(now));
    assert!(reports.0.is_complete() && reports.1.is_complete());
    let seconds: Vec<_> = hosts
        .requests(BANK)
        .iter()
        .map(|asked| (asked.at - now).num_seconds())
        .collect();
    assert_eq!(seconds, [0, 0, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_report_names_every_failure_and_its_cause() {
    let hosts = good_day();
    hosts
        .on(OF_DAY, status(503))
        .on(NEWEST, ok("<html>"))
        .on(FRANKFURTER, Reply::Hang);
    hosts
        .on(&weather_prefix("astana"), status(404))
        .on(&weather_prefix("almaty"), Reply::Broken);
    let ticker = hosts
        .ticker()
        .cities(cities(&["astana", "almaty"]))
        .build()
        .unwrap();
    let report = ticker.refresh(hosts.now()).await;
    let expected = "\
rates: national_bank_kz: cannot read national_bank_kz: it answered 503 Service Unavailable
rates: frankfurter: no answer within 9.0 s
next rates: national_bank_kz: cannot read national_bank_kz: the root element is <html>, expected <rates> or <rss>
weather of almaty: met_norway: the answer broke off: cut
weather of astana: met_norway: cannot read met_norway: it answered 404 Not Found
";
    assert_eq!(report.to_string(), expected);
    assert_eq!(report.failures().count(), 5);

    // A source in cool-down is named as long as no good value replaces its reading.
    hosts.on(FRANKFURTER, ok(frankfurter("2026-04-02", "475.09")));
    let report = ticker
        .refresh(hosts.now() + chrono::TimeDelta::seconds(20))
        .await;
    let resting = "national_bank_kz: resting until 2026-04-02 12:00:30 UTC";
    assert!(
        report
            .to_string()
            .contains(&format!("next rates: {resting}\n")),
        "{report}"
    );
    assert!(
        !report
            .to_string()
            .contains(&format!("\nrates: {resting}\n")),
        "{report}"
    );
}

/// Thursday, 17:00 in Astana: today's and tomorrow's rates, and the weather of all cities.
pub(crate) fn good_day() -> FakeHosts {
    let hosts = FakeHosts::at("2026-04-02T12:00:00Z");
    hosts
        .on(OF_DAY, ok(bank("2026-04-02", "475.09")))
        .on(NEWEST, ok(bank("2026-04-03", "470.13")))
        .on(FRANKFURTER, ok(frankfurter("2026-04-02", "475.09")))
        .on(MET, ok(met("2026-04-02T12:00:00Z", "7.5")));
    hosts
}

#[track_caller]
pub(crate) fn dollar(snapshot: &Snapshot, now: &str) -> String {
    let rates = snapshot.rates(time(now)).expect("rates").value();
    let rate = rates.rate(Pair::USD_KZT).expect("a dollar");
    format!("{} of {}", rate.value(), rates.day())
}

pub(crate) fn weather<'a>(snapshot: &'a Snapshot, city: &str) -> Option<&'a Observed<Weather>> {
    snapshot.weather(&city.parse::<CityId>().unwrap())
}

pub(crate) fn weather_of(city: &str) -> Item {
    Item::Weather(city.parse().unwrap())
}

/// Clones of a ticker share its state.
#[test]
fn clones_share_one_snapshot() {
    let ticker = Ticker::builder("tests").build().unwrap();
    let (one, other) = (
        ticker.snapshot().to_arc(),
        ticker.clone().snapshot().to_arc(),
    );
    assert!(std::sync::Arc::ptr_eq(&one, &other));
}

#[tokio::test(start_paused = true)]
async fn a_fixed_ticker_shows_its_snapshot_and_requests_nothing() {
    let hosts = good_day();
    let source = hosts.ticker().cities(cities(&["almaty"])).build().unwrap();
    source.refresh(hosts.now()).await;
    let snapshot = Snapshot::clone(&source.snapshot());
    let requests = hosts.requests("").len();

    let ticker = Ticker::fixed(snapshot.clone(), hosts.now()).unwrap();
    assert_eq!(*ticker.snapshot(), snapshot);
    assert_eq!(ticker.now(), hosts.now());
    let report = ticker.refresh(hosts.now()).await;
    assert!(
        report.is_complete() && report.entries.is_empty(),
        "{report}"
    );
    let run = timeout(Duration::from_secs(7 * 86_400), ticker.run());
    assert!(run.await.is_err());
    assert_eq!(*ticker.snapshot(), snapshot);
    assert_eq!(hosts.requests("").len(), requests);

    let empty = Ticker::fixed(Snapshot::default(), hosts.now()).unwrap();
    assert_eq!(*empty.snapshot(), Snapshot::default());
}

#[test]
fn an_upstream_beside_a_transport_is_an_error() {
    let hosts = good_day();
    let both = hosts.ticker().upstream("http://127.0.0.1:9");
    let error = both.build().unwrap_err().to_string();
    let said = "`upstream` is set beside `transport`: only the bundled transport sends its requests to an upstream";
    assert_eq!(error, said);
}

#[test]
fn two_cities_of_one_id_are_an_error() {
    let place = Coordinates::new(51.2, 71.4).unwrap();
    let desk = City::new("astana", "Astana", place, chrono_tz::Asia::Almaty).unwrap();
    let cities = [City::find("astana").unwrap().clone(), desk];
    let error = good_day().ticker().cities(cities).build().unwrap_err();
    assert_eq!(error.to_string(), "two of the cities have the id astana");
}
