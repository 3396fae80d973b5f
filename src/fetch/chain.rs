use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::StatusCode;
use tokio::time::{Instant, timeout};

use super::memory::{Remembered, Rest, expires, retry_after};
use super::{Budgets, FetchError, Transport};
use crate::provenance::{Attribution, SourceId};
use crate::source::Source;

/// Sources of one kind, in the order in which they are asked.
///
/// ```
/// # use bytes::Bytes;
/// # use masthead::fetch::{BoxFuture, Transport, TransportError};
/// # #[derive(Debug)]
/// # struct Broken;
/// # impl Transport for Broken {
/// #     fn send(&self, _: http::Request<()>) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
/// #         Box::pin(async { Ok(http::Response::new(Bytes::from_static(b"<html>502</html>"))) })
/// #     }
/// # }
/// use std::sync::Arc;
/// use std::time::Duration;
/// use masthead::fetch::{Budgets, Chain};
/// use masthead::source::{DynRates, Frankfurter, NationalBankKz};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let sources: [Arc<DynRates>; 2] = [Arc::new(NationalBankKz::of_day()), Arc::new(Frankfurter::new())];
/// let chain = Chain::new(sources);
/// let (now, today) = ("2026-04-02T06:00:00Z".parse().unwrap(), "2026-04-02".parse().unwrap());
/// let answer = chain.read(&Broken, &Budgets::default(), "rates", &today, now, Duration::from_secs(9)).await;
/// assert!(answer.reading.is_none());
/// assert_eq!(answer.attempts.len(), 2); // each said why
/// # }
/// ```
pub struct Chain<Q: ?Sized, R> {
    sources: Vec<Arc<dyn Source<Query = Q, Reading = R>>>,
    memory: Mutex<Memory<R>>,
}

struct Memory<R> {
    answers: HashMap<(usize, String), Remembered<R>>,
    /// By source, and by source and query.
    rests: HashMap<(usize, Option<String>), Rest>,
}

/// What a chain brought back: a reading or none, and what each source that was considered did.
#[derive(Debug)]
pub struct Answer<R> {
    /// The reading, with its credit and the time before which its source asks not to be asked again.
    pub reading: Option<(R, Attribution, Option<DateTime<Utc>>)>,
    /// What each source did, in order.
    pub attempts: Vec<Attempt>,
}

/// What one source did.
#[derive(Debug)]
pub struct Attempt {
    /// Which source.
    pub source: SourceId,
    /// What it did.
    pub outcome: Outcome,
}

/// What a source that was considered did.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It answered with a reading.
    Read,
    /// It answered that its last reading stands.
    Unchanged,
    /// It was not asked: it wants to be left alone until then, and its last reading stands.
    NotDue(DateTime<Utc>),
    /// It was not asked: it failed and rests until then.
    Resting(DateTime<Utc>),
    /// It was not asked: the hour's budget is spent until then.
    OverBudget(DateTime<Utc>),
    /// It was asked and gave no reading.
    Failed(FetchError),
}

impl Outcome {
    /// Whether the source's reading, new or old, is the one to show.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::Read | Self::Unchanged | Self::NotDue(_))
    }
}

impl<Q: ?Sized + Sync, R: Clone + Send + Sync> Chain<Q, R> {
    /// A chain of sources; the first is asked first.
    #[must_use]
    pub fn new(sources: impl IntoIterator<Item = Arc<dyn Source<Query = Q, Reading = R>>>) -> Self {
        let memory = Memory {
            answers: HashMap::new(),
            rests: HashMap::new(),
        };
        Self {
            sources: sources.into_iter().collect(),
            memory: Mutex::new(memory),
        }
    }

    /// Asks the sources in order until one answers, within `time` in all: each gets an even share of what is left.
    ///
    /// `key` names the query among the chain's others; `now` is the time for every rule.
    pub async fn read(
        &self,
        transport: &dyn Transport,
        budgets: &Budgets,
        key: &str,
        query: &Q,
        now: DateTime<Utc>,
        time: Duration,
    ) -> Answer<R> {
        let deadline = Instant::now() + time;
        let mut attempts = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            let id = source.id();
            if let Some((outcome, stop)) = self.hindrance(index, key, &id, budgets, now) {
                attempts.push(Attempt {
                    source: id,
                    outcome,
                });
                if stop {
                    break;
                }
                continue;
            }
            let left = u32::try_from(self.sources.len() - index).unwrap_or(u32::MAX);
            let share = deadline.saturating_duration_since(Instant::now()) / left;
            match self
                .ask(index, source.as_ref(), transport, key, query, now, share)
                .await
            {
                Ok((reading, expires, outcome)) => {
                    attempts.push(Attempt {
                        source: id,
                        outcome,
                    });
                    return Answer {
                        reading: Some((reading, source.attribution(), expires)),
                        attempts,
                    };
                }
                Err(error) => attempts.push(Attempt {
                    source: id,
                    outcome: Outcome::Failed(error),
                }),
            }
        }
        Answer {
            reading: None,
            attempts,
        }
    }

    /// Why a source is not asked, and whether that ends the search: what it last said stands.
    fn hindrance(
        &self,
        index: usize,
        key: &str,
        id: &SourceId,
        budgets: &Budgets,
        now: DateTime<Utc>,
    ) -> Option<(Outcome, bool)> {
        let memory = self.memory();
        let resting = |key: Option<String>| {
            memory
                .rests
                .get(&(index, key))
                .and_then(|rest| rest.until(now))
        };
        if let Some(until) = resting(None).max(resting(Some(key.to_owned()))) {
            return Some((Outcome::Resting(until), false));
        }
        let answered = memory.answers.get(&(index, key.to_owned()));
        if let Some(until) = answered
            .and_then(|answer| answer.expires)
            .filter(|until| now < *until)
        {
            return Some((Outcome::NotDue(until), true));
        }
        let until = budgets.take(id, now).err()?;
        Some((Outcome::OverBudget(until), answered.is_some()))
    }

    #[allow(clippy::too_many_arguments)] // one call, and each is another thing
    async fn ask(
        &self,
        index: usize,
        source: &dyn Source<Query = Q, Reading = R>,
        transport: &dyn Transport,
        key: &str,
        query: &Q,
        now: DateTime<Utc>,
        time: Duration,
    ) -> Result<(R, Option<DateTime<Utc>>, Outcome), FetchError> {
        let slot = (index, key.to_owned());
        let mut request = source.request(query);
        let held = self.memory().answers.get(&slot).cloned();
        if let Some(held) = &held {
            held.make_conditional(&mut request);
        }
        let response = match timeout(time, transport.send(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.failed(&slot, error.into(), None, now)),
            Err(_) => return Err(self.failed(&slot, FetchError::late(time), None, now)),
        };
        if let Some(mut held) = held
            && (response.status() == StatusCode::NOT_MODIFIED
                || response.status() == StatusCode::OK && held.is_of(response.body()))
        {
            held.expires = expires(response.headers(), now);
            let (reading, expires) = (held.reading.clone(), held.expires);
            self.succeeded(slot, held);
            return Ok((reading, expires, Outcome::Unchanged));
        }
        match source.decode(query, &response) {
            Ok(reading) => {
                let remembered = Remembered::new(reading.clone(), &response, now);
                let expires = remembered.expires;
                self.succeeded(slot, remembered);
                Ok((reading, expires, Outcome::Read))
            }
            Err(error) => Err(self.failed(
                &slot,
                error.into(),
                retry_after(response.headers(), now),
                now,
            )),
        }
    }

    fn succeeded(&self, slot: (usize, String), answer: Remembered<R>) {
        let mut memory = self.memory();
        memory.rests.remove(&(slot.0, None));
        memory.rests.remove(&(slot.0, Some(slot.1.clone())));
        memory.answers.insert(slot, answer);
    }

    fn failed(
        &self,
        slot: &(usize, String),
        error: FetchError,
        asked: Option<chrono::TimeDelta>,
        now: DateTime<Utc>,
    ) -> FetchError {
        if !error.is_no_data() {
            let key = if error.concerns_host() {
                None
            } else {
                Some(slot.1.clone())
            };
            self.memory()
                .rests
                .entry((slot.0, key))
                .or_default()
                .extend(now, asked);
        }
        error
    }

    /// Takes over a reading that was kept across a restart, so that its source is not asked before it is due.
    pub(crate) fn restore(
        &self,
        key: &str,
        source: &SourceId,
        reading: &R,
        expires: Option<DateTime<Utc>>,
    ) {
        let Some(index) = self.sources.iter().position(|known| known.id() == *source) else {
            return;
        };
        let remembered = Remembered::restored(reading.clone(), expires);
        self.memory()
            .answers
            .insert((index, key.to_owned()), remembered);
    }

    /// The source that is asked last.
    pub(crate) fn last_id(&self) -> Option<SourceId> {
        self.sources.last().map(|source| source.id())
    }

    fn memory(&self) -> MutexGuard<'_, Memory<R>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Q: ?Sized, R> fmt::Debug for Chain<Q, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.sources.iter().map(|source| source.id()))
            .finish()
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = &self.source;
        match &self.outcome {
            Outcome::Read => write!(f, "{source}: read"),
            Outcome::Unchanged => write!(f, "{source}: unchanged"),
            Outcome::NotDue(until) => write!(f, "{source}: not due before {until}"),
            Outcome::Resting(until) => write!(f, "{source}: resting until {until}"),
            Outcome::OverBudget(until) => write!(f, "{source}: no request left before {until}"),
            Outcome::Failed(error) => {
                write!(f, "{source}: {error}")?;
                // The cause is not part of an error's own text, and a reader of a report wants all of it.
                let mut cause = std::error::Error::source(error);
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
        }
    }
}
