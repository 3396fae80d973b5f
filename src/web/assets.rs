//! The two static files.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use ring::digest::{SHA384, digest};

use super::packed::Packed;
use crate::strip::STYLE;

/// A static file of the strip: its style sheet or its script. Both are optional, and come from the site's own address.
///
/// A file is served by its name, to be asked for again after an hour, and by its content, to be kept for ever.
///
/// ```
/// use masthead::web::Asset;
///
/// let style = Asset::style();
/// assert!(style.path().starts_with("masthead.") && style.path().ends_with(".css"));
/// assert!(style.integrity().starts_with("sha384-"));
/// assert!(style.tag("/strip").starts_with(r#"<link rel="stylesheet" href="/strip/masthead."#));
/// ```
#[derive(Debug)]
pub struct Asset {
    extension: &'static str,
    text: &'static str,
    path: String,
    integrity: String,
    pub(super) packed: Packed,
}

static STYLE_SHEET: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("css", "text/css; charset=utf-8", STYLE));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("masthead.js");
    Asset::new("js", "text/javascript; charset=utf-8", text)
});

impl Asset {
    fn new(extension: &'static str, media_type: &'static str, text: &'static str) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        let packed = Packed::new(Bytes::from_static(text.as_bytes()), headers);
        let digest = BASE64_STANDARD.encode(digest(&SHA384, text.as_bytes()));
        Self {
            extension,
            text,
            path: format!("masthead.{}.{extension}", packed.fingerprint),
            integrity: format!("sha384-{digest}"),
            packed,
        }
    }

    /// The style sheet, [`strip::STYLE`](STYLE).
    #[must_use]
    pub fn style() -> &'static Self {
        &STYLE_SHEET
    }

    /// The script: a module that defines the element `masthead-strip`.
    #[must_use]
    pub fn script() -> &'static Self {
        &SCRIPT
    }

    /// The file a path names below the service's own, and whether it does by its content.
    pub(super) fn named(path: &str) -> Option<(&'static Self, bool)> {
        let rest = path.strip_prefix("masthead.")?;
        [Self::style(), Self::script()]
            .into_iter()
            .find_map(|asset| {
                let kept = path == asset.path;
                (kept || rest == asset.extension).then_some((asset, kept))
            })
    }

    /// Where it is served by its content, below the service's own path: `masthead.<digest>.css`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its digest for [`integrity`](https://www.w3.org/TR/sri/), with SHA-384.
    #[must_use]
    pub fn integrity(&self) -> &str {
        &self.integrity
    }

    /// Its text, for a host that serves files itself.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The tag that links it, for the head of a page. `base` is the path of the service, such as `/strip`.
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
