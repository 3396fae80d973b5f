//! The records of a [`Ledger`](super::Ledger) as lines of text, without I/O: what a log file holds.
//!
//! The chapter [The ledger's file](crate::_documentation::ledger_format) describes the format.
//!
//! | file | part |
//! |---|---|
//! | `writer` | records to lines; each publication and forecast once |
//! | `reader` | lines to records, in their order; skips and counts |
//! | `quick` | the two common kinds of lines without a JSON parser |
//! | `answers` | the canonical texts within JSON |
//! | `checkpoint` | values that are no records |
//!
//! A line is parsed on its own (`Line::parse`) and used in its order (`Reader::add`): so a file may be parsed on several threads, and a
//! compaction can copy lines that it does not use. Only the second step needs the lines before.
//!
//! ```
//! use masthead::Snapshot;
//! use masthead::SourceId;
//! use masthead::ledger::line::{FIRST_LINE, Reader, Writer};
//! use masthead::ledger::{Feed, Ledger, Sighting};
//!
//! let now = Snapshot::SAMPLE_TIME;
//! let rates = Snapshot::sample().rates(now).unwrap().value().clone();
//! let day = rates.day();
//! let sighting = Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, day, rates, now);
//!
//! let mut text = FIRST_LINE.to_owned();
//! Writer::default().record(&sighting.clone().into(), &mut text);
//! assert_eq!(text.lines().count(), 3); // the first line, the publication and its sighting
//!
//! let mut reader = Reader::new(now);
//! for line in text.lines() {
//!     reader.line(line.as_bytes());
//! }
//! assert_eq!(reader.finish().ledger, Ledger::from_iter([sighting.into()]));
//! ```

mod answers;
mod checkpoint;
mod quick;
mod reader;
mod writer;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Approval, Feed, RecordId};
use crate::money::Rates;
use crate::provenance::SourceId;
use crate::weather::CityId;

use answers::{ForecastText, PublicationText};
pub use checkpoint::{Checkpoint, InvalidCheckpoint};
pub use reader::{Contents, Outcome, Reader, Skipped};
pub use writer::Writer;

/// The first line of a file, with its line feed.
pub const FIRST_LINE: &str = "masthead ledger 1\n";
/// The version of the format that this crate reads and writes.
pub const VERSION: u32 = 1;
/// The longest line that is read, in bytes without the line feed.
pub const MAX_LINE: usize = 4 << 20;

/// Returns the format version that the first line of a file states, or `None` if it is not the first line of a ledger's file. `line` is
/// without its line feed.
///
/// ```
/// use masthead::ledger::line::version_of;
///
/// assert_eq!(version_of(b"masthead ledger 1"), Some(1));
/// assert_eq!(version_of(b"masthead ledger 12"), Some(12));
/// assert_eq!(version_of(b"usd/kzt 447.32"), None);
/// ```
#[must_use]
pub fn version_of(line: &[u8]) -> Option<u32> {
    let digits = line.strip_prefix(b"masthead ledger ")?;
    let is_number = digits.iter().all(u8::is_ascii_digit) && !digits.starts_with(b"0");
    let digits = std::str::from_utf8(digits).ok()?;
    is_number.then(|| digits.parse().ok()).flatten()
}

/// The value of one line, as it was read. Its texts are canonical and its ids are those of the texts; whether its instants are in order and its
/// answer is known shows when it is used.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Value<'a> {
    Publication {
        text: PublicationText,
        #[serde(default = "default_pause")]
        longest_pause: u16,
    },
    Sighting {
        bank: SourceId,
        source: SourceId,
        feed: Feed,
        asked: NaiveDate,
        first: DateTime<Utc>,
        last: DateTime<Utc>,
        answer: Option<RecordId>,
    },
    Forecast {
        text: ForecastText,
    },
    Seen {
        city: CityId,
        answer: RecordId,
        first: DateTime<Utc>,
        last: DateTime<Utc>,
        expires: Option<DateTime<Utc>>,
    },
    Approval(Approval),
    Checkpoint {
        name: String,
        #[serde(borrow)]
        value: &'a RawValue,
    },
}

const fn default_pause() -> u16 {
    Rates::DEFAULT_PAUSE
}

/// Returns whether a line of a file after the first one is used, if the lines that it refers to are. `line` is without its line feed.
///
/// ```
/// use masthead::ledger::line::{Checkpoint, Writer, is_line};
///
/// let mut text = String::new();
/// Writer::default().checkpoint(&Checkpoint::new("example", "[1, 2]").unwrap(), &mut text);
/// assert!(is_line(text.trim_end().as_bytes()));
/// assert!(!is_line(b"usd/kzt 447.32"));
/// ```
#[must_use]
pub fn is_line(line: &[u8]) -> bool {
    Line::parse(line).is_ok()
}

/// One line whose checksum is right. It does not depend on other lines, so lines can be parsed in any order.
pub(crate) struct Line<'a>(Value<'a>);

impl<'a> Line<'a> {
    /// Parses a line without its line feed.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, SkipReason> {
        if line.len() > MAX_LINE {
            return Err(SkipReason::TooLong);
        }
        let (checksum, json) = line.split_at_checked(9).ok_or(SkipReason::Checksum)?;
        if checksum != checksum_of(json) {
            return Err(SkipReason::Checksum);
        }
        if let Some(value) = quick::value(json) {
            return Ok(Self(value));
        }
        let value = serde_json::from_slice(json).map_err(|error| SkipReason::Value {
            reason: error.to_string().chars().take(200).collect(),
        })?;
        Ok(Self(value))
    }
}

/// The checksum of a JSON text as a line begins with it: eight digits and a space.
fn checksum_of(json: &[u8]) -> [u8; 9] {
    let crc32 = crc32fast::hash(json).to_be_bytes();
    let digits = crc32.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut text = [b' '; 9];
    for (place, digit) in text.iter_mut().zip(digits) {
        *place = digit + if digit < 10 { b'0' } else { b'a' - 10 };
    }
    text
}

/// The reason why a line is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// The checksum does not match, or the line does not begin with one.
    #[error("the checksum does not match")]
    Checksum,
    /// The line is longer than [`MAX_LINE`].
    #[error("the line is longer than 4194304 bytes")]
    TooLong,
    /// The value is not that of a line.
    #[error("invalid value: {reason}")]
    Value {
        /// The message of the parser.
        reason: String,
    },
    /// The publication or the forecast of a sighting is not in a line before it.
    #[error("the answer {id} is in no line before")]
    Unknown {
        /// The id of the answer.
        id: RecordId,
    },
    /// The instants are not those of a record, or the source is not that of the answer.
    #[error("impossible instants, or another source than that of the answer")]
    Impossible,
}
