//! The markup that is added to a page.
//!
//! Whatever a page says, no text of it is copied into what is added: the elements have the amount's code and digits, the annotator's day and
//! currency, and words of tables. It is escaped nevertheless. A page that is ASCII gets ASCII, with references: it may be sent in any encoding
//! that extends it.

use super::super::Annotator;
use super::super::converted::Converted;
use super::super::words::Words;
use crate::prose::{Amount, Kind};
use crate::strip::{Direction, Lang};

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
    /// The markup before and after a value, by language.
    around: Vec<(Lang, [String; 2])>,
}

impl<'a> Writer<'a> {
    pub(super) const fn new(annotator: &'a Annotator, is_ascii: bool) -> Self {
        Self {
            annotator,
            is_ascii,
            around: Vec::new(),
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
    pub(super) fn converted(&mut self, converted: &Converted, lang: Lang) -> String {
        let value = escaped(&converted.to_string(), self.is_ascii);
        let is_of = |(other, _): &(Lang, _)| *other == lang;
        if !self.around.iter().any(is_of) {
            let around = self.around(lang);
            self.around.push((lang, around));
        }
        let around = self.around.iter().find(|around| is_of(around));
        around.map_or_else(String::new, |(_, [before, after])| {
            [before, value.as_str(), after].concat()
        })
    }

    fn around(&self, lang: Lang) -> [String; 2] {
        let Annotator { on, to, .. } = self.annotator;
        let (before, after) = Words::of(lang).brackets;
        let [before, after, title] =
            [before, after, &self.annotator.origin(lang)].map(|text| escaped(text, self.is_ascii));
        // A value without letters, such as `2.80 $`, would run from left to right.
        let dir = match lang.direction() {
            Direction::LeftToRight => "",
            Direction::RightToLeft => r#" dir="rtl""#,
        };
        let start = format!(
            r#"<span class="{CONVERTED}" lang="{lang}" data-on="{on}" data-to="{to}" title="{title}">{before}<bdi{dir}>"#
        );
        [start, format!("</bdi>{after}</span>")]
    }

    /// The note that names the bank and the day.
    pub(super) fn note(&self, lang: Lang) -> String {
        let dir = lang.direction().as_str();
        let note = escaped(&self.annotator.note_in(lang), self.is_ascii);
        format!(r#"<p class="{NOTE}" lang="{lang}" dir="{dir}">{note}</p>"#)
    }
}

/// Escapes text for elements and for attributes in quotes, with references in place of other characters than ASCII if `is_ascii`.
fn escaped(text: &str, is_ascii: bool) -> String {
    let escaped = htmlize::escape_all_quotes(text);
    if !is_ascii || escaped.is_ascii() {
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

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_has_no_markup() {
        let text = "\"><script>alert('Банк & Ко')</script>";
        let expected = "&quot;&gt;&lt;script&gt;alert(&apos;Банк &amp; Ко&apos;)&lt;/script&gt;";
        assert_eq!(escaped(text, false), expected);
        assert_eq!(escaped("15\u{a0}₸ <", true), "15&#160;&#8376; &lt;");
        assert_eq!(escaped("<", true), "&lt;");
    }
}
