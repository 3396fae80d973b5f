use std::fmt;
use std::sync::Arc;

use super::Html;

/// The HTML of a strip in memory of its own, made by [`Html::to_fragment`].
///
/// It outlives the snapshot and the layout, and a clone shares the text. It is escaped, and safe to put
/// into a page. Use it to hand a strip to a template engine or to keep it between requests.
///
/// Template engines escape their values, so the engine must be told that the fragment is HTML:
///
/// | engine | in Rust | in the template |
/// |---|---|---|
/// | askama | a field `strip: Fragment` | `{{ strip\|safe }}` |
/// | maud | | `(PreEscaped(&strip))` |
/// | minijinja | `Value::from_safe_string(strip.to_string())` | `{{ strip }}` |
///
/// Without it the reader sees tags as text, which is wrong but not dangerous.
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
    /// Writes the HTML into memory that is independent of the snapshot and the layout.
    ///
    /// ```
    /// use masthead::strip::Fragment;
    /// use masthead::{Layout, Snapshot, Strip};
    ///
    /// fn rendered() -> Fragment {
    ///     let (snapshot, layout) = (Snapshot::sample(), Layout::line());
    ///     Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).html().to_fragment()
    /// }
    /// assert!(rendered().as_ref().contains("447.32"));
    /// ```
    #[must_use]
    pub fn to_fragment(&self) -> Fragment {
        Fragment {
            html: self.to_string().into(),
        }
    }
}

impl Fragment {
    /// Wraps HTML that is escaped already.
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
