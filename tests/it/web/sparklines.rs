//! Sparklines of a service: the ticker keeps the days that the layout shows.

use chrono::TimeDelta;
use masthead::web::InvalidService;
use masthead::{Layout, Ticker};

use super::{get, noon, text};
use crate::fake_hosts::{NEWEST, OF_DAY, bank, ok};

#[tokio::test(start_paused = true)]
async fn a_layout_with_sparklines_makes_the_ticker_keep_their_days() {
    let hosts = noon();
    let layout = Layout::line().sparklines(30);
    let refused = hosts
        .ticker()
        .build()
        .unwrap()
        .service(layout.clone())
        .build();
    assert_eq!(
        refused.unwrap_err(),
        InvalidService::Sparklines { days: 30 }
    );
    let ticker = hosts.ticker().shows(&layout).build().unwrap();
    let report = ticker.refresh(hosts.now()).await;
    assert!(report.is_complete(), "{report}");
    let service = ticker.service(layout).build().unwrap();
    let page = get(&service, "/kk.html");
    assert!(
        text(&page)
            .contains(r#"<svg xmlns="http://www.w3.org/2000/svg" class="masthead-sparkline""#)
    );
    // The next day's page has two days.
    hosts.move_clock(TimeDelta::days(1));
    let of_friday = bank("2026-04-03", "476.00");
    hosts
        .on(OF_DAY, ok(of_friday.clone()))
        .on(NEWEST, ok(of_friday));
    ticker.refresh(hosts.now()).await;
    let page = get(&service, "/en.html");
    let page = text(&page);
    assert!(
        page.contains(r#"aria-label="2 April 2026 – 3 April 2026, first 475.09, last 476.00"#),
        "{page}"
    );
    let fixed = Ticker::fixed(masthead::Snapshot::clone(&ticker.snapshot()), hosts.now()).unwrap();
    assert!(fixed.service(Layout::line().sparklines(30)).build().is_ok());
    assert!(fixed.service(Layout::line().sparklines(7)).build().is_err());
}
