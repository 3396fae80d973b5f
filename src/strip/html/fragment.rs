use std::fmt;
use std::sync::Arc;

use super::Html;

/// The HTML of a strip, written once: safe to put into any page, and cheap to clone and to share.
///
/// A template engine escapes what it is given, so it must be told that nothing is left to escape here:
///
/// | engine | in Rust | in the template |
/// |---|---|---|
/// | askama | a field `strip: Fragment` | `{{ strip\|safe }}` |
/// | maud | | `(PreEscaped(&strip))` |
/// | minijinja | `Value::from_safe_string(strip.to_string())` | `{{ strip }}` |
///
/// Without that the reader sees tags as text, which is a fault but no danger.
///
/// ```
/// use masthead::strip::{Fragment, Layout, Strip};
/// use masthead::Snapshot;
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
/// let strip: Fragment = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).html().to_fragment();
/// let page = format!("<!doctype html><title>News</title>{strip}");
/// assert!(page.contains(r#"<section class="masthead" lang="en""#));
/// assert!(std::ptr::eq(strip.clone().as_ref(), strip.as_ref()), "a clone shares the text");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fragment {
    html: Arc<str>,
}

impl Html<'_> {
    /// Writes it into memory of its own, which outlives the snapshot and the layout.
    #[must_use]
    pub fn to_fragment(&self) -> Fragment {
        Fragment {
            html: self.to_string().into(),
        }
    }
}

impl Fragment {
    /// Takes HTML that is safe already.
    #[cfg(feature = "web")]
    pub(crate) const fn trusted(html: Arc<str>) -> Self {
        Self { html }
    }
}

impl From<Html<'_>> for Fragment {
    fn from(html: Html<'_>) -> Self {
        html.to_fragment()
    }
}

impl AsRef<str> for Fragment {
    fn as_ref(&self) -> &str {
        &self.html
    }
}

impl fmt::Display for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.html)
    }
}

impl fmt::Debug for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fragment").field(&self.html).finish()
    }
}
