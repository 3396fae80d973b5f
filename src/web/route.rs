//! Maps a request to a route.
//!
//! A path has one spelling: `/kk-latn.html` and `/history/USD-KZT.csv` are 404, because a cache would hold them as other pages, and anybody could
//! fill it with spellings. The mount point is taken off if it is there, and a path without it is accepted too, because some frameworks remove it.

use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;

use super::query::{self, Query};
use super::refused::Refused;
use super::{Asset, Settings};
use crate::strip::Lang;

/// The routes of a service.
#[derive(Clone, Debug)]
pub(super) enum Route {
    /// `/{lang}.{format}`
    Page(Lang, Format),
    /// `/`, with the language that `Accept-Language` prefers.
    Negotiated(Lang),
    /// `/events`
    Events(Lang),
    /// A static file, and whether the path contains its digest, so that its content never changes.
    Asset(&'static Asset, bool),
    /// `/head.html`
    Head,
    /// `/health`
    Health,
    /// `/history/{pair}.{format}`
    History(query::Format, Result<Query, Refused>),
}

/// The formats of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    /// HTML inside the element that keeps it up to date.
    Live,
    Json,
    Text,
    Svg,
}

impl Format {
    /// Returns the format of a file extension, the part after the language's tag.
    fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "html" => Self::Html,
            "live.html" => Self::Live,
            "json" => Self::Json,
            "txt" => Self::Text,
            "svg" => Self::Svg,
            _ => return None,
        })
    }
}

impl Route {
    /// Returns the route of a request's path, or `None` if the path names no route. Ignores the method.
    pub(super) fn of(request: &Parts, settings: &Settings) -> Option<Self> {
        let path = request.uri.path();
        let inner = path
            .strip_prefix(&*settings.base)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
            .unwrap_or(path);
        let name = inner.strip_prefix('/').unwrap_or(inner);
        match name {
            "" => return Some(Self::Negotiated(negotiated(request, settings))),
            "events" => return events_language(request, settings).map(Self::Events),
            "head.html" => return Some(Self::Head),
            "health" => return Some(Self::Health),
            _ => {}
        }
        if let Some((pair, extension)) = of_history(name) {
            let format = query::Format::from_extension(extension)?;
            let parameters = request.uri.query().unwrap_or_default();
            return Some(Self::History(
                format,
                Query::parse(pair, format, parameters),
            ));
        }
        if let Some((asset, immutable)) = Asset::named(name) {
            return Some(Self::Asset(asset, immutable));
        }
        let (tag, extension) = name.split_once('.')?;
        Some(Self::Page(
            served(tag, settings)?,
            Format::from_extension(extension)?,
        ))
    }
}

/// Returns the pair and the extension of a path such as `history/usd-kzt.json`.
fn of_history(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("history/")?.rsplit_once('.')
}

/// Returns the served language with exactly this tag. Other spellings of a tag are refused: to a cache they would be other pages.
fn served(tag: &str, settings: &Settings) -> Option<Lang> {
    let mut languages = settings.languages.iter().copied();
    languages.find(|lang| lang.tag() == tag)
}

/// Returns the language of events. `?lang=kk` comes first, because a script cannot set headers on an `EventSource`; without it,
/// `Accept-Language` decides.
fn events_language(request: &Parts, settings: &Settings) -> Option<Lang> {
    let query = request.uri.query().unwrap_or_default();
    let lang = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "lang");
    match lang {
        Some((_, tag)) => served(&tag, settings),
        None => Some(negotiated(request, settings)),
    }
}

/// Returns the served language that `Accept-Language` prefers, or the layout's own if it names none of them. Several lines are one list
/// ([RFC 9110, section 5.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)).
fn negotiated(request: &Parts, settings: &Settings) -> Lang {
    let lines = request.headers.get_all(ACCEPT_LANGUAGE).iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    Lang::accepted_among(&lines.join(","), &settings.languages)
        .unwrap_or(settings.layout.get_lang())
}
