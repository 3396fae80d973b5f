//! The words of a chart: titles, descriptions, notes and the credit.
//!
//! The same sentences serve three readers: the `<desc>` of a picture for assistive technology, the caption of a figure, and the notes that are drawn.
//! Functions that write take any writer, and the caller chooses the escaping ([`Xml`](crate::strip::svg::xml::Xml) or HTML's); functions that walk
//! take a [`Sink`], for text that is measured before it is drawn.

use std::fmt::{self, Write};
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::Chart;
use super::line::{Line, Restated};
use crate::strip::digits::write_integer;
use crate::strip::layout::PairCase;
use crate::strip::locale::Date;
use crate::strip::part::{Element, Part, Sink, write_outside};
use crate::strip::{DateStyle, Direction};

/// The ranges of days that are named; of more the description has an ellipsis.
const NAMED: usize = 3;

impl Chart {
    /// Writes `Currency rates: USD/KZT, EUR/KZT`.
    pub(super) fn write_title<W: Write>(&self, out: &mut W) -> fmt::Result {
        let locale = self.locale();
        out.write_str(locale.currency_rates)?;
        out.write_str(locale.heading)?;
        for (index, line) in self.lines.iter().enumerate() {
            out.write_str(if index == 0 { " " } else { locale.list })?;
            self.isolated(out, |out| pair(line).write_to(out))?;
        }
        Ok(())
    }

    /// Writes the summary of each pair, its days without a rate, its corrections, and the credit.
    pub(super) fn write_description<W: Write>(&self, out: &mut W) -> fmt::Result {
        for line in &self.lines {
            self.write_summary(line, out)?;
            out.write_str(". ")?;
        }
        for note in self.lines.iter().flat_map(|line| &line.restated) {
            self.write_restated(note, out)?;
            out.write_str(". ")?;
        }
        self.write_credits(out)
    }

    /// Writes `USD/KZT: 4 March 2026 – 2 April 2026, first 480.00, …, no data 8 March 2026, corrected 3 March 2026`.
    pub(super) fn write_summary<W: Write>(&self, line: &Line, out: &mut W) -> fmt::Result {
        let (locale, form) = (self.locale(), self.form(line));
        self.isolated(out, |out| pair(line).write_to(out))?;
        out.write_str(locale.heading)?;
        out.write_str(" ")?;
        let Some(summary) = line.summary() else {
            return out.write_str(locale.no_data);
        };
        summary.write_to(form, true, out)?;
        let gaps = gaps(line);
        self.write_ranges(locale.no_data, &gaps, out)?;
        let corrections = line.corrections.iter().map(|day| *day..=*day);
        self.write_ranges(locale.corrected, &corrections.collect::<Vec<_>>(), out)
    }

    /// Writes a label and the first ranges of days.
    fn write_ranges<W: Write>(
        &self,
        label: &str,
        ranges: &[RangeInclusive<NaiveDate>],
        out: &mut W,
    ) -> fmt::Result {
        let locale = self.locale();
        for (index, range) in ranges.iter().take(NAMED).enumerate() {
            out.write_str(locale.list)?;
            if index == 0 {
                out.write_str(label)?;
                out.write_str(" ")?;
            }
            self.date(*range.start()).write_to(out)?;
            if range.start() != range.end() {
                out.write_str(locale.range)?;
                self.date(*range.end()).write_to(out)?;
            }
        }
        out.write_str(if ranges.len() > NAMED { " …" } else { "" })
    }

    /// Writes `10000 BYR = 1 BYN: 1 January 2016 – 30 June 2016`.
    pub(super) fn write_restated<W: Write>(&self, note: &Restated, out: &mut W) -> fmt::Result {
        let Restated { old, new, from, to } = *note;
        self.isolated(out, |out| {
            write_integer(old.0, out)?;
            write!(out, " {} = ", old.1)?;
            write_integer(new.0, out)?;
            write!(out, " {}", new.1)
        })?;
        out.write_str(self.locale().heading)?;
        out.write_str(" ")?;
        self.date(from).write_to(out)?;
        out.write_str(self.locale().range)?;
        self.date(to).write_to(out)
    }

    /// Writes a value from left to right, in an isolate if the text around runs from right to left.
    fn isolated<W: Write>(
        &self,
        out: &mut W,
        value: impl FnOnce(&mut W) -> fmt::Result,
    ) -> fmt::Result {
        let (before, after) = match self.direction() {
            Direction::LeftToRight => ("", ""),
            Direction::RightToLeft => ("\u{2066}", "\u{2069}"),
        };
        out.write_str(before)?;
        value(out)?;
        out.write_str(after)
    }

    /// Writes the sources with their terms as plain text.
    fn write_credits<W: Write>(&self, out: &mut W) -> fmt::Result {
        let locale = self.locale();
        for (index, (source, credit)) in self.credits.iter().enumerate() {
            out.write_str(if index == 0 { "" } else { locale.list })?;
            match locale.source(source) {
                Some(name) => out.write_str(name)?,
                None => write_outside(credit.name(), out)?,
            }
            if let Some(licence) = credit.licence() {
                out.write_str(locale.aside.0)?;
                write_outside(licence, out)?;
                out.write_str(locale.aside.1)?;
            }
        }
        Ok(())
    }

    pub(super) const fn date(&self, day: NaiveDate) -> Date {
        Date::new(day, DateStyle::Long, self.locale())
    }

    pub(super) const fn axis_date(&self, day: NaiveDate) -> Date {
        Date::new(day, DateStyle::Medium, self.locale())
    }
}

/// The pair, after its nominal if that is not 1.
pub(super) const fn pair(line: &Line) -> Part<'static> {
    Part::Pair {
        pair: line.pair,
        nominal: line.nominal,
        case: PairCase::Upper,
    }
}

/// The ranges of days without a rate.
fn gaps(line: &Line) -> Vec<RangeInclusive<NaiveDate>> {
    let mut gaps: Vec<RangeInclusive<NaiveDate>> = Vec::new();
    for (day, point) in line.first.iter_days().zip(&line.points) {
        if point.is_some() {
            continue;
        }
        match gaps.last_mut() {
            Some(gap) if gap.end().succ_opt() == Some(day) => *gap = *gap.start()..=day,
            _ => gaps.push(day..=day),
        }
    }
    gaps
}

/// `USD/KZT (US Dollar)`; the name is that of the quote if all pairs of a chart have the same base.
pub(super) fn walk_pair<S: Sink>(sink: &mut S, chart: &Chart, line: &Line) -> fmt::Result {
    sink.within(&Element::Value, |sink| sink.part(&pair(line)))?;
    let mut lines = chart.lines.iter();
    let has_one_base = lines.all(|other| other.pair.base() == line.pair.base());
    let named = if has_one_base && chart.lines.len() > 1 {
        line.pair.quote()
    } else {
        line.pair.base()
    };
    let Some(name) = chart.locale().currency(named) else {
        return Ok(());
    };
    sink.around(chart.locale().aside, |sink| {
        sink.within(&Element::Name, |sink| sink.word(name))
    })
}

/// The mark of a correction, and the ratios of units.
pub(super) fn walk_legend<S: Sink + Write>(sink: &mut S, chart: &Chart) -> fmt::Result {
    if chart.lines.iter().any(|line| !line.corrections.is_empty()) {
        sink.within(&Element::List, |sink| {
            sink.word("○ ")?;
            sink.word(chart.locale().corrected)
        })?;
    }
    let notes = chart.lines.iter().flat_map(|line| &line.restated);
    notes
        .into_iter()
        .try_for_each(|note| sink.within(&Element::List, |sink| chart.write_restated(note, sink)))
}

/// The sources with their terms, each on a line of its own.
pub(super) fn walk_credits<S: Sink>(sink: &mut S, chart: &Chart) -> fmt::Result {
    let locale = chart.locale();
    chart.credits.iter().try_for_each(|(source, credit)| {
        sink.within(&Element::List, |sink| {
            sink.within(&Element::Name, |sink| match locale.source(source) {
                Some(name) => sink.word(name),
                None => sink.part(&Part::Outside(credit.name())),
            })?;
            let Some(licence) = credit.licence() else {
                return Ok(());
            };
            sink.around(locale.aside, |sink| {
                sink.within(&Element::Name, |sink| sink.part(&Part::Outside(licence)))
            })
        })
    })
}
