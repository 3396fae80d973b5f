//! The rules for the rates of a day, over a plain list of answers.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::SourceId;
use masthead::ledger::{Feed, InForce, NoRates, RecordId, Sighting, Verdict};
use masthead::money::{Currency, Method, Rates};

use crate::ledger::BANK;

/// An answer of a feed, from one instant to another. Those of two servers are one if they began together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    asked: NaiveDate,
    feed: Feed,
    source: SourceId,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    rates: Option<Rates>,
}

impl Answer {
    fn id(&self) -> Option<RecordId> {
        self.rates.as_ref().map(RecordId::of_rates)
    }

    fn day(&self) -> Option<NaiveDate> {
        self.rates.as_ref().map(Rates::day)
    }

    fn is_own(&self) -> bool {
        let mut rates = self.rates.iter();
        rates.any(|rates| rates.publication().method == Method::Published)
    }

    fn feed(&self) -> (NaiveDate, Feed, &SourceId) {
        (self.asked, self.feed, &self.source)
    }
}

/// The answers of one bank as they are known at an instant.
pub(super) struct Oracle {
    answers: Vec<Answer>,
    now: DateTime<Utc>,
    verdict: fn(RecordId) -> Verdict,
}

/// The expected rates of a day: the publication, from when until when, and since when it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    /// The head, and the rows that are accepted.
    pub(super) rows: Vec<String>,
    pub(super) since: NaiveDate,
    pub(super) until: NaiveDate,
    pub(super) learned: DateTime<Utc>,
}

impl Oracle {
    pub(super) fn new(records: &[Sighting], verdict: fn(RecordId) -> Verdict) -> Self {
        let mut answers: Vec<Answer> = Vec::new();
        for record in records.iter().filter(|record| *record.bank() == BANK) {
            let answer = Answer {
                asked: record.asked(),
                feed: record.feed(),
                source: record.source().clone(),
                first: record.first(),
                last: record.last(),
                rates: record.rates().map(|rates| Rates::clone(rates)),
            };
            let same = answers.iter_mut().find(|held| {
                (held.feed(), held.first, held.id()) == (answer.feed(), answer.first, answer.id())
            });
            match same {
                Some(held) => {
                    held.last = held.last.max(answer.last);
                    let pause = |rates: &Rates| rates.longest_pause();
                    if held.rates.as_ref().map(pause) < answer.rates.as_ref().map(pause) {
                        held.rates = answer.rates;
                    }
                }
                None => answers.push(answer),
            }
        }
        Self {
            answers,
            now: DateTime::<Utc>::MIN_UTC,
            verdict,
        }
    }

    /// The answers that count at an instant. The clocks of two servers are at most ten minutes apart.
    pub(super) fn at(&self, now: DateTime<Utc>) -> Self {
        let latest = now + TimeDelta::minutes(10);
        let answers = self.answers.iter().filter(|answer| answer.first <= latest);
        Self {
            answers: answers.cloned().collect(),
            now,
            verdict: self.verdict,
        }
    }

    /// The answers as they were known at an instant.
    pub(super) fn as_known_at(&self, at: DateTime<Utc>) -> Self {
        let known = self.answers.iter().filter(|answer| answer.first <= at);
        let answers = known.cloned().map(|answer| Answer {
            last: answer.last.min(at),
            ..answer
        });
        Self {
            answers: answers.collect(),
            now: at,
            verdict: self.verdict,
        }
    }

    fn accepts(&self, answer: &Answer) -> bool {
        let Some(rates) = &answer.rates else {
            return false;
        };
        match (self.verdict)(RecordId::of_rates(rates)) {
            Verdict::Accepted => true,
            Verdict::Except(out) => rates.rows().iter().any(|row| !out.contains(&row.currency)),
            Verdict::Withheld => false,
        }
    }

    /// The latest publication of a day that is accepted.
    fn own(&self, day: NaiveDate) -> Option<&Answer> {
        let answers = self.answers.iter();
        let of_day = answers.filter(|answer| answer.day() == Some(day));
        latest(&of_day.collect::<Vec<_>>(), |answer| self.accepts(answer))
    }

    /// The earlier list with which the bank last answered for a day that had begun.
    fn carried(&self, asked: NaiveDate) -> Option<&Answer> {
        let answers = self.answers.iter();
        let of_day = answers.filter(|answer| (answer.asked, answer.feed) == (asked, Feed::OfDay));
        let of_day: Vec<&Answer> = of_day.collect();
        let answer = latest(&of_day, |answer| answer.rates.is_some())?;
        let list = self.own(answer.day()?)?;
        let rates = list.rates.as_ref()?;
        let same = self.answers.iter().filter(|other| other.id() == list.id());
        let same = same.filter_map(|other| other.rates.as_ref());
        let pause = same.map(Rates::longest_pause).max()?;
        let answered = answer.last.min(self.now).with_timezone(&rates.zone());
        let is_carried = rates.day() < asked
            && (asked - rates.day()).num_days() <= pause.into()
            && answered.date_naive() >= asked;
        (answer.is_own() && list.is_own() && is_carried).then_some(list)
    }

    /// The rates of a day.
    pub(super) fn rates_on(&self, asked: NaiveDate) -> Option<Expected> {
        let base = self.own(asked).or_else(|| self.carried(asked))?;
        let since = base.day()?;
        let carried = since.iter_days().skip(1).take_while(|next| {
            let carried = self.carried(*next);
            self.own(*next).is_none() && carried.and_then(Answer::id) == base.id()
        });
        let same = self.answers.iter().filter(|other| other.id() == base.id());
        let out = match (self.verdict)(base.id()?) {
            Verdict::Except(out) => out,
            _ => Vec::new(),
        };
        Some(Expected {
            rows: rows(base.rates.as_ref()?, &out),
            since,
            until: carried.last().unwrap_or(since).max(asked),
            learned: same.map(|other| other.first).min()?,
        })
    }

    /// The days of publications, the earliest first.
    fn published(&self) -> Vec<NaiveDate> {
        let accepted = self.answers.iter().filter(|answer| self.accepts(answer));
        let mut days: Vec<NaiveDate> = accepted.filter_map(Answer::day).collect();
        days.sort_unstable();
        days
    }

    /// Whether an answer about a day is the expected one.
    pub(super) fn agrees(&self, asked: NaiveDate, found: &Result<InForce, NoRates>) -> bool {
        let days = self.published();
        let earlier = days.iter().rfind(|day| **day < asked).copied();
        let later = days.iter().find(|day| **day > asked).copied();
        match (found, self.rates_on(asked)) {
            (Ok(found), expected) => {
                let found = Expected {
                    rows: rows(&found.rates, &[]),
                    since: found.since,
                    until: found.until,
                    learned: found.learned,
                };
                expected == Some(found)
            }
            (Err(_), Some(_)) => false,
            (Err(NoRates::Gap { before, after, .. }), None) => {
                (earlier, later) == (Some(*before), Some(*after))
            }
            (Err(NoRates::BeforeFirst { first, .. }), None) => {
                (earlier, later) == (None, Some(*first))
            }
            (Err(NoRates::AfterLast { last, .. }), None) => {
                (earlier, later) == (Some(*last), None) && self.today() >= Some(asked)
            }
            (Err(NoRates::NotYetPublished { .. }), None) => {
                earlier.is_some() && later.is_none() && self.today() < Some(asked)
            }
            (Err(NoRates::Unknown { .. }), None) => (earlier, later) == (None, None),
            (Err(_), None) => false,
        }
    }

    fn today(&self) -> Option<NaiveDate> {
        let rates = self.answers.iter().find_map(|answer| answer.rates.as_ref());
        rates.map(|rates| self.now.with_timezone(&rates.zone()).date_naive())
    }

    /// The latest day with a publication that is not after today in the zone of the bank.
    pub(super) fn latest_day(&self) -> Option<NaiveDate> {
        let days = self.published();
        days.into_iter().rfind(|day| Some(*day) <= self.today())
    }
}

/// The rows of a publication with all of their digits, but those that are not accepted.
fn rows(rates: &Rates, out: &[Currency]) -> Vec<String> {
    let head = format!("{:?}", rates.publication());
    let rows = rates.rows().iter();
    let rows = rows.filter(|row| !out.contains(&row.currency));
    let rows = rows.map(|row| {
        let day = rates.day_of(row.currency);
        format!(
            "{} {} {} {:?} {day}",
            row.currency, row.value, row.nominal, row.change
        )
    });
    [head].into_iter().chain(rows).collect()
}

/// The latest of the candidates among answers: the bank's own word before another party's, then the later one.
fn latest<'a>(among: &[&'a Answer], is_candidate: impl Fn(&Answer) -> bool) -> Option<&'a Answer> {
    let candidates = among.iter().filter(|answer| is_candidate(answer));
    let latest = candidates.max_by_key(|answer| {
        let is_of_day = answer.feed == Feed::OfDay;
        let since = stands_since(answer, among);
        (answer.is_own(), since, is_of_day, answer.id())
    });
    latest.copied()
}

/// Since when an answer stands: its first instant, or the end of another answer of the feed that it came back after.
fn stands_since(answer: &Answer, among: &[&Answer]) -> DateTime<Utc> {
    let others = among.iter().filter(|other| {
        let is_other = other.id() != answer.id() && other.last < answer.last;
        other.feed() == answer.feed() && is_other
    });
    let back = others.map(|other| other.last + TimeDelta::milliseconds(1));
    back.chain([answer.first]).max().unwrap()
}
