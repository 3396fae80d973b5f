//! From a table to the Rust of one language.

use std::error::Error;
use std::fmt::Write as _;

use crate::data::Table;

const HEAD: &str = "// Written by `cargo run -p masthead-locale -- write` from the tables in `locale/data`; edit those.\n\
                    // Words, patterns and symbols of CLDR 48.2.0: Unicode-3.0, see LICENSE-UNICODE.\n\n";

/// `kk-Latn` is in `kk_latn.rs`.
pub(crate) fn file_name(tag: &str) -> String {
    format!("{}.rs", tag.to_lowercase().replace('-', "_"))
}

/// The list of the modules.
pub(crate) fn list(files: &[String]) -> String {
    let mut out = String::from("//! One module a language.\n\n");
    for file in files {
        let name = file.trim_end_matches(".rs");
        let _ = writeln!(out, "pub(super) mod {name};");
    }
    out
}

/// One language as a static of type `Locale`.
pub(crate) fn module(table: &Table, direction: &str) -> Result<String, Box<dyn Error>> {
    let mut out = String::from(HEAD);
    out.push_str("use crate::strip::locale::date::Piece;\n");
    out.push_str("use crate::strip::locale::{Direction, Locale, Skies, Sources, by_currency};\n\n");
    out.push_str("pub(in crate::strip::locale) static LOCALE: Locale = Locale {\n");
    let _ = writeln!(out, "    tag: {:?},", table.tag);
    let _ = writeln!(out, "    direction: Direction::{direction},");
    for (field, word) in table.below("label.") {
        let _ = writeln!(out, "    {field}: {},", literal(word));
    }
    for (field, pattern) in table.below("pattern.") {
        let (before, after) = match field {
            // Between two items; what stands around the second; what follows a heading.
            "list" => (between(pattern)?, None),
            "heading" => (between(pattern)?.trim_end(), None),
            "aside" => split(
                pattern.strip_prefix("{0}").ok_or("no {0} in an aside")?,
                "{1}",
            )
            .map(|(before, after)| (before, Some(after)))?,
            _ => split(pattern, "{0}").map(|(before, after)| (before, Some(after)))?,
        };
        match after {
            Some(after) => {
                let (before, after) = (literal(before), literal(after));
                let _ = writeln!(out, "    {field}: ({before}, {after}),");
            }
            None => {
                let _ = writeln!(out, "    {field}: {},", literal(before));
            }
        }
    }
    out.push_str("    ages: [\n");
    for unit in ["minutes", "hours", "days"] {
        let (before, after) = split(table.value(&format!("age.{unit}"))?, "{0}")?;
        let _ = writeln!(out, "        ({}, {}),", literal(before), literal(after));
    }
    out.push_str("    ],\n    dates: [\n");
    for style in ["full", "long", "medium"] {
        let pieces = pieces(table.value(&format!("date.{style}"))?)?;
        let _ = writeln!(out, "        &[{}],", pieces.join(", "));
    }
    out.push_str("    ],\n");
    array(&mut out, "months", table.below("month."));
    array(&mut out, "months_short", table.below("month_short."));
    array(&mut out, "weekdays", table.below("weekday."));
    for (field, symbol) in table.below("number.") {
        let _ = writeln!(out, "    {field}: {},", literal(symbol));
    }
    for (field, name) in table.below("name.") {
        let _ = writeln!(out, "    name_{field}: {},", literal(name));
    }
    record(&mut out, "sources", "Sources", table.below("source."));
    record(&mut out, "skies", "Skies", table.below("sky."));
    pairs(&mut out, "cities: &[", "]", table.below("city."));
    let currencies = table.below("currency.");
    pairs(&mut out, "currencies: by_currency(&[", "])", currencies);
    out.push_str("};\n");
    Ok(out)
}

fn array<'a>(out: &mut String, field: &str, words: impl Iterator<Item = (&'a str, &'a str)>) {
    let words: Vec<String> = words.map(|(_, word)| literal(word)).collect();
    let _ = writeln!(out, "    {field}: [{}],", words.join(", "));
}

fn record<'a>(
    out: &mut String,
    field: &str,
    name: &str,
    words: impl Iterator<Item = (&'a str, &'a str)>,
) {
    let _ = writeln!(out, "    {field}: {name} {{");
    for (key, word) in words {
        let _ = writeln!(out, "        {key}: {},", literal(word));
    }
    out.push_str("    },\n");
}

fn pairs<'a>(
    out: &mut String,
    before: &str,
    after: &str,
    words: impl Iterator<Item = (&'a str, &'a str)>,
) {
    let _ = writeln!(out, "    {before}");
    for (key, word) in words {
        let _ = writeln!(out, "        ({key:?}, {}),", literal(word));
    }
    let _ = writeln!(out, "    {after},");
}

/// The text between `{0}` and `{1}`.
fn between(pattern: &str) -> Result<&str, String> {
    pattern
        .strip_prefix("{0}")
        .and_then(|rest| rest.strip_suffix("{1}"))
        .ok_or_else(|| format!("{pattern:?} has no {{0}} and {{1}}"))
}

/// The text before and after a place.
fn split<'a>(pattern: &'a str, place: &str) -> Result<(&'a str, &'a str), String> {
    pattern
        .split_once(place)
        .ok_or_else(|| format!("{pattern:?} has no {place}"))
}

/// A date pattern of CLDR, in pieces: the fields the strip uses, quoted text and the rest.
fn pieces(pattern: &str) -> Result<Vec<String>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = pattern;
    let mut quoted = false;
    while let Some(first) = rest.chars().next() {
        let run: String = rest.chars().take_while(|c| *c == first).collect();
        rest = rest.get(run.len()..).unwrap_or_default();
        if first == '\'' {
            quoted = !quoted;
        } else if first.is_ascii_alphabetic() && !quoted {
            if !text.is_empty() {
                pieces.push(format!("Piece::Text({})", literal(&text)));
                text.clear();
            }
            pieces.push(match run.as_str() {
                "d" => "Piece::Day".to_owned(),
                "dd" => "Piece::DayPadded".to_owned(),
                "M" => "Piece::MonthNumber".to_owned(),
                "MMM" => "Piece::MonthShort".to_owned(),
                "MMMM" => "Piece::Month".to_owned(),
                "EEEE" => "Piece::Weekday".to_owned(),
                "y" => "Piece::Year".to_owned(),
                other => return Err(format!("{pattern:?} has an unknown field {other}")),
            });
        } else {
            text.push_str(&run);
        }
    }
    if !text.is_empty() {
        pieces.push(format!("Piece::Text({})", literal(&text)));
    }
    Ok(pieces)
}

/// A string of Rust in which the spaces that look like others are told apart.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\u{a0}' | '\u{202f}' => {
                let _ = write!(out, "{}", c.escape_unicode());
            }
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn a_pattern_comes_apart_into_its_fields() {
        let found = pieces("y\u{202f}'ж'. dd MMM, EEEE").unwrap();
        let expected = [
            "Piece::Year",
            "Piece::Text(\"\\u{202f}ж. \")",
            "Piece::DayPadded",
            "Piece::Text(\" \")",
            "Piece::MonthShort",
            "Piece::Text(\", \")",
            "Piece::Weekday",
        ];
        assert_eq!(found, expected);
        assert!(pieces("d MMMMM y").is_err());
    }
}
