//! Corrections, starts without a past, and restarts in the middle of a hold.

use std::sync::{Arc, Mutex};

use chrono::{NaiveDate, TimeDelta};
use masthead::Added;
use masthead::ticker::{Evidence, GuardEvent, HoldReason, State, Store, StoreError};

use super::desk::{Desk, alone, witnessed};
use super::economy::Page;
use crate::support::day;

const EVE: &str = "2026-04-01";

#[tokio::test(start_paused = true)]
async fn a_bank_that_corrects_itself_is_believed_and_told_of() {
    let mut desk = Desk::on(EVE, 475_09, alone).await;
    let today = day("2026-04-02");
    desk.publish(today, 475_50);
    desk.wait_until(today, "05:00").await;
    desk.refresh().await;
    let corrected = desk
        .page(today)
        .with_each(|line| line.value += line.value / 500);
    desk.put_as_it_is(corrected.clone());
    desk.pass(TimeDelta::minutes(31)).await;
    let report = desk.refresh().await;
    assert!(
        report
            .entries
            .iter()
            .any(|entry| entry.added == Some(Added::Corrected)),
        "{report:?}"
    );
    assert_eq!(
        desk.dollar(),
        format!("{} of {today}", corrected.print(corrected.value("USD")))
    );
    assert!(desk.held().is_empty());
}

/// The right number of a day was shown; the bank takes it back for one tenfold.
#[tokio::test(start_paused = true)]
async fn a_correction_for_the_worse_is_held_and_does_not_renew_what_is_shown() {
    let mut desk = Desk::on(EVE, 475_09, alone).await;
    let today = day("2026-04-02");
    desk.publish(today, 475_50);
    desk.wait_until(today, "05:00").await;
    desk.refresh().await;
    let since = desk
        .ticker
        .snapshot()
        .rates(desk.world.now())
        .unwrap()
        .fetched();
    desk.put_as_it_is(desk.page(today).with_each(|line| line.value *= 10));
    for _ in 0..3 {
        desk.pass(TimeDelta::minutes(31)).await;
        desk.refresh().await;
        assert_eq!(desk.dollar(), "475.50 of 2026-04-02");
    }
    let fetched = desk
        .ticker
        .snapshot()
        .rates(desk.world.now())
        .unwrap()
        .fetched();
    assert_eq!(fetched, since, "the bank does not say so any more");
}

#[tokio::test(start_paused = true)]
async fn a_start_without_a_past_is_unconfirmed_until_the_next_publication() {
    let mut desk = Desk::new(EVE, 475_09, 0, alone, |builder| builder);
    let [first, next] = [EVE, "2026-04-02"].map(day);
    desk.publish(first, 475_09);
    desk.refresh().await;
    assert_eq!(desk.dollar(), "475.09 of 2026-04-01");
    assert_eq!(desk.ticker.health().unconfirmed, Some(first));
    desk.publish(next, 475_50);
    desk.wait_until(next, "05:00").await;
    desk.refresh().await;
    assert_eq!(desk.ticker.health().unconfirmed, None);
    assert_eq!(confirmed(&desk), [(first, Evidence::Next { day: next })]);
}

#[tokio::test(start_paused = true)]
async fn a_start_without_a_past_is_confirmed_by_a_witness() {
    let mut desk = Desk::new(EVE, 475_09, 0, witnessed, |builder| builder);
    let first = day(EVE);
    desk.publish(first, 475_09);
    desk.witness_prints(first);
    desk.refresh().await;
    assert_eq!(desk.ticker.health().unconfirmed, None);
    assert!(matches!(&confirmed(&desk)[..], [(day, Evidence::Witness { .. })] if *day == first));
}

/// A dollar of 4,750 tenge is no slip that can be ruled out, and not shown on one word.
#[tokio::test(start_paused = true)]
async fn a_start_outside_of_what_is_plausible_shows_nothing_however_often_it_is_said() {
    let mut desk = Desk::new(EVE, 4750_90, 0, alone, |builder| builder);
    let [first, next] = [EVE, "2026-04-02"].map(day);
    desk.publish(first, 4750_90);
    for _ in 0..3 {
        desk.refresh().await;
        assert!(desk.ticker.snapshot().rates(desk.world.now()).is_none());
        desk.pass(TimeDelta::minutes(31)).await;
    }
    assert_eq!(desk.ticker.holds()[0].reason, HoldReason::Implausible);
    // An echo is no second word.
    desk.put_as_it_is(desk.page(first).echoed(next));
    desk.wait_until(next, "05:00").await;
    desk.refresh().await;
    assert!(desk.ticker.snapshot().rates(desk.world.now()).is_none());
    // Nor is the next publication: who prints a wrong digit prints it tomorrow too.
    let third = day("2026-04-03");
    desk.publish(third, 4757_00);
    desk.wait_until(third, "05:00").await;
    desk.refresh().await;
    assert!(desk.ticker.snapshot().rates(desk.world.now()).is_none());
    let held = desk.ticker.holds().into_iter().max_by_key(|hold| hold.day);
    desk.ticker.approve(held.unwrap().id).await.unwrap();
    assert_eq!(desk.dollar(), "4757.00 of 2026-04-03");
}

#[tokio::test(start_paused = true)]
async fn a_first_number_that_a_witness_denies_is_said_so() {
    let mut desk = Desk::new(EVE, 475_09, 0, witnessed, |builder| builder);
    let first = day(EVE);
    desk.publish(first, 475_09);
    desk.witness_prints(first);
    // The bank's own page says twice as much, which is plausible of a first number.
    let doubled = desk.page(first).with_each(|line| line.value *= 2);
    desk.put_as_it_is(doubled);
    desk.refresh().await;
    assert_eq!(desk.dollar(), "950.18 of 2026-04-01");
    let health = desk.ticker.health();
    assert_eq!(
        (health.unconfirmed, health.denied_by.len()),
        (Some(first), 1)
    );
    assert!(!health.is_good());
}

#[tokio::test(start_paused = true)]
async fn a_start_outside_of_what_is_plausible_is_shown_with_a_witness() {
    let mut desk = Desk::new(EVE, 4750_90, 0, witnessed, |builder| builder);
    let first = day(EVE);
    desk.publish(first, 4750_90);
    desk.witness_prints(first);
    desk.refresh().await;
    assert_eq!(desk.dollar(), "4750.90 of 2026-04-01");
    assert_eq!(desk.ticker.health().unconfirmed, None);
}

#[tokio::test(start_paused = true)]
async fn a_slip_of_one_row_at_the_start_is_absent() {
    let mut desk = Desk::new(EVE, 475_09, 0, alone, |builder| builder);
    let first = day(EVE);
    desk.publish(first, 475_09);
    let slipped = desk.page(first).with("EUR", |line| line.value /= 10);
    desk.put(slipped);
    desk.refresh().await;
    assert_eq!(desk.dollar(), "475.09 of 2026-04-01");
    assert_eq!(desk.row(&desk.rates(), "EUR"), None);
    // Said again on the next day it is a slip still.
    let next = day("2026-04-02");
    desk.publish(next, 475_50);
    let slipped = desk.page(next).with("EUR", |line| line.value /= 10);
    desk.put(slipped);
    desk.wait_until(next, "05:00").await;
    desk.refresh().await;
    assert_eq!(desk.row(&desk.rates(), "EUR"), None);
    let next = day("2026-04-03");
    desk.publish(next, 475_50);
    desk.wait_until(next, "05:00").await;
    desk.refresh().await;
    let page = desk.page(next);
    let euro = format!("{} of {next}", page.print(page.value("EUR")));
    assert_eq!(desk.row(&desk.rates(), "EUR"), Some(euro));
}

/// The first publication was wrong within the bracket; the two that follow agree with each other, not with it.
#[tokio::test(start_paused = true)]
async fn a_first_publication_that_was_wrong_is_not_called_confirmed() {
    let mut desk = Desk::new(EVE, 475_09, 0, alone, |builder| builder);
    let mut today = day(EVE);
    for dollar in [700_00, 475_09, 475_50] {
        desk.publish(today, dollar);
        // Without a change that ties: the bank does not own the first.
        let page: Page = desk.page(today).echoed(today);
        desk.put_as_it_is(page);
        desk.wait_until(today, "06:00").await;
        desk.refresh().await;
        today = today.succ_opt().unwrap();
    }
    assert_eq!(desk.dollar(), "475.50 of 2026-04-03");
    assert_eq!(desk.ticker.health().unconfirmed, None);
    assert_eq!(confirmed(&desk), []);
}

#[tokio::test(start_paused = true)]
async fn a_restart_in_the_middle_of_a_hold_forgets_nothing() {
    let kept = Kept::default();
    let store = kept.clone();
    let mut desk = Desk::with("2015-08-20", 188_38, alone, |builder| builder.store(store)).await;
    let shock = day("2015-08-21");
    desk.publish(shock, 255_26);
    desk.wait_until(shock, "09:32").await;
    desk.refresh().await;
    let held = desk.ticker.holds();
    assert_eq!(held.len(), 1);
    desk.pass(TimeDelta::minutes(5)).await;
    let again = desk.world.ticker().cities([]).store(kept.clone());
    desk.ticker = again
        .bank(alone(masthead::ticker::Bank::national_bank_kz()))
        .build()
        .unwrap();
    assert_eq!(desk.ticker.holds(), held);
    assert_eq!(desk.dollar(), "188.38 of 2015-08-20");
    // It still knows what was held, since when, and how rates move.
    let next = day("2015-08-22");
    desk.publish(next, 256_00);
    desk.wait_until(next, "05:00").await;
    desk.refresh().await;
    assert_eq!(
        desk.dollar(),
        "256.00 of 2015-08-22",
        "{:?}",
        desk.ticker.holds()
    );
}

/// A machine that starts with the clock of another year, and a bank that answers every day with its newest numbers.
#[tokio::test(start_paused = true)]
async fn a_day_that_a_wrong_clock_has_left_is_replaced() {
    let mut desk = Desk::on(EVE, 475_09, alone).await;
    let (today, wrong) = (day("2026-04-02"), day("2030-06-01"));
    desk.put(
        desk.page(day(EVE))
            .under(wrong)
            .with_each(|line| line.value += line.value / 500),
    );
    let ahead = wrong - day(EVE);
    desk.world.move_clock(ahead);
    desk.refresh().await;
    assert!(
        desk.dollar().ends_with("of 2030-06-01"),
        "{}",
        desk.dollar()
    );
    desk.world.move_clock(-ahead);
    desk.pages.lock().unwrap().remove(&wrong);
    desk.publish(today, 475_50);
    desk.wait_until(today, "05:00").await;
    desk.refresh().await;
    assert_eq!(desk.dollar(), "475.50 of 2026-04-02");
    assert!(desk.ticker.holds().is_empty());
}

/// A machine whose clock was ahead by ten minutes, or by a day, is started again with the right time.
#[tokio::test(start_paused = true)]
async fn a_restart_with_a_clock_that_was_set_back_releases_nothing() {
    for back in [TimeDelta::minutes(10), TimeDelta::days(1)] {
        let kept = Kept::default();
        let store = kept.clone();
        let mut desk = Desk::with(EVE, 475_09, alone, |builder| builder.store(store)).await;
        let today = day("2026-04-02");
        desk.publish(today, 475_50);
        let slip = desk.page(today).with("EUR", |line| line.value *= 2);
        let before = desk.row(&desk.rates(), "EUR");
        desk.put_as_it_is(slip);
        desk.wait_until(today, "05:00").await;
        desk.refresh().await;
        assert_eq!(desk.ticker.holds().len(), 1);
        desk.world.move_clock(-back);
        let again = desk.world.ticker().cities([]).store(kept.clone());
        let bank = alone(masthead::ticker::Bank::national_bank_kz());
        desk.ticker = again.bank(bank).build().unwrap();
        assert_eq!(desk.ticker.holds().len(), 1, "{back}");
        desk.refresh().await;
        assert_eq!(desk.ticker.holds().len(), 1, "{back}");
        if desk.rates().day() == today {
            assert_eq!(desk.row(&desk.rates(), "EUR"), before, "{back}");
        }
        assert_eq!(desk.rates().unconfirmed(), [], "{back}");
    }
}

fn confirmed(desk: &Desk) -> Vec<(NaiveDate, Evidence)> {
    let events = desk.events.lock().unwrap();
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
        *self.0.lock().unwrap() = Some(state.clone());
        Ok(())
    }
}
