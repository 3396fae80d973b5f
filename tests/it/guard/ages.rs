//! The displayed age of a value: that of its own source's last response.

use chrono::TimeDelta;
use masthead::Freshness;
use masthead::ticker::{Hold, HoldReason};

use super::bank_site::{BankSite, alone};
use crate::fake_hosts::{BANK, FRANKFURTER, ok, status};
use crate::support::day;

/// A repetition by another source is not a response of the bank: the ages of displayed and quarantined values stay.
#[tokio::test(start_paused = true)]
async fn a_repetition_by_the_second_route_does_not_renew_any_age() {
    let mut site = BankSite::on("2026-04-01", 475_00, |bank| bank.witnesses([])).await;
    let today = day("2026-04-02");
    // One row has an error, so that the list is shown without it and the row is quarantined.
    site.publish(today, 475_50);
    let slipped = site.page(today).with("EUR", |line| line.value /= 10);
    site.publish_list(slipped.clone());
    site.wait_until(today, "06:00").await;
    site.refresh().await;
    assert_eq!(site.ticker.holds().len(), 1);
    let shown = |site: &BankSite| {
        let snapshot = site.ticker.snapshot();
        let held = snapshot.rates(site.hosts.now()).unwrap();
        let rates = site.ticker.policy().of_rates(held, site.hosts.now());
        (held.fetched(), held.valid(), rates)
    };
    let (fetched, valid, freshness) = shown(&site);
    assert_eq!(freshness, Freshness::Fresh);
    // The bank stops answering; the second route repeats the same day for every request.
    site.hosts.on(BANK, status(503));
    let body = slipped.frankfurter();
    site.hosts.on_each(FRANKFURTER, move |_| ok(body.clone()));
    for days in 1..=10 {
        site.wait_until(today + TimeDelta::days(days), "06:00")
            .await;
        site.refresh().await;
        let (again, valid_again, freshness) = shown(&site);
        assert_eq!((again, valid_again), (fetched, valid), "after {days} days");
        assert!(freshness > Freshness::Fresh, "after {days} days");
        assert!(!site.ticker.health().is_good());
    }
}

/// The other source has fewer currencies than the bank: the other rows stay, each with its own day.
#[tokio::test(start_paused = true)]
async fn the_second_route_with_fewer_rows_keeps_the_other_rows_with_their_days() {
    let mut site = BankSite::on("2026-04-01", 475_00, |bank| bank.witnesses([])).await;
    let today = day("2026-04-02");
    let before = site.rates();
    site.publish(today, 475_50);
    site.hosts.on(BANK, status(503));
    let two = format!(
        r#"[{{"date":"{today}","base":"USD","quote":"EUR","rate":0.86000}},{{"date":"{today}","base":"USD","quote":"KZT","rate":475.5}}]"#
    );
    site.hosts.on_each(FRANKFURTER, move |_| ok(two.clone()));
    site.wait_until(today, "06:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "475.5 of 2026-04-02");
    let shown = site.rates();
    assert_eq!(shown.len(), before.len());
    for row in before.rows() {
        let own_day = shown.day_of(row.currency);
        let has_answer = ["USD", "EUR"].contains(&row.currency.code());
        assert_eq!(own_day == today, has_answer, "{}", row.currency);
    }
}

/// Today's feed has an error and tomorrow's does not: both are fetched all evening, and the log has one event.
#[tokio::test(start_paused = true)]
async fn a_quarantined_value_of_today_is_reported_once() {
    let mut site = BankSite::on("2026-04-01", 475_00, |bank| bank.witnesses([])).await;
    let (today, next) = (day("2026-04-02"), day("2026-04-03"));
    site.publish(today, 475_50);
    site.publish_list(site.page(today).with("EUR", |line| line.value *= 10));
    site.wait_until(today, "10:40").await;
    site.refresh().await;
    site.publish(next, 475_70);
    for _ in 0..8 {
        site.pass(TimeDelta::minutes(31)).await;
        site.refresh().await;
    }
    assert_eq!(site.held().len(), 1, "{:?}", site.held());
    assert_eq!(site.ticker.holds().len(), 1);
    site.wait_until(next, "06:00").await;
    site.refresh().await;
    assert!(site.ticker.holds().is_empty());
}

/// An approved value is as old as the response that contained it.
#[tokio::test(start_paused = true)]
async fn an_approved_value_is_as_old_as_its_response() {
    let mut site = BankSite::on("2026-04-01", 475_00, alone).await;
    let today = day("2026-04-02");
    site.publish(today, 640_00);
    site.wait_until(today, "04:00").await;
    site.refresh().await;
    let read = site.hosts.now();
    let [hold] = &site.ticker.holds()[..] else {
        panic!("{:?}", site.ticker.holds());
    };
    site.hosts.on(BANK, status(503));
    site.pass(TimeDelta::hours(7)).await;
    site.ticker.approve(hold.id).await.unwrap();
    assert_eq!(site.dollar(), "640.00 of 2026-04-02");
    let snapshot = site.ticker.snapshot();
    assert_eq!(snapshot.rates(site.hosts.now()).unwrap().fetched(), read);
}

/// A second route repeats a row of the bank's lists. Most rows of the bank's own list have moved since they were last read, which says
/// nothing of a repetition that is shown.
#[tokio::test(start_paused = true)]
async fn a_repetition_that_is_shown_stays_while_the_bank_s_own_list_is_quarantined() {
    let mut site = BankSite::on("2015-08-20", 188_38, |bank| bank.witnesses([])).await;
    let shock = day("2015-08-21");
    let next = shock + TimeDelta::days(1);
    // The bank does not answer on the day of the shock.
    site.hosts.on(BANK, status(503));
    for (today, dollar, shown) in [
        (shock, 255_26, "188.38 of 2015-08-20"),
        (next, 256_00, "256 of 2015-08-22"),
    ] {
        site.publish(today, dollar);
        let mut repeated = site.page(today);
        repeated.lines.retain(|line| line.code == "USD");
        site.hosts.on(FRANKFURTER, ok(repeated.frankfurter()));
        site.wait_until(today, "04:00").await;
        site.refresh().await;
        assert_eq!(site.dollar(), shown, "{:?}", site.ticker.holds());
    }
    site.hosts.on(BANK, ok(site.page(next).national_bank()));
    site.wait_until(next, "06:00").await;
    site.refresh().await;
    let holds = site.ticker.holds();
    let is_whole = |hold: &Hold| matches!(hold.reason, HoldReason::Common { .. });
    assert!(holds.iter().any(is_whole), "{holds:?}");
    assert_eq!(site.dollar(), "256 of 2015-08-22");
    site.hosts.on(BANK, status(503));
    site.wait_until(next, "08:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "256 of 2015-08-22");
}
