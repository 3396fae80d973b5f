//! The rows of a publication, found by their currency without a search.

use serde::{Serialize, Serializer};

use super::{Currency, Row};

/// `mantissa · 10⁻ᵉˣᵖᵒⁿᵉⁿᵗ`, the value of a row for one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) mantissa: u64,
    pub(super) exponent: u32,
}

impl Value {
    pub(super) const ONE: Self = Self {
        mantissa: 1,
        exponent: 0,
    };

    fn of(row: &Row) -> Option<Self> {
        let exponent = row
            .value
            .scale()
            .checked_add(row.nominal.checked_ilog10()?)?;
        Some(Self {
            mantissa: u64::try_from(row.value.mantissa()).ok()?,
            exponent,
        })
    }
}

/// Rows, sorted by currency.
#[derive(Clone)]
pub(super) struct Table {
    rows: Vec<Row>,
    /// The value of each row, in its order. `None` for one beyond 64 bits, which no bank prints.
    values: Vec<Option<Value>>,
    /// One more than the place of the row of each currency, and 0 for a currency without one. There are fewer than 255 currencies.
    places: Box<[u8; Currency::COUNT]>,
}

impl Table {
    /// Creates a table of rows of different currencies.
    pub(super) fn new(mut rows: Vec<Row>) -> Self {
        rows.sort_unstable_by_key(|row| row.currency);
        let mut places = Box::new([0; Currency::COUNT]);
        for (row, number) in rows.iter().zip(1..) {
            if let Some(place) = places.get_mut(row.currency.place()) {
                *place = number;
            }
        }
        let values = rows.iter().map(Value::of).collect();
        Self {
            rows,
            values,
            places,
        }
    }

    #[inline]
    fn place(&self, currency: Currency) -> Option<usize> {
        let number = *self.places.get(currency.place())?;
        usize::from(number).checked_sub(1)
    }

    #[inline]
    pub(super) fn value(&self, currency: Currency) -> Option<Value> {
        *self.values.get(self.place(currency)?)?
    }

    #[inline]
    pub(super) fn row(&self, currency: Currency) -> Option<&Row> {
        self.rows.get(self.place(currency)?)
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    /// Replaces the change of each row.
    #[cfg(feature = "ticker")]
    pub(super) fn with_changes(
        mut self,
        mut change: impl FnMut(&Row) -> Option<rust_decimal::Decimal>,
    ) -> Self {
        for row in &mut self.rows {
            row.change = change(row);
        }
        self
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl Eq for Table {}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.rows.fmt(f)
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}
