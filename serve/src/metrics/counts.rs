//! The counts of a listener.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use http::StatusCode;

use super::route::{ROUTES, Route};

/// A listener of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListenerKind {
    Strip,
    Articles,
    Metrics,
}

/// The requests, the open connections and the open event streams of a listener.
///
/// A request is one atomic addition. Each thread adds to a copy of its own, so that the cores do not wait for each other's cache lines.
#[derive(Debug)]
pub(crate) struct Counts {
    copies: [Requests; COPIES],
    connections: AtomicUsize,
    streams: AtomicUsize,
}

/// As many threads as add without sharing.
const COPIES: usize = 16;

/// The requests by route and status.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Requests([[AtomicU64; CODES.len() + 1]; ROUTES.len()]);

/// The statuses of this server's responses, the frequent ones first. Others have one count together.
const CODES: [(u16, &str); 12] = [
    (200, "200"),
    (304, "304"),
    (400, "400"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (406, "406"),
    (408, "408"),
    (413, "413"),
    (415, "415"),
    (500, "500"),
    (503, "503"),
];
const OTHER: &str = "other";

thread_local! {
    /// The copy of this thread.
    static COPY: Cell<usize> = Cell::new(NEXT.fetch_add(1, Ordering::Relaxed) % COPIES);
}
static NEXT: AtomicUsize = AtomicUsize::new(0);

impl Counts {
    pub(super) fn new() -> Self {
        Self {
            copies: std::array::from_fn(|_| Requests::default()),
            connections: AtomicUsize::new(0),
            streams: AtomicUsize::new(0),
        }
    }

    /// Counts a request.
    pub(crate) fn request(&self, route: Route, status: StatusCode) {
        let copy = COPY.try_with(Cell::get).unwrap_or_default();
        let count = self.copies.get(copy).and_then(|copy| {
            let of_route = copy.0.get(route as usize)?;
            let code = CODES.iter().position(|(code, _)| *code == status.as_u16());
            of_route.get(code.unwrap_or(CODES.len()))
        });
        if let Some(count) = count {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Iterates over the counts of requests by route and status, without those that are zero.
    pub(super) fn requests(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> + '_ {
        ROUTES.into_iter().enumerate().flat_map(move |(at, route)| {
            let names = CODES.iter().map(|(_, name)| *name).chain([OTHER]);
            names.enumerate().filter_map(move |(code, name)| {
                let of_copy = |copy: &Requests| {
                    let count = copy.0.get(at)?.get(code)?;
                    Some(count.load(Ordering::Relaxed))
                };
                let sum: u64 = self.copies.iter().filter_map(of_copy).sum();
                (sum > 0).then(|| (route.name(), name, sum))
            })
        })
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub(super) fn streams(&self) -> usize {
        self.streams.load(Ordering::Relaxed)
    }
}

/// A connection or an event stream, which no longer counts once dropped.
pub(crate) struct Open {
    counts: Arc<Counts>,
    of: fn(&Counts) -> &AtomicUsize,
}

impl Open {
    pub(crate) fn connection(counts: &Arc<Counts>) -> Self {
        Self::new(counts, |counts| &counts.connections)
    }

    pub(crate) fn stream(counts: &Arc<Counts>) -> Self {
        Self::new(counts, |counts| &counts.streams)
    }

    fn new(counts: &Arc<Counts>, of: fn(&Counts) -> &AtomicUsize) -> Self {
        of(counts).fetch_add(1, Ordering::Relaxed);
        let counts = Arc::clone(counts);
        Self { counts, of }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        (self.of)(&self.counts).fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_all_threads_are_summed() {
        let counts = Counts::new();
        std::thread::scope(|scope| {
            for _ in 0..2 * COPIES {
                scope.spawn(|| {
                    for _ in 0..100 {
                        counts.request(Route::Html, StatusCode::OK);
                    }
                    counts.request(Route::Html, StatusCode::NOT_MODIFIED);
                    counts.request(Route::None, StatusCode::IM_A_TEAPOT);
                });
            }
        });
        let threads = u64::try_from(2 * COPIES).unwrap();
        let counted: Vec<_> = counts.requests().collect();
        let expected = [
            ("html", "200", 100 * threads),
            ("html", "304", threads),
            ("none", "other", threads),
        ];
        assert_eq!(counted, expected);
    }

    #[test]
    fn a_dropped_connection_no_longer_counts() {
        let counts = Arc::new(Counts::new());
        let first = Open::connection(&counts);
        let (second, stream) = (Open::connection(&counts), Open::stream(&counts));
        assert_eq!((counts.connections(), counts.streams()), (2, 1));
        drop((first, stream));
        assert_eq!((counts.connections(), counts.streams()), (1, 0));
        drop(second);
        assert_eq!(counts.connections(), 0);
    }
}
