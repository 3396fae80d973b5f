//! The strip on hyper: the service answers every request of the server.

use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
use std::net::SocketAddr;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (address, contact) = web::arguments();
    let (ticker, _background) = web::ticker(&contact)?;
    // The client's address, for the limit on event streams from one address.
    let service = web::strip(&ticker)
        .peer(|request| Some(request.extensions.get::<SocketAddr>()?.ip()))
        .build()?;
    let listener = TcpListener::bind(address).await?;
    web::log(&format!("listening on http://{}", listener.local_addr()?));
    loop {
        let (stream, peer) = listener.accept().await?;
        let service = service.clone();
        let answer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            let (request, _) = request.into_parts();
            ready(Ok::<_, Infallible>(service.answer(&request)))
        });
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                // Closes a connection whose request is incomplete after five seconds.
                .timer(TokioTimer::new())
                .header_read_timeout(Duration::from_secs(5))
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), answer);
            if let Err(error) = connection.await {
                web::log(&format!("{peer}: {error}"));
            }
        });
    }
}
