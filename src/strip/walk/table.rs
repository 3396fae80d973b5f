//! The table layout: one pair or city on each line, in columns as wide as their widest cell.
//!
//! ```text
//! usd/kzt          475.09  ▲ up 2.40
//! 100 krw/kzt       31.28
//! rub/kzt            5.40  = unchanged
//! Astana       +21…+23 °C  light rain
//! ```
//!
//! The walk needs no table in memory: each cell is first walked into [`Width`], which counts columns of a terminal (a Chinese character has two), and
//! then into the sink, with its own width and the widest of its column in [`Element::Cell`]. Text pads by them: a name after it, a value before it,
//! so that values end in one column. In a line that runs from right to left the padding of a value stands after it:
//!
//! ```text
//! usd/kzt      475.09      ▲ ءوستى: 2.40
//! 100 krw/kzt  31.28
//! ```
//!
//! HTML ignores the widths, and SVG measures in pixels.

use std::fmt::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Strip, WeatherItem};
use crate::money::Trend;
use crate::snapshot::Freshness;
use crate::strip::RateItem;
use crate::strip::part::{Column, Element, Part, Sink};

const COLUMNS: [Column; 3] = [Column::Name, Column::Value, Column::Remark];

impl<'a> Strip<'a> {
    /// The table, with today's date before it and the notes after it.
    pub(super) fn table<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        let widest = COLUMNS.map(|column| {
            let rates = self.rates().map(|item| self.width_of_rate(&item, column));
            let weather = self.weather().map(|item| self.width_of_city(&item, column));
            rates.chain(weather).max().unwrap_or_default()
        });
        if self.layout.today {
            sink.within(&Element::List, |sink| self.walk_today(sink))?;
        }
        if self.rates().next().is_some() || self.weather().next().is_some() {
            sink.within(&Element::Table, |sink| {
                for item in self.rates() {
                    sink.within(&Element::Rate(&item), |sink| {
                        let width = |column| self.width_of_rate(&item, column);
                        cells(sink, widest, width, |sink, column| {
                            self.walk_rate_cell(sink, &item, column)
                        })
                    })?;
                }
                for item in self.weather() {
                    sink.within(&Element::Weather(&item), |sink| {
                        let width = |column| self.width_of_city(&item, column);
                        cells(sink, widest, width, |sink, column| {
                            self.walk_city_cell(sink, &item, column)
                        })
                    })?;
                }
                Ok(())
            })?;
        }
        if let Some((observed, freshness)) = self.rates {
            sink.within(&Element::List, |sink| {
                self.walk_rates_note(sink, observed, freshness)
            })?;
        }
        self.weather_notes().try_for_each(|(source, city, oldest)| {
            sink.within(&Element::List, |sink| {
                self.walk_weather_note(sink, source, city, oldest)
            })
        })
    }

    /// The contents of a pair's cell.
    fn walk_rate_cell<S: Sink>(
        &self,
        sink: &mut S,
        item: &RateItem<'a>,
        column: Column,
    ) -> fmt::Result {
        match (column, item.rate) {
            (Column::Name, _) => sink.within(&Element::Value, |sink| sink.part(&self.pair(item))),
            (Column::Value, Some(rate)) => sink.within(&Element::Value, |sink| {
                sink.part(&Part::Number(self.number(item, rate.value())))
            }),
            (Column::Value, None) => sink.word(self.locale.no_data),
            (Column::Remark, _) => {
                let follows = item.trend() != Trend::Unknown
                    || item.is_unconfirmed()
                    || item.older_day().is_some();
                self.walk_sparkline(sink, item, ["", if follows { " " } else { "" }])?;
                self.walk_change(sink, item)?;
                self.walk_doubts(sink, item, item.trend() != Trend::Unknown)
            }
        }
    }

    /// The contents of a city's cell.
    fn walk_city_cell<S: Sink>(
        &self,
        sink: &mut S,
        item: &WeatherItem<'a>,
        column: Column,
    ) -> fmt::Result {
        match (column, item.shown()) {
            (Column::Name, _) => self.walk_city(sink, item),
            (Column::Value, Some(shown)) => self.walk_shown(sink, shown),
            (Column::Value, None) => sink.word(self.locale.no_data),
            (Column::Remark, Some(_)) => {
                let words = self.sky(item);
                sink.word(words.unwrap_or_default())?;
                let Some(observed) = item.observed.filter(|_| item.freshness == Freshness::Stale)
                else {
                    return Ok(());
                };
                sink.word(if words.is_some() {
                    self.locale.list
                } else {
                    ""
                })?;
                if observed.is_sample() {
                    return sink.word(self.locale.stale);
                }
                self.walk_moment(sink, observed, item.city.zone())?;
                self.walk_stale(sink, item.freshness)
            }
            (Column::Remark, None) => Ok(()),
        }
    }

    fn width_of_rate(&self, item: &RateItem<'a>, column: Column) -> usize {
        Width::of(|sink| self.walk_rate_cell(sink, item, column))
    }

    fn width_of_city(&self, item: &WeatherItem<'a>, column: Column) -> usize {
        Width::of(|sink| self.walk_city_cell(sink, item, column))
    }
}

/// The cells of an item.
fn cells<S: Sink>(
    sink: &mut S,
    widest: [usize; 3],
    width: impl Fn(Column) -> usize,
    walk: impl Fn(&mut S, Column) -> fmt::Result,
) -> fmt::Result {
    COLUMNS
        .into_iter()
        .zip(widest)
        .try_for_each(|(column, widest)| {
            let cell = Element::Cell {
                column,
                width: width(column),
                widest,
            };
            sink.within(&cell, |sink| walk(sink, column))
        })
}

/// A sink that counts the columns of a terminal that a cell takes.
struct Width(usize);

impl Width {
    fn of(walk: impl FnOnce(&mut Self) -> fmt::Result) -> usize {
        let mut width = Self(0);
        // Counting never fails.
        let _: fmt::Result = walk(&mut width);
        width.0
    }
}

impl Write for Width {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.width();
        Ok(())
    }
}

impl Sink for Width {
    fn word(&mut self, word: &'static str) -> fmt::Result {
        self.write_str(word)
    }

    fn open(&mut self, _: &Element<'_>) -> fmt::Result {
        Ok(())
    }

    fn part(&mut self, part: &Part<'_>) -> fmt::Result {
        part.write_to(self)
    }

    fn close(&mut self, _: &Element<'_>) -> fmt::Result {
        Ok(())
    }
}
