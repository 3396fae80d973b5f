//! Name lookup that no shutdown waits for.
//!
//! `getaddrinfo` cannot be cancelled. Each lookup has a thread of its own, at most 16 at a time; a host whose lookup hangs fails by the time limit of
//! the connection, while its thread ends when the system gives up.

use std::error::Error;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::oneshot;

/// The system's name lookup on a thread of its own.
///
/// The usual place for it is the runtime's pool of blocking threads, and a runtime that shuts down waits for them: a
/// resolver that hangs would hold the whole process for half a minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct SystemResolver {
    under_way: Arc<AtomicUsize>,
}

/// A resolver that hangs must not collect threads.
const MAX_UNDER_WAY: usize = 16;

impl SystemResolver {
    /// The addresses of a host, each with the port. They are never waited for by a runtime that shuts down.
    pub(crate) async fn addresses(
        &self,
        host: String,
        port: u16,
    ) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
        if let Ok(literal) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(literal, port)]);
        }
        let ticket =
            Ticket::take(Arc::clone(&self.under_way)).ok_or("too many name lookups under way")?;
        let (send, receive) = oneshot::channel();
        std::thread::Builder::new()
            .name("masthead-dns".into())
            .spawn(move || {
                let found = (host.as_str(), port)
                    .to_socket_addrs()
                    .map(Iterator::collect::<Vec<SocketAddr>>);
                drop(ticket);
                // The receiver may have given up meanwhile, and then needs no answer.
                let _ = send.send(found);
            })?;
        Ok(receive.await??)
    }
}

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let found = resolver.addresses(name.as_str().to_owned(), 0).await?;
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

/// One lookup under way; counted until dropped.
struct Ticket(Arc<AtomicUsize>);

impl Ticket {
    fn take(under_way: Arc<AtomicUsize>) -> Option<Self> {
        let ticket = Self(under_way);
        let before = ticket.0.fetch_add(1, Ordering::Relaxed);
        (before < MAX_UNDER_WAY).then_some(ticket)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
