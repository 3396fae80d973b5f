use std::error::Error;

/// The settings do not make a [`RedisStore`](super::RedisStore). No text of it has a password in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRedisStore {
    /// The address cannot be read, or asks for what is not supported.
    #[error("invalid address {address:?}: {problem}")]
    Address {
        /// The address, as far as there can be no secret in it.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The prefix cannot stand before keys.
    #[error("invalid prefix {prefix:?}: expected 1 to 64 of A-Z, a-z, 0-9, ., _, -, :, {{ and }}")]
    Prefix {
        /// The prefix, shortened.
        prefix: String,
    },
    /// The time for a call is none, or so long that who waits for it would take the store for dead.
    #[error("invalid timeout {timeout:?}: expected 1 ms to 10 s")]
    Timeout {
        /// The time.
        timeout: std::time::Duration,
    },
    /// The certificates cannot be read, or there are none, or the address is none of TLS.
    #[error("invalid certificate authority: {problem}")]
    CertificateAuthority {
        /// What is wrong with it.
        problem: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] Box<dyn Error + Send + Sync>),
}
