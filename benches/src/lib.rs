//! Generated documents as long as those of banks and weather services, so that the benchmarks need no network.

pub mod race;

use std::fmt::Write as _;

/// The 39 currencies of the National Bank of Kazakhstan in 2026.
pub const CODES: &str = "AUD AZN AMD BYN BRL HUF HKD GEL DKK AED USD EUR INR IRR CAD CNY KWD KGS MYR MXN MDL NOK PLN SAR \
                         RUB XDR SGD TJS THB TRY UZS UAH GBP CZK SEK CHF ZAR KRW JPY";

/// Returns a document of `get_rates.cfm` with 39 rows, about as long as the bank's.
#[must_use]
pub fn national_bank_kz() -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rates>\n    <generator>Bench</generator>\n    \
         <title>Official exchange rates</title>\n    <link>bank.example</link>\n    \
         <description>Official exchange rates</description>\n    <copyright>bank.example</copyright>\n    \
         <date>02.04.2026</date>\n\n",
    );
    for (index, code) in CODES.split_whitespace().enumerate() {
        let (value, change) = (475 - index * 11, index % 7);
        let _ = write!(
            xml,
            "                    <item>\n            <fullname>ВАЛЮТА НОМЕР {index}</fullname>\n            \
             <title>{code}</title>\n            <description>{value}.{index:02}</description>\n            \
             <quant>1</quant>\n            <index>UP</index>\n            <change>+{change}.25</change>\n            \
             </item>\n"
        );
    }
    xml.push_str("</rates>\n");
    xml
}

/// Returns a response of Frankfurter for the same currencies.
#[must_use]
pub fn frankfurter() -> String {
    let quotes = CODES
        .split_whitespace()
        .filter(|code| *code != "USD")
        .enumerate()
        .map(|(index, code)| {
            format!(
                r#"{{"date":"2026-04-02","base":"USD","quote":"{code}","rate":{}.{index:04}}}"#,
                index + 1
            )
        });
    let dollar = r#"{"date":"2026-04-02","base":"USD","quote":"KZT","rate":475.09}"#.to_owned();
    format!("[{}]", quotes.chain([dollar]).collect::<Vec<_>>().join(","))
}

/// Returns a response of MET Norway: 82 steps from midnight in Astana, hourly for 55 hours and then every six.
#[must_use]
pub fn met_norway() -> String {
    let midnight: chrono::DateTime<chrono::Utc> =
        "2026-04-01T19:00:00Z".parse().unwrap_or_default();
    let mut steps = Vec::new();
    for index in 0..82_i64 {
        let hour = if index < 55 {
            index
        } else {
            54 + (index - 54) * 6
        };
        let time = (midnight + chrono::TimeDelta::hours(hour)).format("%Y-%m-%dT%H:%M:%SZ");
        let degrees = 22 - (hour % 24 - 15).abs();
        steps.push(format!(
            r#"{{"time":"{time}","data":{{"instant":{{"details":{{"air_pressure_at_sea_level":1023.2,"air_temperature":{degrees}.5,"cloud_area_fraction":12.5,"relative_humidity":47.0,"wind_from_direction":349.3,"wind_speed":2.3}}}},"next_12_hours":{{"summary":{{"symbol_code":"fair_day"}}}},"next_1_hours":{{"summary":{{"symbol_code":"clearsky_day"}},"details":{{"precipitation_amount":0.0}}}},"next_6_hours":{{"summary":{{"symbol_code":"fair_day"}},"details":{{"air_temperature_max":{degrees}.9,"air_temperature_min":{degrees}.1,"precipitation_amount":0.0}}}}}}}}"#
        ));
    }
    format!(
        r#"{{"type":"Feature","geometry":{{"type":"Point","coordinates":[71.446,51.1801,358]}},"properties":{{"meta":{{"updated_at":"2026-04-01T18:30:00Z","units":{{"air_temperature":"celsius"}}}},"timeseries":[{}]}}}}"#,
        steps.join(",")
    )
}

/// Returns a response of Open-Meteo: the current hour, 48 hours, two days.
#[must_use]
pub fn open_meteo() -> String {
    let hours =
        || (0..48).map(|hour| format!(r#""2026-04-0{}T{:02}:00""#, 2 + hour / 24, hour % 24));
    let list = |values: Vec<String>| values.join(",");
    format!(
        r#"{{"latitude":51.2,"longitude":71.4,"utc_offset_seconds":18000,"timezone":"Asia/Almaty","elevation":358.0,"current_units":{{"temperature_2m":"°C"}},"current":{{"time":"2026-04-02T11:00","interval":900,"temperature_2m":18.1,"weather_code":3,"is_day":1}},"hourly_units":{{"temperature_2m":"°C"}},"hourly":{{"time":[{}],"temperature_2m":[{}],"weather_code":[{}],"is_day":[{}]}},"daily_units":{{"temperature_2m_max":"°C","temperature_2m_min":"°C"}},"daily":{{"time":["2026-04-02","2026-04-03"],"temperature_2m_max":[22.4,19.0],"temperature_2m_min":[7.2,6.5]}}}}"#,
        list(hours().collect()),
        list((0..48).map(|hour| format!("{}.5", hour % 20)).collect()),
        list((0..48).map(|hour| format!("{}", hour % 4)).collect()),
        list(
            (0..48)
                .map(|hour| format!("{}", i32::from(hour % 24 > 6)))
                .collect()
        ),
    )
}
