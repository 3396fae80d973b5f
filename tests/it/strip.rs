//! The strip in text: fresh, ageing, stale, absent and negative values, nominals, and the three layouts.

mod assets;
mod bidi;
mod chart;
mod days;
mod golden;
mod languages;
mod marks;
mod markup;
mod numbers;
mod picture;
mod properties;
mod sample;
mod sparkline;
mod svg;
mod words;

use chrono::{DateTime, TimeDelta, Utc};
use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::strip::{Layout, PairCase, Strip, Temperatures};
use masthead::weather::{Celsius, City, Condition, Hour, Intensity, Sky, Weather};
use masthead::{Attribution, Snapshot, SourceId};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::time;

const NOW: &str = "2026-04-02T06:00:00Z";

/// A publication of the National Bank of Kazakhstan for a day: dollar, euro, rouble, and the won per 100.
fn rates(day: &str) -> Rates {
    let row = |code: &str, value: &str, nominal, change: &str| {
        Row::new(
            code.parse().unwrap(),
            parse_decimal(value).unwrap(),
            nominal,
        )
        .with_change((!change.is_empty()).then(|| parse_decimal(change).unwrap()))
    };
    let rows = [
        row("USD", "475.09", 1, "-3.68"),
        row("EUR", "551.06", 1, "2.4"),
        row("RUB", "5.4", 1, "0.00"),
        row("KRW", "31.28", 100, ""),
    ];
    let publication = Publication::new(
        SourceId::NATIONAL_BANK_KZ,
        Currency::KZT,
        Quotation::HomePerForeign,
        day.parse().unwrap(),
        chrono_tz::Asia::Almaty,
    );
    Rates::new(publication, rows).unwrap()
}

/// The hours of 2 April 2026 in Astana. `maximum`, in tenths of a degree, is reached at 15:00.
fn weather(maximum: i16) -> Weather {
    let midnight = time("2026-04-01T19:00:00Z");
    let hours = (0_i16..24).map(|hour| {
        Hour::new(
            midnight + TimeDelta::hours(i64::from(hour)),
            Celsius::from_tenths(maximum - 10 * (hour - 15).abs()).unwrap(),
        )
        .with_condition(
            Condition::new(Sky::Rain)
                .with_intensity(Intensity::Light)
                .with_showers(),
        )
    });
    Weather::new(SourceId::MET_NORWAY, hours, []).unwrap()
}

/// Rates of 2 April 2026 and the weather of that day, both fetched at [`NOW`].
fn snapshot(maximum: i16) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let bank = Attribution::new("National Bank of Kazakhstan").with_url("https://nationalbank.kz/");
    let met = Attribution::new("Data from MET Norway").with_licence("CC BY 4.0");
    let city = City::find("astana").unwrap();
    snapshot.add_rates(rates("2026-04-02"), bank, time(NOW));
    snapshot.add_weather(
        city.id(),
        city.zone(),
        weather(maximum),
        met,
        time(NOW),
        None,
    );
    snapshot
}

/// The text of a fragment of HTML, with characters for the isolates of its elements. Panics if the fragment is not
/// well formed.
fn content(html: &str) -> String {
    // In text a right-to-left line begins with a mark; in HTML `dir` has its effect.
    let mark = if html.contains(r#"class="masthead" lang="kk-Arab" dir="rtl""#) {
        "\u{200f}"
    } else {
        ""
    };
    // `meta` has no end tag.
    let html = html.split("<meta ").enumerate().map(|(index, piece)| {
        if index == 0 {
            piece
        } else {
            piece.split_once('>').unwrap().1
        }
    });
    let html: String = html.collect();
    let html = html.replace(" itemscope ", " ");
    let mut reader = Reader::from_str(&html);
    let mut text = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) if tag.name().as_ref() == "bdi" => {
                let known = tag.try_get_attribute("dir").unwrap().is_some();
                text.push(if known { '\u{2066}' } else { '\u{2068}' });
            }
            Event::End(tag) if tag.name().as_ref() == "bdi" => text.push('\u{2069}'),
            Event::End(tag) if ["p", "tr"].contains(&tag.name().as_ref()) => text.push('\n'),
            Event::End(tag) if ["th", "td"].contains(&tag.name().as_ref()) => text.push(' '),
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(entity) => text.push(match &*entity {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "#39" => '\'',
                other => panic!("unknown entity {other}"),
            }),
            Event::Eof => break,
            _ => {}
        }
    }
    let lines = text.trim_end_matches('\n').split('\n');
    let lines: Vec<_> = lines.map(|line| format!("{mark}{line}")).collect();
    lines.join("\n")
}

/// Removes the padding of columns: runs of spaces become one space, and spaces at ends of lines are removed.
fn squeezed(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let words = line.split(' ').filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The line layout as text without isolates.
fn line(snapshot: &Snapshot, now: DateTime<Utc>) -> String {
    Strip::new(snapshot, &Layout::line().isolates(false), now)
        .text()
        .to_string()
}

#[test]
fn the_page_reproduces_the_kazinform_header_character_for_character() {
    let layout = Layout::page().date("2020-12-29".parse().unwrap());
    // The sample under the name of the bank: fresh, and without the note of a sample.
    let sample = serde_json::to_string(&Snapshot::sample()).unwrap();
    let banks = sample.replace(r#""source":"sample""#, r#""source":"national_bank_kz""#);
    let model: Snapshot = serde_json::from_str(&banks).unwrap();
    let expected = "date 2020-12-29 Go to the main site\n\
                    Currency rates:\n\
                    usd/kzt 447.32 eur/kzt 482.21\n\
                    rub/kzt 5.43 cny/kzt 62.64\n\
                    Weather:\n\
                    Astana+21+23℃\n\
                    +7 701 759 90 19\n\
                    ру қз qz 中文 ق ز Ўз";
    let strip = Strip::new(&model, &layout, Snapshot::SAMPLE_TIME);
    assert_eq!(strip.text().to_string(), expected);
}

#[test]
fn a_line_has_day_source_age_and_the_direction_of_changes_in_words() {
    assert_eq!(
        line(&snapshot(220), time("2026-04-02T06:05:00Z")),
        "usd/kzt 475.09 ▼ down 3.68 · eur/kzt 551.06 ▲ up 2.40 · rub/kzt 5.40 = unchanged · cny/kzt no data · \
         as of 2 April 2026, National Bank of Kazakhstan, 5 min ago · Astana +21…+23\u{a0}°C · \
         Data from MET Norway (CC BY 4.0), 5 min ago"
    );
}

#[test]
fn the_columns_of_a_table_are_aligned_in_a_terminal() {
    use unicode_width::UnicodeWidthStr;
    let snapshot = snapshot(220);
    let pairs = ["usd/kzt", "rub/kzt", "krw/kzt", "chf/kzt"].map(|pair| pair.parse().unwrap());
    for lang in masthead::strip::Lang::ALL {
        let layout = Layout::table()
            .rates([pairs])
            .lang(*lang)
            .conditions(true)
            .isolates(false);
        let strip = Strip::new(&snapshot, &layout, time(NOW));
        let text = strip.text().to_string();
        let lines: Vec<_> = text.lines().collect();
        // The columns at which the three rates and the temperatures end on the screen; in a right-to-left line they
        // begin there.
        let ends = [
            ("475.09", 0),
            ("5.40", 1),
            ("31.28", 2),
            ("+21…+23\u{a0}°C", 4),
        ];
        let ends = ends.map(|(value, line)| {
            let (before, _) = lines[line].split_once(value).unwrap();
            let from_the_right = *lang == masthead::strip::Lang::KkArab;
            before.width() + if from_the_right { 0 } else { value.width() }
        });
        assert!(ends.iter().all(|end| *end == ends[0]), "{text}");
        assert_eq!(lines.len(), 7, "five items and two notes: {text}");
        assert!(lines.iter().all(|line| !line.ends_with(' ')), "{text}");
    }
}

#[test]
fn isolates_are_paired_and_can_be_turned_off() {
    let snapshot = snapshot(220);
    let layout = Layout::line();
    let text = Strip::new(&snapshot, &layout, time(NOW)).text().to_string();
    assert!(
        text.starts_with("\u{2066}usd/kzt 475.09\u{2069} ▼ down \u{2066}3.68\u{2069} · "),
        "{text}"
    );
    let count = |isolates: &[char]| text.chars().filter(|c| isolates.contains(c)).count();
    assert_eq!(count(&['\u{2066}', '\u{2068}']), count(&['\u{2069}']));
    let bare: String = text
        .chars()
        .filter(|c| !('\u{2066}'..='\u{2069}').contains(c))
        .collect();
    assert_eq!(bare, line(&snapshot, time(NOW)));
}

#[test]
fn old_values_are_marked_and_keep_their_place() {
    let snapshot = snapshot(220);
    let ageing = line(&snapshot, time("2026-04-03T06:00:00Z"));
    assert!(
        ageing.contains("as of 2 April 2026, National Bank of Kazakhstan, 24 h ago, rates for 3 April 2026 are not known yet ·"),
        "{ageing}"
    );
    let stale = line(&snapshot, time("2026-04-05T06:00:00Z"));
    assert!(
        stale.starts_with("usd/kzt 475.09 ▼ down 3.68 · "),
        "{stale}"
    );
    assert!(
        stale.contains("National Bank of Kazakhstan, 3 d ago, outdated, rates for 5 April 2026 are not known yet · Astana no data"),
        "{stale}"
    );
}

#[test]
fn without_data_every_place_says_no_data() {
    let empty = Snapshot::default();
    assert_eq!(
        line(&empty, time(NOW)),
        "usd/kzt no data · eur/kzt no data · rub/kzt no data · cny/kzt no data · Astana no data"
    );
    let page = Strip::new(&empty, &Layout::page(), time(NOW))
        .text()
        .to_string();
    assert!(page.contains("usd/kzt no data eur/kzt no data\nrub/kzt no data cny/kzt no data\nWeather:\nAstana no data\n"));
    assert!(
        page.starts_with("date 2026-04-02 "),
        "today where the city is: {page}"
    );
}

#[test]
fn below_zero_the_larger_magnitude_is_last() {
    let shown = |maximum| {
        let text = line(&snapshot(maximum), time(NOW));
        text.split(" · ")
            .find(|item| item.starts_with("Astana"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(shown(-190), "Astana \u{2212}18…\u{2212}20\u{a0}°C");
    assert_eq!(shown(10), "Astana 0…+2\u{a0}°C");
    assert_eq!(shown(0), "Astana \u{2212}1…+1\u{a0}°C");
    assert_eq!(shown(-10), "Astana 0…\u{2212}2\u{a0}°C");
    assert_eq!(
        shown(215),
        "Astana +21…+23\u{a0}°C",
        "halves away from zero"
    );
    let snapshot = snapshot(-190);
    let page = Strip::new(&snapshot, &Layout::page(), time(NOW))
        .text()
        .to_string();
    assert!(page.contains("\nAstana-18-20℃\n"), "{page}");
}

#[test]
fn temperatures_are_a_setting_and_fall_back_to_the_present_hour() {
    let shown = |temperatures, now: &str| {
        let layout = Layout::line().isolates(false).temperatures(temperatures);
        let snapshot = snapshot(220);
        let text = Strip::new(&snapshot, &layout, time(now)).text().to_string();
        text.split(" · ")
            .find(|item| item.starts_with("Astana"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(shown(Temperatures::Range, NOW), "Astana +7…+22\u{a0}°C");
    assert_eq!(shown(Temperatures::Now, NOW), "Astana now +18\u{a0}°C");
    // First fetched at 16:10: noon is missing, so the day's maximum is not known.
    let mut late = Snapshot::default();
    let city = City::find("astana").unwrap();
    let rest = weather(220).hours()[16..].to_vec();
    let weather = Weather::new(SourceId::MET_NORWAY, rest, []).unwrap();
    late.add_weather(
        city.id(),
        city.zone(),
        weather,
        Attribution::new("MET"),
        time("2026-04-02T11:10:00Z"),
        None,
    );
    assert!(line(&late, time("2026-04-02T11:10:00Z")).contains("Astana now +21\u{a0}°C"));
}

#[test]
fn a_nominal_other_than_one_is_printed() {
    let snapshot = snapshot(220);
    for layout in [Layout::line().isolates(false), Layout::page()] {
        let layout = layout
            .rates([["krw/kzt".parse().unwrap()]])
            .pair_case(PairCase::Upper);
        let text = Strip::new(&snapshot, &layout, time(NOW)).text().to_string();
        assert!(text.contains("100 KRW/KZT 31.28"), "{text}");
    }
}

#[test]
fn the_next_publication_takes_over_at_midnight() {
    let mut snapshot = snapshot(220);
    snapshot.add_rates(rates("2026-04-03"), Attribution::new("bank"), time(NOW));
    let layout = Layout::line();
    let today = Strip::new(&snapshot, &layout, time(NOW));
    assert!(today.text().to_string().contains("2 April 2026"));
    let next: Vec<_> = today
        .next()
        .unwrap()
        .filter_map(|item| item.rate)
        .map(|rate| rate.day().to_string())
        .collect();
    assert_eq!(next, ["2026-04-03"; 3]);
    let tomorrow = Strip::new(&snapshot, &layout, time("2026-04-02T19:00:00Z"));
    assert!(tomorrow.next().is_none() && tomorrow.text().to_string().contains("3 April 2026"));
}
