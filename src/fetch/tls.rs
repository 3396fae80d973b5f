//! The one TLS configuration: rustls with ring, for the sources and for Redis. No provider is installed for the process, so that a host with another
//! one is not disturbed.

use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// TLS by ring, trusting what the machine trusts, or Mozilla's list where the machine has none.
pub(crate) fn tls() -> Result<ClientConfig, rustls::Error> {
    match builder()?.with_platform_verifier() {
        Ok(platform) => Ok(settled(platform)),
        Err(_) => tls_trusting(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }),
    }
}

/// TLS by ring, trusting these certificates and no others.
pub(crate) fn tls_trusting(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    Ok(settled(builder()?.with_root_certificates(roots)))
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

fn settled(trusting: ConfigBuilder<ClientConfig, WantsClientCert>) -> ClientConfig {
    trusting.with_no_client_auth()
}
