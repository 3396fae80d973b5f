//! Open-Meteo: local times, columns of hours and days, and the key.

mod codes;
mod refusals;

use masthead::source::{DecodeError, OpenMeteo, Source};
use masthead::weather::{City, Coordinates, Daylight, Weather};

use crate::support::{day, ok, recorded, time};

fn answer(zone: &str, members: &[String]) -> String {
    answer_at(18_000, zone, members)
}

/// An answer whose local times are `offset` seconds ahead of UTC.
fn answer_at(offset: i32, zone: &str, members: &[String]) -> String {
    let members: String = members.iter().map(|member| format!(",{member}")).collect();
    let place = match zone {
        "Europe/London" => r#""latitude":51.5,"longitude":-0.25"#,
        _ => r#""latitude":51.25,"longitude":71.5"#,
    };
    format!(
        r#"{{{place},"generationtime_ms":0.05,"utc_offset_seconds":{offset},"timezone":"{zone}","timezone_abbreviation":"GMT+5"{members}}}"#
    )
}

fn current(time: &str, temperature: &str, code: &str, is_day: &str) -> String {
    format!(
        r#""current_units":{{"time":"iso8601","temperature_2m":"°C"}},"current":{{"time":"{time}","interval":900,"temperature_2m":{temperature},"weather_code":{code},"is_day":{is_day}}}"#
    )
}

/// Columns of time, temperature, code and daylight.
fn hourly(rows: &[[&str; 4]]) -> String {
    let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<_>>().join(",");
    let times: Vec<String> = rows
        .iter()
        .map(|[time, ..]| format!("\"{time}\""))
        .collect();
    format!(
        r#""hourly_units":{{"temperature_2m":"°C"}},"hourly":{{"time":[{}],"temperature_2m":[{}],"weather_code":[{}],"is_day":[{}]}}"#,
        times.join(","),
        column(1),
        column(2),
        column(3)
    )
}

/// Columns of day, minimum and maximum.
fn daily(rows: &[[&str; 3]]) -> String {
    let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<_>>().join(",");
    let days: Vec<String> = rows.iter().map(|[day, ..]| format!("\"{day}\"")).collect();
    format!(
        r#""daily_units":{{"temperature_2m_max":"°C","temperature_2m_min":"°C"}},"daily":{{"time":[{}],"temperature_2m_min":[{}],"temperature_2m_max":[{}]}}"#,
        days.join(","),
        column(1),
        column(2)
    )
}

/// An answer with all three parts, for Astana.
fn forecast() -> String {
    answer(
        "Asia/Almaty",
        &[
            current("2027-03-04T16:30", "-1.4", "3", "1"),
            hourly(&[
                ["2027-03-04T16:00", "-1.2", "3", "1"],
                ["2027-03-04T17:00", "-2.0", "71", "1"],
                ["2027-03-04T18:00", "-3.55", "0", "0"],
            ]),
            daily(&[
                ["2027-03-04", "-9.2", "-0.2"],
                ["2027-03-05", "-12.0", "-4.1"],
            ]),
        ],
    )
}

fn city(id: &str) -> &'static City {
    City::find(id).unwrap()
}

fn decode_for(city: &City, body: impl Into<String>) -> Result<Weather, DecodeError> {
    OpenMeteo::free_for_non_commercial_use().decode(city, &ok(body.into()))
}

fn decode(body: impl Into<String>) -> Result<Weather, DecodeError> {
    decode_for(city("astana"), body)
}

#[track_caller]
fn read(body: impl Into<String>) -> Weather {
    decode(body).unwrap_or_else(|error| panic!("{error}"))
}

/// Each hour as `04T11:30 -1.4 cloudy Day`, in UTC.
fn print(weather: &Weather) -> Vec<String> {
    let hour = |hour: &masthead::weather::Hour| {
        let sky = hour
            .condition
            .as_ref()
            .map_or("-".into(), ToString::to_string);
        let light = match hour.daylight {
            Some(Daylight::Day) => "day",
            Some(Daylight::Night) => "night",
            Some(Daylight::PolarTwilight) => "twilight",
            None => "-",
        };
        format!(
            "{} {} {sky} {light}",
            hour.at.format("%dT%H:%M"),
            hour.temperature
        )
    };
    weather.hours().iter().map(hour).collect()
}

#[track_caller]
fn extremes(weather: &Weather, text: &str, zone: chrono_tz::Tz) -> Option<(String, String)> {
    let range = weather.range(day(text), zone)?;
    Some((range.low().to_string(), range.high().to_string()))
}

#[test]
fn the_current_moment_the_hours_and_the_days_are_read() {
    let weather = read(forecast());
    assert_eq!(weather.source().as_str(), "open_meteo");
    assert_eq!(
        print(&weather),
        [
            "04T11:00 -1.2 cloudy day",
            "04T11:30 -1.4 cloudy day",
            "04T12:00 -2.0 light_snow day",
            "04T13:00 -3.5 clear night"
        ]
    );
    let zone = city("astana").zone();
    assert_eq!(
        extremes(&weather, "2027-03-04", zone),
        Some(("-9.2".into(), "-0.2".into()))
    );
    assert_eq!(
        extremes(&weather, "2027-03-05", zone),
        Some(("-12.0".into(), "-4.1".into()))
    );
    assert_eq!(extremes(&weather, "2027-03-06", zone), None);
    assert_eq!(
        weather
            .now(time("2027-03-04T11:40:00Z"))
            .unwrap()
            .temperature
            .to_string(),
        "-1.4"
    );
}

#[test]
fn each_part_may_stand_alone() {
    let part = |part: String| read(answer("Asia/Almaty", &[part]));
    assert_eq!(
        print(&part(current("2027-03-04T16:30", "7", "2", "0"))),
        ["04T11:30 7.0 partly_cloudy night"]
    );
    assert_eq!(
        print(&part(hourly(&[["2027-03-04T00:00", "-0.04", "45", "1"]]))),
        ["03T19:00 0.0 fog day"]
    );
    let days = part(daily(&[["2027-03-04", "1", "1"]]));
    assert_eq!(days.hours(), []);
    assert_eq!(
        extremes(&days, "2027-03-04", city("astana").zone()),
        Some(("1.0".into(), "1.0".into()))
    );
}

#[test]
fn the_current_moment_replaces_the_hour_of_its_time() {
    let weather = read(answer(
        "Asia/Almaty",
        &[
            current("2027-03-04T17:00", "-1.4", "3", "1"),
            hourly(&[
                ["2027-03-04T16:00", "1.0", "0", "1"],
                ["2027-03-04T17:00", "2.0", "0", "1"],
            ]),
        ],
    ));
    assert_eq!(
        print(&weather),
        ["04T11:00 1.0 clear day", "04T12:00 -1.4 cloudy day"]
    );
}

#[test]
fn null_is_a_missing_value() {
    let weather = read(answer(
        "Asia/Almaty",
        &[
            current("2027-03-04T15:30", "null", "3", "1"),
            hourly(&[
                ["2027-03-04T16:00", "null", "3", "1"],
                ["2027-03-04T17:00", "1.0", "null", "null"],
            ]),
            daily(&[
                ["2027-03-04", "null", "3.0"],
                ["2027-03-05", "1.0", "null"],
                ["2027-03-06", "1.0", "2.0"],
            ]),
        ],
    ));
    assert_eq!(print(&weather), ["04T12:00 1.0 - -"]);
    let zone = city("astana").zone();
    let days = ["2027-03-04", "2027-03-05", "2027-03-06"]
        .map(|day| extremes(&weather, day, zone).is_some());
    assert_eq!(days, [false, false, true]);
}

/// The times in UTC at which London's hours are read, with their temperatures.
#[track_caller]
fn london(offset: i32, hours: &[[&str; 4]]) -> Vec<String> {
    let weather = decode_for(
        city("london"),
        answer_at(offset, "Europe/London", &[hourly(hours)]),
    )
    .unwrap();
    let print = |hour: &masthead::weather::Hour| {
        format!("{} {}", hour.at.format("%dT%H"), hour.temperature)
    };
    weather.hours().iter().map(print).collect()
}

const SPRING: [[&str; 4]; 4] = [
    ["2027-03-28T00:00", "0", "0", "0"],
    ["2027-03-28T01:00", "1", "0", "0"],
    ["2027-03-28T02:00", "2", "0", "0"],
    ["2027-03-28T03:00", "3", "0", "0"],
];

const AUTUMN: [[&str; 4]; 4] = [
    ["2027-10-31T00:00", "0", "0", "0"],
    ["2027-10-31T01:00", "1", "0", "0"],
    ["2027-10-31T02:00", "2", "0", "0"],
    ["2027-10-31T03:00", "3", "0", "0"],
];

#[test]
fn all_times_are_read_at_the_one_offset_of_the_answer() {
    // The service counts every time of an answer at the offset of the moment of the request, across a change of clocks.
    assert_eq!(
        london(0, &SPRING),
        ["28T00 0.0", "28T01 1.0", "28T02 2.0", "28T03 3.0"]
    );
    assert_eq!(
        london(3600, &AUTUMN),
        ["30T23 0.0", "31T00 1.0", "31T01 2.0", "31T02 3.0"]
    );
}

#[test]
fn a_request_has_the_place_the_columns_and_the_zone() {
    let free = OpenMeteo::free_for_non_commercial_use();
    let columns = "current=temperature_2m%2Cweather_code%2Cis_day\
                   &hourly=temperature_2m%2Cweather_code%2Cis_day\
                   &daily=temperature_2m_max%2Ctemperature_2m_min";
    assert_eq!(
        free.request(city("astana")).uri().to_string(),
        format!(
            "https://api.open-meteo.com/v1/forecast?latitude=51.1801&longitude=71.4460&{columns}\
                 &timezone=Asia%2FAlmaty&forecast_days=2&elevation=358"
        )
    );
    // Without a height the service uses its own.
    let atyrau = free.request(city("atyrau")).uri().to_string();
    assert!(
        atyrau.ends_with("&timezone=Asia%2FAtyrau&forecast_days=2"),
        "{atyrau}"
    );
    let paid = OpenMeteo::with_key("a b&c=d/é");
    let uri = paid.request(city("atyrau")).uri().to_string();
    assert!(
        uri.starts_with("https://customer-api.open-meteo.com/v1/forecast?latitude=47.1167&"),
        "{uri}"
    );
    assert!(
        uri.ends_with("&forecast_days=2&apikey=a+b%26c%3Dd%2F%C3%A9"),
        "{uri}"
    );
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_forecast_of_new_york_is_read() {
    let body = recorded("open_meteo/new_york_2026-02-06.json");
    let zone = chrono_tz::America::New_York;
    let place = Coordinates::new(40.7885, -73.9661).unwrap();
    let new_york = City::new("new-york", "New York", place, zone).unwrap();
    let weather = decode_for(&new_york, String::from_utf8(body).unwrap()).unwrap();
    assert_eq!(weather.hours().len(), 7 * 24 + 1);
    assert_eq!(print(&weather)[0], "06T05:00 -7.1 clear -");
    let now = weather.now(time("2026-02-06T21:40:00Z")).unwrap();
    assert_eq!(
        (now.at, now.temperature.tenths()),
        (time("2026-02-06T21:30:00Z"), -14)
    );
    assert_eq!(
        extremes(&weather, "2026-02-06", zone),
        Some(("-9.2".into(), "-0.2".into()))
    );
    assert_eq!(
        extremes(&weather, "2026-02-08", zone),
        Some(("-21.5".into(), "-8.9".into()))
    );
}
