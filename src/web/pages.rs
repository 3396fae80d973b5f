//! The cache of rendered pages: each language and format once per snapshot and minute.
//!
//! # Two servers, one page
//!
//! Behind a CDN one page view may come from one server and the next from another. So a page depends on the snapshot and the minute alone:
//!
//! | part of a page | from | why it is equal on all servers |
//! |---|---|---|
//! | the instant it is rendered for ([`moment`]) | the start of the minute, or the newest fetch if that is later | fetches are shared records; the second at which a server renders is not |
//! | the entity tag | the bytes | |
//! | `Last-Modified` | that instant | it follows the minute also where the text stayed the same |
//!
//! `Last-Modified` has whole seconds, and two texts may be rendered for one instant: a reading that arrives late is as old as its request. A server
//! then compares `If-Modified-Since` with a later second ([`Page::not_before`]), so that a client with the first text gets no 304 for the second. It
//! does the same for the pages of a service that replaced another one with other settings.

use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use super::page::Page;
use super::route::Format;
use super::slot::{Age, Slot};
use crate::day;
use crate::snapshot::Snapshot;
use crate::strip::{Lang, Layout, Strip};
use crate::ticker::Ticker;

/// The pages of all languages and formats.
pub(super) struct Pages {
    ticker: Ticker,
    languages: Vec<LanguagePages>,
    base: Arc<str>,
    /// The second after these pages began: a client can have other pages of before, with other settings.
    since: SystemTime,
}

/// The pages of one language.
struct LanguagePages {
    lang: Lang,
    layout: Layout,
    html: Slot<Rendered>,
    live: Slot<Rendered>,
    json: Slot<Rendered>,
    text: Slot<Rendered>,
    svg: Slot<Rendered>,
}

/// A page, and what decides whether it is current.
struct Rendered {
    page: Arc<Page>,
    /// The snapshot it shows, compared by address. Holding it prevents another snapshot from getting the same address.
    snapshot: Arc<Snapshot>,
    /// The minute it was rendered in, since 1970.
    minute: i64,
}

impl Pages {
    /// Renders nothing yet.
    pub(super) fn new(
        ticker: Ticker,
        layout: &Layout,
        languages: &[Lang],
        base: &Arc<str>,
    ) -> Self {
        let languages = Lang::ALL.iter().filter(|lang| languages.contains(lang));
        let began = day::clamp(ticker.now());
        let second = began.duration_trunc(TimeDelta::seconds(1)).unwrap_or(began);
        let since = if second < began {
            second + TimeDelta::seconds(1)
        } else {
            began
        };
        Self {
            since: since.into(),
            ticker,
            languages: languages
                .map(|lang| LanguagePages::new(*lang, layout))
                .collect(),
            base: base.clone(),
        }
    }

    /// Calls `use_it` with the current page. Returns `None` if the language is not served.
    ///
    /// The first caller after a change renders the page, see [`Slot::with`].
    pub(super) fn with<T>(
        &self,
        lang: Lang,
        format: Format,
        use_it: impl FnOnce(&Page) -> T,
    ) -> Option<T> {
        let pages = self.languages.iter().find(|pages| pages.lang == lang)?;
        Some(pages.slot(format).with(
            |rendered| self.age(rendered),
            |before| Arc::new(self.rendered(pages, format, before.map(|before| &**before))),
            |rendered| use_it(&rendered.page),
        ))
    }

    /// A page is current if it shows the published snapshot and this minute.
    fn age(&self, rendered: &Rendered) -> Age {
        age(rendered.minute, self.now(), || {
            std::ptr::eq(&*rendered.snapshot, &*self.ticker.snapshot())
        })
    }

    /// Renders the published snapshot. The caller holds the slot's lock, and the snapshot is loaded inside it, so that a slot never
    /// returns to an older snapshot.
    fn rendered(
        &self,
        pages: &LanguagePages,
        format: Format,
        before: Option<&Rendered>,
    ) -> Rendered {
        let (snapshot, now) = (self.ticker.snapshot().to_arc(), self.now());
        let at = moment(&snapshot, now);
        let text = pages.render(format, &snapshot, at, &self.ticker, &self.base);
        // An unchanged text keeps its tag. Its date follows the minute nevertheless: another server may not know when the text
        // last changed.
        let page = match before {
            Some(before) if *before.page.text == *text => Arc::new(before.page.dated(at)),
            _ => {
                let since = before.map_or(self.since, |before| before.page.next_second());
                Arc::new(Page::new(text, at, pages.lang, format).not_before(since))
            }
        };
        Rendered {
            page,
            snapshot,
            minute: minute(now),
        }
    }

    /// The ticker's clock, within the range that a page can print.
    fn now(&self) -> DateTime<Utc> {
        day::clamp(self.ticker.now())
    }
}

/// Returns the number of whole minutes since 1970.
pub(super) fn minute(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(60)
}

/// Returns the age of what was made in a minute: current in that minute while it `shows_all`, and recent until the next minute ends.
pub(super) fn age(made: i64, now: DateTime<Utc>, shows_all: impl FnOnce() -> bool) -> Age {
    match minute(now).abs_diff(made) {
        0 if shows_all() => Age::Current,
        0 | 1 => Age::Recent,
        _ => Age::Old,
    }
}

impl LanguagePages {
    fn new(lang: Lang, layout: &Layout) -> Self {
        Self {
            lang,
            layout: layout.clone().lang(lang),
            html: Slot::default(),
            live: Slot::default(),
            json: Slot::default(),
            text: Slot::default(),
            svg: Slot::default(),
        }
    }

    const fn slot(&self, format: Format) -> &Slot<Rendered> {
        match format {
            Format::Html => &self.html,
            Format::Live => &self.live,
            Format::Json => &self.json,
            Format::Text => &self.text,
            Format::Svg => &self.svg,
        }
    }

    /// Renders the strip for the instant `at`.
    fn render(
        &self,
        format: Format,
        snapshot: &Snapshot,
        at: DateTime<Utc>,
        ticker: &Ticker,
        base: &str,
    ) -> String {
        let strip = Strip::new(snapshot, &self.layout, at).policy(ticker.policy());
        match format {
            Format::Html => strip.html().to_string(),
            Format::Live => self.element(&strip, base),
            Format::Json => strip.json().to_string(),
            Format::Text => format!("{}\n", strip.text()),
            Format::Svg => strip.svg().to_string(),
        }
    }

    /// Returns the fragment inside the element that `masthead.js` defines, with the attributes that it reads.
    fn element(&self, strip: &Strip<'_>, base: &str) -> String {
        let (lang, html) = (self.lang, strip.html());
        let (pause, resume) = (lang.pause(), lang.resume());
        format!(
            r#"<masthead-strip lang="{lang}" src="{base}/{lang}.html" events="{base}/events?lang={lang}" pause="{pause}" resume="{resume}">{html}</masthead-strip>"#
        )
    }
}

/// Returns the instant a page is rendered for: the start of the minute, or the snapshot's newest fetch if that is later. Every server
/// therefore renders the same bytes for the same snapshot and minute.
fn moment(snapshot: &Snapshot, now: DateTime<Utc>) -> DateTime<Utc> {
    let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
    let latest = snapshot.newest_fetch().filter(|latest| *latest <= now);
    latest.map_or(minute, |latest| latest.max(minute))
}
