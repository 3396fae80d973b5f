//! What must hold on every server at every moment, whatever the store, the hosts and the clocks do.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::money::{Method, Rates};
use masthead::snapshot::Observed;
use masthead::ticker::Topic;
use masthead::weather::{CityId, Weather};
use masthead::{Freshness, Ticker};
use serde_json::Value;

use super::node::Node;
use super::store_server::History;
use crate::simulation::checker::true_numbers;
use crate::simulation::hosts::{Hosts, celsius};
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

/// Whether all servers with a right clock show the same: the numbers, and of when they are. One that says that it does not
/// believe what is shared may show something else, where `may_differ`.
///
/// # Errors
///
/// The first two that do not.
pub(super) fn converged(
    nodes: &[Node],
    now: DateTime<Utc>,
    may_differ: bool,
) -> Result<(), String> {
    let right = || nodes.iter().filter(|node| node.clock_is_right());
    let outcome = all_show_the_same(right(), now);
    if outcome.is_err() && may_differ {
        all_show_the_same(
            right().filter(|node| believes_what_is_shared(&node.ticker)),
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
            let [one, other] = [one, other].map(|held| held.map(of_rates));
            return Err(format!("the rates: {one:?} and {other:?}"));
        }
    }
    for city in one.cities().chain(other.cities()) {
        let (one, other) = (one.weather(city), other.weather(city));
        if one != other {
            let [one, other] = [one, other].map(|held| held.map(Observed::fetched));
            return Err(format!(
                "the weather of {city}, fetched at {one:?} and {other:?}"
            ));
        }
    }
    Ok(())
}

fn believes_what_is_shared(ticker: &Ticker) -> bool {
    let fleet = ticker.health().fleet;
    let mut topics = fleet.into_iter().flat_map(|fleet| fleet.topics);
    topics.all(|topic| topic.diverges.is_none())
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
    // After the bank's midnight a fast clock asks for a day that has not come, and again twenty minutes later.
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
