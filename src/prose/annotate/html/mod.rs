//! Annotating HTML pages.

mod block;
mod content;
mod element;
mod languages;
mod markup;
mod reference;
mod tag;
mod token;
mod walk;

use std::borrow::Cow;

use self::content::Content;
use self::token::Tokens;
use self::walk::{Edit, Walk};
use super::Annotator;

impl Annotator {
    /// Annotates an HTML page or a part of one.
    #[must_use]
    pub fn html<'a>(&self, page: &'a [u8]) -> Cow<'a, [u8]> {
        match self.annotated(page) {
            Some(annotated) if annotated != page => Cow::Owned(annotated),
            _ => Cow::Borrowed(page),
        }
    }

    /// Returns `None` if the page is not read.
    fn annotated(&self, page: &[u8]) -> Option<Vec<u8>> {
        let tokens = Tokens::of(page)?;
        let content = Content::of(&tokens)?;
        let mut edits = Walk::new(self, page, &tokens.texts, &content).edits();
        edits.extend(content.removed.into_iter().map(|range| Edit {
            range,
            text: String::new(),
        }));
        // What is added at a place stands before what is removed from there on.
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
        let mut annotated = Vec::with_capacity(page.len() + added);
        let mut at = 0;
        for Edit { range, text } in edits {
            annotated.extend_from_slice(page.get(at..range.start)?);
            annotated.extend_from_slice(text.as_bytes());
            at = range.end;
        }
        annotated.extend_from_slice(page.get(at..)?);
        Some(annotated)
    }
}
