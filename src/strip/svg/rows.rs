//! Rows of items and lines of columns. Lengths are in hundredths of the font's size.
//!
//! A row is filled with items as long as they fit by the estimate of [`advance`]; the separator between two rows is dropped. The same strip at a
//! width of 640 pixels and, of another day in Russian, at 320:
//!
//! ```text
//! usd/kzt 475.09 ▼ down 3.68 · eur/kzt 551.06 ▲ up 2.40          usd/kzt 475.09 ▼ снижение на
//! rub/kzt 5.40 = unchanged · cny/kzt no data                     3.68
//! as of 2 April 2026, National Bank of Kazakhstan, just now      eur/kzt 551.06 ▲ рост на 2.40
//! Astana +21…+23 °C · Data from MET Norway (CC BY 4.0), just now rub/kzt 5.40 = без изменений
//! ```
//!
//! An item that is wider than a row is broken between words, and a word that is wider before a character that may begin a row, which Chinese text
//! needs ([`Rows::cut`]). A no-break space is no place to break: `+21…+23 °C` and `2026 г.` stay whole.
//!
//! The columns of a table have fixed places: names at the edge, the end of the values, the start of the remarks. If they are wider than the picture,
//! each line's cells flow as items do, with a wide gap between them:
//!
//! ```text
//! usd/kzt  475.09
//! ▼ снижение на 3.68
//! eur/kzt  551.06
//! ```
//!
//! Distances are from the edge at which reading begins, so that nothing here knows the direction; `Svg` turns them into places.

use super::advance::{advance, bold};

/// A character with its style.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub(super) character: char,
    pub(super) style: Style,
}

/// Colour, weight and isolate of a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) tone: Tone,
    pub(super) bold: bool,
    pub(super) isolate: Isolate,
    /// The number of the isolate, which keeps neighbouring isolates apart.
    pub(super) place: u32,
}

impl Style {
    /// The visible part of the style.
    pub(super) const fn look(self) -> (Tone, bool) {
        (self.tone, self.bold)
    }
}

/// A colour of the style sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    #[default]
    Ink,
    Quiet,
    Up,
    Down,
}

/// The isolate around a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Isolate {
    #[default]
    None,
    /// A value, from left to right.
    Value,
    /// A name, in the direction of its first letter.
    Name,
}

/// A text that begins or ends at a place of its row.
#[derive(Debug)]
pub(in crate::strip) struct Text {
    pub(super) glyphs: Vec<Glyph>,
    /// The distance from the edge at which reading begins.
    pub(super) at: u32,
    pub(super) ends_there: bool,
}

impl Text {
    /// The distance of its end from the same edge.
    pub(super) fn end(&self) -> u32 {
        if self.ends_there {
            self.at
        } else {
            self.at + width(&self.glyphs)
        }
    }
}

/// The rows of a picture, none wider than the limit.
#[derive(Debug)]
pub(super) struct Rows {
    limit: u32,
    rows: Vec<Vec<Text>>,
    /// The row under construction.
    open: Vec<Glyph>,
}

/// The gap between two columns.
const GAP: u32 = 100;

impl Rows {
    pub(super) const fn new(limit: u32) -> Self {
        Self {
            limit,
            rows: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Appends an item to the open row, after a separator. If it does not fit, it begins a new row without
    /// the separator. An item that is wider than a row is broken between words.
    pub(super) fn item(&mut self, separator: &[Glyph], item: &[Glyph]) {
        let together = [self.open.as_slice(), separator, item].map(width);
        if !self.open.is_empty() && together.iter().sum::<u32>() <= self.limit {
            self.open.extend(separator);
            self.open.extend(item);
            return;
        }
        self.end_row();
        let mut rest = item;
        while let Some(cut) = self.cut(rest) {
            let (row, after) = rest.split_at(cut);
            self.open.extend(row);
            self.end_row();
            rest = after;
        }
        self.open.extend(rest);
    }

    /// Ends the open row, unless it is empty.
    pub(super) fn end_row(&mut self) {
        let row = trimmed(&self.open);
        if !row.is_empty() {
            self.rows.push(vec![Text {
                glyphs: row.to_vec(),
                at: 0,
                ends_there: false,
            }]);
        }
        self.open.clear();
    }

    /// Appends the lines of a table: names begin at the edge and values end at one place. If the columns
    /// are wider than the picture, the cells of each line flow as items.
    pub(super) fn table(&mut self, lines: Vec<[Vec<Glyph>; 3]>) {
        let column = |index: usize| {
            let cells = lines.iter().filter_map(|line| line.get(index));
            cells.map(|cell| width(cell)).max().unwrap_or_default()
        };
        let values_end = column(0) + GAP + column(1);
        let remarks = values_end + GAP;
        let flows = remarks + column(2) > self.limit;
        for line in lines {
            if flows {
                let gap = [' ', '\u{2003}'].map(|character| Glyph {
                    character,
                    style: Style::default(),
                });
                let cells = line.iter().filter(|cell| !cell.is_empty());
                cells.for_each(|cell| self.item(&gap, cell));
                self.end_row();
                continue;
            }
            let places = [(0, false), (values_end, true), (remarks, false)];
            let texts = line.into_iter().zip(places);
            let texts = texts.map(|(glyphs, (at, ends_there))| Text {
                glyphs,
                at,
                ends_there,
            });
            self.rows
                .push(texts.filter(|text| !text.glyphs.is_empty()).collect());
        }
    }

    /// The finished rows.
    pub(super) fn into_rows(self) -> Vec<Vec<Text>> {
        self.rows
    }

    /// The place to cut a text that is wider than a row: after the last space that fits, else before a
    /// character that may begin a row. Returns `None` if the text fits.
    fn cut(&self, text: &[Glyph]) -> Option<usize> {
        let mut end = 0;
        let over = text.iter().position(|glyph| {
            end += glyph.advance();
            end > self.limit
        })?;
        let (with_next, _) = text.split_at(over + 1);
        let space = with_next.iter().rposition(|glyph| glyph.character == ' ');
        let begins = || {
            let (_, from_second) = text.split_at_checked(1)?;
            let (candidates, _) = from_second.split_at_checked(over)?;
            Some(candidates.iter().rposition(|glyph| glyph.may_begin())? + 1)
        };
        space.map(|at| at + 1).or_else(begins).or(Some(over.max(1)))
    }
}

impl Glyph {
    /// The estimated width.
    fn advance(&self) -> u32 {
        if self.style.bold {
            bold(self.character)
        } else {
            advance(self.character)
        }
    }

    /// Whether a row may begin with the character: a combining mark stays with its letter, and a comma
    /// with its word.
    fn may_begin(&self) -> bool {
        self.advance() > 0 && !matches!(self.character, ',' | '.' | ')' | '，' | '。' | '、' | '）')
    }
}

/// The width of a text, at most a bound that no picture reaches and whose sums do not overflow.
fn width(glyphs: &[Glyph]) -> u32 {
    const BEYOND: u32 = 1 << 28;
    glyphs
        .iter()
        .fold(0, |width, glyph| BEYOND.min(width + glyph.advance()))
}

/// The row without the spaces at its ends.
fn trimmed(row: &[Glyph]) -> &[Glyph] {
    let space = |glyph: &Glyph| glyph.character == ' ';
    let first = row.iter().position(|glyph| !space(glyph));
    let last = row.iter().rposition(|glyph| !space(glyph));
    first
        .zip(last)
        .and_then(|(first, last)| row.get(first..=last))
        .unwrap_or_default()
}
