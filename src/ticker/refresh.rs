//! One refresh: everything asked at once, each reading published as it comes, all within the deadline.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Entry, Item, Report, Shared, Store, StoreError};
use crate::fetch::{Attempt, BoxFuture, FetchError, Fetched, Outcome};
use crate::ledger::{Forecast, TOLERANCE};
use crate::provenance::SourceId;
use crate::snapshot::{Added, Observed};
use crate::text::WithCauses;
use crate::weather::{City, CityId, Weather};

/// Between two requests to a weather service: ten a second, half of what MET Norway allows an application.
pub(super) const SPACING: Duration = Duration::from_millis(100);
/// What a chain gets to say that its time is over.
const GRACE: Duration = Duration::from_millis(20);
/// What a disk gets to keep the snapshot, should nothing of the deadline be left.
const LEAST_FOR_KEEPING: Duration = Duration::from_secs(1);

impl Shared {
    pub(super) async fn refresh(&self, items: Vec<Item>, now: DateTime<Utc>) -> Report {
        let deadline = Instant::now() + self.deadline;
        let Ok(mut turns) = timeout_at(deadline, self.refreshing.lock()).await else {
            return Report::obstructed(
                now,
                "another refresh did not end within the deadline".into(),
            );
        };
        self.follow_clock(now);
        let cities: Vec<&City> = items.iter().filter_map(|item| self.city(item)).collect();
        let (cities, postponed) = {
            let snapshot = self.cell.load();
            let fetched = |id: &CityId| snapshot.weather(id).map(Observed::fetched);
            turns.take(cities, room(self.deadline), fetched)
        };
        let postponed: Vec<Item> = postponed.into_iter().map(item_of).collect();
        let mut waiting = items.clone();
        waiting.retain(|item| !postponed.contains(item));
        let mut under_way: FuturesUnordered<BoxFuture<'_, Vec<Entry>>> = FuturesUnordered::new();
        for (city, index) in cities.into_iter().zip(0_u32..) {
            under_way.push(Box::pin(async move {
                let wait = SPACING * index;
                vec![self.city_entry(city, wait, now, deadline).await]
            }));
        }
        let rates = items
            .into_iter()
            .filter(|item| matches!(item, Item::Rates | Item::Next));
        under_way.push(Box::pin(self.rates_entries(rates.collect(), now, deadline)));

        let mut entries = Vec::with_capacity(waiting.len());
        // Each chain ends by itself at the deadline, and says then what it did.
        while let Ok(Some(came)) = timeout_at(deadline + GRACE, under_way.next()).await {
            waiting.retain(|item| came.iter().all(|entry| entry.item != *item));
            entries.extend(came);
        }
        drop(under_way);
        entries.extend(waiting.into_iter().map(|item| self.late(item)));
        entries.sort_by(|a, b| a.item.cmp(&b.item));
        for entry in &mut entries {
            entry.ended = self.ended(&entry.item, now);
        }

        self.held().prune(now);
        let mut store: Vec<StoreError> = self.take_restore_error().into_iter().collect();
        let has_news = entries
            .iter()
            .any(|entry| entry.added.is_some_and(Added::is_taken) || !entry.events.is_empty());
        if has_news {
            store.extend(self.keep(deadline).await.err());
        } else if self.unsaved.load(Ordering::Relaxed) {
            // What an earlier save did not keep is kept now.
            store.extend(self.save(deadline).await.err());
        }
        let report = Report {
            store,
            postponed,
            ..Report::of(now, entries)
        };
        self.log().write(&report);
        report.trace();
        report
    }

    /// The end of a city's forecast, where all of it has passed.
    pub(super) fn ended(&self, item: &Item, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let city = self.city(item)?;
        let snapshot = self.cell.load();
        let weather = snapshot.weather(city.id())?.value();
        let has_ended = !weather.reaches(now, city.zone());
        weather.end().filter(|end| has_ended && *end <= now)
    }

    async fn city_entry(
        &self,
        city: &City,
        wait: Duration,
        now: DateTime<Utc>,
        deadline: Instant,
    ) -> Entry {
        sleep(wait).await;
        let now = now + TimeDelta::from_std(wait).unwrap_or_default();
        let item = item_of(city);
        let time = deadline.saturating_duration_since(Instant::now());
        let key = city.id().as_str();
        // The decoders of this crate have left out what cannot be right; a source of the site's own may not.
        let plausible = |weather: &Weather| {
            let checked = weather.clone().plausible(city.coordinates());
            checked
                .map(drop)
                .map_err(|reason| FetchError::vetoed("implausible", reason))
        };
        let (transport, budgets) = (&*self.transport, &self.budgets);
        let answer = self
            .weather
            .read_vetted(transport, budgets, key, city, now, time, &plausible)
            .await;
        let now = self.after_what_is_held(city, now);
        let added = answer.reading.map(|Fetched { value, expires, .. }| {
            let value = value.clone().plausible(city.coordinates()).unwrap_or(value);
            let forecast = self.forecast(city, value, now, expires);
            self.add_forecast(city, forecast, now)
        });
        Entry {
            added,
            ..Entry::new(item, answer.attempts)
        }
    }

    /// The forecast that a service answered with. An answer often repeats the one before.
    fn forecast(
        &self,
        city: &City,
        weather: Weather,
        now: DateTime<Utc>,
        expires: Option<DateTime<Utc>>,
    ) -> Forecast {
        let held = self.held();
        let known = held.records.newest_forecast(city.id(), weather.source());
        let known = known.and_then(|known| known.answered_again(&weather, now, expires));
        drop(held);
        known.unwrap_or_else(|| Forecast::new(city.id().clone(), weather, now, expires))
    }

    /// Of what servers share, what is read here later is said later, whatever their clocks say.
    fn after_what_is_held(&self, city: &City, now: DateTime<Utc>) -> DateTime<Utc> {
        let snapshot = self.cell.load();
        let held = snapshot.weather(city.id()).map(Observed::fetched);
        let held = held.filter(|held| self.fleet.is_some() && *held <= now + TOLERANCE);
        held.map_or(now, |held| now.max(held + TimeDelta::milliseconds(1)))
    }

    pub(super) fn city(&self, item: &Item) -> Option<&City> {
        match item {
            Item::Weather(id) => self.cities.iter().find(|city| city.id() == id),
            Item::Rates | Item::Next => None,
        }
    }

    /// An item that had not come back by the deadline, although a chain ends by itself: something kept it from its turn.
    fn late(&self, item: Item) -> Entry {
        let source = match item {
            Item::Rates => self.rates.last_id(),
            Item::Next => self.newest.last_id(),
            Item::Weather(_) => self.weather.last_id(),
        };
        let source = source.unwrap_or(SourceId::SAMPLE);
        let outcome = Outcome::Failed(FetchError::late(self.deadline));
        Entry::new(item, vec![Attempt { source, outcome }])
    }

    /// Keeps the state, for other servers and across restarts.
    pub(super) async fn keep(&self, deadline: Instant) -> Result<(), StoreError> {
        if let Some(fleet) = &self.fleet {
            fleet.touch();
        }
        self.save(deadline).await
    }

    /// Keeps what another server read across restarts.
    pub(super) async fn keep_adopted(&self) {
        if let Err(error) = self.save(Instant::now()).await {
            let error = WithCauses(&error).to_string();
            tracing::error!(target: "masthead", error, "store");
            self.log().store = Some(error);
        }
    }

    /// Saves the state, off the runtime's threads: a disk may take its time, but not for ever.
    async fn save(&self, deadline: Instant) -> Result<(), StoreError> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        let deadline = deadline.max(Instant::now() + LEAST_FOR_KEEPING);
        self.unsaved.store(true, Ordering::Relaxed);
        // One save at a time: of a store that hangs there is one thread and one copy of the state, however many refreshes pass.
        let saving = Arc::clone(&self.saving).lock_owned();
        let Ok(turn) = timeout_at(deadline, saving).await else {
            return Err(StoreError::new(
                "the state was not kept: an earlier save is still under way",
            ));
        };
        let store: Arc<dyn Store> = Arc::clone(store);
        let news = self.held().take_unwritten(&self.bank);
        let held = Arc::clone(&self.held);
        // If the caller gives up, the records are still taken back.
        let writing = tokio::task::spawn_blocking(move || {
            let result = catch_unwind(AssertUnwindSafe(|| store.save(&news)));
            if !matches!(result, Ok(Ok(()))) {
                // The store may have written some of it: a record that is written twice is one.
                let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
                held.not_written(&news);
            }
            drop(turn);
            result.unwrap_or_else(|panic| resume_unwind(panic))
        });
        let result = match timeout_at(deadline, writing).await {
            Ok(Ok(result)) => result,
            Ok(Err(cause)) => Err(StoreError::new("the state was not kept").caused_by(cause)),
            Err(_) => Err(StoreError::new(
                "the state was not kept in time; the store may still be writing",
            )),
        };
        self.unsaved.store(result.is_err(), Ordering::Relaxed);
        result
    }
}

/// How many cities are asked for in one refresh: as many as have a turn in the first half of its deadline.
fn room(deadline: Duration) -> usize {
    let turns = (deadline / 2).as_millis() / SPACING.as_millis();
    usize::try_from(turns)
        .unwrap_or(usize::MAX)
        .saturating_add(1)
}

fn item_of(city: &City) -> Item {
    Item::Weather(city.id().clone())
}
