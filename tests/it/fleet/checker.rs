//! What must hold on every server at every moment, whatever the store, the hosts and the clocks do.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::Ticker;
use masthead::money::{Method, Rates};
use masthead::snapshot::Observed;
use masthead::ticker::Topic;
use masthead::weather::{CityId, Weather};
use serde_json::Value;

use super::node::Node;
use super::server::History;
use super::upstream::SKEW;
use crate::simulation::checker::true_numbers;
use crate::simulation::hosts::Hosts;
use crate::simulation::truth::today;

/// Beyond it, a time of one server is before a time of another, whatever their clocks.
const TWO_CLOCKS: TimeDelta = TimeDelta::minutes(6);

/// What a server has shown since it began.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The rates in force.
    shown: Option<Shown>,
    weather: Vec<(CityId, DateTime<Utc>)>,
    /// Whether its clock has been wrong: what it shows then is of another time, and it leaves that by itself.
    clock_was_wrong: bool,
}

/// Of rates: their day, whether they are the bank's own word, and when they or the next ones were fetched. The two go together
/// from server to server, so that one may be of a little before.
type Shown = (NaiveDate, bool, DateTime<Utc>);

impl Watch {
    pub(super) fn clock_is_wrong(&mut self) {
        self.clock_was_wrong = true;
    }

    /// # Errors
    ///
    /// What is wrong with what a server shows.
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
                let shown = shown_as(held, next);
                self.shown = Some(shown);
                self.in_order(before, shown, now)?;
            }
            None if before.is_some() => return Err("the rates went blank".into()),
            None => {}
        }
        for (city, fetched) in std::mem::take(&mut self.weather) {
            let held = snapshot.weather(&city);
            let held = held.ok_or_else(|| format!("the weather of {city} went blank"))?;
            if !self.clock_was_wrong && held.fetched() < fetched - TWO_CLOCKS {
                let at = held.fetched();
                return Err(format!(
                    "the weather of {city} goes back from {fetched} to {at}"
                ));
            }
            true_weather(held, hosts.now())?;
        }
        let cities = snapshot
            .cities()
            .filter_map(|city| Some((city, snapshot.weather(city)?)));
        self.weather = cities
            .map(|(city, held)| (city.clone(), held.fetched()))
            .collect();
        Ok(())
    }

    /// The day goes forward only, and is never one that has not begun; of one day the newer reading stays.
    fn in_order(
        &self,
        before: Option<Shown>,
        (day, own_word, fetched): Shown,
        now: DateTime<Utc>,
    ) -> Result<(), String> {
        if self.clock_was_wrong {
            return Ok(());
        }
        if day > today(now) {
            return Err(format!("{day} is shown before it begins"));
        }
        match before {
            Some((before, ..)) if day < before => Err(format!("{day} is shown after {before}")),
            Some((before, own, at))
                if (day, own_word) <= (before, own) && fetched < at - TWO_CLOCKS =>
            {
                Err(format!("the rates of {day} go back from {at} to {fetched}"))
            }
            _ => Ok(()),
        }
    }
}

fn shown_as(held: &Observed<Rates>, next: Option<&Observed<Rates>>) -> Shown {
    let own_word = held.value().publication().method == Method::Published;
    let fetched = next.map_or(held.fetched(), |next| next.fetched().max(held.fetched()));
    (held.value().day(), own_word, fetched)
}

/// The hour's temperature is the one that the forecast of every hour gives it.
fn true_weather(held: &Observed<Weather>, now: DateTime<Utc>) -> Result<(), String> {
    let Some(hour) = held.value().now(now) else {
        return Ok(());
    };
    let (shown, is) = (
        hour.temperature.whole(),
        hour.at.timestamp() / 3600 % 40 - 15,
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

/// A server that has caught up with a store which is well shows what the store has acknowledged, or what is newer.
///
/// # Errors
///
/// What it shows instead.
pub(super) fn caught_up(ticker: &Ticker, history: &History) -> Result<(), String> {
    let (now, snapshot) = (ticker.now(), ticker.snapshot());
    for (topic, (order, body)) in &history.newest {
        // The clock of who fetched it is ahead of this one's by more than is believed.
        if order.is_of_the_future(now) {
            continue;
        }
        let document: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        let text = |path: &str| {
            document
                .pointer(path)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let behind = match topic {
            Topic::Rates => {
                let day =
                    text("/body/rates/value/publication/day").and_then(|day| day.parse().ok());
                let fetched = text("/body/rates/fetched").and_then(|at| at.parse().ok());
                let kept: Option<(NaiveDate, DateTime<Utc>)> = day.zip(fetched);
                let shown = snapshot
                    .rates(now)
                    .map(|held| (held.value().day(), held.fetched()));
                (shown < kept).then(|| format!("{shown:?} instead of {kept:?}"))
            }
            Topic::Weather(city) => {
                let fetched = text("/body/fetched").and_then(|at| at.parse::<DateTime<Utc>>().ok());
                let shown = snapshot.weather(city).map(Observed::fetched);
                (shown < fetched).then(|| format!("{shown:?} instead of {fetched:?}"))
            }
            _ => return Err(format!("{topic} is unknown here")),
        };
        if let Some(behind) = behind {
            return Err(format!(
                "a fresh server shows {topic} of {behind}; acknowledged was {order}"
            ));
        }
    }
    Ok(())
}

/// Whether all servers with a right clock show the same: the numbers, and of when they are.
///
/// # Errors
///
/// The first two that do not.
pub(super) fn converged(nodes: &[Node], now: DateTime<Utc>) -> Result<(), String> {
    let mut right = nodes.iter().filter(|node| node.clock_is_right());
    let Some(first) = right.next() else {
        return Ok(());
    };
    let one = first.ticker.snapshot();
    for node in right {
        let other = node.ticker.snapshot();
        let differ = |what: &str, one: Option<String>, other: Option<String>| {
            let (a, b) = (first.index, node.index);
            Err(format!(
                "{what} of server {a} and server {b} differ: {one:?} and {other:?}"
            ))
        };
        for (what, one, other) in [
            ("the rates", one.rates(now), other.rates(now)),
            ("the next rates", one.next(now), other.next(now)),
        ] {
            if one != other {
                return differ(what, one.map(of_rates), other.map(of_rates));
            }
        }
        let cities = one.cities().chain(other.cities());
        for city in cities {
            let (one, other) = (one.weather(city), other.weather(city));
            if one != other {
                let of = |held: &Observed<Weather>| format!("fetched at {}", held.fetched());
                return differ("the weather", one.map(of), other.map(of));
            }
        }
    }
    Ok(())
}

fn of_rates(held: &Observed<Rates>) -> String {
    let (day, at, source) = (held.value().day(), held.fetched(), held.source());
    let (valid, rows) = (held.valid(), held.value().len());
    format!("{source} of {day}, {rows} rows, valid at {valid}, fetched at {at}")
}

/// All has been well for hours: what a server shows is fresh and of today, and nothing is amiss with its fleet.
///
/// # Errors
///
/// What is not so.
pub(super) fn recovered(ticker: &Ticker, hosts: &Hosts) -> Result<(), String> {
    let (now, health) = (ticker.now(), ticker.health());
    let late = health
        .items
        .iter()
        .find(|item| item.freshness != masthead::Freshness::Fresh);
    if let Some(item) = late {
        return Err(format!("{} is not fresh again: {item:?}", item.item));
    }
    let day = today(now - SKEW);
    let snapshot = ticker.snapshot();
    let shown = snapshot.rates(now).ok_or("no rates")?.value();
    let truth = hosts
        .truth()
        .of_day(day, hosts.now())
        .ok_or("nothing was published")?;
    if shown.day() < day.min(truth.day) {
        return Err(format!("{} is shown on {day}", shown.day()));
    }
    let fleet = health.fleet.ok_or("no fleet")?;
    if fleet.is_good() {
        Ok(())
    } else {
        Err(format!("not well with its fleet: {fleet:?}"))
    }
}
