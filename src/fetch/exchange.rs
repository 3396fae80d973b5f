//! What passes between a chain and one of its sources.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use http::{Request, Response, StatusCode};
use tokio::time::{Instant, timeout};

use super::memory::{Remembered, retry_after};
use super::{Budgets, FetchError, Outcome, Transport};
use crate::source::Source;

/// One question to a source.
pub(super) struct Exchange<'a, Q: ?Sized, R> {
    pub(super) source: &'a dyn Source<Query = Q, Reading = R>,
    pub(super) query: &'a Q,
    pub(super) transport: &'a dyn Transport,
    pub(super) budgets: &'a Budgets,
    /// The last answer to the same question.
    pub(super) held: Option<Remembered<R>>,
    /// Refuses a reading that cannot be right.
    pub(super) vet: &'a (dyn Fn(&R) -> Result<(), FetchError> + Sync),
}

impl<Q: ?Sized + Sync, R: Clone + Send + Sync> Exchange<'_, Q, R> {
    /// Asks; returns the answer to remember and what became of it, or the failure and the rest that the source asks for.
    pub(super) async fn run(
        self,
        now: DateTime<Utc>,
        time: Duration,
    ) -> Result<(Remembered<R>, Outcome), (FetchError, Option<TimeDelta>)> {
        let start = Instant::now();
        let (mut request, more) = contained(|| {
            (
                self.source.request(self.query),
                self.source.more_requests(self.query),
            )
        })
        .map_err(|error| (error, None))?;
        // A 304 to the first of several requests says nothing about the others.
        let held = self.held.filter(|_| more.is_empty());
        if let Some(held) = &held {
            held.make_conditional(&mut request);
        }
        let response = send(self.transport, request, time)
            .await
            .map_err(|error| (error, None))?;
        // An expiry counts from the answer, not from the question.
        let answered = now + TimeDelta::from_std(start.elapsed()).unwrap_or_default();
        if let Some(held) = held.filter(|held| held.stands(&response)) {
            return Ok((held.renewed(&response, answered), Outcome::Unchanged));
        }
        let decoded = contained(|| self.source.decode(self.query, &response));
        let failed = |error| (error, retry_after(response.headers(), answered));
        let mut reading = decoded.and_then(|decoded| Ok(decoded?)).map_err(failed)?;
        let granted = more
            .into_iter()
            .take_while(|_| self.budgets.take(&self.source.id(), answered).is_ok());
        let left = time.saturating_sub(start.elapsed());
        let more = join_all(granted.map(|request| send(self.transport, request, left))).await;
        for response in more.into_iter().flatten() {
            match contained(|| self.source.complete(self.query, &reading, &response)) {
                Ok(Ok(whole)) => reading = whole,
                Ok(Err(error)) => {
                    let error = FetchError::from(error);
                    if error.is_refusal() {
                        let asked = retry_after(response.headers(), answered);
                        self.budgets
                            .failed(&self.source.id(), answered, asked, true);
                    }
                }
                Err(_) => {}
            }
        }
        (self.vet)(&reading).map_err(failed)?;
        let warned = response.status() == StatusCode::NON_AUTHORITATIVE_INFORMATION;
        let outcome = if warned {
            Outcome::Warned
        } else {
            Outcome::Read
        };
        Ok((Remembered::new(reading, &response, answered), outcome))
    }
}

/// One request and its answer. A transport of the site's own may panic when it is called, or later.
async fn send(
    transport: &dyn Transport,
    request: Request<()>,
    time: Duration,
) -> Result<Response<Bytes>, FetchError> {
    let sending = AssertUnwindSafe(async { transport.send(request).await }).catch_unwind();
    match timeout(time, sending).await {
        Ok(Ok(Ok(response))) => Ok(response),
        Ok(Ok(Err(error))) => Err(error.into()),
        Ok(Err(_)) => Err(FetchError::panicked()),
        Err(_) => Err(FetchError::late(time)),
    }
}

/// Runs a source's own code. A panic in it counts as a failure of that source alone.
fn contained<T>(run: impl FnOnce() -> T) -> Result<T, FetchError> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| FetchError::panicked())
}
