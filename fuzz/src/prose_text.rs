use masthead::money::Currency;
use masthead::prose::{Amount, Kind, Reader};
use masthead::strip::Lang;

use crate::annotators::{self, Day};
use crate::answer;

/// Reads and annotates a text: the first byte selects the language, the rest is the text.
pub fn prose_text(data: &[u8]) -> bool {
    let Some((lang, text)) = answer::choose(Lang::ALL, data) else {
        return false;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let amounts: Vec<Amount> = Reader::new(*lang).amounts(text).collect();
    ordered(text, &amounts);
    for amount in &amounts {
        alone(*lang, text, amount);
    }
    let to = annotators::target(text.as_bytes());
    for paragraph in text.split_inclusive("\n\n") {
        annotated(paragraph, *lang, to);
    }
    // A paragraph is annotated as it is alone.
    let annotator = annotators::annotator(*lang, to, Day::First);
    let paragraphs = text.split_inclusive("\n\n");
    let annotated: String = paragraphs
        .map(|paragraph| annotator.text(paragraph))
        .collect();
    assert_eq!(annotator.text(text), annotated);
    !amounts.is_empty()
}

/// Checks that the amounts stand in order, on boundaries of characters, and that their values fit their kinds.
fn ordered(text: &str, amounts: &[Amount]) {
    let mut end = 0;
    for amount in amounts {
        let span = amount.span();
        assert!(end <= span.start && span.start < span.end, "{amounts:?}");
        assert!(text.get(span.clone()).is_some(), "{amount:?} in {text:?}");
        assert!(amount.low() <= amount.high() && !amount.low().is_sign_negative());
        assert_eq!(amount.kind() == Kind::Range, amount.low() != amount.high());
        assert!((1..=19).contains(&amount.significant_digits()));
        end = span.end;
    }
}

/// Checks that the text of an amount is the same amount without the text around it, or has none: in «$5 млн 300)» the bracket says that the
/// digits belong together.
fn alone(lang: Lang, text: &str, amount: &Amount) {
    let surface = &text[amount.span()];
    let alone: Vec<Amount> = Reader::new(lang).amounts(surface).collect();
    let values = |amount: &Amount| (amount.currency(), amount.low(), amount.high());
    assert!(
        alone.is_empty() || matches!(&alone[..], [alone] if values(alone) == values(amount)),
        "{surface:?} in {text:?}: {amount:?}, alone {alone:?}"
    );
}

/// Checks that the annotated text is the text with values after some amounts, and that no pass adds a second value.
fn annotated(text: &str, lang: Lang, to: Currency) {
    let amounts: Vec<Amount> = Reader::new(lang).amounts(text).collect();
    let annotator = annotators::annotator(lang, to, Day::First);
    let once = annotator.text(text);
    inserted(text, &amounts, &once, lang);
    assert_eq!(annotator.text(&once), once, "{text:?} the second time");
    let later = annotators::annotator(lang, to, Day::Second);
    // A value below half a minor unit on one day may be above it on another.
    if without_values(&later.text(text), lang) == without_values(&once, lang) {
        assert_eq!(later.text(&once), once, "{text:?} on another day");
    }
}

/// The brackets around a value. Chinese ones are of full width, and the value is isolated in text from right to left.
fn brackets(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::ZhHans => ("（", "）"),
        Lang::KkArab => (" (\u{2067}", "\u{2069})"),
        _ => (" (", ")"),
    }
}

/// A text with empty brackets.
fn without_values(text: &str, lang: Lang) -> String {
    let (open, close) = brackets(lang);
    let mut parts = text.split(open);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (_, after) = part.split_once(close).unwrap_or(("", part));
        text + open + after
    })
}

/// Checks that a text without the values that were inserted directly after amounts is the original.
fn inserted(text: &str, amounts: &[Amount], once: &str, lang: Lang) {
    let (open, close) = brackets(lang);
    // The text may have such brackets itself, so there may be several ways to remove values.
    let mut ways = vec![0];
    let mut from = 0;
    for end in amounts.iter().map(|amount| amount.span().end) {
        ways.retain(|at| once[*at..].starts_with(&text[from..end]));
        let mut next = Vec::new();
        for at in &ways {
            let at = at + end - from;
            next.push(at);
            let inside = once[at..].strip_prefix(open);
            let value = inside.and_then(|inside| Some(&inside[..inside.find(close)?]));
            if let Some(value) = value.filter(|value| value.contains(|c: char| c.is_ascii_digit()))
            {
                next.push(at + open.len() + value.len() + close.len());
            }
        }
        next.dedup();
        ways = next;
        from = end;
    }
    assert!(
        ways.iter().any(|at| once[*at..] == text[from..]),
        "{text:?} is not {once:?} without values"
    );
}
