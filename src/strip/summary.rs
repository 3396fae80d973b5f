//! A range of days in one phrase: for the sparkline of a strip, and for the caption and the description of a chart.

use std::fmt::{self, Write};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::NumberStyle;
use super::locale::{Date, DateStyle, Locale};
use super::number::Number;

/// The first, the last, the highest and the lowest of the rates of a range of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) first: (NaiveDate, Decimal),
    pub(super) last: (NaiveDate, Decimal),
    /// The first day that has the highest rate.
    pub(super) highest: (NaiveDate, Decimal),
    pub(super) lowest: (NaiveDate, Decimal),
}

/// The form of dates and numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) locale: &'static Locale,
    pub(super) numbers: NumberStyle,
    /// The least number of decimals.
    pub(super) places: u32,
    pub(super) dates: DateStyle,
}

impl Summary {
    /// Writes `4 March 2026 – 2 April 2026, first 480.00, last 475.09, highest 481.00, lowest 474.80`, and with `days` the days of the highest and
    /// the lowest rate after them, in brackets.
    #[inline]
    pub(super) fn write_to<W: Write + ?Sized>(
        &self,
        form: Form,
        days: bool,
        out: &mut W,
    ) -> fmt::Result {
        let locale = form.locale;
        form.day(self.first.0, out)?;
        out.write_str(locale.range)?;
        form.day(self.last.0, out)?;
        for (label, (_, value)) in [(locale.first, self.first), (locale.last, self.last)] {
            form.labelled(label, value, out)?;
        }
        let extremes = [(locale.highest, self.highest), (locale.lowest, self.lowest)];
        extremes.into_iter().try_for_each(|(label, (day, value))| {
            form.labelled(label, value, out)?;
            if !days {
                return Ok(());
            }
            out.write_str(locale.aside.0)?;
            form.day(day, out)?;
            out.write_str(locale.aside.1)
        })
    }
}

impl Form {
    pub(super) fn day<W: Write + ?Sized>(&self, day: NaiveDate, out: &mut W) -> fmt::Result {
        Date::new(day, self.dates, self.locale).write_to(out)
    }

    pub(super) const fn number(&self, value: Decimal) -> Number {
        Number::new(value, self.numbers, self.locale).places(self.places)
    }

    fn labelled<W: Write + ?Sized>(&self, label: &str, value: Decimal, out: &mut W) -> fmt::Result {
        out.write_str(self.locale.list)?;
        out.write_str(label)?;
        out.write_str(" ")?;
        self.number(value).write_to(out)
    }
}
