//! Annotates articles: `POST /?lang=kk&on=2023-06-13` with a page as the body.
//!
//! A page view should not fail because its amounts cannot be annotated: a page without rates of its day comes back as it is, and the caller shows its own
//! page after any other status than 200.

mod parameters;

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{
    ALLOW, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body::Body;
use masthead::money::Currency;
use masthead::web::{AnnotateLayer, Article};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use parameters::Parameters;

/// The longest body, in bytes.
const LONGEST: usize = 2 << 20;
/// The header with the reason if the body comes back as it is.
const UNCHANGED: &str = "masthead-unchanged";

/// Annotates articles, within limits.
#[derive(Clone)]
pub(crate) struct Articles {
    layer: AnnotateLayer,
    /// The currency of the values, if a request names none.
    to: Currency,
    /// One permit for each request, whose body is in memory.
    requests: Arc<Semaphore>,
    /// One permit for each thread at work. Half of the cores stay for pages.
    threads: Arc<Semaphore>,
}

/// A request that is not answered with an article.
struct Refused {
    status: StatusCode,
    reason: Cow<'static, str>,
}

/// The media types of articles.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Html,
    Text,
}

/// An article, annotated or not.
struct Annotated {
    text: Bytes,
    /// The reason for which it is as it was.
    unchanged: Option<String>,
}

impl Articles {
    pub(crate) fn new(layer: AnnotateLayer, to: Currency, concurrency: usize) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            layer,
            to,
            requests: Arc::new(Semaphore::new(concurrency)),
            threads: Arc::new(Semaphore::new(cores.div_ceil(2))),
        }
    }

    /// Answers a request, whose body must arrive within `limit`. The connection closes after a refused one.
    pub(super) async fn answer<B>(self, request: Parts, body: B, limit: Duration) -> Response<Bytes>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let answer = self.try_answer(request, body, limit).await;
        answer.unwrap_or_else(Refused::response)
    }

    async fn try_answer<B>(
        self,
        request: Parts,
        body: B,
        limit: Duration,
    ) -> Result<Response<Bytes>, Refused>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        if request.uri.path() != "/" {
            return Err(Refused::new(
                StatusCode::NOT_FOUND,
                "expected POST /?lang=kk",
            ));
        }
        if request.method != Method::POST {
            return Err(Refused::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "expected POST",
            ));
        }
        // A page of another site must not make a browser on this machine send work.
        let is_from_browser = ["origin", "sec-fetch-site"]
            .iter()
            .any(|name| request.headers.contains_key(*name));
        if is_from_browser {
            return Err(Refused::new(
                StatusCode::FORBIDDEN,
                "requests of browsers are refused",
            ));
        }
        let parameters = Parameters::parse(request.uri.query().unwrap_or_default());
        let parameters =
            parameters.map_err(|error| Refused::new(StatusCode::BAD_REQUEST, error.to_string()))?;
        let format = Format::of(&request.headers)?;
        let place = self.requests.clone().try_acquire_owned();
        let too_many =
            |_| Refused::new(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once");
        let place = place.map_err(too_many)?;
        let late = |_| {
            Refused::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive in time",
            )
        };
        let text = timeout(limit, read(body)).await.map_err(late)??;
        let Annotated { text, unchanged } = self.annotate(parameters, format, text, place).await?;
        let mut response = Response::new(text);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, format.media_type());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(Ok(reason)) = unchanged.map(HeaderValue::try_from) {
            headers.insert(UNCHANGED, reason);
        }
        Ok(response)
    }

    /// Annotates an article on a thread that serves no connections. `place` is free after that, also if the client is gone.
    async fn annotate(
        self,
        parameters: Parameters,
        format: Format,
        text: Bytes,
        place: OwnedSemaphorePermit,
    ) -> Result<Annotated, Refused> {
        let failed = || Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "cannot annotate");
        let thread = self.threads.clone().acquire_owned().await;
        let thread = thread.map_err(|_| failed())?;
        let work = spawn_blocking(move || {
            let annotated = self.annotated(parameters, format, text);
            drop((thread, place));
            annotated
        });
        work.await.map_err(|_| failed())
    }

    fn annotated(&self, parameters: Parameters, format: Format, text: Bytes) -> Annotated {
        let Parameters { lang, on, to } = parameters;
        let day = on.unwrap_or_else(|| self.layer.today());
        let article = Article::new(day, to.unwrap_or(self.to), lang);
        let unchanged = |text, reason| Annotated {
            text,
            unchanged: Some(reason),
        };
        let annotator = match self.layer.annotator(article) {
            Ok(annotator) => annotator,
            Err(no_rates) => return unchanged(text, no_rates.to_string()),
        };
        let Ok(utf8) = std::str::from_utf8(&text) else {
            return unchanged(text, "the body is not UTF-8".into());
        };
        let annotated = match format {
            Format::Html => annotator.html(&text).into_owned(),
            Format::Text => annotator.text_with_note(utf8).into_bytes(),
        };
        let rates = annotator.rates();
        let unconfirmed: Vec<&str> = rates.unconfirmed().iter().map(|it| it.code()).collect();
        let unchanged = (annotated == text && !unconfirmed.is_empty()).then(|| {
            format!(
                "of the rates of {} these are unconfirmed: {}",
                rates.day(),
                unconfirmed.join(", ")
            )
        });
        Annotated {
            text: annotated.into(),
            unchanged,
        }
    }
}

impl Format {
    /// Returns the format of a body. Forms of a browser cannot send HTML, so that no other site can have its markup answered.
    fn of(headers: &HeaderMap) -> Result<Self, Refused> {
        let refused = || {
            Refused::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content-type: expected text/html or text/plain in UTF-8, not compressed",
            )
        };
        let media_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media_type = media_type.ok_or_else(refused)?.to_ascii_lowercase();
        let mut parts = media_type.split(';').map(str::trim);
        let format = match parts.next() {
            Some("text/html") => Self::Html,
            Some("text/plain") => Self::Text,
            _ => return Err(refused()),
        };
        let is_utf8 = |parameter: &str| {
            let charset = parameter.strip_prefix("charset=");
            charset.is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
        };
        if parts.all(is_utf8) && !headers.contains_key(CONTENT_ENCODING) {
            Ok(format)
        } else {
            Err(refused())
        }
    }

    const fn media_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        })
    }
}

impl Refused {
    fn new(status: StatusCode, reason: impl Into<Cow<'static, str>>) -> Self {
        let reason = reason.into();
        Self { status, reason }
    }

    fn response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(format!("{}\n", self.reason)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, Format::Text.media_type());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // The body may be unread.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        match self.status {
            StatusCode::METHOD_NOT_ALLOWED => {
                headers.insert(ALLOW, HeaderValue::from_static("POST"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// Reads a body within the limit.
async fn read<B: Body<Data = Bytes> + Unpin>(mut body: B) -> Result<Bytes, Refused> {
    let too_long = || {
        Refused::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "expected a body of 2 MB at most",
        )
    };
    let length = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if length > LONGEST {
        return Err(too_long());
    }
    let mut text = BytesMut::with_capacity(length);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let cut = |_| Refused::new(StatusCode::BAD_REQUEST, "the body is cut short");
        if let Ok(data) = frame.map_err(cut)?.into_data() {
            if text.len() + data.len() > LONGEST {
                return Err(too_long());
            }
            text.extend_from_slice(&data);
        }
    }
    Ok(text.freeze())
}
