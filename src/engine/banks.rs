//! The built-in banks: their sources and their witnesses.

use std::str::FromStr;

use super::{Bank, Witness};
use crate::provenance::SourceId;
use crate::source::{BANKS, Profile, bank, built_in_banks};
use crate::text::ParseError;

macro_rules! constructors {
    ($($module:ident $bank:ident,)+) => {
        /// The built-in banks.
        impl Bank {
            $(
                #[doc = concat!("The bank of [`", stringify!($bank), "`](crate::source::", stringify!($bank), "), with the banks that confirm its rates.")]
                pub fn $module() -> Self {
                    Self::of_profile(&crate::source::$module::PROFILE)
                }
            )+
        }
    };
}

built_in_banks!(constructors);

impl Bank {
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

    /// The bank of a profile. Its witnesses are the built-in banks with those ids, each by the source that its own profile names for it.
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
            .history(profile.history)
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
/// assert!(error.to_string().starts_with("unknown bank \"nbk\": expected one of national_bank_kz, cbr, "));
/// # Ok::<(), masthead::ParseError>(())
/// ```
impl FromStr for Bank {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = BANKS.iter().find(|bank| bank.id.as_str() == text);
        let bank = known.map(|profile| Self::of_profile(profile));
        bank.ok_or_else(|| {
            let ids: Vec<&str> = BANKS.iter().map(|bank| bank.id.as_str()).collect();
            let expected = format_args!("one of {}", ids.join(", "));
            ParseError::unknown("bank", text, expected)
        })
    }
}
