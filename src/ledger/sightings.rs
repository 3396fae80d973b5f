use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Sighting, insert};

/// The sightings of one bank that are kept for a day asked for: the first 63 and the latest.
const MAX_OF_DAY: usize = 64;

/// The sightings of one bank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sightings {
    /// By the day asked for, each list in the order of its keys.
    asked: BTreeMap<NaiveDate, Vec<Sighting>>,
    /// Of each day with a publication the days asked for that were answered with it. A page and the rates of a day so cost the same
    /// however many records there are.
    published: BTreeMap<NaiveDate, BTreeSet<NaiveDate>>,
}

impl Sightings {
    /// Adds a sighting. Returns whether something changed.
    pub(super) fn insert(&mut self, sighting: Sighting) -> bool {
        let (asked, day) = (sighting.asked(), day_of(&sighting));
        let list = self.asked.entry(asked).or_default();
        let (has_changed, gone) = insert(list, sighting, MAX_OF_DAY);
        if let Some(day) = day.filter(|day| list.iter().any(|held| day_of(held) == Some(*day))) {
            self.published.entry(day).or_default().insert(asked);
        }
        if let Some(day) = gone.as_ref().and_then(day_of)
            && !list.iter().any(|held| day_of(held) == Some(day))
            && let Some(days) = self.published.get_mut(&day)
        {
            days.remove(&asked);
            if days.is_empty() {
                self.published.remove(&day);
            }
        }
        has_changed
    }

    /// Removes the sightings that are not needed.
    pub(super) fn retain(&mut self, needs: impl Fn(&Sighting) -> bool) {
        self.asked.retain(|_, list| {
            list.retain(&needs);
            !list.is_empty()
        });
        self.published.clear();
        for (asked, list) in &self.asked {
            for day in list.iter().filter_map(day_of) {
                self.published.entry(day).or_default().insert(*asked);
            }
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

    /// The sightings that answered to the question for a day.
    pub(super) fn asked_for(&self, day: NaiveDate) -> &[Sighting] {
        self.asked.get(&day).map_or(&[], Vec::as_slice)
    }

    /// The sightings of publications of a day, whichever day was asked for.
    pub(super) fn of_day(&self, day: NaiveDate) -> impl Iterator<Item = &Sighting> {
        let asked = self.published.get(&day).into_iter().flatten();
        asked
            .flat_map(|asked| self.asked_for(*asked))
            .filter(move |held| day_of(held) == Some(day))
    }

    /// The days of publications up to `day`, the latest first.
    pub(super) fn days_until(&self, day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        self.published.range(..=day).rev().map(|(day, _)| *day)
    }

    /// The days of publications from `day` on, the earliest first.
    pub(super) fn days_from(&self, day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        self.published.range(day..).map(|(day, _)| *day)
    }
}

/// The day of the publication. Returns `None` for "no data".
fn day_of(sighting: &Sighting) -> Option<NaiveDate> {
    sighting.rates().map(|rates| rates.day())
}
