//! The connection for calls.
//!
//! | outcome of a call | the connection |
//! |---|---|
//! | it ended without an error | is kept for the next one |
//! | a connection that was kept is lost | is replaced, and the commands are sent again, once |
//! | a time-out, an error, or a call that was dropped | is not used again: the address may lead to another server now, which answers or accepts writes |
//!
//! Concurrent calls share the connection and its replies come in order. While it is opened, calls wait for the one that opens it, within their own
//! limits.

use std::sync::{Arc, Mutex, PoisonError};

use redis::{Pipeline, ServerError, Value};
use tokio::time::{Instant, timeout_at};

use super::server::{Connection, Server, Trouble};
use crate::ticker::StoreError;

/// A shared connection for calls, which is opened when it is needed. Several calls are in flight on it at once.
#[derive(Default)]
pub(super) struct Link {
    kept: Mutex<Option<Arc<Connection>>>,
    /// Held by the call that opens a connection, so that concurrent calls open one.
    opening: tokio::sync::Mutex<()>,
}

/// A call, which consists of one or several pipelines. All of it shares one time limit.
///
/// Unless it [ends](Self::end) without an error, its connection is not used again: the address may lead to another server meanwhile, which
/// answers or accepts writes.
pub(super) struct Call<'a> {
    link: &'a Link,
    server: &'a Server,
    deadline: Instant,
    used: Option<Arc<Connection>>,
}

/// The reply to one command.
pub(super) type Reply = Result<Value, ServerError>;

impl Link {
    pub(super) fn call<'a>(&'a self, server: &'a Server) -> Call<'a> {
        Call {
            link: self,
            server,
            deadline: Instant::now() + server.timeout,
            used: None,
        }
    }

    /// Returns the kept connection, or a new one, and whether it is new.
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

    /// Drops a connection, unless another has taken its place.
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

impl Call<'_> {
    /// Sends the commands at once, and returns the reply to each. After the loss of a connection they are sent again, so that they may be
    /// executed twice.
    pub(super) async fn ask(&mut self, commands: &Pipeline) -> Result<Vec<Reply>, Trouble> {
        self.ask_made(&|| commands.clone()).await
    }

    /// Does what [`ask`](Self::ask) does, with commands that are made again before they are sent again.
    pub(super) async fn ask_made(
        &mut self,
        commands: &(dyn Fn() -> Pipeline + Sync),
    ) -> Result<Vec<Reply>, Trouble> {
        self.used = None;
        let replies = timeout_at(self.deadline, self.try_ask(commands)).await;
        replies.unwrap_or_else(|_| {
            let what = if self.used.is_some() {
                "answer"
            } else {
                "connection"
            };
            let text = format!("no {what} within {:?}", self.server.timeout);
            Err(Trouble::from_text(&text))
        })
    }

    async fn try_ask(
        &mut self,
        commands: &(dyn Fn() -> Pipeline + Sync),
    ) -> Result<Vec<Reply>, Trouble> {
        let (connection, is_new) = self.link.connection(self.server).await?;
        self.used = Some(Arc::clone(&connection));
        let replies = match connection.send(&commands()).await {
            // The connection was lost since the last call. A time-out is not repeated.
            Err(error) if !is_new && connection.is_lost(&error) => {
                self.link.forget(&connection);
                self.used = None;
                let (connection, _) = self.link.connection(self.server).await?;
                self.used = Some(Arc::clone(&connection));
                let replies = connection.send(&commands()).await;
                replies.map_err(|error| connection.trouble(error))?
            }
            replies => replies.map_err(|error| connection.trouble(error))?,
        };
        let reply = |value| match value {
            Value::ServerError(error) => Err(error),
            value => Ok(value),
        };
        Ok(replies.into_iter().map(reply).collect())
    }

    /// Ends the call with its outcome.
    pub(super) fn end<T>(mut self, outcome: Result<T, Trouble>) -> Result<T, StoreError> {
        if outcome.is_ok() {
            self.used = None;
        }
        outcome.map_err(|trouble| self.server.error(trouble))
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if let Some(connection) = &self.used {
            self.link.forget(connection);
        }
    }
}
