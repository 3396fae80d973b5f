//! The two files that a page loads: their size, and the rules of AMP and of a strict content security policy.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use masthead::strip::STYLE;

const ELEMENT: &str = include_str!("../../../src/web/masthead.js");

/// The greatest size with gzip, in bytes.
const LIMIT: usize = 1536;

#[test]
fn style_and_element_have_at_most_1536_bytes_with_gzip() {
    for (name, file) in [("masthead.css", STYLE), ("masthead.js", ELEMENT)] {
        let packed = gzipped(file);
        assert!(packed <= LIMIT, "{name}: {packed} bytes gzipped");
        // An empty file would pass the check above.
        assert!(file.len() > LIMIT, "{name}: {} bytes", file.len());
    }
}

#[test]
fn the_style_overrides_no_other_rule_and_loads_no_file() {
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
fn the_element_does_not_parse_text_as_markup_or_code() {
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
