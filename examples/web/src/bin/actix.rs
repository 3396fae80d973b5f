//! The strip in actix-web, which has its own request types: `Service::respond` answers.

use std::error::Error;

use actix_web::http::{StatusCode, header};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web as routes};
use masthead::web::Service;

fn main() -> Result<(), Box<dyn Error>> {
    let (address, contact) = web::arguments();
    let (ticker, _background) = web::ticker(&contact)?;
    let service = web::strip(&ticker).build()?;
    actix_web::rt::System::new().block_on(async {
        let app = move || {
            App::new()
                .app_data(routes::Data::new(service.clone()))
                .route("/", routes::get().to(front))
                .route("/strip/{path:.*}", routes::route().to(strip))
        };
        let server = HttpServer::new(app).bind(address)?;
        for address in server.addrs() {
            web::log(&format!("listening on http://{address}"));
        }
        server.run().await?;
        Ok(())
    })
}

async fn front(service: routes::Data<Service>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, web::POLICY))
        .content_type("text/html; charset=utf-8")
        .body(web::page(&service))
}

/// Converts the request to `http` 1 and the response back, because actix-web 4 uses `http` 0.2. Each request for events gets one
/// event, which makes the script poll.
#[allow(clippy::future_not_send)] // actix-web keeps a request on its thread
async fn strip(service: routes::Data<Service>, received: HttpRequest) -> HttpResponse {
    // actix-web removes the body of a response to HEAD.
    let method = match received.method().as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let mut request = http::Request::builder()
        .method(method)
        .uri(received.uri().to_string());
    for (name, value) in received.headers() {
        request = request.header(name.as_str(), value.as_bytes());
    }
    let Ok(request) = request.body(()) else {
        return HttpResponse::BadRequest().finish();
    };
    let (head, body) = service.respond(&request.into_parts().0).into_parts();
    let status = StatusCode::from_u16(head.status.as_u16());
    let mut response = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in &head.headers {
        response.insert_header((name.as_str(), value.as_bytes()));
    }
    response.body(body)
}
