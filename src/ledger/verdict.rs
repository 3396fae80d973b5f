//! The rows of a publication that are believed. A verdict is no record: the guard computes it from them, and the ledger takes it as a function.

use crate::money::{Currency, Rates};

/// The rows of a publication that are believed.
///
/// The guard of a ticker gives them; a program that has a ledger alone may decide for itself:
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
/// # use masthead::SourceId;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let bank = SourceId::NATIONAL_BANK_KZ;
/// # let now = "2026-04-06T06:00:00Z".parse()?;
/// # let rates = |day: &str, value: &str| {
/// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day.parse().unwrap(), chrono_tz::Asia::Almaty);
/// #     Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value).unwrap(), 1)]).unwrap()
/// # };
/// use masthead::ledger::{NoRates, RecordId, Verdict};
///
/// let (day, slip) = ("2026-04-02".parse()?, rates("2026-04-02", "4750.9"));
/// let mut ledger = Ledger::default();
/// ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, slip.clone(), now));
///
/// let refused = RecordId::of_rates(&slip);
/// let view = View::new(bank.clone()).verdicts(move |id| if id == refused { Verdict::Withheld } else { Verdict::Accepted });
/// assert!(matches!(ledger.rates_on(day, now, &view), Err(NoRates::Unknown { .. })));
/// # Ok(()) }
/// ```
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
    /// Returns whether the row of a currency is accepted.
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
