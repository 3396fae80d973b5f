//! The routes that requests are counted by. A path of a client is never a label.

use http::StatusCode;

/// A route of one of the listeners. Pages of all languages are one, because each language has the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/{lang}.html`
    Html,
    /// `/{lang}.live.html`
    Live,
    /// `/{lang}.json`
    Json,
    /// `/{lang}.txt`
    Text,
    /// `/{lang}.svg`
    Svg,
    /// `/`
    Negotiated,
    /// `/events`
    Events,
    /// The style sheet, the script, and the tags that link them.
    Asset,
    /// `/history/{pair}.{format}`
    History,
    /// `/health`
    Health,
    /// An article.
    Article,
    /// `/metrics`
    Metrics,
    /// No route has this path, or the request is invalid.
    None,
}

/// All routes, in the order of their declaration.
pub(super) const ROUTES: [Route; 13] = [
    Route::Html,
    Route::Live,
    Route::Json,
    Route::Text,
    Route::Svg,
    Route::Negotiated,
    Route::Events,
    Route::Asset,
    Route::History,
    Route::Health,
    Route::Article,
    Route::Metrics,
    Route::None,
];

impl Route {
    /// Returns the route of a request to the strip that was answered with this status.
    pub(crate) fn of_strip(path: &str, status: StatusCode) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        if folder.ends_with("/history") {
            return Self::History;
        }
        if status == StatusCode::NOT_FOUND {
            return Self::None;
        }
        match name {
            "" => Self::Negotiated,
            "events" => Self::Events,
            "health" => Self::Health,
            _ if name.starts_with("masthead") || name == "head.html" => Self::Asset,
            _ if name.ends_with(".live.html") => Self::Live,
            _ => match name.rsplit_once('.').map(|(_, extension)| extension) {
                Some("html") => Self::Html,
                Some("json") => Self::Json,
                Some("txt") => Self::Text,
                Some("svg") => Self::Svg,
                // The path in front of all paths, without its slash.
                _ => Self::Negotiated,
            },
        }
    }

    /// Returns the route of a request to the listener for articles.
    pub(crate) fn of_articles(path: &str) -> Self {
        match path {
            "/" => Self::Article,
            _ => Self::None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Live => "live",
            Self::Json => "json",
            Self::Text => "txt",
            Self::Svg => "svg",
            Self::Negotiated => "negotiated",
            Self::Events => "events",
            Self::Asset => "asset",
            Self::History => "history",
            Self::Health => "health",
            Self::Article => "article",
            Self::Metrics => "metrics",
            Self::None => "none",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_in_the_order_of_their_declaration() {
        for (index, route) in ROUTES.into_iter().enumerate() {
            assert_eq!(index, route as usize);
        }
    }

    #[test]
    fn each_path_of_the_strip_has_a_route() {
        use StatusCode as Status;
        for (path, status, route) in [
            ("/strip/kk.html", Status::OK, Route::Html),
            ("/strip/kk-Latn.html", Status::NOT_MODIFIED, Route::Html),
            ("/strip/kk.live.html", Status::OK, Route::Live),
            ("/strip/zh-Hans.json", Status::OK, Route::Json),
            ("/kk.txt", Status::METHOD_NOT_ALLOWED, Route::Text),
            ("/strip/kk.svg", Status::OK, Route::Svg),
            ("/strip/", Status::OK, Route::Negotiated),
            ("/strip", Status::OK, Route::Negotiated),
            ("/strip/events", Status::SERVICE_UNAVAILABLE, Route::Events),
            ("/strip/masthead.css", Status::OK, Route::Asset),
            ("/strip/masthead.0a1b2c.js", Status::OK, Route::Asset),
            ("/strip/head.html", Status::OK, Route::Asset),
            ("/strip/history/usd-kzt.svg", Status::OK, Route::History),
            ("/strip/history/x.json", Status::NOT_FOUND, Route::History),
            ("/strip/health", Status::OK, Route::Health),
            ("/strip/fr.html", Status::NOT_FOUND, Route::None),
            ("/../../etc/passwd", Status::NOT_FOUND, Route::None),
            ("*", Status::NOT_FOUND, Route::None),
        ] {
            assert_eq!(Route::of_strip(path, status), route, "{path}");
        }
    }
}
