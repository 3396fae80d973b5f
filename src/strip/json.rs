use std::fmt::{self, Write};

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::digits::{write_instant, write_integer, write_iso};
use super::number::write_plain;
use super::part::{is_plain, write_outside};
use super::{RateItem, Strip, WeatherItem};
use crate::day;
use crate::money::Trend;
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::Freshness;
use crate::weather::Celsius;

/// A strip as JSON, schema 2.
///
/// Rates and times are strings, whole degrees are numbers, what is absent is null and keeps its row. Of a city's weather,
/// whatever the layout's [`Temperatures`](super::Temperatures):
///
/// | field | what it is |
/// |---|---|
/// | `low` | the day's lowest temperature; null where not every hour of the day is held |
/// | `high` | the day's highest; null where not every hour of the afternoon is held |
/// | `around_maximum` | the degree below and the degree above `high`, as Kazakh forecasts are worded: `{"from":21,"to":23}` |
/// | `now` | the temperature of the hour that holds now |
/// | `valid`, `issued`, `fetched` | the time of that hour when it was fetched; the [computation](crate::weather::Weather::issued); the fetch |
///
/// ```
/// use masthead::Snapshot;
/// use masthead::strip::{Layout, Strip};
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
/// let json = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).json().to_string();
/// assert!(json.starts_with(
///     r#"{"schema":2,"generated":"2023-06-13T05:00:00Z","lang":"en","dir":"ltr","sample":true,"rates":[{"#
/// ));
/// assert!(json.contains(r#"{"pair":"USD/KZT","name":"US Dollar","nominal":1,"value":"447.32","day":"2023-06-13","#));
/// ```
///
/// `sample` is whether anything shown is of the built-in sample. `rates` has a row for each pair of the layout, in its order:
/// of the rates in force, else, before the first of them is known, of the day ahead. `next` has the same rows of the day ahead
/// once the bank has published it, else it is null. The fields of a row:
///
/// | field | value | where there is no rate |
/// |---|---|---|
/// | `pair` | base and quote as ISO 4217 has them, `"USD/KZT"` | the same |
/// | `name` | the name of the base in the language, or null where the table has none | the same |
/// | `nominal` | for how many units of the base the value is, a number | null |
/// | `value` | the rate as the bank prints it, with a point, a string | null |
/// | `day` | the day from which the rate is official, `"2026-04-02"` | null |
/// | `behind` | whether that day is earlier than what is in force where the bank is, which is not known; `false` of the sample | null |
/// | `change` | to the publication before, with a sign where it is negative, a string; null where the bank prints none or it cannot be | null |
/// | `trend` | the direction of the change: `up`, `down`, `unchanged`, `unknown` | `unknown` |
/// | `confirmed` | `false` where the rate is shown with the word *unconfirmed* ([`RateItem::is_unconfirmed`]) | null |
/// | `source` | the id of the source, `"national_bank_kz"` | null |
/// | `fetched` | when the source last said so, UTC, `"2026-04-02T06:00:00Z"` | null |
/// | `freshness` | `fresh`, `ageing`, `stale` | `absent` |
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

    /// Writes it, without a detour by way of a formatter.
    ///
    /// # Errors
    ///
    /// When `out` refuses; a `String` does not.
    pub fn write_to<W: Write>(&self, out: &mut W) -> fmt::Result {
        let strip = &self.strip;
        let locale = strip.locale;
        let mut document = Document { out };
        document.raw(r#"{"schema":2,"generated":""#)?;
        write_instant(strip.now, document.out)?;
        document.raw(r#"","lang":""#)?;
        document.raw(locale.tag)?;
        document.raw(r#"","dir":""#)?;
        document.raw(locale.direction.as_str())?;
        document.raw(if strip.is_sample() {
            r#"","sample":true,"rates":["#
        } else {
            r#"","sample":false,"rates":["#
        })?;
        document.list(strip.rates(), |document, item| document.rate(strip, &item))?;
        match strip.next() {
            Some(next) => {
                document.raw(r#"],"next":["#)?;
                document.list(next, |document, item| document.rate(strip, &item))?;
                document.raw("]")?;
            }
            None => document.raw(r#"],"next":null"#)?,
        }
        document.raw(r#","weather":["#)?;
        document.list(strip.weather(), |document, item| {
            document.weather(strip, &item)
        })?;
        document.raw(r#"],"attribution":["#)?;
        document.list(strip.attributions(), |document, (source, credit)| {
            document.credit(strip, source, credit)
        })?;
        document.raw("]}")
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // By way of the text, so that the document is described once.
        let value: serde_json::Value =
            serde_json::from_str(&self.to_string()).map_err(S::Error::custom)?;
        value.serialize(serializer)
    }
}

struct Document<'w, W> {
    out: &'w mut W,
}

impl<W: Write> Document<'_, W> {
    /// Text of this file or of the table: nothing in it is to be escaped.
    #[inline]
    fn raw(&mut self, text: &str) -> fmt::Result {
        self.out.write_str(text)
    }

    fn list<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> fmt::Result,
    ) -> fmt::Result {
        let mut comma = "";
        for item in items {
            self.raw(comma)?;
            write(self, item)?;
            comma = ",";
        }
        Ok(())
    }

    /// A string, or null.
    fn optional<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut W, T) -> fmt::Result,
    ) -> fmt::Result {
        let Some(value) = value else {
            return self.raw("null");
        };
        self.raw("\"")?;
        write(self.out, value)?;
        self.raw("\"")
    }

    fn degrees(&mut self, whole: Option<i16>) -> fmt::Result {
        let Some(whole) = whole else {
            return self.raw("null");
        };
        self.raw(if whole < 0 { "-" } else { "" })?;
        write_integer(whole.unsigned_abs().into(), "", self.out)
    }

    fn rate(&mut self, strip: &Strip<'_>, item: &RateItem<'_>) -> fmt::Result {
        let RateItem { pair, rate, .. } = *item;
        self.raw(r#"{"pair":""#)?;
        self.raw(pair.base().code())?;
        self.raw("/")?;
        self.raw(pair.quote().code())?;
        self.raw(r#"","name":"#)?;
        self.optional(strip.locale.currency(pair.base()), W::write_str)?;
        let (Some(rate), Some(held)) = (rate, item.observed) else {
            return self.raw(
                r#","nominal":null,"value":null,"day":null,"behind":null,"change":null,"trend":"unknown","confirmed":null,"source":null,"fetched":null,"freshness":"absent"}"#,
            );
        };
        self.raw(r#","nominal":"#)?;
        write_integer(rate.nominal().into(), "", self.out)?;
        self.raw(r#","value":""#)?;
        write_plain(rate.value(), self.out)?;
        self.raw(r#"","day":""#)?;
        write_iso(rate.day(), self.out)?;
        self.raw(if item.is_behind() {
            r#"","behind":true,"change":"#
        } else {
            r#"","behind":false,"change":"#
        })?;
        self.optional(rate.change(), |out, change| write_plain(change, out))?;
        self.raw(match rate.trend() {
            Trend::Up => r#","trend":"up","confirmed":"#,
            Trend::Down => r#","trend":"down","confirmed":"#,
            Trend::Unchanged => r#","trend":"unchanged","confirmed":"#,
            Trend::Unknown => r#","trend":"unknown","confirmed":"#,
        })?;
        self.raw(if rate.is_confirmed() {
            r#"true,"source":""#
        } else {
            r#"false,"source":""#
        })?;
        self.raw(held.source().as_str())?;
        self.raw(r#"","fetched":""#)?;
        write_instant(held.fetched(), self.out)?;
        self.freshness(item.freshness)
    }

    fn weather(&mut self, strip: &Strip<'_>, item: &WeatherItem<'_>) -> fmt::Result {
        self.raw(r#"{"city":""#)?;
        self.raw(item.city.id().as_str())?;
        self.raw(r#"","name":""#)?;
        match strip.locale.city(item.city) {
            Some(name) => self.raw(name)?,
            None => escaped(self.out, item.city.name())?,
        }
        let (Some(_), Some(held)) = (item.shown(), item.observed) else {
            return self.raw(
                r#"","low":null,"high":null,"around_maximum":null,"now":null,"condition":null,"sky":null,"daylight":null,"source":null,"valid":null,"issued":null,"fetched":null,"freshness":"absent"}"#,
            );
        };
        let condition = item.hour.and_then(|hour| hour.condition.as_ref());
        let daylight = item.hour.and_then(|hour| hour.daylight);
        let (today, zone) = (day::of(strip.now, item.city.zone()), item.city.zone());
        let range = held.value().range(today, zone);
        let maximum = match range {
            Some(range) => Some(range.high()),
            None => held.value().maximum(today, zone),
        };
        let maximum = maximum.map(Celsius::whole);
        self.raw(r#"","low":"#)?;
        self.degrees(range.map(|range| range.low().whole()))?;
        self.raw(r#","high":"#)?;
        self.degrees(maximum)?;
        if maximum.is_some() {
            self.raw(r#","around_maximum":{"from":"#)?;
            self.degrees(maximum.map(|maximum| maximum - 1))?;
            self.raw(r#","to":"#)?;
            self.degrees(maximum.map(|maximum| maximum + 1))?;
            self.raw("}")?;
        } else {
            self.raw(r#","around_maximum":null"#)?;
        }
        self.raw(r#","now":"#)?;
        self.degrees(item.now())?;
        self.raw(r#","condition":"#)?;
        self.optional(condition, |out, condition| match condition.sky() {
            Some(_) => condition.write_to(out),
            None => condition.write_to(&mut Escaping(out)),
        })?;
        self.raw(r#","sky":"#)?;
        let words = condition.and_then(|sky| strip.locale.condition(sky, daylight));
        self.optional(words, W::write_str)?;
        self.raw(r#","daylight":"#)?;
        self.optional(daylight, |out, daylight| out.write_str(daylight.as_str()))?;
        self.raw(r#","source":""#)?;
        self.raw(held.source().as_str())?;
        self.raw(r#"","valid":""#)?;
        write_instant(held.valid(), self.out)?;
        self.raw(r#"","issued":"#)?;
        self.optional(held.value().issued(), |out, at| write_instant(at, out))?;
        self.raw(r#","fetched":""#)?;
        write_instant(held.fetched(), self.out)?;
        self.freshness(item.freshness)
    }

    /// The last field of an item.
    fn freshness(&mut self, freshness: Freshness) -> fmt::Result {
        self.raw(match freshness {
            Freshness::Fresh => r#"","freshness":"fresh"}"#,
            Freshness::Ageing => r#"","freshness":"ageing"}"#,
            Freshness::Stale => r#"","freshness":"stale"}"#,
            Freshness::Absent => r#"","freshness":"absent"}"#,
        })
    }

    fn credit(
        &mut self,
        strip: &Strip<'_>,
        source: &SourceId,
        credit: &Attribution,
    ) -> fmt::Result {
        self.raw(r#"{"name":"#)?;
        match strip.locale.source(source) {
            Some(name) => self.optional(Some(name), W::write_str)?,
            None => self.optional(Some(credit.name()), escaped)?,
        }
        self.raw(r#","link":"#)?;
        self.optional(credit.url(), escaped)?;
        self.raw(r#","licence":"#)?;
        self.optional(credit.licence_name(), escaped)?;
        self.raw("}")
    }
}

/// Text from outside, without what could reorder it, and escaped.
fn escaped<W: Write>(out: &mut W, text: &str) -> fmt::Result {
    if is_plain(text) {
        out.write_str(text)
    } else {
        write_outside(text, &mut Escaping(out))
    }
}

/// A string of JSON in which nothing can end the string, or the element of HTML around the document.
struct Escaping<'w, W>(&'w mut W);

impl<W: Write> Write for Escaping<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let special = |c: char| c.is_control() || matches!(c, '"' | '\\' | '<' | '>' | '&');
        let mut rest = text;
        while let Some(at) = rest.find(special) {
            let (plain, found) = rest.split_at(at);
            self.0.write_str(plain)?;
            let mut after = found.chars();
            if let Some(c) = after.next() {
                write!(self.0, "\\u{:04x}", u32::from(c))?;
            }
            rest = after.as_str();
        }
        self.0.write_str(rest)
    }
}
