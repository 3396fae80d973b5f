//! Many servers, one polite client: what one of them fetched is shown by all.

mod order;
mod store;

pub use order::{Node, Order, ParseFleetError, Topic};
#[cfg(feature = "redis")]
pub(in crate::ticker) use store::SCHEMA;
pub use store::{Ask, Hint, Kept, Lease, Leases, Part, Put, SharedStore, Wanted, Wish};
