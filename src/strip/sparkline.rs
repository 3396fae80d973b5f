//! The sparkline of a pair, from the curve that the snapshot has for it.
//!
//! The snapshot computes curves when it is made, one for each currency and length, so that a page view copies finished texts: blocks for plain text,
//! a path for HTML. A curve is shown if its last day has the rate beside it, with the same nominal. If its last day is a gap, or the strip shows a
//! rate of an earlier day because the row of the publication is in quarantine, it is shown too, with the gap at its end.

use std::fmt::{self, Write};

use super::summary::{Form, Summary};
use super::{DateStyle, RateItem, Strip};
use crate::snapshot::Curve;

/// The rates of a pair on the days before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sparkline<'a> {
    pub(super) curve: &'a Curve,
    form: Form,
}

impl<'a> Strip<'a> {
    /// The sparkline of an item. Returns `None` if the layout has none, or the snapshot has no curve that ends with the item's rate.
    pub(super) fn sparkline(&self, item: &RateItem<'a>) -> Option<Sparkline<'a>> {
        let days = self.layout.sparkline_days();
        if days == 0 {
            return None;
        }
        let (rate, held) = (item.rate?, item.observed?.value());
        let recent = self.snapshot.recent(held.day(), days)?;
        let foreign = if item.pair.base() == held.home() {
            item.pair.quote()
        } else {
            item.pair.base()
        };
        let curve = recent.curve(foreign)?;
        let form = Form {
            locale: self.locale,
            numbers: self.layout.numbers,
            places: item.pair.quote().minor_units(),
            dates: DateStyle::Long,
        };
        // A row in quarantine is a gap, and the strip shows an older one.
        let agrees = rate.day() < held.day() || curve.agrees_with(rate.value(), rate.nominal());
        agrees.then_some(Sparkline { curve, form })
    }
}

impl Sparkline<'_> {
    /// Writes a block for each day.
    pub(super) fn write_blocks<W: Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        out.write_str(self.curve.blocks())
    }

    /// Writes the days, the first, the last, the highest and the lowest rate in words.
    pub(super) fn write_phrase<W: Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        let [first, last, highest, lowest] = self.curve.ends();
        let summary = Summary {
            first,
            last,
            highest,
            lowest,
        };
        summary.write_to(self.form, false, out)
    }
}
