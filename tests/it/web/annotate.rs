//! The layer that annotates articles: which responses it changes, and their headers.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use chrono::{NaiveDate, TimeDelta};
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use masthead::Ticker;
use masthead::ledger::{Feed, Record, Sighting};
use masthead::money::{Currency, Row};
use masthead::strip::Lang;
use masthead::ticker::Bank;
use masthead::web::{AnnotateBody, AnnotateLayer, Article};
use proptest::prelude::*;
use rust_decimal::Decimal;
use tempfile::TempDir;
use tower_layer::Layer as _;
use tower_service::Service as _;

use super::header;
use super::history::with_records;
use crate::fake_hosts::FakeHosts;
use crate::support::day;

const PAGE: &str = "<!doctype html><title>Бюджет</title><p>Семьи получат по 7 млн тенге.</p>";

/// A body of frames, with an error or trailers at its end in some tests.
#[derive(Debug, Default)]
pub(super) struct Frames {
    frames: VecDeque<Result<Frame<Bytes>, &'static str>>,
    /// Whether the body states its length.
    is_sized: bool,
}

impl Frames {
    fn of(parts: impl IntoIterator<Item = impl Into<Bytes>>) -> Self {
        let frames = parts.into_iter().map(|part| Ok(Frame::data(part.into())));
        Self {
            frames: frames.collect(),
            is_sized: false,
        }
    }

    fn then(mut self, last: Result<Frame<Bytes>, &'static str>) -> Self {
        self.frames.push_back(last);
        self
    }

    fn length(&self) -> u64 {
        let data = self.frames.iter().flatten().filter_map(Frame::data_ref);
        data.map(|data| data.len() as u64).sum()
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(self.frames.pop_front())
    }

    fn size_hint(&self) -> SizeHint {
        match self.is_sized {
            true => SizeHint::with_exact(self.length()),
            false => SizeHint::default(),
        }
    }
}

/// Answers each request with the next response.
#[derive(Clone, Default)]
struct Site(Arc<Mutex<VecDeque<Response<Frames>>>>);

impl<Q> tower_service::Service<Request<Q>> for Site {
    type Response = Response<Frames>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<Frames>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Q>) -> Self::Future {
        let next = self.0.lock().unwrap().pop_front();
        std::future::ready(Ok(next.unwrap()))
    }
}

/// The list of a day, with all rates this many thousandths above 472.57 and so on.
fn list(of: NaiveDate, above: i64) -> Record {
    let rows = [
        ("USD", 47_257),
        ("EUR", 55_106),
        ("RUB", 587),
        ("CNY", 6_912),
    ];
    let rows = rows.map(|(code, first)| {
        let value = Decimal::new(first * (1_000 + above), 5);
        Row::new(code.parse().unwrap(), value, 1)
    });
    let bank = Bank::national_bank_kz();
    let rates = bank.published(of, rows).unwrap();
    let noon_before = (of - TimeDelta::days(1)).and_hms_opt(10, 45, 7).unwrap();
    Sighting::of_rates(bank.id(), Feed::OfDay, of, rates, noon_before.and_utc()).into()
}

/// A ticker at noon in Astana that knows three days; of the second one the dollar is 472.57.
pub(super) fn known() -> (Ticker, FakeHosts, TempDir) {
    let records = [("2026-04-01", 3), ("2026-04-02", 0), ("2026-04-03", 2)];
    let records = records.map(|(of, above)| list(day(of), above));
    let (ticker, _, hosts, folder) = with_records("2026-04-02T12:00:00Z", &records);
    (ticker, hosts, folder)
}

pub(super) fn layer() -> AnnotateLayer {
    AnnotateLayer::new(&known().0)
}

fn article() -> Article {
    Article::new(day("2026-04-02"), Currency::USD, Lang::Ru)
}

/// A response with these headers and body, marked as an article.
pub(super) fn marked(headers: &[(&str, &str)], body: Frames) -> Response<Frames> {
    let mut response = Response::builder();
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.extension(article()).body(body).unwrap()
}

/// The page of an article with these headers besides its media type.
pub(super) fn page(headers: &[(&str, &str)]) -> Response<Frames> {
    let html = ("content-type", "text/html; charset=utf-8");
    marked(&[&[html], headers].concat(), Frames::of([PAGE]))
}

pub(super) async fn call(
    layer: &AnnotateLayer,
    request: Request<()>,
    response: Response<Frames>,
) -> Response<AnnotateBody<Frames>> {
    let mut service = layer.layer(Site(Arc::new(Mutex::new([response].into()))));
    poll_fn(|context| tower_service::Service::<Request<()>>::poll_ready(&mut service, context))
        .await
        .unwrap();
    service.call(request).await.unwrap()
}

pub(super) async fn get(layer: &AnnotateLayer, response: Response<Frames>) -> Response<String> {
    read(call(layer, Request::get("/").body(()).unwrap(), response).await).await
}

/// Reads the body, whose length must be the one that it states.
pub(super) async fn read(response: Response<AnnotateBody<Frames>>) -> Response<String> {
    let (head, body) = response.into_parts();
    let size = body.size_hint();
    let body = body.collect().await.unwrap().to_bytes();
    let length = body.len() as u64;
    assert!(size.lower() <= length && size.upper().is_none_or(|upper| upper >= length));
    Response::from_parts(head, String::from_utf8(body.to_vec()).unwrap())
}

/// The page as [`PAGE`] is annotated.
fn annotated(layer: &AnnotateLayer) -> String {
    let page = layer
        .annotator(article())
        .unwrap()
        .html(PAGE.as_bytes())
        .into_owned();
    let page = String::from_utf8(page).unwrap();
    // 7,000,000 / 472.57 = 14,812.6
    let value = "около 14\u{a0}800\u{a0}$";
    assert!(
        page.contains("masthead-amount") && page.contains(value),
        "{page}"
    );
    page
}

#[tokio::test]
async fn the_page_of_an_article_is_annotated() {
    let layer = layer();
    let expected = annotated(&layer);
    for media_type in [
        "text/html",
        "Text/HTML",
        "text/html; charset=UTF-8",
        "text/html;charset=\"utf-8\"",
        "text/html; charset=utf8; profile=x",
    ] {
        let body = Frames::of(["", &PAGE[..3], "", &PAGE[3..]]);
        let length = PAGE.len().to_string();
        let headers = [
            ("content-type", media_type),
            ("content-length", &length),
            ("x-site", "1"),
        ];
        let response = get(&layer, marked(&headers, body)).await;
        assert_eq!(*response.body(), expected, "{media_type}");
        assert_eq!(header(&response, "content-type"), media_type);
        assert_eq!(
            header(&response, "content-length"),
            expected.len().to_string()
        );
        assert_eq!(header(&response, "x-site"), "1");
        assert!(response.extensions().get::<Article>().is_none());
        assert!(!response.headers().contains_key("etag"));
    }
}

#[tokio::test]
async fn every_other_response_passes_unchanged() {
    let layer = layer();
    let html = [
        ("content-type", "text/html"),
        ("etag", "\"a\""),
        ("last-modified", "x"),
    ];
    let with = |headers: &[(&str, &str)]| marked(headers, Frames::of([PAGE]));
    let mut unmarked = with(&html);
    unmarked.extensions_mut().clear();
    let mut not_found = with(&html);
    *not_found.status_mut() = http::StatusCode::NOT_FOUND;
    let mut partial = with(&html);
    *partial.status_mut() = http::StatusCode::PARTIAL_CONTENT;
    for response in [
        unmarked,
        not_found,
        partial,
        with(&[]),
        with(&[("content-type", "application/json")]),
        with(&[("content-type", "text/html-x")]),
        with(&[("content-type", "text/html; charset=windows-1251")]),
        with(&[("content-type", "text/html"), ("content-encoding", "gzip")]),
    ] {
        let (status, headers) = (response.status(), response.headers().clone());
        let passed = get(&layer, response).await;
        assert_eq!((passed.status(), passed.headers()), (status, &headers));
        assert_eq!(passed.body(), PAGE, "{headers:?}");
    }
}

#[tokio::test]
async fn a_day_without_rates_leaves_the_page_as_it_is() {
    let layer = layer();
    let before = Article::new(day("2019-04-02"), Currency::USD, Lang::Ru);
    assert!(layer.annotator(before).is_err());
    let mut response = page(&[("etag", "\"a\""), ("content-digest", "x")]);
    response.extensions_mut().insert(before);
    let passed = get(&layer, response).await;
    assert_eq!(passed.body(), PAGE);
    assert_eq!(header(&passed, "content-digest"), "x");
    assert_eq!(header(&passed, "content-length"), PAGE.len().to_string());
    // Else the page would stay in a browser after the rates of its day are known.
    assert_ne!(header(&passed, "etag"), "\"a\"");
    assert_eq!(layer.today(), day("2026-04-02"));
}

#[tokio::test]
async fn a_long_page_passes_whole_and_a_page_of_two_megabytes_is_annotated() {
    let layer = layer();
    let headers = [("content-type", "text/html"), ("etag", "\"a\"")];
    for (length, is_sized) in [
        (2 << 20, false),
        ((2 << 20) + 1, false),
        ((2 << 20) + 1, true),
    ] {
        let filler = " ".repeat(length - PAGE.len());
        let mut body = Frames::of([filler, PAGE.into()]);
        body.is_sized = is_sized;
        let response = get(&layer, marked(&headers, body)).await;
        let is_annotated = response.body().contains("masthead-amount");
        assert_eq!(is_annotated, length <= 2 << 20);
        if !is_annotated {
            assert!(response.body().len() == length && response.body().ends_with(PAGE));
            assert_eq!(header(&response, "etag"), "\"a\"");
        }
    }
}

#[tokio::test]
async fn a_body_that_fails_or_has_trailers_passes_up_to_its_end() {
    let layer = layer();
    let headers = [("content-type", "text/html"), ("content-length", "81")];
    let request = || Request::get("/").body(()).unwrap();
    let failing = marked(
        &headers,
        Frames::of([&PAGE[..9], &PAGE[9..20]]).then(Err("cut")),
    );
    let response = call(&layer, request(), failing).await;
    assert_eq!(header(&response, "content-length"), "81");
    let mut body = response.into_body();
    let mut read = String::new();
    let error = loop {
        match body.frame().await.unwrap() {
            Ok(frame) => read += std::str::from_utf8(frame.data_ref().unwrap()).unwrap(),
            Err(error) => break error,
        }
    };
    assert_eq!((&*read, error), (&PAGE[..20], "cut"));

    let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "1".parse().unwrap())]);
    let body = Frames::of([PAGE]).then(Ok(Frame::trailers(trailers.clone())));
    let response = call(&layer, request(), marked(&headers, body)).await;
    let collected = response.into_body().collect().await.unwrap();
    assert_eq!(collected.trailers(), Some(&trailers));
    assert_eq!(collected.to_bytes(), PAGE);
}

proptest! {
    /// However a page is cut into frames, the outcome is that of the whole page.
    #[test]
    fn the_frames_of_a_body_do_not_matter(cuts in prop::collection::vec(0..PAGE.len(), 0..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let layer = layer();
            let mut cuts = cuts;
            cuts.sort_unstable();
            let ends = cuts.iter().copied().chain([PAGE.len()]);
            let starts = [0].into_iter().chain(cuts.iter().copied());
            let parts = starts.zip(ends).map(|(start, end)| &PAGE.as_bytes()[start..end]);
            let response = marked(&[("content-type", "text/html")], Frames::of(parts));
            let response = get(&layer, response).await;
            assert_eq!(*response.body(), annotated(&layer));
        });
    }
}
