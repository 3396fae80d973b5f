use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, SubsecRound as _, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Approval, BankId, Forecast, RecordId, Version};
use crate::day;
use crate::money::{Method, Rates};
use crate::provenance::SourceId;

/// The largest difference between clocks at which an instant in the future is still accepted.
pub(crate) const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// The largest difference between two right clocks: each of them may be off by [`TOLERANCE`]. A record of another server can be as far ahead.
pub(crate) const TWO_CLOCKS: TimeDelta = TimeDelta::minutes(10);

/// Returns whether an instant of a record has come: one of the future, which only a wrong clock can have made, counts once it has.
pub(super) fn has_come(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at <= now + TWO_CLOCKS
}

/// The longest day of any zone, on which the clocks go back.
pub(super) const LONGEST_DAY: TimeDelta = TimeDelta::hours(25);

/// A kind of feed of a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// The rates of the requested day.
    OfDay,
    /// The newest publication, which may be for a later day.
    Newest,
}

impl Feed {
    /// The name: `of_day` or `newest`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OfDay => "of_day",
            Self::Newest => "newest",
        }
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Feed {
    type Err = ParseFeedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::OfDay, Self::Newest]
            .into_iter()
            .find(|feed| feed.as_str() == text)
            .ok_or_else(|| ParseFeedError {
                text: text.chars().take(80).collect(),
            })
    }
}

/// The error of a text that is not a [`Feed`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid feed {text:?}: expected of_day or newest")]
pub struct ParseFeedError {
    text: String,
}

/// A record: what a feed of a bank answered from one instant to another.
///
/// An answer that repeats itself moves [`last`](Self::last) and makes no new record; another answer is another sighting, also when the
/// feed returns to an earlier one. Instants are in milliseconds.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::SourceId;
/// use masthead::ledger::{Feed, Sighting};
///
/// let at = Snapshot::SAMPLE_TIME;
/// let rates = Snapshot::sample().rates(at).unwrap().value().clone();
/// let sighting = Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, at);
/// assert_eq!((sighting.first(), sighting.last()), (at, at));
/// assert!(sighting.rates().is_some());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    bank: BankId,
    source: SourceId,
    feed: Feed,
    asked: NaiveDate,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    answer: Option<(RecordId, Arc<Rates>)>,
}

/// The key that distinguishes a sighting from the others of its bank and day, in the order in which bounds keep them.
pub(super) type SightingKey<'a> = (DateTime<Utc>, Option<RecordId>, &'a SourceId, Feed);

impl Sighting {
    /// A sighting at one instant: `source` is that of the rates. `asked` is the day that the request was for.
    #[must_use]
    pub fn of_rates(
        bank: BankId,
        feed: Feed,
        asked: NaiveDate,
        rates: Rates,
        at: DateTime<Utc>,
    ) -> Self {
        // Marks are made from what is known when a page is rendered.
        let rates = rates.with_unconfirmed([]);
        let id = RecordId::of_rates(&rates);
        let source = rates.publication().source.clone();
        let answer = Some((id, Arc::new(rates)));
        Self::new(bank, source, feed, asked, at, answer)
    }

    /// A sighting of "no data": the source answered that it has no rates for the day.
    #[must_use]
    pub fn of_no_data(
        bank: BankId,
        source: SourceId,
        feed: Feed,
        asked: NaiveDate,
        at: DateTime<Utc>,
    ) -> Self {
        Self::new(bank, source, feed, asked, at, None)
    }

    fn new(
        bank: BankId,
        source: SourceId,
        feed: Feed,
        asked: NaiveDate,
        at: DateTime<Utc>,
        answer: Option<(RecordId, Arc<Rates>)>,
    ) -> Self {
        let at = instant(at);
        Self {
            bank,
            source,
            feed,
            asked,
            first: at,
            last: at,
            answer,
        }
    }

    /// A sighting as it was written down. Returns `None` if its instants are not those of a record, or if its source is not that of
    /// the rates.
    pub(super) fn restored(
        bank: BankId,
        source: SourceId,
        (feed, asked): (Feed, NaiveDate),
        (first, last): (DateTime<Utc>, DateTime<Utc>),
        answer: Option<(RecordId, Arc<Rates>)>,
    ) -> Option<Self> {
        let is_of_source = answer
            .as_ref()
            .is_none_or(|(_, rates)| rates.publication().source == source);
        let is_valid = are_instants(first, last) && is_of_source;
        is_valid.then(|| Self::new(bank, source, feed, asked, first, answer).until(last))
    }

    /// Sets the last instant at which the feed answered so. An instant before [`first`](Self::first) has no effect.
    #[must_use]
    pub fn until(mut self, last: DateTime<Utc>) -> Self {
        let last = instant(last);
        if last >= self.first {
            self.last = last;
        }
        self
    }

    /// The bank whose rates these are.
    #[must_use]
    pub const fn bank(&self) -> &BankId {
        &self.bank
    }

    /// The source that answered.
    #[must_use]
    pub const fn source(&self) -> &SourceId {
        &self.source
    }

    /// The feed of the source.
    #[must_use]
    pub const fn feed(&self) -> Feed {
        self.feed
    }

    /// The requested day.
    #[must_use]
    pub const fn asked(&self) -> NaiveDate {
        self.asked
    }

    /// The first instant at which the feed answered so.
    #[must_use]
    pub const fn first(&self) -> DateTime<Utc> {
        self.first
    }

    /// The last instant at which the feed answered so.
    #[must_use]
    pub const fn last(&self) -> DateTime<Utc> {
        self.last
    }

    /// The publication. Returns `None` for "no data".
    #[must_use]
    pub fn rates(&self) -> Option<&Arc<Rates>> {
        self.answer.as_ref().map(|(_, rates)| rates)
    }

    /// The id of the publication. Returns `None` for "no data".
    #[must_use]
    pub fn id(&self) -> Option<RecordId> {
        self.answer.as_ref().map(|(id, _)| *id)
    }

    /// The version of the publication by this sighting. Returns `None` for "no data".
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        let (id, rates) = self.answer.as_ref()?;
        let is_authoritative = rates.publication().method == Method::Published;
        Some(Version::new(is_authoritative, self.first, self.feed, *id))
    }

    /// The version among the sightings of several servers. If this answer was seen again after another answer of the same feed, it came back
    /// after that one.
    pub(super) fn version_after<'a>(
        &self,
        others: impl Iterator<Item = &'a Self>,
    ) -> Option<Version> {
        let is_before = |other: &&Self| {
            let is_of_feed =
                (&other.source, other.feed, other.asked) == (&self.source, self.feed, self.asked);
            is_of_feed && other.id() != self.id() && other.last < self.last
        };
        let before = others.filter(is_before).map(|other| other.last).max();
        let back = before.map(|last| last + TimeDelta::milliseconds(1));
        let (id, rates) = self.answer.as_ref()?;
        let is_authoritative = rates.publication().method == Method::Published;
        let first = back.map_or(self.first, |back| back.max(self.first));
        Some(Version::new(is_authoritative, first, self.feed, *id))
    }

    /// Returns whether a right clock can have made the record: its instants are at most five minutes after `now`, and its publication
    /// is at most `days_ahead` days ahead of the day of its first sight, as is the requested day.
    #[must_use]
    pub fn is_possible(&self, now: DateTime<Utc>, days_ahead: u16) -> bool {
        let zone = self.rates().map_or(chrono_tz::UTC, |rates| rates.zone());
        let seen = day::of(self.first, zone);
        let ahead = TimeDelta::days(i64::from(days_ahead) + 1);
        let is_near = |day: NaiveDate| day.signed_duration_since(seen) <= ahead;
        self.last <= day::clamp(now) + TOLERANCE
            && is_near(self.asked)
            && self.rates().is_none_or(|rates| is_near(rates.day()))
    }

    /// Sets the bank, for rates of an earlier version's state, which named only their source.
    #[cfg(feature = "ticker")]
    pub(crate) fn of_bank(self, bank: BankId) -> Self {
        Self { bank, ..self }
    }

    pub(super) fn key(&self) -> SightingKey<'_> {
        (self.first, self.id(), &self.source, self.feed)
    }

    /// Takes over the later last instant and the longer pause of the same sighting. Returns whether something changed.
    pub(super) fn extend(&mut self, other: &Self) -> bool {
        let mut has_changed = other.last > self.last;
        self.last = self.last.max(other.last);
        if let (Some((_, own)), Some((_, other))) = (&mut self.answer, &other.answer)
            && own.longest_pause() < other.longest_pause()
        {
            // The pause is no part of the identity, and the union must not depend on the order.
            *own = Arc::clone(other);
            has_changed = true;
        }
        has_changed
    }

    /// The sighting as it was known at `at`. Returns `None` if it was not made yet.
    pub(super) fn as_known_at(&self, at: DateTime<Utc>) -> Option<Self> {
        (self.first <= at).then(|| Self {
            last: self.last.min(at),
            ..self.clone()
        })
    }
}

/// One record of a [`Ledger`](super::Ledger).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// An answer of a bank's feed.
    Sighting(Sighting),
    /// An answer of a weather service.
    Forecast(Forecast),
    /// An operator's approval.
    Approval(Approval),
}

impl Record {
    /// Returns whether one of the instants is more than five minutes after `now`.
    pub(super) fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        let latest = match self {
            Self::Sighting(sighting) => sighting.last,
            Self::Forecast(forecast) => forecast.last(),
            Self::Approval(approval) => approval.at,
        };
        latest > day::clamp(now) + TOLERANCE
    }
}

impl Record {
    /// The last instant that the record speaks of.
    #[must_use]
    pub const fn last(&self) -> DateTime<Utc> {
        match self {
            Self::Sighting(sighting) => sighting.last,
            Self::Forecast(forecast) => forecast.last(),
            Self::Approval(approval) => approval.at,
        }
    }
}

impl From<Sighting> for Record {
    fn from(sighting: Sighting) -> Self {
        Self::Sighting(sighting)
    }
}

impl From<Forecast> for Record {
    fn from(forecast: Forecast) -> Self {
        Self::Forecast(forecast)
    }
}

impl From<Approval> for Record {
    fn from(approval: Approval) -> Self {
        Self::Approval(approval)
    }
}

/// An instant of a record: within the range of instants, in milliseconds.
pub(super) fn instant(at: DateTime<Utc>) -> DateTime<Utc> {
    day::clamp(at).trunc_subsecs(3)
}

/// Returns whether both are instants of a record, in their order.
pub(super) fn are_instants(first: DateTime<Utc>, last: DateTime<Utc>) -> bool {
    first <= last && [first, last].into_iter().all(|at| instant(at) == at)
}
