//! The address of a server: its place, the user and the database.
//!
//! The parser of the `redis` crate reads it, after checks of what that parser would ignore: options behind `?`, a fragment behind `#`, white space.
//! Such a rest may be a part of a password with an unencoded character, so that ignoring it would connect without the right password, and printing it
//! would show one. An error has the place alone.

use std::fmt;
use std::path::PathBuf;

use redis::{ConnectionAddr, ConnectionInfo, RedisConnectionInfo, RedisError};
use rustls::pki_types::ServerName;

use super::InvalidRedisStore;

/// The place of a server, and the user. Its text has the place only.
pub(super) struct Address {
    pub(super) place: Place,
    pub(super) login: RedisConnectionInfo,
}

pub(super) enum Place {
    Tcp {
        host: String,
        port: u16,
        /// The name that the certificate must have; `None` without TLS.
        tls: Option<ServerName<'static>>,
    },
    Unix(PathBuf),
}

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidRedisStore> {
        let invalid = |problem: &str| InvalidRedisStore::Address {
            address: shown(text),
            problem: problem.to_owned(),
        };
        let form = "expected redis://, rediss:// or unix://";
        let (scheme, rest) = text.split_once("://").ok_or_else(|| invalid(form))?;
        // The parser knows these schemes only with its own TLS, which is not compiled.
        let (scheme, is_tls) = match scheme {
            "redis" | "valkey" => ("redis", false),
            "rediss" | "valkeys" => ("redis", true),
            "unix" => ("unix", false),
            _ => return Err(invalid(form)),
        };
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(invalid("there is white space in it"));
        }
        // The parser ignores what follows them, which may be the rest of a password.
        if rest.contains('#') || (scheme != "unix" && rest.contains('?')) {
            return Err(invalid(
                "nothing may follow the database; of a password #, ?, / and @ are written %23, %3F, %2F and %40",
            ));
        }
        let query = rest.split_once('?').map_or("", |(_, query)| query);
        let known = |pair: &str| {
            let name = pair.split('=').next();
            matches!(name, Some("db" | "user" | "pass"))
        };
        if !query.is_empty() && !query.split('&').all(known) {
            return Err(invalid("after ? stand db, user and pass"));
        }
        let info: ConnectionInfo = format!("{scheme}://{rest}")
            .parse()
            .map_err(|error| invalid(&problem(&error)))?;
        let login = info.redis_settings();
        if login.db() < 0 {
            return Err(invalid("the database is negative"));
        }
        if login.username().is_some() && login.password().is_none() {
            return Err(invalid("there is a user without a password"));
        }
        let place = match info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let name = || ServerName::try_from(host.clone());
                let tls = is_tls.then(name).transpose();
                Place::Tcp {
                    host: host.clone(),
                    port: *port,
                    tls: tls.map_err(|_| invalid("no certificate can be for this host"))?,
                }
            }
            ConnectionAddr::Unix(path) => Place::Unix(path.clone()),
            _ => return Err(invalid(form)),
        };
        Ok(Self {
            place,
            // Without the right to `CLIENT SETINFO` this would be an error.
            login: login.clone().set_skip_set_lib_name(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Tcp { host, port, .. } if host.contains(':') => write!(f, "[{host}]:{port}")?,
            Place::Tcp { host, port, .. } => write!(f, "{host}:{port}")?,
            Place::Unix(path) => write!(f, "{}", path.display())?,
        }
        match self.login.db() {
            0 => Ok(()),
            database => write!(f, "/{database}"),
        }
    }
}

/// Returns the parser's message without its details, which may have a part of the address.
fn problem(error: &RedisError) -> String {
    let text = error.to_string();
    let said = text.split(" - ").next().unwrap_or_default();
    said.to_lowercase()
}

/// Returns an invalid address without anything that may be a part of a password.
fn shown(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return "[redacted]".into();
    };
    let scheme: String = scheme.chars().take(12).collect();
    if scheme == "unix" {
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        return format!("unix://{}", path.chars().take(120).collect::<String>());
    }
    let (login, place) = match rest.rsplit_once('@') {
        Some((_, place)) => ("[redacted]@", place),
        None => ("", rest),
    };
    let place = place.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !place.ends_with(']') => (host, port),
        _ => (place, ""),
    };
    let is_place =
        !host.is_empty() && host.len() <= 120 && port.bytes().all(|b| b.is_ascii_digit());
    let place = if is_place { place } else { "[redacted]" };
    format!("{scheme}://{login}{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_an_address_is_its_place() {
        for (text, name) in [
            ("redis://10.0.0.5", "10.0.0.5:6379"),
            (
                "redis://:s3cret@cache.example:7000/2",
                "cache.example:7000/2",
            ),
            ("rediss://news:s3cret@cache.example", "cache.example:6379"),
            ("valkey://[::1]:7000", "[::1]:7000"),
            (
                "unix:///run/redis.sock?db=3&user=news&pass=s3cret",
                "/run/redis.sock/3",
            ),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), name, "{text}");
        }
    }

    #[test]
    fn percent_encoding_is_decoded() {
        let address = Address::parse("redis://n%40ws:s%2F%3F%23cret@localhost/1").unwrap();
        assert_eq!(address.login.username(), Some("n@ws"));
        assert_eq!(address.login.password(), Some("s/?#cret"));
        assert_eq!(address.login.db(), 1);
    }

    #[test]
    fn tls_needs_a_name_and_only_tls_has_one() {
        let tls = |text| match Address::parse(text).unwrap().place {
            Place::Tcp { tls, .. } => tls.is_some(),
            Place::Unix(_) => false,
        };
        assert!(tls("rediss://cache.example"));
        assert!(tls("rediss://10.0.0.5"));
        assert!(!tls("redis://cache.example"));
        assert!(Address::parse("rediss://-.example").is_err());
    }

    #[test]
    fn an_invalid_address_is_reported_without_its_password() {
        for (text, message) in [
            (
                "s3cret",
                "\"[redacted]\": expected redis://, rediss:// or unix://",
            ),
            (
                "http://u:s3cret@h",
                "\"http://[redacted]@h\": expected redis://",
            ),
            ("redis://", "\"redis://[redacted]\": "),
            ("redis://u:s3cret", "\"redis://[redacted]\": "),
            (
                "redis://:s3cret@h:port/1",
                "\"redis://[redacted]@[redacted]\": ",
            ),
            ("redis://:s3/cret@h:1", "\"redis://[redacted]@h:1\": "),
            (
                "redis://:s3#cret@h",
                "\"redis://[redacted]@h\": nothing may follow",
            ),
            (
                "redis://:s3?cret@h",
                "\"redis://[redacted]@h\": nothing may follow",
            ),
            (
                "rediss://:s3cret@h/#insecure",
                "\"rediss://[redacted]@h\": nothing may follow",
            ),
            (
                "redis://:s3cret@h?protocol=resp3",
                "\"redis://[redacted]@h\": nothing may follow",
            ),
            (
                "redis://:s3cret@h/two",
                "\"redis://[redacted]@h\": invalid database number",
            ),
            (
                "redis://:s3cret@h/-1",
                "\"redis://[redacted]@h\": the database is negative",
            ),
            (
                "redis://:s3cret@0.0.0.0",
                "\"redis://[redacted]@0.0.0.0\": cannot connect to a wildcard",
            ),
            (
                "redis://s3cret@h",
                "\"redis://[redacted]@h\": there is a user without a password",
            ),
            (
                "redis://:s3cret@h\n",
                "\"redis://[redacted]@h\\n\": there is white space",
            ),
            ("unix://tmp/a?pass=s3cret", "\"unix://tmp/a\": missing path"),
            (
                "unix:///tmp/a?password=s3cret",
                "\"unix:///tmp/a\": after ? stand db, user and pass",
            ),
        ] {
            let error = Address::parse(text).err().unwrap().to_string();
            assert!(
                error.starts_with(&format!("invalid address {message}")),
                "{error}"
            );
            assert!(!error.contains("cret"), "{error}");
        }
    }
}
