//! The settings of a service. `build` checks all of them, also against the ticker, so that a running service has no setting that fails.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::request::Parts;

use super::{InvalidService, Service, base, kept};
use crate::strip::{Lang, Layout};
use crate::ticker::Ticker;
#[cfg(doc)]
use crate::ticker::TickerBuilder;

/// The settings of a service.
pub(super) struct Settings {
    pub(super) ticker: Ticker,
    pub(super) layout: Layout,
    /// The languages that have pages; the layout's own is among them.
    pub(super) languages: Vec<Lang>,
    /// The mount point: empty, or with a slash at its beginning and without one at its end; in a builder as it was given.
    pub(super) base: Arc<str>,
    /// The most event streams at once.
    pub(super) readers: usize,
    /// The most event streams at once from one address.
    pub(super) readers_per_address: usize,
    pub(super) peer: Option<Arc<Peer>>,
    /// Whether `/health` has the names and texts of errors.
    pub(super) details: bool,
}

/// Finds the client's address in a request.
type Peer = dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync;

/// The settings of a [`Service`], before it runs. Made by [`Ticker::service`].
///
/// ```
/// use masthead::strip::Lang;
/// use masthead::web::ServiceBuilder;
/// use masthead::{Layout, Snapshot, Ticker};
///
/// let ticker = Ticker::fixed(Snapshot::sample(), Snapshot::SAMPLE_TIME)?;
/// let builder: ServiceBuilder = ticker.service(Layout::line()).at("/strip");
/// let strip = builder.build()?;
/// assert!(strip.fragment(Lang::Kk).to_string().contains("447.32"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct ServiceBuilder {
    settings: Settings,
}

impl Ticker {
    /// Starts to build an HTTP service of this ticker's strip, mounted at `/`, in all eight languages.
    ///
    /// `layout` arranges the strip in every language. Its own language is the answer to a client whose `Accept-Language` names no
    /// language that is served. Requires the feature `web`.
    ///
    /// ```
    /// use masthead::strip::Lang;
    /// use masthead::{Layout, Ticker};
    ///
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
    /// let service = ticker.service(Layout::line().lang(Lang::Kk)).build()?;
    ///
    /// let request = http::Request::get("/").header("accept-language", "de").body(())?;
    /// let page = service.respond(&request.into_parts().0);
    /// assert_eq!(page.headers()["content-language"], "kk");
    /// assert_eq!(page.headers()["vary"], "accept-encoding, accept-language");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn service(&self, layout: Layout) -> ServiceBuilder {
        ServiceBuilder {
            settings: Settings {
                ticker: self.clone(),
                layout,
                languages: Lang::ALL.to_vec(),
                base: Arc::from(""),
                readers: 10_000,
                readers_per_address: 100,
                peer: None,
                details: false,
            },
        }
    }
}

impl ServiceBuilder {
    /// Sets the languages that have pages; the layout's own is always one of them. Default: all eight.
    ///
    /// Pages and events of other languages are 404, and `/` chooses among the served ones. On the page itself nothing changes: the
    /// links to a site's editions are [`Layout::languages`].
    ///
    /// ```
    /// use masthead::strip::Lang;
    /// # use masthead::{Layout, Ticker};
    /// # let ticker = Ticker::builder("docs").build()?;
    /// let service = ticker.service(Layout::line().lang(Lang::Kk)).languages([Lang::Ru]).build()?;
    /// # let get = |path: &str| Ok::<_, http::Error>(service.respond(&http::Request::get(path).body(())?.into_parts().0));
    ///
    /// assert_eq!(get("/ru.html")?.status(), 200);
    /// assert_eq!(get("/kk.html")?.status(), 200, "the layout's own");
    /// assert_eq!(get("/en.html")?.status(), 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn languages(mut self, languages: impl IntoIterator<Item = Lang>) -> Self {
        let own = self.settings.layout.get_lang();
        self.settings.languages = languages.into_iter().chain([own]).collect();
        self
    }

    /// Sets the path that the service is mounted at. Default: the root, `/`.
    ///
    /// The addresses of style sheet, script and events in [`head`](Service::head) and [`live`](Service::live) begin with it. Requests are
    /// accepted with and without it, because some servers (axum's `nest_service`) remove the prefix. Slashes at both ends of `base`
    /// are ignored.
    ///
    /// The path stands in the pages as it is given: segments of letters, digits, percent-encoded bytes and `-._~!$()*+,;=:@`, each not empty
    /// and neither `.` nor `..`. [`build`](Self::build) refuses any other, and an address with a host.
    ///
    /// ```
    /// # use masthead::{Layout, Ticker};
    /// # let ticker = Ticker::builder("docs").build()?;
    /// let service = ticker.service(Layout::line()).at("/strip").build()?;
    /// # let get = |path: &str| Ok::<_, http::Error>(service.respond(&http::Request::get(path).body(())?.into_parts().0));
    ///
    /// assert!(service.head().as_ref().contains(r#"href="/strip/masthead."#));
    /// assert_eq!(get("/strip/en.html")?.body(), get("/en.html")?.body());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(mut self, base: &str) -> Self {
        self.settings.base = base.into();
        self
    }

    /// Limits the event streams that are open at once: `all` in total, `per_address` from one address. Default: 10,000 and 100.
    ///
    /// A request above a limit gets a 503 with a `Retry-After` of one to three minutes; `masthead.js` then polls the page instead. The
    /// limit for an address applies only with [`peer`](Self::peer). It should allow for an office or a mobile operator behind one
    /// address; the addresses of one IPv6 /64 network count as one. Pages and assets are not limited.
    ///
    /// ```
    /// # use masthead::{Layout, Ticker};
    /// # let ticker = Ticker::builder("docs").build()?;
    /// let service = ticker.service(Layout::line()).readers(1, 1).build()?;
    /// let (request, ()) = http::Request::get("/events?lang=kk").body(())?.into_parts();
    ///
    /// let stream = service.answer(&request);
    /// assert_eq!(stream.headers()["content-type"], "text/event-stream");
    /// let refused = service.answer(&request);
    /// assert_eq!(refused.status(), 503);
    /// assert!(refused.headers().contains_key("retry-after"));
    ///
    /// drop(stream);
    /// assert_eq!(service.answer(&request).status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn readers(mut self, all: usize, per_address: usize) -> Self {
        self.settings.readers = all;
        self.settings.readers_per_address = per_address;
        self
    }

    /// Sets how to find the client's address, for the limit per address of [`readers`](Self::readers). Default: unknown, so that this
    /// limit does not apply.
    ///
    /// Return `None` for a request without a known address: it counts towards the total alone. The address appears in no response.
    ///
    /// Behind a proxy the address is in a header that the proxy sets (one that a client can set itself must not be trusted). In axum
    /// it is the request's extension `ConnectInfo`:
    ///
    /// ```
    /// # use masthead::{Layout, Ticker};
    /// # let ticker = Ticker::builder("docs").build()?;
    /// let service = ticker
    ///     .service(Layout::line())
    ///     .readers(1000, 1)
    ///     .peer(|request| request.headers.get("x-real-ip")?.to_str().ok()?.parse().ok())
    ///     .build()?;
    /// let open = |address: &str| {
    ///     let request = http::Request::get("/events").header("x-real-ip", address).body(())?;
    ///     Ok::<_, http::Error>(service.answer(&request.into_parts().0))
    /// };
    ///
    /// let first = open("192.0.2.1")?;
    /// assert_eq!(open("192.0.2.1")?.status(), 503);
    /// assert_eq!(open("192.0.2.2")?.status(), 200);
    /// # drop(first);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn peer(mut self, peer: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        self.settings.peer = Some(Arc::new(peer));
        self
    }

    /// Sets whether `/health` has all of [`Health`](crate::ticker::Health): also the texts of errors, quarantined numbers, and the names of servers
    /// and files. Default: `false`, because a path that pages are served on is public.
    ///
    /// ```
    /// # use masthead::{Layout, Ticker};
    /// # let ticker = Ticker::builder("docs").build()?;
    /// # let health = |service: masthead::web::Service| -> Result<String, Box<dyn std::error::Error>> {
    /// #     let (request, ()) = http::Request::get("/health").body(())?.into_parts();
    /// #     Ok(String::from_utf8(service.respond(&request).into_body().to_vec())?)
    /// # };
    /// assert!(health(ticker.service(Layout::line()).build()?)?.contains(r#""quarantined":0"#));
    /// let detailed = ticker.service(Layout::line()).health_details(true).build()?;
    /// assert!(health(detailed)?.contains(r#""holds":[]"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn health_details(mut self, details: bool) -> Self {
        self.settings.details = details;
        self
    }

    /// Builds the service. It reads the [rates of all days](Ticker::history), for the first request of them.
    ///
    /// # Errors
    ///
    /// Returns [`InvalidService`] if the layout shows a pair, a city or sparklines of a length that the ticker does not keep, if it gives a city an
    /// empty name, or if the path given to [`at`](Self::at) is not one. [`TickerBuilder::shows`] makes the ticker keep what a layout shows.
    ///
    /// ```
    /// use masthead::web::InvalidService;
    /// use masthead::{Layout, Ticker};
    ///
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
    /// let error = ticker.service(Layout::line().sparklines(30)).build().unwrap_err();
    /// assert_eq!(error, InvalidService::Sparklines { days: 30 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn build(mut self) -> Result<Service, InvalidService> {
        self.settings.base = base::parse(&self.settings.base)?;
        kept::check(&self.settings.ticker, &self.settings.layout)?;
        Ok(Service::new(self.settings))
    }
}

impl fmt::Debug for ServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fields("ServiceBuilder", f)
    }
}

impl Settings {
    /// Writes the fields that both the builder and the service show.
    pub(super) fn fields(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("ticker", &self.ticker)
            .field("languages", &self.languages)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}
