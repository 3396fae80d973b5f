//! The chart as SVG: a picture of its own, or a part of a page.
//!
//! ```text
//! USD/KZT (US Dollar)          title, broken into rows by the estimated widths
//! 480 ┬──────────────          panel: 200 pixels high if it is the only one, else 120
//! 478 ┼────▁▁▔▔▔▁▁───
//! 476 ┼──▔▔───────────         labels of values at the side at which reading begins
//! 474 ┴──────┬────────
//!        6 Apr 2026            labels of days, once under the last panel
//! ○ corrected                  the legend, if a rate was corrected or restated
//! National Bank of Kazakhstan  the credit; of a part of a page it stands in the caption
//! ```
//!
//! [`Plan`] is measured first: the width of the widest label of all panels decides where each panel begins, so that the panels stand exactly above
//! each other. Then the rows of text are broken, and the height is known before the first byte is written.

use std::fmt::{self, Write};

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::Chart;
use super::line::{Line, length};
use super::ticks::{Every, Values};
use super::trace::{Area, write_tenths};
use super::words::{walk_credits, walk_legend, walk_pair};
use crate::strip::Direction;
use crate::strip::digits::write_integer;
use crate::strip::part::{Element, Sink as _};
use crate::strip::svg::advance::advance;
use crate::strip::svg::drawing::Drawing;
use crate::strip::svg::xml::Xml;
use crate::strip::svg::{INK, PAPER, write_text_at};

/// The size of the font, in pixels.
const FONT: u32 = 14;
/// The distance of two lines of text, and that of the top of a line to its baseline.
const LINE: u32 = 22;
const BASELINE: u32 = 16;
const PADDING: u32 = 12;
/// The distance of a label from its mark.
const GAP: u32 = 6;
/// The length of a mark of the axis of days.
const MARK: u32 = 5;
/// The height of the only panel, and of each of several.
const TALL: u32 = 200;
const LOW: u32 = 120;
/// More marks of days do not fit into the widest picture.
const MOST_MARKS: usize = 64;

/// The rules that attributes cannot express. The class names are long because the style of an inline picture applies to the whole page.
const STYLE: &str = "<style>.masthead-chart-picture{font-variant-numeric:tabular-nums}\
    @media (prefers-color-scheme:dark){\
    .masthead-chart-picture{color:#e6edf3}\
    .masthead-chart-paper{fill:#0d1117}}</style>";

/// The measured parts of a chart.
struct Plan {
    width: u32,
    /// The left edge and the width of all panels.
    left: u32,
    panel: u32,
    height: u32,
    values: Vec<Option<Values>>,
    days: Vec<Mark>,
}

/// A mark of a day, with its place and the middle of its label in tenths of a pixel.
struct Mark {
    at: u64,
    middle: u64,
    label: String,
}

/// Writes the picture. A part of a page has no style, no background and no credit: the caption around it has the words.
pub(super) fn write_picture<W: Write>(chart: &Chart, is_part: bool, out: &mut W) -> fmt::Result {
    let plan = Plan::of(chart);
    let text = |element: &dyn Fn(&mut Drawing) -> fmt::Result| {
        let mut drawing = Drawing::new((plan.width - 2 * PADDING) * 100 / FONT);
        // A drawing never fails.
        _ = element(&mut drawing);
        drawing.rows()
    };
    let titles = chart.lines.iter().map(|line| {
        text(&|drawing| drawing.within(&Element::List, |sink| walk_pair(sink, chart, line)))
    });
    let titles: Vec<_> = titles.collect();
    let mut notes = text(&|drawing| walk_legend(drawing, chart));
    if !is_part {
        notes.extend(text(&|drawing| walk_credits(drawing, chart)));
    }
    let rows = titles.iter().map(Vec::len).sum::<usize>() + notes.len();
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    let panels = u32::try_from(chart.lines.len()).unwrap_or(u32::MAX);
    let below = LINE;
    let height = rows
        .saturating_mul(LINE)
        .saturating_add(panels.saturating_mul(plan.height + 3 * GAP) + below + PADDING);
    write_head(chart, &plan, height, is_part, out)?;

    let start = plan.start(chart);
    let mut top = PADDING / 2;
    for ((line, values), title) in chart.lines.iter().zip(&plan.values).zip(&titles) {
        for row in title {
            for text in row {
                write_text_at(text, start, top + BASELINE, out)?;
            }
            top += LINE;
        }
        top += GAP;
        write_panel(chart, &plan, line, *values, top, out)?;
        top += plan.height + 2 * GAP;
    }
    write_days(&plan, top - 2 * GAP, out)?;
    top += below;
    for row in &notes {
        for text in row {
            write_text_at(text, start, top + BASELINE, out)?;
        }
        top += LINE;
    }
    out.write_str("</svg>")
}

impl Plan {
    fn of(chart: &Chart) -> Self {
        let width = u32::from(chart.width);
        let height = if chart.lines.len() == 1 { TALL } else { LOW };
        let most = i128::from(height / 36);
        let values = chart.lines.iter().map(|line| {
            let (lowest, highest) = line.bounds()?;
            Some(Values::of(lowest, highest, most))
        });
        let values: Vec<Option<Values>> = values.collect();
        let labels = chart.lines.iter().zip(&values);
        let labels = labels.filter_map(|(line, values)| Some((line, (*values)?)));
        let widths = labels.flat_map(|(line, values)| {
            let labels = values
                .iter()
                .map(move |units| label(chart, line, values, units));
            labels.map(|label| width_of(&label)).collect::<Vec<_>>()
        });
        let labels = widths.max().unwrap_or_default() + GAP;
        let panel = width.saturating_sub(2 * PADDING + labels).max(40);
        let left = match chart.direction() {
            Direction::LeftToRight => width - PADDING - panel,
            Direction::RightToLeft => PADDING,
        };
        let mut plan = Self {
            width,
            left,
            panel,
            height,
            values,
            days: Vec::new(),
        };
        plan.days = plan.marks(chart);
        plan
    }

    /// The place at which a line of text begins.
    fn start(&self, chart: &Chart) -> u32 {
        match chart.direction() {
            Direction::LeftToRight => PADDING,
            Direction::RightToLeft => self.width - PADDING,
        }
    }

    fn area(&self, chart: &Chart, values: Option<Values>) -> Area {
        Area {
            width: self.panel,
            height: self.height,
            days: length(chart.first, chart.last),
            lowest: values.map_or(0, |values| values.lowest),
            highest: values.map_or(1, |values| values.highest()),
        }
    }

    /// The marks with the shortest distance at which their labels do not touch, with at least two if there are any such. A label that would reach
    /// beyond the picture is moved to its edge.
    fn marks(&self, chart: &Chart) -> Vec<Mark> {
        let area = self.area(chart, None);
        let (left, width) = (u64::from(self.left) * 10, u64::from(self.width) * 10);
        let mut single = Vec::new();
        for every in Every::ALL {
            let days = every.days(chart.first, chart.last).take(MOST_MARKS);
            let (mut end, mut touch) = (0, false);
            let marks = days.map(|day| {
                let label = day_label(chart, every, day);
                let half = u64::from(width_of(&label)) * 5;
                let at = left + area.middle(length(chart.first, day) - 1);
                let middle = at.min(width.saturating_sub(half)).max(half);
                touch |= middle - half < end;
                end = middle + half + u64::from(2 * GAP) * 10;
                Mark { at, middle, label }
            });
            let marks: Vec<Mark> = marks.collect();
            if marks.len() > 1 && !touch {
                return marks;
            }
            if single.is_empty() && marks.len() == 1 {
                single = marks;
            }
        }
        single
    }
}

/// The label of a mark of values.
fn label(chart: &Chart, line: &Line, values: Values, units: i128) -> String {
    let value = Decimal::try_from_i128_with_scale(units, line.scale).unwrap_or_default();
    let number = chart.form(line).number(value.normalize());
    number.places(values.places(line.scale)).to_string()
}

/// The label of a mark of days: a year alone if the marks are years.
fn day_label(chart: &Chart, every: Every, day: NaiveDate) -> String {
    let mut label = String::new();
    let written = match every {
        Every::Years(_) => write_integer(day.year(), &mut label),
        _ => chart.axis_date(day).write_to(&mut label),
    };
    // A string never fails.
    _ = written;
    label
}

/// The estimated width of a text in pixels.
fn width_of(text: &str) -> u32 {
    let width: u32 = text.chars().map(advance).sum();
    (width * FONT).div_ceil(100)
}

fn write_head<W: Write>(
    chart: &Chart,
    plan: &Plan,
    height: u32,
    is_part: bool,
    out: &mut W,
) -> fmt::Result {
    let (locale, width) = (chart.locale(), plan.width);
    // `xml:space`, because librsvg drops spaces at the ends of a span.
    out.write_str(r#"<svg xmlns="http://www.w3.org/2000/svg" class="masthead-chart-picture" role="img" lang=""#)?;
    out.write_str(locale.tag)?;
    write!(
        out,
        r#"" xml:space="preserve" width="{width}" height="{height}" viewBox="0 0 {width} {height}" direction="{}" "#,
        locale.direction.as_str(),
    )?;
    if !is_part {
        write!(out, r#"color="{INK}" "#)?;
    }
    write!(
        out,
        r#"fill="currentColor" font-size="{FONT}" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"><title>"#,
    )?;
    chart.write_title(&mut Xml(out))?;
    out.write_str("</title>")?;
    if is_part {
        return Ok(());
    }
    out.write_str("<desc>")?;
    chart.write_description(&mut Xml(out))?;
    out.write_str("</desc>")?;
    out.write_str(STYLE)?;
    write!(
        out,
        r#"<rect class="masthead-chart-paper" width="100%" height="100%" fill="{PAPER}"/>"#
    )
}

/// Writes a panel: levels with their labels, the line, the corrections.
fn write_panel<W: Write>(
    chart: &Chart,
    plan: &Plan,
    line: &Line,
    values: Option<Values>,
    top: u32,
    out: &mut W,
) -> fmt::Result {
    let Plan {
        left,
        panel,
        height,
        ..
    } = *plan;
    let area = plan.area(chart, values);
    if let Some(values) = values {
        out.write_str(r#"<path stroke="currentColor" stroke-opacity=".25" d=""#)?;
        for units in values.iter() {
            write!(out, "M{left} ")?;
            write_tenths(u64::from(top) * 10 + area.level(units), out)?;
            write!(out, "h{panel}")?;
        }
        out.write_str(r#""/>"#)?;
        let x = match chart.direction() {
            Direction::LeftToRight => left - GAP,
            Direction::RightToLeft => left + panel + GAP,
        };
        for units in values.iter() {
            write!(out, r#"<text x="{x}" y=""#)?;
            write_tenths((u64::from(top) + 5) * 10 + area.level(units), out)?;
            out.write_str("\" text-anchor=\"end\"><tspan unicode-bidi=\"plaintext\">\u{200e}")?;
            out.write_str(&label(chart, line, values, units))?;
            out.write_str("</tspan></text>")?;
        }
    } else {
        let middle = (left + panel / 2, top + height / 2);
        write!(
            out,
            r#"<text x="{}" y="{}" text-anchor="middle">{}</text>"#,
            middle.0,
            middle.1,
            chart.locale().no_data
        )?;
    }
    let foot = top + height;
    write!(
        out,
        r#"<path stroke="currentColor" fill="none" d="M{left} {foot}h{panel}"#
    )?;
    for mark in &plan.days {
        out.write_str("M")?;
        write_tenths(mark.at, out)?;
        write!(out, " {foot}v{MARK}")?;
    }
    out.write_str(r#""/>"#)?;
    if values.is_none() {
        return Ok(());
    }
    write!(
        out,
        r#"<g class="masthead-chart-line" transform="translate({left} {top})" fill="none" stroke="currentColor"><path stroke-width="1.5" stroke-linejoin="round" d=""#
    )?;
    let offset = length(chart.first, line.first) - 1;
    area.write_path(&line.points, offset, out)?;
    out.write_str(r#""/>"#)?;
    let mut before = None;
    for day in &line.corrections {
        let Some(point) = line.point(*day) else {
            continue;
        };
        let x = area.middle(length(chart.first, *day) - 1);
        // One mark for each column.
        if before.replace(x) == Some(x) {
            continue;
        }
        out.write_str(r#"<circle r="3.5" cx=""#)?;
        write_tenths(x, out)?;
        out.write_str(r#"" cy=""#)?;
        write_tenths(area.level(point.units), out)?;
        out.write_str(r#""/>"#)?;
    }
    out.write_str("</g>")
}

/// Writes the labels of days under the last panel.
fn write_days<W: Write>(plan: &Plan, top: u32, out: &mut W) -> fmt::Result {
    for mark in &plan.days {
        out.write_str(r#"<text x=""#)?;
        write_tenths(mark.middle, out)?;
        write!(
            out,
            r#"" y="{}" text-anchor="middle">{}</text>"#,
            top + MARK + BASELINE,
            mark.label
        )?;
    }
    Ok(())
}
