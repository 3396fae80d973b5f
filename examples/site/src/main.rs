//! A news page that embeds the strip: `cargo run -p site -- --contact "news.example.kz; web@example.kz"`.
//!
//! One task keeps the ticker fresh; a page view takes the snapshot that is published and never awaits a source.

use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use clap::Parser;
use masthead::ticker::FileStore;
use masthead::weather::City;
use masthead::{Layout, Strip, Ticker};

/// A news page with the strip at its top.
#[derive(Parser)]
struct Options {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Who asks the bank and the weather service: an address they can write to
    #[arg(long)]
    contact: String,
    /// Keep the last good state in a file
    #[arg(long)]
    state: Option<PathBuf>,
    /// Send every request to URL/<original host>/<original path and query>
    #[arg(long)]
    upstream: Option<String>,
}

/// What the page handler needs: the ticker, and how the strip is laid out.
#[derive(Clone)]
struct Site {
    ticker: Ticker,
    layout: Layout,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let cities: Vec<City> = ["astana", "almaty"]
        .iter()
        .filter_map(|id| City::find(id))
        .cloned()
        .collect();
    let mut builder = Ticker::builder(&options.contact)
        .cities(cities.iter().cloned())
        .on_report(|report| log(&report.to_string()));
    if let Some(upstream) = options.upstream {
        builder = builder.upstream(upstream);
    }
    if let Some(state) = options.state {
        builder = builder.store(FileStore::new(state));
    }
    let site = Site {
        ticker: builder.build()?,
        layout: Layout::line().cities(cities),
    };

    let background = site.ticker.clone();
    tokio::spawn(async move { background.run().await });

    let app = Router::new()
        .route("/", get(page))
        .route("/strip.json", get(json))
        .with_state(site);
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    log(&format!("listening on http://{}", listener.local_addr()?));
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await?;
    Ok(())
}

async fn page(State(Site { ticker, layout }): State<Site>) -> impl IntoResponse {
    let snapshot = ticker.snapshot();
    let strip = Strip::new(&snapshot, &layout, ticker.now()).policy(ticker.policy());
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'";
    (
        [(header::CONTENT_SECURITY_POLICY, policy)],
        Html(format!("{HEAD}{}{BODY}", strip.html())),
    )
}

async fn json(State(Site { ticker, layout }): State<Site>) -> impl IntoResponse {
    let snapshot = ticker.snapshot();
    let strip = Strip::new(&snapshot, &layout, ticker.now()).policy(ticker.policy());
    (
        [(header::CONTENT_TYPE, "application/json")],
        strip.json().to_string(),
    )
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\"><title>News</title></head><body>";
const BODY: &str =
    "<main><h1>The news</h1><p>A page view never waits for a bank.</p></main></body></html>";

async fn stopped() {
    // Without a handler the process ends by the signal itself, which is as good.
    let _ = tokio::signal::ctrl_c().await;
}

fn log(lines: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = lines
        .lines()
        .try_for_each(|line| writeln!(std::io::stderr(), "site: {line}"));
}
