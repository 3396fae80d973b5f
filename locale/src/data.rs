//! A table of words in `locale/data`: each line has a key, the word and its origin, with tabs between them.
//!
//! ```text
//! month.4<TAB>сәуір<TAB>cldr kk dates/ca-gregorian /dates/calendars/gregorian/months/format/wide/4
//! ```
//!
//! | origin | the word is |
//! |---|---|
//! | `cldr LOCALE FILE PATH` | that place of CLDR 48.2.0, compared by the command `cldr`; letters in place of the quotation marks of `uz` |
//! | `cldr-annotations LOCALE U+…` | a keyword of a character there |
//! | `page …` | printed on the named page |
//! | `attested …` | used in the named package, or in so many files of public software: weaker than a printed page |
//! | `rule kk` | transliterated from the Cyrillic table and not seen in print |
//! | `rule kk, page …` | transliterated as well, and printed so on the named page |
//! | `proposed, by rule from uz-Cyrl` | transliterated from the Cyrillic table of Uzbek and not confirmed |
//! | `ours …` | a choice of this project, with its reason |
//! | `proposed …` | not confirmed by a source: a native reader should check it |

use std::fs;
use std::path::Path;

use crate::latin::{Alphabet, transliterate};

/// The words of one language.
pub(crate) struct Table {
    pub(crate) tag: String,
    pub(crate) cells: Vec<Cell>,
}

/// One word or pattern.
pub(crate) struct Cell {
    pub(crate) key: String,
    pub(crate) value: String,
    /// The source of the word, in one of the forms of [`ORIGINS`].
    pub(crate) origin: String,
}

/// The error of a table that cannot be read or lacks a word.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidTable {
    #[error("{file}: {error}")]
    Unreadable { file: String, error: std::io::Error },
    #[error("{tag}.tsv line {line}: {what}")]
    Line {
        tag: String,
        line: usize,
        what: String,
    },
    #[error("{tag}.tsv has no {key}")]
    Missing { tag: String, key: String },
}

/// The beginnings of valid origins.
const ORIGINS: [&str; 7] = [
    "cldr ",
    "cldr-annotations ",
    "page ",
    "attested ",
    "rule kk",
    "ours",
    "proposed",
];

/// Reads a table. A word must not contain characters that HTML or JSON escapes: outputs write words as they
/// are.
pub(crate) fn read(path: &Path, tag: &str) -> Result<Table, InvalidTable> {
    let text = fs::read_to_string(path).map_err(|error| InvalidTable::Unreadable {
        file: path.display().to_string(),
        error,
    })?;
    let mut cells: Vec<Cell> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let wrong = |what: String| InvalidTable::Line {
            tag: tag.to_owned(),
            line: index + 1,
            what,
        };
        let [key, value, origin] =
            line.split('\t')
                .collect::<Vec<_>>()
                .try_into()
                .map_err(|_| {
                    wrong("expected a key, a word and an origin with tabs between them".to_owned())
                })?;
        let value = value
            .replace("\\u{A0}", "\u{a0}")
            .replace("\\u{202F}", "\u{202f}");
        let markup = |c: char| matches!(c, '<' | '>' | '&' | '"' | '\\') || c.is_control();
        if value.is_empty() || value.contains(markup) {
            return Err(wrong(format!(
                "the word {value:?} is empty or contains markup"
            )));
        }
        // The letters of Uzbek are U+02BB and U+02BC: a quotation mark would end the word.
        if tag == "uz-Latn" && value.contains(['\'', '`', '\u{2018}', '\u{2019}']) {
            return Err(wrong(format!("a quotation mark in {value:?}")));
        }
        if !ORIGINS.iter().any(|known| origin.starts_with(known)) {
            return Err(wrong(format!("unknown origin {origin:?}")));
        }
        if cells.iter().any(|cell| cell.key == key) {
            return Err(wrong(format!("the key {key} occurs twice")));
        }
        cells.push(Cell {
            key: key.to_owned(),
            value,
            origin: origin.to_owned(),
        });
    }
    Ok(Table {
        tag: tag.to_owned(),
        cells,
    })
}

impl Cell {
    /// Whether no source confirms the word.
    pub(crate) fn is_proposed(&self) -> bool {
        self.origin.starts_with("proposed") || self.origin == "rule kk"
    }
}

impl Table {
    /// The word of a key.
    pub(crate) fn value(&self, key: &str) -> Result<&str, InvalidTable> {
        self.cells
            .iter()
            .find(|cell| cell.key == key)
            .map(|cell| cell.value.as_str())
            .ok_or_else(|| InvalidTable::Missing {
                tag: self.tag.clone(),
                key: key.to_owned(),
            })
    }

    /// The keys that begin with `prefix`, without it, and their words: `astana` and its name for `city.`.
    pub(crate) fn below<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.cells.iter().filter_map(move |cell| {
            let rest = cell.key.strip_prefix(prefix)?;
            Some((rest, cell.value.as_str()))
        })
    }

    /// The table in another alphabet.
    pub(crate) fn transliterated(&self, tag: &str, alphabet: Alphabet) -> Self {
        let cells = self.cells.iter().map(|cell| Cell {
            key: cell.key.clone(),
            value: match cell.key.as_str() {
                "name.switch" => "qz".to_owned(),
                _ => transliterate(&cell.value, alphabet),
            },
            origin: "rule kk".to_owned(),
        });
        Self {
            tag: tag.to_owned(),
            cells: cells.collect(),
        }
    }
}
