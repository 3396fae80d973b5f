//! The state at the time of a scrape: items, sources, quarantine, requests, connections.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use masthead::ticker::{FleetHealth, Health};
use masthead::{Freshness, Ticker};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeGaugeValue, EncodeLabelSet, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use super::Counts;

/// The names of the listeners, in the order of their counts.
const LISTENERS: [&str; 3] = ["strip", "articles", "metrics"];
/// The states of an item, as in the health report.
const STATES: [Freshness; 4] = [
    Freshness::Fresh,
    Freshness::Ageing,
    Freshness::Stale,
    Freshness::Absent,
];

/// Reads the state of the process.
#[derive(Debug)]
pub(super) struct State {
    counts: [Arc<Counts>; 3],
    ticker: Arc<Mutex<Option<Ticker>>>,
}

impl State {
    pub(super) const fn new(counts: [Arc<Counts>; 3], ticker: Arc<Mutex<Option<Ticker>>>) -> Self {
        Self { counts, ticker }
    }

    fn counts(&self) -> impl Iterator<Item = (&'static str, &Counts)> {
        LISTENERS
            .into_iter()
            .zip(self.counts.iter().map(Arc::as_ref))
    }
}

impl Collector for State {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let ticker = self.ticker.lock().unwrap_or_else(PoisonError::into_inner);
        let health = ticker.as_ref().map(Ticker::health);
        drop(ticker);
        let mut writer = Writer(encoder);
        if let Some(health) = &health {
            writer.health(health)?;
        }
        let help = "Requests answered, by listener, route and status";
        let encoder = &mut writer.0;
        let mut counter =
            encoder.encode_descriptor("http_requests", help, None, MetricType::Counter)?;
        for (listener, counts) in self.counts() {
            for (route, code, sum) in counts.requests() {
                let labels = [("listener", listener), ("route", route), ("code", code)];
                let mut counter = counter.encode_family(&labels)?;
                counter.encode_counter::<NoLabelSet, _, u64>(&sum, None)?;
            }
        }
        let of_listener = |listener| [("listener", listener)];
        let connections = self.counts();
        let connections =
            connections.map(|(name, counts)| (of_listener(name), counts.connections()));
        writer.gauge("http_connections", "Open connections", None, connections)?;
        let streams: usize = self.counts().map(|(_, counts)| counts.streams()).sum();
        let help = "Open event streams";
        writer.gauge("event_streams", help, None, [(NO_LABELS, streams)])
    }
}

const NO_LABELS: [(&str, &str); 0] = [];

/// Writes gauges.
struct Writer<'a>(DescriptorEncoder<'a>);

impl Writer<'_> {
    /// Writes a gauge with a value for each set of labels.
    fn gauge<L: EncodeLabelSet, V: EncodeGaugeValue>(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        values: impl IntoIterator<Item = (L, V)>,
    ) -> fmt::Result {
        let encoder = &mut self.0;
        let mut gauge = encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?;
        for (labels, value) in values {
            gauge.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    /// Writes what the health report says.
    fn health(&mut self, health: &Health) -> fmt::Result {
        let seconds = Some(&Unit::Seconds);
        let age = |at: DateTime<Utc>| (health.at - at).as_seconds_f64();
        let time = |at: DateTime<Utc>| timestamp(at);
        let items = health.items.iter();
        let ages = items.filter_map(|item| {
            let fetched = item.fetched?;
            Some(([("item", item.item.as_str())], age(fetched)))
        });
        let help = "Time since the source last confirmed the item, absent for an item without data";
        self.gauge("item_age", help, seconds, ages)?;
        let items = health.items.iter();
        let states = items.flat_map(|item| {
            STATES.map(|state| {
                let labels = [("item", item.item.as_str()), ("state", state.as_str())];
                (labels, u32::from(item.freshness == state))
            })
        });
        let help = "State of the item: 1 for the present one";
        self.gauge("item_state", help, None, states)?;
        let items = health.items.iter();
        let overdue = items.map(|item| ([("item", item.item.as_str())], u32::from(item.overdue)));
        let help = "Whether the source had nothing new for longer than its longest known pause";
        self.gauge("item_overdue", help, None, overdue)?;
        let sources: Vec<_> = health
            .sources
            .iter()
            .map(|source| (source.source.to_string(), source))
            .collect();
        let successes = sources.iter().filter_map(|(name, source)| {
            Some(([("source", name.as_str())], time(source.last_success?)))
        });
        let (name, help) = (
            "source_last_success_timestamp",
            "Time of the last reading or confirmation, in seconds since 1970 in UTC",
        );
        self.gauge(name, help, seconds, successes)?;
        let resting = sources.iter().map(|(name, source)| {
            let is_resting = u32::from(source.resting.is_some());
            ([("source", name.as_str())], is_resting)
        });
        let help = "Whether the source is in a cool-down after a failure";
        self.gauge("source_resting", help, None, resting)?;
        let quarantined = [(NO_LABELS, health.holds.len())];
        let help = "Publications that are not shown until something confirms them";
        self.gauge("quarantined_entries", help, None, quarantined)?;
        let oldest = health.holds.iter().map(|hold| age(hold.since));
        let oldest = oldest.reduce(f64::max).map(|age| (NO_LABELS, age));
        let help = "Time since the oldest of them was received, absent without one";
        self.gauge("quarantine_age", help, seconds, oldest)?;
        let help = "Whether the state file was written at the last refresh";
        let works = [(NO_LABELS, u32::from(health.store.is_none()))];
        self.gauge("store_works", help, None, works)?;
        let agrees = health.fleet.as_ref().map(FleetHealth::is_good);
        let agrees = agrees.map(|agrees| (NO_LABELS, u32::from(agrees)));
        let help = "Whether the server and its fleet agree, absent without a shared store";
        self.gauge("fleet_agrees", help, None, agrees)?;
        let refresh = health.last_refresh.map(|at| (NO_LABELS, time(at)));
        let help = "Time at which the last refresh began, in seconds since 1970 in UTC";
        self.gauge("last_refresh_timestamp", help, seconds, refresh)
    }
}

/// Returns an instant in seconds since 1970.
fn timestamp(at: DateTime<Utc>) -> f64 {
    (at - DateTime::UNIX_EPOCH).as_seconds_f64()
}
