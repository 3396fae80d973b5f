//! The state of the shared store, by the exact contract of `SharedStore`, with an optional bug.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ticker::{
    Ask, Kept, Lease, Leases, Node, Order, Part, Put, StoreError, Topic, Wanted, Wish,
};

/// A bug of a store that the checker must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plant {
    /// Without compare-and-set: the last write wins.
    NoCompareAndSet,
    /// An order in the future is accepted, and is never superseded.
    NoFutureClamp,
    /// The write of a node that held the lease at the start of its call is not compared.
    LeaseTrusted,
}

/// The value stored for a topic.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Part(Order, Arc<str>),
    /// A record by its order, with a body too large to read.
    Oversized(Order),
    /// Neither an order nor a body.
    Damaged,
    /// A key of another type with our name.
    Foreign,
}

impl Cell {
    pub(super) fn order(&self) -> Option<&Order> {
        match self {
            Self::Part(order, _) | Self::Oversized(order) => Some(order),
            Self::Damaged | Self::Foreign => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) node: Node,
    until: DateTime<Utc>,
}

/// The memory of the store.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) cells: BTreeMap<Topic, Cell>,
    pub(super) leases: BTreeMap<Topic, Held>,
    pub(super) changes: u64,
}

/// The history of the store, in true time, for the checker.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The newest acknowledged part of each topic that the store has not lost.
    pub(super) newest: BTreeMap<Topic, (Order, Arc<str>)>,
    /// The last holder of each lease.
    holders: BTreeMap<Topic, Node>,
    /// When a lease moved from one node to another.
    pub(super) takeovers: Vec<(DateTime<Utc>, Topic)>,
    /// The first violation of the contract.
    pub(super) wrong: Option<String>,
    pub(super) taken: u64,
    pub(super) older: u64,
    pub(super) refused: u64,
}

#[derive(Debug)]
pub(super) struct StoreServer {
    pub(super) table: Table,
    /// The last saved contents.
    pub(super) dump: Table,
    /// The contents of the replica, if one is read instead of the store.
    pub(super) replica: Option<(Table, DateTime<Utc>)>,
    /// The number of starts. A mark is valid within one of them.
    pub(super) starts: u64,
    /// The offset of the store's clock.
    pub(super) off: TimeDelta,
    plant: Option<Plant>,
    pub(super) late: Vec<Late>,
    pub(super) history: History,
}

/// A write whose caller has timed out.
#[derive(Debug)]
pub(super) struct Late {
    at: DateTime<Utc>,
    write: Write,
}

#[derive(Clone, Debug)]
pub(super) enum Write {
    /// Parts, each with whether the writer believed that it held the lease.
    Publish(Vec<(Part, bool)>),
    Lease(Vec<Ask>, Node, Duration),
}

impl StoreServer {
    pub(super) fn new(plant: Option<Plant>) -> Self {
        Self {
            table: Table::default(),
            dump: Table::default(),
            replica: None,
            starts: 1,
            off: TimeDelta::zero(),
            plant,
            late: Vec::new(),
            history: History::default(),
        }
    }

    pub(super) fn mark(&mut self, now: DateTime<Utc>) -> String {
        self.settle(now);
        format!("{}.{}", self.starts, self.read_table().changes)
    }

    pub(super) fn read(&mut self, wanted: &[Wanted], now: DateTime<Utc>) -> Vec<Kept> {
        self.settle(now);
        let table = self.read_table();
        let unusable = |what: &str| Kept::Unusable(StoreError::new(what));
        let kept = wanted
            .iter()
            .map(|Wanted { topic, known }| match table.cells.get(topic) {
                None => Kept::Nothing,
                Some(Cell::Part(order, body)) => {
                    if known.as_ref().is_none_or(|known| order > known) {
                        Kept::Newer(order.clone(), body.as_ref().to_owned())
                    } else {
                        Kept::Known(order.clone())
                    }
                }
                Some(Cell::Oversized(_)) => unusable("larger than can be"),
                Some(Cell::Damaged) => unusable("no order"),
                Some(Cell::Foreign) => unusable("a value of another type"),
            });
        kept.collect()
    }

    pub(super) fn publish(&mut self, parts: &[(Part, bool)], now: DateTime<Utc>) -> Vec<Put> {
        self.settle(now);
        parts
            .iter()
            .map(|(part, trusted)| self.put(part, *trusted, now))
            .collect()
    }

    pub(super) fn lease(
        &mut self,
        asks: &[Ask],
        node: &Node,
        time: Duration,
        now: DateTime<Utc>,
    ) -> Leases {
        self.settle(now);
        self.table.leases.retain(|_, held| now < held.until);
        let held = asks
            .iter()
            .map(|ask| self.ask(ask, node, time, now))
            .collect();
        Leases {
            held,
            now: now + self.off,
        }
    }

    /// Applies a write at a later time, independent of its caller.
    pub(super) fn apply_at(&mut self, at: DateTime<Utc>, write: Write) {
        self.late.push(Late { at, write });
    }

    fn read_table(&self) -> &Table {
        self.replica
            .as_ref()
            .map_or(&self.table, |(replica, _)| replica)
    }

    fn put(&mut self, part: &Part, trusted: bool, now: DateTime<Utc>) -> Put {
        let Part { topic, order, body } = part;
        let clamps = self.plant != Some(Plant::NoFutureClamp);
        let of_the_future = |order: &Order| clamps && order.is_of_the_future(now + self.off);
        if of_the_future(order) {
            self.history.refused += 1;
            return Put::Future;
        }
        let kept = self.table.cells.get(topic);
        if matches!(kept, Some(Cell::Foreign)) {
            return Put::Blocked("a value of another type".into());
        }
        let compares = match self.plant {
            Some(Plant::NoCompareAndSet) => false,
            Some(Plant::LeaseTrusted) => !trusted,
            Some(Plant::NoFutureClamp) | None => true,
        };
        let kept = kept
            .and_then(Cell::order)
            .filter(|kept| !of_the_future(kept));
        match kept {
            Some(kept) if compares && kept >= order => {
                self.history.older += 1;
                return Put::Older(kept.clone());
            }
            Some(kept) if kept > order => {
                let what = format!("the store went back from {kept} to {order} of {topic}");
                self.history.wrong.get_or_insert(what);
            }
            _ => {}
        }
        let body: Arc<str> = body.as_str().into();
        // A real store keeps the text.
        let order: Order = order.to_string().parse().unwrap();
        let cell = Cell::Part(order.clone(), Arc::clone(&body));
        self.table.cells.insert(topic.clone(), cell);
        self.table.changes += 1;
        self.history.taken += 1;
        let newest = self.history.newest.get(topic);
        if newest.is_none_or(|(newest, _)| *newest < order || of_the_future(newest)) {
            self.history
                .newest
                .insert(topic.clone(), (order.clone(), body));
        }
        Put::Taken
    }

    fn ask(&mut self, ask: &Ask, node: &Node, time: Duration, now: DateTime<Utc>) -> Option<Lease> {
        let leases = &mut self.table.leases;
        let holder = leases.get(&ask.topic).map(|held| &held.node);
        let (free, mine) = (holder.is_none(), holder == Some(node));
        let time = match ask.wish {
            Wish::Take if free || mine => Some(time),
            Wish::Rest(time) if mine => Some(time),
            Wish::Take | Wish::Rest(_) | Wish::Look => None,
        };
        if let Some(time) = time {
            let until = now + TimeDelta::from_std(time).unwrap();
            let held = Held {
                node: node.clone(),
                until,
            };
            leases.insert(ask.topic.clone(), held);
            let before = self.history.holders.insert(ask.topic.clone(), node.clone());
            if before.as_ref() != Some(node) {
                self.history.takeovers.push((now, ask.topic.clone()));
            }
        }
        leases.get(&ask.topic).map(|held| Lease {
            node: held.node.clone(),
            left: (held.until - now).to_std().unwrap_or_default(),
        })
    }

    /// Applies the late writes that are due.
    fn settle(&mut self, now: DateTime<Utc>) {
        while let Some(next) = self
            .late
            .iter()
            .map(|late| late.at)
            .min()
            .filter(|at| *at <= now)
        {
            let mut due = self.late.extract_if(.., |late| late.at == next);
            let first = due.next();
            drop(due);
            match first.map(|late| late.write) {
                Some(Write::Publish(parts)) => {
                    for (part, trusted) in parts {
                        self.put(&part, trusted, next);
                    }
                }
                Some(Write::Lease(asks, node, time)) => {
                    self.table.leases.retain(|_, held| next < held.until);
                    for ask in asks {
                        self.ask(&ask, &node, time, next);
                    }
                }
                None => return,
            }
        }
    }
}
