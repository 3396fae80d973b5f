//! What is rendered: each language and form once for a snapshot and a minute, for all readers.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use super::page::Page;
use super::route::Format;
use crate::day;
use crate::snapshot::Snapshot;
use crate::strip::{Lang, Layout, Strip};
use crate::ticker::Ticker;

/// The pages of all languages and forms.
pub(super) struct Pages {
    ticker: Ticker,
    editions: Vec<Edition>,
    base: Arc<str>,
}

struct Edition {
    lang: Lang,
    layout: Layout,
    html: Slot,
    live: Slot,
    json: Slot,
    text: Slot,
    svg: Slot,
}

/// One page, for whoever asks, and the turn of making the next.
#[derive(Default)]
struct Slot {
    current: ArcSwapOption<Rendered>,
    making: Mutex<()>,
}

struct Rendered {
    page: Arc<Page>,
    /// What it was rendered of. It is held so that no other snapshot takes its address.
    snapshot: Arc<Snapshot>,
    minute: i64,
}

impl Pages {
    pub(super) fn new(
        ticker: Ticker,
        layout: &Layout,
        languages: &[Lang],
        base: &Arc<str>,
    ) -> Self {
        let editions = Lang::ALL.iter().filter(|lang| languages.contains(lang));
        Self {
            ticker,
            editions: editions.map(|lang| Edition::new(*lang, layout)).collect(),
            base: base.clone(),
        }
    }

    /// Uses a page as it is now; nothing where the language is not served.
    ///
    /// The page of the snapshot and the minute is rendered by whoever comes first. Who comes meanwhile takes the one before,
    /// which was whole a moment ago, and does not wait; only the very first page is waited for.
    pub(super) fn with<T>(
        &self,
        lang: Lang,
        format: Format,
        use_it: impl FnOnce(&Page) -> T,
    ) -> Option<T> {
        let edition = self.editions.iter().find(|edition| edition.lang == lang)?;
        let slot = edition.slot(format);
        let before = slot.current.load();
        if let Some(rendered) = before.as_ref().filter(|rendered| self.is_current(rendered)) {
            return Some(use_it(&rendered.page));
        }
        let turn = match (slot.making.try_lock(), &*before) {
            (Ok(turn), _) => turn,
            (Err(TryLockError::Poisoned(turn)), _) => turn.into_inner(),
            (Err(TryLockError::WouldBlock), Some(rendered)) => return Some(use_it(&rendered.page)),
            (Err(TryLockError::WouldBlock), None) => {
                slot.making.lock().unwrap_or_else(PoisonError::into_inner)
            }
        };
        let before = slot.current.load_full();
        let current = before.as_ref().filter(|before| self.is_current(before));
        let rendered = match current {
            Some(current) => current.clone(),
            None => {
                let rendered = Arc::new(self.rendered(edition, format, before.as_deref()));
                slot.current.store(Some(rendered.clone()));
                rendered
            }
        };
        drop(turn);
        Some(use_it(&rendered.page))
    }

    fn is_current(&self, rendered: &Rendered) -> bool {
        let snapshot = self.ticker.snapshot();
        rendered.minute == minute(self.now()) && std::ptr::eq(&*rendered.snapshot, &*snapshot)
    }

    /// A page of what is known now. It is asked for by one at a time, and takes the snapshot itself, so that no page goes back to
    /// an older one.
    fn rendered(&self, edition: &Edition, format: Format, before: Option<&Rendered>) -> Rendered {
        let (snapshot, now) = (self.ticker.snapshot().to_arc(), self.now());
        let at = moment(&snapshot, now);
        let text = edition.render(format, &snapshot, at, &self.ticker, &self.base);
        // A page whose words did not change keeps its tag. Its date moves on with the minute all the same: another server may
        // not have seen when they changed.
        let page = match before {
            Some(before) if *before.page.text == *text => Arc::new(before.page.dated(at)),
            _ => Arc::new(Page::new(text, at, edition.lang, format)),
        };
        Rendered {
            page,
            snapshot,
            minute: minute(now),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        day::clamp(self.ticker.now())
    }
}

/// Which minute it is, since 1970.
fn minute(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(60)
}

impl Edition {
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

    const fn slot(&self, format: Format) -> &Slot {
        match format {
            Format::Html => &self.html,
            Format::Live => &self.live,
            Format::Json => &self.json,
            Format::Text => &self.text,
            Format::Svg => &self.svg,
        }
    }

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

    /// The fragment inside of the element of `masthead.js`.
    fn element(&self, strip: &Strip<'_>, base: &str) -> String {
        let (lang, html) = (self.lang, strip.html());
        let (pause, resume) = (lang.pause(), lang.resume());
        format!(
            r#"<masthead-strip lang="{lang}" src="{base}/{lang}.html" events="{base}/events?lang={lang}" pause="{pause}" resume="{resume}">{html}</masthead-strip>"#
        )
    }
}

/// The instant a page is rendered for: the minute's beginning, or the snapshot's last word where that is later, so that
/// every server renders the same bytes of the same snapshot in the same minute.
fn moment(snapshot: &Snapshot, now: DateTime<Utc>) -> DateTime<Utc> {
    let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
    let latest = snapshot.newest_fetch().filter(|latest| *latest <= now);
    latest.map_or(minute, |latest| latest.max(minute))
}
