//! Escaping of text between and inside tags.

use std::fmt::{self, Write};

/// Escapes `&`, `<`, `>`, `"` and `'`: for text and for attributes in double quotes.
pub(in crate::strip) struct Escaping<'w, W>(pub(in crate::strip) &'w mut W);

impl<W: Write> Write for Escaping<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, special) = rest.split_at(at);
            self.0.write_str(plain)?;
            let mut after = special.chars();
            self.0.write_str(match after.next() {
                Some('&') => "&amp;",
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                Some('"') => "&quot;",
                _ => "&#39;",
            })?;
            rest = after.as_str();
        }
        self.0.write_str(rest)
    }
}
