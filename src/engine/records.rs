//! Records that are added: judged before they can be shown.
//!
//! ```text
//! a feed or a witness answered ──► judged ──► Held::observe ──► Held::judge ──► show
//! the store, at a start ─────────► restore_held ─► possible ──► Ledger::insert ──► Fold::restored, Held::judge ──► show_all
//! set aside, and right now ──────► take_back ────► possible ──► Held::take_over ─► Held::judge (in `follow`) ─► show_all
//! another server ────────────────► adopt::vetted ─────────────► Held::take_over ─► Held::judge ──► show
//! a back-fill ───────────────────► filling ───────────────────► Held::fill: no page shows it
//! a weather service ─────────────► add_forecast ──────────────► Ledger::observe_forecast ─────────► show_weather
//! ```
//!
//! `possible` is the gate for records that were not just received. A sighting must not be of the future, nor of a day too far ahead of its first
//! sight; if one of the bank's sources answered for it, it becomes one of the present bank, because earlier versions stored the source only. A
//! forecast loses the hours that are not plausible for its city.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::core::Engine;
use super::event::Effect;
use super::guard::{Fold, GuardEvent, Memory};
use crate::day;
use crate::ledger::{Feed, Forecast, Ledger, Record, Sighting, TOLERANCE};
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::snapshot::{Added, Observed, Reading as _, Snapshot};
use crate::source::bank;
use crate::weather::{City, ImplausibleWeather, Weather};

impl Engine {
    /// Adds what a feed of the bank or a witness answered, and judges it before it can be shown. Returns what the guard has decided.
    pub(super) fn judged(&mut self, seen: Sighting, now: DateTime<Utc>) -> Vec<GuardEvent> {
        let held = &mut self.held;
        held.observe(seen, &self.bank);
        held.judge(&self.bank, now).unwrap_or_default()
    }

    /// A sighting of a publication by a feed of the bank, at the instant at which it was served.
    pub(super) fn sighting(&self, rates: Rates, feed: Feed, served: DateTime<Utc>) -> Sighting {
        let asked = day::of(served, self.bank.zone);
        let feed = feed_of(feed, &rates);
        Sighting::of_rates(self.bank.id(), feed, asked, rates, served)
    }

    /// Returns a stored forecast without what is not plausible for its city. It is an error if nothing is left.
    pub(super) fn plausible(&self, forecast: Forecast) -> Result<Forecast, ImplausibleWeather> {
        let Some(city) = self.cities.iter().find(|city| city.id() == forecast.city()) else {
            // The city is not shown now.
            return Ok(forecast);
        };
        let stored = forecast.weather();
        let weather = Weather::clone(stored).plausible(city.coordinates())?;
        if weather == **stored {
            return Ok(forecast);
        }
        let plausible = Forecast::new(city.id().clone(), weather, forecast.first(), None);
        Ok(plausible.until(forecast.last(), forecast.expires()))
    }

    /// Returns a stored record as this server uses it. Returns `None` if a right clock cannot have made it, or if no part of it is plausible.
    fn possible(&mut self, record: Record, now: DateTime<Utc>) -> Option<Record> {
        match record {
            Record::Sighting(sighting) => {
                if !sighting.is_possible(now, self.bank.days_ahead) {
                    return None;
                }
                let source = sighting.source();
                let is_own = self.bank.has_source(source) || *source == SourceId::SAMPLE;
                let sighting = if is_own {
                    sighting.of_bank(self.bank.id())
                } else {
                    sighting
                };
                Some(sighting.into())
            }
            Record::Forecast(forecast) => {
                let possible = Some(forecast).filter(|forecast| forecast.is_possible(now))?;
                let city = possible.city().clone();
                match self.plausible(possible) {
                    Ok(plausible) => Some(plausible.into()),
                    Err(reason) => {
                        let reason = reason.to_string();
                        self.effects.push(Effect::Dropped { city, reason });
                        None
                    }
                }
            }
            approval @ Record::Approval(_) => Some(approval),
        }
    }

    /// Adds what a weather service answered, and shows it.
    ///
    /// An earlier run than the newest, or one that does not cover the rest of the day where the newest does, is passed over: the service may have
    /// answered from a cache, or the newest may have come from another server of the fleet.
    pub(super) fn add_forecast(
        &mut self,
        city: &City,
        forecast: Forecast,
        now: DateTime<Utc>,
    ) -> Added {
        let held = &mut self.held;
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
        let observed = held.records.observe_forecast(forecast.clone());
        if let Some(record) = &observed {
            held.write_later(record.clone());
        }
        let snapshots = self.show_weather(city, now);
        weather_added(&snapshots, &observed.unwrap_or(forecast))
    }

    /// Takes over the records and the memory that were kept. Records of rates by one of the ticker's sources are those of its bank.
    pub(super) fn restore_held(&mut self, records: &Ledger, memory: Memory, now: DateTime<Utc>) {
        let latest = now + TOLERANCE;
        let future = records.records().filter(|record| record.last() > latest);
        self.held.set_aside.add_at_start(future);
        // A record that a clock set ahead has repeated keeps what was seen before.
        let records = records.clone().without_future(now);
        for record in records.records() {
            if let Some(record) = self.possible(record, now) {
                self.held.records.insert(record);
            }
        }
        self.held.guard = Fold::restored(memory, &self.held.records, &self.bank, now);
        self.held.judge(&self.bank, now);
    }

    /// Takes back the records of the future that are right, by the clock by which all servers judge. Returns whether there are any.
    pub(super) fn take_back(&mut self, now: DateTime<Utc>) -> bool {
        let come = self.held.set_aside.take(now, self.passed);
        let has_come = !come.is_empty();
        for record in come {
            if let Some(record) = self.possible(record, now) {
                self.held.take_over(record);
            }
        }
        has_come
    }
}

/// The feed under which an answer is recorded: only one of a day proves which publication is in force on the day.
///
/// The European Central Bank answers each request with its newest list, and sets the rates of a day in the course of it: on Saturday its answer with
/// Friday's list does not make that one the list of Saturday. Its answers are recorded as `newest`.
pub(super) fn feed_of(feed: Feed, rates: &Rates) -> Feed {
    let profile = bank(rates.source());
    if profile.is_none_or(|profile| profile.is_carried) {
        feed
    } else {
        Feed::Newest
    }
}

/// The outcome for a forecast, by the snapshots before and after it.
fn weather_added([before, after]: &[Arc<Snapshot>; 2], forecast: &Forecast) -> Added {
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
