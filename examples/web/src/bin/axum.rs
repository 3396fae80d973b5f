//! The strip in axum: a router nests the service. A layer annotates the amounts of an article at `/article`.

use std::error::Error;
use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Html;
use axum::routing::get;
use axum::{Extension, Router};
use masthead::money::Currency;
use masthead::strip::Lang;
use masthead::web::{AnnotateLayer, Article};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (address, contact) = web::arguments();
    let (ticker, _background) = web::ticker(&contact)?;
    // The client's address, for the limit on event streams from one address.
    let service = web::strip(&ticker)
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
    let layer = AnnotateLayer::new(&ticker);
    let annotate = layer.clone();
    // A site passes the day on which the article appeared.
    let article = move || async move {
        let mark = Article::new(annotate.today(), Currency::USD, Lang::Ru);
        (Extension(mark), Html(web::ARTICLE))
    };
    let app = Router::new()
        .route("/", get(front))
        .route("/article", get(article).layer(layer))
        .nest_service("/strip", service);
    let listener = tokio::net::TcpListener::bind(address).await?;
    web::log(&format!("listening on http://{}", listener.local_addr()?));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}
