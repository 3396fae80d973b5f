//! The line of a panel as the path of a step: level for each day, vertical between days.
//!
//! Eleven days of the dollar, without a rate on the first, on a weekend and on the last one, in a panel of 258 pixels, 23.45 a day:
//!
//! ```text
//! M23.4 98.2 H46.9        Thursday, from the edge of its day to the next
//! V104 H70.3              Friday; the path ends with it
//! M117.2 80 H140.7 …      Monday: a gap begins another part, and no line joins the two
//! ```
//!
//! The path has commands only where it turns. With more days than pixels a column of a pixel has several days, and the path goes through their first,
//! lowest, highest and last value, the extremes in the order of their days: no extreme is lost, and the path of a century is as long as that of a
//! year.

use std::fmt::{self, Write};

use super::line::Point;
use crate::strip::digits::write_integer;

/// The box of a panel in pixels, and the values at its bottom and top.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) width: u32,
    pub(super) height: u32,
    /// The number of days from left to right.
    pub(super) days: usize,
    pub(super) lowest: i128,
    pub(super) highest: i128,
}

/// The values of the days that one column of pixels has.
#[derive(Clone, Copy, Debug)]
struct Column {
    at: usize,
    /// Whether a gap before it breaks the path.
    breaks: bool,
    first: i128,
    /// The lowest and the highest, in the order of their days.
    extremes: [i128; 2],
    last: i128,
}

impl Area {
    /// The number of columns: one for each day, or for each pixel if there are more days.
    const fn columns(&self) -> usize {
        let width = self.width as usize;
        if self.days < width { self.days } else { width }
    }

    /// The column of a day.
    fn column(&self, day: usize) -> usize {
        day * self.columns() / self.days.max(1)
    }

    /// The left edge of a column, in tenths of a pixel.
    fn edge(&self, column: usize) -> u64 {
        (column * self.width as usize * 10 / self.columns().max(1)) as u64
    }

    /// The middle of a day's column, in tenths of a pixel.
    pub(super) fn middle(&self, day: usize) -> u64 {
        let column = self.column(day);
        u64::midpoint(self.edge(column), self.edge(column + 1))
    }

    /// The place of a value from the top, in tenths of a pixel.
    pub(super) fn level(&self, units: i128) -> u64 {
        let range = (self.highest - self.lowest).max(1);
        let level = ((self.highest - units) * i128::from(self.height) * 10 + range / 2) / range;
        u64::try_from(level).unwrap_or_default()
    }

    /// Writes the path of the days from `offset` on.
    ///
    /// If a column has several days, it shows their first, lowest, highest and last value, and no other: the path so has at most four levels for each
    /// pixel. A gap breaks the path, unless it is narrower than two pixels: whether such a gap has a column of its own depends on its place.
    pub(super) fn write_path<W: Write>(
        &self,
        points: &[Option<Point>],
        offset: usize,
        out: &mut W,
    ) -> fmt::Result {
        let mut pen = Pen {
            level: None,
            written: 0,
            x: 0,
            out,
        };
        let (columns, mut before) = (self.columns(), None);
        let mut open: Option<Column> = None;
        let known = points.iter().enumerate();
        let known = known.filter_map(|(day, point)| Some((day + offset, (*point)?.units)));
        for (day, units) in known {
            let at = self.column(day);
            let gap = before.replace(day).map_or(0, |before| day - before - 1);
            let breaks = gap > 0 && (columns == self.days || gap * columns >= 2 * self.days);
            match &mut open {
                Some(column) if column.at == at => column.add(units),
                _ => {
                    if let Some(column) = open {
                        pen.draw(self, column)?;
                    }
                    open = Some(Column {
                        at,
                        breaks,
                        first: units,
                        extremes: [units; 2],
                        last: units,
                    });
                }
            }
        }
        if let Some(column) = open {
            pen.draw(self, column)?;
        }
        pen.rest()
    }
}

impl Column {
    fn add(&mut self, units: i128) {
        let [earlier, later] = self.extremes;
        let (low, high) = (earlier.min(later), earlier.max(later));
        if units < low {
            self.extremes = [high, units];
        } else if units > high {
            self.extremes = [low, units];
        }
        self.last = units;
    }
}

/// The end of the path. A level part is written when it ends.
struct Pen<'w, W> {
    level: Option<u64>,
    /// The place up to which the path is written, and up to which it is level.
    written: u64,
    x: u64,
    out: &'w mut W,
}

impl<W: Write> Pen<'_, W> {
    fn draw(&mut self, area: &Area, column: Column) -> fmt::Result {
        let from = area.edge(column.at);
        if self.level.is_none() || column.breaks {
            self.rest()?;
            let level = area.level(column.first);
            self.out.write_str("M")?;
            write_tenths(from, self.out)?;
            self.out.write_str(" ")?;
            write_tenths(level, self.out)?;
            (self.level, self.written) = (Some(level), from);
        }
        self.x = from;
        let [earlier, later] = column.extremes;
        for units in [column.first, earlier, later, column.last] {
            let level = area.level(units);
            if self.level != Some(level) {
                self.rest()?;
                self.out.write_str("V")?;
                write_tenths(level, self.out)?;
                self.level = Some(level);
            }
        }
        self.x = area.edge(column.at + 1);
        Ok(())
    }

    /// Writes the level part before the present place.
    fn rest(&mut self) -> fmt::Result {
        if self.written == self.x {
            return Ok(());
        }
        self.written = self.x;
        self.out.write_str("H")?;
        write_tenths(self.x, self.out)
    }
}

/// Writes tenths as a decimal.
pub(super) fn write_tenths<W: Write>(tenths: u64, out: &mut W) -> fmt::Result {
    write_integer(tenths / 10, out)?;
    if tenths.is_multiple_of(10) {
        return Ok(());
    }
    out.write_str(".")?;
    write_integer(tenths % 10, out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The commands of a path, in tenths.
    fn commands(path: &str) -> Vec<(char, Vec<u64>)> {
        let mut commands: Vec<(char, String)> = Vec::new();
        for c in path.chars() {
            if c.is_ascii_uppercase() {
                commands.push((c, String::new()));
            } else {
                commands.last_mut().unwrap().1.push(c);
            }
        }
        let tenths = |number: &str| {
            let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
            whole.parse::<u64>().unwrap() * 10 + rest.parse::<u64>().unwrap()
        };
        let commands = commands.into_iter();
        commands
            .map(|(command, numbers)| (command, numbers.split(' ').map(tenths).collect()))
            .collect()
    }

    /// A walk with gaps.
    fn points(days: usize) -> Vec<Option<Point>> {
        let (mut units, mut is_gap) = (5_000, false);
        let points = (0..days).map(|_| {
            units += fastrand::i128(-40..=40);
            is_gap = fastrand::u8(..) < if is_gap { 150 } else { 20 };
            let value = rust_decimal::Decimal::from(units);
            (!is_gap).then_some(Point { value, units })
        });
        points.collect()
    }

    #[test]
    fn a_path_has_the_extremes_of_each_column_and_no_other_level() {
        for _ in 0..300 {
            let days = fastrand::usize(1..2_000);
            let points = points(days);
            let units = points.iter().flatten().map(|point| point.units);
            let area = Area {
                width: fastrand::u32(40..900),
                height: 200,
                days,
                lowest: units.clone().min().unwrap_or(0),
                highest: units.max().unwrap_or(1),
            };
            let mut path = String::new();
            area.write_path(&points, 0, &mut path).unwrap();
            let level = |point: &Option<Point>| point.map(|point| area.level(point.units));
            let known: BTreeSet<u64> = points.iter().filter_map(level).collect();
            // The levels at which the path is in each column.
            let mut drawn = vec![BTreeSet::new(); area.columns()];
            let (mut x, mut y, mut breaks) = (0, 0, 0);
            for (command, numbers) in commands(&path) {
                match (command, &numbers[..]) {
                    ('M', [to_x, to_y]) => {
                        (x, y) = (*to_x, *to_y);
                        breaks += 1;
                    }
                    ('V', [to]) => y = *to,
                    ('H', [to]) => {
                        for (column, levels) in drawn.iter_mut().enumerate() {
                            if x < area.edge(column + 1) && area.edge(column) < *to {
                                levels.insert(y);
                            }
                        }
                        x = *to;
                    }
                    other => panic!("{other:?} in {path}"),
                }
                assert!(known.contains(&y), "{y} in {path}");
                // A vertical part belongs to the column on its right.
                let column = drawn
                    .iter()
                    .enumerate()
                    .position(|(at, _)| area.edge(at) == x);
                if let Some(column) = column {
                    drawn[column].insert(y);
                }
            }
            let mut of_column = vec![BTreeSet::new(); area.columns()];
            for (day, point) in points.iter().enumerate() {
                of_column[area.column(day)].extend(level(point));
            }
            for (levels, drawn) in of_column.iter().zip(&drawn) {
                let (low, high) = (levels.first(), levels.last());
                assert!(low.is_none_or(|low| drawn.contains(low)), "{path}");
                assert!(high.is_none_or(|high| drawn.contains(high)), "{path}");
            }
            let gaps = points.chunk_by(|one, next| one.is_some() == next.is_some());
            let runs = gaps.filter(|run| run[0].is_some()).count();
            assert!(breaks <= runs, "{path}");
            if area.columns() == days {
                assert_eq!(breaks, runs, "{path}");
            }
            assert!(path.len() <= area.columns() * 40, "{} bytes", path.len());
        }
    }
}
