//! Limits the number of open event streams.
//!
//! A stream is counted by a value, [`Subscription`], and no longer when that is dropped: at its end, when the client has gone, when the host drops
//! the body. There is no count that could be forgotten.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use super::sync::{Mutex, MutexGuard, PoisonError};

/// Counts open event streams, in total and by address, against two limits.
#[derive(Debug)]
pub(super) struct Subscribers {
    all: usize,
    per_address: usize,
    open: Mutex<Open>,
}

/// The open streams. An address without streams has no entry.
#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One open stream, which no longer counts once dropped.
#[derive(Debug)]
pub(super) struct Subscription {
    subscribers: Arc<Subscribers>,
    address: Option<IpAddr>,
}

impl Subscribers {
    /// At most `all` streams, and `per_address` from one address.
    pub(super) fn new(all: usize, per_address: usize) -> Self {
        Self {
            all,
            per_address,
            open: Mutex::default(),
        }
    }

    /// Counts a new stream. Returns `None` if a limit is reached. A stream without an address counts towards the total alone.
    pub(super) fn admit(subscribers: &Arc<Self>, address: Option<IpAddr>) -> Option<Subscription> {
        let address = address.map(network);
        let mut open = subscribers.open();
        if open.all >= subscribers.all {
            return None;
        }
        if let Some(address) = address {
            let here = open.by_address.entry(address).or_default();
            if *here >= subscribers.per_address {
                return None;
            }
            *here += 1;
        }
        open.all += 1;
        drop(open);
        Some(Subscription {
            subscribers: subscribers.clone(),
            address,
        })
    }

    /// Locks the counts. They stay consistent after a panic, so a poisoned lock is used.
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut open = self.subscribers.open();
        open.all -= 1;
        let Some(address) = self.address else { return };
        if let Some(here) = open.by_address.get_mut(&address) {
            *here -= 1;
            if *here == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}

/// Returns the address that is counted: an IPv4 address, also one mapped into IPv6, or the /64 network of an IPv6 address, which is
/// what one customer of a provider gets.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Subscribers;

    #[test]
    fn a_dropped_stream_no_longer_counts() {
        let subscribers = Arc::new(Subscribers::new(3, 2));
        let at = |address: &str| Subscribers::admit(&subscribers, Some(address.parse().unwrap()));
        let first = at("192.0.2.1").unwrap();
        let second = at("::ffff:192.0.2.1").unwrap();
        assert!(
            at("192.0.2.1").is_none(),
            "two from one address, in either notation"
        );
        let third = at("2001:db8::1").unwrap();
        assert!(
            at("2001:db9::1").is_none() && Subscribers::admit(&subscribers, None).is_none(),
            "three in total"
        );
        drop((first, second, third));
        let open = subscribers.open();
        assert_eq!((open.all, open.by_address.len()), (0, 0));
    }

    #[test]
    fn an_ipv6_network_of_64_bits_counts_as_one_address() {
        let subscribers = Arc::new(Subscribers::new(9, 1));
        let at = |address: &str| Subscribers::admit(&subscribers, Some(address.parse().unwrap()));
        let _first = at("2001:db8:0:1::1").unwrap();
        assert!(at("2001:db8:0:1:ffff::2").is_none());
        assert!(at("2001:db8:0:2::1").is_some());
    }

    #[test]
    fn a_stream_without_an_address_counts_towards_the_total() {
        let subscribers = Arc::new(Subscribers::new(1, 0));
        let first = Subscribers::admit(&subscribers, None);
        assert!(first.is_some() && Subscribers::admit(&subscribers, None).is_none());
        drop(first);
        assert!(Subscribers::admit(&subscribers, None).is_some());
    }
}
