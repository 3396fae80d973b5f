//! An engine with a back-fill, driven through simulated time against a server of a test.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use http::{Request, Response};
use masthead::Ticker;
use masthead::fetch::FetchError;
use masthead::ledger::{History, Ledger};
use masthead::ticker::engine::{Effect, Engine, Event, Moment};
use masthead::ticker::{Bank, Item, Report, State, Store, StoreError, TickerBuilder};

use crate::support::{day, time};

const DEADLINE: Duration = Duration::from_secs(9);

/// A server: the status and the body of an answer to an address at an instant.
pub(super) type Server<'a> = &'a mut dyn FnMut(&str, DateTime<Utc>) -> (u16, String);

pub(super) struct Host {
    pub(super) engine: Engine,
    pub(super) now: Moment,
    /// The requests of the back-fill.
    pub(super) filled: Vec<(DateTime<Utc>, NaiveDate)>,
    pub(super) reports: Vec<String>,
    bank: Bank,
    /// The saved records.
    kept: State,
}

/// A store with a state for the start.
#[derive(Debug)]
struct Kept(State);

impl Store for Kept {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Ok(Some(self.0.clone()))
    }

    fn save(&self, _: &State) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Host {
    pub(super) fn new(bank: Bank, at: &str, since: &str) -> Self {
        Self::with(bank, time(at), since, State::default())
    }

    pub(super) fn with(bank: Bank, clock: DateTime<Utc>, since: &str, kept: State) -> Self {
        let now = Moment {
            clock,
            passed: Duration::ZERO,
        };
        let mut host = Self {
            engine: builder(&bank, since)
                .store(Kept(kept.clone()))
                .clock(move || clock)
                .engine()
                .unwrap(),
            now,
            filled: Vec::new(),
            reports: Vec::new(),
            bank,
            kept,
        };
        host.engine.on(Event::Start, now);
        host
    }

    /// The same server after its process ended, without what was not saved yet.
    pub(super) fn restarted(&self, since: &str) -> Self {
        Self::with(self.bank.clone(), self.now.clock, since, self.kept.clone())
    }

    /// Every record.
    pub(super) fn records(&mut self) -> Ledger {
        self.save();
        self.kept.records().clone()
    }

    fn save(&mut self) {
        self.kept.merge(self.engine.take_unwritten());
    }

    pub(super) fn history(&self) -> History {
        self.engine.history(self.now.clock)
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, time: TimeDelta, server: Server<'_>) {
        let end = self.now.clock + time;
        while self.now.clock < end {
            let effects = self.engine.on(Event::Tick, self.now);
            for effect in effects {
                if let Effect::Due { items, is_sparing } = effect {
                    self.refresh(items, is_sparing, server);
                }
            }
            let pause = self.engine.pause(self.now.clock).unwrap();
            self.advance(pause.min(Duration::from_secs(30)));
        }
    }

    fn refresh(&mut self, items: Vec<Item>, is_sparing: bool, server: Server<'_>) {
        let is_fill = items == [Item::History];
        assert!(is_fill || !items.contains(&Item::History), "{items:?}");
        let event = Event::Refresh {
            items,
            time: DEADLINE,
            is_sparing,
        };
        let mut effects = self.engine.on(event, self.now);
        while let Some(effect) = effects.pop() {
            match effect {
                Effect::Ask {
                    ticket, request, ..
                } => {
                    self.advance(Duration::from_millis(80));
                    let received = self.answer(&request, is_fill, server);
                    let event = Event::Answered { ticket, received };
                    effects.extend(self.engine.on(event, self.now));
                }
                Effect::Save { .. } => {
                    self.save();
                    effects.extend(self.engine.on(Event::Saved(Ok(())), self.now));
                }
                Effect::Report(report) => self.note(&report),
                _ => {}
            }
        }
    }

    fn answer(
        &mut self,
        request: &Request<()>,
        is_fill: bool,
        server: Server<'_>,
    ) -> Result<Response<Bytes>, FetchError> {
        let address = request.uri().to_string();
        if is_fill {
            let asked = asked_day(&address).unwrap_or(NaiveDate::MIN);
            self.filled.push((self.now.clock, asked));
        }
        let (status, body) = server(&address, self.now.clock);
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status.try_into().unwrap();
        Ok(response)
    }

    fn note(&mut self, report: &Report) {
        let text = report.to_string();
        if !text.is_empty() {
            self.reports.push(text);
        }
    }

    fn advance(&mut self, by: Duration) {
        self.now.clock += TimeDelta::from_std(by).unwrap();
        self.now.passed += by;
    }
}

fn builder(bank: &Bank, since: &str) -> TickerBuilder {
    let builder = Ticker::builder("tests").bank(bank.clone()).cities([]);
    builder.history_since(day(since))
}

/// The day in an address of the National Bank of Kazakhstan or of the Bank of Russia.
pub(super) fn asked_day(address: &str) -> Option<NaiveDate> {
    let (_, date) = address
        .split_once("fdate=")
        .or_else(|| address.split_once("date_req="))?;
    let date = date.replace('/', ".");
    NaiveDate::parse_from_str(&date, "%d.%m.%Y").ok()
}
