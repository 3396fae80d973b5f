//! The picture: well-formed, closed to what comes from outside, and with every word of the text.
//!
//! `MASTHEAD_BLESS=1 cargo test golden` writes the pictures anew, to be looked at.

use std::path::Path;

use chrono::{DateTime, Utc};
use masthead::strip::{Lang, LanguageLink, Layout, STYLE, Strip};
use masthead::weather::{City, Coordinates};
use masthead::{Attribution, Snapshot};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{NOW, rates, snapshot};
use crate::support::time;

/// Of the evening, when the weather is outdated, and of a week later, when all is.
const LATER: [&str; 2] = ["2026-04-02T13:00:00Z", "2026-04-09T06:00:00Z"];

fn layouts() -> [(&'static str, Layout); 3] {
    [
        ("line", Layout::line()),
        ("page", Layout::page()),
        ("table", Layout::table()),
    ]
}

/// A picture as a reader of XML finds it.
#[derive(Default)]
struct Picture {
    title: String,
    description: String,
    /// What is seen, row by row.
    rows: Vec<String>,
    width: u32,
    height: u32,
}

/// Reads a picture and holds it to what every picture must be, whatever is in it: `text` is the text of the same strip.
pub(super) fn checked(svg: &str, text: &str) {
    let picture = read(svg);
    let allowed = |c: char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    assert!(svg.chars().all(allowed), "no XML: {svg}");
    assert_eq!(
        picture.description,
        text.replace(['\u{fffe}', '\u{ffff}'], "")
    );
    assert_eq!(letters(&picture.rows.concat()), letters(text), "{svg}");
    for row in &picture.rows {
        let opened = row.matches(['\u{2066}', '\u{2068}']).count();
        assert_eq!(opened, row.matches('\u{2069}').count(), "{row}");
    }
}

/// What a text says, without spaces, isolates, and the dots that a break stands for.
fn letters(text: &str) -> String {
    let said = |c: &char| {
        !c.is_whitespace()
            && !matches!(
                c,
                '·' | '\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}'
            )
    };
    text.chars().filter(said).collect()
}

/// Reads a picture; an element or an attribute that no picture has is an error.
fn read(svg: &str) -> Picture {
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
    assert!(open.is_empty(), "{open:?} is left open in {svg}");
    picture
}

/// The name of an element of the few that a picture has, with the attributes that they have.
fn checked_tag(tag: &BytesStart<'_>, picture: &mut Picture, last: &mut String) -> String {
    let name = tag.name();
    let name: &str = name.as_ref();
    let known: &[&str] = match name {
        "svg" => &[
            "xmlns",
            "class",
            "role",
            "lang",
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
        "tspan" => &["class", "fill", "font-weight"],
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
        // The cells of a line are one row.
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
        ["svg", "text"] | ["svg", "text", "tspan"] => {
            picture.rows.last_mut().unwrap().push_str(text)
        }
        ["svg", "style"] => {}
        ref other => panic!("{text:?} in {other:?}"),
    }
}

#[test]
fn every_golden_picture_is_drawn_again() {
    let compare = |name: &str, layout: Layout, now: &str, width: u16| {
        let snapshot = snapshot(220);
        let found = Strip::new(&snapshot, &layout, time(now)).svg().width(width);
        let found = found.to_string();
        let file = format!("tests/it/strip/golden/{name}.svg");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
        if std::env::var_os("MASTHEAD_BLESS").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(&path).unwrap(), "{file}");
    };
    let table = Layout::table().conditions(true);
    compare("line.en", Layout::line(), NOW, 640);
    compare("line.kk-Arab", Layout::line().lang(Lang::KkArab), NOW, 640);
    compare("page.kk", Layout::page().lang(Lang::Kk), NOW, 640);
    compare("table.zh-Hans", table.clone().lang(Lang::ZhHans), NOW, 640);
    compare("table.kk-Arab", table.lang(Lang::KkArab), NOW, 640);
    compare("stale.ru", Layout::line().lang(Lang::Ru), LATER[1], 320);
}

#[test]
fn every_picture_has_the_words_of_the_text() {
    let mut pictures = 0;
    for (lang, (name, layout)) in Lang::ALL
        .iter()
        .flat_map(|lang| layouts().map(|l| (lang, l)))
    {
        let layout = layout.lang(*lang).conditions(true).today(true);
        for snapshot in [snapshot(220), Snapshot::sample(), Snapshot::default()] {
            for now in [NOW, LATER[0], LATER[1]] {
                let strip = Strip::new(&snapshot, &layout, time(now));
                for width in [0, 320, 640, u16::MAX] {
                    let svg = strip.svg().width(width).to_string();
                    checked(&svg, &strip.text().to_string());
                    let picture = read(&svg);
                    assert!(picture.width <= u32::from(width.max(160)), "{lang} {name}");
                    assert!(picture.title.chars().count() > 3, "{lang} {name}");
                    pictures += 1;
                }
            }
        }
    }
    assert_eq!(pictures, 7 * 3 * 3 * 3 * 4);
}

#[test]
fn a_strip_of_nothing_is_a_picture() {
    let layout = Layout::line().rates([[]]).cities([]);
    let (snapshot, now) = (Snapshot::default(), time(NOW));
    let picture = read(&Strip::new(&snapshot, &layout, now).svg().to_string());
    assert!(picture.rows.is_empty() && picture.width > 0 && picture.height > 0);
}

/// What an attacker who owns a name, a link or a label would write.
const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "</text></svg><script>alert(1)</script>",
    "\"><image href=\"https://evil.example/x\" onload=\"alert(1)\"/>",
    "' onload='alert(1)",
    "]]><![CDATA[<foreignObject>]]>",
    "</style><style>@import url(//evil.example)",
    "</desc></title><set attributeName=\"href\" to=\"javascript:alert(1)\"/>",
    "javascript:alert(1)",
    "<!--",
    "--><!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>&x;",
    "<?xml-stylesheet href=\"//evil.example/x.css\"?>",
    "&#x3c;script&#x3e; &lt;b&gt; &amp;amp; &bogus; &",
    "a\0b\u{1}c\u{b}d\u{1b}[31me\u{7f}f\u{85}g\u{fffe}h\u{ffff}i\u{fffd}j",
    "\u{202e}\u{2066}\u{2069}\u{2069}\u{200f}\u{61c}reversed\n\r\t\u{2028}line",
];

/// A strip in which every text that can come from outside is this one.
fn hostile_layout(layout: Layout, text: &'static str) -> Layout {
    let place = Coordinates::new(1.0, 2.0).unwrap();
    // What a city may be called is narrower than what may be written.
    let city = City::new("x", text, place, chrono_tz::UTC);
    layout
        .cities(city)
        .link(text, Some(text.into()))
        .phone(text)
        .languages([
            LanguageLink::new(text, text).url(text),
            LanguageLink::new("ar", "عربي"),
        ])
}

fn hostile_snapshot(text: &'static str, now: DateTime<Utc>) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let credit = Attribution::new(text)
        .link(text)
        .licence(text)
        .licence_link(text);
    snapshot.add_rates(rates("2026-04-02"), credit, now);
    snapshot
}

#[test]
fn what_came_from_outside_is_text_and_nothing_else() {
    let long: &str = "ШЖWقق中\u{301}".repeat(300).leak();
    let words: &str = "<b> & \"слово\" ".repeat(300).leak();
    for text in HOSTILE.into_iter().chain([long, words]) {
        let snapshot = hostile_snapshot(text, time(NOW));
        for (_, layout) in layouts() {
            for lang in Lang::ALL {
                let layout = hostile_layout(layout.clone().lang(*lang), text);
                let strip = Strip::new(&snapshot, &layout, time(NOW));
                for width in [160, 640] {
                    let svg = strip.svg().width(width).to_string();
                    checked(&svg, &strip.text().to_string());
                    assert!(read(&svg).width <= width.into(), "{svg}");
                }
            }
        }
    }
}

#[test]
fn a_planted_element_would_be_found() {
    let snapshot = Snapshot::sample();
    let layout = Layout::line();
    let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
    let (svg, text) = (strip.svg().to_string(), strip.text().to_string());
    checked(&svg, &text);
    for (from, to) in [
        ("<rect ", "<script/><rect "),
        ("<rect ", "<rect onload=\"x\" "),
        ("</text>", "</tspan>"),
        ("447.32\u{2069}", "447.33\u{2069}"),
        ("usd/kzt", "usd\u{1}/kzt"),
    ] {
        let planted = svg.replacen(from, to, 1);
        assert_ne!(planted, svg);
        let found = std::panic::catch_unwind(|| checked(&planted, &text));
        assert!(found.is_err(), "{to}");
    }
}

#[test]
fn the_colours_are_those_of_the_style_sheet() {
    let snapshot = snapshot(220);
    let layout = Layout::line();
    let svg = Strip::new(&snapshot, &layout, time(NOW)).svg().to_string();
    let (light, dark) = STYLE
        .split_once("@media (prefers-color-scheme: dark)")
        .unwrap();
    let colours = |sheet: &str| {
        ["ink", "quiet", "paper", "up", "down"].map(|name| {
            let (_, value) = sheet.split_once(&format!("--masthead-{name}: ")).unwrap();
            value.split_once(';').unwrap().0.to_owned()
        })
    };
    let [ink, quiet, paper, up, down] = colours(light);
    for said in [
        format!("fill=\"{ink}\" font-size"),
        format!("class=\"masthead-svg-paper\" width=\"100%\" height=\"100%\" fill=\"{paper}\""),
        format!("class=\"masthead-svg-quiet\" fill=\"{quiet}\""),
        format!("class=\"masthead-svg-up\" fill=\"{up}\">▲<"),
        format!("class=\"masthead-svg-down\" fill=\"{down}\">▼<"),
    ] {
        assert!(svg.contains(&said), "{said} is not in {svg}");
    }
    let [ink, quiet, paper, up, down] = colours(dark);
    let said = format!(
        "@media (prefers-color-scheme:dark){{.masthead-svg{{fill:{ink}}}.masthead-svg-paper{{fill:{paper}}}\
         .masthead-svg-quiet{{fill:{quiet}}}.masthead-svg-up{{fill:{up}}}.masthead-svg-down{{fill:{down}}}}}"
    );
    assert!(svg.contains(&said), "{said} is not in {svg}");
}
