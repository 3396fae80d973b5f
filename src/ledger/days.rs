use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::instant::has_come;
use super::sightings::Sightings;
use super::view::{self, Known};
use super::{Feed, Ledger, View};
use crate::day;
use crate::money::{Method, Rates};

/// The rates of a day, or the reason for their absence. Nothing is interpolated, and a later rate is never used for an earlier day.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RatesOn {
    /// A publication was in force.
    InForce {
        /// The publication, without rows that are not accepted.
        rates: Rates,
        /// Its day, from which on it was in force.
        since: NaiveDate,
        /// The last day for which the ledger proves it: its own, or a later one for which the bank answered with it.
        until: NaiveDate,
    },
    /// No publication is known to have been in force, although there are ones before and after: the bank was not asked, or it gave
    /// another day than the one asked for.
    Gap {
        /// The last day before with a publication.
        before: NaiveDate,
        /// The first day after with a publication.
        after: NaiveDate,
    },
    /// The day is before the first publication that is known.
    BeforeFirst {
        /// The day of that publication.
        first: NaiveDate,
    },
    /// The day is after the last day that is known, and not after today.
    AfterLast {
        /// The day of the last publication.
        last: NaiveDate,
    },
    /// The day is after today in the bank's zone, and the bank has not published its rates yet.
    NotYetPublished,
    /// The ledger has no publication of the bank that is believed.
    Unknown,
}

impl Ledger {
    /// Returns the rates of a day as they are known at `now`, of the bank and by the verdicts of `view`.
    ///
    /// A day has its own publication, or an earlier one that the bank's feed of days answered with when it was last asked for that day, at
    /// most the bank's [longest pause](Rates::longest_pause) after its own. Of several publications of the day the newest
    /// [`Version`](super::Version) counts. A row that the verdict does not accept is missing.
    ///
    /// The work does not grow with the number of records.
    ///
    /// ```
    /// use masthead::ledger::{Feed, Ledger, RatesOn, Sighting, View};
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
    /// assert!(matches!(on(second), RatesOn::InForce { since, until, .. } if (since, until) == (first, second)));
    /// assert_eq!(on(second.succ_opt().unwrap()), RatesOn::NotYetPublished);
    /// ```
    #[must_use]
    pub fn rates_on(&self, asked: NaiveDate, now: DateTime<Utc>, view: &View<'_>) -> RatesOn {
        let Some(bank) = self.banks.get(&view.bank) else {
            return RatesOn::Unknown;
        };
        let days = Days {
            bank,
            now: day::clamp(now),
            view,
        };
        let own = days.of(asked).into_iter().next();
        let base = own.or_else(|| days.carried(asked));
        let in_force = base.and_then(|base| {
            Some(RatesOn::InForce {
                rates: base.accepted_rows()?,
                since: base.day(),
                until: days.proven_until(&base).max(asked),
            })
        });
        in_force.unwrap_or_else(|| days.why_not(asked))
    }
}

/// The days of a bank as they are known at an instant.
struct Days<'a, 'v> {
    bank: &'a Sightings,
    now: DateTime<Utc>,
    view: &'a View<'v>,
}

impl<'a> Days<'a, '_> {
    /// The publications of a day, the newest first.
    fn of(&self, day: NaiveDate) -> Vec<Known<'a>> {
        view::known(self.bank.of_day(day), self.now, self.view)
    }

    /// The earlier publication that the bank's own feed last answered with for a day.
    fn carried(&self, asked: NaiveDate) -> Option<Known<'a>> {
        let answers = self.bank.asked_for(asked).iter();
        let of_day = answers.filter(|sighting| {
            sighting.feed() == Feed::OfDay && has_come(sighting.first(), self.now)
        });
        let latest = of_day.max_by_key(|sighting| sighting.version())?;
        let of_its_day = self.of(latest.rates()?.day()).into_iter();
        let proven = of_its_day
            .into_iter()
            .find(|known| Some(known.id) == latest.id())?;
        let pause = TimeDelta::days(proven.rates.longest_pause().into());
        let is_own = proven.rates.publication().method == Method::Published;
        let stands = proven.day() < asked && asked - proven.day() <= pause;
        (is_own && stands).then_some(proven)
    }

    /// The last day, without a gap, for which the bank answered with a publication.
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

    fn why_not(&self, asked: NaiveDate) -> RatesOn {
        let newest_of = |day| self.of(day).into_iter().next();
        let before = asked.pred_opt();
        let before = before.and_then(|day| self.bank.days_until(day).find_map(newest_of));
        let after = asked.succ_opt();
        let after = after.and_then(|day| self.bank.days_from(day).find_map(newest_of));
        match (before, after) {
            (None, None) => RatesOn::Unknown,
            (Some(before), Some(after)) => RatesOn::Gap {
                before: before.day(),
                after: after.day(),
            },
            (None, Some(after)) => RatesOn::BeforeFirst { first: after.day() },
            (Some(before), None) if asked > day::of(self.now, before.rates.zone()) => {
                RatesOn::NotYetPublished
            }
            (Some(before), None) => RatesOn::AfterLast { last: before.day() },
        }
    }
}
