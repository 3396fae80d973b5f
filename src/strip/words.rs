//! The words of the strip, for a template of the site's own.

use std::fmt;

use chrono::{NaiveDate, TimeDelta};

use super::locale::{Around, Lang};
use super::number::write_age;
use super::{Date, DateStyle};
use crate::money::Trend;

/// The words that the strip prints beside its values, for a template of the site's own.
///
/// ```
/// use masthead::strip::{Lang, Strip};
/// use masthead::{Freshness, Layout, Snapshot};
///
/// let (snapshot, layout, lang) = (Snapshot::sample(), Layout::line(), Lang::Ru);
/// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
/// let rows = strip.rates().map(|item| {
///     let value = item.rate.map_or(lang.no_data().to_owned(), |rate| rate.value().to_string());
///     let mark = if item.freshness == Freshness::Stale { lang.outdated() } else { "" };
///     format!("<li>{} {value} <small>{mark}</small></li>", item.pair)
/// });
/// assert_eq!(rows.take(1).collect::<String>(), "<li>USD/KZT 447.32 <small>данные устарели</small></li>");
/// assert_eq!(Lang::En.unconfirmed(), "unconfirmed");
/// ```
impl Lang {
    /// Returns the mark of an absent value: `no data`.
    #[must_use]
    pub const fn no_data(self) -> &'static str {
        self.locale().no_data
    }

    /// Returns the mark of a value that is [stale](crate::Freshness::Stale): `outdated`.
    #[must_use]
    pub const fn outdated(self) -> &'static str {
        self.locale().stale
    }

    /// Returns the mark of a rate that is [not confirmed](super::RateItem::is_unconfirmed): `unconfirmed`.
    #[must_use]
    pub const fn unconfirmed(self) -> &'static str {
        self.locale().unconfirmed
    }

    /// Returns the direction of a change in words: `down 3.68`, `unchanged`. `by` is the change without its sign, such as a [`Number`](super::Number).
    /// The text of an [unknown](Trend::Unknown) direction is empty.
    ///
    /// ```
    /// use masthead::money::Trend;
    /// use masthead::strip::Lang;
    ///
    /// assert_eq!(Lang::En.change(Trend::Down, "3.68").to_string(), "down 3.68");
    /// assert_eq!(Lang::Kk.change(Trend::Up, "0.51").to_string(), "өсті: 0.51");
    /// assert_eq!(Lang::En.change(Trend::Unchanged, "0.00").to_string(), "unchanged");
    /// ```
    pub fn change<By: fmt::Display>(self, trend: Trend, by: By) -> impl fmt::Display + use<By> {
        let locale = self.locale();
        Written(move |f: &mut fmt::Formatter<'_>| match trend {
            Trend::Up => around(f, locale.up, &by),
            Trend::Down => around(f, locale.down, &by),
            Trend::Unchanged => f.write_str(locale.unchanged),
            Trend::Unknown => Ok(()),
        })
    }

    /// Returns the day of rates in force in words: `as of 2 April 2026`.
    ///
    /// ```
    /// use masthead::strip::Lang;
    ///
    /// let day = "2026-04-02".parse()?;
    /// assert_eq!(Lang::En.as_of(day).to_string(), "as of 2 April 2026");
    /// assert_eq!(Lang::En.from_day(day).to_string(), "from 2 April 2026");
    /// assert_eq!(Lang::En.not_known_yet(day).to_string(), "rates for 2 April 2026 are not known yet");
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn as_of(self, day: NaiveDate) -> impl fmt::Display + use<> {
        self.with_day(self.locale().as_of, day)
    }

    /// Returns the first day of rates that are not in force yet, in words: `from 3 April 2026`.
    #[must_use]
    pub fn from_day(self, day: NaiveDate) -> impl fmt::Display + use<> {
        self.with_day(self.locale().from_day, day)
    }

    /// Returns the words for a day whose rates are [not known yet](super::RateItem::is_behind): `rates for 3 April 2026 are not known yet`. The strip
    /// names today in the bank's zone.
    #[must_use]
    pub fn not_known_yet(self, day: NaiveDate) -> impl fmt::Display + use<> {
        self.with_day(self.locale().behind, day)
    }

    fn with_day(self, pattern: Around, day: NaiveDate) -> impl fmt::Display + use<> {
        let day: Date = self.date(day, DateStyle::Long);
        Written(move |f: &mut fmt::Formatter<'_>| around(f, pattern, &day))
    }

    /// Returns an age in words: `just now` under a minute, `5 min ago`, `3 h ago`, `2 d ago`. A negative age is `just now`.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::strip::Lang;
    ///
    /// assert_eq!(Lang::En.age(TimeDelta::minutes(5)).to_string(), "5 min ago");
    /// assert_eq!(Lang::En.age(TimeDelta::seconds(-3)).to_string(), "just now");
    /// assert_eq!(Lang::ZhHans.age(TimeDelta::hours(3)).to_string(), "3小时前");
    /// ```
    #[must_use]
    pub fn age(self, age: TimeDelta) -> impl fmt::Display + use<> {
        let locale = self.locale();
        Written(move |f: &mut fmt::Formatter<'_>| write_age(age, locale, f))
    }
}

fn around(
    f: &mut fmt::Formatter<'_>,
    (before, after): Around,
    value: &impl fmt::Display,
) -> fmt::Result {
    write!(f, "{before}{value}{after}")
}

/// The text that a function writes.
pub(super) struct Written<F>(pub(super) F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Written<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}
