//! The rates of a day, and the reason if there are no rates.
//!
//! A day has its own publication or a carried one. The carried one needs a proof: the bank's feed of days has answered for this very day with the earlier
//! list, on the day or later, and the list is not older than the bank's longest pause. Three traps are closed by it:
//!
//! - Saturday's list may be published on Friday evening. An answer before the day begins is no proof that the list of Friday is still in force on it.
//! - "No data" on a weekend takes no earlier proof back: feeds answer so while they are being maintained.
//! - A copy of another party repeats the last list under any day. It proves no day but its own.
//!
//! The answer says *which* list is in force; the figures are those of that list as it stands now, so that a correction on Monday corrects the weekend
//! too.
//!
//! # A weekend
//!
//! A bank whose lists stay in force for up to ten days publishes for Friday, 3 April, and for Monday, 6 April. Its feed of days is requested:
//!
//! | requested for | at (in the bank's zone) | answer | then the day has |
//! |---|---|---|---|
//! | 3 April | 3 April, 09:00 | list of 3 April | its own list |
//! | 4 April | 3 April, 20:00 | list of 3 April | no rates yet: the day has not begun, and its list may still come |
//! | 4 April | 4 April, 09:00 | list of 3 April | the list of 3 April, proven |
//! | 5 April | 5 April, 09:00 | "no data" | a gap |
//! | 5 April | 5 April, 10:00 | list of 3 April | the list of 3 April |
//! | 5 April | 5 April, 11:00 | "no data" | the list of 3 April: "no data" takes no proof back |
//! | 14 April | 14 April, 09:00 | list of 3 April | a gap: eleven days after the list |
//!
//! `since` of the list is 3 April, `until` is 5 April: the last day of an unbroken row of proven days.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::instant::has_come;
use super::sightings::Sightings;
use super::view::{self, Known};
use super::{Feed, Ledger, View};
use crate::day;
use crate::money::{Currency, Pair, Rates};
use crate::provenance::SourceId;

/// The rates that were in force on a day.
///
/// [`Ledger::rates_on`] and [`History::rates_on`](super::History::rates_on) return it.
///
/// The figures of a day that the bank corrected:
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
/// let (morning, noon) = ("2026-04-02T04:00:00Z".parse()?, "2026-04-02T07:00:00Z".parse()?);
/// let day = "2026-04-02".parse()?;
/// let mut ledger = Ledger::default();
/// ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates("2026-04-02", "457.09"), morning));
/// ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates("2026-04-02", "475.09"), noon));
///
/// let found = ledger.rates_on(day, now, &View::new(bank.clone()))?;
/// assert_eq!(found.rates.rate(Pair::USD_KZT).ok_or("no dollar")?.value().to_string(), "475.09");
/// assert_eq!((found.since, found.until, found.learned, found.corrected), (day, day, noon, Some(noon)));
/// assert!(found.is_corrected(Pair::USD_KZT));
///
/// // The page of the morning is still known.
/// let before = ledger.as_known_at(morning).rates_on(day, morning, &View::new(bank.clone()))?;
/// assert_eq!((before.learned, before.corrected), (morning, None));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InForce {
    /// The publication, without rows that are not accepted.
    pub rates: Arc<Rates>,
    /// Its day, from which on it was in force.
    pub since: NaiveDate,
    /// The last day for which the ledger proves it: its own, or a later one for which the bank answered with it, without a gap between.
    pub until: NaiveDate,
    /// The instant at which it was first received, by any feed. For a back-fill or a table it is that of the request or the import, long after the
    /// day.
    pub learned: DateTime<Utc>,
    /// The instant from which on it stood in the place of other figures of the bank for its day. `None` if it was the first.
    pub corrected: Option<DateTime<Utc>>,
    /// The currencies whose figures were other ones before.
    corrected_rows: Vec<Currency>,
}

impl InForce {
    /// Returns whether the figures of a pair replaced other ones of the bank for the publication's day. A correction of other rows
    /// alone does not count.
    #[must_use]
    pub fn is_corrected(&self, pair: Pair) -> bool {
        let mut rows = self.corrected_rows.iter();
        rows.any(|row| [pair.base(), pair.quote()].contains(row))
    }
}

/// The reason why no rates of a day are known. Nothing is interpolated, and a later rate is never used for an earlier day.
///
/// ```
/// use masthead::SourceId;
/// use masthead::ledger::{Ledger, View};
///
/// let now = "2026-04-02T06:00:00Z".parse()?;
/// let error = Ledger::default().rates_on("2026-04-02".parse()?, now, &View::new(SourceId::ECB)).unwrap_err();
/// assert_eq!(error.to_string(), "no rates of ecb are known");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoRates {
    /// No publication is known to have been in force, although there are ones before and after: the bank was not asked, or it gave
    /// another day than the one asked for.
    #[error(
        "no rates of {bank} are known for {day}, only for {before} before it and {after} after it"
    )]
    Gap {
        /// The bank.
        bank: SourceId,
        /// The day asked for.
        day: NaiveDate,
        /// The last day before with a publication.
        before: NaiveDate,
        /// The first day after with a publication.
        after: NaiveDate,
    },
    /// The day is before the first publication that is known.
    #[error("no rates of {bank} are known for {day}, the first ones are of {first}")]
    BeforeFirst {
        /// The bank.
        bank: SourceId,
        /// The day asked for.
        day: NaiveDate,
        /// The day of that publication.
        first: NaiveDate,
    },
    /// The day is after the last day that is known, and not after today.
    #[error("no rates of {bank} are known for {day}, the last ones are of {last}")]
    AfterLast {
        /// The bank.
        bank: SourceId,
        /// The day asked for.
        day: NaiveDate,
        /// The day of the last publication.
        last: NaiveDate,
    },
    /// The day is after today in the bank's zone, and the bank has not published its rates yet.
    #[error("{bank} has not published rates for {day} yet")]
    NotYetPublished {
        /// The bank.
        bank: SourceId,
        /// The day asked for.
        day: NaiveDate,
    },
    /// Rates of the day are known, and the pair is not among them.
    #[error("the rates of {bank} for {day} have no {pair}")]
    NoPair {
        /// The bank.
        bank: SourceId,
        /// The day asked for.
        day: NaiveDate,
        /// The pair.
        pair: Pair,
    },
    /// The unit of one of the currencies changed between the days, under one code: [`Money::restate`](crate::money::Money::restate) converts amounts.
    #[error("the rates of {pair} on {from} and on {to} are in different units")]
    OtherUnit {
        /// The pair.
        pair: Pair,
        /// The first day.
        from: NaiveDate,
        /// The second day.
        to: NaiveDate,
    },
    /// The ledger has no publication of the bank that is believed.
    #[error("no rates of {bank} are known")]
    Unknown {
        /// The bank.
        bank: SourceId,
    },
}

impl Ledger {
    /// Returns the rates of a day as they are known at `now`, of the bank and by the verdicts of `view`.
    ///
    /// A day has its own publication, or that of the earlier day with which the bank's feed of days last answered for it, once the day had begun
    /// and at most the bank's [longest pause](Rates::longest_pause) after its own. "No data" takes no such answer back. Of several publications
    /// of one day the bank's own counts before another party's copy, and then the one that was seen first later. A row that the verdict does not accept is missing.
    ///
    /// The work does not grow with the number of records. For many days use [`history`](Self::history).
    ///
    /// # Errors
    ///
    /// Returns the reason if no publication is known to have been in force on the day.
    ///
    /// ```
    /// use masthead::ledger::{Feed, Ledger, NoRates, Sighting, View};
    /// use masthead::{Snapshot, SourceId};
    ///
    /// // On 14 June the bank's feed of days answered with the list of 13 June.
    /// let now = Snapshot::SAMPLE_TIME + chrono::TimeDelta::days(1);
    /// let rates = Snapshot::sample().rates(now).unwrap().value().clone();
    /// let (first, second) = (rates.day(), rates.day().succ_opt().unwrap());
    /// let mut ledger = Ledger::default();
    /// ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, second, rates, now));
    ///
    /// let view = View::new(SourceId::SAMPLE);
    /// let on = |day| ledger.rates_on(day, now, &view);
    /// let found = on(second)?;
    /// assert_eq!((found.since, found.until), (first, second));
    /// assert!(matches!(on(second.succ_opt().unwrap()), Err(NoRates::NotYetPublished { .. })));
    /// # Ok::<(), NoRates>(())
    /// ```
    pub fn rates_on(
        &self,
        asked: NaiveDate,
        now: DateTime<Utc>,
        view: &View<'_>,
    ) -> Result<InForce, NoRates> {
        let Some(days) = Days::of_bank(self, now, view) else {
            return Err(NoRates::Unknown {
                bank: view.bank.clone(),
            });
        };
        days.in_force(asked).ok_or_else(|| days.why_not(asked))
    }
}

/// The days of a bank as they are known at an instant.
pub(super) struct Days<'a, 'v> {
    bank: &'a Sightings,
    now: DateTime<Utc>,
    view: &'a View<'v>,
}

impl<'a, 'v> Days<'a, 'v> {
    /// Returns `None` without a record of the bank of `view`.
    pub(super) fn of_bank(
        ledger: &'a Ledger,
        now: DateTime<Utc>,
        view: &'a View<'v>,
    ) -> Option<Self> {
        Some(Self {
            bank: ledger.banks.get(&view.bank)?,
            now: day::clamp(now),
            view,
        })
    }

    /// The days of publications and the days requested, the earliest first.
    pub(super) fn all(&self) -> BTreeSet<NaiveDate> {
        let published = self.bank.days_from(NaiveDate::MIN);
        published.chain(self.bank.days_asked()).collect()
    }

    /// The rates of a day, or `None` without any.
    pub(super) fn in_force(&self, asked: NaiveDate) -> Option<InForce> {
        self.in_force_by(asked, &self.of(asked))
    }

    /// [`in_force`](Self::in_force), from the publications of the day, the newest first.
    pub(super) fn in_force_by(&self, asked: NaiveDate, own: &[Known<'a>]) -> Option<InForce> {
        let (carried, of_its_day);
        let (base, of_its_day) = match own.first() {
            Some(base) => (base, own),
            None => {
                carried = self.carried(asked)?;
                of_its_day = self.of(carried.day());
                (&carried, of_its_day.as_slice())
            }
        };
        let replaced = replaced_by(base, of_its_day);
        Some(InForce {
            rates: base.accepted_rows()?,
            since: base.day(),
            until: self.proven_until(base).max(asked),
            learned: self.first_sights(base).min()?,
            corrected: self.corrected(base, &replaced),
            corrected_rows: corrected_rows(base, &replaced),
        })
    }

    /// The publications of a day, the newest first.
    pub(super) fn of(&self, day: NaiveDate) -> Vec<Known<'a>> {
        view::known(self.bank.of_day(day), self.now, self.view)
    }

    /// The first instants of the sightings of a publication.
    fn first_sights(&self, known: &Known<'_>) -> impl Iterator<Item = DateTime<Utc>> {
        let sightings = self.bank.of_day(known.day());
        let of_id = sightings.filter(move |sighting| sighting.id() == Some(known.id));
        let firsts = of_id.map(super::Sighting::first);
        let (now, until) = (self.now, self.view.judged_until);
        firsts
            .filter(move |first| has_come(*first, now) && until.is_none_or(|until| *first <= until))
    }

    /// The instant from which on a publication has stood in the place of those: the first sight of it after the latest first sight of another one.
    fn corrected(&self, base: &Known<'_>, replaced: &[&Known<'_>]) -> Option<DateTime<Utc>> {
        let replaced = replaced.iter();
        let replaced = replaced
            .filter_map(|other| self.first_sights(other).max())
            .max()?;
        let since = self
            .first_sights(base)
            .filter(|first| *first > replaced)
            .min();
        Some(since.unwrap_or_else(|| base.version.first()))
    }

    /// The earlier publication that the bank's own feed last answered with for a day.
    fn carried(&self, asked: NaiveDate) -> Option<Known<'a>> {
        let answers = self.bank.asked_for(asked).iter();
        let of_day = answers.filter(|sighting| {
            sighting.feed() == Feed::OfDay && has_come(sighting.first(), self.now)
        });
        let latest = of_day
            .clone()
            .max_by_key(|sighting| sighting.version_after(of_day.clone()))?;
        let day = latest.rates()?.day();
        if day >= asked {
            return None;
        }
        // The answer says which list is in force. Its figures are those of the list as it stands, which may have been corrected since.
        let proven = self.of(day).into_iter().next()?;
        let pause = TimeDelta::days(proven.rates.longest_pause().into());
        let is_own = latest.version()?.is_authoritative() && proven.version.is_authoritative();
        let stands = asked - day <= pause;
        // An answer before the day begins does not say that the list will still be in force on it: Saturday's may be published on Friday
        // evening.
        let answered = latest.last().min(self.now);
        let has_begun = asked <= day::of(answered, proven.rates.zone());
        (is_own && stands && has_begun).then_some(proven)
    }

    /// The last day, without a gap, for which the bank answered with a publication. A day with a list of its own ends the row.
    fn proven_until(&self, base: &Known<'_>) -> NaiveDate {
        let mut until = base.day();
        while let Some(next) = until.succ_opt() {
            let carried = self.carried(next);
            if carried.is_none_or(|known| known.id != base.id) || !self.of(next).is_empty() {
                break;
            }
            until = next;
        }
        until
    }

    /// The reason why a day has no rates, by the nearest publications that are believed.
    fn why_not(&self, asked: NaiveDate) -> NoRates {
        let newest_of = |day| self.of(day).into_iter().next();
        let before = asked.pred_opt();
        let before = before.and_then(|day| self.bank.days_until(day).find_map(newest_of));
        let after = asked.succ_opt();
        let after = after.and_then(|day| self.bank.days_from(day).find_map(newest_of));
        let today = before
            .as_ref()
            .map(|before| day::of(self.now, before.rates.zone()));
        let neighbours = (
            before.map(|known| known.day()),
            after.map(|known| known.day()),
        );
        NoRates::between(&self.view.bank, asked, neighbours, today)
    }
}

/// The older publications of the same day and authority with other figures.
fn replaced_by<'k, 'a>(base: &Known<'_>, of_its_day: &'k [Known<'a>]) -> Vec<&'k Known<'a>> {
    let others = of_its_day.iter().filter(|other| {
        other.version < base.version
            && other.version.is_authoritative() == base.version.is_authoritative()
            && !other.rates.agrees_with(base.rates)
    });
    others.collect()
}

/// The currencies whose figures differ from those of a publication that was replaced.
fn corrected_rows(base: &Known<'_>, replaced: &[&Known<'_>]) -> Vec<Currency> {
    if replaced.is_empty() {
        return Vec::new();
    }
    let rows = base.rates.each_row().filter(|row| {
        let others = replaced.iter();
        let mut others = others.filter_map(|other| other.rates.row_of(row.currency));
        others.any(|other| (other.value, other.nominal) != (row.value, row.nominal))
    });
    rows.map(|row| row.currency).collect()
}

impl NoRates {
    /// The reason by the days of publications before and after the one asked for, and today in the bank's zone.
    pub(super) fn between(
        bank: &SourceId,
        day: NaiveDate,
        neighbours: (Option<NaiveDate>, Option<NaiveDate>),
        today: Option<NaiveDate>,
    ) -> Self {
        let bank = bank.clone();
        match neighbours {
            (None, None) => Self::Unknown { bank },
            (Some(before), Some(after)) => Self::Gap {
                bank,
                day,
                before,
                after,
            },
            (None, Some(first)) => Self::BeforeFirst { bank, day, first },
            (Some(_), None) if today.is_some_and(|today| day > today) => {
                Self::NotYetPublished { bank, day }
            }
            (Some(last), None) => Self::AfterLast { bank, day, last },
        }
    }
}
