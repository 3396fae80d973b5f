//! Replays of 27 years of real rates, with and without inserted errors: which values are quarantined, for how long, and which are
//! never shown.

mod replay;
pub(crate) mod series;
mod slips;

use masthead::money::{Rates, Row};
use rust_decimal::Decimal;

use replay::Replay;
use series::{european_central_bank, national_bank};

/// Every fourth day in a build without optimisation, which suffices to test the replay.
const SHARE: usize = if cfg!(debug_assertions) { 4 } else { 1 };

#[tokio::test(start_paused = true)]
#[ignore = "needs the recorded answers"]
async fn the_national_banks_dollar_since_2015() {
    let days = national_bank();
    let days = &days[..days.len() / SHARE];
    let mut replay = Replay::new("KZT");
    for rates in days {
        replay.day(rates, true).await;
    }
    replay.tell("the National Bank's days, without a witness");
    // A market move waits for the next list that has other numbers and agrees; in August 2015 three currencies moved far, each on
    // its own.
    assert!(replay.longest() <= 3, "{:?}", replay.withheld);
    assert!(replay.ended["by the next publication"] >= 2);

    let mut replay = Replay::witnessed("KZT");
    for rates in days {
        replay.day(rates, true).await;
    }
    replay.tell("the same with a second bank");
    assert_eq!(replay.late, [] as [String; 0]);
    assert!(replay.ended["by a witness"] >= 2);
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the recorded answers"]
async fn the_national_banks_days_with_inserted_errors() {
    let days = national_bank();
    let mut replay = Replay::new("KZT");
    replay_with_errors(&mut replay, &days[..days.len() / SHARE]).await;
    replay.tell("the National Bank's days with faults");
}

/// A real move of a row is shown at the latest with the third publication after it.
#[tokio::test(start_paused = true)]
#[ignore = "needs the recorded answers"]
async fn the_european_central_banks_days_since_1999() {
    let days = european_central_bank();
    let days = &days[..days.len() / SHARE];
    for witnessed in [false, true] {
        let mut replay = if witnessed {
            Replay::witnessed("EUR")
        } else {
            Replay::new("EUR")
        };
        for rates in days {
            replay.day(rates, true).await;
        }
        replay.tell(if witnessed {
            "the ECB's days with a second bank"
        } else {
            "the ECB's days"
        });
        assert_eq!(replay.late, [] as [String; 0]);
        let most = if witnessed { 0 } else { 3 };
        assert!(replay.longest() <= most, "{:?}", replay.withheld);
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the recorded answers"]
async fn the_european_central_banks_days_with_inserted_errors() {
    let days = european_central_bank();
    let mut replay = Replay::new("EUR");
    replay_with_errors(&mut replay, &days[..days.len() / SHARE]).await;
    replay.tell("the ECB's days with faults");
}

/// On a tenth of the days an error is served first, for an hour or sometimes until the next day.
async fn replay_with_errors(replay: &mut Replay, days: &[Rates]) {
    let mut random = fastrand::Rng::with_seed(2026);
    for rates in days {
        // The first days have no history to compare with.
        let fault = random.u8(..10) == 0 && replay.truth.len() > 5;
        replay.truth.insert(rates.day(), rates.clone());
        if fault {
            let wrong = with_error(rates, &mut random);
            replay.faults += 1;
            replay.serve(&wrong, 2).await;
            if random.u8(..4) == 0 {
                continue;
            }
        }
        replay.day(rates, !fault).await;
    }
    assert!(replay.faults > 20);
}

/// Returns the rates with an error in every row or in one. The changes are the real ones, which contradict the values.
fn with_error(rates: &Rates, random: &mut fastrand::Rng) -> Rates {
    let count = rates.len();
    let one = random.bool().then(|| random.usize(..count));
    let kind = random.u8(..4);
    let ten = Decimal::TEN;
    let slip = |value: Decimal| match kind {
        0 => value * ten,
        1 => value / ten,
        2 => Decimal::ONE / value,
        _ => value * Decimal::new(122, 2),
    };
    let rows = rates.rows().iter().enumerate().map(|(at, row)| {
        let hit = one.is_none_or(|one| one == at);
        let value = if hit {
            slip(row.value).round_sf(6).unwrap()
        } else {
            row.value
        };
        Row::new(row.currency, value, row.nominal).with_change(row.change)
    });
    let rows: Vec<Row> = rows.collect();
    Rates::new(rates.publication().clone(), rows).unwrap()
}
