//! Annotators with the rates of two days.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use masthead::ledger::{Feed, History, Ledger, Record, Sighting, View};
use masthead::money::{Currency, Row, parse_decimal};
use masthead::prose::Annotator;
use masthead::strip::Lang;
use masthead::ticker::Bank;

use crate::answer;

/// A day of an article.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Day {
    First,
    Second,
}

/// The values in tenge on the first day. On the second a 1 stands before each.
const ROWS: [(&str, &str, u32); 9] = [
    ("USD", "475.09", 1),
    ("EUR", "551.06", 1),
    ("RUB", "5.87", 1),
    ("CNY", "69.12", 1),
    ("GBP", "627.7", 1),
    ("JPY", "2.98", 1),
    ("KRW", "32.1", 100),
    ("UZS", "3.75", 100),
    ("KGS", "54.3", 10),
];

static HISTORY: LazyLock<History> = LazyLock::new(|| {
    let bank = Bank::national_bank_kz();
    let records = [Day::First, Day::Second].map(|day| {
        let rows = ROWS.map(|(code, value, units)| {
            let value = match day {
                Day::First => value.to_owned(),
                Day::Second => format!("1{value}"),
            };
            let value = parse_decimal(&value).unwrap_or_default();
            Row::new(code.parse().unwrap_or(Currency::USD), value, units)
        });
        let rates = bank.published(day.date(), rows);
        let rates = rates.unwrap_or_else(|error| panic!("{error}"));
        let at = DateTime::<Utc>::from_timestamp(1_804_147_200, 0).unwrap_or_default();
        let sighting = Sighting::of_rates(bank.id(), Feed::OfDay, day.date(), rates, at);
        Record::from(sighting)
    });
    let ledger: Ledger = records.into_iter().collect();
    let now = DateTime::<Utc>::from_timestamp(1_804_400_000, 0).unwrap_or_default();
    ledger.history(now, &View::new(bank.id()))
});

impl Day {
    fn date(self) -> NaiveDate {
        let day = match self {
            Self::First => 4,
            Self::Second => 5,
        };
        NaiveDate::from_ymd_opt(2027, 3, day).unwrap_or_default()
    }
}

pub(crate) fn annotator(lang: Lang, to: Currency, day: Day) -> Annotator {
    let annotator = Annotator::new(&HISTORY, day.date(), to, lang);
    annotator.unwrap_or_else(|error| panic!("{error}"))
}

/// The target currency of an input: one with a sign, one without decimals, one without a sign.
pub(crate) fn target(input: &[u8]) -> Currency {
    const TARGETS: [Currency; 5] = [
        Currency::USD,
        Currency::KZT,
        Currency::RUB,
        Currency::CNY,
        Currency::JPY,
    ];
    TARGETS[answer::digest(input) as usize % TARGETS.len()]
}
