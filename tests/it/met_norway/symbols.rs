//! The conditions of the 41 symbols, 83 with their suffixes.

use masthead::weather::Daylight;

use super::{degrees, hours, next};
use crate::support::conditions_of;

/// The codes with a suffix for the daylight, and their conditions.
const WITH_SUFFIX: [(&str, &str); 23] = [
    ("clearsky", "clear"),
    ("fair", "fair"),
    ("partlycloudy", "partly_cloudy"),
    ("lightrainshowers", "light_rain_showers"),
    ("rainshowers", "rain_showers"),
    ("heavyrainshowers", "heavy_rain_showers"),
    ("lightrainshowersandthunder", "light_rain_showers_thunder"),
    ("rainshowersandthunder", "rain_showers_thunder"),
    ("heavyrainshowersandthunder", "heavy_rain_showers_thunder"),
    ("lightsleetshowers", "light_sleet_showers"),
    ("sleetshowers", "sleet_showers"),
    ("heavysleetshowers", "heavy_sleet_showers"),
    // The service's spelling, and the right one.
    (
        "lightssleetshowersandthunder",
        "light_sleet_showers_thunder",
    ),
    ("lightsleetshowersandthunder", "light_sleet_showers_thunder"),
    ("sleetshowersandthunder", "sleet_showers_thunder"),
    ("heavysleetshowersandthunder", "heavy_sleet_showers_thunder"),
    ("lightsnowshowers", "light_snow_showers"),
    ("snowshowers", "snow_showers"),
    ("heavysnowshowers", "heavy_snow_showers"),
    ("lightssnowshowersandthunder", "light_snow_showers_thunder"),
    ("lightsnowshowersandthunder", "light_snow_showers_thunder"),
    ("snowshowersandthunder", "snow_showers_thunder"),
    ("heavysnowshowersandthunder", "heavy_snow_showers_thunder"),
];

/// The codes without a suffix.
const ALONE: [(&str, &str); 20] = [
    ("cloudy", "cloudy"),
    ("fog", "fog"),
    ("lightrain", "light_rain"),
    ("rain", "rain"),
    ("heavyrain", "heavy_rain"),
    ("lightrainandthunder", "light_rain_thunder"),
    ("rainandthunder", "rain_thunder"),
    ("heavyrainandthunder", "heavy_rain_thunder"),
    ("lightsleet", "light_sleet"),
    ("sleet", "sleet"),
    ("heavysleet", "heavy_sleet"),
    ("lightsleetandthunder", "light_sleet_thunder"),
    ("sleetandthunder", "sleet_thunder"),
    ("heavysleetandthunder", "heavy_sleet_thunder"),
    ("lightsnow", "light_snow"),
    ("snow", "snow"),
    ("heavysnow", "heavy_snow"),
    ("lightsnowandthunder", "light_snow_thunder"),
    ("snowandthunder", "snow_thunder"),
    ("heavysnowandthunder", "heavy_snow_thunder"),
];

const SUFFIXES: [(&str, Daylight); 3] = [
    ("_day", Daylight::Day),
    ("_night", Daylight::Night),
    ("_polartwilight", Daylight::PolarTwilight),
];

/// The condition and the daylight of a symbol.
#[track_caller]
fn meaning(symbol: &str) -> (String, Option<Daylight>) {
    let hour = hours(&degrees("1.0"), &next(1, symbol, "")).remove(0);
    (hour.condition.unwrap().to_string(), hour.daylight)
}

#[test]
fn every_symbol_has_its_condition_and_its_light() {
    let mut symbols = 0;
    for (base, condition) in WITH_SUFFIX {
        for (suffix, light) in SUFFIXES {
            let symbol = format!("{base}{suffix}");
            assert_eq!(
                meaning(&symbol),
                (condition.into(), Some(light)),
                "{symbol}"
            );
            symbols += 1;
        }
    }
    for (symbol, condition) in ALONE {
        assert_eq!(meaning(symbol), (condition.into(), None), "{symbol}");
        symbols += 1;
    }
    // 83 of the service, and six in the right spelling.
    assert_eq!(symbols, 89);
}

#[test]
fn a_trailing_space_of_a_symbol_is_ignored() {
    assert_eq!(meaning("fair_day "), ("fair".into(), Some(Daylight::Day)));
}

#[test]
fn an_unknown_symbol_is_kept() {
    for symbol in [
        "frogs",
        "heavyfog",
        "lightclearsky",
        "showers",
        "rainandfrogs",
        "lightheavyrain",
        "Rain",
    ] {
        assert_eq!(meaning(symbol).0, format!("unknown:{symbol}"));
    }
    assert_eq!(meaning("duststorm_night").0, "unknown:duststorm_night");
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_conditions_agree_with_the_common_table() {
    let table = conditions_of("metno");
    assert_eq!(table.len(), 41);
    for (code, expected) in table {
        assert_eq!(meaning(&code).0, expected, "{code}");
    }
}
