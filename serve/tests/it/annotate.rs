//! Articles annotated over a listener of their own.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use chrono::{Days, NaiveDate};
use masthead::ledger::{Feed, Sighting};
use masthead::money::{Row, parse_decimal};
use masthead::ticker::{Bank, FileStore};
use tempfile::TempDir;

use crate::support::{Server, connect, read_to_close, send};

/// An article, and how its amount is annotated at the rate of 13 June 2023.
const ARTICLE: &str =
    "<!doctype html><html lang=\"ru\"><p>Семьи получат по 7 млн тенге.</p></html>";
const VALUE: &str = "около 15\u{a0}600\u{a0}$";
/// The path of that day.
pub(crate) const ON: &str = "/?lang=ru&on=2023-06-13";

/// A server that knows the rates of three days and annotates.
pub(crate) struct Annotating {
    pub(crate) server: Server,
    /// The address of its second listener.
    pub(crate) address: SocketAddr,
    state: String,
    _folder: TempDir,
}

impl Annotating {
    /// Starts a server with these lines in the section `annotate`, and these sections after it.
    pub(crate) fn start(annotate: &str, sections: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("masthead.ledger");
        let lists = [
            ("2023-06-12", "446.9"),
            ("2023-06-13", "447.32"),
            ("2023-06-14", "449.11"),
        ];
        let records = lists.map(|(day, dollar)| list(day.parse().unwrap(), dollar).into());
        FileStore::new(&file).append(&records, &[]).unwrap();
        let state = format!("state = {file:?}");
        let sections = settings(&state, annotate, sections);
        let server = Server::with_settings(1024, "http://127.0.0.1:9", &sections);
        let address = server.logged_address("annotating on http://");
        Self {
            server,
            address,
            state,
            _folder: folder,
        }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Sends bytes and returns the response up to the end of the connection.
    #[track_caller]
    pub(crate) fn send(&self, bytes: &[u8]) -> String {
        String::from_utf8(send(self.address, bytes)).unwrap()
    }

    /// Posts a body and returns the response with its headers.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, media_type: &str, body: &[u8]) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.send(&[head.as_bytes(), body].concat())
    }

    #[track_caller]
    pub(crate) fn html(&self, path: &str) -> String {
        self.post(path, "text/html", ARTICLE.as_bytes())
    }

    /// Reloads with these lines in the section `annotate`. Returns the lines of the log.
    fn reload(&self, annotate: &str) -> String {
        let settings = settings(&self.state, annotate, "");
        self.server.reload("http://127.0.0.1:9", &settings)
    }
}

fn settings(state: &str, annotate: &str, sections: &str) -> String {
    format!("{state}\n[annotate]\nlisten = \"127.0.0.1:0\"\n{annotate}\n{sections}")
}

/// The list of a day, which was received on the day before. All of its rates move with the dollar.
fn list(day: NaiveDate, dollar: &str) -> Sighting {
    let dollar = parse_decimal(dollar).unwrap();
    let rows = ["1", "1.0812", "0.0119", "0.1402"];
    let rows = ["USD", "EUR", "RUB", "CNY"].into_iter().zip(rows);
    let rows = rows.map(|(code, dollars)| {
        let value = (dollar * parse_decimal(dollars).unwrap()).round_dp(2);
        Row::new(code.parse().unwrap(), value, 1)
    });
    let bank = Bank::national_bank_kz();
    let rates = bank.published(day, rows).unwrap();
    let at = (day - Days::new(1)).and_hms_opt(10, 45, 7).unwrap();
    Sighting::of_rates(bank.id(), Feed::OfDay, day, rates, at.and_utc())
}

#[track_caller]
pub(crate) fn is(response: &str, status: u16) {
    assert!(
        response.starts_with(&format!("HTTP/1.1 {status} ")),
        "{response}"
    );
}

fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn an_article_comes_back_with_its_values() {
    let site = Annotating::start("", "");
    let page = site.html(ON);
    is(&page, 200);
    assert!(
        page.contains(VALUE) && page.contains("<data class=\"masthead-amount\""),
        "{page}"
    );
    assert!(
        page.contains("\r\ncontent-type: text/html; charset=utf-8\r\n"),
        "{page}"
    );
    assert!(
        page.contains("\r\nx-content-type-options: nosniff\r\n"),
        "{page}"
    );
    assert!(
        page.contains("\r\ndate: ") && !page.contains("masthead-unchanged"),
        "{page}"
    );
    let length = format!("\r\ncontent-length: {}\r\n", body(&page).len());
    assert!(page.contains(&length), "{page}");
    // A second pass changes no byte.
    let again = site.post(ON, "text/html; charset=UTF-8", body(&page).as_bytes());
    assert_eq!(body(&again), body(&page));

    let text = site.post(ON, "text/plain; charset=utf-8", "по 7 млн тенге".as_bytes());
    let note =
        "Пересчитано по официальному курсу: Национальный Банк Казахстана, 13 июня 2023\u{202f}г.";
    assert_eq!(body(&text), format!("по 7 млн тенге ({VALUE})\n\n{note}\n"));
    assert!(
        text.contains("\r\ncontent-type: text/plain; charset=utf-8\r\n"),
        "{text}"
    );
    let euro = site.post(
        "/?to=eur&on=2023-06-13&lang=ru",
        "text/plain",
        "7 млн тенге".as_bytes(),
    );
    assert!(
        body(&euro).starts_with("7 млн тенге (около 14\u{a0}500\u{a0}€)\n\n"),
        "{euro}"
    );
    for (path, empty) in [(ON, ""), ("/?lang=kk", "<p>Сөз.</p>")] {
        let same = site.post(path, "text/html", empty.as_bytes());
        is(&same, 200);
        assert_eq!(body(&same), empty);
    }
}

#[test]
fn a_page_without_rates_of_its_day_comes_back_as_it_is_with_the_reason() {
    let site = Annotating::start("", "");
    for (path, reason) in [
        (
            "/?lang=ru&on=2019-06-13",
            "no rates of national_bank_kz are known for 2019-06-13, the first ones are of 2023-06-12",
        ),
        (
            "/?lang=ru&on=0001-01-01",
            "no rates of national_bank_kz are known for 0001-01-01",
        ),
        (
            "/?lang=ru&on=9999-12-31",
            "national_bank_kz has not published rates for 9999-12-31 yet",
        ),
        // Today.
        ("/?lang=ru", "no rates of national_bank_kz are known for 20"),
    ] {
        let page = site.html(path);
        is(&page, 200);
        assert!(
            page.contains(&format!("\r\nmasthead-unchanged: {reason}")),
            "{page}"
        );
        assert_eq!(body(&page), ARTICLE);
    }
    // Text in windows-1251.
    let mut stream = site.connect();
    let head =
        format!("POST {ON} HTTP/1.0\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n");
    stream
        .write_all(&[head.as_bytes(), b"7 \xec\xeb\xed \xf2\xe3."].concat())
        .unwrap();
    let page = read_to_close(&mut stream);
    assert!(page.ends_with(b"\r\n\r\n7 \xec\xeb\xed \xf2\xe3."));
    let head = String::from_utf8_lossy(&page);
    assert!(
        head.contains("\r\nmasthead-unchanged: the body is not UTF-8\r\n"),
        "{head}"
    );
}

#[test]
fn a_wrong_request_is_refused_with_a_reason() {
    let site = Annotating::start("", "");
    for (path, reason) in [
        ("/", "lang: is required, such as lang=kk\n"),
        (
            "/?lang=ar",
            "lang: unknown language \"ar\": expected one of en, ru, ",
        ),
        (
            "/?lang=ru&on=yesterday",
            "on: invalid day \"yesterday\": expected one such as 2023-06-13\n",
        ),
        ("/?lang=ru&to=USX", "to: "),
        (
            "/?lang=ru&day=1",
            "\"day\": unknown parameter; accepted are lang, on, to\n",
        ),
    ] {
        let refused = site.html(path);
        is(&refused, 400);
        assert!(body(&refused).starts_with(reason), "{refused}");
        assert!(
            refused.contains("\r\ncontent-type: text/plain; charset=utf-8\r\n"),
            "{refused}"
        );
    }
    for media_type in [
        "application/x-www-form-urlencoded",
        "text/html; charset=windows-1251",
        "text/html\r\nContent-Encoding: gzip",
    ] {
        let refused = site.post(ON, media_type, ARTICLE.as_bytes());
        is(&refused, 415);
        assert!(body(&refused).starts_with("content-type: expected text/html or text/plain"));
    }
    let request = |line: &str| {
        site.send(format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").as_bytes())
    };
    is(&request(&format!("POST {ON}")), 415);
    for method in ["GET", "HEAD", "OPTIONS", "PUT"] {
        let refused = request(&format!("{method} {ON}"));
        is(&refused, 405);
        assert!(refused.contains("\r\nallow: POST\r\n"), "{refused}");
    }
    is(&request("POST /strip/?lang=ru"), 404);
    is(
        &site.send(b"POST /?lang=ru HTTP/1.1\r\nContent-Length: 0\r\n\r\n"),
        400,
    );
}

/// Each listener has its own paths alone.
#[test]
fn the_public_listener_does_not_annotate() {
    let site = Annotating::start("", "");
    let head = format!(
        "POST {ON} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{ARTICLE}",
        ARTICLE.len()
    );
    let answer = String::from_utf8(site.server.send(head.as_bytes())).unwrap();
    is(&answer, 405);
    let page = b"GET /strip/kk.html HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    is(&site.send(page), 404);
    site.server.serves_a_page("articles");
    assert!(!Server::start("").log().contains("annotating"));
}

#[test]
fn several_articles_take_one_connection() {
    let site = Annotating::start("", "");
    let mut stream = site.connect();
    for _ in 0..3 {
        let request = format!(
            "POST {ON} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n7 KZT mn\r\n0\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).unwrap();
        let answer = std::str::from_utf8(&bytes[..read]).unwrap();
        is(answer, 200);
        assert!(!answer.contains("connection: close"), "{answer}");
    }
}

#[test]
fn a_reload_changes_the_currency_at_once_and_the_listener_at_the_next_start() {
    let site = Annotating::start("to = \"EUR\"", "");
    let euro = site.html(ON);
    assert!(euro.contains('€'), "{euro}");
    let logged = site.reload("to = \"USD\"\nconcurrency = 3");
    let line = " WARN changes take effect at the next restart keys=\"annotate.concurrency\"\n";
    assert!(logged.contains(line), "{logged}");
    let dollar = site.html(ON);
    assert!(dollar.contains(VALUE), "{dollar}");

    let logged = site.server.reload("http://127.0.0.1:9", &site.state);
    let line = " WARN changes take effect at the next restart keys=\"annotate\"\n";
    assert!(logged.contains(line), "{logged}");
    is(&site.html(ON), 200);
    let logged = site.reload("to = \"dollar\"");
    assert!(logged.contains("not reloaded"), "{logged}");
    assert!(
        logged.contains("masthead.toml:9:6: annotate.to: "),
        "{logged}"
    );
    is(&site.html(ON), 200);
}

#[test]
fn an_article_in_progress_is_finished_when_the_server_stops() {
    let site = Annotating::start("", "");
    let mut stream = site.connect();
    let head = format!(
        "POST {ON} HTTP/1.1\r\nHost: a\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
        ARTICLE.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    site.server.terminate();
    std::thread::sleep(std::time::Duration::from_millis(100));
    stream.write_all(ARTICLE.as_bytes()).unwrap();
    let page = String::from_utf8(read_to_close(&mut stream)).unwrap();
    is(&page, 200);
    assert!(
        page.contains(VALUE) && page.contains("\r\nconnection: close\r\n"),
        "{page}"
    );
    assert!(site.server.ended().success());
}
