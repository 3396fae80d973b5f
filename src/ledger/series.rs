use std::cmp::Ordering;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::money::{Pair, Rate};

/// The rates of a pair on the days of a range, from [`History::series`](super::History::series).
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
/// # use masthead::SourceId;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let bank = SourceId::NATIONAL_BANK_KZ;
/// # let now = "2026-04-06T06:00:00Z".parse()?;
/// # let mut ledger = Ledger::default();
/// # for (day, value) in [("2026-04-02", "475.09"), ("2026-04-03", "474.80"), ("2026-04-06", "476.00")] {
/// #     let day = day.parse()?;
/// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day, chrono_tz::Asia::Almaty);
/// #     let rates = Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value)?, 1)])?;
/// #     ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates, now));
/// # }
/// # let history = ledger.history(now, &View::new(bank));
/// // The weekend was not asked for.
/// let series = history.series(Pair::USD_KZT, "2026-04-02".parse()?..="2026-04-06".parse()?);
/// let values: Vec<_> = series.points().map(|(_, rate)| rate.map(|rate| rate.value().to_string())).collect();
/// assert_eq!(values, [Some("475.09".to_owned()), Some("474.80".to_owned()), None, None, Some("476.00".to_owned())]);
/// assert_eq!(series.gaps().collect::<Vec<_>>(), ["2026-04-04".parse()?..="2026-04-05".parse()?]);
/// assert_eq!(series.lowest().ok_or("no rate")?.0, "2026-04-03".parse()?);
/// assert_eq!(series.highest().ok_or("no rate")?.0, "2026-04-06".parse()?);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pair: Pair,
    points: Vec<(NaiveDate, Option<Rate>)>,
    corrections: Vec<NaiveDate>,
}

impl Series {
    /// Creates a series of all days of a range, with those on which the pair was corrected.
    pub(super) const fn new(
        pair: Pair,
        points: Vec<(NaiveDate, Option<Rate>)>,
        corrections: Vec<NaiveDate>,
    ) -> Self {
        Self {
            pair,
            points,
            corrections,
        }
    }

    /// The pair.
    #[must_use]
    pub const fn pair(&self) -> Pair {
        self.pair
    }

    /// Each day of the range with its rate, the earliest first. `None` is a gap: nothing is interpolated.
    #[must_use]
    pub fn points(
        &self,
    ) -> impl DoubleEndedIterator<Item = (NaiveDate, Option<Rate>)> + ExactSizeIterator {
        self.points.iter().copied()
    }

    /// The days with a rate, the earliest first: [`points`](Self::points) without the gaps.
    #[must_use]
    pub fn known(&self) -> impl DoubleEndedIterator<Item = (NaiveDate, Rate)> {
        self.points().filter_map(|(day, rate)| Some((day, rate?)))
    }

    /// The days of the range on which a publication began whose rate of the pair replaced another one of the bank for that day, the earliest first:
    /// see [`InForce::is_corrected`](super::InForce::is_corrected).
    #[must_use]
    pub fn corrections(&self) -> impl DoubleEndedIterator<Item = NaiveDate> + ExactSizeIterator {
        self.corrections.iter().copied()
    }

    /// The ranges of days without a rate, the earliest first.
    pub fn gaps(&self) -> impl Iterator<Item = RangeInclusive<NaiveDate>> {
        gaps(self.points().map(|(day, rate)| (day, rate.is_none())))
    }

    /// The highest rate, counted for one unit, and the first day that has it. Returns `None` without rates. If a unit changed under one code in the
    /// range, as the Syrian pound's on 1 January 2026, the rates in the last unit are compared.
    #[must_use]
    pub fn highest(&self) -> Option<(NaiveDate, Rate)> {
        self.in_one_unit().reduce(|best, next| {
            if of_units(next.1, best.1) == Ordering::Greater {
                next
            } else {
                best
            }
        })
    }

    /// The lowest rate, counted for one unit, and the first day that has it, as [`highest`](Self::highest). Returns `None` without rates.
    #[must_use]
    pub fn lowest(&self) -> Option<(NaiveDate, Rate)> {
        self.in_one_unit().reduce(|best, next| {
            if of_units(next.1, best.1) == Ordering::Less {
                next
            } else {
                best
            }
        })
    }

    /// The change from the first day with a rate in the last unit to the last day. Returns `None` without rates.
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
    /// let series = history.series(Pair::USD_KZT, "2026-04-02".parse()?..="2026-04-06".parse()?);
    /// assert_eq!(series.pair(), Pair::USD_KZT);
    /// assert_eq!((series.points().len(), series.known().count()), (5, 3));
    /// assert_eq!(series.corrections().len(), 0);
    /// let change = series.change().ok_or("no rates")?;
    /// assert_eq!((change.from.day(), change.to.day()), ("2026-04-02".parse()?, "2026-04-06".parse()?));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        Some(Change {
            from: self.in_one_unit().next()?.1,
            to: self.known().next_back()?.1,
        })
    }

    /// The days with a rate in the units of the last one.
    fn in_one_unit(&self) -> impl Iterator<Item = (NaiveDate, Rate)> {
        // A list that is carried stays in the unit of its own day.
        let last = self.known().next_back().map(|(_, rate)| rate.day());
        let pair = self.pair;
        self.known()
            .filter(move |(_, rate)| last.is_some_and(|last| pair.is_in_one_unit(rate.day(), last)))
    }
}

impl Pair {
    /// Whether the units of both currencies are the same on two days.
    pub(crate) fn is_in_one_unit(self, from: NaiveDate, to: NaiveDate) -> bool {
        let (from, to) = (from.min(to), from.max(to));
        [self.base(), self.quote()]
            .into_iter()
            .all(|currency| currency.has_one_unit(from, to))
    }
}

/// The order of two rates of one pair, counted for one unit. Their nominals are powers of ten, so that a product has the digits of the value.
fn of_units(a: Rate, b: Rate) -> Ordering {
    let value = |rate: Rate, nominal: u32| rate.value().saturating_mul(nominal.into());
    value(a, b.nominal()).cmp(&value(b, a.nominal()))
}

/// The change of a pair between two days. See [`History::change`](super::History::change).
///
/// Both rates are of one bank, in one unit and in the direction in which the bank quotes the pair: a positive change of `usd/kzt` is a dearer dollar.
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
/// // 475.00 tenge on 2 April, 476.00 on 6 April.
/// let change = history.change(Pair::USD_KZT, "2026-04-02".parse()?, "2026-04-06".parse()?)?;
/// assert_eq!(change.difference().ok_or("too large")?.to_string(), "1.00");
/// assert_eq!(change.percent().ok_or("too large")?.to_string(), "0.21");
/// assert_eq!((change.from.value() + parse_decimal("1")?), change.to.value());
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The rate of the first day.
    pub from: Rate,
    /// The rate of the second day.
    pub to: Rate,
}

impl Change {
    /// The difference, in quote units for the nominal of the second rate; exact, with the decimals that the bank printed. It is negative if the rate
    /// fell. Returns `None` if it has more than 28 digits.
    #[must_use]
    pub fn difference(&self) -> Option<Decimal> {
        let (from, to, scale) = self.units()?;
        let zeros = self.from.nominal().ilog10();
        let difference = Decimal::try_from_i128_with_scale(to - from, scale + zeros).ok()?;
        let mut shortest = difference.normalize();
        shortest.rescale(shortest.scale().max(scale));
        Some(shortest)
    }

    /// The difference in per cent of the first rate, rounded once to two decimals, halves to even. Returns `None` if it does not fit
    /// into the integers of the computation, which takes values of more than 18 digits.
    #[must_use]
    pub fn percent(&self) -> Option<Decimal> {
        let (from, to, _) = self.units()?;
        let (rest, half) = ((to - from).checked_mul(10_000)?, from);
        let (whole, rest) = (rest.div_euclid(from), rest.rem_euclid(from).checked_mul(2)?);
        let is_up = rest > half || (rest == half && whole % 2 != 0);
        Decimal::try_from_i128_with_scale(whole + i128::from(is_up), 2).ok()
    }

    /// Both values for as many units as the product of the nominals, as integers, and the number of their decimals.
    fn units(&self) -> Option<(i128, i128, u32)> {
        let scale = self.from.value().scale().max(self.to.value().scale());
        let units = |rate: Rate, nominal: u32| {
            let zeros = 10_i128.checked_pow(scale - rate.value().scale())?;
            let value = rate.value().mantissa().checked_mul(zeros)?;
            value.checked_mul(nominal.into())
        };
        Some((
            units(self.from, self.to.nominal())?,
            units(self.to, self.from.nominal())?,
            scale,
        ))
    }
}

/// The ranges of days that are missing, of days in order.
pub(super) fn gaps(
    days: impl Iterator<Item = (NaiveDate, bool)>,
) -> impl Iterator<Item = RangeInclusive<NaiveDate>> {
    let mut days = days.peekable();
    std::iter::from_fn(move || {
        let (first, _) = days.find(|(_, is_missing)| *is_missing)?;
        let mut last = first;
        while let Some((day, _)) = days.next_if(|(_, is_missing)| *is_missing) {
            last = day;
        }
        Some(first..=last)
    })
}
