//! A secret in the settings does not appear in any log, error, report, state file or page.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use chrono::TimeDelta;
use masthead::source::{DynWeather, MetNorway, OpenMeteo};
use masthead::ticker::engine::{Effect, Event, Moment};
use masthead::ticker::{FileStore, Item};
use masthead::{Layout, Snapshot, Strip, Ticker};

use crate::fake_hosts::{FakeHosts, MET, NEWEST, OF_DAY, Reply, bank, met, ok, status};

const KEY: &str = "c4n4ry-s3cret";

/// Returns what an engine with the key prints while its requests are under way.
fn of_an_engine() -> String {
    let weather: [Arc<DynWeather>; 1] = [Arc::new(OpenMeteo::with_key(KEY))];
    let builder = Ticker::builder("tests").weather(weather);
    let mut engine = builder.engine().unwrap();
    let now = Moment {
        clock: "2026-04-02T12:00:00Z".parse().unwrap(),
        passed: Duration::ZERO,
    };
    let refresh = Event::Refresh {
        items: vec![Item::Weather("astana".parse().unwrap())],
        time: Duration::from_secs(9),
        is_sparing: false,
    };
    let effects = engine.on(refresh, now);
    let [Effect::Ask { request, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(request.uri().to_string().contains(KEY));
    format!("{effects:?} {engine:?}")
}

#[tokio::test(start_paused = true)]
async fn a_secret_does_not_appear_in_any_output() {
    let events = Events::default();
    tracing::subscriber::set_global_default(events.clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let hosts = FakeHosts::at("2026-04-02T12:00:00Z");
    hosts
        .on(OF_DAY, ok(bank("2026-04-02", "475.09")))
        .on(NEWEST, ok(bank("2026-04-03", "475.90")))
        .on(MET, ok(met("2026-04-02T12:00:00Z", "7.5")));
    let weather: [Arc<DynWeather>; 2] = [
        Arc::new(OpenMeteo::with_key(KEY)),
        Arc::new(MetNorway::new()),
    ];
    let ticker = hosts
        .ticker()
        .weather(weather)
        .store(FileStore::new(&path))
        .build()
        .unwrap();
    let mut texts = vec![format!("{ticker:?}"), of_an_engine()];
    for reply in [status(401), ok("<html>"), Reply::Broken, Reply::Hang] {
        hosts.on("customer-api.open-meteo.com", reply);
        hosts.move_clock(TimeDelta::hours(5));
        let report = ticker.refresh(hosts.now()).await;
        texts.extend([
            report.to_string(),
            format!("{report:?}"),
            format!("{:?}", ticker.health()),
        ]);
        texts.push(serde_json::to_string(&ticker.health()).unwrap());
    }
    assert!(
        hosts
            .requests("customer-api")
            .iter()
            .any(|asked| asked.address.contains(KEY)),
        "it was used"
    );
    texts.push(std::fs::read_to_string(&path).unwrap());
    let (snapshot, layout): (Snapshot, _) = (Snapshot::clone(&ticker.snapshot()), Layout::line());
    let strip = Strip::new(&snapshot, &layout, hosts.now());
    texts.extend([
        strip.text().to_string(),
        strip.html().to_string(),
        strip.json().to_string(),
    ]);
    let told = events.0.lock().unwrap().clone();
    let ours: Vec<_> = told
        .iter()
        .filter(|(by, _)| *by == thread::current().id())
        .collect();
    for message in ["no reading", "refreshed"] {
        assert!(
            ours.iter().any(|(_, text)| text.contains(message)),
            "{ours:?}"
        );
    }
    texts.extend(told.into_iter().map(|(_, text)| text));
    for text in texts {
        assert!(!text.contains(KEY), "{text}");
    }
}

/// Every log event, with its thread. The subscriber is global: with one per thread, whether an event is recorded depends on the
/// thread that reaches its call site first.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<(ThreadId, String)>>>);

impl tracing::Subscriber for Events {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        struct Fields<'a>(&'a mut String);
        impl tracing::field::Visit for Fields<'_> {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
                use fmt::Write as _;
                write!(self.0, "{field}={value:?} ").unwrap();
            }
        }
        let mut text = String::new();
        event.record(&mut Fields(&mut text));
        self.0.lock().unwrap().push((thread::current().id(), text));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}
