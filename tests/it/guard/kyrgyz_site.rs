//! A site of Kyrgyzstan, whose bank has a daily list of five currencies and a weekly one of eight.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use masthead::money::{Currency, Pair, Rates};
use masthead::strip::{Layout, Strip};
use masthead::ticker::{Bank, GuardEvent, TickerBuilder};
use masthead::{Freshness, Ticker};

use crate::fake_hosts::{FakeHosts, ok};
use crate::support::day;

pub(super) const DAILY: &str = "www.nbkr.kg/XML/daily.xml";
pub(super) const WEEKLY: &str = "www.nbkr.kg/XML/weekly.xml";
/// A Saturday, the first day of a weekly list.
pub(super) const SATURDAY: &str = "2026-05-02";

/// The weekly list: code, nominal, soms in ten-thousandths.
pub(super) const OF_THE_WEEK: [(&str, u32, i64); 8] = [
    ("GBP", 1, 117_4147),
    ("CHF", 1, 111_0300),
    ("JPY", 10, 5_4969),
    ("UZS", 100, 7300),
    ("TRY", 1, 1_9120),
    ("AED", 1, 23_8100),
    ("INR", 1, 9150),
    ("BYN", 1, 30_1200),
];

/// A ticker with the bank's two feeds, which serve numbers set by a test.
pub(super) struct Site {
    pub(super) hosts: FakeHosts,
    pub(super) ticker: Ticker,
    /// Numbers of a currency that replace the ordinary ones from a day on, in ten-thousandths.
    pub(super) numbers: Numbers,
    pub(super) events: Vec<GuardEvent>,
}

type Numbers = Arc<Mutex<BTreeMap<(&'static str, NaiveDate), i64>>>;

impl Site {
    pub(super) fn new(settings: impl FnOnce(TickerBuilder) -> TickerBuilder) -> Self {
        let hosts = FakeHosts::at(&format!("{SATURDAY}T04:00:00Z"));
        let numbers = Numbers::default();
        let (clock, put) = (hosts.clone(), Arc::clone(&numbers));
        hosts.on_each(DAILY, move |_| {
            let today = clock.now().date_naive();
            let rows = [
                ("USD", 87_4500),
                ("EUR", 101_2300),
                ("CNY", 12_8700),
                ("KZT", 1859),
                ("RUB", 1_2200),
            ];
            let rows = rows.map(|(code, value)| {
                (
                    code,
                    1,
                    of_day(
                        &put,
                        code,
                        today,
                        value + i64::from(today.day()) * value / 20_000,
                    ),
                )
            });
            ok(document(today, &rows))
        });
        let (clock, put) = (hosts.clone(), Arc::clone(&numbers));
        hosts.on_each(WEEKLY, move |_| {
            let first = week_of(clock.now().date_naive());
            let weeks = (first - day(SATURDAY)).num_days() / 7;
            let rows = OF_THE_WEEK.map(|(code, nominal, value)| {
                (
                    code,
                    nominal,
                    of_day(&put, code, first, value + weeks * value / 500),
                )
            });
            ok(document(first, &rows))
        });
        let bank = Bank::nbkr().witnesses([]);
        let ticker = settings(hosts.ticker().cities([]).bank(bank))
            .build()
            .unwrap();
        Self {
            hosts,
            ticker,
            numbers,
            events: Vec::new(),
        }
    }

    /// A site that has fetched the rates for four weeks.
    pub(super) async fn after_four_weeks(
        settings: impl FnOnce(TickerBuilder) -> TickerBuilder,
    ) -> Self {
        let mut site = Self::new(settings);
        for _ in 0..28 {
            site.refresh().await;
            site.next_day().await;
        }
        assert_eq!(site.ticker.holds().len(), 0, "ordinary weeks");
        site
    }

    pub(super) fn put(&self, code: &'static str, from: NaiveDate, value: i64) {
        self.numbers.lock().unwrap().insert((code, from), value);
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.hosts.now().date_naive()
    }

    pub(super) async fn next_day(&self) {
        tokio::time::advance(TimeDelta::days(1).to_std().unwrap()).await;
    }

    pub(super) async fn refresh(&mut self) {
        let report = self.ticker.refresh(self.hosts.now()).await;
        let entries = report.entries.into_iter();
        self.events.extend(entries.flat_map(|entry| entry.events));
    }

    pub(super) fn rates(&self) -> Rates {
        let snapshot = self.ticker.snapshot();
        snapshot.rates(self.hosts.now()).unwrap().value().clone()
    }

    /// Returns the displayed value of a currency, and its official day.
    pub(super) fn row(&self, code: &str) -> Option<(String, NaiveDate)> {
        let (rates, currency) = (self.rates(), code.parse::<Currency>().unwrap());
        Some((
            rates.row(currency)?.value.to_string(),
            rates.day_of(currency),
        ))
    }

    /// Returns the freshness of the rate of a pair, and whether it belongs to an earlier day than the list in force.
    pub(super) fn freshness(&self, code: &str) -> (Freshness, bool) {
        let (snapshot, layout) = (
            self.ticker.snapshot(),
            Layout::line().rates([vec![pair(&format!("{code}/KGS"))]]),
        );
        let strip = Strip::new(&snapshot, &layout, self.hosts.now());
        let item = strip.rates().next().unwrap();
        (item.freshness, item.is_behind())
    }

    pub(super) fn day_shown(&self, code: &str) -> Option<NaiveDate> {
        self.row(code).map(|(_, day)| day)
    }
}

/// Returns the Saturday on or before a day.
pub(super) fn week_of(day: NaiveDate) -> NaiveDate {
    day.week(chrono::Weekday::Sat).first_day()
}

/// Returns the number set by a test for a day, or the ordinary one.
fn of_day(numbers: &Numbers, code: &'static str, day: NaiveDate, ordinary: i64) -> i64 {
    let numbers = numbers.lock().unwrap();
    let put = numbers
        .range((code, NaiveDate::MIN)..=(code, day))
        .next_back();
    put.map_or(
        ordinary,
        |(_, value)| if *value == 0 { ordinary } else { *value },
    )
}

fn document(day: NaiveDate, rows: &[(&str, u32, i64)]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"windows-1251\"?><CurrencyRates Name=\"Rates\" Date=\"{}\">",
        day.format("%d.%m.%Y")
    );
    for (code, nominal, value) in rows {
        let _ = write!(
            xml,
            "<Currency ISOCode=\"{code}\"><Nominal>{nominal}</Nominal><Value>{},{:04}</Value></Currency>",
            value / 10_000,
            value % 10_000
        );
    }
    xml + "</CurrencyRates>"
}

pub(super) fn pair(text: &str) -> Pair {
    text.parse().unwrap()
}
