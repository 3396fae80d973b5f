//! SVG: well formed, complete, within its width, and closed to what comes from outside.

use masthead::strip::{Lang, LanguageLink, Layout, Strip};
use masthead::weather::City;
use masthead::{Attribution, Snapshot};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{NOW, rates, snapshot};
use crate::support::time;

/// The element names, the attributes, and the text within `text` of a picture, which must be well formed.
struct Picture {
    elements: Vec<String>,
    attributes: Vec<(String, String)>,
    lines: Vec<String>,
}

impl Picture {
    #[track_caller]
    fn of(svg: &str) -> Self {
        let mut reader = Reader::from_str(svg);
        reader.config_mut().check_end_names = true;
        let (mut elements, mut attributes) = (Vec::new(), Vec::new());
        let (mut lines, mut open) = (Vec::new(), Vec::new());
        loop {
            match reader
                .read_event()
                .unwrap_or_else(|error| panic!("{error}: {svg}"))
            {
                Event::Start(tag) | Event::Empty(tag) if tag.is_empty() => panic!("{svg}"),
                event @ (Event::Start(_) | Event::Empty(_)) => {
                    let (Event::Start(tag) | Event::Empty(tag)) = &event else {
                        unreachable!()
                    };
                    let name = tag.name().as_ref().to_owned();
                    for attribute in tag.attributes() {
                        let attribute = attribute.unwrap();
                        let key = attribute.key.as_ref().to_owned();
                        attributes.push((key, attribute.value.into_owned()));
                    }
                    if name == "text" {
                        lines.push(String::new());
                    }
                    elements.push(name.clone());
                    if let Event::Start(_) = event {
                        open.push(name);
                    }
                }
                Event::End(_) => _ = open.pop(),
                Event::Text(text) if open.iter().any(|name| name == "text") => {
                    lines.last_mut().unwrap().push_str(&text);
                }
                Event::GeneralRef(name) if open.iter().any(|name| name == "text") => {
                    let text = match &*name {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "#39" => "'",
                        other => panic!("{other} in {svg}"),
                    };
                    lines.last_mut().unwrap().push_str(text);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open, [""; 0], "{svg}");
        Self {
            elements,
            attributes,
            lines,
        }
    }

    fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        &found.unwrap().1
    }

    fn words(&self) -> Vec<&str> {
        words(self.lines.iter().map(String::as_str))
    }
}

/// The words of lines, without what stands between items.
fn words<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let words = lines
        .into_iter()
        .flat_map(|line| line.split([' ', '\u{2002}']));
    words.filter(|word| !matches!(*word, "" | "·")).collect()
}

fn layouts(lang: Lang) -> [Layout; 4] {
    let links = Lang::ALL
        .iter()
        .map(|lang| LanguageLink::of(*lang).url("/"));
    [
        Layout::line().lang(lang),
        Layout::line()
            .lang(lang)
            .today(true)
            .conditions(true)
            .languages(links),
        Layout::page().lang(lang).isolates(true),
        Layout::table().lang(lang).conditions(true),
    ]
}

#[test]
fn the_words_of_a_picture_are_the_words_of_text() {
    for lang in Lang::ALL {
        for layout in layouts(*lang) {
            for snapshot in [snapshot(220), snapshot(-190), Snapshot::default()] {
                for now in [NOW, "2026-04-04T06:00:00Z", "2026-04-20T06:00:00Z"] {
                    let strip = Strip::new(&snapshot, &layout, time(now));
                    let picture = Picture::of(&strip.svg().to_string());
                    let text = strip.text().to_string().replace('\u{200f}', "");
                    assert_eq!(picture.words(), words(text.lines()), "{lang} {now}");
                    assert_eq!(picture.attribute("lang"), lang.tag());
                    assert_eq!(picture.attribute("direction"), lang.direction().as_str());
                }
            }
        }
    }
}

#[test]
fn a_picture_is_as_wide_as_it_may_be_and_no_item_is_cut() {
    let snapshot = snapshot(220);
    let mut heights = Vec::new();
    for width in [320, 480, 640, 1280, 4000] {
        let layout = Layout::line();
        let svg = Strip::new(&snapshot, &layout, time(NOW))
            .svg()
            .width(width)
            .to_string();
        let picture = Picture::of(&svg);
        let [own, height] =
            ["width", "height"].map(|name| picture.attribute(name).parse::<u32>().unwrap());
        // The longest item, the note on the rates, may need more than the narrowest.
        assert!(own <= width.max(520), "{own} of {width}");
        assert_eq!(picture.attribute("viewBox"), format!("0 0 {own} {height}"));
        let rows: Vec<u32> = picture
            .attributes
            .iter()
            .filter(|(key, _)| key == "y")
            .map(|(_, y)| y.parse().unwrap())
            .collect();
        assert!(
            rows.is_sorted_by(|one, next| *next >= one + 20),
            "rows do not touch: {rows:?}"
        );
        assert!(rows.iter().all(|y| *y < height), "{rows:?} of {height}");
        heights.push(height);
    }
    assert!(
        heights.is_sorted_by(|one, next| next <= one) && heights[0] > heights[4],
        "{heights:?}"
    );
}

#[test]
fn what_comes_from_outside_is_text() {
    let attacks = [
        "<script>alert(1)</script>",
        "\"/><image href=\"https://evil.example/x\"/>",
        "]]></svg>",
        "&entity; &amp; '",
        "\u{202e}\u{2066}\u{0}\u{b}\u{fffe}\u{ffff}evil",
    ];
    for attack in attacks {
        let mut snapshot = Snapshot::default();
        let credit = Attribution::new(attack).link(attack).licence(attack);
        snapshot.add_rates(rates("2026-04-02"), credit, time(NOW));
        let base = City::find("astana").unwrap();
        let own = City::new("own", attack, base.coordinates(), base.zone()).unwrap();
        for layout in layouts(Lang::Kk) {
            let layout = layout
                .cities([base.clone(), own.clone()])
                .link(attack, Some(attack.into()))
                .phone(attack)
                .languages([LanguageLink::new(attack, attack).url(attack)]);
            let strip = Strip::new(&snapshot, &layout, time(NOW));
            let svg = strip.svg().to_string();
            let picture = Picture::of(&svg);
            let known = [
                "svg", "title", "desc", "style", "rect", "g", "text", "tspan",
            ];
            assert!(
                picture.elements.iter().all(|name| known.contains(&&**name)),
                "{svg}"
            );
            let keys = [
                "xmlns",
                "role",
                "lang",
                "width",
                "height",
                "viewBox",
                "class",
                "fill",
                "font-family",
                "font-size",
                "font-weight",
                "direction",
                "x",
                "y",
                "text-anchor",
            ];
            assert!(
                picture
                    .attributes
                    .iter()
                    .all(|(key, _)| keys.contains(&&**key)),
                "{svg}"
            );
            let forbidden = ['\u{0}', '\u{b}', '\u{202e}', '\u{fffe}', '\u{ffff}'];
            assert!(!svg.contains(forbidden), "{svg}");
        }
    }
}
