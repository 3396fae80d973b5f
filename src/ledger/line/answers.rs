//! The canonical texts of publications and forecasts within a line: parsed, and with the id of the text.

use serde::Deserialize;

use crate::ledger::RecordId;
use crate::ledger::text::{self, NotCanonical};
use crate::money::Rates;
use crate::weather::{CityId, Weather};

/// A publication by its text.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(in crate::ledger) struct PublicationText {
    pub(super) id: RecordId,
    pub(super) rates: Rates,
}

impl TryFrom<String> for PublicationText {
    type Error = NotCanonical;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (id, rates) = (RecordId::of_text(&text), text::rates(&text)?);
        Ok(Self { id, rates })
    }
}

/// A forecast by its text.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(in crate::ledger) struct ForecastText {
    pub(super) id: RecordId,
    pub(super) city: CityId,
    pub(super) weather: Weather,
}

impl TryFrom<String> for ForecastText {
    type Error = NotCanonical;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (id, (city, weather)) = (RecordId::of_text(&text), text::weather(&text)?);
        Ok(Self { id, city, weather })
    }
}
