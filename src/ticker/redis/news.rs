//! Notifications of changes.
//!
//! They only save time: without them a server finds a change by its next exchange. So one that is lost does no harm, several are one, and the text of
//! a message is not looked at. A task reads the connection, so that messages between two calls do not fill its buffers, and pings a silent server: a
//! connection that was cut without notice is silent too.

use std::time::Duration;

use futures_util::StreamExt as _;
use redis::aio::{PubSubSink, PubSubStream};
use redis::{RedisResult, Value};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::server::{Server, Trouble};
use crate::engine::Hint;
use crate::ticker::StoreError;

/// Notifications of a channel. Several that arrived since the last call are one.
#[derive(Default)]
pub(super) struct News {
    listening: tokio::sync::Mutex<Option<Listening>>,
}

/// A subscription with its own connection, which a task reads, so that notifications do not fill the buffers between two calls.
struct Listening {
    said: watch::Receiver<()>,
    /// Ends with the connection, and returns the reason.
    task: JoinHandle<Trouble>,
}

/// The time between two pings of a silent server, because a connection that was cut without notice is silent too. The keep-alive of the
/// system does not detect a server that hangs, nor one behind a proxy.
const PING_EVERY: Duration = Duration::from_secs(15);
/// The longest time of a busy server to answer a ping. Each new subscription costs a reading of all records.
const PONG_WITHIN: Duration = Duration::from_secs(2);

impl News {
    /// Returns the next hint of a channel. Dropping the future loses nothing.
    pub(super) async fn next(&self, server: &Server, channel: &str) -> Result<Hint, StoreError> {
        let mut listening = self.listening.lock().await;
        let Some(open) = listening.as_mut() else {
            let opening = Listening::open(server, channel);
            *listening = match timeout(server.timeout, opening).await {
                Ok(Ok(open)) => Some(open),
                Ok(Err(trouble)) => return Err(server.error(trouble)),
                Err(_) => {
                    let what = format_args!("no subscription within {:?}", server.timeout);
                    return Err(server.error(what));
                }
            };
            return Ok(Hint::Listening);
        };
        if open.said.changed().await.is_ok() {
            return Ok(Hint::Changed);
        }
        let ended = match (&mut open.task).await {
            Ok(trouble) => server.error(format_args!("notifications have ended: {trouble}")),
            Err(_) => server.error("notifications have ended: its runtime has ended"),
        };
        *listening = None;
        Err(ended)
    }
}

impl Listening {
    async fn open(server: &Server, channel: &str) -> Result<Self, Trouble> {
        let (mut sink, messages) = server.listen().await?.split();
        sink.subscribe(channel).await?;
        // Without the right to do this, each subscription would end after fifteen seconds.
        ping(&mut sink).await?;
        let (say, said) = watch::channel(());
        let task = tokio::spawn(listen(sink, messages, say));
        Ok(Self { said, task })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(
    mut sink: PubSubSink,
    mut messages: PubSubStream,
    say: watch::Sender<()>,
) -> Trouble {
    let mut ping_at = Instant::now() + PING_EVERY;
    loop {
        match timeout_at(ping_at, messages.next()).await {
            Ok(Some(_)) => say.send_modify(|()| {}),
            Ok(None) => return Trouble::from_text("the connection was closed"),
            Err(_) => match timeout(PONG_WITHIN, ping(&mut sink)).await {
                Ok(Ok(())) => ping_at = Instant::now() + PING_EVERY,
                Ok(Err(error)) => return error.into(),
                Err(_) => return Trouble::from_text("no answer to a ping"),
            },
        }
    }
}

async fn ping(sink: &mut PubSubSink) -> RedisResult<()> {
    let pong: Value = sink.ping().await?;
    match pong {
        Value::ServerError(error) => Err(error.into()),
        _ => Ok(()),
    }
}
