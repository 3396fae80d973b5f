//! The `redis-server` of one test.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::free_port::free_port;

/// A server without persistence. It is killed when dropped.
pub(crate) struct RedisServer {
    process: Child,
    /// Removed with the server.
    _folder: TempDir,
    port: u16,
    /// The command that starts and restarts it.
    command: Command,
}

/// Long enough for a machine under load; only a call that never ends reaches it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

impl RedisServer {
    /// Starts a server. Tests that call it are ignored by default: they need `redis-server`.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let deadline = Instant::now() + PATIENCE;
        // Another process may take the port between its choice and its use.
        loop {
            let folder = tempfile::tempdir().unwrap();
            let port = free_port();
            let mut command = command(folder.path(), port, settings);
            let process = command.spawn().expect("redis-server is installed");
            let mut server = Self {
                process,
                command,
                port,
                _folder: folder,
            };
            if server.is_awake() {
                return server;
            }
            assert!(Instant::now() < deadline, "redis-server does not start");
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Returns a client connection with all rights.
    pub(crate) fn client(&self) -> redis::Connection {
        let client = redis::Client::open(self.url()).unwrap();
        client.get_connection_with_timeout(PATIENCE).unwrap()
    }

    /// Runs a command, and returns its response as text.
    pub(crate) fn run(&self, command: &str) -> String {
        let mut words = command.split(' ');
        let mut typed = redis::cmd(words.next().unwrap());
        typed.arg(words.collect::<Vec<_>>());
        let answer: redis::Value = typed.query(&mut self.client()).unwrap();
        format!("{answer:?}")
    }

    /// Stops the process: the kernel still accepts connections, but no call is answered.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    /// Kills the process at once.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts the server again at the same port, without data.
    pub(crate) fn restart(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.process = self.command.spawn().unwrap();
            if self.is_awake() {
                return;
            }
            assert!(Instant::now() < deadline, "redis-server does not start");
        }
    }

    fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        let done = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(done.success());
    }

    /// Whether it answers. Returns `false` if the process has ended.
    fn is_awake(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if answers(self.port) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("redis-server does not answer");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(folder: &Path, port: u16, settings: &[&str]) -> Command {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
    command.args(["--save", "", "--appendonly", "no", "--dir"]);
    command.arg(folder).args(settings);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// Any response counts, such as the error of a server with a password.
fn answers(port: u16) -> bool {
    let said = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"PING\r\n")?;
        let mut first = [0];
        stream.read_exact(&mut first)?;
        Ok(first)
    });
    matches!(said, Ok([b'+' | b'-']))
}
