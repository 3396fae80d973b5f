//! Prints the strip: today's official rates of the tenge and the weather, as text, ANSI, HTML, JSON or SVG.
//!
//! ```sh
//! cargo run --example strip
//! cargo run --example strip -- --format json --pairs usd/kzt,krw/kzt --city almaty --city oral
//! ```
//!
//! Without a network it reports the sources that failed, prints the last good state (`--state FILE`) or the built-in sample, and
//! exits with 0. The sample has the dollar, the euro, the ruble and the yuan in tenge; rows of other pairs say that there is no data.

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::SystemTime;

use bpaf::{Args, OptionParser, ParseFailure, Parser, construct, long};
use chrono::{DateTime, NaiveDate, Utc};
use masthead::money::Pair;
use masthead::strip::{Direction, Lang};
use masthead::ticker::{Bank, FileStore, InvalidTicker};
use masthead::weather::City;
use masthead::{Layout, Snapshot, Strip, Ticker};

struct Options {
    lang: Lang,
    format: Format,
    layout: Arrangement,
    bank: Bank,
    pairs: Vec<Pair>,
    cities: Vec<City>,
    contact: Option<String>,
    state: Option<PathBuf>,
    now: Option<DateTime<Utc>>,
    date: Option<NaiveDate>,
    offline: bool,
    upstream: Option<String>,
    isolates: Option<bool>,
    sparklines: u8,
}

fn options() -> OptionParser<Options> {
    let lang = long("lang")
        .help("Language of labels and dates")
        .argument("TAG")
        .fallback(Lang::En)
        .display_fallback();
    let format = choice("format", "FORMAT", "Output format", &FORMATS);
    let arrangement = "Arrangement: a dated line, the header of a page, or a table";
    let layout = choice("layout", "LAYOUT", arrangement, &ARRANGEMENTS);
    let bank = long("bank")
        .help(bank_help().as_str())
        .argument::<String>("BANK")
        .optional()
        .parse(|id| id.map_or_else(|| Ok(Bank::national_bank_kz()), |id| id.parse::<Bank>()));
    let pairs = long("pairs")
        .help("Pairs as the bank quotes them, separated by commas [default: dollar, euro, ruble, yuan, tenge]")
        .argument::<String>("PAIR,...")
        .parse(|list| list.split(',').map(str::parse).collect::<Result<Vec<Pair>, _>>())
        .many()
        .map(|lists| lists.concat());
    let cities = long("city")
        .help("City of the weather (may be repeated) [default: astana]")
        .argument::<String>("CITY")
        .parse(|id| city(&id))
        .many()
        .parse(|cities| {
            if cities.is_empty() {
                city("astana").map(|city| vec![city])
            } else {
                Ok(cities)
            }
        });
    let contact = long("contact")
        .help("Contact sent with every request: an address that the weather service can write to")
        .argument("TEXT")
        .optional();
    let state = long("state")
        .help("Keep the last good state in a file")
        .argument("FILE")
        .optional();
    let now = long("now")
        .help("Time to print the strip for, such as 2026-04-02T06:00:00Z")
        .argument::<String>("RFC3339")
        .parse(|text| expected(&text, "a time such as 2026-04-02T06:00:00Z"))
        .optional();
    let date = long("date")
        .help("Date that the page layout prints [default: the day of the data]")
        .argument::<String>("YYYY-MM-DD")
        .parse(|text| expected(&text, "a day such as 2026-04-02"))
        .optional();
    let offline = long("offline")
        .help("Send no request: use the file of --state, or the built-in sample")
        .switch();
    let upstream = long("upstream")
        .help("Send every request to URL/<original host>/<original path and query>")
        .argument("URL")
        .optional();
    let sparklines = long("sparklines")
        .help("Days of each pair's sparkline that --state has, at most 92")
        .argument("DAYS")
        .fallback(0);
    let with_isolates = long("isolates")
        .help("Put each value of a text into a bidirectional isolate [default: in right-to-left languages]")
        .req_flag(true);
    let without_isolates = long("no-isolates")
        .help("Use no bidirectional isolates")
        .req_flag(false);
    let isolates = construct!([with_isolates, without_isolates])
        .last()
        .optional();
    construct!(Options {
        lang,
        format,
        layout,
        bank,
        pairs,
        cities,
        contact,
        state,
        now,
        date,
        offline,
        upstream,
        isolates,
        sparklines,
    })
    .to_options()
    .descr("The strip at the top of a news page: official exchange rates and city weather.")
    .version(env!("CARGO_PKG_VERSION"))
}

fn bank_help() -> String {
    let ids: Vec<String> = Bank::ids().map(|id| id.to_string()).collect();
    let (all, default) = (ids.join(", "), ids.first().cloned().unwrap_or_default());
    format!("Bank that publishes the rates [values: {all}] [default: {default}]")
}

/// Parses a value, or says what was expected.
fn expected<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("expected {what}"))
}

/// An option whose values have names. The first one is the default.
fn choice<T: Copy + 'static>(
    name: &'static str,
    metavar: &'static str,
    help: &str,
    values: &'static [(&str, T)],
) -> impl Parser<T> {
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    let (all, default) = (names.join(", "), names.first().copied().unwrap_or_default());
    let parsed = long(name)
        .help(format!("{help} [values: {all}] [default: {default}]").as_str())
        .argument::<String>(metavar)
        .optional();
    parsed.parse(move |name| {
        let mut known = values.iter();
        let value = match &name {
            Some(name) => known.find(|(known, _)| known == name),
            None => known.next(),
        };
        value
            .map(|(_, value)| *value)
            .ok_or_else(|| format!("expected one of {all}"))
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Text,
    Ansi,
    Html,
    Json,
    Svg,
}

const FORMATS: [(&str, Format); 5] = [
    ("text", Format::Text),
    ("ansi", Format::Ansi),
    ("html", Format::Html),
    ("json", Format::Json),
    ("svg", Format::Svg),
];

#[derive(Clone, Copy, PartialEq)]
enum Arrangement {
    Line,
    Page,
    Table,
}

const ARRANGEMENTS: [(&str, Arrangement); 3] = [
    ("line", Arrangement::Line),
    ("page", Arrangement::Page),
    ("table", Arrangement::Table),
];

impl Options {
    fn pairs(&self) -> Vec<Pair> {
        if self.pairs.is_empty() {
            self.bank.usual_pairs()
        } else {
            self.pairs.clone()
        }
    }
}

fn city(id: &str) -> Result<City, String> {
    let known = || {
        City::all()
            .iter()
            .map(|city| city.id().as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    City::find(id)
        .cloned()
        .ok_or_else(|| format!("expected one of {}", known()))
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
        Err(error) if error.is::<InvalidTicker>() => {
            report(&format!("error: {error}"));
            ExitCode::from(2)
        }
        Err(error) => {
            report(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let now = options
        .now
        .unwrap_or_else(|| DateTime::from(SystemTime::now()));
    if options.offline && options.state.is_none() {
        return sample(options, options.now.unwrap_or(Snapshot::SAMPLE_TIME));
    }
    let snapshot = refresh(options, now)?;
    let rates = snapshot.rates(now).or_else(|| snapshot.next(now));
    if rates.is_none() && snapshot.cities().next().is_none() {
        report("no source answered, and there is no saved state");
        return sample(options, Snapshot::SAMPLE_TIME);
    }
    print(options, &snapshot, now, false)
}

/// Prints the built-in sample, or a strip without data if the sample has none of the pairs.
fn sample(options: &Options, now: DateTime<Utc>) -> Result<(), Box<dyn Error>> {
    let sample = Snapshot::sample();
    let rates = sample.rates(Snapshot::SAMPLE_TIME);
    let known = |pair: &Pair| rates.is_some_and(|held| held.value().rate(*pair).is_some());
    if options.pairs().iter().any(known) {
        report("this is the built-in sample of 13 June 2023, not today's data");
        print(options, &sample, now, true)
    } else {
        report("the built-in sample has none of these pairs");
        print(options, &Snapshot::default(), now, false)
    }
}

fn refresh(options: &Options, now: DateTime<Utc>) -> Result<Snapshot, Box<dyn Error>> {
    let contact = options
        .contact
        .as_deref()
        .unwrap_or("strip example; no contact given");
    let mut ticker = Ticker::builder(contact)
        .bank(options.bank.clone())
        .shown_pairs(options.pairs())
        .sparklines([options.sparklines])
        .cities(options.cities.iter().cloned())
        .clock(move || now);
    if let Some(upstream) = &options.upstream {
        ticker = ticker.upstream(upstream);
    }
    if let Some(state) = &options.state {
        ticker = ticker.store(FileStore::new(state));
    }
    let ticker = ticker.build()?;
    if !options.offline {
        let refreshed = ticker.refresh_blocking(now);
        for line in refreshed.to_string().lines() {
            report(line);
        }
    }
    Ok(Snapshot::clone(&ticker.snapshot()))
}

fn print(
    options: &Options,
    snapshot: &Snapshot,
    now: DateTime<Utc>,
    sample: bool,
) -> Result<(), Box<dyn Error>> {
    let layout = layout(options, sample);
    let strip = Strip::new(snapshot, &layout, now);
    let mut out = std::io::stdout().lock();
    match options.format {
        Format::Text => writeln!(out, "{}", strip.text())?,
        Format::Ansi => writeln!(out, "{}", strip.ansi())?,
        Format::Html => writeln!(out, "{}", strip.html())?,
        Format::Json => writeln!(out, "{}", strip.json())?,
        Format::Svg => writeln!(out, "{}", strip.svg())?,
    }
    let is_terminal = matches!(options.format, Format::Text | Format::Ansi);
    if options.layout == Arrangement::Page && is_terminal && !sample {
        print_provenance(&strip);
    }
    Ok(())
}

fn layout(options: &Options, sample: bool) -> Layout {
    let pairs = options.pairs();
    let layout = match options.layout {
        Arrangement::Line => Layout::line().rates([pairs]),
        Arrangement::Table => Layout::table().rates([pairs]),
        Arrangement::Page => Layout::page().rates(pairs.chunks(2).map(|row| row.iter().copied())),
    };
    let right_to_left = options.lang.direction() == Direction::RightToLeft;
    let isolates = options.isolates.unwrap_or(right_to_left);
    let layout = layout
        .lang(options.lang)
        .cities(options.cities.iter().cloned())
        .isolates(isolates)
        .sparklines(options.sparklines);
    // The header that the layout reproduces is that of an article of 29 December 2020.
    let model = NaiveDate::from_ymd_opt(2020, 12, 29).filter(|_| sample);
    match options.date.or(model) {
        Some(date) => layout.date(date),
        None => layout,
    }
}

/// Prints days, sources and ages to standard error, because the page layout has no room for them.
fn print_provenance(strip: &Strip<'_>) {
    if let Some(item) = strip.rates().find(|item| item.rate.is_some())
        && let Some(held) = item.observed
    {
        let (day, source, fetched) = (held.value().day(), held.source(), held.fetched());
        report(&format!(
            "rates of {day} by {source}, read at {fetched}, {}",
            item.freshness.as_str()
        ));
    }
    for item in strip.weather() {
        if let Some(held) = item.observed {
            let (city, source, fetched) = (item.city.name(), held.source(), held.fetched());
            let issued = held.value().issued().unwrap_or(fetched);
            report(&format!(
                "weather of {city} by {source}, computed at {issued}, read at {fetched}, {}",
                item.freshness.as_str()
            ));
        }
    }
}

/// Prints a line to standard error; standard output holds the strip alone.
fn report(line: &str) {
    // A closed standard error leaves nowhere to report to.
    let _ = writeln!(std::io::stderr(), "strip: {line}");
}
