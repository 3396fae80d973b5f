//! Lists that repeat a part of a quarantined list under another day, as the second route does.

use chrono::NaiveDate;
use masthead::ticker::{Evidence, HoldReason};

use super::bank_site::{BankSite, witnessed};
use super::synthetic_market::Page;
use crate::fake_hosts::{BANK, FRANKFURTER, OF_DAY, ok, status};
use crate::support::day;

const EVE: &str = "2026-04-01";
/// The rows that can be read from the second route.
const REPEATED: [&str; 4] = ["CHF", "EUR", "GBP", "USD"];

/// A list of another year, in which the rows of the second route are near those of the eve by chance.
fn other_year(site: &BankSite, day_of_list: NaiveDate) -> Page {
    let (mut market, eve) = (site.market.clone(), site.page(day(EVE)));
    market.pass(&mut fastrand::Rng::with_seed(7), 9_000);
    market.set("KZT", 479_75);
    let list = market.page("KZT", day_of_list, 2);
    REPEATED.iter().fold(list, |list, code| {
        list.with(code, |line| line.value = eve.value(code) * 101 / 100)
    })
}

/// The bank serves a list of another year. It does not answer on the next day, for which the second route has the same numbers.
#[tokio::test(start_paused = true)]
async fn a_part_of_a_quarantined_list_is_not_shown_under_another_day() {
    let mut site = BankSite::on(EVE, 475_00, |bank| bank.witnesses([])).await;
    let (today, next) = (day("2026-04-02"), day("2026-04-03"));
    let wrong = other_year(&site, today);
    site.publish_unchanged(wrong.clone());
    site.wait_until(today, "04:00").await;
    site.refresh().await;
    let holds = site.ticker.holds();
    assert_eq!(holds[0].reason, HoldReason::Apart);
    site.hosts.on(BANK, status(503));
    site.hosts
        .on(FRANKFURTER, ok(wrong.under(next).frankfurter()));
    for time in ["03:00", "04:00", "11:00"] {
        site.wait_until(next, time).await;
        site.refresh().await;
        assert_eq!(site.dollar(), "475.00 of 2026-04-01");
    }
    let days = site.ticker.holds();
    let days = days.iter().map(|hold| (hold.day, hold.rows.len()));
    assert!(days.eq([(today, 33), (next, 4)]));
    // The bank answers again, with the right numbers.
    site.publish(next, 475_50);
    site.hosts.on(BANK, ok(site.page(next).national_bank()));
    site.wait_until(next, "13:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "475.50 of 2026-04-03");
    assert_eq!(site.ticker.holds(), []);
}

/// The second route is first, and the bank's list of the next day has the same numbers and others that are surprising.
#[tokio::test(start_paused = true)]
async fn a_part_that_is_believed_stays_when_the_list_is_quarantined_under_another_day() {
    let site = BankSite::on(EVE, 475_00, |bank| bank.witnesses([])).await;
    let (today, next) = (day("2026-04-02"), day("2026-04-03"));
    let repeated = other_year(&site, today);
    site.hosts.on(OF_DAY, status(503));
    site.hosts.on(FRANKFURTER, ok(repeated.frankfurter()));
    site.wait_until(today, "04:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "479.75 of 2026-04-02");
    site.publish_unchanged(repeated.under(next));
    site.wait_until(today, "11:00").await;
    site.refresh().await;
    assert_eq!(site.ticker.holds()[0].day, next);
    for time in ["12:00", "13:00"] {
        site.wait_until(today, time).await;
        site.refresh().await;
        assert_eq!(site.dollar(), "479.75 of 2026-04-02");
    }
}

/// The witness has a list of the part's day alone.
#[tokio::test(start_paused = true)]
async fn a_part_of_a_quarantined_list_is_shown_when_a_witness_confirms_it() {
    let mut site = BankSite::on(EVE, 475_00, witnessed).await;
    let (today, next) = (day("2026-04-02"), day("2026-04-03"));
    let list = other_year(&site, today);
    site.publish_unchanged(list.clone());
    site.wait_until(today, "04:00").await;
    site.refresh().await;
    site.hosts.on(BANK, status(503));
    site.hosts
        .on(FRANKFURTER, ok(list.under(next).frankfurter()));
    site.market.set("KZT", 479_75);
    site.witness_publishes(next);
    site.wait_until(next, "04:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "479.75 of 2026-04-03");
    let released = site.released();
    let held = site.held();
    let [(_, id, Evidence::Witness { .. })] = &released[..] else {
        panic!("{released:?}");
    };
    assert_eq!(Some(*id), held.last().map(|(_, part)| *part));
    let days = site.ticker.holds();
    let mut days = days.iter().map(|hold| hold.day);
    assert_eq!((days.next(), days.next()), (Some(today), None));
}

/// One row of the bank's list has an error. The list of the next day has the same numbers, and one row less.
#[tokio::test(start_paused = true)]
async fn a_shorter_list_is_shown_without_the_row_that_is_quarantined_in_the_longer_one() {
    let mut site = BankSite::on(EVE, 475_00, |bank| bank.witnesses([])).await;
    let (today, next) = (day("2026-04-02"), day("2026-04-03"));
    site.publish(today, 475_50);
    let slipped = site.page(today).with("EUR", |line| line.value /= 10);
    site.publish_list(slipped.clone());
    site.wait_until(today, "04:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "475.50 of 2026-04-02");
    let euro = site.row(&site.rates(), "EUR");
    let mut shorter = slipped.echoed(next);
    shorter.lines.retain(|line| line.code != "MYR");
    site.publish_unchanged(shorter);
    site.wait_until(next, "04:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "475.50 of 2026-04-03");
    assert_eq!(site.row(&site.rates(), "EUR"), euro);
}
