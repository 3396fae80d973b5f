use chrono::NaiveDate;
use masthead::money::{Currency, Pair};
use masthead::strip::{Lang, LanguageLink, Layout};
use masthead::weather::{CityId, Condition};
use masthead::{Snapshot, SourceId};

use crate::{answer, page};

/// Reads text as browsers and site settings send it: language tags, headers, ids, labels and links.
pub fn tags(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let named = language(text);
    let accepted = header(text);
    let code = ids(text);
    printed(text);
    named || accepted || code
}

fn language(text: &str) -> bool {
    let Ok(lang) = text.parse::<Lang>() else {
        return false;
    };
    assert!(Lang::ALL.contains(&lang));
    assert_eq!(lang.to_string().parse(), Ok(lang));
    assert_eq!(
        text.to_ascii_uppercase().parse(),
        Ok(lang),
        "{text:?} in capitals"
    );
    assert_eq!(
        text.replace('_', "-").parse(),
        Ok(lang),
        "{text:?} with hyphens"
    );
    true
}

/// Checks that an accepted language is an entry of the header.
fn header(text: &str) -> bool {
    let Some(lang) = Lang::accepted(text) else {
        return false;
    };
    assert!(Lang::ALL.contains(&lang));
    let tag = |entry: &str| entry.split(';').next().unwrap_or_default().trim().parse();
    assert!(
        text.split(',').any(|entry| tag(entry) == Ok(lang)),
        "{lang} out of {text:?}"
    );
    if text.split(',').count() < 64 {
        let after_another = Lang::accepted(&format!("tlh, {text}"));
        assert_eq!(
            after_another,
            Some(lang),
            "{text:?} after an unknown language"
        );
    }
    true
}

/// Checks that an id that parses prints as a text that parses to the same id.
fn ids(text: &str) -> bool {
    fn inverse<T: std::str::FromStr + ToString + PartialEq>(text: &str) -> bool {
        text.parse::<T>().is_ok_and(|value| {
            let printed = value.to_string();
            assert!(
                printed.parse::<T>().is_ok_and(|back| back == value),
                "{text:?} by way of {printed:?}"
            );
            true
        })
    }
    inverse::<Pair>(text)
        | inverse::<Currency>(text)
        | inverse::<Condition>(text)
        | inverse::<CityId>(text)
        | inverse::<SourceId>(text)
}

/// Renders a site's own texts in every place that a page has for them.
fn printed(text: &str) {
    let lang = Lang::ALL[answer::digest(text.as_bytes()) as usize % Lang::ALL.len()];
    let link = LanguageLink::new(text.to_owned(), text.to_owned());
    let layout = Layout::page()
        .lang(lang)
        .date(NaiveDate::from_ymd_opt(2027, 3, 4).unwrap_or_default())
        .link(text.to_owned(), Some(text.to_owned().into()))
        .phone(text.to_owned())
        .languages([link.clone(), link.url(text.to_owned())]);
    page::of_layout(&Snapshot::sample(), &layout, Snapshot::SAMPLE_TIME);
}
