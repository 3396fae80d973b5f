//! Access control, databases, prefixes and addresses.

use std::time::Duration;

use masthead::ticker::StoreError;
use masthead::ticker::shared::{
    Ask, Hint, InvalidRedisStore, RedisStore, RedisStoreBuilder, SharedStore as _, Wish,
};
use tokio::time::timeout;

use crate::free_port::free_port;
use crate::server::{PATIENCE, RedisServer};
use crate::{
    LEASE, add, ago, id_of, node, record, records, revision, store, text, topic, try_change,
    try_records, try_revision, with,
};

/// Returns the ACL rules in the documentation.
fn documented_acl() -> String {
    let source = include_str!("../../src/ticker/redis/mod.rs");
    let lines = source
        .lines()
        .map(|line| line.trim_start_matches("///").trim());
    let from_it = lines.skip_while(|line| !line.starts_with("ACL SETUSER"));
    let lines: Vec<_> = from_it.take_while(|line| *line != "```").collect();
    lines.join(" ")
}

/// Runs every operation of the store once. Returns the first error.
async fn every_operation(url: &str) -> Result<(), StoreError> {
    let build = RedisStore::builder(url);
    let store = build.timeout(Duration::from_secs(2)).build().unwrap();
    if store.hint().await? != Hint::Listening {
        return Err(StoreError::new("it does not listen"));
    }
    try_revision(&store, "rates").await?;
    let mut news = with("rates", "a", ago(0));
    news.removed = vec!["b".into()];
    news.texts = vec![text(1, "the text")];
    let last = news.records[0].last;
    try_change(&store, news).await?;
    let held = try_records(&store, "rates").await?;
    assert_eq!(held, [record("a", last)]);
    let texts = store.texts(&[id_of(1)]).await?;
    assert_eq!(texts, [Some("the text".into())]);
    for wish in [Wish::Take, Wish::Take, Wish::Look, Wish::Rest(LEASE / 2)] {
        let asks = [Ask::new(topic("rates"), wish)];
        let held = store.lease(&asks, &node("a"), LEASE).await?.held;
        assert_eq!(held[0].as_ref().unwrap().node, node("a"));
    }
    match timeout(Duration::from_millis(500), store.hint()).await {
        Ok(heard) => heard.map(drop),
        Err(_) => Err(StoreError::new("no notification arrives")),
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn the_documented_rights_are_sufficient_and_necessary() {
    let server = RedisServer::start(&[]);
    let rules = documented_acl();
    let url = format!("redis://masthead:password@127.0.0.1:{}", server.port());
    let rights: Vec<&str> = rules
        .split(' ')
        .filter(|word| word.starts_with('+'))
        .collect();
    assert!(rights.len() > 10, "{rules}");
    let _ = server.run(&rules);
    every_operation(&url).await.unwrap();
    for right in rights {
        let _ = server.run("FLUSHALL");
        let others: Vec<&str> = rules.split(' ').filter(|word| *word != right).collect();
        let _ = server.run(&others.join(" "));
        let error = every_operation(&url).await.expect_err(right);
        assert!(!error.to_string().contains("password"), "{error}");
        let _ = server.run(&rules);
    }
    every_operation(&url).await.unwrap();
    // Keys outside its prefix are out of reach.
    let others = RedisStore::builder(&url).prefix("other").build().unwrap();
    let error = try_revision(&others, "rates").await.unwrap_err();
    assert!(error.to_string().contains("NOPERM"), "{error}");
    let changes = [with("rates", "a", ago(0))];
    let error = others.change(&changes).await.unwrap_err();
    assert!(error.to_string().contains("NOPERM"), "{error}");
    others.hint().await.unwrap_err();
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_wrong_password_is_reported_and_not_repeated() {
    let server = RedisServer::start(&["--requirepass", "r1ght"]);
    let place = format!("127.0.0.1:{}", server.port());
    for (url, what) in [
        (
            format!("redis://:s3cret@{place}"),
            "the user or the password is refused",
        ),
        (
            format!("redis://stranger:s3cret@{place}"),
            "the user or the password is refused",
        ),
        (
            format!("redis://{place}"),
            "NOAUTH Authentication required.",
        ),
    ] {
        let store = RedisStore::builder(&url).build().unwrap();
        for error in [
            try_revision(&store, "rates").await.unwrap_err(),
            store.hint().await.unwrap_err(),
        ] {
            assert_eq!(error.to_string(), format!("redis: {what}"));
        }
        assert!(!format!("{store:?} {store}").contains("s3cret"));
    }
    let store = RedisStore::builder(format!("redis://:r1ght@{place}"))
        .build()
        .unwrap();
    add(&store, "rates", "a", ago(0)).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_database_is_one_of_several() {
    let server = RedisServer::start(&[]);
    let of = |database| {
        let url = format!("{}/{database}", server.url());
        RedisStore::builder(url).build().unwrap()
    };
    add(&of(3), "rates", "a", ago(0)).await;
    assert_eq!(revision(&of(4), "rates").await, None);
    assert!(revision(&of(3), "rates").await.is_some());
    let error = try_revision(&of(99), "rates").await.unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with("redis: ") && error.contains("out of range"),
        "{error}"
    );
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn schemas_and_prefixes_are_separate() {
    let server = RedisServer::start(&[]);
    let ours = store(&server);
    let build = RedisStore::builder;
    let others = build(server.url())
        .prefix("news:of-another_1.{x}")
        .build()
        .unwrap();
    let (first, second) = (ago(2000), ago(1000));
    add(&ours, "rates", "a", first).await;
    assert_eq!(records(&others, "rates").await, []);
    assert_eq!(revision(&others, "rates").await, None);
    add(&others, "rates", "a", second).await;
    assert_eq!(records(&ours, "rates").await, [record("a", first)]);
    let key = "news:of-another_1.{x}:4:seen:rates";
    assert!(server.run(&format!("EXISTS {key}")).contains('1'));
    // Another schema version has other keys.
    let _ = server.run("FLUSHALL");
    let _ = server.run("ZADD masthead:5:seen:rates 1 a");
    assert_eq!(records(&ours, "rates").await, []);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_socket_of_the_machine_is_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("redis.sock");
    let path = path.to_str().unwrap();
    let server = RedisServer::start(&["--unixsocket", path]);
    let url = format!("unix://{path}?db=2");
    let near = RedisStore::builder(&url).build().unwrap();
    assert_eq!(near.to_string(), format!("redis {path}/2"));
    assert_eq!(near.hint().await.unwrap(), Hint::Listening);
    let last = ago(0);
    add(&near, "rates", "a", last).await;
    assert_eq!(near.hint().await.unwrap(), Hint::Changed);
    let far = format!("{}/2", server.url());
    let far = RedisStore::builder(far).build().unwrap();
    assert_eq!(records(&far, "rates").await, [record("a", last)]);
    drop(server);
    let error = try_revision(&near, "rates").await.unwrap_err().to_string();
    assert!(error.starts_with("redis: no connection: "), "{error}");
    let nowhere = RedisStore::builder("unix:///nowhere/redis.sock")
        .build()
        .unwrap();
    let error = try_revision(&nowhere, "rates").await.unwrap_err();
    let error = error.to_string();
    assert_eq!(error, "redis: no connection: entity not found");
}

#[tokio::test]
async fn a_host_without_an_address_is_reported() {
    let url = format!("redis://nowhere.invalid:{}", free_port());
    let store = RedisStore::builder(url)
        .timeout(PATIENCE / 2)
        .build()
        .unwrap();
    let error = try_revision(&store, "rates").await.unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with("redis: its host has no address: "),
        "{error}"
    );
}

#[test]
fn a_store_can_be_moved_and_shared() {
    fn value<T: Clone + std::fmt::Debug + Send + Sync + 'static>() {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    value::<RedisStore>();
    value::<RedisStoreBuilder>();
    error::<InvalidRedisStore>();
}

#[test]
fn invalid_settings_are_refused() {
    let build = || RedisStore::builder("redis://:s3cret@127.0.0.1");
    let too_long = "x".repeat(65);
    for prefix in ["", "with space", "naïve", "*", "a\n", &too_long] {
        let error = build().prefix(prefix).build().unwrap_err();
        assert!(matches!(error, InvalidRedisStore::Prefix { .. }), "{error}");
    }
    for timeout in [
        Duration::ZERO,
        Duration::from_micros(999),
        Duration::from_secs(11),
    ] {
        let error = build().timeout(timeout).build().unwrap_err();
        assert!(
            matches!(error, InvalidRedisStore::Timeout { .. }),
            "{error}"
        );
    }
    assert!(!format!("{:?}", build()).contains("s3cret"));
}
