//! TLS with the site's own certificate authority.

use std::path::{Path, PathBuf};
use std::time::Duration;

use masthead::ticker::shared::{Hint, InvalidRedisStore, RedisStore, SharedStore as _, SharedText};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::free_port::free_port;
use crate::server::RedisServer;
use crate::{change, id_of, text, try_revision, with_texts};

/// The files of an authority, and of a server's certificate signed by it.
struct Certificates {
    authority: String,
    folder: TempDir,
}

impl Certificates {
    fn for_name(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |name, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        write("authority.pem", authority.pem());
        write("certificate.pem", certificate.pem());
        write("key.pem", key.serialize_pem());
        Self {
            authority: authority.pem(),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Starts a server with TLS at `port`, and without at its own port.
fn start(certificates: &Certificates, port: u16) -> RedisServer {
    let path = |name| Path::to_str(&certificates.path(name)).unwrap().to_owned();
    RedisServer::start(&[
        "--tls-port",
        &port.to_string(),
        "--tls-auth-clients",
        "no",
        "--tls-ca-cert-file",
        &path("authority.pem"),
        "--tls-cert-file",
        &path("certificate.pem"),
        "--tls-key-file",
        &path("key.pem"),
        "--requirepass",
        "s3cret",
    ])
}

fn trusting(url: &str, authority: &Certificates) -> RedisStore {
    let build = RedisStore::builder(url).timeout(Duration::from_secs(2));
    build
        .certificate_authority(authority.authority.as_bytes())
        .build()
        .unwrap()
}

async fn error_of(store: &RedisStore) -> String {
    let answer = try_revision(store, "rates").await;
    answer.unwrap_err().to_string()
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_server_with_a_certificate_of_the_authority_is_used() {
    for name in ["127.0.0.1", "localhost"] {
        let (certificates, port) = (Certificates::for_name(name), free_port());
        let _server = start(&certificates, port);
        let store = trusting(&format!("rediss://:s3cret@{name}:{port}/1"), &certificates);
        assert_eq!(store.hint().await.unwrap(), Hint::Listening);
        let longest = "x".repeat(SharedText::LONGEST);
        let texts = (0..16).map(|id| text(id, &longest));
        change(&store, with_texts("rates", texts.collect())).await;
        let ids: Vec<_> = (0..16).map(id_of).collect();
        for text in store.texts(&ids).await.unwrap() {
            assert_eq!(text.as_deref(), Some(&*longest));
        }
        assert_eq!(store.hint().await.unwrap(), Hint::Changed);
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn any_other_server_is_refused() {
    let (certificates, port) = (Certificates::for_name("127.0.0.1"), free_port());
    let server = start(&certificates, port);
    let url = format!("rediss://:s3cret@127.0.0.1:{port}");
    let refused = |error: String| {
        let expected = "no connection: invalid peer certificate: ";
        assert!(error.contains(expected), "{error}");
        error
    };
    // Signed by another authority.
    let others = Certificates::for_name("127.0.0.1");
    let store = trusting(&url, &others);
    let _ = refused(error_of(&store).await);
    let _ = refused(store.hint().await.unwrap_err().to_string());
    // Signed by an authority that the machine does not trust.
    let build = RedisStore::builder(&url).timeout(Duration::from_secs(5));
    let _ = refused(error_of(&build.build().unwrap()).await);
    // For another name.
    let elsewhere = format!("rediss://:s3cret@localhost:{port}");
    let store = trusting(&elsewhere, &certificates);
    let error = refused(error_of(&store).await);
    assert!(error.contains("not valid for name"), "{error}");
    // A server without TLS does not receive the password.
    let plain = format!("rediss://:s3cret@127.0.0.1:{}", server.port());
    let store = trusting(&plain, &certificates);
    let error = error_of(&store).await;
    assert!(error.contains("no connection within"), "{error}");
    // A TLS-only server is not contacted without TLS.
    let store = RedisStore::builder(url.replace("rediss", "redis"))
        .build()
        .unwrap();
    let _ = error_of(&store).await;
}

#[test]
fn an_authority_needs_valid_certificates_and_a_tls_address() {
    let certificates = Certificates::for_name("127.0.0.1");
    let key = std::fs::read_to_string(certificates.path("key.pem")).unwrap();
    let broken = certificates.authority.replacen("MII", "MI!", 1);
    for (url, pem, what) in [
        (
            "redis://h",
            &certificates.authority,
            "the address is not rediss://",
        ),
        (
            "rediss://h",
            &String::new(),
            "there is no certificate in it",
        ),
        ("rediss://h", &key, "there is no certificate in it"),
        ("rediss://h", &broken, ""),
    ] {
        let build = RedisStore::builder(url).certificate_authority(pem.as_bytes());
        let error = build.build().unwrap_err();
        let InvalidRedisStore::CertificateAuthority { problem } = error else {
            panic!("{error}")
        };
        assert!(problem.contains(what), "{problem}");
    }
}
