//! The rates of a refresh: read, judged, published; and who is asked when they are surprising.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use tokio::time::Instant;

use super::guard::{Guard, GuardEvent, HoldId, Memory, Verdict};
use super::{Current, Entry, Item, Shared, State, Topic};
use crate::day;
use crate::fetch::{Attempt, FetchError, Outcome};
use crate::money::{InvalidRates, Rates};
use crate::provenance::Attribution;
use crate::snapshot::{Added, Reading as _, Snapshot};
use crate::source::DecodeError;

/// What each witness gets to answer.
const HEARING: Duration = Duration::from_millis(2500);

impl Shared {
    /// The rates in force and the newest, and then the witnesses, where something is in doubt.
    pub(super) async fn rates_entries(
        &self,
        items: Vec<Item>,
        now: DateTime<Utc>,
        deadline: Instant,
    ) -> Vec<Entry> {
        let reading = items
            .into_iter()
            .map(|item| self.rates_entry(item, now, deadline));
        let mut entries = join_all(reading).await;
        if let Some(entry) = entries.first_mut() {
            self.hear_witnesses(entry, now, deadline).await;
        }
        entries
    }

    async fn rates_entry(&self, item: Item, now: DateTime<Utc>, deadline: Instant) -> Entry {
        let today = day::of(now, self.bank.zone);
        let (chain, feed) = match item {
            Item::Next => (&self.newest, "newest"),
            Item::Rates | Item::Weather(_) => (&self.rates, "of_day"),
        };
        // Each source has a list of its own, and each of its feeds.
        let feed_of = |rates: &Rates| format!("{}/{feed}", rates.source());
        let vet = |rates: &Rates| {
            let refused = self.guarding(now, |guard| guard.vet(&feed_of(rates), rates));
            refused.map_err(|refusal| FetchError::vetoed(refusal.class(), refusal))
        };
        let time = deadline.saturating_duration_since(Instant::now());
        // What was said of another day is no answer to this one.
        let key = today.to_string();
        let (transport, budgets) = (&*self.transport, &self.budgets);
        let answer = chain
            .read_vetted(transport, budgets, &key, &today, now, time, &vet)
            .await;
        let mut entry = Entry::new(item, answer.attempts);
        let Some(rates) = answer.reading.map(|fetched| fetched.value) else {
            return entry;
        };
        let served = matches!(
            entry.attempts.last().map(|attempt| &attempt.outcome),
            Some(Outcome::Read | Outcome::Warned | Outcome::Unchanged)
        );
        let shown = self.cell.load().rates(now).map(|held| held.value().day());
        // What is shown of a day that has not come was placed by a clock that was wrong.
        if shown.is_some_and(|shown| rates.day() < shown && shown <= today) {
            entry.added = Some(Added::Superseded);
            return entry;
        }
        let verdict = self.guarding(now, |guard| guard.consider(&feed_of(&rates), rates, served));
        if verdict.publish.is_empty() && verdict.events.is_empty() {
            // Another source repeats what is held already.
            entry.added = Some(Added::Superseded);
        }
        self.publish(&mut entry, verdict, now);
        entry
    }

    /// Asks one witness after the other, until nothing is in doubt any more.
    async fn hear_witnesses(&self, entry: &mut Entry, now: DateTime<Utc>, deadline: Instant) {
        for (witness, chain) in self.bank.witnesses.iter().zip(&self.witnesses) {
            let time = deadline
                .saturating_duration_since(Instant::now())
                .min(HEARING);
            if time.is_zero() || !self.guarding(now, |guard| guard.wants_witness()) {
                return;
            }
            let today = day::of(now, self.bank.zone);
            let (transport, budgets) = (&*self.transport, &self.budgets);
            let answer = chain
                .read(transport, budgets, &today.to_string(), &today, now, time)
                .await;
            entry.witnesses.extend(answer.attempts);
            if let Some(heard) = answer.reading {
                let verdict = self.guarding(now, |guard| guard.hear(witness, &heard.value));
                self.publish(entry, verdict, now);
            }
        }
    }

    /// Publishes what is believed now, and tells of it.
    fn publish(&self, entry: &mut Entry, verdict: Verdict, now: DateTime<Utc>) {
        entry.events.extend(verdict.events);
        for (rates, seen) in verdict.publish {
            let source = rates.source().clone();
            let presented = self.guarding(now, |guard| guard.presented(rates));
            let Ok(rates) = self.wanted(presented) else {
                let reason = "none of the pairs asked for is in the publication";
                let outcome = Outcome::Failed(DecodeError::malformed(&source, reason).into());
                entry.attempts.retain(|attempt| attempt.source != source);
                entry.attempts.push(Attempt { source, outcome });
                continue;
            };
            let credit = self.bank.attribution(&source);
            let credit = credit.unwrap_or_else(|| Attribution::new(source.to_string()));
            let added = self.show(&Topic::Rates, now, |snapshot| {
                snapshot.add_rates_served(rates, credit, seen, now)
            });
            entry.added = Some(added);
        }
        self.present_again(now);
    }

    /// Shows the publications that are shown as the guard presents them now: of two feeds that are read at once the later day
    /// may have come first, before there was a day to work its changes out from.
    fn present_again(&self, now: DateTime<Utc>) {
        let shown = self.cell.load();
        let days = [shown.rates(now), shown.next(now)];
        let days = days.map(|held| held.map(|held| held.value().day()));
        let known = self.memory().accepted().to_vec();
        let known = known
            .into_iter()
            .filter(|rates| days.contains(&Some(rates.day())));
        let known = known.filter_map(|rates| {
            let presented = self.guarding(now, |guard| guard.presented(rates));
            self.wanted(presented).ok()
        });
        let known: Vec<Rates> = known.collect();
        let presented = |shown: &Rates| {
            let same = known.iter().find(|rates| rates.has_numbers_of(shown));
            same.unwrap_or(shown).clone()
        };
        if self.cell.load().is_presented(presented) {
            return self.mark(now);
        }
        self.show(&Topic::Rates, now, |snapshot| {
            snapshot.present(presented);
            Added::Changed
        });
        self.mark(now);
    }

    /// Marks the rows that are not confirmed yet, by what the guard knows now.
    pub(super) fn mark(&self, now: DateTime<Utc>) {
        let marks = self.memory().marks();
        let marked = |shown: &Rates| shown.clone().with_unconfirmed(marks.of(shown));
        if self.cell.load().is_presented(marked) {
            return;
        }
        self.show(&Topic::Rates, now, |snapshot| {
            snapshot.present(marked);
            Added::Changed
        });
    }

    /// Believes what is held; nothing where there is no such hold.
    pub(super) fn approve(&self, id: HoldId, now: DateTime<Utc>) -> Option<Entry> {
        let verdict = self.guarding(now, |guard| guard.approve(id))?;
        let mut entry = Entry::new(Item::Rates, Vec::new());
        self.publish(&mut entry, verdict, now);
        Some(entry)
    }

    /// The pairs the site asked for.
    pub(super) fn wanted(&self, rates: Rates) -> Result<Rates, InvalidRates> {
        if self.pairs.is_empty() {
            Ok(rates)
        } else {
            rates.only(&self.pairs)
        }
    }

    pub(super) fn guarding<T>(
        &self,
        now: DateTime<Utc>,
        act: impl FnOnce(&mut Guard<'_>) -> T,
    ) -> T {
        let mut memory = self.memory();
        act(&mut Guard {
            bank: &self.bank,
            memory: &mut memory,
            now,
        })
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is remembered and what is shown, read in this order: whoever publishes remembers first and shows then, so nothing
    /// is missing here that is remembered.
    pub(super) fn held(&self) -> (Memory, Current) {
        let memory = self.memory().clone();
        (memory, self.cell.load())
    }

    /// What a store keeps.
    pub(super) fn state(&self) -> State {
        let (memory, snapshot) = self.held();
        State::new(Snapshot::clone(&snapshot), memory)
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
