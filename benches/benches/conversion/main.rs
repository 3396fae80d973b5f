//! Conversion compared with other crates in one run: `cargo bench -p masthead-benches --bench conversion`.
//!
//! All do the same work: convert, and round half-even to the minor unit of the target. Every contestant's results are compared with exact
//! ones before it is timed, and those of masthead must not allocate. `-- --test` runs everything once and measures nothing, `-- dated` runs
//! the columns of dated amounts alone.

#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_possible_truncation
)]
#![allow(clippy::inconsistent_digit_grouping)] // tenge and tiyn
#![allow(unexpected_cfgs)] // the flags that disable vector instructions

mod columns;
mod dated;
mod peers;

use allocation_counter::measure;
use masthead::SourceId;
use masthead::money::{Currency, Money, Publication, Quotation, Rates, Row};
use masthead_benches::race::{Each, Race};
use peers::{Quotes, Way};
use rust_decimal::Decimal;

const ROUNDS: usize = 101;

fn main() {
    println!("vectors: {}", columns::vectors());
    if std::env::args().any(|argument| argument == "dated") {
        return dated::all();
    }
    for way in [Way::Direct, Way::Inverse, Way::Cross] {
        println!("{}", one_amount(way));
    }
    println!("{}", looked_up());
    columns::all();
    dated::all();
}

/// Returns the sample's rates, with the dollar a tiyn lower so that ties are possible.
fn quotes() -> Quotes {
    Quotes {
        usd: Decimal::new(447_31, 2),
        eur: Decimal::new(482_21, 2),
    }
}

pub(crate) fn rates(usd: Decimal) -> Rates {
    let publication = Publication::new(
        SourceId::SAMPLE,
        Currency::KZT,
        Quotation::HomePerForeign,
        "2023-06-13".parse().expect("a day"),
        chrono_tz::Asia::Almaty,
    );
    let row = |currency, value| Row::new(currency, value, 1);
    let others = masthead_benches::CODES
        .split_whitespace()
        .filter(|code| !matches!(*code, "USD" | "EUR"));
    let others = others.map(|code| row(code.parse().expect("a code"), Decimal::new(12_34, 2)));
    let known = [row(Currency::USD, usd), row(Currency::EUR, quotes().eur)];
    Rates::new(publication, known.into_iter().chain(others)).expect("rates")
}

fn currencies(way: Way) -> (Currency, Currency) {
    match way {
        Way::Direct => (Currency::USD, Currency::KZT),
        Way::Inverse => (Currency::KZT, Currency::USD),
        Way::Cross => (Currency::USD, Currency::EUR),
    }
}

fn one_amount(way: Way) -> String {
    let (amounts, quotes, (from, to)) = (minor_units(), quotes(), currencies(way));
    let exact = Exact(amounts.iter().map(|amount| exact(way, *amount)).collect());
    let decimals = amounts.iter().map(|amount| Decimal::new(*amount, 2));
    let rusty = decimals.clone().map(|amount| peers::rusty(amount, way));
    let paft = decimals.clone().map(|amount| peers::paft(amount, way));
    let big = amounts.iter().map(|amount| peers::big((*amount).into(), 2));
    let converter = &rates(quotes.usd).converter(from, to).expect("in the table");

    let mut field = Field {
        race: Race::new(format!("one amount, {from} to {to}")),
        exact,
    };
    field.add(
        "masthead, minor units",
        amounts.clone(),
        |a| converter.convert_units(*a).expect("it fits"),
        |r| *r,
    );
    let decimal = move |a: &Decimal| {
        converter
            .convert(Money::new(*a, from))
            .expect("it fits")
            .amount()
    };
    field.add("masthead, decimals", decimals.clone(), decimal, minor);
    field.add(
        "rust_decimal by hand",
        decimals.clone(),
        peers::rust_decimal(quotes, way),
        minor,
    );
    field.add("rusty-money", rusty, peers::rusty_money(quotes, way), |r| {
        minor(r.amount())
    });
    field.add("doubloon", decimals, peers::doubloon(quotes, way), minor);
    field.add("paft-money", paft, peers::paft_money(quotes, way), |r| {
        minor(&r.amount())
    });
    field.add("bigdecimal", big, peers::big_decimal(quotes, way), |r| {
        minor_of_big(r)
    });
    field.add(
        "f64",
        amounts.clone(),
        peers::f64([447.31, 482.21], way),
        |r| *r,
    );
    field.race.finish(ROUNDS)
}

/// Measures single conversions that look up the rate among forty, as a page does.
fn looked_up() -> String {
    let (amounts, quotes) = (minor_units(), quotes());
    let exact = Exact(
        amounts
            .iter()
            .map(|amount| exact(Way::Direct, *amount))
            .collect(),
    );
    let decimals = amounts.iter().map(|amount| Decimal::new(*amount, 2));
    let rates = &rates(quotes.usd);
    let convert = |a: &Decimal| {
        rates
            .convert(Money::new(*a, Currency::USD), Currency::KZT)
            .expect("it fits")
            .amount()
    };
    let prepare = |a: &Decimal| {
        rates
            .converter(Currency::USD, Currency::KZT)
            .and_then(|converter| converter.convert(Money::new(*a, Currency::USD)))
            .expect("it fits")
            .amount()
    };

    let mut field = Field {
        race: Race::new("one amount, its rate looked up, USD to KZT"),
        exact,
    };
    field.add("masthead, Rates::convert", decimals.clone(), convert, minor);
    field.add(
        "masthead, a new converter",
        decimals.clone(),
        prepare,
        minor,
    );
    let rusty = decimals.map(|amount| peers::rusty(amount, Way::Direct));
    field.add(
        "rusty-money, Exchange",
        rusty,
        peers::rusty_money_table(quotes),
        |r| minor(r.amount()),
    );
    field.race.finish(ROUNDS)
}

/// Contestants that convert one amount after the other, and the exact results.
struct Field<'a> {
    race: Race<'a>,
    exact: Exact,
}

impl<'a> Field<'a> {
    fn add<A: 'a, R: 'a>(
        &mut self,
        name: &'static str,
        inputs: impl IntoIterator<Item = A>,
        convert: impl Fn(&A) -> R + 'a,
        minor: impl Fn(&R) -> i64,
    ) {
        let mut each = Each::new(inputs, convert);
        let results: Vec<i64> = each.run().iter().map(minor).collect();
        let allocations = measure(|| _ = each.run()).count_total;
        let answers = self.exact.compared(name, &results, allocations);
        self.race
            .add(name, answers, results.len(), move || _ = each.run());
    }
}

/// The exact results, by division of integers.
pub(crate) struct Exact(pub(crate) Vec<i64>);

impl Exact {
    /// Describes the results: how many are wrong, and the allocations of each. Panics if masthead's are wrong or allocate.
    pub(crate) fn compared(&self, name: &str, results: &[i64], allocations: u64) -> String {
        assert_eq!(self.0.len(), results.len(), "{name}");
        let wrong = self
            .0
            .iter()
            .zip(results)
            .filter(|(exact, found)| exact != found)
            .count();
        assert!(
            !name.starts_with("masthead") || (wrong, allocations) == (0, 0),
            "{name}: {wrong} wrong, {allocations} allocations"
        );
        let right = if wrong == 0 {
            "exact".to_owned()
        } else {
            format!("{wrong} of {} wrong", results.len())
        };
        let each = allocations / results.len().max(1) as u64;
        format!("{right}, {each} allocations")
    }
}

fn exact(way: Way, amount: i64) -> i64 {
    match way {
        Way::Direct => half_even(amount, 447_31, 100),
        Way::Inverse => half_even(amount, 100, 447_31),
        Way::Cross => half_even(amount, 447_31, 482_21),
    }
}

/// Multiplies by a fraction and rounds half-even, following the definition.
pub(crate) fn half_even(amount: i64, numerator: i128, denominator: i128) -> i64 {
    let product = i128::from(amount) * numerator;
    let (below, rest) = (
        product.div_euclid(denominator),
        product.rem_euclid(denominator),
    );
    let up = match (2 * rest).cmp(&denominator) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => below & 1,
        std::cmp::Ordering::Greater => 1,
    };
    i64::try_from(below + up).expect("it fits")
}

/// Returns 256 amounts of both signs, up to forty million.
fn minor_units() -> Vec<i64> {
    let mut random = fastrand::Rng::with_seed(1);
    (0..256).map(|_| random.i64(-(1 << 32)..1 << 32)).collect()
}

fn minor(amount: &Decimal) -> i64 {
    (*amount * Decimal::ONE_HUNDRED)
        .try_into()
        .expect("minor units")
}

fn minor_of_big(amount: &bigdecimal::BigDecimal) -> i64 {
    let (units, scale) = amount.as_bigint_and_scale();
    assert_eq!(scale, 2, "rounded to the minor unit");
    i64::try_from(units.as_ref()).expect("minor units")
}
