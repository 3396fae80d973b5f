//! Options of accepted sockets.

use std::time::Duration;

use tokio::net::TcpStream;

/// The longest time for a client's system to acknowledge data. A reader of events that vanished without a word, such as a phone out of reach,
/// otherwise keeps its place until the kernel gives up, which takes about a quarter of an hour.
pub(super) const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// Sets the options. If the system refuses one, the connection works without it.
pub(super) fn prepare(stream: &TcpStream) {
    _ = stream.set_nodelay(true);
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    {
        let millis = u32::try_from(UNACKNOWLEDGED.as_millis()).unwrap_or(u32::MAX);
        _ = rustix::net::sockopt::set_tcp_user_timeout(stream, millis);
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn an_accepted_socket_has_its_options() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (_client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (stream, _) = accepted.unwrap();
        assert!(!stream.nodelay().unwrap());
        prepare(&stream);
        assert!(stream.nodelay().unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(
            rustix::net::sockopt::tcp_user_timeout(&stream).unwrap(),
            30_000
        );
    }
}
