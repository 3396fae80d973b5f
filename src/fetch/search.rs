//! One query on its way through a chain, as values: requests to send, and the responses to them.
//!
//! A search has a place in the list of sources, a phase, and a time at which it must have ended. It makes no request itself: [`Step`] says which
//! one is to be sent, and the response comes back with the [`Number`] of the request, so that late ones of an earlier source are dropped. The
//! time left is divided so that each source behind the present one keeps a reserve of 2.5 seconds.
//!
//! ```text
//!            ┌─────────(its turn is now)─────────┐
//!            │                                   ▼
//! new ──► Between ──(its turn is later)──► Waiting ──► Asked ──┬─ unchanged (304, or the same body) ─────► Done, with the reading
//!            ▲                                                 ├─ one document ─────────────────┐
//!            │                                                 ├─ several ──► Completing ───────┤
//!            │                                                 │                                ├─ vetted ──► Done, with the reading
//!            │                                                 │                                └─ refused ─┐
//!            │                                                 └─ failed ───────────────────────────────────┤
//!            └── the next source; after the last one Done, without a reading ◄─────────────────────────────┘
//! ```
//!
//! A reading that needs several documents (the daily and the weekly list of a bank) is as complete as the documents that came: one that fails
//! costs its rows, not the reading. Each request takes one from the budget, and a reading whose budget is used up goes without the further ones.
//! An unchanged reading was vetted when it was first read, and is not vetted again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response, StatusCode};

use super::memory::{Remembered, retry_after};
use super::{Answer, Attempt, Budgets, FetchError, Outcome};
use crate::provenance::SourceId;
use crate::source::Source;

/// A query whose sources are requested one after the other.
///
/// Instants of the clock are those at which it began plus the time that has passed since, so that a clock that is set meanwhile changes nothing.
#[derive(Debug)]
pub(crate) struct Search<R> {
    pub(super) key: String,
    /// The instant at which it began, by the clock...
    pub(super) at: DateTime<Utc>,
    /// ...and by the time that always passes.
    pub(super) since: Duration,
    /// The time that all sources have together.
    pub(super) time: Duration,
    /// The place of the source that is requested now.
    pub(super) place: usize,
    pub(super) phase: Phase<R>,
    /// The instant of the first request to the source, by the time that always passes.
    pub(super) asked: Option<Duration>,
    pub(super) attempts: Vec<Attempt>,
}

/// The state of the request to one source.
#[derive(Debug)]
pub(super) enum Phase<R> {
    /// No source is chosen.
    Between,
    /// It waits until then for its turn, and must have ended by `end`.
    Waiting { turn: Duration, end: Duration },
    /// Its first request was sent.
    Asked(Asked<R>),
    /// It has answered, and further requests complete the reading.
    Completing(Completing<R>),
}

/// The first request to a source is under way.
#[derive(Debug)]
pub(super) struct Asked<R> {
    /// The last answer to the same query, which this one may confirm. `None` for a reading of several documents.
    held: Option<Remembered<R>>,
    /// The further requests, to be sent when the first one was answered.
    more: Vec<Request<()>>,
    /// When the time of the source ends.
    end: Duration,
}

/// The further requests of a reading are under way.
#[derive(Debug)]
pub(super) struct Completing<R> {
    /// The reading of the first response.
    reading: R,
    /// The first response, whose validators and expiry count for the whole.
    response: Response<Bytes>,
    /// When it came, by the clock of the search.
    answered: DateTime<Utc>,
    /// The responses to the further requests, in their order. `None` if one has not come or has failed.
    further: Vec<Option<Response<Bytes>>>,
    /// The number of those that have not come.
    left: usize,
}

/// The next step of a search.
#[derive(Debug)]
pub(crate) enum Step<R> {
    /// Requests to send.
    Ask(Vec<Ask>),
    /// Nothing until this instant.
    Wait(Duration),
    /// Nothing: other requests are still under way.
    Pending,
    /// Nothing more.
    Done(Answer<R>),
}

/// A request to send.
#[derive(Debug)]
pub(crate) struct Ask {
    /// Its number, with which its response comes back.
    pub(crate) number: Number,
    pub(crate) request: Request<()>,
    /// After this time the response is not waited for any longer.
    pub(crate) time: Duration,
}

/// The number of a request of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Number {
    /// The place of its source.
    pub(super) place: usize,
    /// Zero for the first request to the source.
    pub(super) request: usize,
}

/// The outcome of a request.
pub(crate) type Received = Result<Response<Bytes>, FetchError>;

/// The source of a search, and what decides on its readings.
pub(super) struct Exchange<'a, Q: ?Sized, R> {
    pub(super) source: &'a dyn Source<Query = Q, Reading = R>,
    pub(super) place: usize,
    pub(super) query: &'a Q,
    /// Refuses a reading that cannot be right.
    pub(super) vet: &'a dyn Fn(&R) -> Result<(), FetchError>,
}

/// The outcome of an exchange with one source: the answer to remember, or the failure and the rest that the source asks for.
pub(super) type Exchanged<R> = Result<(Remembered<R>, Outcome), (FetchError, Option<TimeDelta>)>;

/// The next step of an exchange, or its end.
pub(super) enum Progress<R> {
    Ask(Vec<Ask>),
    Pending,
    Ended(Exchanged<R>),
}

impl<R> Search<R> {
    /// A search that has not begun. `at` is the time by the clock, `now` by the time that always passes; all sources have `time` together.
    pub(crate) const fn new(key: String, at: DateTime<Utc>, now: Duration, time: Duration) -> Self {
        Self {
            key,
            at,
            since: now,
            time,
            place: 0,
            phase: Phase::Between,
            asked: None,
            attempts: Vec::new(),
        }
    }

    /// The instant of the turn that it waits for.
    pub(crate) const fn turn(&self) -> Option<Duration> {
        match self.phase {
            Phase::Waiting { turn, .. } => Some(turn),
            _ => None,
        }
    }

    /// Moves its instant by a clock that was set back by `by`.
    pub(crate) fn set_back(&mut self, by: TimeDelta) {
        self.at -= by;
    }

    /// The time by the clock.
    pub(super) fn clock(&self, now: Duration) -> DateTime<Utc> {
        later(self.at, now.saturating_sub(self.since))
    }

    /// The time that is left for all sources.
    pub(super) fn left(&self, now: Duration) -> Duration {
        (self.since + self.time).saturating_sub(now)
    }

    /// Notes the end of the attempt at a source.
    pub(super) fn note(&mut self, source: SourceId, outcome: Outcome, now: Duration) {
        let asked = self.asked.take();
        let took = asked.map(|asked| now.saturating_sub(asked));
        self.attempts.push(Attempt {
            source,
            outcome,
            took,
        });
    }
}

impl<Q: ?Sized, R: Clone> Exchange<'_, Q, R> {
    const fn number(&self, request: usize) -> Number {
        Number {
            place: self.place,
            request,
        }
    }

    /// Makes the first request.
    pub(super) fn first(
        &self,
        held: Option<Remembered<R>>,
        end: Duration,
        now: Duration,
    ) -> Result<(Asked<R>, Ask), FetchError> {
        let (mut request, more) = contained(|| {
            (
                self.source.request(self.query),
                self.source.more_requests(self.query),
            )
        })?;
        // A 304 to the first of several requests does not cover the others.
        let held = held.filter(|_| more.is_empty());
        if let Some(held) = &held {
            held.make_conditional(&mut request);
        }
        let time = end.saturating_sub(now);
        let ask = Ask {
            number: self.number(0),
            request,
            time,
        };
        Ok((Asked { held, more, end }, ask))
    }

    /// Reads the response to the first request.
    pub(super) fn answered(
        &self,
        asked: Asked<R>,
        response: Response<Bytes>,
        budgets: &mut Budgets,
        answered: DateTime<Utc>,
        now: Duration,
    ) -> (Phase<R>, Progress<R>) {
        if let Some(held) = asked.held.filter(|held| held.stands(&response)) {
            let renewed = held.renewed(&response, answered);
            return ended(Ok((renewed, Outcome::Unchanged)));
        }
        let decoded = contained(|| self.source.decode(self.query, &response));
        let reading = match decoded.and_then(|decoded| Ok(decoded?)) {
            Ok(reading) => reading,
            Err(error) => {
                let asked = retry_after(response.headers(), answered);
                return ended(Err((error, asked)));
            }
        };
        let id = self.source.id();
        let granted = asked.more.into_iter();
        let granted = granted.take_while(|_| budgets.take(&id, answered).is_ok());
        let time = asked.end.saturating_sub(now);
        let asks: Vec<Ask> = (1..)
            .zip(granted)
            .map(|(number, request)| Ask {
                number: self.number(number),
                request,
                time,
            })
            .collect();
        let completing = Completing {
            reading,
            response,
            answered,
            further: asks.iter().map(|_| None).collect(),
            left: asks.len(),
        };
        if asks.is_empty() {
            return self.complete(completing, budgets);
        }
        (Phase::Completing(completing), Progress::Ask(asks))
    }

    /// Takes the response to a further request. Without all of them the reading is as complete as it can be.
    pub(super) fn completed(
        &self,
        mut completing: Completing<R>,
        number: usize,
        response: Received,
        budgets: &mut Budgets,
    ) -> (Phase<R>, Progress<R>) {
        let place = number.checked_sub(1);
        if let Some(place) = place.and_then(|place| completing.further.get_mut(place)) {
            *place = response.ok();
            completing.left = completing.left.saturating_sub(1);
        }
        if completing.left > 0 {
            return (Phase::Completing(completing), Progress::Pending);
        }
        self.complete(completing, budgets)
    }

    /// Adds the further documents to a reading, and has it judged. Further documents cannot make it worse: one that does not fit is left out.
    fn complete(
        &self,
        completing: Completing<R>,
        budgets: &mut Budgets,
    ) -> (Phase<R>, Progress<R>) {
        let Completing {
            mut reading,
            response,
            answered,
            further,
            ..
        } = completing;
        for response in further.into_iter().flatten() {
            match contained(|| self.source.complete(self.query, &reading, &response)) {
                Ok(Ok(whole)) => reading = whole,
                Ok(Err(error)) => {
                    let error = FetchError::from(error);
                    if error.is_refusal() {
                        let asked = retry_after(response.headers(), answered);
                        budgets.failed(&self.source.id(), answered, asked, true);
                    }
                }
                Err(_) => {}
            }
        }
        if let Err(error) = (self.vet)(&reading) {
            return ended(Err((error, retry_after(response.headers(), answered))));
        }
        let warned = response.status() == StatusCode::NON_AUTHORITATIVE_INFORMATION;
        let outcome = if warned {
            Outcome::Warned
        } else {
            Outcome::Read
        };
        ended(Ok((Remembered::new(reading, &response, answered), outcome)))
    }
}

/// The end of an exchange, as the next phase and progress.
const fn ended<R>(exchanged: Exchanged<R>) -> (Phase<R>, Progress<R>) {
    (Phase::Between, Progress::Ended(exchanged))
}

/// The instant of the clock after a time.
pub(super) fn later(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    now + TimeDelta::from_std(by).unwrap_or_default()
}

/// Runs a source's own code. A panic in it counts as a failure of that source alone.
fn contained<T>(run: impl FnOnce() -> T) -> Result<T, FetchError> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| FetchError::panicked())
}
