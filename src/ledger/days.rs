use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::view::{self, Known};
use super::{Feed, Ledger, View};
use crate::day;
use crate::money::{Method, Rates};

/// The rates of a day, or why there are none. Nothing is interpolated, and a later rate is never used for an earlier day.
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
    /// The ledger has no publication of the bank.
    Unknown,
}

impl Ledger {
    /// Returns the rates of a day as they are known at `now`, of the bank and by the verdicts of `view`.
    ///
    /// A day has its own publication, or an earlier one that the bank's feed of days answered with when it was asked for that day, at most
    /// the bank's [longest pause](Rates::longest_pause) after its own. Of several publications of the day the newest
    /// [`Version`](super::Version) counts.
    #[must_use]
    pub fn rates_on(&self, asked: NaiveDate, now: DateTime<Utc>, view: &View<'_>) -> RatesOn {
        let known = self.around(asked, now, view);
        let own = known.iter().find(|known| known.day() == asked);
        if let Some(base) = own.or_else(|| self.carried(asked, &known, view)) {
            let without = |known: &Known<'_>| {
                let rows = match &known.verdict {
                    super::Verdict::Except(rows) => rows.as_slice(),
                    super::Verdict::Accepted | super::Verdict::Withheld => &[],
                };
                Rates::clone(known.rates).doubting(rows, |_| None).ok()
            };
            if let Some(rates) = without(base) {
                return RatesOn::InForce {
                    rates,
                    since: base.day(),
                    until: self.proven_until(base, &known, view).max(asked),
                };
            }
        }
        self.why_not(asked, now, view)
    }

    /// The publications whose day may be the one asked for, or one shortly before it.
    fn around(&self, asked: NaiveDate, now: DateTime<Utc>, view: &View<'_>) -> Vec<Known<'_>> {
        let days = self.banks.get(&view.bank);
        let span = TimeDelta::days(super::view::LONGEST_SPAN);
        let [from, to] = [
            asked.checked_sub_signed(span),
            asked.checked_add_signed(span),
        ];
        let range = from.unwrap_or(NaiveDate::MIN)..=to.unwrap_or(NaiveDate::MAX);
        let near = days.into_iter().flat_map(|days| days.range(range.clone()));
        view::known(near.flat_map(|(_, day)| day), now, view)
    }

    /// The earlier publication that the bank's own feed answered with for a day.
    fn carried<'a, 'b>(
        &self,
        asked: NaiveDate,
        known: &'b [Known<'a>],
        view: &View<'_>,
    ) -> Option<&'b Known<'a>> {
        let day = self.banks.get(&view.bank)?.get(&asked)?;
        let of_day = day.iter().filter(|sighting| sighting.feed() == Feed::OfDay);
        let latest = of_day.max_by_key(|sighting| sighting.version())?;
        let proven = known.iter().find(|known| Some(known.id) == latest.id())?;
        let pause = TimeDelta::days(proven.rates.longest_pause().into());
        let is_own = proven.rates.publication().method == Method::Published;
        let stands = proven.day() < asked && asked - proven.day() <= pause;
        (is_own && stands).then_some(proven)
    }

    /// The last day, without a gap, for which the bank answered with a publication.
    fn proven_until(&self, base: &Known<'_>, known: &[Known<'_>], view: &View<'_>) -> NaiveDate {
        let mut until = base.day();
        while let Some(next) = until.succ_opt() {
            let has_own = known.iter().any(|known| known.day() == next);
            let carried = self.carried(next, known, view);
            if has_own || carried.is_none_or(|known| known.id != base.id) {
                break;
            }
            until = next;
        }
        until
    }

    fn why_not(&self, asked: NaiveDate, now: DateTime<Utc>, view: &View<'_>) -> RatesOn {
        let known = view::known(self.sightings(&view.bank), now, view);
        let (Some(last), Some(first)) = (known.first(), known.last()) else {
            return RatesOn::Unknown;
        };
        let today = day::of(day::clamp(now), last.rates.zone());
        let before = known.iter().find(|known| known.day() < asked);
        let after = known.iter().rev().find(|known| known.day() > asked);
        match (before, after) {
            (Some(before), Some(after)) => RatesOn::Gap {
                before: before.day(),
                after: after.day(),
            },
            (None, _) => RatesOn::BeforeFirst { first: first.day() },
            (Some(_), None) if asked > today => RatesOn::NotYetPublished,
            (Some(_), None) => RatesOn::AfterLast { last: last.day() },
        }
    }
}
