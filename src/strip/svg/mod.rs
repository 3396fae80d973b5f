//! The strip as a picture.

mod sink;
mod width;

use std::fmt::{self, Write};

use super::{Direction, Strip};
use sink::{Line, SvgSink};

/// A strip as a self-contained SVG picture, for mail, feeds and other pages than the site's own.
///
/// It is readable in light and dark, draws on nothing from outside, runs no script, and carries its whole text for a
/// screen reader. How wide letters are is not known here, so it is estimated with room to spare: a row is broken between items
/// before the estimate reaches the width, and no item overlaps another in any font. Links are text: a picture leads nowhere.
///
/// ```
/// use masthead::Snapshot;
/// use masthead::strip::{Layout, Strip};
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line());
/// let picture = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).svg().width(480).to_string();
/// assert!(picture.starts_with(r#"<svg xmlns="http://www.w3.org/2000/svg" role="img""#));
/// assert!(picture.contains("<title>Currency rates and weather</title>") && picture.contains("447.32"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Svg<'a> {
    strip: Strip<'a>,
    width: u32,
}

/// The size of the letters, the height of a line and the empty edge, in pixels of CSS.
const LETTER: u32 = 14;
const LINE: u32 = 22;
const EDGE: u32 = 8;

/// The colours of the style sheet; where a viewer passes over the style, the attributes have those of a light page.
const STYLE: &str = "<style>.p{fill:#fff}.i{fill:#1f2328}.q{fill:#57606a}.u{fill:#116329}.d{fill:#a40e26}\
@media(prefers-color-scheme:dark){.p{fill:#0d1117}.i{fill:#e6edf3}.q{fill:#9da7b1}.u{fill:#56d364}.d{fill:#ff9492}}</style>";

impl<'a> Svg<'a> {
    pub(super) const fn new(strip: Strip<'a>) -> Self {
        Self { strip, width: 640 }
    }

    /// Sets how wide the picture may be, in pixels of CSS: 640 unless told. A single item that needs more gets it.
    #[must_use]
    pub const fn width(mut self, width: u32) -> Self {
        self.width = width;
        self
    }

    /// Writes it, without a detour by way of a formatter. Unlike text and HTML it is laid out first, in memory of its own.
    ///
    /// # Errors
    ///
    /// When `out` refuses; a `String` does not.
    pub fn write_to<W: Write>(&self, out: &mut W) -> fmt::Result {
        let locale = self.strip.locale;
        let mut sink = SvgSink::new(self.width.saturating_sub(2 * EDGE));
        self.strip.walk(&mut sink)?;
        let lines = sink.lines();
        let widest = lines.iter().map(|line| line.width).max().unwrap_or(0);
        let width = widest + 2 * EDGE;
        let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let height = count.saturating_mul(LINE).saturating_add(EDGE);
        let (tag, direction, title) = (locale.tag, locale.direction.as_str(), locale.title);
        write!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{tag}" width="{width}" height="{height}" viewBox="0 0 {width} {height}"><title>{title}</title><desc>"#,
        )?;
        self.strip.text().write_to(&mut sink::Escaping(&mut *out))?;
        write!(
            out,
            r##"</desc>{STYLE}<rect width="100%" height="100%" class="p" fill="#fff"/><g class="i" fill="#1f2328" font-family="system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif" font-size="{LETTER}" direction="{direction}">"##,
        )?;
        for (index, line) in (1..).zip(lines) {
            let y = LINE.saturating_mul(index) - 5;
            self.line(out, line, width, y)?;
        }
        out.write_str("</g></svg>")
    }

    /// The runs of a line, each where it begins; those that flow have no place of their own.
    fn line<W: Write>(&self, out: &mut W, line: &Line, width: u32, y: u32) -> fmt::Result {
        line.runs.iter().try_for_each(|run| {
            // A line that runs from the right begins at the right edge.
            let x = match self.strip.locale.direction {
                Direction::LeftToRight => EDGE + run.x,
                Direction::RightToLeft => width - EDGE - run.x,
            };
            let anchor = if run.ends_there {
                r#" text-anchor="end""#
            } else {
                ""
            };
            write!(
                out,
                r#"<text x="{x}" y="{y}"{anchor}>{}</text>"#,
                run.markup
            )
        })
    }
}

impl fmt::Display for Svg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}
