//! The rates of a pair on many days: `/history/{pair}.json`, `.csv` and `.svg`.
//!
//! 1. `query` reads the pair, the format and the days, or refuses them with the parameter's name.
//! 2. [`Known`] has the rates of all days, from the start of the service on: a request waits for no refresh.
//! 3. The pair must be one that a publication has, in the bank's direction. Before the first publication any pair that the bank may quote gets an
//!    empty document, so that the charts of a site are not 404 after its first start.
//! 4. `document` writes JSON or CSV, [`Chart`] the picture.
//! 5. `answer` tags the text by its digest, and compresses it if the client does not have it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response};

use super::answer;
use super::compressed::Compressed;
use super::document::Document;
use super::known::PerMinute;
use super::page::CACHING;
use super::query::{Format, Query};
use super::refused::Refused;
use crate::day;
use crate::ledger::History;
use crate::money::{Currency, Pair, Rates};
use crate::provenance::{Attribution, SourceId};
use crate::strip::{Chart, InvalidChart, Lang};
use crate::ticker::{Bank, Ticker};

/// The rates of all days, made at most once for each change of the published rates and minute, and answers from them.
pub(super) struct Archive {
    ticker: Ticker,
    bank: Bank,
    /// The language of a picture if the request names none.
    lang: Lang,
    known: PerMinute<Known>,
    compressed: Compressed,
}

/// The rates of all days, and what they are of.
struct Known {
    history: History,
    /// The pairs of its publications, each with the bank's currency in it.
    pairs: BTreeMap<Pair, Currency>,
    /// The credit of the bank, and of each source of its publications.
    credits: BTreeMap<SourceId, Attribution>,
}

impl Archive {
    /// Reads the rates of all days, so that the first request has those before if a refresh is at work then.
    pub(super) fn new(ticker: Ticker, lang: Lang) -> Self {
        let archive = Self {
            bank: ticker.bank(),
            known: PerMinute::new(ticker.clone()),
            ticker,
            lang,
            compressed: Compressed::default(),
        };
        archive.with_known(|_| ());
        archive
    }

    /// Responds to a request for the rates of a pair.
    ///
    /// The work grows with the number of days requested alone, but for the first request after a change.
    pub(super) fn respond(
        &self,
        request: &Parts,
        format: Format,
        query: Result<Query, Refused>,
    ) -> Response<Bytes> {
        let text = query.and_then(|query| self.with_known(|known| self.text(known, query, format)));
        match text {
            Ok(text) => answer::document(request, text, headers(format), &self.compressed),
            Err(refused) => answer::refused(&refused, format),
        }
    }

    /// Returns the document of a request.
    fn text(&self, known: &Known, query: Query, format: Format) -> Result<Bytes, Refused> {
        let (history, pair) = (&known.history, query.pair);
        let home = self.home(known, pair)?;
        let last = history.days().map(|days| *days.end());
        let days = query.days(last.unwrap_or_else(|| day::of(self.now(), self.bank.zone)))?;
        if format == Format::Svg {
            let chart = known.chart(pair, days).map_err(Refused::NoChart)?;
            let chart = chart.lang(query.lang.unwrap_or(self.lang));
            return Ok(Bytes::from(chart.svg().to_string()));
        }
        let document = Document {
            series: history.series(pair, days.clone()),
            history,
            days,
            home,
            credits: &known.credits,
        };
        Ok(Bytes::from(match format {
            Format::Csv => document.csv(),
            _ => document.json(),
        }))
    }

    /// Returns the bank's currency in a pair that one of its publications has. Before the first one, any pair that it may quote is taken.
    fn home(&self, known: &Known, pair: Pair) -> Result<Currency, Refused> {
        if let Some(home) = known.pairs.get(&pair) {
            return Ok(*home);
        }
        if known.pairs.is_empty() && self.bank.can_quote(pair) {
            return Ok(self.bank.home());
        }
        let inverse = pair.inverse();
        let is_quoted = known.pairs.contains_key(&inverse);
        Err(Refused::NotQuoted {
            pair,
            bank: known.history.bank().clone(),
            quoted: is_quoted.then_some(inverse),
        })
    }

    /// Calls `use_it` with the rates of all days as they are known in this minute, or before it while a refresh is at work.
    fn with_known<T>(&self, use_it: impl FnOnce(&Known) -> T) -> T {
        let make = |history| Known::new(history, &self.bank);
        self.known.with(make, use_it)
    }

    /// The ticker's clock, within the range of a ledger.
    fn now(&self) -> DateTime<Utc> {
        day::clamp(self.ticker.now())
    }
}

impl Known {
    fn new(history: History, bank: &Bank) -> Self {
        let credit = |source: &SourceId| {
            let credit = bank.attribution(source);
            credit.unwrap_or_else(|| Attribution::new(source.to_string()))
        };
        let mut credits = BTreeMap::from([(history.bank().clone(), credit(history.bank()))]);
        let (mut pairs, mut before) = (BTreeMap::new(), None);
        for day in history.publications() {
            let Ok(found) = history.rates_on(day) else {
                continue;
            };
            let source = &found.rates.publication().source;
            if !credits.contains_key(source) {
                credits.insert(source.clone(), credit(source));
            }
            // Most publications have the currencies of the one before.
            if before.is_none_or(|before| !has_pairs_of(before, &found.rates)) {
                let home = found.rates.home();
                pairs.extend(found.rates.iter().map(|rate| (rate.pair(), home)));
            }
            before = Some(&found.rates);
        }
        Self {
            pairs,
            credits,
            history,
        }
    }
}

impl Known {
    /// The chart of a pair, with the credits of the sources of its rates.
    fn chart(&self, pair: Pair, days: RangeInclusive<NaiveDate>) -> Result<Chart, InvalidChart> {
        let series = self.history.series(pair, days);
        let mut sources: Vec<&SourceId> = Vec::new();
        for (day, _) in series.known() {
            let found = self.history.rates_on(day).ok();
            let source = found.map(|found| &found.rates.publication().source);
            sources.extend(source.filter(|source| !sources.contains(source)));
        }
        let credits = sources.iter().filter_map(|source| {
            let credit = self.credits.get(source)?;
            Some(((*source).clone(), credit.clone()))
        });
        let chart = Chart::new([series])?;
        Ok(credits.fold(chart, |chart, (source, credit)| {
            chart.credit(source, credit)
        }))
    }
}

/// Returns whether two publications have the same pairs.
fn has_pairs_of(one: &Rates, other: &Rates) -> bool {
    let quotation = |rates: &Rates| (rates.home(), rates.publication().quotation);
    let [rows, others] = [one, other].map(|rates| rates.rows().iter().map(|row| row.currency));
    quotation(one) == quotation(other) && rows.eq(others)
}

/// Returns the headers of a document that do not depend on its content. It has no `Last-Modified`, because rates of past days may be corrected.
fn headers(format: Format) -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (CACHE_CONTROL, HeaderValue::from_static(CACHING)),
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ])
}
