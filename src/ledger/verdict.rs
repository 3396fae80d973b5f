use crate::money::{Currency, Rates};

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
