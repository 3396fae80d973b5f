#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(all(feature = "columns", feature = "redis", feature = "web"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "columns", feature = "redis", feature = "web")),
    doc = "The strip at the top of a news page: official exchange rates and city weather, dated, sourced and instant. The whole \
           introduction is that of all features."
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod day;
#[cfg(feature = "ticker")]
pub mod fetch;
pub mod money;
mod provenance;
pub mod snapshot;
pub mod source;
pub mod strip;
mod text;
#[cfg(feature = "ticker")]
pub mod ticker;
pub mod weather;
#[cfg(feature = "web")]
pub mod web;

pub use provenance::{Attribution, ParseSourceIdError, SourceId};
pub use snapshot::{Added, Freshness, FreshnessPolicy, Observed, Snapshot};
pub use strip::{Layout, Strip};
#[cfg(feature = "ticker")]
pub use ticker::Ticker;
