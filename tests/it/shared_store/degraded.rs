//! A store that answers but cannot be used.

use std::time::Duration;

use masthead::ticker::shared::Topic;
use tokio::time::sleep;

use super::leases::Fleet;
use super::test_store::TestStore;
use super::{NOW, fleet_of, healthy_hosts};
use crate::fake_hosts::{BANK, MET, Reply, met};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn without_leases_each_node_fetches_for_itself() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    store.state().has_no_leases = true;
    let fleet = Fleet::of(4, &hosts, &store);
    sleep(SECOND * 3 * 3600).await;
    let calls = [BANK, MET].map(|host| hosts.requests(host).len());
    // The other nodes adopt the values that one of them publishes, as always.
    assert!((2..=4 * 4).contains(&calls[0]), "{calls:?}");
    assert!((3..=4 * 4).contains(&calls[1]), "{calls:?}");
    fleet.assert_alike();
    let snapshot = fleet.tickers[0].snapshot();
    let weather = snapshot.weather(&"astana".parse().unwrap()).unwrap();
    assert!(weather.age(hosts.now()) < chrono::TimeDelta::minutes(85));
}

#[tokio::test(start_paused = true)]
async fn a_read_only_store_counts_as_away_until_a_write_succeeds() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
    let fleet = Fleet::of(2, &hosts, &store);
    sleep(SECOND * 300).await;
    store.state().is_read_only = true;
    // By then the lease has ended, whichever node held it.
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
    store.state().is_read_only = false;
    sleep(SECOND * 5).await;
    fleet.assert_alike();
    for ticker in &fleet.tickers {
        assert!(fleet_of(ticker).is_good(), "{:?}", fleet_of(ticker));
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_renewed_while_others_are_requested_often() {
    let hosts = healthy_hosts();
    let store = TestStore::new(&hosts);
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
