//! Conversion of columns of amounts, compared with copying as many bytes.

use std::hint::black_box;

use allocation_counter::measure;
use fearless_simd::{Level, dispatch};
use masthead::money::{Converter, Currency};
use masthead_benches::race::Race;
use rust_decimal::Decimal;

use crate::peers::{self, Quotes, Way};
use crate::{Exact, half_even, rates};

const ROUNDS: usize = 51;

/// Returns the vector instructions in use: those that the crate detects and the compiler's flags allow.
pub(crate) fn vectors() -> &'static str {
    let level = fearless_simd::Level::new();
    if level.as_avx512().is_some() && !cfg!(disable_dispatch_avx512) {
        "AVX-512"
    } else if level.as_avx2().is_some() && !cfg!(disable_dispatch_avx2) {
        "AVX2"
    } else if level.as_sse4_2().is_some() && !cfg!(disable_dispatch_sse4_2) {
        "SSE4.2"
    } else {
        "SSE2"
    }
}

/// A column of dollars.
struct Column {
    title: &'static str,
    len: usize,
    /// The rate: hundredths of a tenge for a dollar, or hundredths of a tiyn for a cent.
    tiyn: i64,
    amount: fn(&mut fastrand::Rng) -> i64,
    /// Whether the other crates run too, which take seconds instead of milliseconds.
    with_peers: bool,
}

const COLUMNS: [Column; 5] = [
    Column {
        title: "1,000,000 amounts",
        len: 1_000_000,
        tiyn: 447_31,
        amount: |random| random.i64(-(1 << 33)..1 << 33),
        with_peers: true,
    },
    Column {
        title: "4,096 amounts",
        len: 4_096,
        tiyn: 447_31,
        amount: |random| random.i64(-(1 << 33)..1 << 33),
        with_peers: false,
    },
    Column {
        title: "1,000,000 amounts, a quarter of them ties",
        len: 1_000_000,
        tiyn: 447_50,
        // At this rate every odd amount is a tie, and a quarter of the amounts are odd.
        amount: |random| random.i64(-(1 << 32)..1 << 32) * 2 + i64::from(random.u8(..) < 64),
        with_peers: false,
    },
    Column {
        title: "1,000,000 amounts, results up to 2^51",
        len: 1_000_000,
        tiyn: 447_31,
        amount: |random| random.i64(-(1 << 42)..1 << 42),
        with_peers: false,
    },
    Column {
        title: "1,000,000 amounts, results up to 2^63",
        len: 1_000_000,
        tiyn: 447_31,
        amount: |random| random.i64(-(1 << 54)..1 << 54),
        with_peers: false,
    },
];

pub(crate) fn all() {
    for column in COLUMNS {
        println!("{}", column.race());
    }
}

impl Column {
    fn race(self) -> String {
        let mut random = fastrand::Rng::with_seed(2);
        let from: Vec<i64> = (0..self.len).map(|_| (self.amount)(&mut random)).collect();
        let exact = from
            .iter()
            .map(|amount| half_even(*amount, self.tiyn.into(), HUNDRED));
        let exact = Exact(exact.collect());
        let usd = Decimal::new(self.tiyn, 2);
        let (from, rates) = (&from, rates(usd));
        let there = &rates
            .converter(Currency::USD, Currency::KZT)
            .expect("in the table");
        let back = &rates
            .converter(Currency::KZT, Currency::USD)
            .expect("in the table");

        let mut race = Race::new(format!("{}, USD to KZT", self.title));
        let mut add = |name, convert: fn(&Work<'_>, &mut [i64])| {
            let work = Work {
                from,
                there,
                usd,
                tiyn: self.tiyn.into(),
            };
            let mut to = vec![0; self.len];
            let allocations = measure(|| convert(&work, &mut to)).count_total;
            let answers = match name {
                COPY | INVERT => String::new(),
                _ => exact.compared(name, &to, allocations),
            };
            race.add(name, answers, self.len, move || {
                convert(black_box(&work), black_box(&mut to));
            });
        };
        add(COPY, |work, to| to.copy_from_slice(work.from));
        add(INVERT, |work, to| invert(work.from, to));
        add("masthead, convert_minor", |work, to| {
            work.there.convert_minor(work.from, to).expect("they fit");
        });
        add("masthead, convert_units", |work, to| {
            work.each(to, |amount| {
                work.there.convert_units(amount).expect("it fits")
            });
        });
        add("i128 by hand", |work, to| {
            work.each(to, |amount| by_hand(amount, work.tiyn, HUNDRED));
        });
        add("f64", |work, to| {
            let rate = work.tiyn as f64 / HUNDRED as f64;
            work.each(to, |amount| (amount as f64 * rate).round_ties_even() as i64);
        });
        if self.with_peers {
            add("rust_decimal by hand", |work, to| {
                work.each(to, |amount| by_decimal(amount, work.usd));
            });
            add("rusty-money", |work, to| {
                let quotes = Quotes {
                    usd: work.usd,
                    eur: work.usd,
                };
                let convert = peers::rusty_money(quotes, Way::Direct);
                work.each(to, |amount| {
                    let money = peers::rusty(Decimal::new(amount, 2), Way::Direct);
                    minor_of(*convert(&money).amount())
                });
            });
        }
        let mut amounts = from.clone();
        race.add(
            "masthead, in place (and back)",
            String::new(),
            2 * self.len,
            move || {
                there
                    .convert_minor_in_place(black_box(&mut amounts))
                    .expect("they fit");
                back.convert_minor_in_place(black_box(&mut amounts))
                    .expect("they fit");
            },
        );
        race.finish(ROUNDS)
    }
}

const COPY: &str = "memcpy";
const INVERT: &str = "a loop that inverts the bits";
const HUNDRED: i128 = 100;

struct Work<'a> {
    from: &'a [i64],
    there: &'a Converter,
    usd: Decimal,
    tiyn: i128,
}

impl Work<'_> {
    #[inline]
    fn each(&self, to: &mut [i64], convert: impl Fn(i64) -> i64) {
        for (to, from) in to.iter_mut().zip(self.from) {
            *to = convert(*from);
        }
    }
}

/// Loads each amount into a vector, and stores it with other bits: the least that a loop can do.
#[inline(never)]
fn invert(from: &[i64], to: &mut [i64]) {
    dispatch!(Level::new(), _simd => {
        for (to, from) in to.iter_mut().zip(from) {
            *to = !*from;
        }
    });
}

/// Conversion without a library, for a rate that is not a constant.
#[inline]
fn by_hand(amount: i64, numerator: i128, denominator: i128) -> i64 {
    let product = i128::from(amount) * numerator;
    let (quotient, rest) = (product / denominator, product % denominator);
    let twice = 2 * rest.abs();
    let away = twice > denominator || (twice == denominator && quotient & 1 != 0);
    let rounded = if away {
        quotient + product.signum()
    } else {
        quotient
    };
    i64::try_from(rounded).expect("it fits")
}

#[inline]
fn by_decimal(amount: i64, rate: Decimal) -> i64 {
    minor_of((Decimal::new(amount, 2) * rate).round_dp_with_strategy(2, peers::HALF_EVEN))
}

/// Returns the mantissa of an amount with two decimals.
#[inline]
fn minor_of(amount: Decimal) -> i64 {
    i64::try_from(amount.mantissa()).expect("it fits")
}
