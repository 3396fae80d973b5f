//! The selection for a query of the ledger, and the publications of a day by it.
//!
//! [`known`] is where sightings become publications: those of one id are one [`Known`] with the newest of their versions, the latest of their last
//! instants and the longest of their pauses. It leaves out sightings of the future, those that are not judged yet, and publications without a row
//! that is believed. Everything above it (the page, the rates of a day, the history) sees publications only.

use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::instant::has_come;
use super::{RecordId, Sighting, Verdict, Version};
use crate::money::{Currency, Rates, Row};
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::FreshnessPolicy;
use crate::weather::{City, CityId};

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
///
/// Everything but the bank has a default:
///
/// ```
/// use chrono::TimeDelta;
/// use masthead::ledger::View;
/// use masthead::{Attribution, FreshnessPolicy, SourceId};
///
/// let mut policy = FreshnessPolicy::default();
/// policy.forecast_stale = TimeDelta::hours(18); // then a fresher forecast of another service is preferred
/// let view = View::new(SourceId::ECB)
///     .policy(policy)
///     .days_ahead(1) // a list for a later day than tomorrow is not shown
///     .sparklines([30])
///     .credits(|source| Attribution::new(source.to_string().to_uppercase()));
/// ```
#[must_use]
pub struct View<'a> {
    pub(super) bank: SourceId,
    pub(super) cities: Vec<City>,
    pub(super) services: Vec<SourceId>,
    pub(super) policy: FreshnessPolicy,
    pub(super) days_ahead: u16,
    pub(super) judged_until: Option<DateTime<Utc>>,
    /// Whether publications that a back-fill has read are left out of the page.
    pub(super) is_live: bool,
    pub(super) sparklines: Vec<u8>,
    pub(super) verdicts: Box<dyn Fn(RecordId) -> Verdict + 'a>,
    pub(super) credits: Box<dyn Fn(&SourceId) -> Attribution + 'a>,
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
            sparklines: Vec::new(),
            verdicts: Box::new(|_| Verdict::Accepted),
            credits: Box::new(|source| Attribution::new(source.to_string())),
        }
    }

    /// Sets the cities whose weather is shown. Default: none.
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        self.cities = cities.into_iter().collect();
        self
    }

    /// Sets the weather services, the best first. The weather of a city comes from the service with the [freshest](crate::Freshness) forecast among
    /// those whose newest forecast reaches the end of the day, and of equally fresh ones from the first. Default: none; then services are taken in
    /// the order of their ids. Services that are not among these come after them.
    pub fn services(mut self, services: impl IntoIterator<Item = SourceId>) -> Self {
        self.services = services.into_iter().collect();
        self
    }

    /// Sets the limits of freshness, by which an ageing or stale forecast gives way to a fresher one of another service. Default:
    /// [`FreshnessPolicy::default`]. They do not change which rates are shown.
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

    /// Sets what is believed of each publication, by its id. Default: all of it. The function may be called several times for one id, and must return
    /// the same verdict each time.
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
    /// Its figures, with the longest pause that a sighting states.
    pub(super) rates: &'a Arc<Rates>,
    /// The newest version of its sightings.
    pub(super) version: Version,
    /// When it was seen last: its freshness, and no part of its version.
    pub(super) last: DateTime<Utc>,
    /// At least one row is accepted.
    pub(super) verdict: Verdict,
}

impl Known<'_> {
    pub(super) fn day(&self) -> NaiveDate {
        self.rates.day()
    }

    /// The row of the publication's own list, if it is accepted.
    pub(super) fn own_row(&self, currency: Currency) -> Option<Row> {
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
