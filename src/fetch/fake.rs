//! A transport for tests of a site: the real sources, decoders and guard run, and only the network is replaced.
//!
//! A host has an answer, and beside it a failure while one is set: `fail` and `answer_status` set the failure, `restore` removes it, and the answer
//! is as before. An answer is a function of the request, so that a test can count, or answer by the day that is requested.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use http::{Request, Response, StatusCode, Uri};
use rust_decimal::Decimal;

use super::{BoxFuture, Transport, TransportError, TransportErrorKind};
use crate::day;
use crate::money::{Currency, Row};
use crate::source::NationalBankKz;
use crate::weather::Celsius;

/// A transport for the tests of a site: answers in the wire formats of the banks and services, without a network.
///
/// A ticker with it runs through its own sources, its guard and its store. At first no host answers: every request fails with
/// [`TransportErrorKind::Connect`]. Clones share one set of hosts, so a test keeps one and changes the answers while the ticker runs.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use chrono::TimeDelta;
/// use masthead::fetch::FakeUpstream;
/// use masthead::{Layout, Snapshot, Strip, Ticker};
///
/// // A clock that the test moves.
/// let time = Arc::new(Mutex::new(Snapshot::SAMPLE_TIME));
/// let clock = {
///     let time = Arc::clone(&time);
///     move || *time.lock().unwrap()
/// };
/// let upstream = FakeUpstream::new();
/// let sample = Snapshot::sample();
/// upstream.national_bank_kz(sample.rates(clock()).unwrap().value().rows(), clock.clone());
///
/// let ticker = Ticker::builder("tests").transport(upstream.clone()).clock(clock).cities([]).build()?;
/// let layout = Layout::line().isolates(false);
/// let page = || {
///     ticker.refresh_blocking(ticker.now());
///     Strip::new(&ticker.snapshot(), &layout, ticker.now()).text().to_string()
/// };
/// assert!(page().starts_with("usd/kzt 447.32 · eur/kzt 482.21 · "));
///
/// // The bank fails for two days, and so does its second route.
/// upstream.fail("nationalbank.kz");
/// upstream.fail("api.frankfurter.dev");
/// *time.lock().unwrap() += TimeDelta::days(2);
/// let outdated = page();
/// assert!(outdated.starts_with("usd/kzt 447.32") && outdated.contains("outdated"), "{outdated}");
///
/// // It is back, and receives a request when its pause after the failure has passed.
/// upstream.restore("nationalbank.kz");
/// *time.lock().unwrap() += TimeDelta::hours(1);
/// assert!(!page().contains("outdated"));
/// # Ok::<(), masthead::ticker::InvalidTicker>(())
/// ```
#[derive(Clone, Default)]
pub struct FakeUpstream(Arc<Mutex<Hosts>>);

#[derive(Default)]
struct Hosts {
    answers: BTreeMap<String, Answer>,
    /// The answers of hosts that fail at present.
    failures: BTreeMap<String, Answer>,
    requests: Vec<Uri>,
}

type Outcome = Result<Response<Bytes>, TransportError>;
type Answer = Arc<dyn Fn(&Request<()>) -> Outcome + Send + Sync>;

impl FakeUpstream {
    /// Creates an upstream whose hosts do not answer: the error of each request names its host.
    ///
    /// ```
    /// use masthead::Ticker;
    /// use masthead::fetch::FakeUpstream;
    ///
    /// let ticker = Ticker::builder("tests").transport(FakeUpstream::new()).cities([]).build()?;
    /// let report = ticker.refresh_blocking(ticker.now());
    /// assert!(report.to_string().starts_with("rates: national_bank_kz: no connection: "));
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the National Bank of Kazakhstan answer with `rows`: for each day that is requested under that day, and in its feeds of the newest
    /// publication under the day of `clock`.
    ///
    /// Frankfurter repeats the same rates under the day of the request. The Central Bank of Uzbekistan, at 25 som for a tenge, confirms them: without
    /// it (`fail("cbu.uz")`) the first rates stay unconfirmed. The decoder needs three rows at least, and the guard the dollar. The guard judges a
    /// row beside the others, and quarantines the whole list if more than a fifth of its rows moved alone: of fewer than five rows one is enough, of
    /// fewer than ten two. Give ten or more to see a row quarantined alone.
    ///
    /// ```
    /// use masthead::fetch::FakeUpstream;
    /// use masthead::money::Pair;
    /// use masthead::{Snapshot, Ticker};
    ///
    /// let now = || Snapshot::SAMPLE_TIME;
    /// let sample = Snapshot::sample();
    /// let upstream = FakeUpstream::new();
    /// upstream.national_bank_kz(sample.rates(now()).unwrap().value().rows(), now);
    /// upstream.fail("nationalbank.kz");
    ///
    /// // The second route.
    /// let ticker = Ticker::builder("tests").transport(upstream).clock(now).cities([]).build()?;
    /// ticker.refresh_blocking(now());
    /// let snapshot = ticker.snapshot();
    /// let rates = snapshot.rates(now()).unwrap();
    /// assert_eq!(rates.source().to_string(), "frankfurter");
    /// let euro = rates.value().rate(Pair::EUR_KZT).unwrap();
    /// assert!(euro.is_confirmed() && euro.value().to_string() == "482.21");
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    pub fn national_bank_kz(
        &self,
        rows: &[Row],
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) {
        let rows: Arc<[Row]> = rows.into();
        let today = Arc::new(move || day::of(clock(), NationalBankKz::ZONE));
        self.answer("nationalbank.kz", {
            let (rows, today) = (Arc::clone(&rows), Arc::clone(&today));
            move |request| Ok(feed(request.uri(), &rows, today()))
        });
        self.answer("api.frankfurter.dev", {
            let rows = Arc::clone(&rows);
            move |request| Ok(frankfurter(request.uri(), &rows))
        });
        self.answer("cbu.uz", move |_| Ok(uzbekistan(&rows, today())));
    }

    /// Lets MET Norway and Open-Meteo answer with a forecast made at `from`: these temperatures, one for each hour from then on, for every city.
    ///
    /// The sources refuse temperatures that a city cannot have at that time of the year. Open-Meteo answers under both of its hosts.
    ///
    /// ```
    /// use masthead::fetch::FakeUpstream;
    /// use masthead::weather::City;
    /// use masthead::{Snapshot, Ticker};
    ///
    /// let now = || Snapshot::SAMPLE_TIME;
    /// let upstream = FakeUpstream::new();
    /// upstream.weather(now(), &["21.4".parse()?; 48]);
    ///
    /// let astana = City::find("astana").unwrap();
    /// let ticker = Ticker::builder("tests").transport(upstream).clock(now).cities([astana.clone()]).build()?;
    /// ticker.refresh_blocking(now());
    /// let snapshot = ticker.snapshot();
    /// let weather = snapshot.weather(astana.id()).unwrap();
    /// assert_eq!(weather.value().now(now()).unwrap().temperature.to_string(), "21.4");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn weather(&self, from: DateTime<Utc>, temperatures: &[Celsius]) {
        let temperatures: Arc<[Celsius]> = temperatures.into();
        self.answer("api.met.no", {
            let temperatures = Arc::clone(&temperatures);
            move |request| Ok(met_norway(request.uri(), from, &temperatures))
        });
        for host in ["api.open-meteo.com", "customer-api.open-meteo.com"] {
            let temperatures = Arc::clone(&temperatures);
            self.answer(host, move |request| {
                Ok(open_meteo(request.uri(), from, &temperatures))
            });
        }
    }

    /// Sets the answer of a host, in place of the one it had.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use masthead::Ticker;
    /// use masthead::fetch::FakeUpstream;
    /// use masthead::ticker::Bank;
    ///
    /// let upstream = FakeUpstream::new();
    /// upstream.answer("nbg.gov.ge", |request| {
    ///     assert!(request.uri().path().starts_with("/gw/api/"));
    ///     Ok(http::Response::new(Bytes::from_static(b"[]")))
    /// });
    /// let ticker = Ticker::builder("tests").bank(Bank::nbg()).cities([]).transport(upstream).build()?;
    /// let report = ticker.refresh_blocking(ticker.now());
    /// assert!(report.to_string().contains("cannot read nbg: it has no data"), "{report}");
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    pub fn answer(
        &self,
        host: impl Into<String>,
        answer: impl Fn(&Request<()>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
    ) {
        self.hosts().answers.insert(host.into(), Arc::new(answer));
    }

    /// Lets the requests to a host fail with [`TransportErrorKind::Connect`], until it is [restored](Self::restore). The error says that the host
    /// is set to fail; that of a host without an answer says that it has none.
    pub fn fail(&self, host: impl Into<String>) {
        let failure =
            Arc::new(|request: &Request<()>| Err(unreachable(request.uri(), "is set to fail")));
        self.hosts().failures.insert(host.into(), failure);
    }

    /// Lets a host answer with a status and an empty body, until it is [restored](Self::restore).
    ///
    /// ```
    /// use http::StatusCode;
    /// use masthead::Ticker;
    /// use masthead::fetch::FakeUpstream;
    ///
    /// let upstream = FakeUpstream::new();
    /// upstream.answer_status("nationalbank.kz", StatusCode::SERVICE_UNAVAILABLE);
    /// let ticker = Ticker::builder("tests").transport(upstream).cities([]).build()?;
    /// let report = ticker.refresh_blocking(ticker.now());
    /// assert!(report.to_string().contains("it answered 503 Service Unavailable"));
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    pub fn answer_status(&self, host: impl Into<String>, status: StatusCode) {
        let failure = Arc::new(move |_: &Request<()>| {
            let mut response = Response::default();
            *response.status_mut() = status;
            Ok(response)
        });
        self.hosts().failures.insert(host.into(), failure);
    }

    /// Ends the failure of a host: it answers as before.
    pub fn restore(&self, host: &str) {
        self.hosts().failures.remove(host);
    }

    /// Returns the addresses requested so far, also those of hosts that did not answer.
    ///
    /// ```
    /// use masthead::fetch::FakeUpstream;
    /// use masthead::{Snapshot, Ticker};
    ///
    /// let now = || Snapshot::SAMPLE_TIME;
    /// let sample = Snapshot::sample();
    /// let upstream = FakeUpstream::new();
    /// upstream.national_bank_kz(sample.rates(now()).unwrap().value().rows(), now);
    /// let ticker = Ticker::builder("tests").transport(upstream.clone()).clock(now).cities([]).build()?;
    /// ticker.refresh_blocking(now());
    ///
    /// // The day's rates, the newest publication, and a bank that confirms.
    /// let paths: Vec<String> = upstream.requests().iter().map(|uri| uri.path().into()).collect();
    /// assert_eq!(paths, ["/rss/get_rates.cfm", "/rss/rates_all.xml", "/ru/arkhiv-kursov-valyut/json/"]);
    ///
    /// // However often a program refreshes, the bank receives at most four requests an hour.
    /// for _ in 0..20 {
    ///     ticker.refresh_blocking(now());
    /// }
    /// let is_bank = |uri: &&http::Uri| uri.host() == Some("nationalbank.kz");
    /// assert_eq!(upstream.requests().iter().filter(is_bank).count(), 4);
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    #[must_use]
    pub fn requests(&self) -> Vec<Uri> {
        self.hosts().requests.clone()
    }

    fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FakeUpstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeUpstream").finish_non_exhaustive()
    }
}

impl Transport for FakeUpstream {
    fn send(&self, request: Request<()>) -> BoxFuture<'_, Outcome> {
        let answer = {
            let mut hosts = self.hosts();
            hosts.requests.push(request.uri().clone());
            let host = request.uri().host().unwrap_or_default();
            let failure = hosts.failures.get(host);
            failure.or_else(|| hosts.answers.get(host)).cloned()
        };
        // The lock is released, because an answer may change the hosts.
        let outcome = answer.map_or_else(
            || Err(unreachable(request.uri(), "has no answer set")),
            |answer| answer(&request),
        );
        Box::pin(std::future::ready(outcome))
    }
}

fn unreachable(uri: &Uri, why: &str) -> TransportError {
    let host = uri.host().unwrap_or_default();
    let detail = format!("{host} {why} in this fake upstream");
    TransportError::new(TransportErrorKind::Connect, detail)
}

/// Returns the value of a parameter of the query, or an empty text.
fn parameter(uri: &Uri, name: &str) -> String {
    let query = uri.query().unwrap_or_default().as_bytes();
    let mut parameters = form_urlencoded::parse(query);
    let found = parameters.find(|(key, _)| key == name);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

/// A feed of the National Bank of Kazakhstan.
fn feed(uri: &Uri, rows: &[Row], today: NaiveDate) -> Response<Bytes> {
    const MAIN: [Currency; 3] = [Currency::USD, Currency::EUR, Currency::RUB];
    let (is_of_day, is_main) = match uri.path() {
        "/rss/get_rates.cfm" => (true, false),
        "/rss/rates.xml" => (false, true),
        _ => (false, false),
    };
    let day = if is_of_day {
        parameter(uri, "fdate")
    } else {
        today.format("%d.%m.%Y").to_string()
    };
    let listed = rows
        .iter()
        .filter(|row| !is_main || MAIN.contains(&row.currency));
    let items = listed.map(|row| {
        let Row { currency, value, nominal, .. } = row;
        let (index, change) = match row.change {
            Some(change) if change > Decimal::ZERO => ("UP", format!("+{change}")),
            Some(change) if change < Decimal::ZERO => ("DOWN", change.to_string()),
            Some(change) => ("", change.to_string()),
            None => ("", String::new()),
        };
        let day = if is_of_day { String::new() } else { format!("<pubDate>{day}</pubDate>") };
        format!(
            "<item><title>{currency}</title>{day}<description>{value}</description><quant>{nominal}</quant>\
             <index>{index}</index><change>{change}</change></item>"
        )
    });
    let items: String = items.collect();
    let document = if is_of_day {
        format!("<rates><title>Official exchange rates</title><date>{day}</date>{items}</rates>")
    } else {
        format!("<rss version=\"2.0\"><channel>{items}</channel></rss>")
    };
    body(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{document}"
    ))
}

/// The rate of the requested base in tenge.
fn frankfurter(uri: &Uri, rows: &[Row]) -> Response<Bytes> {
    let (base, day) = (parameter(uri, "base"), parameter(uri, "date"));
    let quotes = rows.iter().filter(|row| row.currency.code() == base);
    let quotes = quotes.map(|row| {
        let rate = (row.value / Decimal::from(row.nominal.max(1))).normalize();
        format!(r#"{{"date":"{day}","base":"{base}","quote":"KZT","rate":{rate}}}"#)
    });
    body(list(quotes))
}

/// The newest publication of the Central Bank of Uzbekistan.
fn uzbekistan(rows: &[Row], today: NaiveDate) -> Response<Bytes> {
    const SOM: Decimal = Decimal::from_parts(25, 0, 0, false, 0);
    let day = today.format("%d.%m.%Y");
    let foreign = rows.iter().filter(|row| row.currency != Currency::UZS);
    let foreign = foreign.map(|row| {
        let value = row.value.checked_mul(SOM).unwrap_or(row.value);
        (row.currency, row.nominal, value.round_dp(2))
    });
    let quotes = foreign
        .chain([(Currency::KZT, 1, SOM)])
        .map(|(code, nominal, rate)| {
            format!(
                r#"{{"Ccy":"{code}","Nominal":"{nominal}","Rate":"{rate}","Diff":"","Date":"{day}"}}"#
            )
        });
    body(list(quotes))
}

fn met_norway(uri: &Uri, from: DateTime<Utc>, temperatures: &[Celsius]) -> Response<Bytes> {
    let (longitude, latitude) = (parameter(uri, "lon"), parameter(uri, "lat"));
    let steps = hours(from, temperatures).map(|(at, celsius)| {
        let at = at.format("%FT%TZ");
        format!(
            r#"{{"time":"{at}","data":{{"instant":{{"details":{{"air_temperature":{celsius}}}}}}}}}"#
        )
    });
    let (steps, issued) = (list(steps), from.format("%FT%TZ"));
    body(format!(
        r#"{{"geometry":{{"coordinates":[{longitude},{latitude}]}},"properties":{{"meta":{{"updated_at":"{issued}","units":{{"air_temperature":"celsius"}}}},"timeseries":{steps}}}}}"#
    ))
}

fn open_meteo(uri: &Uri, from: DateTime<Utc>, temperatures: &[Celsius]) -> Response<Bytes> {
    let (longitude, latitude) = (parameter(uri, "longitude"), parameter(uri, "latitude"));
    let name = parameter(uri, "timezone");
    let ahead = day::seconds_ahead(from, name.parse::<Tz>().unwrap_or(Tz::UTC));
    let local = from.checked_add_signed(TimeDelta::seconds(ahead.into()));
    let local = hours(local.unwrap_or(from), temperatures);
    let times = list(local.map(|(at, _)| at.format("\"%FT%H:%M\"").to_string()));
    let temperatures = list(temperatures.iter().map(ToString::to_string));
    body(format!(
        r#"{{"latitude":{latitude},"longitude":{longitude},"timezone":"{name}","utc_offset_seconds":{ahead},"hourly_units":{{"temperature_2m":"°C"}},"hourly":{{"time":{times},"temperature_2m":{temperatures}}}}}"#
    ))
}

fn hours(
    from: DateTime<Utc>,
    temperatures: &[Celsius],
) -> impl Iterator<Item = (DateTime<Utc>, Celsius)> {
    let hours = temperatures.iter().zip(0..);
    hours.filter_map(move |(celsius, hour)| {
        let at = from.checked_add_signed(TimeDelta::hours(hour))?;
        Some((at, *celsius))
    })
}

/// A list in JSON.
fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn body(text: String) -> Response<Bytes> {
    Response::new(Bytes::from(text))
}
