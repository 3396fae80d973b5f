//! Temperatures that cannot be right are not shown, wherever they come from.

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
use crate::support::{day, time};
use crate::ticker::{good_day, weather_of};
use crate::world::{MET, ok};

pub(super) const NOW: &str = "2026-01-15T06:20:00Z";
/// Midnight in Astana.
pub(super) const MIDNIGHT: &str = "2026-01-14T19:00:00Z";

#[test]
fn each_limit_holds_in_its_season_and_north_of_its_parallel() {
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

/// Which hours remain of these temperatures; the error where none do.
fn remaining(tenths: &[i16]) -> Result<Vec<i64>, ImplausibleWeather> {
    let left = weather(tenths).plausible(astana().coordinates())?;
    let index = |at: DateTime<Utc>| (at - time(MIDNIGHT)).num_hours();
    Ok(left.hours().iter().map(|hour| index(hour.at)).collect())
}

#[test]
fn one_hour_far_from_both_neighbours_is_left_out() {
    for (tenths, left_out) in [
        (&[-200, -200, 0, -200, -200][..], Some(2)),
        (&[-200, -200, -400, -200, -200], Some(2)),
        (&[-200, -200, -49, -200, -200], Some(2)),
        (&[-200, -200, -50, -200, -200], None),
        (&[-200, -190, -45, -195, -200], None),
        // A front: far from the hour before it alone.
        (&[50, 50, 50, -150, -150, -150, -150], None),
        // Up from one neighbour and down to the other.
        (&[-200, -200, 0, 200, 200, 200], None),
        // The first and the last hour have neighbours on one side alone.
        (&[0, -200, -200, -200], Some(0)),
        (&[-200, -200, -200, 0], Some(3)),
        (&[0, -140, -200, -200], None),
        // Out of the limits of January.
        (&[340, 340, 351, 340, 340], Some(2)),
        (&[340, 340, 350, 340, 340], None),
    ] {
        let expected = (0..).zip(tenths).map(|(index, _)| index);
        let expected: Vec<i64> = expected.filter(|index| Some(*index) != left_out).collect();
        assert_eq!(remaining(tenths), Ok(expected), "{tenths:?}");
    }
}

#[test]
fn two_hours_that_cannot_be_right_make_a_forecast_suspicious() {
    for (tenths, count, first) in [
        (
            &[-200, 0, -200, -200, -200, -200, -200, -200, -200, 0, -200][..],
            2,
            1,
        ),
        (&[-200, 0, -200, -200, -400, -200], 2, 1),
        // With the two between them.
        (&[-200, 0, -200, -200, 0, -200], 4, 1),
        // In a row.
        (&[-200, -200, 10, 0, -200, -200], 2, 2),
        (&[-200, -200, 0, 0, 0, 0, 0, 0, -200, -200], 6, 2),
        (&[340, 351, 352, 340], 2, 1),
        (&[-701; 4], 4, 0),
        // Of two hours it is not known which one is right.
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
    // Half a day between two steps is no neighbourhood.
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

fn stretch(from: i64, to: i64, low: i16, high: i16) -> Extremes {
    let at = |hour| time(MIDNIGHT) + chrono::TimeDelta::hours(hour);
    let of = |tenths| Celsius::from_tenths(tenths).unwrap();
    Extremes {
        from: at(from),
        to: at(to),
        range: TemperatureRange::new(of(low), of(high)).unwrap(),
    }
}

#[test]
fn extremes_do_not_bring_back_an_hour_that_was_left_out() {
    let mut tenths = [-200; 30];
    tenths[14] = 0;
    let kept = |tenths: &[i16], stretches: &[Extremes]| {
        let weather = Weather::new(
            SourceId::MET_NORWAY,
            hours(MIDNIGHT, tenths),
            stretches.iter().copied(),
        );
        let weather = weather.unwrap().plausible(astana().coordinates()).unwrap();
        let (today, zone) = (day("2026-01-15"), astana().zone());
        let range = weather.range(today, zone).unwrap();
        (range.low().tenths(), range.high().tenths())
    };
    assert_eq!(kept(&tenths, &[]), (-200, -200));
    for stretches in [
        [stretch(12, 18, -200, 0), stretch(9, 15, -200, 0)],
        [stretch(0, 24, -200, 0), stretch(14, 15, 0, 0)],
    ] {
        assert_eq!(kept(&tenths, &stretches), (-200, -200), "{stretches:?}");
        // Nor do they show what no hour says.
        let hours = [-200; 30];
        let shown = kept(&hours, &stretches[..1]);
        assert_eq!(shown, (-200, -200), "{stretches:?}");
    }
    let near = [stretch(12, 18, -349, -51), stretch(0, 6, -350, -50)];
    assert_eq!(kept(&tenths, &near), (-350, -50));
    // The stretch of a day of which a few hours are held may reach far beyond them.
    let weather = Weather::new(
        SourceId::OPEN_METEO,
        hours(MIDNIGHT, &[-200; 4]),
        [stretch(0, 24, -210, -20)],
    );
    let weather = weather.unwrap();
    let place = astana().coordinates();
    assert_eq!(weather.clone().plausible(place), Ok(weather));
    let error = Weather::new(SourceId::OPEN_METEO, [], [stretch(0, 24, -210, 351)]);
    assert_eq!(
        error.unwrap().plausible(place).unwrap_err().to_string(),
        "extremes that cannot be right, beyond the limits of the place: -21.0 to 35.1 from 2026-01-14 19:00:00 UTC"
    );
}

/// A January day of Astana: minus twenty, and one hour of plus forty-five.
#[tokio::test(start_paused = true)]
async fn a_day_is_shown_without_its_impossible_hour() {
    let mut degrees = [-20.0; 24];
    for wrong in [45.0, 99.9, 0.0, -90.0] {
        degrees[18] = wrong;
        let world = good_day();
        let body = met_norway(Some(MIDNIGHT), MIDNIGHT, &degrees);
        world.on(MET, ok(body.to_string()));
        let ticker = world.ticker().clock(|| time(NOW)).build().unwrap();
        ticker.refresh(time(NOW)).await;
        let (line, row) = shown(&ticker, time(NOW));
        assert!(line.contains("Astana −19…−21\u{a0}°C ·"), "{wrong}: {line}");
        assert_eq!((&row["low"], &row["high"]), (&json!(-20), &json!(-20)));
        assert_eq!(row["around_maximum"], json!({"from": -21, "to": -19}));
    }
}

#[tokio::test(start_paused = true)]
async fn where_more_hours_are_impossible_the_next_service_is_asked() {
    for wrong in [&[(6, 45.0), (18, 45.0)][..], &[(6, 0.0), (18, 0.0)]] {
        let mut degrees = [-20.0; 24];
        for (hour, temperature) in wrong {
            degrees[*hour] = *temperature;
        }
        let world = good_day();
        let body = met_norway(Some(MIDNIGHT), MIDNIGHT, &degrees);
        world.on(MET, ok(body.to_string()));
        let body = open_meteo("2026-01-15", &[-18.0; 48], 0.1);
        world.on("api.open-meteo.com", ok(body.to_string()));
        let services: [Arc<DynWeather>; 2] = [
            Arc::new(MetNorway::new()),
            Arc::new(OpenMeteo::free_for_non_commercial_use()),
        ];
        let ticker = world.ticker().clock(|| time(NOW)).weather(services);
        let ticker = ticker.build().unwrap();
        let report = ticker.refresh(time(NOW)).await;
        let told = "weather of astana: met_norway: cannot read met_norway: temperatures that cannot be right, beyond the limits of the place or far from the hours beside them: 2, the first ";
        assert!(report.to_string().contains(told), "{report}");
        let (line, row) = shown(&ticker, time(NOW));
        assert!(line.contains("Astana −17…−19\u{a0}°C ·"), "{line}");
        assert_eq!(row["source"], "open_meteo");
    }
}

/// A service of the site's own whose decoder checks nothing.
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
async fn a_source_of_the_sites_own_is_held_to_the_same_limits() {
    let mut tenths = [-200; 24];
    tenths[18] = 450;
    for (wrong, low) in [(None, Some(-20)), (Some(6), None)] {
        if let Some(hour) = wrong {
            tenths[hour] = 450;
        }
        let world = good_day();
        let source: Arc<DynWeather> = Arc::new(Unchecked(tenths.to_vec()));
        let ticker = world.ticker().clock(|| time(NOW)).weather([source]);
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
fn a_file_gives_back_nothing_impossible() {
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
        let freshness = ticker.health().items[1].freshness;
        assert_eq!(freshness == Freshness::Absent, low.is_none());
    }
}
