//! The rates of a refresh: read, judged, shown; and the requests to witnesses if they are surprising.
//!
//! # The outcome of an answer
//!
//! | the answer of a feed | becomes a record | `Entry::added` |
//! |---|---|---|
//! | refused by the guard (`Memory::vet`) | no; the chain requests the next source | `None`, and the attempt has failed |
//! | no pair of the site is in it | no | `None`, and the attempt has failed |
//! | of an earlier day than the rates shown | no | `Superseded` |
//! | of a day that no right clock can see yet | no | `TooFarAhead` |
//! | quarantined whole | yes | `None`; `events` has the hold |
//! | quarantined whole, as before | yes, by its end | `Superseded` |
//! | accepted at least in part | yes | `Changed`, `Corrected` or `Confirmed`, by the snapshots before and after |
//! | accepted, and not shown (another one of its day is newer) | yes | `Superseded` |
//!
//! A refusal is counted against the query and not against the source, which answers; the next source may have the right list.
//!
//! # Witnesses
//!
//! They are requested once in a refresh, after the feeds of it have their answers, one after the other with 2.5 seconds each, as long as a number is
//! in doubt (`Memory::wants_witness`). So on a usual day no witness has a request, and those that stand later in the bank's list have one only if the
//! ones before them do not answer, or do not agree. Their answers are records of their own banks, which servers share, and no page shows them.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::core::Engine;
use super::guard::{GuardEvent, HoldId};
use super::records::feed_of;
use super::refresh::{Errand, Refresh};
use super::show::rates_added;
use super::{Entry, Item};
use crate::day;
use crate::fetch::{Answer, Attempt, Chain, FetchError, Outcome, Search, Terms};
use crate::ledger::{Feed, Sighting};
use crate::money::Rates;
use crate::snapshot::{Added, Reading as _, Snapshot};
use crate::source::DecodeError;

/// The time that each witness gets to answer.
const HEARING: Duration = Duration::from_millis(2500);

impl Engine {
    /// The day of the bank.
    pub(super) fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        day::of(now, self.bank.zone)
    }

    /// Calls `act` with the chain of a feed and its terms: the query is the bank's day at `at`, and the guard may refuse a reading before the chain
    /// takes it, so that the next source is requested at once.
    pub(super) fn with_feed<T>(
        &mut self,
        item: &Item,
        at: DateTime<Utc>,
        act: impl FnOnce(&mut Chain<NaiveDate, Rates>, &mut Terms<'_, NaiveDate, Rates>) -> T,
    ) -> T {
        let (held, bank) = (&self.held, &self.bank);
        let (chain, feed) = match item {
            Item::Next => (&mut self.newest, Feed::Newest),
            Item::Rates | Item::Weather(_) | Item::History => (&mut self.rates, Feed::OfDay),
        };
        // Each source has a list of its own, and each of its feeds.
        let series = |rates: &Rates| format!("{}/{}", rates.source(), feed_of(feed, rates));
        let vet = |rates: &Rates| {
            let refused = held.memory().vet(bank, &series(rates), rates, at);
            refused.map_err(|refusal| FetchError::vetoed(refusal.class(), refusal))
        };
        let mut terms = Terms {
            // An answer for another day does not answer this one.
            query: &day::of(at, bank.zone),
            budgets: &mut self.budgets,
            vet: &vet,
            now: self.passed,
        };
        act(chain, &mut terms)
    }

    /// Calls `act` with the chain of the witness at a place. Its query is the day of this bank; the guard refuses none of its readings. Returns
    /// `None` if there is no such witness.
    pub(super) fn with_witness<T>(
        &mut self,
        place: usize,
        at: DateTime<Utc>,
        act: impl FnOnce(&mut Chain<NaiveDate, Rates>, &mut Terms<'_, NaiveDate, Rates>) -> T,
    ) -> Option<T> {
        let chain = self.witnesses.get_mut(place)?;
        let mut terms = Terms {
            query: &day::of(at, self.bank.zone),
            budgets: &mut self.budgets,
            vet: &|_| Ok(()),
            now: self.passed,
        };
        Some(act(chain, &mut terms))
    }

    /// Takes in the answer of a feed. After the last one the witnesses follow, if a number is in doubt.
    pub(super) fn feed_answered(
        &mut self,
        refresh: &mut Refresh,
        item: Item,
        answer: Answer<Rates>,
    ) {
        let entry = self.entry_of_feed(item, answer, refresh.at);
        if refresh.hear(entry) {
            self.hear_witnesses(refresh, 0);
        }
    }

    /// Makes a record of the answer of a feed, judges and shows it; the table of this file has the outcomes.
    fn entry_of_feed(&mut self, item: Item, answer: Answer<Rates>, now: DateTime<Utc>) -> Entry {
        let feed = match item {
            Item::Next => Feed::Newest,
            Item::Rates | Item::Weather(_) | Item::History => Feed::OfDay,
        };
        let mut entry = Entry::new(item, answer.attempts);
        let Some(rates) = answer.reading.map(|fetched| fetched.value) else {
            return entry;
        };
        entry.published = Some(rates.day());
        if self.wanted(rates.clone()).is_err() {
            let source = rates.source().clone();
            let reason = "none of the pairs asked for is in the publication";
            let outcome = Outcome::Failed(DecodeError::malformed(&source, reason).into());
            let mut attempts = entry.attempts.iter();
            let read = attempts.find(|attempt| attempt.source == source);
            let took = read.and_then(|attempt| attempt.took);
            entry.attempts.retain(|attempt| attempt.source != source);
            entry.attempts.push(Attempt {
                source,
                outcome,
                took,
            });
            return entry;
        }
        let shown = self.snapshot.rates(now).map(|held| held.value().day());
        // Rates shown of a day that has not come were placed by a wrong clock.
        if shown.is_some_and(|shown| rates.day() < shown && shown <= self.today(now)) {
            entry.added = Some(Added::Superseded);
            return entry;
        }
        let seen = self.sighting(rates.clone(), feed, now);
        if seen.is_possible(now, self.bank.days_ahead) {
            let events = self.judged(seen, now);
            self.show_decided(&mut entry, events, Some(&rates), now);
        } else {
            entry.added = Some(Added::TooFarAhead);
        }
        entry
    }

    /// Asks one witness after the other from a place on, until nothing is in doubt any more.
    fn hear_witnesses(&mut self, refresh: &mut Refresh, place: usize) {
        let now = self.passed;
        let time = refresh.left(now).min(HEARING);
        let is_wanted = !time.is_zero() && self.held.memory().wants_witness();
        if !is_wanted || place >= self.witnesses.len() {
            refresh.enter_heard();
            return;
        }
        let search = Search::new(self.today(refresh.at).to_string(), refresh.at, now, time);
        self.begin_errand(refresh, Errand::Witness(place, search));
    }

    /// Takes in the answer of a witness, and requests the next one if it is still wanted.
    pub(super) fn witness_answered(
        &mut self,
        refresh: &mut Refresh,
        place: usize,
        answer: Answer<Rates>,
    ) {
        let now = refresh.at;
        let witness = self.bank.witnesses.get(place).map(|witness| witness.id());
        if let Some((entry, id)) = refresh.heard().zip(witness) {
            entry.witnesses.extend(answer.attempts);
            if let Some(heard) = answer.reading {
                let today = self.today(now);
                let seen = Sighting::of_rates(id, Feed::OfDay, today, heard.value, now);
                // A restart would drop a list of another year, so it does not count as evidence either.
                if seen.is_possible(now, self.bank.days_ahead) {
                    let events = self.judged(seen, now);
                    self.show_decided(entry, events, None, now);
                }
            }
        }
        self.hear_witnesses(refresh, place + 1);
    }

    /// Shows what is accepted now, and reports what the guard has decided. `answer` is the publication that a feed answered with.
    fn show_decided(
        &mut self,
        entry: &mut Entry,
        events: Vec<GuardEvent>,
        answer: Option<&Rates>,
        now: DateTime<Utc>,
    ) {
        let snapshots = self.show_rates(now);
        let added = |rates: &Rates| rates_added(&snapshots, rates, self.bank.days_ahead, now);
        let is_accepted = |rates: &Rates| {
            let verdict = self.held.memory().verdict_of(rates);
            verdict.accepts_any(rates)
        };
        match answer {
            Some(rates) if is_accepted(rates) => entry.added = Some(added(rates)),
            // Another source repeats what is quarantined already.
            Some(_) if events.is_empty() => entry.added = Some(Added::Superseded),
            Some(_) => {}
            None => {
                let [before, after] = &snapshots;
                let shown = |snapshot: &Snapshot| {
                    [snapshot.rates(now).cloned(), snapshot.next(now).cloned()]
                };
                let changed = shown(after).into_iter().zip(shown(before));
                let changed = changed.filter(|(after, before)| after != before);
                for rates in changed.filter_map(|(after, _)| after) {
                    entry.added = Some(added(rates.value()));
                }
            }
        }
        entry.events.extend(events);
    }

    /// Releases a quarantined publication, and keeps a record of the approval. Returns `None` if there is no such entry.
    pub(super) fn approved(&mut self, id: HoldId, now: DateTime<Utc>) -> Option<Entry> {
        let mut holds = self.held.memory().holds().iter();
        let approval = holds.find(|hold| hold.id == id)?.approval(now);
        self.held.take_over(approval);
        let events = self.held.judge(&self.bank, now).unwrap_or_default();
        let mut entry = Entry::new(Item::Rates, Vec::new());
        self.show_decided(&mut entry, events, None, now);
        Some(entry)
    }
}

impl Entry {
    /// Whether something of it is held back.
    pub(super) fn holds(&self) -> bool {
        self.events
            .iter()
            .any(|event| matches!(event, GuardEvent::Held(_)))
    }
}
