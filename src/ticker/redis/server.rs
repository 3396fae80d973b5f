//! Connections to a server, and what may come from it.
//!
//! The server is not trusted with memory: a reply is held until it is complete, so a stream counts what it receives and fails beyond
//! [`LARGEST_ANSWER`]. Nor is it trusted with text: errors are cut, and without the address, because they stand in the health report. The
//! first call on a connection is a `PING` of its own, since the client says why it could not read a single reply, and not why it could not read
//! several.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use redis::aio::{MultiplexedConnection, PubSub};
use redis::{
    AsyncConnectionConfig, Cmd, ErrorKind, Pipeline, RedisError, RedisResult, ServerError, Value,
};
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;

use super::address::{Address, Place};
use crate::fetch::SystemResolver;
use crate::text::Harmless;
use crate::ticker::StoreError;

/// The address of a server, and how to connect to it.
pub(super) struct Server {
    pub(super) address: Address,
    pub(super) tls: Option<Arc<ClientConfig>>,
    /// The longest time of a call, including that to connect and to log in.
    pub(super) timeout: Duration,
    pub(super) resolver: SystemResolver,
}

/// A connection for calls. It is closed when the last call on it ends.
pub(super) struct Connection {
    calls: MultiplexedConnection,
    driver: AbortHandle,
    /// Set when the server has answered as a Redis does.
    greeted: OnceCell<()>,
    is_flooded: Arc<AtomicBool>,
}

/// The reason of an error, without the address and safe to write to a log.
pub(super) struct Trouble {
    text: String,
    /// The server has sent more than [`LARGEST_ANSWER`].
    pub(super) is_flood: bool,
}

/// The most bytes of an answer. Both 1024 records of 64 topics and 256 of the longest texts have fewer.
///
/// A sorted set has no command that returns members up to a length. One whose members have more bytes than this is emptied.
const LARGEST_ANSWER: usize = 24 << 20;
/// The most bytes of notifications between two pings.
const MOST_NEWS: usize = 1 << 20;

impl Server {
    pub(super) async fn connect(&self) -> Result<Connection, Trouble> {
        let stream = Bounded::new(self.open().await?, LARGEST_ANSWER);
        let is_flooded = Arc::clone(&stream.is_flooded);
        // The caller limits the time of the whole call.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let login = &self.address.login;
        let (calls, driver) = MultiplexedConnection::new_with_config(login, stream, config).await?;
        let driver = tokio::spawn(driver).abort_handle();
        Ok(Connection {
            calls,
            driver,
            greeted: OnceCell::new(),
            is_flooded,
        })
    }

    pub(super) async fn listen(&self) -> Result<PubSub, Trouble> {
        let stream = Bounded::new(self.open().await?, MOST_NEWS);
        Ok(PubSub::new(&self.address.login, stream).await?)
    }

    async fn open(&self) -> Result<Box<dyn Duplex>, Trouble> {
        match &self.address.place {
            Place::Tcp { host, port, tls } => {
                let addresses = self.resolver.addresses(host.clone(), *port).await;
                let addresses = addresses
                    .map_err(|error| Trouble::from(format!("its host has no address: {error}")))?;
                let tcp = TcpStream::connect(&*addresses)
                    .await
                    .map_err(no_connection)?;
                tcp.set_nodelay(true).map_err(no_connection)?;
                match (tls, &self.tls) {
                    (Some(name), Some(config)) => {
                        let connector = TlsConnector::from(Arc::clone(config));
                        let secure = connector.connect(name.clone(), tcp).await;
                        Ok(Box::new(secure.map_err(no_connection)?))
                    }
                    (None, None) => Ok(Box::new(tcp)),
                    // Without TLS the password would be readable on the network.
                    _ => Err(Trouble::from_text("the settings of TLS are incomplete")),
                }
            }
            #[cfg(unix)]
            Place::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await;
                Ok(Box::new(stream.map_err(no_connection)?))
            }
            #[cfg(not(unix))]
            Place::Unix(_) => Err(Trouble::from_text("this system has no Unix sockets")),
        }
    }

    /// Returns an error without the server's address, because it is part of the public health report.
    pub(super) fn error(&self, what: impl fmt::Display) -> StoreError {
        StoreError::new(format!("redis: {what}"))
    }
}

impl Connection {
    /// Whether its driver has ended, with the server or with its runtime.
    pub(super) fn has_ended(&self) -> bool {
        self.driver.is_finished()
    }

    /// Sends commands at once, and returns the reply to each.
    pub(super) async fn send(&self, commands: &Pipeline) -> RedisResult<Vec<Value>> {
        // The client reports why it could not read the reply to a single command, and not why it could not read those to several.
        self.greeted.get_or_try_init(|| self.greet()).await?;
        let mut calls = self.calls.clone();
        calls
            .send_packed_commands(commands, 0, commands.len())
            .await
    }

    async fn greet(&self) -> RedisResult<()> {
        let mut calls = self.calls.clone();
        match calls.send_packed_command(&Cmd::ping()).await? {
            Value::SimpleString(pong) if pong == "PONG" => Ok(()),
            Value::ServerError(error) => Err(error.into()),
            _ => Err((ErrorKind::UnexpectedReturnType, "PING has another reply").into()),
        }
    }

    /// Whether the connection was lost, so that commands may be sent again on another.
    pub(super) fn is_lost(&self, error: &RedisError) -> bool {
        error.is_connection_dropped() && !self.is_flooded.load(Ordering::Relaxed)
    }

    pub(super) fn trouble(&self, error: RedisError) -> Trouble {
        if self.is_flooded.load(Ordering::Relaxed) {
            let flood = Trouble::from(RedisError::from(flood(LARGEST_ANSWER)));
            return Trouble {
                is_flood: true,
                ..flood
            };
        }
        error.into()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Harmless(&self.text))
    }
}

impl Trouble {
    pub(super) fn from_text(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Trouble {
    fn from(text: String) -> Self {
        Self {
            text,
            is_flood: false,
        }
    }
}

impl From<RedisError> for Trouble {
    fn from(error: RedisError) -> Self {
        let said = match (error.kind(), error.code()) {
            (ErrorKind::AuthenticationFailed, _) => "the user or the password is refused".into(),
            // Its own text, which is cut below.
            (_, Some(code)) => format!("{code} {}", error.detail().unwrap_or_default()),
            (ErrorKind::Io, None) => match std::error::Error::source(&error) {
                Some(cause) => format!("the connection broke: {cause}"),
                None => "the connection broke".into(),
            },
            _ => format!("no answer of a Redis: {error}"),
        };
        Self::from(said.trim_end().chars().take(240).collect::<String>())
    }
}

impl From<ServerError> for Trouble {
    fn from(error: ServerError) -> Self {
        RedisError::from(error).into()
    }
}

fn no_connection(error: io::Error) -> Trouble {
    // The text of a system error has its number in it, its kind has not.
    Trouble::from(match error.raw_os_error() {
        Some(_) => format!("no connection: {}", error.kind()),
        None => format!("no connection: {error}"),
    })
}

fn flood(most: usize) -> io::Error {
    let text = format!("it sends more than {most} bytes at once");
    io::Error::new(io::ErrorKind::InvalidData, text)
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// A stream that fails if more is received since it was last written to than any answer has, because an answer is held in memory until it is
/// complete.
struct Bounded {
    stream: Box<dyn Duplex>,
    most: usize,
    left: usize,
    is_flooded: Arc<AtomicBool>,
}

impl Bounded {
    fn new(stream: Box<dyn Duplex>, most: usize) -> Self {
        Self {
            stream,
            most,
            left: most,
            is_flooded: Arc::default(),
        }
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let read = buf.filled().len().saturating_sub(before);
        let Some(left) = self.left.checked_sub(read) else {
            self.is_flooded.store(true, Ordering::Relaxed);
            return Poll::Ready(Err(flood(self.most)));
        };
        self.left = left;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.left = self.most;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
