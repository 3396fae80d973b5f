//! Finds amounts of money in texts.
//!
//! ```sh
//! cargo run --example annotate --features prose -- --find < texts.jsonl
//! ```
//!
//! Each line of the input is an object with `id`, `lang` (a language of the strip, such as `kk` or `zh-Hans`) and `text`. For each the
//! output has an object with the `id` and the `entities`: places in bytes, the ends of the value as decimal strings, currency and kind.

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use bpaf::{Args, OptionParser, ParseFailure, Parser as _, construct, long};
use masthead::prose::{Amount, Reader};
use masthead::strip::Lang;
use serde::{Deserialize, Serialize};

struct Options {
    find: (),
}

fn options() -> OptionParser<Options> {
    let find = long("find")
        .help("Print the amounts of each text as JSON")
        .req_flag(());
    let options = construct!(Options { find }).to_options();
    options.descr(
        "Finds amounts of money in texts: JSON lines with id, lang and text on standard input",
    )
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

fn main() -> ExitCode {
    let Options { find: () } = match options().run_inner(Args::current_args()) {
        Ok(options) => options,
        Err(failure) => {
            failure.print_message(100);
            return match failure {
                ParseFailure::Stderr(_) => ExitCode::from(2),
                ParseFailure::Stdout(..) | ParseFailure::Completion(_) => ExitCode::SUCCESS,
            };
        }
    };
    match find(io::stdin().lock(), BufWriter::new(io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "annotate: {error}");
            ExitCode::FAILURE
        }
    }
}
