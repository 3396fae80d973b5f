//! Converts an amount exactly, rounds once, and prints the rate, its day and its source so that a reader can check the result.
//!
//! ```sh
//! cargo run --example convert -- 19.99 usd kzt                    # at today's rates
//! cargo run --example convert -- 19.99 usd kzt --on 2026-04-02    # at those of a day
//! cargo run --example convert -- 100 usd eur --on 2004-01-30 --bank ecb --state rates.ledger
//! cargo run --example convert -- 7000000 KZT USD --lang ru --offline
//! cargo run --example convert -- --lang ru "1 447,32" usd kzt
//! ```
//!
//! A day comes from the file of `--state`, such as one that `masthead-history` has filled, else the bank is requested.

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use bpaf::{Args, OptionParser, ParseFailure, Parser as _, any, construct, long, positional};
use chrono::{DateTime, NaiveDate, Utc};
use masthead::fetch::{HttpTransport, Transport as _};
use masthead::ledger::{Feed, InForce, Ledger, Sighting, View};
use masthead::money::{Converter, Currency, Money, Rates};
use masthead::strip::Lang;
use masthead::ticker::{Bank, FileStore};
use masthead::{Snapshot, Ticker};

struct Options {
    on: Option<NaiveDate>,
    bank: Bank,
    state: Option<PathBuf>,
    upstream: Option<String>,
    offline: bool,
    cash: bool,
    lang: Lang,
    contact: String,
    amount: String,
    from: Currency,
    to: Currency,
}

fn options() -> OptionParser<Options> {
    let on = long("on")
        .help("Day of the rates [default: today]")
        .argument("YYYY-MM-DD")
        .optional();
    let ids: Vec<String> = Bank::ids().map(|id| id.to_string()).collect();
    let (all, default) = (ids.join(", "), ids.first().cloned().unwrap_or_default());
    let help = format!("Bank that publishes the rates [values: {all}] [default: {default}]");
    let bank = long("bank")
        .help(help.as_str())
        .argument::<String>("BANK")
        .optional()
        .parse(|id| id.map_or_else(|| Ok(Bank::national_bank_kz()), |id| id.parse::<Bank>()));
    let state = long("state")
        .help("File with rates, and for the last good state")
        .argument("FILE")
        .optional();
    let upstream = long("upstream")
        .help("Send every request to URL/<original host>/<original path and query>")
        .argument("URL")
        .optional();
    let offline = long("offline")
        .help("Send no request: use the file, or the built-in sample of 13 June 2023")
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
        on,
        bank,
        state,
        upstream,
        offline,
        cash,
        lang,
        contact,
        amount,
        from,
        to,
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
    let found = match options.on {
        Some(day) => of_day(options, day)?,
        None => of_today(options)?,
    };
    let mut converter = found.rates.converter(options.from, options.to)?;
    if options.cash {
        converter = converter.in_cash();
    }
    let amount = Money::new(options.lang.parse_number(&options.amount)?, options.from);
    let result = converter.convert(amount)?;
    writeln!(std::io::stdout(), "{amount} = {result}")?;
    let explanation = explanation(&converter, &found, options.lang);
    writeln!(std::io::stdout(), "{explanation}")?;
    Ok(())
}

/// The rates, and since when they were in force where that is known.
struct Found {
    rates: Rates,
    in_force: Option<InForce>,
}

/// The rates in force now, as a ticker keeps them, or the built-in sample.
fn of_today(options: &Options) -> Result<Found, Box<dyn Error>> {
    let (snapshot, now) = if options.offline && options.state.is_none() {
        (Snapshot::sample(), Snapshot::SAMPLE_TIME)
    } else {
        let mut builder = Ticker::builder(&options.contact)
            .bank(options.bank.clone())
            .cities([]);
        if let Some(path) = &options.state {
            builder = builder.store(FileStore::new(path));
        }
        if let Some(url) = &options.upstream {
            builder = builder.upstream(url);
        }
        let ticker = builder.build()?;
        if !options.offline {
            let report = ticker.refresh_blocking(ticker.now());
            write!(std::io::stderr(), "{report}")?;
        }
        (Snapshot::clone(&ticker.snapshot()), ticker.now())
    };
    let rates = snapshot.rates(now).ok_or("no rates could be read")?;
    Ok(Found {
        rates: rates.value().clone(),
        in_force: None,
    })
}

/// The rates of a day, from the file or from the bank.
fn of_day(options: &Options, day: NaiveDate) -> Result<Found, Box<dyn Error>> {
    let now = DateTime::<Utc>::from(SystemTime::now());
    let mut ledger = match &options.state {
        Some(path) => FileStore::new(path)
            .peek()?
            .unwrap_or_default()
            .records()
            .clone(),
        None => Ledger::default(),
    };
    let view = View::new(options.bank.id());
    let mut found = ledger.rates_on(day, now, &view);
    if found.is_err() && !options.offline {
        ledger.insert(requested(options, day, now)?);
        found = ledger.rates_on(day, now, &view);
    }
    let in_force = found?;
    Ok(Found {
        rates: (*in_force.rates).clone(),
        in_force: Some(in_force),
    })
}

/// The answer of the bank's first source to a request for a day.
fn requested(
    options: &Options,
    day: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Sighting, Box<dyn Error>> {
    let source = options
        .bank
        .sources()
        .next()
        .ok_or("the bank has no source")?;
    let mut transport = HttpTransport::builder(&options.contact);
    if let Some(url) = &options.upstream {
        transport = transport.upstream(url);
    }
    let transport = transport.build()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let response = runtime.block_on(transport.send(source.request(&day)));
    let response = response.map_err(|error| {
        let causes = std::iter::successors(error.source(), |cause| (*cause).source());
        let causes: String = causes.map(|cause| format!(": {cause}")).collect();
        format!("{}: {error}{causes}", source.id())
    })?;
    let rates = source.decode(&day, &response)?;
    Ok(Sighting::of_rates(
        options.bank.id(),
        Feed::OfDay,
        day,
        rates,
        now,
    ))
}

/// Returns the line by which a reader can check the result: the exact fraction, its day and its source, since when the rates were in force, and
/// when they were corrected.
fn explanation(converter: &Converter, found: &Found, lang: Lang) -> String {
    let [rate, day, source, corrected] = words(lang);
    let (numerator, denominator) = converter.fraction();
    let mut text = format!(
        "{rate} {numerator}/{denominator} · {day} {} · {source} {}",
        converter.day(),
        lang.source(converter.source())
            .unwrap_or(converter.source().as_str())
    );
    if let Some(in_force) = &found.in_force {
        text += &format!(" · {}", lang.from_day(in_force.since));
        if let Some(at) = in_force.corrected {
            text += &format!(" · {corrected} {}", at.format("%Y-%m-%d %H:%M UTC"));
        }
    }
    text
}
