//! Event streams: each subscriber gets the latest fragment, never a queue of them.
//!
//! ```text
//! retry: 7214                     first, alone: how long a client waits before it connects again, 3 to 10 s, random
//!
//! id: 6Jm0kW…                     the fragment, unless the client's `Last-Event-ID` is this id
//! data: <section class="masthead" …
//!
//! :                               after 25 s of silence, for proxies
//! ```
//!
//! The id is a digest of the text, so that a client that reconnects, to this server or another one, gets nothing that it has. A stream wakes at each
//! change of the snapshot and after each silence, takes the current page, and compares ids: a change of other languages or items sends nothing, and
//! an age in words is found at the silence. Between two wakes it holds no bytes, so that a slow client costs no more than a fast one.

use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use futures_util::stream::unfold;
use http::HeaderValue;
use tokio::time::Instant;

use super::Shared;
use super::page::Page;
use super::route::Format;
use super::subscribers::Subscription;
use crate::strip::Lang;
use crate::ticker::Changes;

/// The longest silence. Proxies begin to close silent connections after 30 s. Ages in words are compared at this interval too.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// The duration of a stream in seconds, so that connections do not pile up on one of several servers. Random within the range, so
/// that streams opened together do not end together.
const LIFETIME: Range<u64> = 20 * 60..40 * 60;

/// The event stream of one subscriber.
pub(super) struct Events(Pin<Box<dyn Stream<Item = Bytes> + Send + Sync>>);

/// The state of one stream.
struct Subscriber {
    shared: Arc<Shared>,
    lang: Lang,
    changes: Changes,
    /// The id of the event that the client has.
    seen: Option<HeaderValue>,
    /// Whether `retry` has been sent.
    began: bool,
    ends: Instant,
    /// Counts the stream until it is dropped.
    _subscription: Subscription,
}

impl Events {
    /// A stream in `lang`. `seen` is the client's `Last-Event-ID`.
    pub(super) fn new(
        shared: Arc<Shared>,
        lang: Lang,
        subscription: Subscription,
        seen: Option<&HeaderValue>,
    ) -> Self {
        let subscriber = Subscriber {
            changes: shared.settings.ticker.changes(),
            shared,
            lang,
            seen: seen.cloned(),
            began: false,
            ends: Instant::now() + Duration::from_secs(fastrand::u64(LIFETIME)),
            _subscription: subscription,
        };
        Self(Box::pin(unfold(subscriber, |mut subscriber| async {
            let bytes = subscriber.next().await?;
            Some((bytes, subscriber))
        })))
    }

    /// Polls for the next bytes; `None` ends the stream.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.0.as_mut().poll_next(context)
    }
}

impl Subscriber {
    /// Waits for the next bytes: `retry` first, then events and comments. Returns `None` at the end of the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.began {
            // A chunk of its own, so that all subscribers share the bytes of the event.
            self.began = true;
            return Some(retry(3_000..10_000));
        }
        let heartbeat = Instant::now() + HEARTBEAT;
        loop {
            let event = self.unseen_event();
            if event.is_some() {
                return event;
            }
            tokio::select! {
                // The change may not concern this page, or may have been sent already.
                changed = self.changes.changed() => changed?,
                () = tokio::time::sleep_until(heartbeat) => {
                    return Some(self.unseen_event().unwrap_or(Bytes::from_static(b":\n\n")));
                }
                () = tokio::time::sleep_until(self.ends) => return None,
            }
        }
    }

    /// Returns the current fragment as an event, or `None` if the client has it.
    fn unseen_event(&mut self) -> Option<Bytes> {
        let seen = &mut self.seen;
        let pages = &self.shared.pages;
        pages.with(self.lang, Format::Html, |page| {
            if seen.as_ref() == Some(&page.event_id) {
                return None;
            }
            *seen = Some(page.event_id.clone());
            Some(page.event.clone())
        })?
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// Returns the event of a page as a complete body, after which the client returns in 60 to 90 s.
pub(super) fn poll(page: &Page) -> Bytes {
    let mut bytes = BytesMut::from(retry(60_000..90_000));
    bytes.extend_from_slice(&page.event);
    bytes.freeze()
}

/// The field that sets when a disconnected client reconnects. Random within the range, so that not all do so at once.
fn retry(milliseconds: Range<u32>) -> Bytes {
    Bytes::from(format!("retry: {}\n", fastrand::u32(milliseconds)))
}
