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

/// The most passes that remove earlier annotations: a removal may join the tags of another. A page with more stays as it is.
const MOST_REMOVALS: usize = 3;

impl Annotator {
    /// Annotates an HTML page or a part of one.
    #[must_use]
    pub fn html<'a>(&self, page: &'a [u8]) -> Cow<'a, [u8]> {
        match self.annotated(page) {
            Some(annotated) if annotated != page => Cow::Owned(annotated),
            _ => Cow::Borrowed(page),
        }
    }

    /// Returns `None` if the page stays as it is.
    ///
    /// Earlier annotations are removed before the page is read: without one that is not ours the text around it may be another.
    fn annotated(&self, page: &[u8]) -> Option<Vec<u8>> {
        let mut page = Cow::Borrowed(page);
        for _ in 0..MOST_REMOVALS {
            let tokens = Tokens::of(&page)?;
            let content = Content::of(&tokens)?;
            if content.removed.is_empty() {
                let edits = Walk::new(self, &page, &tokens.texts, &content).edits();
                return edited(&page, edits);
            }
            let removals = content.removed.iter().map(|range| Edit {
                range: range.clone(),
                text: String::new(),
            });
            page = Cow::Owned(edited(&page, removals.collect())?);
        }
        None
    }
}

fn edited(page: &[u8], mut edits: Vec<Edit>) -> Option<Vec<u8>> {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut edited = Vec::with_capacity(page.len() + added);
    let mut at = 0;
    for Edit { range, text } in edits {
        edited.extend_from_slice(page.get(at..range.start)?);
        edited.extend_from_slice(text.as_bytes());
        at = range.end;
    }
    edited.extend_from_slice(page.get(at..)?);
    Some(edited)
}
