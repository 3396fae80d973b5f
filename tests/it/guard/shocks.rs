//! Days on which a currency fell, and errors that look similar.
//!
//! The dollars in tenge and som are the real ones; the other rows are synthetic.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use masthead::money::Currency;
use masthead::source::{Cbu, DynRates};
use masthead::ticker::{Bank, Evidence, GuardEvent, HoldReason};

use super::bank_site::{BankSite, alone, witnessed};
use super::synthetic_market::{Market, days_before};
use crate::fake_hosts::{FakeHosts, ok};
use crate::support::day;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn the_tenge_falls_on_21_august_2015_and_is_shown_with_the_next_publication() {
    assert_move_is_released("2015-08-20", 188_38, 255_26).await;
}

#[tokio::test(start_paused = true)]
async fn the_tenge_rises_on_25_august_2015_and_is_shown_with_the_next_publication() {
    assert_move_is_released("2015-08-24", 252_47, 218_61).await;
}

/// No witness is reachable. The bank's own changes fit but are no evidence, because its feed computes them from the values.
async fn assert_move_is_released(eve: &str, before: i128, after: i128) {
    let mut site = BankSite::on(eve, before, alone).await;
    let (eve, shock) = (day(eve), day(eve) + TimeDelta::days(1));
    let next = shock + TimeDelta::days(1);
    // Half past four in Astana, when the next day's list is published.
    site.wait_until(eve, "10:30").await;
    site.publish(shock, after);
    let [old, new] = [before, after].map(|value| site.page(shock).print(value.try_into().unwrap()));
    site.run(MINUTE * 60 * 20).await;
    assert_eq!(site.dollar(), format!("{old} of {eve}"), "the old stays");
    assert_eq!(site.next_dollar(), None);
    let (_, held) = site.held()[0];
    site.wait_until(shock, "10:30").await;
    site.publish(next, after + 1_00);
    site.run(MINUTE * 60).await;
    assert_eq!(site.dollar(), format!("{new} of {shock}"));
    assert!(site.next_dollar().unwrap().ends_with(&next.to_string()));
    let released = site.released();
    let [(_, id, Evidence::Next { day })] = &released[..] else {
        panic!("{released:?}");
    };
    assert_eq!((*id, *day), (held, next));
    assert!(site.ticker.holds().is_empty());
}

/// A witness confirms a market move at once, even one that is first seen when it is in force. Both feeds agree, with separate
/// lists.
#[tokio::test(start_paused = true)]
async fn a_market_move_in_both_feeds_is_released_by_a_witness() {
    let mut site = BankSite::on("2015-08-20", 188_38, witnessed).await;
    let shock = day("2015-08-21");
    site.publish(shock, 255_26);
    site.witness_publishes(shock);
    let page = site.page(shock);
    // The feed of the newest list has one more row than the feed of a day.
    site.hosts.on_each(crate::fake_hosts::OF_DAY, move |_| {
        let mut shorter = page.clone();
        shorter.lines.retain(|line| line.code != "MYR");
        ok(shorter.national_bank())
    });
    site.wait_until(shock, "04:00").await;
    site.refresh().await;
    assert_eq!(
        site.dollar(),
        "255.26 of 2015-08-21",
        "{:?}",
        site.ticker.holds()
    );
    assert!(site.ticker.holds().is_empty());
}

/// A market move does not excuse errors: the row that did not move with the others stays quarantined, by whatever evidence the
/// move is released.
#[tokio::test(start_paused = true)]
async fn an_error_in_one_row_during_a_market_move_stays_quarantined() {
    for by_witness in [false, true] {
        let set = if by_witness { witnessed } else { alone };
        let mut site = BankSite::on("2015-08-20", 188_38, set).await;
        let (eve, shock) = (day("2015-08-20"), day("2015-08-21"));
        let euro = site.page(eve);
        site.publish(shock, 255_26);
        let slipped = site.page(shock).with("EUR", |line| line.value /= 10);
        let number = slipped.print(slipped.value("EUR"));
        site.publish_list(slipped);
        let next = shock + TimeDelta::days(1);
        site.wait_until(shock, "04:00").await;
        if by_witness {
            site.witness_publishes(shock);
        } else {
            site.refresh().await;
            site.publish(next, 256_00);
            let slipped = site.page(next).with("EUR", |line| line.value /= 10);
            site.publish_list(slipped);
            site.wait_until(next, "04:00").await;
        }
        for _ in 0..3 {
            site.refresh().await;
            site.assert_not_shown("EUR", &number);
            site.pass(TimeDelta::minutes(16)).await;
        }
        let dollar = site.dollar();
        let new = if by_witness {
            "255.26 of 2015-08-21"
        } else {
            "256.00 of 2015-08-22"
        };
        assert_eq!(dollar, new, "{:?}", site.ticker.holds());
        let euro = format!("{} of {eve}", euro.print(euro.value("EUR")));
        assert_eq!(site.row(&site.rates(), "EUR"), Some(euro));
        assert_eq!(site.ticker.holds()[0].reason, HoldReason::Rows);
    }
}

/// The som in the list of its own bank: every row moves.
#[tokio::test(start_paused = true)]
async fn the_som_of_5_september_2017_is_shown_by_its_own_bank_with_the_next_publication() {
    let (hosts, mut market) = (FakeHosts::at("2017-07-01T06:00:00Z"), Market::new());
    let cbu: Arc<DynRates> = Arc::new(Cbu::of_day());
    let bank = Bank::new(Currency::UZS, Cbu::ZONE).rates([cbu]);
    let ticker = hosts.ticker().cities([]).bank(bank).build().unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    let (shock, mut before) = (day("2017-09-05"), None);
    let next = shock + TimeDelta::days(1);
    let mut old = String::new();
    for today in days_before(shock, 66).chain([shock, next]) {
        market.pass(&mut random, 300);
        market.set("UZS", if today < shock { 4210_35 } else { 8100_00 });
        let page = market.page("UZS", today, 2);
        let page = before.map_or(page.clone(), |before| page.after(&before));
        before = Some(page.clone());
        hosts.on("cbu.uz", ok(page.cbu()));
        hosts.wait_until(&format!("{today}T06:00:00Z")).await;
        ticker.refresh(hosts.now()).await;
        let snapshot = ticker.snapshot();
        let rates = snapshot.rates(hosts.now()).unwrap().value();
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

/// The som as a row of the National Bank's list: only this row moves.
#[tokio::test(start_paused = true)]
async fn the_som_of_5_september_2017_is_shown_in_tenge_with_a_witness_and_not_before() {
    let mut site = BankSite::with("2017-09-04", 337_00, witnessed, |builder| builder).await;
    let (eve, shock) = (day("2017-09-04"), day("2017-09-05"));
    let before = site.page(eve);
    site.market.shock("UZS", 924);
    site.publish(shock, 337_40);
    let old = format!("{} of {eve}", before.print(before.value("UZS")));
    let new = site.page(shock);
    let new = format!("{} of {shock}", new.print(new.value("UZS")));
    site.wait_until(shock, "04:00").await;
    for _ in 0..4 {
        site.refresh().await;
        let shown = site.rates();
        assert_eq!(
            site.row(&shown, "UZS"),
            Some(old.clone()),
            "no witness confirms it"
        );
        assert_eq!(
            site.row(&shown, "USD").unwrap(),
            "337.40 of 2017-09-05",
            "the others move on"
        );
        site.pass(TimeDelta::minutes(20)).await;
    }
    site.witness_publishes(shock);
    site.refresh().await;
    assert_eq!(site.row(&site.rates(), "UZS"), Some(new));
    let released = site.released();
    assert!(
        matches!(&released[..], [(_, _, Evidence::Witness { .. })]),
        "{released:?}"
    );
    assert!(site.ticker.holds().is_empty());
}

/// The response of another year under a day of 2021, each row with a change that fits its neighbour.
#[tokio::test(start_paused = true)]
async fn the_old_list_of_7_may_2021_is_never_shown() {
    let mut site = BankSite::on("2021-05-06", 426_99, alone).await;
    let other_year = {
        let mut market = site.market.clone();
        // Five years pass, in which every currency moves on its own.
        market.pass(&mut fastrand::Rng::with_seed(7), 9_000);
        market.set("KZT", 464_77);
        market
    };
    for date in ["2021-05-07", "2021-05-08", "2021-05-09"] {
        let today = day(date);
        site.publish_list(other_year.page("KZT", today, 2));
        for hour in ["00:30", "03:00", "03:20", "09:00", "12:00", "17:00"] {
            site.wait_until(today, hour).await;
            site.refresh().await;
            assert_eq!(site.dollar(), "426.99 of 2021-05-06");
            assert_eq!(site.next_dollar(), None);
            for (code, number) in [("USD", "464.77"), ("EUR", &print(&site, today, "EUR"))] {
                site.assert_not_shown(code, number);
            }
        }
    }
    // The bank publishes the right numbers again.
    let today = day("2021-05-10");
    site.publish(today, 427_50);
    site.wait_until(today, "04:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "427.50 of 2021-05-10");
    assert!(site.ticker.holds().is_empty());
}

fn print(site: &BankSite, day: NaiveDate, code: &str) -> String {
    let page = site.page(day);
    page.print(page.value(code))
}

/// The common move is small, and the rows that happen to agree still belong to another year.
#[tokio::test(start_paused = true)]
async fn an_old_list_without_a_common_move_is_quarantined_as_a_whole() {
    let site = BankSite::on("2021-05-06", 426_99, alone).await;
    let today = day("2021-05-07");
    let mut market = site.market.clone();
    market.pass(&mut fastrand::Rng::with_seed(7), 9_000);
    market.set("KZT", 430_00);
    site.publish_list(market.page("KZT", today, 2));
    site.wait_until(today, "04:00").await;
    for _ in 0..3 {
        site.refresh().await;
        assert_eq!(site.dollar(), "426.99 of 2021-05-06");
        site.pass(TimeDelta::minutes(20)).await;
    }
}

/// An old list whose rows moved together looks like a market move; only a bank with other rates for that day contradicts it.
#[tokio::test(start_paused = true)]
async fn an_old_list_that_looks_like_a_market_move_is_stopped_by_a_witness() {
    let mut site = BankSite::on("2021-05-06", 426_99, witnessed).await;
    let today = day("2021-05-07");
    site.witness_publishes(today);
    let truth = site.market.clone();
    site.publish(today, 464_77);
    site.market = truth;
    site.wait_until(today, "04:00").await;
    for _ in 0..5 {
        site.refresh().await;
        assert_eq!(site.dollar(), "426.99 of 2021-05-06");
        site.pass(TimeDelta::minutes(20)).await;
    }
    let events = site.events.lock().unwrap();
    assert!(
        events
            .iter()
            .any(|(_, event)| matches!(event, GuardEvent::Contradicted { .. }))
    );
}

/// A witness that still has yesterday's list neither contradicts nor confirms a market move.
#[tokio::test(start_paused = true)]
async fn a_witness_with_yesterdays_list_neither_contradicts_nor_confirms_a_market_move() {
    let mut site = BankSite::on("2015-08-20", 188_38, witnessed).await;
    site.witness_publishes(day("2015-08-20"));
    let pages = site.witness.lock().unwrap().clone();
    let (_, yesterday) = pages.last_key_value().unwrap();
    let body = yesterday.cbu();
    site.hosts.on("cbu.uz", ok(body));
    let shock = day("2015-08-21");
    site.publish(shock, 255_26);
    site.wait_until(shock, "04:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "188.38 of 2015-08-20");
    let [hold] = &site.ticker.holds()[..] else {
        panic!("{:?}", site.ticker.holds());
    };
    assert!(hold.contradicted_by.is_empty(), "{hold}");
    let next = day("2015-08-22");
    site.publish(next, 256_00);
    site.wait_until(next, "04:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "256.00 of 2015-08-22");
}

/// A row that moved alone goes on with the others when the tenge falls: the rouble is near its value before, and is not back there.
#[tokio::test(start_paused = true)]
async fn a_common_move_is_no_new_move_of_a_row_that_is_quarantined() {
    let mut site = BankSite::on("2015-08-16", 188_38, alone).await;
    let eve = day("2015-08-16");
    let old = site.page(eve);
    let old = format!("{} of {eve}", old.print(old.value("RUB")));
    site.market.shock("RUB", 205);
    // The list of the fall itself is not shown before the next one.
    for (days, dollar, is_shown) in [
        (1, 188_50, false),
        (2, 188_60, false),
        (3, 255_26, false),
        (4, 256_00, false),
        (5, 256_50, true),
    ] {
        let today = eve + TimeDelta::days(days);
        site.publish(today, dollar);
        let page = site.page(today);
        let new = format!("{} of {today}", page.print(page.value("RUB")));
        site.wait_until(today, "04:00").await;
        site.refresh().await;
        let shown = if is_shown { new } else { old.clone() };
        assert_eq!(site.row(&site.rates(), "RUB"), Some(shown), "{today}");
    }
}
