//! Laws of rendered strips.

use chrono::{DateTime, Utc};
use masthead::Snapshot;
use masthead::money::Pair;
use masthead::strip::{DateStyle, KazakhLatin, Lang, Layout, PairCase, Strip, Temperatures, Times};
use masthead::weather::{City, CityId, Coordinates};

/// Renders a snapshot in every language, arrangement and format.
pub(crate) fn of_everything(snapshot: &Snapshot, now: DateTime<Utc>) {
    for choice in 0..7 * 3 {
        of_choice(snapshot, now, choice);
    }
}

/// Renders a snapshot in one language and arrangement, in every format. 21 consecutive choices cover all combinations.
pub(crate) fn of_choice(snapshot: &Snapshot, now: DateTime<Utc>, choice: u64) {
    let pick = |of: usize| usize::try_from(choice % of as u64).unwrap_or_default();
    let held = [snapshot.rates(now), snapshot.next(now)];
    let pairs = held
        .into_iter()
        .flatten()
        .flat_map(|held| held.value().iter().take(12));
    let rows = [
        [Pair::USD_KZT, Pair::EUR_KZT].to_vec(),
        pairs.map(|rate| rate.pair()).collect(),
    ];
    let layout = [Layout::line(), Layout::table(), Layout::page()][pick(3)].clone();
    let layout = layout
        .lang(Lang::ALL[pick(Lang::ALL.len())])
        .rates(rows)
        .cities(snapshot.cities().take(6).filter_map(city))
        .temperatures(
            [
                Temperatures::AroundMaximum,
                Temperatures::Range,
                Temperatures::Now,
            ][pick(3)],
        )
        .times([Times::Ago, Times::Clock][pick(2)])
        .pair_case([PairCase::Lower, PairCase::Upper][pick(2)])
        .dates([DateStyle::Full, DateStyle::Long, DateStyle::Medium][pick(3)])
        .kazakh_latin([KazakhLatin::Of2018, KazakhLatin::Draft2021][pick(2)])
        .today(choice % 3 == 1)
        .conditions(choice % 4 != 0)
        .microdata(choice % 5 != 0);
    of_layout(snapshot, &layout, now);
}

/// Renders a strip in every format: none panics, and HTML and JSON are well-formed.
pub(crate) fn of_layout(snapshot: &Snapshot, layout: &Layout, now: DateTime<Utc>) {
    let strip = Strip::new(snapshot, layout, now);
    let text = strip.text().to_string();
    isolated(&text);
    let coloured = strip.ansi().to_string();
    let colours = ["\x1b[0m", "\x1b[2m", "\x1b[1m", "\x1b[32m", "\x1b[31m"];
    let plain = colours
        .iter()
        .fold(coloured, |text, colour| text.replace(colour, ""));
    assert_eq!(plain, text, "ANSI output is the text and colours");
    balanced(&strip.html().to_string());
    let json = strip.json().to_string();
    let parsed = serde_json::from_str::<serde_json::Value>(&json);
    assert!(parsed.is_ok_and(|value| value.is_object()), "{json}");
}

/// Returns a built-in city, or one as a site could define it.
fn city(id: &CityId) -> Option<City> {
    City::find(id.as_str()).cloned().or_else(|| {
        let place = Coordinates::new(43.2, 76.9).ok()?;
        let zone = City::find("almaty")?.zone();
        City::new(id.as_str(), id.to_string(), place, zone).ok()
    })
}

/// Checks that every isolate ends on its line, and that no override changes the direction of the following text.
fn isolated(text: &str) {
    for line in text.lines() {
        let mut depth = 0_i32;
        for c in line.chars() {
            match c {
                '\u{2066}'..='\u{2068}' => depth += 1,
                '\u{2069}' => depth -= 1,
                '\u{202a}'..='\u{202e}' => panic!("an override in {line:?}"),
                c => assert!(!c.is_control(), "{c:?} in {line:?}"),
            }
            assert!(depth >= 0, "an isolate ends without a beginning: {line:?}");
        }
        assert_eq!(depth, 0, "an isolate without an end: {line:?}");
    }
}

/// Checks that tags open and close in order, attributes are quoted, and every `&` begins one of the five escapes.
fn balanced(html: &str) {
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        assert!(!rest[..at].contains(['>', '"']), "a bare mark in {rest:?}");
        rest = &rest[at..];
        if let Some(escape) = rest.strip_prefix('&') {
            escaped(escape);
            rest = escape;
            continue;
        }
        let tag = &rest[1..];
        let name: &str = tag.split([' ', '>']).next().unwrap_or_default();
        let end = attributes(tag);
        let void = matches!(name, "meta" | "link" | "br");
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{html}");
        } else if !void {
            assert!(
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()),
                "<{name}> in {html}"
            );
            assert!(!matches!(name, "script" | "style" | "iframe"), "{html}");
            open.push(name);
        }
        rest = &tag[end..];
    }
    assert!(open.is_empty(), "{open:?} left open in {html}");
}

/// Checks that `&` begins an escape.
fn escaped(after: &str) {
    let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
    assert!(
        known.iter().any(|escape| after.starts_with(escape)),
        "a bare & before {after:?}"
    );
}

/// Returns the length of a tag, its end included. Checks that quoted values contain neither `<`, `>` nor a bare `&`, and that no
/// attribute is an event handler.
fn attributes(tag: &str) -> usize {
    let mut quoted = false;
    for (at, c) in tag.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '<' => panic!("a tag in a tag: {tag:?}"),
            '&' => escaped(&tag[at + 1..]),
            '>' if !quoted => return at + 1,
            '>' => panic!("a mark in an attribute: {tag:?}"),
            ' ' if !quoted => assert!(!tag[at + 1..].starts_with("on"), "a handler in {tag:?}"),
            _ => {}
        }
    }
    panic!("a tag without an end: {tag:?}");
}
