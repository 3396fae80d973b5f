//! What a ticker holds, as servers share it: one body for each topic, and its order.

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Node, Order, Part, SCHEMA, Topic};
use crate::day;
use crate::money::{Method, Rates};
use crate::snapshot::{Observed, Snapshot};
use crate::text::Harmless;
use crate::ticker::guard::Memory;
use crate::ticker::{Shared, StoreError};
use crate::weather::Weather;

/// The rates, and the guard's memory, by which the next server judges.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RatesBody {
    pub(super) rates: Option<Observed<Rates>>,
    pub(super) next: Option<Observed<Rates>>,
    pub(super) guard: Memory,
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    schema: u32,
    body: T,
}

#[derive(Deserialize)]
struct SchemaOnly {
    schema: u32,
}

/// When what is held of a topic was said, without who fetched it. It depends on the content alone, so that two servers that
/// hold the same say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp {
    day: NaiveDate,
    own_word: bool,
    at: DateTime<Utc>,
}

impl Stamp {
    /// Of what a ticker holds; nothing where that is nothing.
    pub(super) fn of(topic: &Topic, snapshot: &Snapshot, guard: &Memory) -> Option<Self> {
        match topic {
            Topic::Rates => {
                let (rates, next) = snapshot.both_rates();
                Self::of_rates(rates, next, guard)
            }
            Topic::Weather(city) => snapshot.weather(city).map(Self::of_weather),
        }
    }

    pub(super) fn of_weather(held: &Observed<Weather>) -> Self {
        let at = held.fetched().trunc_subsecs(3);
        let (day, own_word) = (at.date_naive(), true);
        Self { day, own_word, at }
    }

    pub(super) fn of_rates(
        rates: Option<&Observed<Rates>>,
        next: Option<&Observed<Rates>>,
        guard: &Memory,
    ) -> Option<Self> {
        let newest = rates.into_iter().chain(next).map(Observed::fetched).max()?;
        let at = newest.max(guard.at()).trunc_subsecs(3);
        let begun = next.filter(|next| next.value().day() <= day::of(at, next.value().zone()));
        let in_force = begun.or(rates)?.value();
        Some(Self {
            // Rates that a wrong clock took for those in force would keep all others out until their day has come.
            day: in_force.day().min(day::of(at, in_force.zone())),
            own_word: in_force.publication().method == Method::Published,
            at,
        })
    }

    pub(super) fn by(self, node: &Node) -> Order {
        Order {
            day: self.day,
            own_word: self.own_word,
            at: self.at,
            node: node.clone(),
        }
    }
}

impl From<&Order> for Stamp {
    fn from(order: &Order) -> Self {
        Self {
            day: order.day,
            own_word: order.own_word,
            at: order.at,
        }
    }
}

impl Shared {
    /// When what is held of a topic was said.
    pub(super) fn stamp(&self, topic: &Topic) -> Option<Stamp> {
        // In this order, as in `held`.
        let (held, snapshot) = (self.held(), self.cell.load());
        Stamp::of(topic, &snapshot, held.memory())
    }

    /// Rates are shown anew. One refresh reads two publications at one time, and what was shown of the first
    /// may be shared before the second comes: what is held is later from now on than all that was said of it.
    pub(in crate::ticker) fn outdate_rates(&self, now: DateTime<Utc>) {
        let said = self.stamp(&Topic::Rates).map(|said| said.at);
        if let Some(at) = said.filter(|at| *at <= now + Order::TOLERANCE) {
            self.held().guard.amend(now, |memory| memory.outdate(at));
        }
    }
}

impl Part {
    /// What a ticker holds of a topic; nothing where that is nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON.
    pub(super) fn of(
        topic: &Topic,
        order: Order,
        snapshot: &Snapshot,
        guard: &Memory,
    ) -> Result<Option<Self>, StoreError> {
        let body = match topic {
            Topic::Rates => {
                let (rates, next) = snapshot.both_rates();
                let (rates, next) = (rates.cloned(), next.cloned());
                let guard = guard.clone();
                write(&RatesBody { rates, next, guard })?
            }
            Topic::Weather(city) => match snapshot.weather(city) {
                Some(held) => write(held)?,
                None => return Ok(None),
            },
        };
        let topic = topic.clone();
        Ok(Some(Self { topic, order, body }))
    }
}

/// Reads a body of rates.
///
/// # Errors
///
/// When it is none, or of another version.
pub(super) fn rates(body: &str) -> Result<RatesBody, StoreError> {
    read(body)
}

/// Reads a body of weather.
///
/// # Errors
///
/// When it is none, or of another version.
pub(super) fn weather(body: &str) -> Result<Observed<Weather>, StoreError> {
    read(body)
}

fn write<T: Serialize>(body: &T) -> Result<String, StoreError> {
    let schema = SCHEMA;
    serde_json::to_string(&Versioned { schema, body })
        .map_err(|cause| StoreError::new("what is held cannot be written as JSON").caused_by(cause))
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, StoreError> {
    let unreadable = |cause: serde_json::Error| {
        let cause = cause.to_string();
        StoreError::new(format!("the body cannot be read: {}", Harmless(&cause)))
    };
    let SchemaOnly { schema } = serde_json::from_str(body).map_err(unreadable)?;
    if schema != SCHEMA {
        let message = format!("the body has schema {schema}, this version reads {SCHEMA}");
        return Err(StoreError::new(message));
    }
    serde_json::from_str(body)
        .map(|Versioned { body, .. }| body)
        .map_err(unreadable)
}
