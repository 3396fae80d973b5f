use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::day;
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::weather::Weather;

/// A reading with its times: what, when it was so, when it was fetched, from whom.
///
/// ```
/// # let snapshot = masthead::Snapshot::sample();
/// let rates = snapshot.rates(masthead::Snapshot::SAMPLE_TIME).unwrap();
/// assert_eq!(rates.source().as_str(), "sample");
/// assert_eq!(rates.valid(), rates.fetched());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked<T>", bound(deserialize = "T: Deserialize<'de>"))]
pub struct Observed<T> {
    value: T,
    valid: DateTime<Utc>,
    fetched: DateTime<Utc>,
    expires: Option<DateTime<Utc>>,
}

/// A value that knows whose it is.
pub trait Reading {
    /// Who was read.
    fn source(&self) -> &SourceId;

    /// The instant at which its numbers were computed, for a forecast. Returns `None` for what is not computed, and where the
    /// instant is not known.
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
    /// A value known to hold at `valid`, fetched at `fetched`.
    #[must_use]
    pub const fn new(value: T, valid: DateTime<Utc>, fetched: DateTime<Utc>) -> Self {
        Self {
            value,
            valid,
            fetched,
            expires: None,
        }
    }

    /// The same, not to be fetched again before a time.
    #[must_use]
    pub const fn expiring(mut self, expires: Option<DateTime<Utc>>) -> Self {
        self.expires = expires;
        self
    }

    /// Another value with the same times.
    #[cfg(feature = "ticker")]
    pub(crate) fn with(self, value: T) -> Self {
        Self { value, ..self }
    }

    /// What was read.
    #[must_use]
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// A time at which the value is known to hold: for rates, the latest at which they were in force; for weather, the
    /// hour that held when it was fetched.
    #[must_use]
    pub const fn valid(&self) -> DateTime<Utc> {
        self.valid
    }

    /// When a source last said so.
    #[must_use]
    pub const fn fetched(&self) -> DateTime<Utc> {
        self.fetched
    }

    /// The time before which the source asks not to be asked again.
    #[must_use]
    pub const fn expires(&self) -> Option<DateTime<Utc>> {
        self.expires
    }

    /// How long ago it was fetched; zero for a clock that went back.
    #[must_use]
    pub fn age(&self, now: DateTime<Utc>) -> TimeDelta {
        (now - self.fetched).max(TimeDelta::zero())
    }
}

impl<T: Reading> Observed<T> {
    /// Who was read.
    #[must_use]
    pub fn source(&self) -> &SourceId {
        self.value.source()
    }

    /// Whether it is of the built-in sample, which is never [fresh](Freshness::Fresh).
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

    /// The instant from which a page counts the age: the computation of a forecast or the fetch, whichever is earlier.
    #[must_use]
    pub fn dated(&self) -> DateTime<Utc> {
        self.value
            .issued()
            .map_or(self.fetched, |issued| issued.min(self.fetched))
    }
}

/// How far a value can be trusted at an instant. Only absence hides a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// As good as new.
    Fresh,
    /// Older than it should be; still likely right.
    Ageing,
    /// Old: shown with a word that says so.
    Stale,
    /// Not there.
    Absent,
}

impl Freshness {
    /// The word of documents and style sheets: `fresh`, `ageing`, `stale`, `absent`.
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

/// The limits of [`Freshness`], in one place. In documents each is a number of seconds.
///
/// ```
/// use chrono::TimeDelta;
/// use masthead::FreshnessPolicy;
///
/// let strict = FreshnessPolicy { forecast_fresh: TimeDelta::hours(7), ..FreshnessPolicy::default() };
/// assert_eq!(strict.forecast_stale, TimeDelta::hours(24));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreshnessPolicy {
    /// How long rates age after the last day on which they were known to be in force: 24 hours.
    #[serde(with = "seconds")]
    pub rates_ageing: TimeDelta,
    /// How long after its computation a forecast is fresh. Default: 12 hours. Models are computed every 6 hours, and take
    /// hours to be computed and handed out.
    #[serde(with = "seconds")]
    pub forecast_fresh: TimeDelta,
    /// How long after its computation a forecast goes stale. Default: 24 hours.
    #[serde(with = "seconds")]
    pub forecast_stale: TimeDelta,
    /// How long after its service confirmed it last, by an answer or by saying that the last one stands, a forecast is at least
    /// ageing. Default: 6 hours.
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
    /// Rates are fresh through the last day on which they were known to be in force, the bank's own day; those of the
    /// built-in sample are stale.
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

    /// Of a rate whose last day in force is known, whatever was said of others since.
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

    /// Weather is fresh, ages and goes stale by the time since its computation, and is at least ageing where its service has not
    /// confirmed it for long; it is absent once it says nothing of the rest of the city's day.
    ///
    /// A forecast whose computation is unknown counts as computed when it was fetched. That of the built-in
    /// sample is stale before it is absent.
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

    /// Of weather that says something of the rest of the day.
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
            Some(at) => Err(format!("{at} is not of the years 1900 to 2200")),
            None => Ok(Self {
                value,
                valid,
                fetched,
                expires,
            }),
        }
    }
}

/// A stretch of time as whole seconds.
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
        TimeDelta::try_seconds(seconds).ok_or_else(|| D::Error::custom("too many seconds"))
    }
}
