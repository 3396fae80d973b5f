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

    /// The first sight, counted after the last sight of another publication in between.
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
