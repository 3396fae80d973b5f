//! The visual order of right-to-left lines: no number, range or date is reordered.

use masthead::strip::{Lang, Layout, Strip};
use unicode_bidi::{BidiInfo, Level};

use super::marks::doubtful;
use super::{NOW, content, snapshot, squeezed};
use crate::support::time;

/// The line in visual order, from left to right.
fn seen(line: &str) -> String {
    let info = BidiInfo::new(line, Some(Level::rtl()));
    let [paragraph] = &info.paragraphs[..] else {
        panic!("more than one paragraph: {line}");
    };
    let seen = info
        .reorder_line(paragraph, paragraph.range.clone())
        .into_owned();
    seen.replace(['\u{200f}', '\u{2066}', '\u{2068}', '\u{2069}'], "")
}

/// The contents of the isolates that begin with `opener`.
fn isolated(line: &str, opener: char) -> Vec<&str> {
    let pieces = line.split(opener).skip(1);
    pieces
        .map(|piece| piece.split('\u{2069}').next().unwrap())
        .collect()
}

fn is_arabic(letter: char) -> bool {
    ('\u{600}'..='\u{6ff}').contains(&letter)
}

/// The numbers of a text with their signs and separators, sorted.
fn numbers(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && !"+-\u{2212}.,:/".contains(c));
    let parts = parts.map(|part| part.trim_matches([',', ':', '/', '.']));
    let mut numbers: Vec<_> = parts
        .filter(|part| part.contains(|c: char| c.is_ascii_digit()))
        .collect();
    numbers.sort_unstable();
    numbers
}

/// The lines of every layout that has isolates: in every language, with temperatures above, around and below zero, and
/// with every mark.
fn lines() -> Vec<String> {
    let mut lines = Vec::new();
    for lang in Lang::ALL {
        let maxima = [220, 0, -190].map(snapshot);
        for snapshot in maxima.into_iter().chain(doubtful()) {
            for now in [NOW, "2026-04-02T13:00:00Z", "2026-04-20T06:00:00Z"] {
                let line = Layout::line().lang(*lang).today(true).conditions(true);
                let clock = line.clone().times(masthead::strip::Times::Clock);
                let page = Layout::page().lang(*lang).isolates(true);
                let table = Layout::table().lang(*lang).conditions(true);
                for layout in [line, clock, page, table] {
                    let strip = Strip::new(&snapshot, &layout, time(now));
                    let text = strip.text().to_string();
                    let html = strip.html().to_string();
                    assert_eq!(squeezed(&text), squeezed(&content(&html)), "{lang}");
                    let level = Level::rtl();
                    let own = |line: &str| BidiInfo::new(line, None).paragraphs[0].level;
                    if *lang == Lang::KkArab {
                        assert!(
                            text.lines().all(|line| own(line) == level),
                            "a line runs from the left: {text}"
                        );
                    }
                    lines.extend(text.lines().map(str::to_owned));
                }
            }
        }
    }
    lines
}

#[test]
fn values_keep_their_order_in_a_right_to_left_paragraph() {
    let lines = lines();
    for line in &lines {
        let seen = seen(line);
        for value in isolated(line, '\u{2066}') {
            assert!(seen.contains(value), "{value} is torn apart in {seen}");
        }
        // A name in left-to-right letters, such as a date, keeps its order.
        for name in isolated(line, '\u{2068}') {
            assert!(
                name.contains(is_arabic) || seen.contains(name),
                "{name} is torn apart in {seen}"
            );
        }
        assert_eq!(
            numbers(line),
            numbers(&seen),
            "a number is reordered: {seen}"
        );
    }
    assert!(lines.len() > 500, "only {} lines", lines.len());
}

#[test]
fn the_words_of_an_arabic_date_run_from_right_to_left() {
    let snapshot = snapshot(220);
    let layout = Layout::line().lang(Lang::KkArab);
    let text = Strip::new(&snapshot, &layout, time(NOW)).text().to_string();
    let dates: Vec<_> = isolated(&text, '\u{2068}')
        .into_iter()
        .filter(|name| name.contains("2026"))
        .collect();
    assert_eq!(dates, ["2 ءساۋىر 2026"]);
    let seen = seen(&text);
    let (year, day) = (seen.find("2026 ").unwrap(), seen.find(" 2 ").unwrap());
    assert!(year < day, "the day is rightmost: {seen}");
    let (first, second) = (seen.find("usd/kzt").unwrap(), seen.find("eur/kzt").unwrap());
    assert!(second < first, "the first pair is rightmost: {seen}");
}

#[test]
fn without_isolates_a_range_is_reordered_and_the_check_fails() {
    let snapshot = snapshot(220);
    let layout = Layout::line().lang(Lang::KkArab).isolates(false);
    let text = Strip::new(&snapshot, &layout, time(NOW)).text().to_string();
    assert!(text.contains("+21…+23\u{a0}°C") && !seen(&text).contains("+21…+23\u{a0}°C"));
    assert_ne!(numbers(&text), numbers(&seen(&text)));
}
