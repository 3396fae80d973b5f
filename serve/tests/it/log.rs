//! A log that is not read stops neither pages nor refreshes nor the shutdown.

use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::free_port::free_port;
use crate::support::{LIMIT, read_to_close};

/// Returns a full pipe, which stays full until its reader reads or is dropped.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut filler = writer.try_clone().unwrap();
    let written = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&written);
    std::thread::spawn(move || {
        while filler.write_all(&[b'.'; 512]).is_ok() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let mut before = 0;
    loop {
        std::thread::sleep(Duration::from_millis(100));
        match written.load(Ordering::Relaxed) {
            now if now > 0 && now == before => return (reader, writer),
            now => before = now,
        }
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if it has ended already.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn get(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    String::from_utf8(read_to_close(&mut stream)).ok()
}

/// Waits until the condition holds.
#[track_caller]
fn within(limit: Duration, what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_full_pipe_stops_neither_pages_nor_refreshes_nor_the_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    // The port cannot be read from this log, so a free one is chosen.
    let port = free_port();
    let settings = format!(
        "contact = \"serve tests; web@example.kz\"\nlisten = \"127.0.0.1:{port}\"\nbase = \"/strip\"\nhealth = \"details\"\n\
         upstream = \"http://127.0.0.1:9\"\n"
    );
    std::fs::write(&file, settings).unwrap();
    let (mut reader, writer) = full_pipe();
    let child = Command::new(env!("CARGO_BIN_EXE_masthead-serve"))
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(writer)
        .spawn()
        .unwrap();
    let mut server = Running(child);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    within(LIMIT, "a page", || {
        get(address, "/strip/kk.html").is_some_and(|page| page.starts_with("HTTP/1.1 200 "))
    });
    // Each refresh of a dead upstream logs lines. A later tick proves that the refresh was not blocked.
    let ticked = || {
        let health = get(address, "/strip/health").unwrap();
        let (_, rest) = health.split_once("\"last_tick\":\"")?;
        rest.split_once('"').map(|(tick, _)| tick.to_owned())
    };
    within(LIMIT, "a first tick", || ticked().is_some());
    let failures = || {
        let health = get(address, "/strip/health").unwrap();
        health.contains("no connection")
    };
    within(LIMIT * 4, "a refresh that failed", failures);
    let first = ticked();
    within(LIMIT * 14, "the next tick", || ticked() != first);

    let began = Instant::now();
    let id = server.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let ended = loop {
        if let Some(status) = server.0.try_wait().unwrap() {
            break status;
        }
        assert!(
            began.elapsed() < Duration::from_secs(3),
            "the process does not end"
        );
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(ended.code(), Some(0));
    // The pipe was full the whole time.
    let mut byte = [0];
    reader.read_exact(&mut byte).unwrap();
    assert_eq!(byte, *b".");
}
