//! The days on which a currency fell, and lies that look like them.
//!
//! The dollars of the tenge and the som are those of the days; every other row is made up around them.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use masthead::money::Currency;
use masthead::source::{Cbu, DynRates};
use masthead::ticker::{Bank, Evidence, GuardEvent, HoldReason};

use super::desk::{Desk, alone, witnessed};
use super::economy::{Economy, days_before};
use crate::support::day;
use crate::world::{World, ok};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn the_tenge_falls_on_21_august_2015_and_is_shown_with_the_next_publication() {
    assert_shock_is_released("2015-08-20", 188_38, 255_26).await;
}

#[tokio::test(start_paused = true)]
async fn the_tenge_rises_on_25_august_2015_and_is_shown_with_the_next_publication() {
    assert_shock_is_released("2015-08-24", 252_47, 218_61).await;
}

/// No witness is reachable. The bank's own changes tie, and confirm nothing: its feed works them out from the values.
async fn assert_shock_is_released(eve: &str, before: i128, after: i128) {
    let mut desk = Desk::on(eve, before, alone).await;
    let (eve, shock) = (day(eve), day(eve) + TimeDelta::days(1));
    let next = shock + TimeDelta::days(1);
    // Half past four in Astana, the publication of the next day.
    desk.wait_until(eve, "10:30").await;
    desk.publish(shock, after);
    let [old, new] = [before, after].map(|value| desk.page(shock).print(value.try_into().unwrap()));
    desk.run(MINUTE * 60 * 20).await;
    assert_eq!(desk.dollar(), format!("{old} of {eve}"), "the old stays");
    assert_eq!(desk.next_dollar(), None);
    let (_, held) = desk.held()[0];
    desk.wait_until(shock, "10:30").await;
    desk.publish(next, after + 1_00);
    desk.run(MINUTE * 60).await;
    assert_eq!(desk.dollar(), format!("{new} of {shock}"));
    assert!(desk.next_dollar().unwrap().ends_with(&next.to_string()));
    let released = desk.released();
    let [(_, id, Evidence::Next { day })] = &released[..] else {
        panic!("{released:?}");
    };
    assert_eq!((*id, *day), (held, next));
    assert!(desk.ticker.holds().is_empty());
}

/// A witness confirms a shock at once, also one that is seen first when it is in force. Both feeds say the same, with lists
/// of their own.
#[tokio::test(start_paused = true)]
async fn a_shock_that_both_feeds_serve_at_once_is_released_by_a_witness() {
    let mut desk = Desk::on("2015-08-20", 188_38, witnessed).await;
    let shock = day("2015-08-21");
    desk.publish(shock, 255_26);
    desk.witness_prints(shock);
    let page = desk.page(shock);
    // The feed of the newest has a row that the feed of a day has not.
    desk.world.on_each(crate::world::OF_DAY, move |_| {
        let mut shorter = page.clone();
        shorter.lines.retain(|line| line.code != "MYR");
        ok(shorter.national_bank())
    });
    desk.wait_until(shock, "04:00").await;
    desk.refresh().await;
    assert_eq!(
        desk.dollar(),
        "255.26 of 2015-08-21",
        "{:?}",
        desk.ticker.holds()
    );
    assert!(desk.ticker.holds().is_empty());
}

/// A shock is no licence for a slip: the row that did not move with the others stays back, however the shock is released.
#[tokio::test(start_paused = true)]
async fn a_slip_of_one_row_within_a_shock_stays_back() {
    for by_witness in [false, true] {
        let set = if by_witness { witnessed } else { alone };
        let mut desk = Desk::on("2015-08-20", 188_38, set).await;
        let (eve, shock) = (day("2015-08-20"), day("2015-08-21"));
        let euro = desk.page(eve);
        desk.publish(shock, 255_26);
        let slipped = desk.page(shock).with("EUR", |line| line.value /= 10);
        let number = slipped.print(slipped.value("EUR"));
        desk.put(slipped);
        let next = shock + TimeDelta::days(1);
        desk.wait_until(shock, "04:00").await;
        if by_witness {
            desk.witness_prints(shock);
        } else {
            desk.refresh().await;
            desk.publish(next, 256_00);
            let slipped = desk.page(next).with("EUR", |line| line.value /= 10);
            desk.put(slipped);
            desk.wait_until(next, "04:00").await;
        }
        for _ in 0..3 {
            desk.refresh().await;
            desk.assert_not_shown("EUR", &number);
            desk.pass(TimeDelta::minutes(16)).await;
        }
        let dollar = desk.dollar();
        let new = if by_witness {
            "255.26 of 2015-08-21"
        } else {
            "256.00 of 2015-08-22"
        };
        assert_eq!(dollar, new, "{:?}", desk.ticker.holds());
        let euro = format!("{} of {eve}", euro.print(euro.value("EUR")));
        assert_eq!(desk.row(&desk.rates(), "EUR"), Some(euro));
        assert_eq!(desk.ticker.holds()[0].reason, HoldReason::Rows);
    }
}

/// The som, in the list of its own bank: everything moves.
#[tokio::test(start_paused = true)]
async fn the_som_of_5_september_2017_is_shown_by_its_own_bank_with_the_next_publication() {
    let (world, mut economy) = (World::at("2017-07-01T06:00:00Z"), Economy::new());
    let cbu: Arc<DynRates> = Arc::new(Cbu::of_day());
    let bank = Bank::new(Currency::UZS, Cbu::ZONE).rates([cbu]);
    let ticker = world.ticker().cities([]).bank(bank).build().unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    let (shock, mut before) = (day("2017-09-05"), None);
    let next = shock + TimeDelta::days(1);
    let mut old = String::new();
    for today in days_before(shock, 66).chain([shock, next]) {
        economy.pass(&mut random, 300);
        economy.set("UZS", if today < shock { 4210_35 } else { 8100_00 });
        let page = economy.page("UZS", today, 2);
        let page = before.map_or(page.clone(), |before| page.after(&before));
        before = Some(page.clone());
        world.on("cbu.uz", ok(page.cbu()));
        world.wait_until(&format!("{today}T06:00:00Z")).await;
        ticker.refresh(world.now()).await;
        let snapshot = ticker.snapshot();
        let rates = snapshot.rates(world.now()).unwrap().value();
        let dollar = rates.rate("usd/uzs".parse().unwrap()).unwrap().to_string();
        if today == shock {
            assert_eq!(dollar, old, "held");
        } else if today == next {
            let new = format!("8100.00 UZS for 1 USD on {next}");
            assert_eq!(dollar, new, "{:?}", ticker.holds());
        }
        old = dollar;
    }
}

/// The som, as a row of the National Bank's table: it moves alone.
#[tokio::test(start_paused = true)]
async fn the_som_of_5_september_2017_is_shown_in_tenge_with_a_witness_and_not_before() {
    let mut desk = Desk::with("2017-09-04", 337_00, witnessed, |builder| builder).await;
    let (eve, shock) = (day("2017-09-04"), day("2017-09-05"));
    let before = desk.page(eve);
    desk.economy.shock("UZS", 924);
    desk.publish(shock, 337_40);
    let old = format!("{} of {eve}", before.print(before.value("UZS")));
    let new = desk.page(shock);
    let new = format!("{} of {shock}", new.print(new.value("UZS")));
    desk.wait_until(shock, "04:00").await;
    for _ in 0..4 {
        desk.refresh().await;
        let shown = desk.rates();
        assert_eq!(
            desk.row(&shown, "UZS"),
            Some(old.clone()),
            "nobody bears it out"
        );
        assert_eq!(
            desk.row(&shown, "USD").unwrap(),
            "337.40 of 2017-09-05",
            "the others move on"
        );
        desk.pass(TimeDelta::minutes(20)).await;
    }
    desk.witness_prints(shock);
    desk.refresh().await;
    assert_eq!(desk.row(&desk.rates(), "UZS"), Some(new));
    let released = desk.released();
    assert!(
        matches!(&released[..], [(_, _, Evidence::Witness { .. })]),
        "{released:?}"
    );
    assert!(desk.ticker.holds().is_empty());
}

/// The answer of another year under a day of 2021, each row with a change that fits its neighbour.
#[tokio::test(start_paused = true)]
async fn the_echo_of_7_may_2021_is_never_shown() {
    let mut desk = Desk::on("2021-05-06", 426_99, alone).await;
    let other_year = {
        let mut economy = desk.economy.clone();
        // Five years pass: every currency goes its own way.
        economy.pass(&mut fastrand::Rng::with_seed(7), 9_000);
        economy.set("KZT", 464_77);
        economy
    };
    for date in ["2021-05-07", "2021-05-08", "2021-05-09"] {
        let today = day(date);
        desk.put(other_year.page("KZT", today, 2));
        for hour in ["00:30", "03:00", "03:20", "09:00", "12:00", "17:00"] {
            desk.wait_until(today, hour).await;
            desk.refresh().await;
            assert_eq!(desk.dollar(), "426.99 of 2021-05-06");
            assert_eq!(desk.next_dollar(), None);
            for (code, number) in [("USD", "464.77"), ("EUR", &print(&desk, today, "EUR"))] {
                desk.assert_not_shown(code, number);
            }
        }
    }
    // The bank comes to itself.
    let today = day("2021-05-10");
    desk.publish(today, 427_50);
    desk.wait_until(today, "04:00").await;
    desk.refresh().await;
    assert_eq!(desk.dollar(), "427.50 of 2021-05-10");
    assert!(desk.ticker.holds().is_empty());
}

fn print(desk: &Desk, day: NaiveDate, code: &str) -> String {
    let page = desk.page(day);
    page.print(page.value(code))
}

/// Where the common move is small, the rows that happen to fit are of another year all the same.
#[tokio::test(start_paused = true)]
async fn an_echo_whose_rows_moved_each_their_own_way_is_held_whole() {
    let desk = Desk::on("2021-05-06", 426_99, alone).await;
    let today = day("2021-05-07");
    let mut economy = desk.economy.clone();
    economy.pass(&mut fastrand::Rng::with_seed(7), 9_000);
    economy.set("KZT", 430_00);
    desk.put(economy.page("KZT", today, 2));
    desk.wait_until(today, "04:00").await;
    for _ in 0..3 {
        desk.refresh().await;
        assert_eq!(desk.dollar(), "426.99 of 2021-05-06");
        desk.pass(TimeDelta::minutes(20)).await;
    }
}

/// The same echo with all rows together cannot be told from a shock, but by a bank that says otherwise of that day.
#[tokio::test(start_paused = true)]
async fn an_echo_that_looks_like_a_shock_is_stopped_by_a_witness() {
    let mut desk = Desk::on("2021-05-06", 426_99, witnessed).await;
    let today = day("2021-05-07");
    desk.witness_prints(today);
    let truth = desk.economy.clone();
    desk.publish(today, 464_77);
    desk.economy = truth;
    desk.wait_until(today, "04:00").await;
    for _ in 0..5 {
        desk.refresh().await;
        assert_eq!(desk.dollar(), "426.99 of 2021-05-06");
        desk.pass(TimeDelta::minutes(20)).await;
    }
    let events = desk.events.lock().unwrap();
    assert!(
        events
            .iter()
            .any(|(_, event)| matches!(event, GuardEvent::Contradicted { .. }))
    );
}

/// A witness that still shows yesterday is silent: it neither denies a shock nor confirms it.
#[tokio::test(start_paused = true)]
async fn a_witness_of_yesterday_neither_denies_nor_confirms_a_shock() {
    let mut desk = Desk::on("2015-08-20", 188_38, witnessed).await;
    desk.witness_prints(day("2015-08-20"));
    let pages = desk.witness.lock().unwrap().clone();
    let (_, yesterday) = pages.last_key_value().unwrap();
    let body = yesterday.cbu();
    desk.world.on("cbu.uz", ok(body));
    let shock = day("2015-08-21");
    desk.publish(shock, 255_26);
    desk.wait_until(shock, "04:00").await;
    desk.refresh().await;
    assert_eq!(desk.dollar(), "188.38 of 2015-08-20");
    let [hold] = &desk.ticker.holds()[..] else {
        panic!("{:?}", desk.ticker.holds());
    };
    assert!(hold.contradicted_by.is_empty(), "{hold}");
    let next = day("2015-08-22");
    desk.publish(next, 256_00);
    desk.wait_until(next, "04:00").await;
    desk.refresh().await;
    assert_eq!(desk.dollar(), "256.00 of 2015-08-22");
}
