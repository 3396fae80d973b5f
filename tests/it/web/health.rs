//! The health report for strangers, and the whole one.

use masthead::Layout;
use masthead::ticker::shared::MemoryStore;
use masthead::ticker::{State, Store, StoreError};

use super::{get, noon, text};
use crate::fake_hosts::{FRANKFURTER, NEWEST, OF_DAY, bank, ok, status};

#[tokio::test(start_paused = true)]
async fn health_has_details_only_if_they_are_switched_on() {
    #[derive(Debug)]
    struct Full;
    impl Store for Full {
        fn load(&self) -> Result<Option<State>, StoreError> {
            Ok(None)
        }
        fn save(&self, _: &State) -> Result<(), StoreError> {
            Err(StoreError::new("/var/lib/s3cret.ledger: disk full"))
        }
    }
    let hosts = noon();
    hosts.on(OF_DAY, ok("a p4ge, not a list"));
    hosts.on(FRANKFURTER, status(503));
    hosts.on(NEWEST, ok(bank("2026-04-02", "4750.90")));
    let ticker = hosts.ticker().store(Full).fleet(MemoryStore::default());
    let ticker = ticker.node("n0de").build().unwrap();
    ticker.refresh(hosts.now()).await;
    let service = ticker.service(Layout::line()).build().unwrap();
    let summary = get(&service, "/health");
    let detailed = ticker.service(Layout::line()).health_details(true);
    let detailed = detailed.build().unwrap();
    let details = get(&detailed, "/health");
    assert_eq!(summary.status(), details.status());
    let (summary, details) = (text(&summary), text(&details));
    for detail in ["s3cret", "n0de", "4750.9", "cannot read"] {
        assert!(!summary.contains(detail), "{detail}: {summary}");
        assert!(details.contains(detail), "{detail}: {details}");
    }
    for part in [
        r#""item":"rates""#,
        r#""item":"weather of astana""#,
        r#""quarantined":1"#,
        r#""store_works":false"#,
        r#""fleet_agrees":"#,
        r#""failures":{""#,
    ] {
        assert!(summary.contains(part), "{part}: {summary}");
    }
}
