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
        let text = std::str::from_utf8(page).ok();
        let annotated = text.and_then(|text| self.annotated(text));
        match annotated {
            Some(annotated) if annotated.as_bytes() != page => Cow::Owned(annotated.into_bytes()),
            _ => Cow::Borrowed(page),
        }
    }

    /// Returns `None` if the page stays as it is.
    fn annotated(&self, page: &str) -> Option<String> {
        let tokens = Tokens::of(page)?;
        let content = Content::of(&tokens)?;
        let mut edits = Walk::new(self, page, &content).edits(&content);
        edits.extend(content.removed.into_iter().map(|range| Edit {
            range,
            text: String::new(),
        }));
        // What is added at a place stands before what is removed from there on.
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
        let mut annotated = String::with_capacity(page.len() + added);
        let mut at = 0;
        for Edit { range, text } in edits {
            annotated += page.get(at..range.start)?;
            annotated += &text;
            at = range.end;
        }
        annotated += page.get(at..)?;
        Some(annotated)
    }
}
