//! Tags, read from the bytes between two texts.
//!
//! Five attributes matter: `lang`, `class`, `translate`, `contenteditable` and `hidden`. The others are passed, and most tags cost no allocation.
//! Values are not decoded: a `lang` with a character reference in it is no language.

/// A start or end tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The name as written.
    pub(super) name: &'a str,
    pub(super) is_end: bool,
    /// Most tags have none of these attributes.
    attributes: Option<Box<Attributes<'a>>>,
}

impl<'a> Tag<'a> {
    /// The value of the `lang` attribute.
    pub(super) fn lang(&self) -> Option<&'a str> {
        self.attributes.as_ref()?.lang
    }

    pub(super) fn has_class(&self, name: &str) -> bool {
        let class = self.attributes.as_ref().and_then(|all| all.class);
        let mut names = class.unwrap_or_default().split_ascii_whitespace();
        names.any(|other| other == name)
    }

    /// Whether the text is hidden or can be edited.
    pub(super) fn is_hidden_or_editable(&self) -> bool {
        let is_editable = |value: &str| !value.eq_ignore_ascii_case("false");
        self.attributes
            .as_ref()
            .is_some_and(|all| all.hidden.is_some() || all.contenteditable.is_some_and(is_editable))
    }

    /// Whether the text must stay as it is when the page is translated.
    pub(super) fn is_untranslated(&self) -> bool {
        let is_off = |value: &str| value.eq_ignore_ascii_case("no");
        let translate = self.attributes.as_ref().and_then(|all| all.translate);
        translate.is_some_and(is_off) || self.has_class("notranslate")
    }
}

/// The attributes that decide whether and how the text of an element is read. The first of two equal names counts.
#[derive(Debug, Default)]
struct Attributes<'a> {
    lang: Option<&'a str>,
    class: Option<&'a str>,
    translate: Option<&'a str>,
    contenteditable: Option<&'a str>,
    hidden: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    fn named(&mut self, name: &str) -> Option<&mut Option<&'a str>> {
        let named = [
            ("lang", &mut self.lang),
            ("class", &mut self.class),
            ("translate", &mut self.translate),
            ("contenteditable", &mut self.contenteditable),
            ("hidden", &mut self.hidden),
        ];
        let mut named = named.into_iter();
        let found = named.find(|(other, _)| name.eq_ignore_ascii_case(other));
        found.map(|(_, place)| place)
    }
}

/// The markup at a place between two texts.
#[derive(Debug)]
pub(super) enum Markup<'a> {
    Tag(Tag<'a>),
    /// A comment, document type or the like, up to a byte.
    Other(usize),
    /// The text ends within a tag or comment.
    Unfinished,
}

/// Reads the markup at a byte of the text between two texts, by the rules of the HTML standard. Returns `None` for text.
pub(super) fn markup(between: &str, at: usize) -> Option<Markup<'_>> {
    let bytes = between.as_bytes();
    let byte = |offset: usize| bytes.get(at + offset).copied();
    let is_name = |offset| byte(offset).is_some_and(|byte: u8| byte.is_ascii_alphabetic());
    let rest = bytes.get(at..)?;
    let end = match (byte(0)?, byte(1)) {
        (b'<', Some(b'/')) if is_name(2) => return Some(tag(between, at, true)),
        (b'<', _) if is_name(1) => return Some(tag(between, at, false)),
        (b'<', Some(b'!')) if rest.starts_with(b"<!--") => comment_end(bytes, at),
        (b'<', Some(b'/' | b'!' | b'?')) => end_of(bytes, at, b'>'),
        // The end of a CDATA section.
        (b']', _) if rest.starts_with(b"]]>") => Some(at + 3),
        _ => return None,
    };
    Some(end.map_or(Markup::Unfinished, Markup::Other))
}

/// The end of a comment: `-->` or `--!>`, and directly after its start `>` or `->`.
fn comment_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 4;
    loop {
        let end = end_of(bytes, from, b'>')?;
        let inside = bytes.get(at + 2..end - 1).unwrap_or_default();
        if inside.ends_with(b"--") || inside.len() >= 5 && inside.ends_with(b"--!") {
            return Some(end);
        }
        from = end;
    }
}

/// Returns the place after the next such byte.
fn end_of(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let found = memchr::memchr(byte, bytes.get(from..)?)?;
    Some(from + found + 1)
}

fn tag(between: &str, start: usize, is_end: bool) -> Markup<'_> {
    let mut cursor = Cursor {
        text: between,
        at: start + 1 + usize::from(is_end),
    };
    let name = cursor.until(|byte| is_space(byte) || matches!(byte, b'/' | b'>'));
    let mut attributes = None;
    loop {
        cursor.until(|byte| !is_space(byte) && byte != b'/');
        match cursor.peek() {
            None => return Markup::Unfinished,
            Some(b'>') => break,
            Some(_) => {}
        }
        let Some((name, value)) = cursor.attribute() else {
            return Markup::Unfinished;
        };
        if !is_end && Attributes::default().named(name).is_some() {
            let all: &mut Box<Attributes<'_>> = attributes.get_or_insert_default();
            if let Some(place) = all.named(name) {
                place.get_or_insert(value);
            }
        }
    }
    Markup::Tag(Tag {
        start,
        end: cursor.at + 1,
        name,
        is_end,
        attributes,
    })
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

#[derive(Debug)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes to the next byte of a class of ASCII, or to the end, and returns the text before it.
    fn until(&mut self, is_end: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.bytes().position(is_end).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Reads an attribute. Returns `None` if its value has no end.
    fn attribute(&mut self) -> Option<(&'a str, &'a str)> {
        let start = self.at;
        // A name may begin with `=`.
        self.at += 1;
        self.until(|byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let name = self.text.get(start..self.at).unwrap_or_default();
        self.until(|byte| !is_space(byte));
        if self.peek() != Some(b'=') {
            return Some((name, ""));
        }
        self.at += 1;
        self.until(|byte| !is_space(byte));
        let quote = match self.peek()? {
            quote @ (b'"' | b'\'') => quote,
            _ => {
                let value = self.until(|byte| is_space(byte) || byte == b'>');
                return Some((name, value));
            }
        };
        self.at += 1;
        let value = self.at;
        let end = end_of(self.text.as_bytes(), value, quote)?;
        self.at = end;
        Some((name, self.text.get(value..end - 1).unwrap_or_default()))
    }
}
