//! A quarantined row, with the change that it would be.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Quotation, Row, decimal};

/// A quarantined row.
///
/// `Display` writes both values and the change between them in percent: `USD 745.09 after 475.09 (+56.8 %, limit 3.0 %)`. The guard compares
/// logarithms, as in [`moved`](Self::moved) and [`limit`](Self::limit); the limit written is that of a change in the same direction.
///
/// ```
/// # use std::sync::{Arc, Mutex};
/// # use masthead::money::{Row, parse_decimal};
/// # use masthead::fetch::FakeUpstream;
/// # use masthead::Ticker;
/// # let time = Arc::new(Mutex::new("2026-04-02T06:00:00Z".parse::<chrono::DateTime<chrono::Utc>>()?));
/// # let clock = { let time = Arc::clone(&time); move || *time.lock().unwrap() };
/// # let list = |dollar: &str| {
/// #     let others = [("EUR", "551.06"), ("RUB", "5.87"), ("CNY", "69.12"), ("GBP", "628.4"), ("CHF", "589.3"), ("JPY", "2.97"), ("TRY", "10.8"), ("KGS", "5.43"), ("AED", "129.4"), ("PLN", "129.9")];
/// #     let rows = [("USD", dollar)].into_iter().chain(others);
/// #     rows.map(|(code, value)| Row::new(code.parse().unwrap(), parse_decimal(value).unwrap(), 1)).collect::<Vec<_>>()
/// # };
/// # let upstream = FakeUpstream::new();
/// # upstream.national_bank_kz(&list("475.09"), clock.clone());
/// # let ticker = Ticker::builder("tests").transport(upstream.clone()).clock(clock.clone()).cities([]).build()?;
/// # ticker.refresh_blocking(ticker.now());
/// # upstream.national_bank_kz(&list("4750.9"), clock.clone());
/// # upstream.fail("cbu.uz");
/// # *time.lock().unwrap() += chrono::TimeDelta::days(1);
/// # let report = ticker.refresh_blocking(ticker.now());
/// let hold = ticker.holds().pop().ok_or("nothing is quarantined")?;
/// assert_eq!(hold.rows[0].to_string(), "USD 4750.9 after 475.09 (+900.0 %, limit 3.0 %)");
/// // The move is a logarithm: ln 10.
/// assert_eq!((hold.rows[0].moved, hold.rows[0].limit), (Some(2_302_585), Some(30_000)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeldRow {
    /// The foreign currency.
    pub currency: Currency,
    /// The value that is not shown.
    #[serde(with = "decimal::text")]
    pub value: Decimal,
    /// The nominal: the number of units that the value is for.
    pub nominal: u32,
    /// The value that it was compared with, for the same number of units. `None` for a new row, if that value came from a source that quotes the
    /// other way round, and if the unit of a currency changed between the two days.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "decimal::text::option"
    )]
    pub before: Option<Decimal>,
    /// The size of the row's own move, apart from the common move, in millionths of a natural logarithm. `None` for a new row, and for the rows of a
    /// list that is quarantined whole.
    pub moved: Option<u32>,
    /// The limit beyond which a move is surprising, in the same unit. `None` if there is no move.
    pub limit: Option<u32>,
}

impl HeldRow {
    /// The same row, beside the one that it was compared with.
    pub(super) fn after(mut self, before: Option<(Row, Quotation)>, quotation: Quotation) -> Self {
        let same = before.filter(|(_, other)| *other == quotation);
        self.before = same.and_then(|(row, _)| {
            if row.nominal == self.nominal {
                return Some(row.value);
            }
            let units = Decimal::from(self.nominal);
            let value = row.value.checked_mul(units)?;
            Some(value.checked_div(row.nominal.into())?.normalize())
        });
        self
    }

    /// The change since the value before, as a share of that.
    fn change(&self) -> Option<f64> {
        let (value, before) = (self.value.to_f64()?, self.before?.to_f64()?);
        (before > 0.0).then(|| value / before - 1.0)
    }
}

impl fmt::Display for HeldRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.value)?;
        if let Some(before) = self.before {
            write!(f, " after {before}")?;
        }
        let limit = self.limit.map(share);
        match (self.change(), self.moved, limit) {
            (Some(change), _, Some(limit)) => {
                write!(f, " ({}, limit {})", Percent(change), Limit(limit, change))
            }
            (Some(change), _, None) => write!(f, " ({})", Percent(change)),
            // An earlier version did not keep the value before, nor the direction.
            (None, Some(moved), Some(limit)) => {
                let (up, most) = (share(moved).exp(), limit.exp());
                write!(f, " (up or down by the factor {up:.2}, limit {most:.2})")
            }
            _ => f.write_str(" (no earlier value)"),
        }
    }
}

/// Writes that all rates moved, with the dollar, or another row, as an example.
pub(super) fn write_common(
    rows: &[HeldRow],
    moved: u32,
    limit: u32,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let changes = || rows.iter().filter_map(HeldRow::change);
    let rose = changes().filter(|change| *change > 0.0).count();
    let fell = changes().filter(|change| *change < 0.0).count();
    let (moved, limit) = (share(moved), share(limit));
    if rose == fell {
        let (up, most) = (moved.exp(), limit.exp());
        return write!(f, "all rates moved by the factor {up:.2}, limit {most:.2}");
    }
    let change = if rose > fell { moved } else { -moved }.exp_m1();
    write!(
        f,
        "all rates moved by about {}, limit {}",
        Percent(change),
        Limit(limit, change)
    )?;
    let known = || rows.iter().filter(|row| row.before.is_some());
    let dollar = known().find(|row| row.currency == Currency::USD);
    match dollar.or_else(|| known().next()) {
        Some(row) => write!(f, ": {row}"),
        None => Ok(()),
    }
}

/// A logarithm from its millionths.
fn share(millionths: u32) -> f64 {
    f64::from(millionths) / 1e6
}

/// A share in percent, with its sign.
struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.1} %", self.0 * 100.0)
    }
}

/// The logarithm of a limit, and a change: the limit of a change in that direction, in percent.
struct Limit(f64, f64);

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(limit, change) = self;
        let limit = if *change < 0.0 { -limit } else { *limit };
        write!(f, "{:.1} %", limit.exp_m1().abs() * 100.0)
    }
}
