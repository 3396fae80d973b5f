use std::time::Duration;

use futures_util::StreamExt as _;
use redis::aio::{PubSubSink, PubSubStream};
use redis::{RedisResult, Value};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::server::{Server, Trouble};
use crate::ticker::{Hint, StoreError};

/// What is heard on a channel. What piles up is told once.
#[derive(Default)]
pub(super) struct News {
    listening: tokio::sync::Mutex<Option<Listening>>,
}

/// A connection of its own, emptied by a task of its own: whoever asks for hints seldom keeps nothing waiting.
struct Listening {
    said: watch::Receiver<()>,
    /// Ends with the connection, and says why.
    task: JoinHandle<Trouble>,
}

/// How often a silent server is asked whether it is there: a connection that broke where nobody saw it says nothing for
/// ever. The system's own probes would not find a server that hangs, nor work through a proxy.
const PING_EVERY: Duration = Duration::from_secs(15);
/// How long a server that is busy may take: to listen anew costs all servers a reading.
const PONG_WITHIN: Duration = Duration::from_secs(2);

impl News {
    /// The next hint of a channel. Dropping the future loses nothing.
    pub(super) async fn next(&self, server: &Server, channel: &str) -> Result<Hint, StoreError> {
        let mut listening = self.listening.lock().await;
        let Some(open) = listening.as_mut() else {
            let opening = Listening::open(server, channel);
            *listening = match timeout(server.timeout, opening).await {
                Ok(Ok(open)) => Some(open),
                Ok(Err(trouble)) => return Err(server.error(trouble)),
                Err(_) => {
                    let what = format_args!("not heard within {:?}", server.timeout);
                    return Err(server.error(what));
                }
            };
            return Ok(Hint::Listening);
        };
        if open.said.changed().await.is_ok() {
            return Ok(Hint::Published);
        }
        let ended = match (&mut open.task).await {
            Ok(trouble) => server.error(format_args!("not heard any more: {trouble}")),
            Err(_) => server.error("not heard any more: its runtime has ended"),
        };
        *listening = None;
        Err(ended)
    }
}

impl Listening {
    async fn open(server: &Server, channel: &str) -> Result<Self, Trouble> {
        let (mut sink, messages) = server.listen().await?.split();
        sink.subscribe(channel).await?;
        // A user who may not do this would be heard for fifteen seconds, again and again.
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
            Ok(None) => return Trouble::from_text("the connection has ended"),
            Err(_) => match timeout(PONG_WITHIN, ping(&mut sink)).await {
                Ok(Ok(())) => ping_at = Instant::now() + PING_EVERY,
                Ok(Err(error)) => return error.into(),
                Err(_) => {
                    return Trouble::from_text("it does not answer");
                }
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
