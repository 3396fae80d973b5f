//! The simulated hosts: they answer correctly, with a fault, or not at all.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Timelike as _, Utc};
use http::Response;
use masthead::fetch::{TransportError, TransportErrorKind};
use masthead::source::NationalBankKz;
use tokio::time::Instant;

use super::faults::{Fault, Host, HostFaults};
use super::truth::{self, Truth, today};
use crate::guard::synthetic_market::Page;

/// Clones share their state.
#[derive(Clone)]
pub(crate) struct Hosts(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) truth: Truth,
    start: DateTime<Utc>,
    passed: Box<dyn Fn() -> Duration + Send + Sync>,
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) host_faults: HostFaults,
    /// The offset of the ticker's clock.
    pub(crate) off: TimeDelta,
    /// The requests of the last hour, by host.
    asked: BTreeMap<Host, Vec<DateTime<Utc>>>,
    pub(crate) calls: BTreeMap<Host, u64>,
    pub(crate) over_budget: Option<String>,
    /// When the National Bank itself last served a publication of a day.
    pub(crate) served: BTreeMap<NaiveDate, DateTime<Utc>>,
    /// The computation time of the last served forecast.
    pub(crate) computed: Option<DateTime<Utc>>,
    /// The last list that each host has served of a day, as printed.
    printed: BTreeMap<(Host, NaiveDate), (Page, String)>,
    /// The last forecast of each address, with its computation time.
    forecasts: BTreeMap<String, (DateTime<Utc>, String)>,
}

impl Hosts {
    /// Hosts whose time is that of the runtime.
    pub(crate) fn new(truth: Truth, host_faults: HostFaults, start: DateTime<Utc>) -> Self {
        let started = Instant::now();
        Self::passing(truth, host_faults, start, move || started.elapsed())
    }

    /// Hosts for which so much time has passed.
    pub(crate) fn passing(
        truth: Truth,
        host_faults: HostFaults,
        start: DateTime<Utc>,
        passed: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        let state = State {
            host_faults,
            off: TimeDelta::zero(),
            asked: BTreeMap::new(),
            calls: BTreeMap::new(),
            over_budget: None,
            served: BTreeMap::new(),
            computed: None,
            printed: BTreeMap::new(),
            forecasts: BTreeMap::new(),
        };
        Self(Arc::new(Shared {
            truth,
            start,
            passed: Box::new(passed),
            state: Mutex::new(state),
        }))
    }

    /// Returns the true time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.0.start + TimeDelta::from_std((self.0.passed)()).unwrap()
    }

    /// Returns the time of the ticker's clock.
    pub(crate) fn clock(&self) -> DateTime<Utc> {
        self.now() + self.state().off
    }

    pub(crate) fn truth(&self) -> &Truth {
        &self.0.truth
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    /// Counts a request, and draws a fault of its response.
    pub(crate) fn ask(&self, host: Host) -> Option<Fault> {
        let (now, clock) = (self.now(), self.clock());
        let mut state = self.state();
        state.count(host, now, clock);
        state.host_faults.strikes(host, now, clock)
    }

    /// Returns the response of a host with a fault, after its time.
    pub(crate) async fn reply(
        &self,
        host: Host,
        address: String,
        fault: Option<Fault>,
    ) -> Result<Response<Bytes>, TransportError> {
        match delay(fault) {
            None => std::future::pending().await,
            Some(Duration::ZERO) => {}
            Some(delay) => tokio::time::sleep(delay).await,
        }
        self.respond(host, &address, fault)
    }

    /// Returns the response of a host with a fault.
    pub(crate) fn respond(
        &self,
        host: Host,
        address: &str,
        fault: Option<Fault>,
    ) -> Result<Response<Bytes>, TransportError> {
        if fault == Some(Fault::Broken) {
            return Err(TransportError::new(TransportErrorKind::Broken, "cut"));
        }
        let (mut status, mut retry) = (200, None);
        let (mut body, expires) = match fault {
            Some(Fault::Status(code)) => {
                status = code;
                (String::new(), None)
            }
            Some(Fault::Busy(seconds)) => {
                (status, retry) = (429, Some(seconds));
                (String::new(), None)
            }
            Some(Fault::Page) => (
                "<!DOCTYPE html><html><body>Проверка браузера</body></html>".into(),
                None,
            ),
            Some(Fault::Empty) => (String::new(), None),
            Some(Fault::Foreign) => {
                let other = if host == Host::Nbkr {
                    Host::Met
                } else {
                    Host::Nbkr
                };
                self.answer(other, "", None).unwrap_or_default()
            }
            fault => self.answer(host, address, fault).unwrap_or_default(),
        };
        if fault == Some(Fault::Truncated) {
            let mut half = body.len() / 2;
            while !body.is_char_boundary(half) {
                half -= 1;
            }
            body.truncate(half);
        }
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status.try_into().unwrap();
        let date = |at: DateTime<Utc>| {
            at.format("%a, %d %b %Y %H:%M:%S GMT")
                .to_string()
                .parse()
                .unwrap()
        };
        let headers = response.headers_mut();
        // It only dates the others.
        if expires.or(retry.map(i64::from)).is_some() {
            headers.insert("date", date(self.now()));
        }
        if let Some(minutes) = expires {
            headers.insert("expires", date(self.now() + TimeDelta::minutes(minutes)));
        }
        if let Some(seconds) = retry {
            headers.insert("retry-after", seconds.into());
        }
        Ok(response)
    }

    /// Returns a list as a host prints it.
    fn print(&self, host: Host, page: Page) -> String {
        let mut state = self.state();
        let last = state.printed.get(&(host, page.day));
        if let Some((_, text)) = last.filter(|(printed, _)| *printed == page) {
            return text.clone();
        }
        let text = match host {
            Host::National => page.national_bank(),
            Host::Frankfurter => page.frankfurter(),
            Host::Cbu => page.cbu(),
            Host::Nbkr => page.nbkr(),
            Host::Met => unreachable!("a weather service has no list"),
        };
        let printed = (page, text.clone());
        state.printed.insert((host, printed.0.day), printed);
        text
    }

    fn answer(
        &self,
        host: Host,
        address: &str,
        fault: Option<Fault>,
    ) -> Option<(String, Option<i64>)> {
        let now = self.now();
        let seen = match fault {
            Some(Fault::Stale(days)) => now - TimeDelta::days(days),
            _ => now,
        };
        let spoil = |page: Page| fault.map_or(page.clone(), |fault| fault.spoil(page, host, now));
        match host {
            Host::National => {
                let page = match address.split_once("fdate=") {
                    Some((_, date)) => {
                        let asked = NaiveDate::parse_from_str(date, "%d.%m.%Y").unwrap();
                        let day = if matches!(fault, Some(Fault::Stale(_))) {
                            today(seen)
                        } else {
                            asked
                        };
                        // Days without a publication: one in the future, and one long past.
                        let newest = self.truth().newest(now)?.day;
                        let known = today(now) - TimeDelta::days(1500)..=newest.max(today(now));
                        known
                            .contains(&day)
                            .then(|| self.truth().of_day(day, now))
                            .flatten()
                    }
                    None => self.truth().newest(seen),
                };
                if let Some(page) = &page {
                    self.state().served.insert(page.day, now);
                }
                let nothing =
                    "<rates><info>на выбранную дату информации нет</info></rates>".to_owned();
                Some((
                    page.map_or(nothing, |page| self.print(host, spoil(page))),
                    None,
                ))
            }
            Host::Frankfurter => {
                let (_, date) = address.split_once("date=").unwrap();
                let asked: NaiveDate = date.parse().unwrap();
                // The service fetches from the bank every half hour.
                let page = self
                    .truth()
                    .of_day(asked.min(today(seen)), seen - TimeDelta::minutes(30));
                Some((
                    page.map_or("[]".into(), |page| self.print(host, spoil(page))),
                    None,
                ))
            }
            Host::Cbu => {
                let asked = address
                    .trim_end_matches('/')
                    .rsplit('/')
                    .next()
                    .unwrap()
                    .parse()
                    .unwrap();
                let page = truth::of_day(&self.truth().cbu, asked, seen);
                let list = page.map_or("[]".into(), |page| self.print(host, spoil(page)));
                Some((list, None))
            }
            Host::Nbkr => {
                let page = truth::newest(&self.truth().nbkr, seen)?;
                Some((self.print(host, spoil(page)), None))
            }
            Host::Met => {
                let frozen = match fault {
                    Some(Fault::Frozen(at)) => at,
                    _ => now,
                };
                let computed = computed(frozen);
                let mut state = self.state();
                state.computed = Some(computed);
                let known = state.forecasts.get(address);
                if known.is_none_or(|(at, _)| *at != computed) {
                    let served = (computed, forecast(address, computed));
                    state.forecasts.insert(address.to_owned(), served);
                }
                let (_, body) = state.forecasts.get(address)?;
                Some((body.clone(), Some(90)))
            }
        }
    }
}

/// Returns the time of a response with a fault, `None` for one that never comes.
pub(crate) fn delay(fault: Option<Fault>) -> Option<Duration> {
    match fault {
        Some(Fault::Hang) => None,
        Some(Fault::Slow(millis)) => Some(Duration::from_millis(millis)),
        _ => Some(Duration::ZERO),
    }
}

/// Twelve hours for the requested place, with a different temperature each. Computed at the last of four model runs a day.
fn computed(now: DateTime<Utc>) -> DateTime<Utc> {
    const RUN: i64 = 6 * 3600;
    DateTime::from_timestamp(now.timestamp() / RUN * RUN, 0).unwrap()
}

fn forecast(address: &str, now: DateTime<Utc>) -> String {
    let place = crate::fake_hosts::place_of(address);
    let first = now.timestamp() / 3600;
    let time = |hour| {
        let at = DateTime::from_timestamp(hour * 3600, 0).unwrap();
        at.to_rfc3339_opts(SecondsFormat::Secs, true)
    };
    let issued = time(first);
    let steps = (first..first + 72).map(|hour| {
        let (at, celsius) = (time(hour), celsius(hour));
        format!(r#"{{"time":"{at}","data":{{"instant":{{"details":{{"air_temperature":{celsius}.0}}}}}}}}"#)
    });
    format!(
        r#"{{"geometry":{{"coordinates":[{place}]}},"properties":{{"meta":{{"updated_at":"{issued}","units":{{"air_temperature":"celsius"}}}},"timeseries":[{}]}}}}"#,
        steps.collect::<Vec<_>>().join(",")
    )
}

/// The temperature of an hour, counted from 1970, which differs from that of the hour before.
pub(crate) const fn celsius(hour: i64) -> i64 {
    (hour % 40 - 20).abs() - 5
}

impl State {
    /// Forgets the requests, as a restart does; and a jump of the clock makes hours of minutes. No instant divides them, because a request can
    /// be made at that of the jump, before it.
    pub(crate) fn forget_requests(&mut self) {
        self.asked.clear();
    }

    fn count(&mut self, host: Host, now: DateTime<Utc>, clock: DateTime<Utc>) {
        *self.calls.entry(host).or_default() += 1;
        let asked = self.asked.entry(host).or_default();
        asked.retain(|at| now - *at < TimeDelta::hours(1));
        asked.push(now);
        // A clock of another year has another UTC offset: six hours until March 2024.
        let local = clock.with_timezone(&NationalBankKz::ZONE).time();
        let minute = local.num_seconds_from_midnight() / 60;
        let publishes = (15 * 60 + 30..17 * 60).contains(&minute);
        let budget = match host {
            Host::National if publishes => 12,
            Host::National => 4,
            Host::Frankfurter => 8,
            Host::Met => 240,
            Host::Cbu | Host::Nbkr => 60,
        };
        if asked.len() > budget {
            let times = asked.iter().map(|at| at.format("%H:%M:%S").to_string());
            let times = times.collect::<Vec<_>>().join(", ");
            self.over_budget = Some(format!("too many requests to {host:?} by {now}: {times}"));
        }
    }
}

impl fmt::Debug for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hosts")
    }
}
