//! The way of a fleet's servers to the banks: who asked whom, and whether that was too often.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use http::{Request, Response};
use masthead::fetch::{BoxFuture, Transport, TransportError};
use masthead::source::NationalBankKz;

use super::node::{Clock, Stirred};
use super::store::Shared;
use crate::simulation::faults::Host;
use crate::simulation::hosts::Hosts;

/// The hosts, and what all servers together asked of them.
pub(super) struct Upstream {
    pub(super) hosts: Hosts,
    store: Arc<Shared>,
    calls: Mutex<Calls>,
}

#[derive(Debug, Default)]
struct Calls {
    /// The requests of the last hour, and whose they were.
    asked: BTreeMap<Host, VecDeque<(DateTime<Utc>, usize)>>,
    /// When something happened after which one server more may ask.
    allowed: VecDeque<DateTime<Utc>>,
    /// When each server began that did so again.
    began: BTreeMap<usize, DateTime<Utc>>,
    count: BTreeMap<Host, u64>,
    over_budget: Option<String>,
}

/// One server's connection.
pub(super) struct Client {
    pub(super) upstream: Arc<Upstream>,
    pub(super) node: usize,
    pub(super) clock: Clock,
    pub(super) stirred: Stirred,
}

const HOUR: TimeDelta = TimeDelta::hours(1);
/// Clocks differ by so much, so that the bank's hour of publication begins sooner for one server than for another.
pub(super) const SKEW: TimeDelta = TimeDelta::minutes(3);

/// What an answer takes at least.
const WAY: Duration = Duration::from_millis(20);

impl Upstream {
    pub(super) fn new(hosts: &Hosts, store: &Arc<Shared>) -> Arc<Self> {
        Arc::new(Self {
            hosts: hosts.clone(),
            store: Arc::clone(store),
            calls: Mutex::default(),
        })
    }

    /// Something happened: each source may get so many requests more within the hour.
    pub(super) fn allow(&self, more: usize) {
        let now = self.hosts.now();
        let mut calls = self.calls.lock().unwrap();
        calls.allowed.extend((0..more).map(|_| now));
    }

    /// A server begins again, and does not know what it asked before.
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

    fn note(&self, host: Host, node: usize, now: DateTime<Utc>) {
        let hour_ago = now - HOUR;
        let (was_well, away_since, takeovers) = self.store.with(|inner, now| {
            let takeovers = &mut inner.server.history.takeovers;
            takeovers.retain(|(at, _)| *at > hour_ago);
            let takeovers = takeovers.len();
            let trouble = &mut inner.trouble;
            (
                trouble.was_well_since(hour_ago, now),
                trouble.away_since(node),
                takeovers,
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
        asked.push_back((now, node));
        while asked.front().is_some_and(|(at, _)| *at <= hour_ago) {
            asked.pop_front();
        }
        while allowed.front().is_some_and(|at| *at <= hour_ago) {
            allowed.pop_front();
        }
        let budget = budget(host, now);
        let began = began.get(&node).copied().unwrap_or_default();
        let own = |since: DateTime<Utc>| {
            asked
                .iter()
                .filter(|(at, by)| *by == node && *at >= since.max(began))
                .count()
        };
        let what = if was_well && asked.len() > budget + takeovers + allowed.len() {
            let allowed = allowed.len();
            format!("budget {budget}, {takeovers} takeovers, {allowed} events")
        } else if let Some(since) = away_since
            && own(since) > budget.div_ceil(4)
        {
            format!("by server {node} alone since the store went away at {since}")
        } else if own(hour_ago) > budget {
            format!("by server {node} alone")
        } else {
            return;
        };
        let times = asked
            .iter()
            .map(|(at, by)| format!("{} by {by}", at.format("%H:%M:%S")));
        let times = times.collect::<Vec<_>>().join(", ");
        over_budget.get_or_insert(format!("{host:?} is asked too often ({what}): {times}"));
    }
}

/// What one client may ask within the hour that ends now.
fn budget(host: Host, now: DateTime<Utc>) -> usize {
    let minute = |at: DateTime<Utc>| {
        let local = at.with_timezone(&NationalBankKz::ZONE).time();
        local.num_seconds_from_midnight() / 60
    };
    let publishes = |at: DateTime<Utc>| (15 * 60 + 30..17 * 60).contains(&minute(at));
    match host {
        // The hour may have begun when it published, and clocks differ.
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
        self.upstream.note(host, self.node, now);
        let is_right = self.clock.is_right();
        self.stirred.now();
        let fault = hosts.state().mischief.strikes(host, now, !is_right);
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
