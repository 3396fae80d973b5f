//! One answer of a bank's feed, from its first sight to its last.
//!
//! A sighting says what was requested (`bank`, `source`, `feed`, `asked`), what came (`answer`), and when (`first`, `last`). All but `last` is its
//! identity, so a later repetition never makes another record. Between `first` and `last` the feed may have been silent: a sighting does not say how
//! often it answered.
//!
//! `asked` and the day of the list differ on purpose: on Sunday the feed of a bank that does not publish then answers with Friday's list, and the
//! sighting of (asked: Sunday, list: Friday) is the proof that Friday's list is in force on Sunday.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::instant::{TOLERANCE, are_instants, instant};
use super::{Feed, RecordId, Version};
use crate::day;
use crate::money::{Method, Rates};
use crate::provenance::SourceId;

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
///
/// A list that stays in force: on Sunday the feed answers with Friday's. "No data" is an answer too.
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
/// # use masthead::SourceId;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let bank = SourceId::NATIONAL_BANK_KZ;
/// # let now = "2026-04-06T06:00:00Z".parse()?;
/// # let rates = |day: &str, value: &str| {
/// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day.parse().unwrap(), chrono_tz::Asia::Almaty);
/// #     Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value).unwrap(), 1)]).unwrap()
/// # };
/// let (saturday, sunday) = ("2026-04-04T06:00:00Z".parse()?, "2026-04-05T06:00:00Z".parse()?);
/// let friday = rates("2026-04-03", "474.80");
/// let seen = Sighting::of_rates(bank.clone(), Feed::OfDay, "2026-04-04".parse()?, friday, saturday).until(sunday);
/// assert_eq!((seen.bank(), seen.source(), seen.feed()), (&bank, &bank, Feed::OfDay));
/// assert_eq!((seen.asked(), seen.rates().ok_or("no data")?.day()), ("2026-04-04".parse()?, "2026-04-03".parse()?));
/// assert_eq!((seen.first(), seen.last()), (saturday, sunday));
/// assert!(seen.id().is_some() && seen.is_possible(now, 14));
///
/// let none = Sighting::of_no_data(bank.clone(), bank.clone(), Feed::OfDay, "2026-04-05".parse()?, sunday);
/// assert!(none.rates().is_none() && none.id().is_none());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    bank: SourceId,
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
        bank: SourceId,
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
        bank: SourceId,
        source: SourceId,
        feed: Feed,
        asked: NaiveDate,
        at: DateTime<Utc>,
    ) -> Self {
        Self::new(bank, source, feed, asked, at, None)
    }

    fn new(
        bank: SourceId,
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
        bank: SourceId,
        source: SourceId,
        (feed, asked): (Feed, NaiveDate),
        (first, last): (DateTime<Utc>, DateTime<Utc>),
        answer: Option<(RecordId, Arc<Rates>)>,
    ) -> Option<Self> {
        let is_of_source = answer
            .as_ref()
            .is_none_or(|(_, rates)| rates.publication().source == source);
        let is_valid = are_instants(first, last) && is_of_source && day::is_plausible(asked);
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
    pub const fn bank(&self) -> &SourceId {
        &self.bank
    }

    /// The source that answered: the bank's own feed, or another party that repeats its rates.
    #[must_use]
    pub const fn source(&self) -> &SourceId {
        &self.source
    }

    /// The feed of the source.
    #[must_use]
    pub const fn feed(&self) -> Feed {
        self.feed
    }

    /// The requested day. A feed of the newest publication has the day on which it was requested.
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
    #[doc(hidden)]
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

    /// Returns whether a right clock can have made the record: its instants are at most five minutes after `now`, and the day of its publication and
    /// the requested day are at most `days_ahead + 1` days after the day of its first sight, in the zone of the publication or, for "no data", in
    /// UTC. The additional day is for zones: the bank may count its days in another one.
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

    /// Returns whether it was requested long after its day: by a back-fill, or by the import of a table. A request for the day before counts as one for
    /// the present, because the zone of a bank may be another one than that of its list.
    pub(crate) fn is_late(&self) -> bool {
        let zone = self.rates().map_or(chrono_tz::UTC, |rates| rates.zone());
        day::of(self.first, zone) - self.asked > TimeDelta::days(1)
    }

    /// Sets the bank, for rates of an earlier version's state, which named only their source.
    #[cfg(feature = "ticker")]
    pub(crate) fn of_bank(self, bank: SourceId) -> Self {
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
