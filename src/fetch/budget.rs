//! The requests of the last hour, and the cool-downs of whole sources.
//!
//! A budget is a sliding hour: the National Bank with 4 requests at 09:00, 09:10, 09:20 and 09:30 gets the next one at 10:00, and then one at 10:10.
//! At 15:30, when its budget becomes 12, the four count as four of twelve. A request counts when it is granted, whether it is answered or not.
//!
//! The cool-down of a query (in the chain) and that of its source (here) are apart: one city whose request fails must not cost the others their
//! weather. Three failures in a row are the source's; so is one failure if it refuses (401, 403, 429), cannot be reached, or states a `Retry-After`.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::memory::Rest;
use crate::provenance::SourceId;
use crate::source::bank;

/// The rate limits of each source, over all of its feeds and cities: requests within an hour, and cool-downs after failures.
///
/// | source | requests an hour |
/// |---|---|
/// | National Bank of Kazakhstan | 4, and 12 from 15:30 to 17:00 in Astana, when it publishes |
/// | Frankfurter, and the other central banks | 8 |
/// | MET Norway | 240, or four for each city if there are more than sixty: two an hour, as its `Expires` allows, and two for failures |
/// | Open-Meteo | 240 |
/// | any other | 60 |
///
/// ```
/// use masthead::SourceId;
/// use masthead::fetch::Budgets;
///
/// let mut budgets = Budgets::default();
/// let morning = "2026-04-02T04:00:00Z".parse().unwrap();
/// let granted = (0..10).filter(|_| budgets.take(&SourceId::NATIONAL_BANK_KZ, morning).is_ok()).count();
/// assert_eq!(granted, 4);
/// ```
#[derive(Debug, Default)]
pub struct Budgets {
    sources: HashMap<SourceId, Standing>,
    is_sparing: bool,
    cities: usize,
    /// The most requests in an hour of a back-fill, in the place of the source's own limit. `None` for other budgets.
    most: Option<usize>,
}

/// The state of a source.
#[derive(Clone, Debug, Default)]
struct Standing {
    /// The instants of the requests of the last hour, in the order in which they were granted.
    spent: VecDeque<DateTime<Utc>>,
    /// The cool-down of the whole source.
    rest: Rest,
    /// Failures since the last answer.
    failures: u32,
}

/// So many failures in a row are the source's, not the query's.
const FAILURES_OF_A_SOURCE: u32 = 3;

/// A server that cannot reach the others of its fleet takes one of so many parts of a budget.
const PARTS_OF_A_SPARING_BUDGET: usize = 4;

/// The most requests for earlier days in an hour: one in five seconds.
const REQUESTS_FOR_HISTORY: usize = 720;

const HOUR: TimeDelta = TimeDelta::hours(1);

impl Budgets {
    /// The budgets of a ticker that keeps the weather of so many cities.
    pub(crate) fn of_cities(cities: usize) -> Self {
        Self {
            cities,
            ..Self::default()
        }
    }

    /// The budget of a back-fill, beside those of the present rates.
    pub(crate) fn of_history() -> Self {
        Self {
            most: Some(REQUESTS_FOR_HISTORY),
            ..Self::default()
        }
    }

    /// Counts what was spent, and the rests that last, before a reload.
    pub(crate) fn follow(&mut self, before: &Self) {
        self.sources.clone_from(&before.sources);
        self.is_sparing = before.is_sparing;
    }

    /// Takes one request from the budget of a source.
    ///
    /// # Errors
    ///
    /// The time at which the next request is possible, if the budget of the hour is used up.
    pub fn take(&mut self, source: &SourceId, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        let limit = self.most.unwrap_or_else(|| limit(source, self.cities, now));
        let limit = if self.is_sparing {
            limit.div_ceil(PARTS_OF_A_SPARING_BUDGET)
        } else {
            limit
        };
        let spent = &mut self.standing(source).spent;
        spent.retain(|at| now - *at < HOUR);
        let over = spent.len().checked_sub(limit);
        match over.and_then(|over| spent.get(over)) {
            Some(first_to_leave) => Err(*first_to_leave + HOUR),
            None => {
                spent.push_back(now);
                Ok(())
            }
        }
    }

    /// Moves what a clock that was set back by `by`, to `now`, has counted: what was spent stays spent, and a rest lasts as long as before.
    pub(crate) fn set_back(&mut self, now: DateTime<Utc>, by: TimeDelta) {
        for standing in self.sources.values_mut() {
            standing.rest.set_back(now, by);
            let ahead = standing.spent.iter_mut().filter(|at| **at > now);
            ahead.for_each(|at| *at -= by);
        }
    }

    /// How often a weather service can be asked for each of so many cities: its hour divided by what it has for a city.
    pub(crate) fn share(&self, source: &SourceId, cities: usize) -> TimeDelta {
        let limit = limit(source, self.cities, DateTime::UNIX_EPOCH);
        let seconds = cities.saturating_mul(3600).div_ceil(limit.max(1));
        i64::try_from(seconds).map_or(HOUR, TimeDelta::seconds)
    }

    /// From now on takes a quarter of each budget, or the whole again.
    pub(crate) const fn spare(&mut self, sparing: bool) {
        self.is_sparing = sparing;
    }

    pub(crate) const fn is_sparing(&self) -> bool {
        self.is_sparing
    }

    /// The end of a source's rest, while it lasts.
    pub(crate) fn resting(&self, source: &SourceId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.sources.get(source)?.rest.until(now)
    }

    /// A source failed; `asked` is how long it wants to be left alone. It rests at once where it `refused` us, and else
    /// from the third failure in a row on: one city on which it stumbles must not cost the others their weather.
    pub(super) fn failed(
        &mut self,
        source: &SourceId,
        now: DateTime<Utc>,
        asked: Option<TimeDelta>,
        refused: bool,
    ) {
        let standing = self.standing(source);
        standing.failures = standing.failures.saturating_add(1);
        if refused || asked.is_some() || standing.failures >= FAILURES_OF_A_SOURCE {
            standing.rest.extend(now, asked);
        }
    }

    /// A source answered. A rest that lasts is not cut short: what was under way when it asked for one may still succeed.
    pub(super) fn answered(&mut self, source: &SourceId, now: DateTime<Utc>) {
        let standing = self.standing(source);
        standing.failures = 0;
        if standing.rest.until(now).is_none() {
            standing.rest = Rest::default();
        }
    }

    fn standing(&mut self, source: &SourceId) -> &mut Standing {
        self.sources.entry(source.clone()).or_default()
    }
}

/// The most requests to a source in the hour before `now`, for a ticker with so many cities.
fn limit(source: &SourceId, cities: usize, now: DateTime<Utc>) -> usize {
    if let Some(bank) = bank(source) {
        return bank.budget_at(now);
    }
    match source.as_str() {
        "frankfurter" => 8,
        "met_norway" => cities.saturating_mul(4).max(240),
        "open_meteo" => 240,
        _ => 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_count_in_any_order() {
        let (mut budgets, source) = (Budgets::default(), SourceId::NATIONAL_BANK_KZ);
        let now: DateTime<Utc> = "2026-04-02T04:00:00Z".parse().unwrap();
        // One chain waited for a source that hung; the other asks at once.
        for seconds in [3, 0, 6, 1] {
            let asked = now + TimeDelta::seconds(seconds);
            budgets.take(&source, asked).unwrap();
        }
        assert!(budgets.take(&source, now).is_err());
    }

    #[test]
    fn a_clock_that_was_set_back_neither_holds_a_budget_nor_gives_it_back() {
        let (mut budgets, source) = (Budgets::default(), SourceId::NATIONAL_BANK_KZ);
        let now: DateTime<Utc> = "2026-04-02T06:00:00Z".parse().unwrap();
        let mut ahead = now + TimeDelta::days(3650);
        for _ in 0..4 {
            budgets.take(&source, ahead).unwrap();
        }
        ahead += TimeDelta::minutes(20);
        budgets.set_back(now, ahead - now);
        let again = now + TimeDelta::minutes(40);
        assert_eq!(budgets.take(&source, now), Err(again));
        assert_eq!(budgets.take(&source, again), Ok(()));
    }

    #[test]
    fn a_rest_lasts_as_long_after_the_clock_was_set_back() {
        let (mut budgets, source) = (Budgets::default(), SourceId::MET_NORWAY);
        let now: DateTime<Utc> = "2026-04-02T06:00:00Z".parse().unwrap();
        let ahead = now + TimeDelta::hours(23);
        let asked = TimeDelta::minutes(10);
        budgets.failed(&source, ahead, Some(asked), true);
        budgets.set_back(now, ahead - now);
        assert_eq!(budgets.resting(&source, now), Some(now + asked));
        // A rest that was set before the clock was ahead stays where it is.
        budgets.set_back(now + TimeDelta::minutes(1), TimeDelta::hours(5));
        assert_eq!(budgets.resting(&source, now), Some(now + asked));
    }

    #[test]
    fn an_answer_that_was_under_way_does_not_cut_a_rest_short() {
        let (mut budgets, source) = (Budgets::default(), SourceId::MET_NORWAY);
        let now: DateTime<Utc> = "2026-04-02T06:00:00Z".parse().unwrap();
        let asked = TimeDelta::minutes(10);
        budgets.failed(&source, now, Some(asked), true);
        budgets.answered(&source, now);
        assert_eq!(budgets.resting(&source, now), Some(now + asked));
        // After the rest an answer clears what was remembered, and the next rest is a first one.
        budgets.answered(&source, now + asked);
        budgets.failed(&source, now + asked, None, true);
        assert_eq!(
            budgets.resting(&source, now + asked),
            Some(now + asked + TimeDelta::seconds(30))
        );
    }
}
