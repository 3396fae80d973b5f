//! The service of tower's.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use http::{Request, Response};

use super::{Body, Service};

/// Answers at once: everything is there already, but for events, which are a body that goes on. It needs a Tokio runtime for
/// their timers.
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
