//! The text of a block as it is shown, with the place of each character in the page.
//!
//! `Дали 7&nbsp;<b>млн</b> тенге` is read as "Дали 7 млн тенге" with a no-break space, of these pieces:
//!
//! | piece | text | kind |
//! |---|---|---|
//! | `Дали 7` | the same | `Plain`: byte by byte as in the page |
//! | `&nbsp;` | U+00A0 | `Whole`: the span of an amount has all of it or nothing |
//! | `<b>` | | `Start` |
//! | `млн` | the same | `Plain` |
//! | `</b>` | | `End` |
//! | ` тенге` | the same | `Plain` |
//!
//! Spaces are collapsed as a browser does, and characters without a width are left out. Three characters stand for what is not read, and none of them
//! can be in an amount: [`UNREAD`] for text, [`PICTURE`] for an image, [`EDGE`] for the edge of an element whose look is unknown. A span that touches
//! one of them is torn ([`Block::place`]): `1<code>2</code>00 тенге` is not 100.
//!
//! An amount gets an element of its own if the tags among its pieces are pairs. The first piece is the one that has
//! its first byte, so that `<b>7 млн</b> тенге` begins within the `<b>`: it has an end tag without a start, and gets no element.

use std::ops::Range;

use super::reference::Reference;

/// Stands for text that is not read.
const UNREAD: char = '\u{fffd}';
/// Stands for a picture.
const PICTURE: char = '\u{fffc}';
/// Stands for the edge of an unknown element. The reader lets an amount begin after it.
const EDGE: char = '\u{200b}';
const MARKS: [char; 3] = [UNREAD, PICTURE, EDGE];

/// The text of paragraphs, cells and the like, without tags, comments and what has no width.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    text: String,
    pieces: Vec<Piece<'a>>,
}

/// A part of the text that is of one kind. Pieces are in the order of the page and cover the text, but for the three characters.
#[derive(Debug)]
struct Piece<'a> {
    /// Its place in the text of the block; empty for a tag.
    text: Range<usize>,
    /// Its place in the page.
    place: Range<usize>,
    kind: Kind<'a>,
}

/// The kind of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    /// The bytes of the page.
    Plain,
    /// Characters that stand for other bytes, such as a reference.
    Whole,
    /// A start tag, with its name.
    Start(&'a str),
    /// An end tag, with its name.
    End(&'a str),
}

/// The place of an amount in the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) range: Range<usize>,
    /// Whether one element can hold it: each element that begins in it ends in it, and the reverse.
    pub(super) is_balanced: bool,
}

impl<'a> Block<'a> {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.pieces.clear();
    }

    /// Adds a tag of an element whose text continues that around it.
    pub(super) fn tag(&mut self, name: &'a str, is_end: bool, place: Range<usize>) {
        let kind = if is_end {
            Kind::End(name)
        } else {
            Kind::Start(name)
        };
        self.piece(0, place, kind);
    }

    pub(super) fn line_break(&mut self, place: Range<usize>) {
        self.whole("\n", place);
    }

    pub(super) fn unread(&mut self) {
        self.text.push(UNREAD);
    }

    pub(super) fn picture(&mut self) {
        self.text.push(PICTURE);
    }

    pub(super) fn edge(&mut self) {
        self.text.push(EDGE);
    }

    /// Adds a text that begins at a place in the page.
    pub(super) fn push(&mut self, raw: &str, place: usize) {
        let bytes = raw.as_bytes();
        // The bytes from `start` on are plain so far.
        let (mut start, mut at) = (0, 0);
        while let Some(found) = next_special(bytes, at) {
            at = found;
            let rest = raw.get(at..).unwrap_or_default();
            let special = Special::at(rest);
            let length = special.length();
            let is_plain_space = rest.starts_with(' ')
                && length == 1
                && (at > start || !self.text.ends_with([' ', '\n']));
            if is_plain_space || matches!(special, Special::Plain(_)) {
                at += length;
                continue;
            }
            self.plain(raw, start..at, place);
            let place = place + at..place + at + length;
            match special {
                Special::Space(_) if !self.text.ends_with([' ', '\n']) => self.whole(" ", place),
                Special::Text(text, _) => match Special::at(&text) {
                    Special::Nothing(_) => {}
                    Special::Unread(_) => self.unread(),
                    _ => self.whole(&text, place),
                },
                Special::Unread(_) => self.unread(),
                Special::Space(_) | Special::Nothing(_) | Special::Plain(_) => {}
            }
            at += length;
            start = at;
        }
        self.plain(raw, start..raw.len(), place);
    }

    /// Adds a part of a text that is shown as it stands.
    fn plain(&mut self, raw: &str, part: Range<usize>, place: usize) {
        let place = place + part.start..place + part.end;
        let text = raw.get(part).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        // Digits on both sides of a tag may be two numbers that a style sets apart.
        let is_after_tag = matches!(
            self.pieces.last(),
            Some(last) if matches!(last.kind, Kind::Start(_) | Kind::End(_))
        );
        let is_digit = |c: char| c.is_ascii_digit();
        if is_after_tag && self.text.ends_with(is_digit) && text.starts_with(is_digit) {
            self.edge();
        }
        let at = self.text.len();
        self.text.push_str(text);
        match self.pieces.last_mut() {
            Some(last)
                if last.kind == Kind::Plain
                    && last.place.end == place.start
                    && last.text.end == at =>
            {
                last.text.end += text.len();
                last.place.end = place.end;
            }
            _ => self.piece(text.len(), place, Kind::Plain),
        }
    }

    fn whole(&mut self, text: &str, place: Range<usize>) {
        self.text.push_str(text);
        self.piece(text.len(), place, Kind::Whole);
    }

    /// Adds a piece for the last bytes of the text.
    fn piece(&mut self, length: usize, place: Range<usize>, kind: Kind<'a>) {
        let end = self.text.len();
        self.pieces.push(Piece {
            text: end - length..end,
            place,
            kind,
        });
    }

    /// The place in the page of a part of the text. Returns `None` if it touches what is not read, so that it may be a part of something
    /// longer.
    pub(super) fn place(&self, part: Range<usize>) -> Option<Place> {
        if part.is_empty() || self.is_torn(&part) {
            return None;
        }
        let first = self.piece_with(part.start)?;
        let last = self.piece_with(part.end - 1)?;
        let pieces = self.pieces.get(first..=last)?;
        let (head, tail) = (pieces.first()?, pieces.last()?);
        let start = match head.kind {
            Kind::Plain => head.place.start + (part.start - head.text.start),
            _ if head.text.start == part.start => head.place.start,
            _ => return None,
        };
        let end = match tail.kind {
            Kind::Plain => tail.place.start + (part.end - tail.text.start),
            _ if tail.text.end == part.end => tail.place.end,
            _ => return None,
        };
        Some(Place {
            range: start..end,
            is_balanced: is_balanced(pieces),
        })
    }

    /// The piece that has a byte of the text.
    fn piece_with(&self, at: usize) -> Option<usize> {
        let after = self.pieces.partition_point(|piece| piece.text.start <= at);
        after.checked_sub(1)
    }

    /// Whether a part of the text has a mark in it, or one beside it with which it may belong together.
    fn is_torn(&self, part: &Range<usize>) -> bool {
        let inside = self.text.get(part.clone()).unwrap_or_default();
        let before = self.text.get(..part.start).unwrap_or_default();
        let after = self.text.get(part.end..).unwrap_or_default();
        let starts_with_number = inside.starts_with(char::is_numeric);
        let ends_with_number = inside.ends_with(char::is_numeric);
        let is_beside = |c: Option<char>, is_number: bool, is_apart: bool| {
            c.is_some_and(|c| {
                c == UNREAD || c.is_numeric() || c.is_alphabetic() && (!is_apart || is_number)
            })
        };
        let is_gap = |c: char| c.is_whitespace() || c == PICTURE || c == EDGE;
        let is_space = |gap: &str| gap.contains(char::is_whitespace);
        let start = before.trim_end_matches(is_gap);
        let start_gap = before.get(start.len()..).unwrap_or_default();
        let end = after.trim_start_matches(is_gap);
        let end_gap = after.get(..after.len() - end.len()).unwrap_or_default();
        let last = start.chars().next_back();
        let next = end.chars().next();
        inside.contains(MARKS)
            || last == Some(UNREAD)
            || next == Some(UNREAD) && (ends_with_number || !is_space(end_gap))
            || starts_with_number && start_gap.ends_with(PICTURE)
            || ends_with_number && end_gap.starts_with(PICTURE)
            || start_gap.contains(MARKS) && is_beside(last, false, is_space(start_gap))
            || end_gap.contains(MARKS) && is_beside(next, ends_with_number, is_space(end_gap))
    }
}

/// Whether the tags among pieces are pairs.
fn is_balanced(pieces: &[Piece<'_>]) -> bool {
    let mut open = Vec::new();
    for piece in pieces {
        match piece.kind {
            Kind::Start(name) => open.push(name),
            Kind::End(name) => {
                if !open
                    .pop()
                    .is_some_and(|start: &str| start.eq_ignore_ascii_case(name))
                {
                    return false;
                }
            }
            Kind::Plain | Kind::Whole => {}
        }
    }
    open.is_empty()
}

/// Whether something may begin with a byte that is not shown as it stands.
const fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'&' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b'\0' | 0xc2 | 0xe2
    )
}

/// Returns the place of the next special byte from `at` on. A space between other characters is not special.
fn next_special(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let mut all = rest.iter().enumerate();
    let found = all.find(|(offset, byte)| {
        let is_single = |next: &u8| !matches!(next, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ');
        let next = || rest.get(offset + 1);
        is_special(**byte) && !(**byte == b' ' && *offset > 0 && next().is_some_and(is_single))
    });
    found.map(|(offset, _)| at + offset)
}

/// The meaning of a special byte, with the length in the page.
#[derive(Debug)]
enum Special {
    Plain(usize),
    /// Spaces that are shown as one.
    Space(usize),
    /// A reference.
    Text(String, usize),
    /// A character without a width.
    Nothing(usize),
    Unread(usize),
}

impl Special {
    fn at(text: &str) -> Self {
        let Some(first) = text.chars().next() else {
            return Self::Plain(0);
        };
        let length = first.len_utf8();
        let is_collapsed = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ');
        match first {
            '\t' | '\n' | '\x0c' | '\r' | ' ' => {
                Self::Space(text.bytes().take_while(|byte| is_collapsed(byte)).count())
            }
            '&' => match Reference::at(text) {
                (Reference::Text(text), length) => Self::Text(text, length),
                (Reference::Ampersand, length) => Self::Plain(length),
                (Reference::Unread, length) => Self::Unread(length),
            },
            // Soft hyphens, joiners, marks of direction, isolates.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' => Self::Nothing(length),
            // Overrides of the direction reverse digits.
            '\0' | '\u{202a}'..='\u{202e}' => Self::Unread(length),
            _ => Self::Plain(length),
        }
    }

    const fn length(&self) -> usize {
        match self {
            Self::Plain(length)
            | Self::Space(length)
            | Self::Text(_, length)
            | Self::Nothing(length)
            | Self::Unread(length) => *length,
        }
    }
}
