#[cfg(feature = "columns")]
mod dated;

use std::fmt;
use std::ops::RangeInclusive;
#[cfg(feature = "ticker")]
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::days::Days;
use super::series::{Change, Series, gaps};
use super::{InForce, Ledger, NoRates, View};
use crate::day::{self, EARLIEST, LATEST};
#[cfg(feature = "ticker")]
use crate::money::{Currency, Rates};
use crate::money::{Pair, Rate};
use crate::provenance::SourceId;
#[cfg(feature = "columns")]
pub use dated::{DatedConverter, DatedError, Lookup};

/// The rates of one bank on every day, as they are known at one instant: [`Ledger::rates_on`] for all days at once.
///
/// It does not change. A ledger that has learned more gives another one.
///
/// A look-up of a day takes the same time for ten days and for thirty years: the days stand in one list by their number, each with the place of its
/// rates, which days in force by one publication share. [`rates_on`](Self::rates_on) is for an amount of a day; [`last_known`](Self::last_known) for
/// a page that rather shows an older rate than none.
///
/// ```
/// use masthead::ledger::{Feed, Ledger, Sighting, View};
/// use masthead::money::{Currency, Money, Pair};
/// use masthead::{Snapshot, SourceId};
///
/// let now = Snapshot::SAMPLE_TIME;
/// let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
/// let day = rates.day();
/// let mut ledger = Ledger::default();
/// ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, day, rates, now));
///
/// let history = ledger.history(now, &View::new(SourceId::SAMPLE));
/// let found = history.rates_on(day)?;
/// assert_eq!(found.rates.convert("19.99 USD".parse()?, Currency::KZT)?.to_string(), "8941.93 KZT");
///
/// // Another day is an error, and the last known rates have a name of their own.
/// let later = "2023-06-20".parse()?;
/// assert_eq!(history.rates_on(later).unwrap_err().to_string(), "sample has not published rates for 2023-06-20 yet");
/// assert_eq!(history.last_known(later).map(|found| found.since), Some(day));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Days, gaps and series:
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
/// # let mut ledger = Ledger::default();
/// # for (day, value) in [("2026-04-02", "475.00"), ("2026-04-03", "474.80"), ("2026-04-06", "476.00")] {
/// #     ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day.parse()?, rates(day, value), now));
/// # }
/// # let history = ledger.history(now, &View::new(bank.clone()));
/// assert_eq!(history.days(), Some("2026-04-02".parse()?..="2026-04-06".parse()?));
/// let weekend = "2026-04-04".parse()?..="2026-04-05".parse()?;
/// assert_eq!(history.gaps().collect::<Vec<_>>(), [weekend]);
/// assert_eq!(history.publications().count(), 3);
/// let series = history.series(Pair::USD_KZT, "2026-04-02".parse()?..="2026-04-06".parse()?);
/// assert_eq!(series.highest().ok_or("no rate")?.1.value().to_string(), "476.00");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct History {
    bank: SourceId,
    /// Today in the bank's zone. `None` without rates.
    today: Option<NaiveDate>,
    /// The number of the first day, in the count of [`Datelike::num_days_from_ce`].
    first: i32,
    /// Of each calendar day from the first to the last one with rates, one more than the place of its rates, and 0 for a gap.
    places: Vec<u32>,
    in_force: Vec<InForce>,
    /// The days of publications that are believed at least in part, the earliest first.
    published: Vec<NaiveDate>,
}

impl Ledger {
    /// Returns the rates of all days as they are known at `now`, of the bank and by the verdicts of `view`.
    ///
    /// The work grows with the number of days with publications, and of days requested.
    #[must_use]
    pub fn history(&self, now: DateTime<Utc>, view: &View<'_>) -> History {
        let mut history = History {
            bank: view.bank.clone(),
            today: None,
            first: 0,
            places: Vec::new(),
            in_force: Vec::new(),
            published: Vec::new(),
        };
        let Some(days) = Days::of_bank(self, now, view) else {
            return history;
        };
        for day in days.all() {
            let own = days.of(day);
            if !own.is_empty() {
                history.published.push(day);
            }
            if let Some(in_force) = days.in_force_by(day, &own) {
                history.push(day, in_force);
            }
        }
        let last = history.in_force.last();
        history.today = last.map(|last| day::of(day::clamp(now), last.rates.zone()));
        history
    }
}

impl History {
    /// Returns the rates of a day.
    ///
    /// # Errors
    ///
    /// Returns the reason if no publication is known to have been in force on the day.
    #[inline]
    pub fn rates_on(&self, day: NaiveDate) -> Result<&InForce, NoRates> {
        self.find(day).ok_or_else(|| self.why_not(day))
    }

    /// Returns the rates of a day, or those of the last day before it with rates. Their [`until`](InForce::until) is the last day for which they
    /// are proven: if it is before `day`, the rates are not known to have been in force. Returns `None` if there is no such day.
    #[must_use]
    pub fn last_known(&self, day: NaiveDate) -> Option<&InForce> {
        let offset = usize::try_from(day.num_days_from_ce() - self.first).ok()?;
        let until = self.places.len().min(offset.saturating_add(1));
        let mut places = self.places.iter().take(until).rev();
        places.find_map(|place| self.at(*place))
    }

    /// Returns the rate of a pair on a day, in the direction in which the bank quotes it. Its [`day`](Rate::day) is that of its list, which may be
    /// earlier.
    ///
    /// # Errors
    ///
    /// Returns the reason if the day has no rates, or the rates have no such pair.
    pub fn rate(&self, pair: Pair, day: NaiveDate) -> Result<Rate, NoRates> {
        let rate = self.rates_on(day)?.rates.rate(pair);
        rate.ok_or_else(|| NoRates::NoPair {
            bank: self.bank.clone(),
            day,
            pair,
        })
    }

    /// Returns the rates of a pair on each day of a range, both ends included, with gaps as gaps. Days before 1900 and after 2200 are left out. A
    /// range whose end is before its start has no days.
    #[must_use]
    pub fn series(&self, pair: Pair, days: RangeInclusive<NaiveDate>) -> Series {
        let (first, last) = days.into_inner();
        let all = first
            .max(EARLIEST)
            .iter_days()
            .take_while(|day| *day <= last.min(LATEST));
        let (mut points, mut corrections) = (Vec::new(), Vec::new());
        for day in all {
            let found = self.find(day);
            let rate = found.and_then(|found| found.rates.rate(pair));
            let is_corrected = |found: &InForce| found.since == day && found.is_corrected(pair);
            if rate.is_some() && found.is_some_and(is_corrected) {
                corrections.push(day);
            }
            points.push((day, rate));
        }
        Series::new(pair, points, corrections)
    }

    /// Returns the change of a pair between two days.
    ///
    /// # Errors
    ///
    /// Returns the reason if one of the days has no rate of the pair, and [`NoRates::OtherUnit`] if the unit of one of its currencies changed between the
    /// days, as the Syrian pound's on 1 January 2026.
    ///
    /// ```
    /// # use masthead::ledger::{Feed, Ledger, Sighting, View};
    /// # use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
    /// # use masthead::SourceId;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use chrono::{Months, NaiveDate};
    /// # let bank = SourceId::NATIONAL_BANK_KZ;
    /// # let now = "2026-04-02T06:00:00Z".parse()?;
    /// # let mut ledger = Ledger::default();
    /// # for (day, value) in [("2026-03-02", "480.00"), ("2026-04-02", "475.20")] {
    /// #     let day = day.parse()?;
    /// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day, chrono_tz::Asia::Almaty);
    /// #     let rates = Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value)?, 1)])?;
    /// #     ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates, now));
    /// # }
    /// # let history = ledger.history(now, &View::new(bank));
    ///
    /// // 480.00 tenge on 2 March, 475.20 on 2 April.
    /// let day: NaiveDate = "2026-04-02".parse()?;
    /// let month = history.change(Pair::USD_KZT, day - Months::new(1), day)?;
    /// assert_eq!(month.difference().ok_or("too large")?.to_string(), "-4.80");
    /// assert_eq!(month.percent().ok_or("too large")?.to_string(), "-1.00");
    /// # Ok(()) }
    /// ```
    pub fn change(&self, pair: Pair, from: NaiveDate, to: NaiveDate) -> Result<Change, NoRates> {
        let change = Change {
            from: self.rate(pair, from)?,
            to: self.rate(pair, to)?,
        };
        // A list that is carried stays in the unit of its own day.
        if pair.is_in_one_unit(change.from.day(), change.to.day()) {
            Ok(change)
        } else {
            Err(NoRates::OtherUnit { pair, from, to })
        }
    }

    /// The bank.
    #[must_use]
    pub const fn bank(&self) -> &SourceId {
        &self.bank
    }

    /// The first and the last day with rates. Returns `None` without any.
    #[must_use]
    pub fn days(&self) -> Option<RangeInclusive<NaiveDate>> {
        let day = |offset: usize| {
            let offset = i32::try_from(offset).ok()?;
            NaiveDate::from_num_days_from_ce_opt(self.first.checked_add(offset)?)
        };
        Some(day(0)?..=day(self.places.len().checked_sub(1)?)?)
    }

    /// The days of the bank's publications that are believed at least in part, the earliest first. A day with a carried list is not among them.
    #[must_use]
    pub fn publications(&self) -> impl DoubleEndedIterator<Item = NaiveDate> + ExactSizeIterator {
        self.published.iter().copied()
    }

    /// The ranges of days between the first and the last day with rates on which no rates are known, the earliest first.
    pub fn gaps(&self) -> impl Iterator<Item = RangeInclusive<NaiveDate>> {
        let days = self.days().map(|days| days.start().iter_days());
        let days = days.into_iter().flatten().zip(&self.places);
        gaps(days.map(|(day, place)| (day, *place == 0)))
    }

    /// Marks the rows that are not confirmed.
    #[cfg(feature = "ticker")]
    pub(crate) fn marked(mut self, unconfirmed: impl Fn(&Rates) -> Vec<Currency>) -> Self {
        for in_force in &mut self.in_force {
            let rows = unconfirmed(&in_force.rates);
            if !rows.is_empty() {
                let rates = Rates::clone(&in_force.rates);
                in_force.rates = Arc::new(rates.with_unconfirmed(rows));
            }
        }
        self
    }

    /// Adds the rates of a day that is later than those before.
    fn push(&mut self, day: NaiveDate, in_force: InForce) {
        if self.places.is_empty() {
            self.first = day.num_days_from_ce();
        }
        if self.in_force.last() != Some(&in_force) {
            self.in_force.push(in_force);
        }
        let offset = usize::try_from(day.num_days_from_ce() - self.first).unwrap_or_default();
        self.places.resize(offset, 0);
        // A day is at most 110,000 days after the first.
        self.places
            .push(u32::try_from(self.in_force.len()).unwrap_or_default());
    }

    #[inline]
    fn find(&self, day: NaiveDate) -> Option<&InForce> {
        let offset = usize::try_from(day.num_days_from_ce() - self.first).ok()?;
        self.at(*self.places.get(offset)?)
    }

    #[inline]
    fn at(&self, place: u32) -> Option<&InForce> {
        self.in_force
            .get(usize::try_from(place).ok()?.checked_sub(1)?)
    }

    /// The reason why a day has no rates, by the days of publications, as `Days::why_not` finds it in the ledger.
    #[cold]
    fn why_not(&self, day: NaiveDate) -> NoRates {
        let later = self
            .published
            .partition_point(|published| *published <= day);
        let before = self.published.get(..later).and_then(<[_]>::last).copied();
        let after = self.published.get(later).copied();
        NoRates::between(&self.bank, day, (before, after), self.today)
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("bank", &self.bank)
            .field("days", &self.days())
            .field("publications", &self.published.len())
            .finish_non_exhaustive()
    }
}
