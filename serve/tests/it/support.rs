//! Starts a server for each test, and sends it bytes over plain sockets.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The longest time that a client waits.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// A request for a page, after which the connection closes.
pub(crate) const PAGE: &[u8] =
    b"GET /strip/kk.html HTTP/1.1\r\nHost: news.example.kz\r\nConnection: close\r\n\r\n";
/// A request for a page on a persistent connection.
pub(crate) const KEPT: &[u8] = b"GET /strip/kk.html HTTP/1.1\r\nHost: news.example.kz\r\n\r\n";

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    logged: Arc<Mutex<String>>,
    folder: TempDir,
}

impl Server {
    /// Starts a server without an upstream, with these lines in the section `limits`.
    pub(crate) fn start(limits: &str) -> Self {
        Self::with_descriptors(1024, limits)
    }

    /// Starts the same server with a limit on file descriptors.
    pub(crate) fn with_descriptors(descriptors: u32, limits: &str) -> Self {
        let rest = format!("[limits]\n{limits}");
        Self::with_settings(descriptors, "http://127.0.0.1:9", &rest)
    }

    /// Starts a server without an upstream at an address, with these settings.
    pub(crate) fn listening(address: &str, sections: &str) -> Self {
        let text = settings("http://127.0.0.1:9", sections).replace("127.0.0.1:0", address);
        let mut server = Self::with_text(1024, &text);
        server.address.set_ip([127, 0, 0, 1].into());
        server
    }

    /// Starts a server with an upstream and these settings.
    pub(crate) fn with_settings(descriptors: u32, upstream: &str, sections: &str) -> Self {
        Self::with_text(descriptors, &settings(upstream, sections))
    }

    /// Starts a server without an upstream, with these settings and variables of the environment.
    pub(crate) fn with_environment(sections: &str, environment: &[(&str, &str)]) -> Self {
        let text = settings("http://127.0.0.1:9", sections);
        Self::spawned(1024, &text, environment)
    }

    fn with_text(descriptors: u32, text: &str) -> Self {
        Self::spawned(descriptors, text, &[])
    }

    fn spawned(descriptors: u32, text: &str, environment: &[(&str, &str)]) -> Self {
        let run = "ulimit -n \"$1\"; exec \"$0\" \"$2\"";
        let mut command = Command::new("sh");
        command
            .args(["-c", run, env!("CARGO_BIN_EXE_masthead-serve")])
            .arg(descriptors.to_string())
            .envs(environment.iter().copied())
            .stdout(Stdio::null());
        Self::of_command(command, text)
    }

    /// Runs a command with the name of a settings file as its last argument, and waits until the server listens. On a unix socket `address` has no port.
    pub(crate) fn of_command(mut command: Command, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("masthead.toml");
        std::fs::write(&file, text).unwrap();
        let child = command.arg(&file).stderr(Stdio::piped()).spawn().unwrap();
        // From here on a panic kills the child.
        let mut server = Self {
            child,
            address: SocketAddr::from(([0; 4], 0)),
            logged: Arc::default(),
            folder,
        };
        let mut log = BufReader::new(server.child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = log.next().map(Result::unwrap);
            let line = line.unwrap_or_else(|| panic!("the server has ended: {}", server.log()));
            server.logged.lock().unwrap().push_str(&format!("{line}\n"));
            if line.contains("listening on ") {
                break address_after("listening on http://", &line);
            }
        };
        if let Some(address) = address {
            server.address = address;
        }
        // A full pipe would stop the server.
        let logged = Arc::clone(&server.logged);
        std::thread::spawn(move || {
            for line in log.map_while(Result::ok) {
                logged.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        server
    }

    pub(crate) fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Sends bytes and returns the response up to the end of the connection.
    #[track_caller]
    pub(crate) fn send(&self, bytes: &[u8]) -> Vec<u8> {
        send(self.address, bytes)
    }

    /// Requests a path and returns the response with its headers.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        String::from_utf8(self.send(request.as_bytes())).unwrap()
    }

    /// Returns the log so far.
    pub(crate) fn log(&self) -> String {
        self.logged.lock().unwrap().clone()
    }

    /// Returns an address that the log has after these words.
    #[track_caller]
    pub(crate) fn logged_address(&self, words: &str) -> SocketAddr {
        let log = self.log();
        let address = log.lines().find_map(|line| address_after(words, line));
        address.unwrap_or_else(|| panic!("no {words}: {log}"))
    }

    /// Asserts that a page is served; `after` describes the preceding requests.
    #[track_caller]
    pub(crate) fn serves_a_page(&self, after: &str) {
        let began = Instant::now();
        let answer = String::from_utf8(self.send(PAGE)).unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200 "),
            "after {after}: {answer}"
        );
        assert!(answer.ends_with("</section>"), "after {after}: {answer}");
        assert!(began.elapsed() < LIMIT, "after {after}");
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Writes other settings and sends SIGHUP. Returns the lines that are logged until the reload has ended.
    #[track_caller]
    pub(crate) fn reload(&self, upstream: &str, sections: &str) -> String {
        self.reload_text(&settings(upstream, sections))
    }

    /// Writes a settings file and sends SIGHUP. Returns the lines that are logged until the reload has ended.
    #[track_caller]
    pub(crate) fn reload_text(&self, text: &str) -> String {
        std::fs::write(self.folder.path().join("masthead.toml"), text).unwrap();
        let before = self.log().len();
        self.signal("-HUP");
        let began = Instant::now();
        loop {
            let logged = self.log();
            let news = logged.get(before..).unwrap_or_default();
            let ends = [
                " reloaded file=",
                "not reloaded, ",
                "\"message\":\"reloaded\"",
            ];
            if ends.iter().any(|end| news.contains(end)) {
                // The errors are written after their heading.
                std::thread::sleep(Duration::from_millis(50));
                return self.log().split_off(before);
            }
            assert!(began.elapsed() < 2 * LIMIT, "no reload: {logged}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends SIGKILL, and waits for the end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end of the process and returns its status.
    pub(crate) fn ended(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if it has ended already.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Returns the address that a line of text or JSON has after these words.
fn address_after(words: &str, line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once(words)?;
    let end = rest.find(['/', '"', ' ', ',']).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

/// Returns a settings file with an upstream and these settings.
fn settings(upstream: &str, sections: &str) -> String {
    format!(
        "contact = \"serve tests; web@example.kz\"\nlisten = \"127.0.0.1:0\"\nbase = \"/strip\"\nhealth = \"details\"\n\
         upstream = \"{upstream}\"\n{sections}\n"
    )
}

/// Connects to one of a server's listeners.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

/// Sends bytes to one of a server's listeners and returns the response up to the end of the connection.
#[track_caller]
pub(crate) fn send(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // Fails if the server closes the connection early.
    _ = stream.write_all(bytes);
    read_to_close(&mut stream)
}

/// Reads until the connection closes, which must be soon. A reset counts as closed.
#[track_caller]
pub(crate) fn read_to_close(stream: &mut TcpStream) -> Vec<u8> {
    let began = Instant::now();
    let mut answer = Vec::new();
    let mut bytes = [0; 65536];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return answer,
            Ok(read) => answer.extend_from_slice(&bytes[..read]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return answer,
            Err(error) => panic!("not closed: {error} after {:?}", began.elapsed()),
        }
        assert!(began.elapsed() < 2 * LIMIT, "the connection stays open");
    }
}

/// Reads until the text has arrived.
#[track_caller]
pub(crate) fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut answer = Vec::new();
    let mut bytes = [0; 4096];
    while !String::from_utf8_lossy(&answer).contains(text) {
        let read = stream.read(&mut bytes).unwrap();
        assert!(
            read > 0,
            "closed before {text:?}: {}",
            String::from_utf8_lossy(&answer)
        );
        answer.extend_from_slice(&bytes[..read]);
    }
    String::from_utf8(answer).unwrap()
}
