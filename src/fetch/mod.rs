//! The only room with a network in it: a transport, and chains of sources that are asked with manners.
//!
//! A [`Chain`] asks its sources in order until one answers. It remembers what each asked of its callers (`Expires`,
//! `ETag`, `Last-Modified`, `Retry-After`), rests a source that failed, and keeps within a budget of requests. There is
//! no retry: the next tick is the retry, the next source is the fallback, a cool-down is the backoff.

mod answer;
mod budget;
mod chain;
mod error;
mod exchange;
mod http;
mod memory;
mod resolve;
mod tls;
mod transport;

pub use answer::{Answer, Attempt, Fetched, Outcome};
pub use budget::Budgets;
pub use chain::Chain;
pub use error::FetchError;
pub use http::{HttpTransport, HttpTransportBuilder, InvalidTransport};
#[cfg(feature = "redis")]
pub(crate) use resolve::SystemResolver;
#[cfg(feature = "redis")]
pub(crate) use tls::{tls, tls_trusting};
pub use transport::{BoxFuture, Transport, TransportError, TransportErrorKind};
