//! The sightings of one bank, with the indexes that make a page and the rates of a day cost the same with 10 days and with 30 years.
//!
//! # The bound, and why it keeps the laws
//!
//! For each requested day at most 64 sightings are kept: the first 56 by their keys, the latest one, and for at most seven feeds the one that was
//! seen last. Each of these is chosen by an order on the sightings alone, the least of a set or the greatest. The least 56 of a union are among the least 56
//! of its parts, and the greatest of a union is the greatest of one of its parts; so bounding after a union, or before and after it, leaves
//! the same set, and the union stays commutative, associative and idempotent. A bound that kept "the newest received" would not have this
//! property: it would depend on who received what first.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Feed, Sighting, insert};
use crate::provenance::SourceId;

/// The first sightings for a requested day are kept...
const FIRST: usize = 56;
/// ...the latest one, and for at most this many feeds the one that was seen last, without which a page would seem older than it is.
const FEEDS: usize = 7;

/// The sightings of one bank.
///
/// `asked` is the set; the three others are indexes that follow from it, and equality compares `asked` alone. `published` and `with_lists` are exact.
/// `seen` may have days of sights that a later one has replaced: a reader compares the instant itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Sightings {
    /// By the day asked for, each list in the order of its keys.
    asked: BTreeMap<NaiveDate, Vec<Sighting>>,
    /// Each day with a publication, with each of the days asked for that were answered with it. A page and the rates of a day so cost the same
    /// however many records there are.
    published: BTreeSet<(NaiveDate, NaiveDate)>,
    /// The days with a publication that has rows of a list for several days. Most banks have none.
    with_lists: BTreeSet<NaiveDate>,
    /// The day in UTC of the last sight of each sighting, with its requested day, also of sightings that were seen again since. With it the
    /// cost of finding what is new does not depend on the number of records.
    seen: BTreeSet<(NaiveDate, NaiveDate)>,
}

impl PartialEq for Sightings {
    fn eq(&self, other: &Self) -> bool {
        self.asked == other.asked
    }
}

impl Eq for Sightings {}

impl Sightings {
    /// Adds a sighting. Returns whether something changed.
    pub(super) fn insert(&mut self, sighting: Sighting) -> bool {
        let (asked, day) = (sighting.asked(), day_of(&sighting));
        let seen = sighting.last().date_naive();
        self.seen.insert((seen, asked));
        // Most days have one sighting.
        let list = self.asked.entry(asked);
        let list = list.or_insert_with(|| Vec::with_capacity(1));
        let count = list.len();
        let new = (count >= FIRST).then(|| sighting.clone());
        let (has_changed, _) = insert(list, sighting, usize::MAX);
        let is_new = list.len() > count;
        let gone = bound(list);
        if is_new || !gone.is_empty() {
            for day in day.into_iter().chain(gone.iter().filter_map(day_of)) {
                self.index(asked, day);
            }
        }
        let is_gone = new.is_some_and(|new| gone.iter().any(|gone| gone.key() == new.key()));
        has_changed && !(is_new && is_gone)
    }

    /// Removes the sightings that are not needed.
    pub(super) fn retain(&mut self, needs: impl Fn(&Sighting) -> bool) {
        let before = self.len();
        self.asked.retain(|_, list| {
            list.retain(&needs);
            !list.is_empty()
        });
        if self.len() == before {
            return;
        }
        self.published.clear();
        self.with_lists.clear();
        self.seen.clear();
        let seen = self.iter();
        let seen = seen.map(|held| (held.last().date_naive(), held.asked()));
        self.seen = seen.collect();
        let days = self.iter().map(|held| (held.asked(), day_of(held)));
        let days: BTreeSet<_> = days.collect();
        for (asked, day) in days {
            if let Some(day) = day {
                self.index(asked, day);
            }
        }
    }

    /// Notes whether the answers for a day asked for have a publication of `day`.
    fn index(&mut self, asked: NaiveDate, day: NaiveDate) {
        let has_list = |held: &Sighting| {
            let rates = held.rates();
            rates.is_some_and(|rates| rates.carried_in_force(NaiveDate::MIN).next().is_some())
        };
        let (mut is_answer, mut is_list) = (false, false);
        for held in self.asked_for(asked) {
            if day_of(held) == Some(day) {
                is_answer = true;
                is_list |= has_list(held);
            }
        }
        if is_answer {
            self.published.insert((day, asked));
        } else {
            self.published.remove(&(day, asked));
        }
        if is_list {
            self.with_lists.insert(day);
        } else if self.with_lists.contains(&day) && !self.of_day(day).any(has_list) {
            self.with_lists.remove(&day);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.asked.values().map(Vec::len).sum()
    }

    /// All sightings, by the day asked for and then in the order of their keys.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Sighting> {
        self.asked.values().flatten()
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = Sighting> {
        self.asked.into_values().flatten()
    }

    /// The sightings that were last seen at an instant or later, by the day asked for and then in the order of their keys.
    #[cfg(feature = "ticker")]
    pub(super) fn seen_since(
        &self,
        at: chrono::DateTime<chrono::Utc>,
    ) -> impl Iterator<Item = &Sighting> {
        let asked: BTreeSet<_> = self
            .seen
            .range((at.date_naive(), NaiveDate::MIN)..)
            .map(|(_, asked)| *asked)
            .collect();
        let seen = asked.into_iter().flat_map(|asked| self.asked_for(asked));
        seen.filter(move |held| held.last() >= at)
    }

    /// The sightings for days since a first one.
    #[cfg(feature = "ticker")]
    pub(super) fn asked_since(&self, first: NaiveDate) -> impl Iterator<Item = &Sighting> {
        self.asked.range(first..).flat_map(|(_, list)| list)
    }

    /// The sightings of requests for a day, in the order of their keys.
    pub(super) fn asked_for(&self, day: NaiveDate) -> &[Sighting] {
        self.asked.get(&day).map_or(&[], Vec::as_slice)
    }

    /// The days asked for, the earliest first.
    pub(super) fn days_asked(&self) -> impl Iterator<Item = NaiveDate> {
        self.asked.keys().copied()
    }

    /// The sightings of publications of a day, whichever day was requested.
    pub(super) fn of_day(&self, day: NaiveDate) -> impl Iterator<Item = &Sighting> {
        let asked = self
            .published
            .range((day, NaiveDate::MIN)..=(day, NaiveDate::MAX));
        asked
            .flat_map(|(_, asked)| self.asked_for(*asked))
            .filter(move |held| day_of(held) == Some(day))
    }

    /// The days of publications up to `day`, the latest first.
    pub(super) fn days_until(&self, day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        days(self.published.range(..=(day, NaiveDate::MAX)).rev())
    }

    /// The days up to `day` of publications with rows of a list for several days, the latest first.
    pub(super) fn days_with_lists_until(&self, day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        self.with_lists.range(..=day).rev().copied()
    }

    /// The days of publications from `day` on, the earliest first.
    pub(super) fn days_from(&self, day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        days(self.published.range((day, NaiveDate::MIN)..))
    }
}

/// The first of each pair, once for those that follow each other.
fn days<'a>(
    pairs: impl Iterator<Item = &'a (NaiveDate, NaiveDate)>,
) -> impl Iterator<Item = NaiveDate> {
    let mut before = None;
    let days = pairs.map(|(day, _)| *day);
    days.filter(move |day| before.replace(*day) != Some(*day))
}

/// Removes what is not kept, and returns it. A record that the union of two lists keeps is kept by each list that has it, so the laws of
/// the union hold with the bound.
fn bound(list: &mut Vec<Sighting>) -> Vec<Sighting> {
    if list.len() <= FIRST {
        return Vec::new();
    }
    let mut seen_last: BTreeMap<(&SourceId, Feed), &Sighting> = BTreeMap::new();
    for sighting in list.iter() {
        let feed = (sighting.source(), sighting.feed());
        let held = seen_last.entry(feed).or_insert(sighting);
        if (sighting.last(), sighting.key()) > (held.last(), held.key()) {
            *held = sighting;
        }
    }
    let seen_last: Vec<_> = seen_last
        .into_values()
        .take(FEEDS)
        .map(Sighting::key)
        .collect();
    let latest = list.len() - 1;
    let list_of = list.iter().enumerate().skip(FIRST);
    let gone = list_of.filter(|(at, held)| *at < latest && !seen_last.contains(&held.key()));
    let gone: Vec<usize> = gone.map(|(at, _)| at).collect();
    gone.into_iter().rev().map(|at| list.remove(at)).collect()
}

/// The day of the publication. Returns `None` for "no data".
fn day_of(sighting: &Sighting) -> Option<NaiveDate> {
    sighting.rates().map(|rates| rates.day())
}
