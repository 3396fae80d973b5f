//! The marks of the two axes.
//!
//! | values | most steps | marks |
//! |---|---|---|
//! | 474.80 to 478.50 | 3 | 474, 476, 478, 480: the finest step of 1, 2 or 5 times a power of ten with so few |
//! | equal values | | one per cent of room on both sides |
//!
//! | days, if their labels fit | marks |
//! |---|---|
//! | a fortnight | every day, second, third or fifth day, or Mondays |
//! | a year | firsts of every month, second, third or sixth month |
//! | decades | first of January of every year, second, fifth, tenth … |
//!
//! `picture` tries the distances of [`Every::ALL`] from the shortest on, and takes the first whose labels do not touch.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// The marks of an axis of values, at multiples of one, two or five times a power of ten. The first and the last mark enclose the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) lowest: i128,
    pub(super) step: i128,
    pub(super) steps: i128,
}

impl Values {
    /// The finest marks with at most so many steps. Equal values get room on both sides.
    pub(super) fn of(lowest: i128, highest: i128, most: i128) -> Self {
        let room = if lowest == highest {
            (lowest.abs() / 100).max(1)
        } else {
            0
        };
        let (lowest, highest) = (lowest - room, highest + room);
        let mut power = 1;
        loop {
            for step in [power, 2 * power, 5 * power] {
                let from = lowest.div_euclid(step) * step;
                let to = -((-highest).div_euclid(step) * step);
                let steps = (to - from) / step;
                if steps <= most.max(2) {
                    return Self {
                        lowest: from,
                        step,
                        steps,
                    };
                }
            }
            power *= 10;
        }
    }

    pub(super) const fn highest(&self) -> i128 {
        self.lowest + self.step * self.steps
    }

    /// The marks, the lowest first.
    pub(super) fn iter(self) -> impl Iterator<Item = i128> {
        (0..=self.steps).map(move |at| self.lowest + at * self.step)
    }

    /// The number of decimals that the marks need, of values with `scale` decimals.
    pub(super) fn places(&self, scale: u32) -> u32 {
        let (mut step, mut places) = (self.step, scale);
        while places > 0 && step % 10 == 0 {
            (step, places) = (step / 10, places - 1);
        }
        places
    }
}

/// The distance of two marks of an axis of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Every {
    Days(u8),
    /// Mondays.
    Weeks(u8),
    /// The first days of months.
    Months(u8),
    /// The first of January.
    Years(u8),
}

impl Every {
    /// The distances, the shortest first.
    pub(super) const ALL: [Self; 18] = [
        Self::Days(1),
        Self::Days(2),
        Self::Days(3),
        Self::Days(5),
        Self::Weeks(1),
        Self::Weeks(2),
        Self::Months(1),
        Self::Months(2),
        Self::Months(3),
        Self::Months(6),
        Self::Years(1),
        Self::Years(2),
        Self::Years(5),
        Self::Years(10),
        Self::Years(20),
        Self::Years(50),
        Self::Years(100),
        Self::Years(200),
    ];

    /// The days of the marks in a range, the earliest first.
    pub(super) fn days(self, first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let start = match self {
            Self::Days(_) => Some(first),
            Self::Weeks(_) => first.iter_days().find(|day| day.weekday() == Weekday::Mon),
            Self::Months(every) => {
                let first = first.iter_days().take(400);
                let mut starts = first.filter(|day| day.day() == 1);
                starts.find(|day| day.month0() % u32::from(every) == 0)
            }
            Self::Years(every) => {
                let every = i32::from(every);
                let is_start = first.ordinal() == 1;
                let year = first.year() + i32::from(!is_start);
                NaiveDate::from_ymd_opt(-(-year).div_euclid(every) * every, 1, 1)
            }
        };
        let next = move |day: &NaiveDate| match self {
            Self::Days(every) => day.checked_add_days(Days::new(every.into())),
            Self::Weeks(every) => day.checked_add_days(Days::new(7 * u64::from(every))),
            Self::Months(every) => day.checked_add_months(chrono::Months::new(every.into())),
            Self::Years(every) => NaiveDate::from_ymd_opt(day.year() + i32::from(every), 1, 1),
        };
        std::iter::successors(start, next).take_while(move |day| *day <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_values_enclose_them_and_are_round() {
        for _ in 0..10_000 {
            let lowest = fastrand::i128(-(1 << 90)..1 << 90) >> fastrand::u32(..90);
            let highest = lowest + (fastrand::i128(0..1 << 90) >> fastrand::u32(..90));
            let most = fastrand::i128(1..9);
            let found = Values::of(lowest, highest, most);
            assert!(found.lowest <= lowest && highest <= found.highest());
            assert!(found.steps >= 1 && found.steps <= most.max(2), "{found:?}");
            let digits = found.step.to_string();
            assert!("125".contains(&digits[..1]) && digits[1..].bytes().all(|zero| zero == b'0'));
            assert_eq!(found.lowest % found.step, 0);
            // A finer step would have too many marks, unless it is finer than the values.
            if found.step > 1 && highest > lowest {
                let finer = if digits.starts_with('5') {
                    found.step * 2 / 5
                } else {
                    found.step / 2
                };
                assert!((highest - lowest) / finer + 2 > most, "{found:?}");
            }
        }
    }

    #[test]
    fn marks_of_days_are_firsts_of_their_periods() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let of = |every: Every, first, last| {
            let days = every.days(day(first), day(last)).map(|day| day.to_string());
            days.collect::<Vec<_>>()
        };
        assert_eq!(
            of(Every::Weeks(1), "2026-04-01", "2026-04-14"),
            ["2026-04-06", "2026-04-13"]
        );
        assert_eq!(
            of(Every::Months(3), "2026-01-02", "2026-07-01"),
            ["2026-04-01", "2026-07-01"]
        );
        assert_eq!(
            of(Every::Years(1), "2026-01-01", "2027-03-01"),
            ["2026-01-01", "2027-01-01"]
        );
        assert_eq!(
            of(Every::Years(5), "2026-01-02", "2040-03-01"),
            ["2030-01-01", "2035-01-01", "2040-01-01"]
        );
        assert_eq!(of(Every::Months(6), "2026-02-01", "2026-02-03"), [""; 0]);
    }
}
