//! A server of the National Bank of Kazakhstan with lists by day, and faults.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use masthead::money::Rates;

use super::host::asked_day;

/// The faults of a server.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    /// The share of answers, in hundredths, that are cut.
    pub(super) cut: u8,
    /// …that are of the day before.
    pub(super) day_before: u8,
    /// …that are of the day after.
    pub(super) day_after: u8,
    /// …that say there are no rates.
    pub(super) no_data: u8,
    /// …that have the present figures under the day.
    pub(super) echo: u8,
    /// …with a slip in the first row.
    pub(super) slip: u8,
}

pub(super) struct Server {
    lists: BTreeMap<NaiveDate, Rates>,
    /// Days for which the server never has rates.
    pub(super) absent: BTreeSet<NaiveDate>,
    /// Days for which its answers are of a later day.
    pub(super) refused: BTreeSet<NaiveDate>,
    pub(super) faults: Faults,
    /// A day on which the server answers 503.
    pub(super) down: Option<NaiveDate>,
    random: fastrand::Rng,
}

impl Server {
    pub(super) fn new(lists: impl IntoIterator<Item = Rates>, faults: Faults, seed: u64) -> Self {
        let lists = lists.into_iter();
        Self {
            lists: lists.map(|rates| (rates.day(), rates)).collect(),
            absent: BTreeSet::new(),
            refused: BTreeSet::new(),
            faults,
            down: None,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// Sets the list of a day.
    pub(super) fn set(&mut self, rates: Rates) {
        self.lists.insert(rates.day(), rates);
    }

    /// The answer to an address.
    pub(super) fn answer(&mut self, address: &str, now: DateTime<Utc>) -> (u16, String) {
        let unavailable = (503, String::new());
        let today = now.with_timezone(&chrono_tz::Asia::Almaty).date_naive();
        if self.down == Some(today) {
            return unavailable;
        }
        if address.contains("rates_all") {
            return (200, self.body(today, today));
        }
        match asked_day(address) {
            Some(asked) if asked >= today => (200, self.body(asked, today)),
            Some(asked) => (200, self.past(asked, today)),
            None => unavailable,
        }
    }

    fn past(&mut self, asked: NaiveDate, today: NaiveDate) -> String {
        let Faults {
            cut,
            day_before,
            day_after,
            no_data,
            echo,
            slip,
        } = self.faults;
        let mut drawn = self.random.u8(..100);
        let mut is = |share: u8| {
            let is = drawn < share;
            drawn = drawn.saturating_sub(share).max(u8::from(is) * 100);
            is
        };
        if self.absent.contains(&asked) || is(no_data) {
            return without_rates(asked);
        }
        if is(cut) {
            let mut body = self.body(asked, asked);
            body.truncate(body.len() * 2 / 3);
            return body;
        }
        if is(day_before) {
            let before = asked.pred_opt().unwrap();
            return self.body(before, before);
        }
        if is(day_after) || self.refused.contains(&asked) {
            let after = asked.succ_opt().unwrap();
            return self.body(after, after);
        }
        if is(echo) {
            return self.body(today, asked);
        }
        let body = self.body(asked, asked);
        if is(slip) {
            let digit = self.random.u8(1..10);
            return body.replacen("<description>", &format!("<description>{digit}"), 1);
        }
        body
    }

    /// The list of a day, or the last one before it, under a day.
    fn body(&self, of: NaiveDate, under: NaiveDate) -> String {
        let Some((_, rates)) = self.lists.range(..=of).next_back() else {
            return without_rates(under);
        };
        let items = rates.rows().iter().map(|row| {
            let change = row.change.map_or_else(String::new, |change| format!("{change:+}"));
            let change = if change.trim_matches(['+', '-', '0', '.']).is_empty() { "0.00" } else { &change };
            format!(
                "<item><title>{}</title><description>{}</description><quant>{}</quant><change>{change}</change></item>",
                row.currency, row.value, row.nominal,
            )
        });
        let items: String = items.collect();
        format!(
            "<rates><date>{}</date>{items}</rates>",
            under.format("%d.%m.%Y")
        )
    }
}

fn without_rates(on: NaiveDate) -> String {
    let on = on.format("%d.%m.%Y");
    format!("<rates><date>{on}</date><info>no rates of this day</info></rates>")
}
