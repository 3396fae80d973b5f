use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::guard::{self, Witness};
use crate::money::{Currency, Pair};
use crate::provenance::{Attribution, SourceId};
use crate::source::DynRates;

/// A bank whose rates a ticker keeps: its currency and its days, who is asked for them, and who bears witness.
///
/// ```
/// use masthead::ticker::Bank;
///
/// // The tenge, with other limits on what is plausible where nothing is known yet.
/// let bank = Bank::national_bank_kz().per_dollar("TRY".parse()?, "90".parse()?);
/// # let _ = bank;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Bank {
    pub(super) home: Currency,
    pub(super) zone: Tz,
    pub(super) anchor: Currency,
    pub(super) days_ahead: u16,
    pub(super) rates: Vec<Arc<DynRates>>,
    /// The sources of `rates` for a page of certain pairs, where one of them makes a request for each.
    rates_for: Option<SourcesFor>,
    pub(super) newest: Vec<Arc<DynRates>>,
    pub(super) witnesses: Vec<Witness>,
    usual: Vec<(Currency, f64)>,
}

/// The sources for a page of certain pairs.
type SourcesFor = fn(&[Pair]) -> Vec<Arc<DynRates>>;

impl Bank {
    /// A bank of a home currency, which counts its days in a zone; nobody is asked for its rates yet.
    ///
    /// Its anchor is the dollar, and its publications are of [`MAX_DAYS_AHEAD`](crate::Snapshot::MAX_DAYS_AHEAD) days ahead
    /// at most.
    pub const fn new(home: Currency, zone: Tz) -> Self {
        Self {
            home,
            zone,
            anchor: Currency::USD,
            days_ahead: 14,
            rates: Vec::new(),
            rates_for: None,
            newest: Vec::new(),
            witnesses: Vec::new(),
            usual: Vec::new(),
        }
    }

    /// Sets the currency that no publication of the bank is without.
    pub const fn anchor(mut self, currency: Currency) -> Self {
        self.anchor = currency;
        self
    }

    /// Sets how many days ahead of its today a publication may be, the longest holidays included.
    pub const fn days_ahead(mut self, days: u16) -> Self {
        self.days_ahead = days;
        self
    }

    /// Sets who is asked for the rates in force, in order.
    pub fn rates(mut self, sources: impl IntoIterator<Item = Arc<DynRates>>) -> Self {
        self.rates = sources.into_iter().collect();
        self.rates_for = None;
        self
    }

    /// Sets the same by the pairs of the page; of no pairs until these are known.
    pub(super) fn rates_by_pairs(mut self, sources: SourcesFor) -> Self {
        self.rates = sources(&[]);
        self.rates_for = Some(sources);
        self
    }

    /// The bank for a page of these pairs; of every pair where empty.
    pub(super) fn for_pairs(mut self, pairs: &[Pair]) -> Self {
        if let Some(sources) = self.rates_for {
            self.rates = sources(pairs);
        }
        self
    }

    /// Sets who is asked for the newest publication, which may be of a day ahead; nobody, for a bank without such a feed.
    pub fn newest(mut self, sources: impl IntoIterator<Item = Arc<DynRates>>) -> Self {
        self.newest = sources.into_iter().collect();
        self
    }

    /// Sets who is asked when a number is surprising, in order: independent banks, whatever their home currency.
    pub fn witnesses(mut self, witnesses: impl IntoIterator<Item = Witness>) -> Self {
        self.witnesses = witnesses.into_iter().collect();
        self
    }

    /// Sets about how many units of a currency a dollar buys. Where nothing is known to compare a rate with, it is shown from
    /// a quarter of that to four times that; beyond, it waits for a second bank, three further publications or the operator. Where that is
    /// not known it is shown as unconfirmed.
    ///
    /// Without it that is known of 76 currencies, as of the spring of 2026.
    pub fn per_dollar(mut self, currency: Currency, units: Decimal) -> Self {
        self.usual.retain(|(known, _)| *known != currency);
        self.usual
            .extend(units.to_f64().map(|units| (currency, units)));
        self
    }

    /// About how many units of a currency a dollar buys.
    pub(super) fn usual(&self, currency: Currency) -> Option<f64> {
        let own = self.usual.iter().find(|(known, _)| *known == currency);
        own.map(|(_, units)| *units)
            .or_else(|| guard::per_dollar(currency))
    }

    /// The credit of one of the sources.
    pub(super) fn attribution(&self, source: &SourceId) -> Option<Attribution> {
        let known = self
            .rates
            .iter()
            .chain(&self.newest)
            .find(|known| known.id() == *source);
        known.map(|source| source.attribution())
    }
}

impl fmt::Debug for Bank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank")
            .field("home", &self.home)
            .field("zone", &self.zone)
            .field("rates", &self.rates)
            .field("newest", &self.newest)
            .field("witnesses", &self.witnesses)
            .finish_non_exhaustive()
    }
}
