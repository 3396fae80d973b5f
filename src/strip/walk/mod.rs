//! The walk over a strip: its contents and their order. Outputs decide on the form.
//!
//! | form | order |
//! |---|---|
//! | line | today, the pairs, the rates' note, the cities, a note for each weather service; then the languages |
//! | table | today; a line for each pair and city; the same notes, each on a line; the languages |
//! | page | date and link, heading, rows of pairs, a note if the rates are not those in force, heading, cities, the sample's name, telephone, languages |
//!
//! # Where day, source and age stand
//!
//! A note after the pairs says once which day, source and age they have: `as of 2 April 2026, National Bank of Kazakhstan, 5 min ago`. An item
//! repeats only what differs from its note:
//!
//! | item | text | reason |
//! |---|---|---|
//! | a row that is older than its publication | `usd/kzt 475.09, as of 1 April 2026` | the bank's own value is in quarantine, or the list is weekly |
//! | a rate that is not confirmed | `usd/kzt 475.09, unconfirmed` | it holds for this row alone |
//! | a stale forecast | `Astana +21…+23 °C, 28 h ago, outdated` | each city has its own; the service's note has the oldest |
//! | rates whose day has passed | in the note: `…, rates for 2 April 2026 are not known yet` | it holds for all pairs |
//!
//! The walk allocates nothing, so that it can be made again for each output, and by the table for each width. An item without a value keeps its
//! place: `usd/kzt no data`.

mod page;
mod rates;
mod table;

use std::fmt;

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::item::{BETWEEN, CELSIUS};
use super::layout::{Form, Times};
use super::locale::{Date, DateStyle};
use super::number::MINUS;
use super::part::{Element, Part, Separator, Sink};
use super::{Shown, Strip, WeatherItem};
use crate::provenance::SourceId;
use crate::snapshot::{Freshness, Observed, Reading};
use crate::weather::{City, Weather};

impl<'a> Strip<'a> {
    /// Sends the whole strip to a sink.
    pub(super) fn walk<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        match self.layout.form {
            Form::Line => {
                sink.within(&Element::List, |sink| self.line(sink))?;
                self.walk_languages(sink)
            }
            Form::Page => self.page(sink),
            Form::Table => {
                self.table(sink)?;
                self.walk_languages(sink)
            }
        }
    }

    /// All items in one row: rates, their note, weather, its notes.
    fn line<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        let mut first = true;
        let mut separate = |sink: &mut S| separate(&mut first, Separator::Dot, sink);
        if self.layout.today {
            separate(sink)?;
            self.walk_today(sink)?;
        }
        for item in self.rates() {
            separate(sink)?;
            self.walk_rate(sink, &item)?;
        }
        if let Some((observed, freshness)) = self.rates {
            separate(sink)?;
            self.walk_rates_note(sink, observed, freshness)?;
        }
        for item in self.weather() {
            separate(sink)?;
            self.walk_weather(sink, &item)?;
        }
        self.weather_notes().try_for_each(|(source, city, oldest)| {
            separate(sink)?;
            self.walk_weather_note(sink, source, city, oldest)
        })
    }

    /// Today's date.
    fn walk_today<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        let today = Date::new(self.today(), self.layout.dates, self.locale);
        sink.within(&Element::Today, |sink| {
            sink.within(&Element::Name, |sink| sink.part(&Part::Day(today)))
        })
    }

    /// The notes of weather, one for each source with its oldest forecast. A source that the rates' note
    /// names has none.
    fn weather_notes(
        &self,
    ) -> impl Iterator<Item = (&'a SourceId, &'a City, &'a Observed<Weather>)> + use<'a> {
        let strip = *self;
        let said = strip.rates.map(|(held, _)| held.source());
        strip.attributions().filter_map(move |(source, _)| {
            let held = strip
                .forecasts()
                .filter(|(_, held)| held.source() == source);
            let (city, oldest) = held.min_by_key(|(_, held)| held.dated())?;
            (Some(source) != said).then_some((source, city, oldest))
        })
    }

    /// `Data from MET Norway (CC BY 4.0), 5 min ago`
    fn walk_weather_note<S: Sink>(
        &self,
        sink: &mut S,
        source: &'a SourceId,
        city: &City,
        oldest: &Observed<Weather>,
    ) -> fmt::Result {
        sink.within(&Element::Note(source), |sink| {
            self.walk_source(sink, source)?;
            self.walk_time(sink, oldest, city.zone())
        })
    }

    /// `Astana +21…+23 °C`
    fn walk_weather<S: Sink>(&self, sink: &mut S, item: &WeatherItem<'a>) -> fmt::Result {
        sink.within(&Element::Weather(item), |sink| {
            self.walk_city(sink, item)?;
            let Some(shown) = item.shown() else {
                return self.walk_no_data(sink);
            };
            sink.word(" ")?;
            self.walk_shown(sink, shown)?;
            if let Some(words) = self.sky(item) {
                sink.word(self.locale.list)?;
                sink.word(words)?;
            }
            if item.freshness == Freshness::Stale
                && let Some(observed) = item.observed
            {
                self.walk_time(sink, observed, item.city.zone())?;
            }
            self.walk_stale(sink, item.freshness)
        })
    }

    /// `+21…+23 °C`
    fn walk_shown<S: Sink>(&self, sink: &mut S, shown: Shown) -> fmt::Result {
        if let Shown::Now(_) = shown {
            sink.word(self.locale.now)?;
            sink.word(" ")?;
        }
        sink.within(&Element::Value, |sink| {
            walk_degrees(sink, shown, MINUS, BETWEEN)?;
            sink.word(CELSIUS)
        })
    }

    /// The name of a city.
    fn walk_city<S: Sink>(&self, sink: &mut S, item: &WeatherItem<'a>) -> fmt::Result {
        sink.within(&Element::Name, |sink| {
            match (self.layout.name_of(item.city), self.locale.city(item.city)) {
                (Some(name), _) => sink.part(&Part::Outside(name)),
                (None, Some(name)) => sink.word(name),
                (None, None) => sink.part(&Part::Outside(item.city.name())),
            }
        })
    }

    /// The words for the sky, if the layout asks for them.
    fn sky(&self, item: &WeatherItem<'a>) -> Option<&'static str> {
        let hour = item.hour.filter(|_| self.layout.conditions)?;
        self.locale
            .condition(hour.condition.as_ref()?, hour.daylight)
    }

    /// The name of a source with its link and licence: `Data from MET Norway (CC BY 4.0)`.
    fn walk_source<S: Sink>(&self, sink: &mut S, source: &'a SourceId) -> fmt::Result {
        let credit = self.snapshot.attribution(source);
        let link = Element::Link(credit.and_then(|credit| credit.url()));
        sink.within(&link, |sink| {
            sink.within(&Element::Name, |sink| match self.locale.source(source) {
                Some(name) => sink.word(name),
                None => sink.part(&Part::Outside(
                    credit.map_or(source.as_str(), |credit| credit.name()),
                )),
            })
        })?;
        let Some((credit, licence)) = credit.and_then(|credit| Some((credit, credit.licence()?)))
        else {
            return Ok(());
        };
        sink.around(self.locale.aside, |sink| {
            sink.within(&Element::Link(credit.licence_url()), |sink| {
                sink.within(&Element::Name, |sink| sink.part(&Part::Outside(licence)))
            })
        })
    }

    /// A comma and the age of a reading. The sample has none, because it was not fetched.
    fn walk_time<S: Sink, T: Reading>(
        &self,
        sink: &mut S,
        observed: &Observed<T>,
        zone: Tz,
    ) -> fmt::Result {
        if observed.is_sample() {
            return Ok(());
        }
        sink.word(self.locale.list)?;
        self.walk_moment(sink, observed, zone)
    }

    /// The age of a reading: `5 min ago`, or `updated: 2 Apr 2026, 11:00 UTC+5`. It counts from the fetch or,
    /// if that is earlier, from the computation.
    fn walk_moment<S: Sink, T: Reading>(
        &self,
        sink: &mut S,
        observed: &Observed<T>,
        zone: Tz,
    ) -> fmt::Result {
        let at = observed.dated();
        match self.layout.times {
            Times::Ago => sink.part(&Part::Age {
                at,
                age: (self.now - at).max(TimeDelta::zero()),
                locale: self.locale,
            }),
            Times::Clock => sink.around(self.locale.updated, |sink| {
                let day = crate::day::of(at, zone);
                let day = Date::new(day, DateStyle::Medium, self.locale);
                sink.within(&Element::Name, |sink| sink.part(&Part::Day(day)))?;
                sink.word(self.locale.list)?;
                sink.within(&Element::Value, |sink| sink.part(&Part::Clock { at, zone }))
            }),
        }
    }

    /// A comma and the word for outdated values, if they are.
    fn walk_stale<S: Sink>(&self, sink: &mut S, freshness: Freshness) -> fmt::Result {
        if freshness != Freshness::Stale {
            return Ok(());
        }
        sink.word(self.locale.list)?;
        sink.word(self.locale.stale)
    }

    /// The words for an absent value.
    fn walk_no_data<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        sink.word(" ")?;
        sink.word(self.locale.no_data)
    }
}

/// The temperatures shown.
fn walk_degrees<S: Sink>(
    sink: &mut S,
    shown: Shown,
    minus: &'static str,
    between: &'static str,
) -> fmt::Result {
    let (first, second) = shown.ends();
    sink.part(&Part::Degrees {
        whole: first,
        minus,
    })?;
    let Some(whole) = second else { return Ok(()) };
    sink.word(between)?;
    sink.part(&Part::Degrees { whole, minus })
}

/// A separator, except before the first item.
fn separate<S: Sink>(first: &mut bool, separator: Separator, sink: &mut S) -> fmt::Result {
    if std::mem::take(first) {
        Ok(())
    } else {
        sink.part(&Part::Separator(separator))
    }
}
