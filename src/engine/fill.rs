//! A back-fill as values: its source, its plan, and the days that have failed.
//!
//! | the bank's [`History`] | requests | answers | shared with other servers |
//! |---|---|---|---|
//! | `ByDay` | one for each day, by the source of the rates in force | the list of that day, an earlier one, or "no data" | for 24 hours |
//! | `Files` | one for all days, or a shorter one if each day of the plan is in the last 80 | all lists; the days between them count as "no data" | no |
//! | `None` | no back-fill | | |
//!
//! The plan is not stored: after a restart it is made again from the records, which say of each day whether it was requested, and when.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use http::{Request, Response};

use super::Bank;
use crate::fetch::{Budgets, Chain};
use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::source::{DecodeError, DynHistory, DynRates, History, Source};

/// A back-fill.
#[derive(Debug)]
pub(super) struct Fill {
    /// The source of all days.
    pub(super) source: Arc<DynHistory>,
    /// Whether one answer has all days.
    pub(super) is_file: bool,
    /// The first day that is wanted, but not before the first day of the bank's file.
    pub(super) since: NaiveDate,
    /// 720 requests an hour, beside the budget of the present rates, so that a back-fill cannot use that up.
    pub(super) budgets: Budgets,
    /// The days of the plan, the next one last.
    pub(super) queue: Vec<NaiveDate>,
    /// Whether it has records that were not shared and written yet.
    pub(super) has_news: bool,
    /// The source of the last days, if the bank has a shorter file of them.
    pub(super) recent: Option<Arc<DynHistory>>,
    /// The days whose requests have failed, with the instants at which they are due again.
    pub(super) failed: BTreeMap<NaiveDate, DateTime<Utc>>,
}

impl Fill {
    /// The back-fill of a bank. `None` if its sources have no earlier days.
    pub(super) fn new(bank: &Bank, since: NaiveDate) -> Option<Self> {
        let (source, recent, first): (Arc<DynHistory>, _, _) = match bank.history {
            History::ByDay => {
                let source = bank.rates.first()?;
                (Arc::new(OneDay(Arc::clone(source))), None, since)
            }
            History::Files { all, recent, first } => (all(), Some(recent()), first),
            History::None => return None,
        };
        Some(Self {
            source,
            is_file: recent.is_some(),
            has_news: false,
            recent,
            since: since.max(first),
            budgets: Budgets::of_history(),
            queue: Vec::new(),
            failed: BTreeMap::new(),
        })
    }

    /// The source of the days of the plan: the file of the last days if they are not before `recent`.
    pub(super) fn source_for(&self, recent: NaiveDate) -> &Arc<DynHistory> {
        let is_recent = self.queue.first().is_some_and(|day| *day >= recent);
        let file = self.recent.as_ref().filter(|_| is_recent);
        file.unwrap_or(&self.source)
    }

    /// Whether its records are shared with other servers. Those of a file are too many, and one request has them all.
    pub(super) const fn is_shared(&self) -> bool {
        !self.is_file
    }

    /// Whether no day of the plan is left.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    /// Forgets the instants of a clock that was set back by `by`, to `now`.
    pub(super) fn set_back(&mut self, now: DateTime<Utc>, by: TimeDelta) {
        self.budgets.set_back(now, by);
        self.failed.clear();
    }
}

/// The source of a day's rates as a source of history.
#[derive(Debug)]
struct OneDay(Arc<DynRates>);

impl Source for OneDay {
    type Query = NaiveDate;
    type Reading = Vec<Rates>;

    fn id(&self) -> SourceId {
        self.0.id()
    }

    fn attribution(&self) -> Attribution {
        self.0.attribution()
    }

    fn request(&self, day: &NaiveDate) -> Request<()> {
        self.0.request(day)
    }

    fn decode(
        &self,
        day: &NaiveDate,
        response: &Response<Bytes>,
    ) -> Result<Vec<Rates>, DecodeError> {
        Ok(vec![self.0.decode(day, response)?])
    }
}

/// The chain of the only source of a back-fill, and the day that is requested from it.
pub(super) type OfHistory = (NaiveDate, Chain<NaiveDate, Vec<Rates>>);
