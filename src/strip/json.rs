use std::{fmt, io};

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use super::number::{Outside, Timestamp};
use super::{RateItem, Strip, WeatherItem};
use crate::snapshot::Observed;

/// A strip as JSON, schema 1.
///
/// Rates and times are strings, whole degrees are numbers, what is absent is null and keeps its row:
///
/// ```
/// use masthead::Snapshot;
/// use masthead::strip::{Layout, Strip};
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
/// let json = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).json().to_string();
/// assert!(json.starts_with(r#"{"schema":1,"generated":"2023-06-13T05:00:00Z","lang":"en","dir":"ltr","rates":[{"#));
/// assert!(json.contains(r#"{"pair":"USD/KZT","nominal":1,"value":"447.32","day":"2023-06-13","change":null,"trend":"unknown","source":"sample","#));
/// ```
///
/// What it prints can stand in a `<script type="application/json">`: `<`, `>` and `&` are escaped. The value also serialises
/// itself, as the same document, into any format of serde's.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    strip: Strip<'a>,
}

impl<'a> Json<'a> {
    pub(super) const fn new(strip: Strip<'a>) -> Self {
        Self { strip }
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut serializer = serde_json::Serializer::with_formatter(Bytes(f), Embeddable);
        self.serialize(&mut serializer).map_err(|_| fmt::Error)
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let strip = &self.strip;
        let lang = strip.layout.language();
        let mut map = serializer.serialize_map(Some(8))?;
        map.serialize_entry("schema", &1)?;
        map.serialize_entry("generated", &Printed(Timestamp(strip.now)))?;
        map.serialize_entry("lang", lang.tag())?;
        map.serialize_entry("dir", lang.direction().as_str())?;
        map.serialize_entry("rates", &List(|| strip.rates()))?;
        map.serialize_entry(
            "next",
            &strip
                .next()
                .map(|_| List(|| strip.next().into_iter().flatten())),
        )?;
        map.serialize_entry("weather", &List(|| strip.weather()))?;
        map.serialize_entry(
            "attribution",
            &List(|| strip.attributions().map(|(_, credit)| Credit(credit))),
        )?;
        map.end()
    }
}

impl Serialize for RateItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let held = self.observed.filter(|_| self.rate.is_some());
        let mut map = serializer.serialize_map(Some(9))?;
        map.serialize_entry("pair", &Printed(self.pair))?;
        map.serialize_entry("nominal", &self.rate.map(|rate| rate.nominal()))?;
        map.serialize_entry("value", &self.rate.map(|rate| Printed(rate.value())))?;
        map.serialize_entry("day", &self.rate.map(|rate| Printed(rate.day())))?;
        map.serialize_entry(
            "change",
            &self.rate.and_then(|rate| rate.change()).map(Printed),
        )?;
        map.serialize_entry("trend", &self.trend())?;
        map.serialize_entry("source", &held.map(Observed::source))?;
        map.serialize_entry(
            "fetched",
            &held.map(|held| Printed(Timestamp(held.fetched()))),
        )?;
        map.serialize_entry("freshness", &self.freshness)?;
        map.end()
    }
}

impl Serialize for WeatherItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let held = self.observed.filter(|_| self.shown().is_some());
        let mut map = serializer.serialize_map(Some(10))?;
        map.serialize_entry("city", self.city.id().as_str())?;
        map.serialize_entry("name", &Printed(Outside(self.city.name())))?;
        map.serialize_entry("low", &self.range.map(|(low, _)| low))?;
        map.serialize_entry("high", &self.range.map(|(_, high)| high))?;
        map.serialize_entry("now", &self.now())?;
        map.serialize_entry(
            "condition",
            &self.hour.and_then(|hour| hour.condition.as_ref()),
        )?;
        map.serialize_entry("source", &held.map(Observed::source))?;
        map.serialize_entry("valid", &held.map(|held| Printed(Timestamp(held.valid()))))?;
        map.serialize_entry(
            "fetched",
            &held.map(|held| Printed(Timestamp(held.fetched()))),
        )?;
        map.serialize_entry("freshness", &self.freshness)?;
        map.end()
    }
}

struct Credit<'a>(&'a crate::provenance::Attribution);

impl Serialize for Credit<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", &Printed(Outside(self.0.name())))?;
        map.serialize_entry("link", &self.0.url())?;
        map.serialize_entry(
            "licence",
            &self.0.licence_name().map(|name| Printed(Outside(name))),
        )?;
        map.end()
    }
}

/// A value as the string it prints.
struct Printed<T>(T);

impl<T: fmt::Display> Serialize for Printed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// An iterator as a sequence, made anew each time it is written.
struct List<F>(F);

impl<I: Iterator<Item: Serialize>, F: Fn() -> I> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        (self.0)().try_for_each(|item| sequence.serialize_element(&item))?;
        sequence.end()
    }
}

/// Bytes into text: the serialiser writes whole characters at a time.
struct Bytes<'f, 'g>(&'f mut fmt::Formatter<'g>);

impl io::Write for Bytes<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// JSON in which nothing can end the element around it.
struct Embeddable;

impl Formatter for Embeddable {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&']) {
            let (plain, special) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            let mut after = special.chars();
            out.write_all(match after.next() {
                Some('<') => b"\\u003c",
                Some('>') => b"\\u003e",
                _ => b"\\u0026",
            })?;
            rest = after.as_str();
        }
        out.write_all(rest.as_bytes())
    }
}
