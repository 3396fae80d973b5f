//! The steps of a back-fill: earlier days whose rates are not known, requested one after the other while no other item is due.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::calendar::AFTER_A_FAILURE;
use super::core::Engine;
use super::fill::OfHistory;
use super::fleet::{SHARED_FOR, shared_since};
use super::guard::past;
use super::refresh::{Errand, Refresh};
use super::{Entry, Item};
use crate::fetch::{Answer, Attempt, Chain, Outcome, Terms};
use crate::ledger::{Feed, InForce, RecordId, Sighting, Verdict};
use crate::money::Rates;
use crate::snapshot::Added;

/// The time until the day of a failed request is due again.
const AGAIN_AFTER_A_FAILURE: TimeDelta = TimeDelta::hours(1);
/// The longest time between two searches for days that are due.
const BETWEEN_PLANS: TimeDelta = TimeDelta::hours(3);
/// The days of one plan. They are written to the store together.
const CHUNK: usize = 32;
/// So many days in a row without rates are the end of what a bank has.
const END: usize = 60;
/// The time after which a day without rates is requested again; later twice as long each time.
const AGAIN: TimeDelta = TimeDelta::days(1);
/// A store has room for so many records of a topic, with some to spare.
const MOST_SHARED: usize = 900;

impl Engine {
    /// The items that are due, with the history only if it is alone, and has a day that is due.
    pub(super) fn with_history_alone(
        &mut self,
        mut due: Vec<Item>,
        now: DateTime<Utc>,
    ) -> Vec<Item> {
        if !due.contains(&Item::History) {
            return due;
        }
        if due.len() > 1 {
            due.retain(|item| *item != Item::History);
        } else if !self.may_fill(now) {
            self.put_off(std::mem::take(&mut due), AFTER_A_FAILURE, now);
        } else if let Err(next) = self.next_to_fill(now) {
            self.put_off(std::mem::take(&mut due), next - now, now);
        }
        due
    }

    /// Whether a plan of the back-fill has days left.
    pub(super) fn is_filling(&self) -> bool {
        self.fill.as_ref().is_some_and(|fill| !fill.is_idle())
    }

    /// Whether the source may be requested, and the page has rates: it comes first.
    fn may_fill(&self, now: DateTime<Utc>) -> bool {
        let Some(fill) = &self.fill else {
            return false;
        };
        let source = fill.source.id();
        let is_resting = [&self.budgets, &fill.budgets]
            .into_iter()
            .any(|budgets| budgets.resting(&source, now).is_some());
        let has_room = !self.held.is_shared() || self.history_to_share(now).count() < MOST_SHARED;
        !is_resting && has_room && self.snapshot.rates(now).is_some()
    }

    /// The next day to request, or the instant of the next search for one.
    fn next_to_fill(&mut self, now: DateTime<Utc>) -> Result<NaiveDate, DateTime<Utc>> {
        let fill = self.fill.as_mut();
        let mut queue = fill.map_or_else(Vec::new, |fill| std::mem::take(&mut fill.queue));
        // Another server may have filled a day of the plan meanwhile.
        while let Some(day) = queue.last()
            && self.asked(*day).is_some_and(|asked| now < asked.due())
        {
            queue.pop();
        }
        let mut later = now + BETWEEN_PLANS;
        if queue.is_empty() {
            (queue, later) = self.plan(now);
        }
        let next = queue.last().copied();
        if let Some(fill) = &mut self.fill {
            fill.queue = queue;
        }
        next.ok_or_else(|| later.clamp(now + AFTER_A_FAILURE, now + BETWEEN_PLANS))
    }

    /// The days whose rates are not known and that may be requested now, at most a chunk of them, the newest last; and the instant
    /// from which on there are others.
    fn plan(&self, now: DateTime<Utc>) -> (Vec<NaiveDate>, DateTime<Utc>) {
        let mut later = now + BETWEEN_PLANS;
        let Some(fill) = &self.fill else {
            return (Vec::new(), later);
        };
        let (history, doubted) = self.history_and_verdicts(now);
        let is_whole = |day| {
            let found = history.rates_on(day);
            found.is_ok_and(|found| found.since != day || !self.is_partial(found, &doubted))
        };
        let (mut plan, mut unanswered) = (Vec::new(), 0);
        let mut day = self.today(now).pred_opt();
        while let Some(next) = day.filter(|day| *day >= fill.since) {
            day = next.pred_opt();
            if is_whole(next) {
                unanswered = 0;
                continue;
            }
            let answered = self.asked(next).map(|asked| asked.due());
            unanswered += usize::from(answered.is_some_and(|due| now < due));
            let due = answered.max(fill.failed.get(&next).copied());
            match due.filter(|due| now < *due) {
                Some(due) => later = later.min(due),
                None => plan.push(next),
            }
            if plan.len() >= CHUNK || unanswered >= END {
                break;
            }
        }
        plan.reverse();
        (plan, later)
    }

    /// Whether rows of a publication are withheld.
    fn is_partial(&self, found: &InForce, verdicts: &BTreeMap<RecordId, Verdict>) -> bool {
        let answers = self
            .held
            .records
            .asked_for(&self.bank.id(), found.since)
            .iter();
        let mut own = answers.filter(|answer| answer.first() == found.learned);
        own.any(|answer| answer.id().is_some_and(|id| verdicts.contains_key(&id)))
    }

    /// When the bank was requested for a day last.
    fn asked(&self, day: NaiveDate) -> Option<Asked> {
        let answers = self.held.records.asked_for(&self.bank.id(), day).iter();
        let last = answers.max_by_key(|answer| answer.last())?;
        Some(Asked {
            first: last.first(),
            last: last.last(),
        })
    }

    /// Begins with the next day.
    pub(super) fn begin_history(&mut self, refresh: &mut Refresh) {
        let at = refresh.at;
        let day = self.next_to_fill(at);
        let source = self.fill.as_ref().map(|fill| Arc::clone(&fill.source));
        let Some((day, source)) = day.ok().zip(source) else {
            refresh.enter(Entry::new(Item::History, Vec::new()));
            return;
        };
        let search = refresh.search(day.to_string(), at, self.passed);
        let of_history = Box::new((day, Chain::new([source])));
        self.begin_errand(refresh, Errand::History(of_history, search));
    }

    pub(super) fn with_history<T>(
        &mut self,
        (day, chain): &mut OfHistory,
        act: impl FnOnce(&mut Chain<NaiveDate, Vec<Rates>>, &mut Terms<'_, NaiveDate, Vec<Rates>>) -> T,
    ) -> Option<T> {
        let fill = self.fill.as_mut()?;
        let mut terms = Terms {
            query: day,
            budgets: &mut fill.budgets,
            vet: &|_| Ok(()),
            now: self.passed,
        };
        Some(act(chain, &mut terms))
    }

    pub(super) fn history_answered(
        &mut self,
        refresh: &mut Refresh,
        day: NaiveDate,
        answer: Answer<Vec<Rates>>,
    ) {
        let at = refresh.at;
        let mut entry = Entry::new(Item::History, answer.attempts);
        entry.day = Some(day);
        let is_file = self.fill.as_ref().is_some_and(|fill| fill.is_file);
        match answer.reading.map(|fetched| fetched.value) {
            Some(days) => {
                let news = if is_file {
                    self.take_file(days, at)
                } else {
                    let days = days.into_iter();
                    days.filter(|rates| self.take_day(day, rates.clone(), at))
                        .count()
                        > 0
                };
                entry.added = Some(if news {
                    Added::Changed
                } else {
                    Added::Confirmed
                });
            }
            None if entry.has_no_data() => self.take_no_data(day, at),
            None => {}
        }
        let has_failed = !entry.is_good() && entry.attempts.iter().any(is_failure);
        if let Some(fill) = self.fill.as_mut().filter(|_| entry.is_good() || has_failed) {
            if is_file {
                fill.queue.clear();
            } else {
                fill.queue.retain(|queued| *queued != day);
            }
            fill.failed.retain(|_, until| at < *until);
            if has_failed {
                fill.failed.insert(day, at + AGAIN_AFTER_A_FAILURE);
            }
        }
        refresh.enter(entry);
    }

    /// Adds the answer to a request for a day.
    fn take_day(&mut self, asked: NaiveDate, rates: Rates, at: DateTime<Utc>) -> bool {
        let seen = Sighting::of_rates(self.bank.id(), Feed::OfDay, asked, rates, at);
        seen.is_possible(at, self.bank.days_ahead) && self.held.fill(seen)
    }

    /// Adds the days of a file that are not known, and the days between them as days without rates.
    fn take_file(&mut self, days: Vec<Rates>, at: DateTime<Utc>) -> bool {
        let Some(since) = self.fill.as_ref().map(|fill| fill.since) else {
            return false;
        };
        let range = since..=self.today(at);
        let doubted = past::verdicts(&self.held.records, &self.bank.id(), range);
        let (bank, mut has_news, mut last) = (self.bank.id(), false, None);
        for rates in days {
            let day = rates.day();
            last = last.max(Some(day));
            let id = RecordId::of_rates(&rates);
            let is_known = self.held.records.has_publication(&bank, day, id);
            if day >= since && (!is_known || doubted.contains_key(&id)) {
                has_news |= self.take_day(day, rates, at);
            }
        }
        let all = since.iter_days().take_while(|day| Some(*day) < last);
        let missing = all.filter(|day| {
            let asked = self.asked(*day);
            let is_known = !self.held.records.asked_for(&bank, *day).is_empty();
            !is_known || asked.is_some_and(|asked| asked.due() <= at && self.lacks(*day))
        });
        for day in missing.collect::<Vec<_>>() {
            self.take_no_data(day, at);
        }
        has_news
    }

    /// Whether the bank has only ever answered a request for a day with "no data".
    fn lacks(&self, day: NaiveDate) -> bool {
        let mut answers = self.held.records.asked_for(&self.bank.id(), day).iter();
        answers.all(|answer| answer.rates().is_none())
    }

    fn take_no_data(&mut self, day: NaiveDate, at: DateTime<Utc>) {
        let Some(fill) = &self.fill else { return };
        let source = fill.source.id();
        let seen = Sighting::of_no_data(self.bank.id(), source, Feed::OfDay, day, at);
        self.held.fill(seen);
    }

    /// The records of earlier days that were received lately.
    pub(super) fn history_to_share(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Sighting> {
        let records = &self.held.records;
        let lately = records.seen_since(&self.bank.id(), now - SHARED_FOR);
        let days = shared_since(now);
        lately.filter(move |sighting| sighting.is_late() && sighting.asked() < days)
    }
}

/// The last request for a day.
struct Asked {
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

impl Asked {
    /// The instant from which on it may be requested again.
    fn due(&self) -> DateTime<Utc> {
        self.last + (self.last - self.first).max(AGAIN)
    }
}

/// Whether a request was sent, and failed.
const fn is_failure(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Failed(_))
}
