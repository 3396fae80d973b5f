use std::fmt::{self, Write};

use super::part::{Column, Element, Part, Sink};
use super::{Direction, Strip};
use crate::money::Trend;
use crate::snapshot::Freshness;

/// A strip as text: one line a row, no newline at the end.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    strip: Strip<'a>,
    colours: bool,
}

impl<'a> Text<'a> {
    pub(super) const fn plain(strip: Strip<'a>) -> Self {
        Self {
            strip,
            colours: false,
        }
    }

    pub(super) const fn ansi(strip: Strip<'a>) -> Self {
        Self {
            strip,
            colours: true,
        }
    }

    /// Writes it, without a detour by way of a formatter.
    ///
    /// # Errors
    ///
    /// When `out` refuses; a `String` does not.
    pub fn write_to<W: Write>(&self, out: &mut W) -> fmt::Result {
        self.strip.walk(&mut TextSink {
            out,
            isolates: self.strip.layout.isolates,
            right_to_left: self.strip.locale.direction == Direction::RightToLeft,
            colours: self.colours,
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

struct TextSink<'w, W> {
    out: &'w mut W,
    isolates: bool,
    right_to_left: bool,
    colours: bool,
    first_row: bool,
    /// Whether each item is a line.
    table: bool,
    /// Columns that are left of a value's in a line from the right, still to be written before its remark.
    owed: usize,
}

impl<W: Write> TextSink<'_, W> {
    fn begin_row(&mut self) -> fmt::Result {
        let first = std::mem::take(&mut self.first_row);
        self.out.write_str(if first { "" } else { "\n" })?;
        // A line whose letters all stand in isolates would run from the left: the mark says otherwise.
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

    #[inline(always)] // which element it is, is known at every call
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
                // Values end in one column as they are seen. In a line from the right they begin there, and what is left of the
                // column comes after them.
                Column::Value if self.right_to_left => {
                    self.owed = widest - width;
                    self.spaces(2)?;
                }
                Column::Value => self.spaces(2 + widest - width)?,
                Column::Remark => self.spaces(2 + self.owed)?,
            },
            // Left-to-right isolate, and first-strong isolate.
            Element::Value if self.isolates => self.out.write_str("\u{2066}")?,
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
        part.write_to(self.out)
    }

    #[inline(always)]
    fn close(&mut self, element: &Element<'_>) -> fmt::Result {
        match element {
            Element::Value | Element::Name if self.isolates => self.out.write_str("\u{2069}")?,
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

/// The escape that begins an element. Only outer elements have one, so that a reset ends what it began.
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
