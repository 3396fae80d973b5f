//! The language of each text of a page.
//!
//! Only elements with a `lang` attribute are kept, and for each of them the number of elements of its name within it, so that its end tag is known.
//! End tags that may be omitted make this uncertain: a `<li>` may end the `<li lang=en>` before it or stand in a list within it. Text in doubt has no
//! language and is not read, until the end tag of an element around it settles it or, if inline elements were open, to the end of the page.
//!
//! | page in Russian | language |
//! |---|---|
//! | `<p lang=de>5 KZT<p>5 тенге` | the second paragraph is Russian: a block ends a paragraph |
//! | `<ul><li lang=en>5 KZT<li>5 тенге</ul>5 тенге` | after the second `<li>` in doubt |
//! | `<p lang=ru><b lang=en>a<p>5 тенге` | in doubt to the end: browsers continue the `<b>` in the next paragraph |
//! | `<html lang=uz>` on a site in Cyrillic letters | Uzbek in Cyrillic letters: a tag without a script is that of the site |
//! | `lang=de`, `lang=''` | none of the eight: left alone |

use super::element::{Role, is_any};
use super::tag::Tag;
use crate::strip::Lang;

/// The most elements with a language within each other.
const MOST: usize = 32;

/// The open elements with a `lang` attribute.
#[derive(Debug)]
pub(super) struct Languages<'a> {
    /// The language of text without a `lang` attribute.
    own: Lang,
    open: Vec<Open<'a>>,
    /// Whether it is no longer certain which elements are open. The rest of the page has no language.
    is_lost: bool,
}

#[derive(Debug)]
struct Open<'a> {
    name: &'a str,
    role: Role,
    /// The names of elements whose start may end this one. Empty if its end tag must not be omitted.
    group: &'static [&'static str],
    /// The number of elements of the same name within it.
    nested: usize,
    /// Whether an element began that may have ended it.
    is_doubtful: bool,
    lang: Option<Lang>,
}

/// The elements whose end tag may be omitted, and whose start ends another one of the same group.
const GROUPS: &[&[&str]] = &[
    &["li"],
    &["dt", "dd"],
    &[
        "td", "th", "tr", "thead", "tbody", "tfoot", "caption", "colgroup",
    ],
    &["rb"],
];

impl<'a> Languages<'a> {
    pub(super) const fn new(own: Lang) -> Self {
        Self {
            own,
            open: Vec::new(),
            is_lost: false,
        }
    }

    /// The language at this place of the page. Returns `None` if it is another than the eight, or not certain.
    pub(super) fn current(&self) -> Option<Lang> {
        if self.is_lost || self.open.iter().any(|open| open.is_doubtful) {
            return None;
        }
        self.open.last().map_or(Some(self.own), |open| open.lang)
    }

    pub(super) fn start(&mut self, tag: &Tag<'a>, role: Role) {
        if role == Role::Block {
            self.end_paragraph();
        }
        if role.is_void(tag.name) || is_any(tag.name, &["head"]) {
            return;
        }
        for open in &mut self.open {
            open.is_doubtful |= is_any(tag.name, open.group);
        }
        if let Some(lang) = tag.lang() {
            self.is_lost |= self.open.len() == MOST;
            if !self.is_lost {
                self.open.push(Open {
                    name: tag.name,
                    role,
                    group: group(tag.name),
                    nested: 0,
                    is_doubtful: false,
                    lang: self.parse(lang),
                });
            }
        } else if let Some(open) = self
            .last_named(tag.name)
            .and_then(|at| self.open.get_mut(at))
        {
            open.nested += 1;
        }
    }

    pub(super) fn end(&mut self, tag: &Tag<'a>) {
        // Text after these end tags still belongs to the elements.
        if is_any(tag.name, &["html", "body"]) {
            return;
        }
        let Some(at) = self.last_named(tag.name) else {
            return;
        };
        match self.open.get_mut(at) {
            Some(open) if open.nested > 0 => open.nested -= 1,
            _ => self.close(at),
        }
    }

    /// A block ends the paragraph before it.
    fn end_paragraph(&mut self) {
        if let Some(at) = self.last_named("p") {
            self.close(at);
        }
    }

    /// Closes an element and those in it. Of inline ones without an end tag some continue after it.
    fn close(&mut self, at: usize) {
        let mut within = self.open.drain(at..).skip(1);
        self.is_lost |= within.any(|open| open.role != Role::Block);
    }

    fn last_named(&self, name: &str) -> Option<usize> {
        let is_named = |open: &Open<'_>| open.name.eq_ignore_ascii_case(name);
        self.open.iter().rposition(is_named)
    }

    /// The language of a `lang` attribute.
    fn parse(&self, lang: &str) -> Option<Lang> {
        // A tag without a script means the script of the site: `uz` on a site in Cyrillic letters.
        let own = self.own.tag().split('-').next().unwrap_or_default();
        let (language, region) = lang.split_once(['-', '_']).unwrap_or((lang, ""));
        if language.eq_ignore_ascii_case(own) && is_any(region, &["", "KZ", "UZ"]) {
            return Some(self.own);
        }
        lang.parse().ok()
    }
}

fn group(name: &str) -> &'static [&'static str] {
    let group = GROUPS.iter().find(|group| is_any(name, group));
    group.copied().unwrap_or_default()
}
