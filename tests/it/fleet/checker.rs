//! Invariants of every node at every instant, whatever the store, the hosts and the clocks do.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::ledger::RecordId;
use masthead::money::{Method, Rates};
use masthead::snapshot::Observed;
use masthead::ticker::{GuardEvent, Report};
use masthead::weather::{CityId, Hour, Weather};
use masthead::{Freshness, Ticker};

use super::node::Node;
use crate::simulation::checker::true_numbers;
use crate::simulation::hosts::{Hosts, celsius};
use crate::simulation::truth::today;

/// The largest difference between two clocks. Instants farther apart are ordered, whichever nodes recorded them.
const TWO_CLOCKS: TimeDelta = TimeDelta::minutes(6);

/// The values shown by one node since it started.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The rates in force.
    shown: Option<Shown>,
    /// The times at which each forecast was fetched and computed.
    weather: Vec<(CityId, DateTime<Utc>, DateTime<Utc>)>,
    /// Whether the node's clock has been wrong. Values shown then have other dates, and the node replaces them on its own.
    clock_was_wrong: bool,
    /// The days of publications that the node has reported as refused or quarantined since the last check.
    withdrawn: BTreeSet<NaiveDate>,
}

/// The rates that a node shows.
#[derive(Clone, Copy, Debug)]
struct Shown {
    /// The day of the rates in force.
    day: NaiveDate,
    /// Whether they come from the bank itself.
    own_word: bool,
    /// When they or the next rates were fetched: one of the two may be slightly older.
    fetched: DateTime<Utc>,
    /// The publication in force: another node may have seen a newer one earlier.
    id: RecordId,
    next: Option<NaiveDate>,
}

impl Watch {
    pub(super) fn clock_is_wrong(&mut self) {
        self.clock_was_wrong = true;
    }

    /// Takes what the node reports.
    pub(super) fn hear(&mut self, report: &Report) {
        let events = report.entries.iter().flat_map(|entry| &entry.events);
        let withdrawn = events.filter_map(|event| match event {
            GuardEvent::Refused { day, .. } => Some(*day),
            GuardEvent::Held(hold) => Some(hold.day),
            _ => None,
        });
        self.withdrawn.extend(withdrawn);
    }

    /// Checks one node.
    ///
    /// # Errors
    ///
    /// A description of the violated invariant.
    pub(super) fn look(
        &mut self,
        ticker: &Ticker,
        is_right: bool,
        hosts: &Hosts,
    ) -> Result<(), String> {
        self.clock_was_wrong |= !is_right;
        let (now, snapshot) = (ticker.now(), ticker.snapshot());
        let (shown, next) = (snapshot.rates(now), snapshot.next(now));
        for held in shown.into_iter().chain(next) {
            true_numbers(held.value(), hosts.truth())?;
        }
        let before = self.shown.take();
        match shown {
            Some(held) => {
                let shown = shown_of(held, next);
                self.shown = Some(shown);
                self.check_order(before, shown, now)?;
                self.withdrawn.clear();
            }
            None if before.is_some() => return Err("the rates went blank".into()),
            None => {}
        }
        for (city, fetched, dated) in std::mem::take(&mut self.weather) {
            let held = snapshot.weather(&city);
            let held = held.ok_or_else(|| format!("the weather of {city} went blank"))?;
            // A newer computation may have been fetched earlier, by another node.
            let goes_back = held.fetched() < fetched - TWO_CLOCKS && held.dated() <= dated;
            if !self.clock_was_wrong && goes_back {
                let at = held.fetched();
                return Err(format!(
                    "the weather of {city} goes back from {fetched} to {at}"
                ));
            }
            check_weather(held, hosts.now())?;
        }
        let cities = snapshot
            .cities()
            .filter_map(|city| Some((city, snapshot.weather(city)?)));
        self.weather = cities
            .map(|(city, held)| (city.clone(), held.fetched(), held.dated()))
            .collect();
        Ok(())
    }

    /// The day never decreases and never lies in the future, unless the shared records refute what a node without records took for
    /// right, and it reports so. Within a day, the newer reading stays, unless it was that of next rates that are withdrawn.
    fn check_order(
        &self,
        before: Option<Shown>,
        shown: Shown,
        now: DateTime<Utc>,
    ) -> Result<(), String> {
        if self.clock_was_wrong {
            return Ok(());
        }
        let Shown { day, fetched, .. } = shown;
        if day > today(now) {
            return Err(format!("{day} is shown before it begins"));
        }
        let Some(before) = before else { return Ok(()) };
        if day < before.day && !self.withdrawn.contains(&before.day) {
            return Err(format!("{day} is shown after {}", before.day));
        }
        let is_same =
            (day, shown.own_word) <= (before.day, before.own_word) && shown.id == before.id;
        let is_withdrawn = before
            .next
            .is_some_and(|next| self.withdrawn.contains(&next));
        if is_same && fetched < before.fetched - TWO_CLOCKS && !is_withdrawn {
            let at = before.fetched;
            return Err(format!("the rates of {day} go back from {at} to {fetched}"));
        }
        Ok(())
    }
}

fn shown_of(held: &Observed<Rates>, next: Option<&Observed<Rates>>) -> Shown {
    Shown {
        day: held.value().day(),
        own_word: held.value().publication().method == Method::Published,
        fetched: next.map_or(held.fetched(), |next| next.fetched().max(held.fetched())),
        id: RecordId::of_rates(held.value()),
        next: next.map(|next| next.value().day()),
    }
}

/// The temperature of the current hour is the one that every forecast has for that hour.
fn check_weather(held: &Observed<Weather>, now: DateTime<Utc>) -> Result<(), String> {
    let Some(hour) = held.value().now(now) else {
        return Ok(());
    };
    let (shown, is) = (
        hour.temperature.whole(),
        celsius(hour.at.timestamp() / 3600),
    );
    if i64::from(shown) == is {
        Ok(())
    } else {
        Err(format!(
            "{shown} degrees are shown at {}, it was {is}",
            hour.at
        ))
    }
}

/// Checks that all nodes with a right clock show the same numbers with the same times. If `may_differ`, a node that reports that
/// it rejects the shared values may show others.
///
/// # Errors
///
/// The first two nodes that differ.
pub(super) fn converged(
    nodes: &[Node],
    now: DateTime<Utc>,
    may_differ: bool,
) -> Result<(), String> {
    let right = || nodes.iter().filter(|node| node.clock_is_right());
    let outcome = all_show_the_same(right(), now);
    if outcome.is_err() && may_differ {
        all_show_the_same(
            right().filter(|node| accepts_shared_values(&node.ticker)),
            now,
        )
    } else {
        outcome
    }
}

fn all_show_the_same<'a>(
    mut nodes: impl Iterator<Item = &'a Node>,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let Some(first) = nodes.next() else {
        return Ok(());
    };
    for node in nodes {
        show_the_same(&first.ticker, &node.ticker, now).map_err(|what| {
            let (a, b) = (first.index, node.index);
            format!("server {a} and server {b} differ in {what}")
        })?;
    }
    Ok(())
}

fn show_the_same(one: &Ticker, other: &Ticker, now: DateTime<Utc>) -> Result<(), String> {
    let (one, other) = (one.snapshot(), other.snapshot());
    for (one, other) in [
        (one.rates(now), other.rates(now)),
        (one.next(now), other.next(now)),
    ] {
        if one != other {
            let [one, other] = [one, other].map(|held| held.map(describe));
            return Err(format!("the rates: {one:?} and {other:?}"));
        }
    }
    for city in one.cities().chain(other.cities()) {
        let (one, other) = (one.weather(city), other.weather(city));
        let [visible, visible_there] = [one, other].map(|held| held.map(|held| visible(held, now)));
        if visible == visible_there {
            continue;
        }
        let [(times, hours), (times_there, hours_there)] =
            [visible, visible_there].map(Option::unwrap_or_default);
        let different = hours.iter().filter(|hour| !hours_there.contains(hour));
        let different_there = hours_there.iter().filter(|hour| !hours.contains(hour));
        let different: Vec<_> = different
            .chain(different_there)
            .map(|hour| hour.at)
            .collect();
        return Err(format!(
            "the weather of {city}: valid, fetched, expiry, computed {times:?} and {times_there:?}; hours {different:?}"
        ));
    }
    Ok(())
}

/// The part of a forecast that a page can show: its times, and its hours from the start of the day on. Of yesterday's hours a node
/// keeps those that it knew when it chose the forecast.
fn visible(
    held: &Observed<Weather>,
    now: DateTime<Utc>,
) -> (Vec<Option<DateTime<Utc>>>, Vec<Hour>) {
    let weather = held.value();
    let times = vec![
        Some(held.valid()),
        Some(held.fetched()),
        held.expires(),
        weather.issued(),
    ];
    let hours = weather.hours().iter();
    // On a fast clock the next day has begun.
    let of_today = hours.filter(|hour| today(hour.at) >= today(now + TWO_CLOCKS));
    (times, of_today.cloned().collect())
}

fn accepts_shared_values(ticker: &Ticker) -> bool {
    let fleet = ticker.health().fleet;
    let mut topics = fleet.into_iter().flat_map(|fleet| fleet.topics);
    topics.all(|topic| topic.diverges.is_none())
}

fn describe(held: &Observed<Rates>) -> String {
    let (day, at, source) = (held.value().day(), held.fetched(), held.source());
    let (valid, rows) = (held.valid(), held.value().len());
    let id = RecordId::of_rates(held.value());
    format!("{source} of {day}, {rows} rows, valid at {valid}, fetched at {at}, {id}")
}

/// After hours without faults, a node shows fresh values of today, and its fleet is healthy.
///
/// # Errors
///
/// A description of the remaining problem.
pub(super) fn recovered(ticker: &Ticker, hosts: &Hosts) -> Result<(), String> {
    let (now, health) = (ticker.now(), ticker.health());
    // After midnight at the bank, a fast clock requests a day that has not begun, and again twenty minutes later.
    let is_early = today(now - TimeDelta::hours(1)) < today(now);
    let bound = if is_early {
        Freshness::Ageing
    } else {
        Freshness::Fresh
    };
    let late = health.items.iter().find(|item| item.freshness > bound);
    if let Some(item) = late {
        return Err(format!("{} is not fresh again: {item:?}", item.item));
    }
    let day = today(now - TimeDelta::hours(1));
    let snapshot = ticker.snapshot();
    let shown = snapshot.rates(now).ok_or("no rates")?.value();
    let truth = hosts
        .truth()
        .of_day(day, hosts.now())
        .ok_or("no publication")?;
    if shown.day() < day.min(truth.day) {
        return Err(format!("{} is shown on {day}", shown.day()));
    }
    let fleet = health.fleet.ok_or("no fleet")?;
    if fleet.is_good() {
        Ok(())
    } else {
        Err(format!("the fleet is not healthy:  {fleet:?}"))
    }
}
