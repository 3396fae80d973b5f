//! Approval by the operator.

use chrono::TimeDelta;
use masthead::ticker::{Evidence, GuardEvent};

use super::bank_site::{BankSite, alone};
use crate::support::day;

const EVE: &str = "2026-04-01";

#[tokio::test(start_paused = true)]
async fn the_operator_releases_a_quarantined_value() {
    let mut site = BankSite::on(EVE, 475_09, alone).await;
    let today = day("2026-04-02");
    site.market.shock("UZS", 924);
    site.publish(today, 475_50);
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    let held = site.ticker.holds();
    let report = site.ticker.approve(held[0].id).await.unwrap();
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
    let page = site.page(today);
    assert_eq!(
        site.row(&site.rates(), "UZS"),
        Some(format!("{} of {today}", page.print(page.value("UZS"))))
    );
    assert!(site.ticker.holds().is_empty());
    // The approved value is accepted when it is served again.
    site.pass(TimeDelta::minutes(31)).await;
    site.refresh().await;
    assert!(site.ticker.holds().is_empty());
    let error = site.ticker.approve(held[0].id).await.unwrap_err();
    assert!(
        error.to_string().contains(&held[0].id.to_string()),
        "{error}"
    );
}

/// All rows of a market move, after the operator has checked them.
#[tokio::test(start_paused = true)]
async fn the_operator_releases_a_market_move() {
    let mut site = BankSite::on("2015-08-20", 188_38, alone).await;
    let shock = day("2015-08-21");
    site.publish(shock, 255_26);
    site.wait_until(shock, "05:00").await;
    site.refresh().await;
    site.ticker
        .approve(site.ticker.holds()[0].id)
        .await
        .unwrap();
    assert_eq!(site.dollar(), "255.26 of 2015-08-21");
    assert!(site.ticker.holds().is_empty());
}
