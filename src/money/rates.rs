//! A publication of rates: its header, its rows, and the facts in which single rows differ from the header.
//!
//! The rows are a [`Table`]. Three lists, empty for nearly every publication, have the currencies of the rows that differ:
//!
//! | list | the row | made by |
//! |---|---|---|
//! | `older` | is of an earlier day than the header: the last good one, or one of another list | `doubting`, `carrying` |
//! | `valid_until` | is of a list for several days; such a row is in `older` too | `carrying` |
//! | `unconfirmed` | is not confirmed yet | `with_unconfirmed` |
//!
//! They are sorted, and have no currency without a row. [`Rates::new`] makes them empty, so a method that makes a publication of the rows of
//! another one restores them and `longest_pause`, as `only` and `doubting` do.

use chrono::NaiveDate;
use chrono_tz::Tz;
#[cfg(feature = "ticker")]
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::table::Table;
use super::{Currency, InvalidRates, Pair, Publication, Quotation, Rate, Row};
use crate::day;

/// One publication of official rates: the prices of many currencies in one home currency, for one day, from one source.
///
/// Use it to show rates and to convert amounts. A [`Snapshot`](crate::Snapshot) holds the publication in force and the
/// next one, a [source](crate::source) decodes one from a bank's document, and [`new`](Self::new) builds one by hand.
///
/// - [`rate`](Self::rate) and [`iter`](Self::iter) return rates as the bank printed them, digit for digit.
/// - [`convert`](Self::convert) converts one amount. [`converter`](Self::converter) prepares a conversion for many. Both
///   also convert in the reverse direction and between two foreign currencies.
/// - [`day`](Self::day), [`home`](Self::home) and [`publication`](Self::publication) say which rates these are.
///
/// ```
/// use masthead::SourceId;
/// use masthead::money::{Currency, Method, Pair, Publication, Quotation, Rates, Row, parse_decimal};
///
/// let rates = Rates::new(
///     Publication::new(
///         SourceId::NATIONAL_BANK_KZ,
///         Currency::KZT,
///         Quotation::HomePerForeign,
///         "2026-04-02".parse()?,
///         chrono_tz::Asia::Almaty,
///     ),
///     [Row::new(Currency::KRW, parse_decimal("31.28")?, 100).with_change(parse_decimal("-0.31")?)],
/// )?;
/// let won = rates.rate("krw/kzt".parse()?).ok_or("no won")?;
/// assert_eq!((won.value().to_string().as_str(), won.nominal()), ("31.28", 100));
/// assert_eq!(rates.convert("50000 KRW".parse()?, Currency::KZT)?.to_string(), "15640.00 KZT");
/// assert_eq!(rates.rate(Pair::USD_KZT), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Validity
///
/// Rows are sorted by code and unique, values and nominals are in range, and the home currency has no row. JSON is
/// checked in the same way when it is read, so a `Rates` is valid however it came about. Four fields of the JSON are
/// left out while they have their default: `older` (rows of an earlier day, see [`day_of`](Self::day_of)), `valid_until`
/// (see [`valid_until`](Self::valid_until)), `unconfirmed` (see [`unconfirmed`](Self::unconfirmed)) and `longest_pause`
/// (see [`longest_pause`](Self::longest_pause)).
///
/// ```
/// use masthead::money::Rates;
///
/// let text = r#"{
///     "publication": {
///         "home": "KZT", "quotation": "home_per_foreign", "day": "2026-04-02", "zone": "Asia/Almaty",
///         "source": "national_bank_kz", "method": "published"
///     },
///     "rows": [{"currency": "KRW", "value": "31.28", "nominal": 100, "change": "-0.31"}]
/// }"#;
/// let rates: Rates = serde_json::from_str(text)?;
/// assert_eq!((rates.len(), rates.day().to_string().as_str()), (1, "2026-04-02"));
///
/// let error = serde_json::from_str::<Rates>(&text.replace("31.28", "0")).unwrap_err();
/// assert_eq!(error.to_string(), "rate of KRW is 0: expected 0.000000001 to 1000000000");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Rates {
    pub(super) publication: Publication,
    pub(super) rows: Table,
    /// The currencies whose rows have a day of their own, with that day, which is not later than the publication's; sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) older: Vec<(Currency, NaiveDate)>,
    /// The currencies whose rows are from a list for several days, with the last day on which it is in force; sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) valid_until: Vec<(Currency, NaiveDate)>,
    /// The currencies whose rows are not confirmed yet, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unconfirmed: Vec<Currency>,
    /// The number of days after its own for which the publication may stay in force.
    #[serde(skip_serializing_if = "is_default_pause")]
    pub(super) longest_pause: u16,
}

impl Rates {
    /// Creates a publication after checking its rows, which may be in any order. An [impossible
    /// change](Row::change_is_possible) is removed from its row, and the row stays. All rows are confirmed and of the
    /// publication's day; [`with_unconfirmed`](Self::with_unconfirmed) and [`doubting`](Self::doubting) change that.
    ///
    /// # Errors
    ///
    /// Returns an error if the day is not in the years 1900 to 2200, `rows` is empty, a value is not in 10⁻⁹ to 10⁹, a
    /// nominal is not a power of ten up to a million, a currency has two rows, or the home currency has a row. See
    /// [`InvalidRates`] for an example.
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
            rows: Table::new(rows),
            older: Vec::new(),
            valid_until: Vec::new(),
            unconfirmed: Vec::new(),
            longest_pause: Self::DEFAULT_PAUSE,
        })
    }

    /// The longest pause assumed for a bank whose calendar is not known: 10 days.
    pub const DEFAULT_PAUSE: u16 = 10;

    /// Sets the longest pause of the bank between two publications, which is the one over its longest holidays, in days.
    /// For at most so many days after its own, a publication that the bank still serves counts as in force; after that it
    /// [ages](crate::FreshnessPolicy::of_rates). 0 means that the bank has a publication for every calendar day. Default:
    /// [`DEFAULT_PAUSE`](Self::DEFAULT_PAUSE).
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value().clone();
    /// use masthead::money::Rates;
    ///
    /// assert_eq!(rates.longest_pause(), Rates::DEFAULT_PAUSE);
    /// assert_eq!(rates.with_longest_pause(4).longest_pause(), 4);
    /// ```
    #[must_use]
    pub const fn with_longest_pause(mut self, days: u16) -> Self {
        self.longest_pause = days;
        self
    }

    /// The longest pause of the bank between two publications, in days; see
    /// [`with_longest_pause`](Self::with_longest_pause).
    #[must_use]
    pub const fn longest_pause(&self) -> u16 {
        self.longest_pause
    }

    /// Replaces the change of each row.
    #[cfg(feature = "ticker")]
    pub(crate) fn with_changes(self, change: impl FnMut(&Row) -> Option<Decimal>) -> Self {
        let rows = self.rows.with_changes(change);
        Self { rows, ..self }
    }

    /// Sets the currencies whose rows are not confirmed yet. All other rows become confirmed. A currency without a row is
    /// ignored.
    ///
    /// The strip shows the word *unconfirmed* beside such a rate.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value().clone();
    /// use masthead::money::{Currency, Pair};
    ///
    /// let rates = rates.with_unconfirmed([Currency::USD, Currency::GBP]);
    /// assert_eq!(rates.unconfirmed(), [Currency::USD]); // the sample has no pound
    /// assert!(!rates.rate(Pair::USD_KZT).unwrap().is_confirmed());
    /// assert!(rates.rate(Pair::EUR_KZT).unwrap().is_confirmed());
    /// ```
    #[must_use]
    pub fn with_unconfirmed(mut self, currencies: impl IntoIterator<Item = Currency>) -> Self {
        self.unconfirmed = currencies
            .into_iter()
            .filter(|currency| self.rows.has(*currency))
            .collect();
        self.unconfirmed.sort_unstable();
        self.unconfirmed.dedup();
        self
    }

    /// The currencies whose rates are not confirmed yet, sorted by code: neither a later publication with other numbers, nor
    /// another bank, nor the operator has confirmed them.
    #[must_use]
    pub fn unconfirmed(&self) -> &[Currency] {
        &self.unconfirmed
    }

    /// Looks up the rate of a pair. Returns `None` if the bank does not quote the pair in this direction; for the reverse
    /// direction and for a cross rate use [`converter`](Self::converter).
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Pair;
    ///
    /// assert_eq!(rates.rate(Pair::EUR_KZT).unwrap().to_string(), "482.21 KZT for 1 EUR on 2023-06-13");
    /// assert_eq!(rates.rate(Pair::EUR_KZT.inverse()), None);
    /// ```
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
            .then(|| self.rows.get(foreign))
            .flatten()
            .map(|row| self.rate_of(row, pair))
    }

    /// All rates, sorted by the code of the foreign currency, in the direction in which the bank quotes.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// let lines: Vec<String> = rates.iter().map(|rate| format!("{} {}", rate.pair(), rate.value())).collect();
    /// assert_eq!(lines, ["CNY/KZT 62.64", "EUR/KZT 482.21", "RUB/KZT 5.43", "USD/KZT 447.32"]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Rate> + '_ {
        let Publication {
            home, quotation, ..
        } = self.publication;
        self.each_row().filter_map(move |row| {
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

    /// The rows as published, sorted by code.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        self.rows.rows()
    }

    /// The [`rows`](Self::rows), without a slice of them that stays in memory.
    pub(crate) fn each_row(&self) -> impl Iterator<Item = Row> + '_ {
        self.rows.iter()
    }

    /// The row of a foreign currency. Returns `None` if the publication has no row for it, as for the home currency.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::money::Currency;
    ///
    /// let dollar = rates.row(Currency::USD).unwrap();
    /// assert_eq!((dollar.value.to_string().as_str(), dollar.nominal), ("447.32", 1));
    /// assert_eq!(rates.rows().last(), Some(dollar));
    /// assert_eq!(rates.row(Currency::KZT), None);
    /// ```
    #[must_use]
    pub fn row(&self, currency: Currency) -> Option<&Row> {
        self.rows.row(currency)
    }

    /// [`row`](Self::row), without a slice of the rows that stays in memory.
    pub(crate) fn row_of(&self, currency: Currency) -> Option<Row> {
        self.rows.get(currency)
    }

    /// Keeps only the rows of `pairs`. The direction of a pair does not matter, and a pair without a row is ignored.
    ///
    /// # Errors
    ///
    /// Returns [`InvalidRates::Empty`] if no row is left.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value().clone();
    /// use masthead::money::{InvalidRates, Pair};
    ///
    /// let two = rates.clone().only(&[Pair::USD_KZT, Pair::EUR_KZT.inverse()])?;
    /// assert_eq!(two.len(), 2);
    /// assert_eq!(rates.only(&["GBP/KZT".parse().unwrap()]), Err(InvalidRates::Empty));
    /// # Ok::<(), InvalidRates>(())
    /// ```
    pub fn only(self, pairs: &[Pair]) -> Result<Self, InvalidRates> {
        let home = self.publication.home;
        let wanted = |row: &Row| {
            Pair::new(row.currency, home)
                .is_some_and(|pair| pairs.contains(&pair) || pairs.contains(&pair.inverse()))
        };
        let (mut older, mut valid_until) = (self.older, self.valid_until);
        let rows: Vec<Row> = self.rows.iter().filter(wanted).collect();
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

    /// The number of rows, at least 1.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The header of the publication: home currency, direction, day, zone, source and method.
    ///
    /// ```
    /// # let snapshot = masthead::Snapshot::sample();
    /// # let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap().value();
    /// use masthead::SourceId;
    /// use masthead::money::{Currency, Quotation};
    ///
    /// assert_eq!(rates.publication().source, SourceId::SAMPLE);
    /// assert_eq!(rates.publication().quotation, Quotation::HomePerForeign);
    /// assert_eq!((rates.home(), rates.zone()), (Currency::KZT, chrono_tz::Asia::Almaty));
    /// ```
    #[must_use]
    pub const fn publication(&self) -> &Publication {
        &self.publication
    }

    /// The bank's own currency, for which there is no row.
    #[must_use]
    pub const fn home(&self) -> Currency {
        self.publication.home
    }

    /// The day on which the rates are official. Single rows may be of an earlier day; see [`day_of`](Self::day_of).
    #[must_use]
    pub const fn day(&self) -> NaiveDate {
        self.publication.day
    }

    /// The time zone in which the bank counts its days.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.publication.zone
    }

    fn rate_of(&self, row: Row, pair: Pair) -> Rate {
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

/// The second of two days for one currency in a sorted list.
fn twice(days: &[(Currency, NaiveDate)]) -> Option<&(Currency, NaiveDate)> {
    let mut pairs = days.iter().zip(days.iter().skip(1));
    pairs.find_map(|(a, b)| (a.0 == b.0).then_some(b))
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
            mut older,
            mut valid_until,
            unconfirmed,
            longest_pause,
        } = unchecked;
        older.sort_unstable();
        valid_until.sort_unstable();
        let whole = Self::new(publication, rows)?
            .with_unconfirmed(unconfirmed)
            .with_longest_pause(longest_pause);
        let known = |(currency, day): &(Currency, NaiveDate)| {
            whole.rows.has(*currency) && day::is_plausible(*day) && *day <= whole.day()
        };
        // A list for several days ends after it begins, and is of another day than the rest.
        let ends = |(currency, last): &&(Currency, NaiveDate)| {
            let own = older.iter().find(|(held, _)| held == currency);
            !day::is_plausible(*last) || own.is_none_or(|(_, day)| day > last)
        };
        let wrong = older.iter().find(|row| !known(row));
        let wrong = wrong.or_else(|| valid_until.iter().find(ends));
        match wrong
            .or_else(|| twice(&older))
            .or_else(|| twice(&valid_until))
        {
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
