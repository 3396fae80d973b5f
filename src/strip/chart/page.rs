//! The chart in a page: a figure with a caption, and a table of its numbers.
//!
//! A figure's picture has neither style nor background of its own and no `<desc>`: it takes the colours of the page, and its caption says what the
//! description of a picture alone says. A table has a row for each day of the range, also those without a rate, up to 366; then one for each month,
//! then for each year, so that it stays readable and bounded. A day whose rate the bank corrected is marked in words.

use std::fmt::{self, Write};

use chrono::{Datelike as _, NaiveDate};

use super::Chart;
use super::line::Line;
use super::picture::write_picture;
use super::words::pair;
use crate::strip::digits::write_iso;
use crate::strip::html::escape::Escaping;
use crate::strip::number::write_plain;
use crate::strip::part::write_outside;

/// The most rows of a table.
const ROWS: usize = 366;

/// Writes the figure.
pub(super) fn write_figure<W: Write>(chart: &Chart, out: &mut W) -> fmt::Result {
    let locale = chart.locale();
    open(chart, "figure", out)?;
    write_picture(chart, true, out)?;
    out.write_str("<figcaption>")?;
    for line in &chart.lines {
        out.write_str("<p>")?;
        chart.write_summary(line, &mut Escaping(out))?;
        out.write_str("</p>")?;
    }
    for note in chart.lines.iter().flat_map(|line| &line.restated) {
        out.write_str("<p>")?;
        chart.write_restated(note, out)?;
        out.write_str("</p>")?;
    }
    if chart.lines.iter().any(|line| !line.corrections.is_empty()) {
        write!(out, "<p>○ {}</p>", locale.corrected)?;
    }
    if !chart.credits.is_empty() {
        out.write_str("<p>")?;
        write_credits(chart, out)?;
        out.write_str("</p>")?;
    }
    out.write_str("</figcaption></figure>")
}

/// Writes the table.
pub(super) fn write_table<W: Write>(chart: &Chart, out: &mut W) -> fmt::Result {
    let locale = chart.locale();
    open(chart, "table", out)?;
    out.write_str("<caption>")?;
    chart.write_title(&mut Escaping(out))?;
    out.write_str(r#"</caption><thead><tr><th scope="col">"#)?;
    out.write_str(locale.date)?;
    for line in &chart.lines {
        out.write_str(r#"</th><th scope="col"><bdi dir="ltr">"#)?;
        pair(line).write_to(out)?;
        out.write_str("</bdi>")?;
    }
    out.write_str("</th></tr></thead><tbody>")?;
    for day in chart.rows() {
        out.write_str(r#"<tr><th scope="row"><time datetime=""#)?;
        write_iso(day, out)?;
        out.write_str(r#"">"#)?;
        chart.date(day).write_to(out)?;
        out.write_str("</time></th>")?;
        chart
            .lines
            .iter()
            .try_for_each(|line| write_cell(chart, line, day, out))?;
        out.write_str("</tr>")?;
    }
    out.write_str("</tbody>")?;
    if !chart.credits.is_empty() {
        write!(
            out,
            r#"<tfoot><tr><td colspan="{}">"#,
            chart.lines.len() + 1
        )?;
        write_credits(chart, out)?;
        out.write_str("</td></tr></tfoot>")?;
    }
    out.write_str("</table>")
}

impl Chart {
    /// The days of a table: all, or the last with a rate of each month, or of each year.
    fn rows(&self) -> Vec<NaiveDate> {
        let all = self.first.iter_days().take_while(|day| *day <= self.last);
        let month = |day: NaiveDate| (day.year(), day.month());
        let year = |day: NaiveDate| (day.year(), 0);
        let all: Vec<NaiveDate> = all.collect();
        if all.len() <= ROWS {
            return all;
        }
        let months = self.last_of(&all, month);
        if months.len() <= ROWS {
            return months;
        }
        self.last_of(&all, year)
    }

    /// The last day with a rate of each period, or its last day.
    fn last_of(&self, days: &[NaiveDate], period: fn(NaiveDate) -> (i32, u32)) -> Vec<NaiveDate> {
        let periods = days.chunk_by(|day, next| period(*day) == period(*next));
        let has_rate = |day: &&NaiveDate| self.lines.iter().any(|line| line.point(**day).is_some());
        let last = periods.filter_map(|days| days.iter().rev().find(has_rate).or(days.last()));
        last.copied().collect()
    }
}

/// Writes a cell with a rate.
fn write_cell<W: Write>(chart: &Chart, line: &Line, day: NaiveDate, out: &mut W) -> fmt::Result {
    let locale = chart.locale();
    out.write_str("<td>")?;
    let Some(point) = line.point(day) else {
        out.write_str(locale.no_data)?;
        return out.write_str("</td>");
    };
    out.write_str(r#"<bdi dir="ltr"><data value=""#)?;
    write_plain(point.value, out)?;
    out.write_str(r#"">"#)?;
    chart.form(line).number(point.value).write_to(out)?;
    out.write_str("</data></bdi>")?;
    if line.corrections.binary_search(&day).is_ok() {
        out.write_str(locale.aside.0)?;
        out.write_str(locale.corrected)?;
        out.write_str(locale.aside.1)?;
    }
    out.write_str("</td>")
}

fn open<W: Write>(chart: &Chart, element: &str, out: &mut W) -> fmt::Result {
    let locale = chart.locale();
    write!(
        out,
        r#"<{element} class="masthead-chart" lang="{}" dir="{}">"#,
        locale.tag,
        locale.direction.as_str()
    )
}

/// Writes the sources and their terms with their links.
fn write_credits<W: Write>(chart: &Chart, out: &mut W) -> fmt::Result {
    let locale = chart.locale();
    for (index, (source, credit)) in chart.credits.iter().enumerate() {
        out.write_str(if index == 0 { "" } else { locale.list })?;
        write_linked(credit.url(), out, |out| match locale.source(source) {
            Some(name) => out.write_str(name),
            None => write_outside(credit.name(), &mut Escaping(out)),
        })?;
        if let Some(licence) = credit.licence() {
            out.write_str(locale.aside.0)?;
            write_linked(credit.licence_url(), out, |out| {
                write_outside(licence, &mut Escaping(out))
            })?;
            out.write_str(locale.aside.1)?;
        }
    }
    Ok(())
}

/// Writes a name, with its link if it has one.
fn write_linked<W: Write>(
    url: Option<&str>,
    out: &mut W,
    name: impl FnOnce(&mut W) -> fmt::Result,
) -> fmt::Result {
    if let Some(url) = url {
        out.write_str(r#"<a href=""#)?;
        write_outside(url, &mut Escaping(out))?;
        out.write_str(r#"">"#)?;
    }
    out.write_str("<bdi>")?;
    name(out)?;
    out.write_str("</bdi>")?;
    out.write_str(if url.is_some() { "</a>" } else { "" })
}
