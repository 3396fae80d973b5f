//! A scripted HTTP/1.1 server on loopback: raw sockets, one thread per connection.
#![allow(dead_code)] // each test target uses only some items

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The server of one test. Dropping it stops it and closes its connections.
pub(crate) struct Server {
    scheme: &'static str,
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// A received request.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
}

/// A step of the server on a connection. After the last step it waits for the next request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Sends bytes. They are shared between requests, so that large responses take little memory.
    Send(Bytes),
    /// Sends the same bytes repeatedly, with a pause in between.
    Drip(Vec<u8>, Duration),
    /// Sends no more bytes, and keeps the connection open.
    Hang,
    Close,
}

type Script = Box<dyn Fn(&Seen) -> Vec<Act> + Send + Sync>;

struct Shared {
    tls: Option<Arc<ServerConfig>>,
    script: Script,
    seen: Mutex<Vec<Seen>>,
    stopped: Mutex<bool>,
    stopping: Condvar,
}

impl Server {
    pub(crate) fn start(script: impl Fn(&Seen) -> Vec<Act> + Send + Sync + 'static) -> Self {
        Self::start_with(None, script)
    }

    /// Starts an `https` server.
    pub(crate) fn start_tls(
        config: Arc<ServerConfig>,
        script: impl Fn(&Seen) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(Some(config), script)
    }

    fn start_with(
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&Seen) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            tls,
            script: Box::new(script),
            seen: Mutex::default(),
            stopped: Mutex::default(),
            stopping: Condvar::new(),
        });
        let accepting = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.accept(&listener)
        });
        Self {
            scheme,
            address,
            shared,
            accepting: Some(accepting),
        }
    }

    /// Starts a server with the same response for every request.
    pub(crate) fn answering(acts: impl Into<Vec<Act>>) -> Self {
        let acts = acts.into();
        Self::start(move |_| acts.clone())
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        *self.shared.stopped.lock().unwrap() = true;
        self.shared.stopping.notify_all();
        // Wakes the thread that accepts connections.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let ended = accepting.join();
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "a script panicked"
            );
        }
    }
}

impl Act {
    pub(crate) fn send(bytes: impl Into<Bytes>) -> Self {
        Self::Send(bytes.into())
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let named = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .find(named)
            .map(|(_, value)| value.as_str())
    }

    fn parse(head: &str) -> Self {
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        };
        Self {
            method: word(),
            path: word(),
            headers: lines.filter_map(header).collect(),
        }
    }
}

/// A complete response: status line, headers, `Content-Length`, body.
pub(crate) fn reply(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<Act> {
    let body = body.as_ref();
    let length = body.len().to_string();
    let mut bytes = head(status, &[headers, &[("Content-Length", &length)]].concat());
    bytes.extend_from_slice(body);
    vec![Act::send(bytes)]
}

/// The status line and the headers, with the empty line that ends them.
pub(crate) fn head(status: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let lines = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    format!("HTTP/1.1 {status}\r\n{}\r\n", lines.collect::<String>()).into_bytes()
}

impl Shared {
    fn accept(&self, listener: &TcpListener) {
        std::thread::scope(|scope| {
            for stream in listener.incoming() {
                if *self.stopped.lock().unwrap() {
                    break;
                }
                // A broken connection is not the server's error.
                scope.spawn(move || stream.and_then(|stream| self.serve(stream)));
            }
        });
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_millis(10)))?;
        stream.set_write_timeout(Some(Duration::from_secs(2)))?;
        match &self.tls {
            None => self.converse(stream),
            Some(config) => {
                let session = ServerConnection::new(Arc::clone(config)).unwrap();
                self.converse(StreamOwned::new(session, stream))
            }
        }
    }

    fn converse(&self, mut stream: impl Read + Write) -> std::io::Result<()> {
        while let Some(request) = self.read(&mut stream)? {
            self.seen.lock().unwrap().push(request.clone());
            for act in (self.script)(&request) {
                match act {
                    Act::Send(bytes) => stream.write_all(&bytes)?,
                    Act::Drip(bytes, pause) => loop {
                        stream.write_all(&bytes)?;
                        if self.stops_within(pause) {
                            return Ok(());
                        }
                    },
                    Act::Hang => {
                        self.read(&mut stream)?;
                        return Ok(());
                    }
                    Act::Close => return Ok(()),
                }
            }
        }
        Ok(())
    }

    /// Reads the next request. Returns `None` once the client has gone or the server stops. A TLS hello counts as a request.
    fn read(&self, stream: &mut impl Read) -> std::io::Result<Option<Seen>> {
        let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
        while !self.stops_within(Duration::ZERO) {
            match stream.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(length) => head.extend_from_slice(&buffer[..length]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
            let is_tls = head.first() == Some(&0x16);
            if is_tls || head.ends_with(b"\r\n\r\n") {
                return Ok(Some(Seen::parse(&String::from_utf8_lossy(&head))));
            }
        }
        Ok(None)
    }

    fn stops_within(&self, time: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap();
        let (stopped, _) = self
            .stopping
            .wait_timeout_while(stopped, time, |stopped| !*stopped)
            .unwrap();
        *stopped
    }
}
