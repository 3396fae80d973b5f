//! Forecasts from request to page: their age, the plausibility of temperatures, and the rate limit of requests.

mod ages;
mod answers;
mod limits;
mod rate_limit;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::strip::{Layout, Strip};
use masthead::weather::{Celsius, City, Hour};
use masthead::{Observed, Ticker};
use serde_json::{Value, json};

use crate::support::time;

fn astana() -> &'static City {
    City::find("astana").unwrap()
}

/// Consecutive hours beginning at `from`, with temperatures in tenths of a degree.
fn hours(from: &str, tenths: &[i16]) -> Vec<Hour> {
    let hour = |(tenths, index): (&i16, i64)| {
        Hour::new(
            time(from) + TimeDelta::hours(index),
            Celsius::from_tenths(*tenths).unwrap(),
        )
    };
    tenths.iter().zip(0..).map(hour).collect()
}

/// An answer of MET Norway for Astana, with consecutive hours beginning at `from`.
fn met_norway(issued: Option<&str>, from: &str, degrees: &[f64]) -> Value {
    let steps = degrees.iter().zip(0..).map(|(degrees, index)| {
        let at = stamp(time(from) + TimeDelta::hours(index));
        json!({"time": at, "data": {"instant": {"details": {"air_temperature": degrees}}}})
    });
    let steps: Vec<Value> = steps.collect();
    json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [71.446, 51.1801, 358]},
        "properties": {
            "meta": {"updated_at": issued, "units": {"air_temperature": "celsius"}},
            "timeseries": steps,
        },
    })
}

fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An answer of Open-Meteo for Astana, with consecutive hours from local midnight. `made_in` is the generation time, which differs
/// in each answer.
fn open_meteo(day: &str, degrees: &[f64], made_in: f64) -> Value {
    let midnight = time(&format!("{day}T00:00:00Z"));
    let times = (0..i64::try_from(degrees.len()).unwrap()).map(|hour| {
        let local = midnight + TimeDelta::hours(hour);
        local.format("%Y-%m-%dT%H:%M").to_string()
    });
    json!({
        "latitude": 51.25, "longitude": 71.5, "generationtime_ms": made_in,
        "utc_offset_seconds": 18000, "timezone": "Asia/Almaty",
        "hourly_units": {"temperature_2m": "°C"},
        "hourly": {"time": times.collect::<Vec<_>>(), "temperature_2m": degrees},
    })
}

/// The strip as a line of text, and its JSON for Astana.
fn shown(ticker: &Ticker, now: DateTime<Utc>) -> (String, Value) {
    let (snapshot, layout) = (ticker.snapshot().to_arc(), Layout::line().isolates(false));
    let strip = Strip::new(&snapshot, &layout, now);
    let json = serde_json::to_value(strip.json()).unwrap();
    (strip.text().to_string(), json["weather"][0].clone())
}

/// The computation time of the forecast for Astana.
#[track_caller]
fn issued(ticker: &Ticker) -> DateTime<Utc> {
    let snapshot = ticker.snapshot();
    let held = snapshot.weather(astana().id()).map(Observed::value);
    held.unwrap().issued().unwrap()
}
