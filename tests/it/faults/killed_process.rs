//! A process that is killed during a save leaves the old or the new state, and its temporary files are removed later.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use masthead::Snapshot;
use masthead::ticker::State;
use masthead::weather::City;

use crate::{load, names, save, state, states};

/// The variable with the folder in which a child process writes until it is killed.
const FOLDER: &str = "MASTHEAD_FAULTS_FOLDER";
const KILLS: usize = 200;

#[test]
fn a_process_killed_while_it_saves_leaves_the_old_state_or_the_new() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        write_endlessly(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    save(&path, &numbered(0)).unwrap();
    let (mut newest, mut cut) = (0, 0);
    for round in 0..KILLS {
        // The next writer starts by removing the temporary file of the previous one.
        kill_a_writer(folder.path());
        cut += leftovers(folder.path());
        let kept = load(&path).unwrap_or_else(|error| panic!("round {round}: {error}"));
        let kept = kept.unwrap_or_else(|| panic!("round {round}: nothing"));
        let number = number_of(&kept);
        assert!(kept == numbered(number), "round {round}: a mixture");
        assert!(number >= newest, "round {round}: {number} after {newest}");
        newest = number;
        for name in names(folder.path()) {
            make_old(&folder.path().join(name));
        }
    }
    // A run in which no save was interrupted, or no save completed, would prove nothing.
    assert!(cut >= 1, "{cut} of {KILLS} saves were cut short");
    assert!(newest >= 1, "{newest} saves ended");
    load(&path).unwrap();
    assert_eq!(
        names(folder.path()),
        ["started", "state.json", "state.json.lock"]
    );
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
    let path = folder.join("state.json");
    let kept = load(&path).unwrap().unwrap();
    fs::write(folder.join("started"), "").unwrap();
    for number in number_of(&kept) + 1.. {
        save(&path, &numbered(number)).unwrap();
    }
    unreachable!("it is killed before");
}

/// Returns a state small enough to be saved several times before the writer is killed.
fn numbered(number: u32) -> State {
    state(number, &City::all()[..6])
}

/// Returns the number of a state, encoded in the fetch time of one of its cities.
fn number_of(kept: &State) -> u32 {
    let snapshot = kept.snapshot();
    let city = snapshot.cities().last().unwrap();
    let since = snapshot.weather(city).unwrap().fetched() - Snapshot::SAMPLE_TIME;
    since.num_seconds().try_into().unwrap()
}

/// Starts a writer, and kills it after some milliseconds by a signal that it cannot handle.
fn kill_a_writer(folder: &Path) {
    let started = folder.join("started");
    let _ = fs::remove_file(&started);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("a_process_killed_while_it_saves_leaves_the_old_state_or_the_new")
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
