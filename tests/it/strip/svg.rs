//! The picture: well formed, with text from outside escaped, and with every word of the text.
//!
//! `MASTHEAD_BLESS=1 cargo test golden` rewrites the golden pictures; look at them.

use std::path::Path;

use chrono::{DateTime, Utc};
use masthead::strip::{Lang, LanguageLink, Layout, STYLE, Strip};
use masthead::weather::{City, Coordinates};
use masthead::{Attribution, Snapshot};

use super::marks::doubtful;
use super::picture::{checked, read};
use super::{NOW, rates, snapshot};
use crate::support::time;

/// The evening, when the weather is stale, and a week later, when the rates are too.
const LATER: [&str; 2] = ["2026-04-02T13:00:00Z", "2026-04-09T06:00:00Z"];

fn layouts() -> [(&'static str, Layout); 3] {
    [
        ("line", Layout::line()),
        ("page", Layout::page()),
        ("table", Layout::table()),
    ]
}

#[test]
fn every_golden_picture_is_reproduced() {
    let draw = |name: &str, snapshot: &Snapshot, layout: Layout, now: &str, width: u16| {
        let found = Strip::new(snapshot, &layout, time(now)).svg().width(width);
        let found = found.to_string();
        let file = format!("it/strip/golden/{name}.svg");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
        if std::env::var_os("MASTHEAD_BLESS").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(&path).unwrap(), "{file}");
    };
    let known = snapshot(220);
    let compare = |name, layout, now, width| draw(name, &known, layout, now, width);
    let table = Layout::table().conditions(true);
    let [unconfirmed, tomorrow, sample] = doubtful();
    let narrow = Layout::table().lang(Lang::Ru).cities([]);
    draw("unconfirmed.ru", &unconfirmed, narrow, NOW, 320);
    draw(
        "tomorrow.uz-Cyrl",
        &tomorrow,
        Layout::page().lang(Lang::UzCyrl),
        NOW,
        320,
    );
    draw(
        "sample.kk-Arab",
        &sample,
        Layout::page().lang(Lang::KkArab),
        NOW,
        320,
    );
    compare("line.en", Layout::line(), NOW, 640);
    compare("line.uz-Latn", Layout::line().lang(Lang::UzLatn), NOW, 640);
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
        let known = [snapshot(220), Snapshot::default()];
        for snapshot in known.into_iter().chain(doubtful()) {
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
    assert_eq!(pictures, 8 * 3 * 5 * 3 * 4);
}

#[test]
fn each_value_and_each_name_stands_in_an_isolate() {
    let snapshot = snapshot(220);
    let layout = Layout::line().lang(Lang::KkArab);
    let svg = Strip::new(&snapshot, &layout, time(NOW)).svg().to_string();
    for isolated in [
        " direction=\"rtl\" ",
        "<tspan unicode-bidi=\"plaintext\">\u{200e}usd/kzt 475.09</tspan> ",
        "<tspan unicode-bidi=\"plaintext\">\u{200e}+21…+23\u{a0}°C</tspan>",
        "<tspan unicode-bidi=\"plaintext\">CC BY 4.0</tspan>",
    ] {
        assert!(svg.contains(isolated), "{isolated} is not in {svg}");
    }
    // With a second `direction` a browser would put a text on the other side of its place.
    assert_eq!(svg.matches("direction=").count(), 1, "{svg}");
    let text = Strip::new(&snapshot, &layout, time(NOW)).text().to_string();
    assert_eq!(
        svg.matches("unicode-bidi=").count(),
        text.matches(['\u{2066}', '\u{2068}']).count()
    );
}

#[test]
fn an_empty_strip_is_a_picture_without_rows() {
    let layout = Layout::line().rates([[]]).cities([]);
    let (snapshot, now) = (Snapshot::default(), time(NOW));
    let picture = read(&Strip::new(&snapshot, &layout, now).svg().to_string());
    assert!(picture.rows.is_empty() && picture.width > 0 && picture.height > 0);
}

/// Texts of an attacker who controls a name, a link or a label.
pub(super) const HOSTILE: [&str; 14] = [
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

/// A layout in which every text from outside is `text`.
fn hostile_layout(layout: Layout, text: &'static str) -> Layout {
    let place = Coordinates::new(1.0, 2.0).unwrap();
    // Some of the texts are refused as the name of a city.
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
        .with_url(text)
        .with_licence(text)
        .with_licence_url(text);
    snapshot.add_rates(rates("2026-04-02"), credit, now);
    snapshot
}

#[test]
fn text_from_outside_stays_text() {
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
fn the_check_finds_planted_elements() {
    let snapshot = Snapshot::sample();
    let layout = Layout::line();
    let strip = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME);
    let (svg, text) = (strip.svg().to_string(), strip.text().to_string());
    checked(&svg, &text);
    for (from, to) in [
        ("<rect ", "<script/><rect "),
        ("<rect ", "<rect onload=\"x\" "),
        ("</text>", "</tspan>"),
        ("447.32</tspan>", "447.33</tspan>"),
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
            let (_, value) = sheet
                .split_once(&format!("--_{name}: var(--masthead-{name}, "))
                .unwrap();
            value.split_once(')').unwrap().0.to_owned()
        })
    };
    let [ink, quiet, paper, up, down] = colours(light);
    for said in [
        format!("direction=\"ltr\" fill=\"{ink}\""),
        format!("class=\"masthead-svg-paper\" width=\"100%\" height=\"100%\" fill=\"{paper}\""),
        format!("class=\"masthead-svg-quiet\" fill=\"{quiet}\""),
        format!("class=\"masthead-svg-up\" fill=\"{up}\">▲<"),
        format!("class=\"masthead-svg-down\" fill=\"{down}\">▼<"),
    ] {
        assert!(svg.contains(&said), "{said} is not in {svg}");
    }
    let (by_screen, by_site) = dark.split_once(":where([data-theme=dark])").unwrap();
    assert_eq!(colours(by_screen), colours(by_site));
    let [ink, quiet, paper, up, down] = colours(by_screen);
    let said = format!(
        "@media (prefers-color-scheme:dark){{.masthead-svg{{fill:{ink}}}.masthead-svg-paper{{fill:{paper}}}\
         .masthead-svg-quiet{{fill:{quiet}}}.masthead-svg-up{{fill:{up}}}.masthead-svg-down{{fill:{down}}}}}"
    );
    assert!(svg.contains(&said), "{said} is not in {svg}");
}
