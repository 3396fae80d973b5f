//! The days of a currency: first and last day, successor, and the unit that a code stands for on a day.

use chrono::NaiveDate;

use super::Currency;
use super::lifetimes::{ASSIGNED_EARLIER, BREAKS, FIXED_EARLIER, LAST_CHANGE, LIFETIMES, Lifetime};

impl Currency {
    /// The first day on which the currency was the unit of official rates. Returns `None` if that day is not in the table,
    /// as for nearly two thirds of the currencies in use.
    ///
    /// The table has the currencies that the banks of the region and the European Central Bank have quoted since 1993, and
    /// their successors. For a currency much older than that the day is the age of the unit. Each row names its source:
    /// laws, central banks, amendments of ISO 4217, else CLDR 48.2 or a page.
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// assert_eq!(Currency::KZT.first_day(), "1993-11-15".parse().ok());
    /// assert_eq!(Currency::BYN.first_day(), "2016-07-01".parse().ok());
    /// assert_eq!(Currency::constant("CLP").first_day(), None);
    /// ```
    #[must_use]
    pub fn first_day(self) -> Option<NaiveDate> {
        self.lifetime()?.first
    }

    /// The last day on which the currency was the unit of official rates. Returns `None` if it is still in use.
    ///
    /// Notes may be legal tender for longer: those of the lev were for another month. Some central banks continue to print
    /// a rate of a withdrawn currency; the [sources](crate::source) leave such a row out.
    ///
    /// A former member of the euro ends on the day before the change of its accounts: 31 December 2001 for the first twelve,
    /// although the ratio was fixed earlier; see [`Converter::fixed`](super::Converter::fixed).
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// let lev: Currency = "BGN".parse()?;
    /// assert_eq!(lev.last_day(), "2025-12-31".parse().ok()); // Bulgaria has used the euro since then
    /// assert_eq!(Currency::EUR.last_day(), None);
    /// # Ok::<(), masthead::ParseError>(())
    /// ```
    #[must_use]
    pub fn last_day(self) -> Option<NaiveDate> {
        self.lifetime()?.last
    }

    /// The currency that took the place of this one on the day after its [last day](Self::last_day). Returns `None` if it is
    /// still in use, and for the Czechoslovak koruna (`CSK`), which has two successors, `CZK` and `SKK`.
    ///
    /// The successor may be withdrawn too: the Belarusian ruble of 1994 (`BYB`) has the successor `BYR`, and that one `BYN`.
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// assert_eq!(Currency::constant("BYB").successor(), Some(Currency::constant("BYR")));
    /// assert_eq!(Currency::constant("BYR").successor(), Some(Currency::BYN));
    /// assert_eq!(Currency::BYN.successor(), None);
    /// assert_eq!(Currency::constant("CSK").successor(), None);
    /// ```
    #[must_use]
    pub fn successor(self) -> Option<Self> {
        match self.lifetime()?.successors {
            [only] => Self::of_code(only),
            _ => None,
        }
    }

    /// The two successors of the Czechoslovak koruna.
    pub(super) fn two_successors(self) -> Option<[Self; 2]> {
        match self.lifetime()?.successors {
            [first, second] => Some([Self::of_code(first)?, Self::of_code(second)?]),
            _ => None,
        }
    }

    /// Whether the currency was in use on a day: not before its [first day](Self::first_day), as far as that is known, and
    /// not after its [last day](Self::last_day).
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// let (before, after) = ("2016-06-30".parse()?, "2016-07-01".parse()?);
    /// let old = Currency::constant("BYR");
    /// assert!(old.is_valid_on(before) && !old.is_valid_on(after));
    /// assert!(!Currency::BYN.is_valid_on(before) && Currency::BYN.is_valid_on(after));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn is_valid_on(self, day: NaiveDate) -> bool {
        self.lifetime().is_none_or(|life| {
            life.first.is_none_or(|first| first <= day) && life.last.is_none_or(|last| day <= last)
        })
    }

    /// Reads a code in a document of a day, such as a bank's list of rates.
    ///
    /// Archives often write today's code over values of the unit before it: `RUB` in a list of 1997 is the old ruble. So a
    /// code before its [first day](Self::first_day) is read as its predecessor of that day: `RUB` before 1998 is `RUR`, `BYN`
    /// in 1999 is `BYB`. The day must be that of the publication, not that of a request: a list of 30 December 1997 that is
    /// carried into January 1998 is in the old unit.
    ///
    /// Returns `None` for a text that is no code, for a withdrawn currency after its last day, and for a code before its
    /// first day unless exactly one predecessor was in use: the euro before 1999 has many, the tenge before 15 November 1993 has
    /// no predecessor of its own.
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// let (old, new) = ("1997-12-30".parse()?, "1998-01-06".parse()?);
    /// assert_eq!(Currency::of_day("RUB", old), Some(Currency::constant("RUR")));
    /// assert_eq!(Currency::of_day("RUB", new), Some(Currency::RUB));
    /// assert_eq!(Currency::of_day("RUR", new), None);
    /// assert_eq!(Currency::of_day("EUR", old), None);
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn of_day(code: &str, day: NaiveDate) -> Option<Self> {
        code.parse::<Self>().ok()?.as_of(day)
    }

    /// The currency that this one's code stands for in a document of a day; see [`of_day`](Self::of_day).
    pub(crate) fn as_of(self, day: NaiveDate) -> Option<Self> {
        if self.is_valid_on(day) {
            return Some(self);
        }
        let code = self.letters();
        let is_over = self.last_day().is_some_and(|last| last < day);
        let mut assigned = ASSIGNED_EARLIER.iter();
        let is_unsure = assigned.any(|(early, from)| *early == code && *from <= Some(day));
        let mut before = LIFETIMES.iter().filter(|life| life.successors == [code]);
        match (before.next(), before.next()) {
            (Some(one), None) if !is_over && !is_unsure => Self::of_code(one.code)?.as_of(day),
            _ => None,
        }
    }

    /// The next change of the unit after a day: a break under the same code, or the first day of the successor. Returns
    /// `None` for a currency whose unit does not change any more, and for one with two successors.
    pub(super) fn next_change(self, after: NaiveDate) -> Option<Change> {
        let breaks = BREAKS.iter().filter(|(code, ..)| *code == self.letters());
        let mut breaks = breaks.filter_map(|(_, day, old)| Some(((*day)?, *old)));
        if let Some((day, old)) = breaks.find(|(day, _)| after < *day) {
            return Some(Change {
                day,
                into: self,
                ratio: (old, 1),
            });
        }
        Some(Change {
            day: self.last_day()?.succ_opt()?,
            into: self.successor()?,
            ratio: self.lifetime()?.ratio,
        })
    }

    /// Returns whether a value of the day `from` and one of the same or a later day `to` are in the same unit: the currency neither
    /// begins nor ends between them, and its unit does not change. With the days in the other order the result has no meaning.
    ///
    /// A bank's list that is carried over stays in the units of its own day, so an amount of a later day may be in another one.
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// let pound = Currency::constant("SYP");
    /// assert!(pound.has_one_unit("2025-12-30".parse()?, "2025-12-31".parse()?));
    /// assert!(!pound.has_one_unit("2025-12-31".parse()?, "2026-01-01".parse()?), "two zeros less");
    /// assert!(Currency::USD.has_one_unit("1999-01-04".parse()?, "2026-04-02".parse()?));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn has_one_unit(self, from: NaiveDate, to: NaiveDate) -> bool {
        let within = |day: NaiveDate| from < day && day <= to;
        !units_change_between(from, to)
            || (!self.first_day().is_some_and(within)
                && !self
                    .next_change(from)
                    .is_some_and(|change| within(change.day))
                && self.last_day().is_none_or(|last| last < from || to <= last))
    }

    /// The first day on which the ratio to the euro is fixed, and the units for so many euros. The euro itself has the ratio
    /// 1. Returns `None` for a currency that is neither the euro nor one of its units.
    pub(super) fn fixed_to_euro(self) -> Option<(NaiveDate, (u32, u32))> {
        if self == Self::EUR {
            return Some((self.first_day()?, (1, 1)));
        }
        let mut earlier = FIXED_EARLIER.iter();
        let earlier = earlier.find(|(code, _)| *code == self.letters());
        let change = self.next_change(self.last_day()?)?;
        if change.into != Self::EUR {
            return None;
        }
        let day = earlier.map_or(Some(change.day), |(_, day)| *day)?;
        Some((day, change.ratio))
    }

    fn lifetime(self) -> Option<&'static Lifetime> {
        let code = self.letters();
        let place = LIFETIMES.binary_search_by_key(&code, |life| life.code);
        LIFETIMES.get(place.ok()?)
    }
}

/// A change of a unit: from `day` on it is `into`, and `ratio.0` old units are `ratio.1` new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) day: NaiveDate,
    pub(super) into: Currency,
    pub(super) ratio: (u32, u32),
}

/// Whether a unit of the table changes after the earlier of two days, up to the later one.
pub(crate) fn units_change_between(a: NaiveDate, b: NaiveDate) -> bool {
    let (from, to) = (a.min(b), a.max(b));
    // Nearly all comparisons are between two days of today.
    if LAST_CHANGE.is_some_and(|last| last <= from) {
        return false;
    }
    BREAKS
        .iter()
        .filter_map(|(_, day, _)| *day)
        .any(|day| from < day && day <= to)
        || LIFETIMES
            .iter()
            .filter_map(|life| life.last)
            .any(|last| from <= last && last < to)
}

#[cfg(test)]
mod tests;
