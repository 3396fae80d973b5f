//! The rows of a publication in eight bytes each, found by their currency without a search.
//!
//! Thirty years of lists have hundreds of thousands of rows. A [`Row`] has 44 bytes, so a slice of them is made on request only.

use std::sync::OnceLock;

use rust_decimal::Decimal;
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

/// A row without its change, of a mantissa of 48 bits. 31.28 for a hundred has the low word 3128 and the digits `2 << 3 | 2`.
#[derive(Clone, Copy)]
struct Packed {
    low: u32,
    high: u16,
    /// Eight times the decimals, plus the zeros of the nominal.
    digits: u8,
    currency: Currency,
}

impl Packed {
    fn of(row: &Row) -> Option<Self> {
        let value = row.value.unpack();
        let zeros = row.nominal.checked_ilog10()?;
        let is_small = value.hi == 0 && value.scale < 32 && zeros < 8 && !value.negative;
        is_small.then_some(Self {
            low: value.lo,
            high: u16::try_from(value.mid).ok()?,
            digits: u8::try_from(value.scale << 3 | zeros).ok()?,
            currency: row.currency,
        })
    }

    #[inline]
    const fn scale(self) -> u32 {
        (self.digits >> 3) as u32
    }

    #[inline]
    const fn zeros(self) -> u32 {
        (self.digits & 7) as u32
    }

    #[inline]
    const fn value(self) -> Value {
        Value {
            mantissa: (self.high as u64) << 32 | self.low as u64,
            exponent: self.scale() + self.zeros(),
        }
    }

    const fn row(self) -> Row {
        let value = Decimal::from_parts(self.low, self.high as u32, 0, false, self.scale());
        Row::new(self.currency, value, 10_u32.pow(self.zeros()))
    }
}

/// A change in one word: 32 times the mantissa, plus the decimals.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Change(i64);

impl Change {
    const NO: Self = Self(i64::MAX);

    fn of(change: Option<Decimal>) -> Option<Self> {
        let Some(change) = change else {
            return Some(Self::NO);
        };
        let mantissa = i64::try_from(change.mantissa()).ok()?;
        let has_lost_sign = change.is_zero() && change.is_sign_negative();
        let is_small = mantissa.unsigned_abs() >> 58 == 0 && !has_lost_sign;
        is_small.then_some(Self(mantissa << 5 | i64::from(change.scale())))
    }

    fn decimal(self) -> Option<Decimal> {
        if self == Self::NO {
            return None;
        }
        let scale = u32::try_from(self.0 & 31).ok()?;
        Decimal::try_from_i128_with_scale((self.0 >> 5).into(), scale).ok()
    }
}

/// Rows, sorted by currency.
#[derive(Clone)]
pub(super) struct Table {
    /// The currencies with a row, in the order of their places.
    groups: [Group; GROUPS],
    /// Empty if a row does not fit. `rows` was then filled at once.
    packed: Box<[Packed]>,
    /// Empty if no row has a change, or if a row does not fit.
    changes: Box<[Change]>,
    rows: OnceLock<Box<[Row]>>,
}

/// Eight currencies.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Group {
    /// Those with a row, a bit each.
    held: u8,
    /// The number of rows before theirs.
    before: u8,
}

/// A place has eight bits.
const GROUPS: usize = 32;

impl Table {
    /// Creates a table of rows of different currencies.
    pub(super) fn new(mut rows: Vec<Row>) -> Self {
        rows.sort_unstable_by_key(|row| row.currency);
        let mut groups = [Group::default(); GROUPS];
        for row in &rows {
            let (group, bit) = bit(row.currency);
            if let Some(group) = groups.get_mut(group) {
                group.held |= bit;
            }
        }
        let mut before = 0;
        for group in &mut groups {
            group.before = before;
            before += count(group.held);
        }
        let has_changes = rows.iter().any(|row| row.change.is_some());
        let mut packed = Vec::with_capacity(rows.len());
        packed.extend(rows.iter().map_while(Packed::of));
        let mut changes = Vec::new();
        if has_changes {
            changes.reserve_exact(rows.len());
            changes.extend(rows.iter().map_while(|row| Change::of(row.change)));
        }
        let fits = packed.len() == rows.len() && (!has_changes || changes.len() == rows.len());
        let (packed, changes, rows) = if fits {
            let (packed, changes) = (packed.into_boxed_slice(), changes.into_boxed_slice());
            (packed, changes, OnceLock::new())
        } else {
            let rows = rows.into_boxed_slice();
            (Box::default(), Box::default(), OnceLock::from(rows))
        };
        Self {
            groups,
            packed,
            changes,
            rows,
        }
    }

    /// The place of a currency's row: the rows of the groups before its own, and of the currencies before it in the group.
    #[inline]
    fn place(&self, currency: Currency) -> Option<usize> {
        let (group, bit) = bit(currency);
        let group = self.groups.get(group)?;
        let within = count(group.held & (bit - 1));
        (group.held & bit != 0).then_some(usize::from(group.before + within))
    }

    #[inline]
    pub(super) fn value(&self, currency: Currency) -> Option<Value> {
        let place = self.place(currency)?;
        match self.packed.get(place) {
            Some(packed) => Some(packed.value()),
            None => Value::of(self.rows.get()?.get(place)?),
        }
    }

    pub(super) fn has(&self, currency: Currency) -> bool {
        self.place(currency).is_some()
    }

    /// The row of a currency.
    pub(super) fn get(&self, currency: Currency) -> Option<Row> {
        self.at(self.place(currency)?)
    }

    pub(super) fn row(&self, currency: Currency) -> Option<&Row> {
        self.rows().get(self.place(currency)?)
    }

    pub(super) fn rows(&self) -> &[Row] {
        self.rows.get_or_init(|| self.iter().collect())
    }

    /// The rows, without a slice of them in memory.
    pub(super) fn iter(&self) -> impl Iterator<Item = Row> + '_ {
        (0..self.len()).filter_map(|place| self.at(place))
    }

    pub(super) fn len(&self) -> usize {
        let [.., last] = self.groups;
        usize::from(last.before + count(last.held))
    }

    /// Replaces the change of each row.
    #[cfg(feature = "ticker")]
    pub(super) fn with_changes(self, mut change: impl FnMut(&Row) -> Option<Decimal>) -> Self {
        let rows = self.iter().map(|row| row.with_change(change(&row)));
        Self::new(rows.collect())
    }

    fn at(&self, place: usize) -> Option<Row> {
        let Some(packed) = self.packed.get(place) else {
            return self.rows.get()?.get(place).copied();
        };
        let change = self.changes.get(place);
        let change = change.and_then(|change| change.decimal());
        Some(packed.row().with_change(change))
    }
}

/// The group of a currency, and its bit there.
#[inline]
const fn bit(currency: Currency) -> (usize, u8) {
    let place = currency.place();
    (place / 8, 1 << (place % 8))
}

#[inline]
#[allow(clippy::cast_possible_truncation)] // at most eight
const fn count(bits: u8) -> u8 {
    bits.count_ones() as u8
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.groups == other.groups && self.iter().eq(other.iter())
    }
}

impl Eq for Table {}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_returned_as_they_were_given_with_every_digit_and_sign() {
        let mut random = fastrand::Rng::with_seed(19);
        let (mut fitting, mut others) = (0, 0);
        for _ in 0..20_000 {
            let mut currencies: Vec<u8> = (0..200).collect();
            random.shuffle(&mut currencies);
            currencies.truncate(random.usize(1..6));
            let mut decimal = |sign: i128| {
                let mantissa = random.i128(0..1 << 60) >> random.u32(0..60);
                let mut number = Decimal::from_i128_with_scale(mantissa, random.u32(0..=28));
                number.set_sign_negative(sign < 0);
                number
            };
            let rows = currencies.into_iter().map(|place| {
                let currency = crate::money::iso4217::TABLE[usize::from(place)].0;
                let currency = Currency::of_code(currency).unwrap();
                let nominal = 10_u32.pow(u32::from(place) % 7);
                let change = [None, Some(decimal(-1)), Some(decimal(1))][usize::from(place) % 3];
                let value = decimal(1);
                Row::new(currency, value, nominal).with_change(change)
            });
            let mut rows: Vec<Row> = rows.collect();
            let table = Table::new(rows.clone());
            rows.sort_unstable_by_key(|row| row.currency);
            let digits = |row: &Row| {
                let change = row.change.map(|change| change.serialize());
                (row.currency, row.value.serialize(), row.nominal, change)
            };
            let expected: Vec<_> = rows.iter().map(digits).collect();
            assert_eq!(table.len(), rows.len());
            assert!(table.iter().map(|row| digits(&row)).eq(expected.clone()));
            *if table.packed.is_empty() {
                &mut others
            } else {
                &mut fitting
            } += 1;
            for row in &rows {
                assert_eq!(table.value(row.currency), Value::of(row));
                assert_eq!(
                    table.get(row.currency).as_ref().map(digits),
                    Some(digits(row))
                );
            }
            assert!(table.rows().iter().map(digits).eq(expected));
            assert_eq!(
                (table.get(Currency::ZAR), table.value(Currency::ZAR)),
                (None, None)
            );
        }
        assert!(fitting > 1_000 && others > 1_000, "{fitting}, {others}");
    }
}
