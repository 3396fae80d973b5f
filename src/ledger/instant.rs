//! The instants of records, and by how much clocks may differ.
//!
//! An instant of a record is in UTC, in milliseconds, and in the years 1900 to 2200. Two limits say how far ahead it may be:
//!
//! | limit | | at 12:00 by this server's clock |
//! |---|---|---|
//! | `TOLERANCE`, 5 minutes | between a clock and the right time: for a record that comes in from a file or a store | 12:05 is taken, 12:06 is set aside |
//! | `TWO_CLOCKS`, 10 minutes | between two such clocks: for a record of the ledger in a query | 12:10 is shown and judged, 12:11 waits |

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::day;

/// The largest difference between clocks at which an instant in the future is still accepted.
pub(crate) const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// The largest difference between two right clocks: each of them may be off by [`TOLERANCE`]. A record of another server can be as far ahead.
pub(crate) const TWO_CLOCKS: TimeDelta = TimeDelta::minutes(10);

/// Returns whether an instant of a record has come, with [`TWO_CLOCKS`] of tolerance. A record of a later instant, which only a wrong clock can have
/// made, is left out of every query until then.
pub(super) fn has_come(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at <= now + TWO_CLOCKS
}

/// The longest day of any zone, on which the clocks go back.
pub(super) const LONGEST_DAY: TimeDelta = TimeDelta::hours(25);

/// An instant of a record: within the range of instants, in milliseconds.
pub(super) fn instant(at: DateTime<Utc>) -> DateTime<Utc> {
    day::clamp(at).trunc_subsecs(3)
}

/// Returns whether both are instants of a record, in their order.
pub(super) fn are_instants(first: DateTime<Utc>, last: DateTime<Utc>) -> bool {
    first <= last && [first, last].into_iter().all(|at| instant(at) == at)
}
