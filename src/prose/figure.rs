//! Numbers in digits, with the separators that sites print.
//!
//! A figure is one token, however many separators it has. Its digits are read once; the separators between them decide afterwards what it is:
//!
//! | digits | reading |
//! |---|---|
//! | `1 250 000`, `1'250'000`, `1,250,000`, `1.250.000` | 1250000: the same separator twice or more, or a space or an apostrophe, groups |
//! | `1 250,5`, `1.250,50`, `1,250.50` | 1250.5, 1250.50: another separator after the groups is the decimal mark |
//! | `22,03`, `0,375` | 22.03, 0.375: one comma or point that cannot group is the decimal mark, and no number with groups begins with zero |
//! | `3,350`, `3.350` | [`Reading::Either`]; a comma groups where the language does so (`comma_groups`) |
//! | `1,2,3`, `12,34,567`, `1234,567,890`, `007`, 19 digits or more | [`Reading::Unreadable`] |
//! | `2024 2,3`, `12 50` | two figures: a space joins three digits to at most three, and none after a zero |
//! | `150 500,5 200` | 150500.5 and 200: no space joins after the decimal mark |
//!
//! An unreadable figure is a token too, so that it stops what is beside it: a date or a telephone number before a unit is no amount. Digits of other
//! scripts and full-width ones are unreadable figures.

use super::value::{MOST_DIGITS, Value};

/// A number in digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure {
    pub(super) reading: Reading,
    /// The number of digits, if it is an integer without separators.
    pub(super) plain: Option<u8>,
    /// The number of digits before the first separator, at most 255.
    pub(super) first_group: u8,
}

impl Reading {
    /// The value with the separator as the decimal mark, and the value without it if that is another one.
    pub(super) fn values(self) -> Option<(Value, Option<Value>)> {
        match self {
            Self::Exact(value) => Some((value, None)),
            Self::Either { grouped } => {
                let grouped = Value::integer(grouped.into());
                Some((grouped.divided(3)?, Some(grouped)))
            }
            Self::Unreadable => None,
        }
    }
}

/// The value that digits and separators have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading {
    /// One value.
    Exact(Value),
    /// One separator before exactly three digits: `3,350` is three thousand three hundred and fifty, or 3.35.
    Either {
        /// The digits without the separator, below a million.
        grouped: u32,
    },
    /// No value: the separators do not fit together, or there are too many digits.
    Unreadable,
}

impl Figure {
    /// Digits that are known to be a number, and whose value is not known.
    pub(super) const UNREADABLE: Self = Self {
        reading: Reading::Unreadable,
        plain: None,
        first_group: 0,
    };

    /// The integer, if it is one without separators.
    pub(super) fn plain_value(self) -> Option<Value> {
        match self.reading {
            Reading::Exact(value) if self.plain.is_some() => Some(value),
            _ => None,
        }
    }

    /// Whether the number may be a year of our time: four digits without separators, from 1900 to 2099. `2,024` and `2024.5` are no years.
    pub(super) fn is_year(self) -> bool {
        self.plain == Some(4)
            && self.plain_value().is_some_and(|value| {
                !value.is_below(Value::integer(1900)) && value.is_below(Value::integer(2100))
            })
    }
}

/// A character between digits. A comma and a point may group or be the decimal mark; a space and an apostrophe only group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Space,
    Apostrophe,
    Comma,
    Point,
}

/// The separators of one number, checked while they are read.
#[derive(Default)]
struct Scan {
    mantissa: u64,
    digits: u32,
    first: u32,
    starts_with_zero: bool,
    /// The separator between groups, or the only separator.
    group: Option<Separator>,
    groups: u32,
    /// Whether all groups but the first have three digits.
    threes: bool,
    /// The decimal mark after groups, and its digits.
    mark: Option<Separator>,
    last: u32,
    broken: bool,
}

/// Reads the number that starts at `start`, where the text has a digit. Returns it and the byte after it.
///
/// A comma before three digits groups if `comma_groups`, and is unclear otherwise; a point before three digits is always unclear.
pub(super) fn read(text: &str, start: usize, comma_groups: bool) -> (Figure, usize) {
    let bytes = text.as_bytes();
    let mut scan = Scan {
        threes: true,
        starts_with_zero: bytes.get(start) == Some(&b'0'),
        ..Scan::default()
    };
    let mut at = scan.digits_at(bytes, start);
    scan.first = scan.last;
    while let Some((separator, width)) = separator_at(bytes, at) {
        let length = run_of_digits(bytes, at + width);
        if length == 0 || (separator == Separator::Space && !scan.takes_space(length)) {
            break;
        }
        scan.take(separator, length);
        at = scan.digits_at(bytes, at + width);
    }
    (scan.figure(comma_groups), at)
}

impl Scan {
    /// Adds a run of digits to the mantissa and returns the byte after it.
    fn digits_at(&mut self, bytes: &[u8], start: usize) -> usize {
        let length = run_of_digits(bytes, start);
        for digit in bytes.iter().skip(start).take(length.min(64)) {
            self.digits += 1;
            if self.digits <= MOST_DIGITS {
                self.mantissa = self.mantissa * 10 + u64::from(digit - b'0');
            } else {
                self.broken = true;
            }
        }
        self.last = u32::try_from(length).unwrap_or(u32::MAX);
        self.broken |= self.last > MOST_DIGITS;
        start + length
    }

    /// A space joins only whole groups, because other numbers stand beside numbers too: `2024 2,5`.
    fn takes_space(&self, length: usize) -> bool {
        length == 3
            && self.first <= 3
            && !self.starts_with_zero
            && self.mark.is_none()
            && self.group.is_none_or(|group| group == Separator::Space)
    }

    fn take(&mut self, separator: Separator, length: usize) {
        match self.group {
            None => self.group = Some(separator),
            Some(group) if group == separator && self.mark.is_none() => {}
            Some(_) if self.mark.is_none() && separator.is_mark() => {
                self.mark = Some(separator);
                return;
            }
            Some(_) => self.broken = true,
        }
        self.groups += 1;
        self.threes &= length == 3;
    }

    fn figure(&self, comma_groups: bool) -> Figure {
        Figure {
            reading: self.reading(comma_groups),
            plain: u8::try_from(self.digits)
                .ok()
                .filter(|_| self.group.is_none()),
            first_group: u8::try_from(self.first).unwrap_or(u8::MAX),
        }
    }

    fn reading(&self, comma_groups: bool) -> Reading {
        let value = |places: u32| {
            let value = u8::try_from(places).ok();
            let value = value.and_then(|places| Value::new(self.mantissa, places));
            value.map_or(Reading::Unreadable, Reading::Exact)
        };
        // `007` is no amount, but `00` is one of hundredths.
        if self.broken || (self.starts_with_zero && self.first > 2) {
            return Reading::Unreadable;
        }
        let Some(group) = self.group else {
            return value(0);
        };
        let groups_fit = self.threes && self.first <= 3 && !self.starts_with_zero;
        if self.mark.is_some() {
            return if groups_fit {
                value(self.last)
            } else {
                Reading::Unreadable
            };
        }
        match (group.is_mark() && self.groups == 1, groups_fit) {
            (true, false) => value(self.last),
            (true, true) if group == Separator::Comma && comma_groups => value(0),
            (true, true) => match u32::try_from(self.mantissa) {
                Ok(grouped) => Reading::Either { grouped },
                Err(_) => Reading::Unreadable,
            },
            (false, true) => value(0),
            (false, false) => Reading::Unreadable,
        }
    }
}

impl Separator {
    const fn is_mark(self) -> bool {
        matches!(self, Self::Comma | Self::Point)
    }
}

/// The separator at a byte and its length.
fn separator_at(bytes: &[u8], at: usize) -> Option<(Separator, usize)> {
    Some(match bytes.get(at..)? {
        [b' ', ..] => (Separator::Space, 1),
        [b',', ..] => (Separator::Comma, 1),
        [b'.', ..] => (Separator::Point, 1),
        [b'\'', ..] => (Separator::Apostrophe, 1),
        // U+00A0, then U+2007, U+2009, U+202F, then U+2018 and U+2019.
        [0xc2, 0xa0, ..] => (Separator::Space, 2),
        [0xe2, 0x80, 0x87 | 0x89 | 0xaf, ..] => (Separator::Space, 3),
        [0xe2, 0x80, 0x98 | 0x99, ..] => (Separator::Apostrophe, 3),
        _ => return None,
    })
}

fn run_of_digits(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}
