//! A sink that collects the walk as styled characters in rows.
//!
//! An item is collected between two separators, with the style of each character; [`Rows`] then places it. In a table a line has three cells, and is
//! placed when all lines are known. Elements change the style and nest by it: an item sets the tone, a heading the weight, a value or a name the
//! isolate. The walk never nests two elements that set the same one, so that closing an element restores the default.

use std::fmt::{self, Write};

use super::rows::{Glyph, Isolate, Rows, Style, Text, Tone};
use crate::money::Trend;
use crate::snapshot::Freshness;
use crate::strip::part::{Column, Element, Part, Separator, Sink};

/// Collects the walk, because a picture has to be measured before its first byte is written.
#[derive(Debug)]
pub(in crate::strip) struct Drawing {
    rows: Rows,
    style: Style,
    /// The number of isolates so far.
    isolates: u32,
    /// The separator before the open item, and the open item.
    separator: Vec<Glyph>,
    item: Vec<Glyph>,
    /// The lines of the open table.
    table: Option<Vec<[Vec<Glyph>; 3]>>,
}

impl Drawing {
    /// Creates a drawing whose rows are at most `limit` hundredths of the font's size wide.
    pub(in crate::strip) const fn new(limit: u32) -> Self {
        Self {
            rows: Rows::new(limit),
            style: Style {
                tone: Tone::Ink,
                bold: false,
                isolate: Isolate::None,
                place: 0,
            },
            isolates: 0,
            separator: Vec::new(),
            item: Vec::new(),
            table: None,
        }
    }

    /// The rows, after the walk.
    pub(in crate::strip) fn rows(self) -> Vec<Vec<Text>> {
        self.rows.into_rows()
    }

    /// Places the open item into a row.
    fn end_item(&mut self) {
        self.rows.item(&self.separator, &self.item);
        self.separator.clear();
        self.item.clear();
    }

    /// Ends the open item and keeps a separator for the next one.
    fn separate(&mut self, separator: Separator) {
        self.end_item();
        let (text, tone) = match separator {
            Separator::Dot => (" · ", Tone::Quiet),
            // Wider than a space between words, as the gap of the style sheet.
            Separator::Space => ("\u{2003}", Tone::Ink),
        };
        let style = Style {
            tone,
            ..Style::default()
        };
        let glyphs = text.chars().map(|character| Glyph { character, style });
        self.separator.extend(glyphs);
    }

    /// Begins an isolate.
    fn isolate(&mut self, isolate: Isolate) {
        self.isolates += 1;
        self.style.isolate = isolate;
        self.style.place = self.isolates;
    }

    /// Places the open item into a cell of the table.
    fn end_cell(&mut self, column: Column) {
        let cell = std::mem::take(&mut self.item);
        if let Some([name, value, remark]) = self.table.as_mut().and_then(|lines| lines.last_mut())
        {
            *match column {
                Column::Name => name,
                Column::Value => value,
                Column::Remark => remark,
            } = cell;
        }
    }
}

impl Write for Drawing {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let style = self.style;
        let glyphs = text.chars().map(|character| Glyph { character, style });
        self.item.extend(glyphs);
        Ok(())
    }
}

impl Sink for Drawing {
    fn word(&mut self, word: &'static str) -> fmt::Result {
        self.write_str(word)
    }

    fn open(&mut self, element: &Element<'_>) -> fmt::Result {
        match element {
            Element::Table => self.table = Some(Vec::new()),
            Element::Rate(item) => self.open_item(item.freshness, item.is_unconfirmed()),
            Element::Weather(item) => self.open_item(item.freshness, false),
            Element::Note(_) => self.style.tone = Tone::Quiet,
            Element::Heading | Element::Language { current: true, .. } => self.style.bold = true,
            Element::Value | Element::Blocks => self.isolate(Isolate::Value),
            Element::Name => self.isolate(Isolate::Name),
            Element::Row
            | Element::List
            | Element::Cell { .. }
            | Element::Date
            | Element::Today
            | Element::Link(_)
            | Element::Phone(_)
            | Element::Languages
            | Element::Language { current: false, .. } => {}
        }
        Ok(())
    }

    fn part(&mut self, part: &Part<'_>) -> fmt::Result {
        let tone = self.style.tone;
        match part {
            Part::Separator(separator) => {
                self.separate(*separator);
                return Ok(());
            }
            // The arrow has a colour unless the item is quiet: an old change is of no interest.
            Part::Arrow(trend) if tone == Tone::Ink => {
                self.style.tone = match trend {
                    Trend::Up => Tone::Up,
                    Trend::Down => Tone::Down,
                    Trend::Unchanged | Trend::Unknown => tone,
                };
            }
            _ => {}
        }
        part.write_to(self)?;
        self.style.tone = tone;
        Ok(())
    }

    fn close(&mut self, element: &Element<'_>) -> fmt::Result {
        match element {
            Element::Row | Element::List => {
                self.end_item();
                self.rows.end_row();
            }
            Element::Table => {
                let lines = self.table.take();
                self.rows.table(lines.unwrap_or_default());
            }
            Element::Cell { column, .. } => self.end_cell(*column),
            Element::Rate(_) | Element::Weather(_) | Element::Note(_) => {
                self.style.tone = Tone::Ink;
            }
            Element::Heading | Element::Language { .. } => self.style.bold = false,
            Element::Value | Element::Name | Element::Blocks => {
                self.style.isolate = Isolate::None;
                self.style.place = 0;
            }
            Element::Date
            | Element::Today
            | Element::Link(_)
            | Element::Phone(_)
            | Element::Languages => {}
        }
        Ok(())
    }
}

impl Drawing {
    /// Begins a pair or a city: quiet if it is unconfirmed, stale or absent, and on a line of its own in a
    /// table.
    fn open_item(&mut self, freshness: Freshness, unconfirmed: bool) {
        if unconfirmed || matches!(freshness, Freshness::Stale | Freshness::Absent) {
            self.style.tone = Tone::Quiet;
        }
        if let Some(lines) = &mut self.table {
            lines.push(Default::default());
        }
    }
}
