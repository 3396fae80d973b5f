//! Pages that are made again after a change.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shuttle::sync::atomic::AtomicUsize as SharedCount;
use shuttle::thread;

use super::slot::{Age, Slot};

const READERS: usize = 3;
const CHANGES: usize = 2;

/// Readers that got the page of an earlier state, while another one made the next or the state changed.
static GOT_THE_PREVIOUS: AtomicUsize = AtomicUsize::new(0);

/// The state that is published, its page, and how often the page of each state was made.
struct Site {
    published: SharedCount,
    page: Slot<usize>,
    made: Vec<SharedCount>,
}

impl Site {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            published: SharedCount::new(0),
            page: Slot::default(),
            made: (0..=CHANGES).map(|_| SharedCount::new(0)).collect(),
        })
    }

    fn published(&self) -> usize {
        self.published.load(Ordering::SeqCst)
    }

    /// Reads the page. Returns the state that it shows.
    fn read(&self) -> usize {
        self.page.with(
            |shown| match self.published() - shown {
                0 => Age::Current,
                1 => Age::Recent,
                _ => Age::Old,
            },
            |before| {
                // The state is loaded under the lock, as the crate does.
                let state = self.published();
                assert!(
                    before.is_none_or(|before| **before <= state),
                    "back to {state}"
                );
                self.made[state].fetch_add(1, Ordering::SeqCst);
                Arc::new(state)
            },
            |shown| *shown,
        )
    }

    fn made(&self) -> Vec<usize> {
        self.made
            .iter()
            .map(|made| made.load(Ordering::SeqCst))
            .collect()
    }
}

/// No reader goes back to an earlier state, the page of a state is made once, and the last reader gets the last state.
pub(crate) fn readers_during_changes() {
    let site = Site::new();
    site.read();
    let reader = |site: Arc<Site>| {
        move || {
            let before = site.published();
            let (first, second) = (site.read(), site.read());
            assert!(first <= second, "from {first} back to {second}");
            assert!(before <= first + 1, "{first} was old at {before}");
            if first < before {
                GOT_THE_PREVIOUS.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let readers: Vec<_> = (0..READERS)
        .map(|_| thread::spawn(reader(site.clone())))
        .collect();
    for _ in 0..CHANGES {
        site.published.fetch_add(1, Ordering::SeqCst);
    }
    for reader in readers {
        reader.join().unwrap();
    }
    assert_eq!(site.read(), CHANGES);
    assert!(
        site.made().iter().all(|made| *made <= 1),
        "made {:?}",
        site.made()
    );
}

/// One of the first readers makes the page, and the others wait for it.
pub(crate) fn first_readers() {
    let site = Site::new();
    let read = |site: Arc<Site>| move || site.read();
    let readers: Vec<_> = (0..READERS)
        .map(|_| thread::spawn(read(site.clone())))
        .collect();
    for reader in readers {
        assert_eq!(reader.join().unwrap(), 0);
    }
    assert_eq!(site.made()[0], 1);
}

pub(crate) fn reached() {
    crate::reached(
        "a reader got the page of an earlier state",
        &GOT_THE_PREVIOUS,
    );
}
