//! Rows of earlier days in a publication, in the place of quarantined or missing ones, each with its own day.

use chrono::NaiveDate;

use super::{ConvertError, Currency, InvalidRates, Rates, Row};

impl Rates {
    /// Replaces quarantined rows by the last good ones.
    ///
    /// For each currency in `doubted` that has a row, the row of `last_good` takes its place, with its own day; if
    /// `last_good` returns `None`, the currency has no row any more. The new row has no change, because the bank's change
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
    /// let yesterday = Row { currency: Currency::USD, value: parse_decimal("447.20")?, nominal: 1, change: None };
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

    /// Adds rows of earlier days for currencies without a row, each with its own day and without a change.
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

    /// The day on which the rate of a currency is official: the publication's, or an earlier one if the last good row
    /// stands in the place of a quarantined or missing one. For a currency without a row it is the publication's.
    #[must_use]
    pub fn day_of(&self, currency: Currency) -> NaiveDate {
        let own = self.older.iter().find(|(held, _)| *held == currency);
        own.map_or(self.publication.day, |(_, day)| *day)
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
