//! Serves a news page that embeds the strip, in eight languages: `cargo run -p site -- --contact "news.example.kz; web@example.kz"`.
//!
//! One task refreshes the ticker. A page view takes the published snapshot and never waits for a source.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use clap::Parser;
use masthead::strip::{Lang, LanguageLink, STYLE};
use masthead::ticker::FileStore;
use masthead::weather::City;
use masthead::{Layout, Strip, Ticker};

/// Serve a news page with the strip at its top.
#[derive(Parser)]
struct Options {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Contact sent with every request: an address that the bank and the weather service can write to
    #[arg(long)]
    contact: String,
    /// Keep the last good state in a file
    #[arg(long)]
    state: Option<PathBuf>,
    /// Send every request to URL/<original host>/<original path and query>
    #[arg(long)]
    upstream: Option<String>,
}

/// The state of the page handlers: the ticker, and the layout of the strip in each language.
#[derive(Clone)]
struct Site {
    ticker: Ticker,
    layouts: Arc<[(Lang, Layout)]>,
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
    let layouts = Lang::ALL.iter().map(|lang| (*lang, layout(*lang, &cities)));
    let site = Site {
        ticker: builder.build()?,
        layouts: layouts.collect(),
    };

    let background = site.ticker.clone();
    tokio::spawn(async move { background.run().await });

    let app = Router::new()
        .route("/", get(front))
        .route("/{lang}/", get(edition))
        .route("/{lang}/strip.json", get(json))
        .route("/masthead.css", get(style))
        .with_state(site);
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    log(&format!("listening on http://{}", listener.local_addr()?));
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await?;
    Ok(())
}

fn layout(lang: Lang, cities: &[City]) -> Layout {
    let editions = Lang::ALL
        .iter()
        .map(|lang| LanguageLink::of(*lang).url(format!("/{lang}/")));
    Layout::line()
        .lang(lang)
        .cities(cities.iter().cloned())
        .conditions(true)
        .languages(editions)
}

impl Site {
    /// Returns the layout of the language with this tag.
    fn edition(&self, tag: &str) -> Option<&(Lang, Layout)> {
        self.layouts.iter().find(|(lang, _)| lang.tag() == tag)
    }

    /// Calls `use_it` with the strip as it is now.
    fn with_strip<T>(&self, layout: &Layout, use_it: impl FnOnce(Strip<'_>) -> T) -> T {
        let snapshot = self.ticker.snapshot();
        use_it(Strip::new(&snapshot, layout, self.ticker.now()).policy(self.ticker.policy()))
    }

    fn page(&self, lang: Lang, layout: &Layout) -> Response {
        let mut page = String::new();
        // Writing to a string cannot fail.
        let written = self.with_strip(layout, |strip| write_page(&mut page, lang, strip));
        let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'";
        match written {
            Ok(()) => (
                [
                    (header::CONTENT_SECURITY_POLICY, policy),
                    (header::CONTENT_LANGUAGE, lang.tag()),
                ],
                Html(page),
            )
                .into_response(),
            Err(fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

fn write_page(page: &mut String, lang: Lang, strip: Strip<'_>) -> fmt::Result {
    let (tag, dir, name) = (lang.tag(), lang.direction().as_str(), lang.name());
    write!(
        page,
        "<!doctype html><html lang=\"{tag}\" dir=\"{dir}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>masthead · {name}</title>\
         <link rel=\"stylesheet\" href=\"/masthead.css\"></head><body><header>"
    )?;
    strip.html().write_to(page)?;
    write!(page, "</header><main><h1>{name}</h1></main></body></html>")
}

/// The front page, in the language that `Accept-Language` prefers.
async fn front(State(site): State<Site>, headers: HeaderMap) -> Response {
    let header = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let lang = header.and_then(Lang::accepted).unwrap_or(Lang::Kk);
    match site.edition(lang.tag()) {
        Some((lang, layout)) => (
            [(header::VARY, "accept-language")],
            site.page(*lang, layout),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn edition(State(site): State<Site>, Path(tag): Path<String>) -> Response {
    match site.edition(&tag) {
        Some((lang, layout)) => site.page(*lang, layout),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn json(State(site): State<Site>, Path(tag): Path<String>) -> Response {
    match site.edition(&tag) {
        Some((_, layout)) => (
            [(header::CONTENT_TYPE, "application/json")],
            site.with_strip(layout, |strip| strip.json().to_string()),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

async fn stopped() {
    // If no handler can be installed, the signal ends the process directly.
    let _ = tokio::signal::ctrl_c().await;
}

fn log(lines: &str) {
    // A closed standard error leaves nowhere to report to.
    let _ = lines
        .lines()
        .try_for_each(|line| writeln!(std::io::stderr(), "site: {line}"));
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use chrono::TimeDelta;
    use masthead::Snapshot;
    use masthead::fetch::FakeUpstream;

    use super::*;

    /// Returns the front page as a reader gets it.
    async fn read(site: &Site) -> String {
        let page = front(State(site.clone()), HeaderMap::new()).await;
        let body = axum::body::to_bytes(page.into_response().into_body(), usize::MAX);
        String::from_utf8(body.await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_page_keeps_the_rates_while_the_bank_fails() {
        let time = Arc::new(Mutex::new(Snapshot::SAMPLE_TIME));
        let clock = {
            let time = Arc::clone(&time);
            move || *time.lock().unwrap()
        };
        let upstream = FakeUpstream::new();
        let sample = Snapshot::sample();
        let rows = sample.rates(clock()).unwrap().value().rows();
        upstream.national_bank_kz(rows, clock.clone());
        upstream.weather(clock(), &["21.4".parse().unwrap(); 48]);
        let builder = Ticker::builder("tests").transport(upstream.clone());
        let ticker = builder.clock(clock.clone()).build().unwrap();
        let cities: Vec<City> = City::find("astana").cloned().into_iter().collect();
        let site = Site {
            ticker: ticker.clone(),
            layouts: [(Lang::Kk, layout(Lang::Kk, &cities))].into(),
        };

        ticker.refresh(clock()).await;
        let page = read(&site).await;
        assert!(page.contains("447.32") && page.contains("+22"), "{page}");
        assert!(!page.contains(Lang::Kk.outdated()), "{page}");

        for host in ["nationalbank.kz", "api.frankfurter.dev", "api.met.no"] {
            upstream.fail(host);
        }
        *time.lock().unwrap() += TimeDelta::days(2);
        ticker.refresh(clock()).await;
        let page = read(&site).await;
        assert!(page.contains("447.32"), "{page}");
        assert!(page.contains(Lang::Kk.outdated()), "{page}");
        assert!(page.contains(Lang::Kk.no_data()), "{page}");
    }
}
