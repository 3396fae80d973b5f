//! Listeners: TCP, or a unix socket; bound by this program or passed by the service manager.

use std::fmt;
use std::io;
use std::net::IpAddr;

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use super::stream::Stream;
#[cfg(unix)]
use super::unix_socket::SocketFile;
use crate::config::Listen;

/// A listener.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    /// The file is removed with the listener, and before it: no other server takes the place while the listener is open. `None`: the service
    /// manager's.
    #[cfg(unix)]
    Unix(Option<SocketFile>, UnixListener),
}

impl Listener {
    /// Listens on an address.
    ///
    /// # Errors
    ///
    /// The reason, with the address.
    pub(crate) async fn bind(listen: &Listen) -> Result<Self, String> {
        let bound = match listen {
            Listen::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            #[cfg(unix)]
            Listen::Unix { path, mode } => {
                let bound = super::unix_socket::bind(path, *mode).await;
                bound.map(|(listener, file)| Self::Unix(Some(file), listener))
            }
            #[cfg(not(unix))]
            Listen::Unix { .. } => Err(io::ErrorKind::Unsupported.into()),
        };
        bound.map_err(|error| format!("cannot listen on {listen}: {error}"))
    }

    /// The listener of a socket that the service manager has opened.
    pub(crate) fn of_tcp(listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Self::Tcp)
    }

    /// The listener of a unix socket that the service manager has opened. Its file stays.
    #[cfg(unix)]
    pub(crate) fn of_unix(listener: std::os::unix::net::UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = UnixListener::from_std(listener)?;
        Ok(Self::Unix(None, listener))
    }

    /// Accepts a connection. It has no address if it comes over a unix socket.
    pub(super) async fn accept(&self) -> io::Result<(Stream, Option<IpAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok((Stream::Tcp(stream), Some(address.ip())))
            }
            #[cfg(unix)]
            Self::Unix(_, listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Stream::Unix(stream), None))
            }
        }
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(listener) => match listener.local_addr() {
                Ok(address) => write!(f, "http://{address}"),
                Err(error) => write!(f, "an unknown address ({error})"),
            },
            #[cfg(unix)]
            Self::Unix(Some(file), _) => write!(f, "unix:{}", file.path().display()),
            #[cfg(unix)]
            Self::Unix(None, listener) => {
                let address = listener.local_addr();
                match address.as_ref().ok().and_then(|it| it.as_pathname()) {
                    Some(path) => write!(f, "unix:{}", path.display()),
                    None => f.write_str("a unix socket without a path"),
                }
            }
        }
    }
}
