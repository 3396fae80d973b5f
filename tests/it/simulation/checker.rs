//! Invariants at every instant, whatever the hosts do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::money::{Currency, Method, Rates};
use masthead::ticker::Health;
use masthead::weather::{CityId, Weather};
use masthead::{Freshness, FreshnessPolicy, Observed, Snapshot, SourceId};
use rust_decimal::Decimal;

use super::hosts::Hosts;
use super::truth::{Truth, today};

/// The page of a server at an instant of its clock.
pub(crate) struct Seen<'a> {
    pub(crate) now: DateTime<Utc>,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) health: &'a dyn Fn() -> Health,
}

/// Checks the displayed values against the earlier ones.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    /// The last displayed day, and whether its list was the bank's own; `None` after a restart or a jump of the clock.
    last_day: Option<(NaiveDate, bool)>,
    /// Whether a clock of another year has produced values, which the store keeps across restarts.
    clock_was_wrong: bool,
    /// Whether rates were shown, and which cities.
    full: bool,
    cities: Vec<CityId>,
    /// Whether the displayed rates were ever confirmed, which outlives a restart.
    confirmed: bool,
    /// The rows shown with their own day, which the guard remembers for a while.
    shown: BTreeSet<(NaiveDate, Currency)>,
    /// The number of publications with other numbers during which each row has been quarantined, and the day of the last one.
    waiting: BTreeMap<Currency, (usize, NaiveDate)>,
    /// Until then, times may come from a wrong clock.
    doubtful_until: DateTime<Utc>,
    /// The rates and the next ones that were checked, and whether the clock was right.
    checked: Option<([Option<Rates>; 2], bool)>,
    pub(crate) looks: u64,
}

/// The most publications for which a row may be quarantined: three, and as many again because an error, a correction and a gap in
/// the responses each restart the count.
const LONGEST_WAIT: usize = 9;

impl Checker {
    /// A process has started, with the contents of its store.
    pub(crate) fn restarted(&mut self, lost: bool) {
        *self = Self {
            looks: self.looks,
            clock_was_wrong: self.clock_was_wrong && !lost,
            confirmed: self.confirmed && !lost,
            doubtful_until: self.doubtful_until,
            ..Self::default()
        };
    }

    pub(crate) fn clock_jumped(&mut self, doubtful_until: DateTime<Utc>) {
        self.last_day = None;
        self.shown.clear();
        self.waiting.clear();
        self.doubtful_until = doubtful_until;
    }

    /// Checks the displayed values.
    ///
    /// # Errors
    ///
    /// The violated invariant.
    pub(crate) fn look(&mut self, seen: &Seen<'_>, hosts: &Hosts) -> Result<(), String> {
        self.looks += 1;
        let (now, snapshot) = (seen.now, seen.snapshot);
        let policy = FreshnessPolicy::default();
        let is_right = now == hosts.now() && now > self.doubtful_until;
        let (rates, next) = (snapshot.rates(now), snapshot.next(now));
        let shown = rates.map(Observed::value);
        let both = || rates.into_iter().chain(next);
        // The same numbers need no second check.
        let checked = [rates, next].map(|held| held.map(Observed::value));
        let last = self.checked.as_ref();
        let is_checked = last.is_some_and(|(numbers, was_right)| {
            numbers.each_ref().map(Option::as_ref) == checked && *was_right == is_right
        });
        if !is_checked {
            both().try_for_each(|held| true_numbers(held.value(), hosts.truth()))?;
        }
        if is_right {
            both().try_for_each(|held| as_old_as_its_answer(held, policy, hosts))?;
            for city in snapshot.cities() {
                let held = snapshot.weather(city).unwrap();
                as_old_as_its_computation(held, policy, hosts)?;
            }
        }
        if is_right && !is_checked {
            both().try_for_each(|held| self.true_changes(held.value(), hosts.truth()))?;
            if let Some(rates) = shown {
                self.no_longer_than_needed(rates, hosts.truth())?;
            }
        }
        if !is_checked {
            self.checked = Some((checked.map(|held| held.cloned()), is_right));
        }
        match shown {
            Some(rates) => {
                self.full = true;
                self.day_shown(rates, now, now == hosts.now())?;
            }
            None if self.full => return Err("the rates went blank".into()),
            None => {}
        }
        match (seen.health)().unconfirmed {
            // For a clock of another year, no day has passed.
            Some(_) if now != hosts.now() => self.confirmed = false,
            Some(day) if self.confirmed => {
                return Err(format!("{day} is unconfirmed: a restart forgot the past"));
            }
            // Evidence that is dated by a wrong clock is set aside with it.
            None if now != hosts.now() => {}
            // While the clock is in another year, the guard knows nothing, and the marks on the page stay.
            unconfirmed => {
                let is_marked = shown.is_some_and(|rates| !rates.unconfirmed().is_empty());
                // Rates with an instant that has not come are those of a clock that was ahead. They stay on the page until the next
                // answer, but their records, and the evidence for them, are set aside.
                let is_kept = rates.is_some_and(|held| held.fetched() > now);
                let is_known = unconfirmed.is_none() && !is_marked && !is_kept;
                self.confirmed |= self.full && is_known;
            }
        }
        let lost = self
            .cities
            .iter()
            .find(|city| snapshot.weather(city).is_none());
        if let Some(city) = lost {
            return Err(format!("the weather of {city} went blank"));
        }
        self.cities = snapshot.cities().cloned().collect();
        hosts.state().over_budget.take().map_or(Ok(()), Err)
    }

    /// A change is the difference to the day before, if that day was shown.
    fn true_changes(&mut self, rates: &Rates, truth: &Truth) -> Result<(), String> {
        let (day, before) = (rates.day(), rates.day().pred_opt().unwrap());
        for row in rates
            .rows()
            .iter()
            .filter(|row| rates.day_of(row.currency) == day)
        {
            let code = row.currency.code();
            let was_shown = self.shown.contains(&(before, row.currency));
            self.shown.insert((day, row.currency));
            let Some(change) = row.change.filter(|_| was_shown) else {
                continue;
            };
            let [now, then] = [day, before].map(|day| truth.numbers(code, day));
            let is = |(now, _): &(i64, u32)| {
                let mut before = then.iter().map(|(then, _)| Decimal::new(now - then, 2));
                before.any(|difference| difference == change)
            };
            if !now.iter().any(is) {
                return Err(format!(
                    "{code} is said to have changed by {change} on {day}: from {then:?} to {now:?}"
                ));
            }
        }
        while self
            .shown
            .first()
            .is_some_and(|(first, _)| (day - *first).num_days() > 3)
        {
            self.shown.pop_first();
        }
        Ok(())
    }

    /// A row that moved is shown after three further publications.
    fn no_longer_than_needed(&mut self, rates: &Rates, truth: &Truth) -> Result<(), String> {
        let day = rates.day();
        for row in rates.rows() {
            if rates.day_of(row.currency) == day {
                self.waiting.remove(&row.currency);
                continue;
            }
            let (publications, last) = self.waiting.entry(row.currency).or_insert((0, day));
            if *last < day && truth.numbers("USD", *last) != truth.numbers("USD", day) {
                (*publications, *last) = (*publications + 1, day);
            }
            if *publications > LONGEST_WAIT {
                let (code, publications) = (row.currency, *publications);
                return Err(format!(
                    "{code} is withheld for {publications} publications"
                ));
            }
        }
        Ok(())
    }

    /// The day never decreases and never lies in the future, and no copy replaces the bank's own list of a day. The exception: a clock of another year shows days of that year until
    /// the next response.
    fn day_shown(
        &mut self,
        rates: &Rates,
        now: DateTime<Utc>,
        clock_is_right: bool,
    ) -> Result<(), String> {
        let is_own = rates.publication().method == Method::Published;
        let day = rates.day();
        self.clock_was_wrong |= !clock_is_right;
        let before = self.last_day.take();
        if !clock_is_right {
            return Ok(());
        }
        if day > today(now) {
            return if self.clock_was_wrong {
                Ok(())
            } else {
                Err(format!("{day} is shown before it begins"))
            };
        }
        self.clock_was_wrong = false;
        self.last_day = Some((day, is_own));
        match before {
            Some((before, _)) if day < before => Err(format!("{day} is shown after {before}")),
            Some((before, true)) if day == before && !is_own => {
                Err(format!("another's word replaces the bank's own of {day}"))
            }
            _ => Ok(()),
        }
    }

    /// After a whole publication cycle without faults, everything is fresh, true and complete, and no row is quarantined.
    pub(crate) fn recovered(seen: &Seen<'_>, hosts: &Hosts) -> Result<(), String> {
        let (now, health) = (seen.now, (seen.health)());
        let day = today(now);
        let late = health
            .items
            .iter()
            .find(|item| item.freshness != Freshness::Fresh);
        if let Some(item) = late {
            return Err(format!("{} is not fresh again: {item:?}", item.item));
        }
        if let Some(hold) = health.holds.first() {
            return Err(format!(
                "still held: {hold}, contradicted by {:?}",
                hold.contradicted_by
            ));
        }
        if let Some(day) = health.unconfirmed {
            return Err(format!("{day} is still unconfirmed"));
        }
        if let Some(store) = health.store {
            return Err(format!("the store: {store}"));
        }
        let shown = seen
            .snapshot
            .rates(now)
            .map(|held| held.value())
            .ok_or("no rates")?;
        let truth = hosts
            .truth()
            .of_day(day, hosts.now())
            .ok_or("no publication")?;
        if shown.day() < day {
            return Err(format!("{} is shown on {day}", shown.day()));
        }
        if shown.len() != truth.lines.len() {
            return Err(format!(
                "{} rows of {} are shown",
                shown.len(),
                truth.lines.len()
            ));
        }
        let older = shown
            .rows()
            .iter()
            .find(|row| shown.day_of(row.currency) != shown.day());
        older.map_or(Ok(()), |row| {
            Err(format!(
                "{} is of {}",
                row.currency,
                shown.day_of(row.currency)
            ))
        })
    }
}

/// Rates attributed to the bank are as old as the bank's own last response.
fn as_old_as_its_answer(
    held: &Observed<Rates>,
    policy: FreshnessPolicy,
    hosts: &Hosts,
) -> Result<(), String> {
    let (day, now) = (held.value().day(), hosts.now());
    if *held.source() != SourceId::NATIONAL_BANK_KZ {
        return Ok(());
    }
    let served = hosts.state().served.get(&day).copied();
    let served = served.ok_or_else(|| format!("rates of {day} were never served"))?;
    let fetched = held.fetched();
    if fetched > served {
        return Err(format!(
            "rates of {day}, served last at {served}, are said to be of {fetched}"
        ));
    }
    let known = day.max(today(served));
    if policy.of_rates(held, now) == Freshness::Fresh && known < today(now) {
        return Err(format!(
            "rates of {day}, served last at {served}, are fresh at {now}"
        ));
    }
    Ok(())
}

/// A forecast is no fresher than the last served computation.
fn as_old_as_its_computation(
    held: &Observed<Weather>,
    policy: FreshnessPolicy,
    hosts: &Hosts,
) -> Result<(), String> {
    let (now, computed) = (hosts.now(), hosts.state().computed);
    let computed = computed.ok_or("a forecast that was never served")?;
    let is_fresh = policy.of_weather(held, now, chrono_tz::Asia::Almaty) == Freshness::Fresh;
    if is_fresh && now - computed > TimeDelta::hours(12) {
        return Err(format!("a forecast computed at {computed} is fresh"));
    }
    if held.dated() > computed {
        let dated = held.dated();
        return Err(format!(
            "a forecast computed at {computed} is said to be of {dated}"
        ));
    }
    Ok(())
}

/// Every number is one that the bank published for its day.
pub(crate) fn true_numbers(rates: &Rates, truth: &Truth) -> Result<(), String> {
    for row in rates.rows() {
        let day = rates.day_of(row.currency);
        let numbers = truth.numbers(row.currency.code(), day);
        // Another source repeats the number for one unit.
        let is = |(value, nominal): &(i64, u32)| {
            row.value * Decimal::from(*nominal)
                == Decimal::new(*value, 2) * Decimal::from(row.nominal)
        };
        if !numbers.iter().any(is) {
            let source = &rates.publication().source;
            return Err(format!(
                "{source} {} {} for {} on {day} is shown (in a publication of {}), true are {numbers:?}",
                row.currency,
                row.value,
                row.nominal,
                rates.day()
            ));
        }
    }
    Ok(())
}

/// Formats an instant of the simulation, for messages.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
