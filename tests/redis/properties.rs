//! Property test: for random steps the scripts answer like the model.

use std::time::Duration;

use chrono::TimeDelta;
use masthead::ticker::{Ask, Kept, Lease, Node, Order, Part, SharedStore, Topic, Wanted, Wish};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::model::Model;
use crate::server::RedisServer;
use crate::{assert_newer, node, now, order, publish, read, store, topic};

#[derive(Clone, Debug)]
enum Step {
    Publish(Vec<Part>),
    Read(Vec<Wanted>),
    Lease(Vec<Ask>, Node, Duration),
}

#[test]
#[ignore = "needs redis-server"]
fn the_scripts_do_what_the_model_does() {
    let server = RedisServer::start(&[]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let store = store(&server);
    let mut runner = TestRunner::new(Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    });
    let steps = prop::collection::vec(step(), 1..40);
    let same = |steps: Vec<Step>| {
        let _ = server.run("FLUSHALL");
        let model = Model::default();
        runtime.block_on(async {
            let mut marks = (None, None);
            for step in &steps {
                let answers = (answer(&store, step).await, answer(&model, step).await);
                prop_assert_eq!(&answers.0, &answers.1, "of {:?}", step);
                let now = (store.mark().await.unwrap(), model.mark().await.unwrap());
                prop_assert_eq!(
                    now.0 == marks.0,
                    now.1 == marks.1,
                    "the mark after {:?}",
                    step
                );
                prop_assert_eq!(now.0.is_some(), now.1.is_some());
                marks = now;
            }
            Ok(())
        })
    };
    runner.run(&steps, same).unwrap();
}

/// Redis compares texts by the locale of its machine, and some locales almost ignore `-`, `.` and letter case.
#[tokio::test]
#[ignore = "needs redis-server, and localedef with en_US"]
async fn orders_compare_the_same_in_every_locale() {
    let locales = tempfile::tempdir().unwrap();
    let path = locales.path().join("en_US.UTF-8");
    let made = std::process::Command::new("localedef")
        .args(["-i", "en_US", "-f", "UTF-8"])
        .arg(&path)
        .output()
        .expect("localedef is installed");
    assert!(path.is_dir(), "the package locales is missing: {made:?}");
    let environment = [
        ("LOCPATH", locales.path().to_str().unwrap()),
        ("LC_ALL", "en_US.UTF-8"),
    ];
    let server = RedisServer::start_in(&environment, &[]);
    let sorted = redis::Script::new("return tostring('a' < 'B')");
    let sorted: String = sorted.invoke(&mut server.client()).unwrap();
    assert_eq!(sorted, "true", "the language is not in force");
    let store = store(&server);
    let said = order(0, "a");
    for (older, newer) in [("B", "a"), ("a.b", "aa"), ("a-c", "a.b"), ("Z", "_a")] {
        let of = |by| Order {
            node: node(by),
            ..said.clone()
        };
        let (older, newer) = (of(older), of(newer));
        assert!(older < newer);
        let _ = server.run("FLUSHALL");
        publish(&store, "rates", &older, "1").await;
        publish(&store, "rates", &newer, "2").await;
        publish(&store, "rates", &older, "1").await;
        assert_newer(&read(&store, "rates", Some(&older)).await, &newer, "2");
        let kept = read(&store, "rates", Some(&newer)).await;
        assert!(matches!(kept, Kept::Known(_)), "{kept:?}");
    }
}

/// Formats a response without its exact times, which differ slightly between the two.
async fn answer(store: &dyn SharedStore, step: &Step) -> String {
    match step {
        Step::Publish(parts) => format!("{:?}", store.publish(parts).await.unwrap()),
        Step::Read(wanted) => format!("{:?}", store.read(wanted).await.unwrap()),
        Step::Lease(asks, node, time) => {
            let leases = store.lease(asks, node, *time).await.unwrap();
            let is_now = (leases.now - now()).abs() < TimeDelta::seconds(5);
            // Rounded to the unit of the times of the steps.
            let rounded = |lease: &Lease| (lease.left + Duration::from_secs(50)).as_secs() / 100;
            let held = leases.held.iter().flatten();
            let held: Vec<_> = held
                .map(|lease| (lease.node.clone(), rounded(lease)))
                .collect();
            let who = leases.held.iter().map(Option::is_some).collect::<Vec<_>>();
            format!("{is_now} {who:?} {held:?}")
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let nodes = prop::sample::select(vec!["a", "B", "a-b", "a.b"]).prop_map(node);
    prop_oneof![
        prop::collection::vec(parts(), 1..4).prop_map(Step::Publish),
        prop::collection::vec(wanted(), 0..4).prop_map(Step::Read),
        (prop::collection::vec(asks(), 0..4), nodes, 1..4_u64).prop_map(|(asks, node, time)| {
            Step::Lease(asks, node, Duration::from_secs(100 * time))
        }),
    ]
}

fn parts() -> impl Strategy<Value = Part> {
    (topics(), orders(), "[a-zА-я\\x00\"]{1,9}").prop_map(|(topic, order, body)| Part {
        topic,
        order,
        body,
    })
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let known = prop::option::of(orders());
    (topics(), known).prop_map(|(topic, known)| Wanted { topic, known })
}

fn asks() -> impl Strategy<Value = Ask> {
    let wishes = prop_oneof![
        Just(Wish::Take),
        Just(Wish::Take),
        Just(Wish::Look),
        (0..3_u64).prop_map(|time| Wish::Rest(Duration::from_secs(100 * time))),
    ];
    (topics(), wishes).prop_map(|(topic, wish)| Ask { topic, wish })
}

fn topics() -> impl Strategy<Value = Topic> {
    prop::sample::select(vec!["rates", "weather:astana", "weather:almaty"]).prop_map(topic)
}

/// A small set, so that orders repeat; some lie an hour or a day in the future.
fn orders() -> impl Strategy<Value = Order> {
    let (base, today) = (order(0, "a").at, now().date_naive());
    let nodes = prop::sample::select(vec!["a", "B", "a-b", "a.b"]);
    let days = prop::sample::select(vec![-2_i64, -1, 0, 0, 0, 3]);
    let hours = prop::sample::select(vec![-2_i64, -1, 0, 0, 0, 1]);
    (days, any::<bool>(), hours, nodes).prop_map(move |(day, own_word, hour, by)| Order {
        day: today + TimeDelta::days(day),
        own_word,
        at: base + TimeDelta::hours(hour),
        node: node(by),
    })
}
