//! Quarantines, the decisions of the guard, and their evidence: what an operator sees.
//!
//! A [`Hold`] carries its publication (`candidate`), so that a release needs no ledger. It is stored in the memory and serialised in the health; new
//! fields need a default, because an earlier version may have written it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::held_row::{self, HeldRow};
use super::refusal::Refusal;
use crate::ledger::{Approval, RecordId};
use crate::money::{Currency, Method, Rates, Row};
use crate::provenance::SourceId;
use crate::text::ParseError;
use crate::text::serde_as_text;

/// A quarantined publication, or quarantined rows of one: their numbers are surprising and are not shown. The number shown before stays.
///
/// `Display` names the reason and the rows, each with its value, the value that it was compared with, and the change between the two in
/// percent: `USD 745.09 after 475.09 (+56.8 %, limit 3.0 %)`.
///
/// It ends when another bank confirms it; when the next publication agrees, if most rows moved; when three further publications agree, if rows
/// moved alone; or when the operator approves it ([`Ticker::approve`](crate::Ticker::approve)). The chapter [The guard and its
/// evidence](crate::_documentation::guard) has the limits.
///
/// ```
/// use masthead::ticker::HoldReason;
/// # use std::sync::{Arc, Mutex};
/// # use masthead::money::{Row, parse_decimal};
/// # use masthead::fetch::FakeUpstream;
/// # use masthead::Ticker;
/// # let time = Arc::new(Mutex::new("2026-04-02T06:00:00Z".parse::<chrono::DateTime<chrono::Utc>>()?));
/// # let clock = { let time = Arc::clone(&time); move || *time.lock().unwrap() };
/// # let list = |dollar: &str| {
/// #     let others = [("EUR", "551.06"), ("RUB", "5.87"), ("CNY", "69.12"), ("GBP", "628.4"), ("CHF", "589.3"), ("JPY", "2.97"), ("TRY", "10.8"), ("KGS", "5.43"), ("AED", "129.4"), ("PLN", "129.9")];
/// #     let rows = [("USD", dollar)].into_iter().chain(others);
/// #     rows.map(|(code, value)| Row::new(code.parse().unwrap(), parse_decimal(value).unwrap(), 1)).collect::<Vec<_>>()
/// # };
/// # let upstream = FakeUpstream::new();
/// # upstream.national_bank_kz(&list("475.09"), clock.clone());
/// # let ticker = Ticker::builder("tests").transport(upstream.clone()).clock(clock.clone()).cities([]).build()?;
/// # ticker.refresh_blocking(ticker.now());
/// # upstream.national_bank_kz(&list("4750.9"), clock.clone());
/// # upstream.fail("cbu.uz");
/// # *time.lock().unwrap() += chrono::TimeDelta::days(1);
/// # let report = ticker.refresh_blocking(ticker.now());
///
/// // The dollar of 3 April is 4750.9 instead of 475.09.
/// let hold = ticker.holds().pop().ok_or("nothing is quarantined")?;
/// assert_eq!((hold.day, hold.source.as_str(), hold.reason), ("2026-04-03".parse()?, "national_bank_kz", HoldReason::Rows));
/// let row = &hold.rows[0];
/// assert_eq!((row.value.to_string(), row.before.map(|value| value.to_string())), ("4750.9".into(), Some("475.09".into())));
/// assert!(hold.contradicted_by.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hold {
    /// The id for [`Ticker::approve`](crate::Ticker::approve).
    pub id: HoldId,
    /// The day of the publication.
    pub day: NaiveDate,
    /// The source of the publication.
    pub source: SourceId,
    /// The time at which the numbers were first seen. If they were quarantined before, in a list of another day or in a shorter one, or if they
    /// continue a series of quarantined lists, that of the first.
    pub since: DateTime<Utc>,
    /// The time at which the source last served them.
    pub seen: DateTime<Utc>,
    /// The reason.
    pub reason: HoldReason,
    /// The quarantined rows, each with the value that is not shown.
    pub rows: Vec<HeldRow>,
    /// Independent banks whose rates for the same day differ; of a list that continues a quarantined one, also those that contradicted that one.
    pub contradicted_by: Vec<SourceId>,
    /// The number of quarantined lists, each with other numbers, that this one continues: 0 for the first list that was quarantined whole, 1 for the
    /// next one that agrees with it. Always 0 if only rows are quarantined.
    pub followed: u8,
    pub(super) candidate: Rates,
}

/// The reason of a quarantine.
///
/// In JSON:
///
/// ```
/// use masthead::ticker::HoldReason;
///
/// let reason: HoldReason = serde_json::from_str(r#"{"common":{"moved":94310,"limit":30000}}"#)?;
/// assert_eq!(reason, HoldReason::Common { moved: 94_310, limit: 30_000 }); // 9.4 %, and 3 %
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HoldReason {
    /// All rows moved more than usual: the home currency fell or rose, or the response is wrong.
    Common {
        /// The median of the moves, in millionths of a natural logarithm.
        moved: u32,
        /// The limit beyond which a move is surprising, in the same unit.
        limit: u32,
    },
    /// Single rows moved away from all others, or are new and outside the plausible range.
    Rows,
    /// More than a fifth of the rows moved in different directions, as between the numbers of two different years.
    Apart,
    /// There is no earlier rate to compare with, and the rate of the anchor is outside the plausible range: less than a quarter of the usual one, or
    /// more than four times it.
    Implausible,
}

impl Hold {
    /// The quarantined publication, or the one with the quarantined rows.
    pub(in crate::engine) const fn candidate(&self) -> &Rates {
        &self.candidate
    }

    /// The record of its approval: of the quarantined rows, or of the whole publication.
    pub(in crate::engine) fn approval(&self, at: DateTime<Utc>) -> Approval {
        let rows = self.rows.iter().map(|row| row.currency);
        let rows = match self.reason {
            HoldReason::Rows => rows.collect(),
            _ => Vec::new(),
        };
        let id = RecordId::of_rates(&self.candidate);
        Approval { id, rows, at }
    }

    /// Whether a publication says what is held, and is no better word: neither the bank's own where another party's is held,
    /// nor a longer list.
    pub(super) fn is_said_by(&self, rates: &Rates) -> bool {
        let (held, new) = (self.candidate.publication(), rates.publication());
        let own = new.method == Method::Published && held.method != Method::Published;
        let longer = new.method == held.method && rates.len() > self.candidate.len();
        self.candidate == *rates || (self.says_the_same(rates) && !own && !longer)
    }

    /// Whether the row of a currency is held.
    pub(super) fn names(&self, currency: Currency) -> bool {
        self.rows.iter().any(|row| row.currency == currency)
    }

    /// Whether a publication of the day has the same numbers, as far as both have them. Each feed has a list of its own.
    pub(super) fn says_the_same(&self, rates: &Rates) -> bool {
        self.day == rates.day() && self.has_same_numbers(rates)
    }

    /// Whether the list is held whole, and a publication of any day has a part of its numbers.
    pub(super) fn has_part(&self, rates: &Rates) -> bool {
        let is_shorter = rates.len() < self.candidate.len();
        self.reason != HoldReason::Rows && is_shorter && self.has_same_numbers(rates)
    }

    /// Whether a publication has the same numbers for one unit in each currency that both have, and both have at least four fifths of the shorter
    /// list in common.
    fn has_same_numbers(&self, rates: &Rates) -> bool {
        let held = &self.candidate;
        let pairs = held
            .each_row()
            .filter_map(|row| Some((row, rates.row_of(row.currency)?)));
        let per_unit = |row: Row, units: u32| row.value.checked_mul(units.into());
        let same = |(a, b): (Row, Row)| {
            per_unit(a, b.nominal).is_some_and(|x| Some(x) == per_unit(b, a.nominal))
        };
        let (mut shared, mut alike) = (0, true);
        for pair in pairs {
            shared += 1;
            alike &= same(pair);
        }
        alike && shared * 5 >= held.len().min(rates.len()) * 4
    }
}

/// The id of a [`Hold`]: the day of the publication and a checksum of its numbers.
///
/// It is the same on each server and after a restart, and another one if the bank corrects a number. Its text is the day, a hyphen and eight
/// hexadecimal digits in lower case.
///
/// ```
/// use masthead::ticker::HoldId;
///
/// let id: HoldId = "2026-04-02-00c0ffee".parse()?;
/// assert_eq!(id.to_string(), "2026-04-02-00c0ffee");
/// assert!("2026-04-02".parse::<HoldId>().is_err());
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldId {
    day: NaiveDate,
    checksum: u32,
}

serde_as_text!(HoldId);

impl HoldId {
    pub(super) fn of(rates: &Rates) -> Self {
        let mut hasher = crc32fast::Hasher::new();
        for row in rates.each_row() {
            hasher.update(row.currency.code().as_bytes());
            hasher.update(&row.value.serialize());
            hasher.update(&row.nominal.to_le_bytes());
        }
        Self {
            day: rates.day(),
            checksum: hasher.finalize(),
        }
    }
}

impl fmt::Display for HoldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:08x}", self.day, self.checksum)
    }
}

impl FromStr for HoldId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.rsplit_once('-').and_then(|(day, checksum)| {
            let digits =
                checksum.len() == 8 && checksum.bytes().all(|byte| byte.is_ascii_hexdigit());
            let id = Self {
                day: day.parse().ok()?,
                checksum: u32::from_str_radix(checksum, 16).ok().filter(|_| digits)?,
            };
            (id.to_string() == text).then_some(id)
        });
        parsed.ok_or_else(|| {
            let expected = "expected a day and eight digits of base 16, as in 2026-04-02-00c0ffee";
            ParseError::invalid("hold", text, expected)
        })
    }
}

/// A decision of the guard, with its evidence.
///
/// ```
/// use masthead::ticker::{Evidence, GuardEvent};
/// # use std::sync::{Arc, Mutex};
/// # use masthead::money::{Row, parse_decimal};
/// # use masthead::fetch::FakeUpstream;
/// # use masthead::Ticker;
/// # let time = Arc::new(Mutex::new("2026-04-02T06:00:00Z".parse::<chrono::DateTime<chrono::Utc>>()?));
/// # let clock = { let time = Arc::clone(&time); move || *time.lock().unwrap() };
/// # let list = |dollar: &str| {
/// #     let others = [("EUR", "551.06"), ("RUB", "5.87"), ("CNY", "69.12"), ("GBP", "628.4"), ("CHF", "589.3"), ("JPY", "2.97"), ("TRY", "10.8"), ("KGS", "5.43"), ("AED", "129.4"), ("PLN", "129.9")];
/// #     let rows = [("USD", dollar)].into_iter().chain(others);
/// #     rows.map(|(code, value)| Row::new(code.parse().unwrap(), parse_decimal(value).unwrap(), 1)).collect::<Vec<_>>()
/// # };
/// # let upstream = FakeUpstream::new();
/// # upstream.national_bank_kz(&list("475.09"), clock.clone());
/// # let ticker = Ticker::builder("tests").transport(upstream.clone()).clock(clock.clone()).cities([]).build()?;
/// # ticker.refresh_blocking(ticker.now());
/// # upstream.national_bank_kz(&list("4750.9"), clock.clone());
/// # upstream.fail("cbu.uz");
/// # *time.lock().unwrap() += chrono::TimeDelta::days(1);
/// # let report = ticker.refresh_blocking(ticker.now());
///
/// // The report of the refresh has the slip...
/// let events: Vec<&GuardEvent> = report.entries.iter().flat_map(|entry| &entry.events).collect();
/// let [GuardEvent::Held(hold)] = events[..] else { panic!("{events:?}") };
///
/// // ...and that of the operator's approval.
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// let report = runtime.block_on(ticker.approve(hold.id))?;
/// let events: Vec<&GuardEvent> = report.entries.iter().flat_map(|entry| &entry.events).collect();
/// assert!(matches!(events[..], [GuardEvent::Released { evidence: Evidence::Approved, .. }]), "{events:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[allow(clippy::large_enum_variant)] // a few events a year
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GuardEvent {
    /// Surprising numbers were quarantined; the numbers shown before stay.
    Held(Hold),
    /// Quarantined numbers are shown now.
    Released {
        /// The id of the quarantine.
        hold: HoldId,
        /// The rows that are shown now.
        rows: Vec<Currency>,
        /// The evidence.
        evidence: Evidence,
    },
    /// A quarantine ended without release: the source publishes other numbers for that day now, or a later publication is believed.
    Dropped {
        /// The id of the quarantine.
        hold: HoldId,
    },
    /// A publication is never shown, by what was known when it was received. If it was shown until now, the numbers before it come back.
    Refused {
        /// The day of the publication.
        day: NaiveDate,
        /// Its source.
        source: SourceId,
        /// The reason.
        refusal: Refusal,
    },
    /// An independent bank contradicts quarantined numbers.
    Contradicted {
        /// The id of the quarantine.
        hold: HoldId,
        /// The bank.
        by: SourceId,
    },
    /// An independent bank contradicts unconfirmed numbers that are shown.
    Denied {
        /// The day of the publication.
        day: NaiveDate,
        /// The bank.
        by: SourceId,
    },
    /// Unconfirmed numbers of the first publication were confirmed, and are shown without a mark.
    Confirmed {
        /// The day of the publication.
        day: NaiveDate,
        /// The evidence.
        evidence: Evidence,
    },
}

/// The evidence that released or confirmed a number.
///
/// ```
/// use masthead::ticker::Evidence;
///
/// let evidence = Evidence::Witness { source: "cbu".parse()?, day: "2026-04-02".parse()? };
/// assert_eq!(evidence.to_string(), "cbu says the same on 2026-04-02");
/// assert_eq!(serde_json::to_string(&evidence)?, r#"{"witness":{"source":"cbu","day":"2026-04-02"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Evidence {
    /// An independent bank has the same rate for that day; for unconfirmed numbers, for that day or a later one.
    Witness {
        /// The bank.
        source: SourceId,
        /// The day of its publication, which may be later than the day that it speaks of: see [`Witness::lagging`](crate::ticker::Witness::lagging).
        day: NaiveDate,
    },
    /// The next publication, which has other numbers, agrees.
    Next {
        /// Its day.
        day: NaiveDate,
    },
    /// Further publications of a row that moved alone were each nearer to the one before than to the value shown until then.
    Further {
        /// The number of these publications.
        publications: u8,
        /// The day of the last.
        day: NaiveDate,
    },
    /// The operator approved it.
    Approved,
}

impl fmt::Display for GuardEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(hold) => write!(f, "{hold}"),
            Self::Released {
                hold,
                rows,
                evidence,
            } => {
                write!(
                    f,
                    "hold {hold} is released ({} rows): {evidence}",
                    rows.len()
                )
            }
            Self::Dropped { hold } => write!(
                f,
                "hold {hold} is dropped: the source says something else now"
            ),
            Self::Refused {
                source, refusal, ..
            } => write!(f, "{source}: a received publication is refused: {refusal}"),
            Self::Contradicted { hold, by } => write!(f, "hold {hold} is contradicted by {by}"),
            Self::Denied { day, by } => write!(f, "rates of {day} are denied by {by}"),
            Self::Confirmed { day, evidence } => {
                write!(f, "rates of {day} are confirmed: {evidence}")
            }
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hold {}: {} of {}, ", self.id, self.source, self.day)?;
        match self.reason {
            HoldReason::Common { moved, limit } => {
                held_row::write_common(&self.rows, moved, limit, f)
            }
            HoldReason::Apart => {
                f.write_str("the rates moved each its own way, as between two years")
            }
            HoldReason::Implausible => {
                f.write_str("nothing to compare with, and the numbers are implausible")
            }
            HoldReason::Rows => {
                f.write_str("rates that moved alone or are implausible: ")?;
                let mut rows = self.rows.iter();
                rows.next().map_or(Ok(()), |row| write!(f, "{row}"))?;
                rows.try_for_each(|row| write!(f, "; {row}"))
            }
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Witness { source, day } => write!(f, "{source} says the same on {day}"),
            Self::Next { day } => write!(f, "the publication of {day} agrees"),
            Self::Further { publications, day } => {
                write!(
                    f,
                    "{publications} further publications agree, the last of {day}"
                )
            }
            Self::Approved => f.write_str("the operator approved it"),
        }
    }
}
