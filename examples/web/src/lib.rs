//! The parts that the three servers share: a ticker with its service, and a page that shows the strip.
//!
//! Each server takes an address to listen on, and a contact that the bank and the weather service can write to:
//! `cargo run -p web --bin axum -- 127.0.0.1:8080 "news.example.kz; web@example.kz"`.

use std::error::Error;
use std::io::Write as _;

use masthead::strip::Lang;
use masthead::ticker::Background;
use masthead::web::{Service, ServiceBuilder};
use masthead::{Layout, Ticker};

/// The page's content security policy: it allows only resources of the site itself.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                          require-trusted-types-for 'script'";

/// An article as a site stores it.
pub const ARTICLE: &str = "<!doctype html><html lang=\"ru\"><head><meta charset=\"utf-8\"><title>Новости</title></head>\
                           <body><article><p>Семьи получат по 7 млн тенге.</p></article></body></html>";

/// Returns a ticker. A thread refreshes it until the second value is dropped.
///
/// # Errors
///
/// If the contact is invalid, or the thread cannot be started.
pub fn ticker(contact: &str) -> Result<(Ticker, Background), Box<dyn Error>> {
    let ticker = Ticker::builder(contact)
        .on_report(|report| log(&report.to_string()))
        .build()?;
    let background = ticker.start()?;
    Ok((ticker, background))
}

/// Returns the settings of a ticker's service mounted at `/strip`.
pub fn strip(ticker: &Ticker) -> ServiceBuilder {
    ticker.service(Layout::line()).at("/strip")
}

/// Returns the address to listen on and the contact, from the command line or by default.
#[must_use]
pub fn arguments() -> (String, String) {
    let mut arguments = std::env::args().skip(1);
    let mut or = |default: &str| arguments.next().unwrap_or_else(|| default.into());
    (or("127.0.0.1:8080"), or("masthead's examples"))
}

/// Returns a page of the site with the live strip at its top.
#[must_use]
pub fn page(service: &Service) -> String {
    let (head, strip) = (service.head(), service.live(Lang::Kk));
    format!(
        "<!doctype html><html lang=\"kk\"><head><meta charset=\"utf-8\"><title>Жаңалықтар</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{head}</head>\
         <body><header>{strip}</header><main><h1>Жаңалықтар</h1></main></body></html>"
    )
}

/// Writes lines to standard error.
pub fn log(lines: &str) {
    // A closed standard error leaves nowhere to report to.
    _ = lines
        .lines()
        .try_for_each(|line| writeln!(std::io::stderr(), "web: {line}"));
}
