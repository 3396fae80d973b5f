//! All network I/O: a transport, and fallback chains that respect each source's rate limits.
//!
//! A [`Chain`] requests its sources in order until one gives a reading. It honours the headers of each (`Expires`, `ETag`, `Last-Modified`,
//! `Retry-After`), gives a source that failed a cool-down, and keeps within an hourly budget of requests. There is no retry within a refresh:
//! the next source is the fallback, the next refresh is the retry, the cool-down is the backoff.

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
