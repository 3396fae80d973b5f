//! Unix sockets in place of addresses.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{LIMIT, PAGE, Server};

/// Returns settings with these lines first.
pub(crate) fn settings(lines: &str) -> String {
    format!(
        "contact = \"serve tests; web@example.kz\"\nbase = \"/strip\"\nupstream = \"http://127.0.0.1:9\"\n{lines}\n"
    )
}

fn start(lines: &str) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
    command.stdout(Stdio::null());
    Server::of_command(command, &settings(lines))
}

pub(crate) fn connect(socket: &Path) -> UnixStream {
    let stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream
}

/// Sends bytes and returns the response up to the end of the connection.
pub(crate) fn send(socket: &Path, bytes: &[u8]) -> String {
    let mut stream = connect(socket);
    stream.write_all(bytes).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[track_caller]
fn serves_a_page(socket: &Path) {
    let answer = send(socket, PAGE);
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("</section>"),
        "{answer}"
    );
}

/// Runs a server that must not start, and returns its exit code and its log.
fn refused(lines: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("masthead.toml");
    std::fs::write(&file, settings(lines)).unwrap();
    let mut serve = Command::new(env!("CARGO_BIN_EXE_masthead-serve"));
    let output = serve.arg(&file).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    (
        output.status.code(),
        log.replace(file.to_str().unwrap(), "FILE"),
    )
}

fn mode(socket: &Path) -> u32 {
    let file = std::fs::symlink_metadata(socket).unwrap();
    assert!(file.file_type().is_socket());
    file.permissions().mode() & 0o7777
}

#[test]
fn pages_and_articles_are_served_and_the_sockets_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (strip, articles) = (folder.path().join("strip"), folder.path().join("articles"));
    let lines = format!(
        "listen = \"unix:{}\"\n[annotate]\nlisten = \"unix:{}\"\nlisten_mode = \"0600\"",
        strip.display(),
        articles.display()
    );
    let server = start(&lines);
    assert_eq!((mode(&strip), mode(&articles)), (0o660, 0o600));
    for (what, socket) in [("listening", &strip), ("annotating", &articles)] {
        let line = format!(" INFO {what} on unix:{}\n", socket.display());
        assert!(server.log().contains(&line), "{}", server.log());
    }
    serves_a_page(&strip);
    let article = b"POST /?lang=ru HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\n1 $";
    let answer = send(&articles, article);
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("1 $"),
        "{answer}"
    );
    // An early response: the rest of the request is read, so that it arrives.
    let mut long = connect(&articles);
    long.write_all(b"POST /?lang=xx HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        .unwrap();
    long.write_all(&[b'.'; 100_000]).unwrap();
    long.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    long.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");

    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    assert!(!strip.exists() && !articles.exists());
}

#[test]
fn only_the_socket_of_an_ended_server_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("strip.sock");
    let lines = format!("listen = \"unix:{}\"", socket.display());
    start(&lines).kill();
    assert!(socket.exists(), "the test needs a socket that is left");
    let server = start(&lines);
    let expected = format!(
        " ERROR listen: cannot listen on unix:{}: another process listens there\n",
        socket.display()
    );
    let (code, log) = refused(&lines);
    assert_eq!(code, Some(1));
    assert!(log.ends_with(&expected), "{log}");
    serves_a_page(&socket);
    drop(server);

    let file = folder.path().join("letter.txt");
    std::fs::write(&file, "text").unwrap();
    let lines = format!("listen = \"unix:{}\"", file.display());
    let (code, log) = refused(&lines);
    assert_eq!(code, Some(1));
    assert!(
        log.ends_with("the file there is not a socket, and stays as it is\n"),
        "{log}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "text");
    let lines = format!(
        "listen = \"unix:{}/missing/a.sock\"",
        folder.path().display()
    );
    let (code, log) = refused(&lines);
    assert_eq!(code, Some(1));
    assert!(
        log.ends_with("missing/a.sock: its folder does not exist\n"),
        "{log}"
    );
}

/// Requests an event stream for a reader behind the proxy, and returns the connection with the first line of the response.
fn events(socket: &Path, reader: &str) -> (UnixStream, String) {
    let mut stream = connect(socket);
    let request = format!("GET /strip/events HTTP/1.1\r\nHost: a\r\nX-Real-IP: {reader}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    (stream, String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn readers_behind_a_proxy_are_told_apart_if_the_settings_name_its_header() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("strip.sock");
    let proxy = "[proxy]\npeer_header = \"x-real-ip\"\ntrusted = []";
    let lines = format!(
        "listen = \"unix:{}\"\n[limits]\nevents_per_address = 1\n",
        socket.display()
    );
    let server = start(&format!("{lines}{proxy}"));
    let readers = ["192.0.2.1", "192.0.2.2", "192.0.2.1"];
    let streams = readers.map(|reader| events(&socket, reader));
    let answers = streams.each_ref().map(|(_, answer)| answer.as_str());
    assert_eq!(answers, ["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 503"]);
    assert!(!server.log().contains("[proxy]"), "{}", server.log());
    server.kill();

    let server = start(&lines);
    let streams = ["192.0.2.1", "192.0.2.2"].map(|reader| events(&socket, reader));
    let answers = streams.each_ref().map(|(_, answer)| answer.as_str());
    assert_eq!(answers, ["HTTP/1.1 200", "HTTP/1.1 503"]);
    let line = "requests from the unix socket have the header x-real-ip, and the settings have no section [proxy]";
    // Written by a thread of its own.
    let began = Instant::now();
    while !server.log().contains(line) {
        assert!(began.elapsed() < LIMIT, "{}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}
