//! The ledger's file: what is written is read, whatever happened to other lines, and nothing of another program is touched.

mod clocks;
mod compaction;
mod damage;
mod format;
mod import;
mod places;
#[cfg(unix)]
mod processes;
mod round_trip;
mod speed;
mod state;

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::SourceId;
use masthead::ledger::line::{Checkpoint, Contents};
use masthead::ledger::{Approval, Feed, Forecast, Record, Sighting};
use masthead::money::{Currency, Publication, Quotation, Rates, Row};
use masthead::ticker::FileStore;
use masthead::weather::{Celsius, City, Hour, Weather};
use rust_decimal::Decimal;

const BANK: SourceId = SourceId::NATIONAL_BANK_KZ;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("ledger")
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<String> = entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// Returns noon of a day, counted from 2 April 2026.
fn noon(day: i64) -> DateTime<Utc> {
    "2026-04-02T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(day)
}

fn date(day: i64) -> NaiveDate {
    noon(day).date_naive()
}

/// Returns a publication of a day with two rows; `value` is that of the dollar in hundredths.
fn rates(day: i64, value: i64) -> Rates {
    let publication = Publication::new(
        BANK,
        Currency::KZT,
        Quotation::HomePerForeign,
        date(day),
        chrono_tz::Asia::Almaty,
    );
    let row = |currency, value: i64, change| {
        Row::new(currency, Decimal::new(value, 2), 1).with_change(change)
    };
    let rows = [
        row(Currency::USD, value, Some(Decimal::new(-150, 2))),
        row(Currency::EUR, 55_000, None),
    ];
    Rates::new(publication, rows).unwrap()
}

fn sighting(day: i64, value: i64) -> Sighting {
    Sighting::of_rates(BANK, Feed::OfDay, date(day), rates(day, value), noon(day))
}

fn weather(day: i64, tenths: i16) -> Weather {
    let hours = (0..6).map(|hour| {
        Hour::new(
            noon(day) + TimeDelta::hours(hour),
            Celsius::from_tenths(tenths).unwrap(),
        )
    });
    Weather::new(SourceId::MET_NORWAY, hours, [])
        .unwrap()
        .with_issued(noon(day) - TimeDelta::hours(3))
        .unwrap()
}

fn forecast(day: i64, tenths: i16) -> Forecast {
    let astana = City::find("astana").unwrap().id().clone();
    let expires = Some(noon(day) + TimeDelta::minutes(30));
    Forecast::new(astana, weather(day, tenths), noon(day), expires)
}

/// Returns records of every kind: two sightings of one publication, "no data", forecasts, approvals.
fn records() -> Vec<Record> {
    let first = sighting(0, 44_732);
    let id = first.id().unwrap();
    let newest = Sighting::of_rates(BANK, Feed::Newest, date(1), rates(0, 44_732), noon(1));
    let no_data = Sighting::of_no_data(BANK, BANK, Feed::OfDay, date(2), noon(2));
    let approval = |rows: Vec<Currency>| Approval {
        id,
        rows,
        at: noon(1),
    };
    vec![
        first.until(noon(1)).into(),
        newest.into(),
        no_data.until(noon(2) + TimeDelta::hours(1)).into(),
        sighting(1, 44_901).into(),
        forecast(0, 85).into(),
        forecast(1, -5)
            .until(noon(1) + TimeDelta::minutes(40), None)
            .into(),
        approval(Vec::new()).into(),
        approval(vec![Currency::EUR, Currency::USD]).into(),
    ]
}

fn checkpoint(json: &str) -> Checkpoint {
    Checkpoint::new("guard", json).unwrap()
}

/// Loads a file at a time after all records.
#[track_caller]
fn load(path: &Path) -> Contents {
    let loaded = FileStore::new(path).read(noon(3000)).unwrap();
    assert!(loaded.imported.is_none());
    loaded.contents
}

/// Writes a file with the records and two checkpoints, and returns its bytes.
fn written(path: &Path) -> Vec<u8> {
    let guard = [checkpoint("[1]"), checkpoint("[2]")];
    FileStore::new(path).append(&records(), &guard).unwrap();
    std::fs::read(path).unwrap()
}

/// A second implementation of CRC-32, of the format that the documentation names.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _: i32| {
        if crc & 1 == 1 {
            (crc >> 1) ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
