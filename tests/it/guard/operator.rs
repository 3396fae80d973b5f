//! What the operator approves.

use chrono::TimeDelta;
use masthead::ticker::{Evidence, GuardEvent};

use super::desk::{Desk, alone};
use crate::support::day;

const EVE: &str = "2026-04-01";

#[tokio::test(start_paused = true)]
async fn the_operator_releases_what_is_held() {
    let mut desk = Desk::on(EVE, 475_09, alone).await;
    let today = day("2026-04-02");
    desk.economy.shock("UZS", 924);
    desk.publish(today, 475_50);
    desk.wait_until(today, "05:00").await;
    desk.refresh().await;
    let held = desk.ticker.holds();
    let report = desk.ticker.approve(held[0].id).await.unwrap();
    let released = &report.entries[0].events[..];
    assert!(
        matches!(
            released,
            [GuardEvent::Released {
                evidence: Evidence::Approved,
                ..
            }]
        ),
        "{released:?}"
    );
    let page = desk.page(today);
    assert_eq!(
        desk.row(&desk.rates(), "UZS"),
        Some(format!("{} of {today}", page.print(page.value("UZS"))))
    );
    assert!(desk.ticker.holds().is_empty());
    // What is served again is what is believed.
    desk.pass(TimeDelta::minutes(31)).await;
    desk.refresh().await;
    assert!(desk.ticker.holds().is_empty());
    let error = desk.ticker.approve(held[0].id).await.unwrap_err();
    assert!(
        error.to_string().contains(&held[0].id.to_string()),
        "{error}"
    );
}

/// The whole of a shock, all rows: the operator has looked at it.
#[tokio::test(start_paused = true)]
async fn the_operator_releases_a_shock() {
    let mut desk = Desk::on("2015-08-20", 188_38, alone).await;
    let shock = day("2015-08-21");
    desk.publish(shock, 255_26);
    desk.wait_until(shock, "05:00").await;
    desk.refresh().await;
    desk.ticker
        .approve(desk.ticker.holds()[0].id)
        .await
        .unwrap();
    assert_eq!(desk.dollar(), "255.26 of 2015-08-21");
    assert!(desk.ticker.holds().is_empty());
}
