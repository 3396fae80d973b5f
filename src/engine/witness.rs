//! The banks that are requested when a number is in doubt.
//!
//! A cross rate: a list of the Central Bank of Uzbekistan with 12,150.00 som for a dollar and 25.55 for a tenge makes a dollar 475.54 tenge. A dollar
//! of 475.09 in the National Bank of Kazakhstan's list of that day is 0.1 % from it and confirmed; one of 457.09 is 4.0 % from it and contradicted.

use std::fmt;
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use crate::money::Rates;
use crate::provenance::SourceId;
use crate::source::DynRates;

/// An independent bank whose cross rates confirm or contradict a surprising number of another bank.
///
/// The quotient of its rates for a currency and for the other bank's home currency is compared with the other bank's rate. For a quarantined
/// number its publication must be for the same day, counted with the lag: on the day of a shock most banks still publish the rates of the day
/// before, which neither confirm nor contradict. An unconfirmed number that is shown may be confirmed by a publication for a later day too.
///
/// | witness of the tenge | lag | measured against the National Bank's dollar |
/// |---|---|---|
/// | Central Bank of Uzbekistan | none | 0.24 %, 0.03 % and 0.13 % apart on 1, 2 and 3 April 2026 |
/// | National Bank of Belarus | none | 0.27 % apart on 17 March 2026 |
/// | National Bank of Kyrgyzstan | none | 0.1 to 0.2 % apart on 24 May 2026; four digits of the tenge |
/// | Bank of Russia | a day | equal to six digits on 5 days of 2023 and 2026: it prints the dollar of the day before |
///
/// The others' rates of other home currencies were not measured. The tolerance is 2 % on a usual day, several times what two
/// banks differ by, and three times the median move of the rates against each other on a day of shock, 5 % at most: less than
/// a fault of a digit.
///
/// A witness for a bank of your own. The list of the Bank of Russia for a day has the tenge of the day before:
///
/// ```
/// use std::sync::Arc;
///
/// use masthead::source::{Cbr, Cbu};
/// use masthead::ticker::Witness;
///
/// let witnesses = [Witness::new(Arc::new(Cbu::newest())), Witness::new(Arc::new(Cbr::of_day())).lagging(1)];
/// assert_eq!(witnesses.map(|witness| witness.id().to_string()), ["cbu", "cbr"]);
/// ```
#[derive(Clone)]
pub struct Witness {
    pub(crate) source: Arc<DynRates>,
    lag: u16,
}

impl Witness {
    /// A witness whose publication for a day compares with the other bank's for the same day.
    #[must_use]
    pub fn new(source: Arc<DynRates>) -> Self {
        Self { source, lag: 0 }
    }

    /// Sets that its publication for a day compares with the other bank's for `days` days before. Default: 0. The Bank of Russia's list for 3 April
    /// has the tenge of 2 April, so it lags by 1 behind the National Bank of Kazakhstan.
    #[must_use]
    pub const fn lagging(mut self, days: u16) -> Self {
        self.lag = days;
        self
    }

    /// The id of its source.
    #[must_use]
    pub fn id(&self) -> SourceId {
        self.source.id()
    }

    /// The day of the other bank that a publication speaks of.
    pub(super) fn day_spoken_of(&self, rates: &Rates) -> NaiveDate {
        let day = rates.day();
        day.checked_sub_days(Days::new(self.lag.into()))
            .unwrap_or(day)
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (lag {})", self.id(), self.lag)
    }
}
