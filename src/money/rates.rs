use chrono::NaiveDate;
use chrono_tz::Tz;
#[cfg(feature = "ticker")]
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Currency, InvalidRates, Pair, Publication, Quotation, Rate, Row};
use crate::day;

/// One publication of official rates: a home currency against many others, on one day, from one source.
///
/// Rows keep what the bank printed. [`rate`](Self::rate) reads one, [`converter`](Self::converter) and
/// [`convert`](Self::convert) compute with them.
///
/// ```
/// use masthead::SourceId;
/// use masthead::money::{Currency, Method, Pair, Publication, Quotation, Rates, Row, parse_decimal};
///
/// let rates = Rates::new(
///     Publication {
///         home: Currency::KZT,
///         quotation: Quotation::HomePerForeign,
///         day: "2026-04-02".parse()?,
///         zone: chrono_tz::Asia::Almaty,
///         source: SourceId::NATIONAL_BANK_KZ,
///         method: Method::Published,
///     },
///     [Row { currency: Currency::KRW, value: parse_decimal("31.28")?, nominal: 100, change: Some(parse_decimal("-0.31")?) }],
/// )?;
/// let won = rates.rate("krw/kzt".parse()?).unwrap();
/// assert_eq!((won.value().to_string().as_str(), won.nominal()), ("31.28", 100));
/// assert_eq!(rates.rate(Pair::USD_KZT), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Rates {
    pub(super) publication: Publication,
    pub(super) rows: Vec<Row>,
    /// The rows with a day of their own, which is not later than the publication's, in the order of the rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) older: Vec<(Currency, NaiveDate)>,
    /// The last day in force of the rows that are from a list for several days, in the order of the rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) valid_until: Vec<(Currency, NaiveDate)>,
    /// The rows that are not confirmed yet, in the order of the rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unconfirmed: Vec<Currency>,
    /// For how many days after its own the publication may stay in force.
    #[serde(skip_serializing_if = "is_default_pause")]
    pub(super) longest_pause: u16,
}

impl Rates {
    /// A publication of checked rows. A change that [cannot be](Row::change_is_possible) is left out of its row, which stays.
    ///
    /// # Errors
    ///
    /// When the day is not of the years 1900 to 2200, there is no row, a value is not within 10⁻⁹ to 10⁹, a nominal is not a power of ten up to a million, a
    /// currency stands twice, or the home currency is among the rows.
    pub fn new(
        publication: Publication,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<Self, InvalidRates> {
        let mut rows: Vec<Row> = rows.into_iter().collect();
        if !day::is_plausible(publication.day) {
            return Err(InvalidRates::Day {
                day: publication.day,
            });
        }
        if rows.is_empty() {
            return Err(InvalidRates::Empty);
        }
        for row in &mut rows {
            row.check(publication.home)?;
            row.change = row.change.filter(|_| row.change_is_possible());
        }
        rows.sort_unstable_by_key(|row| row.currency);
        let twice = rows
            .iter()
            .zip(rows.iter().skip(1))
            .find(|(a, b)| a.currency == b.currency);
        if let Some((row, _)) = twice {
            return Err(InvalidRates::Twice {
                currency: row.currency,
            });
        }
        Ok(Self {
            publication,
            rows,
            older: Vec::new(),
            valid_until: Vec::new(),
            unconfirmed: Vec::new(),
            longest_pause: Self::DEFAULT_PAUSE,
        })
    }

    /// The longest pause of a bank of which nothing else is known, in days.
    pub const DEFAULT_PAUSE: u16 = 10;

    /// Sets for how many days after its own the publication may stay in force without another one: the bank's longest pause,
    /// over its longest holidays. 0 for a bank that has a publication for every calendar day.
    ///
    /// Default: [`DEFAULT_PAUSE`](Self::DEFAULT_PAUSE).
    #[must_use]
    pub const fn with_longest_pause(mut self, days: u16) -> Self {
        self.longest_pause = days;
        self
    }

    /// For how many days after its own the publication may stay in force without another one.
    #[must_use]
    pub const fn longest_pause(&self) -> u16 {
        self.longest_pause
    }

    /// The same publication with other changes.
    #[cfg(feature = "ticker")]
    pub(crate) fn with_changes(mut self, change: impl Fn(&Row) -> Option<Decimal>) -> Self {
        for row in &mut self.rows {
            row.change = change(row);
        }
        self
    }

    /// The same publication with the changes that another copy of it shows.
    #[cfg(feature = "ticker")]
    pub(crate) fn with_changes_of(self, other: &Self) -> Self {
        self.with_changes(|row| {
            let shown = other.row(row.currency);
            let shown =
                shown.filter(|shown| shown.value == row.value && shown.nominal == row.nominal);
            shown.map_or(row.change, |shown| shown.change)
        })
    }

    /// Marks the rows that are not confirmed yet; every other row is confirmed. A currency without a row is left out.
    #[must_use]
    pub fn with_unconfirmed(mut self, currencies: impl IntoIterator<Item = Currency>) -> Self {
        self.unconfirmed = currencies
            .into_iter()
            .filter(|currency| self.row(*currency).is_some())
            .collect();
        self.unconfirmed.sort_unstable();
        self.unconfirmed.dedup();
        self
    }

    /// The currencies whose rates are not confirmed yet, neither by a second publication with other numbers nor by another bank.
    #[must_use]
    pub fn unconfirmed(&self) -> &[Currency] {
        &self.unconfirmed
    }

    /// The rate of a pair, in the direction the bank quotes; nothing when it does not quote the pair.
    #[must_use]
    pub fn rate(&self, pair: Pair) -> Option<Rate> {
        let Publication {
            home, quotation, ..
        } = self.publication;
        let (own, foreign) = match quotation {
            Quotation::HomePerForeign => (pair.quote(), pair.base()),
            Quotation::ForeignPerHome => (pair.base(), pair.quote()),
        };
        (own == home)
            .then(|| self.row(foreign))
            .flatten()
            .map(|row| self.rate_of(row, pair))
    }

    /// Every rate, in the order of the foreign currencies' codes.
    pub fn iter(&self) -> impl Iterator<Item = Rate> + '_ {
        let Publication {
            home, quotation, ..
        } = self.publication;
        self.rows.iter().filter_map(move |row| {
            let pair = Pair::new(row.currency, home)?;
            Some(self.rate_of(
                row,
                if quotation == Quotation::HomePerForeign {
                    pair
                } else {
                    pair.inverse()
                },
            ))
        })
    }

    /// The rows as published, in the order of their codes.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of a foreign currency.
    #[must_use]
    pub fn row(&self, currency: Currency) -> Option<&Row> {
        self.rows
            .binary_search_by_key(&currency, |row| row.currency)
            .ok()
            .and_then(|at| self.rows.get(at))
    }

    /// The same publication with these pairs alone, whichever way round they are named.
    ///
    /// # Errors
    ///
    /// When it quotes none of them.
    pub fn only(self, pairs: &[Pair]) -> Result<Self, InvalidRates> {
        let home = self.publication.home;
        let wanted = |row: &Row| {
            Pair::new(row.currency, home)
                .is_some_and(|pair| pairs.contains(&pair) || pairs.contains(&pair.inverse()))
        };
        let (mut rows, mut older, mut valid_until) = (self.rows, self.older, self.valid_until);
        rows.retain(wanted);
        for days in [&mut older, &mut valid_until] {
            days.retain(|(currency, _)| rows.iter().any(|row| row.currency == *currency));
        }
        let whole = Self::new(self.publication, rows)?;
        let whole = Self {
            older,
            valid_until,
            longest_pause: self.longest_pause,
            ..whole
        };
        Ok(whole.with_unconfirmed(self.unconfirmed))
    }

    /// How many currencies the publication quotes; never zero.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// What is said once of the whole publication.
    #[must_use]
    pub const fn publication(&self) -> &Publication {
        &self.publication
    }

    /// The bank's own currency.
    #[must_use]
    pub const fn home(&self) -> Currency {
        self.publication.home
    }

    /// The day on which the rates are official.
    #[must_use]
    pub const fn day(&self) -> NaiveDate {
        self.publication.day
    }

    /// The zone in which the bank counts its days.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.publication.zone
    }

    fn rate_of(&self, row: &Row, pair: Pair) -> Rate {
        Rate::new(
            pair,
            row.value,
            row.nominal,
            self.day_of(row.currency),
            row.change,
            !self.unconfirmed.contains(&row.currency),
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    publication: Publication,
    rows: Vec<Row>,
    #[serde(default)]
    older: Vec<(Currency, NaiveDate)>,
    #[serde(default)]
    valid_until: Vec<(Currency, NaiveDate)>,
    #[serde(default)]
    unconfirmed: Vec<Currency>,
    #[serde(default = "default_pause")]
    longest_pause: u16,
}

const fn default_pause() -> u16 {
    Rates::DEFAULT_PAUSE
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it so
const fn is_default_pause(days: &u16) -> bool {
    *days == Rates::DEFAULT_PAUSE
}

impl TryFrom<Unchecked> for Rates {
    type Error = InvalidRates;

    fn try_from(unchecked: Unchecked) -> Result<Self, Self::Error> {
        let Unchecked {
            publication,
            rows,
            older,
            valid_until,
            unconfirmed,
            longest_pause,
        } = unchecked;
        let whole = Self::new(publication, rows)?
            .with_unconfirmed(unconfirmed)
            .with_longest_pause(longest_pause);
        let known = |(currency, day): &(Currency, NaiveDate)| {
            whole.row(*currency).is_some() && day::is_plausible(*day) && *day <= whole.day()
        };
        // A list for several days ends after it begins, and is of another day than the rest.
        let ends = |(currency, last): &&(Currency, NaiveDate)| {
            let own = older.iter().find(|(held, _)| held == currency);
            !day::is_plausible(*last) || own.is_none_or(|(_, day)| day > last)
        };
        let wrong = older.iter().find(|row| !known(row));
        match wrong.or_else(|| valid_until.iter().find(ends)) {
            Some((currency, day)) => Err(InvalidRates::Older {
                currency: *currency,
                day: *day,
            }),
            None => Ok(Self {
                older,
                valid_until,
                ..whole
            }),
        }
    }
}
