//! Frozen test vectors: the canonical text of publications and forecasts, and its SHA-256. Servers of different versions share records,
//! so neither may change.

use masthead::SourceId;
use masthead::ledger::{Feed, Forecast, RecordId, Sighting};
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::weather::{
    Condition, Daylight, Extremes, Hour, Intensity, Sky, TemperatureRange, Weather,
};
use sha2::{Digest as _, Sha256};

use super::{BANK, astana, computed, own, row};
use crate::support::{day, time};

#[track_caller]
fn frozen(id: RecordId, text: &str, hex: &str) {
    let digest: String = Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(id.to_string(), digest, "the id is not that of\n{text}");
    assert_eq!(digest, hex, "the text has changed:\n{text}");
    assert_eq!(hex.parse(), Ok(id));
}

fn changed(currency: Currency, value: &str, nominal: u32, change: &str) -> Row {
    Row::new(currency, parse_decimal(value).unwrap(), nominal)
        .with_change(parse_decimal(change).unwrap())
}

#[test]
fn a_publication_with_nominals_zeros_and_changes() {
    let head = Publication::new(
        SourceId::NATIONAL_BANK_KZ,
        Currency::KZT,
        Quotation::HomePerForeign,
        day("2026-04-02"),
        chrono_tz::Asia::Almaty,
    );
    let rows = [
        changed(Currency::USD, "475.09", 1, "1.20"),
        changed(Currency::KRW, "31.280", 100, "-0.310"),
        row(Currency::EUR, "550"),
        changed(Currency::RUB, "5.43", 1, "0.00"),
        row(Currency::CNY, "0.000000001"),
        row("VND".parse().unwrap(), "1000000000"),
    ];
    let rates = Rates::new(head, rows).unwrap();
    let text = "masthead publication 1
source national_bank_kz
method published
quotation home_per_foreign
home KZT
zone Asia/Almaty
day 2026-04-02
row CNY 1 0.000000001 -
row EUR 1 550 -
row KRW 100 31.280 -0.310
row RUB 1 5.43 0.00
row USD 1 475.09 1.20
row VND 1 1000000000 -
";
    let id = RecordId::of_rates(&rates);
    frozen(
        id,
        text,
        "6034b8ddb4898ed2bde8dbb75adafd8422b0031620ea391f909e5579699393b2",
    );

    // Neither the pause nor marks are part of it.
    let marked = rates.clone().with_longest_pause(4);
    assert_eq!(
        RecordId::of_rates(&marked.with_unconfirmed([Currency::USD])),
        id
    );
    // A sighting and a copy through JSON have the same id.
    let json = serde_json::to_string(&rates).unwrap();
    let copy: Rates = serde_json::from_str(&json).unwrap();
    let seen = Sighting::of_rates(
        BANK,
        Feed::Newest,
        rates.day(),
        copy,
        time("2026-04-02T07:00:00Z"),
    );
    assert_eq!(seen.id(), Some(id));
}

#[test]
fn a_change_of_zero_has_no_sign() {
    let of = |change: &str| {
        let rows = [changed(Currency::USD, "475.09", 1, change)];
        RecordId::of_rates(&Rates::new(super::head(day("2026-04-02")), rows).unwrap())
    };
    assert_eq!(of("-0.00"), of("0.00"));
    assert_ne!(of("0"), of("0.00"), "printed otherwise");
}

/// A publication with the rows of a weekly list: one of an earlier day, one of the same day, one without a last day.
fn weekly() -> Rates {
    let text = r#"{
        "publication": {
            "home": "KGS", "quotation": "home_per_foreign", "day": "2026-04-02", "zone": "Asia/Bishkek",
            "source": "nbkr", "method": "published"
        },
        "rows": [
            {"currency": "JPY", "value": "5.8210", "nominal": 10, "change": null},
            {"currency": "SEK", "value": "8.9000", "nominal": 1, "change": null},
            {"currency": "TRY", "value": "2.0100", "nominal": 1, "change": null},
            {"currency": "USD", "value": "87.4500", "nominal": 1, "change": "0.0203"}
        ],
        "older": [["JPY", "2026-03-28"], ["SEK", "2026-04-02"], ["TRY", "2026-04-01"]],
        "valid_until": [["JPY", "2026-04-03"], ["SEK", "2026-04-10"]]
    }"#;
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_publication_with_rows_of_a_weekly_list() {
    let text = "masthead publication 1
source nbkr
method published
quotation home_per_foreign
home KGS
zone Asia/Bishkek
day 2026-04-02
row JPY 10 5.8210 - 2026-03-28 2026-04-03
row SEK 1 8.9000 - 2026-04-02 2026-04-10
row TRY 1 2.0100 - 2026-04-01
row USD 1 87.4500 0.0203
";
    frozen(
        RecordId::of_rates(&weekly()),
        text,
        "4bc341284fc49c5c097b50344fc0443a207b53a0c177d4a19717d2a176c8cb40",
    );
}

#[test]
fn publications_that_are_not_equal_have_different_ids() {
    let json = serde_json::to_string(&weekly()).unwrap();
    let without = |parts: &[&str]| {
        let mut json = json.clone();
        for part in parts {
            assert!(json.contains(part), "{part} is not in {json}");
            json = json.replace(part, "");
        }
        serde_json::from_str::<Rates>(&json).unwrap()
    };
    let last_day = r#",["SEK","2026-04-10"]"#;
    let variants = [
        weekly(),
        without(&[r#",["TRY","2026-04-01"]"#]),
        without(&[last_day]),
        // A row that another list of the same day carries is not one of the publication's own list.
        without(&[last_day, r#",["SEK","2026-04-02"]"#]),
        without(&[r#","valid_until":[["JPY","2026-04-03"],["SEK","2026-04-10"]]"#]),
    ];
    for (at, one) in variants.iter().enumerate() {
        for other in &variants[at + 1..] {
            assert_ne!(one, other);
            assert_ne!(RecordId::of_rates(one), RecordId::of_rates(other));
        }
    }
    // The order in a document does not matter, and a currency has one day.
    let turned = r#""older":[["TRY","2026-04-01"],["SEK","2026-04-02"],["JPY","2026-03-28"]]"#;
    let sorted = r#""older":[["JPY","2026-03-28"],["SEK","2026-04-02"],["TRY","2026-04-01"]]"#;
    assert!(json.contains(sorted));
    assert_eq!(
        serde_json::from_str::<Rates>(&json.replace(sorted, turned)).unwrap(),
        weekly()
    );
    for (once, twice) in [
        (
            r#"["TRY","2026-04-01"]"#,
            r#"["TRY","2026-04-01"],["TRY","2026-03-31"]"#,
        ),
        (
            r#"["SEK","2026-04-10"]"#,
            r#"["SEK","2026-04-10"],["SEK","2026-04-11"]"#,
        ),
    ] {
        assert!(
            serde_json::from_str::<Rates>(&json.replace(once, twice)).is_err(),
            "{twice}"
        );
    }
}

#[test]
fn a_publication_in_foreign_units() {
    let head = Publication::new(
        SourceId::ECB,
        Currency::EUR,
        Quotation::ForeignPerHome,
        day("2026-04-02"),
        chrono_tz::Europe::Berlin,
    );
    let rates = Rates::new(head, [row(Currency::USD, "1.0850")]).unwrap();
    let text = "masthead publication 1
source ecb
method published
quotation foreign_per_home
home EUR
zone Europe/Berlin
day 2026-04-02
row USD 1 1.0850 -
";
    frozen(
        RecordId::of_rates(&rates),
        text,
        "b869fa30ede1c3fd8426e13f70bc39c10431540b1d6339f04aac3c6ae9900300",
    );
}

#[test]
fn a_computed_publication() {
    let text = "masthead publication 1
source frankfurter
method computed
quotation home_per_foreign
home KZT
zone Asia/Almaty
day 2026-04-02
row USD 1 475.09 -
";
    let id = RecordId::of_rates(&computed(day("2026-04-02"), "475.09"));
    frozen(
        id,
        text,
        "00c9290be6127455229ee007f7ba8aeb7773e4a1152dd452679711281d2fe478",
    );
    assert_ne!(RecordId::of_rates(&own(day("2026-04-02"), "475.09")), id);
}

fn hour(
    at: &str,
    temperature: &str,
    condition: Option<Condition>,
    daylight: Option<Daylight>,
) -> Hour {
    Hour::new(time(at), temperature.parse().unwrap())
        .with_condition(condition)
        .with_daylight(daylight)
}

#[test]
fn a_forecast_with_a_stated_run() {
    let rain = Condition::new(Sky::Rain).with_intensity(Intensity::Light);
    let storm = Condition::new(Sky::Snow)
        .with_intensity(Intensity::Heavy)
        .with_showers()
        .with_thunder();
    let hours = [
        hour(
            "2026-04-02T08:00:00Z",
            "0",
            Some(Condition::unknown("a b/ç:9")),
            Some(Daylight::PolarTwilight),
        ),
        hour(
            "2026-04-02T06:00:00Z",
            "2.1",
            Some(rain),
            Some(Daylight::Day),
        ),
        hour("2026-04-02T07:00:00.5Z", "-1.5", None, None),
        hour(
            "2026-04-02T09:00:00Z",
            "-100",
            Some(storm),
            Some(Daylight::Night),
        ),
    ];
    let period = Extremes::new(
        time("2026-04-02T06:00:00Z"),
        time("2026-04-02T12:00:00Z"),
        TemperatureRange::new("-1.8".parse().unwrap(), "3.4".parse().unwrap()).unwrap(),
    );
    let weather = Weather::new(SourceId::MET_NORWAY, hours, [period]).unwrap();
    let weather = weather.with_issued(time("2026-04-02T05:41:22Z")).unwrap();
    let text = "masthead forecast 1
city astana
service met_norway
issued 2026-04-02T05:41:22Z
hour 2026-04-02T06:00:00Z 21 light_rain day
hour 2026-04-02T07:00:00.500Z -15 - -
hour 2026-04-02T08:00:00Z 0 unknown:ab/:9 polar_twilight
hour 2026-04-02T09:00:00Z -1000 heavy_snow_showers_thunder night
period 2026-04-02T06:00:00Z 2026-04-02T12:00:00Z -18 34
";
    let id = RecordId::of_weather(astana().id(), &weather);
    frozen(
        id,
        text,
        "5f7f996f756680df547354d6353bddacd254587d7eac372edcd8e8bd3b47f95b",
    );
    let forecast = Forecast::new(
        astana().id().clone(),
        weather,
        time("2026-04-02T06:00:00Z"),
        None,
    );
    assert_eq!(forecast.id(), id);
}

#[test]
fn a_forecast_without_a_stated_run() {
    let hours = [hour(
        "2026-04-02T06:00:00Z",
        "8.5",
        Some(Condition::new(Sky::PartlyCloudy)),
        None,
    )];
    let weather = Weather::new(SourceId::OPEN_METEO, hours, []).unwrap();
    let text = "masthead forecast 1
city astana
service open_meteo
issued -
hour 2026-04-02T06:00:00Z 85 partly_cloudy -
";
    let id = RecordId::of_weather(astana().id(), &weather);
    frozen(
        id,
        text,
        "80cea1725acfc4a2d7cc8282cf16bd72ccc00c5ca01aed1712851194a5a2c480",
    );
    // A run in the future means a wrong clock of the service, and the first sight is not part of the id.
    let ahead = weather.with_issued(time("2027-01-01T00:00:00Z")).unwrap();
    let forecast = Forecast::new(
        astana().id().clone(),
        ahead,
        time("2026-04-02T06:00:00Z"),
        None,
    );
    assert_eq!(forecast.id(), id);
}

#[test]
fn an_id_is_64_small_hexadecimal_digits() {
    let id = RecordId::of_rates(&own(day("2026-04-02"), "475.09"));
    let text = id.to_string();
    assert_eq!(format!("{id:?}"), text);
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<RecordId>(&json).unwrap(), id);
    let long = format!("{text}0");
    for wrong in [
        "",
        "0",
        &text[1..],
        long.as_str(),
        &text.to_uppercase(),
        &text.replacen(|_| true, "+", 1),
        &"é".repeat(32),
    ] {
        assert!(wrong.parse::<RecordId>().is_err(), "{wrong:?}");
    }
}
