//! Rewriting a file without the records that are not needed.
//!
//! A rewrite reads the file under the lock, keeps the records that the caller needs, and puts the new file in the place of the old one: it loses no
//! record of another process, and a failure leaves the old file. Two kinds of lines need care:
//!
//! - **Lines ahead of `now`** are copied unread, because a clock that is wrong today must not delete the records of a clock that was right. There may
//!   be a thousand of them. A compaction that the store makes on its own leaves the whole file alone if there are more: it takes its time from the
//!   records, which may be too early.
//! - **Answers**: a repetition refers to its publication by the id. Publications that lines ahead refer to are written before them, kept or not.

use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};

use super::{FileStore, Opened, lock};
use crate::ledger::line::{FIRST_LINE, Outcome, Skipped, Writer};
use crate::ledger::{Ledger, Record, RecordId, Retention};
use crate::text::WithCauses;
use crate::ticker::StoreError;

/// The lines with instants ahead that a compaction keeps.
const MAX_AHEAD: usize = 1000;

/// The outcome of [`FileStore::compact`].
///
/// ```
/// use masthead::Snapshot;
/// use masthead::ticker::{Compacted, FileStore};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("masthead.ledger");
/// std::fs::write(&path, "masthead ledger 1\nusd/kzt 475.09\n").unwrap();
/// let Compacted { kept, skipped, bytes, .. } = FileStore::new(&path).compact(Snapshot::SAMPLE_TIME, |_| true)?;
/// assert_eq!((kept, bytes), (0, "masthead ledger 1\n".len() as u64));
/// assert!(skipped.is_some(), "the second line is no record");
/// # Ok::<(), masthead::ticker::StoreError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compacted {
    /// The number of records in the file.
    pub kept: usize,
    /// The number of records that were removed.
    pub removed: usize,
    /// The number of lines that were kept unread, because their instants are more than five minutes ahead.
    pub ahead: usize,
    /// The number of such lines that were removed, because there were more than 1,000.
    pub ahead_removed: usize,
    /// The lines that cannot be used, which were removed.
    pub skipped: Option<Skipped>,
    /// The length of the file in bytes.
    pub bytes: u64,
}

impl FileStore {
    /// Rewrites the file with the records for which `keep` returns `true`, the last checkpoint of each name, and the lines whose instants
    /// are more than five minutes after `now`, at most 1,000. Sightings of the same answer become one.
    ///
    /// It reads the file under the lock, so no record of another process is lost. Without a file it does nothing.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or replaced, or another process has held the lock for five seconds. The previous file then stays.
    ///
    /// ```
    /// # use masthead::Snapshot;
    /// # use masthead::ticker::FileStore;
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (path, now) = (folder.path().join("masthead.ledger"), Snapshot::SAMPLE_TIME);
    /// let compacted = FileStore::new(&path).compact(now, |_| true)?;
    /// assert_eq!(compacted.kept, 0);
    /// # Ok::<(), masthead::ticker::StoreError>(())
    /// ```
    pub fn compact(
        &self,
        now: DateTime<Utc>,
        keep: impl Fn(&Record) -> bool,
    ) -> Result<Compacted, StoreError> {
        self.rewrite(now, Ahead::Bounded, |ledger| {
            ledger.records().filter(|record| keep(record)).collect()
        })
    }

    /// Rewrites the file as [`compact`](Self::compact), with the records that [`Ledger::retain`] keeps.
    ///
    /// # Errors
    ///
    /// As [`compact`](Self::compact).
    ///
    /// ```
    /// use masthead::SourceId;
    /// use masthead::Snapshot;
    /// use masthead::ledger::{Feed, Retention, Sighting};
    /// use masthead::ticker::{Compacted, FileStore};
    /// # use chrono::TimeDelta;
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (path, now) = (folder.path().join("masthead.ledger"), Snapshot::SAMPLE_TIME);
    /// # let rates = Snapshot::sample().rates(now).unwrap().value().clone();
    /// let file = FileStore::new(&path);
    /// file.append(&[Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now).into()], &[])?;
    /// let Compacted { kept, removed, .. } = file.retain(&Retention::days(30), now + TimeDelta::days(40))?;
    /// assert_eq!((kept, removed), (0, 1));
    /// # Ok::<(), masthead::ticker::StoreError>(())
    /// ```
    pub fn retain(
        &self,
        retention: &Retention,
        now: DateTime<Utc>,
    ) -> Result<Compacted, StoreError> {
        self.rewrite(now, Ahead::Bounded, retained(retention, now))
    }

    /// Compacts the file if it is more than twice as long as after the last compaction. An error is logged and not returned, because the
    /// records are already on the disk; the next attempt is made at twice the present length.
    pub(super) fn shorten_if_long(&self, length: u64, now: DateTime<Utc>) {
        if length <= 2 * self.compacted.load(Ordering::Relaxed) {
            return;
        }
        let compacted = self.shorten(now).unwrap_or_else(|error| {
            let error = WithCauses(&error);
            tracing::warn!(target: "masthead", %error, "the ledger's file was not compacted");
            length
        });
        self.compacted.store(compacted, Ordering::Relaxed);
    }

    /// Rewrites the file as [`retain`](Self::retain), by a time that may be too early: a file with more lines ahead of it than are
    /// kept stays as it is. Returns the length of the file.
    fn shorten(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let retention = Retention::default();
        self.rewrite(now, Ahead::All, retained(&retention, now))
            .map(|compacted| compacted.bytes)
    }

    fn rewrite(
        &self,
        now: DateTime<Utc>,
        rule: Ahead,
        keep: impl FnOnce(Ledger) -> Ledger,
    ) -> Result<Compacted, StoreError> {
        self.try_rewrite(now, rule, keep)
            .map_err(|cause| cause.within(self.message("the file was not compacted")))
    }

    fn try_rewrite(
        &self,
        now: DateTime<Utc>,
        rule: Ahead,
        keep: impl FnOnce(Ledger) -> Ledger,
    ) -> Result<Compacted, StoreError> {
        let path = self.resolved()?;
        self.vet(&path)?;
        let _turn = lock::lock(&path)?;
        let mut known = self.known();
        let file = match self.open(&path, File::options().read(true))? {
            Opened::Missing => return Ok(Compacted::default()),
            Opened::State(_) => return Err(self.of_state()),
            Opened::Ledger(file) => file,
        };
        let mut ahead: Vec<(Option<RecordId>, Vec<u8>)> = Vec::new();
        let mut ahead_removed = 0;
        let reader = self.scan(&file, now, |line, outcome| match outcome {
            Outcome::Ahead { answer } if ahead.len() < MAX_AHEAD => {
                ahead.push((answer, line.to_owned()));
            }
            Outcome::Ahead { .. } => ahead_removed += 1,
            _ => {}
        })?;
        if ahead_removed > 0 && rule == Ahead::All {
            let bytes = file.metadata().map_or(0, |metadata| metadata.len());
            return Ok(Compacted {
                bytes,
                ..Compacted::default()
            });
        }
        // The lines ahead refer to publications that must stand before them.
        let mut writer = Writer::default();
        let mut text = FIRST_LINE.to_owned();
        for (id, _) in &ahead {
            if let Some(id) = id {
                reader.write_answer(*id, &mut writer, &mut text);
            }
        }
        let contents = reader.finish();
        let before = contents.ledger.len();
        let ledger = keep(contents.ledger);
        let mut kept = 0;
        let written = self.replace(&path, |file| {
            file.write_all(text.as_bytes())?;
            for (_, line) in &ahead {
                file.write_all(line)?;
                file.write_all(b"\n")?;
            }
            for record in ledger.records() {
                text.clear();
                writer.record(&record, &mut text);
                file.write_all(text.as_bytes())?;
                kept += 1;
            }
            text.clear();
            for checkpoint in &contents.checkpoints {
                writer.checkpoint(checkpoint, &mut text);
            }
            file.write_all(text.as_bytes())?;
            Ok(writer)
        })?;
        let bytes = known.insert(written).length;
        Ok(Compacted {
            kept,
            removed: before.saturating_sub(kept),
            ahead: ahead.len(),
            ahead_removed,
            skipped: contents.skipped,
            bytes,
        })
    }
}

/// Which of the lines ahead stay.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ahead {
    /// At most [`MAX_AHEAD`].
    Bounded,
    /// All of them, or the file is not rewritten.
    All,
}

fn retained(retention: &Retention, now: DateTime<Utc>) -> impl FnOnce(Ledger) -> Ledger {
    move |mut ledger| {
        ledger.retain(retention, now);
        ledger
    }
}
