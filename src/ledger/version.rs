//! The only definition of "newer".
//!
//! # A correction, and its return
//!
//! The bank's feed of the day answers with the list A at 09:00, with B at 11:00 (a slip), and with A again at 13:00. These are three sightings: A
//! from 09:00 to 10:00, B from 11:00 to 12:00, A from 13:00 on. At noon B is the newest, because 11:00 is later than 09:00; from 13:00 on it is A, by
//! its third sighting.
//!
//! A second server that received nothing between 09:00 and 13:00 has one sighting of A, from 09:00 to 13:00. In the union of both its A would be
//! older than B. Therefore `Sighting::version_after` counts an answer that was seen again after the last sight of another answer of the same feed as
//! first seen a millisecond after that: the second server's A has the version of 12:00:00.001.
//!
//! # Two feeds
//!
//! | sighting | version | newest |
//! |---|---|---|
//! | the bank's feed of the day, 09:00 | own, 09:00, of day | |
//! | the bank's newest publication, 09:00, other figures | own, 09:00, newest | the feed of the day: both were read at one instant, and it is made for the day |
//! | the same, 09:30 | own, 09:30, newest | this one |
//! | a copy of another party, 14:00 | computed, 14:00 | the bank's own, whenever it was read |

use chrono::{DateTime, Utc};

use super::{Feed, RecordId};

/// The version of a publication among those of one bank and day. The greater one is the newer.
///
/// The bank's own publication comes before another party's copy, whenever either was read. Then the later first sight decides, so
/// that a correction replaces what it corrects, also one that is taken back. Two feeds of the bank that differ and were read at the
/// same instant are decided by the feed that is made for a day, and last by the id, so that two different publications never compare
/// equal.
///
/// Its last sight is no part of it: a repetition makes a publication fresher, not newer. A publication that comes back after another one
/// counts as first seen after the last sight of that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    is_authoritative: bool,
    first: DateTime<Utc>,
    is_of_day: bool,
    id: RecordId,
}

impl Version {
    pub(super) fn new(
        is_authoritative: bool,
        first: DateTime<Utc>,
        feed: Feed,
        id: RecordId,
    ) -> Self {
        Self {
            is_authoritative,
            first,
            is_of_day: feed == Feed::OfDay,
            id,
        }
    }

    /// Whether the publication is the bank's own.
    pub(super) const fn is_authoritative(&self) -> bool {
        self.is_authoritative
    }

    /// The first sight, or the instant after the last sight of another publication in between, if this one was seen again after that.
    pub(super) const fn first(&self) -> DateTime<Utc> {
        self.first
    }
}

/// The version of a forecast among those of one service for one city. The greater one is the newer.
///
/// The later computation of the service decides, then the later first sight, then the id. A forecast without a stated computation
/// counts as computed when it was first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForecastVersion {
    issued: DateTime<Utc>,
    first: DateTime<Utc>,
    id: RecordId,
}

impl ForecastVersion {
    pub(super) fn new(stated: Option<DateTime<Utc>>, first: DateTime<Utc>, id: RecordId) -> Self {
        Self {
            issued: stated.unwrap_or(first),
            first,
            id,
        }
    }
}
