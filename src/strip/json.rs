//! JSON, schema 2, written directly: no tree of values, and the fields in the order of the tables below.
//!
//! The names and types of the fields are an interface, listed at [`Json`]. Add a field at the end of its object and to the table; a change of another
//! kind needs another schema number. A row has its fields always, but for `recent`, with null for what is not known, so that a program can read
//! `rates[0].value` without a test for each level. Words of the tables need no escaping here, as the generator of the tables checks; text from
//! outside goes through [`escaped`].

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

/// A strip as JSON, schema 2, made by [`Strip::json`]: for an app, a script or a template elsewhere.
///
/// The document has every item of the layout in the layout's order. A value that is not known is null,
/// and its row stays. Rates are strings with the bank's digits, so that no parser turns them into
/// binary fractions; instants are RFC 3339 in UTC with whole seconds; degrees are whole numbers.
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
/// let document: serde_json::Value = serde_json::from_str(&json)?;
/// assert_eq!(document["rates"][0], serde_json::json!({
///     "pair": "USD/KZT", "name": "US Dollar", "nominal": 1, "value": "447.32", "day": "2023-06-13",
///     "behind": false, "change": null, "trend": "unknown", "confirmed": true, "source": "sample",
///     "fetched": "2023-06-13T05:00:00Z", "freshness": "stale",
/// }));
/// assert_eq!(document["next"], serde_json::Value::Null);
/// assert_eq!(document["weather"][0], serde_json::json!({
///     "city": "astana", "name": "Astana", "low": null, "high": 22,
///     "around_maximum": { "from": 21, "to": 23 }, "now": null, "condition": null, "sky": null,
///     "daylight": null, "source": "sample", "valid": "2023-06-13T05:00:00Z",
///     "issued": "2023-06-13T05:00:00Z", "fetched": "2023-06-13T05:00:00Z", "freshness": "stale",
/// }));
/// assert_eq!(document["attribution"], serde_json::json!([
///     { "name": "Built-in sample of 13 June 2023", "link": null, "licence": null },
/// ]));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # The document
///
/// | field | type | value |
/// |---|---|---|
/// | `schema` | number | the version of this schema, 2 |
/// | `generated` | string | the instant of the strip |
/// | `lang` | string | the BCP 47 tag of the language of all names and words, `"kk-Latn"` |
/// | `dir` | string | the direction of that language, `"ltr"` or `"rtl"` |
/// | `sample` | boolean | whether a value of the built-in sample is shown |
/// | `rates` | array of [rates](#a-rate) | one for each pair: those in force or, before any are known, those of the next publication |
/// | `next` | array of [rates](#a-rate), null | the same pairs in the next publication; null before the bank has published it |
/// | `weather` | array of [cities](#a-city) | one for each city |
/// | `attribution` | array of [credits](#a-credit) | one for each source of a value in the document, the rates' first |
///
/// # A rate
///
/// | field | type | value | without a rate |
/// |---|---|---|---|
/// | `pair` | string | base and quote as ISO 4217 codes, `"USD/KZT"` | the same |
/// | `name` | string, null | the name of the base in the language; null if it has none | the same |
/// | `nominal` | number | the number of units of the base to which `value` applies | null |
/// | `value` | string | the rate with the bank's digits and a point, `"447.32"` | null |
/// | `day` | string | the day from which the rate is official, `"2026-04-02"` | null |
/// | `behind` | boolean | whether `day` has passed in the bank's zone, so that the rate now in force is not known ([`RateItem::is_behind`]); false for the sample | null |
/// | `change` | string, null | the difference to the bank's previous publication, with `-` for a fall; null if the bank prints none or an impossible one | null |
/// | `trend` | string | the sign of the change: `"up"`, `"down"`, `"unchanged"`, `"unknown"` | `"unknown"` |
/// | `confirmed` | boolean | false if the rate is shown with the word *unconfirmed* ([`RateItem::is_unconfirmed`]) | null |
/// | `source` | string | the id of the source, `"national_bank_kz"` | null |
/// | `fetched` | string | the instant of the last fetch that gave this rate | null |
/// | `freshness` | string | `"fresh"`, `"ageing"` or `"stale"` ([`Freshness`]) | `"absent"` |
/// | `recent` | array of objects | only with [`Layout::sparklines`](super::Layout::sparklines), and if the snapshot has the days: each day until that of the publication, `{"day":"2026-04-02","value":"447.32"}`, for the same nominal; `value` is null for a gap | left out |
///
/// # A city
///
/// Temperatures are in whole degrees Celsius, halves rounded away from zero. They do not depend on the
/// layout's [`Temperatures`](super::Temperatures), except that a city whose place in the strip has no
/// temperature counts as one without weather.
///
/// | field | type | value | without weather |
/// |---|---|---|---|
/// | `city` | string | the id of the city, `"astana"` | the same |
/// | `name` | string | the name of the city in the language, or the name that the site gave it | the same |
/// | `low` | number, null | the day's lowest temperature; null if an hour of the day is missing | null |
/// | `high` | number, null | the day's highest temperature; null if an hour of the afternoon is missing | null |
/// | `around_maximum` | object, null | the degree below and the degree above `high`, as Kazakh forecasts word it: `{"from":21,"to":23}` | null |
/// | `now` | number, null | the temperature of the hour that holds now; null without such an hour | null |
/// | `condition` | string, null | the [condition](crate::weather::Condition) of that hour, `"light_rain_showers"`, or the service's own code | null |
/// | `sky` | string, null | the words for it in the language, `"light rain"`; null for a code without words | null |
/// | `daylight` | string, null | `"day"` or `"night"` in that hour, if the service says it | null |
/// | `source` | string | the id of the source, `"met_norway"` | null |
/// | `valid` | string | the start of the hour that held at the fetch, or the fetch without such an hour | null |
/// | `issued` | string, null | the instant at which the service computed the forecast, or at which its hours were first seen ([`Weather::issued`](crate::weather::Weather::issued)) | null |
/// | `fetched` | string | the instant of the last fetch | null |
/// | `freshness` | string | `"fresh"`, `"ageing"` or `"stale"` | `"absent"` |
///
/// # A credit
///
/// | field | type | value |
/// |---|---|---|
/// | `name` | string | the name of the source in the language, with the words that its terms ask for |
/// | `link` | string, null | the address that the name links to |
/// | `licence` | string, null | the name of the licence, `"CC BY 4.0"` |
///
/// # In a page
///
/// The text can stand in a `<script type="application/json">`: `<`, `>` and `&` are escaped. With serde
/// the value serialises as the same document, in any format.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    strip: Strip<'a>,
}

impl<'a> Json<'a> {
    pub(super) const fn new(strip: Strip<'a>) -> Self {
        Self { strip }
    }

    /// Writes to `out` directly; faster than [`Display`](fmt::Display).
    ///
    /// # Errors
    ///
    /// Returns an error if `out` does. A `String` never does.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
    /// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
    /// let mut page = String::from(r#"<script type="application/json">"#);
    /// strip.json().write_to(&mut page)?;
    /// assert!(page.ends_with('}'));
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
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
        // Parsed from the text, so that the fields are written down once.
        let value: serde_json::Value =
            serde_json::from_str(&self.to_string()).map_err(S::Error::custom)?;
        value.serialize(serializer)
    }
}

/// A writer of the document.
struct Document<'w, W> {
    out: &'w mut W,
}

impl<W: Write> Document<'_, W> {
    /// Writes text of this file or of the word tables, which needs no escaping.
    #[inline]
    fn raw(&mut self, text: &str) -> fmt::Result {
        self.out.write_str(text)
    }

    /// Writes items with commas between them.
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

    /// Writes a string or null.
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

    /// Writes whole degrees or null.
    fn degrees(&mut self, whole: Option<i16>) -> fmt::Result {
        let Some(whole) = whole else {
            return self.raw("null");
        };
        self.raw(if whole < 0 { "-" } else { "" })?;
        write_integer(whole.unsigned_abs(), self.out)
    }

    /// Writes a row of `rates` or `next`.
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
        write_integer(rate.nominal(), self.out)?;
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
        self.raw(freshness(item.freshness))?;
        if let Some(sparkline) = strip.sparkline(item) {
            self.raw(r#","recent":["#)?;
            self.list(sparkline.curve.points(), |document, (day, value)| {
                document.raw(r#"{"day":""#)?;
                write_iso(day, document.out)?;
                document.raw(r#"","value":"#)?;
                document.optional(value, |out, value| write_plain(value, out))?;
                document.raw("}")
            })?;
            self.raw("]")?;
        }
        self.raw("}")
    }

    /// Writes a row of `weather`.
    fn weather(&mut self, strip: &Strip<'_>, item: &WeatherItem<'_>) -> fmt::Result {
        self.raw(r#"{"city":""#)?;
        self.raw(item.city.id().as_str())?;
        self.raw(r#"","name":""#)?;
        match (
            strip.layout.name_of(item.city),
            strip.locale.city(item.city),
        ) {
            (Some(name), _) => escaped(self.out, name)?,
            (None, Some(name)) => self.raw(name)?,
            (None, None) => escaped(self.out, item.city.name())?,
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
        self.raw(freshness(item.freshness))?;
        self.raw("}")
    }

    /// Writes a row of `attribution`.
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
        self.optional(credit.licence(), escaped)?;
        self.raw("}")
    }
}

/// The last field of an item, after an open string.
const fn freshness(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Fresh => r#"","freshness":"fresh""#,
        Freshness::Ageing => r#"","freshness":"ageing""#,
        Freshness::Stale => r#"","freshness":"stale""#,
        Freshness::Absent => r#"","freshness":"absent""#,
    }
}

/// Writes text from outside, escaped and without bidirectional controls.
fn escaped<W: Write>(out: &mut W, text: &str) -> fmt::Result {
    if is_plain(text) {
        out.write_str(text)
    } else {
        write_outside(text, &mut Escaping(out))
    }
}

/// Escapes characters that could end the JSON string or the HTML element around the document.
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
