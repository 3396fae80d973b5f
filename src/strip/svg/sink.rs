//! The walk, heard as items on lines.

use std::fmt::{self, Write};
use std::mem;

use super::width;
use crate::money::Trend;
use crate::snapshot::Freshness;
use crate::strip::html::Escaping as HtmlEscaping;
use crate::strip::part::{Column, Element, Part, Separator, Sink};

/// The width of a column of a terminal, in pixels of CSS.
const COLUMN: u32 = 10;

/// A line of the picture.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    /// By estimate.
    pub(super) width: u32,
}

/// Text that flows from one place.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// How far from the line's beginning.
    pub(super) x: u32,
    /// Whether it ends there, as numbers of a column do.
    pub(super) ends_there: bool,
    pub(super) markup: String,
}

/// Breaks the walk into lines.
#[derive(Debug)]
pub(super) struct SvgSink {
    /// How wide a line may be.
    room: u32,
    lines: Vec<Line>,
    /// The markup of the item that is being said, and its width.
    item: String,
    width: u32,
    /// What stands before it on its line.
    before: Separator,
    /// Whether there is an item on the line already.
    flows: bool,
    table: Option<Row>,
}

/// What the cells of a row in a table have in common.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    look: &'static str,
    /// Where the next column begins.
    x: u32,
}

impl SvgSink {
    pub(super) const fn new(room: u32) -> Self {
        Self {
            room,
            lines: Vec::new(),
            item: String::new(),
            width: 0,
            before: Separator::Space,
            flows: false,
            table: None,
        }
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    fn begin_line(&mut self) {
        self.lines.push(Line::default());
        self.flows = false;
    }

    /// Puts the item at the end of the line, or of a new one where it has no room.
    fn end_item(&mut self, after: Separator) {
        let before = mem::replace(&mut self.before, after);
        let (item, width) = (mem::take(&mut self.item), mem::take(&mut self.width));
        let between = match before {
            Separator::Dot => " · ",
            Separator::Space => " \u{2002}",
        };
        let with_gap = width::of(between).saturating_add(width);
        let full = |line: &Line| line.width.saturating_add(with_gap) > self.room;
        if self.flows && self.lines.last().is_some_and(full) {
            self.begin_line();
        }
        let Some(line) = self.lines.last_mut() else {
            return;
        };
        match line.runs.last_mut().filter(|_| self.flows) {
            Some(run) => {
                run.markup.push_str(between);
                run.markup.push_str(&item);
                line.width = line.width.saturating_add(with_gap);
            }
            None => {
                line.runs.push(Run {
                    markup: item,
                    ..Run::default()
                });
                line.width = width;
            }
        }
        self.flows = true;
    }

    /// Puts the item into its column of a table, whose letters are counted in columns of a terminal.
    fn end_cell(&mut self, column: Column, widest: usize) {
        let (markup, width) = (mem::take(&mut self.item), mem::take(&mut self.width));
        let (Some(row), Some(line)) = (&mut self.table, self.lines.last_mut()) else {
            return;
        };
        let widest = u32::try_from(widest)
            .unwrap_or(u32::MAX)
            .saturating_mul(COLUMN);
        let ends_there = column == Column::Value;
        if column != Column::Name {
            row.x = row.x.saturating_add(2 * COLUMN);
        }
        let begins = row.x;
        row.x = row.x.saturating_add(widest);
        if width == 0 {
            return;
        }
        let x = if ends_there { row.x } else { begins };
        let ends = begins.saturating_add(width).max(row.x);
        line.width = line.width.max(ends);
        line.runs.push(Run {
            x,
            ends_there,
            markup,
        });
    }

    fn markup(&mut self, markup: &str) {
        self.item.push_str(markup);
    }
}

impl Write for SvgSink {
    /// Text of the item, counted and escaped.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.width = self.width.saturating_add(width::of(text));
        Escaping(&mut self.item).write_str(text)
    }
}

impl Sink for SvgSink {
    fn word(&mut self, word: &'static str) -> fmt::Result {
        self.write_str(word)
    }

    fn open(&mut self, element: &Element<'_>) -> fmt::Result {
        match element {
            Element::Row | Element::List => self.begin_line(),
            Element::Table => self.table = Some(Row::default()),
            Element::Rate(_) | Element::Weather(_) if self.table.is_some() => {
                self.begin_line();
                let look = look(element);
                self.table = Some(Row { look, x: 0 });
                return Ok(());
            }
            Element::Cell { .. } => self.markup(self.table.unwrap_or_default().look),
            Element::Value => self.write_str("\u{2066}")?,
            Element::Name => self.write_str("\u{2068}")?,
            _ => {}
        }
        self.markup(look(element));
        Ok(())
    }

    fn part(&mut self, part: &Part<'_>) -> fmt::Result {
        match part {
            Part::Separator(separator) => self.end_item(*separator),
            Part::Arrow(trend) => {
                self.markup(arrow(*trend));
                part.write_to(self)?;
                self.markup(end_of(arrow(*trend)));
            }
            _ => part.write_to(self)?,
        }
        Ok(())
    }

    fn close(&mut self, element: &Element<'_>) -> fmt::Result {
        match element {
            Element::Value | Element::Name => self.write_str("\u{2069}")?,
            Element::Row | Element::List => self.end_item(Separator::Space),
            Element::Table => self.table = None,
            Element::Rate(_) | Element::Weather(_) if self.table.is_some() => return Ok(()),
            Element::Cell { column, widest, .. } => {
                let row = self.table.unwrap_or_default();
                self.markup(end_of(row.look));
                self.end_cell(*column, *widest);
            }
            _ => {}
        }
        self.markup(end_of(look(element)));
        Ok(())
    }
}

const fn end_of(look: &str) -> &'static str {
    if look.is_empty() { "" } else { "</tspan>" }
}

/// The tag that begins an element which looks different.
fn look(element: &Element<'_>) -> &'static str {
    const QUIET: &str = r##"<tspan class="q" fill="#57606a">"##;
    const BOLD: &str = r#"<tspan font-weight="bold">"#;
    let of = |freshness: Freshness| match freshness {
        Freshness::Stale | Freshness::Absent => QUIET,
        Freshness::Fresh | Freshness::Ageing => "",
    };
    match element {
        Element::Rate(item) => of(item.freshness),
        Element::Weather(item) => of(item.freshness),
        Element::Note(_) => QUIET,
        Element::Heading | Element::Language { current: true, .. } => BOLD,
        _ => "",
    }
}

const fn arrow(trend: Trend) -> &'static str {
    match trend {
        Trend::Up => r##"<tspan class="u" fill="#116329">"##,
        Trend::Down => r##"<tspan class="d" fill="#a40e26">"##,
        Trend::Unchanged | Trend::Unknown => "",
    }
}

/// Text as XML: without the few characters that no document may hold.
pub(super) struct Escaping<'w, W>(pub(super) &'w mut W);

impl<W: Write> Write for Escaping<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.split(['\u{fffe}', '\u{ffff}'])
            .try_for_each(|piece| HtmlEscaping(self.0).write_str(piece))
    }
}
