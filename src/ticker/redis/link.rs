use std::sync::{Arc, Mutex, PoisonError};

use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisResult, ScriptInvocation, Value};

use super::server::{Connection, Server, Trouble};
use crate::ticker::StoreError;

/// Calls to a server over one connection, which is opened when it is needed. Several calls share it, and none waits for
/// another.
#[derive(Default)]
pub(super) struct Link {
    kept: Mutex<Option<Arc<Connection>>>,
    /// One opens while the others wait; each no longer than its own time.
    opening: tokio::sync::Mutex<()>,
}

/// What is asked of a server.
pub(super) enum Request<'a> {
    Command(Cmd),
    Script(ScriptInvocation<'a>),
}

/// The connection of a call that has not been answered. Whoever gives a call up has waited for long enough.
struct Used<'a> {
    link: &'a Link,
    connection: Option<Arc<Connection>>,
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            self.link.forget(connection);
        }
    }
}

impl Link {
    /// The answer of a server, within its time.
    ///
    /// After any error the next call has a new connection: an address may lead elsewhere meanwhile, to a server that is
    /// awake, or may be written to.
    pub(super) async fn ask(
        &self,
        server: &Server,
        request: &Request<'_>,
    ) -> Result<Value, StoreError> {
        let mut used = Used {
            link: self,
            connection: None,
        };
        let answered = self.try_ask(server, request, &mut used.connection);
        let answer = tokio::time::timeout(server.timeout, answered).await;
        match answer {
            Ok(Ok(value)) => {
                used.connection = None;
                Ok(value)
            }
            Ok(Err(trouble)) => Err(server.error(trouble)),
            Err(_) => {
                let what = if used.connection.is_some() {
                    "answer"
                } else {
                    "connection"
                };
                let what = format_args!("no {what} within {:?}", server.timeout);
                Err(server.error(what))
            }
        }
    }

    async fn try_ask(
        &self,
        server: &Server,
        request: &Request<'_>,
        used: &mut Option<Arc<Connection>>,
    ) -> Result<Value, Trouble> {
        let (connection, is_new) = self.connection(server).await?;
        *used = Some(Arc::clone(&connection));
        match request.send(&connection).await {
            // It had died since the last call. What was asked may have been done all the same; to do it twice changes
            // nothing. A time-out ends elsewhere: who is slow shall not be asked twice.
            Err(error) if !is_new && error.is_connection_dropped() => {
                self.forget(&connection);
                let (connection, _) = self.connection(server).await?;
                *used = Some(Arc::clone(&connection));
                Ok(request.send(&connection).await?)
            }
            answer => Ok(answer?),
        }
    }

    /// The connection that is kept, or a new one.
    async fn connection(&self, server: &Server) -> Result<(Arc<Connection>, bool), Trouble> {
        if let Some(kept) = self.kept() {
            return Ok((kept, false));
        }
        let _turn = self.opening.lock().await;
        if let Some(kept) = self.kept() {
            return Ok((kept, false));
        }
        let new = Arc::new(server.connect().await?);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&new));
        Ok((new, true))
    }

    fn kept(&self) -> Option<Arc<Connection>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone().filter(|kept| !kept.has_ended())
    }

    /// Lets go of a connection, unless another has taken its place.
    fn forget(&self, connection: &Arc<Connection>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept
            .as_ref()
            .is_some_and(|kept| Arc::ptr_eq(kept, connection))
        {
            *kept = None;
        }
    }
}

impl Request<'_> {
    async fn send(&self, connection: &Connection) -> RedisResult<Value> {
        let mut calls: MultiplexedConnection = connection.calls.clone();
        match self {
            Self::Command(command) => command.query_async(&mut calls).await,
            Self::Script(script) => script.invoke_async(&mut calls).await,
        }
    }
}
