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
mod uzbek;

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

/// The languages with the direction of their scripts, in the order of the list on a Kazinform page, and Uzbek in Latin
/// letters after them.
const LANGUAGES: [(&str, &str); 8] = [
    ("en", "LeftToRight"),
    ("ru", "LeftToRight"),
    ("kk", "LeftToRight"),
    ("kk-Latn", "LeftToRight"),
    ("zh-Hans", "LeftToRight"),
    ("kk-Arab", "RightToLeft"),
    ("uz-Cyrl", "LeftToRight"),
    ("uz-Latn", "LeftToRight"),
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
    let tables = tables(root)?;
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
        Task::Proposed { lang } => {
            let mut out = std::io::stdout().lock();
            for line in proposed(&tables, lang.as_deref())? {
                writeln!(out, "{line}")?;
            }
        }
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

/// The origin of words in Uzbek in Latin letters that are computed from Cyrillic ones.
const BY_RULE_FROM_UZBEK: &str = "proposed, by rule from uz-Cyrl";

/// Reads the tables of all languages.
fn tables(root: &Path) -> Result<Vec<Table>, Box<dyn Error>> {
    let tables = LANGUAGES
        .iter()
        .map(|(tag, _)| read(&root.join("data").join(format!("{tag}.tsv")), tag))
        .collect::<Result<Vec<_>, _>>()?;
    follows_the_rule(&tables)?;
    Ok(tables)
}

/// Checks that each cell of the origin `rule kk` or `proposed, by rule from uz-Cyrl` is the transliteration of its
/// Cyrillic cell.
fn follows_the_rule(tables: &[Table]) -> Result<(), Box<dyn Error>> {
    let find = |tag: &str| {
        tables
            .iter()
            .find(|table| table.tag == tag)
            .ok_or("a table is missing")
    };
    let kazakh: fn(&str) -> String = |word| latin::transliterate(word, Alphabet::Of2018);
    let uzbek: fn(&str) -> String = uzbek::transliterate;
    for (from, to, origin, rule) in [
        ("kk", "kk-Latn", "rule kk", kazakh),
        ("uz-Cyrl", "uz-Latn", BY_RULE_FROM_UZBEK, uzbek),
    ] {
        let (cyrillic, latin) = (find(from)?, find(to)?);
        let cells = latin.cells.iter();
        let cells: Vec<_> = cells
            .filter(|cell| cell.origin.starts_with(origin))
            .collect();
        if cells.is_empty() {
            return Err(format!("{to}.tsv has no cell of the origin {origin:?}").into());
        }
        for cell in cells {
            let expected = rule(cyrillic.value(&cell.key)?);
            if cell.value != expected {
                let (key, value) = (&cell.key, &cell.value);
                return Err(format!("{to}.tsv: {key} is {value:?}, by rule {expected:?}").into());
            }
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

/// The words that no source confirms, a line each with the English word and the origin.
fn proposed(tables: &[Table], lang: Option<&str>) -> Result<Vec<String>, Box<dyn Error>> {
    if let Some(unknown) = lang.filter(|lang| LANGUAGES.iter().all(|(tag, _)| tag != lang)) {
        return Err(format!("unknown language {unknown:?}").into());
    }
    let mut lines = Vec::new();
    for table in tables
        .iter()
        .filter(|table| lang.is_none_or(|lang| table.tag == lang))
    {
        for cell in table.cells.iter().filter(|cell| cell.is_proposed()) {
            let english = tables
                .first()
                .and_then(|english| english.value(&cell.key).ok())
                .unwrap_or_default();
            let (tag, key, value, origin) = (&table.tag, &cell.key, &cell.value, &cell.origin);
            lines.push(format!("{tag}\t{key}\t{english}\t{value}\t{origin}"));
        }
    }
    if lang.is_none_or(|lang| lang == "kk-Latn") {
        for letter in ["ц", "ч", "щ"] {
            let draft = latin::transliterate(letter, Alphabet::Draft2021);
            lines.push(format!(
                "kk-Latn\tdraft of 2021\t{letter}\t{draft}\tproposed: occurs in loan words only"
            ));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::{LANGUAGES, proposed, tables};
    use std::path::Path;

    /// How many words of each language no source confirms. A word that becomes confirmed, or a new one that is not,
    /// changes a number here.
    const PROPOSED: [(&str, usize); 8] = [
        ("en", 1),
        ("ru", 29),
        ("kk", 25),
        ("kk-Latn", 255 + 3),
        ("zh-Hans", 26),
        ("kk-Arab", 74),
        ("uz-Cyrl", 107),
        ("uz-Latn", 52),
    ];

    #[test]
    fn the_list_of_proposed_words_has_the_known_length_in_each_language() {
        let tables = tables(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let found = LANGUAGES.map(|(tag, _)| (tag, proposed(&tables, Some(tag)).unwrap().len()));
        assert_eq!(found, PROPOSED);
        let sum: usize = PROPOSED.iter().map(|(_, words)| words).sum();
        assert_eq!(proposed(&tables, None).unwrap().len(), sum);
        assert!(proposed(&tables, Some("tlh")).is_err());
    }
}
