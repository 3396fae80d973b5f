//! The servers that `benches/http.sh` compares with nginx, each on one thread:
//!
//! - `hyper`: the strip's service on hyper,
//! - `axum-nested`: the service nested in axum's router, under `axum::serve`,
//! - `axum`: the service as the fallback of axum's router, under `axum::serve`,
//! - `bare`: hyper with prepared responses, the lower bound for any service on hyper.
//!
//! `masthead-http ledger FILE` writes the data of the page as a ledger, so that masthead-serve serves the same.
//! `masthead-http page` prints the headers and the body of the page that all of them serve, so that nginx can serve the same.

use std::convert::Infallible;
use std::error::Error;
use std::io::Write as _;

use bytes::Bytes;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use masthead::strip::{Lang, LanguageLink};
use masthead::ticker::{FileStore, State, Store, StoreError};
use masthead::web::Service;
use masthead::{Layout, Snapshot, Ticker};
use tokio::net::{TcpListener, TcpStream};

const PATH: &str = "/strip/en.html";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().unwrap_or_default();
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:0".into());
    if kind == "ledger" {
        return Ok(FileStore::new(address).save(&State::from(Snapshot::sample()))?);
    }
    let ticker = Ticker::builder("benches").store(Sample).build()?;
    let links = Lang::ALL
        .iter()
        .map(|lang| LanguageLink::of(*lang).url(format!("/{lang}/")));
    let layout = Layout::line().today(true).languages(links);
    let service = ticker
        .service(layout)
        .at("/strip")
        .build()
        .expect("what is kept");
    if kind == "page" {
        return print_page(&service);
    }
    let listener = TcpListener::bind(address).await?;
    match kind.as_str() {
        "hyper" => {
            accept(&listener, move |stream| {
                let service = service.clone();
                tokio::spawn(serve(stream, move |request| {
                    let (request, _) = request.into_parts();
                    service.answer(&request)
                }));
            })
            .await
        }
        "axum-nested" => {
            let app = axum::Router::new().nest_service("/strip", service);
            axum::serve(listener, app).await?;
            Ok(())
        }
        "axum" => {
            let app = axum::Router::new().fallback_service(service);
            axum::serve(listener, app).await?;
            Ok(())
        }
        "bare" => {
            let page = service.respond(&get(PATH)?);
            let mut known = get(PATH)?;
            known.headers.extend(
                page.headers()
                    .get(ETAG)
                    .map(|tag| (IF_NONE_MATCH, tag.clone())),
            );
            let unchanged = service.respond(&known);
            accept(&listener, move |stream| {
                let (page, unchanged) = (page.clone(), unchanged.clone());
                tokio::spawn(serve(stream, move |request| {
                    let is_known = request.headers().contains_key(IF_NONE_MATCH);
                    let answer = if is_known { &unchanged } else { &page };
                    answer.clone().map(Full::new)
                }));
            })
            .await
        }
        _ => Err("expected page, ledger, hyper, axum, axum-nested or bare".into()),
    }
}

/// Accepts connections until the process is killed.
async fn accept(
    listener: &TcpListener,
    mut take: impl FnMut(TcpStream),
) -> Result<(), Box<dyn Error>> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        take(stream);
    }
}

async fn serve<B>(
    stream: TcpStream,
    answer: impl Fn(Request<Incoming>) -> Response<B> + Send + Sync,
) where
    B: http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let answer = service_fn(|request| std::future::ready(Ok::<_, Infallible>(answer(request))));
    let connection = http1::Builder::new()
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(stream), answer);
    // Closed connections are expected at the end of a run. The load generator reports failed requests.
    _ = connection.await;
}

fn print_page(service: &Service) -> Result<(), Box<dyn Error>> {
    let page = service.respond(&get(PATH)?);
    let mut out = std::io::stdout().lock();
    for (name, value) in page.headers() {
        writeln!(out, "{name}: {}", value.to_str()?)?;
    }
    writeln!(out)?;
    out.write_all(page.body())?;
    Ok(())
}

fn get(path: &str) -> Result<http::request::Parts, http::Error> {
    Ok(Request::get(path).body(())?.into_parts().0)
}

/// A store that loads the built-in sample.
#[derive(Debug)]
struct Sample;

impl Store for Sample {
    fn load(&self) -> Result<Option<State>, StoreError> {
        Ok(Some(State::from(Snapshot::sample())))
    }

    fn save(&self, _: &State) -> Result<(), StoreError> {
        Ok(())
    }
}
