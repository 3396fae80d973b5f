//! Conversion of columns of dated amounts at the rates of a history.
//!
//! A converter has a table of prepared rates: a number for each calendar day from the first year of the history to the year after the last one, or
//! after the last change of a unit. 0 is a day without a conversion; days with the same publication share a number. The reason of a 0 is found again
//! from the history ([`DatedConverter::on`]), so that the fast path has no error values. Both must agree on each day.

use chrono::{Datelike, NaiveDate};

use super::super::NoRates;
use super::History;
use crate::money::{ConvertError, Converter, Currency, DayTable, LAST_CHANGE, Pair};

/// The choice of the rates of a day.
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
/// # use masthead::SourceId;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let bank = SourceId::NATIONAL_BANK_KZ;
/// # let now = "2026-04-06T06:00:00Z".parse()?;
/// # let rates = |day: &str, value: &str| {
/// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day.parse().unwrap(), chrono_tz::Asia::Almaty);
/// #     Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value).unwrap(), 1)]).unwrap()
/// # };
/// # let mut ledger = Ledger::default();
/// # for (day, value) in [("2026-04-02", "475.00"), ("2026-04-03", "474.80"), ("2026-04-06", "476.00")] {
/// #     ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day.parse()?, rates(day, value), now));
/// # }
/// # let history = ledger.history(now, &View::new(bank.clone()));
/// use chrono::NaiveDate;
/// use masthead::ledger::{DatedError, Lookup};
///
/// let (sunday, mut tiyn): (NaiveDate, _) = ("2026-04-05".parse()?, [0]);
/// let in_force = history.converter(Currency::USD, Currency::KZT, Lookup::InForce);
/// assert!(matches!(in_force.convert_minor(&[sunday], &[1_00], &mut tiyn), Err(DatedError::NoRates { index: 0, .. })));
/// let last_known = history.converter(Currency::USD, Currency::KZT, Lookup::LastKnown);
/// last_known.convert_minor(&[sunday], &[1_00], &mut tiyn)?;
/// assert_eq!(tiyn, [474_80], "Friday's");
/// assert_eq!((last_known.from(), last_known.to(), last_known.lookup()), (Currency::USD, Currency::KZT, Lookup::LastKnown));
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lookup {
    /// The rates that were in force on the day, as [`History::rates_on`] returns them. A day without them is an error.
    InForce,
    /// The rates of the day or else of the last day before it with rates, as [`History::last_known`] returns them.
    LastKnown,
}

/// A conversion between two currencies that takes the rate of each amount's day, prepared for columns of amounts.
///
/// [`History::converter`] makes one. It holds a copy of the history, so it can be kept and sent to another thread. Each result is that of
/// [`Rates::converter`](crate::money::Rates::converter) at the rates of its day: rounded once, half-even, and exact for every `i64`.
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::money::{Publication, Quotation, Rates, Row, parse_decimal};
/// # use masthead::SourceId;
/// # use chrono::NaiveDate;
/// use masthead::ledger::Lookup;
/// use masthead::money::Currency;
/// # let bank = SourceId::NATIONAL_BANK_KZ;
/// # let now = "2026-04-06T06:00:00Z".parse()?;
/// # let mut ledger = Ledger::default();
/// # for (day, value) in [("2026-04-03", "474.80"), ("2026-04-04", "475.60"), ("2026-04-06", "476.00")] {
/// #     let day = day.parse()?;
/// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day, chrono_tz::Asia::Almaty);
/// #     let rates = Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value)?, 1)])?;
/// #     ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates, now));
/// # }
/// # let history = ledger.history(now, &View::new(bank));
///
/// // 474.80 tenge on Friday, 475.60 on Saturday; no rates of Sunday are known.
/// let days = ["2026-04-03", "2026-04-04", "2026-04-05"].map(|day| day.parse::<NaiveDate>().unwrap());
/// let (cents, mut tiyn) = ([1_00, 19_99, -1_00], [0; 3]);
///
/// let to_tenge = history.converter(Currency::USD, Currency::KZT, Lookup::InForce);
/// to_tenge.convert_minor(&days[..2], &cents[..2], &mut tiyn[..2])?;
/// assert_eq!(tiyn[..2], [474_80, 9_507_24]);
///
/// let error = to_tenge.convert_minor(&days, &cents, &mut tiyn).unwrap_err();
/// let reason = "no rates of national_bank_kz are known for 2026-04-05, only for 2026-04-04 before it and 2026-04-06 after it";
/// assert_eq!(error.to_string(), format!("amount 2: {reason}"));
///
/// let to_tenge = history.converter(Currency::USD, Currency::KZT, Lookup::LastKnown);
/// to_tenge.convert_minor(&days, &cents, &mut tiyn)?;
/// assert_eq!(tiyn, [474_80, 9_507_24, -475_60]);
/// assert_eq!((to_tenge.from(), to_tenge.to(), to_tenge.lookup()), (Currency::USD, Currency::KZT, Lookup::LastKnown));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DatedConverter {
    history: History,
    from: Currency,
    to: Currency,
    lookup: Lookup,
    table: DayTable,
}

/// The error of converting a column of dated amounts.
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
/// # use masthead::SourceId;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let bank = SourceId::NATIONAL_BANK_KZ;
/// # let now = "2026-04-06T06:00:00Z".parse()?;
/// # let rates = |day: &str, value: &str| {
/// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day.parse().unwrap(), chrono_tz::Asia::Almaty);
/// #     Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value).unwrap(), 1)]).unwrap()
/// # };
/// # let mut ledger = Ledger::default();
/// # for (day, value) in [("2026-04-02", "475.00"), ("2026-04-03", "474.80"), ("2026-04-06", "476.00")] {
/// #     ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day.parse()?, rates(day, value), now));
/// # }
/// # let history = ledger.history(now, &View::new(bank.clone()));
/// use masthead::ledger::{DatedError, Lookup};
///
/// let converter = history.converter(Currency::USD, Currency::KZT, Lookup::InForce);
/// let error = converter.convert_minor(&["2026-04-02".parse()?], &[i64::MAX], &mut [0]).unwrap_err();
/// assert!(matches!(error, DatedError::Overflow { index: 0, .. }));
/// assert_eq!(error.to_string(), "amount 0 of 2026-04-02 is too large to convert from USD to KZT exactly");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatedError {
    /// The slices differ in length.
    #[error("{days} days for {from} amounts to convert and {to} places for results")]
    Length {
        /// The number of days.
        days: usize,
        /// The number of amounts to convert.
        from: usize,
        /// The number of places for results.
        to: usize,
    },
    /// The day of an amount has no rates, or its rates are in another unit than the day ([`NoRates::OtherUnit`]); all results before it
    /// exist.
    #[error("amount {index}: {reason}")]
    NoRates {
        /// The index of the amount in the column.
        index: usize,
        /// The reason.
        reason: NoRates,
    },
    /// The day of an amount has rates that do not convert between the two currencies, such as for a currency that was withdrawn; all
    /// results before it exist.
    #[error("amount {index} of {day}: {reason}")]
    Convert {
        /// The index of the amount in the column.
        index: usize,
        /// The day of the amount.
        day: NaiveDate,
        /// The reason.
        reason: ConvertError,
    },
    /// A result does not fit an `i64`; all results before it do.
    #[error("amount {index} of {day} is too large to convert from {from} to {to} exactly")]
    Overflow {
        /// The index of the amount in the column.
        index: usize,
        /// The day of the amount.
        day: NaiveDate,
        /// The currency converted from.
        from: Currency,
        /// The currency converted to.
        to: Currency,
    },
}

/// The reason why a day has no conversion.
enum Reason {
    NoRates(NoRates),
    Convert(ConvertError),
}

impl History {
    /// Prepares the conversion of columns of dated amounts, each at the rates of its day, which are chosen by `lookup`.
    ///
    /// It prepares the rate of every day of the history: 3 to 6 milliseconds for thirty years.
    ///
    /// ```
    /// # use masthead::ledger::{Feed, Ledger, Sighting, View};
    /// # use masthead::{Snapshot, SourceId};
    /// use masthead::ledger::Lookup;
    /// use masthead::money::Currency;
    ///
    /// # let now = Snapshot::SAMPLE_TIME;
    /// # let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
    /// # let day = rates.day();
    /// # let mut ledger = Ledger::default();
    /// # ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, day, rates, now));
    /// # let history = ledger.history(now, &View::new(SourceId::SAMPLE));
    /// let to_euros = history.converter(Currency::USD, Currency::EUR, Lookup::InForce);
    /// let mut cents = [0];
    /// to_euros.convert_minor(&[day], &[19_99], &mut cents)?;
    /// assert_eq!(cents, [18_54]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn converter(&self, from: Currency, to: Currency, lookup: Lookup) -> DatedConverter {
        DatedConverter {
            history: self.clone(),
            from,
            to,
            lookup,
            table: self.table((from, to), lookup),
        }
    }

    /// The table of a conversion. With [`Lookup::LastKnown`] a day without rates keeps the number of the day before; in both kinds a day is 0 if a
    /// unit changed between the list's day and it.
    fn table(&self, currencies: (Currency, Currency), lookup: Lookup) -> DayTable {
        let Some((first, last)) = self.days().map(std::ops::RangeInclusive::into_inner) else {
            return DayTable::new(0, 0);
        };
        // The days after the table are as its last one, because no unit changes after it.
        let last_year = LAST_CHANGE.map_or(last, |change| change.max(last)).year() + 1;
        let mut table = DayTable::new(first.year(), last_year);
        let (from, to) = currencies;
        let (mut place, mut prepared) = (0, None);
        let days = first.iter_days().take_while(|day| day.year() <= last_year);
        let places = self.places.iter().copied().chain(std::iter::repeat(0));
        for (day, own) in days.zip(places) {
            if own != place && (own != 0 || lookup == Lookup::InForce) {
                place = own;
                let converter = self.at(place).map(|found| found.rates.converter(from, to));
                let converter = converter.and_then(Result::ok);
                prepared = converter.map(|converter| (converter.day(), table.push(&converter)));
            }
            let is_in_one_unit = |rates: NaiveDate| other_unit(currencies, rates, day).is_none();
            let found = prepared.filter(|(rates, _)| is_in_one_unit(*rates));
            let number = found.map_or(0, |(_, number)| number);
            table.set(day, number);
            table.set_after(number);
        }
        table.finish()
    }
}

/// The reason why an amount of a day cannot be converted at rates of an earlier day: a unit changed between them.
fn other_unit(
    (from, to): (Currency, Currency),
    rates: NaiveDate,
    day: NaiveDate,
) -> Option<Reason> {
    let mut changed = [from, to]
        .into_iter()
        .filter(|currency| !currency.has_one_unit(rates, day));
    let currency = changed.next()?;
    let not_in_use = [Some(currency), changed.next()]
        .into_iter()
        .flatten()
        .find_map(|currency| currency.not_in_use(day));
    match not_in_use {
        Some(error) => Some(Reason::Convert(error)),
        // An amount in its own currency stays as it is.
        None => Pair::new(from, to).map(|pair| {
            Reason::NoRates(NoRates::OtherUnit {
                pair,
                from: rates,
                to: day,
            })
        }),
    }
}

impl DatedConverter {
    /// Converts a column of amounts in minor units (cents, tiyn) to minor units of the target, each at the rates of its day: half-even,
    /// and every `i64` whose result fits.
    ///
    /// The days may be in any order. Sorted days are the fastest, at half to two thirds of the speed of a column without days
    /// ([`Converter::convert_minor`]); days in random order take a few times as long. It runs on one thread and without the heap.
    ///
    /// # Errors
    ///
    /// Returns [`DatedError::Length`] if the slices differ in length; `to` is then unchanged. The other errors name the first amount
    /// without a result: [`DatedError::NoRates`] or [`DatedError::Convert`] if its day has no conversion, and
    /// [`DatedError::Overflow`] if its result does not fit. `to` then holds the results before that amount, and its content from there
    /// on is unspecified.
    pub fn convert_minor(
        &self,
        days: &[NaiveDate],
        from: &[i64],
        to: &mut [i64],
    ) -> Result<(), DatedError> {
        if days.len() != from.len() || from.len() != to.len() {
            return Err(DatedError::Length {
                days: days.len(),
                from: from.len(),
                to: to.len(),
            });
        }
        self.table
            .convert(days, from, to)
            .map_err(|index| self.error(days, index))
    }

    /// [`convert_minor`](Self::convert_minor) in place: each amount is replaced by its result.
    ///
    /// # Errors
    ///
    /// As [`convert_minor`](Self::convert_minor). The amounts before the named one are then converted, and it and those after it are
    /// unchanged.
    ///
    /// ```
    /// # let now = masthead::Snapshot::SAMPLE_TIME;
    /// # let rates = masthead::Snapshot::sample().rates(now).unwrap().value().clone();
    /// # let mut ledger = Ledger::default();
    /// # ledger.insert(Sighting::of_rates(masthead::SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now));
    /// # let history = ledger.history(now, &View::new(masthead::SourceId::SAMPLE));
    /// use masthead::ledger::{Feed, Ledger, Lookup, Sighting, View};
    /// use masthead::money::Currency;
    ///
    /// let day = "2023-06-13".parse()?; // at 447.32
    /// let mut amounts = [447_32, 1_000_000_00];
    /// let to_dollars = history.converter(Currency::KZT, Currency::USD, Lookup::InForce);
    /// to_dollars.convert_minor_in_place(&[day, day], &mut amounts)?;
    /// assert_eq!(amounts, [1_00, 2_235_54]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn convert_minor_in_place(
        &self,
        days: &[NaiveDate],
        amounts: &mut [i64],
    ) -> Result<(), DatedError> {
        if days.len() != amounts.len() {
            return Err(DatedError::Length {
                days: days.len(),
                from: amounts.len(),
                to: amounts.len(),
            });
        }
        self.table
            .convert_in_place(days, amounts)
            .map_err(|index| self.error(days, index))
    }

    /// The source currency, which the amounts have.
    #[must_use]
    pub const fn from(&self) -> Currency {
        self.from
    }

    /// The target currency, which the results have.
    #[must_use]
    pub const fn to(&self) -> Currency {
        self.to
    }

    /// The choice of the rates of a day.
    #[must_use]
    pub const fn lookup(&self) -> Lookup {
        self.lookup
    }

    /// The error of the first amount without a result.
    #[cold]
    fn error(&self, days: &[NaiveDate], index: usize) -> DatedError {
        let day = days.get(index).copied().unwrap_or_default();
        match self.on(day) {
            Ok(_) => DatedError::Overflow {
                index,
                day,
                from: self.from,
                to: self.to,
            },
            Err(Reason::NoRates(reason)) => DatedError::NoRates { index, reason },
            Err(Reason::Convert(reason)) => DatedError::Convert { index, day, reason },
        }
    }

    /// The conversion on a day, without the table.
    fn on(&self, day: NaiveDate) -> Result<Converter, Reason> {
        let found = match self.lookup {
            Lookup::InForce => self.history.find(day),
            Lookup::LastKnown => self.history.last_known(day),
        };
        let found = found.ok_or_else(|| Reason::NoRates(self.history.why_not(day)))?;
        let converter = found.rates.converter(self.from, self.to);
        let converter = converter.map_err(Reason::Convert)?;
        match other_unit((self.from, self.to), converter.day(), day) {
            Some(reason) => Err(reason),
            None => Ok(converter),
        }
    }
}
