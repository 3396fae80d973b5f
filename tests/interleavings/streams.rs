//! Event streams that open and close at once.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shuttle::sync::atomic::AtomicUsize as SharedCount;
use shuttle::thread;

use super::subscribers::Subscribers;

const ALL: usize = 2;
const PER_ADDRESS: usize = 1;

static REFUSED: AtomicUsize = AtomicUsize::new(0);
static TWO_AT_ONCE: AtomicUsize = AtomicUsize::new(0);

/// The limits hold at each step, and streams that were closed no longer count.
pub(crate) fn open_and_close() {
    let subscribers = Arc::new(Subscribers::new(ALL, PER_ADDRESS));
    let (all, here) = (Arc::new(SharedCount::new(0)), Arc::new(SharedCount::new(0)));
    let readers: Vec<_> = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"]
        .into_iter()
        .map(|address| {
            let (subscribers, all, here) = (subscribers.clone(), all.clone(), here.clone());
            thread::spawn(move || {
                let parsed: IpAddr = address.parse().unwrap();
                let Some(stream) = Subscribers::admit(&subscribers, Some(parsed)) else {
                    REFUSED.fetch_add(1, Ordering::Relaxed);
                    return;
                };
                let is_shared = address == "192.0.2.1";
                let open = all.fetch_add(1, Ordering::SeqCst) + 1;
                assert!(open <= ALL, "{open} streams");
                if open == ALL {
                    TWO_AT_ONCE.fetch_add(1, Ordering::Relaxed);
                }
                if is_shared {
                    let open = here.fetch_add(1, Ordering::SeqCst) + 1;
                    assert!(open <= PER_ADDRESS, "{open} streams from one address");
                    here.fetch_sub(1, Ordering::SeqCst);
                }
                all.fetch_sub(1, Ordering::SeqCst);
                drop(stream);
            })
        })
        .collect();
    for reader in readers {
        reader.join().unwrap();
    }
    // All places are free again.
    let streams = ["192.0.2.1", "192.0.2.2"]
        .map(|address| Subscribers::admit(&subscribers, address.parse().ok()));
    assert!(streams.iter().all(Option::is_some));
    assert!(Subscribers::admit(&subscribers, None).is_none());
}

pub(crate) fn reached() {
    crate::reached("a stream was refused", &REFUSED);
    crate::reached("as many streams as are permitted", &TWO_AT_ONCE);
}
