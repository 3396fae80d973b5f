use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::forecast::newest_first;
use super::instant::has_come;
use super::sightings::Sightings;
use super::{Forecast, Ledger, RecordId, Sighting, Version};
use crate::day;
use crate::money::{Currency, Method, Rates, Row};
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::{FreshnessPolicy, Observed, Snapshot};
use crate::weather::{City, CityId, Weather};

/// The days with a publication, back from the one in force, from which rows are carried.
const DAYS: usize = 62;
/// The forecasts that may still have hours of today: no service computes further ahead.
const LONGEST_FORECAST: TimeDelta = TimeDelta::days(16);

/// The rows of a publication that are believed.
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
    pub(crate) fn accepts(&self, currency: Currency) -> bool {
        match self {
            Self::Accepted => true,
            Self::Except(rows) => !rows.contains(&currency),
            Self::Withheld => false,
        }
    }

    /// Returns whether a row is accepted. All rows excepted are a publication withheld.
    pub(crate) fn accepts_any(&self, rates: &Rates) -> bool {
        rates.each_row().any(|row| self.accepts(row.currency))
    }
}

/// The selection for a snapshot: the bank, the cities, the weather services, and the verdicts.
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
    pub(super) bank: SourceId,
    cities: Vec<City>,
    services: Vec<SourceId>,
    policy: FreshnessPolicy,
    days_ahead: u16,
    pub(super) judged_until: Option<DateTime<Utc>>,
    /// Whether publications that a back-fill has read are left out of the page.
    is_live: bool,
    verdicts: Box<dyn Fn(RecordId) -> Verdict + 'a>,
    credits: Box<dyn Fn(&SourceId) -> Attribution + 'a>,
}

impl<'a> View<'a> {
    /// A view of the rates of one bank. Defaults: no cities, no services, every publication is accepted, publications are at most 14 days
    /// ahead, a credit is the id of its source.
    pub fn new(bank: SourceId) -> Self {
        Self {
            bank,
            cities: Vec::new(),
            services: Vec::new(),
            policy: FreshnessPolicy::default(),
            days_ahead: 14,
            judged_until: None,
            is_live: false,
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

    /// Sets how many days a publication may be ahead of today. A publication that is further ahead is not shown. Default: 14.
    pub const fn days_ahead(mut self, days: u16) -> Self {
        self.days_ahead = days;
        self
    }

    /// Leaves out publications that were first seen later, because there is no verdict on them yet.
    #[cfg(feature = "ticker")]
    pub(crate) const fn judged_until(mut self, at: DateTime<Utc>) -> Self {
        self.judged_until = Some(at);
        self
    }

    /// Leaves the publications that a back-fill has read out of the page: they are judged for the history only.
    #[cfg(feature = "ticker")]
    pub(crate) const fn live(mut self) -> Self {
        self.is_live = true;
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
        let row = self.rates.row_of(currency)?;
        let is_own = self.rates.day_of(currency) == self.rates.day();
        (is_own && self.verdict.accepts(currency)).then_some(row)
    }

    /// The publication without the rows that are not accepted. Returns `None` if no row is left.
    pub(super) fn accepted_rows(&self) -> Option<Arc<Rates>> {
        match &self.verdict {
            Verdict::Accepted => Some(Arc::clone(self.rates)),
            Verdict::Except(rows) => {
                let rates = Rates::clone(self.rates);
                rates.doubting(rows, |_| None).ok().map(Arc::new)
            }
            Verdict::Withheld => None,
        }
    }
}

impl Ledger {
    /// Returns the snapshot of an instant: the publication in force, the next one, and the weather of each city.
    ///
    /// The publication in force is the newest accepted one of the latest day that has begun in the bank's zone; the next one is the newest
    /// of the first later day. If a row is not accepted, the currency's last accepted row of an earlier publication stays, with its own
    /// day; a computed publication, which has fewer currencies than the bank's own, carries the others likewise.
    ///
    /// A row is carried over at most 62 days with publications, so that the work does not grow with the number of records.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>, view: &View<'_>) -> Snapshot {
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
        let Some(bank) = self.banks.get(&view.bank) else {
            return (None, None);
        };
        let now = day::clamp(now);
        // Every zone is within a day of UTC.
        let today = day::of(now, chrono_tz::UTC);
        let ahead = TimeDelta::days(view.days_ahead.into());
        let (mut in_force, mut next) = (None, None::<Known<'_>>);
        for known in publications(bank, today + ahead + TimeDelta::days(1), now, view) {
            let today = day::of(now, known.rates.zone());
            if known.day() <= today {
                in_force = Some(known);
                break;
            }
            // The first one of a day is the newest.
            let is_earlier = next.as_ref().is_none_or(|next| known.day() < next.day());
            if known.day() <= today + ahead && is_earlier {
                next = Some(known);
            }
        }
        let shown = |base: Known<'_>| {
            let rates = composed(&base, bank, now, view)?;
            // The bank's other feed may have repeated these figures later, with other changes or without the rows that are not accepted.
            let others = known(of_page(bank, base.day(), view), now, view).into_iter();
            let repeated = others.filter(|other| other.rates.has_numbers_of(&rates));
            let last = repeated
                .map(|other| other.last)
                .fold(base.last, DateTime::max);
            Some(Observed::served(rates, last))
        };
        (in_force.and_then(shown), next.and_then(shown))
    }

    /// The hours of the newest forecast of one service, and of its earlier ones those of today that have passed.
    ///
    /// The service is the best of those with the freshest data, among those whose newest forecast reaches the end of the day. If there is
    /// none, one that reaches the rest of the day.
    pub(crate) fn weather_at(
        &self,
        city: &City,
        now: DateTime<Utc>,
        view: &View<'_>,
    ) -> Option<Observed<Weather>> {
        let services = self.cities.get(city.id())?;
        let now = day::clamp(now);
        let rank = |service: &SourceId| {
            let rank = view.services.iter().position(|known| known == service);
            rank.unwrap_or(view.services.len())
        };
        let (since, end) = {
            let today = day::span(day::of(now, city.zone()), city.zone());
            (today.start, today.end)
        };
        let of_services = services.iter().filter_map(|(service, days)| {
            let held = of_service(days, since, now)?;
            let reaches = held.value().reaches(now, city.zone());
            let reaches_end = held.value().end() >= Some(end);
            let freshness = view.policy.of_forecast(&held, now);
            Some(((!reaches, !reaches_end, freshness, rank(service)), held))
        });
        let best = of_services.min_by_key(|(preference, _)| *preference);
        best.map(|(_, held)| held)
    }
}

/// The publications up to `day` that are believed at least in part, the newest day and version first.
fn publications<'a>(
    bank: &'a Sightings,
    day: NaiveDate,
    now: DateTime<Utc>,
    view: &View<'_>,
) -> impl Iterator<Item = Known<'a>> {
    let days = bank.days_until(day);
    days.flat_map(move |day| known(of_page(bank, day, view), now, view))
}

/// The sightings of the publications of a day that a page may show.
fn of_page<'a>(
    bank: &'a Sightings,
    day: NaiveDate,
    view: &View<'_>,
) -> impl Iterator<Item = &'a Sighting> {
    let is_live = view.is_live;
    let sightings = bank.of_day(day);
    sightings.filter(move |sighting| !is_live || !sighting.is_late())
}

/// The publications of the sightings of one day that are believed at least in part, the newest version first.
pub(super) fn known<'a>(
    sightings: impl Iterator<Item = &'a Sighting>,
    now: DateTime<Utc>,
    view: &View<'_>,
) -> Vec<Known<'a>> {
    let mut known: Vec<Known<'a>> = Vec::new();
    let is_judged = |at: DateTime<Utc>| view.judged_until.is_none_or(|until| at <= until);
    let sightings =
        sightings.filter(|sighting| has_come(sighting.first(), now) && is_judged(sighting.first()));
    let sightings: Vec<&Sighting> = sightings.collect();
    for sighting in &sightings {
        let last = sighting.last();
        let version = sighting.version_after(sightings.iter().copied());
        let (Some(id), Some(rates), Some(version)) = (sighting.id(), sighting.rates(), version)
        else {
            continue;
        };
        let Some(of_id) = known.iter_mut().find(|known| known.id == id) else {
            known.push(Known {
                id,
                rates,
                version,
                last,
                verdict: (view.verdicts)(id),
            });
            continue;
        };
        of_id.version = of_id.version.max(version);
        of_id.last = of_id.last.max(last);
        if of_id.rates.longest_pause() < rates.longest_pause() {
            of_id.rates = rates;
        }
    }
    known.retain(|known| known.verdict.accepts_any(known.rates));
    known.sort_by_key(|known| Reverse(known.version));
    known
}

/// A publication as it is shown: with the last accepted row in the place of each row that is not.
fn composed(
    base: &Known<'_>,
    bank: &Sightings,
    now: DateTime<Utc>,
    view: &View<'_>,
) -> Option<Rates> {
    let is_computed = |known: &Known<'_>| known.rates.publication().method == Method::Computed;
    // In the bank's own list no row is another party's.
    let earlier = || {
        let days = bank.days_until(base.day()).take(DAYS);
        let publications = days.flat_map(|day| known(of_page(bank, day, view), now, view));
        publications
            .filter(|other| other.id != base.id && (is_computed(base) || !is_computed(other)))
    };
    let before = |currency: Currency| {
        earlier().find_map(|other| Some((other.own_row(currency)?, other.day())))
    };
    let rates = Rates::clone(base.rates);
    let rates = match &base.verdict {
        Verdict::Accepted => rates,
        Verdict::Except(rows) => rates.doubting(rows, before).ok()?,
        Verdict::Withheld => return None,
    };
    if is_computed(base) {
        let missing = earlier().filter(|other| other.day() < base.day());
        let rows = missing.flat_map(|other| {
            let rows = other.rates.each_row();
            let rows =
                rows.filter_map(|row| Some((other.own_row(row.currency)?, other.day(), None)));
            rows.collect::<Vec<_>>()
        });
        return Some(rates.carrying(rows));
    }
    // A weekly list that was not read with this daily one, while it is in force.
    let days = bank.days_with_lists_until(base.day()).take(DAYS);
    let lists = days.flat_map(|day| known(of_page(bank, day, view), now, view));
    let in_force = lists.flat_map(|other| {
        let rows = other.rates.carried_in_force(base.day());
        let rows = rows.filter(|(row, ..)| other.verdict.accepts(row.currency));
        rows.collect::<Vec<_>>()
    });
    Some(rates.carrying(in_force))
}

/// The newest forecast of a service with the hours of its earlier ones since `since`, and the instant at which its figures were first
/// seen where the service states no computation.
fn of_service(
    days: &BTreeMap<NaiveDate, Vec<Forecast>>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<Observed<Weather>> {
    let has_come = |forecast: &&Forecast| has_come(forecast.first(), now);
    let since_day = |first: NaiveDate| {
        let days = days.range(first..).flat_map(|(_, day)| day);
        let needed = days.filter(has_come);
        let needed = needed.filter(|forecast| forecast.may_reach_today(now));
        needed.collect::<Vec<&Forecast>>()
    };
    let mut forecasts = since_day((now - LONGEST_FORECAST).date_naive());
    if forecasts.is_empty() {
        forecasts = since_day(NaiveDate::MIN);
    }
    if forecasts.is_empty() {
        // The last one stays, although it does not reach today.
        let all = days.values().rev().flat_map(|day| day.iter().rev());
        forecasts.extend(all.into_iter().find(has_come));
    }
    newest_first(&mut forecasts);
    let newest = *forecasts.first()?;
    let first_sight = || {
        // Back from the newest, as long as each repeats the one before: the same figures, computed when they were first seen.
        let pairs = forecasts.iter().zip(forecasts.iter().skip(1));
        let repeated = pairs.take_while(|(newer, older)| newer.weather().repeats(older.weather()));
        repeated.fold(newest.first(), |first, (_, older)| first.min(older.first()))
    };
    // Back from the newest, those with hours that no newer one revises.
    let mut begin = newest.begins();
    let with_hours = forecasts.iter().skip(1).filter(|forecast| {
        let has_hours = begin > Some(since) && forecast.begins() < begin;
        if has_hours {
            begin = forecast.begins();
        }
        has_hours
    });
    let older: Vec<&&Forecast> = with_hours.collect();
    let oldest_first = older.into_iter().rev().map(|forecast| forecast.weather());
    let before = oldest_first.fold(None, |before: Option<Weather>, weather| {
        let weather = Weather::clone(weather);
        Some(match before {
            Some(before) => weather.merge(&before, since),
            None => weather,
        })
    });
    let weather = Weather::clone(newest.weather());
    let weather = match before {
        Some(before) => weather.merge(&before, since),
        None => weather,
    };
    let weather = match weather.stated() {
        Some(_) => weather,
        None => weather.seen_first(first_sight()),
    };
    let last = newest.last();
    let valid = weather.now(last).map_or(last, |hour| hour.at.min(last));
    Some(Observed::new(weather, valid, last).with_expires(newest.expires()))
}
