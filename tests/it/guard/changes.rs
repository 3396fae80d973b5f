//! The bank's own change, shown only if it is consistent with the previous value.

use masthead::money::{Rate, Trend};

use super::bank_site::{BankSite, alone};
use crate::support::day;

const EVE: &str = "2026-03-27";
const TODAY: &str = "2026-03-28";

fn dollar(site: &BankSite) -> Rate {
    site.rates().rate("usd/kzt".parse().unwrap()).unwrap()
}

/// 519.40 on the day before; the next day's list has the given value and a change that may be wrong.
async fn with_change(value: i64, change: i64) -> Rate {
    let mut site = BankSite::on(EVE, 519_40, alone).await;
    let today = day(TODAY);
    site.publish(today, value.into());
    let page = site.page(today).with("USD", |line| line.change = change);
    site.publish_unchanged(page);
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    dollar(&site)
}

#[tokio::test(start_paused = true)]
async fn a_change_that_contradicts_the_day_before_is_recomputed() {
    for (value, change, right, trend) in [
        (521_00, -21_60, "1.60", Trend::Up),
        (521_00, 1_60, "1.60", Trend::Up),
        (508_34, 0, "-11.06", Trend::Down),
        (519_40, 600_00, "0.00", Trend::Unchanged),
        (520_00, i64::MAX / 100, "0.60", Trend::Up),
    ] {
        let rate = with_change(value, change).await;
        let text = rate.change().map(|change| change.to_string());
        assert_eq!(
            (text.as_deref(), rate.trend()),
            (Some(right), trend),
            "{value} {change}"
        );
    }
}

/// A first start, without a previous day to compare with.
#[tokio::test(start_paused = true)]
async fn an_implausibly_large_change_is_left_out() {
    for (change, expected) in [
        ("-2.78", Some("-2.78")),
        ("600.00", None),
        ("472.31", None),
        ("-500.00", None),
        ("-21.60", Some("-21.60")),
    ] {
        let site = BankSite::new(TODAY, 472_31, 0, alone, |builder| builder);
        let mut site = site;
        site.publish(day(TODAY), 472_31);
        let hundredths: i64 = change.replace('.', "").parse().unwrap();
        let page = site.page(day(TODAY));
        site.publish_unchanged(page.with("USD", |line| line.change = hundredths));
        site.refresh().await;
        let change = dollar(&site).change().map(|change| change.to_string());
        assert_eq!(change.as_deref(), expected);
    }
}

/// The pound is ten times its value for one day, and the feed computes its changes from its own values.
#[tokio::test(start_paused = true)]
async fn a_change_from_a_quarantined_value_is_left_out() {
    let [before, eve, slip, after] = ["2026-03-26", EVE, TODAY, "2026-03-29"].map(day);
    let mut site = BankSite::on("2026-03-26", 519_40, alone).await;
    let change = |site: &BankSite| {
        let rate = site.rates().rate("gbp/kzt".parse().unwrap()).unwrap();
        (rate.day(), rate.change().map(|change| change.to_string()))
    };
    for (today, dollar) in [(eve, 520_10), (slip, 519_80), (after, 521_00)] {
        site.publish(today, dollar);
        if today == slip {
            site.publish_list(site.page(slip).with("GBP", |line| line.value *= 10));
        }
        site.wait_until(today, "05:00").await;
        site.refresh().await;
        let pound = |day| {
            let page = site.page(day);
            page.lines
                .iter()
                .find(|line| line.code == "GBP")
                .unwrap()
                .value
        };
        let expected = if today == after {
            // It belongs to its own day, and the previous value was never shown.
            (after, None)
        } else {
            let change = rust_decimal::Decimal::new(pound(eve) - pound(before), 2);
            (eve, Some(change.to_string()))
        };
        assert_ne!(pound(eve), pound(before));
        assert_eq!(change(&site), expected, "{today}");
    }
}

/// The change of one row is missing.
#[tokio::test(start_paused = true)]
async fn a_missing_change_is_computed() {
    let rate = with_body(|body| without_change(body, "USD")).await;
    assert_eq!(
        rate.change().map(|change| change.to_string()).as_deref(),
        Some("1.60")
    );
}

/// The feed marks the rate as fallen, beside a change without a sign.
#[tokio::test(start_paused = true)]
async fn a_change_that_contradicts_the_index_of_the_feed_is_recomputed() {
    let rate = with_body(|body| {
        let dollar = "<title>USD</title><description>521.00</description><quant>1</quant>";
        body.replace(dollar, &format!("{dollar}<index>DOWN</index>"))
    })
    .await;
    assert_eq!(
        rate.change().map(|change| change.to_string()).as_deref(),
        Some("1.60")
    );
}

#[tokio::test(start_paused = true)]
async fn a_bank_without_changes_gets_none() {
    let rate = with_body(|body| {
        let codes = super::synthetic_market::CURRENCIES
            .iter()
            .map(|(code, ..)| *code);
        let listed = codes.filter(|code| body.contains(&format!("<title>{code}</title>")));
        listed.fold(body.to_owned(), |body, code| without_change(&body, code))
    })
    .await;
    assert_eq!(rate.trend(), Trend::Unknown);
}

/// 519.40, and on the next day 521.00 in an altered document.
async fn with_body(alter: impl FnOnce(&str) -> String) -> Rate {
    let mut site = BankSite::on(EVE, 519_40, alone).await;
    let today = day(TODAY);
    site.publish(today, 521_00);
    let body = site.page(today).national_bank();
    let altered = alter(&body);
    assert_ne!(altered, body);
    for feed in [crate::fake_hosts::OF_DAY, crate::fake_hosts::NEWEST] {
        site.hosts.on(feed, crate::fake_hosts::ok(altered.clone()));
    }
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    dollar(&site)
}

fn without_change(body: &str, code: &str) -> String {
    let (before, rest) = body.split_once(&format!("<title>{code}</title>")).unwrap();
    let (head, tail) = rest.split_once("<change>").unwrap();
    let (_, tail) = tail.split_once("</change>").unwrap();
    format!("{before}<title>{code}</title>{head}{tail}")
}
