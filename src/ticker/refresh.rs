//! One refresh: everything asked at once, each reading published as it comes, all within the deadline.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Entry, Item, Report, Shared, Store, StoreError};
use crate::day;
use crate::fetch::{Attempt, BoxFuture, FetchError, Fetched, Outcome};
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::snapshot::Added;
use crate::weather::City;

/// Between the first requests for two cities: ten a second, half of what MET Norway allows an application.
const SPACING: Duration = Duration::from_millis(100);
/// What a chain gets to say that its time is over.
const GRACE: Duration = Duration::from_millis(20);
/// What a disk gets to keep the snapshot, should nothing of the deadline be left.
const LEAST_FOR_KEEPING: Duration = Duration::from_secs(1);

impl Shared {
    pub(super) async fn refresh(&self, items: Vec<Item>, now: DateTime<Utc>) -> Report {
        let deadline = Instant::now() + self.deadline;
        let Ok(_turn) = timeout_at(deadline, self.refreshing.lock()).await else {
            return Report::obstructed(
                now,
                "another refresh did not end within the deadline".into(),
            );
        };
        let mut waiting = items.clone();
        let mut under_way: FuturesUnordered<BoxFuture<'_, Entry>> = FuturesUnordered::new();
        let cities: Vec<&City> = items.iter().filter_map(|item| self.city(item)).collect();
        let spacing = self.spacing(cities.len());
        for (city, index) in cities.into_iter().zip(0_u32..) {
            under_way.push(Box::pin(self.city_entry(
                city,
                spacing * index,
                now,
                deadline,
            )));
        }
        for item in items
            .into_iter()
            .filter(|item| matches!(item, Item::Rates | Item::Next))
        {
            under_way.push(Box::pin(self.rates_entry(item, now, deadline)));
        }

        let mut entries = Vec::with_capacity(waiting.len());
        // Each chain ends by itself at the deadline, and says then what it did.
        while let Ok(Some(entry)) = timeout_at(deadline + GRACE, under_way.next()).await {
            waiting.retain(|item| *item != entry.item);
            entries.push(entry);
        }
        drop(under_way);
        entries.extend(waiting.into_iter().map(|item| self.late(item)));
        entries.sort_by(|a, b| a.item.cmp(&b.item));

        let mut store: Vec<StoreError> = self.take_restore_error().into_iter().collect();
        if entries
            .iter()
            .any(|entry| matches!(entry.added, Some(Added::Changed | Added::Confirmed)))
        {
            store.extend(self.keep(deadline).await.err());
        }
        Report {
            at: now,
            entries,
            store,
            obstacle: None,
        }
    }

    /// Every city is asked in the first half of the deadline, however many there are.
    fn spacing(&self, cities: usize) -> Duration {
        let cities = u32::try_from(cities.max(1)).unwrap_or(u32::MAX);
        SPACING.min(self.deadline / 2 / cities)
    }

    async fn rates_entry(&self, item: Item, now: DateTime<Utc>, deadline: Instant) -> Entry {
        let today = day::of(now, self.zone);
        let chain = if item == Item::Rates {
            &self.rates
        } else {
            &self.newest
        };
        let time = deadline.saturating_duration_since(Instant::now());
        // What was said of another day is no answer to this one.
        let key = today.to_string();
        let answer = chain
            .read(&*self.transport, &self.budgets, &key, &today, now, time)
            .await;
        let mut attempts = answer.attempts;
        let Some(fetched) = answer.reading else {
            return Entry {
                item,
                attempts,
                added: None,
            };
        };
        match self.wanted(fetched.value) {
            Ok(rates) => {
                let added = self
                    .cell
                    .update(|snapshot| snapshot.add_rates(rates, fetched.attribution, now));
                Entry {
                    item,
                    attempts,
                    added: Some(added),
                }
            }
            Err(error) => {
                if let Some(last) = attempts.last_mut() {
                    last.outcome = Outcome::Failed(error);
                }
                Entry {
                    item,
                    attempts,
                    added: None,
                }
            }
        }
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
        let item = Item::Weather(city.id().clone());
        let time = deadline.saturating_duration_since(Instant::now());
        let key = city.id().as_str();
        let answer = self
            .weather
            .read(&*self.transport, &self.budgets, key, city, now, time)
            .await;
        let added = answer.reading.map(
            |Fetched {
                 value,
                 attribution,
                 expires,
                 ..
             }| {
                self.cell.update(|snapshot| {
                    snapshot.add_weather(city.id(), city.zone(), value, attribution, now, expires)
                })
            },
        );
        Entry {
            item,
            attempts: answer.attempts,
            added,
        }
    }

    /// The pairs the site asked for.
    fn wanted(&self, rates: Rates) -> Result<Rates, FetchError> {
        if self.pairs.is_empty() {
            return Ok(rates);
        }
        let source = rates.publication().source.clone();
        rates.only(&self.pairs).map_err(|_| {
            let reason = "none of the pairs asked for is in the publication";
            crate::source::DecodeError::malformed(&source, reason).into()
        })
    }

    fn city(&self, item: &Item) -> Option<&City> {
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
        Entry {
            item,
            attempts: vec![Attempt { source, outcome }],
            added: None,
        }
    }

    /// Keeps the snapshot, off the runtime's threads: a disk may take its time, but not for ever.
    async fn keep(&self, deadline: Instant) -> Result<(), StoreError> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        let (store, snapshot): (Arc<dyn Store>, _) = (Arc::clone(store), self.cell.load().to_arc());
        let writing = tokio::task::spawn_blocking(move || store.save(&snapshot));
        match timeout_at(deadline.max(Instant::now() + LEAST_FOR_KEEPING), writing).await {
            Ok(Ok(result)) => result,
            Ok(Err(cause)) => Err(StoreError::new("the snapshot was not kept").caused_by(cause)),
            Err(_) => Err(StoreError::new(
                "the snapshot was not kept in time; the store may still be writing",
            )),
        }
    }
}
