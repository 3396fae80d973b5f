//! Endpoints that are not HTTP servers: sockets without an accepting process, and untrusted certificates.

use std::any::Any;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, CertifiedKey, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::scripted_server::{Act, Server};

/// An upstream address, and the resources that keep it open.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    _kept: Box<dyn Any>,
}

impl Endpoint {
    fn at(scheme: &str, address: SocketAddr, kept: impl Any) -> Self {
        Self {
            url: format!("{scheme}://{address}"),
            _kept: Box::new(kept),
        }
    }

    /// A port without a listener.
    pub(crate) fn closed() -> Self {
        let address = listen().local_addr().unwrap();
        Self::at("http", address, ())
    }

    /// A listener that never accepts: the kernel completes the connection.
    pub(crate) fn never_accepted() -> Self {
        let listener = listen();
        Self::at("http", listener.local_addr().unwrap(), listener)
    }

    /// A listener with a full backlog: the kernel does not answer.
    pub(crate) fn full() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
            waiting.push(stream);
            assert!(waiting.len() < 100, "the backlog does not fill");
        }
        Self::at("http", address, (listener, waiting))
    }

    /// An `https` address at which the server speaks another protocol.
    pub(crate) fn instead_of_tls(acts: Vec<Act>) -> Self {
        let server = Server::answering(acts);
        let address = ([127, 0, 0, 1], server.port()).into();
        Self::at("https", address, server)
    }

    /// An `https` address whose certificate is untrusted, or for another name.
    pub(crate) fn certified(config: Arc<ServerConfig>) -> Self {
        let server = Server::start_tls(config, |_| panic!("the client trusts this"));
        let address = ([127, 0, 0, 1], server.port()).into();
        Self::at("https", address, server)
    }
}

fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// A certificate and its key.
pub(crate) struct Identity(CertifiedKey<KeyPair>);

impl Identity {
    pub(crate) fn for_name(name: &str) -> Self {
        let signing_key = KeyPair::generate().unwrap();
        let mut certificate = CertificateParams::new([name.to_owned()]).unwrap();
        // With the same name, it would be taken for the trusted certificate with a bad signature.
        certificate
            .distinguished_name
            .push(DnType::CommonName, name);
        let cert = certificate.self_signed(&signing_key).unwrap();
        Self(CertifiedKey { cert, signing_key })
    }

    /// Writes the certificate and the key for the child process, which trusts the one and serves with the other.
    pub(crate) fn write(&self, folder: &Path) {
        std::fs::write(folder.join("root.pem"), self.0.cert.pem()).unwrap();
        std::fs::write(folder.join("key.pem"), self.0.signing_key.serialize_pem()).unwrap();
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::Pkcs8(self.0.signing_key.serialize_der().into());
        config(self.0.cert.der().clone(), key)
    }
}

/// Reads the identity written by the parent process.
pub(crate) fn written(folder: &Path) -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_file(folder.join("root.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    config(certificate, key)
}

fn config(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}
