//! Carried rows of a publication, each with its own day: the last good row in the place of a quarantined or missing one, and
//! the rows of another list of the bank.

use chrono::NaiveDate;

use super::table::Table;
use super::{ConvertError, Currency, InvalidRates, Publication, Rates, Row};

/// Whether a row of a day is in the units of a publication: the unit of its currency and of the bank's own is not another one
/// by then.
fn is_of_the_units_of(publication: &Publication, currency: Currency, day: NaiveDate) -> bool {
    let units = [currency, publication.home];
    units
        .iter()
        .all(|unit| unit.has_one_unit(day, publication.day))
}

impl Rates {
    /// Replaces quarantined rows by the last good ones.
    ///
    /// For each currency in `doubted` that has a row, the row of `last_good` takes its place, with its own day; if
    /// `last_good` returns `None`, the currency has no row any more, and likewise if its unit or the bank's own changed between
    /// the two days (the bolívar on 1 October 2021, a withdrawn currency after its end). The new row has no change, because the bank's change
    /// belongs to the quarantined value, and it counts as confirmed. A day that is not earlier than the publication's is
    /// ignored. The other rows stay as they are.
    ///
    /// # Errors
    ///
    /// Returns [`InvalidRates::Empty`] if no row is left, and another [`InvalidRates`] if a row of `last_good` is out of
    /// range.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value().clone();
    /// use masthead::money::{Currency, Pair, Row, parse_decimal};
    ///
    /// let yesterday = Row::new(Currency::USD, parse_decimal("447.20")?, 1);
    /// let day_before = "2023-06-12".parse()?;
    /// let doubted = [Currency::USD, Currency::RUB];
    /// let rates = rates.doubting(&doubted, |currency| (currency == Currency::USD).then_some((yesterday, day_before)))?;
    ///
    /// let dollar = rates.rate(Pair::USD_KZT).ok_or("no dollar")?;
    /// assert_eq!(dollar.to_string(), "447.20 KZT for 1 USD on 2023-06-12");
    /// assert_eq!(rates.rate(Pair::RUB_KZT), None);
    /// // The dollar is of 12 June and the euro of 13 June, so there is no cross rate between them.
    /// assert_eq!(rates.day_of(Currency::USD), day_before);
    /// assert_eq!(rates.day_of(Currency::EUR), rates.day());
    /// assert!(rates.converter(Currency::USD, Currency::EUR).is_err());
    /// assert!(rates.converter(Currency::USD, Currency::KZT).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn doubting(
        self,
        doubted: &[Currency],
        last_good: impl Fn(Currency) -> Option<(Row, NaiveDate)>,
    ) -> Result<Self, InvalidRates> {
        let Self {
            publication,
            rows,
            mut older,
            mut valid_until,
            unconfirmed,
            longest_pause,
        } = self;
        let rows = rows.iter().filter_map(|row| {
            if !doubted.contains(&row.currency) {
                return Some(row);
            }
            let (good, day) = last_good(row.currency)?;
            older.retain(|(currency, _)| *currency != row.currency);
            if !is_of_the_units_of(&publication, row.currency, day) {
                return None;
            }
            if day < publication.day {
                older.push((row.currency, day));
            }
            Some(Row {
                currency: row.currency,
                change: None,
                ..good
            })
        });
        let rows: Vec<Row> = rows.collect();
        older.retain(|(currency, _)| rows.iter().any(|row| row.currency == *currency));
        older.sort_unstable();
        valid_until.retain(|(currency, _)| !doubted.contains(currency));
        let whole = Self::new(publication, rows)?;
        let whole = Self {
            older,
            valid_until,
            longest_pause,
            ..whole
        };
        let unconfirmed = unconfirmed.into_iter();
        Ok(whole.with_unconfirmed(unconfirmed.filter(|currency| !doubted.contains(currency))))
    }

    /// Adds the rows of another list for currencies without a row, each with its own day, which is not later than the
    /// publication's, with the last day on which its list is in force, and without a change.
    pub(crate) fn carrying(
        mut self,
        rows: impl IntoIterator<Item = (Row, NaiveDate, Option<NaiveDate>)>,
    ) -> Self {
        let mut all: Vec<Row> = self.rows.iter().collect();
        for (row, day, valid_until) in rows {
            let mut known = all.iter().map(|held| held.currency);
            let is_known = known.any(|known| known == row.currency) || row.currency == self.home();
            let is_of_its_units = is_of_the_units_of(&self.publication, row.currency, day);
            if is_known || day > self.publication.day || !is_of_its_units {
                continue;
            }
            all.push(Row {
                change: None,
                ..row
            });
            self.older.push((row.currency, day));
            self.valid_until
                .extend(valid_until.map(|last| (row.currency, last)));
        }
        self.rows = Table::new(all);
        self.older.sort_unstable();
        self.valid_until.sort_unstable();
        self
    }

    /// The carried rows whose list is still in force on a day.
    pub(crate) fn carried_in_force(
        &self,
        day: NaiveDate,
    ) -> impl Iterator<Item = (Row, NaiveDate, Option<NaiveDate>)> + '_ {
        let lists = self
            .valid_until
            .iter()
            .filter(move |(_, last)| *last >= day);
        lists.filter_map(|(currency, last)| {
            let row = self.rows.get(*currency)?;
            Some((row, self.day_of(*currency), Some(*last)))
        })
    }

    /// Returns the last day on which the rate of a currency is in force, for a row carried from a list for several days,
    /// such as the weekly list of the National Bank of the Kyrgyz Republic. Returns `None` for every other row. The
    /// example of [`Nbkr`](crate::source::Nbkr) has both kinds.
    ///
    /// ```
    /// use masthead::{Snapshot, money::Currency};
    ///
    /// let snapshot = Snapshot::sample();
    /// let rates = snapshot.rates(Snapshot::SAMPLE_TIME).ok_or("no rates")?.value();
    /// assert_eq!(rates.valid_until(Currency::USD), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn valid_until(&self, currency: Currency) -> Option<NaiveDate> {
        let list = self.valid_until.iter().find(|(held, _)| *held == currency);
        list.map(|(_, last)| *last)
    }

    /// Whether the row of a currency is a carried one, with a day of its own.
    pub(crate) fn is_carried(&self, currency: Currency) -> bool {
        self.older.iter().any(|(held, _)| *held == currency)
    }

    /// The number of rows of the publication's own list, without the carried ones.
    #[cfg(feature = "ticker")]
    pub(crate) fn own_len(&self) -> usize {
        self.rows.len().saturating_sub(self.older.len())
    }

    /// The day on which the rate of a currency is official: the publication's, or an earlier one if the last good row
    /// stands in the place of a quarantined or missing one, or if the row is from a weekly list. For a currency without a
    /// row it is the publication's. [`doubting`](Self::doubting) has an example.
    #[must_use]
    pub fn day_of(&self, currency: Currency) -> NaiveDate {
        let own = self.older.iter().find(|(held, _)| *held == currency);
        own.map_or(self.publication.day, |(_, day)| *day)
    }

    /// Whether all rows are of the publication's day.
    #[inline]
    pub(super) const fn is_of_one_day(&self) -> bool {
        self.older.is_empty()
    }

    /// The day of a conversion: that of the rate it uses. Two rates must be of the same day.
    pub(super) fn day_between(
        &self,
        from: Currency,
        to: Currency,
    ) -> Result<NaiveDate, ConvertError> {
        let home = self.home();
        let [from, to] =
            [from, to].map(|currency| (currency != home).then(|| self.day_of(currency)));
        match (from, to) {
            (Some(from), Some(to)) if from != to => Err(ConvertError::OtherDay {
                asked: from.max(to),
                held: from.min(to),
            }),
            (Some(day), _) | (None, Some(day)) => Ok(day),
            (None, None) => Ok(self.day()),
        }
    }
}
