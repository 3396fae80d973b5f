//! Reads sections key by key. An error is noted with its position, and reading continues.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Purpose;
use super::problem::Findings;

/// A table of the file. The keys that are read from it are the accepted ones.
pub(super) struct Section<'a> {
    /// The names of the enclosing sections and its own, each with a dot; empty for the file itself.
    prefix: String,
    span: Range<usize>,
    table: &'a DeTable<'a>,
    known: Vec<&'static str>,
    findings: &'a Findings,
}

/// A value of the file, with its full name.
pub(super) struct Entry<'a> {
    name: String,
    /// The position of the key; in a list, of the value.
    place: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
    findings: &'a Findings,
}

impl<'a> Section<'a> {
    pub(super) fn root(table: &'a Spanned<DeTable<'a>>, findings: &'a Findings) -> Self {
        Self {
            prefix: String::new(),
            span: 0..0,
            table: table.get_ref(),
            known: Vec::new(),
            findings,
        }
    }

    /// Returns its full name.
    pub(super) fn name(&self) -> &str {
        self.prefix.trim_end_matches('.')
    }

    /// Returns the value of a key, if it is set.
    pub(super) fn entry(&mut self, key: &'static str) -> Option<Entry<'a>> {
        self.known.push(key);
        self.entries()
            .find(|(name, _)| *name == key)
            .map(|(_, entry)| entry)
    }

    /// Returns the value of a required key; notes an error if it is missing.
    pub(super) fn required(&mut self, key: &'static str) -> Option<Entry<'a>> {
        let entry = self.entry(key);
        if entry.is_none() {
            self.refuse(key, "is required");
        }
        entry
    }

    /// Notes an error about a key that is not set.
    pub(super) fn refuse(&self, key: &str, what: impl Display) {
        let name = format!("{}{key}", self.prefix);
        self.findings.add(&self.span, Some(name), what);
    }

    /// Notes a warning about a key that is not set.
    pub(super) fn warn(&self, key: &str, what: impl Display) {
        let name = format!("{}{key}", self.prefix);
        self.findings.warn(&self.span, Some(name), what);
    }

    /// Returns the table of a key, if it is set.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'a>> {
        self.entry(key)?.section()
    }

    /// Iterates over all keys with their values.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Entry<'a>)> + use<'a, '_> {
        self.table.iter().map(|(key, value)| {
            let entry = Entry {
                name: format!("{}{}", self.prefix, key.get_ref()),
                place: key.span(),
                value,
                findings: self.findings,
            };
            (key.get_ref().as_ref(), entry)
        })
    }

    /// Notes an error for each key that has not been read, which is therefore unknown.
    pub(super) fn finish(self) {
        for (key, entry) in self.entries() {
            if !self.known.contains(&key) {
                let likely = match nearest(key, &self.known) {
                    Some(known) => format!(", perhaps {known}"),
                    None => String::new(),
                };
                let known = self.known.join(", ");
                entry.refuse_key(format_args!("unknown key{likely}; accepted are {known}"));
            }
        }
    }
}

impl<'a> Entry<'a> {
    /// Notes an error of the value.
    pub(super) fn refuse(&self, what: impl Display) {
        self.findings
            .add(&self.value.span(), Some(self.name.clone()), what);
    }

    /// Notes a warning about the value.
    pub(super) fn warn(&self, what: impl Display) {
        self.findings
            .warn(&self.value.span(), Some(self.name.clone()), what);
    }

    /// Notes an error of the key.
    pub(super) fn refuse_key(&self, what: impl Display) {
        self.findings
            .add(&self.place, Some(self.name.clone()), what);
    }

    /// Returns the purpose of the reading.
    pub(super) const fn purpose(&self) -> Purpose {
        self.findings.purpose
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(text.as_ref()),
            _ => self.expected("text in quotes"),
        }
    }

    /// Returns a text that is not blank.
    pub(super) fn words(&self) -> Option<&'a str> {
        let text = self.text()?;
        if text.trim().is_empty() {
            self.refuse("is empty");
            return None;
        }
        Some(text)
    }

    pub(super) fn parse<T: FromStr<Err: Display>>(&self) -> Option<T> {
        let parsed = self.text()?.parse();
        parsed.map_err(|error| self.refuse(error)).ok()
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.expected("true or false"),
        }
    }

    pub(super) fn whole<T: TryFrom<i64>>(&self, range: RangeInclusive<i64>) -> Option<T> {
        let DeValue::Integer(value) = self.value.get_ref() else {
            return self.expected("a whole number");
        };
        let value = i64::from_str_radix(value.as_str(), value.radix()).ok();
        let value = value.filter(|value| range.contains(value));
        let value = value.and_then(|value| T::try_from(value).ok());
        if value.is_none() {
            self.refuse(format_args!(
                "expected {} to {}",
                range.start(),
                range.end()
            ));
        }
        value
    }

    pub(super) fn number(&self) -> Option<f64> {
        let (DeValue::Integer(_) | DeValue::Float(_)) = self.value.get_ref() else {
            return self.expected("a number");
        };
        let text: Cow<'_, str> = match self.value.get_ref() {
            DeValue::Float(value) => value.as_str().into(),
            DeValue::Integer(value) => i64::from_str_radix(value.as_str(), value.radix())
                .map_or_else(|_| value.as_str().into(), |value| value.to_string().into()),
            _ => return None,
        };
        text.parse().map_err(|error| self.refuse(error)).ok()
    }

    /// Returns a duration given in seconds, which may have a fraction.
    pub(super) fn seconds(&self, range: RangeInclusive<f64>) -> Option<Duration> {
        let seconds = self.number()?;
        let duration = Duration::try_from_secs_f64(seconds).ok();
        let duration = duration.filter(|_| range.contains(&seconds));
        if duration.is_none() {
            let (least, most) = (range.start(), range.end());
            self.refuse(format_args!("expected {least} to {most} seconds"));
        }
        duration
    }

    /// Returns the choice with the value's name.
    pub(super) fn choose<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let chosen = choices.iter().find(|(name, _)| *name == text);
        if chosen.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.refuse(format_args!(
                "unknown {}; expected one of {}",
                Shortened(text),
                names.join(", ")
            ));
        }
        chosen.map(|(_, value)| *value)
    }

    /// Returns the values of a list, in order.
    pub(super) fn list(&self) -> Option<Vec<Entry<'a>>> {
        let DeValue::Array(values) = self.value.get_ref() else {
            return self.expected("a list in brackets");
        };
        let entries = values.iter().enumerate().map(|(index, value)| Entry {
            name: format!("{}[{index}]", self.name),
            place: value.span(),
            value,
            findings: self.findings,
        });
        Some(entries.collect())
    }

    pub(super) fn is_list(&self) -> bool {
        self.value.get_ref().is_array()
    }

    pub(super) fn is_section(&self) -> bool {
        self.value.get_ref().is_table()
    }

    pub(super) fn section(&self) -> Option<Section<'a>> {
        let DeValue::Table(table) = self.value.get_ref() else {
            return self.expected("a section");
        };
        Some(Section {
            prefix: format!("{}.", self.name),
            span: self.place.clone(),
            table,
            known: Vec::new(),
            findings: self.findings,
        })
    }

    /// Notes the type of the value, not the value: it may be a secret in the wrong place.
    fn expected<T>(&self, what: &str) -> Option<T> {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a section",
        };
        self.refuse(format_args!("expected {what}, found {found}"));
        None
    }
}

/// Returns the key that was probably meant: one with at most a third of its letters added, left out, replaced or transposed.
fn nearest(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let distances = known
        .iter()
        .map(|known| (strsim::osa_distance(key, known), *known));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= nearest.len() / 3).then_some(nearest)
}

/// Prints a text in quotes, cut after 40 characters.
pub(super) struct Shortened<'a>(pub(super) &'a str);

impl Display for Shortened<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short: String = self.0.chars().take(40).collect();
        write!(f, "{short:?}")
    }
}
