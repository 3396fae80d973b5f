//! Engines that share a store, driven without a runtime: the host calls the store for them.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::Response;
use masthead::Ticker;
use masthead::fetch::FetchError;
use masthead::ticker::engine::{Effect, Engine, Event, Moment, Purpose, StoreCall, StoreReply};
use masthead::ticker::shared::{MemoryStore, SharedStore};
use masthead::ticker::{FleetEvent, StoreError};

use super::{DAY, NOW};
use crate::fake_hosts::{NEWEST, OF_DAY, bank};
use crate::support::time;

/// An engine and its host.
struct Host {
    engine: Engine,
    store: MemoryStore,
    is_store_away: bool,
    /// The addresses of the requests.
    requests: Vec<String>,
    calls: Vec<StoreCall>,
    events: Vec<FleetEvent>,
}

impl Host {
    fn new(store: &MemoryStore, name: &str) -> Self {
        let builder = Ticker::builder("tests").cities([]).node(name);
        let builder = builder.fleet(store.clone()).clock(|| time(NOW));
        Self {
            engine: builder.engine().unwrap(),
            store: store.clone(),
            is_store_away: false,
            requests: Vec::new(),
            calls: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Passes on an event, and carries out all that follows.
    fn on(&mut self, event: Event, at: Moment) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for effect in self.engine.on(event, at) {
                events.extend(self.carry_out(effect));
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Admit => Some(Event::Exchange(Purpose::Admit)),
            Effect::Due { items, is_sparing } => Some(Event::Refresh {
                items,
                time: Duration::from_secs(9),
                is_sparing,
            }),
            Effect::Call { number, call, .. } => {
                self.calls.push(call.clone());
                let reply = if self.is_store_away {
                    Err(StoreError::new("unplugged"))
                } else {
                    self.reply(call)
                };
                Some(Event::Called { number, reply })
            }
            Effect::Ask {
                ticket, request, ..
            } => {
                let address = request.uri().to_string();
                let is_known = [OF_DAY, NEWEST].iter().any(|feed| address.contains(feed));
                let received = if is_known {
                    Ok(Response::new(Bytes::from(bank(DAY, "475.09"))))
                } else {
                    Err(FetchError::late(Duration::from_secs(9)))
                };
                self.requests.push(address);
                Some(Event::Answered { ticket, received })
            }
            Effect::Fleet(event) => {
                self.events.push(event);
                None
            }
            _ => None,
        }
    }

    fn reply(&self, call: StoreCall) -> Result<StoreReply, StoreError> {
        let store = &self.store;
        match call {
            StoreCall::Revisions(topics) => {
                ready(store.revisions(&topics)).map(StoreReply::Revisions)
            }
            StoreCall::Records(topics) => ready(store.records(&topics)).map(StoreReply::Records),
            StoreCall::Texts(ids) => ready(store.texts(&ids)).map(StoreReply::Texts),
            StoreCall::Change(changes) => ready(store.change(&changes)).map(StoreReply::Change),
            StoreCall::Lease { asks, node, time } => {
                ready(store.lease(&asks, &node, time)).map(StoreReply::Lease)
            }
            other => panic!("{other:?}"),
        }
    }

    fn leads(&self, at: Moment) -> bool {
        let fleet = self.engine.health(at.clock).fleet.unwrap();
        fleet.topics[0].leads
    }
}

/// The output of a future that waits for nothing.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store in memory waits"),
    }
}

fn moment(seconds: u32) -> Moment {
    Moment {
        clock: time(NOW) + TimeDelta::seconds(seconds.into()),
        passed: Duration::from_secs(seconds.into()),
    }
}

fn fetched(host: &Host) -> Option<DateTime<Utc>> {
    let held = host.engine.snapshot().rates(time(NOW))?;
    Some(held.fetched())
}

/// Two engines. The first one holds the lease, and has refreshed.
fn two() -> [Host; 2] {
    let store = MemoryStore::default().clock(|| time(NOW));
    let mut hosts = ["a", "b"].map(|name| Host::new(&store, name));
    for host in &mut hosts {
        host.on(Event::Exchange(Purpose::Follow), moment(0));
        host.on(Event::Start, moment(0));
    }
    for host in &mut hosts {
        host.on(Event::Tick, moment(1));
        host.on(Event::Exchange(Purpose::Follow), moment(2));
    }
    hosts
}

#[test]
fn one_engine_requests_and_both_show() {
    let [first, second] = two();
    let at = moment(3);
    assert!(first.leads(at) && !second.leads(at));
    assert!(!first.requests.is_empty());
    assert_eq!(second.requests, [""; 0]);
    assert_eq!(fetched(&first), Some(moment(1).clock));
    assert_eq!(fetched(&second), fetched(&first));
    assert_eq!(**first.engine.snapshot(), **second.engine.snapshot());
    let leader = |event: &FleetEvent| matches!(event, FleetEvent::Leader { .. });
    assert_eq!(
        second.events.iter().filter(|event| leader(event)).count(),
        1
    );
}

#[test]
fn an_exchange_without_news_is_one_call() {
    let [mut first, mut second] = two();
    for host in [&mut first, &mut second] {
        host.on(Event::Exchange(Purpose::CatchUp), moment(4));
        host.calls.clear();
        host.on(Event::Exchange(Purpose::CatchUp), moment(6));
        assert!(
            matches!(host.calls[..], [StoreCall::Revisions(_)]),
            "{:?}",
            host.calls
        );
    }
    // The next one is due in about a second without notifications, and in two with them.
    let due = first.engine.next_exchange() - moment(6).passed;
    assert!(due < Duration::from_secs(1), "{due:?}");
}

#[test]
fn an_engine_whose_store_is_away_requests_for_itself() {
    let [mut first, mut second] = two();
    second.is_store_away = true;
    let before = second.engine.snapshot().rates(time(NOW)).unwrap().fetched();
    let mut seconds = 60;
    // The next publication is due in the afternoon.
    while second.requests.is_empty() && seconds < 12 * 3600 {
        first.on(Event::Tick, moment(seconds));
        second.on(Event::Tick, moment(seconds));
        seconds += 30;
    }
    assert!(!second.requests.is_empty());
    assert!(fetched(&second) > Some(before));
    let away =
        |event: &FleetEvent| matches!(event, FleetEvent::Away { error } if error == "unplugged");
    assert!(second.events.iter().any(away), "{:?}", second.events);
    second.is_store_away = false;
    second.on(Event::Exchange(Purpose::Follow), moment(seconds));
    assert_eq!(second.events.last(), Some(&FleetEvent::Back));
}

/// The reply to a call of an exchange that was given up is not taken for another one's.
#[test]
fn a_late_reply_is_ignored() {
    let [mut first, _] = two();
    let begun = first
        .engine
        .on(Event::Exchange(Purpose::CatchUp), moment(4));
    let [Effect::Call { number, .. }] = begun[..] else {
        panic!("{begun:?}");
    };
    let again = first
        .engine
        .on(Event::Exchange(Purpose::CatchUp), moment(5));
    assert!(matches!(again[..], [Effect::Call { .. }]), "{again:?}");
    let reply = Ok(StoreReply::Revisions(vec![Some("other".into())]));
    let effects = first.engine.on(Event::Called { number, reply }, moment(5));
    assert!(effects.is_empty(), "{effects:?}");
}
