//! The view: a snapshot, a layout and an instant make a strip; text, ANSI, HTML, JSON and SVG are sinks over it.
//!
//! One walk feeds every sink, so they cannot disagree. Nothing here reads a clock, and nothing but SVG allocates, which is
//! measured before it is written. Each output is a value that writes itself where the caller wants it, by `write_to`, or by
//! [`Display`](std::fmt::Display).
//!
//! ```
//! use masthead::strip::{Layout, Strip};
//! use masthead::Snapshot;
//!
//! let snapshot = Snapshot::sample();
//! let layout = Layout::page();
//! let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
//! assert_eq!(strip.text().to_string().lines().nth(2), Some("usd/kzt 447.32 eur/kzt 482.21"));
//!
//! let mut page = String::from("<!doctype html>");
//! strip.html().write_to(&mut page)?;
//! assert!(page.contains(r#"<data value="447.32">447.32</data>"#));
//! # Ok::<(), std::fmt::Error>(())
//! ```

mod digits;
mod html;
mod item;
mod json;
mod layout;
mod locale;
mod number;
mod parse_number;
mod part;
mod svg;
mod text;
mod walk;

use chrono::{DateTime, NaiveDate, Utc};

use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::{Freshness, FreshnessPolicy, Observed, Snapshot};
use crate::weather::{City, Weather};
use locale::Locale;

pub use html::{Fragment, Html};
pub use item::{RateItem, Shown, WeatherItem};
pub use json::Json;
pub use layout::{LanguageLink, Layout, PairCase, Temperatures, Times};
pub use locale::{Date, DateStyle, Direction, KazakhLatin, Lang, ParseLangError};
pub use number::{Number, NumberStyle};
pub use parse_number::ParseNumberError;
pub use svg::Svg;
pub use text::Text;

/// A style sheet for [`Html`], to be served from the site's own address: it fits a strict content security policy and AMP, and
/// a contrast of at least 4.5 to 1 in light and dark. The fragment is complete without it.
///
/// A site gives colours of its own by `--masthead-ink`, `-quiet`, `-paper`, `-up` and `-down` on `:root`. Light or dark is the
/// reader's choice, or the site's: `data-theme="light"` or `"dark"` on the root.
pub const STYLE: &str = include_str!("masthead.css");

/// What a reader sees at an instant: a snapshot arranged by a layout.
///
/// The items are typed, for a site with a template of its own: [`rates`](Self::rates), [`next`](Self::next),
/// [`weather`](Self::weather), [`attributions`](Self::attributions). Every item of the layout is there, whatever is
/// known of it: a row never changes its shape.
#[derive(Clone, Copy, Debug)]
pub struct Strip<'a> {
    snapshot: &'a Snapshot,
    layout: &'a Layout,
    now: DateTime<Utc>,
    policy: FreshnessPolicy,
    locale: &'static Locale,
    rates: Option<(&'a Observed<Rates>, Freshness)>,
}

impl<'a> Strip<'a> {
    /// The strip of a snapshot at `now`.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, layout: &'a Layout, now: DateTime<Utc>) -> Self {
        let strip = Self {
            snapshot,
            layout,
            now: crate::day::clamp(now),
            policy: FreshnessPolicy::default(),
            locale: layout.locale(),
            rates: None,
        };
        strip.policy(FreshnessPolicy::default())
    }

    /// The same under other limits of freshness.
    #[must_use]
    pub fn policy(mut self, policy: FreshnessPolicy) -> Self {
        self.policy = policy;
        let rates = self.snapshot.rates(self.now);
        let rates = rates.or_else(|| self.snapshot.next(self.now));
        self.rates = self.judged(rates.filter(|held| self.has_use_for(held)));
        self
    }

    /// Of the sample, whether it has any of the layout's pairs: it says nothing of another bank.
    fn has_use_for(&self, rates: &Observed<Rates>) -> bool {
        let known = |pair| rates.value().rate(pair).is_some();
        !rates.is_sample() || self.layout.pairs().any(known)
    }

    fn judged(
        &self,
        rates: Option<&'a Observed<Rates>>,
    ) -> Option<(&'a Observed<Rates>, Freshness)> {
        rates.map(|held| (held, self.policy.of_rates(held, self.now)))
    }

    /// The rates of the layout's pairs, in its order: those in force, else those of the day ahead, where the bank has
    /// published these alone.
    pub fn rates(&self) -> impl Iterator<Item = RateItem<'a>> + use<'a> {
        self.layout.pairs().map(self.rate_items(self.rates))
    }

    /// The same rows for the day ahead, once the bank has published it.
    #[must_use]
    pub fn next(&self) -> Option<impl Iterator<Item = RateItem<'a>> + use<'a>> {
        let next = self.snapshot.next(self.now)?;
        let next = self.judged(Some(next));
        Some(self.layout.pairs().map(self.rate_items(next)))
    }

    /// The weather of the layout's cities, in its order.
    pub fn weather(&self) -> impl Iterator<Item = WeatherItem<'a>> + use<'a> {
        let strip = *self;
        strip
            .layout
            .cities_shown()
            .iter()
            .map(move |city| strip.city(city))
    }

    /// Whether anything shown is of the built-in sample.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
    /// assert!(Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).is_sample());
    /// assert!(!Strip::new(&Snapshot::default(), &layout, Snapshot::SAMPLE_TIME).is_sample());
    /// ```
    #[must_use]
    pub fn is_sample(&self) -> bool {
        self.sample().is_some()
    }

    /// The credits due for what is shown, each once: the rates' source first.
    pub fn attributions(&self) -> impl Iterator<Item = (&'a SourceId, &'a Attribution)> + use<'a> {
        let strip = *self;
        strip
            .sources()
            .enumerate()
            .filter_map(move |(index, source)| {
                let seen = strip.sources().take(index).any(|earlier| earlier == source);
                if seen {
                    None
                } else {
                    Some((source, strip.snapshot.attribution(source)?))
                }
            })
    }

    /// The date a page prints: the layout's own, else the day of the rates in force, else today.
    #[must_use]
    pub fn date(&self) -> NaiveDate {
        let in_force = || {
            let (held, _) = self.rates.filter(|(held, _)| !self.is_ahead(held))?;
            Some(held.value().day())
        };
        self.layout
            .date
            .or_else(in_force)
            .unwrap_or_else(|| self.today())
    }

    /// Whether the day of the rates has not begun where their bank is.
    fn is_ahead(&self, rates: &Observed<Rates>) -> bool {
        rates.value().day() > self.bank_day(rates)
    }

    /// The day it is where the bank of the rates is.
    fn bank_day(&self, rates: &Observed<Rates>) -> NaiveDate {
        crate::day::of(self.now, rates.value().zone())
    }

    /// The day it is where the first city is; without a city, where the bank of the rates is; without rates, in UTC.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        let city = self.layout.cities_shown().first().map(City::zone);
        let bank = || Some(self.rates?.0.value().zone());
        let zone = city.or_else(bank).unwrap_or(chrono_tz::UTC);
        crate::day::of(self.now, zone)
    }

    /// Plain text, with each value in a bidirectional isolate where the layout asks for it; then a line of a language that is
    /// written from the right begins with a mark that says so.
    #[must_use]
    pub fn text(&self) -> Text<'a> {
        Text::plain(*self)
    }

    /// Text for a terminal: the same with colours by direction and age.
    #[must_use]
    pub fn ansi(&self) -> Text<'a> {
        Text::ansi(*self)
    }

    /// A fragment of HTML: semantic, no style, no script, safe to put into any page.
    #[must_use]
    pub fn html(&self) -> Html<'a> {
        Html::new(*self)
    }

    /// JSON, schema 2.
    #[must_use]
    pub fn json(&self) -> Json<'a> {
        Json::new(*self)
    }

    /// A picture of its own, with text in rows, light or dark as the reader's screen is.
    #[must_use]
    pub fn svg(&self) -> Svg<'a> {
        Svg::new(*self)
    }

    /// The forecasts of the layout's cities that say something of the rest of the day, each with its city.
    fn forecasts(&self) -> impl Iterator<Item = (&'a City, &'a Observed<Weather>)> + use<'a> {
        let strip = *self;
        let cities = strip.layout.cities_shown().iter();
        cities.filter_map(move |city| {
            let held = strip.snapshot.weather(city.id())?;
            // A fresh one that goes on says something of now; of the others it has to be looked for.
            let last = held.value().hours().last();
            let goes_on = last.is_some_and(|hour| hour.at >= strip.now);
            let is_shown = goes_on && strip.policy.of_forecast(held, strip.now) == Freshness::Fresh
                || held.value().now(strip.now).is_some()
                || strip.policy.of_weather(held, strip.now, city.zone()) != Freshness::Absent;
            is_shown.then_some((city, held))
        })
    }

    /// The source of the sample, where anything of it is shown.
    fn sample(&self) -> Option<&'a SourceId> {
        self.sources().find(|source| **source == SourceId::SAMPLE)
    }

    fn sources(&self) -> impl Iterator<Item = &'a SourceId> + use<'a> {
        let rates = self.rates.map(|(held, _)| held);
        let rates = rates.into_iter().chain(self.snapshot.next(self.now));
        rates
            .map(Observed::source)
            .chain(self.forecasts().map(|(_, held)| held.source()))
    }
}
