//! The choice of one reading where a text leaves several open.
//!
//! A text is read without a choice, and an ambiguous one has no amount. To name its readings ([`ReadAmountError::Ambiguous`](super::ReadAmountError))
//! it is read once for each combination of the two questions below; `¥4,250` has four in Russian. The choice reaches the two places that would
//! otherwise give up: [`Choice::of_figure`] and `Unit::chosen`. It settles nothing that the text says.

use super::value::Value;
use crate::money::Currency;

/// The readings that are chosen. Without a choice a text with several readings has none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Choice {
    pub(super) separator: Option<Separator>,
    pub(super) currency: Option<Settled>,
}

/// The meaning of one separator before exactly three digits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Separator {
    DecimalMark,
    Groups,
}

/// The currency of a sign or word that several countries have, or that is another word too.
#[derive(Clone, Copy, Debug)]
pub(super) enum Settled {
    /// This one, if the sign or word may stand for it.
    As(Currency),
    /// The one at this place in the list of those with the name.
    Nth(usize),
}

impl Choice {
    pub(super) const NONE: Self = Self {
        separator: None,
        currency: None,
    };

    pub(super) const fn of_currency(currency: Option<Settled>) -> Self {
        Self {
            separator: None,
            currency,
        }
    }

    /// The value of a figure, and the value if its separator groups, unless one of the two is chosen.
    pub(super) fn of_figure(
        self,
        (value, if_grouped): (Value, Option<Value>),
    ) -> (Value, Option<Value>) {
        match (self.separator, if_grouped) {
            (Some(Separator::DecimalMark), _) => (value, None),
            (Some(Separator::Groups), Some(grouped)) => (grouped, None),
            _ => (value, if_grouped),
        }
    }
}
