//! Annotating HTML pages.

use std::borrow::Cow;

use super::Annotator;

impl Annotator {
    /// Annotates an HTML page or a part of one.
    #[must_use]
    pub fn html<'a>(&self, page: &'a [u8]) -> Cow<'a, [u8]> {
        Cow::Borrowed(page)
    }
}
