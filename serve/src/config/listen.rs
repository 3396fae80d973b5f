//! Addresses that the server listens on: TCP, or a unix socket.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::Purpose;
use super::reader::{Entry, Section};

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listen {
    Tcp(SocketAddr),
    Unix {
        path: PathBuf,
        /// The permissions of the socket's file.
        mode: u32,
    },
}

/// The permissions of a socket's file, if the settings have none: the owner and the group may connect.
const MODE: u32 = 0o660;
/// The longest path of a unix socket in bytes, on the system with the shortest.
const LONGEST: usize = 103;

impl Listen {
    /// The path of the socket's file. `None` for a TCP address.
    pub(crate) const fn path(&self) -> Option<&PathBuf> {
        match self {
            Self::Tcp(_) => None,
            Self::Unix { path, .. } => Some(path),
        }
    }

    /// Whether both cannot be listened on at once.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tcp(address), Self::Tcp(other)) => address == other && address.port() != 0,
            _ => self.path().is_some() && self.path() == other.path(),
        }
    }

    /// Reads `listen` and `listen_mode` of a section. `entry` is that of `listen`; without one the address is `default`.
    pub(super) fn read(
        entry: Option<&Entry<'_>>,
        default: Option<SocketAddr>,
        section: &mut Section<'_>,
    ) -> Option<Self> {
        let mode = section.entry("listen_mode");
        let listen = match entry {
            Some(entry) => address(entry),
            None => default.map(Self::Tcp),
        };
        match (listen, mode) {
            (Some(Self::Unix { path, .. }), Some(entry)) => {
                let mode = permissions(&entry)?;
                Some(Self::Unix { path, mode })
            }
            (listen, mode) => {
                if let (Some(Self::Tcp(_)), Some(entry)) = (&listen, mode) {
                    entry.warn("has no effect: the address is no unix socket");
                }
                listen
            }
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix { path, .. } => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Reads an address.
fn address(entry: &Entry<'_>) -> Option<Listen> {
    let text = entry.text()?;
    let Some(path) = text.strip_prefix("unix:") else {
        let wrong = "expected an address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\", or a unix socket, such as \"unix:/run/masthead/strip.sock\"";
        let address = text.parse().map_err(|_| entry.refuse(wrong));
        return address.map(Listen::Tcp).ok();
    };
    if !cfg!(unix) {
        entry.refuse("this system has no unix sockets");
        return None;
    }
    if !path.starts_with('/') || path.ends_with('/') || path.contains(char::is_control) {
        entry.refuse(
            "expected the complete path of a socket, such as \"unix:/run/masthead/strip.sock\"",
        );
        return None;
    }
    if path.len() > LONGEST {
        let bytes = path.len();
        entry.refuse(format_args!(
            "the path has {bytes} bytes, a socket's has at most {LONGEST}"
        ));
        return None;
    }
    let path = PathBuf::from(path);
    // A service manager may make it before the start.
    if entry.purpose() == Purpose::Check
        && let Some(folder) = path.parent()
        && !folder.is_dir()
    {
        let folder = folder.display();
        entry.warn(format_args!("the folder {folder} does not exist"));
    }
    Some(Listen::Unix { path, mode: MODE })
}

/// Reads the permissions of a socket's file.
fn permissions(entry: &Entry<'_>) -> Option<u32> {
    let text = entry.text()?;
    let is_octal = (3..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(text, 8).ok();
    // To connect is to write.
    let mode = mode.filter(|mode| is_octal && *mode <= 0o777 && mode & 0o200 != 0);
    if mode.is_none() {
        entry.refuse(
            "expected permissions in octal digits by which the owner may write, such as \"0660\"",
        );
    }
    mode
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(lines: &str) -> Result<(Listen, String), String> {
        let text = format!("contact = \"a; b@example.kz\"\n{lines}\n");
        let config = Config::parse("FILE", &text).map_err(|problems| problems.to_string())?;
        Ok((config.network.listen, config.warnings.to_string()))
    }

    fn unix(path: &str, mode: u32) -> Listen {
        let path = path.into();
        Listen::Unix { path, mode }
    }

    #[test]
    fn an_address_is_tcp_or_a_unix_socket() {
        for (lines, expected) in [
            ("", Listen::Tcp(([127, 0, 0, 1], 8080).into())),
            (
                "listen = \"[::]:80\"",
                Listen::Tcp("[::]:80".parse().unwrap()),
            ),
            (
                "listen = \"unix:/run/a b.sock\"",
                unix("/run/a b.sock", 0o660),
            ),
            (
                "listen = \"unix:/a\"\nlisten_mode = \"0600\"",
                unix("/a", 0o600),
            ),
            (
                "listen = \"unix:/a\"\nlisten_mode = \"777\"",
                unix("/a", 0o777),
            ),
        ] {
            assert_eq!(read(lines), Ok((expected, String::new())), "{lines}");
        }
        let (listen, _) = read("listen = \"unix:/run/a.sock\"").unwrap();
        assert_eq!(listen.to_string(), "unix:/run/a.sock");
        let (_, warnings) = read("listen_mode = \"0660\"").unwrap();
        assert_eq!(
            warnings,
            "FILE:2:15: warning: listen_mode: has no effect: the address is no unix socket"
        );
    }

    #[test]
    fn invalid_sockets_are_refused() {
        let long = format!("listen = \"unix:/{}\"", "a".repeat(103));
        for (lines, error) in [
            (
                "listen = \"unix:\"",
                "2:10: listen: expected the complete path",
            ),
            (
                "listen = \"unix:a.sock\"",
                "2:10: listen: expected the complete path",
            ),
            (
                "listen = \"unix:/run/\"",
                "2:10: listen: expected the complete path",
            ),
            (
                "listen = \"unix:/a\\u0000b\"",
                "2:10: listen: expected the complete path",
            ),
            (
                long.as_str(),
                "2:10: listen: the path has 104 bytes, a socket's has at most 103",
            ),
            (
                "listen = \"/run/a\"",
                "2:10: listen: expected an address and a port",
            ),
            (
                "listen = \"unix:/a\"\nlisten_mode = \"0888\"",
                "3:15: listen_mode: expected permissions",
            ),
            (
                "listen = \"unix:/a\"\nlisten_mode = \"+660\"",
                "3:15: listen_mode: expected permissions",
            ),
            (
                "listen = \"unix:/a\"\nlisten_mode = \"1777\"",
                "3:15: listen_mode: expected permissions",
            ),
            (
                "listen = \"unix:/a\"\nlisten_mode = \"0466\"",
                "3:15: listen_mode: expected permissions in octal digits by which the owner may write",
            ),
            (
                "listen = \"unix:/a\"\nlisten_mode = 660",
                "3:15: listen_mode: expected text in quotes",
            ),
        ] {
            let found = read(lines).unwrap_err();
            assert!(found.starts_with(&format!("FILE:{error}")), "{found}");
            assert_eq!(found.lines().count(), 1, "{found}");
        }
    }
}
