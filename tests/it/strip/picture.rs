//! A parser of pictures that accepts only the elements and attributes that a picture may have.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The contents of a picture.
#[derive(Default)]
pub(super) struct Picture {
    pub(super) title: String,
    description: String,
    /// The visible text of each row.
    pub(super) rows: Vec<String>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Asserts that a picture is valid and has the words of `text`, the plain text of the same strip.
pub(super) fn checked(svg: &str, text: &str) {
    let picture = read(svg);
    let allowed = |c: char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    assert!(svg.chars().all(allowed), "not XML: {svg}");
    assert_eq!(
        picture.description,
        text.replace(['\u{fffe}', '\u{ffff}'], "")
    );
    assert_eq!(letters(&picture.rows.concat()), letters(text), "{svg}");
}

/// The characters of a text without spaces, isolates, and the dots that line breaks replace.
fn letters(text: &str) -> String {
    let said = |c: &char| {
        !c.is_whitespace()
            && !matches!(
                c,
                '·' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}'
            )
    };
    text.chars().filter(said).collect()
}

/// Parses a picture. Panics at an element or attribute that pictures do not have.
pub(super) fn read(svg: &str) -> Picture {
    let mut reader = Reader::from_str(svg);
    let mut picture = Picture::default();
    let mut open: Vec<String> = Vec::new();
    let mut last = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let name = checked_tag(&tag, &mut picture, &mut last);
                assert_eq!(name == "svg", open.is_empty(), "one root: {svg}");
                open.push(name);
            }
            Event::Empty(tag) => {
                assert_eq!(checked_tag(&tag, &mut picture, &mut last), "rect");
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(piece) => push(&mut picture, &open, &piece),
            Event::GeneralRef(entity) => {
                let character = match &*entity {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "#39" => "'",
                    other => panic!("unknown entity {other}"),
                };
                push(&mut picture, &open, character);
            }
            Event::Eof => break,
            other => panic!("{other:?} in {svg}"),
        }
    }
    assert!(open.is_empty(), "{open:?} is not closed in {svg}");
    picture
}

/// Checks the attributes of an element and returns its name.
fn checked_tag(tag: &BytesStart<'_>, picture: &mut Picture, last: &mut String) -> String {
    let name = tag.name();
    let name: &str = name.as_ref();
    let known: &[&str] = match name {
        "svg" => &[
            "xmlns",
            "class",
            "role",
            "lang",
            "xml:space",
            "direction",
            "width",
            "height",
            "viewBox",
            "fill",
            "font-size",
            "font-family",
        ],
        "title" | "desc" | "style" => &[],
        "rect" => &["class", "width", "height", "fill"],
        "text" => &["x", "y", "text-anchor"],
        "tspan" => &["class", "fill", "font-weight", "unicode-bidi"],
        other => panic!("an element {other}"),
    };
    let mut places = [0, 0];
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap();
        let key: &str = attribute.key.as_ref();
        assert!(known.contains(&key), "{key} of {name}");
        match (name, key) {
            ("svg", "width") => picture.width = attribute.value.parse().unwrap(),
            ("svg", "height") => picture.height = attribute.value.parse().unwrap(),
            ("text", "x") => places[0] = attribute.value.parse().unwrap(),
            ("text", "y") => places[1] = attribute.value.parse().unwrap(),
            _ => {}
        }
    }
    if name == "text" {
        assert!(places[0] <= picture.width && places[1] < picture.height);
        // The cells of a table line have one baseline and are one row.
        let line = places[1].to_string();
        if *last != line {
            picture.rows.push(String::new());
        }
        *last = line;
    }
    name.to_owned()
}

fn push(picture: &mut Picture, open: &[String], text: &str) {
    match open.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["svg", "title"] => picture.title.push_str(text),
        ["svg", "desc"] => picture.description.push_str(text),
        ["svg", "text", ref spans @ ..] if spans.iter().all(|name| *name == "tspan") => {
            picture.rows.last_mut().unwrap().push_str(text);
        }
        ["svg", "style"] => {}
        ref other => panic!("{text:?} in {other:?}"),
    }
}
