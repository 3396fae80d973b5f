//! A publication beside its quotes, which take a logarithm for each row: they are computed once, and a memory that is copied at every event shares
//! them.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::gate::Quotes;
use crate::money::Rates;

/// A publication that was believed, with its quotes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Rates", into = "Rates")]
pub(super) struct Believed(Arc<(Rates, Quotes)>);

impl Believed {
    pub(super) fn rates(&self) -> &Rates {
        &self.0.0
    }

    pub(super) fn quotes(&self) -> &Quotes {
        &self.0.1
    }

    pub(super) fn day(&self) -> NaiveDate {
        self.rates().day()
    }
}

impl PartialEq for Believed {
    fn eq(&self, other: &Self) -> bool {
        self.rates() == other.rates()
    }
}

impl Eq for Believed {}

impl From<Rates> for Believed {
    fn from(rates: Rates) -> Self {
        let quotes = Quotes::of(&rates);
        Self(Arc::new((rates, quotes)))
    }
}

impl From<Believed> for Rates {
    fn from(believed: Believed) -> Self {
        believed.rates().clone()
    }
}
