//! Rows of a publication whose numbers are doubted: the last good ones stand in their place, each with its own day.

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
            unconfirmed,
            longest_pause,
        } = self;
        let rows = rows.into_iter().filter_map(|row| {
            if !doubted.contains(&row.currency) {
                return Some(row);
            }
            let (good, day) = last_good(row.currency)?;
            older.retain(|(currency, _)| *currency != row.currency);
            older.push((row.currency, day));
            Some(Row {
                currency: row.currency,
                change: None,
                ..good
            })
        });
        let rows: Vec<Row> = rows.collect();
        older.retain(|(_, day)| *day < publication.day);
        older.sort_unstable();
        let whole = Self::new(publication, rows)?;
        let whole = Self {
            older,
            longest_pause,
            ..whole
        };
        let unconfirmed = unconfirmed.into_iter();
        Ok(whole.with_unconfirmed(unconfirmed.filter(|currency| !doubted.contains(currency))))
    }

    /// The same publication with rows of older days for currencies that it does not have, each with its own day.
    #[cfg(feature = "ticker")]
    pub(crate) fn carrying(mut self, rows: impl IntoIterator<Item = (Row, NaiveDate)>) -> Self {
        for (row, day) in rows {
            if self.row(row.currency).is_some() || day >= self.publication.day {
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
        }
        self.older.sort_unstable();
        self
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
