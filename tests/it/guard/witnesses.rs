//! The evidence of a witness: when it counts, for which day, and for how much of a list.

use std::sync::Arc;

use chrono::TimeDelta;
use masthead::source::{Cbu, DynRates};
use masthead::ticker::{Bank, HoldReason, Witness};

use super::bank_site::{BankSite, witnessed};
use crate::support::day;

/// A witness holds its word until it says something else: that it repeats it later, against another list, takes nothing back.
#[tokio::test(start_paused = true)]
async fn a_list_that_a_witness_confirmed_stays_when_an_error_replaces_it() {
    let mut site = BankSite::on("2015-08-20", 188_38, witnessed).await;
    let shock = day("2015-08-21");
    site.publish(shock, 255_26);
    site.witness_publishes(shock);
    let right = site.page(shock);
    let wrong = |by: i64| {
        let mut wrong = right.clone();
        wrong
            .lines
            .iter_mut()
            .for_each(|line| line.value = line.value * by / 10);
        wrong
    };
    // The witness answers first about an error, then about the right list, and then about another error.
    for (at, page, shown) in [
        ("03:00", wrong(17), "188.38 of 2015-08-20"),
        ("04:00", right.clone(), "255.26 of 2015-08-21"),
        ("06:00", wrong(6), "255.26 of 2015-08-21"),
        ("08:00", right.clone(), "255.26 of 2015-08-21"),
    ] {
        site.publish_unchanged(page);
        site.wait_until(shock, at).await;
        site.refresh().await;
        assert_eq!(site.dollar(), shown, "{at}: {:?}", site.ticker.holds());
    }
}

/// Between two days the rates may move as far as an error is from them.
#[tokio::test(start_paused = true)]
async fn a_witness_speaks_of_its_own_day_alone() {
    let newest: fn(Bank) -> Bank = |bank| {
        let cbu: Arc<DynRates> = Arc::new(Cbu::newest());
        bank.witnesses([Witness::new(cbu)])
    };
    let mut site = BankSite::on("2015-08-20", 188_38, newest).await;
    let shock = day("2015-08-21");
    site.publish(shock, 255_26);
    site.witness_publishes(shock + TimeDelta::days(1));
    site.wait_until(shock, "04:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "188.38 of 2015-08-20");
    site.witness.lock().unwrap().clear();
    site.witness_publishes(shock);
    site.wait_until(shock, "05:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "255.26 of 2015-08-21");
}

/// A list of another year may have the dollar of today. A witness that quotes a few currencies does not bear out the rest.
#[tokio::test(start_paused = true)]
async fn a_list_most_of_whose_rows_moved_alone_is_not_released_by_a_few() {
    let mut site = BankSite::on("2015-08-20", 188_38, witnessed).await;
    let shock = day("2015-08-21");
    site.publish(shock, 255_26);
    let few = ["USD", "EUR", "RUB", "CNY", "KZT"];
    let mut witness = site.market.page("UZS", shock, 2);
    witness.lines.retain(|line| few.contains(&line.code));
    site.witness.lock().unwrap().insert(shock, witness);
    let mut other = site.page(shock);
    let rows = other.lines.iter_mut();
    let others = rows.filter(|line| !few.contains(&line.code)).take(18);
    others
        .zip([106, 94].into_iter().cycle())
        .for_each(|(line, by)| line.value = line.value * by / 100);
    site.publish_unchanged(other);
    site.wait_until(shock, "04:00").await;
    site.refresh().await;
    let holds = site.ticker.holds();
    assert!(
        matches!(holds[0].reason, HoldReason::Common { .. }),
        "{holds:?}"
    );
    assert_eq!(site.dollar(), "188.38 of 2015-08-20");
    // The right list has the same dollar, and is shown.
    site.publish(shock, 255_26);
    site.witness_publishes(shock);
    site.wait_until(shock, "05:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "255.26 of 2015-08-21");
}
