//! The walk over a page that finds the amounts and their places.

use std::ops::Range;

use super::super::Annotator;
use super::block::{Block, Place};
use super::content::{Content, Part};
use super::element::{Role, is_any};
use super::languages::Languages;
use super::markup::Writer;
use super::tag::Tag;
use crate::strip::Lang;

/// A change of the page: bytes, possibly none, and the text in their place.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// The part of a page whose text is read.
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
    page: &'a str,
    writer: Writer<'a>,
    scope: Scope,
    languages: Languages<'a>,
    /// The open articles and main elements.
    articles: usize,
    mains: usize,
    block: Block<'a>,
    /// The language of the block.
    lang: Option<Lang>,
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
    pub(super) fn new(annotator: &'a Annotator, page: &'a str, content: &Content<'_>) -> Self {
        Self {
            annotator,
            page,
            writer: Writer::new(annotator, page),
            scope: Scope::of(content),
            languages: Languages::new(annotator.lang),
            articles: 0,
            mains: 0,
            block: Block::default(),
            lang: Some(annotator.lang),
            edits: Vec::new(),
            first: None,
            is_annotated: false,
            ends: Ends::default(),
        }
    }

    /// Returns the changes that annotate the page, in any order.
    pub(super) fn edits(mut self, content: &Content<'a>) -> Vec<Edit> {
        for part in &content.parts {
            match part {
                Part::Text(place) => self.block.push(self.page, place.clone()),
                Part::Unread => self.block.unread(),
                Part::Removed => {}
                Part::Tag(tag, role) => self.tag(tag, *role),
            }
        }
        self.end_block();
        let end = content.is_open.then_some(self.page.len());
        let Ends { article, main, body } = self.ends;
        if let (Some(lang), Some(place)) = (self.first, article.or(main).or(body).or(end)) {
            self.edits.push(Edit {
                range: place..place,
                text: self.writer.note(lang),
            });
        }
        self.edits
    }

    fn tag(&mut self, tag: &'a Tag<'a>, role: Role) {
        if role == Role::Block {
            self.end_block();
        }
        if tag.is_end {
            self.languages.end(tag);
        } else {
            self.languages.start(tag, role);
        }
        let place = tag.start..tag.end;
        match role {
            Role::Block => self.block_tag(tag),
            Role::Inline => self.block.tag(tag.name, tag.is_end, place),
            Role::LineBreak => self.block.line_break(place),
            Role::Unseen => {}
            Role::Picture => self.block.picture(),
            Role::Unknown => self.block.edge(),
            // The end tag of an element that is not open.
            Role::Skipped | Role::Foreign => self.block.unread(),
        }
        if self.languages.current() != self.lang {
            // The other text is not read in this language.
            if role != Role::Block {
                self.block.unread();
                self.end_block();
                self.block.unread();
            }
            self.lang = self.languages.current();
        }
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

    /// Annotates the text of the block.
    fn end_block(&mut self) {
        let is_in_scope = match self.scope {
            Scope::Articles => self.articles > 0,
            Scope::Main => self.mains > 0,
            Scope::Page => true,
        };
        if let Some(lang) = self.lang.filter(|_| is_in_scope) {
            self.annotate(lang);
        }
        self.block.clear();
    }

    fn annotate(&mut self, lang: Lang) {
        let text = self.block.text();
        if text.trim().is_empty() {
            return;
        }
        for (amount, converted) in self.annotator.conversions(text, lang) {
            let Some(Place { range, is_balanced }) = self.block.place(amount.span()) else {
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

/// The number of open elements after a tag.
const fn counted(open: usize, is_end: bool) -> usize {
    if is_end {
        open.saturating_sub(1)
    } else {
        open + 1
    }
}
