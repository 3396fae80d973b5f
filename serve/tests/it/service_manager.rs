//! Sockets from a service manager, and messages to it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::free_port::free_port;
use crate::support::{LIMIT, PAGE, Server, read_until};
use crate::unix_socket::{send, settings};

/// Passes standard input and perhaps standard output as sockets.
fn passing(variables: &str, first: impl Into<OwnedFd>, second: Option<OwnedFd>) -> Command {
    let mut command = Command::new("sh");
    let run = format!(
        "exec 3<&0 4>&1 </dev/null >/dev/null; export LISTEN_PID=$$ {variables}; exec \"$0\" \"$@\""
    );
    command.args(["-c", &run, env!("CARGO_BIN_EXE_masthead-serve")]);
    command.stdin(first.into());
    command.stdout(second.map_or_else(Stdio::null, Stdio::from));
    command
}

/// Runs a server that must not start, and returns its log.
fn refused(mut command: Command, lines: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    std::fs::write(&file, settings(lines)).unwrap();
    let output = command.arg(&file).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_passed_socket_takes_the_place_of_the_address() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    // In use, so that the server would not start if it opened its own.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let lines = format!("listen = \"{}\"", taken.local_addr().unwrap());
    let server = Server::of_command(passing("LISTEN_FDS=1", socket, None), &settings(&lines));
    assert_eq!(server.address, address);
    let line = format!("listening on http://{address}, a socket of the service manager\n");
    assert!(server.log().contains(&line), "{}", server.log());
    server.serves_a_page("a start with a passed socket");
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn sockets_are_told_apart_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("strip.sock");
    let strip = UnixListener::bind(&path).unwrap();
    let articles = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = articles.local_addr().unwrap();
    let names = "LISTEN_FDS=2 LISTEN_FDNAMES=articles:masthead-serve.socket";
    let command = passing(names, articles, Some(strip.into()));
    let server = Server::of_command(command, &settings("[annotate]\nlisten = \"127.0.0.1:1\""));
    let line = format!("annotating on http://{address}\n");
    assert!(server.log().contains(&line), "{}", server.log());
    let answer = send(&path, PAGE);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    assert!(path.exists(), "the file is the service manager's");
}

#[test]
fn other_descriptors_are_refused() {
    let null = || File::open("/dev/null").unwrap();
    let tcp = |address: &str| TcpListener::bind(address).unwrap();
    let local = || tcp("127.0.0.1:0");
    let (connection, _other) = UnixStream::pair().unwrap();
    let annotate = "[annotate]\nlisten = \"127.0.0.1:1\"";
    let none = {
        let mut command = Command::new("sh");
        let run = "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" \"$@\"";
        command.args(["-c", run, env!("CARGO_BIN_EXE_masthead-serve")]);
        command
    };
    for (command, lines, reason) in [
        (
            none,
            "",
            "socket 1 of the service manager cannot be used: fd 3 is not a socket",
        ),
        (
            passing("LISTEN_FDS=1", null(), None),
            "",
            "socket 1 of the service manager cannot be used: fd 3 is not a socket",
        ),
        (
            passing("LISTEN_FDS=1", connection, None),
            "",
            "socket 1 of the service manager cannot be used: it does not listen; a .socket unit needs Accept=no",
        ),
        (
            passing("LISTEN_FDS=2", local(), Some(local().into())),
            "",
            "the service manager has passed several sockets for one listener: expected one, and perhaps one with FileDescriptorName=articles and one with FileDescriptorName=metrics",
        ),
        (
            passing("LISTEN_FDS=1 LISTEN_FDNAMES=articles", local(), None),
            "",
            "the service manager has passed a socket for articles, and the settings have no section [annotate]",
        ),
        (
            passing(
                "LISTEN_FDS=1 LISTEN_FDNAMES=articles",
                tcp("0.0.0.0:0"),
                None,
            ),
            annotate,
            "is not on the loopback, and annotate.beyond_loopback is not set",
        ),
    ] {
        let log = refused(command, lines);
        assert!(log.contains(" ERROR "), "{log}");
        assert!(log.ends_with(&format!("{reason}\n")), "{log}");
    }
}

#[test]
fn sockets_for_another_process_are_not_touched() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
    command.envs([("LISTEN_PID", "1"), ("LISTEN_FDS", "1")]);
    let server = Server::of_command(command, &settings("listen = \"127.0.0.1:0\""));
    server.serves_a_page("a start with another's sockets");
}

/// Receives messages as a service manager does.
struct Manager {
    socket: UnixDatagram,
    folder: tempfile::TempDir,
}

impl Manager {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        socket.set_read_timeout(Some(2 * LIMIT)).unwrap();
        Self { socket, folder }
    }

    fn start(&self, lines: &str, environment: &[(&str, &str)]) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
        command.env("NOTIFY_SOCKET", self.folder.path().join("notify"));
        command.envs(environment.iter().copied());
        let lines = format!("listen = \"127.0.0.1:0\"\n{lines}");
        Server::of_command(command, &settings(&lines))
    }

    /// Returns the next message.
    #[track_caller]
    fn next(&self) -> String {
        let mut bytes = [0; 4096];
        let read = self.socket.recv(&mut bytes).expect("no message in time");
        String::from_utf8(bytes[..read].to_vec()).unwrap()
    }
}

#[test]
fn start_reload_and_stop_are_reported() {
    let manager = Manager::new();
    let server = manager.start("", &[]);
    let listening = format!("STATUS=listening on http://{}\n", server.address);
    assert_eq!(manager.next(), format!("READY=1\n{listening}"));
    server.serves_a_page("READY=1");

    let lines = |more: &str| settings(&format!("listen = \"127.0.0.1:0\"\n{more}"));
    let reloading = |manager: &Manager| {
        let message = manager.next();
        let lines: Vec<&str> = message.lines().collect();
        assert_eq!(lines[0], "RELOADING=1");
        let now = lines[1].strip_prefix("MONOTONIC_USEC=").unwrap();
        assert!(now.parse::<u64>().unwrap() > 0);
    };
    server.reload_text(&lines("languages = [\"kk\"]"));
    reloading(&manager);
    assert_eq!(manager.next(), format!("READY=1\n{listening}"));
    server.reload_text(&lines("languages = [\"xx\"]"));
    reloading(&manager);
    let refused = "READY=1\nSTATUS=not reloaded: the log has every error of the settings\n";
    assert_eq!(manager.next(), refused);

    server.terminate();
    assert!(manager.next().starts_with("STOPPING=1\n"));
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn the_watchdog_is_notified_while_the_server_answers() {
    let manager = Manager::new();
    let alive = || {
        let began = Instant::now();
        while !manager.next().contains("WATCHDOG=1\n") {
            assert!(began.elapsed() < LIMIT, "no WATCHDOG=1");
        }
    };
    // Every second. Also while event streams take every place that they may.
    let lines = "[limits]\nconnections = 2\nevents = 1";
    let server = manager.start(lines, &[("WATCHDOG_USEC", "3000000")]);
    alive();
    let mut events = server.connect();
    let request = b"GET /strip/events HTTP/1.1\r\nHost: a\r\n\r\n";
    events.write_all(request).unwrap();
    read_until(&mut events, "retry:");
    for _ in 0..3 {
        alive();
    }
    assert!(!server.log().contains("watchdog"), "{}", server.log());
    server.terminate();
    let began = Instant::now();
    while !manager.next().contains("STOPPING=1\n") {
        assert!(began.elapsed() < LIMIT, "no STOPPING=1");
    }
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn a_wrong_notify_socket_and_a_watchdog_of_another_process_change_nothing() {
    let manager = Manager::new();
    let server = manager.start("", &[("NOTIFY_SOCKET", "/nowhere/notify")]);
    server.serves_a_page("a start without a service manager");
    let server = manager.start("", &[("WATCHDOG_USEC", "1000"), ("WATCHDOG_PID", "1")]);
    assert!(manager.next().starts_with("READY=1\n"));
    manager
        .socket
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    assert!(manager.socket.recv(&mut [0; 64]).is_err());
    drop(server);
}

/// The real program starts the server at the first connection.
#[test]
#[ignore = "needs systemd-socket-activate, from the Debian package systemd"]
fn systemd_activates_the_server() {
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let mut command = Command::new("systemd-socket-activate");
    command.args(["--listen", &address, env!("CARGO_BIN_EXE_masthead-serve")]);
    let client = std::thread::spawn(move || {
        let began = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(&address) {
                Ok(stream) => break stream,
                Err(error) => assert!(began.elapsed() < LIMIT, "{error}"),
            }
        };
        stream.set_read_timeout(Some(2 * LIMIT)).unwrap();
        stream.write_all(PAGE).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let server = Server::of_command(command, &settings(""));
    let answer = client.join().unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("</section>"),
        "{answer}"
    );
    assert!(
        server.log().contains(", a socket of the service manager"),
        "{}",
        server.log()
    );
}
