//! A chain on its own, with a transport: the host of one search, as the ticker's driver is that of an engine.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use http::{Request, Response};
use tokio::time::{Instant, sleep_until, timeout};

use super::chain::Terms;
use super::search::{Search, Step};
use super::{Answer, Budgets, Chain, FetchError, Transport};

impl<Q: ?Sized + Sync, R: Clone + Send + Sync> Chain<Q, R> {
    /// Requests the sources in order until one gives a reading, within `time` in total; two and a half seconds of it are reserved for each
    /// source that follows.
    ///
    /// `key` identifies the query among others of this chain; `now` is the time for expiry, cool-downs and budgets. It must not go back from call to
    /// call by more than minutes, or sources are not requested for as long.
    pub async fn read(
        &mut self,
        transport: &dyn Transport,
        budgets: &mut Budgets,
        key: &str,
        query: &Q,
        now: DateTime<Utc>,
        time: Duration,
    ) -> Answer<R> {
        let start = Instant::now();
        let vet = |_: &R| Ok(());
        let mut terms = Terms {
            query,
            budgets,
            vet: &vet,
            now: Duration::ZERO,
        };
        let mut under_way = FuturesUnordered::new();
        let mut search = Search::new(key.to_owned(), now, Duration::ZERO, time);
        let mut received = None;
        loop {
            match self.advance(&mut search, received, &mut terms) {
                Step::Done(answer) => return answer,
                Step::Ask(asks) => under_way.extend(asks.into_iter().map(|ask| async move {
                    (ask.number, send(transport, ask.request, ask.time).await)
                })),
                Step::Wait(turn) => sleep_until(start + turn).await,
                Step::Pending => {}
            }
            received = under_way.next().await;
            terms.now = start.elapsed();
        }
    }
}

/// Sends a request and waits for the response. A transport of the site's own may panic when it is called, or later.
pub(crate) async fn send(
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
