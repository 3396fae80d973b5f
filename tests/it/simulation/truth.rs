//! The ground truth: the publications of the banks and their times, for years ahead.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use fastrand::Rng;

use crate::guard::synthetic_market::{Market, Page};

/// The first simulated day. Kazakhstan has been five hours ahead of UTC since 2024.
pub(crate) const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2025, 1, 6).unwrap();
/// A run ends with a whole cycle of faults and recovery, which may begin on its last day: four weeks, and twelve publications.
const BEYOND: i64 = 60;
const AHEAD: TimeDelta = TimeDelta::hours(5);

pub(crate) struct Truth {
    /// The publications of the National Bank by time. A correction is another publication of the same day.
    national: Vec<Published>,
    /// The same for its two witnesses.
    pub(crate) cbu: Vec<Published>,
    pub(crate) nbkr: Vec<Published>,
    pub(crate) shocks: u64,
    pub(crate) corrections: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) at: DateTime<Utc>,
    pub(crate) page: Page,
}

/// Returns an instant by the clock of Astana.
pub(crate) fn astana(day: NaiveDate, minute: i64) -> DateTime<Utc> {
    day.and_hms_opt(0, 0, 0).unwrap().and_utc() - AHEAD + TimeDelta::minutes(minute)
}

/// Returns the current day in Astana.
pub(crate) fn today(at: DateTime<Utc>) -> NaiveDate {
    (at + AHEAD).date_naive()
}

impl Truth {
    /// The publications of so many days and of [`BEYOND`] more, until the recovery after the last faults.
    pub(crate) fn new(days: i64, random: &mut Rng) -> Self {
        let mut truth = Self {
            national: Vec::new(),
            cbu: Vec::new(),
            nbkr: Vec::new(),
            shocks: 0,
            corrections: 0,
        };
        let (mut market, mut level) = (Market::new(), 0);
        let mut holidays_until = FIRST;
        // The caller goes on as after `days`, so that what it draws does not depend on how many follow.
        let caller = random;
        let random = &mut caller.clone();
        for ahead in -30..days + BEYOND {
            if ahead == days {
                *caller = random.clone();
            }
            let day = FIRST + TimeDelta::days(ahead);
            // Holidays joined with weekends: one list is in force for up to eight days.
            if day > FIRST + TimeDelta::days(20) && random.u8(..45) == 0 {
                holidays_until = day + TimeDelta::days(random.i64(3..6));
            }
            if day < holidays_until || !works(day, random) {
                continue;
            }
            market.pass(random, 300);
            if random.u8(..50) == 0 {
                // Alternating directions keep the dollar plausible.
                let size = random.i64(60..=350);
                level = 1 - level;
                let thousandths = if level == 1 { size } else { -size * 2 / 3 };
                market.shock("KZT", thousandths);
                truth.shocks += 1;
            }
            if random.u8(..60) == 0 {
                let size = random.i64(-300..=400);
                market.shock(random.choice(&["UZS", "TRY", "RUB"]).unwrap(), size);
                truth.shocks += 1;
            }
            let next = day.succ_opt().unwrap();
            let page = page_after(truth.national.last(), market.page("KZT", next, 2));
            let at = astana(day, 15 * 60 + 30 + random.i64(0..30));
            truth.national.push(Published {
                at,
                page: page.clone(),
            });
            if random.u8(..40) == 0 {
                let by = random.i64(-30..=30);
                let corrected = page.with_each(|line| {
                    let difference = line.value * by / 10_000;
                    line.value += difference;
                    line.change += difference;
                });
                truth.national.push(Published {
                    at: at + TimeDelta::minutes(random.i64(20..400)),
                    page: corrected,
                });
                truth.corrections += 1;
            }
            // The neighbouring banks have slightly different rates, published slightly later.
            let mut apart = market.clone();
            apart.pass(random, 150);
            let later = astana(day, 17 * 60 + random.i64(0..60));
            truth.cbu.push(Published {
                at: later,
                page: page_after(truth.cbu.last(), apart.page("UZS", next, 2)),
            });
            truth.nbkr.push(Published {
                at: later,
                page: page_after(truth.nbkr.last(), apart.page("KGS", next, 4)),
            });
        }
        truth
    }

    /// Returns the list in force on a day, as known at `now`. A list of an earlier day has no changes.
    pub(crate) fn of_day(&self, day: NaiveDate, now: DateTime<Utc>) -> Option<Page> {
        of_day(&self.national, day, now)
    }

    /// Returns the newest publication at `now`.
    pub(crate) fn newest(&self, now: DateTime<Utc>) -> Option<Page> {
        newest(&self.national, now)
    }

    /// Returns every number that was ever true for a row on a day, with its nominal; corrections included.
    pub(crate) fn numbers(&self, code: &str, day: NaiveDate) -> Vec<(i64, u32)> {
        let until = self
            .national
            .partition_point(|published| published.page.day <= day);
        let of = until
            .checked_sub(1)
            .map(|last| self.national[last].page.day);
        let versions = self.national[..until]
            .iter()
            .rev()
            .take_while(|published| Some(published.page.day) == of);
        let lines = versions
            .flat_map(|published| published.page.lines.iter().filter(|line| line.code == code));
        lines.map(|line| (line.value, line.nominal)).collect()
    }

    /// Returns the first publication after an instant, except corrections.
    pub(crate) fn next_after(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        // A correction follows what it corrects.
        let mut before = None;
        let next = self.national.iter().find(|published| {
            let day = Some(published.page.day);
            let is_correction = std::mem::replace(&mut before, day) == day;
            published.at > at && !is_correction
        });
        next.map_or(at, |published| published.at)
    }
}

/// Returns the list in force on a day from a series of publications. A list of an earlier day has no changes.
pub(crate) fn of_day(all: &[Published], day: NaiveDate, now: DateTime<Utc>) -> Option<Page> {
    let until = all.partition_point(|published| published.page.day <= day && published.at <= now);
    let page = &all[until.checked_sub(1)?].page;
    Some(if page.day == day {
        page.clone()
    } else {
        page.echoed(day)
    })
}

fn page_after(before: Option<&Published>, page: Page) -> Page {
    before.map_or(page.clone(), |before| page.after(&before.page))
}

/// Monday to Friday, except for the fixed holidays and a few moved ones.
fn works(day: NaiveDate, random: &mut Rng) -> bool {
    let holiday = matches!(
        (day.month(), day.day()),
        (1, 1 | 2 | 7) | (3, 8 | 21..=23) | (5, 1 | 7 | 9) | (7, 6) | (8, 30) | (10, 25) | (12, 16)
    );
    let moved = random.u8(..) == 0;
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holiday && !moved
}

/// Returns the last list published by `now`.
pub(crate) fn newest(all: &[Published], now: DateTime<Utc>) -> Option<Page> {
    let until = all.partition_point(|published| published.at <= now);
    until.checked_sub(1).map(|last| all[last].page.clone())
}
