//! Corrections by the bank, first starts without history, and restarts during a quarantine.

use std::sync::{Arc, Mutex};

use chrono::{NaiveDate, TimeDelta};
use masthead::Added;
use masthead::ticker::{Evidence, GuardEvent, HoldReason, State, Store, StoreError};

use super::bank_site::{BankSite, alone, witnessed};
use super::synthetic_market::Page;
use crate::support::day;

const EVE: &str = "2026-04-01";

#[tokio::test(start_paused = true)]
async fn a_correction_by_the_bank_is_accepted_and_reported() {
    let mut site = BankSite::on(EVE, 475_09, alone).await;
    let today = day("2026-04-02");
    site.publish(today, 475_50);
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    let corrected = site
        .page(today)
        .with_each(|line| line.value += line.value / 500);
    site.publish_unchanged(corrected.clone());
    site.pass(TimeDelta::minutes(31)).await;
    let report = site.refresh().await;
    assert!(
        report
            .entries
            .iter()
            .any(|entry| entry.added == Some(Added::Corrected)),
        "{report:?}"
    );
    assert_eq!(
        site.dollar(),
        format!("{} of {today}", corrected.print(corrected.value("USD")))
    );
    assert!(site.held().is_empty());
}

/// The right number of a day was shown; then the bank replaces it by ten times the value.
#[tokio::test(start_paused = true)]
async fn an_implausible_correction_is_quarantined_and_does_not_renew_the_shown_value() {
    let mut site = BankSite::on(EVE, 475_09, alone).await;
    let today = day("2026-04-02");
    site.publish(today, 475_50);
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    let since = site
        .ticker
        .snapshot()
        .rates(site.hosts.now())
        .unwrap()
        .fetched();
    site.publish_unchanged(site.page(today).with_each(|line| line.value *= 10));
    for _ in 0..3 {
        site.pass(TimeDelta::minutes(31)).await;
        site.refresh().await;
        assert_eq!(site.dollar(), "475.50 of 2026-04-02");
    }
    let fetched = site
        .ticker
        .snapshot()
        .rates(site.hosts.now())
        .unwrap()
        .fetched();
    assert_eq!(fetched, since, "the bank does not say so any more");
}

#[tokio::test(start_paused = true)]
async fn a_first_start_is_unconfirmed_until_the_next_publication() {
    let mut site = BankSite::new(EVE, 475_09, 0, alone, |builder| builder);
    let [first, next] = [EVE, "2026-04-02"].map(day);
    site.publish(first, 475_09);
    site.refresh().await;
    assert_eq!(site.dollar(), "475.09 of 2026-04-01");
    assert_eq!(site.ticker.health().unconfirmed, Some(first));
    site.publish(next, 475_50);
    site.wait_until(next, "05:00").await;
    site.refresh().await;
    assert_eq!(site.ticker.health().unconfirmed, None);
    assert_eq!(confirmed(&site), [(first, Evidence::Next { day: next })]);
}

#[tokio::test(start_paused = true)]
async fn a_first_start_is_confirmed_by_a_witness() {
    let mut site = BankSite::new(EVE, 475_09, 0, witnessed, |builder| builder);
    let first = day(EVE);
    site.publish(first, 475_09);
    site.witness_publishes(first);
    site.refresh().await;
    assert_eq!(site.ticker.health().unconfirmed, None);
    assert!(matches!(&confirmed(&site)[..], [(day, Evidence::Witness { .. })] if *day == first));
}

/// A dollar of 4,750 tenge may be an error, and is not shown on a single source.
#[tokio::test(start_paused = true)]
async fn an_implausible_first_number_is_not_shown_however_often_it_is_repeated() {
    let mut site = BankSite::new(EVE, 4750_90, 0, alone, |builder| builder);
    let [first, next] = [EVE, "2026-04-02"].map(day);
    site.publish(first, 4750_90);
    for _ in 0..3 {
        site.refresh().await;
        assert!(site.ticker.snapshot().rates(site.hosts.now()).is_none());
        site.pass(TimeDelta::minutes(31)).await;
    }
    assert_eq!(site.ticker.holds()[0].reason, HoldReason::Implausible);
    // A repeated list is not a second source.
    site.publish_unchanged(site.page(first).echoed(next));
    site.wait_until(next, "05:00").await;
    site.refresh().await;
    assert!(site.ticker.snapshot().rates(site.hosts.now()).is_none());
    // Nor is the next publication: a repeated error looks the same.
    let third = day("2026-04-03");
    site.publish(third, 4757_00);
    site.wait_until(third, "05:00").await;
    site.refresh().await;
    assert!(site.ticker.snapshot().rates(site.hosts.now()).is_none());
    let held = site.ticker.holds().into_iter().max_by_key(|hold| hold.day);
    site.ticker.approve(held.unwrap().id).await.unwrap();
    assert_eq!(site.dollar(), "4757.00 of 2026-04-03");
}

#[tokio::test(start_paused = true)]
async fn a_first_number_contradicted_by_a_witness_is_reported() {
    let mut site = BankSite::new(EVE, 475_09, 0, witnessed, |builder| builder);
    let first = day(EVE);
    site.publish(first, 475_09);
    site.witness_publishes(first);
    // The bank's document has twice the value, which is plausible for a first number.
    let doubled = site.page(first).with_each(|line| line.value *= 2);
    site.publish_unchanged(doubled);
    site.refresh().await;
    assert_eq!(site.dollar(), "950.18 of 2026-04-01");
    let health = site.ticker.health();
    assert_eq!(
        (health.unconfirmed, health.denied_by.len()),
        (Some(first), 1)
    );
    assert!(!health.is_good());
}

#[tokio::test(start_paused = true)]
async fn an_implausible_first_number_is_shown_if_a_witness_confirms_it() {
    let mut site = BankSite::new(EVE, 4750_90, 0, witnessed, |builder| builder);
    let first = day(EVE);
    site.publish(first, 4750_90);
    site.witness_publishes(first);
    site.refresh().await;
    assert_eq!(site.dollar(), "4750.90 of 2026-04-01");
    assert_eq!(site.ticker.health().unconfirmed, None);
}

#[tokio::test(start_paused = true)]
async fn a_row_with_an_error_at_the_first_start_is_absent() {
    let mut site = BankSite::new(EVE, 475_09, 0, alone, |builder| builder);
    let first = day(EVE);
    site.publish(first, 475_09);
    let slipped = site.page(first).with("EUR", |line| line.value /= 10);
    site.publish_list(slipped);
    site.refresh().await;
    assert_eq!(site.dollar(), "475.09 of 2026-04-01");
    assert_eq!(site.row(&site.rates(), "EUR"), None);
    // The same error on the next day is still an error.
    let next = day("2026-04-02");
    site.publish(next, 475_50);
    let slipped = site.page(next).with("EUR", |line| line.value /= 10);
    site.publish_list(slipped);
    site.wait_until(next, "05:00").await;
    site.refresh().await;
    assert_eq!(site.row(&site.rates(), "EUR"), None);
    let next = day("2026-04-03");
    site.publish(next, 475_50);
    site.wait_until(next, "05:00").await;
    site.refresh().await;
    let page = site.page(next);
    let euro = format!("{} of {next}", page.print(page.value("EUR")));
    assert_eq!(site.row(&site.rates(), "EUR"), Some(euro));
}

/// The first publication was wrong but plausible; the following two agree with each other, not with it.
#[tokio::test(start_paused = true)]
async fn a_wrong_first_publication_is_not_reported_as_confirmed() {
    let mut site = BankSite::new(EVE, 475_09, 0, alone, |builder| builder);
    let mut today = day(EVE);
    for dollar in [700_00, 475_09, 475_50] {
        site.publish(today, dollar);
        // Without a change that refers to the first publication.
        let page: Page = site.page(today).echoed(today);
        site.publish_unchanged(page);
        site.wait_until(today, "06:00").await;
        site.refresh().await;
        today = today.succ_opt().unwrap();
    }
    assert_eq!(site.dollar(), "475.50 of 2026-04-03");
    assert_eq!(site.ticker.health().unconfirmed, None);
    assert_eq!(confirmed(&site), []);
}

#[tokio::test(start_paused = true)]
async fn a_restart_keeps_the_quarantine() {
    let kept = Kept::default();
    let store = kept.clone();
    let mut site =
        BankSite::with("2015-08-20", 188_38, alone, |builder| builder.store(store)).await;
    let shock = day("2015-08-21");
    site.publish(shock, 255_26);
    site.wait_until(shock, "09:32").await;
    site.refresh().await;
    let held = site.ticker.holds();
    assert_eq!(held.len(), 1);
    site.pass(TimeDelta::minutes(5)).await;
    let again = site.hosts.ticker().cities([]).store(kept.clone());
    site.ticker = again
        .bank(alone(masthead::ticker::Bank::national_bank_kz()))
        .build()
        .unwrap();
    assert_eq!(site.ticker.holds(), held);
    assert_eq!(site.dollar(), "188.38 of 2015-08-20");
    // The start of the quarantine and the usual moves are still known.
    let next = day("2015-08-22");
    site.publish(next, 256_00);
    site.wait_until(next, "05:00").await;
    site.refresh().await;
    assert_eq!(
        site.dollar(),
        "256.00 of 2015-08-22",
        "{:?}",
        site.ticker.holds()
    );
}

/// A machine that starts with the clock of another year, and a bank that answers every request with its newest numbers.
#[tokio::test(start_paused = true)]
async fn a_day_stored_by_a_wrong_clock_is_replaced() {
    let mut site = BankSite::on(EVE, 475_09, alone).await;
    let (today, wrong) = (day("2026-04-02"), day("2030-06-01"));
    site.publish_list(
        site.page(day(EVE))
            .under(wrong)
            .with_each(|line| line.value += line.value / 500),
    );
    let ahead = wrong - day(EVE);
    site.hosts.move_clock(ahead);
    site.refresh().await;
    assert!(
        site.dollar().ends_with("of 2030-06-01"),
        "{}",
        site.dollar()
    );
    site.hosts.move_clock(-ahead);
    site.pages.lock().unwrap().remove(&wrong);
    site.publish(today, 475_50);
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "475.50 of 2026-04-02");
    assert!(site.ticker.holds().is_empty());
}

/// A machine whose clock was ahead by ten minutes, or by a day, restarts with the right time.
#[tokio::test(start_paused = true)]
async fn after_a_restart_with_a_clock_set_back_the_same_numbers_are_quarantined_again() {
    for back in [TimeDelta::minutes(10), TimeDelta::days(1)] {
        let kept = Kept::default();
        let store = kept.clone();
        let mut site = BankSite::with(EVE, 475_09, alone, |builder| builder.store(store)).await;
        let today = day("2026-04-02");
        site.publish(today, 475_50);
        let slip = site.page(today).with("EUR", |line| line.value *= 2);
        let before = site.row(&site.rates(), "EUR");
        site.publish_unchanged(slip);
        site.wait_until(today, "05:00").await;
        site.refresh().await;
        assert_eq!(site.ticker.holds().len(), 1);
        site.hosts.move_clock(-back);
        let again = site.hosts.ticker().cities([]).store(kept.clone());
        let bank = alone(masthead::ticker::Bank::national_bank_kz());
        site.ticker = again.bank(bank).build().unwrap();
        // By this clock the records of the slip are ones of the future, which are not used.
        assert_eq!(site.ticker.holds(), [], "{back}");
        site.refresh().await;
        assert_eq!(site.ticker.holds().len(), 1, "{back}");
        if site.rates().day() == today {
            assert_eq!(site.row(&site.rates(), "EUR"), before, "{back}");
        }
        assert_eq!(site.rates().unconfirmed(), [], "{back}");
    }
}

fn confirmed(site: &BankSite) -> Vec<(NaiveDate, Evidence)> {
    let events = site.events.lock().unwrap();
    let confirmed = events.iter().filter_map(|(_, event)| match event {
        GuardEvent::Confirmed { day, evidence } => Some((*day, evidence.clone())),
        _ => None,
    });
    confirmed.collect()
}

/// A store that outlives a restart.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Option<State>>>);

impl Store for Kept {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn save(&self, state: &State) -> Result<(), StoreError> {
        let mut kept = self.0.lock().unwrap();
        kept.get_or_insert_default().merge(state.clone());
        Ok(())
    }
}
