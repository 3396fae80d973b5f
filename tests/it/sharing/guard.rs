//! A store is no place of trust: what it gives back is judged, and evidence travels with the numbers.

#![allow(clippy::inconsistent_digit_grouping)] // the last two digits are tiyn

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use masthead::Ticker;
use masthead::ticker::{Bank, Evidence, Topic};

use super::table::Table;
use super::{fleet_of, server, well};
use crate::guard::desk::{Desk, alone, witnessed};
use crate::support::day;

const EVE: &str = "2026-04-01";

/// Two servers with sixty ordinary days behind them; the desk's own is the first.
async fn two(bank: fn(Bank) -> Bank) -> (Desk, Ticker, Table) {
    let slot = Arc::new(Mutex::new(None));
    let made = Arc::clone(&slot);
    let desk = Desk::with_world(EVE, 475_00, bank, move |world, builder| {
        let table = Table::new(world);
        *made.lock().unwrap() = Some(table.clone());
        builder.fleet(table).node("a")
    });
    let desk = desk.await;
    let table = slot.lock().unwrap().take().unwrap();
    let second = desk.world.ticker().cities([]);
    let second = second.bank(bank(Bank::national_bank_kz()));
    let second = second.fleet(table.clone()).node("b").build().unwrap();
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*desk.ticker.snapshot());
    (desk, second, table)
}

/// One more server, without a past.
fn another(desk: &Desk, table: &Table) -> Ticker {
    let bank = alone(Bank::national_bank_kz());
    let ticker = desk.world.ticker().cities([]).bank(bank);
    ticker.fleet(table.clone()).node("c").build().unwrap()
}

/// The dollar that a server shows, with its day.
fn dollar(desk: &Desk, ticker: &Ticker) -> String {
    let snapshot = ticker.snapshot();
    let shown = snapshot.rates(desk.world.now()).unwrap();
    desk.row(shown.value(), "USD").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_shock_that_a_witness_bears_out_on_one_server_is_shown_by_all() {
    let (mut desk, second, _) = two(witnessed).await;
    let shock = day("2026-04-02");
    desk.pass(TimeDelta::days(1)).await;
    desk.publish(shock, 640_00);
    desk.witness_prints(shock);
    desk.refresh().await;
    assert_eq!(desk.dollar(), "640.00 of 2026-04-02");
    let asked = desk.world.asked("").len();
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*desk.ticker.snapshot());
    assert!(second.holds().is_empty());
    assert_eq!(desk.world.asked("").len(), asked, "nobody is asked again");
}

#[tokio::test(start_paused = true)]
async fn what_one_server_holds_no_server_shows_and_the_next_one_knows_since_when() {
    let (mut desk, second, table) = two(alone).await;
    let shock = day("2026-04-02");
    desk.pass(TimeDelta::days(1)).await;
    desk.publish(shock, 640_00);
    desk.refresh().await;
    second.catch_up().await;
    assert_eq!(desk.dollar(), "475.00 of 2026-04-01");
    assert_eq!(&*second.snapshot(), &*desk.ticker.snapshot());
    assert_eq!(second.holds(), desk.ticker.holds());
    assert!(fleet_of(&second).is_good(), "they agree");
    // The operator approves it on the second server, and the first one shows it.
    second.approve(second.holds()[0].id).await.unwrap();
    second.catch_up().await;
    desk.ticker.catch_up().await;
    assert_eq!(desk.dollar(), "640.00 of 2026-04-02");
    assert_eq!(&*second.snapshot(), &*desk.ticker.snapshot());
    assert!(desk.ticker.holds().is_empty());
    let third = another(&desk, &table);
    third.catch_up().await;
    assert_eq!(
        &*third.snapshot(),
        &*second.snapshot(),
        "with the past of the others"
    );
    assert!(third.holds().is_empty() && third.health().unconfirmed.is_none());
}

#[tokio::test(start_paused = true)]
async fn the_next_publication_agrees_and_every_server_believes_it() {
    let (mut desk, second, _) = two(alone).await;
    for (date, dollar) in [("2026-04-02", 640_00), ("2026-04-03", 641_00)] {
        desk.pass(TimeDelta::days(1)).await;
        desk.publish(day(date), dollar);
        desk.refresh().await;
    }
    assert!(matches!(
        desk.released()[..],
        [(_, _, Evidence::Next { .. })]
    ));
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*desk.ticker.snapshot());
}

#[tokio::test(start_paused = true)]
async fn a_number_that_was_made_up_on_the_way_is_not_shown_and_told_of() {
    let (desk, second, table) = two(alone).await;
    table.tamper(&Topic::Rates, |body| {
        body.replace("\"475.00\"", "\"4750.0\"")
    });
    second.catch_up().await;
    assert_eq!(dollar(&desk, &second), "475.00 of 2026-04-01");
    let fleet = fleet_of(&second);
    let told = fleet.topics[0].diverges.clone().unwrap();
    assert_eq!(told, "its rates of 2026-04-01 are in doubt here");
    // What the bank says next replaces it.
    desk.pass(TimeDelta::minutes(30)).await;
    desk.refresh().await;
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*desk.ticker.snapshot());
    assert!(fleet_of(&second).is_good(), "{:?}", fleet_of(&second));
    assert!(second.holds().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_proof_from_outside_makes_no_number_plausible() {
    let (desk, second, table) = two(alone).await;
    let third = another(&desk, &table);
    third.catch_up().await;
    table.tamper(&Topic::Rates, |body| {
        body.replace("\"475.00\"", "\"4750.0\"")
    });
    second.catch_up().await;
    // Whoever writes there knows how a proof is written.
    let id = second.holds()[0].id;
    table.tamper(&Topic::Rates, |body| {
        body.replace(
            "\"proofs\":[]",
            &format!("\"proofs\":[[\"{id}\",\"approved\"]]"),
        )
    });
    for ticker in [&second, &third] {
        ticker.catch_up().await;
        assert_eq!(dollar(&desk, ticker), "475.00 of 2026-04-01");
        assert!(!fleet_of(ticker).is_good());
    }
}

#[tokio::test(start_paused = true)]
async fn something_old_under_a_new_order_takes_nobody_back() {
    let world = well();
    let table = Table::new(&world);
    let [first, second] = ["a", "b"].map(|node| server(&world, &table, node).build().unwrap());
    first.refresh(world.now()).await;
    let old = table.rows().parts.clone();
    tokio::time::advance(std::time::Duration::from_secs(4000)).await;
    first.refresh(world.now()).await;
    second.catch_up().await;
    let shown = second.snapshot().to_arc();
    for (topic, (_, body)) in old {
        let order = table.rows().parts[&topic].0.clone();
        let at = order.at + TimeDelta::seconds(1);
        let order = masthead::ticker::Order { at, ..order };
        table.rows().parts.insert(topic, (order, body));
    }
    table.lose_nothing_but_tell();
    second.catch_up().await;
    assert_eq!(&*second.snapshot(), &*shown);
    for topic in fleet_of(&second).topics {
        let told = topic.diverges.as_deref();
        assert_eq!(told, Some("its order is not that of what it says"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_server_does_not_believe_what_is_not_plausible() {
    let (desk, _, table) = two(alone).await;
    table.tamper(&Topic::Rates, |body| {
        body.replace("\"475.00\"", "\"4750.0\"")
    });
    let fresh = another(&desk, &table);
    fresh.catch_up().await;
    assert_eq!(
        dollar(&desk, &fresh),
        "476.25 of 2026-03-31",
        "the last that it believes"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_no_body_is_told_of_and_replaced() {
    for (spoil, told) in [
        (
            "{",
            "the body cannot be read: EOF while parsing an object at line 1 column 1",
        ),
        (
            r#"{"schema":9,"body":{}}"#,
            "the body has schema 9, this version reads 2",
        ),
        (
            r#"{"schema":2,"body":{"rates":7}}"#,
            "the body cannot be read: invalid type: integer `7`, expected struct Unchecked at line 1 column 29",
        ),
    ] {
        let world = well();
        let table = Table::new(&world);
        let [first, second] = ["a", "b"].map(|node| server(&world, &table, node).build().unwrap());
        first.refresh(world.now()).await;
        second.catch_up().await;
        let shown = second.snapshot().to_arc();
        table.tamper(&Topic::Rates, |_| spoil.to_owned());
        second.catch_up().await;
        assert_eq!(&*second.snapshot(), &*shown);
        assert_eq!(fleet_of(&second).topics[0].diverges.as_deref(), Some(told));
        tokio::time::advance(std::time::Duration::from_secs(4000)).await;
        first.refresh(world.now()).await;
        second.catch_up().await;
        assert_eq!(&*second.snapshot(), &*first.snapshot());
        assert!(fleet_of(&second).is_good());
    }
}

#[tokio::test(start_paused = true)]
async fn a_forecast_that_cannot_be_right_is_not_taken_over() {
    let world = well();
    let table = Table::new(&world);
    let [first, second] = ["a", "b"].map(|node| server(&world, &table, node).build().unwrap());
    first.refresh(world.now()).await;
    let astana = Topic::Weather("astana".parse().unwrap());
    if let Some((_, body)) = table.rows().parts.get_mut(&astana) {
        assert!(body.contains("\"8.5\""), "{body}");
        *body = body.replace("\"8.5\"", "\"70.0\"");
    }
    table.lose_nothing_but_tell();
    second.catch_up().await;
    assert_eq!(second.snapshot().cities().count(), 0);
    let fleet = fleet_of(&second);
    let topic = fleet
        .topics
        .iter()
        .find(|topic| topic.topic == "weather:astana");
    let why = topic.unwrap().diverges.clone().unwrap();
    let expected = "implausible temperatures, beyond the limits of the place";
    assert!(why.starts_with(expected), "{why}");
}
