use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use super::exchange::Exchange;
use super::memory::{Remembered, Rest};
use super::{Answer, Attempt, Budgets, FetchError, Fetched, Outcome, Transport};
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::{Observed, Reading};
use crate::source::Source;

/// Sources of one kind in order of preference: the next is requested if one fails.
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
    /// The least time between two requests to one source.
    spacing: Duration,
    memory: Mutex<Memory<R>>,
}

struct Memory<R> {
    answers: HashMap<Slot, Remembered<R>>,
    /// Queries that failed by themselves, their source being well.
    rests: HashMap<Slot, Rest>,
    /// When each source may get its next request, by its place.
    turns: HashMap<usize, Instant>,
}

/// A source by its place in the chain, and a query by its key.
type Slot = (usize, String);

impl<Q: ?Sized + Sync, R: Clone + Send + Sync> Chain<Q, R> {
    /// A chain of sources, the preferred one first.
    #[must_use]
    pub fn new(sources: impl IntoIterator<Item = Arc<dyn Source<Query = Q, Reading = R>>>) -> Self {
        let memory = Memory {
            answers: HashMap::new(),
            rests: HashMap::new(),
            turns: HashMap::new(),
        };
        Self {
            sources: sources.into_iter().collect(),
            spacing: Duration::ZERO,
            memory: Mutex::new(memory),
        }
    }

    /// The same, leaving so much time between two requests to one source, whatever they are for.
    pub(crate) const fn spaced(mut self, spacing: Duration) -> Self {
        self.spacing = spacing;
        self
    }

    /// Requests the sources in order until one gives a reading, within `time` in total; two and a half seconds of it are reserved for each
    /// source that follows.
    ///
    /// `key` identifies the query among others of this chain; `now` is the time for expiry, cool-downs and budgets.
    pub async fn read(
        &self,
        transport: &dyn Transport,
        budgets: &Budgets,
        key: &str,
        query: &Q,
        now: DateTime<Utc>,
        time: Duration,
    ) -> Answer<R> {
        let any = |_: &R| Ok(());
        self.read_vetted(transport, budgets, key, query, now, time, &any)
            .await
    }

    /// [`read`](Self::read), passing over readings that cannot be right.
    #[allow(clippy::too_many_arguments)] // those of `read`, and one
    pub(crate) async fn read_vetted(
        &self,
        transport: &dyn Transport,
        budgets: &Budgets,
        key: &str,
        query: &Q,
        now: DateTime<Utc>,
        time: Duration,
        vet: &(dyn Fn(&R) -> Result<(), FetchError> + Sync),
    ) -> Answer<R> {
        let start = Instant::now();
        let mut attempts = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            let (slot, id) = ((index, key.to_owned()), source.id());
            let share = share(
                time.saturating_sub(start.elapsed()),
                self.sources.len() - index - 1,
            );
            // A source behind one that hangs is asked later than the refresh began.
            let asking = later(now, start.elapsed());
            let turn = match self.turn(&slot, &id, budgets, asking, share) {
                Ok(turn) => turn,
                Err((outcome, stop)) => {
                    attempts.push(Attempt {
                        source: id,
                        outcome,
                    });
                    if stop {
                        break;
                    }
                    continue;
                }
            };
            let wait = turn.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                tokio::time::sleep_until(turn).await;
            }
            let share = share.saturating_sub(wait);
            let exchange = Exchange {
                source: source.as_ref(),
                query,
                transport,
                budgets,
                held: self.memory().answers.get(&slot).cloned(),
                vet,
            };
            match exchange.run(later(asking, wait), share).await {
                Ok((answer, outcome)) => {
                    budgets.answered(&id, now);
                    attempts.push(Attempt {
                        source: id,
                        outcome,
                    });
                    let (value, expires) = (answer.reading.clone(), answer.expires);
                    self.remember(slot, answer, now);
                    return Answer {
                        reading: Some(Fetched {
                            value,
                            attribution: source.attribution(),
                            expires,
                        }),
                        attempts,
                    };
                }
                Err((error, asked)) => {
                    if error.concerns_source() {
                        budgets.failed(&id, now, asked, error.is_refusal());
                    }
                    if !error.is_no_data() {
                        self.memory()
                            .rests
                            .entry(slot)
                            .or_default()
                            .extend(now, asked);
                    }
                    attempts.push(Attempt {
                        source: id,
                        outcome: Outcome::Failed(error),
                    });
                }
            }
        }
        Answer {
            reading: None,
            attempts,
        }
    }

    /// When a source is asked, within `time`; or why it is not, and whether that ends the search: what it last said stands.
    fn turn(
        &self,
        slot: &Slot,
        id: &SourceId,
        budgets: &Budgets,
        now: DateTime<Utc>,
        time: Duration,
    ) -> Result<Instant, (Outcome, bool)> {
        let mut memory = self.memory();
        let rest = memory.rests.get(slot).and_then(|rest| rest.until(now));
        if let Some(until) = rest.max(budgets.resting(id, now)) {
            return Err((Outcome::Resting(until), false));
        }
        let answered = memory.answers.get(slot);
        if let Some(until) = answered.and_then(|answer| answer.due(now)) {
            return Err((Outcome::NotDue(until), true));
        }
        let over_budget = |until| (Outcome::OverBudget(until), answered.is_some());
        let asked = Instant::now();
        let turn = memory
            .turns
            .get(&slot.0)
            .map_or(asked, |next| asked.max(*next));
        // Many cities whose first source does not answer come to the second one all at once.
        let wait = turn - asked;
        if wait > time / 2 {
            return Err(over_budget(later(now, wait)));
        }
        budgets.take(id, later(now, wait)).map_err(over_budget)?;
        memory.turns.insert(slot.0, turn + self.spacing);
        Ok(turn)
    }

    fn remember(&self, slot: Slot, answer: Remembered<R>, now: DateTime<Utc>) {
        let mut memory = self.memory();
        memory.rests.remove(&slot);
        memory.answers.insert(slot, answer);
        // The queries of days gone by are never asked again.
        let recent = |at: DateTime<Utc>| (now - at).abs() < TimeDelta::days(2);
        memory.answers.retain(|_, answer| recent(answer.at));
        memory.rests.retain(|_, rest| rest.until(now).is_some());
    }

    /// Takes over a reading that was kept across a restart, so that its source is not asked before it is due.
    pub(crate) fn restore(&self, key: &str, held: &Observed<R>)
    where
        R: Reading,
    {
        let Some(index) = self
            .sources
            .iter()
            .position(|known| known.id() == *held.source())
        else {
            return;
        };
        let answer = Remembered::restored(held.value().clone(), held.expires(), held.fetched());
        self.memory()
            .answers
            .insert((index, key.to_owned()), answer);
    }

    /// The credit of one of the sources.
    pub(crate) fn attribution(&self, source: &SourceId) -> Option<Attribution> {
        let known = self.sources.iter().find(|known| known.id() == *source);
        known.map(|source| source.attribution())
    }

    /// The ids of the sources, in the order of their requests.
    pub(crate) fn ids(&self) -> impl Iterator<Item = SourceId> + '_ {
        self.sources.iter().map(|source| source.id())
    }

    /// The source that is asked first.
    pub(crate) fn first_id(&self) -> Option<SourceId> {
        self.sources.first().map(|source| source.id())
    }

    /// The source that is asked last.
    pub(crate) fn last_id(&self) -> Option<SourceId> {
        self.sources.last().map(|source| source.id())
    }

    fn memory(&self) -> MutexGuard<'_, Memory<R>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn later(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    now + TimeDelta::from_std(by).unwrap_or_default()
}

/// All the time left but a reserve for each source behind, and an even share where that is more.
fn share(left: Duration, behind: usize) -> Duration {
    const RESERVE: Duration = Duration::from_millis(2500);
    let behind = u32::try_from(behind).unwrap_or(u32::MAX - 1);
    left.saturating_sub(RESERVE.saturating_mul(behind))
        .max(left / (behind + 1))
}

impl<Q: ?Sized, R> fmt::Debug for Chain<Q, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.sources.iter().map(|source| source.id()))
            .finish()
    }
}
