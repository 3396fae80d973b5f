//! The integration tests of `masthead`, as four test targets: `it`, `hostile`, `faults`, `redis`; and the [`contract`] of a shared store,
//! for the tests of any implementation.

#[cfg(feature = "ticker")]
pub mod contract;
