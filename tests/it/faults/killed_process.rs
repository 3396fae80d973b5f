//! A process that is killed while it saves or compacts leaves whole lines, and its temporary files are removed later.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use chrono::TimeDelta;
use masthead::Snapshot;
use masthead::ledger::Record;
use masthead::ticker::{FileStore, State, Store as _};
use masthead::weather::City;

use super::{load, names, save, state, states};

/// The variable with the folder in which a child process writes until it is killed.
const FOLDER: &str = "MASTHEAD_FAULTS_FOLDER";
const TEST: &str =
    "faults::killed_process::a_process_killed_while_it_saves_loses_its_last_save_at_most";
/// With optimisation, in the stage `repeated` of `.ci/run`, five times as many.
const KILLS: usize = if cfg!(debug_assertions) { 40 } else { 200 };

#[test]
#[allow(clippy::print_stdout)] // how much of the faults the run met
fn a_process_killed_while_it_saves_loses_its_last_save_at_most() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        write_endlessly(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    save(&path, &numbered(0)).unwrap();
    let (mut newest, mut unused, mut cut, mut torn) = (0, 0, 0, 0);
    // On a busy machine a writer may be killed between two compactions each time.
    for round in 0..10 * KILLS {
        if round >= KILLS && cut > 0 {
            break;
        }
        // The next writer starts by removing the temporary file of the previous one.
        kill_a_writer(folder.path());
        cut += leftovers(folder.path());
        let contents = FileStore::new(&path)
            .read(Snapshot::SAMPLE_TIME + TimeDelta::days(1))
            .unwrap_or_else(|error| panic!("round {round}: {error}"))
            .contents;
        // A compaction removes the lines that cannot be used.
        let skipped = contents.skipped.map_or(0, |skipped| skipped.count);
        assert!(skipped <= unused + 1, "round {round}: {skipped}");
        torn += skipped.saturating_sub(unused);
        unused = skipped;
        let kept: Vec<Record> = contents.ledger.records().collect();
        let number = kept.iter().map(number_of).max().unwrap();
        assert!(number >= newest, "round {round}: {number} after {newest}");
        newest = number;
        let before = numbered(newest.saturating_sub(1));
        for record in before.records().records() {
            assert!(kept.contains(&record), "round {round}: {record:?}");
        }
        for name in names(folder.path()) {
            make_old(&folder.path().join(name));
        }
    }
    println!("{newest} saves, {cut} compactions and {torn} lines cut short");
    // A run in which no compaction was interrupted, or no save completed, would prove nothing.
    assert!(cut >= 1, "{cut} compactions were cut short");
    assert!(newest >= 1, "{newest} saves ended");
    load(&path).unwrap();
    assert_eq!(names(folder.path()), ["ledger", "ledger.lock", "started"]);
}

#[test]
fn only_files_of_killed_processes_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".masthead-state1.tmp");
    let file = |name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, "{").unwrap();
        make_old(&path);
        path
    };
    let left = [".masthead-aaaaaa.tmp", ".masthead-bbbbbb.tmp"].map(file);
    let kept = [
        ".masthead-locked.tmp",
        ".masthead-longer1.tmp",
        ".masthead-other.json",
        ".masthead-young1.tmp",
        "masthead-aaaaaa.tmp",
    ];
    let locked = File::open(file(kept[0])).unwrap();
    locked.lock().unwrap();
    for name in &kept[1..] {
        file(name);
    }
    fs::write(folder.path().join(".masthead-young1.tmp"), "{").unwrap();
    // The state itself may have such a name, and a folder or a link may belong to another program.
    let store = folder.path().join(".masthead-mystat.tmp");
    save(&store, &states()[0]).unwrap();
    make_old(&store);
    fs::create_dir(folder.path().join(".masthead-folder.tmp")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&store, folder.path().join(".masthead-linked.tmp")).unwrap();

    assert!(load(&store).unwrap().is_some());
    assert!(!path.exists() && left.iter().all(|path| !path.exists()));
    for name in kept {
        assert!(folder.path().join(name).exists(), "{name}");
    }
    assert!(folder.path().join(".masthead-folder.tmp").exists());
    #[cfg(unix)]
    assert!(folder.path().join(".masthead-linked.tmp").is_symlink());

    drop(locked);
    // A child process of another test also holds the lock, from its fork to its exec.
    let patience = Instant::now() + Duration::from_secs(10);
    while folder.path().join(kept[0]).exists() {
        assert!(Instant::now() < patience, "its writer is gone");
        load(&store).unwrap();
    }
}

fn write_endlessly(folder: &Path) -> ! {
    let store = FileStore::new(folder.join("ledger"));
    let kept = store.load().unwrap().unwrap();
    let newest = kept.records().records().map(|record| number_of(&record));
    let newest = newest.max().unwrap();
    fs::write(folder.join("started"), "").unwrap();
    // The newest one may be there in part, and a ticker saves again what was not kept.
    for number in newest.. {
        store.save(&numbered(number)).unwrap();
        if number % 3 == 2 {
            let now = Snapshot::SAMPLE_TIME + TimeDelta::days(1);
            // The rates of the sample, and the last three states.
            let is_late =
                |record: &Record| [0, number, number - 1, number - 2].contains(&number_of(record));
            store.compact(now, is_late).unwrap();
        }
    }
    unreachable!("it is killed before");
}

/// Returns a state small enough to be saved several times before the writer is killed.
fn numbered(number: u32) -> State {
    state(number, &City::all()[..6])
}

/// Returns the number of the state with a record, encoded in the instant of the last answer; 0 for the rates of the sample.
fn number_of(record: &Record) -> u32 {
    let since = record.last() - Snapshot::SAMPLE_TIME;
    since.num_seconds().try_into().unwrap_or(0)
}

/// Starts a writer, and kills it after some milliseconds by a signal that it cannot handle.
fn kill_a_writer(folder: &Path) {
    let started = folder.join("started");
    let _ = fs::remove_file(&started);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", TEST])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let patience = Instant::now() + Duration::from_secs(30);
    while !started.exists() {
        assert!(Instant::now() < patience && child.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_micros(fastrand::u64(0..40_000)));
    child.kill().unwrap();
    let status = child.wait().unwrap();
    let by_signal = cfg!(windows) || status.code().is_none();
    assert!(by_signal, "the writer ended without a signal: {status}");
}

fn leftovers(folder: &Path) -> usize {
    let names = names(folder);
    names.iter().filter(|name| name.ends_with(".tmp")).count()
}

/// Sets the modification time two minutes back.
fn make_old(path: &Path) {
    let file = File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(120))
        .unwrap();
}
