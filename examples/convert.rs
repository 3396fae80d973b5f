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
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::fetch::{HttpTransport, Transport as _};
use masthead::ledger::{Feed, InForce, Ledger, Sighting, View};
use masthead::money::{Converter, Currency, Money, Rates};
use masthead::strip::Lang;
use masthead::ticker::{Bank, FileStore, State};
use masthead::{Freshness, FreshnessPolicy, Snapshot, Ticker};

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
        .help("Day of the rates [default: the newest ones]")
        .argument::<String>("YYYY-MM-DD")
        .parse(|day| {
            let parsed: Result<NaiveDate, _> = day.parse();
            parsed.map_err(|_| format!("{day:?}: expected a day such as 2024-01-31"))
        })
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
    let freshness = FreshnessPolicy::default().of_rates(rates, now);
    Ok(Found {
        rates: rates.value().clone(),
        in_force: None,
        is_stale: freshness == Freshness::Stale,
        is_vetted: true,
    })
}

/// The rates of a day, from the file or from the bank.
fn of_day(options: &Options, day: NaiveDate) -> Result<Found, Box<dyn Error>> {
    let now = DateTime::<Utc>::from(SystemTime::now());
    let bank = options.bank.id();
    let state = match &options.state {
        Some(path) => {
            let state = FileStore::new(path).peek()?;
            state.ok_or_else(|| format!("{} does not exist", path.display()))?
        }
        None => State::default(),
    };
    let (in_force, is_vetted) = match state.history(bank, now).rates_on(day) {
        Ok(found) => (found.clone(), true),
        Err(missing) if options.offline => return Err(missing.into()),
        Err(missing) => {
            let answer = requested(options, day, now);
            (
                answer.map_err(|error| format!("{missing}; {error}"))?,
                false,
            )
        }
    };
    for currency in [options.from, options.to] {
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

/// The rates of a day as the bank's first source answers now.
fn requested(
    options: &Options,
    day: NaiveDate,
    now: DateTime<Utc>,
) -> Result<InForce, Box<dyn Error>> {
    let mut transport = HttpTransport::builder(&options.contact);
    if let Some(url) = &options.upstream {
        transport = transport.upstream(url);
    }
    let transport = transport.build()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let bank = &options.bank;
    let source = bank.sources().next().ok_or("the bank has no source")?;
    let ask = |day: NaiveDate| -> Result<Rates, Box<dyn Error>> {
        let response = runtime.block_on(transport.send(source.request(&day)));
        let response = response.map_err(|error| {
            let causes = std::iter::successors(error.source(), |cause| (*cause).source());
            let causes: String = causes.map(|cause| format!(": {cause}")).collect();
            format!("{}: {error}{causes}", source.id())
        })?;
        Ok(source.decode(&day, &response)?)
    };
    let rates = ask(day)?;
    let today = now.with_timezone(&rates.zone()).date_naive();
    if day > today {
        return Err(format!("{day} has not begun").into());
    }
    // A bank may answer a request for a day that it does not keep with today's figures under that day.
    let pause = TimeDelta::days(rates.longest_pause().into());
    let figures = |rates: &Rates| {
        rates
            .iter()
            .map(|rate| (rate.pair(), rate.value(), rate.nominal()))
            .collect::<Vec<_>>()
    };
    if today - day > pause
        && rates.day() == day
        && ask(today).is_ok_and(|today| figures(&today) == figures(&rates))
    {
        return Err(format!("{} answers with today's figures for {day}", source.id()).into());
    }
    let mut ledger = Ledger::default();
    ledger.insert(Sighting::of_rates(bank.id(), Feed::OfDay, day, rates, now));
    Ok(ledger.rates_on(day, now, &View::new(bank.id()))?)
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
