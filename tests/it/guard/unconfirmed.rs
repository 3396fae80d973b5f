//! Rates shown without confirmation, each marked, and rates that are too implausible to be shown.

use std::sync::Arc;

use chrono::TimeDelta;
use masthead::source::{Cbu, DynRates};
use masthead::ticker::{Bank, Witness};

use super::bank_site::{BankSite, alone, witnessed};
use crate::fake_hosts::ok;
use crate::support::day;

const START: &str = "2026-04-02";

fn alone_or_witnessed(is_witnessed: bool) -> fn(Bank) -> Bank {
    if is_witnessed { witnessed } else { alone }
}

/// Returns the codes of the marked currencies.
fn marked(site: &BankSite) -> Vec<&'static str> {
    let rates = site.rates();
    let marked = rates.iter().filter(|rate| !rate.is_confirmed());
    marked.map(|rate| rate.pair().base().code()).collect()
}

/// Publishes a document with the Iranian rial, a currency without a known usual value.
fn publish_rial(site: &BankSite, date: &str, value: &str) {
    let body = site.page(day(date)).national_bank();
    let rial = format!(
        "<item><title>IRR</title><description>{value}</description><quant>1000</quant><change>0.00</change></item></rates>"
    );
    let body = body.replace("</rates>", &rial);
    for feed in [crate::fake_hosts::OF_DAY, crate::fake_hosts::NEWEST] {
        site.hosts.on(feed, ok(body.clone()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_start_is_marked_until_a_list_with_other_numbers() {
    let mut site = BankSite::new(START, 475_09, 0, alone, |builder| builder);
    site.publish(day(START), 475_09);
    site.refresh().await;
    assert_eq!(marked(&site).len(), site.rates().len());
    // The same list under the next day is no evidence.
    site.pass(TimeDelta::days(1)).await;
    site.refresh().await;
    assert_eq!(marked(&site).len(), site.rates().len());
    site.pass(TimeDelta::days(1)).await;
    site.publish(day("2026-04-04"), 475_60);
    site.refresh().await;
    assert_eq!(marked(&site), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_first_start_is_never_marked_where_a_witness_agrees_at_once() {
    let mut site = BankSite::new(START, 475_09, 0, witnessed, |builder| builder);
    site.publish(day(START), 475_09);
    site.witness_publishes(day(START));
    site.refresh().await;
    assert_eq!(marked(&site), [""; 0]);
    let snapshot = site.ticker.snapshot();
    let held = snapshot.rates(site.hosts.now()).unwrap();
    assert_eq!(held.fetched(), site.hosts.now(), "a mark moves no time");
}

#[tokio::test(start_paused = true)]
async fn a_witness_with_a_list_of_another_year_confirms_nothing() {
    let newest: fn(Bank) -> Bank = |bank| {
        let cbu: Arc<DynRates> = Arc::new(Cbu::newest());
        bank.witnesses([Witness::new(cbu)])
    };
    let mut site = BankSite::new(START, 475_09, 0, newest, |builder| builder);
    site.publish(day(START), 475_09);
    site.witness_publishes(day(START) + TimeDelta::days(200));
    site.refresh().await;
    assert_eq!(marked(&site).len(), site.rates().len());
    assert_eq!(site.ticker.health().denied_by, []);
}

/// The witness confirms the list, except for the row with a plausible error.
#[tokio::test(start_paused = true)]
async fn a_row_contradicted_by_the_witness_stays_marked() {
    let mut site = BankSite::new(START, 475_09, 0, witnessed, |builder| builder);
    site.publish(day(START), 475_09);
    site.witness_publishes(day(START));
    site.publish_list(site.page(day(START)).with("GBP", |line| line.value *= 2));
    site.refresh().await;
    assert_eq!(marked(&site), ["GBP"]);
}

#[tokio::test(start_paused = true)]
async fn a_currency_without_a_usual_value_is_shown_and_marked() {
    for is_witnessed in [false, true] {
        let bank = alone_or_witnessed(is_witnessed);
        let mut site = BankSite::new(START, 475_09, 0, bank, |builder| builder);
        site.publish(day(START), 475_09);
        if is_witnessed {
            // The witness has no rial, but confirms the other rows.
            site.witness_publishes(day(START));
        }
        publish_rial(&site, START, "0.4");
        site.refresh().await;
        let rial = site.row(&site.rates(), "IRR");
        assert_eq!(rial.as_deref(), Some("0.4 of 2026-04-02"));
        assert!(site.ticker.holds().is_empty());
        if is_witnessed {
            assert_eq!(marked(&site), ["IRR"]);
            assert!(site.ticker.health().is_good());
        }
        site.pass(TimeDelta::days(1)).await;
        site.publish(day("2026-04-03"), 475_60);
        publish_rial(&site, "2026-04-03", "0.4");
        site.refresh().await;
        assert_eq!(marked(&site), [""; 0], "others moved, and it stands");
    }
}

/// The marks outlive a restart, including one without a new reading.
#[tokio::test(start_paused = true)]
async fn marks_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = masthead::ticker::FileStore::new(folder.path().join("state.json"));
    let kept = store.clone();
    let mut site = BankSite::new(START, 475_09, 0, alone, |builder| builder.store(store));
    site.publish(day(START), 475_09);
    site.refresh().await;
    let again = site.hosts.ticker().cities([]).store(kept);
    site.ticker = again.bank(alone(Bank::national_bank_kz())).build().unwrap();
    let all = site.rates().len();
    assert_eq!(marked(&site).len(), all);
    site.pass(TimeDelta::minutes(20)).await;
    site.refresh().await;
    assert_eq!(marked(&site).len(), all, "the same list is no evidence");
    site.pass(TimeDelta::days(1)).await;
    site.publish(day("2026-04-03"), 475_60);
    site.refresh().await;
    assert_eq!(marked(&site), [""; 0]);
}

/// A marked currency is absent from the bank's list for a week and returns with any value, which has no confirmation.
#[tokio::test(start_paused = true)]
async fn a_currency_that_returns_is_marked_again() {
    let mut site = BankSite::on("2026-04-01", 475_00, alone).await;
    let mut today = day("2026-04-02");
    for (at, value) in [Some("0.4"), None, None, None, None, None, Some("7.2")]
        .into_iter()
        .enumerate()
    {
        site.publish(today, 475_00 + i128::try_from(at).unwrap() * 10);
        match value {
            Some(value) => publish_rial(&site, &today.to_string(), value),
            None => {
                let body = site.page(today).national_bank();
                for feed in [crate::fake_hosts::OF_DAY, crate::fake_hosts::NEWEST] {
                    site.hosts.on(feed, ok(body.clone()));
                }
            }
        }
        site.wait_until(today, "06:00").await;
        site.refresh().await;
        let expected: &[&str] = if value.is_some() { &["IRR"] } else { &[] };
        assert_eq!(marked(&site), expected, "{today}");
        today += TimeDelta::days(1);
    }
}

/// Ten times the usual value at a first start: quarantined while three publications repeat it, and no longer.
#[tokio::test(start_paused = true)]
async fn a_row_beyond_four_times_the_usual_value_waits_for_three_publications() {
    let mut site = BankSite::new(START, 475_09, 0, alone, |builder| builder);
    let mut today = day(START);
    for publication in 0..5 {
        site.publish(today, 475_09 + publication * 50);
        site.publish_list(site.page(today).with("TRY", |line| line.value *= 10));
        site.wait_until(today, "06:00").await;
        site.refresh().await;
        let lira = site.row(&site.rates(), "TRY");
        assert_eq!(lira.is_some(), publication >= 3, "{publication}: {lira:?}");
        today += TimeDelta::days(1);
    }
    assert!(site.ticker.holds().is_empty());
}

/// The same for a whole list, whose dollar is far from the usual: the tenge may have lost nine tenths of its value, or the list a
/// digit.
#[tokio::test(start_paused = true)]
async fn a_list_beyond_four_times_the_usual_value_waits_for_three_publications() {
    let mut site = BankSite::new(START, 4750_90, 0, alone, |builder| builder);
    let mut today = day(START);
    for publication in 0..5 {
        site.publish(today, 4750_90 + publication * 500);
        site.wait_until(today, "06:00").await;
        site.refresh().await;
        let snapshot = site.ticker.snapshot();
        let is_shown = snapshot.rates(site.hosts.now()).is_some();
        assert_eq!(is_shown, publication >= 3, "{publication}");
        today += TimeDelta::days(1);
    }
}

/// The witness's failure is the reason why a first start is marked, so the report has it.
#[tokio::test(start_paused = true)]
async fn a_witness_that_fails_is_in_the_report() {
    let mut site = BankSite::new(START, 475_09, 0, witnessed, |builder| builder);
    site.publish(day(START), 475_09);
    site.hosts.on("cbu.uz", crate::fake_hosts::status(503));
    let report = site.refresh().await;
    assert_eq!(marked(&site).len(), site.rates().len());
    let failed: Vec<String> = report
        .failures()
        .map(|(item, attempt)| format!("{item}: {}", attempt.source))
        .collect();
    assert_eq!(failed, ["rates: cbu"]);
    let said = report.to_string();
    assert!(said.starts_with("rates: to confirm them: cbu: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
