use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::address::{Address, Place};
use super::link::Link;
use super::news::News;
use super::server::Server;
use super::{InvalidRedisStore, RedisStore};
use crate::fetch::{SystemResolver, tls, tls_trusting};

/// Settings of a [`RedisStore`], from [`RedisStore::builder`].
///
/// ```
/// use std::time::Duration;
/// use masthead::ticker::shared::RedisStore;
///
/// let store = RedisStore::builder("redis://10.0.0.5").prefix("news").timeout(Duration::from_millis(100)).build()?;
/// assert_eq!(store.to_string(), "redis 10.0.0.5:6379");
/// let error = RedisStore::builder("redis://10.0.0.5").prefix("two words").build().unwrap_err();
/// assert!(error.to_string().starts_with("invalid prefix"));
/// # Ok::<(), masthead::ticker::shared::InvalidRedisStore>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct RedisStoreBuilder {
    address: String,
    prefix: String,
    timeout: Duration,
    authority: Option<Vec<u8>>,
}

const TIMEOUTS: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(10);

impl RedisStoreBuilder {
    pub(super) fn new(address: String) -> Self {
        Self {
            address,
            prefix: "masthead".into(),
            timeout: Duration::from_millis(250),
            authority: None,
        }
    }

    /// Sets the prefix of all keys and channels: 1 to 64 of `A-Z`, `a-z`, `0-9`, `.`, `_`, `-`, `:`, `{` and `}`. Default: `masthead`.
    ///
    /// Sites that share a Redis need different prefixes; servers of one site need the same.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets the time for a whole call, connecting included: 1 millisecond to 10 seconds. A ticker waits at most one second for a store, whatever is
    /// set. Default: 250 milliseconds.
    pub const fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// Sets the certificates that servers of `rediss://` are verified by, one or several in PEM, in place of those that the machine trusts. Default:
    /// the certificates that the machine trusts.
    ///
    /// ```
    /// use masthead::ticker::shared::{InvalidRedisStore, RedisStore};
    ///
    /// let error = RedisStore::builder("rediss://10.0.0.5").certificate_authority(b"no certificate").build().unwrap_err();
    /// assert!(matches!(error, InvalidRedisStore::CertificateAuthority { .. }), "{error}");
    /// ```
    pub fn certificate_authority(mut self, pem: &[u8]) -> Self {
        self.authority = Some(pem.to_vec());
        self
    }

    /// Builds the store. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// If the address, the prefix, the time or the certificate authority is invalid, or TLS cannot be set up.
    pub fn build(self) -> Result<RedisStore, InvalidRedisStore> {
        let address = Address::parse(&self.address)?;
        let good = |b: u8| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b':' | b'{' | b'}')
        };
        if !(1..=64).contains(&self.prefix.len()) || !self.prefix.bytes().all(good) {
            let prefix = self.prefix.chars().take(80).collect();
            return Err(InvalidRedisStore::Prefix { prefix });
        }
        if !TIMEOUTS.contains(&self.timeout) {
            let timeout = self.timeout;
            return Err(InvalidRedisStore::Timeout { timeout });
        }
        let is_tls = matches!(address.place, Place::Tcp { tls: Some(_), .. });
        let server = Server {
            address,
            tls: tls_config(is_tls, self.authority.as_deref())?.map(Arc::new),
            timeout: self.timeout,
            resolver: SystemResolver::default(),
        };
        Ok(RedisStore {
            server: Arc::new(server),
            link: Arc::new(Link::default()),
            news: Arc::new(News::default()),
            prefix: self.prefix.into(),
        })
    }
}

// Without the address, which may hold a password.
impl fmt::Debug for RedisStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStoreBuilder")
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn tls_config(
    is_tls: bool,
    authority: Option<&[u8]>,
) -> Result<Option<ClientConfig>, InvalidRedisStore> {
    let invalid = |problem: String| InvalidRedisStore::CertificateAuthority { problem };
    let config = match (is_tls, authority) {
        (false, None) => return Ok(None),
        (false, Some(_)) => return Err(invalid("the address is not rediss://".into())),
        (true, None) => tls(),
        (true, Some(pem)) => {
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| invalid(error.to_string()))?;
                let added = roots.add(certificate);
                added.map_err(|error| invalid(error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(invalid("there is no certificate in it".into()));
            }
            tls_trusting(roots)
        }
    };
    config
        .map(Some)
        .map_err(|error| InvalidRedisStore::Tls(error.into()))
}
