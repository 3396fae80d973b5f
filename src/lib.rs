//! masthead keeps the strip at the top of a news page true and dated: official exchange rates, the weather of a city, the date and the
//! list of languages. Every number has its day, its source and its age.
//!
//! ```
//! use masthead::money::Currency;
//! use masthead::{Layout, Snapshot, Strip};
//!
//! // The built-in sample. In a site this is `ticker.snapshot()`.
//! let snapshot = Snapshot::sample();
//! let layout = Layout::line().isolates(false);
//!
//! let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
//! assert!(strip.text().to_string().starts_with("usd/kzt 447.32 · eur/kzt 482.21 · "));
//! assert!(strip.html().to_string().starts_with(r#"<section class="masthead" lang="en""#));
//!
//! // The same rates convert amounts, rounded once.
//! let rates = snapshot.rates(Snapshot::SAMPLE_TIME).ok_or("no rates")?.value();
//! assert_eq!(rates.convert("19.99 USD".parse()?, Currency::KZT)?.to_string(), "8941.93 KZT");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A site builds a [`Ticker`], which refreshes a [`Snapshot`] in the background, and renders it with a [`Layout`] and a [`Strip`] in
//! each page view. Rendering reads no clock, no file and no network, so a page view neither waits nor fails.
//!
//! ```no_run
//! # #[cfg(feature = "ticker")]
//! # fn site() -> Result<(), Box<dyn std::error::Error>> {
//! use masthead::Ticker;
//!
//! let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?; // your site and address
//! let background = ticker.start()?; // or spawn `ticker.run()` on Tokio
//! let snapshot = ticker.snapshot(); // in each page view
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! | module | contents | feature |
//! |---|---|---|
//! | [`money`] | currencies, pairs, amounts, rates with the bank's digits, exact conversion | |
//! | [`weather`] | cities, temperatures, sky conditions, the hours of a day | |
//! | [`snapshot`] | the data known at an instant: each item with its source, times and freshness | |
//! | [`ledger`] | the set of records behind a snapshot; the rates of any day, and what was known at an earlier instant | |
//! | [`source`] | wire formats of banks and weather services, one file each, without I/O | |
//! | [`fetch`] | network access: the transport, fallback between sources, rate limits | `ticker` |
//! | [`ticker`] | the service that keeps a snapshot fresh, its [guard](_documentation::guard) against numbers that look wrong, its stores | `ticker` |
//! | [`strip`](mod@strip) | the view of a snapshot: text, ANSI, HTML, JSON and SVG in eight languages | |
//! | [`prose`] | amounts of money in news text, in eight languages, and their value in another currency | `prose`, `annotate` |
//! | [`web`] | responses for HTTP servers: pages, events, style and script | `web` |
//! | [`jiff`][jiff-module] | days and instants between chrono and jiff | `jiff` |
//!
//! A module imports only modules above it in this table. `strip` and `ticker` do not import each other.
//!
//! # Chapters
//!
//! In the order in which a site needs them:
//!
//! - [On the page and behind a CDN](_documentation::page): embedding, layouts, the service, caches.
//! - [Words and languages](_documentation::words): choosing a language, numbers, the source of every word.
//! - [How freshness works](_documentation::freshness): the age of each number, its marks, and when sources are requested.
//! - [The guard and its evidence](_documentation::guard): numbers that look wrong, and what releases them.
//! - [Many servers](_documentation::servers): one client of the sources for a whole fleet.
//! - [Rates of any day](_documentation::any_day): history, gaps, corrections, tables, charts.
//! - [Amounts in articles](_documentation::amounts): reading amounts, and their value at the rates of the article's day.
//! - [Rounding](_documentation::rounding): one fraction, one rounding.
//! - [Adding a source](_documentation::adding_a_source): a bank or weather service of your own.
//! - [The ledger's file](_documentation::ledger_format): the format of its lines.
//! - [Limits and comparison with others](_documentation::limits).
//!
//! # Where to find
//!
//! | task | items |
//! |---|---|
//! | the strip in a page, in eight languages | [`Strip`], [`Layout`], [`strip::Lang`] |
//! | rates of any day, tables and charts | [`ledger::History`], [`strip::Chart`] |
//! | an amount, or a column of them, in another currency | [`money::Rates::convert`], [`money::Converter`] |
//! | amounts in articles, with their value | [`prose`], for pages `Annotator::html` and `AnnotateLayer` |
//! | another central bank; a bank or weather service of your own | [`Bank`]; the trait [`source::Source`] |
//! | a proxy, another HTTP client, a mirror | the trait [`Transport`], [`TickerBuilder::transport`], [`TickerBuilder::upstream`] |
//! | data across restarts; a store of your own | [`FileStore`]; the trait [`Store`] |
//! | several servers; a shared store of your own | [`RedisStore`]; the trait [`SharedStore`] |
//! | tests without a network; another clock | [`FakeUpstream`], [`Ticker::fixed`]; [`TickerBuilder::clock`] |
//! | monitoring, and numbers that look wrong | [`Ticker::health`], [`Report`], [`Ticker::holds`] |
//! | another runtime than Tokio, simulations | [`Engine`] |
//! | a site that is not written in Rust | the program `masthead-serve` of the repository |
//!
//! # Time
//!
//! Time is an argument: [`Strip::new`], [`Snapshot::rates`] and [`ledger::Ledger::at`] take an instant in UTC, and [`ledger::History::rates_on`] a day. A
//! ticker passes the system's time, or that of [`TickerBuilder::clock`]. A day belongs to a zone: that of the bank or of the city.
//!
//! # Errors
//!
//! An error is a type of the module that returns it, such as [`money::ConvertError`], with the values at fault in its fields; enums of errors are
//! `#[non_exhaustive]`. A text that is no value of a type is a [`ParseError`]. Only the constructors of constants ([`money::Currency::constant`],
//! [`money::Pair::constant`], [`SourceId::constant`]) panic on a wrong argument, in a `const` at compile time.
//!
//! # Features
//!
//! Features add items and never change behaviour. Without any, the crate is values, decoders and the strip: no runtime, no client, no TLS.
//!
//! | feature | adds | default |
//! |---|---|---|
//! | `ticker` | [`fetch`] and [`ticker`]: Tokio, reqwest, rustls with ring | yes |
//! | `web` | [`web`]: brotli and gzip, the traits `http_body::Body` and `tower_service::Service`; no framework | no |
//! | `redis` | [`RedisStore`], a store in Redis or Valkey that servers share: the crate `redis` on the same Tokio and rustls | no |
//! | `columns` | conversion of columns of amounts with vector instructions (`Converter::convert_minor`), and of dated amounts (`ledger::History::converter`) | no |
//! | `jiff` | [`jiff`][jiff-module]: conversion of days and instants between chrono and jiff 1 | no |
//! | `prose` | [`prose`]: amounts of money in news text, read and annotated; no dependency | no |
//! | `annotate` | `prose` for HTML pages (`Annotator::html`), by the parser lol_html; with `web` a tower layer | no |
//!
//! # Rust version
//!
//! Rust 1.89 or later. Before version 1.0 any minor version may change the API, the state file and the shared store.
//!
//! # Foreign types
//!
//! Public signatures have types and traits of these crates. To move to a breaking release of one of them is a
//! breaking change of masthead. No other dependency is part of the API.
//!
//! | crate | items | feature |
//! |---|---|---|
//! | `rust_decimal` 1 | `Decimal` for values, `RoundingStrategy` | |
//! | `chrono` 0.4, `chrono-tz` 0.10 | `NaiveDate`, `DateTime<Utc>`, `TimeDelta`; `Tz` of a bank and a city | |
//! | `http` 1, `bytes` 1 | `Request`, `Response` and `Bytes` of a source, a transport and a service | |
//! | `serde` 1 | `Serialize` and `Deserialize` of values, `Serialize` of reports | |
//! | `http-body` 1, `tower-layer` 0.3, `tower-service` 0.3 | `Body` of responses, `Layer` and `Service` | `web` |
//! | `jiff` 1 | `civil::Date`, `Timestamp` | `jiff` |
//!
//! # Licence
//!
//! MIT or Apache-2.0, at your choice; the words and patterns from CLDR have the Unicode licence, which requires only its notice. The data have the terms
//! of their sources: a page must have the credits of [`Strip::attributions`], which every layout but [`Layout::page`] prints.
//!
#![cfg_attr(not(feature = "ticker"), doc = "[`Ticker`]: #features")]
#![cfg_attr(not(feature = "ticker"), doc = "[`fetch`]: #features")]
#![cfg_attr(not(feature = "ticker"), doc = "[`ticker`]: #features")]
#![cfg_attr(
    feature = "ticker",
    doc = "[`Bank`]: crate::ticker::Bank\n\
           [`FileStore`]: crate::ticker::FileStore\n\
           [`Store`]: crate::ticker::Store\n\
           [`SharedStore`]: crate::ticker::shared::SharedStore\n\
           [`Transport`]: crate::fetch::Transport\n\
           [`FakeUpstream`]: crate::fetch::FakeUpstream\n\
           [`TickerBuilder::transport`]: crate::ticker::TickerBuilder::transport\n\
           [`TickerBuilder::upstream`]: crate::ticker::TickerBuilder::upstream\n\
           [`TickerBuilder::clock`]: crate::ticker::TickerBuilder::clock\n\
           [`Report`]: crate::ticker::Report\n\
           [`Engine`]: crate::ticker::engine::Engine"
)]
#![cfg_attr(
    not(feature = "ticker"),
    doc = "[`Bank`]: #features\n\
           [`FileStore`]: #features\n\
           [`Store`]: #features\n\
           [`SharedStore`]: #features\n\
           [`Transport`]: #features\n\
           [`FakeUpstream`]: #features\n\
           [`TickerBuilder::transport`]: #features\n\
           [`TickerBuilder::upstream`]: #features\n\
           [`TickerBuilder::clock`]: #features\n\
           [`Ticker::fixed`]: #features\n\
           [`Ticker::health`]: #features\n\
           [`Ticker::holds`]: #features\n\
           [`Report`]: #features\n\
           [`Engine`]: #features"
)]
#![cfg_attr(not(feature = "web"), doc = "[`web`]: #features")]
#![cfg_attr(not(feature = "jiff"), doc = "[jiff-module]: #features")]
#![cfg_attr(feature = "jiff", doc = "[jiff-module]: mod@crate::jiff")]
#![cfg_attr(not(feature = "prose"), doc = "[`prose`]: #features")]
#![cfg_attr(not(feature = "redis"), doc = "[`RedisStore`]: #features")]
#![cfg_attr(
    feature = "redis",
    doc = "[`RedisStore`]: crate::ticker::shared::RedisStore"
)]
// On docs.rs, whose compiler is a nightly, items show the feature that they need.
#![cfg_attr(docsrs, feature(doc_cfg))]
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
mod engine;
#[cfg(feature = "ticker")]
pub mod fetch;
#[cfg(feature = "jiff")]
pub mod jiff;
pub mod ledger;
pub mod money;
#[cfg(feature = "prose")]
pub mod prose;
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

pub use provenance::{Attribution, SourceId};
pub use snapshot::{Added, Freshness, FreshnessPolicy, Observed, Snapshot};
pub use strip::{Layout, Strip};
pub use text::ParseError;
#[cfg(feature = "ticker")]
pub use ticker::Ticker;

/// Chapters on subjects that concern several items.
///
/// The [front page](crate#chapters) lists them in the order in which a site needs them. The files are plain Markdown in `src/docs`, and their
/// examples run as tests.
pub mod _documentation {
    #[doc = include_str!("docs/page.md")]
    ///
    /// ## Reference
    ///
    /// [`Strip`](crate::Strip), [`Layout`](crate::Layout), [`Times`](crate::strip::Times)
    #[cfg_attr(
        feature = "ticker",
        doc = ", [`Ticker`](crate::Ticker), [`FileStore`](crate::ticker::FileStore), [`Store`](crate::ticker::Store), \
               [`FakeUpstream`](crate::fetch::FakeUpstream)"
    )]
    #[cfg_attr(
        feature = "web",
        doc = ", [`Service`](crate::web::Service), [`Asset`](crate::web::Asset)"
    )]
    pub mod page {}

    #[doc = include_str!("docs/freshness.md")]
    ///
    /// ## Reference
    ///
    /// [`Freshness`](crate::Freshness), [`FreshnessPolicy`](crate::FreshnessPolicy), [`Observed`](crate::Observed), [`Snapshot`](crate::Snapshot)
    #[cfg_attr(
        feature = "ticker",
        doc = ", [`Health`](crate::ticker::Health), [`ItemHealth`](crate::ticker::ItemHealth)"
    )]
    pub mod freshness {}

    #[doc = include_str!("docs/guard.md")]
    ///
    /// ## Reference
    ///
    /// [`Verdict`](crate::ledger::Verdict)
    #[cfg_attr(
        feature = "ticker",
        doc = ", [`Hold`](crate::ticker::Hold), [`HoldReason`](crate::ticker::HoldReason), [`Refusal`](crate::ticker::Refusal), \
               [`Evidence`](crate::ticker::Evidence), [`GuardEvent`](crate::ticker::GuardEvent), [`Witness`](crate::ticker::Witness), \
               [`Bank`](crate::ticker::Bank), [`Ticker::approve`](crate::Ticker::approve)"
    )]
    pub mod guard {}

    #[doc = include_str!("docs/servers.md")]
    ///
    /// ## Reference
    ///
    /// [`Snapshot`](crate::Snapshot)
    #[cfg_attr(
        feature = "ticker",
        doc = ", [`TickerBuilder`](crate::ticker::TickerBuilder), [`SharedStore`](crate::ticker::shared::SharedStore), \
               [`FleetHealth`](crate::ticker::FleetHealth), [`MemoryStore`](crate::ticker::shared::MemoryStore)"
    )]
    #[cfg_attr(
        feature = "redis",
        doc = ", [`RedisStore`](crate::ticker::shared::RedisStore)"
    )]
    pub mod servers {}

    #[doc = include_str!("docs/words.md")]
    ///
    /// ## Reference
    ///
    /// [`Lang`](crate::strip::Lang), [`LanguageLink`](crate::strip::LanguageLink), [`Layout`](crate::Layout),
    /// [`NumberStyle`](crate::strip::NumberStyle), [`KazakhLatin`](crate::strip::KazakhLatin), [`STYLE`](crate::strip::STYLE)
    pub mod words {}

    #[doc = include_str!("docs/rounding.md")]
    ///
    /// ## Reference
    ///
    /// [`Rates`](crate::money::Rates), [`Converter`](crate::money::Converter), [`Money`](crate::money::Money),
    /// [`Currency::cash_step`](crate::money::Currency::cash_step)
    pub mod rounding {}

    #[doc = include_str!("docs/any_day.md")]
    ///
    /// ## Reference
    ///
    /// [`Ledger`](crate::ledger::Ledger), [`History`](crate::ledger::History), [`InForce`](crate::ledger::InForce),
    /// [`NoRates`](crate::ledger::NoRates), [`Series`](crate::ledger::Series), [`Change`](crate::ledger::Change), [`Chart`](crate::strip::Chart)
    #[cfg_attr(
        feature = "columns",
        doc = ", [`DatedConverter`](crate::ledger::DatedConverter)"
    )]
    #[cfg_attr(
        feature = "ticker",
        doc = ", [`Ticker::history`](crate::Ticker::history), [`State::history`](crate::ticker::State::history), \
               [`TickerBuilder::history_since`](crate::ticker::TickerBuilder::history_since)"
    )]
    pub mod any_day {}

    #[doc = include_str!("docs/amounts.md")]
    ///
    /// ## Reference
    ///
    /// [`History`](crate::ledger::History), [`Converter`](crate::money::Converter)
    #[cfg_attr(
        feature = "prose",
        doc = ", [`Reader`](crate::prose::Reader), [`Amount`](crate::prose::Amount), [`Annotator`](crate::prose::Annotator)"
    )]
    #[cfg_attr(
        all(feature = "annotate", feature = "web"),
        doc = ", [`AnnotateLayer`](crate::web::AnnotateLayer)"
    )]
    pub mod amounts {}

    #[doc = include_str!("docs/adding_a_source.md")]
    ///
    /// ## Reference
    ///
    /// [`Source`](crate::source::Source), [`DecodeError`](crate::source::DecodeError), [`Rates`](crate::money::Rates),
    /// [`Weather`](crate::weather::Weather)
    #[cfg_attr(
        feature = "ticker",
        doc = ", [`Bank`](crate::ticker::Bank), [`Witness`](crate::ticker::Witness)"
    )]
    pub mod adding_a_source {}

    #[doc = include_str!("docs/ledger_format.md")]
    ///
    /// ## Reference
    ///
    /// [`Ledger`](crate::ledger::Ledger), [`RecordId`](crate::ledger::RecordId)
    #[cfg_attr(feature = "ticker", doc = ", [`FileStore`](crate::ticker::FileStore)")]
    pub mod ledger_format {}

    #[doc = include_str!("docs/limits.md")]
    pub mod limits {}
}

/// The examples of the README run as tests.
#[cfg(all(doctest, feature = "ticker"))]
#[doc = include_str!("../README.md")]
struct Readme;
