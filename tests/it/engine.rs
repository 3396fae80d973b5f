//! The engine as a host drives it: events in, effects out.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::Response;
use masthead::Ticker;
use masthead::fetch::{Attempt, FetchError, Outcome};
use masthead::source::{DynWeather, MetNorway, OpenMeteo};
use masthead::ticker::engine::{Effect, Engine, Event, Moment, Ticket};
use masthead::ticker::{Item, Report, Store as _, TickerBuilder};
use masthead::weather::CityId;

use crate::fake_hosts::{cities, place_of};
use crate::simulation::disk::Disk;
use crate::support::time;

const T0: &str = "2026-04-02T06:00:00Z";
const DEADLINE: Duration = Duration::from_secs(9);

/// An engine with one city, and the time.
struct Host {
    engine: Engine,
    now: Moment,
}

impl Host {
    fn new() -> Self {
        Self::of(Ticker::builder("tests"))
    }

    fn of(builder: TickerBuilder) -> Self {
        let builder = builder.cities(cities(&["astana"]));
        let clock = time(T0);
        let now = Moment {
            clock,
            passed: Duration::ZERO,
        };
        Self {
            engine: builder.clock(move || clock).engine().unwrap(),
            now,
        }
    }

    fn on(&mut self, event: Event) -> Vec<Effect> {
        self.engine.on(event, self.now)
    }

    fn refresh(&mut self) -> (Ticket, String) {
        let refresh = Event::Refresh {
            items: vec![Item::Weather(astana())],
            time: DEADLINE,
            is_sparing: false,
        };
        let effects = self.on(refresh);
        let [
            Effect::Ask {
                ticket, request, ..
            },
        ] = &effects[..]
        else {
            panic!("{effects:?}");
        };
        (*ticket, request.uri().to_string())
    }

    fn answer(&mut self, ticket: Ticket, body: String) -> Vec<Effect> {
        let received = Ok(Response::new(Bytes::from(body)));
        self.on(Event::Answered { ticket, received })
    }

    fn fetched(&self) -> Option<DateTime<Utc>> {
        let held = self.engine.snapshot().weather(&astana())?;
        Some(held.fetched())
    }
}

fn astana() -> CityId {
    "astana".parse().unwrap()
}

/// A forecast for the place of a request, from six hours before the start on.
fn forecast(address: &str) -> String {
    let steps = (-6..48).map(|hour| {
        let at = (time(T0) + TimeDelta::hours(hour)).format("%Y-%m-%dT%H:%M:%SZ");
        format!(r#"{{"time":"{at}","data":{{"instant":{{"details":{{"air_temperature":7.5}}}}}}}}"#)
    });
    format!(
        r#"{{"geometry":{{"coordinates":[{}]}},"properties":{{"meta":{{"units":{{"air_temperature":"celsius"}}}},"timeseries":[{}]}}}}"#,
        place_of(address),
        steps.collect::<Vec<_>>().join(",")
    )
}

fn report(effects: Vec<Effect>) -> Report {
    let reports = effects.into_iter().filter_map(|effect| match effect {
        Effect::Report(report) => Some(report),
        _ => None,
    });
    let [report] = reports.collect::<Vec<_>>().try_into().unwrap();
    report
}

#[test]
fn an_answer_that_was_under_way_when_the_clock_was_set_back_is_dated_by_the_new_time() {
    let mut host = Host::new();
    host.on(Event::Start);
    let (ticket, address) = host.refresh();
    host.now.clock -= TimeDelta::hours(1);
    host.on(Event::Tick);
    let report = report(host.answer(ticket, forecast(&address)));
    assert_eq!(report.at, host.now.clock);
    assert_eq!(host.fetched(), Some(host.now.clock));
}

#[test]
fn a_forecast_before_the_clock_was_set_back_is_shown_when_its_time_has_come() {
    let mut host = Host::new();
    host.on(Event::Start);
    let (ticket, address) = host.refresh();
    host.answer(ticket, forecast(&address));
    let shown = host.fetched();
    assert_eq!(shown, Some(time(T0)));
    // The page keeps it, but what the engine gives to its store is not of the future.
    host.now.clock -= TimeDelta::hours(1);
    host.on(Event::Tick);
    assert_eq!(host.fetched(), shown);
    host.now.passed += Duration::from_secs(1);
    let (ticket, address) = host.refresh();
    host.answer(ticket, forecast(&address));
    assert_eq!(host.fetched(), Some(host.now.clock));
    host.now.clock = time(T0);
    host.on(Event::Tick);
    assert_eq!(host.fetched(), shown);
}

#[test]
fn an_answer_that_a_clock_ahead_has_dated_is_not_of_the_later_instant_when_that_has_come() {
    for is_restarted in [false, true] {
        let store = Disk::default();
        let mut host = Host::of(Ticker::builder("tests").store(store.clone()));
        host.on(Event::Start);
        for ahead in [0, 26] {
            host.now.clock = time(T0) + TimeDelta::hours(ahead);
            host.now.passed += Duration::from_secs(60);
            let (ticket, address) = host.refresh();
            host.answer(ticket, forecast(&address));
            store.save(&host.engine.take_unwritten()).unwrap();
            host.on(Event::Saved(Ok(())));
            assert_eq!(host.fetched(), Some(host.now.clock));
        }
        host.now.clock = time(T0) + TimeDelta::minutes(2);
        if is_restarted {
            let now = host.now;
            host = Host::of(Ticker::builder("tests").store(store));
            host.now = now;
            host.on(Event::Start);
        } else {
            host.on(Event::Tick);
        }
        for _ in 0..28 {
            assert_eq!(host.fetched(), Some(time(T0)), "{is_restarted}");
            host.now.passed += Duration::from_secs(3600);
            host.now.clock += TimeDelta::hours(1);
            host.on(Event::Tick);
        }
    }
}

#[test]
fn a_cool_down_lasts_as_long_after_the_clock_was_set_back() {
    let mut host = Host::new();
    host.on(Event::Start);
    let (ticket, _) = host.refresh();
    let refusal = Response::builder()
        .status(429)
        .header("retry-after", "3600");
    let received = Ok(refusal.body(Bytes::new()).unwrap());
    host.on(Event::Answered { ticket, received });
    let later = |host: &mut Host, minutes: u32| {
        host.now.passed += Duration::from_secs(60) * minutes;
        host.now.clock += TimeDelta::minutes(minutes.into());
    };
    later(&mut host, 20);
    host.on(Event::Tick);
    host.now.clock -= TimeDelta::days(400);
    host.on(Event::Tick);
    let refresh = |host: &mut Host| {
        host.on(Event::Refresh {
            items: vec![Item::Weather(astana())],
            time: DEADLINE,
            is_sparing: false,
        })
    };
    for (minutes, is_resting) in [(0, true), (39, true), (1, false)] {
        later(&mut host, minutes);
        let effects = refresh(&mut host);
        let asks = matches!(effects[..], [Effect::Ask { .. }]);
        assert_eq!(asks, !is_resting, "{effects:?}");
    }
}

#[test]
fn an_answer_to_a_refresh_that_was_given_up_is_not_taken() {
    let mut host = Host::new();
    let (given_up, address) = host.refresh();
    host.now.passed += Duration::from_secs(1);
    let (ticket, _) = host.refresh();
    assert_ne!(given_up, ticket);
    assert!(host.answer(given_up, forecast(&address)).is_empty());
    assert_eq!(host.fetched(), None);
    let report = report(host.answer(ticket, forecast(&address)));
    assert!(report.is_complete(), "{report}");
    assert_eq!(host.fetched(), Some(time(T0)));
    // A second answer to the same request is one too many.
    assert!(host.answer(ticket, forecast(&address)).is_empty());
}

#[test]
fn a_late_answer_of_a_source_that_was_given_up_is_not_taken_for_the_next_ones() {
    let weather: [Arc<DynWeather>; 2] = [
        Arc::new(MetNorway::new()),
        Arc::new(OpenMeteo::with_key("s3cret")),
    ];
    let mut host = Host::of(Ticker::builder("tests").weather(weather));
    let (first, address) = host.refresh();
    let received = Err(FetchError::late(DEADLINE));
    let event = Event::Answered {
        ticket: first,
        received,
    };
    let [Effect::Ask { ticket: second, .. }] = host.on(event)[..] else {
        panic!("the second service was not requested");
    };
    assert!(host.answer(first, forecast(&address)).is_empty());
    let report = report(host.answer(second, "{}".into()));
    let failed: Vec<_> = report.failures().map(|(_, attempt)| attempt).collect();
    assert!(matches!(&failed[..], [met, open] if is_late(met) && !is_late(open)));
    assert_eq!(host.fetched(), None);
}

fn is_late(attempt: &Attempt) -> bool {
    matches!(&attempt.outcome, Outcome::Failed(error) if error.is_timeout())
}

#[test]
fn nothing_is_due_while_a_refresh_is_under_way() {
    let mut host = Host::new();
    host.on(Event::Start);
    assert!(matches!(host.on(Event::Tick)[..], [Effect::Due { .. }]));
    let (ticket, address) = host.refresh();
    assert!(host.on(Event::Tick).is_empty());
    host.answer(ticket, forecast(&address));
    let [Effect::Due { items, .. }] = &host.on(Event::Tick)[..] else {
        panic!("the rates were not refreshed");
    };
    assert_eq!(items[..], [Item::Rates, Item::Next]);
}

#[test]
fn a_refresh_without_an_answer_ends_a_moment_after_its_deadline() {
    let mut host = Host::new();
    host.refresh();
    let wake = host.engine.wake().unwrap();
    assert!(wake > DEADLINE && wake < DEADLINE + Duration::from_millis(100));
    host.now.passed = DEADLINE;
    assert!(host.on(Event::Wake).is_empty());
    host.now.passed = wake;
    let report = report(host.on(Event::Wake));
    let [attempt] = &report.entries[0].attempts[..] else {
        panic!("{report:?}");
    };
    assert!(is_late(attempt));
    assert_eq!(host.engine.wake(), None);
}

#[test]
fn the_same_events_give_the_same_effects() {
    let run = || {
        fastrand::seed(7);
        let mut host = Host::new();
        let mut seen = format!("{:?}", host.on(Event::Start));
        for minutes in 0..300 {
            host.now.clock = time(T0) + TimeDelta::minutes(minutes);
            host.now.passed = Duration::from_secs(60) * u32::try_from(minutes).unwrap();
            let mut effects = host.on(Event::Tick);
            while let Some(effect) = effects.pop() {
                seen += &format!("{effect:?}\n");
                match effect {
                    Effect::Due { items, is_sparing } => effects.extend(host.on(Event::Refresh {
                        items,
                        time: DEADLINE,
                        is_sparing,
                    })),
                    Effect::Ask {
                        ticket, request, ..
                    } => {
                        let address = request.uri().to_string();
                        let more = if address.contains("met.no") {
                            host.answer(ticket, forecast(&address))
                        } else {
                            let received = Err(FetchError::late(DEADLINE));
                            host.on(Event::Answered { ticket, received })
                        };
                        effects.extend(more);
                    }
                    _ => {}
                }
            }
        }
        seen
    };
    let seen = run();
    assert!(seen.len() > 10_000);
    assert_eq!(seen, run());
}
