//! The two static files, with the digests that their paths and tags carry.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use ring::digest::{SHA384, digest};

use super::encodings::Encodings;
use crate::strip::STYLE;

/// A static file of the strip: its style sheet or its script.
///
/// A strip works without both. A [`Service`](super::Service) serves each under two paths: `/masthead.css` and `/masthead.js`, which
/// caches revalidate after an hour, and a path with a digest of the content, which browsers keep for a year. A new version of the
/// file has a new path, so that no page combines old and new files. [`Service::head`](super::Service::head) links both files.
///
/// A host that serves files itself writes [`text`](Self::text) to [`path`](Self::path) below its own folder:
///
/// ```
/// use masthead::web::Asset;
///
/// let style = Asset::style();
/// assert!(style.path().starts_with("masthead.") && style.path().ends_with(".css"));
/// assert!(style.integrity().starts_with("sha384-"));
/// assert!(style.tag("/strip").starts_with(r#"<link rel="stylesheet" href="/strip/masthead."#));
///
/// let folder = std::env::temp_dir();
/// std::fs::write(folder.join(style.path()), style.text())?;
/// # std::fs::remove_file(folder.join(style.path()))?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Asset {
    extension: &'static str,
    text: &'static str,
    path: String,
    integrity: String,
    pub(super) encodings: Encodings,
}

static STYLE_SHEET: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("css", "text/css; charset=utf-8", STYLE));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("masthead.js");
    Asset::new("js", "text/javascript; charset=utf-8", text)
});

impl Asset {
    /// Compresses and digests a file, which takes milliseconds: once for the process.
    fn new(extension: &'static str, media_type: &'static str, text: &'static str) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        let encodings = Encodings::new(Bytes::from_static(text.as_bytes()), headers);
        let digest = BASE64_STANDARD.encode(digest(&SHA384, text.as_bytes()));
        Self {
            extension,
            text,
            path: format!("masthead.{}.{extension}", encodings.fingerprint),
            integrity: format!("sha384-{digest}"),
            encodings,
        }
    }

    /// Returns the style sheet, [`strip::STYLE`](STYLE).
    ///
    /// ```
    /// use masthead::web::Asset;
    ///
    /// assert_eq!(Asset::style().text(), masthead::strip::STYLE);
    /// ```
    #[must_use]
    pub fn style() -> &'static Self {
        &STYLE_SHEET
    }

    /// Returns the script: a JavaScript module that defines the element `masthead-strip` of
    /// [`Service::live`](super::Service::live).
    ///
    /// It changes the server's markup in place, so that nothing moves and the focus stays. It writes text only, never HTML, and
    /// therefore runs under `require-trusted-types-for 'script'`.
    ///
    /// ```
    /// use masthead::web::Asset;
    ///
    /// let script = Asset::script();
    /// assert!(script.text().contains("customElements.define(\"masthead-strip\""));
    /// assert!(!script.text().contains("innerHTML"));
    /// ```
    #[must_use]
    pub fn script() -> &'static Self {
        &SCRIPT
    }

    /// Returns the file that `path` names, relative to the mount point, and whether the path contains its digest.
    pub(super) fn named(path: &str) -> Option<(&'static Self, bool)> {
        let rest = path.strip_prefix("masthead.")?;
        [Self::style(), Self::script()]
            .into_iter()
            .find_map(|asset| {
                let immutable = path == asset.path;
                (immutable || rest == asset.extension).then_some((asset, immutable))
            })
    }

    /// Returns the path with the digest, relative to the service's mount point: `masthead.{digest}.css` or `.js`.
    ///
    /// The digest is 128 bits of the content's SHA-256 in base64url, 22 characters.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the value of the attribute [`integrity`](https://www.w3.org/TR/sri/): `sha384-` and the digest in base64.
    #[must_use]
    pub fn integrity(&self) -> &str {
        &self.integrity
    }

    /// Returns the content of the file.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Returns the tag that links the file, for the `<head>` of a page: `<link>` or `<script type="module">`.
    ///
    /// `base` is the path or address of the folder that holds the file, such as `/strip`; slashes at its end are ignored.
    ///
    /// ```
    /// use masthead::web::Asset;
    ///
    /// let script = Asset::script();
    /// let (path, integrity) = (script.path(), script.integrity());
    /// assert_eq!(
    ///     script.tag("/strip/"),
    ///     format!(r#"<script type="module" src="/strip/{path}" integrity="{integrity}"></script>"#),
    /// );
    /// ```
    #[must_use]
    pub fn tag(&self, base: &str) -> String {
        let Self {
            path, integrity, ..
        } = self;
        let base = base.trim_end_matches('/');
        if self.extension == "css" {
            format!(r#"<link rel="stylesheet" href="{base}/{path}" integrity="{integrity}">"#)
        } else {
            format!(
                r#"<script type="module" src="{base}/{path}" integrity="{integrity}"></script>"#
            )
        }
    }
}
