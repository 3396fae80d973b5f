use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use redis::aio::{MultiplexedConnection, PubSub};
use redis::{AsyncConnectionConfig, ErrorKind, RedisError};
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;

use super::address::{Address, Place};
use crate::fetch::SystemResolver;
use crate::text::Harmless;
use crate::ticker::StoreError;

/// A server that is connected to when it is needed.
pub(super) struct Server {
    pub(super) address: Address,
    pub(super) tls: Option<Arc<ClientConfig>>,
    /// For a whole call: to connect, to be let in, to be answered.
    pub(super) timeout: Duration,
    pub(super) resolver: SystemResolver,
}

/// A connection for calls. It ends when the last call on it does.
pub(super) struct Connection {
    pub(super) calls: MultiplexedConnection,
    driver: AbortHandle,
}

/// What went wrong, in words that may stand in a log.
pub(super) struct Trouble(String);

/// More than any answer: of sixty topics a megabyte each.
const LARGEST_ANSWER: usize = 64 << 20;
/// More than is said in fifteen seconds.
const MUCH_NEWS: usize = 1 << 20;

impl Server {
    pub(super) async fn connect(&self) -> Result<Connection, Trouble> {
        let stream = Bounded::new(self.open().await?, LARGEST_ANSWER);
        // The time is that of the whole call, which its caller keeps.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let login = &self.address.login;
        let (calls, driver) = MultiplexedConnection::new_with_config(login, stream, config).await?;
        let driver = tokio::spawn(driver).abort_handle();
        Ok(Connection { calls, driver })
    }

    pub(super) async fn listen(&self) -> Result<PubSub, Trouble> {
        let stream = Bounded::new(self.open().await?, MUCH_NEWS);
        Ok(PubSub::new(&self.address.login, stream).await?)
    }

    async fn open(&self) -> Result<Box<dyn Duplex>, Trouble> {
        match &self.address.place {
            Place::Tcp { host, port, tls } => {
                let addresses = self.resolver.addresses(host.clone(), *port).await;
                let addresses = addresses
                    .map_err(|error| Trouble(format!("{host} has no address: {error}")))?;
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
                    // Rather nothing than a password that everybody can read.
                    _ => Err(Trouble("TLS is set up by half".into())),
                }
            }
            #[cfg(unix)]
            Place::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await;
                Ok(Box::new(stream.map_err(no_connection)?))
            }
            #[cfg(not(unix))]
            Place::Unix(_) => Err(Trouble("this system has no sockets of that kind".into())),
        }
    }

    /// An error that names the server, never its password.
    pub(super) fn error(&self, what: impl fmt::Display) -> StoreError {
        StoreError::new(format!("redis {}: {what}", self.address))
    }
}

impl Connection {
    /// Whether what drives it has ended, with the server or with its runtime.
    pub(super) fn has_ended(&self) -> bool {
        self.driver.is_finished()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Harmless(&self.0))
    }
}

impl Trouble {
    pub(super) fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<RedisError> for Trouble {
    fn from(error: RedisError) -> Self {
        let said = match (error.kind(), error.code()) {
            (ErrorKind::AuthenticationFailed, _) => "the user or the password is refused".into(),
            // What a server says of a script may be long.
            (_, Some(code)) => format!("{code} {}", error.detail().unwrap_or_default()),
            (ErrorKind::Io, None) => match std::error::Error::source(&error) {
                Some(cause) => format!("the connection broke: {cause}"),
                None => "the connection broke".into(),
            },
            _ => format!("no answer of a Redis: {error}"),
        };
        Self(said.trim_end().chars().take(240).collect())
    }
}

fn no_connection(error: io::Error) -> Trouble {
    // What the system says has a number in it, which its kind has not.
    Trouble(match error.raw_os_error() {
        Some(_) => format!("no connection: {}", error.kind()),
        None => format!("no connection: {error}"),
    })
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// A stream that fails when more comes in than anybody has asked for since it was last written to: what is half read is
/// held in memory.
struct Bounded {
    stream: Box<dyn Duplex>,
    most: usize,
    left: usize,
}

impl Bounded {
    fn new(stream: Box<dyn Duplex>, most: usize) -> Self {
        let left = most;
        Self { stream, most, left }
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
            let text = format!("it sends more than {} bytes unasked", self.most);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, text)));
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
