//! Rates worked back from rounded quotients: each is right or absent.

use masthead::money::Currency;
use masthead::source::{Frankfurter, NationalBankKz, Source};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::own_direction::own;
use super::{DAY, body, read, value};
use crate::support::{day, ok, recorded};

/// A quotient as Frankfurter prints it: the larger it is the fewer decimals it has, without zeros at the end.
fn printed(quotient: Decimal) -> Decimal {
    rounded(quotient, RoundingStrategy::MidpointAwayFromZero)
}

fn rounded(quotient: Decimal, strategy: RoundingStrategy) -> Decimal {
    let above = |limit: &str| quotient > limit.parse().unwrap();
    let places = match () {
        () if above("5000") => 0,
        () if above("80") => 2,
        () if above("20") => 3,
        () if above("1") => 4,
        () if above("0.0001") => 5,
        () => 6,
    };
    quotient
        .round_dp_with_strategy(places, strategy)
        .normalize()
}

fn hundredths(count: i64) -> Decimal {
    Decimal::new(count, 2)
}

/// The number of rates of two decimals that print as the same quotient as `unit`, whichever way a tie is rounded.
fn twins(dollar: Decimal, unit: Decimal) -> usize {
    let target = printed(dollar / unit);
    let near = unit.trunc_with_scale(2);
    (-200..=200)
        .map(|step| near + hundredths(step))
        .filter(|rate| *rate > Decimal::ZERO)
        .filter(|rate| {
            let toward_zero = RoundingStrategy::MidpointTowardZero;
            printed(dollar / *rate) == target || rounded(dollar / *rate, toward_zero) == target
        })
        .count()
}

#[test]
fn an_ambiguous_or_impossible_quotient_gives_no_rate() {
    for (quotient, rate) in [
        ("0.3", None),  // a dinar near 1700: many hundredths fit five digits
        ("0", None),    // a rate cannot be infinite
        ("-7.2", None), // or negative
        ("1e-28", None),
        ("1.9998", None), // no hundredth fits
        ("1.9999", Some("255.01")),
    ] {
        let rates = read(body(&[("KZT", "510"), ("KRW", quotient)]));
        assert_eq!(value(&rates, "KRW").as_deref(), rate, "{quotient}");
    }
}

#[test]
fn a_cheap_unit_is_not_worked_back_because_its_nominal_is_not_known() {
    // A yuan at 70.83 for one and one at 708.29 for ten have the same quotient.
    for (code, quotient) in [
        ("CNY", "7.2003"),
        ("RUB", "86.44"),
        ("KRW", "1518.83"),
        ("JPY", "2.0001"),
    ] {
        let rates = read(body(&[("KZT", "510"), (code, quotient)]));
        assert_eq!(value(&rates, code), None, "{code}");
    }
    // 296.99 for a hundred yen are 2.9699 for one, which prints as 2.97 for one does.
    let day = day("2026-04-03");
    let body = r#"[{"date":"2026-04-03","base":"USD","quote":"JPY","rate":159.03},
                   {"date":"2026-04-03","base":"USD","quote":"KZT","rate":472.31}]"#;
    let rates = Frankfurter::new().decode(&day, &ok(body)).unwrap();
    assert_eq!((value(&rates, "JPY"), rates.len()), (None, 1));
}

#[test]
fn a_rate_close_to_the_dollar_is_right_or_absent() {
    // Above one Frankfurter prints four decimals, so 510.00 / 509.99 = 1.0000196… is printed 1.0, as 1 itself is.
    for cents in 1..=6 {
        let (dollar, unit) = (hundredths(51_000), hundredths(51_000 - cents));
        let rates = read(body(&[
            ("KZT", "510.00"),
            ("CHF", &printed(dollar / unit).to_string()),
        ]));
        let found = rates.row(Currency::CHF).map(|row| row.value);
        assert!(
            found.is_none_or(|found| found == unit),
            "{unit} became {found:?}"
        );
    }
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_rates_survive_the_way_through_frankfurter() {
    for file in ["get_rates_2026-04-01.xml", "get_rates_2026-04-02.xml"] {
        let published = recorded(&format!("national_bank_kz/{file}"));
        let published = NationalBankKz::of_day()
            .decode(&day(DAY), &ok(published))
            .unwrap();
        let unit = |code: Currency| {
            let row = published.row(code).unwrap();
            row.value / Decimal::from(row.nominal)
        };
        let dollar = unit(Currency::USD);
        let quotes: Vec<(&str, String)> = published
            .iter()
            .map(|rate| rate.pair().base())
            .map(|code| (code.code(), printed(dollar / unit(code)).to_string()))
            .chain([("KZT", dollar.to_string())])
            .collect();
        let quotes: Vec<(&str, &str)> = quotes.iter().map(|(c, q)| (*c, q.as_str())).collect();
        let rates = read(body(&quotes));
        for code in [Currency::USD, Currency::EUR, Currency::GBP] {
            assert!(rates.row(code).is_some(), "{code} is absent from {file}");
        }
        for rate in published.iter() {
            let code = rate.pair().base();
            match rates.row(code) {
                Some(row) => assert_eq!(row.value, unit(code), "{code} of {file}"),
                None => assert_ne!(
                    (
                        unit(code).normalize().scale() <= 2,
                        unit(code) * Decimal::TWO > dollar,
                        twins(dollar, unit(code))
                    ),
                    (true, true, 1),
                    "{code} of {file} can be worked back"
                ),
            }
        }
        // In the bank's own direction every row is exact, with nominals of ten, a hundred and a thousand too.
        for rate in published.iter() {
            let code = rate.pair().base();
            if code == Currency::USD {
                continue;
            }
            let quotient = unit(code).normalize().to_string();
            let whole = Frankfurter::new().currencies([code]).complete(
                &day(DAY),
                &rates,
                &ok(own(DAY, code.code(), &quotient)),
            );
            assert_eq!(whole.unwrap().row(code).unwrap().value, unit(code));
        }
    }
}

/// 1579.41 / 1604.48 is 0.984375, which is half-way between two quotients.
#[test]
fn a_quotient_that_may_be_a_rounded_tie_gives_no_rate() {
    let rates = read(body(&[("EUR", "0.98437"), ("KZT", "1579.41")]));
    assert_eq!(value(&rates, "EUR"), None);
    assert_eq!(twins(hundredths(157_941), hundredths(160_449)), 2);
}

proptest! {
    #[test]
    fn a_rate_is_right_or_absent(dollar in 8_001..200_000_i64, unit in 1..400_000_i64) {
        let (dollar, unit) = (hundredths(dollar), hundredths(unit));
        let quotient = printed(dollar / unit).to_string();
        let rates = read(body(&[("EUR", &quotient), ("KZT", &dollar.to_string())]));
        prop_assert_eq!(rates.row(Currency::USD).map(|row| row.value), Some(dollar));
        match rates.row(Currency::EUR) {
            Some(row) => prop_assert_eq!(row.value, unit),
            // The nominal may be ten or a hundred, or several rates have the quotient.
            None => prop_assert!(unit * Decimal::TWO <= dollar * hundredths(101) || twins(dollar, unit) != 1),
        }
    }
}
