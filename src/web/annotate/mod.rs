//! A layer that annotates the amounts of articles in HTML responses.
//!
//! Around the service below, for each response:
//!
//! 1. The mark, an [`Article`] among the extensions, is taken off. Without one, and for another status, media type or coding, the body is passed
//!    through.
//! 2. The body is read, up to 2 MB (`body`).
//! 3. The day's rates come from memory ([`PerMinute`]). A page above 64 KiB is annotated on a thread for blocking work.
//! 4. The headers are made those of the new bytes (`headers`), and `If-None-Match` is decided, which the service below could not do: it knows other
//!    tags.
//!
//! A failure of any step leaves the page as it is. An article without values is better than none.

mod body;
mod headers;

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use tokio::runtime::Handle;
use tower_layer::Layer;
use tower_service::Service;

use super::answer::is_unchanged;
use super::known::PerMinute;
use crate::day;
use crate::ledger::{History, NoRates};
use crate::money::Currency;
use crate::prose::Annotator;
use crate::strip::Lang;
use crate::ticker::Ticker;
pub use body::AnnotateBody;

/// The longest page that is annotated on the thread of the request, in bytes.
const SHORT: usize = 64 << 10;

/// The day, the target currency and the language of an article: an extension of a response, by which a handler asks [`AnnotateLayer`] to annotate it.
///
/// The day is that of the rates: the day on which the article appeared.
///
/// ```
/// use masthead::money::Currency;
/// use masthead::strip::Lang;
/// use masthead::web::Article;
///
/// let page = "<p>Семьи получат по 7 млн тенге.";
/// let mut response = http::Response::builder().header("content-type", "text/html").body(page)?;
/// response.extensions_mut().insert(Article::new("2023-06-13".parse()?, Currency::USD, Lang::Ru));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// In axum a handler returns `(Extension(Article::new(day, Currency::USD, Lang::Ru)), Html(page))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Article {
    day: NaiveDate,
    to: Currency,
    lang: Lang,
}

impl Article {
    /// Creates the mark of an article of `day` in `lang`, for values in `to`.
    #[must_use]
    pub const fn new(day: NaiveDate, to: Currency, lang: Lang) -> Self {
        Self { day, to, lang }
    }
}

/// A tower layer that annotates the amounts of articles: [`Annotator::html`] for each response that a handler marks with an [`Article`].
///
/// A response is annotated if it is 200, its media type is `text/html` in UTF-8 (which a missing charset means too), and it has no `Content-Encoding`:
/// add a layer that compresses outside of this one. The page is read completely before the first byte is sent. These responses pass as they are: those
/// without a mark, those above 2 MB, those whose body fails. The page of a day without rates keeps its text. A page view waits for no bank and no store.
///
/// # Headers
///
/// | header of a marked page | value |
/// |---|---|
/// | `etag` | that of the page as it is sent, if the response has one; it changes with the article and with a correction of the rates. The layer answers `If-None-Match` with 304 |
/// | `last-modified`, `accept-ranges` | removed: they are those of the page before |
/// | `content-length` | the length of the page as it is sent |
/// | `content-digest`, `repr-digest`, `digest`, `content-md5` | removed if an amount was annotated |
///
/// The response to HEAD has the headers of GET if the service makes the page for it, else those four kinds are absent.
///
/// ```
/// use bytes::Bytes;
/// use masthead::fetch::FakeUpstream;
/// use masthead::money::Currency;
/// use masthead::strip::Lang;
/// use masthead::web::{AnnotateLayer, Article};
/// use masthead::{Snapshot, Ticker};
///
/// # let now = || Snapshot::SAMPLE_TIME;
/// # let upstream = FakeUpstream::new();
/// # upstream.national_bank_kz(Snapshot::sample().rates(now()).ok_or("no rates")?.value().rows(), now);
/// # let ticker = Ticker::builder("docs").transport(upstream).clock(now).build()?;
/// # ticker.refresh_blocking(now());
/// let layer = AnnotateLayer::new(&ticker); // in axum: Router::new().route(...).layer(layer)
///
/// // A host without tower annotates its pages itself.
/// let annotator = layer.annotator(Article::new("2023-06-13".parse()?, Currency::USD, Lang::Ru))?;
/// assert_eq!(annotator.text("по 7 млн тенге"), "по 7 млн тенге (около 15\u{a0}600\u{a0}$)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct AnnotateLayer {
    rates: Arc<PerMinute<History>>,
    ticker: Ticker,
    /// The bank's.
    zone: Tz,
}

impl AnnotateLayer {
    /// Creates a layer with the rates of a ticker. It reads the [rates of all days](Ticker::history), for the first page.
    #[must_use]
    pub fn new(ticker: &Ticker) -> Self {
        let layer = Self {
            rates: Arc::new(PerMinute::new(ticker.clone())),
            zone: ticker.bank().zone,
            ticker: ticker.clone(),
        };
        layer.rates.with(|history| history, |_| ());
        layer
    }

    /// Returns the annotator of an article, by the rates as they are known in this minute, or at the last call if the ticker takes in an answer
    /// just now. It costs no more for many days than for one, but for the first call in a minute.
    ///
    /// # Errors
    ///
    /// Returns the reason if no rates were in force on the article's day.
    pub fn annotator(&self, article: Article) -> Result<Annotator, NoRates> {
        let Article { day, to, lang } = article;
        let annotator = |history: &History| Annotator::new(history, day, to, lang);
        self.rates.with(|history| history, annotator)
    }

    /// Returns the day in the zone of the bank, for an article that appears now.
    ///
    /// ```
    /// use masthead::money::Currency;
    /// use masthead::strip::Lang;
    /// use masthead::web::{AnnotateLayer, Article};
    /// use masthead::{Snapshot, Ticker};
    ///
    /// let ticker = Ticker::fixed(Snapshot::sample(), Snapshot::SAMPLE_TIME)?;
    /// let layer = AnnotateLayer::new(&ticker);
    /// // The mark of an article that appears now.
    /// let article = Article::new(layer.today(), Currency::USD, Lang::Ru);
    /// assert_eq!(layer.today(), "2023-06-13".parse()?);
    /// # let _ = article;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        day::of(day::clamp(self.ticker.now()), self.zone)
    }

    /// Annotates the response if it is the page of an article.
    async fn annotate<B: Body<Data = Bytes> + Unpin>(
        &self,
        asked: &Asked,
        mut response: Response<B>,
    ) -> Response<AnnotateBody<B>> {
        let article = response.extensions_mut().remove::<Article>();
        let is_page =
            response.status() == StatusCode::OK && headers::is_plain_html(response.headers());
        let Some(article) = article.filter(|_| is_page) else {
            return response.map(AnnotateBody::passed);
        };
        let (mut head, body) = response.into_parts();
        let page = match AnnotateBody::read(body).await {
            Ok(page) => page,
            Err(passed) => return Response::from_parts(head, passed),
        };
        if asked.is_head && page.is_empty() {
            headers::forget(&mut head.headers);
            return Response::from_parts(head, AnnotateBody::complete(page));
        }
        let annotated = self.annotated(article, &page).await;
        let is_changed = annotated.is_some();
        let mut page = annotated.unwrap_or(page);
        let tag = headers::describe(&mut head.headers, &page, is_changed);
        if tag.is_some_and(|tag| is_unchanged(&asked.conditions, &tag, None)) {
            head.status = StatusCode::NOT_MODIFIED;
            head.headers.remove(CONTENT_LENGTH);
            head.headers.remove(CONTENT_TYPE);
            page = Bytes::new();
        }
        Response::from_parts(head, AnnotateBody::complete(page))
    }

    /// Returns the annotated page, or `None` if it stays as it is.
    async fn annotated(&self, article: Article, page: &Bytes) -> Option<Bytes> {
        let annotator = self.annotator(article).ok()?;
        let page = page.clone();
        let is_short = page.len() <= SHORT;
        let annotated = move || match annotator.html(&page) {
            Cow::Borrowed(_) => None,
            Cow::Owned(annotated) => Some(Bytes::from(annotated)),
        };
        match Handle::try_current() {
            // Other requests of the thread do not wait for a long page.
            Ok(runtime) if !is_short => runtime.spawn_blocking(annotated).await.ok()?,
            _ => annotated(),
        }
    }
}

impl fmt::Debug for AnnotateLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnnotateLayer")
            .field("ticker", &self.ticker)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for AnnotateLayer {
    type Service = Annotate<S>;

    fn layer(&self, inner: S) -> Annotate<S> {
        Annotate {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service whose articles are annotated. Made by [`AnnotateLayer`].
///
/// ```
/// use std::convert::Infallible;
/// use std::future::{Ready, poll_fn, ready};
/// use std::pin::Pin;
/// use std::task::{Context, Poll};
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body::{Body as _, Frame};
/// use masthead::money::Currency;
/// use masthead::strip::Lang;
/// use masthead::web::{Annotate, AnnotateLayer, Article};
/// use tower_layer::Layer as _;
/// use tower_service::Service as _;
/// # use masthead::fetch::FakeUpstream;
/// # use masthead::{Snapshot, Ticker};
/// # struct Page(Option<Bytes>);
/// # impl http_body::Body for Page {
/// #     type Data = Bytes;
/// #     type Error = Infallible;
/// #     fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
/// #         Poll::Ready(self.0.take().map(|page| Ok(Frame::data(page))))
/// #     }
/// # }
/// # struct Site;
/// # impl tower_service::Service<Request<()>> for Site {
/// #     type Response = Response<Page>;
/// #     type Error = Infallible;
/// #     type Future = Ready<Result<Self::Response, Infallible>>;
/// #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
/// #         Poll::Ready(Ok(()))
/// #     }
/// #     fn call(&mut self, _: Request<()>) -> Self::Future {
/// #         let mut response = Response::new(Page(Some("<p>KZT 7 mln</p>".into())));
/// #         response.headers_mut().insert("content-type", "text/html".parse().unwrap());
/// #         response.extensions_mut().insert(Article::new("2023-06-13".parse().unwrap(), Currency::USD, Lang::En));
/// #         ready(Ok(response))
/// #     }
/// # }
///
/// # let now = || Snapshot::SAMPLE_TIME;
/// # let upstream = FakeUpstream::new();
/// # upstream.national_bank_kz(Snapshot::sample().rates(now()).ok_or("no rates")?.value().rows(), now);
/// # let ticker = Ticker::builder("docs").transport(upstream).clock(now).build()?;
/// # ticker.refresh_blocking(now());
/// // `Site` is a service of one's own that answers `<p>KZT 7 mln</p>` with an `Article`.
/// let mut site: Annotate<Site> = AnnotateLayer::new(&ticker).layer(Site);
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// let page = runtime.block_on(async {
///     let mut body = site.call(Request::new(())).await?.into_body();
///     let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
///     Ok::<_, Infallible>(frame.and_then(Result::ok).and_then(|frame| frame.into_data().ok()))
/// })?;
/// let page = String::from_utf8(page.ok_or("no page")?.to_vec())?;
/// assert!(page.contains("about $15,600"), "{page}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Annotate<S> {
    inner: S,
    layer: AnnotateLayer,
}

/// The parts of a request that the response depends on.
struct Asked {
    is_head: bool,
    /// The condition that a service below cannot decide: it knows other entity tags.
    conditions: HeaderMap,
}

impl Asked {
    fn of<B>(request: &Request<B>) -> Self {
        let tags = request.headers().get_all(IF_NONE_MATCH).iter();
        let is_head = request.method() == Method::HEAD;
        let is_read = is_head || request.method() == Method::GET;
        let tags = tags.filter(|_| is_read);
        Self {
            is_head,
            conditions: tags.map(|tag| (IF_NONE_MATCH, tag.clone())).collect(),
        }
    }
}

impl<S, Q, B> Service<Request<Q>> for Annotate<S>
where
    S: Service<Request<Q>, Response = Response<B>, Future: Send + 'static>,
    B: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static,
{
    type Response = Response<AnnotateBody<B>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let (layer, asked) = (self.layer.clone(), Asked::of(&request));
        let response = self.inner.call(request);
        Box::pin(async move {
            let response = response.await?;
            Ok(layer.annotate(&asked, response).await)
        })
    }
}
