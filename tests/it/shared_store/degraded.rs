//! A store that answers, and cannot be used.

use std::time::Duration;

use masthead::ticker::Topic;
use tokio::time::sleep;

use super::leases::Fleet;
use super::memory_store::MemoryStore;
use super::{NOW, fleet_of, well};
use crate::fake_hosts::{BANK, MET, Reply, met};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn where_no_lease_can_be_held_each_server_asks_for_itself() {
    let hosts = well();
    let store = MemoryStore::new(&hosts);
    store.rows().has_no_leases = true;
    let fleet = Fleet::of(4, &hosts, &store);
    sleep(SECOND * 3 * 3600).await;
    let calls = [BANK, MET].map(|host| hosts.asked(host).len());
    // The others take over what one of them publishes, as ever.
    assert!((2..=4 * 4).contains(&calls[0]), "{calls:?}");
    assert!((3..=4 * 4).contains(&calls[1]), "{calls:?}");
    fleet.assert_alike();
    let snapshot = fleet.tickers[0].snapshot();
    let weather = snapshot.weather(&"astana".parse().unwrap()).unwrap();
    assert!(weather.age(hosts.now()) < chrono::TimeDelta::minutes(85));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_read_and_not_written_is_away_until_it_is_written() {
    let hosts = well();
    let store = MemoryStore::new(&hosts);
    let fleet = Fleet::of(2, &hosts, &store);
    sleep(SECOND * 300).await;
    store.rows().is_read_only = true;
    // By then the lease has run out, whoever held it.
    sleep(SECOND * 60).await;
    let since = || {
        fleet
            .tickers
            .iter()
            .map(|ticker| fleet_of(ticker).away_since)
    };
    let first: Vec<_> = since().collect();
    assert!(first.iter().all(Option::is_some), "{first:?}");
    for _ in 0..2 * 3600 {
        sleep(SECOND).await;
        assert!(since().eq(first.iter().copied()), "it comes and goes");
    }
    for ticker in &fleet.tickers {
        let snapshot = ticker.snapshot();
        let weather = snapshot.weather(&"astana".parse().unwrap()).unwrap();
        assert!(weather.age(hosts.now()) < chrono::TimeDelta::minutes(85));
    }
    store.rows().is_read_only = false;
    sleep(SECOND * 5).await;
    fleet.assert_alike();
    for ticker in &fleet.tickers {
        assert!(fleet_of(ticker).is_good(), "{:?}", fleet_of(ticker));
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_renewed_however_often_another_one_is_asked_about() {
    let hosts = well();
    let store = MemoryStore::new(&hosts);
    let clock = hosts.clone();
    hosts.on_each(MET, move |_| {
        let date = |seconds| {
            let at = clock.now() + chrono::TimeDelta::seconds(seconds);
            at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
        };
        let headers = vec![("date", date(0)), ("expires", date(4))];
        Reply::Answer(200, headers, met(NOW, "8.5"))
    });
    let _fleet = Fleet::of(3, &hosts, &store);
    sleep(SECOND * 5).await;
    let leader = store.leader(&Topic::Rates);
    assert!(leader.is_some());
    for second in 0..600 {
        sleep(SECOND).await;
        assert_eq!(store.leader(&Topic::Rates), leader, "after {second} s");
    }
}
