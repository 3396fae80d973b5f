//! The strip in axum: a router nests the service.

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Html;
use axum::routing::get;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (address, contact) = web::arguments();
    let (service, _background) = web::strip(&contact)?;
    // The client's address, for the limit on event streams from one address.
    let service = service
        .peer(|request| {
            let peer = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
            Some(peer.0.ip())
        })
        .build()?;
    let strip = service.clone();
    let front = move || async move {
        (
            [(CONTENT_SECURITY_POLICY, web::POLICY)],
            Html(web::page(&strip)),
        )
    };
    let app = Router::new()
        .route("/", get(front))
        .nest_service("/strip", service);
    let listener = tokio::net::TcpListener::bind(address).await?;
    web::log(&format!("listening on http://{}", listener.local_addr()?));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}
