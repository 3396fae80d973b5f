//! Rates of any day: a look-up among thirty years of forty currencies, one conversion on a day, the whole history from a ledger's file.
//!
//! `benches/history.sh` measures CurrencyConverter beside it.

#![allow(missing_docs)] // the harness generates undocumented items

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use divan::{Bencher, black_box};
use masthead::SourceId;
use masthead::ledger::{Feed, History, Ledger, Record, Sighting, View};
use masthead::money::{Currency, Money, Row};
use masthead::ticker::{Bank, FileStore};
use rust_decimal::Decimal;

fn main() {
    LazyLock::force(&HISTORY);
    divan::main();
}

/// Look-ups in one iteration, on other days each.
const LOOKUPS: usize = 10_000;
const DAYS: i64 = 10_957;
const CODES: &str = "AED AMD AUD AZN BRL BYN CAD CHF CNY CZK DKK EUR GBP GEL HKD HUF INR IRR JPY KGS KRW KWD MDL MXN MYR NOK PLN RUB SAR \
                     SEK SGD THB TJS TMT TRY UAH USD UZS XDR ZAR";

fn now() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().expect("an instant")
}

fn first() -> NaiveDate {
    now().date_naive() - TimeDelta::days(DAYS)
}

/// A publication for each calendar day of thirty years, with forty currencies.
fn ledger() -> Ledger {
    let bank = Bank::national_bank_kz();
    let codes: Vec<Currency> = CODES
        .split(' ')
        .map(|code| code.parse().expect("a code"))
        .collect();
    let days = first().iter_days().zip(0..DAYS).map(|(day, number)| {
        let rows = codes.iter().zip(1..).map(|(currency, place): (_, i64)| {
            Row::new(*currency, Decimal::new(10_000 * place + number % 997, 2), 1)
        });
        let rates = bank.published(day, rows).expect("rates");
        let at = day.and_hms_opt(3, 0, 0).expect("an hour").and_utc();
        Record::from(Sighting::of_rates(bank.id(), Feed::OfDay, day, rates, at))
    });
    days.collect()
}

fn view() -> View<'static> {
    View::new(SourceId::NATIONAL_BANK_KZ)
}

static HISTORY: LazyLock<History> = LazyLock::new(|| ledger().history(now(), &view()));

/// Days in no order.
static SHUFFLED: LazyLock<Vec<NaiveDate>> = LazyLock::new(|| {
    let mut random = fastrand::Rng::with_seed(19);
    (0..LOOKUPS)
        .map(|_| first() + TimeDelta::days(random.i64(0..DAYS)))
        .collect()
});

#[divan::bench]
fn rates_on_10_000_days(bencher: Bencher<'_, '_>) {
    let (history, days) = (&*HISTORY, &*SHUFFLED);
    bencher
        .counter(divan::counter::ItemsCount::new(LOOKUPS))
        .bench(|| {
            days.iter()
                .filter(|day| {
                    history
                        .rates_on(**day)
                        .is_ok_and(|found| found.since == **day)
                })
                .count()
        });
}

#[divan::bench]
fn convert_on_10_000_days(bencher: Bencher<'_, '_>) {
    let (history, days) = (&*HISTORY, &*SHUFFLED);
    let amount = Money::new(Decimal::new(1999, 2), Currency::USD);
    bencher
        .counter(divan::counter::ItemsCount::new(LOOKUPS))
        .bench(|| {
            for day in days {
                let rates = &history.rates_on(*day).expect("a day").rates;
                black_box(rates.convert(black_box(amount), Currency::KZT)).expect("an amount");
            }
        });
}

/// The file is in the cache of the system.
#[divan::bench(sample_count = 10)]
fn load_thirty_years_from_the_file(bencher: Bencher<'_, '_>) {
    let path = std::env::temp_dir().join(format!("masthead-bench-{}.ledger", std::process::id()));
    let records: Vec<Record> = ledger().records().collect();
    FileStore::new(&path).append(&records, &[]).expect("a file");
    bencher.bench(|| {
        let state = FileStore::new(&path)
            .peek()
            .expect("a file")
            .expect("records");
        state.records().history(now(), &view())
    });
    for suffix in ["", ".lock"] {
        // A file that stays in the folder for temporary files does no harm.
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
}
