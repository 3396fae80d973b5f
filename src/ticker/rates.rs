//! The rates of a refresh: read, judged, published; and who is asked when they are surprising.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use tokio::time::Instant;

use super::guard::{Guard, GuardEvent, HoldId, Verdict};
use super::{Entry, Item, Shared, show};
use crate::day;
use crate::fetch::{Attempt, FetchError, Outcome};
use crate::ledger::Feed;
use crate::money::Rates;
use crate::snapshot::{Added, Reading as _};
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
        let seen = Some(seen).filter(|seen| seen.is_possible(now, self.bank.days_ahead));
        let feed = feed_of(&rates);
        let verdict = self.judging(seen, now, |guard| guard.consider(&feed, rates));
        if verdict.publish.is_empty() && verdict.events.is_empty() {
            // Another source repeats what is held already.
            entry.added = Some(Added::Superseded);
        }
        self.publish_verdict(&mut entry, verdict, now);
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
                self.publish_verdict(entry, verdict, now);
            }
        }
    }

    /// Publishes what is believed now, and reports it.
    fn publish_verdict(&self, entry: &mut Entry, verdict: Verdict, now: DateTime<Utc>) {
        entry.events.extend(verdict.events);
        let snapshots = self.show_rates(now);
        for rates in &verdict.publish {
            let added = show::rates_added(&snapshots, rates, self.bank.days_ahead, now);
            entry.added = Some(added);
        }
    }

    /// Releases a quarantined publication, and keeps a record of the approval. Returns `None` if there is no such entry.
    pub(super) fn approve(&self, id: HoldId, now: DateTime<Utc>) -> Option<Entry> {
        let verdict = {
            let mut held = self.held();
            let mut holds = held.memory.holds().iter();
            let approval = holds.find(|hold| hold.id == id)?.approval(now);
            held.take_over(approval);
            let (bank, memory) = (&self.bank, &mut held.memory);
            Guard { bank, memory, now }.approve(id)?
        };
        let mut entry = Entry::new(Item::Rates, Vec::new());
        self.publish_verdict(&mut entry, verdict, now);
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
