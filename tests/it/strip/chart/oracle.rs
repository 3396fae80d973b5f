//! Reading of charts: a parser that accepts only the elements and attributes that charts have, and the levels of a path.

use std::collections::BTreeMap;

use masthead::money::parse_decimal;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rust_decimal::Decimal;

const KNOWN: [(&str, &[&str]); 25] = [
    (
        "svg",
        &[
            "xmlns",
            "class",
            "role",
            "lang",
            "xml:space",
            "width",
            "height",
            "viewBox",
            "direction",
            "color",
            "fill",
            "font-size",
            "font-family",
        ],
    ),
    ("title", &[]),
    ("desc", &[]),
    ("style", &[]),
    ("rect", &["class", "width", "height", "fill"]),
    ("text", &["x", "y", "text-anchor"]),
    ("tspan", &["unicode-bidi"]),
    (
        "path",
        &[
            "stroke",
            "stroke-opacity",
            "stroke-width",
            "stroke-linejoin",
            "fill",
            "d",
        ],
    ),
    ("g", &["class", "transform", "fill", "stroke"]),
    ("circle", &["r", "cx", "cy"]),
    ("figure", &["class", "lang", "dir"]),
    ("figcaption", &[]),
    ("p", &[]),
    ("a", &["href"]),
    ("bdi", &["dir"]),
    ("table", &["class", "lang", "dir"]),
    ("caption", &[]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tfoot", &[]),
    ("tr", &[]),
    ("th", &["scope"]),
    ("td", &["colspan"]),
    ("data", &["value"]),
    ("time", &["datetime"]),
];

/// An element with its attributes, unescaped.
type Tag = (String, BTreeMap<String, String>);

/// Parses a chart and returns its elements. Panics at an element or attribute that charts do not have.
pub(super) fn read(chart: &str) -> Vec<Tag> {
    let mut reader = Reader::from_str(chart);
    let (mut tags, mut open) = (Vec::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                open += 1;
                tags.push(checked(&tag));
            }
            Event::Empty(tag) => tags.push(checked(&tag)),
            Event::End(_) => open -= 1,
            Event::Text(_) => {}
            Event::GeneralRef(entity) => {
                assert!(
                    ["amp", "lt", "gt", "quot", "#39"].contains(&&*entity),
                    "{entity:?}"
                );
            }
            Event::Eof => break,
            other => panic!("{other:?} in {chart}"),
        }
    }
    assert_eq!(open, 0, "{chart}");
    tags
}

fn checked(tag: &BytesStart<'_>) -> Tag {
    let name = tag.name();
    let name: &str = name.as_ref();
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    let (_, known) = known.unwrap_or_else(|| panic!("an element {name}"));
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let key: &str = attribute.key.as_ref();
        assert!(known.contains(&key), "{key} of {name}");
        let value = attribute
            .value
            .replace("&quot;", "\"")
            .replace("&#39;", "'");
        let value = value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        (key.to_owned(), value)
    });
    (name.to_owned(), attributes.collect())
}

/// The values of an attribute, in order.
pub(super) fn attributes(chart: &str, key: &str) -> Vec<String> {
    let tags = read(chart).into_iter();
    tags.filter_map(|(_, mut attributes)| attributes.remove(key))
        .collect()
}

/// The cells of each row of a table's body: the machine's number, and the machine's day.
pub(super) fn cells(table: &str) -> Vec<Vec<(Option<String>, String)>> {
    let (_, body) = table.split_once("<tbody>").unwrap();
    let (body, _) = body.split_once("</tbody>").unwrap();
    let rows = body.split("<tr>").skip(1);
    rows.map(|row| {
        let cells = read(row.trim_end_matches("</tr>")).into_iter();
        let mut found: Vec<(Option<String>, String)> = Vec::new();
        for (name, attributes) in cells {
            match name.as_str() {
                "th" | "td" => found.push((None, String::new())),
                "data" => found.last_mut().unwrap().0 = Some(attributes["value"].clone()),
                "time" => found.last_mut().unwrap().1 = attributes["datetime"].clone(),
                _ => {}
            }
        }
        found
    })
    .collect()
}

/// The level of each day in the path of a panel, from the top.
pub(super) fn levels(svg: &str, panel: usize, days: usize) -> Vec<Option<Decimal>> {
    let tags = read(svg);
    let is_line = |tag: &&Tag| tag.1.contains_key("stroke-linejoin");
    let path = &tags.iter().filter(is_line).nth(panel).unwrap().1["d"];
    let number = |text: &str| parse_decimal(text).unwrap();
    let axis = tags
        .iter()
        .find_map(|(_, attributes)| attributes.get("d"))
        .unwrap();
    let width = number(axis.split(['h', 'M']).nth(2).unwrap());
    let mut drawn = vec![None; days];
    let (mut x, mut y) = (Decimal::ZERO, Decimal::ZERO);
    let starts = path.char_indices().filter(|(_, c)| c.is_ascii_alphabetic());
    for (start, command) in starts {
        let rest = &path[start + 1..];
        let end = rest.find(|c: char| c.is_ascii_alphabetic());
        let numbers: Vec<Decimal> = rest[..end.unwrap_or(rest.len())]
            .split(' ')
            .map(number)
            .collect();
        match (command, &numbers[..]) {
            ('M', [to_x, to_y]) => (x, y) = (*to_x, *to_y),
            ('V', [to]) => y = *to,
            ('H', [to]) => {
                for (index, level) in drawn.iter_mut().enumerate() {
                    let middle = width * Decimal::from(2 * index + 1) / Decimal::from(2 * days);
                    if x < middle && middle < *to {
                        *level = Some(y);
                    }
                }
                x = *to;
            }
            other => panic!("{other:?} in {path}"),
        }
    }
    drawn
}

/// Asserts that levels and values have one linear relation, within a third of a pixel, and the same gaps.
pub(super) fn assert_drawn(levels: &[Option<Decimal>], values: &[Option<Decimal>]) {
    let known = levels.iter().zip(values).filter_map(|pair| match pair {
        (Some(level), Some(value)) => Some((*level, *value)),
        (None, None) => None,
        other => panic!("{other:?} of {levels:?}"),
    });
    let known: Vec<(Decimal, Decimal)> = known.collect();
    let low = *known.iter().min_by_key(|(_, value)| *value).unwrap();
    let high = *known.iter().max_by_key(|(_, value)| *value).unwrap();
    assert!(
        low.0 > high.0 + Decimal::from(20),
        "higher rates are higher in the picture: {levels:?}"
    );
    for (level, value) in known {
        let expected = low.0 + (high.0 - low.0) * (value - low.1) / (high.1 - low.1);
        assert!(
            (level - expected).abs() < Decimal::new(3, 1),
            "{level} for {expected}"
        );
    }
}
