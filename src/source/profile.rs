//! The facts of a bank that its documents do not state.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{DynRates, Source};
use crate::money::{Currency, Pair, Quotation, Rates};
use crate::provenance::{Attribution, SourceId};

/// A bank.
#[derive(Debug)]
pub(crate) struct Profile {
    /// The id of its sources.
    pub(crate) id: SourceId,
    /// Its name in English, for the credit and for the languages whose tables have none.
    pub(crate) name: &'static str,
    /// Its site.
    pub(crate) link: &'static str,
    pub(crate) home: Currency,
    pub(crate) quotation: Quotation,
    /// The zone of its days.
    pub(crate) zone: Tz,
    /// The currencies that a page shows by default, in their order. The bank quotes all of them, but for its own.
    pub(crate) shown: &'static [Currency],
    /// The greatest number of days by which a publication is ahead.
    pub(crate) days_ahead: u16,
    /// The longest time for which a publication stays in force after its own day, in days.
    pub(crate) longest_pause: u16,
    /// How long it has nothing new at most: its longest holidays.
    pub(crate) longest_silence: TimeDelta,
    pub(crate) budget: Budget,
    /// The sources of the rates in force, in order, for the pairs of a page. No pairs are all pairs.
    pub(crate) in_force: fn(&[Pair]) -> Vec<Arc<DynRates>>,
    /// The source of the newest publication, for a bank that publishes ahead.
    pub(crate) newest: Option<fn() -> Arc<DynRates>>,
    /// The source that is requested to confirm another bank's rates.
    pub(crate) witness: fn() -> Arc<DynRates>,
    /// The banks that confirm its rates, in order, each with the days by which its publications are later.
    pub(crate) witnesses: &'static [(SourceId, u16)],
}

/// The currencies that a page shows by default: those of the region's largest trade.
pub(super) const SHOWN: &[Currency] = &[
    Currency::USD,
    Currency::EUR,
    Currency::RUB,
    Currency::CNY,
    Currency::KZT,
];

/// The most days by which a publication is ahead, for a bank whose longest holidays are not known better.
pub(super) const DAYS_AHEAD: u16 = 14;

/// The longest time without news, for a bank whose longest holidays are not known better.
pub(crate) const LONGEST_SILENCE: TimeDelta = TimeDelta::days(6);

/// The most requests to a bank in an hour, over all of its feeds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) usual: usize,
    /// Another number between two times of the bank's day, in hours and minutes, while it publishes.
    pub(crate) publishing: Option<([u32; 2], [u32; 2], usize)>,
}

impl Budget {
    /// Eight requests an hour.
    pub(super) const EIGHT: Self = Self {
        usual: 8,
        publishing: None,
    };
}

impl Profile {
    /// Returns the credit of its sources.
    pub(super) fn attribution(&self) -> Attribution {
        Attribution::new(self.name).link(self.link)
    }

    /// Returns the most requests in the hour before an instant.
    pub(crate) fn budget_at(&self, now: DateTime<Utc>) -> usize {
        let time = now.with_timezone(&self.zone).time();
        let at = |[hour, minute]: [u32; 2]| NaiveTime::from_hms_opt(hour, minute, 0);
        let publishing = self.budget.publishing;
        let publishing =
            publishing.filter(|(from, to, _)| at(*from) <= Some(time) && Some(time) < at(*to));
        publishing.map_or(self.budget.usual, |(_, _, most)| most)
    }
}

/// A source of rates, for the lists of a profile.
pub(super) fn of(
    source: impl Source<Query = NaiveDate, Reading = Rates> + 'static,
) -> Arc<DynRates> {
    Arc::new(source)
}
