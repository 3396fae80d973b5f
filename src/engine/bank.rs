//! A bank as a ticker sees it: its own facts, its sources and its witnesses.
//!
//! The facts of a built-in bank stand in its [`Profile`](crate::source::Profile), beside its decoder; [`banks`](super::banks) makes a [`Bank`] of it.
//! The guard, the schedule and the view take them from here, so that they cannot disagree: `zone` decides which day it is, `days_ahead` which list is
//! too far ahead, `anchor` which row speaks for the list. `rates_for` exists because Frankfurter needs a request for each currency: only the pairs
//! of the page are requested.

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::usual::per_dollar;
use super::witness::Witness;
use crate::money::{Currency, InvalidRates, Pair, Publication, Quotation, Rates, Row};
use crate::provenance::{Attribution, SourceId};
use crate::source::{DynRates, History, bank};

/// A bank whose rates a ticker keeps: its home currency and time zone, the sources of its rates, and the witnesses that confirm surprising
/// numbers.
///
/// The banks of this crate have constructors, such as [`national_bank_kz`](Self::national_bank_kz), and [parse](std::str::FromStr) from their
/// [ids](Self::ids). [`new`](Self::new) makes another one from sources of your own.
///
/// ```
/// use std::sync::Arc;
/// use masthead::Ticker;
/// use masthead::money::Currency;
/// use masthead::source::{Cbu, DynRates, NationalBankKz};
/// use masthead::ticker::{Bank, Witness};
///
/// // The same bank from parts: one source, one witness, and a usual rate for the lira.
/// let source: Arc<DynRates> = Arc::new(NationalBankKz::of_day());
/// let bank = Bank::new(Currency::KZT, NationalBankKz::ZONE)
///     .rates([source])
///     .witnesses([Witness::new(Arc::new(Cbu::newest()))])
///     .per_dollar("TRY".parse()?, "45".parse()?);
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").bank(bank).build()?;
///
/// // A bank needs at least one source.
/// let empty = Bank::new(Currency::KZT, NationalBankKz::ZONE);
/// let error = Ticker::builder("news.example.kz; web@example.kz").bank(empty).build().unwrap_err();
/// assert_eq!(error.to_string(), "a ticker needs at least one source of rates");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Every built-in bank with its home currency, and a bank of your own that publishes tomorrow's list at most, has its euro always, and answers for
/// earlier days:
///
/// ```
/// use masthead::money::Currency;
/// use masthead::source::NationalBankKz;
/// use masthead::ticker::Bank;
/// # use std::sync::Arc;
/// # use masthead::source::DynRates;
///
/// let banks = [Bank::cbr(), Bank::cbu(), Bank::nbkr(), Bank::nbrb(), Bank::nbg(), Bank::cbar(), Bank::nbu(), Bank::ecb()];
/// assert_eq!(banks.map(|bank| bank.home().to_string()), ["RUB", "UZS", "KGS", "BYN", "GEL", "AZN", "UAH", "EUR"]);
///
/// # let source: Arc<DynRates> = Arc::new(NationalBankKz::of_day());
/// let own = Bank::new(Currency::KZT, NationalBankKz::ZONE).rates([source]).days_ahead(1).anchor(Currency::EUR).history_by_day();
/// assert_eq!(own.pair(Currency::EUR), Some("EUR/KZT".parse()?));
/// assert_eq!(Bank::ecb().pair(Currency::USD), Some("EUR/USD".parse()?), "in the direction in which the bank quotes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Bank {
    pub(super) home: Currency,
    quotation: Quotation,
    /// The currencies that a page shows by default.
    shown: &'static [Currency],
    pub(crate) zone: Tz,
    pub(super) anchor: Currency,
    pub(super) days_ahead: u16,
    pub(super) rates: Vec<Arc<DynRates>>,
    /// Makes the sources of `rates` for the pairs of the page, if one of them needs a request for each pair.
    rates_for: Option<SourcesFor>,
    pub(super) newest: Vec<Arc<DynRates>>,
    pub(super) history: History,
    pub(super) witnesses: Vec<Witness>,
    usual: Vec<(Currency, f64)>,
}

/// Returns the sources for the pairs of a page. An empty list means every pair.
type SourcesFor = fn(&[Pair]) -> Vec<Arc<DynRates>>;

impl Bank {
    /// A bank of a home currency that counts its days in `zone`, without sources.
    ///
    /// Defaults: the anchor is the dollar, publications are at most 14 days ahead
    /// ([`MAX_DAYS_AHEAD`](crate::Snapshot::MAX_DAYS_AHEAD)), and there are no witnesses.
    pub const fn new(home: Currency, zone: Tz) -> Self {
        Self {
            home,
            quotation: Quotation::HomePerForeign,
            shown: &[Currency::USD, Currency::EUR],
            zone,
            anchor: Currency::USD,
            days_ahead: 14,
            rates: Vec::new(),
            rates_for: None,
            newest: Vec::new(),
            history: History::None,
            witnesses: Vec::new(),
            usual: Vec::new(),
        }
    }

    pub(super) const fn quotation(mut self, quotation: Quotation) -> Self {
        self.quotation = quotation;
        self
    }

    pub(super) const fn shown(mut self, shown: &'static [Currency]) -> Self {
        self.shown = shown;
        self
    }

    /// Returns the home currency.
    #[must_use]
    pub const fn home(&self) -> Currency {
        self.home
    }

    /// Returns the pair of a foreign currency and the home currency, in the direction in which the bank quotes. Returns `None` for the home
    /// currency itself. A [new](Self::new) bank counts as one that quotes home units for foreign ones.
    #[must_use]
    pub fn pair(&self, foreign: Currency) -> Option<Pair> {
        match self.quotation {
            Quotation::HomePerForeign => Pair::new(foreign, self.home),
            Quotation::ForeignPerHome => Pair::new(self.home, foreign),
        }
    }

    /// Returns a publication of the bank on a day, with the bank's currency of that day, its direction and time zone, for rates that were not read by
    /// one of its sources, such as those of a table.
    ///
    /// # Errors
    ///
    /// As [`Rates::new`]. A day before the first one of the bank's currency is [`InvalidRates::Day`].
    ///
    /// ```
    /// use masthead::money::{Currency, Row, parse_decimal};
    /// use masthead::ticker::Bank;
    ///
    /// let rates = Bank::ecb().published("2024-01-31".parse()?, [Row::new(Currency::USD, parse_decimal("1.0837")?, 1)])?;
    /// assert_eq!(rates.rate("EUR/USD".parse()?).ok_or("no dollar")?.to_string(), "1.0837 USD for 1 EUR on 2024-01-31");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn published(
        &self,
        day: NaiveDate,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<Rates, InvalidRates> {
        let id = self.id();
        let pause = bank(&id).map_or(Rates::DEFAULT_PAUSE, |profile| profile.longest_pause);
        let home = Currency::of_day(self.home.code(), day).ok_or(InvalidRates::Day { day })?;
        let publication = Publication::new(id, home, self.quotation, day, self.zone);
        Ok(Rates::new(publication, rows)?.with_longest_pause(pause))
    }

    /// Returns the pairs for a page that chooses none: at most four of the dollar, the euro, the ruble, the yuan and the tenge, as far as the bank quotes
    /// them.
    ///
    /// ```
    /// use masthead::ticker::Bank;
    ///
    /// let pairs: Vec<String> = Bank::ecb().usual_pairs().iter().map(ToString::to_string).collect();
    /// assert_eq!(pairs, ["EUR/USD", "EUR/CNY"]);
    /// ```
    #[must_use]
    pub fn usual_pairs(&self) -> Vec<Pair> {
        let pairs = self.shown.iter();
        let pairs = pairs.filter_map(|foreign| self.pair(*foreign));
        pairs.take(4).collect()
    }

    /// Sets the currency that every publication of the bank has. A publication without it is refused, and evidence about it decides about a whole
    /// publication. Default: the dollar. A bank whose home currency is the dollar must have another one, or each of its publications is refused.
    pub const fn anchor(mut self, currency: Currency) -> Self {
        self.anchor = currency;
        self
    }

    /// Sets the greatest number of days by which a publication may be ahead of the bank's today, over the longest holidays. A publication that is
    /// further ahead is refused. Default: 14. With 0 a list of tomorrow is refused too.
    pub const fn days_ahead(mut self, days: u16) -> Self {
        self.days_ahead = days;
        self
    }

    /// Sets the sources of the rates in force, in order: the next one is requested if one fails. Default: none; a ticker needs at least one.
    pub fn rates(mut self, sources: impl IntoIterator<Item = Arc<DynRates>>) -> Self {
        self.rates = sources.into_iter().collect();
        self.rates_for = None;
        self
    }

    /// Sets the sources of the rates as a function of the pairs of the page.
    pub(super) fn rates_by_pairs(mut self, sources: SourcesFor) -> Self {
        self.rates = sources(&[]);
        self.rates_for = Some(sources);
        self
    }

    /// Selects the sources for these pairs. An empty list means every pair.
    pub(crate) fn for_pairs(mut self, pairs: &[Pair]) -> Self {
        if let Some(sources) = self.rates_for {
            self.rates = sources(pairs);
        }
        self
    }

    /// Sets the sources of the newest publication, which may be for a day ahead. The page shows it as the next day's rates
    /// ([`Strip::next`](crate::Strip::next)), and has it at midnight without a request. Default: none, for a bank without such a feed.
    pub fn newest(mut self, sources: impl IntoIterator<Item = Arc<DynRates>>) -> Self {
        self.newest = sources.into_iter().collect();
        self
    }

    pub(super) const fn history(mut self, history: History) -> Self {
        self.history = history;
        self
    }

    /// Has the back-fill request earlier days from the first of the [`rates`](Self::rates), whose request must name the day. Default: only banks of
    /// this crate have a back-fill. It begins with [`TickerBuilder::history_since`](crate::ticker::TickerBuilder::history_since).
    pub const fn history_by_day(self) -> Self {
        self.history(History::ByDay)
    }

    /// Sets the independent banks that are requested when a number is surprising or unconfirmed, in order, whatever their home currency. Default:
    /// none; then only further publications or the operator confirm such a number.
    pub fn witnesses(mut self, witnesses: impl IntoIterator<Item = Witness>) -> Self {
        self.witnesses = witnesses.into_iter().collect();
        self
    }

    /// Sets the usual number of units of a currency for one dollar, for a first start, when there is no earlier rate to compare with. A rate between
    /// a quarter and four times of it is shown as unconfirmed; one beyond waits for a second bank, three further publications or the operator. A
    /// currency without a usual rate is shown as unconfirmed.
    ///
    /// Default: usual rates of 75 currencies, as of the spring of 2026.
    pub fn per_dollar(mut self, currency: Currency, units: Decimal) -> Self {
        self.usual.retain(|(known, _)| *known != currency);
        self.usual
            .extend(units.to_f64().map(|units| (currency, units)));
        self
    }

    /// Returns whether its rates can have a pair. The direction in which a bank of other sources quotes is not known.
    pub(crate) fn can_quote(&self, pair: Pair) -> bool {
        let foreign = if pair.base() == self.home {
            pair.quote()
        } else {
            pair.base()
        };
        let quoted = self.pair(foreign);
        let is_either = self.rates_for.is_none() && quoted == Some(pair.inverse());
        quoted == Some(pair) || is_either
    }

    pub(crate) fn has_sources(&self) -> bool {
        !self.rates.is_empty()
    }

    /// Returns its sources: those of the rates in force in their order, then those of the newest publication.
    ///
    /// ```
    /// use masthead::ticker::Bank;
    ///
    /// let bank = Bank::national_bank_kz();
    /// let ids: Vec<String> = bank.sources().map(|source| source.id().to_string()).collect();
    /// assert_eq!(ids, ["national_bank_kz", "frankfurter", "national_bank_kz"]);
    /// ```
    pub fn sources(&self) -> impl Iterator<Item = &Arc<DynRates>> {
        self.rates.iter().chain(&self.newest)
    }

    /// Returns the id under which its records are kept: that of its first source. A bank without sources has that of the built-in sample.
    ///
    /// At a start a ticker takes over the stored records of all sources that the bank has then, under this id.
    #[must_use]
    pub fn id(&self) -> SourceId {
        let first = self.sources().next();
        first.map_or(SourceId::SAMPLE, |source| source.id())
    }

    /// Returns whether one of its sources has the id.
    pub(super) fn has_source(&self, id: &SourceId) -> bool {
        self.sources().any(|source| source.id() == *id)
    }

    /// The usual number of units of a currency for one dollar.
    pub(super) fn usual(&self, currency: Currency) -> Option<f64> {
        let own = self.usual.iter().find(|(known, _)| *known == currency);
        own.map(|(_, units)| *units)
            .or_else(|| per_dollar(currency))
    }

    /// Returns the credit that the bank's terms require, for a page that shows its rates.
    ///
    /// ```
    /// use masthead::ticker::Bank;
    ///
    /// assert_eq!(Bank::ecb().credit().name(), "European Central Bank");
    /// assert_eq!(Bank::ecb().credit().url(), Some("https://www.ecb.europa.eu/"));
    /// ```
    #[must_use]
    pub fn credit(&self) -> Attribution {
        let own = self.attribution(&self.id());
        own.unwrap_or_else(|| Attribution::new(self.id().to_string()))
    }

    /// The credit of one of the sources.
    pub(crate) fn attribution(&self, source: &SourceId) -> Option<Attribution> {
        let known = self.sources().find(|known| known.id() == *source);
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
