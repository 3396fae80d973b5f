//! The comparison of cells attributed to CLDR with its JSON packages.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cash::{NOT_OF_CLDR, STEPS};
use crate::data::Table;
use crate::iso4217::TABLE;

/// The release of CLDR that the tables are compared with.
const VERSION: &str = "48.2.0";

/// Compares every cell whose origin is `cldr LOCALE FILE PATH` or `cldr-annotations LOCALE U+…`. Returns how
/// many cells were compared.
///
/// # Errors
///
/// Returns an error that names the first cell that differs, or if fewer than 1,000 cells name CLDR.
pub(crate) fn compare(tables: &[Table], packages: &Path) -> Result<usize, Box<dyn Error>> {
    let mut documents = Documents {
        packages,
        read: HashMap::new(),
    };
    let mut compared = 0;
    for table in tables {
        for cell in &table.cells {
            let at = format!("{}.tsv, {}", table.tag, cell.key);
            let origin: Vec<&str> = cell.origin.split(' ').collect();
            let same = match origin[..] {
                ["cldr", locale, file, path] => {
                    let document = documents.of(locale, file)?;
                    let word = document.pointer(path).and_then(Value::as_str);
                    word.is_some_and(|word| with_letters(locale, word) == cell.value)
                }
                ["cldr-annotations", locale, character] => is_keyword(
                    documents.annotations(locale)?,
                    locale,
                    character,
                    &cell.value,
                ),
                [name, ..] if name.starts_with("cldr") => {
                    return Err(format!(
                        "{at}: the origin {:?} names no place in CLDR",
                        cell.origin
                    )
                    .into());
                }
                _ => continue,
            };
            if !same {
                let (ours, origin) = (&cell.value, &cell.origin);
                return Err(format!("{at}: {ours:?} differs from {origin}").into());
            }
            compared += 1;
        }
    }
    // A comparison of no cells must not pass.
    if compared < 1000 {
        return Err(format!("only {compared} cells name CLDR").into());
    }
    Ok(compared)
}

/// A text of CLDR with the letters of Uzbek in place of quotation marks.
///
/// The letters of Oʻ and Gʻ and the tutuq belgisi are U+02BB and U+02BC, as in CLDR's exemplar characters of `uz`.
/// Many of its other texts have the quotation marks U+2018 and U+2019 instead, which end a word.
fn with_letters(locale: &str, text: &str) -> String {
    if locale == "uz" {
        text.replace('\u{2018}', "\u{2bb}")
            .replace('\u{2019}', "\u{2bc}")
    } else {
        text.to_owned()
    }
}

/// Whether a word is a keyword of a character, without regard to case and to the `{0}` of a pattern.
fn is_keyword(annotations: &Value, locale: &str, character: &str, word: &str) -> bool {
    let word = word.replace("{0}", "").to_lowercase();
    let code = character.strip_prefix("U+");
    let Some(character) = code
        .and_then(|code| u32::from_str_radix(code, 16).ok())
        .and_then(char::from_u32)
    else {
        return false;
    };
    let keywords = annotations.get(character.to_string());
    let keywords = keywords.and_then(|entry| entry.get("default")?.as_array());
    keywords.is_some_and(|keywords| {
        let mut keywords = keywords.iter().filter_map(Value::as_str);
        keywords.any(|keyword| with_letters(locale, keyword).to_lowercase() == word)
    })
}

/// The JSON documents of the packages, each read once.
struct Documents<'a> {
    packages: &'a Path,
    read: HashMap<String, Value>,
}

impl Documents<'_> {
    /// The contents of a document: for `ru` and `numbers/currencies` those of
    /// `cldr-numbers-full/main/ru/currencies.json`, below `/main/ru`.
    fn of(&mut self, locale: &str, file: &str) -> Result<&Value, Box<dyn Error>> {
        let (package, name) = file.split_once('/').ok_or("a file has a package")?;
        let path = format!("main/{locale}/{name}.json");
        self.document(package, &path, &format!("/main/{locale}"))
    }

    /// The annotations of characters in a language.
    fn annotations(&mut self, locale: &str) -> Result<&Value, Box<dyn Error>> {
        let path = format!("annotations/{locale}/annotations.json");
        self.document("annotations", &path, "/annotations/annotations")
    }

    /// Reads a document, or takes it from those already read, and returns the part below `envelope`.
    fn document(
        &mut self,
        package: &str,
        path: &str,
        envelope: &str,
    ) -> Result<&Value, Box<dyn Error>> {
        let package = self.packages.join(format!("cldr-{package}-full"));
        let document = match self.read.entry(format!("{}/{path}", package.display())) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => {
                is_of_the_release(&package)?;
                unread.insert(json(&package.join(path))?)
            }
        };
        document
            .pointer(envelope)
            .ok_or_else(|| format!("{path} has no {envelope}").into())
    }
}

/// Compares the smallest amount in cash of every currency. Returns how many currencies were compared.
///
/// # Errors
///
/// Returns an error that names the first currency that differs and is not in `NOT_OF_CLDR`, or is in it
/// and does not differ.
pub(crate) fn compare_cash(packages: &Path) -> Result<usize, Box<dyn Error>> {
    let package = packages.join("cldr-core");
    is_of_the_release(&package)?;
    let document = json(&package.join("supplemental/currencyData.json"))?;
    let fractions = document
        .pointer("/supplemental/currencyData/fractions")
        .ok_or("currencyData.json has no fractions")?;
    let row = |code: &[u8; 3]| STEPS.iter().find(|(listed, _)| *listed == code);
    let mut rows = STEPS.iter();
    if let Some((code, _)) = rows.find(|(code, _)| TABLE.iter().all(|(known, ..)| known != code)) {
        return Err(format!("{} is no currency", code.escape_ascii()).into());
    }
    for (code, _, minor_units) in TABLE {
        let name = code.escape_ascii().to_string();
        let ours = row(code).map_or(1, |(_, step)| u32::from(*step));
        let theirs = cash_step(fractions, &name, u32::from(*minor_units))?;
        let is_exception = NOT_OF_CLDR.contains(code);
        if (ours == theirs) == is_exception {
            let expected = if is_exception { "not " } else { "" };
            return Err(format!("{name}: {ours} minor units, expected {expected}{theirs}").into());
        }
    }
    Ok(TABLE.len())
}

/// The smallest amount in cash by CLDR, in minor units of ISO 4217. Without a row of its own a currency has
/// that of `DEFAULT`.
fn cash_step(fractions: &Value, code: &str, minor_units: u32) -> Result<u32, Box<dyn Error>> {
    let entry = fractions.get(code).or_else(|| fractions.get("DEFAULT"));
    let number = |cash: &str, any: &str| -> Option<u32> {
        let entry = entry?;
        let value = entry.get(cash).or_else(|| entry.get(any))?;
        value.as_str()?.parse().ok()
    };
    let step = number("_cashRounding", "_rounding")
        .zip(number("_cashDigits", "_digits"))
        .and_then(|(rounding, digits)| {
            let units = 10_u32.checked_pow(minor_units.checked_sub(digits)?)?;
            rounding.max(1).checked_mul(units)
        });
    step.ok_or_else(|| format!("{code}: CLDR has no step of {minor_units} digits").into())
}

/// Checks that a package has the expected version.
fn is_of_the_release(package: &Path) -> Result<(), Box<dyn Error>> {
    let manifest = json(&package.join("package.json"))?;
    if manifest.pointer("/version").and_then(Value::as_str) != Some(VERSION) {
        let package = package.display();
        return Err(format!("{package} is not version {VERSION} of CLDR").into());
    }
    Ok(())
}

/// Reads a JSON document.
fn json(path: &Path) -> Result<Value, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}
