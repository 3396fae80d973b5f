//! Numbers, temperatures and ages for people.

use std::fmt::{self, Write};

use chrono::TimeDelta;
use rust_decimal::Decimal;

use super::digits::write_integer;
use super::locale::{Lang, Locale};

/// The form of numbers for people.
///
/// See [`Number`] for an example of both.
///
/// ```
/// use masthead::strip::{Lang, NumberStyle};
///
/// let value = masthead::money::parse_decimal("1447.32")?;
/// assert_eq!(Lang::Ru.number(value, NumberStyle::Quote).to_string(), "1447.32");
/// assert_eq!(Lang::Ru.number(value, NumberStyle::Locale).to_string(), "1\u{a0}447,32");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NumberStyle {
    /// A point and no groups, `1447.32`: the form of rate tables in Kazakhstan, in every language.
    #[default]
    Quote,
    /// The decimal mark and the groups of the language by CLDR: `1 447,32` in Russian.
    Locale,
}

/// A number as a reader sees it, made by [`Lang::number`].
///
/// It has at least two decimals unless [`places`](Self::places) sets another number, and every digit of
/// the value: no decimal is cut or rounded. The minus is U+2212, and zero has no sign.
///
/// ```
/// use masthead::strip::{Lang, NumberStyle};
/// use rust_decimal::Decimal;
///
/// let rate: Decimal = "1447.3".parse()?;
/// assert_eq!(Lang::Kk.number(rate, NumberStyle::Quote).to_string(), "1447.30");
/// assert_eq!(Lang::Kk.number(rate, NumberStyle::Locale).to_string(), "1\u{a0}447,30");
/// assert_eq!(Lang::En.number(-rate, NumberStyle::Locale).places(0).to_string(), "−1,447.3");
/// let exact: Decimal = "0.0213".parse()?;
/// assert_eq!(Lang::Kk.number(exact, NumberStyle::Quote).to_string(), "0.0213");
///
/// let mut page = String::new();
/// Lang::Kk.number(rate, NumberStyle::Quote).write_to(&mut page)?;
/// assert_eq!(page, "1447.30");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Lang::parse_number`] reads the number back.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    value: Decimal,
    places: u32,
    /// The language whose separators are used, or `None` for those of rate tables.
    separators: Option<&'static Locale>,
}

impl Lang {
    /// Formats `value` in this language or, with [`NumberStyle::Quote`], as rate tables do.
    #[must_use]
    #[inline]
    pub const fn number(self, value: Decimal, style: NumberStyle) -> Number {
        Number::new(value, style, self.locale())
    }
}

impl Number {
    #[inline]
    pub(super) const fn new(value: Decimal, style: NumberStyle, locale: &'static Locale) -> Self {
        Self {
            value,
            places: 2,
            separators: match style {
                NumberStyle::Quote => None,
                NumberStyle::Locale => Some(locale),
            },
        }
    }

    /// Sets the least number of decimals, filled with zeros. Default: 2.
    #[must_use]
    pub const fn places(mut self, places: u32) -> Self {
        self.places = places;
        self
    }

    pub(super) const fn value(&self) -> Decimal {
        self.value
    }

    /// Writes to `out` directly; faster than [`Display`](fmt::Display).
    ///
    /// # Errors
    ///
    /// Returns an error if `out` does. A `String` never does.
    // Inlined so that the branch of a constant style disappears.
    #[inline(always)]
    pub fn write_to<W: Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        if self.value.is_sign_negative() && !self.value.is_zero() {
            out.write_str("\u{2212}")?;
        }
        match self.separators {
            None => write_magnitude(self.value, ".", "", out)?,
            Some(locale) => write_magnitude(self.value, locale.decimal, locale.group, out)?,
        }
        if self.value.scale() < self.places {
            self.write_zeros(out)?;
        }
        Ok(())
    }

    /// Writes the decimals that the value lacks, after a decimal mark if it has none.
    fn write_zeros<W: Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        let scale = self.value.scale();
        if scale == 0 {
            out.write_str(self.separators.map_or(".", |locale| locale.decimal))?;
        }
        (scale..self.places).try_for_each(|_| out.write_str("0"))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// Writes a decimal for machines: a point, a hyphen for the minus, the digits as published.
pub(super) fn write_plain<W: Write + ?Sized>(value: Decimal, out: &mut W) -> fmt::Result {
    if value.is_sign_negative() && !value.is_zero() {
        out.write_str("-")?;
    }
    write_magnitude(value, ".", "", out)
}

/// Writes the magnitude with the given decimal mark and group separator.
fn write_magnitude<W: Write + ?Sized>(
    value: Decimal,
    point: &str,
    group: &str,
    out: &mut W,
) -> fmt::Result {
    let (mantissa, scale) = (value.mantissa().unsigned_abs(), value.scale() as usize);
    let mut buffer = itoa::Buffer::new();
    // Rates fit into 64 bits, but `Lang::number` takes any decimal.
    let digits = match u64::try_from(mantissa) {
        Ok(mantissa) => buffer.format(mantissa),
        Err(_) => buffer.format(mantissa),
    };
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(scale));
    write_grouped(if whole.is_empty() { "0" } else { whole }, group, out)?;
    if scale == 0 {
        return Ok(());
    }
    out.write_str(point)?;
    (fraction.len()..scale).try_for_each(|_| out.write_str("0"))?;
    out.write_str(fraction)
}

/// Writes digits with `group` between thousands.
fn write_grouped<W: Write + ?Sized>(digits: &str, group: &str, out: &mut W) -> fmt::Result {
    if group.is_empty() || digits.len() <= 3 {
        return out.write_str(digits);
    }
    let (before, last) = digits.split_at(digits.len() - 3);
    write_grouped(before, group, out)?;
    out.write_str(group)?;
    out.write_str(last)
}

/// The minus in text for people.
pub(super) const MINUS: &str = "\u{2212}";

/// Writes whole degrees with their sign; zero has no sign.
pub(super) fn write_degrees<W: Write + ?Sized>(
    whole: i16,
    minus: &str,
    out: &mut W,
) -> fmt::Result {
    out.write_str(match whole {
        0 => "",
        1.. => "+",
        _ => minus,
    })?;
    write_integer(whole.unsigned_abs(), out)
}

/// Writes an age: minutes below an hour, hours below two days, then days; "just now" below a minute.
pub(super) fn write_age<W: Write + ?Sized>(
    age: TimeDelta,
    locale: &Locale,
    out: &mut W,
) -> fmt::Result {
    let [minutes, hours, days] = locale.ages;
    let passed = age.num_minutes().max(0).unsigned_abs();
    let (count, (before, after)) = match passed {
        0 => return out.write_str(locale.just_now),
        1..60 => (passed, minutes),
        60..2880 => (passed / 60, hours),
        _ => (passed / 1440, days),
    };
    out.write_str(before)?;
    write_integer(count, out)?;
    out.write_str(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut String) -> fmt::Result) -> String {
        let mut out = String::new();
        write(&mut out).unwrap();
        out
    }

    /// Random decimals of every length with at least so many decimals.
    fn decimals(fewest: u32) -> impl Iterator<Item = Decimal> {
        (0..1_000).map(move |_| {
            let mantissa = fastrand::i128(-(1 << 96) + 1..1 << 96) >> fastrand::u32(..96);
            Decimal::from_i128_with_scale(mantissa, fastrand::u32(fewest..=28))
        })
    }

    #[test]
    fn plain_digits_are_those_of_the_decimal() {
        for value in decimals(0) {
            assert_eq!(written(|out| write_plain(value, out)), value.to_string());
        }
    }

    #[test]
    fn groups_taken_out_leave_the_digits() {
        for value in decimals(2) {
            let text = Lang::Ru.number(value, NumberStyle::Locale).to_string();
            let plain = text
                .replace('\u{a0}', "")
                .replace(',', ".")
                .replace('\u{2212}', "-");
            assert_eq!(plain, value.to_string());
            let (whole, _) = text.split_once(',').unwrap();
            let groups: Vec<_> = whole
                .trim_start_matches('\u{2212}')
                .split('\u{a0}')
                .collect();
            let (first, rest) = groups.split_first().unwrap();
            assert!(first.len() <= 3, "{text}");
            assert!(rest.iter().all(|group| group.len() == 3), "{text}");
        }
    }

    #[test]
    fn ages_are_written_in_the_largest_unit() {
        for (minutes, text) in [
            (-5, "just now"),
            (0, "just now"),
            (1, "1 min ago"),
            (59, "59 min ago"),
            (60, "1 h ago"),
            (2879, "47 h ago"),
            (2880, "2 d ago"),
            (1_500_000, "1041 d ago"),
        ] {
            let age = TimeDelta::minutes(minutes);
            assert_eq!(written(|out| write_age(age, Lang::En.locale(), out)), text);
        }
    }

    #[test]
    fn zero_has_no_sign() {
        let zero: Decimal = "-0.00".parse().unwrap();
        assert_eq!(written(|out| write_plain(zero, out)), "0.00");
        assert_eq!(
            Lang::En.number(zero, NumberStyle::Quote).to_string(),
            "0.00"
        );
        assert_eq!(written(|out| write_degrees(0, "-", out)), "0");
        assert_eq!(written(|out| write_degrees(i16::MIN, "-", out)), "-32768");
    }
}
