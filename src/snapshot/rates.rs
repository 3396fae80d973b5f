//! Where a publication is placed: in force, or next.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Added, Observed, Reading as _, Snapshot};
use crate::day;
use crate::money::{Method, Rates};
use crate::provenance::Attribution;

impl Snapshot {
    /// Adds a publication, read at `now`, and says what became of it.
    ///
    /// It is placed by its own day: in force, or next, where the latest word stands. In force, a newer day is never
    /// replaced by an older one, the bank's own publication never by a computed one of the same day, and none within
    /// [`MAX_DAYS_IN_FORCE`](Self::MAX_DAYS_IN_FORCE) by one with less than four fifths of its rows. More than [`MAX_DAYS_AHEAD`](Self::MAX_DAYS_AHEAD) days ahead is refused.
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

    /// Adds at `now` a publication that its source last served at `served`, from which its age counts.
    pub(crate) fn add_rates_served(
        &mut self,
        rates: Rates,
        credit: Attribution,
        served: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Added {
        let [served, now] = [served, now].map(day::clamp);
        let today = day::of(served, rates.zone());
        // The bank's own list is in force when it is served, unless it is of a day ahead, or older than the bank's longest
        // pause. A computed set says nothing beyond its own day: the other party may not have seen the newer one.
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

    /// Whether the publications are what they are to be presented as.
    #[cfg(feature = "ticker")]
    pub(crate) fn is_presented(&self, presented: impl Fn(&Rates) -> Rates) -> bool {
        let mut shown = self.rates.iter().chain(&self.next).map(Observed::value);
        shown.all(|rates| *rates == presented(rates))
    }

    /// Puts other changes and marks on the publications. The times stay what they are.
    #[cfg(feature = "ticker")]
    pub(crate) fn present(&mut self, presented: impl Fn(&Rates) -> Rates) {
        for held in [&mut self.rates, &mut self.next] {
            *held = held.take().map(|held| {
                let rates = presented(held.value());
                held.with(rates)
            });
        }
    }

    /// The same of a publication that another server has read.
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
        // Of a day that has not come, so a clock was wrong when it was placed.
        if !ahead && slot.as_ref().is_some_and(|held| held.value().day() > today) {
            *slot = None;
        }
        // What a clock that was wrong has left is further ahead than a bank publishes, and would never be replaced.
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
    /// Whether two publications say the same, changes and marks aside.
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

    /// Whether `other` may take this one's place: in force, or `ahead`, where nothing is in force yet and the bank may
    /// take its word back.
    fn yields_to(&self, other: &Self, ahead: bool) -> bool {
        let (held, new) = (self.publication(), other.publication());
        let own_of_the_day = held.method == Method::Published
            && new.method == Method::Computed
            && new.day == held.day;
        let later = new.day >= held.day || (ahead && new.method == Method::Published);
        // A bank does not drop a fifth of its currencies overnight; a feed that broke does. In the end it is the bank.
        let lapsed = new.day - held.day > TimeDelta::days(Snapshot::MAX_DAYS_IN_FORCE);
        // Rows of a weekly list, which may be missing when it was not read, do not count on either side.
        let whole = lapsed
            || other.len() * 5 >= self.len() * 4
            || other.own_len() * 5 >= self.own_len() * 4;
        later && whole && !own_of_the_day
    }
}
