//! Adds to each amount of an article its value at the official rates of the article's day; or finds the amounts of texts.
//!
//! ```sh
//! cargo run --example annotate --features annotate -- --lang kk --on 2023-06-13 < article.html
//! cargo run --example annotate --features annotate -- --lang ru --on 2023-06-13 --text --to eur --state rates.ledger < article.txt
//! cargo run --example annotate --features annotate -- --find < texts.jsonl
//! ```
//!
//! The rates come from the file of `--state`, else the bank is requested. The article is always written: if there are no rates for its day, it is
//! written unchanged, with the reason on standard error and the status 1.
//!
//! With `--find` each line of the input is an object with `id`, `lang` (a language of the strip, such as `kk` or `zh-Hans`) and `text`. For each
//! the output has an object with the `id` and the `entities`: places in bytes, the ends of the value as decimal strings, currency and kind.

mod of_day;

use std::error::Error;
use std::io::{self, BufWriter, Read as _, Write};
use std::process::ExitCode;

use bpaf::{Args, OptionParser, ParseFailure, Parser as _, construct, long};
use chrono::NaiveDate;
use masthead::money::Currency;
use masthead::prose::{Amount, Annotator, Reader};
use masthead::strip::Lang;
use serde::{Deserialize, Serialize};

use of_day::{OfDay, Place};

enum Task {
    Find,
    Annotate(Box<Article>),
}

struct Article {
    lang: Lang,
    on: NaiveDate,
    to: Currency,
    text: bool,
    place: Place,
}

fn options() -> OptionParser<Task> {
    let lang = long("lang")
        .help("Language of the article")
        .argument("TAG")
        .optional();
    let on = of_day::on("Day of the article, and of the rates").optional();
    let to = long("to")
        .help("Currency of the added values")
        .argument("CURRENCY")
        .fallback(Currency::USD)
        .display_fallback();
    let text = long("text")
        .help("The article is plain text [default: HTML]")
        .switch();
    let place = of_day::place("Send no request: use the file alone");
    let find = long("find")
        .help("Print the amounts of each JSON line of standard input, with id, lang and text")
        .switch();
    construct!(lang, on, to, text, place, find)
        .parse(|(lang, on, to, text, place, find)| match (lang, on, find) {
            (Some(lang), Some(on), false) => Ok(Task::Annotate(Box::new(Article {
                lang,
                on,
                to,
                text,
                place,
            }))),
            (None, None, true) => Ok(Task::Find),
            _ => Err("expected --lang and --on, or --find alone"),
        })
        .to_options()
        .descr("Adds to each amount of the article on standard input its value at the official rates of its day.")
        .footer("Status: 0, 1 if there are no rates (the article is written unchanged) or a line cannot be read, 2 for wrong options.")
}

/// A line of the input. Other fields are ignored.
#[derive(Deserialize)]
struct Line {
    id: String,
    lang: String,
    text: String,
}

#[derive(Serialize)]
struct Found<'a> {
    id: &'a str,
    entities: Vec<Entity>,
}

#[derive(Serialize)]
struct Entity {
    start: usize,
    end: usize,
    low: String,
    high: String,
    currency: &'static str,
    kind: String,
}

impl From<Amount> for Entity {
    fn from(amount: Amount) -> Self {
        Self {
            start: amount.span().start,
            end: amount.span().end,
            low: amount.low().to_string(),
            high: amount.high().to_string(),
            currency: amount.currency().code(),
            kind: amount.kind().to_string(),
        }
    }
}

/// The reason why a line of the input has no answer.
#[derive(Debug, thiserror::Error)]
enum InvalidLine {
    #[error("line {number}: {source}")]
    Json {
        number: usize,
        source: serde_json::Error,
    },
    #[error("line {number}: {source}")]
    Language {
        number: usize,
        source: masthead::ParseError,
    },
}

fn find(input: impl io::BufRead, mut output: impl Write) -> Result<(), Box<dyn Error>> {
    for (index, line) in input.lines().enumerate() {
        let (number, line) = (index + 1, line?);
        if line.trim().is_empty() {
            continue;
        }
        let line: Line =
            serde_json::from_str(&line).map_err(|source| InvalidLine::Json { number, source })?;
        let lang: Lang = line
            .lang
            .parse()
            .map_err(|source| InvalidLine::Language { number, source })?;
        let entities = Reader::new(lang).amounts(&line.text).map(Entity::from);
        let found = Found {
            id: &line.id,
            entities: entities.collect(),
        };
        serde_json::to_writer(&mut output, &found)?;
        writeln!(output)?;
    }
    output.flush()?;
    Ok(())
}

/// Writes the article with the values, or unchanged if they cannot be had.
fn annotate(article: &Article, input: &[u8], mut output: impl Write) -> Result<(), Box<dyn Error>> {
    let annotated = annotated(article, input);
    output.write_all(annotated.as_deref().unwrap_or(input))?;
    output.flush()?;
    annotated.map(|_| ())
}

fn annotated(article: &Article, input: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let OfDay { history, is_vetted } = article.place.of_day(article.on)?;
    let rates = &history.rates_on(article.on)?.rates;
    rates.converter(rates.home(), article.to)?;
    if rates.unconfirmed().contains(&article.to) {
        let (to, day) = (article.to, rates.day());
        return Err(format!("the rate of {to} for {day} is not confirmed").into());
    }
    if !is_vetted {
        let (bank, day) = (history.bank(), article.on);
        let warning = format_args!("annotate: the rates of {bank} for {day} are not confirmed");
        // A closed standard error leaves nowhere to report to.
        let _ = writeln!(io::stderr(), "{warning}");
    }
    let annotator = Annotator::new(&history, article.on, article.to, article.lang)?;
    if !article.text {
        return Ok(annotator.html(input).into_owned());
    }
    let text = std::str::from_utf8(input)?;
    Ok(annotator.text_with_note(text).into_bytes())
}

fn run(task: &Task) -> Result<(), Box<dyn Error>> {
    let output = BufWriter::new(io::stdout().lock());
    match task {
        Task::Find => find(io::stdin().lock(), output),
        Task::Annotate(article) => {
            let mut input = Vec::new();
            io::stdin().read_to_end(&mut input)?;
            annotate(article, &input, output)
        }
    }
}

fn main() -> ExitCode {
    let task = match options().run_inner(Args::current_args()) {
        Ok(task) => task,
        Err(ParseFailure::Stdout(help, is_full)) => {
            // A pipe to a program such as `head` may be closed early.
            let _ = writeln!(io::stdout(), "{}", help.monochrome(is_full));
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            // An error is one line.
            message.print_message(2000);
            return ExitCode::from(2);
        }
    };
    match run(&task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "annotate: {error}");
            ExitCode::FAILURE
        }
    }
}
