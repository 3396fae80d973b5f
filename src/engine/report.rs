use std::fmt;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::{GuardEvent, StoreError};
use crate::fetch::{Attempt, Outcome};
use crate::snapshot::Added;
use crate::text::WithCauses;
use crate::weather::CityId;

/// The outcome of one refresh: the attempts at each source for each item, and the errors of the store.
///
/// `Display` prints one line for each failure with its causes (also of a bank that was requested to confirm a number), each refusal, correction,
/// forecast that has ended and decision of the guard. It prints nothing for a refresh without any of these. A failure has its line also if the next
/// source answered; an attempt without a request has one only if no source answered.
///
/// ```
/// use masthead::Ticker;
/// use masthead::fetch::FakeUpstream;
///
/// let ticker = Ticker::builder("docs").transport(FakeUpstream::new()).cities([]).build()?;
/// let report = ticker.refresh_blocking(ticker.now());
/// assert!(!report.is_complete());
/// assert!(report.entries[0].attempts[0].took.is_some()); // it was requested
/// assert!(report.to_string().starts_with("rates: national_bank_kz: no connection: "));
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// The time at which the refresh began, by the ticker's clock.
    pub at: DateTime<Utc>,
    /// The outcome for each item that was requested, in the order of [`Item`].
    pub entries: Vec<Entry>,
    /// The errors of the store: loading at the start, or saving.
    pub store: Vec<StoreError>,
    /// The reason why no request was sent, such as a thread that could not be started; the report then has no entries. `None` for a refresh that ran.
    pub obstacle: Option<String>,
    /// The cities that did not fit into the deadline at ten requests a second. This is no failure: their data stays, and the next refresh
    /// requests them first.
    pub postponed: Vec<Item>,
    /// The time from the start of the refresh to its last answer, by a clock that is never set. Writing to the store is not counted.
    pub took: Duration,
}

/// The outcome of a refresh for one item.
///
/// ```
/// use masthead::Ticker;
/// use masthead::fetch::FakeUpstream;
/// use masthead::ticker::Item;
///
/// let ticker = Ticker::builder("tests").transport(FakeUpstream::new()).build()?; // no host answers
/// let report = ticker.refresh_blocking(ticker.now());
/// let failed: Vec<&Item> = report.entries.iter().filter(|entry| !entry.is_good()).map(|entry| &entry.item).collect();
/// assert_eq!(failed, [&Item::Rates, &Item::Next, &Item::Weather("astana".parse().unwrap())]);
/// assert!(report.entries.iter().all(|entry| entry.refusal().is_none())); // no source gave a reading
/// assert_eq!(Item::Rates.to_string(), "rates");
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The item.
    pub item: Item,
    /// The day that was requested for [`Item::History`]. `None` for other items, and if no day was due.
    pub day: Option<NaiveDate>,
    /// The attempts at its sources, in order. Empty if the item has no source, as the next rates of a bank that does not publish ahead.
    pub attempts: Vec<Attempt>,
    /// The day of the rates that a source gave, also if the page does not show them. `None` for other items than rates in force and next rates, and
    /// without a reading.
    pub published: Option<NaiveDate>,
    /// Whether the reading replaced the held one. `None` if no source gave one, or if the guard has quarantined all of it.
    pub added: Option<Added>,
    /// The decisions of the guard: numbers quarantined, released, confirmed.
    pub events: Vec<GuardEvent>,
    /// The attempts at the banks that were requested to confirm a number.
    pub witnesses: Vec<Attempt>,
    /// The end of the held forecast, if all of its hours have passed: the page then has no weather for the city. `None` otherwise.
    pub ended: Option<DateTime<Utc>>,
}

/// An item that a ticker keeps fresh.
///
/// `Display` writes the name in the log and the health:
///
/// ```
/// use masthead::ticker::Item;
///
/// assert_eq!(Item::Weather("astana".parse()?).to_string(), "weather of astana");
/// assert_eq!(Item::History.to_string(), "rates of an earlier day");
/// # Ok::<(), masthead::weather::InvalidCity>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Item {
    /// The rates in force.
    Rates,
    /// The newest publication, which may be for a day ahead.
    Next,
    /// The weather of a city.
    Weather(CityId),
    /// The rates of an earlier day, of the back-fill that
    /// [`TickerBuilder::history_since`](crate::ticker::TickerBuilder::history_since) sets.
    History,
}

impl Report {
    pub(crate) const fn obstructed(at: DateTime<Utc>, obstacle: String) -> Self {
        Self {
            at,
            entries: Vec::new(),
            store: Vec::new(),
            obstacle: Some(obstacle),
            postponed: Vec::new(),
            took: Duration::ZERO,
        }
    }

    pub(crate) const fn of(at: DateTime<Utc>, entries: Vec<Entry>) -> Self {
        Self {
            at,
            entries,
            store: Vec::new(),
            obstacle: None,
            postponed: Vec::new(),
            took: Duration::ZERO,
        }
    }

    /// Whether every requested item has the best reading that its sources offer, and the store works.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let good = |entry: &Entry| {
            let is_whole = entry.refusal().is_none() && entry.ended.is_none();
            entry.is_good() && is_whole && !entry.holds()
        };
        self.obstacle.is_none() && self.store.is_empty() && self.entries.iter().all(good)
    }

    /// The attempts that gave no reading, with their items; also those at the banks that were requested to confirm a number.
    ///
    /// ```
    /// use masthead::Ticker;
    /// use masthead::fetch::FakeUpstream;
    ///
    /// let ticker = Ticker::builder("tests").transport(FakeUpstream::new()).cities([]).build()?; // no host answers
    /// let report = ticker.refresh_blocking(ticker.now());
    /// let sources = report.failures().map(|(item, attempt)| format!("{item}: {}", attempt.source));
    /// assert_eq!(sources.collect::<Vec<_>>(), [
    ///     "rates: national_bank_kz", "rates: frankfurter", "next rates: national_bank_kz",
    /// ]);
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    pub fn failures(&self) -> impl Iterator<Item = (&Item, &Attempt)> {
        self.entries.iter().flat_map(|entry| {
            let attempts = entry.attempts.iter().chain(&entry.witnesses);
            let failed = attempts.filter(|attempt| matches!(attempt.outcome, Outcome::Failed(_)));
            let failed = failed.filter(|_| !entry.has_no_data());
            failed.map(move |attempt| (&entry.item, attempt))
        })
    }
}

impl Entry {
    pub(super) const fn new(item: Item, attempts: Vec<Attempt>) -> Self {
        Self {
            item,
            day: None,
            attempts,
            published: None,
            added: None,
            events: Vec::new(),
            witnesses: Vec::new(),
            ended: None,
        }
    }

    /// Whether a source gave a reading or confirmed that its last one is unchanged. Also true without any attempt, and if the bank has no rates of an
    /// earlier day; a reading that was quarantined is good too.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.attempts.is_empty()
            || self.has_no_data()
            || self
                .attempts
                .iter()
                .any(|attempt| attempt.outcome.is_good())
    }

    /// Whether the bank has no rates of an earlier day, which is an answer.
    pub(super) fn has_no_data(&self) -> bool {
        let last = self.attempts.last().map(|attempt| &attempt.outcome);
        let is_no_data = matches!(last, Some(Outcome::Failed(error)) if error.is_no_data());
        self.item == Item::History && is_no_data
    }

    /// The reason for which a reading was not adopted, if that is a fault of the source: its day is too far ahead, or its forecast is worse than the
    /// one shown. Returns `None` for rates that were superseded, which is usual, and without a reading.
    #[must_use]
    pub fn refusal(&self) -> Option<&'static str> {
        match (&self.item, self.added?) {
            (_, Added::TooFarAhead) => Some("its day is too far ahead"),
            (Item::Weather(_), Added::Superseded) => {
                Some("it is an earlier computation, or does not cover the rest of the day")
            }
            _ => None,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rates => f.write_str("rates"),
            Self::Next => f.write_str("next rates"),
            Self::Weather(city) => write!(f, "weather of {city}"),
            Self::History => f.write_str("rates of an earlier day"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(obstacle) = &self.obstacle {
            writeln!(f, "no request was sent: {obstacle}")?;
        }
        for entry in &self.entries {
            let good = entry.is_good();
            for attempt in &entry.attempts {
                let telling = matches!(attempt.outcome, Outcome::Failed(_) | Outcome::Warned);
                if entry.has_no_data() || (good && !telling) {
                    continue;
                }
                match entry.day {
                    Some(day) => writeln!(f, "{} ({day}): {attempt}", entry.item)?,
                    None => writeln!(f, "{}: {attempt}", entry.item)?,
                }
            }
            for witness in &entry.witnesses {
                if matches!(witness.outcome, Outcome::Failed(_)) {
                    writeln!(f, "{}: to confirm them: {witness}", entry.item)?;
                }
            }
            if let Some(why) = entry.refusal() {
                writeln!(f, "{}: refused, {why}", entry.item)?;
            }
            if let Some(ended) = entry.ended {
                writeln!(f, "{}: the forecast has run out, at {ended}", entry.item)?;
            }
            if entry.added == Some(Added::Corrected) {
                writeln!(f, "{}: corrected by the source", entry.item)?;
            }
            for event in &entry.events {
                writeln!(f, "{}: {event}", entry.item)?;
            }
        }
        self.store
            .iter()
            .try_for_each(|error| writeln!(f, "{}", WithCauses(error)))
    }
}
