//! The order of sources for one query, and the time that each of them gets.
//!
//! # A deadline of 9 seconds and two sources
//!
//! The first source gets all the time but 2.5 seconds for each source behind it: 6.5 seconds. If it hangs, the second one has 2.5 seconds; if it
//! fails at once, the second one has 9. With 4 seconds both get 2, because an even share is more than 4 − 2.5.
//!
//! # The memory of a chain
//!
//! | map | key | until |
//! |---|---|---|
//! | `answers` | source and query | two days after the answer |
//! | `rests` | source and query | an answer; or an hour after its cool-down, when another query is answered: then its failures are forgotten |
//! | `turns` | source | always; used only by a chain with a spacing |
//!
//! A query is identified by its key: the day for rates, the city for weather. So on a new day the answers of the day before neither save nor
//! prevent a request. Cool-downs of a whole source stand in [`Budgets`], which all chains of a ticker share.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::memory::{Remembered, Rest};
use super::search::{Exchange, Exchanged, Number, Phase, Progress, Received, Search, Step, later};
use super::{Answer, Budgets, FetchError, Fetched, Outcome};
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::{Observed, Reading};
use crate::source::Source;

/// Sources of one kind in order of preference: the next is requested if one fails.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use masthead::fetch::{Budgets, Chain, FakeUpstream};
/// use masthead::source::{DynRates, Frankfurter, NationalBankKz};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let sources: [Arc<DynRates>; 2] = [Arc::new(NationalBankKz::of_day()), Arc::new(Frankfurter::new())];
/// let mut chain = Chain::new(sources);
/// let (now, today) = ("2026-04-02T06:00:00Z".parse().unwrap(), "2026-04-02".parse().unwrap());
/// let answer = chain.read(&FakeUpstream::new(), &mut Budgets::default(), "rates", &today, now, Duration::from_secs(9)).await;
/// assert!(answer.reading.is_none());
/// assert_eq!(answer.attempts.len(), 2); // each said why
/// # }
/// ```
pub struct Chain<Q: ?Sized, R> {
    sources: Vec<Arc<dyn Source<Query = Q, Reading = R>>>,
    /// The least time between two requests to one source.
    spacing: Duration,
    answers: HashMap<Slot, Remembered<R>>,
    /// Queries that failed by themselves, their source being well.
    rests: HashMap<Slot, Rest>,
    /// When each source may get its next request, by its place. Empty without a spacing.
    turns: HashMap<usize, Duration>,
}

/// A source by its place in the chain, and a query by its key.
type Slot = (usize, String);

/// The query of a search, and the judge of its readings.
pub(crate) struct Terms<'a, Q: ?Sized, R> {
    pub(crate) query: &'a Q,
    pub(crate) budgets: &'a mut Budgets,
    /// Refuses a reading that cannot be right.
    pub(crate) vet: &'a (dyn Fn(&R) -> Result<(), FetchError> + Sync),
    /// The present instant, by the time that always passes.
    pub(crate) now: Duration,
}

impl<Q: ?Sized, R: Clone> Chain<Q, R> {
    /// A chain of sources, the preferred one first.
    #[must_use]
    pub fn new(sources: impl IntoIterator<Item = Arc<dyn Source<Query = Q, Reading = R>>>) -> Self {
        Self {
            sources: sources.into_iter().collect(),
            spacing: Duration::ZERO,
            answers: HashMap::new(),
            rests: HashMap::new(),
            turns: HashMap::new(),
        }
    }

    /// The same, leaving so much time between two requests to one source, whatever they are for.
    pub(crate) const fn spaced(mut self, spacing: Duration) -> Self {
        self.spacing = spacing;
        self
    }

    /// Goes on with a search: with what became of one of its requests, or else if its turn has come. Two and a half seconds of its time are
    /// reserved for each source that follows.
    pub(crate) fn advance(
        &mut self,
        search: &mut Search<R>,
        received: Option<(Number, Received)>,
        terms: &mut Terms<'_, Q, R>,
    ) -> Step<R> {
        match (received, &search.phase) {
            (Some((number, received)), _) => self.answered(search, number, received, terms),
            (None, Phase::Between) => self.proceed(search, terms),
            (None, Phase::Waiting { turn, .. }) if terms.now < *turn => Step::Wait(*turn),
            (None, Phase::Waiting { end, .. }) => {
                let end = *end;
                let step = self.ask(search, end, terms);
                step.unwrap_or_else(|| self.proceed(search, terms))
            }
            (None, Phase::Asked(_) | Phase::Completing(_)) => Step::Pending,
        }
    }

    /// Takes in the outcome of a request. Those of a source that was given up, and of requests that are not under way, change nothing.
    fn answered(
        &mut self,
        search: &mut Search<R>,
        Number { place, request }: Number,
        received: Received,
        terms: &mut Terms<'_, Q, R>,
    ) -> Step<R> {
        let source = self.sources.get(place).filter(|_| place == search.place);
        let Some(source) = source.map(Arc::clone) else {
            // A source that was given up has answered after all.
            return Step::Pending;
        };
        let exchange = Exchange {
            source: source.as_ref(),
            place: search.place,
            query: terms.query,
            vet: terms.vet,
        };
        let answered = search.clock(terms.now);
        let phase = std::mem::replace(&mut search.phase, Phase::Between);
        let (phase, progress) = match (phase, request, received) {
            (Phase::Asked(asked), 0, Ok(response)) => {
                exchange.answered(asked, response, terms.budgets, answered, terms.now)
            }
            (Phase::Asked(_), 0, Err(error)) => {
                (Phase::Between, Progress::Ended(Err((error, None))))
            }
            (Phase::Completing(completing), 1.., received) => {
                exchange.completed(completing, request, received, terms.budgets)
            }
            // A response to no request.
            (phase, ..) => (phase, Progress::Pending),
        };
        search.phase = phase;
        match progress {
            Progress::Ask(asks) => Step::Ask(asks),
            Progress::Pending => Step::Pending,
            Progress::Ended(exchanged) => match self.ended(search, exchanged, terms) {
                Some(answer) => Step::Done(answer),
                None => self.proceed(search, terms),
            },
        }
    }

    /// Turns to the sources from the present place on, until one can be requested.
    fn proceed(&mut self, search: &mut Search<R>, terms: &mut Terms<'_, Q, R>) -> Step<R> {
        while let Some(source) = self.sources.get(search.place) {
            let id = source.id();
            let behind = self.sources.len() - search.place - 1;
            let share = share(search.left(terms.now), behind);
            match self.turn(search, &id, share, terms) {
                Ok(turn) => {
                    let end = terms.now + share;
                    if turn > terms.now {
                        search.phase = Phase::Waiting { turn, end };
                        return Step::Wait(turn);
                    }
                    if let Some(step) = self.ask(search, end, terms) {
                        return step;
                    }
                }
                Err((outcome, is_last)) => {
                    search.note(id, outcome, terms.now);
                    if is_last {
                        break;
                    }
                    search.place += 1;
                }
            }
        }
        Step::Done(Answer {
            reading: None,
            attempts: std::mem::take(&mut search.attempts),
        })
    }

    /// Requests the source at the present place. Returns `None` if it cannot be requested, and the next one is to be tried.
    fn ask(
        &mut self,
        search: &mut Search<R>,
        end: Duration,
        terms: &mut Terms<'_, Q, R>,
    ) -> Option<Step<R>> {
        let source = self.sources.get(search.place).map(Arc::clone)?;
        let exchange = Exchange {
            source: source.as_ref(),
            place: search.place,
            query: terms.query,
            vet: terms.vet,
        };
        let held = self.answers.get(&(search.place, search.key.clone()));
        match exchange.first(held.cloned(), end, terms.now) {
            Ok((asked, ask)) => {
                search.phase = Phase::Asked(asked);
                search.asked = Some(terms.now);
                Some(Step::Ask(vec![ask]))
            }
            Err(error) => {
                let answer = self.ended(search, Err((error, None)), terms);
                answer.map(Step::Done)
            }
        }
    }

    /// Notes the end of the exchange with the source at the present place. Returns the answer, or `None` if the next source is to be tried.
    fn ended(
        &mut self,
        search: &mut Search<R>,
        exchanged: Exchanged<R>,
        terms: &mut Terms<'_, Q, R>,
    ) -> Option<Answer<R>> {
        search.phase = Phase::Between;
        let source = self.sources.get(search.place)?;
        let (id, slot) = (source.id(), (search.place, search.key.clone()));
        search.place += 1;
        match exchanged {
            Ok((answer, outcome)) => {
                terms.budgets.answered(&id, search.at);
                let reading = Fetched {
                    value: answer.reading.clone(),
                    attribution: source.attribution(),
                    expires: answer.expires,
                };
                search.note(id, outcome, terms.now);
                self.remember(slot, answer, search.at);
                Some(Answer {
                    reading: Some(reading),
                    attempts: std::mem::take(&mut search.attempts),
                })
            }
            Err((error, asked)) => {
                if error.concerns_source() {
                    let is_refusal = error.is_refusal();
                    terms.budgets.failed(&id, search.at, asked, is_refusal);
                }
                if !error.is_no_data() {
                    let rest = self.rests.entry(slot).or_default();
                    rest.extend(search.at, asked);
                }
                search.note(id, Outcome::Failed(error), terms.now);
                None
            }
        }
    }

    /// When the source at the present place gets a request, within `time`; or why it gets none, and whether that ends the search because its
    /// last answer stands.
    fn turn(
        &mut self,
        search: &Search<R>,
        id: &SourceId,
        time: Duration,
        terms: &mut Terms<'_, Q, R>,
    ) -> Result<Duration, (Outcome, bool)> {
        // A source behind one that hangs gets its request later than the search began.
        let now = search.clock(terms.now);
        let slot = (search.place, search.key.clone());
        let rest = self.rests.get(&slot).and_then(|rest| rest.until(now));
        if let Some(until) = rest.max(terms.budgets.resting(id, now)) {
            return Err((Outcome::Resting(until), false));
        }
        let answered = self.answers.get(&slot);
        if let Some(until) = answered.and_then(|answer| answer.due(now)) {
            return Err((Outcome::NotDue(until), true));
        }
        let over_budget = |until| (Outcome::OverBudget(until), answered.is_some());
        let turn = self.turns.get(&search.place);
        let turn = turn.map_or(terms.now, |next| terms.now.max(*next));
        // Many cities whose first source does not answer come to the second one all at once.
        let wait = turn - terms.now;
        if wait > time / 2 {
            return Err(over_budget(later(now, wait)));
        }
        let taken = terms.budgets.take(id, later(now, wait));
        taken.map_err(over_budget)?;
        if !self.spacing.is_zero() {
            self.turns.insert(search.place, turn + self.spacing);
        }
        Ok(turn)
    }

    /// Remembers an answer, and forgets what is old: answers after two days, and failures an hour after their cool-down.
    fn remember(&mut self, slot: Slot, answer: Remembered<R>, now: DateTime<Utc>) {
        self.rests.remove(&slot);
        self.answers.insert(slot, answer);
        // The queries of days gone by are never asked again.
        let recent = |at: DateTime<Utc>| (now - at).abs() < TimeDelta::days(2);
        self.answers.retain(|_, answer| recent(answer.at));
        self.rests.retain(|_, rest| rest.counts(now));
    }

    /// Moves the instants of a clock that was set back by `by`, to `now`: a rest lasts as long as before, and an answer expires as soon.
    pub(crate) fn set_back(&mut self, now: DateTime<Utc>, by: TimeDelta) {
        let answers = self.answers.values_mut();
        answers.for_each(|answer| answer.set_back(now, by));
        let rests = self.rests.values_mut();
        rests.for_each(|rest| rest.set_back(now, by));
    }

    /// Takes over a reading that was kept across a restart, so that its source is not asked before it is due.
    pub(crate) fn restore(&mut self, key: &str, held: &Observed<R>)
    where
        R: Reading,
    {
        let mut sources = self.sources.iter();
        let Some(place) = sources.position(|known| known.id() == *held.source()) else {
            return;
        };
        let answer = Remembered::restored(held.value().clone(), held.expires(), held.fetched());
        self.answers.insert((place, key.to_owned()), answer);
    }
}

impl<Q: ?Sized, R> Chain<Q, R> {
    /// The credit of one of the sources.
    pub(crate) fn attribution(&self, source: &SourceId) -> Option<Attribution> {
        let known = self.sources.iter().find(|known| known.id() == *source);
        known.map(|source| source.attribution())
    }

    /// The ids of the sources, in the order of their requests.
    pub(crate) fn ids(&self) -> impl Iterator<Item = SourceId> + '_ {
        self.sources.iter().map(|source| source.id())
    }

    /// The source with the first request.
    pub(crate) fn first_id(&self) -> Option<SourceId> {
        self.sources.first().map(|source| source.id())
    }

    /// The source with the last request.
    pub(crate) fn last_id(&self) -> Option<SourceId> {
        self.sources.last().map(|source| source.id())
    }
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
