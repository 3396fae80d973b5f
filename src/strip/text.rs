//! Text and ANSI: lines, padding, isolates and colours.
//!
//! | element | plain text | with isolates | ANSI |
//! |---|---|---|---|
//! | a row, an item of a table | a line | U+200F before it, in a language from right to left | |
//! | a value, blocks | | U+2066 … U+2069 | |
//! | a name | | U+2068 … U+2069 | |
//! | an item, a note, a heading | | | a style before it and a reset after it |
//! | a cell | padding to the widest of its column | | |
//!
//! Isolates are closed before a style is reset, so that both nest. There is no line feed at the end: the text may stand inside a line of the host.

use std::fmt::{self, Write};

use super::part::{Column, Element, Part, Sink};
use super::{Direction, Strip};
use crate::money::Trend;
use crate::snapshot::Freshness;

/// A strip as text, made by [`Strip::text`] or, with ANSI colours, by [`Strip::ansi`].
///
/// Each row is a line; there is no newline at the end. Text from outside, such as the name of a source
/// of the site's own, loses its control characters and bidirectional marks.
///
/// ```
/// use masthead::strip::{Layout, Strip};
/// use masthead::Snapshot;
///
/// let snapshot = Snapshot::sample();
/// let (line, plain) = (Layout::line().rates([[]]), Layout::line().rates([[]]).isolates(false));
/// let strip = |layout| Strip::new(&snapshot, layout, Snapshot::SAMPLE_TIME);
/// assert_eq!(
///     strip(&plain).text().to_string(),
///     "Astana +21…+23\u{a0}°C, outdated · Built-in sample of 13 June 2023"
/// );
/// // By default each value (U+2066) and each name (U+2068) stands in an isolate.
/// assert!(strip(&line).text().to_string().starts_with(
///     "\u{2068}Astana\u{2069} \u{2066}+21…+23\u{a0}°C\u{2069}, outdated"
/// ));
/// // An item that is outdated is dim in a terminal.
/// assert!(strip(&plain).ansi().to_string().starts_with(
///     "\u{1b}[2mAstana +21…+23\u{a0}°C, outdated\u{1b}[0m"
/// ));
/// ```
///
/// The colours of [`Strip::ansi`]:
///
/// | item | style |
/// |---|---|
/// | a rate that has risen | green |
/// | a rate that has fallen | red |
/// | a value that is stale, absent or unconfirmed; a note with day and source | dim |
/// | a heading; the layout's language in the list of languages | bold |
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    strip: Strip<'a>,
    colours: bool,
    /// Whether sparklines are words.
    spoken: bool,
}

impl<'a> Text<'a> {
    pub(super) const fn plain(strip: Strip<'a>) -> Self {
        Self {
            strip,
            colours: false,
            spoken: false,
        }
    }

    pub(super) const fn ansi(strip: Strip<'a>) -> Self {
        Self {
            strip,
            colours: true,
            spoken: false,
        }
    }

    /// Plain text for assistive technology.
    pub(super) const fn spoken(strip: Strip<'a>) -> Self {
        Self {
            strip,
            colours: false,
            spoken: true,
        }
    }

    /// Writes to `out` directly; faster than [`Display`](fmt::Display).
    ///
    /// # Errors
    ///
    /// Returns an error if `out` does. A `String` never does.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::line().isolates(false));
    /// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
    /// let mut mail = String::from("Rates: ");
    /// strip.text().write_to(&mut mail)?;
    /// assert!(mail.starts_with("Rates: usd/kzt 447.32 · "));
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    pub fn write_to<W: Write>(&self, out: &mut W) -> fmt::Result {
        self.strip.walk(&mut TextSink {
            out,
            isolates: self.strip.layout.isolates,
            right_to_left: self.strip.locale.direction == Direction::RightToLeft,
            colours: self.colours,
            spoken: self.spoken,
            first_row: true,
            table: false,
            owed: 0,
        })
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// Writes the walk as lines.
struct TextSink<'w, W> {
    out: &'w mut W,
    isolates: bool,
    right_to_left: bool,
    colours: bool,
    spoken: bool,
    first_row: bool,
    /// Whether a table is open, in which each item is a line.
    table: bool,
    /// The padding of a value in a right-to-left line, which is written before the remark.
    owed: usize,
}

impl<W: Write> TextSink<'_, W> {
    /// Begins a line.
    fn begin_row(&mut self) -> fmt::Result {
        let first = std::mem::take(&mut self.first_row);
        self.out.write_str(if first { "" } else { "\n" })?;
        // The letters inside isolates do not set the direction of a line, so it needs a mark.
        let mark = self.isolates && self.right_to_left;
        self.out.write_str(if mark { "\u{200f}" } else { "" })
    }

    fn spaces(&mut self, count: usize) -> fmt::Result {
        (0..count).try_for_each(|_| self.out.write_str(" "))
    }
}

impl<W: Write> Sink for TextSink<'_, W> {
    #[inline]
    fn word(&mut self, word: &'static str) -> fmt::Result {
        self.out.write_str(word)
    }

    #[inline(always)] // the element is a constant at every call
    fn open(&mut self, element: &Element<'_>) -> fmt::Result {
        match element {
            Element::Row | Element::List => self.begin_row()?,
            Element::Table => self.table = true,
            Element::Rate(_) | Element::Weather(_) if self.table => self.begin_row()?,
            Element::Cell {
                column,
                width,
                widest,
            } if *width > 0 => match column {
                Column::Name => {}
                // Values end in the same visible column. In a right-to-left line they begin there, and their padding
                // follows them.
                Column::Value if self.right_to_left => {
                    self.owed = widest - width;
                    self.spaces(2)?;
                }
                Column::Value => self.spaces(2 + widest - width)?,
                Column::Remark => self.spaces(2 + self.owed)?,
            },
            // LEFT-TO-RIGHT ISOLATE and FIRST STRONG ISOLATE.
            Element::Value if self.isolates => self.out.write_str("\u{2066}")?,
            Element::Blocks if self.isolates && !self.spoken => self.out.write_str("\u{2066}")?,
            Element::Name if self.isolates => self.out.write_str("\u{2068}")?,
            _ => {}
        }
        if self.colours {
            self.out.write_str(colour(element))
        } else {
            Ok(())
        }
    }

    #[inline(always)]
    fn part(&mut self, part: &Part<'_>) -> fmt::Result {
        match part {
            Part::Sparkline(sparkline) if self.spoken => sparkline.write_phrase(self.out),
            _ => part.write_to(self.out),
        }
    }

    #[inline(always)]
    fn close(&mut self, element: &Element<'_>) -> fmt::Result {
        match element {
            Element::Value | Element::Name if self.isolates => self.out.write_str("\u{2069}")?,
            Element::Blocks if self.isolates && !self.spoken => self.out.write_str("\u{2069}")?,
            Element::Table => self.table = false,
            Element::Cell {
                column: Column::Name,
                width,
                widest,
            } => self.spaces(widest - width)?,
            _ => {}
        }
        if self.colours && !colour(element).is_empty() {
            self.out.write_str(RESET)
        } else {
            Ok(())
        }
    }
}

const RESET: &str = "\x1b[0m";

/// The escape sequence that begins an element, or an empty text. Only outermost elements have one, because
/// a reset ends all styles.
fn colour(element: &Element<'_>) -> &'static str {
    const DIM: &str = "\x1b[2m";
    const BOLD: &str = "\x1b[1m";
    const GREEN: &str = "\x1b[32m";
    const RED: &str = "\x1b[31m";
    match element {
        Element::Rate(item) if item.is_unconfirmed() => DIM,
        Element::Rate(item) => match (item.freshness, item.trend()) {
            (Freshness::Stale | Freshness::Absent, _) => DIM,
            (_, Trend::Up) => GREEN,
            (_, Trend::Down) => RED,
            (_, Trend::Unchanged | Trend::Unknown) => "",
        },
        Element::Weather(item)
            if matches!(item.freshness, Freshness::Stale | Freshness::Absent) =>
        {
            DIM
        }
        Element::Note(_) => DIM,
        Element::Heading | Element::Language { current: true, .. } => BOLD,
        _ => "",
    }
}
