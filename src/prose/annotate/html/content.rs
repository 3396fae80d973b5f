//! The content of a page that is read: without earlier annotations, and with a mark in place of each element that is skipped.
//!
//! An element is skipped with all that is in it, up to its end tag. Its name is counted meanwhile, so that `<div hidden><div></div>…</div>` ends at
//! the second end tag. SVG and MathML have HTML within some of their elements and other rules for end tags: their open elements are a list. An end
//! tag that would leave them at another place than the parser does is doubtful, and the page stays as it is.
//!
//! Earlier annotations are known by their exact shape, and not by their class alone: an element that an editor has changed stays, is skipped, and
//! keeps the amount before it from a second value.

use std::ops::Range;

use super::element::{HTML_WITHIN, Role, is_any};
use super::markup::{AMOUNT, CONVERTED, NOTE};
use super::tag::Tag;
use super::token::{Text, Token, Tokens};

/// A part of the content, in the order of the page.
#[derive(Clone, Debug)]
pub(super) enum Part<'a> {
    Text(&'a Text),
    /// A tag that is neither skipped nor in a skipped element.
    Tag(&'a Tag<'a>, Role),
    /// Text that is not read.
    Unread,
    /// A tag of an earlier annotation.
    Removed,
}

/// The content of a page.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// The bytes of earlier annotations.
    pub(super) removed: Vec<Range<usize>>,
    /// Whether text may be added at the end of the page: not within a tag, a comment or an element that is skipped.
    pub(super) is_open: bool,
}

impl<'a> Content<'a> {
    /// Returns `None` if it is not certain which elements are skipped.
    pub(super) fn of(tokens: &'a Tokens<'a>) -> Option<Self> {
        let mut content = Self {
            parts: Vec::with_capacity(tokens.list.len()),
            removed: Vec::new(),
            is_open: tokens.is_finished,
        };
        // Open `data` elements: the place of the tag among the parts.
        let mut data = Vec::new();
        let mut skipped: Option<Skipped<'a>> = None;
        let mut rest = tokens.list.as_slice();
        while let [token, after @ ..] = rest {
            rest = after;
            if let Some(open) = &mut skipped {
                if let Token::Tag(tag) = token
                    && open.ends_with(tag)
                {
                    skipped = None;
                }
                continue;
            }
            let tag = match token {
                Token::Tag(tag) => tag,
                Token::Text(text) => {
                    content.parts.push(Part::Text(text));
                    continue;
                }
                Token::Raw => {
                    content.parts.push(Part::Unread);
                    continue;
                }
            };
            let role = Role::of(tag.name);
            if let Some((end, tokens)) = annotation(tag, rest) {
                content.removed.push(tag.start..end);
                rest = rest.get(tokens..).unwrap_or_default();
                continue;
            }
            if tag.is_end && is_any(tag.name, HTML_WITHIN) {
                // The parser may be within SVG that we have left.
                return None;
            }
            if role == Role::Inline && is_any(tag.name, &["data"]) {
                content.data(tag, &mut data);
                continue;
            }
            if !tag.is_end && is_skipped(tag, role) {
                skipped = Some(Skipped::new(tag, role));
                content.parts.push(Part::Unread);
                continue;
            }
            content.parts.push(Part::Tag(tag, role));
        }
        content.is_open &= skipped.is_none();
        content.removed.sort_unstable_by_key(|range| range.start);
        Some(content)
    }

    /// Whether the page is ASCII but for earlier annotations.
    pub(super) fn is_ascii(&self, page: &[u8]) -> bool {
        let mut at = 0;
        for removed in &self.removed {
            if !page.get(at..removed.start).unwrap_or_default().is_ascii() {
                return false;
            }
            at = removed.end;
        }
        page.get(at..).unwrap_or_default().is_ascii()
    }

    /// Removes the tags of earlier amounts. One without an end tag stays.
    fn data(&mut self, tag: &'a Tag<'a>, open: &mut Vec<(&'a Tag<'a>, usize)>) {
        let place = self.parts.len();
        self.parts.push(Part::Tag(tag, Role::Inline));
        if !tag.is_end {
            open.push((tag, place));
            return;
        }
        let Some((start, start_place)) = open.pop() else {
            return;
        };
        if start.has_class(AMOUNT) {
            for (tag, place) in [(start, start_place), (tag, place)] {
                self.removed.push(tag.start..tag.end);
                if let Some(part) = self.parts.get_mut(place) {
                    *part = Part::Removed;
                }
            }
        }
    }
}

/// If an earlier value or note begins with a tag: its end in the page, and the number of tokens after the tag.
fn annotation(tag: &Tag<'_>, rest: &[Token<'_>]) -> Option<(usize, usize)> {
    if tag.is_end {
        return None;
    }
    let has_class = |class| tag.has_class(class);
    let is =
        |tag: &Tag<'_>, name: &str, is_end: bool| tag.is_end == is_end && is_any(tag.name, &[name]);
    // Only the elements that are written: another one may lack an end tag.
    match rest {
        [Token::Text(_), Token::Tag(end), ..]
            if is(tag, "p", false) && has_class(NOTE) && is(end, "p", true) =>
        {
            Some((end.end, 2))
        }
        [
            Token::Text(_),
            Token::Tag(start),
            Token::Text(_),
            Token::Tag(end),
            Token::Text(_),
            Token::Tag(last),
            ..,
        ] if is(tag, "span", false)
            && has_class(CONVERTED)
            && is(start, "bdi", false)
            && is(end, "bdi", true)
            && is(last, "span", true) =>
        {
            Some((last.end, 6))
        }
        _ => None,
    }
}

/// Whether the text of an element is not read.
fn is_skipped(tag: &Tag<'_>, role: Role) -> bool {
    if role.is_void(tag.name) {
        return false;
    }
    // Pages switch off translation for their whole text, to protect their scripts.
    let is_page = is_any(tag.name, &["html", "body"]);
    matches!(role, Role::Skipped | Role::Foreign)
        || tag.is_hidden_or_editable()
        || tag.is_untranslated() && !is_page
        || [MASTHEAD, CONVERTED, NOTE]
            .iter()
            .any(|class| tag.has_class(class))
}

/// The class of a rendered strip.
const MASTHEAD: &str = "masthead";

/// An open element that is skipped.
#[derive(Debug)]
enum Skipped<'a> {
    /// The name, and the number of elements of this name within it.
    Html(&'a str, usize),
    /// The open elements of SVG and MathML, and those that have HTML in them. Where they overlap, all that follows is skipped.
    Foreign(Vec<&'a str>),
}

impl<'a> Skipped<'a> {
    fn new(tag: &Tag<'a>, role: Role) -> Self {
        if role == Role::Foreign {
            Self::Foreign(vec![tag.name])
        } else {
            Self::Html(tag.name, 0)
        }
    }

    /// Whether a tag ends the element.
    fn ends_with(&mut self, tag: &Tag<'a>) -> bool {
        match self {
            Self::Html(name, nested) => {
                if !tag.name.eq_ignore_ascii_case(name) {
                    return false;
                }
                let is_end = tag.is_end && *nested == 0;
                *nested = if tag.is_end {
                    nested.saturating_sub(1)
                } else {
                    *nested + 1
                };
                is_end
            }
            Self::Foreign(open) => {
                let is_counted =
                    is_any(tag.name, HTML_WITHIN) || Role::of(tag.name) == Role::Foreign;
                if !is_counted {
                    return false;
                }
                if !tag.is_end {
                    open.push(tag.name);
                } else if open
                    .last()
                    .is_some_and(|name| name.eq_ignore_ascii_case(tag.name))
                {
                    open.pop();
                }
                open.is_empty()
            }
        }
    }
}
