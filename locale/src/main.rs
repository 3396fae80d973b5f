//! Generates the words of the strip in `src/strip/locale/table` from the tables in `locale/data`, and checks
//! them.
//!
//! ```sh
//! cargo run -p masthead-locale -- write             # after an edit of a table
//! cargo run -p masthead-locale -- check             # fail if the committed Rust differs from the tables
//! cargo run -p masthead-locale -- proposed kk       # the words that a native reader should check
//! cargo run -p masthead-locale -- cldr DIRECTORY    # compare with the JSON packages of CLDR 48.2.0 in a folder
//! ```

// Single files of the crate, so that the tool compiles when the crate does not.
#[path = "../../src/money/cash.rs"]
mod cash;
mod cldr;
mod data;
mod generate;
#[path = "../../src/money/iso4217.rs"]
mod iso4217;
mod latin;
mod lifetimes;
#[path = "../../src/money/lifetimes.rs"]
mod lifetimes_of_money;

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use data::{Table, read};
use latin::Alphabet;

#[derive(Parser)]
#[command(name = "locale")]
struct Options {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write the Rust modules
    Write,
    /// Fail if the Rust modules differ from the tables
    Check,
    /// List the words that no source confirms
    Proposed {
        /// The language, such as kk [default: all]
        lang: Option<String>,
    },
    /// Fail if a cell attributed to CLDR differs from it
    Cldr {
        /// The folder of cldr-core, cldr-dates-full, -numbers-full, -localenames-full and -annotations-full
        packages: PathBuf,
    },
}

/// The languages with the direction of their scripts, in the order of the list on a Kazinform page.
const LANGUAGES: [(&str, &str); 7] = [
    ("en", "LeftToRight"),
    ("ru", "LeftToRight"),
    ("kk", "LeftToRight"),
    ("kk-Latn", "LeftToRight"),
    ("zh-Hans", "LeftToRight"),
    ("kk-Arab", "RightToLeft"),
    ("uz-Cyrl", "LeftToRight"),
];

fn main() -> ExitCode {
    match run(&Options::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; the exit code reports the failure.
            let _ = writeln!(std::io::stderr(), "locale: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tables = LANGUAGES
        .iter()
        .map(|(tag, _)| read(&root.join("data").join(format!("{tag}.tsv")), tag))
        .collect::<Result<Vec<_>, _>>()?;
    follows_the_rule(&tables)?;
    let generated = root.join("../src/strip/locale/table");
    match task {
        Task::Write => {
            fs::create_dir_all(&generated)?;
            for (name, rust) in modules(&tables)? {
                fs::write(generated.join(name), rust)?;
            }
        }
        Task::Check => {
            for (name, rust) in modules(&tables)? {
                let path = generated.join(&name);
                if fs::read_to_string(&path).ok().as_ref() != Some(&rust) {
                    return Err(format!("{name} differs from the tables: run `write`").into());
                }
            }
        }
        Task::Proposed { lang } => list_proposed(&tables, lang.as_deref())?,
        Task::Cldr { packages } => {
            let compared = cldr::compare(&tables, packages)?;
            writeln!(std::io::stdout(), "{compared} cells agree with CLDR")?;
            let compared = cldr::compare_cash(packages)?;
            writeln!(
                std::io::stdout(),
                "the smallest amounts in cash of {compared} currencies agree with CLDR"
            )?;
            let (compared, expected) = cldr::compare_lifetimes(packages)?;
            writeln!(
                std::io::stdout(),
                "the lifetimes of {compared} currencies agree with CLDR, with {expected} expected differences"
            )?;
        }
    }
    Ok(())
}

/// Checks that each cell of the origin `rule kk` is the transliteration of its Cyrillic cell.
fn follows_the_rule(tables: &[Table]) -> Result<(), Box<dyn Error>> {
    let find = |tag: &str| {
        tables
            .iter()
            .find(|table| table.tag == tag)
            .ok_or("a table is missing")
    };
    let (cyrillic, latin) = (find("kk")?, find("kk-Latn")?);
    for cell in latin.cells.iter().filter(|cell| cell.origin == "rule kk") {
        let expected = latin::transliterate(cyrillic.value(&cell.key)?, Alphabet::Of2018);
        if cell.value != expected {
            let (key, value) = (&cell.key, &cell.value);
            return Err(format!("kk-Latn.tsv: {key} is {value:?}, by rule {expected:?}").into());
        }
    }
    Ok(())
}

/// The names and contents of all modules: one for each language, that of the draft alphabet, and their parent.
fn modules(tables: &[Table]) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut modules = Vec::new();
    for (table, (_, direction)) in tables.iter().zip(LANGUAGES) {
        modules.push((
            generate::file_name(&table.tag),
            generate::module(table, direction)?,
        ));
        if table.tag == "kk" {
            let draft = table.transliterated("kk-Latn", Alphabet::Draft2021);
            modules.push((
                "kk_latn_2021.rs".to_owned(),
                generate::module(&draft, "LeftToRight")?,
            ));
        }
    }
    modules.sort();
    let names: Vec<String> = modules.iter().map(|(name, _)| name.clone()).collect();
    modules.push(("mod.rs".to_owned(), generate::list(&names)));
    Ok(modules)
}

/// Prints the words that no source confirms, with the English word and the origin.
fn list_proposed(tables: &[Table], lang: Option<&str>) -> Result<(), Box<dyn Error>> {
    if let Some(unknown) = lang.filter(|lang| LANGUAGES.iter().all(|(tag, _)| tag != lang)) {
        return Err(format!("unknown language {unknown:?}").into());
    }
    let mut out = std::io::stdout().lock();
    for table in tables
        .iter()
        .filter(|table| lang.is_none_or(|lang| table.tag == lang))
    {
        let open = table
            .cells
            .iter()
            .filter(|cell| cell.origin.starts_with("proposed") || cell.origin == "rule kk");
        for cell in open {
            let english = tables
                .first()
                .and_then(|english| english.value(&cell.key).ok())
                .unwrap_or_default();
            let (tag, key, value, origin) = (&table.tag, &cell.key, &cell.value, &cell.origin);
            writeln!(out, "{tag}\t{key}\t{english}\t{value}\t{origin}")?;
        }
    }
    if lang.is_none_or(|lang| lang == "kk-Latn") {
        for letter in ["ц", "ч", "щ"] {
            let draft = latin::transliterate(letter, Alphabet::Draft2021);
            writeln!(
                out,
                "kk-Latn\tdraft of 2021\t{letter}\t{draft}\tproposed: occurs in loan words only"
            )?;
        }
    }
    Ok(())
}
