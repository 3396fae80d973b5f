//! Values of the amounts of HTML pages.

mod entities;
mod languages;
mod left_alone;
mod markup;
mod places;
mod repeated;
mod soup;
mod tags;

use masthead::money::Currency;
use masthead::prose::Annotator;
use masthead::strip::Lang;

use super::annotate::annotator;

/// The page with the markup that was added in short: `[amount]{value}` and `{note}`. `_` stands for a no-break space.
fn short(annotator: &Annotator, page: &str) -> String {
    let annotated = annotator.html(page.as_bytes());
    let mut rest = str::from_utf8(&annotated).unwrap();
    let mut short = String::new();
    while let Some(at) = rest.find("<data class=\"masthead-amount\"") {
        let (before, tag) = rest.split_at(at);
        short += before;
        short += "[";
        rest = &tag[tag.find('>').unwrap() + 1..];
    }
    short += rest;
    for (class, end, shown) in [
        ("<span class=\"masthead-converted\"", "</span>", ""),
        ("<p class=\"masthead-amounts-note\"", "</p>", "note"),
    ] {
        while let Some(at) = short.find(class) {
            let length = short[at..].find(end).unwrap() + end.len();
            let element = &short[at..at + length];
            let value = match shown {
                "" => {
                    let (_, value) = element.split_once("<bdi>").unwrap();
                    value.split_once("</bdi>").unwrap().0
                }
                shown => shown,
            };
            let value = format!("{{{value}}}");
            short.replace_range(at..at + length, &value);
        }
    }
    short.replace("</data>{", "]{").replace('\u{a0}', "_")
}

/// Checks pages that a Russian annotator converts into dollars.
#[track_caller]
fn check(rows: &[(&str, &str)]) {
    let annotator = annotator(Lang::Ru, Currency::USD);
    for (page, expected) in rows {
        assert_eq!(short(&annotator, page), *expected, "{page}");
    }
}

/// Checks that pages are left as they are.
#[track_caller]
fn untouched(pages: &[&str]) {
    for lang in [Lang::Ru, Lang::En, Lang::ZhHans] {
        let annotator = annotator(lang, Currency::USD);
        for page in pages {
            assert_eq!(
                short(&annotator, page),
                page.replace('\u{a0}', "_"),
                "{lang}"
            );
        }
    }
}
