//! Rates with their changes and marks, and the notes on their publication.
//!
//! | what is known of a pair | text |
//! |---|---|
//! | the rate | `usd/kzt 475.09` |
//! | its change too | `usd/kzt 475.09 ▼ down 3.68`; `= unchanged` without a number |
//! | it is not confirmed, and of an earlier day | `usd/kzt 475.09, unconfirmed, as of 1 April 2026` |
//! | not even a rate | `usd/kzt no data`, with the pair alone in the isolate |
//!
//! The note says `as of` a day that has come in the bank's zone, and `from` a day that has not, of rates that are published ahead and shown because
//! no others are known.

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::money::{Rates, Trend};
use crate::snapshot::{Freshness, Observed};
use crate::strip::item::is_behind;
use crate::strip::locale::{Around, Date, DateStyle};
use crate::strip::number::Number;
use crate::strip::part::{Element, Part, Sink};
use crate::strip::{RateItem, Strip};

impl<'a> Strip<'a> {
    /// `usd/kzt 475.09 ▼ down 3.68, unconfirmed`. The note after the rates has day, source and age.
    pub(super) fn walk_rate<S: Sink>(&self, sink: &mut S, item: &RateItem<'a>) -> fmt::Result {
        sink.within(&Element::Rate(item), |sink| {
            self.walk_quote(sink, item)?;
            self.walk_sparkline(sink, item, [" ", ""])?;
            if item.trend() != Trend::Unknown {
                sink.word(" ")?;
            }
            self.walk_change(sink, item)?;
            self.walk_doubts(sink, item, true)
        })
    }

    /// `unconfirmed, as of 1 April 2026, outdated`: the marks of a rate that is unconfirmed, or older than
    /// its publication. `follows` is whether they begin with a comma.
    pub(super) fn walk_doubts<S: Sink>(
        &self,
        sink: &mut S,
        item: &RateItem<'a>,
        follows: bool,
    ) -> fmt::Result {
        if item.is_unconfirmed() {
            sink.word(if follows { self.locale.list } else { "" })?;
            sink.word(self.locale.unconfirmed)?;
        }
        let Some(day) = item.older_day() else {
            return Ok(());
        };
        if follows || item.is_unconfirmed() {
            sink.word(self.locale.list)?;
        }
        self.walk_day(sink, self.locale.as_of, day)?;
        self.walk_stale(sink, item.freshness)
    }

    /// A day between the texts of a pattern.
    fn walk_day<S: Sink>(&self, sink: &mut S, pattern: Around, day: NaiveDate) -> fmt::Result {
        // After "as of" a day of the week would have to be declined in some languages, such as Russian.
        let style = match self.layout.dates {
            DateStyle::Full => DateStyle::Long,
            shorter => shorter,
        };
        let day = Date::new(day, style, self.locale);
        sink.around(pattern, |sink| {
            sink.within(&Element::Name, |sink| sink.part(&Part::Day(day)))
        })
    }

    /// The sparkline between two texts, or no text without one.
    pub(super) fn walk_sparkline<S: Sink>(
        &self,
        sink: &mut S,
        item: &RateItem<'a>,
        [before, after]: [&'static str; 2],
    ) -> fmt::Result {
        let Some(sparkline) = self.sparkline(item) else {
            return Ok(());
        };
        sink.word(before)?;
        sink.within(&Element::Blocks, |sink| {
            sink.part(&Part::Sparkline(sparkline))
        })?;
        sink.word(after)
    }

    /// `▼ down 3.68`, or no text without a known change.
    pub(super) fn walk_change<S: Sink>(&self, sink: &mut S, item: &RateItem<'a>) -> fmt::Result {
        let trend = item.trend();
        let pattern = match trend {
            Trend::Up => self.locale.up,
            Trend::Down => self.locale.down,
            Trend::Unchanged => (self.locale.unchanged, ""),
            Trend::Unknown => return Ok(()),
        };
        sink.part(&Part::Arrow(trend))?;
        sink.word(" ")?;
        let change = item.rate.and_then(|rate| rate.change());
        sink.around(pattern, |sink| match change {
            Some(change) if trend != Trend::Unchanged => {
                let change = self.number(item, change.abs());
                sink.within(&Element::Value, |sink| {
                    sink.part(&Part::Change(change, trend))
                })
            }
            _ => Ok(()),
        })
    }

    /// The pair and its value in one isolate, or the pair and the words for no data.
    pub(super) fn walk_quote<S: Sink>(&self, sink: &mut S, item: &RateItem<'a>) -> fmt::Result {
        sink.within(&Element::Value, |sink| {
            sink.part(&self.pair(item))?;
            let Some(rate) = item.rate else { return Ok(()) };
            sink.word(" ")?;
            sink.part(&Part::Number(self.number(item, rate.value())))
        })?;
        if item.rate.is_some() {
            Ok(())
        } else {
            self.walk_no_data(sink)
        }
    }

    /// The pair in the layout's case, after its nominal if that is not 1.
    pub(super) fn pair(&self, item: &RateItem<'a>) -> Part<'static> {
        Part::Pair {
            pair: item.pair,
            nominal: item.rate.map_or(1, |rate| rate.nominal()),
            case: self.layout.pair_case,
        }
    }

    /// A number in the layout's style, with at least the decimals of the quote currency's minor unit.
    pub(super) fn number(&self, item: &RateItem<'a>, value: Decimal) -> Number {
        Number::new(value, self.layout.numbers, self.locale).places(item.pair.quote().minor_units())
    }

    /// `as of 2 April 2026, National Bank of Kazakhstan, 5 min ago`, followed by `rates for 3 April 2026 are
    /// not known yet` if their day has passed.
    pub(super) fn walk_rates_note<S: Sink>(
        &self,
        sink: &mut S,
        observed: &'a Observed<Rates>,
        freshness: Freshness,
    ) -> fmt::Result {
        sink.within(&Element::Note(observed.source()), |sink| {
            self.walk_day_of(sink, observed)?;
            sink.word(self.locale.list)?;
            self.walk_source(sink, observed.source())?;
            self.walk_time(sink, observed, observed.value().zone())?;
            self.walk_stale(sink, freshness)?;
            if is_behind(observed, freshness) {
                sink.word(self.locale.list)?;
                self.walk_behind(sink, observed)?;
            }
            Ok(())
        })
    }

    /// The note on a page: empty for rates in force; for others their day, and whether it has passed.
    pub(super) fn walk_page_note<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        let Some((observed, freshness)) = self.rates.filter(|(held, _)| !held.is_sample()) else {
            return Ok(());
        };
        let is_behind = is_behind(observed, freshness);
        if !is_behind && !self.is_ahead(observed) {
            return Ok(());
        }
        sink.within(&Element::List, |sink| {
            sink.within(&Element::Note(observed.source()), |sink| {
                self.walk_day_of(sink, observed)?;
                if is_behind {
                    sink.word(self.locale.list)?;
                    self.walk_behind(sink, observed)?;
                }
                Ok(())
            })
        })
    }

    /// `as of 2 April 2026`, or `from 3 April 2026` for rates that are not in force yet.
    fn walk_day_of<S: Sink>(&self, sink: &mut S, observed: &Observed<Rates>) -> fmt::Result {
        let pattern = if self.is_ahead(observed) {
            self.locale.from_day
        } else {
            self.locale.as_of
        };
        self.walk_day(sink, pattern, observed.value().day())
    }

    /// `rates for 3 April 2026 are not known yet`.
    fn walk_behind<S: Sink>(&self, sink: &mut S, observed: &Observed<Rates>) -> fmt::Result {
        self.walk_day(sink, self.locale.behind, self.bank_day(observed))
    }
}
