//! The rates of a refresh: read, judged, published; and who is asked when they are surprising.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use tokio::time::Instant;

use super::guard::{GuardEvent, HoldId};
use super::{Entry, Item, Shared, show};
use crate::day;
use crate::fetch::{Attempt, FetchError, Outcome};
use crate::ledger::{Feed, RecordId, Sighting};
use crate::money::Rates;
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
            Item::Next => (&self.newest, Feed::Newest),
            Item::Rates | Item::Weather(_) => (&self.rates, Feed::OfDay),
        };
        // Each source has a list of its own, and each of its feeds.
        let feed_of = |rates: &Rates| format!("{}/{feed}", rates.source());
        let vet = |rates: &Rates| {
            let held = self.held();
            let refused = held.memory().vet(&self.bank, &feed_of(rates), rates, now);
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
        if self.wanted(rates.clone()).is_err() {
            let source = rates.source().clone();
            let reason = "none of the pairs asked for is in the publication";
            let outcome = Outcome::Failed(DecodeError::malformed(&source, reason).into());
            entry.attempts.retain(|attempt| attempt.source != source);
            entry.attempts.push(Attempt { source, outcome });
            return entry;
        }
        let shown = self.cell.load().rates(now).map(|held| held.value().day());
        // What is shown of a day that has not come was placed by a clock that was wrong.
        if shown.is_some_and(|shown| rates.day() < shown && shown <= today) {
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

    /// Asks one witness after the other, until nothing is in doubt any more.
    async fn hear_witnesses(&self, entry: &mut Entry, now: DateTime<Utc>, deadline: Instant) {
        for (witness, chain) in self.bank.witnesses.iter().zip(&self.witnesses) {
            let time = deadline
                .saturating_duration_since(Instant::now())
                .min(HEARING);
            if time.is_zero() || !self.held().memory().wants_witness() {
                return;
            }
            let today = day::of(now, self.bank.zone);
            let (transport, budgets) = (&*self.transport, &self.budgets);
            let answer = chain
                .read(transport, budgets, &today.to_string(), &today, now, time)
                .await;
            entry.witnesses.extend(answer.attempts);
            if let Some(heard) = answer.reading {
                let rates = heard.value;
                let seen = Sighting::of_rates(witness.id(), Feed::OfDay, today, rates, now);
                let events = self.judged(seen, now);
                self.show_decided(entry, events, None, now);
            }
        }
    }

    /// Publishes what is accepted now, and reports what the guard has decided. `answer` is the publication that a feed answered with.
    fn show_decided(
        &self,
        entry: &mut Entry,
        events: Vec<GuardEvent>,
        answer: Option<&Rates>,
        now: DateTime<Utc>,
    ) {
        let snapshots = self.show_rates(now);
        let added = |rates: &Rates| show::rates_added(&snapshots, rates, self.bank.days_ahead, now);
        let is_accepted = |rates: &Rates| {
            let id = RecordId::of_rates(rates);
            self.held().memory().verdict(id).accepts_any(rates)
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
    pub(super) fn approve(&self, id: HoldId, now: DateTime<Utc>) -> Option<Entry> {
        let events = {
            let mut held = self.held();
            let mut holds = held.memory().holds().iter();
            let approval = holds.find(|hold| hold.id == id)?.approval(now);
            held.take_over(approval);
            held.judge(&self.bank, now)
        };
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
