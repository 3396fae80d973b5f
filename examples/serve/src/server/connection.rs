//! One connection, from its first byte to its last.

use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

use super::Shared;
use super::answers::{Answers, Progress};
use super::stream::Watched;

/// Who has not asked anything within this time of coming may be sent away.
const GRACE: Duration = Duration::from_secs(1);
/// A client that still sends hears a reset instead of the answer, unless some of it is read.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 16 << 20;

/// Answers on a connection until it ends, idles too long, or must make room.
pub(super) async fn serve(shared: &Arc<Shared>, stream: TcpStream, address: IpAddr) {
    let came = Instant::now();
    let progress = Arc::new(Progress::default());
    let stream = Watched::new(stream, shared.limits.write_timeout);
    let heard = stream.heard();
    let answers = Answers {
        shared: shared.clone(),
        address,
        progress: progress.clone(),
    };
    let mut connection = shared.http.serve_connection(TokioIo::new(stream), answers);
    let mut crowded = pin!(shared.crowded.notified());
    let mut ending = shared.ending.subscribe();
    // A request may be on its way on a connection that has just come. In a crowd it must hurry; at the end of the server there
    // is time for one that has begun.
    let leave = |patience| match progress.asked() {
        true => Instant::now(),
        false => came + patience,
    };
    let at_the_end = || match heard.load(Ordering::Relaxed) {
        true => shared.limits.header_timeout,
        false => GRACE,
    };
    let (mut leaves, mut is_leaving) = (None, false);
    let mut listens = true;

    let ended = loop {
        tokio::select! {
            biased;
            ended = &mut connection => break ended,
            // An error is the end of the server as well.
            _ = ending.wait_for(|ending| *ending), if leaves.is_none() => {
                leaves = Some(leave(at_the_end()));
            }
            () = &mut crowded, if listens && leaves.is_none() => {
                listens = false;
                if progress.streams() {
                    // It stays, and another shall hear of it.
                    shared.crowded.notify_one();
                } else {
                    leaves = Some(leave(GRACE));
                }
            }
            () = sleep_until(leaves.unwrap_or(came)), if leaves.is_some() && !is_leaving => {
                if !progress.asked() {
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
    let answered_early = match ended {
        Ok(()) => progress.has_body() || has_more(),
        Err(error) => error.is_parse(),
    };
    if answered_early {
        linger(stream).await;
    }
}

/// Reads what is still coming, for a while, so that the answer is read too.
async fn linger(mut stream: TcpStream) {
    let drain = async {
        let mut read = 0;
        // Not in the future itself, which every connection holds from its beginning.
        let mut bytes = vec![0; 16_384];
        while read < LINGER_BYTES {
            match stream.read(&mut bytes).await? {
                0 => break,
                more => read += more,
            }
        }
        Ok::<_, std::io::Error>(())
    };
    // However it ends, the connection is closed.
    _ = timeout(LINGER, drain).await;
}
