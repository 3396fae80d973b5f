//! How numbers, temperatures and times are printed, for people and for machines.

use std::fmt;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use rust_decimal::Decimal;

use super::locale::Locale;

/// A quote as rate tables in Kazakhstan print it in every language: a dot, no grouping, at least `places` decimals.
///
/// Published digits are never cut: `5.4` becomes `5.40`, `0.1859` stays.
pub(super) struct Quote {
    pub(super) value: Decimal,
    pub(super) places: u32,
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, places } = self;
        if value.is_sign_negative() && !value.is_zero() {
            f.write_str("\u{2212}")?;
        }
        write!(f, "{}", value.abs())?;
        let scale = value.scale();
        if scale == 0 && *places > 0 {
            f.write_str(".")?;
        }
        (scale..*places).try_for_each(|_| f.write_str("0"))
    }
}

/// Whole degrees with their sign; zero has none.
pub(super) struct Degrees {
    pub(super) whole: i16,
    /// The character below zero: U+2212, or the hyphen of the model header.
    pub(super) minus: char,
}

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.whole {
            0 => {}
            1.. => f.write_str("+")?,
            _ => write!(f, "{}", self.minus)?,
        }
        write!(f, "{}", self.whole.unsigned_abs())
    }
}

/// How long ago, in the largest unit that is not zero: minutes, hours to two days, days.
pub(super) struct Age<'a> {
    pub(super) age: TimeDelta,
    pub(super) locale: &'a Locale,
}

impl fmt::Display for Age<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [minutes, hours, days] = self.locale.ago;
        let age = self.age;
        if age.num_minutes() < 1 {
            f.write_str(self.locale.just_now)
        } else if age.num_hours() < 1 {
            write!(f, "{} {minutes}", age.num_minutes())
        } else if age.num_hours() < 48 {
            write!(f, "{} {hours}", age.num_hours())
        } else {
            write!(f, "{} {days}", age.num_days())
        }
    }
}

/// An instant for machines: RFC 3339, UTC, whole seconds.
pub(super) struct Timestamp(pub(super) DateTime<Utc>);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0;
        write!(
            f,
            "{}T{:02}:{:02}:{:02}Z",
            at.date_naive(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }
}

/// Text that came from outside, without what could reorder or break the line it is put in.
pub(super) struct Outside<'a>(pub(super) &'a str);

impl fmt::Display for Outside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        let harmful = |c: &char| {
            c.is_control()
                || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        self.0
            .chars()
            .filter(|c| !harmful(c))
            .try_for_each(|c| f.write_char(c))
    }
}
