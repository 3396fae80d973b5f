//! The events that an engine takes in, and the effects that its host carries out.
//!
//! # The dialogue
//!
//! | the host sends | the engine returns | and the host answers with |
//! |---|---|---|
//! | `Start`, once, before ticks | | |
//! | `Tick`, at least every 30 seconds | `Due`, if items are due and no refresh is under way | `Refresh` with the same items |
//! | `Tick` in a fleet | `Admit` | `Exchange(Admit)`, which ends with up to two `Due` |
//! | `Refresh` | `Ask` for each request; `Save` or `Report` at once if none can be sent | `Answered` with the ticket |
//! | `Answered`, `Wake` | further `Ask`; at the end `Save` or `Report` | `Answered`; `Saved`; `Report` has no answer |
//! | `Saved` | `Report` | |
//! | `Exchange` | one `Call` at a time; at the end `Keep` if records were added | `Called` with the number |
//! | `Hinted`, after which `Engine::next_exchange` may be earlier | | |
//!
//! `Decided`, `Share`, `Fleet` and `Dropped` may come with any event and need no answer. A host may send `Answered` in any order, and the events of
//! an exchange between those of a refresh. An effect that it cannot carry out is answered with the error. Only `Saved` has no deadline in the engine:
//! a request without an answer ends by `Wake`, an exchange by the next one, and items that were not refreshed are returned again by the next tick.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};

use super::fleet::{FleetEvent, Hint, Purpose, StoreCall, StoreReply};
use super::{Item, Report, StoreError};
use crate::fetch::{FetchError, Number};
use crate::weather::CityId;

/// The present instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time by the clock, which may be wrong, and may be set.
    pub clock: DateTime<Utc>,
    /// The time since some start, which never goes back: deadlines count by it.
    pub passed: Duration,
}

/// An event for an engine.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A schedule begins: from now on a [`Tick`](Self::Tick) returns the items that are due. They follow from the records that are known, so that a
    /// restart sends no extra request.
    Start,
    /// Time has passed. To be sent at least twice a minute while no refresh is under way, because a clock may be set and a machine may sleep, which
    /// the engine learns from a tick.
    Tick,
    /// Items are to be refreshed within `time`, which is limited to a day. A refresh that is under way is given up: it makes no report, and answers
    /// to its requests are dropped.
    Refresh {
        /// The items, such as those of [`Effect::Due`].
        items: Vec<Item>,
        /// The time in which the whole refresh ends.
        time: Duration,
        /// Whether to spend only a quarter of each budget, because other servers do the same.
        is_sparing: bool,
    },
    /// The outcome of a request.
    Answered {
        /// The ticket of the request.
        ticket: Ticket,
        /// The response, or the reason why none came.
        received: Result<Response<Bytes>, FetchError>,
    },
    /// The instant of [`Engine::wake`](super::Engine::wake) has come.
    Wake,
    /// The outcome of [`Effect::Save`].
    Saved(Result<(), StoreError>),
    /// An exchange with the shared store begins: [`Effect::Call`] follows, until it ends. An exchange that is under way is given up. Without a
    /// shared store it has no effect.
    Exchange(Purpose),
    /// The outcome of [`Effect::Call`].
    Called {
        /// The number of the call.
        number: u64,
        /// The reply of the store.
        reply: Result<StoreReply, StoreError>,
    },
    /// The outcome of waiting for a [notification](crate::ticker::shared::SharedStore::hint).
    Hinted(Result<Hint, StoreError>),
}

/// An action of the host of an engine.
///
/// `Debug` prints only the host of a request, because an address may contain a key.
#[non_exhaustive]
pub enum Effect {
    /// Send a request, and answer with [`Event::Answered`]: [`FetchError::late`] if there is no response within `time`.
    Ask {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The request, without a body.
        request: Request<()>,
        /// After this time the response is not waited for any longer.
        time: Duration,
    },
    /// Write [`Engine::take_unwritten`](super::Engine::take_unwritten) to the store within `time`, and answer with [`Event::Saved`]. If that fails or
    /// takes longer, call [`Engine::not_written`](super::Engine::not_written) and answer with the error: without an answer the refresh does not end.
    Save {
        /// The time for writing.
        time: Duration,
    },
    /// Items are due: answer with [`Event::Refresh`]. It does not come while a refresh is under way.
    Due {
        /// The items.
        items: Vec<Item>,
        /// Whether to spend only a quarter of each budget, because other servers do the same.
        is_sparing: bool,
    },
    /// Items may be due for a server of a fleet: answer with [`Event::Exchange`] for [`Purpose::Admit`].
    Admit,
    /// Call the shared store, and answer with [`Event::Called`]: with an error if it does not reply within `time`.
    Call {
        /// Comes back with the reply.
        number: u64,
        /// The call.
        call: StoreCall,
        /// After this time the reply is not waited for any longer.
        time: Duration,
    },
    /// An exchange has added records: write [`Engine::take_unwritten`](super::Engine::take_unwritten) to the server's own store. If that fails, call
    /// [`Engine::not_written`](super::Engine::not_written).
    Keep,
    /// A refresh has ended.
    Report(Report),
    /// The guard has decided something without a refresh.
    Decided(Report),
    /// There are records that other servers may need: the next exchange is due at once.
    Share,
    /// How this server stands with its fleet has changed.
    Fleet(FleetEvent),
    /// The stored weather of a city was dropped, because it is not plausible.
    Dropped {
        /// The city.
        city: CityId,
        /// The reason.
        reason: String,
    },
}

/// The number of a request. It is unique for as long as the engine lives, and after a reload: an answer finds its refresh, its errand and its source
/// by it, or is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The count of refreshes when it was sent.
    pub(super) refresh: u64,
    /// The place of its errand within the refresh.
    pub(super) errand: usize,
    /// Its place within the errand's search.
    pub(super) number: Number,
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask {
                ticket,
                request,
                time,
            } => f
                .debug_struct("Ask")
                .field("ticket", ticket)
                .field("host", &request.uri().host())
                .field("time", time)
                .finish_non_exhaustive(),
            Self::Save { time } => f.debug_struct("Save").field("time", time).finish(),
            Self::Due { items, is_sparing } => f
                .debug_struct("Due")
                .field("items", items)
                .field("is_sparing", is_sparing)
                .finish(),
            Self::Admit => f.write_str("Admit"),
            Self::Call { number, call, time } => f
                .debug_struct("Call")
                .field("number", number)
                .field("call", call)
                .field("time", time)
                .finish(),
            Self::Keep => f.write_str("Keep"),
            Self::Report(report) => f.debug_tuple("Report").field(report).finish(),
            Self::Decided(report) => f.debug_tuple("Decided").field(report).finish(),
            Self::Share => f.write_str("Share"),
            Self::Fleet(event) => f.debug_tuple("Fleet").field(event).finish(),
            Self::Dropped { city, reason } => f
                .debug_struct("Dropped")
                .field("city", city)
                .field("reason", reason)
                .finish(),
        }
    }
}
