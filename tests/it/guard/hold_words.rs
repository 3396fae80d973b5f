//! The words of a quarantine: the true change of a value, with its sign.

use masthead::Ticker;
use masthead::fetch::FakeUpstream;
use masthead::money::{Row, parse_decimal};
use masthead::ticker::{Hold, HoldReason};

use super::bank_site::{BankSite, alone};
use crate::support::{day, time};

const ROWS: [(&str, &str, u32); 9] = [
    ("USD", "475.09", 1),
    ("EUR", "551.06", 1),
    ("GBP", "630.10", 1),
    ("RUB", "5.87", 1),
    ("CNY", "69.12", 1),
    ("KRW", "31.28", 100),
    ("JPY", "2.98", 1),
    ("CHF", "590.40", 1),
    ("TRY", "10.69", 1),
];

/// Returns the quarantines after a second day on which the first `rows` rows are the same but for those of `slips`.
fn holds(rows: usize, slips: &[(&str, &str, u32)]) -> Vec<Hold> {
    let upstream = FakeUpstream::new();
    let clock = std::sync::Arc::new(std::sync::Mutex::new(time("2026-04-01T07:00:00Z")));
    let now = {
        let clock = std::sync::Arc::clone(&clock);
        move || *clock.lock().unwrap()
    };
    let publish = |slips: &[(&str, &str, u32)]| {
        let row = |(code, value, nominal): &(&str, &str, u32)| {
            let slip = slips.iter().find(|(slipped, ..)| slipped == code);
            let (value, nominal) = slip.map_or((*value, *nominal), |slip| (slip.1, slip.2));
            Row::new(
                code.parse().unwrap(),
                parse_decimal(value).unwrap(),
                nominal,
            )
        };
        let rows: Vec<Row> = ROWS.iter().take(rows).map(row).collect();
        upstream.national_bank_kz(&rows, now.clone());
        upstream.fail("cbu.uz");
    };
    publish(&[]);
    let builder = Ticker::builder("tests").transport(upstream.clone());
    let ticker = builder.clock(now.clone()).cities([]).build().unwrap();
    ticker.refresh_blocking(ticker.now());
    *clock.lock().unwrap() = time("2026-04-02T07:00:00Z");
    publish(slips);
    ticker.refresh_blocking(ticker.now());
    ticker.holds()
}

#[test]
fn a_row_is_named_with_both_values_and_its_change_in_percent() {
    for (slip, words) in [
        (
            ("USD", "745.09", 1),
            "USD 745.09 after 475.09 (+56.8 %, limit 3.0 %)",
        ),
        (
            ("GBP", "360.10", 1),
            "GBP 360.10 after 630.10 (-42.9 %, limit 3.0 %)",
        ),
        (
            ("EUR", "5510.60", 1),
            "EUR 5510.60 after 551.06 (+900.0 %, limit 3.0 %)",
        ),
        // The value before is for the nominal of the new one.
        (
            ("KRW", "31.28", 1),
            "KRW 31.28 after 0.3128 (+9900.0 %, limit 3.0 %)",
        ),
    ] {
        let holds = holds(9, &[slip]);
        let [hold] = &holds[..] else {
            panic!("{slip:?}: {holds:?}");
        };
        assert_eq!(hold.rows[0].to_string(), words);
        let expected = format!(
            "hold {}: national_bank_kz of 2026-04-02, rates that moved alone or are implausible: {words}",
            hold.id
        );
        assert_eq!(hold.to_string(), expected);
    }
    let two = holds(9, &[("USD", "745.09", 1)]);
    let json = serde_json::to_value(&two[0]).unwrap();
    assert_eq!(json["rows"][0]["before"], "475.09");
    assert_eq!(serde_json::from_value::<Hold>(json).unwrap(), two[0]);
}

/// An earlier version kept neither the value before nor the direction.
#[test]
fn a_row_of_an_earlier_version_has_a_factor() {
    let held = holds(9, &[("USD", "745.09", 1)]);
    let mut json = serde_json::to_value(held[0].rows[0]).unwrap();
    json.as_object_mut().unwrap().remove("before");
    let row: masthead::ticker::HeldRow = serde_json::from_value(json).unwrap();
    let words = "USD 745.09 (up or down by the factor 1.57, limit 1.03)";
    assert_eq!(row.to_string(), words);
}

/// Of four rows one is more than a fifth.
#[test]
fn one_wrong_row_holds_a_list_of_fewer_than_five() {
    let slip = [("GBP", "360.10", 1)];
    for (rows, is_whole) in [(3, true), (4, true), (5, false), (9, false)] {
        let holds = holds(rows, &slip);
        let [hold] = &holds[..] else {
            panic!("{rows}: {holds:?}");
        };
        assert_eq!(hold.reason != HoldReason::Rows, is_whole, "{rows}: {hold}");
        assert_eq!(hold.rows.len(), if is_whole { rows } else { 1 });
        let pound = hold.rows.iter().find(|row| row.currency.code() == "GBP");
        let pound = pound.unwrap().to_string();
        assert!(
            pound.starts_with("GBP 360.10 after 630.10 (-42.9 %"),
            "{pound}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_common_move_has_its_direction_and_the_dollar() {
    for (dollar, direction, example) in [
        (
            255_26,
            "moved by about +3",
            ": USD 255.26 after 188.38 (+35.5 %)",
        ),
        (
            120_00,
            "moved by about -3",
            ": USD 120.00 after 188.38 (-36.3 %)",
        ),
    ] {
        let mut site = BankSite::on("2015-08-20", 188_38, alone).await;
        let shock = day("2015-08-21");
        site.publish(shock, dollar);
        site.wait_until(shock, "05:00").await;
        site.refresh().await;
        let said = site.ticker.holds()[0].to_string();
        assert!(
            said.contains(direction) && said.ends_with(example),
            "{said}"
        );
    }
}
