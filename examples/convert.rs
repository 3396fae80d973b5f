//! Converts an amount exactly, rounds once, and prints the rate, its day and its source so that a reader can check the result.
//!
//! ```sh
//! cargo run --example convert -- 19.99 usd kzt            # at the rates of the built-in sample
//! cargo run --example convert -- 19.99 usd eur --live     # today's
//! cargo run --example convert -- 7000000 KZT USD --lang ru
//! cargo run --example convert -- --lang ru "1 447,32" usd kzt
//! ```

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use bpaf::{Args, OptionParser, ParseFailure, Parser as _, any, construct, long, positional};
use masthead::money::{Converter, Currency, Money};
use masthead::strip::Lang;
use masthead::{Snapshot, Ticker};

struct Options {
    live: bool,
    cash: bool,
    lang: Lang,
    contact: String,
    amount: String,
    from: Currency,
    to: Currency,
}

fn options() -> OptionParser<Options> {
    let live = long("live")
        .help("Fetch today's rates from the National Bank of Kazakhstan [default: the built-in rates of 13 June 2023]")
        .switch();
    let cash = long("cash")
        .help("Round to the smallest amount payable in cash: whole tenge, 0.05 Swiss francs")
        .switch();
    let lang = long("lang")
        .help("Language of the amount and of the printed labels")
        .argument("TAG")
        .fallback(Lang::En)
        .display_fallback();
    let contact = long("contact")
        .help("Contact sent with every request: an address that the bank can write to")
        .argument("TEXT")
        .fallback("convert example; no contact given".to_owned())
        .display_fallback();
    // A negative amount, such as -5, is not an option.
    let amount = any("AMOUNT", |argument: String| {
        let after_minus = argument
            .strip_prefix('-')
            .and_then(|rest| rest.chars().next());
        let is_option = after_minus.is_some_and(|first| first == '-' || first.is_alphabetic());
        (!is_option).then_some(argument)
    })
    .help("The amount, such as 19.99, or as the language writes it: \"1 447,32\" in Russian");
    let from = positional("FROM").help("The currency of the amount, such as usd");
    let to = positional("TO").help("The currency to convert to");
    construct!(Options {
        live,
        cash,
        lang,
        contact,
        amount,
        from,
        to,
    })
    .to_options()
    .descr("Convert an amount at the official rates of the tenge.")
    .version(env!("CARGO_PKG_VERSION"))
}

/// The labels for rate, day and source.
const fn words(lang: Lang) -> [&'static str; 3] {
    match lang {
        Lang::Ru => ["курс", "дата", "источник"],
        Lang::Kk => ["бағам", "күні", "дереккөз"],
        Lang::KkLatn => ["baǵam", "kúni", "derekkóz"],
        Lang::ZhHans => ["汇率", "日期", "来源"],
        Lang::KkArab => ["باعام", "كۇنى", "دەرەككوز"],
        Lang::UzCyrl => ["курс", "сана", "манба"],
        Lang::UzLatn => ["kurs", "sana", "manba"],
        _ => ["rate", "day", "source"],
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
    let (snapshot, now) = if options.live {
        let ticker = Ticker::builder(&options.contact).cities([]).build()?;
        let report = ticker.refresh_blocking(ticker.now());
        write!(std::io::stderr(), "{report}")?;
        (Snapshot::clone(&ticker.snapshot()), ticker.now())
    } else {
        (Snapshot::sample(), Snapshot::SAMPLE_TIME)
    };
    let rates = snapshot.rates(now).ok_or("no rates could be read")?.value();
    let mut converter = rates.converter(options.from, options.to)?;
    if options.cash {
        converter = converter.in_cash();
    }
    let amount = Money::new(options.lang.parse_number(&options.amount)?, options.from);
    let result = converter.convert(amount)?;
    writeln!(std::io::stdout(), "{amount} = {result}")?;
    writeln!(
        std::io::stdout(),
        "{}",
        explanation(&converter, options.lang)
    )?;
    Ok(())
}

/// Returns the line by which a reader can check the result: the exact fraction, its day and its source.
fn explanation(converter: &Converter, lang: Lang) -> String {
    let [rate, day, source] = words(lang);
    let (numerator, denominator) = converter.fraction();
    format!(
        "{rate} {numerator}/{denominator} · {day} {} · {source} {}",
        converter.day(),
        lang.source(converter.source())
            .unwrap_or(converter.source().as_str())
    )
}
