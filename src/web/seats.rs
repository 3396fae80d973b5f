//! How many readers of events there are.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The readers of events, in all and by address.
#[derive(Debug)]
pub(super) struct Seats {
    all: usize,
    per_address: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A reader's place, given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    address: Option<IpAddr>,
}

impl Seats {
    pub(super) fn new(all: usize, per_address: usize) -> Self {
        Self {
            all,
            per_address,
            taken: Mutex::default(),
        }
    }

    /// A place, where there is one. Who has no address counts among all alone.
    pub(super) fn take(seats: &Arc<Self>, address: Option<IpAddr>) -> Option<Seat> {
        let address = address.map(network);
        let mut taken = seats.taken();
        if taken.all >= seats.all {
            return None;
        }
        if let Some(address) = address {
            let here = taken.by_address.entry(address).or_default();
            if *here >= seats.per_address {
                return None;
            }
            *here += 1;
        }
        taken.all += 1;
        drop(taken);
        Some(Seat {
            seats: seats.clone(),
            address,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        taken.all -= 1;
        let Some(address) = self.address else { return };
        if let Some(here) = taken.by_address.get_mut(&address) {
            *here -= 1;
            if *here == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

/// What counts as one address: of IPv6 the network that one customer is given, 64 bits.
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

    use super::Seats;

    #[test]
    fn a_place_is_taken_once_and_given_back() {
        let seats = Arc::new(Seats::new(3, 2));
        let at = |address: &str| Seats::take(&seats, Some(address.parse().unwrap()));
        let first = at("192.0.2.1").unwrap();
        let second = at("::ffff:192.0.2.1").unwrap();
        assert!(
            at("192.0.2.1").is_none(),
            "two from one address, however written"
        );
        let third = at("2001:db8::1").unwrap();
        assert!(
            at("2001:db9::1").is_none() && Seats::take(&seats, None).is_none(),
            "three in all"
        );
        drop((first, second, third));
        let taken = seats.taken();
        assert_eq!((taken.all, taken.by_address.len()), (0, 0));
    }

    #[test]
    fn a_network_of_one_customer_is_one_address() {
        let seats = Arc::new(Seats::new(9, 1));
        let at = |address: &str| Seats::take(&seats, Some(address.parse().unwrap()));
        let _seat = at("2001:db8:0:1::1").unwrap();
        assert!(at("2001:db8:0:1:ffff::2").is_none());
        assert!(at("2001:db8:0:2::1").is_some());
    }

    #[test]
    fn without_an_address_all_are_counted() {
        let seats = Arc::new(Seats::new(1, 0));
        let seat = Seats::take(&seats, None);
        assert!(seat.is_some() && Seats::take(&seats, None).is_none());
        drop(seat);
        assert!(Seats::take(&seats, None).is_some());
    }
}
