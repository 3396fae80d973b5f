//! The words of the strip: from the tables in `locale/data` to `src/strip/locale/table`.
//!
//! ```sh
//! cargo run -p masthead-locale -- write             # after a table was edited
//! cargo run -p masthead-locale -- check             # does the committed Rust say what the tables say?
//! cargo run -p masthead-locale -- proposed kk       # the words a native reader should check
//! cargo run -p masthead-locale -- cldr DIRECTORY    # compare with the JSON packages of CLDR 48.2 below node_modules
//! ```

// The tables alone, so that the tool compiles when the crate does not.
#[path = "../../src/money/cash.rs"]
mod cash;
mod cldr;
mod data;
mod generate;
#[path = "../../src/money/iso4217.rs"]
mod iso4217;
mod latin;

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
    /// Write the Rust
    Write,
    /// Fail when the Rust differs from the tables
    Check,
    /// List the words that no source confirms
    Proposed {
        /// Of one language, such as kk; of all without it
        lang: Option<String>,
    },
    /// Fail when a cell that names CLDR differs from it
    Cldr {
        /// The folder that holds cldr-core, cldr-dates-full, -numbers-full, -localenames-full and -annotations-full
        packages: PathBuf,
    },
}

/// The languages, each with the direction of its script, in the order of the site's list.
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
            // Nobody is left to tell when standard error is closed.
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
                    return Err(format!("{name} is not what the tables say: run `write`").into());
                }
            }
        }
        Task::Proposed { lang } => list_proposed(&tables, lang.as_deref())?,
        Task::Cldr { packages } => {
            let compared = cldr::compare(&tables, packages)?;
            writeln!(std::io::stdout(), "{compared} cells are as in CLDR")?;
            let compared = cldr::compare_cash(packages)?;
            writeln!(
                std::io::stdout(),
                "the cash of {compared} currencies is as in CLDR"
            )?;
        }
    }
    Ok(())
}

/// Each cell derived by rule is what the rule makes of the Cyrillic.
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

/// One module a language, the draft alphabet derived, and the list of them.
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

fn list_proposed(tables: &[Table], lang: Option<&str>) -> Result<(), Box<dyn Error>> {
    if let Some(unknown) = lang.filter(|lang| LANGUAGES.iter().all(|(tag, _)| tag != lang)) {
        return Err(format!("no table of {unknown:?}").into());
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
                "kk-Latn\tdraft of 2021\t{letter}\t{draft}\tproposed: it stands in loans alone"
            )?;
        }
    }
    Ok(())
}
