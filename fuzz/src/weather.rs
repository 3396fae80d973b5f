use chrono::TimeDelta;
use masthead::source::{DynWeather, MetNorway, OpenMeteo};
use masthead::weather::{City, Weather};
use masthead::{Attribution, Snapshot};

use crate::{answer, page};

/// A new source must be added at the end: seeds select sources by position.
const SOURCES: &[fn() -> Box<DynWeather>] = &[
    || Box::new(MetNorway::new()),
    || Box::new(OpenMeteo::free_for_non_commercial_use()),
];

/// Decodes a forecast: the first byte selects the source, the rest is its response for Astana.
pub fn weather(data: &[u8]) -> bool {
    let Some((source, body)) = answer::choose(SOURCES, data) else {
        return false;
    };
    let city = City::find("astana").expect("no Astana");
    let Some(weather) = answer::read(&*source(), city, body) else {
        return false;
    };
    believable(&weather, city);
    show(weather, city, answer::digest(body));
    true
}

fn believable(weather: &Weather, city: &City) {
    let hours = weather.hours();
    assert!(
        hours
            .iter()
            .zip(hours.iter().skip(1))
            .all(|(a, b)| a.at < b.at),
        "hours out of order"
    );
    for hour in hours.iter().take(4) {
        let now = weather
            .now(hour.at)
            .expect("an hour that `now` does not find");
        assert_eq!(now, hour);
        assert!(weather.reaches(hour.at, city.zone()));
        let date = hour.at.with_timezone(&city.zone()).date_naive();
        let (range, maximum) = (
            weather.range(date, city.zone()),
            weather.maximum(date, city.zone()),
        );
        if let Some(range) = range {
            assert!(
                range.low() <= hour.temperature && hour.temperature <= range.high(),
                "{range:?} without {hour:?}"
            );
            assert_eq!(maximum, Some(range.high()));
        }
        assert!(
            maximum.is_none_or(|maximum| maximum >= hour.temperature),
            "{maximum:?} below {hour:?}"
        );
    }
    let twice = weather.clone().merge(weather, chrono::DateTime::UNIX_EPOCH);
    assert_eq!(twice, *weather, "merged with itself, a forecast changes");
}

fn show(weather: Weather, city: &City, choice: u64) {
    let first = weather
        .hours()
        .first()
        .map_or(Snapshot::SAMPLE_TIME, |hour| hour.at);
    let now = first + TimeDelta::hours(i64::try_from(choice % 24).unwrap_or_default());
    let mut snapshot = Snapshot::default();
    let credit = Attribution::new("The service");
    snapshot.add_weather(city.id(), city.zone(), weather, credit, now, None);
    answer::round_trip(&snapshot);
    page::of_choice(&snapshot, now, choice);
}
