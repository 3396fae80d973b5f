//! Amounts of money in text. The sentences are our own; `tests/prose_scores.py` scores checked readings of others.

mod annotate;
#[cfg(feature = "annotate")]
mod annotate_html;
mod cells;
mod chinese;
mod english;
mod growth;
mod kazakh;
mod left_alone;
mod limits;
mod marks;
mod matrix;
mod names;
mod numbers;
mod one;
mod one_properties;
mod other_senses;
mod properties;
mod ranges;
mod russian;
mod uzbek;

use masthead::prose::Reader;
use masthead::strip::Lang;

/// The amounts of a text, each as `surface: amount`.
fn read(lang: Lang, text: &str) -> Vec<String> {
    let amounts = Reader::new(lang).amounts(text);
    amounts
        .map(|amount| format!("{}: {amount}", &text[amount.span()]))
        .collect()
}

/// Checks the amounts of each text.
#[track_caller]
fn check(lang: Lang, rows: &[(&str, &[&str])]) {
    for (text, expected) in rows {
        assert_eq!(read(lang, text), *expected, "{lang}: {text}");
    }
}

/// Checks that a text is one amount as a whole.
#[track_caller]
fn whole(lang: Lang, rows: &[(&str, &str)]) {
    for (text, amount) in rows {
        assert_eq!(read(lang, text), [format!("{text}: {amount}")], "{lang}");
    }
}

/// Checks that nothing is read.
#[track_caller]
fn nothing(lang: Lang, texts: &[&str]) {
    for text in texts {
        assert_eq!(read(lang, text), [""; 0], "{lang}: {text}");
    }
}
