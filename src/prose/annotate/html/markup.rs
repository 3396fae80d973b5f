//! The markup that is added to a page.

use super::super::Annotator;
use super::super::converted::Converted;
use super::super::words::Words;
use crate::prose::{Amount, Kind};
use crate::strip::Lang;

/// The class of an amount.
pub(super) const AMOUNT: &str = "masthead-amount";
/// The class of the value after it.
pub(super) const CONVERTED: &str = "masthead-converted";
/// The class of the note.
pub(super) const NOTE: &str = "masthead-amounts-note";

/// Writes markup.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    annotator: &'a Annotator,
    /// Whether text must be ASCII, because the page is: it may be in any encoding.
    is_ascii: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(annotator: &'a Annotator, page: &str) -> Self {
        Self {
            annotator,
            is_ascii: page.is_ascii(),
        }
    }

    /// The start tag around an amount.
    pub(super) fn amount(&self, amount: &Amount) -> String {
        let (currency, low) = (amount.currency().code(), amount.low());
        let high = match amount.kind() {
            Kind::Range => format!("-{}", amount.high()),
            _ => String::new(),
        };
        format!(r#"<data class="{AMOUNT}" value="{currency} {low}{high}">"#)
    }

    /// The value of an amount.
    pub(super) fn converted(&self, converted: &Converted, lang: Lang) -> String {
        let Annotator { on, to, .. } = self.annotator;
        let (before, after) = Words::of(lang).brackets;
        let [before, value, after, title] = [
            before,
            &converted.to_string(),
            after,
            &self.annotator.origin(lang),
        ]
        .map(|text| self.escaped(text));
        format!(
            r#"<span class="{CONVERTED}" lang="{lang}" data-on="{on}" data-to="{to}" title="{title}">{before}<bdi>{value}</bdi>{after}</span>"#
        )
    }

    /// The note that names the bank and the day.
    pub(super) fn note(&self, lang: Lang) -> String {
        let dir = lang.direction().as_str();
        let note = self.escaped(&self.annotator.note_in(lang));
        format!(r#"<p class="{NOTE}" lang="{lang}" dir="{dir}">{note}</p>"#)
    }

    fn escaped(&self, text: &str) -> String {
        let escaped = htmlize::escape_all_quotes(text);
        if !self.is_ascii {
            return escaped.into_owned();
        }
        let mut ascii = String::with_capacity(escaped.len() * 2);
        for c in escaped.chars() {
            if c.is_ascii() {
                ascii.push(c);
            } else {
                ascii += &format!("&#{};", u32::from(c));
            }
        }
        ascii
    }
}
