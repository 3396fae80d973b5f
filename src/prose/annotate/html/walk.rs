//! The walk over a page that finds the amounts and their places.
//!
//! A block is the text between two tags of blocks, such as `p`, `td` and `h2`: an amount does not reach across them. It also ends where the language
//! changes, and then a mark stands at its edge, because text in another language continues the line. Most blocks have no mark of money; they are
//! tested as the page has them, without a copy ([`Walk::may_have_amounts`]).
//!
//! The note stands before the end tag of the first outermost article with an amount, else of `main`, else of `body`, else at the end of the page. It
//! is in the language of the first amount.

use std::ops::Range;

use super::super::Annotator;
use super::block::{Block, Place};
use super::content::{Content, Part};
use super::element::{Role, is_any};
use super::languages::Languages;
use super::markup::Writer;
use super::tag::Tag;
use super::token::Text;
use crate::prose::Reader;
use crate::strip::Lang;

/// A change of the page: bytes, possibly none, and the text in their place.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// The part of a page whose text is read: its articles, else its main part, else all of it. A menu or a footer beside an article has other prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Articles,
    Main,
    Page,
}

impl Scope {
    fn of(content: &Content<'_>) -> Self {
        let has = |name| {
            let is_start = |part: &Part<'_>| matches!(part, Part::Tag(tag, Role::Block) if !tag.is_end && is_any(tag.name, &[name]));
            content.parts.iter().any(is_start)
        };
        if has("article") {
            Self::Articles
        } else if has("main") {
            Self::Main
        } else {
            Self::Page
        }
    }
}

#[derive(Debug)]
pub(super) struct Walk<'a> {
    annotator: &'a Annotator,
    content: &'a Content<'a>,
    texts: &'a str,
    /// The end of the page.
    end: usize,
    writer: Writer<'a>,
    scope: Scope,
    languages: Languages<'a>,
    /// The open articles and main elements.
    articles: usize,
    mains: usize,
    /// The parts of the open block.
    block: Range<usize>,
    /// Whether text in another language stands before it in the same line.
    is_continued: bool,
    /// The language of the block.
    lang: Option<Lang>,
    /// The text of a block, in memory that is used for one after another.
    text: Block<'a>,
    edits: Vec<Edit>,
    /// The language of the first amount.
    first: Option<Lang>,
    /// Whether the open outermost article has an amount.
    is_annotated: bool,
    ends: Ends,
}

/// Places for the note: the ends of the outermost article and of the main element with an amount, and of the body.
#[derive(Debug, Default)]
struct Ends {
    article: Option<usize>,
    main: Option<usize>,
    body: Option<usize>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        annotator: &'a Annotator,
        page: &'a [u8],
        texts: &'a str,
        content: &'a Content<'a>,
    ) -> Self {
        Self {
            annotator,
            content,
            texts,
            end: page.len(),
            writer: Writer::new(annotator, content.is_ascii(page)),
            scope: Scope::of(content),
            languages: Languages::new(annotator.lang),
            articles: 0,
            mains: 0,
            block: 0..0,
            is_continued: false,
            lang: Some(annotator.lang),
            text: Block::default(),
            edits: Vec::new(),
            first: None,
            is_annotated: false,
            ends: Ends::default(),
        }
    }

    /// Returns the changes that annotate the page, in any order.
    pub(super) fn edits(mut self) -> Vec<Edit> {
        for (at, part) in self.content.parts.iter().enumerate() {
            self.block.end = at + 1;
            if let Part::Tag(tag, role) = part {
                self.tag(tag, *role);
            }
        }
        self.end_block(self.block.end, false);
        let end = self.content.is_open.then_some(self.end);
        let Ends {
            article,
            main,
            body,
        } = self.ends;
        if let (Some(lang), Some(place)) = (self.first, article.or(main).or(body).or(end)) {
            self.edits.push(Edit {
                range: place..place,
                text: self.writer.note(lang),
            });
        }
        self.edits
    }

    /// A tag is the last part of the open block.
    fn tag(&mut self, tag: &'a Tag<'a>, role: Role) {
        let at = self.block.end - 1;
        if role == Role::Block {
            self.end_block(at, false);
        }
        if tag.is_end {
            self.languages.end(tag);
        } else {
            self.languages.start(tag, role);
        }
        let lang = self.languages.current();
        if role == Role::Block {
            self.block_tag(tag);
        } else if lang != self.lang {
            // The text on the other side of the tag is not read in this language.
            self.end_block(at, true);
        }
        self.lang = lang;
    }

    fn block_tag(&mut self, tag: &Tag<'_>) {
        let place = tag.start;
        if is_any(tag.name, &["article"]) {
            self.articles = counted(self.articles, tag.is_end);
            if self.articles == 0 && std::mem::take(&mut self.is_annotated) {
                self.ends.article.get_or_insert(place);
            }
        } else if is_any(tag.name, &["main"]) {
            self.mains = counted(self.mains, tag.is_end);
            if self.mains == 0 && self.first.is_some() {
                self.ends.main.get_or_insert(place);
            }
        } else if tag.is_end && is_any(tag.name, &["body"]) {
            self.ends.body = Some(place);
        }
    }

    /// Annotates the text of the block up to a part, and begins another block after the current part.
    fn end_block(&mut self, end: usize, continues: bool) {
        let is_in_scope = match self.scope {
            Scope::Articles => self.articles > 0,
            Scope::Main => self.mains > 0,
            Scope::Page => true,
        };
        let parts = self
            .content
            .parts
            .get(self.block.start..end)
            .unwrap_or_default();
        let edges = [self.is_continued, continues];
        self.block.start = self.block.end;
        self.is_continued = continues;
        if let Some(lang) = self.lang.filter(|_| is_in_scope)
            && self.may_have_amounts(parts, lang)
        {
            self.read(parts, edges);
            self.annotate(lang);
        }
    }

    /// Most text has no amount, and no copy of it is made.
    fn may_have_amounts(&self, parts: &[Part<'_>], lang: Lang) -> bool {
        // The text that is read as one.
        let mut joined = 0..0;
        for part in parts {
            match part {
                Part::Text(Text { range, .. }) if joined.is_empty() => joined = range.clone(),
                Part::Text(Text { range, .. }) if joined.end == range.start => {
                    joined.end = range.end;
                }
                // An earlier value stood between.
                Part::Text(_) => return true,
                Part::Tag(_, Role::Inline | Role::Unseen) | Part::Removed => {}
                Part::Tag(..) | Part::Unread => {
                    if self.may_have_mark(joined, lang) {
                        return true;
                    }
                    joined = 0..0;
                }
            }
        }
        self.may_have_mark(joined, lang)
    }

    /// Whether a text has a mark of money, or something that may hide one.
    fn may_have_mark(&self, text: Range<usize>, lang: Lang) -> bool {
        let text = self.texts.get(text).unwrap_or_default();
        has_hidden(text.as_bytes()) || Reader::new(lang).has_mark(text)
    }

    /// Reads the text of a block. At its edges text in another language may stand.
    fn read(&mut self, parts: &'a [Part<'a>], [is_continued, continues]: [bool; 2]) {
        self.text.clear();
        if is_continued {
            self.text.unread();
        }
        for part in parts {
            match part {
                Part::Text(text) => {
                    let raw = self.texts.get(text.range.clone()).unwrap_or_default();
                    self.text.push(raw, text.start);
                }
                Part::Unread => self.text.unread(),
                Part::Removed => {}
                Part::Tag(tag, role) => {
                    let place = tag.start..tag.end;
                    match role {
                        Role::Inline => self.text.tag(tag.name, tag.is_end, place),
                        Role::LineBreak => self.text.line_break(place),
                        Role::Unseen => {}
                        Role::Picture => self.text.picture(),
                        Role::Unknown => self.text.edge(),
                        // The end tag of an element that is not open.
                        Role::Block | Role::Skipped | Role::Foreign => self.text.unread(),
                    }
                }
            }
        }
        if continues {
            self.text.unread();
        }
    }

    /// Adds the edits of the block's amounts. An amount whose place is doubtful has no value.
    fn annotate(&mut self, lang: Lang) {
        for (amount, converted) in self.annotator.conversions(self.text.text(), lang) {
            let Some(Place { range, is_balanced }) = self.text.place(amount.span()) else {
                continue;
            };
            let mut value = self.writer.converted(&converted, lang);
            if is_balanced {
                self.edits.push(Edit {
                    range: range.start..range.start,
                    text: self.writer.amount(&amount),
                });
                value.insert_str(0, "</data>");
            }
            self.edits.push(Edit {
                range: range.end..range.end,
                text: value,
            });
            self.first.get_or_insert(lang);
            self.is_annotated |= self.articles > 0;
        }
    }
}

/// Whether a text has a reference or a character without a width, which can hide a word.
fn has_hidden(text: &[u8]) -> bool {
    memchr::memchr3_iter(b'&', 0xad, 0xe2, text).any(|at| match text.get(at) {
        Some(0xad) => at.checked_sub(1).and_then(|before| text.get(before)) == Some(&0xc2),
        Some(0xe2) => matches!(
            text.get(at + 1..at + 3),
            Some([0x80, 0x8b..=0x8f] | [0x81, _])
        ),
        _ => true,
    })
}

/// The number of open elements after a tag.
const fn counted(open: usize, is_end: bool) -> usize {
    if is_end {
        open.saturating_sub(1)
    } else {
        open + 1
    }
}
