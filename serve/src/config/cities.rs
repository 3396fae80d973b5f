//! The cities: ids of built-in ones, or tables that define a site's own.

use std::collections::HashSet;

use chrono_tz::Tz;
use masthead::strip::Lang;
use masthead::weather::{City, Coordinates};

use super::reader::{Entry, Section, Shortened};

/// A city, and its names in some languages.
#[derive(Clone, Debug)]
pub(super) struct NamedCity {
    pub(super) city: City,
    pub(super) names: Vec<(Lang, String)>,
}

impl From<City> for NamedCity {
    fn from(city: City) -> Self {
        let names = Vec::new();
        Self { city, names }
    }
}

/// Reads a list of cities and refuses duplicates.
pub(super) fn read(entry: &Entry<'_>) -> Option<Vec<NamedCity>> {
    let mut seen = HashSet::new();
    let mut cities = Vec::new();
    for entry in entry.list()? {
        let city = if entry.is_section() {
            own(&entry)
        } else {
            known(&entry).map(NamedCity::from)
        };
        let Some(named) = city else { continue };
        if seen.insert(named.city.id().clone()) {
            cities.push(named);
        } else {
            entry.refuse(format_args!("{} is in the list twice", named.city.id()));
        }
    }
    Some(cities)
}

/// Reads the id of a built-in city.
fn known(entry: &Entry<'_>) -> Option<City> {
    let id = entry.text()?;
    let city = City::find(id);
    if city.is_none() {
        let ids: Vec<&str> = City::all().iter().map(|city| city.id().as_str()).collect();
        entry.refuse(format_args!(
            "unknown city {}; expected one of {}, or a city of your own with id, name, zone, latitude and longitude",
            Shortened(id),
            ids.join(", ")
        ));
    }
    city.cloned()
}

/// Reads a city of the site's own.
fn own(entry: &Entry<'_>) -> Option<NamedCity> {
    let mut section = entry.section()?;
    let id = section.required("id");
    let name = section.required("name");
    let zone = section.required("zone");
    let latitude = section.required("latitude");
    let longitude = section.required("longitude");
    let height = section.entry("height");
    let names = section.section("names").map(|names| by_language(&names));
    section.finish();

    let zone_of = |entry: &Entry<'_>| {
        let name = entry.text()?;
        let zone = name.parse::<Tz>();
        zone.map_err(|_| {
            let name = Shortened(name);
            entry.refuse(format_args!(
                "unknown zone {name}; expected an IANA name such as \"Asia/Almaty\""
            ));
        })
        .ok()
    };
    let name = name.and_then(|entry| entry.words());
    let (latitude, longitude) = (latitude?, longitude?);
    let (zone, place) = (
        zone.and_then(|zone| zone_of(&zone)),
        place(&latitude, &longitude),
    );
    let metres = height.map(|height| height.whole::<i16>(-500..=9000));
    let id = id?;
    let city = City::new(id.text()?, name?.to_owned(), place?, zone?);
    let city = city.map_err(|error| id.refuse(error)).ok()?;
    let city = match metres.flatten() {
        Some(metres) => city.with_elevation(metres),
        None => city,
    };
    let names = names.unwrap_or_default();
    Some(NamedCity { city, names })
}

/// Reads a text for each of some languages.
pub(super) fn by_language(section: &Section<'_>) -> Vec<(Lang, String)> {
    let mut texts = Vec::new();
    for (tag, entry) in section.entries() {
        match tag.parse::<Lang>() {
            Ok(lang) => texts.extend(entry.words().map(|text| (lang, text.to_owned()))),
            Err(error) => entry.refuse_key(error),
        }
    }
    texts
}

/// Reads the coordinates in degrees, north and east positive.
fn place(latitude: &Entry<'_>, longitude: &Entry<'_>) -> Option<Coordinates> {
    let (north, east) = (latitude.number(), longitude.number());
    let (north, east) = (north?, east?);
    let wrong = if Coordinates::new(north, 0.0).is_err() {
        latitude
    } else {
        longitude
    };
    Coordinates::new(north, east)
        .map_err(|error| wrong.refuse(error))
        .ok()
}
