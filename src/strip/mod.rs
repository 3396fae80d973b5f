//! The view: a [`Snapshot`], a [`Layout`] and an instant make a [`Strip`], which is written as text,
//! ANSI, HTML, JSON or SVG.
//!
//! | output | by | for |
//! |---|---|---|
//! | plain text | [`Strip::text`] | a terminal, a mail, a log |
//! | text with ANSI colours | [`Strip::ansi`] | a terminal |
//! | a fragment of HTML | [`Strip::html`] | a page, by server-side rendering, SSI or ESI |
//! | JSON, schema 2 | [`Strip::json`] | an app, a script |
//! | a picture in SVG | [`Strip::svg`] | mail, feeds, a README |
//!
//! All five outputs have the same items in the same order, and all but JSON come from one walk over
//! them, so they say the same. A site with a template of its own takes the items themselves:
//! [`Strip::rates`], [`Strip::weather`].
//!
//! No function here reads a clock: the instant is an argument. Only SVG allocates, because a picture
//! is measured before it is written. Each output is a value that is written by its `write_to` method
//! or by [`Display`](std::fmt::Display); `write_to` is faster.
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

mod chart;
mod digits;
mod html;
mod item;
mod json;
mod layout;
mod locale;
mod number;
mod parse_number;
mod part;
mod sparkline;
mod summary;
mod svg;
mod text;
mod walk;
mod words;

use chrono::{DateTime, NaiveDate, Utc};

use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::{Freshness, FreshnessPolicy, Observed, Snapshot};
use crate::weather::{City, Weather};
use locale::Locale;

pub use chart::{Chart, InvalidChart};
pub use html::{Fragment, Html};
pub use item::{RateItem, Shown, WeatherItem};
pub use json::Json;
pub use layout::{LanguageLink, Layout, PairCase, Temperatures, Times};
pub use locale::{Date, DateStyle, Direction, KazakhLatin, Lang};
pub use number::{Number, NumberStyle};
pub use svg::Svg;
pub use text::Text;

/// The style sheet for [`Html`]. Serve it from the site's own address.
///
/// It fits a strict content security policy and AMP: no `!important`, no `@import`, no `url()`. Text
/// has a contrast of at least 4.5 to 1 in light and in dark. The sheet has at most 1.5 KB with gzip.
/// The fragment can be read without it.
///
/// A site sets its own colours by custom properties on `:root`:
///
/// | property | light | dark | colours |
/// |---|---|---|---|
/// | `--masthead-ink` | `#1f2328` | `#e6edf3` | text |
/// | `--masthead-quiet` | `#57606a` | `#9da7b1` | notes, and values that are stale, absent or unconfirmed |
/// | `--masthead-paper` | `#fff` | `#0d1117` | background |
/// | `--masthead-up` | `#116329` | `#56d364` | the arrow of a rise |
/// | `--masthead-down` | `#a40e26` | `#ff9492` | the arrow of a fall |
///
/// The reader's `prefers-color-scheme` chooses between light and dark. `data-theme="light"` or
/// `data-theme="dark"` on the root element overrides it.
///
/// ```
/// use masthead::strip::STYLE;
///
/// // The body of `/masthead.css`, with a green of the site's own.
/// // A value holds for light and dark, so that a site sets two: the second where the reader prefers
/// // dark and the page does not force light, and where the page forces dark.
/// let own = ":root { --masthead-up: #00695c }
///     @media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { --masthead-up: #4db6ac } }
///     :root[data-theme=dark] { --masthead-up: #4db6ac }";
/// let sheet = format!("{STYLE}\n{own}\n");
/// assert!(sheet.contains("--_up: var(--masthead-up, #116329);"));
/// assert!(!STYLE.contains("!important") && !STYLE.contains("url("));
/// ```
pub const STYLE: &str = include_str!("masthead.css");

/// The strip at an instant: the values of a [`Snapshot`], arranged by a [`Layout`].
///
/// A strip borrows both and is cheap to make: build one for each answer. It has every item of the
/// layout in the layout's order, also where a value is absent, so a row never changes its shape. A
/// value that is old stays in its place and is marked; see [`Freshness`].
///
/// ```
/// use masthead::strip::{Lang, Layout, Strip};
/// use masthead::Snapshot;
///
/// let snapshot = Snapshot::sample();
/// let layout = Layout::line().lang(Lang::Ru).isolates(false);
/// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
/// assert_eq!(
///     strip.text().to_string(),
///     "usd/kzt 447.32 · eur/kzt 482.21 · rub/kzt 5.43 · cny/kzt 62.64 · \
///      по состоянию на 13 июня 2023\u{202f}г., встроенный образец от 13 июня 2023\u{202f}г., \
///      данные устарели · Астана +21…+23\u{a0}°C, данные устарели"
/// );
///
/// // The same strip in a page, with the reader's values in `data` elements.
/// let html = strip.html().to_string();
/// assert!(html.starts_with(r#"<section class="masthead" lang="ru" dir="ltr""#));
///
/// // The same items, typed, for a template of the site's own.
/// let values = strip.rates().map(|item| item.rate.map(|rate| rate.value().to_string()));
/// assert_eq!(values.flatten().collect::<Vec<_>>(), ["447.32", "482.21", "5.43", "62.64"]);
/// ```
///
/// Without data every place is kept:
///
/// ```
/// # use masthead::{Layout, Snapshot, Strip};
/// let (snapshot, layout) = (Snapshot::default(), Layout::line().isolates(false));
/// assert_eq!(
///     Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string(),
///     "usd/kzt no data · eur/kzt no data · rub/kzt no data · cny/kzt no data · Astana no data"
/// );
/// ```
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
    /// Creates the strip of `snapshot` at `now`, with the default [`FreshnessPolicy`].
    ///
    /// `now` decides which publication is in force, how old the values are and which day it is. Pass
    /// the time of the request; for [`Snapshot::sample`] pass [`Snapshot::SAMPLE_TIME`].
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

    /// Sets the limits of freshness. Default: [`FreshnessPolicy::default`].
    ///
    /// They decide when a value is marked as outdated.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use masthead::{Freshness, FreshnessPolicy, Layout, Snapshot, Strip};
    /// # // The figures of the sample as the bank's own: those of a sample are stale at every instant.
    /// # let sample = serde_json::to_string(&Snapshot::sample())?;
    /// # let snapshot: Snapshot = serde_json::from_str(&sample.replace(r#""sample""#, r#""national_bank_kz""#))?;
    ///
    /// let layout = Layout::line();
    /// let next_evening = Snapshot::SAMPLE_TIME + TimeDelta::hours(30);
    /// let strip = Strip::new(&snapshot, &layout, next_evening);
    /// assert_eq!(strip.rates().next().unwrap().freshness, Freshness::Ageing);
    ///
    /// let mut strict = FreshnessPolicy::default();
    /// strict.rates_ageing = TimeDelta::hours(2);
    /// assert_eq!(strip.policy(strict).rates().next().unwrap().freshness, Freshness::Stale);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn policy(mut self, policy: FreshnessPolicy) -> Self {
        self.policy = policy;
        let rates = self.snapshot.rates(self.now);
        let rates = rates.or_else(|| self.snapshot.next(self.now));
        self.rates = self.judged(rates.filter(|held| self.has_use_for(held)));
        self
    }

    /// Whether `rates` are shown. The sample is shown only if it has one of the layout's pairs: its
    /// name would be wrong beside the empty rows of another bank.
    fn has_use_for(&self, rates: &Observed<Rates>) -> bool {
        let known = |pair| rates.value().rate(pair).is_some();
        !rates.is_sample() || self.layout.pairs().any(known)
    }

    /// The rates with their freshness.
    fn judged(
        &self,
        rates: Option<&'a Observed<Rates>>,
    ) -> Option<(&'a Observed<Rates>, Freshness)> {
        rates.map(|held| (held, self.policy.of_rates(held, self.now)))
    }

    /// The rates of the layout's pairs, one item for each pair, in the layout's order.
    ///
    /// They are those in force at the strip's instant. Before any rates in force are known they are
    /// those of the next publication, if there is one. An item without a rate is
    /// [absent](Freshness::Absent).
    ///
    /// ```
    /// # use masthead::{Freshness, Layout, Snapshot, Strip, money::Pair};
    /// let snapshot = Snapshot::sample();
    /// let layout = Layout::line().rates([[Pair::EUR_KZT, "gbp/kzt".parse()?]]);
    /// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
    /// let rows: Vec<_> = strip.rates().map(|item| (item.pair.to_string(), item.freshness)).collect();
    /// assert_eq!(
    ///     rows,
    ///     [("EUR/KZT".to_owned(), Freshness::Stale), ("GBP/KZT".to_owned(), Freshness::Absent)]
    /// );
    /// # Ok::<(), masthead::ParseError>(())
    /// ```
    pub fn rates(&self) -> impl Iterator<Item = RateItem<'a>> + use<'a> {
        self.layout.pairs().map(self.rate_items(self.rates))
    }

    /// The rates of the next publication, in the same rows as [`rates`](Self::rates).
    ///
    /// Returns `None` until the bank has published rates for a later day, and again from the bank's
    /// midnight, when these rates are in force and [`rates`](Self::rates) has them.
    ///
    /// ```
    /// use masthead::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
    /// use masthead::{Attribution, Layout, Snapshot, SourceId, Strip};
    ///
    /// let rates = |day: &str, dollar: &str| {
    ///     let publication =
    ///         Publication::new(SourceId::NATIONAL_BANK_KZ, Currency::KZT, Quotation::HomePerForeign, day.parse().unwrap(), chrono_tz::Asia::Almaty);
    ///     let value = parse_decimal(dollar).unwrap();
    ///     Rates::new(publication, [Row::new(Currency::USD, value, 1)]).unwrap()
    /// };
    /// let now = "2026-04-02T10:30:00Z".parse()?;
    /// let mut snapshot = Snapshot::default();
    /// for (day, dollar) in [("2026-04-02", "475.09"), ("2026-04-03", "474.80")] {
    ///     snapshot.add_rates(rates(day, dollar), Attribution::new("National Bank of Kazakhstan"), now);
    /// }
    /// let layout = Layout::line();
    /// let dollar = |item: Option<masthead::strip::RateItem>| item?.rate.map(|rate| rate.value().to_string());
    ///
    /// let strip = Strip::new(&snapshot, &layout, now);
    /// assert_eq!(dollar(strip.rates().next()).as_deref(), Some("475.09"));
    /// assert_eq!(dollar(strip.next().and_then(|mut next| next.next())).as_deref(), Some("474.80"));
    ///
    /// // The bank's midnight, 19:00 UTC, has passed.
    /// let strip = Strip::new(&snapshot, &layout, "2026-04-02T19:00:00Z".parse()?);
    /// assert_eq!(dollar(strip.rates().next()).as_deref(), Some("474.80"));
    /// assert!(strip.next().is_none());
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn next(&self) -> Option<impl Iterator<Item = RateItem<'a>> + use<'a>> {
        let next = self.snapshot.next(self.now)?;
        let next = self.judged(Some(next));
        Some(self.layout.pairs().map(self.rate_items(next)))
    }

    /// The weather of the layout's cities, one item for each city, in the layout's order.
    ///
    /// An item without a value to show is [absent](Freshness::Absent). See [`WeatherItem`] for an
    /// example.
    pub fn weather(&self) -> impl Iterator<Item = WeatherItem<'a>> + use<'a> {
        let strip = *self;
        strip
            .layout
            .get_cities()
            .iter()
            .map(move |city| strip.city(city))
    }

    /// Whether a value of the built-in sample is shown.
    ///
    /// Every output names the sample. A site can use this to show no strip at all before the first
    /// real data.
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

    /// The sources of the values shown and the credit each one asks for, without repetition. The
    /// source of the rates comes first.
    ///
    /// Text, HTML and SVG print these credits already, except [`Layout::page`], which prints the sample
    /// alone. A site whose terms of use ask for a credit elsewhere takes it from here.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
    /// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
    /// let credits: Vec<_> = strip.attributions().map(|(id, credit)| (id.as_str(), credit.name())).collect();
    /// assert_eq!(credits, [("sample", "Built-in sample of 13 June 2023")]);
    /// ```
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

    /// The date that [`Layout::page`] prints: that of [`Layout::date`], else the day of the rates in
    /// force, else [`today`](Self::today).
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::page());
    /// let date = |layout: &Layout| Strip::new(&snapshot, layout, Snapshot::SAMPLE_TIME).date().to_string();
    /// assert_eq!(date(&layout), "2023-06-13");
    /// assert_eq!(date(&layout.date("2020-12-29".parse()?)), "2020-12-29");
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
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

    /// Whether the day of `rates` has not begun in the bank's zone.
    fn is_ahead(&self, rates: &Observed<Rates>) -> bool {
        rates.value().day() > self.bank_day(rates)
    }

    /// The calendar day in the bank's zone.
    fn bank_day(&self, rates: &Observed<Rates>) -> NaiveDate {
        crate::day::of(self.now, rates.value().zone())
    }

    /// The calendar day in the zone of the layout's first city. Without a city, the zone is that of
    /// the bank; without rates, it is UTC.
    ///
    /// [`Layout::today`] prints it.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// let (snapshot, astana) = (Snapshot::default(), Layout::line());
    /// let evening = "2026-04-02T20:00:00Z".parse()?;
    /// assert_eq!(Strip::new(&snapshot, &astana, evening).today().to_string(), "2026-04-03");
    /// let nowhere = astana.cities([]);
    /// assert_eq!(Strip::new(&snapshot, &nowhere, evening).today().to_string(), "2026-04-02");
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        let city = self.layout.get_cities().first().map(City::zone);
        let bank = || Some(self.rates?.0.value().zone());
        let zone = city.or_else(bank).unwrap_or(chrono_tz::UTC);
        crate::day::of(self.now, zone)
    }

    /// The strip as plain text. [`Layout::isolates`] sets whether values stand in bidirectional
    /// isolates.
    #[must_use]
    pub fn text(&self) -> Text<'a> {
        Text::plain(*self)
    }

    /// The strip as text for a terminal, with ANSI colours for direction and age.
    ///
    /// ```
    /// use masthead::{Layout, Snapshot, Strip};
    ///
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
    /// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
    /// // The same items in each output.
    /// assert!(strip.ansi().to_string().contains("\u{1b}["));
    /// assert!(strip.json().to_string().contains(r#""447.32""#));
    /// assert!(strip.svg().to_string().starts_with("<svg"));
    /// assert_eq!((strip.rates().count(), strip.weather().count()), (4, 1));
    /// ```
    #[must_use]
    pub fn ansi(&self) -> Text<'a> {
        Text::ansi(*self)
    }

    /// The strip as a fragment of HTML, without style or script, escaped and safe to put into a page.
    #[must_use]
    pub fn html(&self) -> Html<'a> {
        Html::new(*self)
    }

    /// The strip as JSON, schema 2.
    #[must_use]
    pub fn json(&self) -> Json<'a> {
        Json::new(*self)
    }

    /// The strip as a picture in SVG, light or dark by the reader's `prefers-color-scheme`.
    #[must_use]
    pub fn svg(&self) -> Svg<'a> {
        Svg::new(*self)
    }

    /// The forecasts of the layout's cities that cover a part of the rest of the city's day.
    fn forecasts(&self) -> impl Iterator<Item = (&'a City, &'a Observed<Weather>)> + use<'a> {
        let strip = *self;
        let cities = strip.layout.get_cities().iter();
        cities.filter_map(move |city| {
            let held = strip.snapshot.weather(city.id())?;
            // The cheap test first: a fresh forecast that goes on covers the present.
            let last = held.value().hours().last();
            let goes_on = last.is_some_and(|hour| hour.at >= strip.now);
            let is_shown = goes_on && strip.policy.of_forecast(held, strip.now) == Freshness::Fresh
                || held.value().now(strip.now).is_some()
                || strip.policy.of_weather(held, strip.now, city.zone()) != Freshness::Absent;
            is_shown.then_some((city, held))
        })
    }

    /// The id of the sample, if a value of it is shown.
    fn sample(&self) -> Option<&'a SourceId> {
        self.sources().find(|source| **source == SourceId::SAMPLE)
    }

    /// The sources of the values shown, with repetitions: rates, next rates, weather.
    fn sources(&self) -> impl Iterator<Item = &'a SourceId> + use<'a> {
        let rates = self.rates.map(|(held, _)| held);
        let rates = rates.into_iter().chain(self.snapshot.next(self.now));
        rates
            .map(Observed::source)
            .chain(self.forecasts().map(|(_, held)| held.source()))
    }
}
