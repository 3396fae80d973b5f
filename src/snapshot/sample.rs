//! The data of the built-in sample: the figures in the header of a Kazinform page.
//!
//! 447.32 is the National Bank's official dollar rate of 13 June 2023 only. The other rates and Astana's `+21+23℃` are from the
//! same page. Euro and yuan fit the European Central Bank's cross rates of the day before; ruble and weather were not confirmed.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::Snapshot;
use crate::day;
use crate::money::{Currency, Method, Publication, Quotation, Rates, Row};
use crate::provenance::{Attribution, SourceId};
use crate::weather::{Celsius, City, Extremes, TemperatureRange, Weather};

const DAY: NaiveDate = match NaiveDate::from_ymd_opt(2023, 6, 13) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// 05:00 UTC, 11:00 in Astana: the time at which the sample is rendered.
pub(super) const TIME: DateTime<Utc> = match NaiveTime::from_hms_opt(5, 0, 0) {
    Some(time) => DAY.and_time(time).and_utc(),
    None => DateTime::<Utc>::MIN_UTC,
};

const ZONE: Tz = Tz::Asia__Almaty;

/// Rates in hundredths of a tenge for one unit of the currency.
const RATES: [(Currency, i64); 4] = [
    (Currency::USD, 44_732),
    (Currency::EUR, 48_221),
    (Currency::RUB, 543),
    (Currency::CNY, 6_264),
];

/// The day's maximum, 22 °C. The page printed one degree below and above it; no other temperature of that day is known.
const MAXIMUM: Option<Celsius> = Celsius::from_tenths(220);

/// Creates the snapshot of the sample: one publication, and the afternoon of Astana.
pub(super) fn snapshot() -> Snapshot {
    let mut snapshot = Snapshot::default();
    let credit = || Attribution::new("Built-in sample of 13 June 2023");
    if let Ok(rates) = rates() {
        snapshot.add_rates(rates, credit(), TIME);
    }
    if let (Some(city), Some(weather)) = (City::find("astana"), weather()) {
        snapshot.add_weather(city.id(), city.zone(), weather, credit(), TIME, None);
    }
    snapshot
}

fn rates() -> Result<Rates, crate::money::InvalidRates> {
    let publication = Publication {
        home: Currency::KZT,
        quotation: Quotation::HomePerForeign,
        day: DAY,
        zone: ZONE,
        source: SourceId::SAMPLE,
        method: Method::Published,
    };
    let row = |(currency, value)| Row {
        currency,
        value: Decimal::new(value, 2),
        nominal: 1,
        change: None,
    };
    Rates::new(publication, RATES.map(row))
}

fn weather() -> Option<Weather> {
    let noon = day::start(DAY, ZONE) + TimeDelta::hours(12);
    let range = TemperatureRange::new(MAXIMUM?, MAXIMUM?)?;
    Weather::new(
        SourceId::SAMPLE,
        [],
        [Extremes {
            from: noon,
            to: noon + TimeDelta::hours(6),
            range,
        }],
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_all_rates_and_the_maximum_of_astana() {
        let snapshot = snapshot();
        assert_eq!(snapshot.rates(TIME).unwrap().value().len(), 4);
        let astana = City::find("astana").unwrap();
        let weather = snapshot.weather(astana.id()).unwrap().value();
        assert_eq!(weather.maximum(DAY, ZONE).unwrap().whole(), 22);
        assert_eq!(snapshot.attributions.len(), 1);
    }
}
