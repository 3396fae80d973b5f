use std::borrow::Cow;

use masthead::strip::Lang;

use crate::annotators::{self, Day};
use crate::answer;

/// The start and the end of each insertion: before an amount, after it, and at the end of an article.
const INSERTED: [(&str, &str); 3] = [
    (r#"<data class="masthead-amount" value=""#, r#"">"#),
    (r#"<span class="masthead-converted" "#, "</span>"),
    (r#"<p class="masthead-amounts-note" "#, "</p>"),
];

/// Annotates a page: the first byte selects the language, the rest is the page.
pub fn prose_html(data: &[u8]) -> bool {
    let Some((lang, page)) = answer::choose(Lang::ALL, data) else {
        return false;
    };
    let to = annotators::target(page);
    let annotator = annotators::annotator(*lang, to, Day::First);
    let once = annotator.html(page);
    let Ok(text) = std::str::from_utf8(page) else {
        assert_eq!(once, page, "a page that is not UTF-8 is untouched");
        return false;
    };
    let once = std::str::from_utf8(&once).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    // A page in ASCII may be in another encoding.
    assert!(once.is_ascii() || !page.is_ascii(), "{text:?} {once:?}");
    if !text.contains("masthead-") {
        assert_eq!(without_values(once), text, "{once:?} without values");
    }
    let again = annotator.html(once.as_bytes());
    same(text, &again, once.as_bytes(), "the second time");
    // Another day and another currency replace the values.
    for (to, day) in [
        (to, Day::Second),
        (annotators::target(once.as_bytes()), Day::Second),
    ] {
        let other = annotators::annotator(*lang, to, day);
        same(
            text,
            &other.html(once.as_bytes()),
            &other.html(page),
            "after another day",
        );
    }
    once != text
}

fn same(page: &str, left: &Cow<'_, [u8]>, right: &[u8], when: &str) {
    let text = |bytes| String::from_utf8_lossy(bytes);
    assert!(
        **left == *right,
        "{page:?} {when}:\n{:?}\n{:?}",
        text(left),
        text(right)
    );
}

/// An annotated page without what was inserted.
fn without_values(page: &str) -> String {
    let mut rest = page;
    let mut text = String::new();
    let mut is_amount = false;
    while let Some(at) = rest.find("masthead-") {
        let found = INSERTED.iter().find_map(|(start, end)| {
            let from = at.checked_sub(start.find("masthead-")?)?;
            let inside = rest.get(from..)?.strip_prefix(start)?;
            let (_, after) = inside.split_once(end)?;
            Some((from, *start, after))
        });
        let Some((from, start, after)) = found else {
            panic!("other markup in {page:?}");
        };
        let mut before = &rest[..from];
        if start.starts_with("<span") && std::mem::take(&mut is_amount) {
            // The end tag of the amount stands directly before the value.
            before = before.strip_suffix("</data>").unwrap_or(before);
        }
        is_amount |= start.starts_with("<data");
        text += before;
        rest = after;
    }
    text + rest
}
