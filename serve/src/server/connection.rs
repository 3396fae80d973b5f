//! The life of one connection.

use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant, sleep_until, timeout};

use super::Shared;
use super::responses::{ConnectionService, Progress};
use super::stream::Stream;
use super::write_timeout::WriteTimeout;

/// When all places are taken, a connection this old without a complete request is closed.
const GRACE: Duration = Duration::from_secs(1);
/// The longest time to read on after an early response. Closing a socket with unread data sends a reset, which may destroy the
/// response.
const LINGER: Duration = Duration::from_secs(1);
/// The most bytes to read on.
const LINGER_BYTES: usize = 16 << 20;

/// Serves a connection until it ends, idles too long, or has to make room. `is_own`: it is the server's own.
pub(super) async fn serve(
    shared: &Arc<Shared>,
    stream: Stream,
    address: Option<IpAddr>,
    is_own: bool,
) {
    let came = Instant::now();
    let progress = Arc::new(Progress::default());
    let site = shared.site();
    let limits = site.limits;
    let stream = WriteTimeout::new(stream, limits.write_timeout);
    let heard = stream.heard();
    let service = ConnectionService {
        shared: shared.clone(),
        address,
        is_own,
        progress: progress.clone(),
    };
    let mut connection = site.http.serve_connection(TokioIo::new(stream), service);
    // A reload may replace it.
    drop(site);
    let mut crowded = pin!(shared.crowded.notified());
    let mut state = shared.state.subscribe();
    // A request may be in transit on a new connection. When places are short it has `GRACE`; when the server stops, a request that
    // has begun may be completed.
    let leave = |patience| match progress.requested() {
        true => Instant::now(),
        false => came + patience,
    };
    let at_the_end = || match heard.load(Ordering::Relaxed) {
        true => limits.header_timeout,
        false => GRACE,
    };
    let (mut leaves, mut is_leaving) = (None, false);
    let mut listens = true;

    let ended = loop {
        tokio::select! {
            biased;
            ended = &mut connection => break ended,
            // A dropped sender means that the server is stopping too.
            _ = state.wait_for(|state| state.is_ending), if leaves.is_none() => {
                leaves = Some(leave(at_the_end()));
            }
            () = &mut crowded, if listens && leaves.is_none() => {
                listens = false;
                if progress.streams() {
                    // An event stream stays, so pass the notification on to another connection.
                    shared.crowded.notify_one();
                } else {
                    leaves = Some(leave(GRACE));
                }
            }
            () = sleep_until(leaves.unwrap_or(came)), if leaves.is_some() && !is_leaving => {
                if !progress.requested() {
                    return;
                }
                is_leaving = true;
            }
        }
        if is_leaving {
            Pin::new(&mut connection).graceful_shutdown();
        }
    };
    let stream = connection.into_parts().io.into_inner().into_inner();
    let has_more = || stream.try_read(&mut [0; 1]).is_ok_and(|read| read > 0);
    let responded_early = match ended {
        Ok(()) => progress.has_body() || has_more(),
        Err(error) => error.is_parse(),
    };
    if responded_early {
        linger(stream).await;
    }
}

/// Reads and drops what the client still sends, within the limits, so that the client can read the response.
async fn linger(mut stream: Stream) {
    let drain = async {
        let mut read = 0;
        // On the heap, so that the future of every connection does not include it.
        let mut bytes = vec![0; 16_384];
        while read < LINGER_BYTES {
            match stream.read(&mut bytes).await? {
                0 => break,
                more => read += more,
            }
        }
        Ok::<_, std::io::Error>(())
    };
    // The connection is closed in any case.
    _ = timeout(LINGER, drain).await;
}
