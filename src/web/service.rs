//! The implementation of `tower_service::Service`.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use http::{Request, Response};

use super::{Body, Service};

/// Always ready; the response is available at once. The body of `/events` is a stream and needs a Tokio runtime with timers. The
/// request's body is dropped unread.
///
/// ```
/// use masthead::{Layout, Ticker};
/// use tower_service::Service as _;
///
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
/// let mut service = ticker.service(Layout::line()).build()?;
/// let response = service.call(http::Request::get("/kk.html").body("unread")?);
/// assert_eq!(response.into_inner()?.status(), 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<B> tower_service::Service<Request<B>> for Service {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (request, _) = request.into_parts();
        ready(Ok(self.answer(&request)))
    }
}
