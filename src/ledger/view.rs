use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::record::TOLERANCE;
use super::{BankId, Forecast, Ledger, RecordId, Sighting, Version};
use crate::day;
use crate::money::{Currency, Method, Rates, Row};
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::{FreshnessPolicy, Observed, Snapshot};
use crate::weather::{City, CityId, Weather};

/// The days asked for, back from the latest one, whose sightings a view looks at. A row that is carried is at most as old.
const DAYS: usize = 62;
/// The largest number of days between the day asked for and the day of the answer: the longest pause or the longest holidays, and a margin.
pub(super) const LONGEST_SPAN: i64 = 31;

/// What is believed of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of its rows.
    Accepted,
    /// All but these rows, in whose place the last accepted ones stay.
    Except(Vec<Currency>),
    /// None of its rows.
    Withheld,
}

impl Verdict {
    fn accepts(&self, currency: Currency) -> bool {
        match self {
            Self::Accepted => true,
            Self::Except(rows) => !rows.contains(&currency),
            Self::Withheld => false,
        }
    }
}

/// What a snapshot is made for: the bank, the cities, the weather services, and what is believed.
///
/// ```
/// use masthead::ledger::{Verdict, View};
/// use masthead::weather::City;
/// use masthead::SourceId;
///
/// let view = View::new(SourceId::NATIONAL_BANK_KZ)
///     .cities(City::find("astana").cloned())
///     .services([SourceId::MET_NORWAY, SourceId::OPEN_METEO])
///     .verdicts(|_| Verdict::Accepted);
/// ```
#[must_use]
pub struct View<'a> {
    pub(super) bank: BankId,
    cities: Vec<City>,
    services: Vec<SourceId>,
    policy: FreshnessPolicy,
    days_ahead: u16,
    verdicts: Box<dyn Fn(RecordId) -> Verdict + 'a>,
    credits: Box<dyn Fn(&SourceId) -> Attribution + 'a>,
}

impl<'a> View<'a> {
    /// A view of the rates of one bank. Defaults: no cities, no services, every publication is accepted, publications are at most 14 days
    /// ahead, a credit is the id of its source.
    pub fn new(bank: BankId) -> Self {
        Self {
            bank,
            cities: Vec::new(),
            services: Vec::new(),
            policy: FreshnessPolicy::default(),
            days_ahead: 14,
            verdicts: Box::new(|_| Verdict::Accepted),
            credits: Box::new(|source| Attribution::new(source.to_string())),
        }
    }

    /// Sets the cities whose weather is shown. Default: none.
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        self.cities = cities.into_iter().collect();
        self
    }

    /// Sets the weather services, the best first. The weather of a city comes from the first one whose newest forecast reaches the end of
    /// the day and is not [stale](crate::Freshness::Stale). Default: none; then services are taken in the order of their ids.
    pub fn services(mut self, services: impl IntoIterator<Item = SourceId>) -> Self {
        self.services = services.into_iter().collect();
        self
    }

    /// Sets the limits of freshness, by which a stale forecast gives way to that of the next service. Default:
    /// [`FreshnessPolicy::default`].
    pub const fn policy(mut self, policy: FreshnessPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how many days a publication may be ahead of today. One that is further ahead is not shown. Default: 14.
    pub const fn days_ahead(mut self, days: u16) -> Self {
        self.days_ahead = days;
        self
    }

    /// Sets what is believed of each publication. Default: all of it.
    pub fn verdicts(mut self, verdicts: impl Fn(RecordId) -> Verdict + 'a) -> Self {
        self.verdicts = Box::new(verdicts);
        self
    }

    /// Sets the credit of each source. Default: its id.
    pub fn credits(mut self, credits: impl Fn(&SourceId) -> Attribution + 'a) -> Self {
        self.credits = Box::new(credits);
        self
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cities: Vec<&CityId> = self.cities.iter().map(City::id).collect();
        f.debug_struct("View")
            .field("bank", &self.bank)
            .field("cities", &cities)
            .field("services", &self.services)
            .finish_non_exhaustive()
    }
}

/// A publication by all of its sightings.
#[derive(Clone, Debug)]
pub(super) struct Known<'a> {
    pub(super) id: RecordId,
    pub(super) rates: &'a Arc<Rates>,
    pub(super) version: Version,
    last: DateTime<Utc>,
    pub(super) verdict: Verdict,
}

impl Known<'_> {
    pub(super) fn day(&self) -> NaiveDate {
        self.rates.day()
    }

    /// The row of the publication's own list, if it is accepted.
    fn own_row(&self, currency: Currency) -> Option<Row> {
        let row = self.rates.row(currency)?;
        let is_own = self.rates.day_of(currency) == self.rates.day();
        (is_own && self.verdict.accepts(currency)).then_some(*row)
    }
}

impl Ledger {
    /// Returns the snapshot of an instant: the publication in force, the next one, and the weather of each city.
    ///
    /// The publication in force is the newest accepted one of the latest day that has begun in the bank's zone; the next one is the newest
    /// of a later day. Of a currency whose row is not accepted, the last accepted row of an earlier publication stays, with its own day; a
    /// computed publication, which has fewer currencies than the bank's own, carries the others likewise.
    ///
    /// A row is carried for at most 62 days for which a feed was asked. So the work does not grow with the number of records.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>, view: &View<'_>) -> Snapshot {
        let now = day::clamp(now);
        let (rates, next) = self.rates_at(now, view);
        let weather = view.cities.iter();
        let weather =
            weather.filter_map(|city| Some((city.id().clone(), self.weather_at(city, now, view)?)));
        let weather: BTreeMap<_, _> = weather.collect();
        let sources = rates.iter().chain(&next);
        let sources = sources.map(|held| held.value().publication().source.clone());
        let sources = sources.chain(weather.values().map(|held| held.value().source().clone()));
        let credits = sources.map(|source| {
            let credit = (view.credits)(&source);
            (source, credit)
        });
        let credits = credits.collect();
        Snapshot::of_parts(rates, next, weather, credits)
    }

    /// The publication in force, and the next one.
    pub(crate) fn rates_at(
        &self,
        now: DateTime<Utc>,
        view: &View<'_>,
    ) -> (Option<Observed<Rates>>, Option<Observed<Rates>>) {
        let known = self.publications(now, view);
        let today = |rates: &Rates| day::of(now, rates.zone());
        let in_force = known.iter().find(|known| known.day() <= today(known.rates));
        let latest = TimeDelta::days(view.days_ahead.into());
        let next = known.iter().filter(|known| {
            let today = today(known.rates);
            known.day() > today && known.day() <= today + latest
        });
        let next = next.max_by_key(|known| known.version);
        let shown = |base: &Known<'_>| Some(observed(base, composed(base, &known)?));
        (in_force.and_then(shown), next.and_then(shown))
    }

    /// The publications of the bank that are believed at least in part, the newest day and version first.
    fn publications<'a>(&'a self, now: DateTime<Utc>, view: &View<'_>) -> Vec<Known<'a>> {
        let days = self.banks.get(&view.bank);
        let days = days
            .into_iter()
            .flat_map(|days| days.values().rev().take(DAYS));
        known(days.flatten(), now, view)
    }

    /// The hours of the newest forecast of one service, and of its earlier ones those of today that have passed.
    ///
    /// Of the services whose newest forecast reaches the end of the day the one with the freshest data, and of these the best.
    pub(crate) fn weather_at(
        &self,
        city: &City,
        now: DateTime<Utc>,
        view: &View<'_>,
    ) -> Option<Observed<Weather>> {
        let services = self.cities.get(city.id())?;
        let rank = |service: &SourceId| {
            let rank = view.services.iter().position(|known| known == service);
            rank.unwrap_or(view.services.len())
        };
        let since = day::start(day::of(now, city.zone()), city.zone());
        let of_services = services.iter().filter_map(|(service, days)| {
            // A forecast of yesterday may cover the first hours of today.
            let recent = days.values().rev().take(3).flatten();
            let held = of_service(recent, since, now)?;
            let reaches = held.value().reaches(now, city.zone());
            let freshness = view.policy.of_forecast(&held, now);
            Some(((!reaches, freshness, rank(service)), held))
        });
        let best = of_services.min_by_key(|(preference, _)| *preference);
        best.map(|(_, held)| held)
    }
}

/// The publications of some sightings, the newest day and version first.
///
/// A sighting of the future, which only a wrong clock can have made, counts once its time has come.
pub(super) fn known<'a>(
    sightings: impl Iterator<Item = &'a Sighting>,
    now: DateTime<Utc>,
    view: &View<'_>,
) -> Vec<Known<'a>> {
    let latest = now + TOLERANCE;
    let mut known: BTreeMap<RecordId, Known<'a>> = BTreeMap::new();
    for sighting in sightings.filter(|sighting| sighting.first() <= latest) {
        let last = sighting.last().min(latest);
        let (Some(id), Some(rates), Some(version)) =
            (sighting.id(), sighting.rates(), sighting.version())
        else {
            continue;
        };
        let of_id = known.entry(id).or_insert_with(|| Known {
            id,
            rates,
            version,
            last,
            verdict: (view.verdicts)(id),
        });
        of_id.version = of_id.version.max(version);
        of_id.last = of_id.last.max(last);
    }
    let mut known: Vec<Known<'a>> = known.into_values().collect();
    known.retain(|known| known.verdict != Verdict::Withheld);
    known.sort_by_key(|known| std::cmp::Reverse((known.day(), known.version)));
    known
}

/// A publication as it is shown: with the last accepted row in the place of each row that is not. `known` is sorted, the newest first.
pub(super) fn composed(base: &Known<'_>, known: &[Known<'_>]) -> Option<Rates> {
    let before = |currency: Currency| {
        let earlier = known
            .iter()
            .filter(|other| other.id != base.id && other.day() <= base.day());
        let mut earlier = earlier;
        earlier.find_map(|other| Some((other.own_row(currency)?, other.day())))
    };
    let rates = Rates::clone(base.rates);
    let rates = match &base.verdict {
        Verdict::Accepted => rates,
        Verdict::Except(rows) => rates.doubting(rows, before).ok()?,
        Verdict::Withheld => return None,
    };
    if base.rates.publication().method == Method::Computed {
        let earlier = known.iter().filter(|other| other.day() < base.day());
        let currencies = earlier.flat_map(|other| other.rates.rows());
        let mut missing: Vec<Currency> = currencies.map(|row| row.currency).collect();
        missing.sort_unstable();
        missing.dedup();
        let rows = missing.into_iter().filter_map(|currency| {
            let (row, day) = before(currency)?;
            Some((row, day, None))
        });
        let rows: Vec<_> = rows.collect();
        return Some(rates.carrying(rows));
    }
    // A weekly list that was not read with this daily one, while it is in force.
    let lists = known.iter().filter(|other| other.day() <= base.day());
    let in_force = lists.flat_map(|other| {
        let accepted =
            |row: &(Row, NaiveDate, Option<NaiveDate>)| other.verdict.accepts(row.0.currency);
        other.rates.carried_in_force(base.day()).filter(accepted)
    });
    let in_force: Vec<_> = in_force.collect();
    Some(rates.carrying(in_force))
}

/// A publication with its instants: `fetched` is the last sight of it, `valid` the last instant at which it is known to be in force.
fn observed(base: &Known<'_>, rates: Rates) -> Observed<Rates> {
    let (served, zone) = (base.last, rates.zone());
    let today = day::of(served, zone);
    // A bank's own publication is in force when it is served, unless its day is ahead or it is older than the bank's longest pause. A
    // computed one is known to be right on its own day only: its source may not have the newer one yet.
    let stands = today - rates.day() <= TimeDelta::days(rates.longest_pause().into());
    let published = rates.publication().method == Method::Published;
    let valid = if rates.day() <= today && stands && published {
        served
    } else {
        day::start(rates.day(), zone)
    };
    Observed::new(rates, valid, served)
}

/// The newest forecast of a service with the hours of its earlier ones since `since`, and the instant at which its figures were first
/// seen where the service states no computation.
fn of_service<'a>(
    forecasts: impl Iterator<Item = &'a Forecast>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<Observed<Weather>> {
    let latest = now + TOLERANCE;
    let of_the_past = forecasts.filter(|forecast| forecast.first() <= latest);
    let mut forecasts: Vec<&Forecast> = of_the_past.collect();
    forecasts.sort_by_key(|forecast| forecast.version());
    let newest = *forecasts.last()?;
    // Back from the newest, as long as each repeats the one before: the same figures, computed when they were first seen.
    let pairs = forecasts.iter().rev().zip(forecasts.iter().rev().skip(1));
    let repeated = pairs.take_while(|(newer, older)| newer.weather().repeats(older.weather()));
    let first_sight = repeated.fold(newest.first(), |first, (_, older)| first.min(older.first()));
    let of_day = forecasts
        .iter()
        .fold(None, |before: Option<Weather>, forecast| {
            let weather = Weather::clone(forecast.weather());
            Some(match before {
                Some(before) => weather.merge(&before, since),
                None => weather,
            })
        });
    let weather = of_day?;
    let weather = match weather.stated() {
        Some(_) => weather,
        None => weather.seen_first(first_sight),
    };
    let last = newest.last().min(latest);
    let valid = weather.now(last).map_or(last, |hour| hour.at.min(last));
    Some(Observed::new(weather, valid, last).expiring(newest.expires()))
}
