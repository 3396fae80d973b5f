//! HTTP answers of the strip: pages, live events, style sheet and script, and the rates of other days, for any Rust HTTP server.
//!
//! [`Ticker::service`] builds a [`Service`]. It implements the `Service` trait of the crate `tower-service`, so that axum nests it and
//! hyper runs it; [`Service::respond`] answers for every other server. The module names no framework and opens no socket.
//!
//! ```
//! use masthead::{Layout, Ticker};
//!
//! let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
//! let service = ticker.service(Layout::line()).at("/strip").build()?;
//!
//! let (request, ()) = http::Request::get("/strip/kk.html").body(())?.into_parts();
//! let response = service.respond(&request);
//! assert_eq!(response.status(), 200);
//! assert!(response.body().starts_with(br#"<section class="masthead" lang="kk""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Mounting
//!
//! | server | how |
//! |---|---|
//! | axum | `Router::new().nest_service("/strip", service)` |
//! | hyper | call [`Service::answer`] in a `service_fn` |
//! | actix-web and others | convert the request's head, call [`Service::respond`], convert the response |
//! | a site that is not written in Rust | run the program `masthead-serve`, whose fragments nginx, Varnish or PHP include |
//!
//! The folder `examples/web` holds a complete program for each of the first three. With the feature `annotate`, `AnnotateLayer` annotates the amounts in
//! the site's own articles. The ticker is refreshed elsewhere, by
//! [`Ticker::run`] or [`Ticker::start`]: a request never waits for a source.
//!
//! # Rendering
//!
//! Each language and format is rendered and compressed (gzip, brotli) once per snapshot and minute, for all readers. A request then copies
//! a reference to the bytes. The first request after a change renders the page; requests that arrive meanwhile get the previous
//! page, so that none of them waits.
//!
//! A fragment is always a complete 200 response with valid markup, even if no source has ever answered: a cache that assembles pages
//! from fragments (ESI) fails the whole page if one of its fragments is an error.
//!
//! # Caching
//!
//! | header of a page | value | meaning for a cache |
//! |---|---|---|
//! | `cache-control` | `public, max-age=60` | store it for a minute, then revalidate |
//! | | `stale-while-revalidate=3600` | for an hour, serve the stored page while fetching the new one |
//! | | `stale-if-error=86400` | for a day, serve the stored page if no server answers |
//! | `etag` | strong, one for each content coding | equal on all servers for the same snapshot and minute |
//! | `last-modified` | the start of the minute, or a later reading in it | for caches without entity tags; equal on all servers |
//! | `vary` | `accept-encoding`, at `/` also `accept-language` | cache `/kk.html` rather than `/` |
//!
//! An age such as `5 min ago` becomes untrue in a cache that serves a page for an hour or a day. Behind a cache set
//! [`Times::Clock`](crate::strip::Times::Clock), which prints times instead. `/events` and `/health` are `no-store`.
//!
//! # Rates of other days
//!
//! `/history/{pair}.json` and `/history/{pair}.csv` are the bank's rates of a pair on each day of a range, and `/history/{pair}.svg` their
//! [chart](crate::strip::Chart), for an `<img>`, in the language of the parameter `lang` or of the layout, from
//! [`Ticker::history`](crate::Ticker::history): as the bank printed them, and days without rates as gaps.
//!
//! - `{pair}` is in lower case and in the direction in which the bank quotes, such as `usd-kzt`. There is one spelling of each pair; another one is
//!   404, and the message has the right one. So is a pair that no publication of the bank has.
//! - `from` and `to` are days, such as `2026-04-02`; both are in the range. Default: the 30 days up to the last day with rates. A request is for at
//!   most 3,660 days. Another value, another parameter or a repeated one is 400, with a message in JSON (`error`, `parameter`, `value`) or text.
//!
//! ```
//! use masthead::fetch::FakeUpstream;
//! use masthead::{Layout, Snapshot, Ticker};
//!
//! let now = || Snapshot::SAMPLE_TIME;
//! let upstream = FakeUpstream::new();
//! upstream.national_bank_kz(Snapshot::sample().rates(now()).ok_or("no rates")?.value().rows(), now);
//! let ticker = Ticker::builder("news.example.kz; web@example.kz").transport(upstream).clock(now).build()?;
//! ticker.refresh_blocking(now());
//! let service = ticker.service(Layout::line()).build()?;
//! let get = |path: &str| Ok::<_, http::Error>(service.respond(&http::Request::get(path).body(())?.into_parts().0));
//!
//! let csv = get("/history/usd-kzt.csv?from=2023-06-01&to=2023-06-13")?;
//! assert_eq!(
//!     std::str::from_utf8(csv.body())?,
//!     "pair,day,value,nominal,since,learned,corrected,confirmed,source,credit,link\r\n\
//!      USD/KZT,2023-06-13,447.32,1,2023-06-13,2023-06-13T05:00:00Z,,true,national_bank_kz,National Bank of Kazakhstan,https://nationalbank.kz/\r\n",
//! );
//! let json: serde_json::Value = serde_json::from_slice(get("/history/usd-kzt.json?from=2023-06-01&to=2023-06-13")?.body())?;
//! assert_eq!(json["rates"][0]["value"], "447.32");
//! assert_eq!(json["gaps"], serde_json::json!([{ "from": "2023-06-01", "to": "2023-06-12" }]));
//!
//! let refused = get("/history/usd-kzt.csv?from=yesterday")?;
//! assert_eq!(refused.status(), 400);
//! assert!(refused.body().starts_with(br#"invalid from "yesterday": expected a day "#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | field of the JSON, schema 1 | type | value |
//! |---|---|---|
//! | `pair`, `home` | string | the pair, `"USD/KZT"`, and the bank's currency in it |
//! | `bank` | object | `id` and `name` of the bank |
//! | `from`, `to` | string | the first and the last day of the range |
//! | `known` | object, null | `from` and `to`: the first and the last day with rates of the bank, of any pair; null before the first |
//! | `rates` | array | the days with a rate, the earliest first |
//! | `gaps` | array | the ranges of days without one, each with `from` and `to`; no value is interpolated |
//! | `attribution` | array | a credit for each source of `rates`: `name`, and `link`, `licence`, `licence_link` or null |
//!
//! | field of a rate, column of the CSV | type | value |
//! |---|---|---|
//! | `day` | string | the day |
//! | `value` | string | the price of `nominal` units of the base, with the bank's digits and a point, `"447.32"` |
//! | `nominal` | number | a power of ten; banks change it, so compare `value / nominal` |
//! | `since` | string | the day of the bank's list that was in force, which may be earlier: a Sunday has Saturday's |
//! | `learned` | string | the instant at which the list was first received |
//! | `corrected` | string, null | the instant since when it stands in the place of other figures of the bank for its day |
//! | `confirmed` | boolean | false if the rate is shown with the word *unconfirmed* |
//! | `source` | string | the id of the source, `"national_bank_kz"` |
//!
//! The CSV is that of RFC 4180, with a line for each day with a rate. It begins with a column `pair`, and has the credit in each line, so that the
//! terms stay with the figures: `credit` is the name, with the licence in parentheses, and `link` its page.
//!
//! Both are readable from other origins, and cached as pages are, but without `last-modified`: a past day may be corrected, so the entity tag, which
//! follows from the content, decides alone. A document shows the rates as they are known in this minute. Where the unit of a currency changed under
//! one code within the range, as the Syrian pound's on 1 January 2026, the values before and after are in different units.
//!
//! # Security
//!
//! No response repeats any part of its request, except that a refusal below `/history` quotes at most 40 characters of a parameter, in visible ASCII
//! without markup. All responses carry `x-content-type-options: nosniff`. Fragments contain neither
//! scripts nor inline styles, and the script of [`Asset::script`] writes text only, so that a page may have the content security policy
//! `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'`.

#[cfg(feature = "annotate")]
mod annotate;
mod answer;
mod assets;
mod base;
mod body;
mod builder;
mod coding;
mod compressed;
mod document;
mod encodings;
mod events;
mod health;
mod history;
mod kept;
mod known;
mod page;
mod pages;
mod query;
mod refused;
mod route;
mod service;
mod slot;
mod subscribers;
mod sync;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};

use crate::strip::{Fragment, Lang};
#[cfg(doc)]
use crate::ticker::Ticker;
#[cfg(feature = "annotate")]
pub use annotate::{Annotate, AnnotateBody, AnnotateLayer, Article};
pub use assets::Asset;
pub use body::Body;
pub use builder::ServiceBuilder;
pub use kept::InvalidService;

use builder::Settings;
use events::Events;
use history::Archive;
use page::Page;
use pages::Pages;
use route::{Format, Route};
use subscribers::Subscribers;

/// Answers HTTP requests with the strip of a [`Ticker`].
///
/// Made by [`Ticker::service`]. A service is cheap to clone; clones share the rendered pages and the count of event streams.
///
/// # Routes
///
/// Paths are relative to the mount point, see [`ServiceBuilder::at`]. `{lang}` is a tag of [`Lang`], written exactly as `en`, `ru`, `kk`,
/// `kk-Latn`, `zh-Hans`, `kk-Arab`, `uz-Cyrl` or `uz-Latn`.
///
/// | path | response | may be cached for |
/// |---|---|---|
/// | `/{lang}.html` | the fragment, complete without script and style sheet: for SSI, ESI, PHP, AMP | 60 s |
/// | `/{lang}.live.html` | the fragment inside `<masthead-strip>`, which `masthead.js` keeps up to date | 60 s |
/// | `/{lang}.json` | the items of the strip; readable from other origins | 60 s |
/// | `/{lang}.txt` | the strip as plain text with a line feed at its end | 60 s |
/// | `/{lang}.svg` | the strip as a picture, for mail and feeds | 60 s |
/// | `/` | the fragment in the language that `Accept-Language` prefers | 60 s |
/// | `/events?lang={lang}` | the fragment whenever it changes, as [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html) | not at all |
/// | `/masthead.css`, `/masthead.js` | style sheet and script | 1 h |
/// | `/masthead.{digest}.css`, `.js` | the same under a path that changes with the content: [`Asset::path`] | 1 year |
/// | `/head.html` | the two tags that link the digest paths: [`head`](Self::head) | 60 s |
/// | `/history/{pair}.json`, `.csv`, `.svg` | the rates of a pair on [other days](self#rates-of-other-days), such as `/history/usd-kzt.json?from=2026-03-01&to=2026-04-02`; readable from other origins | 60 s |
/// | `/health` | a summary of [`Health`](crate::ticker::Health) as JSON: 200, or 503 if an item is stale or absent; all of it with [`health_details`](ServiceBuilder::health_details) | not at all |
///
/// Any other path is 404, any method but GET and HEAD 405. HEAD gets the headers of GET and no body. A page or asset that the client
/// already has (`If-None-Match`, `If-Modified-Since`) is 304.
///
/// # Examples
///
/// Without a network a ticker knows no rates, and still every page is served:
///
/// ```
/// use http::Request;
/// use masthead::{Layout, Ticker};
///
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
/// let service = ticker.service(Layout::line()).at("/strip").build()?;
/// let get = |path: &str| Ok::<_, http::Error>(service.respond(&Request::get(path).body(())?.into_parts().0));
///
/// let page = get("/strip/kk.html")?;
/// assert_eq!(page.status(), 200);
/// assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
/// assert_eq!(page.headers()["content-language"], "kk");
/// assert_eq!(page.headers()["vary"], "accept-encoding");
/// assert!(page.headers()["cache-control"].to_str()?.starts_with("public, max-age=60, "));
/// assert!(page.body().starts_with(br#"<section class="masthead" lang="kk" dir="ltr""#));
///
/// assert!(get("/strip/kk.live.html")?.body().starts_with(b"<masthead-strip lang=\"kk\""));
/// assert!(get("/strip/en.json")?.body().starts_with(b"{"));
/// assert!(get("/strip/en.svg")?.body().starts_with(b"<svg "));
/// assert_eq!(get("/strip/masthead.css")?.headers()["content-type"], "text/css; charset=utf-8");
///
/// // All items are absent, which monitoring should notice.
/// let health = get("/strip/health")?;
/// assert_eq!((health.status().as_u16(), &health.headers()["cache-control"]), (503, &"no-store".parse()?));
/// assert_eq!(get("/strip/index.php")?.status(), 404);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A client that sends the entity tag back gets no body. The ticker shows a fixed snapshot, as in a site's tests:
///
/// ```
/// use http::Request;
/// use masthead::{Layout, Snapshot, Ticker};
///
/// let ticker = Ticker::fixed(Snapshot::sample(), Snapshot::SAMPLE_TIME)?;
/// let service = ticker.service(Layout::line().isolates(false)).build()?;
///
/// let request = Request::get("/en.txt").header("accept-encoding", "gzip");
/// let page = service.respond(&request.body(())?.into_parts().0);
/// assert_eq!(page.headers()["content-encoding"], "gzip");
/// let tag = &page.headers()["etag"];
///
/// let request = Request::get("/en.txt").header("accept-encoding", "gzip").header("if-none-match", tag);
/// let unchanged = service.respond(&request.body(())?.into_parts().0);
/// assert_eq!(unchanged.status(), 304);
/// assert_eq!(&unchanged.headers()["etag"], tag);
/// assert!(unchanged.body().is_empty());
///
/// let plain = service.respond(&Request::get("/en.txt").body(())?.into_parts().0);
/// assert!(plain.body().starts_with(b"usd/kzt 447.32"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

/// The state that clones of a service share.
struct Shared {
    settings: Settings,
    pages: Pages,
    archive: Archive,
    subscribers: Arc<Subscribers>,
}

impl Service {
    fn new(settings: Settings) -> Self {
        let Settings {
            ticker,
            layout,
            languages,
            base,
            ..
        } = &settings;
        let shared = Shared {
            pages: Pages::new(ticker.clone(), layout, languages, base),
            archive: Archive::new(ticker.clone(), layout.get_lang()),
            subscribers: Arc::new(Subscribers::new(
                settings.readers,
                settings.readers_per_address,
            )),
            settings,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Answers a request with a complete body, for servers that take no streams or have types of their own.
    ///
    /// `/events` gets one event and asks the client to return in 60 to 90 seconds, which is polling. [`answer`](Self::answer) streams
    /// events. The limits of [`ServiceBuilder::readers`] do not apply, because no connection stays open. Needs no runtime.
    ///
    /// ```
    /// # use masthead::{Layout, Ticker};
    /// # let ticker = Ticker::builder("docs").build()?;
    /// # let service = ticker.service(Layout::line()).build()?;
    /// let (request, ()) = http::Request::get("/events?lang=ru").body(())?.into_parts();
    /// let event = service.respond(&request);
    /// assert_eq!(event.headers()["content-type"], "text/event-stream");
    ///
    /// let lines: Vec<&str> = std::str::from_utf8(event.body())?.lines().collect();
    /// assert!(lines[0].starts_with("retry: "));
    /// assert!(lines[1].starts_with("id: "));
    /// assert!(lines[2].starts_with(r#"data: <section class="masthead" lang="ru""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn respond(&self, request: &Parts) -> Response<Bytes> {
        self.complete(request, Route::of(request, &self.shared.settings))
    }

    /// Answers a request whose route is known, with a complete body.
    fn complete(&self, request: &Parts, route: Option<Route>) -> Response<Bytes> {
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return answer::not_allowed();
        }
        let shared = &*self.shared;
        let response = match route {
            Some(Route::Page(lang, format)) => shared.page(request, lang, format, false),
            Some(Route::Negotiated(lang)) => shared.page(request, lang, Format::Html, true),
            Some(Route::Events(lang)) => shared
                .pages
                .with(lang, Format::Html, |page| answer::event(events::poll(page))),
            Some(Route::Asset(asset, immutable)) => Some(answer::asset(request, asset, immutable)),
            Some(Route::Head) => Some(answer::head(self.head().as_ref())),
            Some(Route::Health) => Some({
                let settings = &shared.settings;
                answer::health(&settings.ticker.health(), settings.details)
            }),
            Some(Route::History(format, query)) => {
                Some(shared.archive.respond(request, format, query))
            }
            None => None,
        };
        let response = response.unwrap_or_else(answer::not_found);
        if request.method == Method::HEAD {
            answer::without_body(response)
        } else {
            response
        }
    }

    /// Answers a request, with a stream of events at `/events`. The implementation of `tower_service::Service` calls this method.
    ///
    /// The other routes are answered as by [`respond`](Self::respond). A stream needs a Tokio runtime with timers when its [`Body`] is
    /// polled. It begins with the time after which a client reconnects (3 to 10 s) and the current fragment, unless the client's
    /// `Last-Event-ID` names that fragment. Every change of the fragment follows, including its ages in words; a client that reads
    /// slowly gets the latest fragment only. After 25 s without an event a comment keeps proxies from closing the connection. The
    /// stream ends after 20 to 40 minutes, so that connections spread over the servers.
    ///
    /// ```
    /// use http_body::Body as _;
    /// # use masthead::{Layout, Ticker};
    /// # let ticker = Ticker::builder("docs").build()?;
    /// # let service = ticker.service(Layout::line()).build()?;
    ///
    /// let (request, ()) = http::Request::get("/events?lang=kk").body(())?.into_parts();
    /// let stream = service.answer(&request);
    /// assert_eq!(stream.headers()["cache-control"], "no-store");
    /// // nginx passes each event on at once.
    /// assert_eq!(stream.headers()["x-accel-buffering"], "no");
    /// assert!(!stream.body().is_end_stream());
    ///
    /// let (request, ()) = http::Request::get("/kk.html").body(())?.into_parts();
    /// let page = service.answer(&request);
    /// assert_eq!(page.body().size_hint().exact(), Some(service.fragment(masthead::strip::Lang::Kk).as_ref().len() as u64));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn answer(&self, request: &Parts) -> Response<Body> {
        let settings = &self.shared.settings;
        match Route::of(request, settings) {
            Some(Route::Events(lang)) if request.method == Method::GET => {
                let peer = settings.peer.as_ref();
                let address = peer.and_then(|peer| peer(request));
                match Subscribers::admit(&self.shared.subscribers, address) {
                    Some(subscription) => {
                        let seen = request.headers.get("last-event-id");
                        answer::events(Events::new(self.shared.clone(), lang, subscription, seen))
                    }
                    None => answer::too_many_subscribers().map(Body::complete),
                }
            }
            route => self.complete(request, route).map(Body::complete),
        }
    }

    /// Returns the current fragment in `lang`, for a page that the host renders itself.
    ///
    /// It is the body of `/{lang}.html`, rendered at most once per snapshot and minute. A language that is not served falls back to
    /// the layout's own. [`Fragment`] shows how template engines take it without escaping it again.
    ///
    /// ```
    /// # let ticker = masthead::Ticker::builder("docs").build().unwrap();
    /// # let service = ticker.service(masthead::Layout::line()).build().unwrap();
    /// use masthead::strip::Lang;
    ///
    /// let page = format!("<header>{}</header>", service.fragment(Lang::Ru));
    /// assert!(page.starts_with(r#"<header><section class="masthead" lang="ru""#));
    ///
    /// let kazakh_only = ticker.service(masthead::Layout::line()).languages([Lang::Kk]).build().unwrap();
    /// assert!(kazakh_only.fragment(Lang::Ru).as_ref().contains(r#"lang="en""#), "the layout's own");
    /// ```
    #[must_use]
    pub fn fragment(&self, lang: Lang) -> Fragment {
        self.rendered(lang, Format::Html)
    }

    /// Returns the current fragment inside `<masthead-strip>`, the element that keeps it up to date.
    ///
    /// Without the script of [`Asset::script`] the page shows the fragment as it was rendered. With it, the element subscribes to
    /// `/events`, or polls `/{lang}.html` where events are not available, and adds a button that pauses the updates. The texts of the
    /// button are attributes, in `lang`.
    ///
    /// ```
    /// # let ticker = masthead::Ticker::builder("docs").build().unwrap();
    /// # let service = ticker.service(masthead::Layout::line()).at("/strip").build().unwrap();
    /// use masthead::strip::Lang;
    ///
    /// let live = service.live(Lang::En).to_string();
    /// assert!(live.starts_with(r#"<masthead-strip lang="en" src="/strip/en.html" events="/strip/events?lang=en" pause=""#));
    /// assert!(live.contains(service.fragment(Lang::En).as_ref()));
    /// ```
    #[must_use]
    pub fn live(&self, lang: Lang) -> Fragment {
        self.rendered(lang, Format::Live)
    }

    /// Returns the two tags for the `<head>` of a page: the style sheet and the script.
    ///
    /// Both are linked by the paths that change with their content, so that browsers keep them for a year, and carry their digest for
    /// subresource integrity. For one of them use [`Asset::tag`].
    ///
    /// ```
    /// # let ticker = masthead::Ticker::builder("docs").build().unwrap();
    /// # let service = ticker.service(masthead::Layout::line()).at("/strip").build().unwrap();
    /// let head = service.head().to_string();
    /// assert!(head.starts_with(r#"<link rel="stylesheet" href="/strip/masthead."#));
    /// assert!(head.contains(r#"<script type="module" src="/strip/masthead."#));
    /// assert_eq!(head.matches(r#" integrity="sha384-"#).count(), 2);
    /// ```
    #[must_use]
    pub fn head(&self) -> Fragment {
        let base = &self.shared.settings.base;
        let tags = [Asset::style(), Asset::script()].map(|asset| asset.tag(base));
        Fragment::trusted(tags.concat().into())
    }

    /// Returns a page's text in `lang`, or in the layout's language if `lang` is not served.
    fn rendered(&self, lang: Lang, format: Format) -> Fragment {
        let pages = &self.shared.pages;
        let own = self.shared.settings.layout.get_lang();
        pages
            .with(lang, format, Page::fragment)
            .or_else(|| pages.with(own, format, Page::fragment))
            .unwrap_or_else(|| Fragment::trusted("".into()))
    }
}

impl Shared {
    /// Answers with a page. Returns `None` if the language is not served.
    fn page(
        &self,
        request: &Parts,
        lang: Lang,
        format: Format,
        negotiated: bool,
    ) -> Option<Response<Bytes>> {
        let respond = |page: &Page| answer::page(request, page, negotiated);
        self.pages.with(lang, format, respond)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.settings.fields("Service", f)
    }
}
