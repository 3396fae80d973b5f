//! The laws that fuzzing checks: one function for each target.
//!
//! A function panics if a law is broken. It returns whether the input was accepted, which a seed must be.

mod annotators;
mod answer;
mod decimal;
mod lines;
mod page;
mod prose_html;
mod prose_text;
mod rates;
mod shared;
mod state;
mod tags;
mod weather;

use std::sync::LazyLock;

pub use decimal::decimal;
pub use prose_html::prose_html;
pub use prose_text::prose_text;
pub use rates::rates;
pub use shared::shared;
pub use state::state;
pub use tags::tags;
pub use weather::weather;

static SEEDS_ALONE: LazyLock<bool> = LazyLock::new(|| std::env::var_os("MASTHEAD_SEEDS").is_some());

/// Checks one input. With the environment variable `MASTHEAD_SEEDS` a rejected input panics too: an outdated seed would otherwise
/// stay unnoticed.
pub fn check(laws: fn(&[u8]) -> bool, input: &[u8]) {
    let read = laws(input);
    assert!(read || !*SEEDS_ALONE, "the seed is refused");
}
