//! Counts the requests of the fleet's nodes to the hosts, and checks them against the rate limits.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use http::{Request, Response};
use masthead::fetch::{BoxFuture, Transport, TransportError};
use masthead::source::NationalBankKz;

use super::node::{Clock, LastInput};
use super::store::Shared;
use crate::simulation::faults::Host;
use crate::simulation::hosts::Hosts;

/// The hosts, and the requests of all nodes to them.
pub(super) struct Upstream {
    pub(super) hosts: Hosts,
    store: Arc<Shared>,
    is_quiet: bool,
    calls: Mutex<Calls>,
}

#[derive(Debug, Default)]
struct Calls {
    asked: BTreeMap<Host, VecDeque<Asked>>,
    /// When an event happened after which one more node may send requests.
    allowed: VecDeque<DateTime<Utc>>,
    /// When each restarted node started.
    began: BTreeMap<usize, DateTime<Utc>>,
    count: BTreeMap<Host, u64>,
    over_budget: Option<String>,
}

/// A request within the last hour.
#[derive(Clone, Copy, Debug)]
struct Asked {
    at: DateTime<Utc>,
    node: usize,
    /// Whether its node held the lease, so that it fetched for the fleet. Otherwise it fetched for itself, because it cannot
    /// reach the store, or rejects its values.
    leads: bool,
}

/// The HTTP client of one node.
pub(super) struct Client {
    pub(super) upstream: Arc<Upstream>,
    pub(super) node: usize,
    pub(super) clock: Clock,
    pub(super) last_input: LastInput,
}

const HOUR: TimeDelta = TimeDelta::hours(1);
/// The largest clock offset of a node, by which the bank's hour of publication begins sooner or later for it.
pub(super) const SKEW: TimeDelta = TimeDelta::minutes(3);

/// The latency of a response.
const WAY: Duration = Duration::from_millis(20);

impl Upstream {
    pub(super) fn new(hosts: &Hosts, store: &Arc<Shared>, is_quiet: bool) -> Arc<Self> {
        Arc::new(Self {
            hosts: hosts.clone(),
            store: Arc::clone(store),
            is_quiet,
            calls: Mutex::default(),
        })
    }

    /// Records an event that allows each source that many more requests within the hour.
    pub(super) fn allow(&self, more: usize) {
        let now = self.hosts.now();
        let mut calls = self.calls.lock().unwrap();
        calls.allowed.extend((0..more).map(|_| now));
    }

    /// Records the start of a node that does not know its earlier requests.
    pub(super) fn restarted(&self, node: usize) {
        self.allow(1);
        let now = self.hosts.now();
        self.calls.lock().unwrap().began.insert(node, now);
    }

    pub(super) fn count(&self) -> u64 {
        self.calls.lock().unwrap().count.values().sum()
    }

    pub(super) fn over_budget(&self) -> Option<String> {
        self.calls.lock().unwrap().over_budget.take()
    }

    /// Records a request of a node whose clock shows `own_time`, and checks the rate limits.
    fn note(&self, host: Host, node: usize, own_time: DateTime<Utc>, now: DateTime<Utc>) {
        let hour_ago = now - HOUR;
        let (was_well, away_since, takeovers, leads) = self.store.with(|inner, now| {
            let takeovers = &mut inner.server.history.takeovers;
            takeovers.retain(|(at, _)| *at > hour_ago);
            let takeovers = takeovers.len();
            let faults = &mut inner.faults;
            (
                faults.was_well_since(hour_ago, now),
                faults.away_since(node),
                takeovers,
                inner.server.leads(node, host == Host::Met),
            )
        });
        let mut calls = self.calls.lock().unwrap();
        let Calls {
            asked,
            allowed,
            began,
            count,
            over_budget,
        } = &mut *calls;
        *count.entry(host).or_default() += 1;
        let asked = asked.entry(host).or_default();
        asked.push_back(Asked {
            at: now,
            node,
            leads,
        });
        while asked.front().is_some_and(|asked| asked.at <= hour_ago) {
            asked.pop_front();
        }
        while allowed.front().is_some_and(|at| *at <= hour_ago) {
            allowed.pop_front();
        }
        // A node that takes over does not know the last readings, and the bank has two feeds.
        let feeds = if host == Host::National { 2 } else { 1 };
        let takeovers = takeovers * feeds;
        let (budget, own_budget) = (budget(host, now), budget(host, own_time));
        let began = began.get(&node).copied().unwrap_or_default();
        let count = |of: &dyn Fn(&Asked) -> bool| asked.iter().filter(|asked| of(asked)).count();
        let own = |since: DateTime<Utc>| {
            let since = since.max(began);
            count(&|asked| asked.node == node && asked.at >= since)
        };
        let for_all = count(&|asked| asked.leads);
        let for_itself = count(&|asked| asked.node == node && !asked.leads && asked.at >= began);
        let (quarter, events) = (own_budget.div_ceil(4), takeovers + allowed.len());
        let what = if self.is_quiet && asked.len() > budget {
            "by all nodes in a quiet scenario".to_owned()
        } else if was_well && for_all > budget + events {
            format!("for all, after {events} events")
        } else if was_well && for_itself > quarter + events {
            format!("by server {node} for itself, after {events} events")
        } else if let Some(since) = away_since
            && own(since) > quarter
        {
            format!("by server {node} alone since the store went away at {since}")
        } else if own(hour_ago) > own_budget {
            format!("by server {node} alone")
        } else {
            return;
        };
        let times = asked.iter().map(|Asked { at, node, leads }| {
            let whom = if *leads { "all" } else { "itself" };
            format!("{} by {node} for {whom}", at.format("%H:%M:%S"))
        });
        let times = times.collect::<Vec<_>>().join(", ");
        over_budget.get_or_insert(format!("too many requests to {host:?} ({what}): {times}"));
    }
}

/// Requests allowed to one client within the hour that ends now.
fn budget(host: Host, now: DateTime<Utc>) -> usize {
    let minute = |at: DateTime<Utc>| {
        let local = at.with_timezone(&NationalBankKz::ZONE).time();
        local.num_seconds_from_midnight() / 60
    };
    let publishes = |at: DateTime<Utc>| (15 * 60 + 30..17 * 60).contains(&minute(at));
    match host {
        // The bank may have published at the start of the hour, and clocks differ.
        Host::National if publishes(now + SKEW) || publishes(now - HOUR - SKEW) => 12,
        Host::National => 4,
        Host::Met => 240,
        Host::Frankfurter | Host::Cbu | Host::Nbkr => 8,
    }
}

impl Transport for Client {
    fn send(&self, request: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let (host, address) = (Host::of(&request), request.uri().to_string());
        let hosts = &self.upstream.hosts;
        let now = hosts.now();
        self.upstream.note(host, self.node, self.clock.now(), now);
        let clock = if self.clock.is_right() {
            now
        } else {
            self.clock.now()
        };
        self.last_input.now();
        let fault = hosts.state().host_faults.strikes(host, now, clock);
        Box::pin(async move {
            tokio::time::sleep(WAY).await;
            hosts.reply(host, address, fault).await
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}
