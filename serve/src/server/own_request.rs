//! Requests that the server sends to itself, for the watchdog of a service manager.
//!
//! They need no network, and no right to open the server's socket: each is one end of a pair of sockets, which the server accepts and answers in the
//! same way as a reader's connection.

use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::stream::Stream;

/// A request that every site answers with a page, whatever its base.
#[cfg(unix)]
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// The connections of a server to itself.
pub(super) struct OwnRequests {
    #[cfg_attr(not(unix), expect(dead_code, reason = "only systemd has a watchdog"))]
    send: Sender<Stream>,
    next: Mutex<Receiver<Stream>>,
}

impl Default for OwnRequests {
    fn default() -> Self {
        let (send, next) = channel(1);
        let next = Mutex::new(next);
        Self { send, next }
    }
}

impl OwnRequests {
    /// Waits for the next connection.
    pub(super) async fn next(&self) -> Stream {
        let next = self.next.lock().await.recv().await;
        match next {
            Some(stream) => stream,
            // Not possible: the sender is in the same value.
            None => std::future::pending().await,
        }
    }

    /// Sends a request and waits for the response. Returns whether it is a page. Waits as long as the server does not answer.
    #[cfg(unix)]
    pub(super) async fn is_answered(&self) -> bool {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        use tokio::net::UnixStream;

        let exchange = async {
            let (mut own, server) = UnixStream::pair()?;
            if self.send.send(Stream::Unix(server)).await.is_err() {
                return Ok(false);
            }
            own.write_all(REQUEST).await?;
            let mut answer = Vec::new();
            own.read_to_end(&mut answer).await?;
            Ok::<_, std::io::Error>(answer.starts_with(b"HTTP/1.1 200 "))
        };
        exchange.await.unwrap_or(false)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::oneshot;
    use tokio::time::timeout;

    use crate::config::{Config, Listen};
    use crate::metrics::Metrics;
    use crate::server::{Listener, Listeners, Servers};

    #[tokio::test]
    async fn only_a_server_that_accepts_answers() {
        let text = "contact = \"a; b@example.kz\"\nbase = \"/strip\"\nlanguages = [\"kk\"]";
        let config = Config::parse("FILE", text).unwrap();
        let ticker = config.ticker(false, None, |_| {}).unwrap();
        let servers = Servers::new(config.sites(&ticker).unwrap(), &Arc::new(Metrics::new()));
        let short = Duration::from_millis(200);
        assert!(timeout(short, servers.answers()).await.is_err());

        let listen = Listen::Tcp(([127, 0, 0, 1], 0).into());
        let listeners = Listeners {
            strip: Listener::bind(&listen).await.unwrap(),
            articles: None,
            metrics: None,
        };
        let (end, ended) = oneshot::channel::<()>();
        let asked = async {
            let answers = timeout(10 * short, servers.answers()).await;
            end.send(()).unwrap();
            answers
        };
        let run = servers.run(listeners, async { _ = ended.await });
        let (answers, ()) = tokio::join!(asked, run);
        assert_eq!(answers, Ok(true));
        assert!(timeout(short, servers.answers()).await.is_err());
    }
}
