//! Conversions by exact ratios: from an old unit to that of a later day, and between the euro and its units.
//!
//! A currency that was replaced at an exact ratio is the same money in another unit, so an old amount is restated by one fraction, also across several
//! replacements: the product of the ratios, rounded once. Where a currency split into two, or was replaced without an exact ratio, there is no
//! fraction and the error names the reason.

use chrono::NaiveDate;

use super::fraction::Fraction;
use super::{ConvertError, Converter};
use crate::money::{Currency, Money};
use crate::provenance::SourceId;

impl SourceId {
    /// The source of a conversion without rates: the exact ratios between the units of two days
    /// ([`Converter::restating`](crate::money::Converter::restating)) and of the euro to its members.
    pub const EXACT_RATIO: Self = Self::constant("exact_ratio");
}

impl Converter {
    /// Prepares the conversion of amounts of `from` on the day `of` into the unit of a later day `on`, by the ratios at which
    /// the units were exchanged. The target, [`to`](Self::to), is the unit that took the place of the old one by then:
    /// `from` itself if it still is in use.
    ///
    /// The ratios of all changes between the two days are multiplied into one [`fraction`](Self::fraction), and a result is
    /// rounded once. The unit of an amount depends on its day, not on its code alone: the bolívar (`VES`) lost six zeros on
    /// 1 October 2021 and the Syrian pound (`SYP`) two on 1 January 2026, both under the same code.
    ///
    /// A member of the euro is restated from the day after its [last day](Currency::last_day), 1 January 2002 for the first
    /// twelve; [`fixed`](Self::fixed) converts it earlier.
    ///
    /// # Errors
    ///
    /// Returns [`ConvertError::EarlierDay`] if `on` is before `of`, [`ConvertError::Withdrawn`] or
    /// [`ConvertError::NotInUseYet`] if `from` was not in use on the day `of`, and [`ConvertError::TwoSuccessors`] for the
    /// Czechoslovak koruna after its end.
    ///
    /// ```
    /// use masthead::money::{ConvertError, Converter, Currency};
    ///
    /// let (of, on) = ("1997-05-05".parse()?, "2026-04-02".parse()?);
    /// let old = Currency::constant("BYB");
    /// let to_new = Converter::restating(old, of, on)?;
    /// assert_eq!((to_new.to(), to_new.fraction()), (Currency::BYN, (1, 10_000_000))); // 1000 in 2000, 10000 in 2016
    /// assert_eq!(to_new.convert("25000000 BYB".parse()?)?.to_string(), "2.50 BYN");
    ///
    /// let error = Converter::restating(old, on, on).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "BYB is not in use on 2026-04-02: it was withdrawn after 1999-12-31, its successor is BYR",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restating(from: Currency, of: NaiveDate, on: NaiveDate) -> Result<Self, ConvertError> {
        if on < of {
            return Err(ConvertError::EarlierDay { of, on });
        }
        if let Some(error) = from.not_in_use(of) {
            return Err(error);
        }
        let (mut to, mut day, mut rate) = (from, of, Fraction::ONE);
        while let Some(change) = to.next_change(day).filter(|change| change.day <= on) {
            let (old, new) = change.ratio;
            rate = rate
                .multiplied_by(Fraction::new(new.into(), old.into()))
                .ok_or(ConvertError::Overflow { from, to })?
                .reduced();
            (to, day) = (change.into, change.day);
        }
        match to.not_in_use(on) {
            Some(two_successors) => Err(two_successors),
            None => Self::at(from, to, rate, on, SourceId::EXACT_RATIO),
        }
    }

    /// Prepares the conversion between the euro and one of its units, or between two of these, at the ratios that Regulation
    /// 2866/98 and its later versions fixed: 1.95583 marks or 40.3399 francs for one euro. Between two units the amount goes
    /// through the euro without a rounding.
    ///
    /// A ratio counts from the day on which it was fixed: 1 January 1999 for the first eleven members, whose units stayed in
    /// use until the end of 2001, and 1 January 2001 for the drachma. It does not end.
    ///
    /// # Errors
    ///
    /// Returns [`ConvertError::NotFixed`] if one of the two is neither the euro nor a unit whose ratio was fixed on `day`.
    ///
    /// ```
    /// use masthead::money::{Converter, Currency};
    ///
    /// let (mark, franc) = (Currency::constant("DEM"), Currency::constant("FRF"));
    /// let day = "2000-04-21".parse()?;
    /// let to_francs = Converter::fixed(mark, franc, day)?;
    /// assert_eq!(to_francs.fraction(), (655_957, 195_583));
    /// assert_eq!(to_francs.convert("100 DEM".parse()?)?.to_string(), "335.39 FRF");
    ///
    /// let error = Converter::fixed(mark, Currency::EUR, "1998-12-31".parse()?).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "DEM and EUR have no fixed ratio on 1998-12-31: expected the euro and its units",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fixed(from: Currency, to: Currency, day: NaiveDate) -> Result<Self, ConvertError> {
        let [source, target] = [from, to].map(|currency| {
            let (since, ratio) = currency.fixed_to_euro()?;
            let (units, euros) = (since <= day).then_some(ratio)?;
            Some(Fraction::new(units.into(), euros.into()))
        });
        let (source, target) =
            source
                .zip(target)
                .ok_or(ConvertError::NotFixed { from, to, day })?;
        let rate = target
            .divided_by(source)
            .ok_or(ConvertError::Overflow { from, to })?;
        Self::at(from, to, rate, day, SourceId::EXACT_RATIO)
    }
}

impl Money {
    /// Converts an amount of the day `of` into the unit of a later day `on`, by the exact ratios between the units, rounded
    /// once, half-even, to the minor unit. For many amounts, or another rounding, use [`Converter::restating`], which has
    /// the details.
    ///
    /// # Errors
    ///
    /// As [`Converter::restating`], and [`ConvertError::Overflow`] if the result does not fit a
    /// `Decimal`.
    ///
    /// ```
    /// use masthead::money::Money;
    ///
    /// let today = "2026-04-02".parse()?;
    /// let old: Money = "1000 RUR".parse()?;
    /// assert_eq!(old.restate("1997-12-31".parse()?, today)?.to_string(), "1.00 RUB");
    /// let lev: Money = "195.583 BGN".parse()?;
    /// assert_eq!(lev.restate("2025-12-31".parse()?, today)?.to_string(), "100.00 EUR");
    /// // The unit of the bolívar changed under one code.
    /// let bolivar: Money = "5000000 VES".parse()?;
    /// assert_eq!(bolivar.restate("2021-09-30".parse()?, today)?.to_string(), "5.00 VES");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restate(self, of: NaiveDate, on: NaiveDate) -> Result<Self, ConvertError> {
        Converter::restating(self.currency(), of, on)?.convert(self)
    }
}

impl Currency {
    /// The error for a day on which the currency is not in use.
    pub(crate) fn not_in_use(self, day: NaiveDate) -> Option<ConvertError> {
        if let Some(last_day) = self.last_day().filter(|last| *last < day) {
            if let Some(successors) = self.two_successors() {
                return Some(ConvertError::TwoSuccessors {
                    currency: self,
                    last_day,
                    successors,
                });
            }
            return Some(ConvertError::Withdrawn {
                currency: self,
                last_day,
                successor: self.successor()?,
                day,
            });
        }
        let first_day = self.first_day().filter(|first| day < *first)?;
        Some(ConvertError::NotInUseYet {
            currency: self,
            first_day,
            day,
        })
    }

    /// The unit of the currency, as it is on the day `of`, on another day: the currency and its units for one of this one.
    /// Returns `None` where no exact ratio leads from the one day to the other.
    #[cfg(feature = "ticker")]
    pub(crate) fn restated(self, of: NaiveDate, on: NaiveDate) -> Option<(Self, (u128, u128))> {
        if of <= on {
            let there = Converter::restating(self, of, on).ok()?;
            return Some((there.to(), there.fraction()));
        }
        let earlier = self.as_of(on)?;
        let back = Converter::restating(earlier, on, of).ok()?;
        let (numerator, denominator) = back.fraction();
        (back.to() == self).then_some((earlier, (denominator, numerator)))
    }
}
