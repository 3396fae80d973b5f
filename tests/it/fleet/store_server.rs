//! The state of a store that a fleet shares, by the contract of `SharedStore` to the letter, and with a bug on demand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::ticker::{
    Ask, Kept, Lease, Leases, Node, Order, Part, Put, StoreError, Topic, Wanted, Wish,
};

/// A bug of a store, which the checker must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plant {
    /// The last write wins.
    NoCompareAndSet,
    /// An order of the future is taken, and beats every other from then on.
    NoFutureClamp,
    /// A writer who held the lease when its call began is not compared.
    LeaseTrusted,
}

/// What is in the place of a topic.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Part(Order, Arc<str>),
    /// A part of ours by its order, with a body too large to read.
    Oversized(Order),
    /// Neither an order nor a body.
    Damaged,
    /// Of another type, under our name.
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

/// What a store has in its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) cells: BTreeMap<Topic, Cell>,
    pub(super) leases: BTreeMap<Topic, Held>,
    pub(super) changes: u64,
}

/// What the store did, by the true time, for the checker.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The newest part acknowledged of each topic, as long as the store has not lost it.
    pub(super) newest: BTreeMap<Topic, (Order, Arc<str>)>,
    /// Who held each lease last.
    holders: BTreeMap<Topic, Node>,
    /// When a lease went from one server to another.
    pub(super) takeovers: Vec<(DateTime<Utc>, Topic)>,
    /// The first thing that must not be.
    pub(super) wrong: Option<String>,
    pub(super) taken: u64,
    pub(super) older: u64,
    pub(super) refused: u64,
}

#[derive(Debug)]
pub(super) struct StoreServer {
    pub(super) table: Table,
    /// As it was saved last.
    pub(super) dump: Table,
    /// What is read, where it is not the store itself that answers.
    pub(super) replica: Option<(Table, DateTime<Utc>)>,
    /// How often it started: a mark of one life is none of another.
    pub(super) starts: u64,
    /// How far its clock is off.
    pub(super) off: TimeDelta,
    plant: Option<Plant>,
    pub(super) late: Vec<Late>,
    pub(super) history: History,
}

/// A write whose caller has given it up.
#[derive(Debug)]
pub(super) struct Late {
    at: DateTime<Utc>,
    write: Write,
}

#[derive(Clone, Debug)]
pub(super) enum Write {
    /// Parts, each with whether its writer believed that it held the lease.
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

    /// Applies a write later, whatever became of its caller.
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
        let cell = Cell::Part(order.clone(), Arc::clone(&body));
        self.table.cells.insert(topic.clone(), cell);
        self.table.changes += 1;
        self.history.taken += 1;
        let newest = self.history.newest.get(topic);
        if newest.is_none_or(|(newest, _)| newest < order || of_the_future(newest)) {
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

    /// Applies what was given up before and comes now.
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
