//! The published snapshot, chosen from the records that are known now, and the outcome for an added record.
//!
//! # The rates
//!
//! 1. The ledger gives the publication in force and the next one ([`Ledger::at`](crate::ledger::Ledger::at)), by the guard's verdicts and without
//!    those that only a back-fill has read. A store that has no others, as after the import of a table, shows those.
//! 2. If the ledger gives none in force, the ones shown stay: a clock that is set back must not empty a page. Their marks stay as well, because the
//!    guard may know nothing of them.
//! 3. At midnight the next publication stays in its place: [`Snapshot::rates`] shows it from then on without a new snapshot, and no longer if the
//!    clock was wrong and is set back.
//! 4. Changes are made consistent, unconfirmed rows are marked, and only the pairs of the site are kept (`presented`).
//!
//! The weather of a city is replaced if the ledger has any for it; otherwise the one shown stays, and ages.
//!
//! Every choice goes through `Engine::show`, which compares: an equal snapshot is not published, and with another one the next exchange is due at
//! once.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

#[cfg(feature = "web")]
use super::Bank;
use super::core::Engine;
use super::event::Effect;
use super::guard::{GuardEvent, Memory, past};
use super::held::Held;
use super::{Entry, Item, Report};
use crate::day;
use crate::ledger::{History, RecordId, Verdict, View};
#[cfg(feature = "web")]
use crate::money::{Currency, Pair};
use crate::money::{InvalidRates, Rates};
use crate::snapshot::{Added, Observed, Snapshot};
use crate::weather::City;
#[cfg(feature = "web")]
use crate::weather::CityId;

/// The days before today for which the verdicts on back-filled rates are computed for sparklines: a sparkline has at most 92 days, back from a
/// publication that may be some weeks old.
const LONGEST_SPARKLINE: Days = Days::new(130);

/// The pairs and cities of a page.
#[cfg(feature = "web")]
impl Engine {
    /// The pair in the direction in which the bank quotes, or another one of the bank.
    pub(crate) fn quoted_like(&self, pair: Pair) -> Pair {
        let home = self.bank.home();
        let sides = [pair.base(), pair.quote()];
        let foreign = sides.into_iter().filter(|_| sides.contains(&home));
        let mut others = foreign.chain([Currency::USD, Currency::EUR]);
        let quoted = others.find_map(|foreign| self.bank.pair(foreign));
        quoted.unwrap_or(pair)
    }

    pub(crate) const fn bank(&self) -> &Bank {
        &self.bank
    }

    /// Whether a page of this ticker may ask for a pair, in either direction: the site keeps it, and the bank can quote it.
    pub(crate) fn keeps_pair(&self, pair: Pair) -> bool {
        let mut pairs = self.pairs.iter();
        let is_kept =
            self.pairs.is_empty() || pairs.any(|kept| [pair, pair.inverse()].contains(kept));
        is_kept && self.bank.can_quote(pair)
    }

    /// Whether snapshots have curves of so many days.
    pub(crate) fn keeps_sparklines(&self, days: u8) -> bool {
        self.sparklines.contains(&days) || self.snapshot.has_recent(days)
    }

    pub(crate) fn keeps_city_id(&self, id: &CityId) -> bool {
        self.cities.iter().any(|kept| kept.id() == id)
    }

    /// A city of the same id at another place is another one.
    pub(crate) fn keeps_city(&self, city: &City) -> bool {
        let mut cities = self.cities.iter();
        cities.any(|kept| kept.id() == city.id() && kept.coordinates() == city.coordinates())
    }
}

impl Engine {
    /// The selection of records for a page: the bank, the services in their order, and the verdicts of the guard.
    pub(super) fn view<'a>(&self, memory: &'a Memory) -> View<'a> {
        View::new(self.bank.id())
            .services(self.weather.ids())
            .policy(self.policy)
            .days_ahead(self.bank.days_ahead)
            .judged_until(memory.judged_until())
            .sparklines(self.sparklines.iter().copied())
            .verdicts(|id| memory.verdict(id))
    }

    /// Returns the rates of all days that are known and believed, with the rows marked that are not confirmed.
    #[must_use]
    pub fn history(&self, now: DateTime<Utc>) -> History {
        self.history_and_verdicts(now).0
    }

    /// Returns the history with the verdicts on back-filled publications that are not accepted as they are.
    pub(super) fn history_and_verdicts(
        &self,
        now: DateTime<Utc>,
    ) -> (History, BTreeMap<RecordId, Verdict>) {
        let (memory, records) = (self.held.memory(), &self.held.records);
        let days = NaiveDate::MIN..=NaiveDate::MAX;
        let past = past::verdicts(records, &self.bank.id(), days);
        let view = past::judged(self.view(memory), memory, &past);
        let history = records.history(now, &view);
        drop(view);
        let history = history.marked(|rates| memory.unconfirmed_in(rates));
        (history, past)
    }

    /// Shows a snapshot whose records are not known.
    pub(crate) fn show_fixed(&mut self, snapshot: Snapshot) {
        self.snapshot = Arc::new(snapshot);
    }

    /// Reports what the guard has decided without a refresh.
    pub(super) fn tell_of(&mut self, events: Vec<GuardEvent>, now: DateTime<Utc>) {
        if events.is_empty() {
            return;
        }
        let entry = Entry {
            events,
            ..Entry::new(Item::Rates, Vec::new())
        };
        let report = Report::of(now, vec![entry]);
        self.effects.push(Effect::Decided(report));
    }

    /// Shows the rates and the weather of all cities that are known at `now`.
    pub(super) fn show_all(&mut self, now: DateTime<Utc>) {
        self.show(|engine, snapshot| {
            engine.choose_rates(snapshot, now);
            engine.choose_weather(snapshot, &engine.cities, now);
        });
    }

    /// Shows the rates that are known at `now`, if they are others than those shown. Returns the snapshots before and after.
    pub(super) fn show_rates(&mut self, now: DateTime<Utc>) -> [Arc<Snapshot>; 2] {
        self.show(|engine, snapshot| engine.choose_rates(snapshot, now))
    }

    /// Shows the weather of a city that is known at `now`, if it is another than that shown. Returns the snapshots before and after.
    pub(super) fn show_weather(&mut self, city: &City, now: DateTime<Utc>) -> [Arc<Snapshot>; 2] {
        self.show(|engine, snapshot| {
            engine.choose_weather(snapshot, [city], now);
        })
    }

    /// Puts the rates in force and the next ones, and the curves until them, into a snapshot: the four steps of this file's introduction.
    fn choose_rates(&self, snapshot: &mut Snapshot, now: DateTime<Utc>) {
        let held = &self.held;
        let view = self.view(held.memory()).live();
        let (rates, next) = match held.records.rates_at(now, &view) {
            // A file with a table that was imported, or of an earlier version, has no other rates.
            (None, None) => held.records.rates_at(now, &self.view(held.memory())),
            live => live,
        };
        // A clock that is set back makes all records ones of the future, or of a day that has not begun. The rates shown stay.
        let (shown, shown_next) = snapshot.both_rates();
        let is_kept = rates.is_none();
        let rates = rates.or_else(|| shown.cloned());
        let day = rates.as_ref().map(|rates| rates.value().day());
        let next = next.filter(|next| Some(next.value().day()) > day);
        // The next publication stays in its place when its day begins: a snapshot shows it from then on, and no longer after a clock was wrong.
        let has_begun = next.is_none() && day.is_some();
        let has_begun = has_begun && shown_next.map(|next| next.value().day()) == day;
        let [rates, next] = match shown.filter(|shown| has_begun && Some(shown.value().day()) < day)
        {
            Some(shown) => [Some(shown.clone()), rates],
            None => [rates, next],
        };
        // The guard knows nothing of rates that are kept; their marks stay as they are.
        let [rates, next] = [(rates, is_kept), (next, false)].map(|(shown, is_kept)| {
            if is_kept {
                shown
            } else {
                self.presented(held, shown?)
            }
        });
        snapshot.set_rates(rates, next, |source| self.bank.attribution(source));
        if !self.sparklines.is_empty() && !is_kept {
            let (rates, next) = snapshot.both_rates();
            let shown = rates.into_iter().chain(next).map(Observed::value);
            let days = self.today(now) - LONGEST_SPARKLINE..=NaiveDate::MAX;
            let past = past::verdicts(&held.records, &self.bank.id(), days);
            let view = past::judged(self.view(held.memory()), held.memory(), &past);
            let recent = held.records.recent(shown, now, &view);
            snapshot.set_recent(recent);
        }
    }

    /// Puts the weather of cities into a snapshot. A city without any keeps what it has there.
    pub(super) fn choose_weather<'a>(
        &self,
        snapshot: &mut Snapshot,
        cities: impl IntoIterator<Item = &'a City>,
        now: DateTime<Utc>,
    ) {
        let held = &self.held;
        let view = self.view(held.memory());
        for city in cities {
            if let Some(weather) = held.records.weather_at(city, now, &view) {
                let credit = self.weather.attribution(weather.value().source());
                snapshot.set_weather(city.id(), weather, credit);
            }
        }
    }

    /// Shows what was changed, and tells the other servers. Returns the snapshots before and after.
    pub(super) fn show(&mut self, change: impl FnOnce(&Self, &mut Snapshot)) -> [Arc<Snapshot>; 2] {
        let before = Arc::clone(&self.snapshot);
        let mut after = Snapshot::clone(&before);
        change(self, &mut after);
        if after == *before {
            return [Arc::clone(&before), before];
        }
        let after = Arc::new(after);
        self.snapshot = Arc::clone(&after);
        self.share();
        [before, after]
    }

    /// Tells the other servers that there are records which they may need.
    pub(super) fn share(&mut self) {
        self.fleet.touch();
        self.effects.push(Effect::Share);
    }

    /// A publication as it is shown: with consistent changes, the marks of unconfirmed rows, and the pairs of the site alone.
    fn presented(&self, held: &Held, shown: Observed<Rates>) -> Option<Observed<Rates>> {
        let rates = held.memory().presented(shown.value().clone());
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
}

/// The outcome for a publication, by the snapshots before and after it.
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
        return if ahead > TimeDelta::days(days_ahead.into()) {
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
