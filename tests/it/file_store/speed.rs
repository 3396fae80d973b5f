use std::time::{Duration, Instant};

use masthead::ledger::{Feed, Record, Sighting, View};
use masthead::money::{Currency, Rates, Row};
use masthead::ticker::FileStore;
use rust_decimal::Decimal;

use super::{BANK, Folder, date, noon, rates};

/// Forty currencies, as many as a list of the National Bank has.
const CODES: &str = "USD EUR RUB CNY GBP CHF JPY KRW TRY UZS KGS BYN AED AUD AZN AMD BRL HUF HKD GEL DKK INR IDR IRR CAD KWD MYR \
                     MXN MDL NOK PLN SAR XDR SGD TJS THB UAH CZK SEK ZAR";
/// Thirty years of days.
const DAYS: i64 = 11_000;

/// Returns a list of forty rows for each of the last days.
fn lists(days: i64) -> Vec<Record> {
    let currencies: Vec<Currency> = CODES
        .split_whitespace()
        .map(|code| code.parse().unwrap())
        .collect();
    let of_day = |day: i64| -> Record {
        let rows = (1_i64..).zip(&currencies).map(|(at, currency)| {
            Row::new(
                *currency,
                Decimal::new(40_000 + at * 131 + (day * 7).rem_euclid(9000), 2),
                1,
            )
            .with_change(Decimal::new(day.rem_euclid(300) - 150, 2))
        });
        let publication = rates(day, 44_732).publication().clone();
        let rates = Rates::new(publication, rows).unwrap();
        Sighting::of_rates(BANK, Feed::OfDay, date(day), rates, noon(day)).into()
    };
    (-days..0).map(of_day).collect()
}

/// Returns the shortest of some loads of a file into a ledger and a history.
fn load(records: &[Record], times: usize) -> (Duration, u64) {
    let folder = Folder::new();
    let bytes = FileStore::new(folder.file()).append(records, &[]).unwrap();
    let times = (0..times).map(|_| {
        let file = FileStore::new(folder.file());
        let began = Instant::now();
        let loaded = file.read(noon(0)).unwrap();
        let history = loaded.contents.ledger.history(noon(0), &View::new(BANK));
        let passed = began.elapsed();
        assert_eq!(loaded.contents.ledger.len(), records.len());
        assert_eq!(history.publications().len(), records.len());
        passed
    });
    (times.min().unwrap(), bytes)
}

/// The time grows with the records. The figure itself is that of the release profile.
#[test]
#[allow(clippy::print_stdout)] // the figure of the run
fn thirty_years_of_one_bank_are_loaded_at_once() {
    let days = if cfg!(debug_assertions) {
        DAYS / 20
    } else {
        DAYS
    };
    let all = lists(days);
    let half = &all[..all.len() / 2];
    let [(half, _), (all, bytes)] = [load(half, 5), load(&all, 5)];
    println!("{days} days in {all:?}, {bytes} bytes; half of them in {half:?}");
    let grows = all <= half * 5 / 2 + Duration::from_millis(20);
    assert!(grows || all <= Duration::from_secs(1), "{half:?}, {all:?}");
}
