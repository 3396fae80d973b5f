use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Currency;
use crate::provenance::SourceId;

/// What is said once of a whole publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// The bank's own currency.
    pub home: Currency,
    /// Which way round the values are.
    pub quotation: Quotation,
    /// The day on which the rates are official.
    pub day: NaiveDate,
    /// The zone in which the bank counts its days.
    pub zone: Tz,
    /// Who was read.
    pub source: SourceId,
    /// Whether these are the bank's own figures.
    pub method: Method,
}

/// Which way round a bank quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quotation {
    /// Home units for so many foreign units, as the National Bank of Kazakhstan prints: tenge for a dollar.
    HomePerForeign,
    /// Foreign units for so many home units, as the European Central Bank prints: dollars for a euro.
    ForeignPerHome,
}

/// How the values came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// The bank's own document, digit for digit.
    Published,
    /// Worked back from another party's figures: the nominal is 1 and there is no change.
    Computed,
}
