//! Good values stay through later failures, and a worse reading does not replace them.

use chrono::TimeDelta;
use masthead::Freshness;
use masthead::money::{Method, Pair};
use masthead::ticker::Bank;

use crate::fake_hosts::{
    BANK, FRANKFURTER, MET, NEWEST, OF_DAY, Reply, bank, cities, frankfurter, met, ok, status,
    without_witnesses,
};
use crate::support::time;
use crate::ticker::{dollar, good_day};

#[tokio::test(start_paused = true)]
async fn good_values_stay_through_later_failures() {
    let hosts = good_day();
    let ticker = hosts
        .ticker()
        .cities(cities(&["astana", "almaty"]))
        .build()
        .unwrap();
    let report = ticker.refresh(hosts.now()).await;
    assert!(report.is_complete(), "{report}");
    let good = ticker.snapshot().to_arc();
    let half = |body: String| ok(&body[..body.len() / 2]);
    let everywhere = |reply: Reply| [BANK, FRANKFURTER, MET].map(|host| (host, reply.clone()));
    for (at, replies) in [
        ("13:30", everywhere(ok("<html>502 Bad Gateway</html>"))),
        ("14:30", everywhere(status(503))),
        ("15:30", everywhere(Reply::Hang)),
        (
            "16:30",
            [
                (BANK, half(bank("2026-04-02", "1.00"))),
                (FRANKFURTER, half(frankfurter("2026-04-02", "1.00"))),
                (MET, half(met("2026-04-02T16:00:00Z", "-50"))),
            ],
        ),
        ("17:30", everywhere(Reply::Broken)),
        ("18:30", everywhere(ok(""))),
    ] {
        hosts.wait_until(&format!("2026-04-02T{at}:00Z")).await;
        for (host, reply) in replies {
            hosts.on(host, reply);
        }
        let report = ticker.refresh(hosts.now()).await;
        assert!(
            report.entries.iter().all(|entry| !entry.is_good()),
            "{at}: {report}"
        );
        assert_eq!(*ticker.snapshot(), *good, "{at}");
    }
}

#[tokio::test(start_paused = true)]
async fn next_takes_over_at_the_banks_midnight_without_a_fetch() {
    let hosts = good_day();
    let ticker = hosts.ticker().build().unwrap();
    ticker.refresh(hosts.now()).await;
    let (snapshot, asked) = (ticker.snapshot(), hosts.requests("").len());
    for (now, expected) in [
        ("2026-04-02T18:59:59Z", "475.09 of 2026-04-02"),
        ("2026-04-02T19:00:00Z", "470.13 of 2026-04-03"),
        ("2026-04-09T19:00:00Z", "470.13 of 2026-04-03"),
    ] {
        assert_eq!(dollar(&snapshot, now), expected, "{now}");
        assert_eq!(
            snapshot.next(time(now)).is_some(),
            expected.ends_with("02"),
            "{now}"
        );
    }
    assert_eq!(hosts.requests("").len(), asked);
}

#[tokio::test(start_paused = true)]
async fn the_second_route_never_takes_the_place_of_the_banks_own_or_of_a_newer_day() {
    let hosts = good_day();
    // Here the second route is configured for the dollar only, so its list has fewer rows than the bank's: it replaces nothing.
    let ticker = hosts
        .ticker()
        .bank(Bank::national_bank_kz().newest([]))
        .pairs([Pair::USD_KZT])
        .build()
        .unwrap();
    for (at, bank_says, route_says, shown, method) in [
        (
            "2026-04-02T12:30:00Z",
            Some("2026-04-02 475.09"),
            None,
            "475.09 of 2026-04-02",
            Method::Published,
        ),
        (
            "2026-04-02T13:30:00Z",
            None,
            Some("2026-04-02 475.10"),
            "475.09 of 2026-04-02",
            Method::Published,
        ),
        (
            "2026-04-02T14:30:00Z",
            None,
            Some("2026-04-01 474.00"),
            "475.09 of 2026-04-02",
            Method::Published,
        ),
        (
            "2026-04-02T19:30:00Z",
            None,
            Some("2026-04-03 470.12"),
            "470.12 of 2026-04-03",
            Method::Computed,
        ),
        (
            "2026-04-02T20:30:00Z",
            None,
            Some("2026-04-02 475.10"),
            "470.12 of 2026-04-03",
            Method::Computed,
        ),
        (
            "2026-04-02T21:30:00Z",
            Some("2026-04-03 470.13"),
            None,
            "470.13 of 2026-04-03",
            Method::Published,
        ),
    ] {
        hosts.wait_until(at).await;
        hosts.on(
            OF_DAY,
            bank_says.map_or(status(503), |said| publication(bank, said)),
        );
        hosts.on(
            FRANKFURTER,
            route_says.map_or(status(503), |said| publication(frankfurter, said)),
        );
        let report = ticker.refresh(hosts.now()).await;
        assert!(report.is_complete(), "{at}: {report}");
        assert_eq!(dollar(&ticker.snapshot(), at), shown, "{at}");
        let snapshot = ticker.snapshot();
        assert_eq!(
            snapshot
                .rates(hosts.now())
                .unwrap()
                .value()
                .publication()
                .method,
            method,
            "{at}"
        );
    }
}

fn publication(body: fn(&str, &str) -> String, said: &str) -> Reply {
    let (day, dollar) = said.split_once(' ').unwrap();
    ok(body(day, dollar))
}

#[tokio::test(start_paused = true)]
async fn a_publication_too_far_ahead_is_refused_and_reported() {
    let hosts = good_day();
    hosts.on(NEWEST, ok(bank("2026-04-17", "1.00")));
    let ticker = hosts.ticker().build().unwrap();
    let report = ticker.refresh(hosts.now()).await;
    assert_eq!(
        without_witnesses(&report),
        "next rates: national_bank_kz: refused: rates of 2026-04-17, more than 14 days ahead of 2026-04-02\n"
    );
    assert!(ticker.snapshot().next(hosts.now()).is_none());
    assert!(!report.is_complete());
}

/// The bank's limit is the only one.
#[tokio::test(start_paused = true)]
async fn a_bank_may_publish_further_ahead_than_the_default() {
    let hosts = good_day();
    hosts.on(NEWEST, ok(bank("2026-04-20", "470.13")));
    let bank = Bank::national_bank_kz().days_ahead(20);
    let ticker = hosts.ticker().bank(bank).build().unwrap();
    let report = ticker.refresh(hosts.now()).await;
    assert!(report.is_complete(), "{report}");
    let snapshot = ticker.snapshot();
    let next = snapshot.next(hosts.now()).unwrap();
    assert_eq!(next.value().day(), crate::support::day("2026-04-20"));
}

/// A stale cache in front of the service.
#[tokio::test(start_paused = true)]
async fn a_forecast_of_past_days_does_not_replace_todays() {
    let hosts = good_day();
    let ticker = hosts
        .ticker()
        .bank(Bank::national_bank_kz().newest([]))
        .build()
        .unwrap();
    hosts.on(MET, ok(met("2026-03-20T12:00:00Z", "-1.5")));
    let report = ticker.refresh(hosts.now()).await;
    assert_eq!(
        without_witnesses(&report),
        "weather of astana: the forecast has run out, at 2026-03-22 12:00:00 UTC\n"
    );
    assert!(!report.is_complete());
    let health = ticker.health();
    let astana = &health.items[1];
    assert_eq!(astana.freshness, Freshness::Absent);
    assert_eq!(astana.ended, Some(time("2026-03-22T12:00:00Z")));
    hosts.on(MET, ok(met("2026-04-02T12:00:00Z", "7.5")));
    ticker.refresh(hosts.now()).await;

    hosts.wait_until("2026-04-02T13:05:00Z").await;
    let good = ticker.snapshot().to_arc();
    let city = cities(&["astana"])[0].id().clone();
    for from in [
        "2026-03-20T12:00:00Z",
        "2026-03-31T11:00:00Z",
        "2026-04-09T12:00:00Z",
    ] {
        hosts.on(MET, ok(met(from, "-1.5")));
        let report = ticker.refresh(hosts.now()).await;
        let text = "weather of astana: refused, it is an earlier computation, or does not cover the rest of the day\n";
        assert_eq!(without_witnesses(&report), text, "{from}");
        assert!(!report.is_complete(), "{from}");
        assert_eq!(
            ticker.snapshot().weather(&city),
            good.weather(&city),
            "{from}"
        );
    }
    // An earlier computation is refused also if its last hour is the current one.
    hosts.on(MET, ok(met("2026-03-31T14:00:00Z", "8.5")));
    let report = ticker.refresh(hosts.now()).await;
    assert!(!report.is_complete(), "{report}");
    assert_eq!(ticker.snapshot().weather(&city), good.weather(&city));
    // A later one replaces it.
    hosts.on(MET, ok(met("2026-04-02T13:00:00Z", "8.5")));
    ticker.refresh(hosts.now()).await;
    assert_ne!(ticker.snapshot().weather(&city), good.weather(&city));
}

/// While the clock is a day ahead, the bank and the weather service repeat their answers.
#[tokio::test(start_paused = true)]
async fn a_clock_that_was_ahead_leaves_no_value_fetched_in_the_future() {
    let hosts = good_day();
    let ticker = hosts.ticker().cities(cities(&["astana"])).build().unwrap();
    ticker.refresh(hosts.now()).await;
    let good = ticker.snapshot().to_arc();
    hosts.move_clock(TimeDelta::days(1));
    ticker.refresh(hosts.now()).await;
    assert!(
        ticker.snapshot().rates(hosts.now()).unwrap().fetched()
            > good.rates(hosts.now()).unwrap().fetched()
    );
    hosts.move_clock(-TimeDelta::days(1) + TimeDelta::minutes(1));
    for host in [BANK, FRANKFURTER, MET] {
        hosts.on(host, status(503));
    }
    ticker.refresh(hosts.now()).await;
    let (now, snapshot) = (hosts.now(), ticker.snapshot());
    let rate = |snapshot: &masthead::Snapshot| {
        let rates = snapshot.rates(now).unwrap().value();
        rates.rate(Pair::USD_KZT).unwrap().to_string()
    };
    assert_eq!(rate(&snapshot), rate(&good));
    let fetched = snapshot.rates(now).unwrap().fetched();
    assert_eq!(fetched, good.rates(now).unwrap().fetched());
    for city in snapshot.cities() {
        let fetched = snapshot.weather(city).unwrap().fetched();
        assert_eq!(fetched, good.weather(city).unwrap().fetched());
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_configured_pairs_are_kept() {
    let hosts = good_day();
    let pairs = [Pair::USD_KZT, Pair::EUR_KZT, "sek/kzt".parse().unwrap()];
    let ticker = hosts.ticker().pairs(pairs).build().unwrap();
    ticker.refresh(hosts.now()).await;
    let snapshot = ticker.snapshot();
    for rates in [snapshot.rates(hosts.now()), snapshot.next(hosts.now())] {
        let kept: Vec<_> = rates
            .unwrap()
            .value()
            .iter()
            .map(|rate| rate.pair())
            .collect();
        assert_eq!(kept, [Pair::EUR_KZT, Pair::USD_KZT]);
    }

    let ticker = hosts
        .ticker()
        .bank(Bank::national_bank_kz().newest([]))
        .pairs(["sek/kzt".parse().unwrap()])
        .build()
        .unwrap();
    let report = ticker.refresh(hosts.now()).await;
    assert_eq!(
        report.to_string(),
        "rates: national_bank_kz: cannot read national_bank_kz: none of the pairs asked for is in the publication\n"
    );
}

#[tokio::test(start_paused = true)]
async fn the_validators_of_yesterdays_address_are_not_sent_to_todays() {
    let hosts = good_day();
    hosts.wait_until("2026-04-02T18:30:00Z").await;
    let Reply::Answer(code, _, body) = ok(bank("2026-04-02", "475.09")) else {
        unreachable!()
    };
    let tagged = Reply::Answer(code, vec![("etag", "\"2 April\"".into())], body);
    hosts.on(OF_DAY, tagged.expiring(hosts.now(), 120));
    let ticker = hosts
        .ticker()
        .bank(Bank::national_bank_kz().newest([]))
        .build()
        .unwrap();
    ticker.refresh(hosts.now()).await;
    hosts.wait_until("2026-04-02T19:01:00Z").await;
    hosts.on(OF_DAY, ok(bank("2026-04-03", "470.13")));
    ticker.refresh(hosts.now()).await;
    let asked = hosts.requests(OF_DAY);
    assert!(
        asked.last().unwrap().address.ends_with("fdate=03.04.2026"),
        "{asked:?}"
    );
    assert!(asked.last().unwrap().headers.is_empty(), "{asked:?}");
}
