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

/// The colours of the examples: each page has dark ones if the reader prefers them and `data-theme` does not force light, or if it forces dark.
#[test]
fn the_examples_of_own_colours_keep_the_contrast_in_all_four_combinations() {
    let examples = [
        include_str!("../../../src/strip/mod.rs"),
        include_str!("../../../src/docs/page.md"),
    ];
    for example in examples {
        let colour = |before: &str| {
            let rule = format!("{before} {{ --masthead-up: #");
            let (_, rest) = example.split_once(&rule).expect(before);
            u32::from_str_radix(&rest[..6], 16).unwrap()
        };
        let light = colour("\":root");
        let preferred = colour("(prefers-color-scheme: dark) { :root:not([data-theme=light])");
        let forced = colour("    :root[data-theme=dark]");
        assert_eq!(preferred, forced);
        for (ink, paper) in [(light, 0xff_ffff), (forced, 0x0d_1117)] {
            assert!(contrast(ink, paper) >= 4.5, "{ink:06x} on {paper:06x}");
        }
    }
    assert!(contrast(0x00_695c, 0x0d_1117) < 4.5, "a check of the check");
}

/// The contrast of two colours by WCAG.
#[allow(clippy::float_arithmetic)]
fn contrast(a: u32, b: u32) -> f64 {
    let luminance = |colour: u32| -> f64 {
        let weights = [(16, 0.2126), (8, 0.7152), (0, 0.0722)];
        let parts = weights.map(|(shift, weight)| {
            let part = f64::from(colour >> shift & 0xff) / 255.0;
            let linear = if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            };
            linear * weight
        });
        parts.iter().sum()
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
