//! The primitives of what threads share, in one place: `tests/interleavings.rs` compiles the users with others, which try many orders of their
//! steps.

pub(super) use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

pub(super) use arc_swap::ArcSwapOption;
