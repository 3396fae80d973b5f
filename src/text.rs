//! Conversions to text: for JSON documents, error messages and log lines.
//!
//! | item | output |
//! |---|---|
//! | [`ParseError`] | the message of a text that cannot be parsed |
//! | [`serde_as_text`] | a value in JSON as the string that `Display` writes |
//! | [`Harmless`] | text from outside with control characters escaped |
//! | `WithCauses` | an error followed by its sources |
//! | [`Named`] | a character, by name if it is invisible or ambiguous |

use std::borrow::Cow;
use std::fmt;

/// The error of a text that is not a value of the type to parse: a currency, a pair, an amount, a language, an id.
///
/// The message says what was expected. It quotes the beginning of the text, or names the place of an unexpected character in bytes from zero, or both;
/// an invisible character has its code point and its name.
///
/// ```
/// use masthead::money::{Money, Pair};
/// use masthead::strip::Lang;
///
/// assert_eq!(
///     "eur-kzt".parse::<Pair>().unwrap_err().to_string(),
///     "invalid pair \"eur-kzt\": expected two currencies with a slash, such as usd/kzt",
/// );
/// assert_eq!(
///     "100\u{a0}USD".parse::<Money>().unwrap_err().to_string(),
///     "unexpected U+00A0 (no-break space) at byte 3, expected an ordinary space",
/// );
/// assert!("ar".parse::<Lang>().unwrap_err().to_string().starts_with("unknown language \"ar\": expected one of en, ru, "));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: Box<str>,
}

impl ParseError {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string().into(),
        }
    }

    /// The error of a text that is no `what`.
    pub(crate) fn invalid(what: &str, text: &str, reason: impl fmt::Display) -> Self {
        Self::new(format_args!("invalid {what} {:?}: {reason}", head(text)))
    }

    /// The error of a text that is not among the names of a `what`.
    pub(crate) fn unknown(what: &str, text: &str, expected: impl fmt::Display) -> Self {
        let text = head(text);
        Self::new(format_args!("unknown {what} {text:?}: expected {expected}"))
    }
}

/// The beginning of a text for a message, with an ellipsis if it is not the whole.
pub(crate) fn head(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or(text))),
        None => Cow::Borrowed(text),
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

/// Implements serde for a type as a string: serialises with `Display`, deserialises with `FromStr`.
///
/// The two must be exact inverses. An error of `FromStr` becomes the error of the deserialiser, with the same message.
macro_rules! serde_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::text::parsed(deserializer)
            }
        }
    };
}

pub(crate) use serde_as_text;

/// Deserialises a string and parses it, without a copy of the string.
pub(crate) fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr<Err: fmt::Display>,
{
    /// Returns the error as a value, so that a deserialiser adds no position to it.
    struct Text<T>(std::marker::PhantomData<T>);

    impl<T: std::str::FromStr> serde::de::Visitor<'_> for Text<T> {
        type Value = Result<T, T::Err>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(text.parse())
        }
    }

    let parsed = deserializer.deserialize_str(Text(std::marker::PhantomData))?;
    parsed.map_err(serde::de::Error::custom)
}

/// Text from outside in a message. Control characters are written as escapes, so that a source cannot move the cursor of a terminal
/// or forge lines of a log.
///
/// `"a\nb"` is written as `a\nb` in one line. Other characters, also outside ASCII, stay.
pub(crate) struct Harmless<'a>(pub(crate) &'a str);

impl fmt::Display for Harmless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        self.0.chars().try_for_each(|c| {
            if c.is_control() {
                write!(f, "{}", c.escape_default())
            } else {
                f.write_char(c)
            }
        })
    }
}

/// An error and the chain of its [`source`](std::error::Error::source)s, separated by `: `.
///
/// The errors of this crate do not repeat their source in their own text, so a log line needs both: `cannot connect: timed out`.
#[cfg(feature = "ticker")]
pub(crate) struct WithCauses<'a>(pub(crate) &'a dyn std::error::Error);

#[cfg(feature = "ticker")]
impl fmt::Display for WithCauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// A character in an error message.
///
/// An invisible character, or one that looks like another, is written as its code point and name; any other is quoted.
///
/// | character | output |
/// |---|---|
/// | `,` | `','` |
/// | U+00A0 | `U+00A0 (no-break space)` |
/// | U+200B | `U+200B (zero width space)` |
/// | U+2212 | `U+2212 (minus sign)` |
/// | U+0000 | `U+0000 (a control character)` |
///
/// Most names are those of Unicode; a description such as `a dash` stands for several characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named(pub(crate) char);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = u32::from(self.0);
        let name = match self.0 {
            '\t' => "tab",
            '\n' => "line feed",
            '\r' => "carriage return",
            '\u{a0}' => "no-break space",
            '\u{1680}' => "ogham space mark",
            '\u{2000}'..='\u{2006}' | '\u{2008}' => "a space of a fixed width",
            '\u{2007}' => "figure space",
            '\u{2009}' => "thin space",
            '\u{200a}' => "hair space",
            '\u{202f}' => "narrow no-break space",
            '\u{205f}' => "medium mathematical space",
            '\u{3000}' => "ideographic space",
            '\u{ad}' => "soft hyphen",
            '\u{200b}' => "zero width space",
            '\u{200c}' | '\u{200d}' | '\u{2060}' => "a joiner without a width",
            '\u{200e}'
            | '\u{200f}'
            | '\u{61c}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => "a mark of direction",
            '\u{feff}' => "byte order mark",
            '\u{2010}' => "hyphen",
            '\u{2011}' => "no-break hyphen",
            '\u{2012}' | '\u{2013}' => "a dash",
            '\u{2212}' => "minus sign",
            other if other.is_control() => "a control character",
            other if other.is_whitespace() && other != ' ' => "a kind of space",
            other => return write!(f, "{other:?}"),
        };
        write!(f, "U+{code:04X} ({name})")
    }
}
