//! The memory of a chain: the last answer of each source, its validators and expiry, and how long it rests.
//!
//! Two answers save requests: an `Expires` that has not passed (no request), and an entity tag or date that the source confirms with a 304 (no
//! body). A body that is equal to the last one, by its hash, counts as confirmed too, for sources without validators. A reading that was kept
//! across a restart has its expiry, and neither validators nor a body.
//!
//! # A cool-down
//!
//! | failure | at | ends | |
//! |---|---|---|---|
//! | first | 12:00:00 | 12:00:30 | |
//! | another, under way since before | 12:00:10 | 12:00:30 | no failure of its own |
//! | second | 12:01:00 | 12:02:00 | one minute |
//! | third to fifth | | | 2, 4, 8 minutes |
//! | sixth and later | | | 15 minutes |
//! | with `Retry-After: 3600` | 13:00:00 | 14:00:00 | as the source says, up to 24 hours |
//!
//! An answer ends the series: the next failure is a first one. While only other queries are answered, the series ends an hour after its last
//! cool-down.
//!
//! # Expiry
//!
//! With `Date: 06:00:00` and `Expires: 06:31:00` in an answer that was received at 06:02 by this clock the reading expires at 06:33. Without `Date`
//! it would be 06:31. An `Expires` that is not after the `Date` counts as none.

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, Response, StatusCode};

/// No answer is good for longer, whatever its `Expires` says.
pub(super) const LONGEST_EXPIRY: TimeDelta = TimeDelta::hours(24);

/// The last answer of a source to one query.
#[derive(Clone, Debug)]
pub(super) struct Remembered<R> {
    pub(super) reading: R,
    pub(super) expires: Option<DateTime<Utc>>,
    pub(super) at: DateTime<Utc>,
    etag: Option<HeaderValue>,
    last_modified: Option<HeaderValue>,
    /// A hash of the body that it was read from. `None` for a reading kept across a restart.
    body: Option<u64>,
}

impl<R> Remembered<R> {
    pub(super) fn new(reading: R, response: &Response<Bytes>, now: DateTime<Utc>) -> Self {
        // Conditional requests do not work on what MET Norway marks by 203.
        let validator = |name| {
            response
                .headers()
                .get(name)
                .filter(|_| response.status() == StatusCode::OK)
                .cloned()
        };
        Self {
            reading,
            expires: expires(response.headers(), now),
            at: now,
            etag: validator(header::ETAG),
            last_modified: validator(header::LAST_MODIFIED),
            body: Some(fingerprint(response.body())),
        }
    }

    /// A reading kept across a restart.
    pub(super) fn restored(reading: R, expires: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Self {
        Self {
            reading,
            // A longer one was never received.
            expires: expires.filter(|until| *until - at <= LONGEST_EXPIRY),
            at,
            etag: None,
            last_modified: None,
            body: None,
        }
    }

    /// The time before which the source asks not to be asked again, while that lies ahead.
    pub(super) fn due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.expires.filter(|until| now < *until)
    }

    /// Moves the instants of a clock that was set back by `by`, to `now`, if the answer was received while it was ahead.
    pub(super) fn set_back(&mut self, now: DateTime<Utc>, by: TimeDelta) {
        if self.at > now {
            self.at -= by;
            self.expires = self.expires.map(|until| until - by);
        }
    }

    /// Asks for the answer only if it is another than this.
    pub(super) fn make_conditional(&self, request: &mut Request<()>) {
        let headers = request.headers_mut();
        if let Some(etag) = &self.etag {
            headers.insert(header::IF_NONE_MATCH, etag.clone());
        }
        if let Some(date) = &self.last_modified {
            headers.insert(header::IF_MODIFIED_SINCE, date.clone());
        }
    }

    /// Whether an answer says that this one stands: by 304, or by the same body where a source has no validators.
    pub(super) fn stands(&self, response: &Response<Bytes>) -> bool {
        match response.status() {
            StatusCode::NOT_MODIFIED => true,
            StatusCode::OK => self.body == Some(fingerprint(response.body())),
            _ => false,
        }
    }

    /// The same reading, as fresh as the response that confirms it.
    pub(super) fn renewed(self, response: &Response<Bytes>, now: DateTime<Utc>) -> Self {
        Self {
            expires: expires(response.headers(), now),
            at: now,
            ..self
        }
    }
}

/// A hash of a body, within one process: it is not stored, and a collision would only count a new answer as a repetition.
fn fingerprint(body: &Bytes) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

/// How long a source, or one query of it, rests after it failed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rest {
    failures: u32,
    /// Its end, and its length when it was set.
    until: Option<(DateTime<Utc>, TimeDelta)>,
}

impl Rest {
    const FIRST: TimeDelta = TimeDelta::seconds(30);
    const LONGEST: TimeDelta = TimeDelta::minutes(15);
    const SERIES: TimeDelta = TimeDelta::hours(1);
    /// A source may ask for a longer rest, up to this limit.
    const LONGEST_ASKED: TimeDelta = TimeDelta::hours(24);

    /// The end of the rest, while it lasts.
    pub(super) fn until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (until, _) = self.until?;
        (now < until).then_some(until)
    }

    /// Whether its failures still count although other queries are answered: until an hour after the end of the rest.
    pub(super) fn counts(&self, now: DateTime<Utc>) -> bool {
        let since = self.until.map(|(until, _)| now - until);
        since.is_some_and(|since| since < Self::SERIES)
    }

    /// Moves the end of a rest that a clock has set which was set back by `by`, to `now`: it lasts as long as before.
    pub(super) fn set_back(&mut self, now: DateTime<Utc>, by: TimeDelta) {
        let until = self.until;
        self.until = until.map(|(until, length)| match until - length {
            begun if begun > now => (until - by, length),
            _ => (until, length),
        });
    }

    /// One more failure: half a minute, doubled each time up to a quarter of an hour, or as long as the source asked.
    ///
    /// Requests that were under way when the rest began fail too; together they are one failure, not thirty.
    pub(super) fn extend(&mut self, now: DateTime<Utc>, asked: Option<TimeDelta>) {
        let asked = asked.unwrap_or_default().min(Self::LONGEST_ASKED);
        let own = if self.until(now).is_some() {
            TimeDelta::zero()
        } else {
            let doubled = Self::FIRST * 2_i32.pow(self.failures.min(5));
            self.failures = self.failures.saturating_add(1);
            doubled.min(Self::LONGEST)
        };
        let until = self.until(now).max(Some(now + own.max(asked)));
        self.until = until.map(|until| (until, until - now));
    }
}

/// `Expires` as a time of ours: its distance from the answer's own `Date`, so that a wrong clock on either side does not
/// matter, and a day at most, so that a wrong header does not freeze a reading.
fn expires(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let expires = date(headers, &header::EXPIRES)?;
    let distance = expires - date(headers, &header::DATE).unwrap_or(now);
    (distance > TimeDelta::zero()).then(|| now + distance.min(LONGEST_EXPIRY))
}

/// `Retry-After`, in seconds or as a date.
pub(super) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    match text.trim().parse::<u32>() {
        Ok(seconds) => Some(TimeDelta::seconds(i64::from(seconds))),
        Err(_) => {
            Some(date(headers, &header::RETRY_AFTER)? - date(headers, &header::DATE).unwrap_or(now))
        }
    }
}

fn date(headers: &HeaderMap, name: &header::HeaderName) -> Option<DateTime<Utc>> {
    headers
        .get(name)?
        .to_str()
        .ok()
        .and_then(|text| httpdate::parse_http_date(text).ok())
        .map(DateTime::from)
}
