//! Answers of weather services: the place and the unit are checked, and JSON has the range of the whole day.

use masthead::source::{DecodeErrorKind, DynWeather, MetNorway, OpenMeteo, Source as _};
use masthead::strip::{Layout, Strip, Temperatures};
use masthead::weather::{City, Coordinates};
use masthead::{Attribution, Snapshot};
use serde_json::json;

use super::limits::{MIDNIGHT, NOW};
use super::{astana, met_norway, open_meteo};
use crate::support::{ok as answer, time};

#[test]
fn json_has_the_range_of_the_day_in_every_layout() {
    // −17.4 at night and −8.6 by day.
    let mut degrees = [-17.4; 24];
    degrees[12..].fill(-8.6);
    let body = met_norway(Some(MIDNIGHT), MIDNIGHT, &degrees).to_string();
    let weather = MetNorway::new().decode(astana(), &answer(body)).unwrap();
    let (city, credit) = (astana(), Attribution::new("MET"));
    let mut snapshot = Snapshot::default();
    snapshot.add_weather(city.id(), city.zone(), weather, credit, time(NOW), None);
    for (temperatures, text) in [
        (Temperatures::AroundMaximum, "Astana −8…−10\u{a0}°C"),
        (Temperatures::Range, "Astana −9…−17\u{a0}°C"),
        (Temperatures::Now, "Astana now −17\u{a0}°C"),
    ] {
        let layout = Layout::line().isolates(false).temperatures(temperatures);
        let strip = Strip::new(&snapshot, &layout, time("2026-01-15T06:20:00Z"));
        assert!(strip.text().to_string().contains(text), "{}", strip.text());
        let json = serde_json::to_value(strip.json()).unwrap();
        assert_eq!(json["schema"], 2);
        let row = &json["weather"][0];
        assert_eq!((&row["low"], &row["high"]), (&json!(-17), &json!(-9)));
        assert_eq!(row["around_maximum"], json!({"from": -10, "to": -8}));
    }
    // With the afternoon only, the maximum is known and the minimum is not.
    let body = met_norway(Some(MIDNIGHT), "2026-01-15T06:00:00Z", &[-8.6; 13]).to_string();
    let weather = MetNorway::new().decode(city, &answer(body)).unwrap();
    let mut snapshot = Snapshot::default();
    let credit = Attribution::new("MET");
    snapshot.add_weather(city.id(), city.zone(), weather, credit, time(NOW), None);
    let layout = Layout::line();
    let json = serde_json::to_value(Strip::new(&snapshot, &layout, time(NOW)).json()).unwrap();
    let row = &json["weather"][0];
    assert_eq!((&row["low"], &row["high"]), (&json!(null), &json!(-9)));
}

#[test]
fn an_answer_about_another_place_is_rejected() {
    let at = |body: &serde_json::Value, latitude: f64, longitude: f64| {
        let mut body = body.clone();
        if body["geometry"].is_object() {
            body["geometry"]["coordinates"] = json!([longitude, latitude, 358]);
        } else {
            body["latitude"] = json!(latitude);
            body["longitude"] = json!(longitude);
        }
        body.to_string()
    };
    let place = |text: &str| text.parse::<Coordinates>().unwrap();
    let met = met_norway(None, MIDNIGHT, &[-20.0; 24]);
    let meteo = open_meteo("2026-01-15", &[-20.0; 24], 0.1);
    let services: [(Box<DynWeather>, _, f64); 2] = [
        (Box::new(MetNorway::new()), met, 0.1),
        (
            Box::new(OpenMeteo::free_for_non_commercial_use()),
            meteo,
            0.5,
        ),
    ];
    for (service, body, bound) in services {
        let decode = |latitude: f64, longitude: f64| {
            service.decode(astana(), &answer(at(&body, latitude, longitude)))
        };
        for (north, east) in [(0.0, 0.0), (bound, 0.0), (-bound, bound), (0.0, -bound)] {
            let read = decode(51.1801 + north, 71.446 + east);
            assert!(read.is_ok(), "{north} {east}: {read:?}");
        }
        let beyond = bound + 0.0002;
        for (north, east) in [(beyond, 0.0), (-beyond, 0.0), (0.0, beyond), (0.0, -beyond)] {
            assert!(
                decode(51.1801 + north, 71.446 + east).is_err(),
                "{north} {east}"
            );
        }
        let error = decode(43.2565, 76.9285).unwrap_err();
        let (asked, answered) = (place("51.1801,71.446"), place("43.2565,76.9285"));
        let kind = DecodeErrorKind::OtherPlace { asked, answered };
        assert_eq!(error.kind(), &kind);
        let text = "it answered about 43.2565,76.9285, expected 51.1801,71.4460";
        assert_eq!(
            error.to_string(),
            format!("cannot read {}: {text}", service.id())
        );
        assert!(
            decode(91.0, 71.446)
                .unwrap_err()
                .to_string()
                .contains("invalid place 91,71.446")
        );
        // Latitude and longitude exchanged.
        assert!(decode(71.446, 51.1801).is_err());
    }
    // Across the 180th meridian, and at 78° N, where degrees of longitude are short.
    let zone = chrono_tz::UTC;
    let services: [Box<DynWeather>; 1] = [Box::new(MetNorway::new())];
    for (asked, longitude, is_near) in [
        ("-17.7,179.99", -179.99, true),
        ("-17.7,179.99", -179.9, false),
        ("78.2,15.6", 15.9, true),
        ("78.2,15.6", 15.91, false),
    ] {
        let city = City::new("x", "X", place(asked), zone).unwrap();
        let latitude: f64 = asked.split(',').next().unwrap().parse().unwrap();
        let body = at(
            &met_norway(None, MIDNIGHT, &[10.0; 24]),
            latitude,
            longitude,
        );
        let read = services[0].decode(&city, &answer(body));
        assert_eq!(read.is_ok(), is_near, "{asked} {longitude}: {read:?}");
    }
}

#[test]
fn an_answer_without_a_place_or_a_unit_is_rejected() {
    let met = met_norway(None, MIDNIGHT, &[-20.0; 24]);
    let meteo = open_meteo("2026-01-15", &[-20.0; 24], 0.1);
    for (path, reason) in [
        ("/geometry", "a forecast without geometry.coordinates"),
        (
            "/properties/meta/units",
            "temperatures without a unit, expected celsius",
        ),
        (
            "/properties/meta/units/air_temperature",
            "temperatures without a unit, expected celsius",
        ),
    ] {
        let mut body = met.clone();
        *body.pointer_mut(path).unwrap() = json!(null);
        let error = MetNorway::new()
            .decode(astana(), &answer(body.to_string()))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot read met_norway: {reason}"),
            "{path}"
        );
    }
    let mut short = met;
    short["geometry"]["coordinates"] = json!([71.446]);
    let error = MetNorway::new()
        .decode(astana(), &answer(short.to_string()))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("a forecast without geometry.coordinates")
    );
    for (path, reason) in [
        ("/latitude", "a forecast without latitude and longitude"),
        ("/longitude", "a forecast without latitude and longitude"),
        ("/hourly_units", "temperatures without a unit, expected °C"),
        (
            "/hourly_units/temperature_2m",
            "temperatures without a unit, expected °C",
        ),
    ] {
        let mut body = meteo.clone();
        *body.pointer_mut(path).unwrap() = json!(null);
        let service = OpenMeteo::free_for_non_commercial_use();
        let error = service
            .decode(astana(), &answer(body.to_string()))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot read open_meteo: {reason}"),
            "{path}"
        );
    }
}

/// JSON may escape any character of a string.
#[test]
fn escaped_strings_are_decoded_in_every_field() {
    let escaped = |body: &str| {
        let mut escaped = String::new();
        let mut inside = false;
        for c in body.chars() {
            inside ^= c == '"';
            if inside && c != '"' {
                escaped += &format!("\\u{:04x}", u32::from(c));
            } else {
                escaped.push(c);
            }
        }
        escaped
    };
    let mut met = met_norway(Some(MIDNIGHT), MIDNIGHT, &[-20.0; 24]);
    met["properties"]["timeseries"][0]["data"]["next_1_hours"] =
        json!({"summary": {"symbol_code": "lightsnow"}, "details": {}});
    let mut meteo = open_meteo("2026-01-15", &[-20.0; 24], 0.1);
    meteo["current_units"] = json!({"temperature_2m": "°C"});
    meteo["current"] = json!({"time": "2026-01-15T11:15", "temperature_2m": -19.0, "weather_code": 3, "is_day": 1});
    meteo["daily_units"] = json!({"temperature_2m_max": "°C", "temperature_2m_min": "°C"});
    meteo["daily"] = json!({"time": ["2026-01-15"], "temperature_2m_max": [-19.0], "temperature_2m_min": [-20.0]});
    let services: [(Box<DynWeather>, _); 2] = [
        (Box::new(MetNorway::new()), met),
        (Box::new(OpenMeteo::free_for_non_commercial_use()), meteo),
    ];
    for (service, body) in services {
        let body = body.to_string();
        let plain = service.decode(astana(), &answer(body.clone())).unwrap();
        let read = service.decode(astana(), &answer(escaped(&body))).unwrap();
        assert_eq!(read, plain, "{}", service.id());
        assert!(plain.hours().len() >= 24);
    }
    let refusal = r#"{"error":true,"reason":"No data \u0061t all"}"#;
    let service = OpenMeteo::free_for_non_commercial_use();
    let error = service.decode(astana(), &answer(refusal)).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("it has no data: \"No data at all\""),
        "{error}"
    );
}
