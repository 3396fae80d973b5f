//! The two files that a page loads: small, and within what AMP and a strict content security policy allow.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use masthead::strip::STYLE;

const ELEMENT: &str = include_str!("../../../src/web/masthead.js");

/// 1.5 KB.
const LIMIT: usize = 1536;

#[test]
fn the_style_and_the_element_are_small() {
    for (name, file) in [("masthead.css", STYLE), ("masthead.js", ELEMENT)] {
        let packed = gzipped(file);
        assert!(packed <= LIMIT, "{name}: {packed} bytes gzipped");
        // A file that was emptied would be small too.
        assert!(file.len() > LIMIT, "{name}: {} bytes", file.len());
    }
}

#[test]
fn the_style_overrules_nobody_and_loads_nothing() {
    for banned in [
        "!important",
        "@import",
        "url(",
        "-amp-",
        "i-amphtml",
        "behavior",
    ] {
        assert!(!STYLE.contains(banned), "{banned}");
    }
}

#[test]
fn the_element_turns_no_text_into_markup_or_code() {
    for sink in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "DOMParser",
        "setHTML",
        "document.write",
        "createContextualFragment",
        "eval(",
        "Function(",
    ] {
        assert!(!ELEMENT.contains(sink), "{sink}");
    }
}

fn gzipped(text: &str) -> usize {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap().len()
}
