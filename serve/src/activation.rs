//! Listeners that a service manager has opened and passed to this process, as systemd does for a `.socket` unit.

#[cfg(unix)]
use std::os::fd::AsFd;

use crate::config::{Config, Listen, Own};
use crate::server::{Listener, Listeners};

/// The name of the strip's socket (`FileDescriptorName=`).
#[cfg(unix)]
const STRIP: &str = "strip";
/// The name of the socket that annotates articles.
const ARTICLES: &str = "articles";
/// The name of the socket for metrics.
const METRICS: &str = "metrics";

/// The sockets that were passed.
#[derive(Default)]
pub(crate) struct Passed {
    strip: Option<Socket>,
    articles: Option<Socket>,
    metrics: Option<Socket>,
}

enum Socket {
    Tcp(std::net::TcpListener),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener),
}

impl Passed {
    /// Takes the sockets. Removes the variables of the environment that announce them, so it must be called before the first thread is started, and before
    /// anything else opens a file.
    ///
    /// # Errors
    ///
    /// A sentence for the log, if a socket is not one that can be served.
    #[cfg(unix)]
    pub(crate) fn take() -> Result<Self, String> {
        let mut sockets = listenfd::ListenFd::from_env();
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut passed = Self::default();
        for index in 0..sockets.len() {
            let name = names.next().unwrap_or_default();
            let place = match name {
                ARTICLES => &mut passed.articles,
                METRICS => &mut passed.metrics,
                // Without `FileDescriptorName=` systemd passes the name of the unit.
                STRIP | "" | "unknown" => &mut passed.strip,
                unit if unit.ends_with(".socket") => &mut passed.strip,
                other => {
                    return Err(format!(
                        "the service manager has passed a socket with FileDescriptorName={other}; expected {STRIP}, {ARTICLES} or {METRICS}"
                    ));
                }
            };
            if place.is_some() {
                return Err(format!(
                    "the service manager has passed several sockets for one listener: expected one, and perhaps one with FileDescriptorName={ARTICLES} and one with FileDescriptorName={METRICS}"
                ));
            }
            let socket = Socket::take(&mut sockets, index);
            *place = Some(socket.map_err(|error| {
                format!(
                    "socket {} of the service manager cannot be used: {error}",
                    index + 1
                )
            })?);
        }
        Ok(passed)
    }

    #[cfg(not(unix))]
    pub(crate) fn take() -> Result<Self, String> {
        Ok(Self::default())
    }

    /// Returns the listeners: those passed, or else by the settings.
    ///
    /// # Errors
    ///
    /// A sentence for the log.
    pub(crate) async fn listeners(self, config: &Config) -> Result<Listeners, String> {
        let annotate = config.annotate.as_ref().map(|annotate| &annotate.own);
        let metrics = config.metrics.as_ref().map(|metrics| &metrics.own);
        let articles = own(self.articles, annotate, ARTICLES, "annotate").await?;
        let metrics = own(self.metrics, metrics, METRICS, "metrics").await?;
        let strip = match self.strip {
            Some(socket) => socket.listener()?,
            None => bind("listen", &config.network.listen).await?,
        };
        Ok(Listeners {
            strip,
            articles,
            metrics,
        })
    }

    /// Whether the strip's socket was passed.
    pub(crate) const fn has_strip(&self) -> bool {
        self.strip.is_some()
    }
}

/// Returns the listener of a section of the settings, on the socket that was passed for it, or else by the section.
async fn own(
    socket: Option<Socket>,
    own: Option<&Own>,
    name: &str,
    section: &str,
) -> Result<Option<Listener>, String> {
    let (own, socket) = match (own, socket) {
        (Some(own), Some(socket)) => (own, socket),
        (Some(own), None) => {
            let key = format!("{section}.listen");
            return bind(&key, &own.listen).await.map(Some);
        }
        (None, Some(_)) => {
            return Err(format!(
                "the service manager has passed a socket for {name}, and the settings have no section [{section}]"
            ));
        }
        (None, None) => return Ok(None),
    };
    if let Socket::Tcp(listener) = &socket
        && let address = listener.local_addr().map_err(|error| error.to_string())?
        && !own.allows(address.ip())
    {
        return Err(format!(
            "the service manager's socket for {name}, {address}, is not on the loopback, and {section}.beyond_loopback is not set"
        ));
    }
    socket.listener().map(Some)
}

/// Listens on the address of a key of the settings.
async fn bind(key: &str, listen: &Listen) -> Result<Listener, String> {
    let bound = Listener::bind(listen).await;
    bound.map_err(|error| format!("{key}: {error}"))
}

impl Socket {
    #[cfg(unix)]
    fn take(sockets: &mut listenfd::ListenFd, index: usize) -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let socket = match sockets.take_unix_listener(index) {
            Ok(listener) => listener.map(Self::Unix),
            Err(_) => {
                let listener = sockets.take_tcp_listener(index).map_err(text)?;
                listener.map(Self::Tcp)
            }
        };
        let socket = socket.ok_or("it is missing")?;
        let descriptor = match &socket {
            Self::Tcp(listener) => listener.as_fd(),
            Self::Unix(listener) => listener.as_fd(),
        };
        // Not known on some systems, where the first `accept` fails.
        match rustix::net::sockopt::socket_acceptconn(descriptor) {
            Ok(false) => Err("it does not listen; a .socket unit needs Accept=no".to_owned()),
            _ => Ok(socket),
        }
    }

    fn listener(self) -> Result<Listener, String> {
        let listener = match self {
            Self::Tcp(listener) => Listener::of_tcp(listener),
            #[cfg(unix)]
            Self::Unix(listener) => Listener::of_unix(listener),
        };
        listener.map_err(|error| format!("cannot use a socket of the service manager: {error}"))
    }
}
