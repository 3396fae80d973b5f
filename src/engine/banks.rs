//! The built-in banks: their sources and their witnesses.

use std::fmt;
use std::str::FromStr;

use super::{Bank, Witness};
use crate::provenance::SourceId;
use crate::source::{BANKS, Profile, bank, profiles};

impl Bank {
    /// The National Bank of Kazakhstan: the tenge. The second route to the same figures is Frankfurter, which is requested for the ticker's
    /// [shown pairs](crate::ticker::TickerBuilder::shown_pairs), by default the dollar, the euro, the ruble and the yuan. Witnesses: the banks of Uzbekistan,
    /// Belarus, Kyrgyzstan and Russia.
    pub fn national_bank_kz() -> Self {
        Self::of_profile(&profiles::NATIONAL_BANK_KZ)
    }

    /// The Bank of Russia: the Russian ruble. Witnesses: the banks of Belarus, Uzbekistan and Kyrgyzstan.
    pub fn cbr() -> Self {
        Self::of_profile(&profiles::CBR)
    }

    /// The Central Bank of Uzbekistan: the Uzbek som. Witnesses: the banks of Kazakhstan and Russia.
    pub fn cbu() -> Self {
        Self::of_profile(&profiles::CBU)
    }

    /// The National Bank of the Kyrgyz Republic: the Kyrgyz som. Its weekly list of about forty currencies is requested too,
    /// unless the [pairs shown](crate::ticker::TickerBuilder::shown_pairs) need only the daily list. Witnesses: the banks of
    /// Kazakhstan, Uzbekistan and Russia.
    pub fn nbkr() -> Self {
        Self::of_profile(&profiles::NBKR)
    }

    /// The National Bank of the Republic of Belarus: the Belarusian ruble. Witnesses: the banks of Kazakhstan, Russia and Uzbekistan.
    pub fn nbrb() -> Self {
        Self::of_profile(&profiles::NBRB)
    }

    /// The European Central Bank: reference rates of the euro, for the day on which they are set. Witnesses: the banks of Belarus and Russia,
    /// whose rates are for the day after.
    pub fn ecb() -> Self {
        Self::of_profile(&profiles::ECB)
    }

    /// Returns the ids of the built-in banks, such as `national_bank_kz`. Each of them parses as its bank.
    ///
    /// ```
    /// use masthead::ticker::Bank;
    ///
    /// let ids: Vec<String> = Bank::ids().map(|id| id.to_string()).collect();
    /// assert_eq!(ids[..2], ["national_bank_kz", "cbr"]);
    /// for id in ids {
    ///     assert!(id.parse::<Bank>().is_ok());
    /// }
    /// ```
    pub fn ids() -> impl Iterator<Item = SourceId> {
        BANKS.iter().map(|bank| bank.id.clone())
    }

    fn of_profile(profile: &'static Profile) -> Self {
        let witnesses = profile.witnesses.iter().filter_map(|(id, lag)| {
            let source = (bank(id)?.witness)();
            Some(Witness::new(source).lagging(*lag))
        });
        Self::new(profile.home, profile.zone)
            .quotation(profile.quotation)
            .shown(profile.shown)
            .days_ahead(profile.days_ahead)
            .rates_by_pairs(profile.in_force)
            .newest(profile.newest.map(|newest| newest()))
            .witnesses(witnesses)
    }
}

/// Parses the id of a built-in bank.
///
/// ```
/// use masthead::money::Currency;
/// use masthead::ticker::Bank;
///
/// let bank: Bank = "nbkr".parse()?;
/// assert_eq!(bank.home(), Currency::KGS);
///
/// let error = "nbk".parse::<Bank>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown bank \"nbk\"; expected one of national_bank_kz, cbr, cbu, nbkr, nbrb, ecb");
/// # Ok::<(), masthead::ticker::ParseBankError>(())
/// ```
impl FromStr for Bank {
    type Err = ParseBankError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = BANKS.iter().find(|bank| bank.id.as_str() == text);
        let bank = known.map(|profile| Self::of_profile(profile));
        bank.ok_or_else(|| ParseBankError {
            text: text.chars().take(80).collect(),
        })
    }
}

/// The error of a text that is not the id of a built-in bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseBankError {
    text: String,
}

impl fmt::Display for ParseBankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = BANKS.iter().map(|bank| bank.id.as_str()).collect();
        let ids = ids.join(", ");
        write!(f, "unknown bank {:?}; expected one of {ids}", self.text)
    }
}

impl std::error::Error for ParseBankError {}
