//! Texts and tags of a page.

use std::ops::Range;

use lol_html::html_content::TextType;
use lol_html::{DocumentContentHandlers, HtmlRewriter, MemorySettings, Settings};

use super::tag::{Markup, Tag, markup};

/// The most memory that the parser may take for one tag or comment, in bytes.
const MOST_MEMORY: usize = 16 << 20;

#[derive(Debug)]
pub(super) enum Token<'a> {
    Text(Range<usize>),
    /// Text of a script, style sheet, title or the like.
    Raw,
    Tag(Tag<'a>),
}

/// The tokens of a page, and whether the page ends outside of tags and comments.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    pub(super) list: Vec<Token<'a>>,
    pub(super) is_finished: bool,
}

impl<'a> Tokens<'a> {
    /// Returns `None` if the parser refuses the page.
    pub(super) fn of(page: &'a str) -> Option<Self> {
        let texts = texts(page)?;
        let mut tokens = Self {
            list: Vec::with_capacity(texts.len() * 3),
            is_finished: true,
        };
        let mut at = 0;
        for (text, is_data) in texts {
            tokens.markup(page, at..text.start)?;
            at = text.end;
            tokens.list.push(if is_data {
                Token::Text(text)
            } else {
                Token::Raw
            });
        }
        tokens.markup(page, at..page.len())?;
        Some(tokens)
    }

    /// Reads the tags between two texts. Returns `None` if they end elsewhere than the parser found: text and tags would be confused.
    fn markup(&mut self, page: &'a str, between: Range<usize>) -> Option<()> {
        // The start of a CDATA section, whose text follows.
        const CDATA: &[u8] = b"<![CDATA[";
        let Range { start: mut at, end } = between;
        while at < end {
            let gap = page.as_bytes().get(at..end)?;
            if gap == CDATA {
                return Some(());
            }
            at = match markup(page, at)? {
                Markup::Tag(tag) => {
                    let end = tag.end;
                    self.list.push(Token::Tag(tag));
                    end
                }
                Markup::Other(end) => end,
                Markup::Unfinished => {
                    self.is_finished = false;
                    page.len()
                }
            };
        }
        (at == end).then_some(())
    }
}

/// The places of the texts of a page, and whether each is text of the page and not of a script or the like.
fn texts(page: &str) -> Option<Vec<(Range<usize>, bool)>> {
    let mut texts: Vec<(Range<usize>, bool)> = Vec::new();
    let record = |chunk: &mut lol_html::html_content::TextChunk<'_>| {
        let place = chunk.source_location().bytes();
        let is_data = chunk.text_type() == TextType::Data;
        match texts.last_mut() {
            // A lone `<` is a chunk of its own.
            Some((last, was_data)) if last.end == place.start && *was_data == is_data => {
                last.end = place.end;
            }
            _ if place.is_empty() => {}
            _ => texts.push((place, is_data)),
        }
        Ok(())
    };
    let memory = MemorySettings::new().with_max_allowed_memory_usage(MOST_MEMORY);
    let settings = Settings::new()
        .with_memory_settings(memory)
        .append_document_content_handler(DocumentContentHandlers::default().text(record));
    let mut parser = HtmlRewriter::new(settings, |_: &[u8]| {});
    parser.write(page.as_bytes()).ok()?;
    parser.end().ok()?;
    Some(texts)
}
