//! Escaping of text in XML.

use std::fmt::{self, Write};

use crate::strip::html::escape::Escaping;

/// Escapes as HTML does, and drops U+FFFE and U+FFFF, which XML does not allow. Control characters were
/// removed from text from outside before.
pub(in crate::strip) struct Xml<'w, W>(pub(in crate::strip) &'w mut W);

impl<W: Write> Write for Xml<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut escaping = Escaping(&mut *self.0);
        text.split(['\u{fffe}', '\u{ffff}'])
            .try_for_each(|piece| escaping.write_str(piece))
    }
}
