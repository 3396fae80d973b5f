//! The rows of a publication's text as nearly all of them are: in the canonical form, of the publication's day, of at most 19 digits.
//!
//! It accepts less than the general parser. All that it accepts is canonical, so the rows need not be written again to be compared.

use rust_decimal::Decimal;

use crate::money::{Currency, Row};

/// The digits of a `u64` that has as many digits whatever they are.
const DIGITS: u32 = 19;

/// Parses lines of rows up to the end. Returns `None` if one of them is not such a row, or not in the order of the codes.
pub(super) fn all(text: &str) -> Option<Vec<Row>> {
    let mut rest = text.as_bytes();
    let mut rows: Vec<Row> = Vec::with_capacity(48);
    while !rest.is_empty() {
        let row = row(&mut rest)?;
        if rows
            .last()
            .is_some_and(|last| last.currency >= row.currency)
        {
            return None;
        }
        rows.push(row);
    }
    Some(rows)
}

fn row(rest: &mut &[u8]) -> Option<Row> {
    let [b'r', b'o', b'w', b' ', a, b, c, b' ', more @ ..] = *rest else {
        return None;
    };
    *rest = more;
    let currency = Currency::of_code(&[*a, *b, *c])?;
    let (nominal, 0) = number(rest)? else {
        return None;
    };
    after(rest, b' ')?;
    let (value, scale) = number(rest)?;
    after(rest, b' ')?;
    let value = decimal(value, scale, false);
    let row = Row::new(currency, value, u32::try_from(nominal).ok()?);
    if after(rest, b'-').is_none() {
        let (change, scale) = number(rest)?;
        after(rest, b'\n')?;
        return possible(row.with_change(decimal(change, scale, false)));
    }
    if after(rest, b'\n').is_some() {
        return Some(row);
    }
    // A change of zero has no sign.
    let (change, scale) = number(rest).filter(|(change, _)| *change > 0)?;
    after(rest, b'\n')?;
    possible(row.with_change(decimal(change, scale, true)))
}

/// An impossible change is removed when the publication is made, so that its text is another.
fn possible(row: Row) -> Option<Row> {
    row.change_is_possible().then_some(row)
}

/// The mantissa of a number without a sign, and its decimals. Before the point it has a digit, and no zero before others.
fn number(rest: &mut &[u8]) -> Option<(u64, u32)> {
    let is_after_zero = matches!(*rest, [b'0', b'0'..=b'9', ..]);
    let (mut mantissa, whole) = digits(rest, 0);
    let mut places = 0;
    if let [b'.', more @ ..] = *rest {
        *rest = more;
        (mantissa, places) = digits(rest, mantissa);
        if places == 0 {
            return None;
        }
    }
    let fits = whole > 0 && whole + places <= DIGITS;
    (fits && !is_after_zero).then_some((mantissa, places))
}

/// Appends digits to a number. Returns also how many; of too many for a number the number is not right.
fn digits(rest: &mut &[u8], mut number: u64) -> (u64, u32) {
    let mut count = 0;
    while let [digit @ b'0'..=b'9', more @ ..] = *rest {
        number = number
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit - b'0'));
        count += 1;
        *rest = more;
    }
    (number, count)
}

#[allow(clippy::cast_possible_truncation)] // the halves
const fn decimal(mantissa: u64, scale: u32, is_negative: bool) -> Decimal {
    Decimal::from_parts(
        mantissa as u32,
        (mantissa >> 32) as u32,
        0,
        is_negative,
        scale,
    )
}

fn after(rest: &mut &[u8], byte: u8) -> Option<()> {
    let (first, more) = rest.split_first()?;
    (*first == byte).then(|| *rest = more)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use crate::ledger::text::{of_rates, rates};
    use crate::money::{Currency, Publication, Quotation, Rates, Row};
    use crate::provenance::SourceId;

    fn random_rates(random: &mut fastrand::Rng) -> Rates {
        let publication = Publication::new(
            SourceId::SAMPLE,
            Currency::EUR,
            Quotation::ForeignPerHome,
            "1999-01-04".parse().unwrap(),
            chrono_tz::Europe::Berlin,
        );
        let codes = ["USD", "JPY", "CHF", "GBP", "TRL", "SEK"];
        let rows = codes[..random.usize(1..=codes.len())].iter().map(|code| {
            let scale = random.u32(0..=9);
            let value = Decimal::new(random.i64(1..1_000_000_000), scale);
            let change = Decimal::new(random.i64(-9..10), scale);
            let row = Row::new(code.parse().unwrap(), value, 10_u32.pow(random.u32(0..7)));
            row.with_change(random.bool().then_some(change))
        });
        Rates::new(publication, rows).unwrap()
    }

    /// A text of rates is accepted if it is the one that is written for them, and no other is.
    #[test]
    fn only_the_canonical_text_is_accepted() {
        let mut random = fastrand::Rng::with_seed(19);
        let (mut accepted, mut refused) = (0, 0);
        for _ in 0..50_000 {
            let whole = random_rates(&mut random);
            let text = of_rates(&whole);
            assert_eq!(rates(&text).as_ref().map(of_rates), Ok(text.clone()));
            let mut bytes = text.into_bytes();
            let at = random.usize(0..bytes.len());
            let byte = random.choice(b"\n -.0123456789ABCUrowe").copied().unwrap();
            match random.u8(0..3) {
                0 => bytes.insert(at, byte),
                1 => bytes[at] = byte,
                _ => _ = bytes.remove(at),
            }
            let text = String::from_utf8(bytes).unwrap();
            match rates(&text) {
                Ok(whole) => {
                    assert_eq!(of_rates(&whole), text);
                    accepted += 1;
                }
                Err(_) => refused += 1,
            }
        }
        assert!(accepted > 5_000 && refused > 5_000, "{accepted}, {refused}");
    }

    #[test]
    fn texts_near_the_canonical_one_are_refused() {
        let head = "masthead publication 1\nsource ecb\nmethod published\nquotation foreign_per_home\n\
                    home EUR\nzone Europe/Berlin\nday 1999-01-04\n";
        let canonical = format!("{head}row JPY 100 133.73 -\nrow USD 1 1.1789 -0.0010\n");
        assert!(rates(&canonical).is_ok());
        for (from, to) in [
            ("EUR", "eur"),
            ("01-04", "1-04"),
            ("1999-01-04", "+1999-01-04"),
            ("JPY 100", "JPY 0100"),
            ("JPY 100", "JPY 100.0"),
            ("JPY", "jpy"),
            ("133.73", "0133.73"),
            ("133.73", "133."),
            ("133.73", ".73"),
            ("133.73", "+133.73"),
            ("133.73", "1.3373e2"),
            ("133.73", "-133.73"),
            ("-0.0010", "-0.0000"),
            ("-0.0010", "1.1789"),
            ("-0.0010", "--0.0010"),
            ("-0.0010\n", "-0.0010"),
            ("-0.0010\n", "-0.0010\n\n"),
            ("row USD", "row  USD"),
            ("row USD 1 1.1789 -0.0010\n", "row JPY 1 1.1789 -\n"),
            ("row USD", "row CHF"),
            ("row USD", "row EUR"),
        ] {
            let text = canonical.replace(from, to);
            assert_ne!(text, canonical);
            assert!(rates(&text).is_err(), "{from:?} as {to:?}");
        }
        // More digits than the rows parsed here have, as of another party's computation.
        let long = canonical.replace("133.73", "133.7300000000000000000000000");
        assert_eq!(rates(&long).as_ref().map(of_rates), Ok(long));
    }
}
