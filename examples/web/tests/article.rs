//! An article in axum, annotated by the layer: GET, HEAD and a condition, over a socket.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use axum::http::header::ETAG;
use axum::response::Html;
use axum::routing::get;
use axum::{Extension, Router};
use masthead::fetch::FakeUpstream;
use masthead::money::Currency;
use masthead::strip::Lang;
use masthead::web::{AnnotateLayer, Article};
use masthead::{Snapshot, Ticker};

/// Sends a request and returns the head and the body of the response.
fn ask(address: SocketAddr, line: &str) -> Result<(String, String), Box<dyn Error + Send + Sync>> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "{line}\r\nHost: a\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no head")?;
    Ok((head.to_lowercase(), body.to_owned()))
}

#[tokio::test]
async fn an_article_is_annotated() -> Result<(), Box<dyn Error + Send + Sync>> {
    let now = || Snapshot::SAMPLE_TIME;
    let upstream = FakeUpstream::new();
    let sample = Snapshot::sample();
    let rates = sample.rates(now()).ok_or("no rates")?;
    upstream.national_bank_kz(rates.value().rows(), now);
    let ticker = Ticker::builder("tests").transport(upstream).clock(now);
    let ticker = ticker.build()?;
    ticker.refresh(now()).await;

    let layer = AnnotateLayer::new(&ticker);
    let mark = Article::new(layer.today(), Currency::USD, Lang::Ru);
    let article = move || async move { (Extension(mark), [(ETAG, "\"1\"")], Html(web::ARTICLE)) };
    let app = Router::new().route("/article", get(article).layer(layer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });

    tokio::task::spawn_blocking(move || {
        let (head, body) = ask(address, "GET /article HTTP/1.1")?;
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        assert!(
            body.contains("(<bdi>около 15\u{a0}600\u{a0}$</bdi>)"),
            "{body}"
        );
        let length = format!("\r\ncontent-length: {}", body.len());
        assert!(head.contains(&length), "{head}");

        let line = |head: &str, name: &str| {
            let line = head.lines().find(|line| line.starts_with(name));
            line.unwrap_or_default().to_owned()
        };
        let (of_head, none) = ask(address, "HEAD /article HTTP/1.1")?;
        assert_eq!(
            (line(&of_head, "etag: "), &*none),
            (line(&head, "etag: "), "")
        );
        assert!(of_head.contains(&length), "{of_head}");

        // The site's own tag names another page.
        let (changed, _) = ask(address, "GET /article HTTP/1.1\r\nIf-None-Match: \"1\"")?;
        assert!(changed.starts_with("http/1.1 200 "), "{changed}");
        let (unchanged, none) = ask(address, "GET /article HTTP/1.1\r\nIf-None-Match: *")?;
        assert!(
            unchanged.starts_with("http/1.1 304 ") && none.is_empty(),
            "{unchanged}"
        );
        Ok(())
    })
    .await?
}
