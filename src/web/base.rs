//! The path that a service is mounted at.

use std::sync::Arc;

use super::kept::InvalidService;

/// The characters of a segment beside letters, digits and percent-encoded bytes: those of RFC 3986, without the ones that mean something in HTML.
const OTHERS: &str = "-._~!$()*+,;=:@";

/// Checks a path and returns it with a slash at its beginning and without one at its end, or an empty text for the root.
pub(super) fn parse(base: &str) -> Result<Arc<str>, InvalidService> {
    let inner = base.trim_matches('/');
    if inner.is_empty() {
        return Ok(Arc::from(""));
    }
    match inner.split('/').find_map(fault) {
        Some(fault) => Err(InvalidService::Base {
            base: base.chars().take(80).collect(),
            fault,
        }),
        None => Ok(format!("/{inner}").into()),
    }
}

/// The first fault of a segment.
fn fault(segment: &str) -> Option<String> {
    if segment.is_empty() {
        return Some("an empty segment".into());
    }
    // Browsers resolve an encoded dot as a dot.
    if matches!(
        segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
        "." | ".."
    ) {
        return Some(format!("the segment {segment:?}"));
    }
    let mut rest = segment.chars();
    while let Some(character) = rest.next() {
        let is_encoded = character == '%' && {
            let mut digits = rest.by_ref().take(2);
            digits.by_ref().filter(char::is_ascii_hexdigit).count() == 2
        };
        if !(is_encoded || character.is_ascii_alphanumeric() || OTHERS.contains(character)) {
            return Some(format!("the character {character:?}"));
        }
    }
    None
}
