//! Texts and tags of a page.
//!
//! The parser of `lol_html` knows what is text and what is a script, a title or a comment, by the rules of the HTML standard, and reports each text
//! with its place. Only the places and kinds of texts are taken from it. The bytes between two texts are read as tags here ([`markup`]), and the last
//! of them must end where the next text begins. Where it does not, the two readings of the page differ, and it is left alone.

use std::ops::Range;

use lol_html::html_content::{TextChunk, TextType};
use lol_html::{DocumentContentHandlers, HtmlRewriter, MemorySettings, Settings};

use super::tag::{Markup, Tag, markup};

/// The most memory that the parser may take for one tag or comment, in bytes.
const MOST_MEMORY: usize = 16 << 20;

/// A text or a tag. Comments and document types are no tokens: text continues across them.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Text(Text),
    /// Text of a script, style sheet, title or the like.
    Raw,
    Tag(Tag<'a>),
}

/// A text of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Where it begins in the page.
    pub(super) start: usize,
    /// Its place among the texts of the page.
    pub(super) range: Range<usize>,
}

/// The tokens of a page.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    pub(super) list: Vec<Token<'a>>,
    /// All texts, one after the other.
    pub(super) texts: String,
    /// Whether the page ends outside of tags and comments.
    pub(super) is_finished: bool,
}

impl<'a> Tokens<'a> {
    /// Returns `None` if the page is not UTF-8 or the parser refuses it.
    pub(super) fn of(page: &'a [u8]) -> Option<Self> {
        let Texts { places, texts, .. } = Texts::of(page)?;
        let mut tokens = Self {
            list: Vec::with_capacity(places.len() * 3),
            texts,
            // This text and an added tag would be a comment.
            is_finished: !page.ends_with(b"</"),
        };
        let (mut at, mut text_start) = (0, 0);
        for (place, is_data) in places {
            tokens.markup(page, at..place.start)?;
            at = place.end;
            if !is_data {
                tokens.list.push(Token::Raw);
                continue;
            }
            let range = text_start..text_start + place.len();
            text_start = range.end;
            tokens.list.push(Token::Text(Text {
                start: place.start,
                range,
            }));
        }
        tokens.markup(page, at..page.len())?;
        Some(tokens)
    }

    /// Reads the tags between two texts. Returns `None` if they end elsewhere than the parser found: text and tags would be confused.
    fn markup(&mut self, page: &'a [u8], place: Range<usize>) -> Option<()> {
        let start = place.start;
        let is_last = place.end == page.len();
        let between = std::str::from_utf8(page.get(place)?).ok()?;
        let mut at = 0;
        while at < between.len() {
            // The start of a CDATA section, whose text follows.
            if between.get(at..) == Some("<![CDATA[") {
                self.is_finished &= !is_last;
                return Some(());
            }
            at = match markup(between, at)? {
                Markup::Tag(mut tag) => {
                    let end = tag.end;
                    tag.start += start;
                    tag.end += start;
                    self.list.push(Token::Tag(tag));
                    end
                }
                Markup::Other(end) => end,
                Markup::Unfinished if is_last => {
                    self.is_finished = false;
                    between.len()
                }
                Markup::Unfinished => return None,
            };
        }
        Some(())
    }
}

/// The texts that the parser finds.
#[derive(Debug, Default)]
struct Texts {
    /// The place of each, and whether it is text of the page and not of a script or the like.
    places: Vec<(Range<usize>, bool)>,
    /// Those of the page.
    texts: String,
    /// Whether the page has other bytes than the text, because it is not UTF-8.
    is_other: bool,
}

impl Texts {
    fn of(page: &[u8]) -> Option<Self> {
        let mut texts = Self::default();
        texts.texts.reserve(page.len());
        let insert = |chunk: &mut TextChunk<'_>| {
            texts.insert(page, chunk);
            Ok(())
        };
        let memory = MemorySettings::new().with_max_allowed_memory_usage(MOST_MEMORY);
        let settings = Settings::new()
            .with_memory_settings(memory)
            .append_document_content_handler(DocumentContentHandlers::default().text(insert));
        let mut parser = HtmlRewriter::new(settings, |_: &[u8]| {});
        parser.write(page).ok()?;
        parser.end().ok()?;
        (!texts.is_other).then_some(texts)
    }

    fn insert(&mut self, page: &[u8], chunk: &TextChunk<'_>) {
        let text = chunk.as_str();
        let place = chunk.source_location().bytes();
        if text.is_empty() && place.is_empty() {
            return;
        }
        let raw = page.get(place.clone()).unwrap_or_default();
        // Mostly the text is the page itself.
        let is_same = std::ptr::eq(raw, text.as_bytes()) || raw == text.as_bytes();
        self.is_other |= !is_same;
        let is_data = chunk.text_type() == TextType::Data;
        if is_data {
            self.texts.push_str(text);
        }
        match self.places.last_mut() {
            // A lone `<` is a chunk of its own.
            Some((last, was_data)) if last.end == place.start && *was_data == is_data => {
                last.end = place.end;
            }
            _ => self.places.push((place, is_data)),
        }
    }
}
