//! A free port for a process that cannot choose one itself.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Returns a port that is free, below those that systems hand out (RFC 6335 begins them at 49152, Linux at 32768): otherwise a client's
/// connection could take it before the process listens.
pub(crate) fn free_port() -> u16 {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    // Processes that look at the same time begin at different ports.
    let begin = u16::try_from(std::process::id() % 500).unwrap_or_default() * 20;
    loop {
        let number = begin.wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed)) % 10_000;
        let port = 20_000 + number;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
