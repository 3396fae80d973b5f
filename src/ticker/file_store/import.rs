//! The state file of earlier versions: JSON with a schema number and a checksum around a snapshot and the guard's memory.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{FIRST_LINE, FileStore, Loaded, Opened, Writer, beside, disk, lines, lock, write};
use crate::engine::Memory;
use crate::snapshot::Snapshot;
use crate::ticker::{State, StoreError};

/// The only schema that is read.
const SCHEMA: u32 = 4;
/// Thirty cities and forty currencies are a quarter of a megabyte.
const MAX_BYTES: u64 = 8 << 20;

#[derive(Deserialize)]
struct SchemaOnly {
    schema: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(rename = "schema")]
    _schema: u32,
    crc32: u32,
    #[serde(borrow)]
    state: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    snapshot: Snapshot,
    guard: Memory,
}

impl FileStore {
    /// Imports the state of an earlier version, and replaces its file. That the file cannot be replaced does not hide what it says.
    pub(super) fn import(&self, path: &Path, now: DateTime<Utc>) -> Result<Loaded, StoreError> {
        let turn = lock::lock(path);
        let file = match self.open(path, File::options().read(true))? {
            Opened::State(file) => file,
            Opened::Missing => return Ok(Loaded::default()),
            // Another process was first.
            Opened::Ledger(file) => return self.loaded(file, now),
        };
        let state = self.old_state(&file)?;
        let memory = state.guard().map(super::checkpoint).transpose()?;
        let mut writer = Writer::default();
        let mut text = FIRST_LINE.to_owned();
        write(&state.lines(), memory.as_slice(), &mut writer, &mut text);
        let reader = lines::read(text.as_bytes(), now, |_, _| ())
            .map_err(|cause| self.error("the state cannot be imported").caused_by(cause))?;
        let replaced = turn.and_then(|_turn| {
            let old = beside(path, ".old");
            disk::keep_old(path, &old)?;
            let written = self.replace(path, |file| {
                file.write_all(text.as_bytes())?;
                Ok(writer)
            })?;
            *self.known() = Some(written);
            Ok(old)
        });
        let of_import = |cause: StoreError| {
            cause.within(self.message("the state was imported, but its file was not replaced"))
        };
        Ok(Loaded {
            contents: reader.finish(),
            imported: Some(replaced.map_err(of_import)),
        })
    }

    /// Reads the state of an earlier version.
    pub(super) fn old_state(&self, mut file: &File) -> Result<State, StoreError> {
        let mut text = String::new();
        file.rewind()
            .and_then(|()| file.take(MAX_BYTES + 1).read_to_string(&mut text))
            .map_err(|cause| self.error("cannot be read").caused_by(cause))?;
        parse(&text).map_err(|cause| {
            let error = self
                .error("the state of an earlier version cannot be imported; it was left as it is");
            error.caused_by(cause)
        })
    }
}

fn parse(text: &str) -> Result<State, StoreError> {
    let unreadable = |cause: serde_json::Error| StoreError::new(cause.to_string());
    if text.len() as u64 > MAX_BYTES {
        return Err(StoreError::new(format!("larger than {MAX_BYTES} bytes")));
    }
    let SchemaOnly { schema } = serde_json::from_str(text).map_err(unreadable)?;
    if schema != SCHEMA {
        let message = format!("it has schema {schema}, this version reads {SCHEMA}");
        return Err(StoreError::new(message));
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(unreadable)?;
    if envelope.crc32 != crc32fast::hash(envelope.state.get().as_bytes()) {
        return Err(StoreError::new("the checksum does not match"));
    }
    let Content {
        snapshot,
        mut guard,
    } = serde_json::from_str(envelope.state.get()).map_err(unreadable)?;
    // Earlier versions kept the quarantined numbers, and not the ids of their publications.
    guard.withhold_held();
    Ok(State::of_snapshot(&snapshot, Some(guard)))
}
