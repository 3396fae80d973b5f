//! A reader's stream of events: the latest fragment, never a queue of them.

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
use super::seats::Seat;
use crate::strip::Lang;
use crate::ticker::Changes;

/// A sign of life, below the half minute after which proxies begin to close a silent connection. Ages in words are looked at
/// then too.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// After how many seconds a reader comes back, so that connections do not pile up on one of many servers; by chance, so that
/// those who came together do not leave together.
const LIFETIME: Range<u64> = 20 * 60..40 * 60;

/// The events of one reader.
pub(super) struct Events(Pin<Box<dyn Stream<Item = Bytes> + Send + Sync>>);

struct Reader {
    shared: Arc<Shared>,
    lang: Lang,
    changes: Changes,
    /// What the reader has.
    seen: Option<HeaderValue>,
    began: bool,
    ends: Instant,
    _seat: Seat,
}

impl Events {
    /// Events for a reader who has `seen` one before.
    pub(super) fn new(
        shared: Arc<Shared>,
        lang: Lang,
        seat: Seat,
        seen: Option<&HeaderValue>,
    ) -> Self {
        let reader = Reader {
            changes: shared.settings.ticker.changes(),
            shared,
            lang,
            seen: seen.cloned(),
            began: false,
            ends: Instant::now() + Duration::from_secs(fastrand::u64(LIFETIME)),
            _seat: seat,
        };
        Self(Box::pin(unfold(reader, |mut reader| async {
            let bytes = reader.next().await?;
            Some((bytes, reader))
        })))
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.0.as_mut().poll_next(context)
    }
}

impl Reader {
    async fn next(&mut self) -> Option<Bytes> {
        if !self.began {
            // By itself, so that the event is the one all readers share.
            self.began = true;
            return Some(retry(3_000..10_000));
        }
        let heartbeat = Instant::now() + HEARTBEAT;
        loop {
            let news = self.news();
            if news.is_some() {
                return news;
            }
            tokio::select! {
                // It may have changed nothing of this page, or what was sent already.
                changed = self.changes.changed() => changed?,
                () = tokio::time::sleep_until(heartbeat) => {
                    return Some(self.news().unwrap_or(Bytes::from_static(b":\n\n")));
                }
                () = tokio::time::sleep_until(self.ends) => return None,
            }
        }
    }

    /// The fragment as it is now, where the reader has another.
    fn news(&mut self) -> Option<Bytes> {
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

/// The event of a page as a whole answer, after which the reader comes back in a minute.
pub(super) fn once(page: &Page) -> Bytes {
    let mut bytes = BytesMut::from(retry(60_000..90_000));
    bytes.extend_from_slice(&page.event);
    bytes.freeze()
}

/// After how many milliseconds a reader who was cut off comes back: by chance, so that not all do so at once.
fn retry(milliseconds: Range<u32>) -> Bytes {
    Bytes::from(format!("retry: {}\n", fastrand::u32(milliseconds)))
}
