mod advance;
mod drawing;
mod rows;
mod xml;

use std::fmt::{self, Write};

use super::{Direction, Strip};
use drawing::Drawing;
use rows::{Glyph, Isolate, Style, Text, Tone};
use xml::Xml;

/// A strip as a picture of its own: for mail, feeds and a README.
///
/// It is one well-formed `<svg>` with no script and no reference to anything outside it. Its `<title>` says what it is, and its
/// `<desc>` is the whole strip as [`Text`](super::Text). The paper is painted, and the colours are those of
/// [`STYLE`](super::STYLE): attributes in light, a style inside the picture in dark. Links are text alone, because a picture in
/// an `<img>` leads nowhere. Everything that came from outside is escaped, and what XML cannot hold is left out.
///
/// The reader's fonts are not known, so the width of a text is an estimate from above: a share of the font's size for each
/// kind of character (a space 0.36, a digit 0.64, a letter of Latin or Cyrillic between 0.36 and 1.12, of Arabic between 0.5
/// and 1.25, an ideogram 1.05), fitted to DejaVu Sans, which is wider than most. Rows are broken by it, between items where they fit and
/// else between words, and the picture is as wide as the widest row. Text flows inside a row, so a wrong estimate moves the
/// right edge and never puts one text over another; only the columns of a table stand where the estimate says.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::strip::{Lang, Layout, Strip};
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line().lang(Lang::Kk));
/// let picture = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).svg().width(480).to_string();
/// assert!(picture.starts_with(r#"<svg xmlns="http://www.w3.org/2000/svg" class="masthead-svg" role="img" lang="kk""#));
/// assert!(picture.contains("447.32") && picture.ends_with("</svg>"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Svg<'a> {
    strip: Strip<'a>,
    width: u16,
}

/// The size of the font and the distance of two lines, in pixels.
const FONT: u32 = 16;
const LINE: u32 = 26;
/// Around the text, in pixels.
const PADDING: u32 = 12;
/// From the top of a line to its letters' feet, in pixels.
const BASELINE: u32 = 18;
/// The narrowest that a picture may be asked to be.
const NARROWEST: u16 = 160;

const INK: &str = "#1f2328";
const PAPER: &str = "#fff";

/// What attributes cannot say. The names are long because a style inside a picture holds for a page the picture is put into.
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

    /// Sets how wide the picture may become, in pixels: 640 without this, and never less than 160. It is narrower where its
    /// rows are. A page that squeezes a picture into a narrow column makes its letters small; one of that width breaks its rows.
    #[must_use]
    pub const fn width(mut self, pixels: u16) -> Self {
        self.width = if pixels < NARROWEST {
            NARROWEST
        } else {
            pixels
        };
        self
    }

    /// Writes it, without a detour by way of a formatter.
    ///
    /// # Errors
    ///
    /// When `out` refuses; a `String` does not.
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

    /// The root's tag, and what stands in it before the text.
    fn write_head<W: Write>(&self, width: u32, height: u32, out: &mut W) -> fmt::Result {
        let locale = self.strip.locale;
        // Spaces are preserved, because librsvg drops those at the ends of a span.
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
        self.strip.text().write_to(&mut Xml(out))?;
        out.write_str("</desc>")?;
        out.write_str(STYLE)?;
        write!(
            out,
            r#"<rect class="masthead-svg-paper" width="100%" height="100%" fill="{PAPER}"/>"#
        )
    }

    /// A text whose letters stand on the line at `foot`.
    fn write_text<W: Write>(&self, text: &Text, width: u32, foot: u32, out: &mut W) -> fmt::Result {
        let from_start = PADDING + pixels(text.at);
        let x = match self.strip.locale.direction {
            Direction::LeftToRight => from_start,
            Direction::RightToLeft => width - from_start,
        };
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
}

impl fmt::Display for Svg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// Hundredths of the font's size in pixels, rounded up.
const fn pixels(hundredths: u32) -> u32 {
    hundredths.saturating_mul(FONT).div_ceil(100)
}

/// Letters of one look.
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

/// Letters of a value, of a name, or of what stands between these.
fn write_isolated<W: Write>(piece: &[Glyph], isolate: Isolate, out: &mut W) -> fmt::Result {
    // By the property, because librsvg does not heed the characters that mean the same; and a value by the mark in it, because
    // browsers anchor a text by the `direction` of what stands first in it.
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
