//! The conditions of the WMO codes that the service sends.

use super::{answer, current, read};
use crate::support::conditions_of;

/// The codes of the service, and their conditions.
const CODES: [(&str, &str); 28] = [
    ("0", "clear"),
    ("1", "fair"),
    ("2", "partly_cloudy"),
    ("3", "cloudy"),
    ("45", "fog"),
    ("48", "fog"),
    ("51", "light_drizzle"),
    ("53", "drizzle"),
    ("55", "heavy_drizzle"),
    ("56", "light_freezing_drizzle"),
    ("57", "heavy_freezing_drizzle"),
    ("61", "light_rain"),
    ("63", "rain"),
    ("65", "heavy_rain"),
    ("66", "light_freezing_rain"),
    ("67", "heavy_freezing_rain"),
    ("71", "light_snow"),
    ("73", "snow"),
    ("75", "heavy_snow"),
    ("77", "light_snow"),
    ("80", "light_rain_showers"),
    ("81", "rain_showers"),
    ("82", "heavy_rain_showers"),
    ("85", "light_snow_showers"),
    ("86", "heavy_snow_showers"),
    ("95", "rain_showers_thunder"),
    ("96", "light_hail_showers_thunder"),
    ("99", "heavy_hail_showers_thunder"),
];

/// The condition of a code.
#[track_caller]
fn condition(code: &str) -> String {
    let weather = read(answer(
        "Asia/Almaty",
        &[current("2027-03-04T16:30", "1", code, "1")],
    ));
    weather.hours()[0].condition.as_ref().unwrap().to_string()
}

#[test]
fn every_code_has_its_condition_and_an_unknown_one_is_kept() {
    for (code, expected) in CODES {
        assert_eq!(condition(code), expected, "{code}");
    }
    for code in ["4", "50", "97", "100", "-1"] {
        assert_eq!(condition(code), format!("unknown:{code}"));
    }
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_conditions_agree_with_the_common_table() {
    let table = conditions_of("open-meteo");
    assert_eq!(table.len(), CODES.len());
    for (code, expected) in table {
        assert_eq!(condition(&code), expected, "{code}");
    }
}
