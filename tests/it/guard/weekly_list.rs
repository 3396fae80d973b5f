//! The weekly list of the National Bank of the Kyrgyz Republic beside its daily one.

use std::sync::Arc;

use chrono::{Datelike as _, TimeDelta};
use masthead::Freshness;
use masthead::source::{DynRates, Nbrb};
use masthead::ticker::{Bank, Evidence, GuardEvent, Witness};

use super::kyrgyz_site::{OF_THE_WEEK, SATURDAY, Site, WEEKLY, pair, week_of};
use crate::fake_hosts::{ok, status};
use crate::support::day;

#[tokio::test(start_paused = true)]
async fn each_list_is_shown_with_its_own_day() {
    let mut site = Site::new(|builder| builder);
    site.refresh().await;
    assert_eq!(site.rates().len(), 13);
    assert_eq!(site.row("JPY"), Some(("5.4969".into(), day(SATURDAY))));
    for later in 1..=6 {
        site.next_day().await;
        site.refresh().await;
        let today = day(SATURDAY) + TimeDelta::days(later);
        assert_eq!(site.day_shown("USD"), Some(today));
        for (code, _, _) in OF_THE_WEEK {
            assert_eq!(
                site.day_shown(code),
                Some(day(SATURDAY)),
                "{code} on {today}"
            );
            assert_eq!(
                site.freshness(code),
                (Freshness::Fresh, false),
                "{code} on {today}"
            );
        }
    }
    site.next_day().await;
    site.refresh().await;
    assert_eq!(site.day_shown("UZS"), Some(day("2026-05-09")));
    assert_eq!(site.ticker.holds().len(), 0);
    // The following daily lists have confirmed it, and the next weekly list the others.
    assert_eq!(site.rates().unconfirmed(), []);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_daily_currencies_does_not_request_the_weekly_list() {
    let mut site = Site::new(|builder| builder.pairs([pair("USD/KGS"), pair("KZT/KGS")]));
    site.refresh().await;
    assert_eq!(site.hosts.requests(WEEKLY).len(), 0);
    assert_eq!(site.rates().len(), 2);

    let mut site = Site::new(|builder| builder.pairs([pair("USD/KGS"), pair("JPY/KGS")]));
    site.refresh().await;
    assert_eq!(site.hosts.requests(WEEKLY).len(), 1);
    assert_eq!(site.row("JPY"), Some(("5.4969".into(), day(SATURDAY))));
}

#[tokio::test(start_paused = true)]
async fn a_weekly_list_that_cannot_be_read_stays_for_its_seven_days() {
    let mut site = Site::after_four_weeks(|builder| builder).await;
    site.refresh().await;
    let first = week_of(site.today());
    assert_eq!(
        (site.today(), first),
        (day("2026-05-30"), day("2026-05-30"))
    );
    site.hosts.on(WEEKLY, status(503));
    for _ in 1..=6 {
        site.next_day().await;
        site.refresh().await;
        assert_eq!(site.day_shown("JPY"), Some(first), "on {}", site.today());
        assert_eq!(site.day_shown("USD"), Some(site.today()));
    }
    site.next_day().await;
    site.refresh().await;
    assert_eq!(site.row("JPY"), None, "the week is over");
    assert_eq!(site.day_shown("USD"), Some(site.today()));
    assert_eq!(site.rates().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_error_in_one_weekly_list_is_never_shown() {
    for slip in [54_9690, 5497] {
        let mut site = Site::after_four_weeks(|builder| builder).await;
        let first = week_of(site.today());
        site.put("JPY", first, slip);
        site.put("JPY", first + TimeDelta::days(7), 0);
        for _ in 0..7 {
            site.refresh().await;
            let (value, of) = site.row("JPY").unwrap();
            assert!(value.starts_with("5.5"), "{value} on {}", site.today());
            assert_eq!(
                of,
                first - TimeDelta::days(7),
                "the last good one, with its day"
            );
            let (freshness, is_behind) = site.freshness("JPY");
            assert!(freshness != Freshness::Fresh && is_behind, "{freshness:?}");
            assert_eq!(site.day_shown("GBP"), Some(first), "the others go on");
            assert_eq!(site.freshness("GBP"), (Freshness::Fresh, false));
            assert_eq!(site.day_shown("USD"), Some(site.today()));
            site.next_day().await;
        }
        site.refresh().await;
        assert_eq!(site.day_shown("JPY"), Some(first + TimeDelta::days(7)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_real_move_of_a_weekly_rate_is_shown_with_the_next_list() {
    let mut site = Site::after_four_weeks(|builder| builder).await;
    let first = week_of(site.today());
    site.put("JPY", first, 6_2000);
    site.put("JPY", first + TimeDelta::days(7), 6_2100);
    for _ in 0..7 {
        site.refresh().await;
        assert_eq!(site.day_shown("JPY"), Some(first - TimeDelta::days(7)));
        site.next_day().await;
    }
    site.refresh().await;
    let next = first + TimeDelta::days(7);
    assert_eq!(site.row("JPY"), Some(("6.2100".into(), next)));
    let released = site.events.iter().filter_map(|event| match event {
        GuardEvent::Released { rows, evidence, .. } => Some((rows.clone(), evidence.clone())),
        _ => None,
    });
    let further = Evidence::Further {
        publications: 1,
        day: next,
    };
    assert_eq!(
        released.collect::<Vec<_>>(),
        [(vec!["JPY".parse().unwrap()], further)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_weekly_list_with_every_row_wrong_does_not_stop_the_daily_one() {
    let mut site = Site::after_four_weeks(|builder| builder).await;
    let first = week_of(site.today());
    for (code, _, value) in OF_THE_WEEK {
        site.put(code, first, value * 10);
        site.put(code, first + TimeDelta::days(7), 0);
    }
    for _ in 0..7 {
        site.refresh().await;
        assert_eq!(site.day_shown("USD"), Some(site.today()));
        for (code, _, _) in OF_THE_WEEK {
            assert_eq!(
                site.day_shown(code),
                Some(first - TimeDelta::days(7)),
                "{code}"
            );
        }
        site.next_day().await;
    }
    site.refresh().await;
    assert_eq!(site.day_shown("TRY"), Some(first + TimeDelta::days(7)));
}

#[tokio::test(start_paused = true)]
async fn a_daily_rate_that_moved_alone_counts_daily_lists() {
    let mut site = Site::after_four_weeks(|builder| builder).await;
    // In the middle of a week, in which the weekly list does not change.
    site.refresh().await;
    site.next_day().await;
    let slipped = site.today();
    site.put("RUB", slipped, 1_3500);
    for _ in 0..3 {
        site.refresh().await;
        assert_eq!(site.day_shown("RUB"), slipped.pred_opt());
        site.next_day().await;
        site.put("RUB", site.today(), 1_3500 + i64::from(site.today().day()));
    }
    site.refresh().await;
    assert_eq!(
        site.day_shown("RUB"),
        Some(site.today()),
        "three further lists have followed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_repeated_weekly_list_under_the_next_date_counts_for_nothing() {
    let mut site = Site::after_four_weeks(|builder| builder).await;
    let first = week_of(site.today());
    let next = first + TimeDelta::days(7);
    // Both lists have the same numbers, including the error.
    for (code, _, value) in OF_THE_WEEK {
        let slipped = if code == "JPY" {
            value * 10
        } else {
            value + value / 125
        };
        site.put(code, first, slipped);
    }
    for _ in 0..14 {
        site.refresh().await;
        assert_eq!(site.day_shown("JPY"), Some(first - TimeDelta::days(7)));
        site.next_day().await;
    }
    assert_eq!(site.day_shown("GBP"), Some(next));
}

#[tokio::test(start_paused = true)]
async fn a_witness_of_the_first_day_confirms_a_weekly_rate() {
    let witness: Arc<DynRates> = Arc::new(Nbrb::of_day());
    let bank = Bank::nbkr().witnesses([Witness::new(witness)]);
    let mut site = Site::after_four_weeks(|builder| builder.bank(bank)).await;
    let today = site.today();
    assert_eq!(today, week_of(today));
    site.put("TRY", today, 2_3000);
    // Rates of the Belarusian ruble at which a lira costs 2.30 soms, and a dollar 87.58.
    let row = |code: &str, units: u32, rate: &str| {
        format!(
            "{{\"Cur_ID\":1,\"Date\":\"{today}T00:00:00\",\"Cur_Abbreviation\":\"{code}\",\"Cur_Scale\":{units},\"Cur_Name\":\"-\",\"Cur_OfficialRate\":{rate}}}"
        )
    };
    let rows = [
        row("USD", 1, "2.9035"),
        row("EUR", 1, "3.3610"),
        row("CNY", 10, "4.2730"),
        row("KZT", 1000, "6.1720"),
        row("RUB", 100, "4.0506"),
        row("KGS", 100, "3.3152"),
        row("TRY", 10, "0.7625"),
    ];
    site.hosts
        .on("api.nbrb.by", ok(format!("[{}]", rows.join(","))));
    site.refresh().await;
    assert_eq!(site.row("TRY"), Some(("2.3000".into(), today)));
}
