//! Documents with the rates of a pair: entity tags, compression, corrections, and a refresh at work.

use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use chrono::{NaiveDate, TimeDelta};
use http::{Method, Request, Response};
use masthead::money::{Currency, Rates};
use masthead::source::{DecodeError, NationalBankKz, Source};
use masthead::ticker::Bank;
use masthead::web::Service;
use masthead::{Attribution, Layout, SourceId};

use super::history::{calendar, week, with_records};
use super::{full, get, header, noon, publish, request, text};
use crate::support::day;

#[tokio::test(start_paused = true)]
async fn an_unchanged_document_is_not_sent_again() {
    let (ticker, service, hosts, _folder) = with_records("2026-04-07T06:00:00Z", &week());
    let path = "/strip/history/usd-kzt.json?from=2026-04-03&to=2026-04-07";
    let plain = get(&service, path);
    let mut tags = Vec::new();
    for (coding, name) in [("identity", ""), ("gzip", "gzip"), ("gzip, br", "br")] {
        let accepts = ("accept-encoding", coding);
        // A tag before and after the document was compressed.
        for _ in 0..2 {
            let response = service.respond(&request(path, &[accepts]));
            assert_eq!(
                (
                    response.status().as_u16(),
                    header(&response, "content-encoding")
                ),
                (200, name)
            );
            assert_eq!(header(&response, "vary"), "accept-encoding");
            assert!(header(&response, "cache-control").starts_with("public, max-age=60, stale-"));
            assert_eq!(decoded(name, response.body()), **plain.body());
            let tag = header(&response, "etag");
            let other = ticker
                .service(Layout::table())
                .at("/strip")
                .build()
                .unwrap();
            for service in [&service, &other] {
                let unchanged = service.respond(&request(path, &[accepts, ("if-none-match", tag)]));
                assert_eq!(
                    (unchanged.status().as_u16(), unchanged.body().len()),
                    (304, 0)
                );
                assert_eq!(
                    (
                        header(&unchanged, "etag"),
                        header(&unchanged, "content-type")
                    ),
                    (tag, "")
                );
            }
            let mut head = request(path, &[accepts]);
            head.method = Method::HEAD;
            let head = service.respond(&head);
            assert_eq!((header(&head, "etag"), head.body().len()), (tag, 0));
            assert_eq!(
                header(&head, "content-length"),
                response.body().len().to_string()
            );
            tags.push(tag.to_owned());
        }
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "{tags:?}");
    let since = ("if-modified-since", "Thu, 02 Apr 2199 07:00:00 GMT");
    assert_eq!(
        service.respond(&request(path, &[since])).status(),
        200,
        "a correction may come"
    );
    // A later minute, and a day that is not in the range.
    hosts.move_clock(TimeDelta::minutes(5));
    let tag = ("if-none-match", header(&plain, "etag"));
    assert_eq!(service.respond(&request(path, &[tag])).status(), 304);
}

fn decoded(coding: &str, body: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut out = Vec::new();
    let read = match coding {
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut out),
        "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut out),
        _ => (&*body).read_to_end(&mut out),
    };
    assert_eq!(read.unwrap(), out.len());
    out
}

#[tokio::test(start_paused = true)]
async fn a_correction_is_in_the_next_document() {
    let hosts = noon();
    let (ticker, service) = full(&hosts).await;
    let path = "/strip/history/usd-kzt.csv";
    let first = get(&service, path);
    assert!(
        text(&first)
            .contains("USD/KZT,2026-04-02,475.09,1,2026-04-02,2026-04-02T07:00:00Z,,false,")
    );
    publish(&hosts, &ticker, "475.10").await;
    let second = get(&service, path);
    let now = "2026-04-02T07:31:00Z";
    assert!(
        text(&second).contains(&format!(
            "USD/KZT,2026-04-02,475.10,1,2026-04-02,{now},{now},"
        )),
        "{}",
        text(&second)
    );
    let tag = ("if-none-match", header(&first, "etag"));
    assert_eq!(service.respond(&request(path, &[tag])).status(), 200);
}

/// The answers of ten years, whose compression is another one.
#[tokio::test(start_paused = true)]
async fn a_large_document_is_compressed_without_loss() {
    let (_, service, ..) =
        with_records("2026-04-10T06:00:00Z", &calendar(day("2016-04-03"), 3_655));
    let path = "/strip/history/usd-kzt.json?from=2016-04-03&to=2026-04-05";
    let plain = get(&service, path);
    for coding in ["gzip", "br"] {
        let response = service.respond(&request(path, &[("accept-encoding", coding)]));
        assert_eq!(header(&response, "content-encoding"), coding);
        assert!(response.body().len() * 5 < plain.body().len());
        assert_eq!(decoded(coding, response.body()), **plain.body());
    }
}

/// A source that lets a reader request a document while the engine decodes.
#[derive(Debug)]
struct Slow {
    bank: NationalBankKz,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    service: OnceLock<Service>,
    documents: Mutex<Vec<String>>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seen")
    }
}

impl Source for Slow {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        self.bank.id()
    }

    fn attribution(&self) -> Attribution {
        self.bank.attribution()
    }

    fn request(&self, today: &NaiveDate) -> Request<()> {
        self.bank.request(today)
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        if let Some(service) = self.seen.service.get() {
            let document = text(&get(service, "/history/usd-kzt.csv")).to_owned();
            self.seen.documents.lock().unwrap().push(document);
        }
        self.bank.decode(today, response)
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_gets_the_document_before_and_does_not_wait_for_a_refresh() {
    let hosts = noon();
    let seen = Arc::new(Seen::default());
    let source = Slow {
        bank: NationalBankKz::of_day(),
        seen: Arc::clone(&seen),
    };
    let bank = Bank::new(Currency::KZT, NationalBankKz::ZONE).rates([Arc::new(source) as _]);
    let ticker = hosts.ticker().bank(bank).build().unwrap();
    ticker.refresh(hosts.now()).await;
    let service = ticker.service(Layout::line()).build().unwrap();
    assert!(text(&get(&service, "/history/usd-kzt.csv")).contains(",475.09,"));
    assert!(seen.service.set(service).is_ok());
    publish(&hosts, &ticker, "475.10").await;
    let documents = seen.documents.lock().unwrap().clone();
    assert!(
        documents.len() == 1 && documents[0].contains(",475.09,"),
        "{documents:?}"
    );
    let service = seen.service.get().unwrap();
    assert!(text(&get(service, "/history/usd-kzt.csv")).contains(",475.10,"));
}
