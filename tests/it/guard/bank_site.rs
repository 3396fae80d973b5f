//! A site whose banks publish lists that a test chooses.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::Ticker;
use masthead::money::{Currency, Rates};
use masthead::source::{Cbu, DynRates};
use masthead::ticker::{Bank, Evidence, GuardEvent, HoldId, Report, TickerBuilder, Witness};

use super::synthetic_market::{Market, Page, days_before};
use crate::fake_hosts::{FakeHosts, NEWEST, OF_DAY, ok};
use crate::support::day;

const CBU: &str = "cbu.uz";

/// The lists of a bank by day. A day without its own list is answered with the list before.
pub(crate) type Pages = Arc<Mutex<BTreeMap<NaiveDate, Page>>>;

/// The guard's events, with their instants.
pub(crate) type Events = Arc<Mutex<Vec<(DateTime<Utc>, GuardEvent)>>>;

pub(crate) struct BankSite {
    pub(crate) hosts: FakeHosts,
    pub(crate) market: Market,
    random: fastrand::Rng,
    /// The tested bank: the National Bank of Kazakhstan.
    pub(crate) pages: Pages,
    /// Its witness, the Central Bank of Uzbekistan.
    pub(crate) witness: Pages,
    pub(crate) ticker: Ticker,
    pub(crate) events: Events,
}

/// Noon in Astana, which was UTC+6 until March 2024.
const MORNING: &str = "T06:00:00Z";

impl BankSite {
    /// After sixty ordinary days up to `eve`, on which the dollar is at `dollar` hundredths of a tenge. The time is noon of that
    /// day.
    pub(crate) async fn on(eve: &str, dollar: i128, set: impl FnOnce(Bank) -> Bank) -> Self {
        Self::with(eve, dollar, set, |builder| builder).await
    }

    pub(crate) async fn with(
        eve: &str,
        dollar: i128,
        set: impl FnOnce(Bank) -> Bank,
        settings: impl FnOnce(TickerBuilder) -> TickerBuilder,
    ) -> Self {
        let site = Self::new(eve, dollar, 60, set, settings);
        site.after_sixty_days(eve, dollar).await
    }

    async fn after_sixty_days(self, eve: &str, dollar: i128) -> Self {
        let (mut site, eve) = (self, day(eve));
        for today in days_before(eve, 60).chain([eve]) {
            let ordinary = i128::from(site.random.i64(-300..=300));
            let near = if today == eve {
                dollar
            } else {
                dollar + dollar * ordinary / 100_000
            };
            site.publish(today, near);
            site.refresh().await;
            site.pass(TimeDelta::days(1)).await;
        }
        site.pass(TimeDelta::days(-1)).await;
        assert_eq!(
            site.dollar(),
            format!(
                "{} of {eve}",
                site.page(eve).print(dollar.try_into().unwrap())
            )
        );
        assert!(
            site.ticker.holds().is_empty(),
            "ordinary days: {:?}",
            site.ticker.holds()
        );
        site
    }

    /// The same, with settings that need the fake hosts.
    pub(crate) async fn with_hosts(
        eve: &str,
        dollar: i128,
        set: impl FnOnce(Bank) -> Bank,
        settings: impl FnOnce(&FakeHosts, TickerBuilder) -> TickerBuilder,
    ) -> Self {
        let start = day(eve) - TimeDelta::days(60);
        let hosts = FakeHosts::at(&format!("{start}{MORNING}"));
        let on = hosts.clone();
        let site = Self::with_fake_hosts(hosts, dollar, set, move |builder| settings(&on, builder));
        site.after_sixty_days(eve, dollar).await
    }

    /// Without history: noon, `days` days before `eve`, without any list.
    pub(crate) fn new(
        eve: &str,
        dollar: i128,
        before: i64,
        set: impl FnOnce(Bank) -> Bank,
        settings: impl FnOnce(TickerBuilder) -> TickerBuilder,
    ) -> Self {
        let start = day(eve) - TimeDelta::days(before);
        let hosts = FakeHosts::at(&format!("{start}{MORNING}"));
        Self::with_fake_hosts(hosts, dollar, set, settings)
    }

    fn with_fake_hosts(
        hosts: FakeHosts,
        dollar: i128,
        set: impl FnOnce(Bank) -> Bank,
        settings: impl FnOnce(TickerBuilder) -> TickerBuilder,
    ) -> Self {
        let (pages, witness) = (Pages::default(), Pages::default());
        let served = Arc::clone(&pages);
        hosts.on_each(OF_DAY, move |asked| {
            let (_, date) = asked.address.split_once("fdate=").unwrap();
            let day = NaiveDate::parse_from_str(date, "%d.%m.%Y").unwrap();
            answer(&served, day, Page::national_bank)
        });
        let served = Arc::clone(&pages);
        hosts.on_each(NEWEST, move |_| {
            answer(&served, NaiveDate::MAX, Page::national_bank)
        });
        let served = Arc::clone(&witness);
        hosts.on_each(CBU, move |asked| {
            let day = asked
                .address
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap();
            // The request for its newest list has no day.
            answer(&served, day.parse().unwrap_or(NaiveDate::MAX), Page::cbu)
        });
        let events = Arc::new(Mutex::new(Vec::new()));
        let bank = set(Bank::national_bank_kz());
        let builder = settings(hosts.ticker().cities([]).bank(bank));
        let builder = builder.on_report({
            let (events, hosts) = (Arc::clone(&events), hosts.clone());
            move |report| note(&events, hosts.now(), report)
        });
        let mut market = Market::new();
        market.set("KZT", dollar);
        let ticker = builder.build().unwrap();
        Self {
            hosts,
            market,
            random: fastrand::Rng::with_seed(1),
            pages,
            witness,
            ticker,
            events,
        }
    }

    /// Moves the market by a day and publishes the result, with the dollar at `dollar` hundredths.
    pub(crate) fn publish(&mut self, day: NaiveDate, dollar: i128) {
        self.market.pass(&mut self.random, 300);
        self.market.set("KZT", dollar);
        let page = self.market.page("KZT", day, 2);
        self.publish_list(page);
    }

    /// Publishes a list, with its changes since the previous one.
    pub(crate) fn publish_list(&self, page: Page) {
        let mut pages = self.pages.lock().unwrap();
        let before = pages
            .range(..page.day)
            .next_back()
            .map(|(_, before)| before.clone());
        let page = before.map_or(page.clone(), |before| page.after(&before));
        pages.insert(page.day, page);
    }

    /// Publishes a list unchanged.
    pub(crate) fn publish_unchanged(&self, page: Page) {
        self.pages.lock().unwrap().insert(page.day, page);
    }

    /// The witness publishes the market rates of a day.
    pub(crate) fn witness_publishes(&self, day: NaiveDate) {
        self.witness
            .lock()
            .unwrap()
            .insert(day, self.market.page("UZS", day, 2));
    }

    pub(crate) fn page(&self, day: NaiveDate) -> Page {
        self.pages.lock().unwrap()[&day].clone()
    }

    pub(crate) async fn refresh(&self) -> Report {
        let report = self.ticker.refresh(self.hosts.now()).await;
        note(&self.events, self.hosts.now(), &report);
        report
    }

    pub(crate) async fn pass(&self, time: TimeDelta) {
        match time.to_std() {
            Ok(time) => tokio::time::advance(time).await,
            Err(_) => self.hosts.move_clock(time),
        }
    }

    pub(crate) async fn wait_until(&self, day: NaiveDate, utc: &str) {
        self.hosts.wait_until(&format!("{day}T{utc}:00Z")).await;
    }

    /// Runs the ticker for that long.
    pub(crate) async fn run(&self, time: Duration) {
        assert!(tokio::time::timeout(time, self.ticker.run()).await.is_err());
    }

    pub(crate) fn rates(&self) -> Rates {
        self.ticker
            .snapshot()
            .rates(self.hosts.now())
            .unwrap()
            .value()
            .clone()
    }

    /// Returns the displayed dollar and its day.
    pub(crate) fn dollar(&self) -> String {
        let shown = self.rates();
        self.row(&shown, "USD").unwrap()
    }

    pub(crate) fn next_dollar(&self) -> Option<String> {
        let snapshot = self.ticker.snapshot();
        self.row(snapshot.next(self.hosts.now())?.value(), "USD")
    }

    pub(crate) fn row(&self, rates: &Rates, code: &str) -> Option<String> {
        let currency: Currency = code.parse().unwrap();
        let row = rates.row(currency)?;
        Some(format!("{} of {}", row.value, rates.day_of(currency)))
    }

    /// Checks that the snapshot does not show the number in a row, in force or next.
    #[track_caller]
    pub(crate) fn assert_not_shown(&self, code: &str, number: &str) {
        let snapshot = self.ticker.snapshot();
        let now = self.hosts.now();
        for rates in [snapshot.rates(now), snapshot.next(now)]
            .into_iter()
            .flatten()
        {
            let row = self.row(rates.value(), code).unwrap_or_default();
            assert!(
                !row.starts_with(&format!("{number} ")),
                "{row} is shown at {now}"
            );
        }
    }

    /// Returns the ids quarantined so far, in order, with their instants.
    pub(crate) fn held(&self) -> Vec<(DateTime<Utc>, HoldId)> {
        let events = self.events.lock().unwrap();
        let held = events.iter().filter_map(|(at, event)| match event {
            GuardEvent::Held(hold) => Some((*at, hold.id)),
            _ => None,
        });
        held.collect()
    }

    pub(crate) fn released(&self) -> Vec<(DateTime<Utc>, HoldId, Evidence)> {
        let events = self.events.lock().unwrap();
        let released = events.iter().filter_map(|(at, event)| match event {
            GuardEvent::Released { hold, evidence, .. } => Some((*at, *hold, evidence.clone())),
            _ => None,
        });
        released.collect()
    }
}

/// Sets the Central Bank of Uzbekistan as the witness.
pub(crate) fn witnessed(bank: Bank) -> Bank {
    let cbu: Arc<DynRates> = Arc::new(Cbu::of_day());
    bank.witnesses([Witness::new(cbu)])
}

/// Removes all witnesses.
pub(crate) fn alone(bank: Bank) -> Bank {
    let own: Arc<DynRates> = Arc::new(masthead::source::NationalBankKz::of_day());
    bank.rates([own])
}

fn note(events: &Mutex<Vec<(DateTime<Utc>, GuardEvent)>>, now: DateTime<Utc>, report: &Report) {
    let new = report
        .entries
        .iter()
        .flat_map(|entry| entry.events.iter().cloned());
    events.lock().unwrap().extend(new.map(|event| (now, event)));
}

fn answer(
    pages: &Pages,
    day: NaiveDate,
    print: impl Fn(&Page) -> String,
) -> crate::fake_hosts::Reply {
    let pages = pages.lock().unwrap();
    match pages.range(..=day).next_back() {
        Some((of, page)) if *of == day || day == NaiveDate::MAX => ok(print(page)),
        Some((_, page)) => ok(print(&page.echoed(day))),
        None => crate::fake_hosts::status(503),
    }
}
