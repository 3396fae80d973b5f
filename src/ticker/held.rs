//! What a ticker knows, and the snapshot that it makes of it.

use std::sync::{Arc, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::guard::{Guard, Memory};
use super::{Shared, State, Topic};
use crate::day;
use crate::ledger::{Feed, Forecast, Ledger, Sighting, View};
use crate::money::{InvalidRates, Rates};
use crate::snapshot::{Added, Observed, Snapshot};
use crate::weather::{City, Weather};

/// The records, and what the guard remembers of them. They change together, so that no record is shown before it is judged.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) records: Ledger,
    pub(super) memory: Memory,
}

impl Shared {
    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn guarding<T>(
        &self,
        now: DateTime<Utc>,
        act: impl FnOnce(&mut Guard<'_>) -> T,
    ) -> T {
        self.judging(now, |guard, _| act(guard))
    }

    /// Runs the guard beside the records.
    pub(super) fn judging<T>(
        &self,
        now: DateTime<Utc>,
        act: impl FnOnce(&mut Guard<'_>, &mut Ledger) -> T,
    ) -> T {
        let mut held = self.held();
        let Held { records, memory } = &mut *held;
        let bank = &self.bank;
        act(&mut Guard { bank, memory, now }, records)
    }

    /// A sighting of a publication by a feed of the bank, at the instant at which it was served.
    pub(super) fn sighting(&self, rates: Rates, feed: Feed, served: DateTime<Utc>) -> Sighting {
        let asked = day::of(served, self.bank.zone);
        Sighting::of_rates(self.bank.id(), feed, asked, rates, served)
    }

    /// Adds what another server, or an earlier process, held back, so that it can be shown once it is released.
    pub(super) fn take_over_holds(&self, records: &mut Ledger, memory: &Memory) {
        for hold in memory.holds() {
            let sighting = self.sighting(hold.candidate().clone(), Feed::OfDay, hold.since);
            records.insert(sighting.until(hold.seen));
        }
    }

    fn view<'a>(&self, memory: &'a Memory) -> View<'a> {
        View::new(self.bank.id())
            .services(self.weather.ids())
            .policy(self.policy)
            .days_ahead(self.bank.days_ahead)
            .verdicts(|id| memory.verdict(id))
    }

    /// Publishes the rates that are known at `now`, if they are others than those shown. Returns the snapshots before and after.
    pub(super) fn show_rates(&self, now: DateTime<Utc>) -> [Arc<Snapshot>; 2] {
        self.publish(Topic::Rates, now, |held, snapshot| {
            let (rates, next) = held.records.rates_at(now, &self.view(&held.memory));
            let [rates, next] = [rates, next].map(|shown| self.presented(held, shown?, now));
            snapshot.set_rates(rates, next, |source| self.bank.attribution(source));
        })
    }

    /// Adds what a weather service answered, and shows it.
    ///
    /// An earlier run than the newest, or one that does not reach the end of the day where the newest does, is passed over: of servers that
    /// share the newest one not all have it.
    pub(super) fn add_forecast(
        &self,
        city: &City,
        forecast: Forecast,
        now: DateTime<Utc>,
    ) -> Added {
        let observed = {
            let mut held = self.held();
            let newest = held.records.newest_forecast(city.id(), forecast.service());
            let reaches = |forecast: &Forecast| forecast.weather().reaches(now, city.zone());
            let is_older = |newest: &Forecast| {
                newest.is_possible(now)
                    && (newest.version() > forecast.version()
                        || (reaches(newest) && !reaches(&forecast)))
            };
            if newest.is_some_and(is_older) {
                return Added::Superseded;
            }
            held.records.observe_forecast(forecast.clone())
        };
        let snapshots = self.show_weather(city, now);
        weather_added(&snapshots, &observed.unwrap_or(forecast))
    }

    /// Publishes the weather of a city that is known at `now`, if it is another than that shown. Returns the snapshots before and after.
    pub(super) fn show_weather(&self, city: &City, now: DateTime<Utc>) -> [Arc<Snapshot>; 2] {
        self.publish(Topic::Weather(city.id().clone()), now, |held, snapshot| {
            let view = self.view(&held.memory);
            if let Some(weather) = held.records.weather_at(city, now, &view) {
                let credit = self.weather.attribution(weather.value().source());
                snapshot.set_weather(city.id(), weather, credit);
            }
        })
    }

    /// Publishes to the pages, and at once to the other servers.
    fn publish(
        &self,
        topic: Topic,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut Held, &mut Snapshot),
    ) -> [Arc<Snapshot>; 2] {
        let mut held = self.held();
        let before = self.cell.load().to_arc();
        let mut after = Snapshot::clone(&before);
        change(&mut held, &mut after);
        if after == *before {
            return [Arc::clone(&before), before];
        }
        let after = Arc::new(after);
        self.cell.publish(Arc::clone(&after));
        drop(held);
        if let Some(fleet) = &self.fleet {
            self.outdate(&topic, now);
            fleet.touch();
        }
        [before, after]
    }

    /// A publication as it is shown: with consistent changes, the marks of unconfirmed rows, and the pairs of the site alone.
    fn presented(
        &self,
        held: &mut Held,
        shown: Observed<Rates>,
        now: DateTime<Utc>,
    ) -> Option<Observed<Rates>> {
        let (bank, memory) = (&self.bank, &mut held.memory);
        let rates = Guard { bank, memory, now }.presented(shown.value().clone());
        let rates = self.wanted(rates).ok()?;
        Some(shown.with(rates))
    }

    /// The pairs the site asked for.
    pub(super) fn wanted(&self, rates: Rates) -> Result<Rates, InvalidRates> {
        if self.pairs.is_empty() {
            Ok(rates)
        } else {
            rates.only(&self.pairs)
        }
    }

    /// What a store keeps.
    pub(super) fn state(&self) -> State {
        let held = self.held();
        let snapshot = Snapshot::clone(&self.cell.load());
        State::new(snapshot, held.memory.clone())
    }
}

/// What became of a publication, by the snapshots before and after it.
pub(super) fn rates_added(
    [before, after]: &[Arc<Snapshot>; 2],
    rates: &Rates,
    days_ahead: u16,
    now: DateTime<Utc>,
) -> Added {
    let publication = |rates: &Rates| {
        let publication = rates.publication();
        (
            publication.day,
            publication.method,
            publication.source.clone(),
        )
    };
    let is_ahead = |snapshot: &Snapshot| {
        let next = snapshot.next(now).map(Observed::value);
        next.is_some_and(|next| publication(next) == publication(rates))
    };
    let (shown, before) = if is_ahead(after) {
        (after.next(now), before.next(now))
    } else {
        (after.rates(now), before.rates(now))
    };
    let Some(shown) = shown
        .map(Observed::value)
        .filter(|shown| publication(shown) == publication(rates))
    else {
        let ahead = rates.day() - day::of(now, rates.zone());
        return if ahead > chrono::TimeDelta::days(days_ahead.into()) {
            Added::TooFarAhead
        } else {
            Added::Superseded
        };
    };
    match before.map(Observed::value) {
        Some(before) if before.has_numbers_of(shown) => Added::Confirmed,
        Some(before)
            if (before.day(), before.publication().method)
                == (shown.day(), shown.publication().method) =>
        {
            Added::Corrected
        }
        _ => Added::Changed,
    }
}

/// What became of a forecast, by the snapshots before and after it.
pub(super) fn weather_added([before, after]: &[Arc<Snapshot>; 2], forecast: &Forecast) -> Added {
    let [before, after] = [before, after].map(|snapshot| snapshot.weather(forecast.city()));
    let is_shown = |shown: &&Observed<Weather>| {
        shown.source() == forecast.service() && shown.fetched() >= forecast.last()
    };
    match (before, after.filter(is_shown)) {
        (_, None) => Added::Superseded,
        (Some(before), Some(after)) if before.value() == after.value() => Added::Confirmed,
        (_, Some(_)) => Added::Changed,
    }
}

impl Held {
    /// The records and the memory of a state that was kept. A publication with rows of earlier days is one record as it is.
    pub(super) fn restored(shared: &Shared, state: State, now: DateTime<Utc>) -> Self {
        let (snapshot, memory) = state.into_parts();
        let memory = memory.with(&snapshot, now);
        let mut records = Ledger::default();
        // The rows that stand in the place of those that are held. Their own instants are not kept, so they count as old.
        let today = day::of(now, shared.bank.zone);
        for rates in memory.accepted().iter().filter(|rates| rates.day() < today) {
            let first = day::start(rates.day(), rates.zone());
            records.insert(shared.sighting(rates.clone(), Feed::OfDay, first));
        }
        shared.take_over_holds(&mut records, &memory);
        let (rates, next) = snapshot.both_rates();
        for (held, feed) in [(rates, Feed::OfDay), (next, Feed::Newest)] {
            let Some(held) = held else { continue };
            let sighting = shared.sighting(held.value().clone(), feed, held.fetched());
            if sighting.is_possible(now, shared.bank.days_ahead) {
                records.insert(sighting);
            }
        }
        for city in &shared.cities {
            let Some(held) = snapshot.weather(city.id()) else {
                continue;
            };
            match held.value().clone().plausible(city.coordinates()) {
                Ok(weather) => {
                    let first = match held.value().stated() {
                        Some(_) => held.fetched(),
                        None => held.dated(),
                    };
                    let forecast = Forecast::new(city.id().clone(), weather, first, None)
                        .until(held.fetched(), held.expires());
                    if forecast.is_possible(now) {
                        records.insert(forecast);
                    }
                }
                Err(reason) => {
                    let city = city.id();
                    tracing::warn!(target: "masthead", %city, %reason, "the weather that was kept is dropped");
                }
            }
        }
        Self { records, memory }
    }
}
