//! Fake hosts by address prefix, and a clock that follows Tokio's paused time.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use http::{HeaderMap, Request, Response};
use masthead::Ticker;
use masthead::fetch::{BoxFuture, Transport, TransportError, TransportErrorKind};
use masthead::ticker::{Report, TickerBuilder};
use masthead::weather::City;
use tokio::time::Instant;

use crate::support::time;

/// The National Bank's feed of a day.
pub(crate) const OF_DAY: &str = "nationalbank.kz/rss/get_rates.cfm";
/// The National Bank's newest publication.
pub(crate) const NEWEST: &str = "nationalbank.kz/rss/rates_all.xml";
pub(crate) const BANK: &str = "nationalbank.kz";
pub(crate) const FRANKFURTER: &str = "api.frankfurter.dev";
pub(crate) const MET: &str = "api.met.no";
/// The banks that receive requests when a number of the National Bank is in doubt.
pub(crate) const WITNESSES: [&str; 4] = ["cbu.uz", "api.nbrb.by", "www.nbkr.kg", "www.cbr.ru"];

/// All hosts of a test, with their clock. Clones share them.
#[derive(Clone)]
pub(crate) struct FakeHosts(Arc<Shared>);

struct Shared {
    epoch: DateTime<Utc>,
    started: Instant,
    /// The seconds by which a test has moved the clock.
    moved: AtomicI64,
    hosts: Mutex<Vec<(String, Host)>>,
    asked: Mutex<Vec<SentRequest>>,
}

type Host = Arc<dyn Fn(&SentRequest) -> Reply + Send + Sync>;

/// A request: its instant, its address without `https://`, and its headers.
#[derive(Clone, Debug)]
pub(crate) struct SentRequest {
    pub(crate) at: DateTime<Utc>,
    pub(crate) address: String,
    pub(crate) headers: HeaderMap,
}

#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Answer(u16, Vec<(&'static str, String)>, String),
    Hang,
    Broken,
    Late(Duration, Box<Reply>),
}

impl FakeHosts {
    /// Creates a clock at `now`, without hosts except for the witnesses, which answer 503. A request to an unknown host panics.
    pub(crate) fn at(now: &str) -> Self {
        let hosts = Self(Arc::new(Shared {
            epoch: time(now),
            started: Instant::now(),
            moved: AtomicI64::new(0),
            hosts: Mutex::default(),
            asked: Mutex::default(),
        }));
        for witness in WITNESSES {
            hosts.on(witness, status(503));
        }
        hosts
    }

    /// Sets the reply for addresses with this prefix.
    pub(crate) fn on(&self, prefix: &str, reply: Reply) -> &Self {
        self.on_each(prefix, move |_| reply.clone())
    }

    pub(crate) fn on_each(
        &self,
        prefix: &str,
        host: impl Fn(&SentRequest) -> Reply + Send + Sync + 'static,
    ) -> &Self {
        let entry = (prefix.to_owned(), Arc::new(host) as Host);
        self.0.hosts.lock().unwrap().push(entry);
        self
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let passed = TimeDelta::from_std(self.0.started.elapsed()).unwrap();
        let moved = TimeDelta::seconds(self.0.moved.load(Ordering::Relaxed));
        self.0.epoch + passed + moved
    }

    /// Moves the wall clock, independent of the elapsed time.
    pub(crate) fn move_clock(&self, by: TimeDelta) {
        self.0.moved.fetch_add(by.num_seconds(), Ordering::Relaxed);
    }

    /// Lets the time elapse in one step.
    pub(crate) async fn wait_until(&self, then: &str) {
        let left = time(then) - self.now();
        tokio::time::advance(left.to_std().unwrap()).await;
    }

    /// Returns the requests so far to addresses with this prefix.
    pub(crate) fn requests(&self, prefix: &str) -> Vec<SentRequest> {
        let mut asked = self.0.asked.lock().unwrap().clone();
        asked.retain(|request| request.address.starts_with(prefix));
        asked
    }

    /// Returns the builder of a ticker with these hosts and this clock.
    pub(crate) fn ticker(&self) -> TickerBuilder {
        let clock = self.clone();
        Ticker::builder("tests")
            .transport(self.clone())
            .clock(move || clock.now())
    }
}

impl Transport for FakeHosts {
    fn send(&self, request: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let asked = SentRequest {
            at: self.now(),
            address: request.uri().to_string().replacen("https://", "", 1),
            headers: request.headers().clone(),
        };
        self.0.asked.lock().unwrap().push(asked.clone());
        let hosts = self.0.hosts.lock().unwrap().clone();
        let host = hosts
            .iter()
            .rev()
            .find(|(prefix, _)| asked.address.starts_with(prefix));
        let (_, host) = host.unwrap_or_else(|| panic!("unexpected request: {}", asked.address));
        let mut reply = host(&asked);
        Box::pin(async move {
            loop {
                reply = match reply {
                    Reply::Answer(status, headers, body) => {
                        let body = body.replace(PLACE, &place_of(&asked.address));
                        return Ok(response(status, headers, body));
                    }
                    Reply::Hang => std::future::pending().await,
                    Reply::Broken => {
                        return Err(TransportError::new(TransportErrorKind::Broken, "cut"));
                    }
                    Reply::Late(after, reply) => {
                        tokio::time::sleep(after).await;
                        *reply
                    }
                };
            }
        })
    }
}

impl fmt::Debug for FakeHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl Reply {
    pub(crate) fn late(self, after: Duration) -> Self {
        Self::Late(after, Box::new(self))
    }

    /// The same response, which expires after `minutes`.
    pub(crate) fn expiring(self, now: DateTime<Utc>, minutes: i64) -> Self {
        let Self::Answer(status, mut headers, body) = self else {
            panic!("{self:?} has no headers");
        };
        let date = |at: DateTime<Utc>| at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        headers.push(("date", date(now)));
        headers.push(("expires", date(now + TimeDelta::minutes(minutes))));
        Self::Answer(status, headers, body)
    }
}

pub(crate) fn ok(body: impl Into<String>) -> Reply {
    Reply::Answer(200, Vec::new(), body.into())
}

pub(crate) fn status(status: u16) -> Reply {
    Reply::Answer(status, Vec::new(), String::new())
}

const OTHERS: [(&str, &str); 11] = [
    ("EUR", "551.06"),
    ("RUB", "5.87"),
    ("CNY", "69.12"),
    ("GBP", "627.70"),
    ("CHF", "590.03"),
    ("JPY", "2.98"),
    ("TRY", "10.68"),
    ("KGS", "5.43"),
    ("AED", "129.37"),
    ("BYN", "159.40"),
    ("UAH", "10.83"),
];

/// A publication of the bank: the given dollar, and eleven other rows.
pub(crate) fn bank(day: &str, dollar: &str) -> String {
    let day: NaiveDate = day.parse().unwrap();
    let rows = [("USD", dollar)].into_iter().chain(OTHERS);
    let items = rows.map(|(code, value)| {
        format!("<item><title>{code}</title><description>{value}</description><quant>1</quant><change>+0.10</change></item>")
    });
    let items: String = items.collect();
    format!(
        "<rates><date>{}</date>{items}</rates>",
        day.format("%d.%m.%Y")
    )
}

/// Frankfurter's response of a day, with the dollar only.
pub(crate) fn frankfurter(day: &str, dollar: &str) -> String {
    format!(r#"[{{"date":"{day}","base":"USD","quote":"KZT","rate":{dollar}}}]"#)
}

/// MET's forecast of 48 hours from `from`, computed then, with the same temperature throughout.
pub(crate) fn met(from: &str, celsius: &str) -> String {
    let steps = (0..48).map(|hour| {
        let at = (time(from) + TimeDelta::hours(hour)).format("%Y-%m-%dT%H:%M:%SZ");
        format!(r#"{{"time":"{at}","data":{{"instant":{{"details":{{"air_temperature":{celsius}}}}}}}}}"#)
    });
    let steps: Vec<String> = steps.collect();
    format!(
        r#"{{"geometry":{{"coordinates":[{PLACE}]}},"properties":{{"meta":{{"updated_at":"{from}","units":{{"air_temperature":"celsius"}}}},"timeseries":[{}]}}}}"#,
        steps.join(",")
    )
}

/// The place-holder for the requested longitude and latitude.
pub(crate) const PLACE: &str = "LONGITUDE,LATITUDE";

/// Returns the longitude and latitude of a request.
pub(crate) fn place_of(address: &str) -> String {
    let value = |name: &str| {
        let (_, rest) = address.split_once(name)?;
        rest.split('&').next()
    };
    let place = [["lon=", "longitude="], ["lat=", "latitude="]]
        .map(|names| names.into_iter().find_map(value).unwrap_or_default());
    place.join(",")
}

/// Returns the prefix of the address for a city's weather.
#[track_caller]
pub(crate) fn weather_prefix(city: &str) -> String {
    let latitude = cities(&[city])[0].coordinates().latitude();
    format!("{MET}/weatherapi/locationforecast/2.0/complete?lat={latitude}")
}

#[track_caller]
pub(crate) fn cities(ids: &[&str]) -> Vec<City> {
    let find = |id: &&str| {
        City::find(id)
            .unwrap_or_else(|| panic!("no city {id}"))
            .clone()
    };
    ids.iter().map(find).collect()
}

fn response(status: u16, headers: Vec<(&'static str, String)>, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status.try_into().unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// Returns the report without the failures of the banks that were requested to confirm the rates: the fake hosts of a test have no answers of these banks by default.
pub(crate) fn without_witnesses(report: &Report) -> String {
    let text = report.to_string();
    let lines = text.lines();
    let others = lines.filter(|line| !line.starts_with("rates: to confirm them: "));
    others.map(|line| format!("{line}\n")).collect()
}
