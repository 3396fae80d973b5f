//! One refresh as values: its requests, its answers, and the items that wait.
//!
//! # The way of an item
//!
//! ```text
//! waiting ──► errand: a search under way ──┬─ city, earlier day ──────────────────────────────────────────► entry
//!    │                                     └─ rates, next rates ──► heard ──(all feeds and the witnesses)──► entry
//!    └── the deadline has passed ──► entry with the error "no answer"
//!
//! postponed: a city beyond the first half of the deadline; it has no entry
//! ```
//!
//! Each item that is not postponed gets exactly one entry. The entries of the feeds wait in `heard` for the witnesses, because a witness may release
//! what the feed's answer quarantined a moment before: the report then has both decisions. They belong to the first entry by the order of the items,
//! which is that of the rates in force if they were requested.
//!
//! # A deadline of 9 seconds
//!
//! The searches share one deadline. A city's turn is a tenth of a second after that of the city before, so that 46 cities fit into the first half
//! (0.0 to 4.5 s) and the last of them still has half of the deadline for its answer. At 9.00 s each open search reports that its time is over,
//! because the time of its last request ended there; at 9.02 s (`GRACE`) the refresh is closed without those that did not.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::fill::OfHistory;
use super::{Entry, Item};
use crate::fetch::{Attempt, FetchError, Outcome, Search};
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::weather::{City, Weather};

/// Between two requests to a weather service: ten a second, half of what MET Norway allows an application.
pub(super) const SPACING: Duration = Duration::from_millis(100);
/// The time that a chain gets to report that its time is over.
const GRACE: Duration = Duration::from_millis(20);

/// A refresh that is under way.
#[derive(Debug)]
pub(super) struct Refresh {
    /// The instant at which it began, by the clock...
    pub(super) at: DateTime<Utc>,
    /// ...and by the time that always passes, at which it must have ended too.
    since: Duration,
    deadline: Duration,
    /// The items that have no entry yet.
    waiting: Vec<Item>,
    entries: Vec<Entry>,
    /// The cities that did not fit into the deadline.
    pub(super) postponed: Vec<Item>,
    /// The errands under way, by their numbers. One that takes a step is not among them: `steps` takes it out and puts it back.
    errands: BTreeMap<usize, Errand>,
    /// The number of errands so far.
    begun: usize,
    /// The cities whose turn has not come, by the places of their turns.
    cities: BTreeMap<u32, City>,
    /// The number of feeds that have not answered.
    feeds: usize,
    /// The entries of those that have. They wait for the witnesses.
    heard: Vec<Entry>,
}

/// A search that is under way, and what it is for.
#[derive(Debug)]
pub(super) enum Errand {
    /// The rates in force or the newest ones.
    Feed(Item, Search<Rates>),
    /// The witness at a place.
    Witness(usize, Search<Rates>),
    /// The weather of a city whose turn came at an instant of the clock.
    City(City, DateTime<Utc>, Search<Weather>),
    /// The rates of an earlier day.
    History(Box<OfHistory>, Search<Vec<Rates>>),
}

impl Errand {
    /// The instant of the turn that it waits for.
    const fn turn(&self) -> Option<Duration> {
        match self {
            Self::Feed(_, search) | Self::Witness(_, search) => search.turn(),
            Self::City(_, _, search) => search.turn(),
            Self::History(_, search) => search.turn(),
        }
    }
}

impl Refresh {
    /// A refresh of items within `time`. These cities have their turns in this order; the others are postponed.
    pub(super) fn new(
        items: &[Item],
        cities: Vec<City>,
        postponed: Vec<Item>,
        at: DateTime<Utc>,
        now: Duration,
        time: Duration,
    ) -> Self {
        let mut waiting = items.to_vec();
        waiting.retain(|item| !postponed.contains(item));
        let is_feed = |item: &&Item| matches!(item, Item::Rates | Item::Next);
        Self {
            at,
            since: now,
            deadline: now + time,
            waiting,
            entries: Vec::new(),
            postponed,
            errands: BTreeMap::new(),
            begun: 0,
            cities: (0..).zip(cities).collect(),
            feeds: items.iter().filter(is_feed).count(),
            heard: Vec::new(),
        }
    }

    /// Moves the instants of a clock that was set back by `by`, so that the answers count as those of the present.
    pub(super) fn set_back(&mut self, by: TimeDelta) {
        self.at -= by;
        for errand in self.errands.values_mut() {
            match errand {
                Errand::Feed(_, search) | Errand::Witness(_, search) => search.set_back(by),
                Errand::City(_, at, search) => {
                    *at -= by;
                    search.set_back(by);
                }
                Errand::History(_, search) => search.set_back(by),
            }
        }
    }

    /// The next instant at which something happens without an answer: the turn of a request or a city, or the end.
    pub(super) fn wake(&self) -> Duration {
        let turns = self.errands.values().filter_map(Errand::turn);
        let city = self.cities.keys().next().map(|place| self.turn_of(*place));
        let end = self.deadline + GRACE;
        turns.chain(city).fold(end, Duration::min)
    }

    /// The numbers of the errands whose turn has come.
    pub(super) fn due(&self, now: Duration) -> Vec<usize> {
        let errands = self.errands.iter();
        let due = errands.filter(|(_, errand)| errand.turn().is_some_and(|turn| turn <= now));
        due.map(|(number, _)| *number).collect()
    }

    /// The next city whose turn has come, and the time by the clock at which it did: 12:00:02.5 for the 26th city of a refresh that began at
    /// 12:00:00, also if the host wakes later.
    pub(super) fn next_city(&mut self, now: Duration) -> Option<(City, DateTime<Utc>)> {
        let place = *self.cities.keys().next()?;
        if self.turn_of(place) > now {
            return None;
        }
        let city = self.cities.remove(&place)?;
        let wait = TimeDelta::from_std(SPACING * place).unwrap_or_default();
        Some((city, self.at + wait))
    }

    fn turn_of(&self, place: u32) -> Duration {
        self.since + SPACING * place
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self, now: Duration) -> bool {
        let is_done = self.errands.is_empty() && self.cities.is_empty();
        is_done || now >= self.deadline + GRACE
    }

    /// The time since it began.
    pub(super) fn passed(&self, now: Duration) -> Duration {
        now.saturating_sub(self.since)
    }

    /// The time that is left.
    pub(super) fn left(&self, now: Duration) -> Duration {
        self.deadline.saturating_sub(now)
    }

    /// A search with all the time that is left.
    pub(super) fn search<R>(&self, key: String, at: DateTime<Utc>, now: Duration) -> Search<R> {
        Search::new(key, at, now, self.left(now))
    }

    /// Adds an errand, and returns its number.
    pub(super) fn add(&mut self, errand: Errand) -> usize {
        let number = self.begun;
        self.begun += 1;
        self.put(number, errand);
        number
    }

    /// Takes an errand out, for its next step.
    pub(super) fn take(&mut self, number: usize) -> Option<Errand> {
        self.errands.remove(&number)
    }

    /// Puts an errand back.
    pub(super) fn put(&mut self, number: usize, errand: Errand) {
        self.errands.insert(number, errand);
    }

    /// Notes the entry of a feed, which waits for the witnesses. Returns whether it is the last one.
    pub(super) fn hear(&mut self, entry: Entry) -> bool {
        self.feeds = self.feeds.saturating_sub(1);
        self.heard.push(entry);
        self.heard.sort_by(|a, b| a.item.cmp(&b.item));
        self.feeds == 0
    }

    /// The entry that the witnesses speak of.
    pub(super) fn heard(&mut self) -> Option<&mut Entry> {
        self.heard.first_mut()
    }

    /// Waits for no witness any longer.
    pub(super) fn enter_heard(&mut self) {
        for entry in std::mem::take(&mut self.heard) {
            self.enter(entry);
        }
    }

    /// Enters the outcome for an item.
    pub(super) fn enter(&mut self, entry: Entry) {
        self.waiting.retain(|item| *item != entry.item);
        self.entries.push(entry);
    }

    /// Ends what is under way, and returns the entries by item. `last_source` is the source that was to answer last.
    pub(super) fn end(&mut self, last_source: impl Fn(&Item) -> Option<SourceId>) -> Vec<Entry> {
        self.errands.clear();
        self.cities.clear();
        self.enter_heard();
        let mut entries = std::mem::take(&mut self.entries);
        // A chain keeps the deadline, so an item without an entry has not had its turn.
        let late = std::mem::take(&mut self.waiting).into_iter().map(|item| {
            let source = last_source(&item).unwrap_or(SourceId::SAMPLE);
            let outcome = Outcome::Failed(FetchError::late(self.deadline - self.since));
            Entry::new(item, vec![Attempt::unsent(source, outcome)])
        });
        entries.extend(late);
        entries.sort_by(|a, b| a.item.cmp(&b.item));
        entries
    }
}
