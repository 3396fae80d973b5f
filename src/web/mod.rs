//! Answers for http servers: the strip as a fragment, JSON, text and a picture, its live events, style and script.
//!
//! [`Ticker::service`] makes a [`Service`] of tower's, which nests in axum, runs on bare hyper, and takes no framework's
//! type; [`Service::respond`] serves any other. Everything is rendered and packed once for all readers, so a request copies a
//! reference. A fragment is always an answer of 200 with valid markup, also without any data: a cache that assembles pages
//! from fragments (ESI) would give up the whole page otherwise.
//!
//! | path | answer |
//! |---|---|
//! | `/{lang}.html` | the fragment, complete without script and style: for SSI, ESI, an include of PHP, AMP |
//! | `/{lang}.live.html` | the same inside of the element that keeps it live |
//! | `/{lang}.json`, `.txt`, `.svg` | the same strip for programs, terminals, mail |
//! | `/` | the fragment in the language of `Accept-Language` |
//! | `/events?lang={lang}` | [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html): the fragment whenever it changes |
//! | `/masthead.css`, `/masthead.js`, `/head.html` | style, script, and the tags that link both ([`Asset`]) |
//! | `/health` | [`Health`](crate::ticker::Health) as JSON; 503 when something shown is stale or missing |
//!
//! A page may be kept for a minute, and by a cache that cannot get another for a day. `5 min ago` is not true that long:
//! behind a cache choose [`Times::Clock`](crate::strip::Times::Clock), which stays true.
//!
//! `{lang}` is a tag of [`Lang`]: `en`, `ru`, `kk`, `kk-Latn`, `zh-Hans`, `kk-Arab`, `uz-Cyrl`. Any other path is 404, any
//! method but GET and HEAD 405.
//!
//! ```
//! use masthead::{Layout, Ticker};
//!
//! let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
//! let service = ticker.service(Layout::line()).at("/strip");
//!
//! let (request, ()) = http::Request::get("/strip/kk.html").body(())?.into_parts();
//! let answer = service.respond(&request);
//! assert_eq!(answer.status(), 200);
//! assert!(answer.body().starts_with(br#"<section class="masthead" lang="kk""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod assets;
mod body;
mod coding;
mod events;
mod packed;
mod page;
mod pages;
mod route;
mod seats;
mod service;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};

use crate::strip::{Fragment, Lang, Layout};
use crate::ticker::Ticker;
pub use assets::Asset;
pub use body::Body;

use events::Events;
use page::Page;
use pages::Pages;
use route::{Format, Route};
use seats::Seats;

/// The strip as a service of tower's: see the [module](self). Clones share what is rendered.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    pages: Pages,
    seats: Arc<Seats>,
}

#[derive(Clone)]
struct Settings {
    ticker: Ticker,
    layout: Layout,
    languages: Vec<Lang>,
    base: Arc<str>,
    readers: usize,
    readers_per_address: usize,
    peer: Option<Arc<Peer>>,
}

type Peer = dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync;

impl Ticker {
    /// The strip of this ticker for http servers, in all seven languages; that of the layout is the one a reader gets who
    /// asks for none of them.
    #[must_use]
    pub fn service(&self, layout: Layout) -> Service {
        Service::new(Settings {
            ticker: self.clone(),
            layout,
            languages: Lang::ALL.to_vec(),
            base: Arc::from(""),
            readers: 10_000,
            readers_per_address: 100,
            peer: None,
        })
    }
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
            seats: Arc::new(Seats::new(settings.readers, settings.readers_per_address)),
            settings,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    fn with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.shared.settings.clone();
        change(&mut settings);
        Self::new(settings)
    }

    /// Serves these languages only, and the layout's own. Settings come before the service is shared: one that is changed
    /// starts without pages and readers.
    #[must_use]
    pub fn languages(self, languages: impl IntoIterator<Item = Lang>) -> Self {
        self.with(|settings| {
            let own = settings.layout.language();
            settings.languages = languages.into_iter().chain([own]).collect();
        })
    }

    /// Sets the path that the service is mounted at, such as `/strip`: links to its own files begin with it. Requests are
    /// understood with it and without, because some hosts take it off.
    #[must_use]
    pub fn at(self, base: &str) -> Self {
        let inner = base.trim_matches('/');
        let base = if inner.is_empty() {
            String::new()
        } else {
            format!("/{inner}")
        };
        self.with(|settings| settings.base = base.into())
    }

    /// Sets how many readers of events there may be, in all (10,000 unless told) and from one address (100, because a whole
    /// office or a mobile operator may share one). Those above are told to come back, and poll meanwhile.
    #[must_use]
    pub fn readers(self, all: usize, per_address: usize) -> Self {
        self.with(|settings| {
            settings.readers = all;
            settings.readers_per_address = per_address;
        })
    }

    /// Sets how the address of a reader is found, for the limit of readers from one address; without it there is none.
    ///
    /// Behind a proxy it is in a header that the proxy sets, in axum an extension of the request:
    ///
    /// ```
    /// # let ticker = masthead::Ticker::builder("docs").build().unwrap();
    /// # let service = ticker.service(masthead::Layout::line());
    /// let service = service.peer(|request| request.headers.get("x-real-ip")?.to_str().ok()?.parse().ok());
    /// ```
    #[must_use]
    pub fn peer(self, peer: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        self.with(|settings| settings.peer = Some(Arc::new(peer)))
    }

    /// Answers a request whole, for servers that are not tower's.
    ///
    /// `/events` is answered with one event and the request to come back in a minute, which is polling; a stream is
    /// [`answer`](Self::answer)'s.
    #[must_use]
    pub fn respond(&self, request: &Parts) -> Response<Bytes> {
        self.whole(request, Route::of(request, &self.shared.settings))
    }

    fn whole(&self, request: &Parts, route: Option<Route>) -> Response<Bytes> {
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return answer::not_allowed();
        }
        let shared = &*self.shared;
        let response = match route {
            Some(Route::Page(lang, format)) => shared.page(request, lang, format, false),
            Some(Route::Negotiated(lang)) => shared.page(request, lang, Format::Html, true),
            Some(Route::Events(lang)) => shared
                .pages
                .with(lang, Format::Html, |page| answer::event(events::once(page))),
            Some(Route::Asset(asset, kept)) => Some(answer::asset(request, asset, kept)),
            Some(Route::Head) => Some(answer::head(self.head().as_ref())),
            Some(Route::Health) => Some(answer::health(&shared.settings.ticker.health())),
            None => None,
        };
        let response = response.unwrap_or_else(answer::not_found);
        if request.method == Method::HEAD {
            answer::without_body(response)
        } else {
            response
        }
    }

    /// Answers a request, with a stream where events are asked for. It needs a Tokio runtime for their timers; what it does is
    /// what the service of tower's does.
    #[must_use]
    pub fn answer(&self, request: &Parts) -> Response<Body> {
        let settings = &self.shared.settings;
        match Route::of(request, settings) {
            Some(Route::Events(lang)) if request.method == Method::GET => {
                let peer = settings.peer.as_ref();
                let address = peer.and_then(|peer| peer(request));
                match Seats::take(&self.shared.seats, address) {
                    Some(seat) => {
                        let seen = request.headers.get("last-event-id");
                        answer::events(Events::new(self.shared.clone(), lang, seat, seen))
                    }
                    None => answer::full().map(Body::whole),
                }
            }
            route => self.whole(request, route).map(Body::whole),
        }
    }

    /// The fragment as it is now, for a page that is rendered by the host itself.
    ///
    /// ```
    /// # let ticker = masthead::Ticker::builder("docs").build().unwrap();
    /// # let service = ticker.service(masthead::Layout::line());
    /// use masthead::strip::Lang;
    ///
    /// let page = format!("<header>{}</header>", service.fragment(Lang::Ru));
    /// assert!(page.starts_with(r#"<header><section class="masthead" lang="ru""#));
    /// ```
    ///
    /// A language that is not served is shown in that of the layout.
    #[must_use]
    pub fn fragment(&self, lang: Lang) -> Fragment {
        self.rendered(lang, Format::Html)
    }

    /// The same inside of the element that keeps it live once [`Asset::script`] is on the page.
    #[must_use]
    pub fn live(&self, lang: Lang) -> Fragment {
        self.rendered(lang, Format::Live)
    }

    /// The two tags for the head of a page: style and script, each by its content and with its digest.
    #[must_use]
    pub fn head(&self) -> Fragment {
        let base = &self.shared.settings.base;
        let tags = [Asset::style(), Asset::script()].map(|asset| asset.tag(base));
        Fragment::trusted(tags.concat().into())
    }

    fn rendered(&self, lang: Lang, format: Format) -> Fragment {
        let pages = &self.shared.pages;
        let own = self.shared.settings.layout.language();
        pages
            .with(lang, format, Page::fragment)
            .or_else(|| pages.with(own, format, Page::fragment))
            .unwrap_or_else(|| Fragment::trusted("".into()))
    }
}

impl Shared {
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
        let Settings {
            ticker,
            languages,
            base,
            ..
        } = &self.shared.settings;
        f.debug_struct("Service")
            .field("ticker", ticker)
            .field("languages", languages)
            .field("base", base)
            .finish_non_exhaustive()
    }
}
