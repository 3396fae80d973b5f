//! Properties of every output, over random snapshots, layouts and languages.

use chrono::{TimeDelta, Utc};
use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row};
use masthead::strip::{
    DateStyle, KazakhLatin, Lang, LanguageLink, Layout, NumberStyle, PairCase, Strip, Temperatures,
    Times,
};
use masthead::weather::{Celsius, City, Condition, Daylight, Hour, Intensity, Sky, Weather};
use masthead::{Attribution, Freshness, Observed, Snapshot, SourceId};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{NOW, content, squeezed};
use crate::support::time;

const CODES: [&str; 6] = ["USD", "EUR", "RUB", "CNY", "KRW", "CHW"];

fn decimal(from: i64, to: i64) -> impl Strategy<Value = Decimal> {
    (from..to, 0_u32..8).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn rates() -> impl Strategy<Value = Option<Rates>> {
    let nominal = prop::sample::select(&[1_u32, 10, 100, 1000, 10_000][..]);
    let change = prop::option::of(decimal(-10_000_000, 10_000_000));
    let row = (
        0..CODES.len(),
        decimal(1, 1_000_000_000).prop_filter("a rate", |value| *value >= Decimal::new(1, 9)),
        nominal,
        change,
    );
    let rows = prop::collection::vec(row, 0..8);
    let source = prop::sample::select(vec![
        SourceId::NATIONAL_BANK_KZ,
        SourceId::constant("a_bank"),
        SourceId::SAMPLE,
    ]);
    let unconfirmed = prop::sample::subsequence(&CODES[..], 0..CODES.len());
    (rows, -1_i64..12, source, unconfirmed).prop_map(|(rows, days, source, unconfirmed)| {
        let publication = Publication::new(
            source,
            Currency::KZT,
            Quotation::HomePerForeign,
            time(NOW).date_naive() - TimeDelta::days(days),
            chrono_tz::Asia::Almaty,
        );
        let mut seen = Vec::new();
        let rows = rows
            .into_iter()
            .filter_map(|(code, value, nominal, change)| {
                let currency = CODES[code].parse().ok()?;
                (!seen.contains(&code)).then(|| {
                    seen.push(code);
                    Row::new(currency, value, nominal).with_change(change)
                })
            });
        let rates = Rates::new(publication, rows.collect::<Vec<_>>()).ok()?;
        Some(rates.with_unconfirmed(unconfirmed.iter().map(|code| code.parse().unwrap())))
    })
}

fn weather() -> impl Strategy<Value = Option<Weather>> {
    let sky = prop::sample::select(&[Sky::Clear, Sky::Fog, Sky::Rain, Sky::Snow, Sky::Hail][..]);
    let intensity =
        prop::sample::select(&[Intensity::Light, Intensity::Moderate, Intensity::Heavy][..]);
    let condition = (sky, intensity, any::<[bool; 3]>()).prop_map(
        |(sky, intensity, [showers, thunder, known])| {
            let condition = Condition::new(sky).with_intensity(intensity);
            let condition = if showers {
                condition.with_showers()
            } else {
                condition
            };
            let condition = if thunder {
                condition.with_thunder()
            } else {
                condition
            };
            if known {
                condition
            } else {
                Condition::unknown("\"><b>&'frogs")
            }
        },
    );
    let daylight = prop::option::of(prop::sample::select(&[Daylight::Day, Daylight::Night][..]));
    let hour = (-1000_i16..=1000, prop::option::of(condition), daylight);
    (prop::collection::vec(hour, 0..60), -30_i64..6).prop_map(|(hours, first)| {
        let hours = hours
            .into_iter()
            .zip(first..)
            .map(|((tenths, condition, daylight), hour)| {
                Hour::new(
                    time(NOW) + TimeDelta::hours(hour),
                    Celsius::from_tenths(tenths).unwrap(),
                )
                .with_condition(condition)
                .with_daylight(daylight)
            });
        Weather::new(SourceId::MET_NORWAY, hours, []).ok()
    })
}

fn snapshots() -> impl Strategy<Value = Snapshot> {
    (rates(), weather(), 0_i64..200).prop_map(|(rates, weather, age)| {
        let at = time(NOW) - TimeDelta::hours(age);
        let mut snapshot = Snapshot::default();
        let credit = Attribution::new("A \u{202e}bank &\n<sons>\u{fffd}")
            .with_url("https://bank.example/?a=1&b=2")
            .with_licence("L\u{2066}");
        if let Some(rates) = rates {
            snapshot.add_rates(rates, credit.clone(), at);
        }
        if let Some(weather) = weather {
            let city = City::find("astana").unwrap();
            snapshot.add_weather(city.id(), city.zone(), weather, credit, at, None);
        }
        snapshot
    })
}

fn layouts() -> impl Strategy<Value = Layout> {
    let lang = prop::sample::select(Lang::ALL);
    let temperatures = prop::sample::select(
        &[
            Temperatures::AroundMaximum,
            Temperatures::Range,
            Temperatures::Now,
        ][..],
    );
    let dates = prop::sample::select(&[DateStyle::Full, DateStyle::Long, DateStyle::Medium][..]);
    (lang, temperatures, dates, any::<[bool; 11]>()).prop_map(
        |(lang, temperatures, dates, flags)| {
            let [
                page,
                table,
                microdata,
                draft,
                upper,
                numbers,
                clock,
                today,
                conditions,
                links,
                own,
            ] = flags;
            let layout = match (page, table) {
                (true, _) => Layout::page(),
                (_, true) => Layout::table(),
                _ => Layout::line(),
            };
            let place = masthead::weather::Coordinates::new(1.0, 2.0).unwrap();
            let own_city = City::new(
                "own",
                "\u{202b}<Өз> & қала",
                place,
                chrono_tz::Asia::Kathmandu,
            )
            .unwrap();
            let cities = City::find("astana")
                .cloned()
                .into_iter()
                .chain(own.then_some(own_city));
            let pairs = CODES.map(|code| Pair::new(code.parse().unwrap(), Currency::KZT).unwrap());
            let layout = layout
                .rates([pairs])
                .cities(cities)
                .lang(lang)
                .temperatures(temperatures)
                .dates(dates)
                .today(today)
                .conditions(conditions)
                .isolates(true)
                .microdata(microdata)
                .kazakh_latin(if draft {
                    KazakhLatin::Draft2021
                } else {
                    KazakhLatin::Of2018
                })
                .pair_case(if upper {
                    PairCase::Upper
                } else {
                    PairCase::Lower
                })
                .numbers(if numbers {
                    NumberStyle::Locale
                } else {
                    NumberStyle::Quote
                })
                .times(if clock { Times::Clock } else { Times::Ago });
            if links {
                layout.languages(
                    Lang::ALL
                        .iter()
                        .map(|lang| LanguageLink::of(*lang).url("/?l=\"x\"&y")),
                )
            } else {
                layout
            }
        },
    )
}

/// The machine value and the text of each `<data>` of a fragment, and whether it is a fall, whose text has no sign.
fn data(html: &str) -> Vec<(Decimal, String, bool)> {
    let mut values = Vec::new();
    let pieces: Vec<_> = html.split("<data ").collect();
    for (before, piece) in pieces.iter().zip(&pieces[1..]) {
        let (_, piece) = piece.split_once("value=\"").unwrap();
        let (value, rest) = piece.split_once("\">").unwrap();
        let (text, _) = rest.split_once("</data>").unwrap();
        let fallen = before.contains('▼');
        values.push((value.parse().unwrap(), text.to_owned(), fallen));
    }
    values
}

/// Parses a visible number by the separators of the language.
fn read(text: &str, style: NumberStyle, lang: Lang) -> Decimal {
    let comma = style == NumberStyle::Locale
        && matches!(
            lang,
            Lang::Ru | Lang::Kk | Lang::KkLatn | Lang::UzCyrl | Lang::UzLatn
        );
    let plain: String = if comma {
        text.replace('\u{a0}', "").replace(',', ".")
    } else {
        text.replace(',', "")
    };
    plain
        .replace('\u{2212}', "-")
        .replace('+', "")
        .parse()
        .unwrap()
}

fn has_negative_zero(text: &str) -> bool {
    let parts = text.split(|c: char| !c.is_ascii_digit() && !"-\u{2212}.".contains(c));
    let signed = parts.filter_map(|part| part.strip_prefix(['-', '\u{2212}']));
    signed
        .map(|part| part.trim_matches('.'))
        .any(|part| !part.is_empty() && part.chars().all(|c| "0.".contains(c)))
}

#[test]
fn the_check_finds_a_negative_zero() {
    assert!(has_negative_zero("a \u{2212}0.00 b") && has_negative_zero("\"-0\""));
    assert!(!has_negative_zero(
        "-0.01 2026-04-02T00:00:00Z \u{2212}10 - 0"
    ));
}

fn isolates_are_paired(text: &str) -> bool {
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '\u{2066}'..='\u{2068}' => depth += 1,
            '\u{2069}' if depth == 0 => return false,
            '\u{2069}' => depth -= 1,
            '\n' if depth > 0 => return false,
            _ => {}
        }
    }
    depth == 0
}

proptest! {
    #[test]
    fn every_output_is_well_formed_and_shows_the_values_of_its_machine_fields(snapshot in snapshots(), layout in layouts(), minutes in -90_i64..20_000) {
        let now = time(NOW) + TimeDelta::minutes(minutes);
        let strip = Strip::new(&snapshot, &layout, now);
        let (text, ansi) = (strip.text().to_string(), strip.ansi().to_string());
        let (html, json) = (strip.html().to_string(), strip.json().to_string());
        for output in [&text, &ansi, &html, &json] {
            for banned in ["None", "NaN", "\u{fffd}", "\u{202e}", "\u{202b}"] {
                prop_assert!(!output.contains(banned), "{banned:?} in {output}");
            }
            prop_assert!(!has_negative_zero(output), "{}", output);
            prop_assert!(isolates_are_paired(output), "{}", output);
        }
        let controls = |c: char| ('\u{2066}'..='\u{2069}').contains(&c);
        prop_assert!(!html.contains(controls) && !json.contains(controls));
        let mark = '\u{200f}';
        prop_assert!(!html.contains(mark) && !json.contains(mark));
        prop_assert!(!html.contains("<sons>") && !html.contains("<b>") && !html.contains("<Өз>"), "{}", html);

        // The fragment is well formed, and its text is that of the plain text.
        prop_assert_eq!(squeezed(&content(&html)), squeezed(&text));

        super::picture::checked(&strip.svg().to_string(), &text);

        // Every visible value equals the machine's field beside it.
        let style = if layout == layout.clone().numbers(NumberStyle::Locale) {
            NumberStyle::Locale
        } else {
            NumberStyle::Quote
        };
        for (value, shown, fallen) in data(&html) {
            let back = read(&shown, style, layout.get_lang());
            prop_assert_eq!(back, if fallen { -value } else { value }, "{}", shown);
        }
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        for (row, item) in document["rates"].as_array().unwrap().iter().zip(strip.rates()) {
            let rate = item.rate;
            prop_assert_eq!(row["value"].as_str().map(str::to_owned), rate.map(|rate| rate.value().to_string()));
            prop_assert_eq!(row["nominal"].as_u64(), rate.map(|rate| rate.nominal().into()));
            let change = rate.and_then(|rate| rate.change()).filter(|change| !change.is_zero());
            let found = row["change"].as_str().map(|text| text.parse::<Decimal>().unwrap());
            prop_assert_eq!(found.filter(|found| !found.is_zero()), change);
            prop_assert_eq!(row["freshness"].as_str().unwrap(), item.freshness.as_str());
            prop_assert_eq!(row["confirmed"].as_bool(), rate.map(|rate| rate.is_confirmed()));
            prop_assert_eq!(row["behind"].as_bool(), rate.map(|_| item.is_behind()));
            prop_assert_eq!(item.is_unconfirmed(), rate.is_some_and(|rate| !rate.is_confirmed()));
            let own = item.observed.filter(|held| !held.is_sample());
            let known = own.filter(|_| rate.is_some());
            prop_assert_eq!(item.is_behind(), known.is_some() && item.freshness != Freshness::Fresh);
            prop_assert!(own.is_some() || item.freshness != Freshness::Fresh);
        }
        let unconfirmed = strip.rates().filter(|item| item.is_unconfirmed()).count();
        prop_assert_eq!(html.matches(r#" data-confirmed="false" "#).count(), unconfirmed);
        prop_assert_eq!(document["sample"].as_bool(), Some(strip.is_sample()));
        if strip.is_sample() {
            let name = layout.get_lang().source(&SourceId::SAMPLE).unwrap();
            let draft = layout == layout.clone().kazakh_latin(KazakhLatin::Draft2021);
            let name = if draft && layout.get_lang() == Lang::KkLatn { "2023 jylğy 13 mausymnyñ" } else { name };
            prop_assert!(text.contains(name), "{}", text);
        }
        for (row, item) in document["weather"].as_array().unwrap().iter().zip(strip.weather()) {
            let held = item.observed.map(Observed::value).filter(|_| item.freshness != Freshness::Absent);
            let zone = item.city.zone();
            let today = now.with_timezone(&zone).date_naive();
            let range = held.and_then(|held| held.range(today, zone));
            let maximum = held.and_then(|held| held.maximum(today, zone));
            prop_assert_eq!(row["low"].as_i64(), range.map(|range| range.low().whole().into()));
            prop_assert_eq!(row["high"].as_i64(), maximum.map(|maximum| maximum.whole().into()));
            let around = &row["around_maximum"];
            let around = around["from"].as_i64().zip(around["to"].as_i64());
            prop_assert_eq!(around, maximum.map(|maximum| {
                let maximum = i64::from(maximum.whole());
                (maximum - 1, maximum + 1)
            }));
            prop_assert_eq!(row["issued"].is_null(), held.is_none());
            prop_assert_eq!(row["now"].as_i64(), item.now().map(Into::into));
        }
        prop_assert_eq!(document["generated"].as_str().unwrap().parse::<chrono::DateTime<Utc>>().unwrap(), now);
    }
}
