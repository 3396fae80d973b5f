//! The records as events of the guard, in the order in which they became known.
//!
//! A record is one event when it first became known, and another one when it was seen last, if that is later. Repetitions in between change
//! no verdict: what a repetition proves is that the answer still stands, and the last one proves it for all.
//!
//! A witness whose answer holds at the instant of one of the bank's events counts at that instant too, between its own first and last sight. Without
//! this the repetition of a witness would move its event past the bank's, and take back what followed from it.
//!
//! On 3 April the bank's feed answers with the list A at 06:00 and at 09:00, and with B from 10:31 on; a witness answers with W from 05:00 to 12:00:
//!
//! | instant | event | by |
//! |---|---|---|
//! | 05:00 | `Heard(W)` | the first sight of W; it has no effect, because no number is in doubt |
//! | 06:00 | `Seen(A)`, then `Heard(W)` | the first sight of A, and W, which holds then |
//! | 09:00 | `Seen(A)`, then `Heard(W)` | the last sight of A |
//! | 10:31 | `Seen(B)`, then `Heard(W)` | the first and only sight of B |
//! | 12:00 | `Heard(W)` | the last sight of W |
//!
//! If A is seen again at 09:30, its second event moves there, and the one at 09:00 is gone.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use crate::engine::{Bank, Witness};
use crate::ledger::{Approval, Feed, Ledger, RecordId, Sighting};

/// A record at the instant at which it became known, or at which it was last repeated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event<'a> {
    pub(super) at: DateTime<Utc>,
    pub(super) kind: Kind<'a>,
}

/// The kind of an event, with its record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'a> {
    /// A feed of the bank answered with a publication.
    Seen(&'a Sighting),
    /// A witness answered.
    Heard(&'a Witness, &'a Sighting),
    /// The operator approved quarantined rows.
    Approved(&'a Approval),
}

/// The instant, the rank of the kind, the day of the publication, the feed and the id: a total order in which the same records have the same events
/// on each server.
pub(super) type Key = (
    DateTime<Utc>,
    u8,
    Option<NaiveDate>,
    Option<Feed>,
    Option<RecordId>,
);

impl Event<'_> {
    /// The order of events: at one instant the bank's answers come before those of the witnesses on them, and earlier days before later ones.
    pub(super) fn key(&self) -> Key {
        let (rank, sighting) = match self.kind {
            Kind::Seen(sighting) => (0, Some(sighting)),
            Kind::Heard(_, sighting) => (1, Some(sighting)),
            Kind::Approved(_) => (2, None),
        };
        let id = match self.kind {
            Kind::Approved(approval) => Some(approval.id),
            Kind::Seen(sighting) | Kind::Heard(_, sighting) => sighting.id(),
        };
        let day = sighting.and_then(Sighting::rates).map(|rates| rates.day());
        (self.at, rank, day, sighting.map(Sighting::feed), id)
    }
}

/// The events of the records after `since` and up to `until`, in their order.
pub(super) fn events_of<'a>(
    records: &'a Ledger,
    bank: &'a Bank,
    since: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
) -> Vec<Event<'a>> {
    let first = since.unwrap_or(DateTime::<Utc>::MIN_UTC);
    let is_between = |at: DateTime<Utc>| since.is_none_or(|since| at > since) && at <= until;
    let events = events_since(records, bank, first);
    let mut events: Vec<Event<'a>> = events.filter(|event| is_between(event.at)).collect();
    let seen = events.iter().filter(|event| event.id().is_some());
    let seen: BTreeSet<DateTime<Utc>> = seen.map(|event| event.at).collect();
    for witness in &bank.witnesses {
        let heard: Vec<&Sighting> = records.seen_since(&witness.id(), first).collect();
        events.extend(seen.iter().filter_map(|at| {
            let kind = Kind::Heard(witness, said_at(&heard, *at)?);
            Some(Event { at: *at, kind })
        }));
    }
    events.sort_by_key(Event::key);
    events
}

/// The answer of a witness that holds at an instant, between its first sight and its last. It counts as evidence then, whenever the witness was
/// asked: otherwise a repetition, which moves the last sight, would take back what followed from the one before. An answer that ended before does
/// not count, so that a fold that begins later chooses the same one.
fn said_at<'a>(heard: &[&'a Sighting], at: DateTime<Utc>) -> Option<&'a Sighting> {
    let holds = |sighting: &&&Sighting| sighting.first() < at && at < sighting.last();
    let held = heard.iter().filter(holds);
    held.copied().max_by_key(|sighting| sighting.first())
}

/// The events of the records that were last seen at an instant or later, and of all approvals.
pub(super) fn events_since<'a>(
    records: &'a Ledger,
    bank: &'a Bank,
    since: DateTime<Utc>,
) -> impl Iterator<Item = Event<'a>> {
    // A publication that is learned long after its day is not compared with the present ones: `past` judges it.
    let seen = records.seen_since(&bank.id(), since);
    let seen = seen.filter(|sighting| !sighting.is_late());
    let seen = seen.map(Kind::Seen);
    let heard = bank.witnesses.iter().flat_map(move |witness| {
        let heard = records.seen_since(&witness.id(), since);
        heard.map(move |sighting| Kind::Heard(witness, sighting))
    });
    let approved = records.approvals().map(Kind::Approved);
    let kinds = seen.chain(heard).chain(approved);
    kinds.flat_map(|kind| kind.instants().map(move |at| Event { at, kind }))
}

impl Event<'_> {
    /// The publication of the bank.
    pub(super) fn id(&self) -> Option<RecordId> {
        match self.kind {
            Kind::Seen(sighting) => sighting.id(),
            Kind::Heard(..) | Kind::Approved(_) => None,
        }
    }
}

impl Event<'_> {
    /// The longest pause that a publication states, which is no part of its id.
    pub(super) fn longest_pause(&self) -> Option<u16> {
        let rates = match self.kind {
            Kind::Seen(sighting) | Kind::Heard(_, sighting) => sighting.rates(),
            Kind::Approved(_) => None,
        };
        rates.map(|rates| rates.longest_pause())
    }
}

impl Kind<'_> {
    /// The first instant, and the last if it is another one.
    fn instants(&self) -> impl Iterator<Item = DateTime<Utc>> + use<> {
        let (first, last) = match self {
            Kind::Seen(sighting) | Kind::Heard(_, sighting) => (sighting.first(), sighting.last()),
            Kind::Approved(approval) => (approval.at, approval.at),
        };
        std::iter::once(first).chain((last > first).then_some(last))
    }
}
