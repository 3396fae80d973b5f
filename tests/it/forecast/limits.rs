//! Implausible temperatures are not shown, whether they come from a service, a site's own source or a file.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use masthead::source::{DynWeather, MetNorway, OpenMeteo, Source};
use masthead::ticker::{State, Store, StoreError};
use masthead::weather::{
    Celsius, City, Extremes, ImplausibleWeather, TemperatureRange, Weather, temperature_limits,
};
use masthead::{Attribution, Freshness, Snapshot, SourceId};
use serde_json::json;

use super::{astana, hours, met_norway, open_meteo, shown};
use crate::fake_hosts::{MET, ok};
use crate::support::{day, time};
use crate::ticker::{good_day, weather_of};

pub(super) const NOW: &str = "2026-01-15T06:20:00Z";
/// Midnight in Astana.
pub(super) const MIDNIGHT: &str = "2026-01-14T19:00:00Z";

#[test]
fn temperature_limits_depend_on_the_season_north_of_40() {
    let of = |text: &str| text.parse::<Celsius>().unwrap();
    let tenth = |limit: Celsius, by: i16| Celsius::from_tenths(limit.tenths() + by).unwrap();
    let (north, parallel, south) = ("51.1801,71.446", "40,71.446", "-33.4488,-70.6692");
    for (place, at, low, high) in [
        (north, "2026-01-15T12:00:00Z", "-70", "35"),
        (north, "2025-12-01T00:00:00Z", "-70", "35"),
        (north, "2025-11-30T23:59:59Z", "-70", "57"),
        (north, "2026-02-28T23:59:59Z", "-70", "35"),
        (north, "2026-03-01T00:00:00Z", "-70", "57"),
        (north, "2026-05-31T23:59:59Z", "-70", "57"),
        (north, "2026-06-01T00:00:00Z", "-25", "57"),
        (north, "2026-08-31T23:59:59Z", "-25", "57"),
        (north, "2026-09-01T00:00:00Z", "-70", "57"),
        ("40.0001,71.446", "2026-01-15T12:00:00Z", "-70", "35"),
        (parallel, "2026-01-15T12:00:00Z", "-70", "57"),
        (parallel, "2026-07-15T12:00:00Z", "-70", "57"),
        (south, "2026-07-15T12:00:00Z", "-70", "57"),
    ] {
        let limits = temperature_limits(place.parse().unwrap(), time(at));
        assert_eq!(limits, of(low)..=of(high), "{place} {at}");
        assert!(limits.contains(&of(low)) && !limits.contains(&tenth(of(low), -1)));
        assert!(limits.contains(&of(high)) && !limits.contains(&tenth(of(high), 1)));
    }
}

fn weather(tenths: &[i16]) -> Weather {
    Weather::new(SourceId::MET_NORWAY, hours(MIDNIGHT, tenths), []).unwrap()
}

/// The indices of the hours that are plausible, or the error if the forecast is rejected.
fn remaining(tenths: &[i16]) -> Result<Vec<i64>, ImplausibleWeather> {
    let left = weather(tenths).plausible(astana().coordinates())?;
    let index = |at: DateTime<Utc>| (at - time(MIDNIGHT)).num_hours();
    Ok(left.hours().iter().map(|hour| index(hour.at)).collect())
}

#[test]
fn one_hour_far_from_both_neighbours_is_removed() {
    for (tenths, left_out) in [
        (&[-200, -200, 0, -200, -200][..], Some(2)),
        (&[-200, -200, -400, -200, -200], Some(2)),
        (&[-200, -200, -49, -200, -200], Some(2)),
        (&[-200, -200, -50, -200, -200], None),
        (&[-200, -190, -45, -195, -200], None),
        // A cold front: far from the hour before only.
        (&[50, 50, 50, -150, -150, -150, -150], None),
        // Above one neighbour and below the other.
        (&[-200, -200, 0, 200, 200, 200], None),
        // The first and the last hour are compared with two hours on one side.
        (&[0, -200, -200, -200], Some(0)),
        (&[-200, -200, -200, 0], Some(3)),
        (&[0, -140, -200, -200], None),
        // Outside the limits of January.
        (&[340, 340, 351, 340, 340], Some(2)),
        (&[340, 340, 350, 340, 340], None),
    ] {
        let expected = (0..).zip(tenths).map(|(index, _)| index);
        let expected: Vec<i64> = expected.filter(|index| Some(*index) != left_out).collect();
        assert_eq!(remaining(tenths), Ok(expected), "{tenths:?}");
    }
}

#[test]
fn a_forecast_with_two_implausible_hours_is_rejected() {
    for (tenths, count, first) in [
        (
            &[-200, 0, -200, -200, -200, -200, -200, -200, -200, 0, -200][..],
            2,
            1,
        ),
        (&[-200, 0, -200, -200, -400, -200], 2, 1),
        // The first hour is implausible once the second is left out.
        (&[0, 200, -200, -200], 2, 1),
        // The two hours between them count as well.
        (&[-200, 0, -200, -200, 0, -200], 4, 1),
        // Consecutive hours.
        (&[-200, -200, 10, 0, -200, -200], 2, 2),
        (&[-200, -200, 0, 0, 0, 0, 0, 0, -200, -200], 6, 2),
        (&[340, 351, 352, 340], 2, 1),
        (&[-701; 4], 4, 0),
        // Two hours do not show which one is right.
        (&[-200, 400], 1, 1),
    ] {
        let error = remaining(tenths).unwrap_err();
        let hour = &hours(MIDNIGHT, tenths)[first];
        let expected = ImplausibleWeather::Hours {
            count,
            first: hour.at,
            temperature: hour.temperature,
        };
        assert_eq!(error, expected, "{tenths:?}");
    }
    // Six-hour steps are not neighbours.
    let steps = [-100, 100, -100, 100].into_iter().zip([0, 6, 12, 18]);
    let steps = steps.map(|(tenths, hour)| {
        let mut one = hours(MIDNIGHT, &[tenths]).remove(0);
        one.at += chrono::TimeDelta::hours(hour);
        one
    });
    let weather = Weather::new(SourceId::MET_NORWAY, steps, []).unwrap();
    assert_eq!(
        weather.clone().plausible(astana().coordinates()),
        Ok(weather)
    );
}

fn period(from: i64, to: i64, low: i16, high: i16) -> Extremes {
    let at = |hour| time(MIDNIGHT) + chrono::TimeDelta::hours(hour);
    let of = |tenths| Celsius::from_tenths(tenths).unwrap();
    Extremes::new(
        at(from),
        at(to),
        TemperatureRange::new(of(low), of(high)).unwrap(),
    )
}

#[test]
fn extremes_with_the_temperature_of_a_removed_hour_are_removed() {
    let mut tenths = [-200; 30];
    tenths[14] = 0;
    let kept = |tenths: &[i16], periods: &[Extremes]| {
        let weather = Weather::new(
            SourceId::MET_NORWAY,
            hours(MIDNIGHT, tenths),
            periods.iter().copied(),
        );
        let weather = weather.unwrap().plausible(astana().coordinates()).unwrap();
        let (today, zone) = (day("2026-01-15"), astana().zone());
        let range = weather.range(today, zone).unwrap();
        (range.low().tenths(), range.high().tenths())
    };
    assert_eq!(kept(&tenths, &[]), (-200, -200));
    for periods in [
        [period(12, 18, -200, 0), period(9, 15, -200, 0)],
        [period(0, 24, -200, 0), period(14, 15, 0, 0)],
    ] {
        assert_eq!(kept(&tenths, &periods), (-200, -200), "{periods:?}");
        // Extremes far from every hour of a fully known period are removed too.
        let hours = [-200; 30];
        let shown = kept(&hours, &periods[..1]);
        assert_eq!(shown, (-200, -200), "{periods:?}");
    }
    let near = [period(12, 18, -349, -51), period(0, 6, -350, -50)];
    assert_eq!(kept(&tenths, &near), (-350, -50));
    // With few hours known, the extremes of the day may be far outside them.
    let weather = Weather::new(
        SourceId::OPEN_METEO,
        hours(MIDNIGHT, &[-200; 4]),
        [period(0, 24, -210, -20)],
    );
    let weather = weather.unwrap();
    let place = astana().coordinates();
    assert_eq!(weather.clone().plausible(place), Ok(weather));
    let error = Weather::new(SourceId::OPEN_METEO, [], [period(0, 24, -210, 351)]);
    assert_eq!(
        error.unwrap().plausible(place).unwrap_err().to_string(),
        "implausible extremes, beyond the limits of the place: -21.0 to 35.1 °C from 2026-01-14 19:00:00 UTC"
    );
}

/// A January day in Astana at −20 °C, with one implausible hour.
#[tokio::test(start_paused = true)]
async fn an_implausible_hour_is_not_shown() {
    let mut degrees = [-20.0; 24];
    for wrong in [45.0, 99.9, 0.0, -90.0] {
        degrees[18] = wrong;
        let hosts = good_day();
        let body = met_norway(Some(MIDNIGHT), MIDNIGHT, &degrees);
        hosts.on(MET, ok(body.to_string()));
        let ticker = hosts.ticker().clock(|| time(NOW)).build().unwrap();
        ticker.refresh(time(NOW)).await;
        let (line, row) = shown(&ticker, time(NOW));
        assert!(line.contains("Astana −19…−21\u{a0}°C ·"), "{wrong}: {line}");
        assert_eq!((&row["low"], &row["high"]), (&json!(-20), &json!(-20)));
        assert_eq!(row["around_maximum"], json!({"from": -21, "to": -19}));
    }
}

#[tokio::test(start_paused = true)]
async fn two_implausible_hours_lead_to_the_next_service() {
    for wrong in [&[(6, 45.0), (18, 45.0)][..], &[(6, 0.0), (18, 0.0)]] {
        let mut degrees = [-20.0; 24];
        for (hour, temperature) in wrong {
            degrees[*hour] = *temperature;
        }
        let hosts = good_day();
        let body = met_norway(Some(MIDNIGHT), MIDNIGHT, &degrees);
        hosts.on(MET, ok(body.to_string()));
        let body = open_meteo("2026-01-15", &[-18.0; 48], 0.1);
        hosts.on("api.open-meteo.com", ok(body.to_string()));
        let services: [Arc<DynWeather>; 2] = [
            Arc::new(MetNorway::new()),
            Arc::new(OpenMeteo::free_for_non_commercial_use()),
        ];
        let ticker = hosts.ticker().clock(|| time(NOW)).weather(services);
        let ticker = ticker.build().unwrap();
        let report = ticker.refresh(time(NOW)).await;
        let told = "weather of astana: met_norway: cannot read met_norway: implausible temperatures, beyond the limits of the place or far from neighbouring hours: 2, the first ";
        assert!(report.to_string().contains(told), "{report}");
        let (line, row) = shown(&ticker, time(NOW));
        assert!(line.contains("Astana −17…−19\u{a0}°C ·"), "{line}");
        assert_eq!(row["source"], "open_meteo");
    }
}

/// A site's own source, with a decoder that does not check temperatures.
#[derive(Debug)]
struct Unchecked(Vec<i16>);

impl Source for Unchecked {
    type Query = City;
    type Reading = Weather;

    fn id(&self) -> SourceId {
        SourceId::constant("of_the_site")
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("The site")
    }

    fn request(&self, city: &City) -> http::Request<()> {
        MetNorway::new().request(city)
    }

    fn decode(
        &self,
        _: &City,
        _: &http::Response<bytes::Bytes>,
    ) -> Result<Weather, masthead::source::DecodeError> {
        Ok(Weather::new(self.id(), hours(MIDNIGHT, &self.0), []).unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn limits_apply_to_a_sites_own_source() {
    let mut tenths = [-200; 24];
    tenths[18] = 450;
    for (wrong, low) in [(None, Some(-20)), (Some(6), None)] {
        if let Some(hour) = wrong {
            tenths[hour] = 450;
        }
        let hosts = good_day();
        let source: Arc<DynWeather> = Arc::new(Unchecked(tenths.to_vec()));
        let ticker = hosts.ticker().clock(|| time(NOW)).weather([source]);
        let ticker = ticker.build().unwrap();
        let report = ticker.refresh(time(NOW)).await;
        let failed = report
            .failures()
            .filter(|(item, _)| **item == weather_of("astana"));
        assert_eq!(failed.count() == 0, low.is_some(), "{report}");
        let row = shown(&ticker, time(NOW)).1;
        assert_eq!(row["low"].as_i64(), low);
        let failures = ticker.health().sources;
        let failures = failures
            .iter()
            .find(|source| source.source.as_str() == "of_the_site");
        let expected = u64::from(low.is_none());
        assert_eq!(
            failures
                .unwrap()
                .failures
                .get("implausible")
                .copied()
                .unwrap_or(0),
            expected
        );
    }
}

/// A store that loads a fixed state.
#[derive(Debug)]
struct Kept(State);

impl Store for Kept {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Ok(Some(self.0.clone()))
    }

    fn save(&self, _: &State) -> Result<(), StoreError> {
        Ok(())
    }
}

#[test]
fn implausible_weather_in_a_file_is_not_shown() {
    let mut spike = [-200; 24];
    spike[18] = 450;
    for (tenths, low) in [
        (&[-200; 24], Some(-20)),
        (&spike, Some(-20)),
        (&[-900; 24], None),
        (&[700; 24], None),
    ] {
        let (city, credit) = (astana(), Attribution::new("MET"));
        let mut snapshot = Snapshot::default();
        snapshot.add_weather(
            city.id(),
            city.zone(),
            weather(tenths),
            credit,
            time(NOW),
            None,
        );
        let ticker = good_day()
            .ticker()
            .clock(|| time(NOW))
            .store(Kept(State::from(snapshot)));
        let ticker = ticker.build().unwrap();
        assert_eq!(
            shown(&ticker, time(NOW)).1["low"].as_i64(),
            low,
            "{tenths:?}"
        );
        let high = &shown(&ticker, time(NOW)).1["high"];
        assert_eq!(high.as_i64(), low, "the spike is left out: {tenths:?}");
        let freshness = ticker.health().items[1].freshness;
        assert_eq!(freshness == Freshness::Absent, low.is_none());
    }
}
