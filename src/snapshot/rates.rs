//! Placement of a publication as the one in force or the next one.
//!
//! For a program without a ledger. A ticker chooses from all records instead (`ledger::page`), and only `Observed::served` is common to both. With
//! the list of 2 April in force and that of 3 April next, on 2 April:
//!
//! | added | outcome |
//! |---|---|
//! | the list of 2 April, other numbers | `Corrected`, in force |
//! | the list of 1 April | `Superseded` |
//! | the bank's list of 4 April | `Changed`, next: that of 3 April is gone, and 3 April will have that of 2 April |
//! | the bank's list of 3 April, after that of 4 April | `Changed`, next: the bank may withdraw what is not in force yet |
//! | a computed list of 2 April | `Superseded` |
//! | a list of 17 April | `TooFarAhead` |

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Added, Observed, Reading as _, Snapshot};
use crate::day;
use crate::money::{Method, Rates, Row};
use crate::provenance::Attribution;

impl Snapshot {
    /// Adds a publication fetched at `now`, with the credit of its source.
    ///
    /// It becomes the publication in force if its day is the current day in the bank's zone or an earlier one, and the next
    /// publication if its day is later. It is rejected if
    ///
    /// - its day is more than [`MAX_DAYS_AHEAD`](Self::MAX_DAYS_AHEAD) days ahead ([`Added::TooFarAhead`]);
    /// - its day is earlier than that of the publication it would replace ([`Added::Superseded`]). Only a next publication may be
    ///   replaced by the bank's own publication for an earlier day, because the bank may withdraw what is not in force yet;
    /// - it is [computed](Method::Computed), and the bank's own publication of the same day is present ([`Added::Superseded`]).
    ///
    /// The numbers are not judged. A `Ticker` judges them, and does not show a surprising one.
    ///
    /// ```
    /// use masthead::{Added, Attribution, Snapshot};
    ///
    /// # let sample = Snapshot::sample();
    /// # let rates = sample.rates(Snapshot::SAMPLE_TIME).unwrap().value().clone();
    /// let mut snapshot = Snapshot::default();
    /// let now = Snapshot::SAMPLE_TIME;
    /// assert_eq!(snapshot.add_rates(rates.clone(), Attribution::new("The bank"), now), Added::Changed);
    /// assert_eq!(snapshot.add_rates(rates, Attribution::new("The bank"), now), Added::Confirmed);
    /// ```
    pub fn add_rates(&mut self, rates: Rates, credit: Attribution, now: DateTime<Utc>) -> Added {
        let now = day::clamp(now);
        let today = day::of(now, rates.zone());
        if rates.day() > today + TimeDelta::days(Self::MAX_DAYS_AHEAD) {
            return Added::TooFarAhead;
        }
        if let Some(begun) = self.begun(now).cloned() {
            self.rates = Some(Arc::new(begun));
            self.next = None;
        }
        let is_ahead = rates.day() > today;
        let slot = if is_ahead {
            &mut self.next
        } else {
            &mut self.rates
        };
        let (day, method) = (rates.day(), rates.publication().method);
        let published = method == Method::Published;
        let is_superseded = |held: &Rates| {
            let is_own = held.publication().method == Method::Published;
            let is_earlier = day < held.day() && !(is_ahead && published);
            is_earlier || (day == held.day() && is_own && !published)
        };
        let held = slot.as_deref().map(Observed::value);
        if held.is_some_and(is_superseded) {
            return Added::Superseded;
        }
        let added = match held {
            Some(held) if held.has_numbers_of(&rates) => Added::Confirmed,
            Some(held) if (held.publication().method, held.day()) == (method, day) => {
                Added::Corrected
            }
            _ => Added::Changed,
        };
        self.attributions.insert(rates.source().clone(), credit);
        *slot = Some(Arc::new(Observed::served(rates, now)));
        added
    }
}

impl Observed<Rates> {
    /// A publication that its source last served at `served`: from then on its age counts.
    pub(crate) fn served(rates: Rates, served: DateTime<Utc>) -> Self {
        let (today, zone) = (day::of(served, rates.zone()), rates.zone());
        // A bank's own publication is in force when it is served, unless its day is ahead or it is older than the bank's longest
        // pause. A computed one is known to be right on its own day only: its source may not have the newer one yet.
        let stands = today - rates.day() <= TimeDelta::days(rates.longest_pause().into());
        let published = rates.publication().method == Method::Published;
        let valid = if rates.day() <= today && stands && published {
            served
        } else {
            day::start(rates.day(), zone)
        };
        Self::new(rates, valid, served)
    }
}

impl Rates {
    /// Returns whether every currency that both have has the same number in both. Days, changes and the number of rows do not count.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.each_row().all(|row| {
            let same = |other: Row| (other.value, other.nominal) == (row.value, row.nominal);
            other.row_of(row.currency).is_none_or(same)
        })
    }

    /// Returns whether the numbers and their days are those of `other`. Changes and marks do not count.
    pub(crate) fn has_numbers_of(&self, other: &Self) -> bool {
        let numbers = |rates: &Self| {
            let rows = rates.each_row().map(|row| {
                (
                    row.currency,
                    row.value,
                    row.nominal,
                    rates.day_of(row.currency),
                )
            });
            rows.collect::<Vec<_>>()
        };
        self.publication() == other.publication() && numbers(self) == numbers(other)
    }
}
