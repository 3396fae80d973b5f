//! Text between tags of XML.

use std::fmt::{self, Write};

use crate::strip::html::escape::Escaping;

/// Escapes, and leaves out the two characters that no document of XML may hold and that are no control characters, which
/// text from outside has lost already.
pub(super) struct Xml<'w, W>(pub(super) &'w mut W);

impl<W: Write> Write for Xml<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut escaping = Escaping(&mut *self.0);
        text.split(['\u{fffe}', '\u{ffff}'])
            .try_for_each(|piece| escaping.write_str(piece))
    }
}
