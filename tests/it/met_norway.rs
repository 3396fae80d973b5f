//! MET Norway: hours, symbols and extremes of a forecast.

mod refusals;
mod symbols;

use masthead::source::{DecodeError, MetNorway, Source};
use masthead::weather::{City, Coordinates, Daylight, Hour, Weather};

use crate::support::{day, ok, recorded, time};

/// One step of a series on 4 March 2027: its hour, the details of its instant, and its periods.
fn step(hour: u8, details: &str, after: &str) -> String {
    format!(
        r#"{{"time":"2027-03-04T{hour:02}:00:00Z","data":{{"instant":{{"details":{{{details}}}}}{after}}}}}"#
    )
}

fn degrees(celsius: &str) -> String {
    format!(r#""air_pressure_at_sea_level":1013.2,"air_temperature":{celsius},"wind_speed":2.0"#)
}

/// `,"next_N_hours":…` with a symbol and the members of its details.
fn next(hours: u8, symbol: &str, details: &str) -> String {
    format!(
        r#","next_{hours}_hours":{{"summary":{{"symbol_code":"{symbol}","symbol_confidence":"certain"}},"details":{{{details}}}}}"#
    )
}

fn series(steps: &[String]) -> String {
    let meta = r#""updated_at":"2027-03-04T05:12:44Z","units":{"air_temperature":"celsius","wind_speed":"m/s"}"#;
    format!(
        r#"{{"type":"Feature","geometry":{{"type":"Point","coordinates":[71.446,51.1801,358]}},"properties":{{"meta":{{{meta}}},"timeseries":[{}]}}}}"#,
        steps.join(",")
    )
}

/// Four steps in the form of `complete`; the last has an instant only.
fn forecast() -> String {
    let range =
        r#""air_temperature_max":3.4,"air_temperature_min":-7.5,"precipitation_amount":0.0"#;
    series(&[
        step(
            6,
            &degrees("-7.5"),
            &(next(1, "clearsky_day", "") + &next(6, "fair_day", range) + &next(12, "cloudy", "")),
        ),
        step(
            7,
            &degrees("-4.0"),
            &(next(1, "lightsnow", "") + &next(6, "snow", r#""precipitation_amount":1.5"#)),
        ),
        step(12, &degrees("3.4"), &next(6, "fair_night", "")),
        step(18, &degrees("0.0"), ""),
    ])
}

fn astana() -> &'static City {
    City::find("astana").unwrap()
}

fn decode(body: impl Into<String>) -> Result<Weather, DecodeError> {
    MetNorway::new().decode(astana(), &ok(body.into()))
}

#[track_caller]
fn read(body: impl Into<String>) -> Weather {
    decode(body).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn read_for(city: &City, body: Vec<u8>) -> Weather {
    let answer = ok(String::from_utf8(body).unwrap());
    let read = MetNorway::new().decode(city, &answer);
    read.unwrap_or_else(|error| panic!("{error}"))
}

/// The hours at midnight in a body whose step at midnight has these details and periods.
#[track_caller]
fn hours(details: &str, after: &str) -> Vec<Hour> {
    // The second step keeps the series valid if the first is skipped.
    read(series(&[
        step(0, details, after),
        step(23, &degrees("0.0"), ""),
    ]))
    .hours()[..]
        .iter()
        .filter(|hour| hour.at == time("2027-03-04T00:00:00Z"))
        .cloned()
        .collect()
}

#[track_caller]
fn refusal(body: impl Into<String>) -> String {
    let error = decode(body).expect_err("the body was accepted");
    assert!(!error.is_no_data(), "{error}");
    let text = error.to_string();
    let reason = text.strip_prefix("cannot read met_norway: ");
    reason.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[track_caller]
fn altered(from: &str, to: &str) -> String {
    assert!(forecast().contains(from), "{from} is not in it");
    forecast().replacen(from, to, 1)
}

fn print(hour: &Hour) -> (String, String, Option<String>, Option<Daylight>) {
    let condition = hour.condition.as_ref().map(ToString::to_string);
    (
        hour.at.format("%H").to_string(),
        hour.temperature.to_string(),
        condition,
        hour.daylight,
    )
}

#[test]
fn each_step_is_an_hour_with_the_symbol_of_its_next_hours() {
    let weather = read(forecast());
    assert_eq!(weather.source().as_str(), "met_norway");
    let row = |hour: &str, degrees: &str, sky: Option<&str>, light| {
        (
            hour.to_owned(),
            degrees.to_owned(),
            sky.map(str::to_owned),
            light,
        )
    };
    let hours: Vec<_> = weather.hours().iter().map(print).collect();
    assert_eq!(
        hours,
        [
            row("06", "-7.5", Some("clear"), Some(Daylight::Day)),
            row("07", "-4.0", Some("light_snow"), None),
            row("12", "3.4", Some("fair"), Some(Daylight::Night)),
            row("18", "0.0", None, None),
        ]
    );
}

#[test]
fn six_hour_extremes_give_the_maximum_of_the_day() {
    // 06:00Z to 12:00Z is 11:00 to 17:00 in Astana: the period covers five hours of the afternoon, a step the sixth.
    let weather = read(forecast());
    let maximum = weather.maximum(day("2027-03-04"), astana().zone());
    assert_eq!(
        maximum.map(|maximum| maximum.to_string()).as_deref(),
        Some("3.4")
    );
    let without = altered(r#""air_temperature_max":3.4,"#, "");
    assert_eq!(
        read(without).maximum(day("2027-03-04"), astana().zone()),
        None
    );
    assert_eq!(
        refusal(altered(
            r#""air_temperature_max":3.4"#,
            r#""air_temperature_max":-7.6"#
        )),
        "six-hour range at 2027-03-04 06:00:00 UTC: -7.5 is above -7.6"
    );
}

#[test]
fn missing_parts_of_a_step_leave_the_others() {
    assert_eq!(hours("", &next(1, "fog", "")), []);
    assert_eq!(hours(r#""wind_speed":2.0"#, ""), []);
    for (after, sky) in [
        ("".into(), None),
        (r#","next_1_hours":{}"#.into(), None),
        (r#","next_1_hours":{"summary":{}}"#.into(), None),
        (
            r#","next_12_hours":{"summary":{"symbol_code":"fog"}}"#.into(),
            None,
        ),
        (
            r#","next_1_hours":{"summary":{"symbol_code":"fog"}}"#.into(),
            Some("fog"),
        ),
        (next(6, "fog", ""), Some("fog")),
        (next(6, "fog", "") + &next(1, "cloudy", ""), Some("cloudy")),
    ] {
        let hours = hours(&degrees("1.0"), &after);
        let found = hours[0].condition.as_ref().map(ToString::to_string);
        assert_eq!(found.as_deref(), sky, "{after}");
    }
}

#[test]
fn a_step_without_details_is_skipped() {
    let bare = r#"{"time":"2027-03-04T00:00:00Z","data":{"instant":{}}}"#.to_owned();
    let weather = read(series(&[bare, step(1, &degrees("1.0"), "")]));
    assert_eq!(weather.hours().len(), 1);
}

#[test]
fn unknown_keys_are_ignored() {
    let more = altered(r#"{"type":"#, r#"{"x":[{"y":null}],"type":"#).replace(
        r#""wind_speed":2.0"#,
        r#""air_temperature_percentile_10":-9.9,"new":null"#,
    );
    assert_eq!(read(more), read(forecast()));
}

#[test]
fn temperatures_are_cut_to_tenths_from_their_own_digits() {
    for (text, degrees_read) in [
        ("21.05", "21.0"),
        ("21.09", "21.0"),
        ("-0.04", "0.0"),
        ("-0.06", "0.0"),
        ("-3.19", "-3.1"),
        ("7", "7.0"),
        ("2.1e1", "21.0"),
        ("0.30000000000000004", "0.3"),
        ("57.0", "57.0"),
        ("-70.0", "-70.0"),
    ] {
        assert_eq!(
            hours(&degrees(text), "")[0].temperature.to_string(),
            degrees_read,
            "{text}"
        );
    }
    for (text, reason) in [
        ("451", "temperature 451 is beyond 100 degrees Celsius"),
        (
            "-273.15",
            "temperature -273.15 is beyond 100 degrees Celsius",
        ),
        ("101.0", "temperature 101.0 is beyond 100 degrees Celsius"),
        (
            "\"21.0\"",
            "invalid decimal \"\\\"21.0\\\"\": unexpected '\"' at byte 0",
        ),
        ("true", "invalid decimal \"true\": unexpected 't' at byte 0"),
    ] {
        let reason = format!("temperature at 2027-03-04 00:00:00 UTC: {reason}");
        assert_eq!(refusal(series(&[step(0, &degrees(text), "")])), reason);
    }
}

#[test]
fn a_request_has_four_decimals_and_the_height_where_it_is_known() {
    let query = |city: &City| MetNorway::new().request(city).uri().to_string();
    let path = "https://api.met.no/weatherapi/locationforecast/2.0/complete?";
    for (id, parameters) in [
        ("astana", "lat=51.1801&lon=71.4460&altitude=358"),
        ("atyrau", "lat=47.1167&lon=51.8833"),
        ("aktau", "lat=43.6481&lon=51.1722&altitude=-13"),
        ("london", "lat=51.5085&lon=-0.1257&altitude=25"),
    ] {
        assert_eq!(
            query(City::find(id).unwrap()),
            format!("{path}{parameters}")
        );
    }
    let place = Coordinates::new(-51.180_19, 71.445_98).unwrap();
    let own = City::new("own", "Own", place, chrono_tz::UTC).unwrap();
    assert_eq!(query(&own), format!("{path}lat=-51.1801&lon=71.4459"));
    for city in City::all() {
        let request = MetNorway::new().request(city);
        assert_eq!(request.method(), http::Method::GET);
        assert!(request.headers().is_empty());
    }
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_forecast_of_london_is_read() {
    let body = recorded("met_norway/london_complete_2020-07-20.json");
    let weather = read_for(City::find("london").unwrap(), body);
    assert_eq!(weather.issued(), Some(time("2020-07-20T01:30:57Z")));
    assert_eq!(weather.hours().len(), 82);
    let first = weather.hours().first().unwrap();
    assert_eq!(
        print(first),
        (
            "11".into(),
            "18.8".into(),
            Some("clear".into()),
            Some(Daylight::Day)
        )
    );
    assert_eq!(weather.hours().last().unwrap().condition, None);
    let zone = chrono_tz::Europe::London;
    let maximum = |text: &str| Some(weather.maximum(day(text), zone)?.to_string());
    let range = |text: &str| {
        let range = weather.range(day(text), zone)?;
        Some((range.low().to_string(), range.high().to_string()))
    };
    // It begins at noon in London, so it covers the afternoon and not the morning.
    assert_eq!(
        (maximum("2020-07-20").as_deref(), range("2020-07-20")),
        (Some("21.1"), None)
    );
    assert_eq!(maximum("2020-07-21").as_deref(), Some("20.2"));
    assert_eq!(range("2020-07-21"), Some(("10.9".into(), "20.2".into())));
    assert_eq!(maximum("2020-07-19"), None);
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_forecast_of_oslo_is_read() {
    let body = recorded("met_norway/oslo_compact_2026-02-06.json");
    let place = Coordinates::new(59.9139, 10.7522).unwrap();
    let oslo = City::new("oslo", "Oslo", place, chrono_tz::Europe::Oslo).unwrap();
    let weather = read_for(&oslo, body);
    assert_eq!(weather.issued(), Some(time("2026-02-06T20:27:06Z")));
    assert_eq!(weather.hours().len(), 83);
    let first = weather.hours().first().unwrap();
    assert_eq!(
        print(first),
        ("21".into(), "-5.8".into(), Some("snow".into()), None)
    );
    // `compact` has no extremes, so the maximum is that of the hours.
    let zone = chrono_tz::Europe::Oslo;
    let maximum = |text: &str| Some(weather.maximum(day(text), zone)?.to_string());
    assert_eq!(maximum("2026-02-06"), None);
    assert_eq!(maximum("2026-02-07").as_deref(), Some("-2.7"));
}
