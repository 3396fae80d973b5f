//! How old what is shown is said to be: as old as its own source's last answer.

use chrono::TimeDelta;
use masthead::Freshness;

use super::desk::{Desk, alone};
use crate::support::day;
use crate::world::ok;

/// What another party repeats is not the bank's word: it moves neither the age of what is shown nor that of what is held.
#[tokio::test(start_paused = true)]
async fn a_second_route_that_repeats_what_is_held_makes_nothing_look_new() {
    let mut desk = Desk::on("2026-04-01", 475_00, |bank| bank.witnesses([])).await;
    let today = day("2026-04-02");
    // One row slips, so that the list of the day is shown without it and the row is held.
    desk.publish(today, 475_50);
    let slipped = desk.page(today).with("EUR", |line| line.value /= 10);
    desk.put(slipped.clone());
    desk.wait_until(today, "06:00").await;
    desk.refresh().await;
    assert_eq!(desk.ticker.holds().len(), 1);
    let shown = |desk: &Desk| {
        let snapshot = desk.ticker.snapshot();
        let held = snapshot.rates(desk.world.now()).unwrap();
        let rates = desk.ticker.policy().of_rates(held, desk.world.now());
        (held.fetched(), held.valid(), rates)
    };
    let (fetched, valid, freshness) = shown(&desk);
    assert_eq!(freshness, Freshness::Fresh);
    // The bank falls silent; the second route repeats the same day, whatever day it is asked for.
    desk.world.on(crate::world::BANK, crate::world::status(503));
    let body = slipped.frankfurter();
    desk.world
        .on_each(crate::world::FRANKFURTER, move |_| ok(body.clone()));
    for days in 1..=10 {
        desk.wait_until(today + TimeDelta::days(days), "06:00")
            .await;
        desk.refresh().await;
        let (again, valid_again, freshness) = shown(&desk);
        assert_eq!((again, valid_again), (fetched, valid), "after {days} days");
        assert!(freshness > Freshness::Fresh, "after {days} days");
        assert!(!desk.ticker.health().is_good());
    }
}

/// What is approved is as old as the answer it was in.
#[tokio::test(start_paused = true)]
async fn what_is_approved_is_no_newer_than_its_answer() {
    let mut desk = Desk::on("2026-04-01", 475_00, alone).await;
    let today = day("2026-04-02");
    desk.publish(today, 640_00);
    desk.wait_until(today, "04:00").await;
    desk.refresh().await;
    let read = desk.world.now();
    let [hold] = &desk.ticker.holds()[..] else {
        panic!("{:?}", desk.ticker.holds());
    };
    desk.world.on(crate::world::BANK, crate::world::status(503));
    desk.pass(TimeDelta::hours(7)).await;
    desk.ticker.approve(hold.id).await.unwrap();
    assert_eq!(desk.dollar(), "640.00 of 2026-04-02");
    let snapshot = desk.ticker.snapshot();
    assert_eq!(snapshot.rates(desk.world.now()).unwrap().fetched(), read);
}
