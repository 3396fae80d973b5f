//! A chain of sources that decode a body as itself, with a queue of responses as the network.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use masthead::fetch::{
    BoxFuture, Budgets, Chain, Outcome, Transport, TransportError, TransportErrorKind,
};
use masthead::source::{DecodeError, DecodeErrorKind, Source};
use masthead::{Attribution, SourceId};

use crate::support::time;

/// The deadline of a reading.
pub(crate) const TIME: Duration = Duration::from_secs(9);

/// A chain, the queue of its responses, and the requests sent.
#[derive(Debug)]
pub(crate) struct ScriptedChain {
    chain: tokio::sync::Mutex<Chain<str, String>>,
    pub(crate) budgets: tokio::sync::Mutex<Budgets>,
    answers: Mutex<VecDeque<Answer>>,
    pub(crate) asked: Mutex<Vec<Request<()>>>,
}

#[derive(Debug)]
pub(crate) enum Answer {
    Response(Response<Bytes>),
    Error(TransportErrorKind),
    Hang,
}

impl ScriptedChain {
    pub(crate) fn of(ids: &[&str]) -> Self {
        let source = |id: &&str| Arc::new(Echo(id.parse().unwrap())) as Arc<_>;
        Self {
            chain: Chain::new(ids.iter().map(source)).into(),
            budgets: tokio::sync::Mutex::default(),
            answers: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    pub(crate) fn answering(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.answers.lock().unwrap().extend(answers);
        self
    }

    pub(crate) fn add(&self, answer: Answer) {
        self.answers.lock().unwrap().push_back(answer);
    }

    /// Returns the number of unused responses.
    pub(crate) fn unused(&self) -> usize {
        self.answers.lock().unwrap().len()
    }

    /// Reads once, and compares the outcome of each source and the reading.
    pub(crate) async fn expect(&self, key: &str, now: &str, expected: &str) {
        let answer = self.read_with(&self.budgets, key, time(now)).await;
        let attempts: Vec<String> = answer.attempts.iter().map(ToString::to_string).collect();
        let reading = answer
            .reading
            .map(|fetched| format!(" = {} from {}", fetched.value, fetched.attribution.name()));
        assert_eq!(
            attempts.join("; ") + &reading.unwrap_or_default(),
            expected,
            "{key} at {now}"
        );
    }

    pub(crate) async fn fails(&self, now: DateTime<Utc>) -> bool {
        let answer = self.read_with(&self.budgets, "key", now).await;
        matches!(answer.attempts[..], [ref only] if matches!(only.outcome, Outcome::Failed(_)))
    }

    /// Checks that the source cools down for `seconds`. Returns the end of the cool-down.
    pub(crate) async fn expect_rest(&self, now: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
        let second = TimeDelta::seconds(1);
        let end = now + TimeDelta::seconds(seconds);
        for at in [now + second, end - second] {
            let answer = self.read_with(&self.budgets, "key", at).await;
            let attempt = &answer.attempts[0];
            assert!(
                matches!(attempt.outcome, Outcome::Resting(until) if until == end),
                "{attempt}, expected a rest until {end}"
            );
        }
        end
    }

    pub(crate) async fn read_with(
        &self,
        budgets: &tokio::sync::Mutex<Budgets>,
        key: &str,
        now: DateTime<Utc>,
    ) -> masthead::fetch::Answer<String> {
        let (mut chain, mut budgets) = (self.chain.lock().await, budgets.lock().await);
        chain.read(self, &mut budgets, key, key, now, TIME).await
    }
}

pub(crate) fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
    let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
    *response.status_mut() = status.try_into().unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    Answer::Response(response)
}

pub(crate) fn ok(body: &str) -> Answer {
    answer(200, &[], body)
}

pub(crate) fn status(status: u16) -> Answer {
    answer(status, &[], "")
}

pub(crate) fn broken(kind: TransportErrorKind) -> Answer {
    Answer::Error(kind)
}

pub(crate) fn hang() -> Answer {
    Answer::Hang
}

impl Transport for ScriptedChain {
    fn send(&self, request: Request<()>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer.unwrap_or_else(|| panic!("asked without an answer: {request:?}"));
        self.asked.lock().unwrap().push(request);
        Box::pin(async {
            match answer {
                Answer::Response(response) => Ok(response),
                Answer::Error(kind) => Err(TransportError::new(kind, "scripted")),
                Answer::Hang => std::future::pending().await,
            }
        })
    }
}

#[derive(Debug)]
struct Echo(SourceId);

impl Source for Echo {
    type Query = str;
    type Reading = String;

    fn id(&self) -> SourceId {
        self.0.clone()
    }

    fn attribution(&self) -> Attribution {
        Attribution::new(self.0.to_string())
    }

    fn request(&self, query: &str) -> Request<()> {
        let address = format!("https://{}.example/{}", self.0, query.replace(' ', "+"));
        Request::get(address).body(()).unwrap()
    }

    fn decode(&self, _: &str, response: &Response<Bytes>) -> Result<String, DecodeError> {
        let fault = |kind| Err(DecodeError::new(&self.0, kind));
        match (
            response.status().as_u16(),
            std::str::from_utf8(response.body()),
        ) {
            (200 | 203, Ok("nothing")) => fault(DecodeErrorKind::NoData("scripted".into())),
            (200 | 203, Ok(text)) if !text.starts_with('<') => Ok(text.to_owned()),
            (200 | 203, _) => fault(DecodeErrorKind::Malformed("garbage".into())),
            _ => fault(DecodeErrorKind::Status(response.status())),
        }
    }
}
