//! SVG: the strip as a picture.
//!
//! A picture has a size in its first tag, so the strip is collected before a byte is written:
//!
//! 1. [`Drawing`] takes the walk as styled characters,
//! 2. `rows` breaks them into rows by the estimated widths of `advance`,
//! 3. [`Svg::write_to`] knows the widest row and the number of rows, and writes the head and one `<text>` for each row or cell.
//!
//! Viewers differ, and the picture uses only what all of them draw: no `<foreignObject>`, no `textLength`, no control characters for isolates, which
//! librsvg ignores; `xml:space`, without which it drops spaces at the ends of a span. `tests/it/strip/picture.rs` accepts only the elements and
//! attributes that are used today, so that a new one is a decision.

pub(super) mod advance;
pub(super) mod drawing;
mod rows;
pub(super) mod xml;

use std::fmt::{self, Write};

use super::{Direction, Strip};
use drawing::Drawing;
use rows::{Glyph, Isolate, Style, Text, Tone};
use xml::Xml;

/// A strip as a picture in SVG, made by [`Strip::svg`]: for mail, feeds and a README.
///
/// It is one well-formed `<svg>` without script and without references to other files, so it works in an
/// `<img>`. Its `<title>` is the name of the strip, and its `<desc>` the strip as
/// [`Text`](super::Text), with words in the place of sparklines, for assistive technology. The background is painted. The colours are those of
/// [`STYLE`](super::STYLE), light or dark by the reader's `prefers-color-scheme`; a viewer that ignores
/// styles shows the light ones. Links are plain text, because a picture in an `<img>` has no links. Text
/// from outside is escaped, without the characters that XML does not allow.
///
/// # Width
///
/// The reader's font is not known, so the width of text is estimated from above, as a share of the
/// font's size for each kind of character:
///
/// | character | share of the size |
/// |---|---|
/// | a space | 0.36 |
/// | a digit | 0.64 |
/// | a Latin or Cyrillic letter | 0.36 to 1.12 |
/// | an Arabic letter | 0.5 to 1.25 |
/// | a Chinese character | 1.05 |
///
/// The shares are fitted to DejaVu Sans, which is wider than most fonts. Rows are broken by the estimate,
/// between items if these fit and else between words, and the picture is as wide as its widest row. Text
/// flows inside a row, so a wrong estimate moves the right edge and does not put one text over another.
/// Only the columns of a table are placed by the estimate.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::strip::{Lang, Layout, Strip};
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line().lang(Lang::Kk));
/// let picture = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).svg().width(480).to_string();
/// assert!(picture.starts_with(r#"<svg xmlns="http://www.w3.org/2000/svg" class="masthead-svg" role="img" lang="kk""#));
/// assert!(picture.contains("<title>Валюта бағамдары және ауа райы</title>"));
/// assert!(picture.contains("447.32") && picture.ends_with("</svg>"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Svg<'a> {
    strip: Strip<'a>,
    width: u16,
}

/// The size of the font, in pixels.
const FONT: u32 = 16;
/// The distance of two lines, in pixels.
const LINE: u32 = 26;
/// The padding around the text, in pixels.
const PADDING: u32 = 12;
/// The distance from the top of a line to its baseline, in pixels.
const BASELINE: u32 = 18;
/// The least width that [`Svg::width`] accepts, in pixels.
const NARROWEST: u16 = 160;

/// The colours of text and background in light.
pub(super) const INK: &str = "#1f2328";
pub(super) const PAPER: &str = "#fff";

/// The rules that attributes cannot express. The class names are long because the style of an inline
/// picture applies to the whole page.
const STYLE: &str = "<style>.masthead-svg{font-variant-numeric:tabular-nums}\
    @media (prefers-color-scheme:dark){\
    .masthead-svg{fill:#e6edf3}\
    .masthead-svg-paper{fill:#0d1117}\
    .masthead-svg-quiet{fill:#9da7b1}\
    .masthead-svg-up{fill:#56d364}\
    .masthead-svg-down{fill:#ff9492}}</style>";

impl<'a> Svg<'a> {
    pub(super) const fn new(strip: Strip<'a>) -> Self {
        Self { strip, width: 640 }
    }

    /// Sets the greatest width of the picture, in pixels. Default: 640. Least: 160; a smaller value counts
    /// as 160.
    ///
    /// The picture is narrower if its rows are. Set the width of the column that it stands in: a wider
    /// picture would be scaled down there, and its letters with it.
    ///
    /// ```
    /// use masthead::{Layout, Snapshot, Strip};
    ///
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
    /// let svg = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).svg();
    /// assert!(svg.to_string().contains(r#"width="567" height="90""#), "three rows");
    /// assert!(svg.width(160).to_string().contains(r#"width="157" height="324""#), "twelve rows");
    /// ```
    #[must_use]
    pub const fn width(mut self, pixels: u16) -> Self {
        self.width = if pixels < NARROWEST {
            NARROWEST
        } else {
            pixels
        };
        self
    }

    /// Writes to `out` directly; faster than [`Display`](fmt::Display).
    ///
    /// # Errors
    ///
    /// Returns an error if `out` does. A `String` never does.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
    /// let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
    /// let mut picture = String::new();
    /// strip.svg().write_to(&mut picture)?;
    /// assert_eq!(picture, strip.svg().to_string());
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    pub fn write_to<W: Write>(&self, out: &mut W) -> fmt::Result {
        let room = u32::from(self.width) - 2 * PADDING;
        let mut drawing = Drawing::new(room * 100 / FONT);
        self.strip.walk(&mut drawing)?;
        let rows = drawing.rows();
        let widest = rows.iter().flatten().map(Text::end).max();
        let width = pixels(widest.unwrap_or_default()) + 2 * PADDING;
        let lines = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let height = lines.saturating_mul(LINE).saturating_add(PADDING);
        self.write_head(width, height, out)?;
        let feet = (PADDING / 2 + BASELINE..).step_by(LINE as usize);
        for (row, foot) in rows.iter().zip(feet) {
            row.iter()
                .try_for_each(|text| self.write_text(text, width, foot, out))?;
        }
        out.write_str("</svg>")
    }

    /// Writes everything before the first row: the root's opening tag, title, description, style and
    /// background.
    fn write_head<W: Write>(&self, width: u32, height: u32, out: &mut W) -> fmt::Result {
        let locale = self.strip.locale;
        // `xml:space`, because librsvg drops spaces at the ends of a span.
        write!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="masthead-svg" role="img" lang="{}" xml:space="preserve" "#,
            locale.tag,
        )?;
        write!(
            out,
            r#"width="{width}" height="{height}" viewBox="0 0 {width} {height}" direction="{}" fill="{INK}" "#,
            locale.direction.as_str(),
        )?;
        write!(
            out,
            r#"font-size="{FONT}" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"><title>"#,
        )?;
        out.write_str(locale.title)?;
        out.write_str("</title><desc>")?;
        super::Text::spoken(self.strip).write_to(&mut Xml(out))?;
        out.write_str("</desc>")?;
        out.write_str(STYLE)?;
        write!(
            out,
            r#"<rect class="masthead-svg-paper" width="100%" height="100%" fill="{PAPER}"/>"#
        )
    }

    /// Writes a text with its baseline at `foot`.
    fn write_text<W: Write>(&self, text: &Text, width: u32, foot: u32, out: &mut W) -> fmt::Result {
        let from_start = PADDING + pixels(text.at);
        let x = match self.strip.locale.direction {
            Direction::LeftToRight => from_start,
            Direction::RightToLeft => width - from_start,
        };
        write_text_at(text, x, foot, out)
    }
}

impl fmt::Display for Svg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// Converts hundredths of the font's size to pixels, rounded up.
const fn pixels(hundredths: u32) -> u32 {
    hundredths.saturating_mul(FONT).div_ceil(100)
}

/// Writes a text that begins or ends at a place.
pub(super) fn write_text_at<W: Write>(text: &Text, x: u32, foot: u32, out: &mut W) -> fmt::Result {
    let anchor = if text.ends_there {
        r#" text-anchor="end""#
    } else {
        ""
    };
    write!(out, r#"<text x="{x}" y="{foot}"{anchor}>"#)?;
    let alike = |one: &Glyph, next: &Glyph| one.style.look() == next.style.look();
    for run in text.glyphs.chunk_by(alike) {
        let style = run.first().map(|glyph| glyph.style).unwrap_or_default();
        write_run(run, style, out)?;
    }
    out.write_str("</text>")
}

/// Writes characters of one colour and weight.
fn write_run<W: Write>(run: &[Glyph], style: Style, out: &mut W) -> fmt::Result {
    let colour = match style.tone {
        Tone::Ink => "",
        Tone::Quiet => r##" class="masthead-svg-quiet" fill="#57606a""##,
        Tone::Up => r##" class="masthead-svg-up" fill="#116329""##,
        Tone::Down => r##" class="masthead-svg-down" fill="#a40e26""##,
    };
    let weight = if style.bold {
        r#" font-weight="bold""#
    } else {
        ""
    };
    let plain = style.look() == Style::default().look();
    if !plain {
        write!(out, "<tspan{colour}{weight}>")?;
    }
    for piece in run.chunk_by(|one, next| one.style == next.style) {
        let isolate = piece.first().map(|glyph| glyph.style.isolate);
        write_isolated(piece, isolate.unwrap_or_default(), out)?;
    }
    out.write_str(if plain { "" } else { "</tspan>" })
}

/// Writes the characters of one value or name, or those between two of them.
fn write_isolated<W: Write>(piece: &[Glyph], isolate: Isolate, out: &mut W) -> fmt::Result {
    // The property, because librsvg ignores the control characters of isolates. A value begins with a mark in
    // place of a `direction` attribute, because browsers anchor a text by the `direction` of its first span.
    let (before, after) = match isolate {
        Isolate::None => ("", ""),
        Isolate::Value => ("<tspan unicode-bidi=\"plaintext\">\u{200e}", "</tspan>"),
        Isolate::Name => (r#"<tspan unicode-bidi="plaintext">"#, "</tspan>"),
    };
    out.write_str(before)?;
    let mut escaped = Xml(out);
    piece
        .iter()
        .try_for_each(|glyph| escaped.write_char(glyph.character))?;
    out.write_str(after)
}
