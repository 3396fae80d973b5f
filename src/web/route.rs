//! From a request to what it asks for.

use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;

use super::{Asset, Settings};
use crate::strip::Lang;

/// What can be asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Route {
    Page(Lang, Format),
    /// The language was chosen by `Accept-Language`.
    Negotiated(Lang),
    Events(Lang),
    /// Whether it was asked for by its content, so that it may be kept for ever.
    Asset(&'static Asset, bool),
    Head,
    Health,
}

/// The forms of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    /// HTML inside of the element that keeps it live.
    Live,
    Json,
    Text,
    Svg,
}

impl Format {
    /// By what stands after the language.
    fn of(extension: &str) -> Option<Self> {
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
    pub(super) fn of(request: &Parts, settings: &Settings) -> Option<Self> {
        let path = request.uri.path();
        let inner = path
            .strip_prefix(&*settings.base)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
            .unwrap_or(path);
        let name = inner.strip_prefix('/').unwrap_or(inner);
        match name {
            "" => return Some(Self::Negotiated(accepted(request, settings))),
            "events" => return asked(request, settings).map(Self::Events),
            "head.html" => return Some(Self::Head),
            "health" => return Some(Self::Health),
            _ => {}
        }
        if let Some((asset, kept)) = Asset::named(name) {
            return Some(Self::Asset(asset, kept));
        }
        let (tag, extension) = name.split_once('.')?;
        Some(Self::Page(served(tag, settings)?, Format::of(extension)?))
    }
}

/// A language that is served, by its tag to the letter: every other way to write it would be another page to a cache.
fn served(tag: &str, settings: &Settings) -> Option<Lang> {
    let mut languages = settings.languages.iter().copied();
    languages.find(|lang| lang.tag() == tag)
}

/// The language of events: `?lang=kk`, because a script cannot set a header of theirs; else what the browser asks for.
fn asked(request: &Parts, settings: &Settings) -> Option<Lang> {
    let query = request.uri.query().unwrap_or_default();
    let lang = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "lang");
    match lang {
        Some((_, tag)) => served(&tag, settings),
        None => Some(accepted(request, settings)),
    }
}

/// The served language that suits the reader best; that of the layout where none does.
fn accepted(request: &Parts, settings: &Settings) -> Lang {
    let header = request.headers.get(ACCEPT_LANGUAGE);
    let header = header.and_then(|value| value.to_str().ok());
    header
        .and_then(|header| Lang::accepted_among(header, &settings.languages))
        .unwrap_or(settings.layout.language())
}
