//! The facts of a bank that its documents do not state.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{BANKS, DynRates, Source};
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
    /// Whether an answer of an earlier day proves that publication for the day requested: the bank publishes the rates of a day before it begins. The
    /// European Central Bank sets them during the day, and has none for the days between.
    pub(crate) is_carried: bool,
    /// How long it has nothing new at most: its longest holidays. The National Bank of Kazakhstan has a list for every calendar day, so no list stays
    /// in force after its day, but the lists of its holidays repeat the same numbers for days.
    pub(crate) longest_silence: TimeDelta,
    pub(crate) budget: Budget,
    /// The sources of the rates in force, in order, for the pairs of a page. No pairs are all pairs.
    pub(crate) in_force: fn(&[Pair]) -> Vec<Arc<DynRates>>,
    /// The source of the newest publication, for a bank that publishes ahead.
    pub(crate) newest: Option<fn() -> Arc<DynRates>>,
    /// The source of earlier days.
    pub(crate) history: History,
    /// The source that is requested to confirm another bank's rates.
    pub(crate) witness: fn() -> Arc<DynRates>,
    /// The banks that confirm its rates, in order, each with the days by which its publications are later.
    pub(crate) witnesses: &'static [(SourceId, u16)],
}

/// The source of a bank's rates of earlier days.
#[derive(Clone, Copy, Debug)]
pub(crate) enum History {
    /// The first source of the rates in force, whose request names the day.
    ByDay,
    /// A file of all days, and a shorter one of the last ninety.
    Files {
        all: fn() -> Arc<DynHistory>,
        recent: fn() -> Arc<DynHistory>,
        /// The first day of the bank.
        first: NaiveDate,
    },
    /// The bank answers with its present lists only.
    None,
}

/// A source of the rates of one day or of many. The query is the day that is requested.
pub(crate) type DynHistory = dyn Source<Query = NaiveDate, Reading = Vec<Rates>>;

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
        Attribution::new(self.name).with_url(self.link)
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

/// Returns the built-in bank with an id.
pub(crate) fn bank(id: &SourceId) -> Option<&'static Profile> {
    BANKS.iter().copied().find(|bank| bank.id == *id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::bank as bank_of;
    use crate::source::BANKS;

    #[test]
    fn every_bank_is_in_the_list_once_and_names_what_it_is() {
        let ids: BTreeSet<&str> = BANKS.iter().map(|bank| bank.id.as_str()).collect();
        assert_eq!(ids.len(), BANKS.len());
        for bank in BANKS {
            let id = &bank.id;
            let sources = (bank.in_force)(&[]);
            assert_eq!(sources.first().map(|source| source.id()).as_ref(), Some(id));
            assert_eq!((bank.witness)().id(), *id);
            assert!(bank.newest.is_none_or(|newest| newest().id() == *id));
            assert!(bank.budget.usual > 0 && bank.days_ahead > 0, "{id}");
            for (witness, _) in bank.witnesses {
                assert!(
                    witness != id && bank_of(witness).is_some(),
                    "{id}: {witness}"
                );
            }
            assert!(
                bank.shown
                    .iter()
                    .filter(|shown| **shown != bank.home)
                    .count()
                    >= 2
            );
        }
    }

    #[test]
    fn a_file_of_a_bank_that_is_missing_in_the_list_is_found() {
        // Each bank has a file or a folder with a profile, and its name is the id of the bank.
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/source");
        let files = std::fs::read_dir(folder).unwrap().filter_map(|entry| {
            let path = entry.unwrap().path();
            let file = if path.is_dir() {
                path.join("mod.rs")
            } else {
                path.clone()
            };
            let code = std::fs::read_to_string(file).unwrap();
            let has_profile = code.contains("\npub(crate) static PROFILE: Profile");
            has_profile.then(|| path.file_stem().unwrap().to_str().unwrap().to_owned())
        });
        let files: BTreeSet<String> = files.collect();
        let listed: BTreeSet<String> = BANKS.iter().map(|bank| bank.id.to_string()).collect();
        assert_eq!(files, listed);
    }
}
