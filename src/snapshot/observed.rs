//! A value with its times, and the classes of its age.
//!
//! Freshness is a function of a value, an instant and a policy, and is never stored: the same snapshot is fresh at noon and ageing the day after. Two
//! ages count for weather: that of its computation, and that of its last confirmation. For rates only the days count, because a list of a bank that
//! publishes once a day is not older at 18:00 than at 09:00.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::day;
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::weather::Weather;

/// A value read from a source, with the times from which its age is determined.
///
/// `T` is [`Rates`] or [`Weather`]. A [`Snapshot`](crate::Snapshot) returns its values as `Observed`, and a
/// [`FreshnessPolicy`] classifies their age:
///
/// ```
/// use masthead::{Observed, Snapshot};
/// use chrono::TimeDelta;
///
/// # let snapshot = Snapshot::sample();
/// # let value = snapshot.rates(Snapshot::SAMPLE_TIME).unwrap().value().clone();
/// let fetched = Snapshot::SAMPLE_TIME;
/// let valid = fetched - TimeDelta::hours(1);
/// let rates = Observed::new(value, valid, fetched).with_expires(Some(fetched + TimeDelta::minutes(30)));
/// assert_eq!((rates.valid(), rates.fetched()), (valid, fetched));
/// assert_eq!(rates.expires(), Some(fetched + TimeDelta::minutes(30)));
/// assert_eq!(rates.source().as_str(), "sample");
/// assert_eq!(rates.value().len(), 4);
///
/// assert_eq!(rates.age(fetched + TimeDelta::hours(2)), TimeDelta::hours(2));
/// assert_eq!(rates.age(valid), TimeDelta::zero(), "`now` before the fetch");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked<T>", bound(deserialize = "T: Deserialize<'de>"))]
pub struct Observed<T> {
    value: T,
    valid: DateTime<Utc>,
    fetched: DateTime<Utc>,
    expires: Option<DateTime<Utc>>,
}

/// A value that a source returns: [`Rates`] or [`Weather`].
///
/// ```
/// use masthead::snapshot::Reading;
/// use masthead::{Snapshot, SourceId};
///
/// let snapshot = Snapshot::sample();
/// let rates = snapshot.rates(Snapshot::SAMPLE_TIME).unwrap().value();
/// assert_eq!(Reading::source(rates), &SourceId::SAMPLE);
/// assert_eq!(Reading::issued(rates), None, "rates have a day instead");
/// ```
pub trait Reading {
    /// The source of the value.
    fn source(&self) -> &SourceId;

    /// The time at which a forecast was computed, as [`Weather::issued`] defines it. Returns `None` for rates, and if the time is
    /// unknown.
    fn issued(&self) -> Option<DateTime<Utc>> {
        None
    }
}

impl Reading for Rates {
    fn source(&self) -> &SourceId {
        &self.publication().source
    }
}

impl Reading for Weather {
    fn source(&self) -> &SourceId {
        self.source()
    }

    fn issued(&self) -> Option<DateTime<Utc>> {
        self.issued()
    }
}

impl<T> Observed<T> {
    /// Creates an observation of `value`, known to be right at `valid` and fetched at `fetched`. It has no expiry. The order of the two times is not
    /// checked: rates of tomorrow are valid from its start, after the fetch.
    #[must_use]
    pub const fn new(value: T, valid: DateTime<Utc>, fetched: DateTime<Utc>) -> Self {
        Self {
            value,
            valid,
            fetched,
            expires: None,
        }
    }

    /// Sets the time before which the source requests not to be queried again. Default: `None`.
    #[must_use]
    pub const fn with_expires(mut self, expires: Option<DateTime<Utc>>) -> Self {
        self.expires = expires;
        self
    }

    /// Replaces the value and keeps the times.
    #[cfg(feature = "ticker")]
    pub(crate) fn with(self, value: T) -> Self {
        Self { value, ..self }
    }

    /// The observed value.
    #[must_use]
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// A time at which the value is known to be right: for rates, the latest time at which they were known to be in force, or the
    /// start of their day if it was in the future at the fetch; for weather, the start of the hour that applied at the fetch.
    #[must_use]
    pub const fn valid(&self) -> DateTime<Utc> {
        self.valid
    }

    /// The time at which the source last returned or confirmed the value.
    #[must_use]
    pub const fn fetched(&self) -> DateTime<Utc> {
        self.fetched
    }

    /// The time before which the source requests not to be queried again, such as the `Expires` header of MET Norway. Returns
    /// `None` if the source states none.
    #[must_use]
    pub const fn expires(&self) -> Option<DateTime<Utc>> {
        self.expires
    }

    /// The time from the fetch to `now`. Returns zero if `now` is before the fetch. The age that a page shows counts from [`dated`](Self::dated).
    #[must_use]
    pub fn age(&self, now: DateTime<Utc>) -> TimeDelta {
        (now - self.fetched).max(TimeDelta::zero())
    }
}

impl<T: Reading> Observed<T> {
    /// The source of the value.
    #[must_use]
    pub fn source(&self) -> &SourceId {
        self.value.source()
    }

    /// Returns whether the value belongs to the built-in [sample](crate::Snapshot::sample), which is never
    /// [fresh](Freshness::Fresh).
    ///
    /// ```
    /// # use masthead::{FreshnessPolicy, Freshness, Snapshot};
    /// let snapshot = Snapshot::sample();
    /// let rates = snapshot.rates(Snapshot::SAMPLE_TIME).unwrap();
    /// assert!(rates.is_sample());
    /// assert_eq!(FreshnessPolicy::default().of_rates(rates, Snapshot::SAMPLE_TIME), Freshness::Stale);
    /// ```
    #[must_use]
    pub fn is_sample(&self) -> bool {
        *self.source() == SourceId::SAMPLE
    }

    /// The time from which the age shown on a page counts: the computation of a forecast or the fetch, whichever is earlier.
    ///
    /// ```
    /// use masthead::weather::{Hour, Weather};
    /// use masthead::{Observed, SourceId};
    ///
    /// let (computed, fetched) = ("2026-04-02T03:00:00Z".parse()?, "2026-04-02T06:10:00Z".parse()?);
    /// let hour = Hour::new(fetched, "8.5".parse()?);
    /// let weather = Weather::new(SourceId::MET_NORWAY, [hour], [])?.with_issued(computed)?;
    /// assert_eq!(Observed::new(weather, fetched, fetched).dated(), computed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn dated(&self) -> DateTime<Utc> {
        self.value
            .issued()
            .map_or(self.fetched, |issued| issued.min(self.fetched))
    }
}

/// The age of a value at a given time, in four classes, which are all: a match needs no other arm. Only
/// [`Absent`](Self::Absent) values are left out of a page. The limits are those of a [`FreshnessPolicy`].
///
/// The classes are ordered from fresh to absent:
///
/// ```
/// use masthead::Freshness;
///
/// assert!(Freshness::Fresh < Freshness::Ageing && Freshness::Stale < Freshness::Absent);
/// assert_eq!(Freshness::Ageing.as_str(), "ageing");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Current.
    Fresh,
    /// Older than usual, but probably still right. The page shows weather without a mark, and rates with their day and the note
    /// that those of today are not known yet.
    Ageing,
    /// Old. The page marks the value with a word such as `outdated`, except in `Layout::page`, and rates also as above.
    Stale,
    /// Missing. The page shows that there is no data.
    Absent,
}

impl Freshness {
    /// Returns the word in JSON and in the HTML attribute `data-freshness`: `fresh`, `ageing`, `stale` or `absent`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Ageing => "ageing",
            Self::Stale => "stale",
            Self::Absent => "absent",
        }
    }
}

/// The limits at which rates and weather become [ageing and stale](Freshness).
///
/// [`Strip::policy`](crate::Strip::policy) applies other limits than the default to a page. In JSON each limit is a whole number
/// of seconds.
///
/// | value | fresh | ageing | stale |
/// |---|---|---|---|
/// | rates | until the end of their last known day in force | for [`rates_ageing`](Self::rates_ageing) after it | afterwards |
/// | weather | up to [`forecast_fresh`](Self::forecast_fresh) after its computation | afterwards, or [`forecast_unconfirmed`](Self::forecast_unconfirmed) after its fetch | from [`forecast_stale`](Self::forecast_stale) after its computation |
///
/// ```
/// use chrono::{DateTime, TimeDelta, Utc};
/// use masthead::weather::{Hour, Weather};
/// use masthead::{Freshness, FreshnessPolicy, Observed, SourceId};
///
/// let at = |time: &str| format!("2026-04-02T{time}:00Z").parse::<DateTime<Utc>>().unwrap();
/// let hours = (0..48).map(|hour| Hour::new(at("06:00") + TimeDelta::hours(hour), "8.5".parse().unwrap()));
/// let weather = Weather::new(SourceId::MET_NORWAY, hours, [])?.with_issued(at("03:00"))?;
/// let weather = Observed::new(weather, at("06:00"), at("06:10"));
/// let zone = chrono_tz::Asia::Almaty;
///
/// let default = FreshnessPolicy::default();
/// assert_eq!(default.of_weather(&weather, at("12:00"), zone), Freshness::Fresh);
/// assert_eq!(default.of_weather(&weather, at("15:00"), zone), Freshness::Ageing);
///
/// let mut strict = default;
/// strict.forecast_stale = TimeDelta::hours(9);
/// assert_eq!(strict.of_weather(&weather, at("12:00"), zone), Freshness::Stale);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FreshnessPolicy {
    /// The time after the last day on which rates were known to be in force during which they are ageing; afterwards they are
    /// stale. Default: 24 hours.
    #[serde(with = "seconds")]
    pub rates_ageing: TimeDelta,
    /// The age from which a forecast is ageing, counted from its computation. Default: 12 hours. Weather models are computed every
    /// 6 hours, and their results are available hours later.
    #[serde(with = "seconds")]
    pub forecast_fresh: TimeDelta,
    /// The age from which a forecast is stale, counted from its computation. Default: 24 hours.
    #[serde(with = "seconds")]
    pub forecast_stale: TimeDelta,
    /// The time after the last confirmation from which a forecast is at least ageing. An answer confirms it, and so does a reply
    /// that the last answer is unchanged (HTTP 304). Default: 6 hours.
    #[serde(with = "seconds")]
    pub forecast_unconfirmed: TimeDelta,
}

impl Default for FreshnessPolicy {
    fn default() -> Self {
        Self {
            rates_ageing: TimeDelta::hours(24),
            forecast_fresh: TimeDelta::hours(12),
            forecast_stale: TimeDelta::hours(24),
            forecast_unconfirmed: TimeDelta::hours(6),
        }
    }
}

impl FreshnessPolicy {
    /// The first limit that is negative, with its name.
    #[cfg(feature = "ticker")]
    pub(crate) fn negative(&self) -> Option<(&'static str, TimeDelta)> {
        let limits = [
            ("rates_ageing", self.rates_ageing),
            ("forecast_fresh", self.forecast_fresh),
            ("forecast_stale", self.forecast_stale),
            ("forecast_unconfirmed", self.forecast_unconfirmed),
        ];
        limits
            .into_iter()
            .find(|(_, time)| *time < TimeDelta::zero())
    }

    /// Classifies the age of rates at `now`.
    ///
    /// They are fresh until the end of the last day on which they were known to be in force, in the bank's zone, then ageing for
    /// [`rates_ageing`](Self::rates_ageing), then stale. The built-in sample is always stale.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
    /// use masthead::{Freshness, FreshnessPolicy, Observed, SourceId};
    ///
    /// let day = "2026-04-02".parse()?;
    /// let publication =
    ///     Publication::new(SourceId::NATIONAL_BANK_KZ, Currency::KZT, Quotation::HomePerForeign, day, chrono_tz::Asia::Almaty);
    /// let row = Row::new(Currency::USD, parse_decimal("475.09")?, 1);
    /// let noon = "2026-04-02T07:00:00Z".parse()?;
    /// let rates = Observed::new(Rates::new(publication, [row])?, noon, noon);
    ///
    /// let policy = FreshnessPolicy::default();
    /// assert_eq!(policy.of_rates(&rates, noon), Freshness::Fresh);
    /// assert_eq!(policy.of_rates(&rates, noon + TimeDelta::days(1)), Freshness::Ageing);
    /// assert_eq!(policy.of_rates(&rates, noon + TimeDelta::days(2)), Freshness::Stale);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_rates(&self, rates: &Observed<Rates>, now: DateTime<Utc>) -> Freshness {
        if rates.is_sample() {
            return Freshness::Stale;
        }
        let zone = rates.value().zone();
        self.of_day(
            day::of(rates.valid(), zone).max(rates.value().day()),
            zone,
            now,
        )
    }

    /// Classifies rates by `known`, the last day on which they were known to be in force.
    pub(crate) fn of_day(
        &self,
        known: NaiveDate,
        zone: chrono_tz::Tz,
        now: DateTime<Utc>,
    ) -> Freshness {
        let past = now - day::end(known, zone);
        if past < TimeDelta::zero() {
            Freshness::Fresh
        } else if past < self.rates_ageing {
            Freshness::Ageing
        } else {
            Freshness::Stale
        }
    }

    /// Classifies the age of weather at `now`.
    ///
    /// It is absent if it does not [reach](Weather::reaches) the rest of the local day in `zone`, else stale or ageing by the time
    /// since its computation, and at least ageing if its service has not confirmed it for
    /// [`forecast_unconfirmed`](Self::forecast_unconfirmed). Without a computation time, the time of the fetch counts. The built-in
    /// sample is stale, and absent after its day.
    #[must_use]
    pub fn of_weather(
        &self,
        weather: &Observed<Weather>,
        now: DateTime<Utc>,
        zone: chrono_tz::Tz,
    ) -> Freshness {
        if weather.value().reaches(now, zone) {
            self.of_forecast(weather, now)
        } else {
            Freshness::Absent
        }
    }

    /// Classifies weather that reaches the rest of the day.
    pub(crate) fn of_forecast(&self, weather: &Observed<Weather>, now: DateTime<Utc>) -> Freshness {
        let computed = now - weather.dated();
        if weather.is_sample() || computed >= self.forecast_stale {
            Freshness::Stale
        } else if computed >= self.forecast_fresh || weather.age(now) >= self.forecast_unconfirmed {
            Freshness::Ageing
        } else {
            Freshness::Fresh
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked<T> {
    value: T,
    valid: DateTime<Utc>,
    fetched: DateTime<Utc>,
    expires: Option<DateTime<Utc>>,
}

impl<T> TryFrom<Unchecked<T>> for Observed<T> {
    type Error = String;

    fn try_from(
        Unchecked {
            value,
            valid,
            fetched,
            expires,
        }: Unchecked<T>,
    ) -> Result<Self, String> {
        let times = [valid, fetched].into_iter().chain(expires);
        match times.into_iter().find(|at| day::clamp(*at) != *at) {
            Some(at) => Err(format!("{at} is outside the years 1900 to 2200")),
            None => Ok(Self {
                value,
                valid,
                fetched,
                expires,
            }),
        }
    }
}

/// Serialises a duration as whole seconds.
mod seconds {
    use chrono::TimeDelta;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        time: &TimeDelta,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.num_seconds().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<TimeDelta, D::Error> {
        let seconds = i64::deserialize(deserializer)?;
        TimeDelta::try_seconds(seconds)
            .ok_or_else(|| D::Error::custom("too many seconds for a duration"))
    }
}
