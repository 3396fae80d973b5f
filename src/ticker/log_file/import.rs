use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Loaded, LogFile, Opened, disk, lines, write};
use crate::ledger::line::{Checkpoint, FIRST_LINE, InvalidCheckpoint, Writer};
use crate::ledger::{BankId, Feed, Forecast, Record, Sighting};
use crate::money::{Method, Rates};
use crate::snapshot::Observed;
use crate::ticker::file_store::{FileStore, beside, lock};
use crate::ticker::{State, Store as _, StoreError};

/// The name of the checkpoint with the guard's memory.
const GUARD: &str = "guard";

impl LogFile {
    /// Imports the state of an earlier version. That the file cannot be replaced does not hide what it says.
    pub(super) fn import(
        &self,
        path: &Path,
        now: DateTime<Utc>,
        bank: &BankId,
    ) -> Result<Loaded, StoreError> {
        let turn = lock::lock(path);
        match self.open(path, File::options().read(true))? {
            Opened::State => {}
            Opened::Missing => return Ok(Loaded::default()),
            // Another process was first.
            Opened::Ledger(file) => return self.loaded(file, now),
        }
        let Some(state) = FileStore::new(path).load()? else {
            return Ok(Loaded::default());
        };
        let (records, guard) = records(state, bank)
            .map_err(|cause| self.error("the state cannot be imported").caused_by(cause))?;
        let mut writer = Writer::default();
        let mut text = FIRST_LINE.to_owned();
        write(&records, &[guard], &mut writer, &mut text);
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
}

/// The state of an earlier version as records, and its guard's memory as a checkpoint.
///
/// `bank` is the bank of rates that another party computed. Other rates are those of their source.
fn records(state: State, bank: &BankId) -> Result<(Vec<Record>, Checkpoint), InvalidCheckpoint> {
    let (snapshot, memory) = state.into_parts();
    let (rates, next) = snapshot.both_rates();
    let sighting = |held: &Observed<Rates>, feed| {
        let publication = held.value().publication();
        let bank = match publication.method {
            Method::Published => &publication.source,
            Method::Computed => bank,
        };
        let (bank, rates) = (bank.clone(), held.value().clone());
        Sighting::of_rates(bank, feed, publication.day, rates, held.fetched()).into()
    };
    let rates = rates.map(|held| sighting(held, Feed::OfDay));
    let next = next.map(|held| sighting(held, Feed::Newest));
    let weather = snapshot.cities().filter_map(|city| {
        let held = snapshot.weather(city)?;
        let (weather, fetched, expires) = (held.value(), held.fetched(), held.expires());
        // Without a stated computation the first sight dates the figures.
        let first = match (weather.stated(), weather.issued()) {
            (None, Some(seen)) => seen.min(fetched),
            _ => fetched,
        };
        let forecast = Forecast::new(city.clone(), weather.clone(), first, expires);
        Some(forecast.until(fetched, expires).into())
    });
    let records = rates.into_iter().chain(next).chain(weather).collect();
    let memory = serde_json::to_string(&memory).map_err(|error| InvalidCheckpoint::NotJson {
        reason: error.to_string(),
    })?;
    Ok((records, Checkpoint::new(GUARD, memory)?))
}
