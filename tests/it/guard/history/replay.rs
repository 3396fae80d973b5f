//! A ticker whose bank serves one real day after another, and what it shows for each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use http::{Request, Response};
use masthead::fetch::{BoxFuture, Transport, TransportError};
use masthead::money::{Currency, Rates, Row};
use masthead::source::{DecodeError, DecodeErrorKind, DynRates, Source};
use masthead::ticker::{Bank, Evidence, GuardEvent, Hold, HoldId, Report, Witness};
use masthead::{Attribution, SourceId, Ticker};
use rust_decimal::Decimal;

pub(super) struct Replay {
    ticker: Ticker,
    said: Said,
    witness: Said,
    now: DateTime<Utc>,
    pub(super) truth: BTreeMap<NaiveDate, Rates>,
    held: BTreeMap<HoldId, (NaiveDate, String)>,
    pub(super) ended: BTreeMap<&'static str, usize>,
    holds: usize,
    pub(super) faults: usize,
    /// The days and rows that were not shown when the next day came.
    pub(super) late: Vec<String>,
    late_rows: BTreeMap<Currency, usize>,
    /// The number of publications with other numbers during which each row has been quarantined, and of those that have ended.
    waiting: BTreeMap<Currency, usize>,
    pub(super) withheld: BTreeMap<usize, usize>,
}

/// The bank's current response.
type Said = Arc<Mutex<Option<Rates>>>;

impl Replay {
    pub(super) fn new(home: &str) -> Self {
        Self::with(home, |bank, _| bank)
    }

    pub(super) fn witnessed(home: &str) -> Self {
        Self::with(home, |bank, witness| {
            bank.witnesses([Witness::new(witness)])
        })
    }

    pub(super) fn with(home: &str, set: impl FnOnce(Bank, Arc<DynRates>) -> Bank) -> Self {
        let (said, witness) = (Said::default(), Said::default());
        let source: Arc<DynRates> = Arc::new(Told {
            id: "bank".parse().unwrap(),
            said: Arc::clone(&said),
        });
        let second: Arc<DynRates> = Arc::new(Told {
            id: "second".parse().unwrap(),
            said: Arc::clone(&witness),
        });
        let bank = Bank::new(home.parse().unwrap(), chrono_tz::Asia::Almaty).rates([source]);
        let ticker = Ticker::builder("tests")
            .transport(Silent)
            .cities([])
            .bank(set(bank, second));
        Self {
            ticker: ticker.build().unwrap(),
            said,
            witness,
            now: DateTime::UNIX_EPOCH,
            truth: BTreeMap::new(),
            held: BTreeMap::new(),
            ended: BTreeMap::new(),
            holds: 0,
            faults: 0,
            late: Vec::new(),
            late_rows: BTreeMap::new(),
            waiting: BTreeMap::new(),
            withheld: BTreeMap::new(),
        }
    }

    /// Serves a real day: fetched in the morning and, as the schedule does after a quarantine, a quarter of an hour later.
    pub(super) async fn day(&mut self, rates: &Rates, first: bool) {
        let before = self.truth.range(..rates.day()).next_back();
        let has_other_numbers = before.is_none_or(|(_, before)| {
            let same =
                |row: &&Row| before.row(row.currency).map(|row| row.value) == Some(row.value);
            rates.rows().iter().filter(same).count() * 2 < rates.len()
        });
        self.truth.insert(rates.day(), rates.clone());
        *self.witness.lock().unwrap() = Some(rates.clone());
        if first {
            self.now = rates.day().and_hms_opt(5, 0, 0).unwrap().and_utc();
        }
        self.serve(rates, 2).await;
        let snapshot = self.ticker.snapshot();
        let shown = snapshot.rates(self.now).unwrap().value();
        for row in rates.rows() {
            if shown.row(row.currency).is_none() || shown.day_of(row.currency) < rates.day() {
                *self.late_rows.entry(row.currency).or_default() += 1;
                *self.waiting.entry(row.currency).or_default() += usize::from(has_other_numbers);
            } else if let Some(publications) = self.waiting.remove(&row.currency) {
                *self.withheld.entry(publications).or_default() += 1;
            }
        }
        if shown.day() < rates.day() {
            self.late.push(rates.day().to_string());
        }
    }

    /// Serves something other than the real rates for a day.
    pub(super) async fn day_with_errors(&mut self, truth: &Rates, served: &Rates) {
        self.truth.insert(truth.day(), truth.clone());
        self.now = truth.day().and_hms_opt(5, 0, 0).unwrap().and_utc();
        self.serve(served, 2).await;
    }

    pub(super) async fn serve(&mut self, rates: &Rates, times: usize) {
        let opening = rates.day().and_hms_opt(5, 0, 0).unwrap().and_utc();
        self.now = self.now.max(opening);
        *self.said.lock().unwrap() = Some(rates.clone());
        for _ in 0..times {
            let report = self.ticker.refresh(self.now).await;
            self.note(&report);
            self.check();
            self.now += TimeDelta::minutes(16);
            if self.ticker.holds().is_empty() {
                break;
            }
        }
    }

    fn note(&mut self, report: &Report) {
        for event in report.entries.iter().flat_map(|entry| &entry.events) {
            let how = match event {
                GuardEvent::Held(hold) => {
                    self.holds += usize::from(
                        self.held
                            .insert(hold.id, (hold.day, hold.to_string()))
                            .is_none(),
                    );
                    continue;
                }
                GuardEvent::Released { evidence, .. } => match evidence {
                    Evidence::Further { .. } => "by further publications",
                    Evidence::Next { .. } => "by the next publication",
                    Evidence::Witness { .. } => "by a witness",
                    _ => "otherwise",
                },
                GuardEvent::Dropped { .. } => "dropped for another number",
                _ => continue,
            };
            *self.ended.entry(how).or_default() += 1;
        }
    }

    /// Returns the quarantines.
    pub(super) fn quarantined(&self) -> Vec<Hold> {
        self.ticker.holds()
    }

    /// Returns the displayed row of a currency, with its day.
    pub(super) fn row(&self, currency: Currency) -> Option<(Row, NaiveDate)> {
        let snapshot = self.ticker.snapshot();
        let rates = snapshot.rates(self.now).unwrap().value();
        Some((*rates.row(currency)?, rates.day_of(currency)))
    }

    /// Returns the displayed dollar.
    pub(super) fn dollar(&self) -> Decimal {
        let snapshot = self.ticker.snapshot();
        let rates = snapshot.rates(self.now).unwrap().value();
        rates.row(Currency::USD).unwrap().value
    }

    /// Checks that every displayed number is that of its day.
    fn check(&self) {
        let snapshot = self.ticker.snapshot();
        for held in [snapshot.rates(self.now), snapshot.next(self.now)]
            .into_iter()
            .flatten()
        {
            let rates = held.value();
            for row in rates.rows() {
                let day = rates.day_of(row.currency);
                let truth = self.truth[&day].row(row.currency).unwrap();
                assert_eq!(
                    (row.value, row.nominal),
                    (truth.value, truth.nominal),
                    "{} of {day}",
                    row.currency
                );
            }
        }
    }

    /// Returns the largest number of publications with other numbers during which a row was or is quarantined.
    pub(super) fn longest(&self) -> usize {
        let ended = self.withheld.keys();
        ended
            .chain(self.waiting.values())
            .copied()
            .max()
            .unwrap_or_default()
    }

    /// Prints the counts, for a run with `--nocapture`.
    #[allow(clippy::print_stdout)]
    pub(super) fn tell(&self, what: &str) {
        let rows: usize = self.truth.values().map(Rates::len).sum();
        let late: usize = self.late_rows.values().sum();
        println!(
            "{what}: {} days, {rows} rows, {} faults, {} holds, ended {:?}, {} days late, {late} rows late, rows withheld for so many publications {:?}",
            self.truth.len(),
            self.faults,
            self.holds,
            self.ended,
            self.late.len(),
            self.withheld,
        );
        for (_, text) in self.held.values().filter(|_| self.faults == 0) {
            println!("  {text}");
        }
    }
}

/// A bank that serves what a test sets.
#[derive(Debug)]
struct Told {
    id: SourceId,
    said: Said,
}

impl Source for Told {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        self.id.clone()
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("A bank")
    }

    fn request(&self, _: &NaiveDate) -> Request<()> {
        Request::new(())
    }

    fn decode(&self, _: &NaiveDate, _: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let said = self.said.lock().unwrap().clone();
        let nothing = || DecodeError::new(&self.id, DecodeErrorKind::NoData("nothing".into()));
        said.ok_or_else(nothing)
    }
}

/// Every response differs, so that none counts as a repetition.
#[derive(Debug)]
struct Silent;

impl Transport for Silent {
    fn send(&self, _: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let body = Bytes::from(fastrand::u64(..).to_string());
        Box::pin(async { Ok(Response::new(body)) })
    }
}
