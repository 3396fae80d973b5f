//! Rates across a change of units: by an exact ratio the same rate, and no move.
//!
//! A quote is compared in the units of the later day. For a currency that was replaced at an exact ratio (10,000 old rubles of Belarus are a new
//! one) the logarithm of the ratio is added; a currency whose successor has no exact ratio has no quote on the other side, and counts as new.
//!
//! A bolívar of 0.000106 tenge on 30 September 2021 and of 107 on 1 October: ln(107/0.000106) = 13.825, and the ratio of a million explains ln 10⁶ =
//! 13.816 of it. The move that is judged is 0.009. On 2 October a value of 0.000106 would be a move of 13.825, because no unit changed.

use chrono::NaiveDate;

use crate::money::{Currency, units_change_between};

/// The unit of a currency on another day, and the logarithm of its units for one of those of the day `of`. A currency that
/// was not in use on that day stays as it is. Returns `None` where no exact ratio leads to the other day.
#[allow(clippy::cast_precision_loss)] // a ratio has few digits
pub(super) fn restated(
    currency: Currency,
    of: NaiveDate,
    day: NaiveDate,
) -> Option<(Currency, f64)> {
    if !currency.is_valid_on(of) {
        return Some((currency, 0.0));
    }
    let (unit, (numerator, denominator)) = currency.restated(of, day)?;
    Some((unit, (numerator as f64 / denominator as f64).ln()))
}

/// The change of units in the move of a rate from one day to another: the difference of the logarithms of the same rate.
pub(super) fn change_of_units(
    currency: Currency,
    home: Currency,
    from: NaiveDate,
    to: NaiveDate,
) -> f64 {
    if !units_change_between(from, to) {
        return 0.0;
    }
    let of = |unit: Currency| {
        let there = restated(unit.as_of(from)?, from, to);
        there.filter(|(reached, _)| *reached == unit)
    };
    let log = |unit| of(unit).map_or(0.0, |(_, log)| log);
    log(home) - log(currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::guard::across::{TOLERANCE, says};
    use crate::money::{Publication, Quotation, Rates, Row};
    use crate::provenance::SourceId;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rates(home: Currency, on: &str, rows: &[(&str, i64)]) -> Rates {
        let rows = rows
            .iter()
            .map(|(code, value)| Row::new(code.parse().unwrap(), (*value).into(), 1));
        let header = Publication::new(
            SourceId::SAMPLE,
            home,
            Quotation::HomePerForeign,
            day(on),
            chrono_tz::Asia::Almaty,
        );
        Rates::new(header, rows).unwrap()
    }

    /// A witness of the day before the change confirms the rate in the new unit, and no rate in the old one.
    #[test]
    fn a_witness_of_the_day_before_is_compared_in_the_unit_of_the_day() {
        // A dollar is 4 VES since October 2021, 4,000,000 before.
        let witness = |on| {
            let dollar = [("USD", 8_000_000), ("KZT", 20_000), ("VES", 2)];
            rates(Currency::UZS, on, &dollar)
        };
        let held = rates(Currency::KZT, "2021-10-01", &[("USD", 400), ("VES", 100)]);
        let old = witness("2021-09-30");
        // Its value of the bolívar is in the old unit on the day before, and confirms the new one only then.
        let venezuela = Currency::constant("VES");
        let said = says(&old, &held, TOLERANCE);
        assert_eq!(said, [(Currency::USD, true), (venezuela, true)]);
        let new = witness("2021-10-01");
        assert_eq!(
            says(&new, &held, TOLERANCE),
            [(Currency::USD, true), (venezuela, false)]
        );
    }

    #[test]
    fn a_rate_differs_by_the_ratio_on_both_sides_of_the_day_only() {
        let of = |code: &str, home: Currency, from, to| {
            change_of_units(code.parse().unwrap(), home, day(from), day(to))
        };
        let million = 1e6_f64.ln();
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(
            of("VES", Currency::KZT, "2021-09-30", "2021-10-01"),
            million,
        );
        near(
            of("VES", Currency::KZT, "2021-10-01", "2021-09-30"),
            -million,
        );
        near(of("VES", Currency::KZT, "2021-09-29", "2021-09-30"), 0.0);
        near(of("VES", Currency::KZT, "2021-10-01", "2021-10-02"), 0.0);
        near(
            of("USD", Currency::AZN, "2005-12-31", "2006-01-01"),
            -5000_f64.ln(),
        );
        near(of("USD", Currency::KZT, "2021-09-30", "2021-10-01"), 0.0);
    }
}
