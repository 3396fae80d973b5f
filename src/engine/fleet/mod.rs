//! A server's part in a fleet, as values: the records that the store has, who requests the sources, how the calls went.
//!
//! # An exchange
//!
//! An exchange is a row of calls, each an [`Effect::Call`](crate::ticker::engine::Effect::Call), answered by an event:
//!
//! ```text
//! Revisions ──(changed, or own news)──► Records ──► Texts… ──► judge ──► Change… ──► Lease ──► due items
//!      └──────────(no news)─────────────────────────────────────────────────────────►┘
//! ```
//!
//! | file | part |
//! |---|---|
//! | `engine/exchange` | the order of the calls |
//! | `exchange` | an exchange under way: what is to be read, completed and written |
//! | `reading` | the records of a topic while their texts are read |
//! | `change` | what the store lacks, and what no server needs |
//! | `leaders` | the leases, and when a server requests a source for itself |
//! | `contact` | failures of calls, and when the store counts as away |
//!
//! A call that fails ends the exchange; the next one begins with what is known. A write that timed out may be applied later, which does no harm: keys
//! never change and last instants only grow.
//!
//! # What is known of the store
//!
//! `stored` is the store as it was read last, with what this server has written since. A topic is read again if its revision is another one, after
//! each write, because others may have written too, and all topics every half hour, because a store may lose records and keep a revision.
//!
//! Three marks decide whether an exchange has work:
//!
//! | mark | set by | removed by |
//! |---|---|---|
//! | `is_dirty`: records here may be newer than the store's | news, a changed revision, a moved clock | a whole exchange, unless `is_touched` |
//! | `is_touched`: something here changed since the exchange began | the same | the next exchange |
//! | a missing entry in `revisions` | a write, an error, a clearing | the records of the topic were read |
//!
//! An exchange is whole if no record of the store waits for its time, and every key that no server can use was removed.

mod change;
mod contact;
mod exchange;
mod health;
mod leaders;
mod protocol;
mod reading;
mod texts;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use chrono::TimeDelta;
use fastrand::Rng;

use super::names::{Node, Topic};

pub(super) use contact::Errand;
pub(super) use exchange::{Awaited, Exchange, Listed};
pub use health::{FleetHealth, TopicHealth};
pub use protocol::{
    Ask, Hint, Lease, Leases, SharedChange, SharedRecord, SharedRecords, SharedText, StoreCall,
    StoreReply, Wish,
};
pub(super) use reading::{Reading, is_early};
pub(super) use texts::{SHARED_FOR, shared_since};

use contact::Contact;
pub(super) use leaders::LEASE;
use leaders::Leaders;
use reading::Stored;

/// The time between two exchanges if the store sends notifications.
const LOOK: Duration = Duration::from_secs(2);
/// The time between two exchanges if it does not.
const LOOK_WITHOUT_HINTS: Duration = Duration::from_millis(900);
/// The longest delay after a notification: several at once are one, and a thousand servers do not call the store in the same millisecond.
const AFTER_A_HINT: Duration = Duration::from_millis(40);
/// The revisions are read as if they had changed after this time: a store may have lost the records of a topic and not its revision.
const BETWEEN_READINGS: Duration = Duration::from_secs(1800);

/// The purpose of an exchange with a shared store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Records are read and added, and no lease is taken.
    CatchUp,
    /// Records are read and added, and leases are renewed if it is time.
    Follow,
    /// Items are due: records are read and added, and [`Effect::Due`](crate::ticker::engine::Effect::Due) follows for the items that this server is to
    /// request.
    Admit,
}

/// A change in how a server stands with its fleet.
///
/// ```
/// use masthead::ticker::FleetEvent;
/// use masthead::ticker::shared::Topic;
///
/// let event = FleetEvent::Leader { topic: Topic::Rates, leader: "web-2".parse()? };
/// assert_eq!(event.to_string(), "rates: web-2 requests the sources");
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FleetEvent {
    /// The shared store does not answer, or answers with an error.
    Away {
        /// The error of the call.
        error: String,
    },
    /// It answers again: each kind of call that failed has succeeded since.
    Back,
    /// Another server than before, or the first one that is known, requests the sources of a topic; it may be this one.
    Leader {
        /// The topic.
        topic: Topic,
        /// The server.
        leader: Node,
    },
    /// A shared record that would change what is shown is not used here. Sent again only with another reason.
    Unused {
        /// The topic.
        topic: Topic,
        /// The reason.
        reason: String,
    },
    /// A record of this server has no place in the store, or the topic cannot be read there. Sent again only with another reason.
    Unshared {
        /// The topic.
        topic: Topic,
        /// The reason.
        reason: String,
    },
}

impl fmt::Display for FleetEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away { error } => write!(f, "the shared store is away: {error}"),
            Self::Back => f.write_str("the shared store is back"),
            Self::Leader { topic, leader } => write!(f, "{topic}: {leader} requests the sources"),
            Self::Unused { topic, reason } => {
                write!(f, "{topic}: a shared record is not used: {reason}")
            }
            Self::Unshared { topic, reason } => write!(f, "{topic} is not shared: {reason}"),
        }
    }
}

/// A server's part in a fleet. Instants that are durations count as [`Moment::passed`](crate::ticker::engine::Moment::passed) does.
#[derive(Debug)]
pub(super) struct Fleet {
    pub(super) node: Node,
    /// Whether something here may be newer than the store's records.
    is_dirty: bool,
    /// Whether something here changed since the exchange began.
    is_touched: bool,
    /// The revision of each topic when its records were read last. A topic without an entry is read at the next exchange.
    revisions: BTreeMap<Topic, Option<String>>,
    /// The records that the store had then.
    pub(super) stored: BTreeMap<Topic, Stored>,
    /// The reason why what is shared is not what is held here.
    refused: BTreeMap<Topic, Refused>,
    /// The instants at which records of a topic were removed.
    mended: BTreeMap<Topic, Duration>,
    /// The instant at which the records of all topics were read last, whatever their revisions.
    read_all: Option<Duration>,
    /// How often the readings were cleared, so that one under way does not bring them back.
    clearings: u64,
    pub(super) leaders: Leaders,
    is_hinted: bool,
    pub(super) contact: Contact,
    /// The exchange under way.
    pub(super) exchange: Option<Exchange>,
    /// The number of calls so far: an answer to an earlier one is not taken.
    pub(super) calls: u64,
    /// The instant of the next exchange.
    next: Duration,
    events: Vec<FleetEvent>,
}

/// The reason why something that is shared is not shown here, or something here is not shared.
#[derive(Debug, PartialEq, Eq)]
struct Refused {
    reason: String,
    /// Whether records were read, and are not believed.
    is_of_records: bool,
}

impl Fleet {
    pub(super) fn new(node: Node) -> Self {
        Self {
            node,
            is_dirty: true,
            is_touched: false,
            revisions: BTreeMap::new(),
            stored: BTreeMap::new(),
            refused: BTreeMap::new(),
            mended: BTreeMap::new(),
            read_all: None,
            clearings: 0,
            leaders: Leaders::default(),
            is_hinted: false,
            contact: Contact::default(),
            exchange: None,
            calls: 0,
            next: Duration::ZERO,
            events: Vec::new(),
        }
    }

    /// Notes that something here changed.
    pub(super) const fn touch(&mut self) {
        self.is_dirty = true;
        self.is_touched = true;
    }

    /// Notes that an exchange begins. If it ends before [`note_whole`](Self::note_whole), the next one writes again.
    pub(super) fn begin(&mut self, passed: Duration) {
        self.is_touched = false;
        self.next = passed + LOOK;
    }

    /// Notes that all records were exchanged.
    pub(super) const fn note_whole(&mut self) {
        self.is_dirty = self.is_touched;
    }

    /// Ends an exchange, and chooses the instant of the next one.
    pub(super) fn end(&mut self, random: &mut Rng, passed: Duration) {
        let longest = if self.is_hinted {
            LOOK
        } else {
            LOOK_WITHOUT_HINTS
        };
        self.next = passed + longest * random.u32(90..=100) / 100;
    }

    /// Returns the instant of the next exchange.
    pub(super) const fn next(&self) -> Duration {
        self.next
    }

    /// Notes a notification, or that notifications do not work.
    pub(super) fn note_hint(&mut self, is_hinted: bool, random: &mut Rng, passed: Duration) {
        self.is_hinted = is_hinted;
        if is_hinted {
            let soon = passed + AFTER_A_HINT.mul_f32(random.f32());
            self.next = self.next.min(soon);
        }
    }

    /// Returns the topics whose records are to be read, with their revisions. Returns `None` if neither they nor the own records changed.
    pub(super) fn changed(
        &mut self,
        revisions: impl Iterator<Item = (Topic, Option<String>)>,
        passed: Duration,
    ) -> Option<Vec<(Topic, Option<String>)>> {
        let is_due = |at: Duration| passed.saturating_sub(at) >= BETWEEN_READINGS;
        if self.read_all.is_none_or(is_due) {
            self.read_all = Some(passed);
            self.revisions.clear();
        }
        let changed: Vec<_> = revisions
            .filter(|(topic, revision)| self.revisions.get(topic) != Some(revision))
            .collect();
        let is_changed = self.is_dirty || !changed.is_empty();
        self.is_dirty = is_changed;
        is_changed.then_some(changed)
    }

    /// Notes the revision of the records that were read, unless the readings were cleared since: then they are read again.
    pub(super) fn note_revision(&mut self, topic: Topic, revision: Option<String>, clearings: u64) {
        if self.clearings == clearings {
            self.revisions.insert(topic, revision);
        }
    }

    /// Reads the records of a topic at the next exchange, whatever their revision.
    pub(super) fn read_again(&mut self, topic: &Topic) {
        self.revisions.remove(topic);
    }

    /// Notes that the records of a topic cannot be read.
    pub(super) fn note_unreadable(&mut self, topic: Topic, error: String) {
        self.read_again(&topic);
        let stored = Stored {
            error: Some(error),
            ..Stored::default()
        };
        self.stored.insert(topic, stored);
    }

    /// Forgets what was read, so that all records are read again.
    pub(super) fn clear(&mut self) {
        self.revisions.clear();
        self.stored.clear();
        self.clearings += 1;
    }

    pub(super) const fn clearings(&self) -> u64 {
        self.clearings
    }

    /// Notes why a topic is not shared, or else why records of it are not used. With neither the topic is in order again.
    pub(super) fn note_refused(
        &mut self,
        topic: &Topic,
        blocked: Option<String>,
        unused: Option<String>,
    ) {
        let refused = |is_of_records| {
            move |reason| Refused {
                reason,
                is_of_records,
            }
        };
        let refused = blocked
            .map(refused(false))
            .or_else(|| unused.map(refused(true)));
        let Some(refused) = refused else {
            self.refused.remove(topic);
            return;
        };
        if self.refused.get(topic) != Some(&refused) {
            let (topic, reason) = (topic.clone(), refused.reason.clone());
            self.events.push(if refused.is_of_records {
                FleetEvent::Unused { topic, reason }
            } else {
                FleetEvent::Unshared { topic, reason }
            });
        }
        self.refused.insert(topic.clone(), refused);
    }

    /// Notes by how much more the store's clock is ahead than it was.
    pub(super) fn note_drift(&mut self, change: TimeDelta) {
        const DRIFT: TimeDelta = TimeDelta::seconds(1);
        // Records of a clock that was wrong may be older than the shared ones, and other records are of the future now.
        if change.abs() > DRIFT {
            self.touch();
        }
        // A record that was possible may be one of the future.
        if change < -DRIFT {
            self.clear();
        }
    }

    /// Takes the changes since the last call.
    pub(super) fn take_events(&mut self) -> Vec<FleetEvent> {
        std::mem::take(&mut self.events)
    }
}
