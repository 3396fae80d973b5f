//! Values as text: in our own documents, and in messages for people.

use std::fmt;

/// Serialises a type as its text: what `Display` prints, `FromStr` reads.
macro_rules! serde_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text =
                    <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use serde_as_text;

/// Text from outside in a message, with control characters escaped: a message ends in terminals and logs.
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

/// An error with all its causes, which are not part of its own text.
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

/// A character in a message. One that a reader cannot see, or takes for another, is said by its code point and its name.
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
