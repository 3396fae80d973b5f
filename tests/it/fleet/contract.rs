//! Tests of the simulated store: it keeps the contract of `SharedStore`, and each planted bug breaks it as documented.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ticker::{Ask, Kept, Node, Order, Part, Put, Topic, Wanted, Wish};

use super::store_server::{Cell, Plant, StoreServer, Write};
use crate::support::time;

const NOW: &str = "2026-04-02T06:00:00Z";

#[test]
fn the_newer_part_stays_in_any_order_of_writes() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    assert_eq!(put(&mut server, &part(0, "a"), now), Put::Taken);
    assert_eq!(put(&mut server, &part(0, "b"), now), Put::Taken);
    assert_eq!(
        put(&mut server, &part(0, "a"), now),
        Put::Older(order(0, "b"))
    );
    assert_eq!(
        put(&mut server, &part(0, "b"), now),
        Put::Older(order(0, "b"))
    );
    assert_eq!(
        put(&mut server, &part(-60, "c"), now),
        Put::Older(order(0, "b"))
    );
    assert_eq!(put(&mut server, &part(60, "a"), now), Put::Taken);
    assert!(server.history.wrong.is_none());
}

#[test]
fn an_order_in_the_future_is_refused_and_a_stored_one_is_replaced() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    assert_eq!(put(&mut server, &part(301, "a"), now), Put::Future);
    server.overwrite(&Topic::Rates, Cell::Part(order(301, "a"), "".into()));
    assert_eq!(put(&mut server, &part(0, "b"), now), Put::Taken);
    server.off = TimeDelta::minutes(-6);
    assert_eq!(put(&mut server, &part(60, "b"), now), Put::Future);
}

#[test]
fn only_a_part_newer_than_the_known_one_has_a_body() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    assert!(matches!(read(&mut server, None, now), Kept::Nothing));
    put(&mut server, &part(0, "a"), now);
    assert!(matches!(read(&mut server, None, now), Kept::Newer(..)));
    assert!(matches!(
        read(&mut server, Some(order(-1, "b")), now),
        Kept::Newer(..)
    ));
    assert!(matches!(
        read(&mut server, Some(order(0, "a")), now),
        Kept::Known(_)
    ));
    for cell in [Cell::Oversized(order(0, "a")), Cell::Damaged, Cell::Foreign] {
        server.overwrite(&Topic::Rates, cell);
        assert!(matches!(read(&mut server, None, now), Kept::Unusable(_)));
    }
}

#[test]
fn damaged_and_oversized_values_are_replaced_and_foreign_ones_are_not() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    server.overwrite(&Topic::Rates, Cell::Damaged);
    assert_eq!(put(&mut server, &part(0, "a"), now), Put::Taken);
    server.overwrite(&Topic::Rates, Cell::Oversized(order(0, "a")));
    assert_eq!(
        put(&mut server, &part(0, "a"), now),
        Put::Older(order(0, "a"))
    );
    assert_eq!(put(&mut server, &part(1, "a"), now), Put::Taken);
    server.overwrite(&Topic::Rates, Cell::Foreign);
    assert!(matches!(
        put(&mut server, &part(2, "a"), now),
        Put::Blocked(_)
    ));
}

#[test]
fn a_lease_belongs_to_one_node_until_it_ends() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    let at = |seconds| now + TimeDelta::seconds(seconds);
    assert_eq!(holder(&mut server, Wish::Look, "a", at(0)), None);
    assert_eq!(
        holder(&mut server, Wish::Take, "a", at(0)),
        Some(("a".into(), 30))
    );
    assert_eq!(
        holder(&mut server, Wish::Take, "b", at(10)),
        Some(("a".into(), 20))
    );
    assert_eq!(
        holder(&mut server, Wish::Take, "a", at(20)),
        Some(("a".into(), 30))
    );
    let rest = Wish::Rest(Duration::from_secs(5));
    assert_eq!(
        holder(&mut server, rest, "b", at(20)),
        Some(("a".into(), 30))
    );
    assert_eq!(
        holder(&mut server, rest, "a", at(20)),
        Some(("a".into(), 5))
    );
    assert_eq!(
        holder(&mut server, Wish::Take, "b", at(25)),
        Some(("b".into(), 30))
    );
    assert_eq!(server.history.takeovers.len(), 2);
}

#[test]
fn the_mark_changes_with_every_write() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    let mut marks = vec![server.mark(now)];
    put(&mut server, &part(0, "a"), now);
    marks.push(server.mark(now));
    server.save();
    put(&mut server, &part(1, "a"), now);
    marks.push(server.mark(now));
    server.restart();
    assert!(matches!(
        read(&mut server, Some(order(0, "a")), now),
        Kept::Known(_)
    ));
    marks.push(server.mark(now));
    server.flush();
    marks.push(server.mark(now));
    put(&mut server, &part(0, "a"), now);
    marks.push(server.mark(now));
    let count = marks.len();
    marks.sort();
    marks.dedup();
    assert_eq!(marks.len(), count);
    put(&mut server, &part(-1, "a"), now);
    assert!(
        marks.contains(&server.mark(now)),
        "a refused write keeps the mark"
    );
}

#[test]
fn a_write_after_its_timeout_is_compared_when_it_arrives() {
    for (plant, kept) in [
        (None, order(5, "b")),
        (Some(Plant::NoFutureClamp), order(5, "b")),
        (Some(Plant::NoCompareAndSet), order(0, "a")),
        (Some(Plant::LeaseTrusted), order(0, "a")),
    ] {
        let (mut server, now) = (StoreServer::new(plant), time(NOW));
        let then = now + TimeDelta::seconds(40);
        server.apply_at(then, Write::Publish(vec![(part(0, "a"), true)]));
        put(&mut server, &part(5, "b"), now + TimeDelta::seconds(5));
        read(&mut server, None, then);
        assert_eq!(server.part(&Topic::Rates).unwrap().0, &kept, "{plant:?}");
        assert_eq!(
            server.history.wrong.is_some(),
            kept == order(0, "a"),
            "{plant:?}"
        );
    }
}

#[test]
fn without_a_clamp_an_order_in_the_future_is_never_superseded() {
    let (mut server, now) = (StoreServer::new(Some(Plant::NoFutureClamp)), time(NOW));
    assert_eq!(put(&mut server, &part(86_000, "a"), now), Put::Taken);
    assert_eq!(
        put(&mut server, &part(0, "b"), now),
        Put::Older(order(86_000, "a"))
    );
}

#[test]
fn a_replica_shows_older_values_until_it_is_promoted() {
    let (mut server, now) = (StoreServer::new(None), time(NOW));
    put(&mut server, &part(0, "a"), now);
    server.replicate(now, TimeDelta::minutes(1));
    let mark = server.mark(now);
    assert_eq!(put(&mut server, &part(1, "a"), now), Put::Taken);
    assert_eq!(server.mark(now), mark);
    assert!(matches!(
        read(&mut server, Some(order(0, "a")), now),
        Kept::Known(_)
    ));
    let then = now + TimeDelta::seconds(61);
    server.replicate(then, TimeDelta::minutes(1));
    assert_ne!(server.mark(then), mark, "caught up");
    server.promote();
    assert!(matches!(
        read(&mut server, Some(order(0, "a")), now),
        Kept::Newer(..)
    ));
}

fn order(seconds: i64, node: &str) -> Order {
    let at = time(NOW) + TimeDelta::seconds(seconds);
    Order {
        day: at.date_naive(),
        own_word: true,
        at,
        node: node.parse().unwrap(),
    }
}

fn part(seconds: i64, node: &str) -> Part {
    Part {
        topic: Topic::Rates,
        order: order(seconds, node),
        body: "{}".into(),
    }
}

fn put(server: &mut StoreServer, part: &Part, now: DateTime<Utc>) -> Put {
    server.publish(&[(part.clone(), false)], now).remove(0)
}

fn read(server: &mut StoreServer, known: Option<Order>, now: DateTime<Utc>) -> Kept {
    let topic = Topic::Rates;
    server.read(&[Wanted { topic, known }], now).remove(0)
}

/// Returns the holder of the lease of the rates after a request, and the remaining seconds.
fn holder(
    server: &mut StoreServer,
    wish: Wish,
    node: &str,
    now: DateTime<Utc>,
) -> Option<(String, u64)> {
    let (ask, node) = (
        Ask {
            topic: Topic::Rates,
            wish,
        },
        node.parse::<Node>().unwrap(),
    );
    let mut leases = server.lease(&[ask], &node, Duration::from_secs(30), now);
    let lease = leases.held.remove(0)?;
    Some((lease.node.to_string(), lease.left.as_secs()))
}
