//! The laws that fuzzing checks, one function a target.
//!
//! A law that is broken panics. What comes back is whether the input was read at all: a seed must be.

mod answer;
mod decimal;
mod page;
mod rates;
mod shared;
mod state;
mod tags;
mod weather;

use std::sync::LazyLock;

pub use decimal::decimal;
pub use rates::rates;
pub use shared::shared;
pub use state::state;
pub use tags::tags;
pub use weather::weather;

static SEEDS_ALONE: LazyLock<bool> = LazyLock::new(|| std::env::var_os("MASTHEAD_SEEDS").is_some());

/// One input under the laws of a target. Where the environment says that the inputs are the seeds, one that is refused is a
/// finding: a seed that rots teaches nothing, in silence.
pub fn check(laws: fn(&[u8]) -> bool, input: &[u8]) {
    let read = laws(input);
    assert!(read || !*SEEDS_ALONE, "the seed is refused");
}
