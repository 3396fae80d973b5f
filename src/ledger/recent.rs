//! The curves of a snapshot: for each publication shown and each length of a sparkline the rates of the days until it. They are part of the snapshot,
//! because a page has no ledger.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::days::Days;
use super::{Ledger, View};
use crate::money::Rates;
use crate::snapshot::{Recent, lengths as in_order};

impl View<'_> {
    /// Sets the lengths in days of the sparklines for which a snapshot has the recent rates, each at most 92: those of
    /// [`Layout::sparklines`](crate::Layout::sparklines). Default: none.
    ///
    /// Only these days are looked at, so that the work does not grow with the ledger.
    pub fn sparklines(mut self, lengths: impl IntoIterator<Item = u8>) -> Self {
        self.sparklines = in_order(lengths);
        self
    }
}

impl Ledger {
    /// The curves of the publications shown, for the sparklines of the view. Only the days of the longest one are looked at.
    pub(crate) fn recent<'a>(
        &self,
        shown: impl IntoIterator<Item = &'a Rates>,
        now: DateTime<Utc>,
        view: &View<'_>,
    ) -> Vec<Recent> {
        let Some(most) = view.sparklines.iter().max() else {
            return Vec::new();
        };
        let Some(days) = Days::of_bank(self, now, view) else {
            return Vec::new();
        };
        let of_day = |day: NaiveDate| days.in_force(day).map(|in_force| in_force.rates);
        let shown = shown.into_iter().flat_map(|rates| {
            let last = rates.day();
            let back = (0..u64::from(*most)).rev();
            let days = back.map(|back| of_day(last - chrono::Days::new(back)));
            let days: Vec<Option<Arc<Rates>>> = days.collect();
            let lengths = view.sparklines.iter();
            let recent = lengths.filter_map(|length| {
                let skipped = days.len().checked_sub((*length).into())?;
                Recent::of(rates, days.get(skipped..)?)
            });
            recent.collect::<Vec<_>>()
        });
        shown.collect()
    }
}
