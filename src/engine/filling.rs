//! The steps of a back-fill: earlier days whose rates are not known, requested one after the other while no other item is due.
//!
//! # The state of a day
//!
//! | the records of a day have | it is | requested |
//! |---|---|---|
//! | a list of this day, or an earlier one that was in force on it, without doubt | whole | no more |
//! | "no data" only | unanswered | again after one day, two, four, and so on: as long as the bank has answered so already, and at least a day |
//! | a list of this day with rows that `guard::past` withholds | partial | likewise: a repetition a day later is evidence for the rows |
//! | a failure only, which is no record | failed | after an hour; after a day if the answer cannot be used; at once after a restart |
//! | no answer | open | in the next plan |
//!
//! A day without data that was requested on 1 April at 12:00 is due on 2 April at 12:00. If the bank answers so again at 13:00, it has done so for 25
//! hours, and the day is due on 3 April at 14:00; then on 5 April, 9 April, and so on. A file answers for all of its days, so that none of them is
//! requested again because of "no data".
//!
//! # A plan
//!
//! [`Engine::plan`] goes back from the day before yesterday and collects up to 32 days that may be requested now. It stops after 60 days in a row
//! that were requested in vain and are not due again: there the bank's own history ends. The plan is requested from its newest day on, one request
//! each time the history is due (about every five seconds), and is written and shared when it is done. If no day may be requested, the next search
//! for one is when the first of them is due, within three hours.
//!
//! Yesterday is not in a plan: the answer to a request for it counts as one of the present (`Sighting::is_late`), which the guard compares with the
//! rates believed now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

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
/// The file of the last days has at least so many of them.
const RECENT: TimeDelta = TimeDelta::days(80);
/// A store has room for so many records of a topic, with some to spare: 1,024 is the bound. A back-fill of a fleet goes on when the first ones are a
/// day old.
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
        let is_shared = self.held.is_shared() && fill.is_shared();
        let has_room = !is_shared || self.history_to_share(now).count() < MOST_SHARED;
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
            // The history has the publications up to the last judgement.
            if let Some(events) = self.held.judge(&self.bank, now) {
                self.show_rates(now);
                self.tell_of(events, now);
            }
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
        // Yesterday's answer could not be told from one that repeats the present figures.
        let mut day = self.today(now).checked_sub_days(Days::new(2));
        if fill.is_file {
            // Whether a later day has a list shows once there is a list after it.
            day = day.min(history.publications().next_back());
        }
        while let Some(next) = day.filter(|day| *day >= fill.since) {
            day = next.pred_opt();
            if is_whole(next) || (fill.is_file && self.is_absent(next)) {
                unanswered = 0;
                continue;
            }
            let answered = self.asked(next).map(|asked| asked.due());
            let due = answered.max(fill.failed.get(&next).copied());
            match due.filter(|due| now < *due) {
                Some(due) => {
                    later = later.min(due);
                    unanswered += 1;
                }
                None => plan.push(next),
            }
            if plan.len() >= CHUNK || unanswered >= END {
                break;
            }
        }
        plan.reverse();
        (plan, later)
    }

    /// Whether rows of the publication of its own day are withheld by the back-fill's verdicts.
    fn is_partial(&self, found: &InForce, verdicts: &BTreeMap<RecordId, Verdict>) -> bool {
        let answers = self
            .held
            .records
            .asked_for(&self.bank.id(), found.since)
            .iter();
        let mut own = answers.filter(|answer| answer.first() == found.learned);
        own.any(|answer| answer.id().is_some_and(|id| verdicts.contains_key(&id)))
    }

    /// When the bank was requested for a day last, by the answer that was seen last. Returns `None` if it has not answered for the day.
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
        let recent = self.today(at) - RECENT;
        let source = self
            .fill
            .as_ref()
            .map(|fill| Arc::clone(fill.source_for(recent)));
        let Some((day, source)) = day.ok().zip(source) else {
            refresh.enter(Entry::new(Item::History, Vec::new()));
            return;
        };
        let search = refresh.search(day.to_string(), at, self.passed);
        let of_history = Box::new((day, Chain::new([source])));
        self.begin_errand(refresh, Errand::History(of_history, search));
    }

    /// Calls `act` with the chain of a back-fill and its terms. The chain is made for each request, so it has no answer or cool-down of its own:
    /// those of the source stand in the back-fill's budgets, those of the day in `Fill::failed`. Returns `None` without a back-fill.
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

    /// Takes in the answer to a request for an earlier day. The day leaves the plan if a request was sent, with a file all of its days; without a
    /// request (a cool-down, a used budget) the plan stays.
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
            let is_of_answer = |queued: &NaiveDate| is_file || *queued == day;
            let days: Vec<NaiveDate> = fill.queue.extract_if(.., |day| is_of_answer(day)).collect();
            fill.failed.retain(|_, until| at < *until);
            // A day of a file that is still missing is not requested again at once either.
            if has_failed || is_file {
                let refused = entry.attempts.iter().any(is_refusal) || entry.is_good();
                let again = if refused {
                    AGAIN
                } else {
                    AGAIN_AFTER_A_FAILURE
                };
                fill.failed
                    .extend(days.into_iter().map(|day| (day, at + again)));
            }
        }
        refresh.enter(entry);
    }

    /// Adds the answer to a request for a day. Returns whether it is news.
    fn take_day(&mut self, asked: NaiveDate, rates: Rates, at: DateTime<Utc>) -> bool {
        let seen = Sighting::of_rates(self.bank.id(), Feed::OfDay, asked, rates, at);
        seen.is_possible(at, self.bank.days_ahead) && self.take(seen)
    }

    /// Adds "no data" for a day, by the bank's first source.
    fn take_no_data(&mut self, day: NaiveDate, at: DateTime<Utc>) {
        let Some(fill) = &self.fill else { return };
        let source = fill.source.id();
        let seen = Sighting::of_no_data(self.bank.id(), source, Feed::OfDay, day, at);
        self.take(seen);
    }

    /// Adds an answer of the back-fill. Returns whether it is another one than before, and not a repetition.
    fn take(&mut self, seen: Sighting) -> bool {
        let Some(record) = self.held.fill(seen) else {
            return false;
        };
        if let Some(fill) = &mut self.fill {
            fill.has_news = true;
        }
        record.first() == record.last()
    }

    /// Adds the days of a file that are not known, and the days between them as days without rates.
    fn take_file(&mut self, days: Vec<Rates>, at: DateTime<Utc>) -> bool {
        let Some(since) = self.fill.as_ref().map(|fill| fill.since) else {
            return false;
        };
        let range = since..=self.today(at);
        let doubted = past::verdicts(&self.held.records, &self.bank.id(), range.clone());
        let before_yesterday = range.end().checked_sub_days(Days::new(2));
        let published: BTreeSet<NaiveDate> = days.iter().map(Rates::day).collect();
        let (bank, mut has_news) = (self.bank.id(), false);
        for rates in days {
            let day = rates.day();
            let is_wanted = day >= since && Some(day) <= before_yesterday;
            let id = RecordId::of_rates(&rates);
            let is_known = self.held.records.has_publication(&bank, day, id);
            if is_wanted && (!is_known || doubted.contains_key(&id)) {
                has_news |= self.take_day(day, rates, at);
            }
        }
        let ends = published.first().copied().zip(published.last().copied());
        let between = ends.into_iter().flat_map(|(first, last)| {
            let days = first.max(since).iter_days();
            days.take_while(move |day| *day < last)
        });
        let absent = between.filter(|day| !published.contains(day) && !self.is_absent(*day));
        for day in absent.collect::<Vec<_>>() {
            self.take_no_data(day, at);
        }
        has_news
    }

    /// Whether the bank has answered that it has no rates of a day.
    fn is_absent(&self, day: NaiveDate) -> bool {
        let mut answers = self.held.records.asked_for(&self.bank.id(), day).iter();
        answers.any(|answer| answer.rates().is_none() && answer.feed() == Feed::OfDay)
    }

    /// Takes whether the back-fill has records that were not shared and written yet, unless it goes on.
    pub(super) fn take_news_of_fill(&mut self) -> bool {
        let fill = self.fill.as_mut().filter(|fill| fill.is_idle());
        fill.is_some_and(|fill| std::mem::take(&mut fill.has_news))
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

/// Whether an answer came that cannot be used, as it would again.
fn is_refusal(attempt: &Attempt) -> bool {
    matches!(&attempt.outcome, Outcome::Failed(error) if error.is_decode() && error.status().is_none())
}

/// Whether a request was sent, and failed.
const fn is_failure(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Failed(_))
}
