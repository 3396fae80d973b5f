//! Several processes on one file, each this test binary started again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use masthead::ledger::{Feed, Ledger, Record, Sighting};
use masthead::money::Pair;
use masthead::ticker::FileStore;

use super::{BANK, Folder, date, load, noon, rates, sighting};
use crate::fake_hosts::{FakeHosts, NEWEST, OF_DAY, bank, ok};

/// The variable with the folder in which a child process works.
const FOLDER: &str = "MASTHEAD_FILE_STORE_FOLDER";
/// The variable with what it does.
const PART: &str = "MASTHEAD_FILE_STORE_PART";
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts this binary again for one test.
fn start(test: &str, folder: &Folder, part: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--nocapture",
            "--exact",
            &format!("file_store::processes::{test}"),
        ])
        .env(FOLDER, folder.0.path())
        .env(PART, part)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Returns the folder and the part of a child process.
fn part() -> Option<(PathBuf, String)> {
    let folder = std::env::var_os(FOLDER)?;
    Some((folder.into(), std::env::var(PART).unwrap()))
}

#[track_caller]
fn wait_for(path: &Path) {
    let began = Instant::now();
    while !path.exists() {
        assert!(began.elapsed() < PATIENCE, "{}", path.display());
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
#[allow(clippy::print_stdout)] // the figure of the run
fn no_record_is_lost_while_another_process_compacts() {
    const BATCH: i64 = 200;
    const BATCHES: i64 = 50;
    const TEST: &str = "no_record_is_lost_while_another_process_compacts";
    if let Some((folder, _)) = part() {
        return compact_endlessly(&folder);
    }
    let folder = Folder::new();
    let file = FileStore::new(folder.file());
    let mut child = start(TEST, &folder, "compact");
    wait_for(&folder.0.path().join("started"));
    let counted = || -> i64 {
        let count = fs::read_to_string(folder.0.path().join("count"));
        count.ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    };
    let mut all = Ledger::default();
    for batch in 0..BATCHES {
        // However slow the other process is, it compacts between and during the batches.
        let began = Instant::now();
        while counted() < batch / 10 {
            assert!(began.elapsed() < PATIENCE, "{} compactions", counted());
            std::thread::sleep(Duration::from_millis(2));
        }
        // Each batch refers to a new publication, and to that of the batch before.
        let of_batch = |at: i64| -> Record {
            let (day, seen) = (batch * BATCH + at, noon(0) + TimeDelta::seconds(at));
            match at % 10 {
                0 => Sighting::of_rates(BANK, Feed::OfDay, date(day), rates(batch, 44_732), seen),
                1 => {
                    Sighting::of_rates(BANK, Feed::OfDay, date(day), rates(batch - 1, 44_732), seen)
                }
                _ => Sighting::of_no_data(BANK, BANK, Feed::OfDay, date(day), seen),
            }
            .into()
        };
        let records: Vec<Record> = (0..BATCH).map(of_batch).collect();
        file.append(&records, &[]).unwrap();
        all.extend(records);
    }
    fs::write(folder.0.path().join("stop"), "").unwrap();
    assert!(child.wait().unwrap().success());
    let count = counted();
    assert!(count >= 4, "{count} compactions");
    let contents = load(&folder.file());
    assert_eq!(contents.skipped, None);
    assert_eq!(
        contents.ledger.len(),
        usize::try_from(BATCH * BATCHES).unwrap()
    );
    assert_eq!(contents.ledger, all);
    println!("{count} compactions beside 10,000 records");
}

fn compact_endlessly(folder: &Path) {
    let file = FileStore::new(folder.join("ledger"));
    let mut count = 0;
    fs::write(folder.join("started"), "").unwrap();
    while !folder.join("stop").exists() {
        file.compact(noon(1), |_| true).unwrap();
        count += 1;
        fs::write(folder.join("count"), count.to_string()).unwrap();
        // Longer than the time between two tries of the other process, so that it comes to its turn.
        std::thread::sleep(Duration::from_millis(25));
    }
}

#[test]
fn a_stopped_process_with_the_lock_costs_an_error_and_no_thread() {
    const TEST: &str = "a_stopped_process_with_the_lock_costs_an_error_and_no_thread";
    match part() {
        Some((folder, part)) if part == "hold" => return hold(&folder),
        Some((folder, part)) if part == "append" => return append_beside(&folder),
        Some((folder, _)) => return refresh_beside(&folder),
        None => {}
    }
    let folder = Folder::new();
    super::written(&folder.file());
    let before = fs::read(folder.file()).unwrap();
    let mut holder = start(TEST, &folder, "hold");
    wait_for(&folder.0.path().join("held"));
    let signal = |name: &str| {
        let pid = holder.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &pid])
                .status()
                .unwrap()
                .success()
        );
    };
    signal("-STOP");
    // In processes of their own, whose threads are only those of this test.
    let children = ["append", "refresh"].map(|part| start(TEST, &folder, part));
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    signal("-CONT");
    let appended = fs::read(folder.file()).unwrap();
    assert_eq!(appended, before);
    // A reader waits for no lock.
    assert_eq!(
        load(&folder.file()).ledger,
        Ledger::from_iter(super::records())
    );
    holder.kill().unwrap();
    holder.wait().unwrap();
    let file = FileStore::new(folder.file());
    file.append(&[sighting(7, 45_000).into()], &[]).unwrap();
}

fn hold(folder: &Path) {
    let path = folder.join("ledger.lock");
    let file = fs::File::options().write(true).open(path).unwrap();
    file.lock().unwrap();
    fs::write(folder.join("held"), "").unwrap();
    std::thread::sleep(PATIENCE);
}

fn append_beside(folder: &Path) {
    let file = FileStore::new(folder.join("ledger"));
    let threads = || fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let (before, began) = (threads(), Instant::now());
    let error = file.append(&[sighting(7, 45_000).into()], &[]).unwrap_err();
    let passed = began.elapsed();
    assert!((4..8).contains(&passed.as_secs()), "{passed:?}");
    assert!(
        error.to_string().contains("the records were not written"),
        "{error}"
    );
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("another process has held it for 5 s"),
        "{cause}"
    );
    assert_eq!(threads(), before);
}

/// Refreshes go on, and the runtime ends at once.
fn refresh_beside(folder: &Path) {
    let hosts = FakeHosts::at("2026-04-02T08:00:00Z");
    let ticker = hosts.ticker().weather([]).cities([]);
    let ticker = ticker.store(FileStore::new(folder.join("ledger")));
    let ticker = ticker.deadline(Duration::from_secs(2)).build().unwrap();
    // An idle thread of the blocking pool ends at once.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_keep_alive(Duration::from_millis(20))
        .build()
        .unwrap();
    let threads = || fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let before = threads();
    for round in 0..4 {
        let dollar = format!("475.1{round}");
        hosts.on(OF_DAY, ok(bank("2026-04-02", &dollar)));
        hosts.on(NEWEST, ok(bank("2026-04-02", &dollar)));
        let began = Instant::now();
        let report = runtime.block_on(ticker.refresh(hosts.now()));
        assert!(began.elapsed() < PATIENCE / 3, "{:?}", began.elapsed());
        assert!(
            report.to_string().contains("the state was not kept"),
            "{report}"
        );
        let shown = ticker
            .snapshot()
            .rates(hosts.now())
            .unwrap()
            .value()
            .clone();
        let shown = shown.rate(Pair::USD_KZT).unwrap().value().to_string();
        assert_eq!(shown, dollar);
        assert!(threads() <= before + 2, "{} after {before}", threads());
        hosts.move_clock(TimeDelta::hours(1));
    }
    let began = Instant::now();
    drop(runtime);
    // An append that waits for the lock ends within five seconds.
    assert!(began.elapsed() < PATIENCE / 3, "{:?}", began.elapsed());
    assert_eq!(threads(), before);
}
