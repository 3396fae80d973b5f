//! Carried rows: those of a publication that have a day of their own, because the last good number stands in the place of a
//! doubtful one, or because they are from another list of the bank.

use chrono::NaiveDate;

use super::{ConvertError, Currency, InvalidRates, Rates, Row};

impl Rates {
    /// The same publication with some rows left out, or replaced by those of an older one, each with its own day: where a
    /// number is doubted, the last good one stays, dated. The bank's change goes with the number that it led to.
    ///
    /// # Errors
    ///
    /// When no row is left.
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
        let rows = rows.into_iter().filter_map(|row| {
            if !doubted.contains(&row.currency) {
                return Some(row);
            }
            let (good, day) = last_good(row.currency)?;
            older.retain(|(currency, _)| *currency != row.currency);
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

    /// The same publication with the rows of another list for currencies that it does not have, each with its own day, which
    /// is not later than the publication's, and the last day on which that list is in force.
    pub(crate) fn carrying(
        mut self,
        rows: impl IntoIterator<Item = (Row, NaiveDate, Option<NaiveDate>)>,
    ) -> Self {
        for (row, day, valid_until) in rows {
            let is_known = self.row(row.currency).is_some() || row.currency == self.home();
            if is_known || day > self.publication.day {
                continue;
            }
            let at = self
                .rows
                .partition_point(|held| held.currency < row.currency);
            self.rows.insert(
                at,
                Row {
                    change: None,
                    ..row
                },
            );
            self.older.push((row.currency, day));
            self.valid_until
                .extend(valid_until.map(|last| (row.currency, last)));
        }
        self.older.sort_unstable();
        self.valid_until.sort_unstable();
        self
    }

    /// The carried rows whose list is still in force on a day.
    #[cfg(feature = "ticker")]
    pub(crate) fn carried_in_force(
        &self,
        day: NaiveDate,
    ) -> impl Iterator<Item = (Row, NaiveDate, Option<NaiveDate>)> + '_ {
        let lists = self
            .valid_until
            .iter()
            .filter(move |(_, last)| *last >= day);
        lists.filter_map(|(currency, last)| {
            let row = self.row(*currency)?;
            Some((*row, self.day_of(*currency), Some(*last)))
        })
    }

    /// The last day on which the rate of a currency is in force, where it is from a list for several days, such as the weekly
    /// list of the National Bank of the Kyrgyz Republic. Returns `None` for every other row.
    #[must_use]
    pub fn valid_until(&self, currency: Currency) -> Option<NaiveDate> {
        let list = self.valid_until.iter().find(|(held, _)| *held == currency);
        list.map(|(_, last)| *last)
    }

    /// Whether the row of a currency has a day of its own: it is from another list than the rest.
    #[cfg(feature = "ticker")]
    pub(crate) fn is_carried(&self, currency: Currency) -> bool {
        self.older.iter().any(|(held, _)| *held == currency)
    }

    /// The number of rows of the publication's own list, without the carried ones.
    pub(crate) fn own_len(&self) -> usize {
        self.rows.len().saturating_sub(self.older.len())
    }

    /// The day on which the rate of a currency is official: the publication's, or an older one where its number was doubted
    /// and the last good one stands.
    #[must_use]
    pub fn day_of(&self, currency: Currency) -> NaiveDate {
        let own = self.older.iter().find(|(held, _)| *held == currency);
        own.map_or(self.publication.day, |(_, day)| *day)
    }

    /// The day of a conversion: of the rate it uses, which two rates must share.
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
