//! Converts an amount exactly, rounds once, and prints the rate, its day and its source so that a reader can check the result.
//!
//! ```sh
//! cargo run --example convert --features prose -- 19.99 usd kzt                    # at today's rates
//! cargo run --example convert --features prose -- 19.99 usd kzt --on 2026-04-02    # at those of a day
//! cargo run --example convert --features prose -- 100 usd eur --on 2004-01-30 --bank ecb --state rates.ledger
//! cargo run --example convert --features prose -- "7 млн" kzt usd --lang ru --offline
//! cargo run --example convert --features prose -- '$1,200' kzt --offline           # the amount has its currency
//! ```
//!
//! An amount is a plain number, or one as the language of `--lang` writes it. One with two readings is an error that names both.
//! A day comes from the file of `--state`, such as one that `masthead-history` has filled, else the bank is requested.

mod of_day;
mod written;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use bpaf::{Args, OptionParser, ParseFailure, Parser as _, any, construct, long, positional};
use chrono::NaiveDate;
use masthead::ledger::InForce;
use masthead::money::{Converter, Currency, Rates};
use masthead::strip::Lang;
use masthead::ticker::FileStore;
use masthead::{Freshness, FreshnessPolicy, Snapshot, Ticker};

use of_day::{OfDay, Place};

struct Options {
    on: Option<NaiveDate>,
    place: Place,
    cash: bool,
    lang: Lang,
    amount: String,
    currencies: (Option<Currency>, Currency),
}

fn options() -> OptionParser<Options> {
    let on = of_day::on("Day of the rates [default: the newest ones]").optional();
    let place =
        of_day::place("Send no request: use the file, or the built-in sample of 13 June 2023");
    let cash = long("cash")
        .help("Round to the smallest amount payable in cash: whole tenge, 0.05 Swiss francs")
        .switch();
    let lang = long("lang")
        .help("Language of the amount and of the printed labels")
        .argument("TAG")
        .fallback(Lang::En)
        .display_fallback();
    // A negative amount, such as -5, is not an option.
    let amount = any("AMOUNT", |argument: String| {
        let after_minus = argument
            .strip_prefix('-')
            .and_then(|rest| rest.chars().next());
        let is_option = after_minus.is_some_and(|first| first == '-' || first.is_alphabetic());
        (!is_option).then_some(argument)
    })
    .help("The amount: 19.99, or as the language writes it, such as \"7 млн\" in Russian");
    let first = positional("FROM").help("The currency of the amount, such as usd");
    let second = positional("TO")
        .help("The currency to convert to; alone if the amount has its currency")
        .optional();
    let currencies = construct!(first, second).map(|(first, second)| match second {
        Some(to) => (Some(first), to),
        None => (None, first),
    });
    construct!(Options {
        on,
        place,
        cash,
        lang,
        amount,
        currencies,
    })
    .to_options()
    .descr("Convert an amount at the official rates of a bank, today's or those of a day.")
    .version(env!("CARGO_PKG_VERSION"))
}

/// The labels for rate, day, source and correction.
const fn words(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::Ru => ["курс", "дата", "источник", "исправлено"],
        Lang::Kk => ["бағам", "күні", "дереккөз", "түзетілді"],
        Lang::KkLatn => ["baǵam", "kúni", "derekkóz", "túzetildi"],
        Lang::ZhHans => ["汇率", "日期", "来源", "更正"],
        Lang::KkArab => ["باعام", "كۇنى", "دەرەككوز", "تۇزەتىلدى"],
        Lang::UzCyrl => ["курс", "сана", "манба", "тузатилди"],
        Lang::UzLatn => ["kurs", "sana", "manba", "tuzatildi"],
        _ => ["rate", "day", "source", "corrected"],
    }
}

fn main() -> ExitCode {
    let options = match options().run_inner(Args::current_args()) {
        Ok(options) => options,
        Err(ParseFailure::Stdout(help, is_full)) => {
            // A pipe to a program such as `head` may be closed early.
            let _ = writeln!(std::io::stdout(), "{}", help.monochrome(is_full));
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            // An error is one line.
            message.print_message(2000);
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error leaves nowhere to report to.
            let _ = writeln!(std::io::stderr(), "convert: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let (from, to) = options.currencies;
    let amount = written::read(options.lang, &options.amount, from)?;
    let found = match options.on {
        Some(day) => of_day(&options.place, day, [amount.currency(), to])?,
        None => of_today(&options.place)?,
    };
    let mut converter = found.rates.converter(amount.currency(), to)?;
    if options.cash {
        converter = converter.in_cash();
    }
    let result = converter.convert(amount)?;
    writeln!(std::io::stdout(), "{amount} = {result}")?;
    let explanation = explanation(&converter, &found, options.lang);
    writeln!(std::io::stdout(), "{explanation}")?;
    Ok(())
}

/// The rates, with the facts that are known of them.
struct Found {
    rates: Rates,
    /// Only for the rates of a day.
    in_force: Option<InForce>,
    /// Whether they are no longer today's.
    is_stale: bool,
    /// Whether the guard has judged them: not if the bank was requested for a day.
    is_vetted: bool,
}

/// The rates in force now, as a ticker keeps them, or the built-in sample.
fn of_today(place: &Place) -> Result<Found, Box<dyn Error>> {
    let (snapshot, now) = if place.offline && place.state.is_none() {
        (Snapshot::sample(), Snapshot::SAMPLE_TIME)
    } else {
        let mut builder = Ticker::builder(&place.contact)
            .bank(place.bank.clone())
            .cities([]);
        if let Some(path) = &place.state {
            builder = builder.store(FileStore::new(path));
        }
        if let Some(url) = &place.upstream {
            builder = builder.upstream(url);
        }
        let ticker = builder.build()?;
        if !place.offline {
            let report = ticker.refresh_blocking(ticker.now());
            write!(std::io::stderr(), "{report}")?;
        }
        (Snapshot::clone(&ticker.snapshot()), ticker.now())
    };
    let rates = snapshot.rates(now).ok_or("no rates could be read")?;
    let freshness = FreshnessPolicy::default().of_rates(rates, now);
    Ok(Found {
        rates: rates.value().clone(),
        in_force: None,
        is_stale: freshness == Freshness::Stale,
        is_vetted: true,
    })
}

/// The rates of a day, from the file or from the bank.
fn of_day(
    place: &Place,
    day: NaiveDate,
    currencies: [Currency; 2],
) -> Result<Found, Box<dyn Error>> {
    let OfDay { history, is_vetted } = place.of_day(day)?;
    let in_force = history.rates_on(day)?.clone();
    for currency in currencies {
        // A list that is carried stays in the units of its own day.
        if !currency.has_one_unit(in_force.since, day) {
            return Err(format!(
                "the rates for {day} are of {}, in another unit of {currency}",
                in_force.since
            )
            .into());
        }
    }
    Ok(Found {
        rates: (*in_force.rates).clone(),
        in_force: Some(in_force),
        is_stale: false,
        is_vetted,
    })
}

/// Returns the lines by which a reader can check the result: the exact fraction, its day and its source, when it was corrected, and the figures
/// that the bank printed.
fn explanation(converter: &Converter, found: &Found, lang: Lang) -> String {
    let [rate, day, source, corrected] = words(lang);
    let (numerator, denominator) = converter.fraction();
    let mut text = format!(
        "{rate} {numerator}/{denominator} · {day} {} · {source} {}",
        converter.day(),
        lang.source(converter.source())
            .unwrap_or(converter.source().as_str())
    );
    let in_force = found.in_force.as_ref();
    if let Some(at) = in_force.and_then(|found| found.corrected) {
        text += &format!(" · {corrected} {}", at.format("%Y-%m-%d %H:%M UTC"));
    }
    let mut marked = found.rates.unconfirmed().iter();
    if !found.is_vetted || marked.any(|row| [converter.from(), converter.to()].contains(row)) {
        text += &format!(" · {}", lang.unconfirmed());
    }
    if found.is_stale {
        text += &format!(" · {}", lang.outdated());
    }
    // The bank's own figures.
    for foreign in [converter.from(), converter.to()] {
        let mut own = found.rates.iter();
        let own = own.find(|rate| [rate.pair().base(), rate.pair().quote()].contains(&foreign));
        if let Some(own) = own.filter(|_| foreign != found.rates.home()) {
            text += &format!("\n{own}");
        }
    }
    text
}
