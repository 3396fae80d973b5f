//! Placement of a publication as the one in force or the next one.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Added, Observed, Reading as _, Snapshot};
use crate::day;
use crate::money::{Method, Rates};
use crate::provenance::Attribution;

impl Snapshot {
    /// Adds a publication fetched at `now`, with the credit of its source.
    ///
    /// It becomes the publication in force if its day is the current day in the bank's zone or an earlier one, and the next
    /// publication if its day is later. It is rejected if
    ///
    /// - its day is more than [`MAX_DAYS_AHEAD`](Self::MAX_DAYS_AHEAD) days ahead ([`Added::TooFarAhead`]);
    /// - its day is earlier than that of the publication it would replace. Only a next publication may be replaced by the bank's own
    ///   publication for an earlier day, because the bank may withdraw what is not in force yet;
    /// - it is [computed](Method::Computed), and the bank's own publication of the same day is present;
    /// - it has less than four fifths of the rows of the publication it would replace, unless that is more than
    ///   [`MAX_DAYS_IN_FORCE`](Self::MAX_DAYS_IN_FORCE) days older. The cause is usually a broken feed. Rows carried from another
    ///   list may be missing.
    ///
    /// The last three return [`Added::Superseded`].
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
        self.add_rates_served(rates, credit, now, now)
    }

    /// Adds at `now` a publication that its source last served at `served`. Its age counts from `served`.
    pub(crate) fn add_rates_served(
        &mut self,
        rates: Rates,
        credit: Attribution,
        served: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Added {
        let [served, now] = [served, now].map(day::clamp);
        let today = day::of(served, rates.zone());
        // A bank's own publication is in force when it is served, unless its day is ahead or it is older than the bank's longest
        // pause. A computed one is known to be right on its own day only: its source may not have the newer one yet.
        let pause = today - rates.day();
        let stands = pause <= TimeDelta::days(rates.longest_pause().into());
        let published = rates.publication().method == Method::Published;
        let valid = if rates.day() <= today && stands && published {
            served
        } else {
            day::start(rates.day(), rates.zone())
        };
        self.take_rates(Observed::new(rates, valid, served), credit, now)
    }

    /// Returns whether `presented` would change neither publication.
    #[cfg(feature = "ticker")]
    pub(crate) fn is_presented(&self, presented: impl Fn(&Rates) -> Rates) -> bool {
        let mut shown = self.rates.iter().chain(&self.next).map(Observed::value);
        shown.all(|rates| *rates == presented(rates))
    }

    /// Applies `presented`, which sets changes and marks of rows, to both publications. Their times stay.
    #[cfg(feature = "ticker")]
    pub(crate) fn present(&mut self, presented: impl Fn(&Rates) -> Rates) {
        for held in [&mut self.rates, &mut self.next] {
            *held = held.take().map(|held| {
                let rates = presented(held.value());
                held.with(rates)
            });
        }
    }

    /// Adds a publication that may have been fetched by another server, with its times.
    pub(crate) fn take_rates(
        &mut self,
        read: Observed<Rates>,
        credit: Attribution,
        now: DateTime<Utc>,
    ) -> Added {
        let rates = read.value();
        let today = day::of(now, rates.zone());
        if rates.day() > today + TimeDelta::days(Self::MAX_DAYS_AHEAD) {
            return Added::TooFarAhead;
        }
        if let Some(begun) = self.begun(now).cloned() {
            self.rates = Some(begun);
            self.next = None;
        }
        let ahead = rates.day() > today;
        let slot = if ahead {
            &mut self.next
        } else {
            &mut self.rates
        };
        // A publication of a future day in this slot was placed under a wrong clock.
        if !ahead && slot.as_ref().is_some_and(|held| held.value().day() > today) {
            *slot = None;
        }
        // A publication further ahead than banks publish was placed under a wrong clock, and would never be replaced.
        let believed = |held: &&Observed<Rates>| {
            held.value().day() <= today + TimeDelta::days(Self::MAX_DAYS_AHEAD)
        };
        if slot
            .as_ref()
            .filter(believed)
            .is_some_and(|held| !held.value().yields_to(rates, ahead))
        {
            return Added::Superseded;
        }
        self.attributions.insert(rates.source().clone(), credit);
        let (method, day) = (rates.publication().method, rates.day());
        let added = match slot.as_ref().map(Observed::value) {
            Some(held) if held.has_numbers_of(rates) => Added::Confirmed,
            Some(held) if (held.publication().method, held.day()) == (method, day) => {
                Added::Corrected
            }
            _ => Added::Changed,
        };
        *slot = Some(read);
        added
    }
}

impl Rates {
    /// Returns whether two publications are equal except for changes and marks.
    pub(crate) fn has_numbers_of(&self, other: &Self) -> bool {
        let numbers = |rates: &Self| {
            let rows = rates.rows().iter();
            let rows = rows.map(|row| {
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

    /// Returns whether `other` may replace this publication. `ahead` if both are next: not in force yet, so the bank may withdraw
    /// it.
    fn yields_to(&self, other: &Self, ahead: bool) -> bool {
        let (held, new) = (self.publication(), other.publication());
        let own_of_the_day = held.method == Method::Published
            && new.method == Method::Computed
            && new.day == held.day;
        let later = new.day >= held.day || (ahead && new.method == Method::Published);
        // A loss of more than a fifth of the currencies overnight means a broken feed. After a long time the bank has changed its
        // list.
        let lapsed = new.day - held.day > TimeDelta::days(Snapshot::MAX_DAYS_IN_FORCE);
        // Rows of a weekly list, which may be missing when it was not read, do not count on either side.
        let whole = lapsed
            || other.len() * 5 >= self.len() * 4
            || other.own_len() * 5 >= self.own_len() * 4;
        later && whole && !own_of_the_day
    }
}
