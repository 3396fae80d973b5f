//! What the three hosts share: a ticker that is kept fresh, its service, and a page that shows the strip.
//!
//! Each host takes an address to listen on, and a contact that the bank and the weather service can write to:
//! `cargo run -p web --bin axum -- 127.0.0.1:8080 "news.example.kz; web@example.kz"`.

use std::error::Error;
use std::io::Write as _;

use masthead::strip::Lang;
use masthead::ticker::Background;
use masthead::web::Service;
use masthead::{Layout, Ticker};

/// The page's policy: nothing is allowed but what the site itself serves.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                          require-trusted-types-for 'script'";

/// A service at `/strip`, whose ticker is kept fresh on a thread of its own as long as the second value lives.
///
/// # Errors
///
/// When the contact is not one, or no thread can be had.
pub fn strip(contact: &str) -> Result<(Service, Background), Box<dyn Error>> {
    let ticker = Ticker::builder(contact)
        .on_report(|report| say(&report.to_string()))
        .build()?;
    let service = ticker.service(Layout::line()).at("/strip");
    Ok((service, ticker.start()?))
}

/// Where to listen, and the contact, from the command line.
#[must_use]
pub fn arguments() -> (String, String) {
    let mut arguments = std::env::args().skip(1);
    let mut or = |default: &str| arguments.next().unwrap_or_else(|| default.into());
    (or("127.0.0.1:8080"), or("masthead's examples"))
}

/// A page of the site's own with the strip at its top, live.
#[must_use]
pub fn page(service: &Service) -> String {
    let (head, strip) = (service.head(), service.live(Lang::Kk));
    format!(
        "<!doctype html><html lang=\"kk\"><head><meta charset=\"utf-8\"><title>Жаңалықтар</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{head}</head>\
         <body><header>{strip}</header><main><h1>Жаңалықтар</h1></main></body></html>"
    )
}

/// Tells the log.
pub fn say(lines: &str) {
    // Nobody is left to tell when standard error is closed.
    _ = lines
        .lines()
        .try_for_each(|line| writeln!(std::io::stderr(), "web: {line}"));
}
