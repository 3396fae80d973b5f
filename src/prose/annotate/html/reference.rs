//! Character references in text.
//!
//! Only references that every parser reads alike are read: those with a semicolon, of a name that the standard knows or of one character. A reference
//! without a semicolon, `&nbsp0`, has a meaning in browsers that depends on what follows it, and makes the text around it unread.

/// The longest reference that is read, in bytes; the longest name of the standard has 33.
const LONGEST: usize = 40;

/// The meaning of an ampersand.
#[derive(Debug)]
pub(super) enum Reference {
    /// A reference, with its character or characters.
    Text(String),
    /// An ampersand as a character.
    Ampersand,
    /// An unknown reference or one without a semicolon. Its characters in a browser are not read.
    Unread,
}

impl Reference {
    /// Reads the reference at the start of a text, which is an ampersand. Returns it and its length.
    pub(super) fn at(text: &str) -> (Self, usize) {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let name = text.bytes().skip(1).take_while(is_part).count();
        if name == 0 {
            return (Self::Ampersand, 1);
        }
        let length = name + 2;
        let with_end = text.get(..length).filter(|_| length <= LONGEST);
        let Some(reference) = with_end.filter(|text| text.ends_with(';')) else {
            return (Self::Unread, name + 1);
        };
        let text = htmlize::unescape(reference).into_owned();
        // A prefix of an unknown name may be a known one, such as `&not` of `&notes;`.
        let is_known = if reference.starts_with("&#") {
            text.chars().count() == 1
        } else {
            !text.ends_with(';') || reference == "&semi;"
        };
        if is_known {
            (Self::Text(text), length)
        } else {
            (Self::Unread, length)
        }
    }
}
