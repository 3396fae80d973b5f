//! The published snapshot: one atomic pointer, and a counter of its changes.
//!
//! A page view loads the pointer and counts nothing up, so that readers on many cores do not contend ([`ArcSwap`]). The counter is a channel that
//! keeps its last value: a listener that sleeps through ten changes wakes once. It is increased after the pointer is stored, so that a listener never
//! loads the snapshot of before.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use tokio::sync::watch;

use crate::snapshot::Snapshot;

/// The published snapshot: any number of readers without waiting, one writer at a time.
pub(super) struct Cell {
    published: ArcSwap<Snapshot>,
    generation: watch::Sender<u64>,
}

impl Cell {
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Self {
        let (generation, _) = watch::channel(0);
        Self {
            published: ArcSwap::new(snapshot),
            generation,
        }
    }

    pub(super) fn load(&self) -> Current {
        Current(self.published.load())
    }

    /// Publishes a snapshot and notifies the listeners. One caller at a time: the lock of what the snapshot is made of.
    pub(super) fn publish(&self, snapshot: Arc<Snapshot>) {
        self.published.store(snapshot);
        self.generation.send_modify(|generation| *generation += 1);
    }

    pub(super) fn changes(&self) -> Changes {
        Changes(self.generation.subscribe())
    }
}

/// The published snapshot at the time of the call, from [`Ticker::snapshot`](crate::Ticker::snapshot); it dereferences to
/// [`Snapshot`](crate::Snapshot).
///
/// Taking one costs a few nanoseconds and does not slow down with more readers. Hold it for one page only; use [`to_arc`](Self::to_arc) to keep it
/// longer.
///
/// ```
/// # use masthead::{Snapshot, Ticker};
/// # let ticker = Ticker::builder("docs").build().unwrap();
/// let snapshot = ticker.snapshot();
/// let known: &Snapshot = &snapshot;
/// assert_eq!(known.cities().count(), 0);
/// ```
pub struct Current(Guard<Arc<Snapshot>>);

impl Current {
    /// A reference-counted handle to the same snapshot.
    ///
    /// ```
    /// use masthead::Ticker;
    ///
    /// let ticker = Ticker::builder("docs").build()?;
    /// // For a task that renders later, in the background.
    /// let snapshot = ticker.snapshot().to_arc();
    /// let rendered = std::thread::spawn(move || snapshot.cities().count());
    /// assert_eq!(rendered.join().unwrap(), 0);
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    #[must_use]
    pub fn to_arc(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0)
    }
}

impl Deref for Current {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.0
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Snapshot::fmt(self, f)
    }
}

/// A listener for changes of a ticker's snapshot. A slow listener misses intermediate changes, never the last.
///
/// ```no_run
/// # async fn listen(ticker: masthead::Ticker) {
/// let mut changes = ticker.changes();
/// while changes.changed().await.is_some() {
///     let snapshot = ticker.snapshot();
///     // Render it once for all readers.
///     # let _ = snapshot;
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Changes(watch::Receiver<u64>);

impl Changes {
    /// Waits for a change since the last call or since the listener was made. Returns `None` once the ticker is dropped.
    pub async fn changed(&mut self) -> Option<()> {
        self.0.changed().await.ok()
    }
}
