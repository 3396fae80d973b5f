//! All network I/O: a transport, and fallback chains that respect each source's rate limits.
//!
//! A chain requests its sources in order until one gives a reading. It honours the headers of each (`Expires`, `ETag`, `Last-Modified`,
//! `Retry-After`), gives a source that failed a cool-down, and keeps within an hourly budget of requests. There is no retry within a refresh:
//! the next source is the fallback, the next refresh is the retry, the cool-down is the backoff.
//!
//! | file | part | I/O |
//! |---|---|---|
//! | `chain`, `search` | which source is requested next, for which time; the state of one query | no |
//! | `memory`, `budget` | the last answers with their validators; cool-downs; requests in the last hour | no |
//! | `answer`, `error` | the outcome of each attempt | no |
//! | `read` | a chain with a transport, without a ticker | by the transport |
//! | `transport`, `http`, `resolve`, `tls` | the interface of a client, and the bundled one | yes |
//! | `fake` | a transport for tests, with answers in the formats of the banks | no |
//!
//! # Is a source requested?
//!
//! The first of these questions that has the answer yes decides:
//!
//! | question | outcome |
//! |---|---|
//! | Has the query or the whole source a cool-down? | [`Outcome::Resting`], and the next source |
//! | Has the last answer to the query not expired? | [`Outcome::NotDue`], and the search ends: the reading stands |
//! | Would its turn come after half of its time? | [`Outcome::OverBudget`], and the next source |
//! | Is the budget of the hour used up? | the same |
//! | otherwise | a request |
//!
//! If the source has answered the query before, the last two end the search too, because its last answer stands.
//!
//! A report of a ticker has each attempt with its outcome:
//!
//! ```
//! use masthead::Ticker;
//! use masthead::fetch::{Attempt, FakeUpstream, Outcome, TransportErrorKind};
//!
//! let ticker = Ticker::builder("tests").transport(FakeUpstream::new()).cities([]).build()?; // no host answers
//! let report = ticker.refresh_blocking(ticker.now());
//! for (_, Attempt { source, outcome, .. }) in report.failures() {
//!     assert!(!outcome.is_good(), "{source}");
//!     let Outcome::Failed(error) = outcome else { continue };
//!     assert_eq!((error.class(), error.transport()), ("no_connection", Some(TransportErrorKind::Connect)));
//! }
//! # Ok::<(), masthead::ticker::InvalidTicker>(())
//! ```

mod answer;
mod budget;
mod chain;
mod error;
mod fake;
mod http;
mod memory;
mod read;
mod resolve;
mod search;
mod tls;
mod transport;

#[doc(hidden)] // for tests
pub use answer::{Answer, Fetched};
pub use answer::{Attempt, Outcome};
#[doc(hidden)]
pub use budget::Budgets;
#[doc(hidden)]
pub use chain::Chain;
pub(crate) use chain::Terms;
pub use error::FetchError;
pub use fake::FakeUpstream;
pub use http::{HttpTransport, HttpTransportBuilder, InvalidTransport};
pub(crate) use read::send;
#[cfg(feature = "redis")]
pub(crate) use resolve::SystemResolver;
pub(crate) use search::{Number, Received, Search, Step};
#[cfg(feature = "redis")]
pub(crate) use tls::{tls, tls_trusting};
pub use transport::{BoxFuture, Transport, TransportError, TransportErrorKind};
