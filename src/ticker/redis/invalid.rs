use std::error::Error;

/// The error of [`RedisStoreBuilder::build`](super::RedisStoreBuilder::build). Its text has no password.
///
/// The user, the password and the query of an address are in no message:
///
/// ```
/// use masthead::ticker::shared::{InvalidRedisStore, RedisStore};
///
/// let error = RedisStore::builder("redis://masthead:s3cret@10.0.0.5/one").build().unwrap_err();
/// assert!(matches!(error, InvalidRedisStore::Address { .. }) && !error.to_string().contains("s3cret"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRedisStore {
    /// The address cannot be parsed, or names an unsupported option.
    #[error("invalid address {address:?}: {problem}")]
    Address {
        /// The address without its user, password and query.
        address: String,
        /// The reason.
        problem: String,
    },
    /// The prefix has another character, or another length.
    #[error("invalid prefix {prefix:?}: expected 1 to 64 of A-Z, a-z, 0-9, ., _, -, :, {{ and }}")]
    Prefix {
        /// The prefix, shortened.
        prefix: String,
    },
    /// The time is outside 1 millisecond to 10 seconds.
    #[error("invalid timeout {timeout:?}: expected 1 ms to 10 s")]
    Timeout {
        /// The time that was set.
        timeout: std::time::Duration,
    },
    /// The PEM is unreadable or empty, or the address is not `rediss://`.
    #[error("invalid certificate authority: {problem}")]
    CertificateAuthority {
        /// The reason.
        problem: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] Box<dyn Error + Send + Sync>),
}
