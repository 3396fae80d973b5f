//! A bank and a weather service for tests, which count the requests.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};

/// An upstream on a port of its own, until the test ends.
pub(crate) struct Upstream {
    pub(crate) url: String,
    calls: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        Self::with_dollar("475.09")
    }

    /// Starts an upstream whose bank publishes this dollar.
    pub(crate) fn with_dollar(dollar: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counted = Arc::clone(&counted);
                std::thread::spawn(move || answer(stream, &counted, dollar));
            }
        });
        Self { url, calls }
    }

    /// Returns the number of requests to each host.
    pub(crate) fn calls(&self) -> BTreeMap<String, usize> {
        self.calls.lock().unwrap().clone()
    }
}

/// Answers one request. Returns `None` if the client has closed the connection.
fn answer(stream: TcpStream, calls: &Mutex<BTreeMap<String, usize>>, dollar: &str) -> Option<()> {
    let mut lines = BufReader::new(&stream).lines();
    let request = lines.next()?.ok()?;
    let path = request.split(' ').nth(1)?.trim_start_matches('/');
    while !lines.next()?.ok()?.is_empty() {}
    let host = path.split('/').next()?.to_owned();
    let (status, body) = match &*host {
        "nationalbank.kz" => (200, rates(path, dollar)),
        "api.met.no" => (200, forecast(path)),
        _ => (404, String::new()),
    };
    *calls.lock().unwrap().entry(host).or_default() += 1;
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} It\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    (&stream).write_all(format!("{head}{body}").as_bytes()).ok()
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

fn rates(path: &str, dollar: &str) -> String {
    let today = (now() + TimeDelta::hours(5)).format("%d.%m.%Y").to_string();
    let day = path.split_once("fdate=").map_or(&*today, |(_, day)| day);
    let items = [
        ("USD", dollar),
        ("EUR", "551.06"),
        ("RUB", "5.87"),
        ("CNY", "69.12"),
        ("GBP", "627.7"),
        ("TRY", "10.68"),
        ("KGS", "5.43"),
        ("AED", "129.37"),
        ("CHF", "590.03"),
        ("PLN", "128.1"),
        ("JPY", "2.98"),
    ];
    let items = items.map(|(code, value)| {
        format!(
            "<item><title>{code}</title><description>{value}</description><quant>1</quant><change>+0.10</change></item>"
        )
    });
    format!("<rates><date>{day}</date>{}</rates>", items.concat())
}

/// Returns a forecast for the place in the request.
fn forecast(path: &str) -> String {
    let value = |name: &str| {
        let value = path.split_once(name).map_or("", |(_, rest)| rest);
        value.split('&').next().unwrap_or_default()
    };
    let place = format!("{},{}", value("lon="), value("lat="));
    let steps = (0..48).map(|hour| {
        let at = (now() + TimeDelta::hours(hour)).format("%Y-%m-%dT%H:00:00Z");
        format!(r#"{{"time":"{at}","data":{{"instant":{{"details":{{"air_temperature":7.5}}}}}}}}"#)
    });
    let steps: Vec<String> = steps.collect();
    format!(
        r#"{{"geometry":{{"coordinates":[{place}]}},"properties":{{"meta":{{"units":{{"air_temperature":"celsius"}}}},"timeseries":[{}]}}}}"#,
        steps.join(",")
    )
}
