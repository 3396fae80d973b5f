//! The marks of rates that are unconfirmed, of an earlier day, of tomorrow or of the sample: in every output and language.

use chrono::{DateTime, Utc};
use masthead::money::{Currency, Pair, Rates};
use masthead::strip::{Lang, Layout, RateItem, Strip};
use masthead::weather::{City, Weather};
use masthead::{Attribution, Freshness, FreshnessPolicy, Snapshot, SourceId};
use serde_json::Value;

use super::{NOW, content, rates, snapshot, squeezed};
use crate::support::time;

/// Almaty's midnight at the end of 2 April 2026.
const MIDNIGHT: &str = "2026-04-02T19:00:00Z";

/// The marks of a language: unconfirmed, of an earlier day, of tomorrow, of the sample.
fn words(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::En => [
            "unconfirmed",
            "rates for 3 April 2026 are not known yet",
            "from 3 April 2026",
            "Built-in sample of 13 June 2023",
        ],
        Lang::Ru => [
            "не подтверждено",
            "курсы на 3 апреля 2026\u{202f}г. пока неизвестны",
            "вступают в силу 3 апреля 2026\u{202f}г.",
            "встроенный образец от 13 июня 2023\u{202f}г.",
        ],
        Lang::Kk => [
            "расталмаған",
            "2026\u{202f}ж. 3 сәуір күнгі бағам әлі белгісіз",
            "2026\u{202f}ж. 3 сәуір күнінен бастап",
            "2023 жылғы 13 маусымның кіріктірілген үлгісі",
        ],
        Lang::KkLatn => [
            "rastalmaǵan",
            "2026\u{202f}j. 3 sáýir kúngi baǵam áli belgisiz",
            "2026\u{202f}j. 3 sáýir kúninen bastap",
            "2023 jylǵy 13 maýsymnyń kiriktirilgen úlgisi",
        ],
        Lang::ZhHans => [
            "未经确认",
            "2026年4月3日的汇率尚未获知",
            "自2026年4月3日起",
            "2023年6月13日的内置示例",
        ],
        Lang::KkArab => [
            "راستالماعان",
            "3 ءساۋىر 2026 كۇنگى باعام ءالى بەلگىسىز",
            "3 ءساۋىر 2026 كۇنىنەن باستاپ",
            "2023 جىلعى 13 ماۋسىمنىڭ كىرىكتىرىلگەن ۇلگىسى",
        ],
        _ => [
            "тасдиқланмаган",
            "3 апрель, 2026 учун курслар ҳали маълум эмас",
            "3 апрель, 2026 санасидан бошлаб",
            "2023 йил 13 июнь намунаси",
        ],
    }
}

fn layouts() -> [Layout; 3] {
    [Layout::line(), Layout::table(), Layout::page()].map(|layout| layout.isolates(false))
}

/// Every layout in every language.
fn all() -> impl Iterator<Item = (Lang, Layout)> {
    let langs = Lang::ALL.iter().copied();
    langs.flat_map(|lang| layouts().map(|layout| (lang, layout.lang(lang))))
}

fn json(strip: &Strip<'_>) -> Value {
    serde_json::from_str(&strip.json().to_string()).unwrap()
}

/// The description of a picture, which is its text, with the references of XML resolved.
fn described(svg: &str) -> String {
    let (_, rest) = svg.split_once("<desc>").unwrap();
    rest.split_once("</desc>").unwrap().0.replace("&amp;", "&")
}

/// How often text, ANSI, HTML and SVG have the words.
#[track_caller]
fn assert_said(strip: &Strip<'_>, words: &str, times: usize) {
    let outputs = [
        strip.text().to_string(),
        strip.ansi().to_string(),
        content(&strip.html().to_string()),
        described(&strip.svg().to_string()),
    ];
    for output in outputs {
        let plain = output.replace(['\u{200f}', '\u{2066}', '\u{2068}', '\u{2069}'], "");
        assert_eq!(plain.matches(words).count(), times, "{words:?} in {plain}");
    }
}

fn add(snapshot: &mut Snapshot, rates: Rates, at: &str) {
    let credit = Attribution::new("bank");
    let added = snapshot.add_rates(rates, credit, time(at));
    assert!(added.is_taken(), "{added:?}");
}

/// The rates of 2 April, the euro's and the won's not confirmed.
fn unconfirmed() -> Snapshot {
    let mut snapshot = Snapshot::default();
    let rates = rates("2026-04-02").with_unconfirmed([Currency::EUR, Currency::KRW]);
    add(&mut snapshot, rates, NOW);
    snapshot
}

/// Only the rates of 3 April, read on the evening before.
fn tomorrow() -> Snapshot {
    let mut snapshot = Snapshot::default();
    add(&mut snapshot, rates("2026-04-03"), NOW);
    snapshot
}

#[test]
fn an_unconfirmed_rate_is_said_to_be_one_in_every_output_and_language() {
    let (marked, plain) = (unconfirmed(), snapshot(220));
    let pairs = ["usd/kzt", "eur/kzt", "krw/kzt", "cny/kzt"].map(|pair| pair.parse().unwrap());
    for (lang, layout) in all() {
        let [word, ..] = words(lang);
        let layout = layout.rates([pairs]).cities([]);
        let strip = Strip::new(&marked, &layout, time(NOW));
        assert_said(&strip, word, 2);
        let html = strip.html().to_string();
        assert_eq!(html.matches(r#"data-confirmed="false""#).count(), 2);
        let rows = json(&strip)["rates"].as_array().unwrap().clone();
        let confirmed: Vec<_> = rows.iter().map(|row| row["confirmed"].clone()).collect();
        assert_eq!(
            Value::from(confirmed),
            serde_json::json!([true, false, false, null])
        );
        let items = strip.rates().map(|item| item.is_unconfirmed());
        assert_eq!(items.collect::<Vec<_>>(), [false, true, true, false]);
        assert_said(&Strip::new(&plain, &layout, time(NOW)), word, 0);
    }
}

#[test]
fn the_mark_stands_behind_the_value_and_its_change_and_no_other_row_differs() {
    let (marked, plain) = (unconfirmed(), {
        let mut snapshot = Snapshot::default();
        add(&mut snapshot, rates("2026-04-02"), NOW);
        snapshot
    });
    let pairs = ["usd/kzt", "eur/kzt", "krw/kzt"].map(|pair| pair.parse().unwrap());
    let layouts = layouts().map(|layout| layout.rates([pairs]).cities([]));
    let [line, table, page] = layouts;
    let [line, table, page] = [&line, &table, &page].map(|layout| {
        [&marked, &plain].map(|snapshot| {
            let strip = Strip::new(snapshot, layout, time(NOW));
            (strip.text().to_string(), strip.html().to_string())
        })
    });
    let [(text, _), _] = &line;
    assert!(
        text.starts_with(
            "usd/kzt 475.09 ▼ down 3.68 · eur/kzt 551.06 ▲ up 2.40, unconfirmed · \
             100 krw/kzt 31.28, unconfirmed · as of 2 April 2026"
        ),
        "{text}"
    );
    let [(text, _), _] = &table;
    let rows: Vec<_> = text.lines().take(3).collect();
    assert_eq!(
        rows,
        [
            "usd/kzt      475.09  ▼ down 3.68",
            "eur/kzt      551.06  ▲ up 2.40, unconfirmed",
            "100 krw/kzt   31.28  unconfirmed",
        ]
    );
    let [(text, _), _] = &page;
    assert!(
        text.contains(
            "\nusd/kzt 475.09 eur/kzt 551.06, unconfirmed 100 krw/kzt 31.28, unconfirmed\n"
        ),
        "{text}"
    );
    // Without the marks the bytes are those of confirmed rates.
    for [(marked, marked_html), (plain, plain_html)] in [line, table, page] {
        let unmarked = marked
            .replace("  unconfirmed", "")
            .replace(", unconfirmed", "");
        assert_eq!(unmarked, plain);
        let unmarked = marked_html
            .replace(r#" data-confirmed="false""#, "")
            .replace("<td>unconfirmed", "<td>")
            .replace(", unconfirmed", "");
        assert_eq!(unmarked, plain_html);
    }
}

#[test]
fn a_terminal_dims_what_is_unconfirmed() {
    let (snapshot, layout) = (unconfirmed(), Layout::line().isolates(false));
    let ansi = Strip::new(&snapshot, &layout, time(NOW)).ansi().to_string();
    assert!(
        ansi.contains("\u{1b}[2meur/kzt 551.06 ▲ up 2.40, unconfirmed\u{1b}[0m"),
        "{ansi}"
    );
    assert!(ansi.starts_with("\u{1b}[31musd/kzt"), "{ansi}");
}

#[test]
fn a_day_that_is_not_known_is_named_in_every_output_and_language() {
    let snapshot = snapshot(220);
    for (lang, layout) in all() {
        let [_, words, ..] = words(lang);
        let strip = |at: DateTime<Utc>| Strip::new(&snapshot, &layout, at);
        let midnight = time(MIDNIGHT);
        let before = strip(midnight - chrono::TimeDelta::seconds(1));
        assert_said(&before, words, 0);
        assert!(before.rates().all(|item| !item.is_behind()));
        // Through the whole day where the bank is, and not through the next, whose own day is named.
        for at in [midnight, midnight + chrono::TimeDelta::hours(23)] {
            assert_said(&strip(at), words, 1);
        }
        assert_said(&strip(midnight + chrono::TimeDelta::hours(24)), words, 0);
    }
}

#[test]
fn behind_is_what_is_not_fresh() {
    let snapshot = snapshot(220);
    let layout = Layout::line();
    let held = snapshot.rates(time(NOW)).unwrap();
    let behind = |at: &str| {
        let strip = Strip::new(&snapshot, &layout, time(at));
        let document = json(&strip);
        let rows = document["rates"].as_array().unwrap();
        let known: Vec<_> = rows.iter().map(|row| row["behind"].as_bool()).collect();
        let items = strip
            .rates()
            .map(|item| item.rate.map(|_| item.is_behind()));
        assert_eq!(known, items.collect::<Vec<_>>());
        assert_eq!(known[3], None, "the yuan is absent");
        assert!(known[..3].iter().all(|row| *row == known[0]));
        let fresh = FreshnessPolicy::default().of_rates(held, time(at)) == Freshness::Fresh;
        assert_eq!(known[0], Some(!fresh), "at {at}");
        known[0].unwrap()
    };
    assert!(!behind(NOW) && !behind("2026-04-02T18:59:59Z"));
    assert!(behind(MIDNIGHT) && behind("2026-04-03T20:00:00Z") && behind("2026-05-01T00:00:00Z"));
}

/// In Washington it is the 2nd still.
#[test]
fn the_day_that_is_not_known_is_the_banks_and_not_the_citys() {
    let snapshot = snapshot(220);
    let cities = City::find("washington").cloned();
    let layout = Layout::line().cities(cities).isolates(false);
    let strip = Strip::new(&snapshot, &layout, time(MIDNIGHT));
    assert_eq!(strip.today().to_string(), "2026-04-02");
    let text = strip.text().to_string();
    assert!(
        text.contains("rates for 3 April 2026 are not known yet"),
        "{text}"
    );
}

/// A holiday: the bank says on the 4th that the list of the 2nd is in force still.
#[test]
fn rates_that_the_bank_has_confirmed_for_today_are_not_behind() {
    let mut snapshot = Snapshot::default();
    let layout = Layout::line().isolates(false);
    add(&mut snapshot, rates("2026-04-02"), NOW);
    add(&mut snapshot, rates("2026-04-02"), "2026-04-04T06:00:00Z");
    let text = |at: &str| Strip::new(&snapshot, &layout, time(at)).text().to_string();
    assert!(!text("2026-04-04T18:59:00Z").contains("not known"));
    assert!(text("2026-04-04T19:00:00Z").contains("rates for 5 April 2026 are not known yet"));
}

/// The won's number of the 2nd is in doubt, so that of the 1st stands.
#[test]
fn an_older_row_is_behind_on_the_day_after_its_own() {
    let mut document = serde_json::to_value(rates("2026-04-02")).unwrap();
    document["older"] = serde_json::json!([["KRW", "2026-04-01"]]);
    document["unconfirmed"] = serde_json::json!(["KRW"]);
    document["rows"][1]["change"] = serde_json::json!("0.5");
    assert_eq!(document["rows"][1]["currency"], "KRW");
    let mut snapshot = Snapshot::default();
    add(
        &mut snapshot,
        serde_json::from_value(document).unwrap(),
        "2026-04-01T06:00:00Z",
    );
    let pairs = ["usd/kzt", "krw/kzt"].map(|pair| pair.parse().unwrap());
    let layout = Layout::table().rates([pairs]).cities([]).isolates(false);
    let behind = |at: &str| {
        let strip = Strip::new(&snapshot, &layout, time(at));
        strip
            .rates()
            .map(|item| item.is_behind())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        behind("2026-04-01T12:00:00Z"),
        [false, false],
        "all of it is of today or later"
    );
    assert_eq!(behind(NOW), [false, true]);
    assert_eq!(behind("2026-04-03T06:00:00Z"), [true, true]);
    // Everything that is to be said of it stands in one cell, each part apart.
    let text = Strip::new(&snapshot, &layout, time(NOW)).text().to_string();
    assert!(
        text.contains("100 krw/kzt   31.28  ▲ up 0.50, unconfirmed, as of 1 April 2026\n"),
        "{text}"
    );
}

#[test]
fn rates_of_tomorrow_are_shown_as_tomorrows_in_every_output_and_language() {
    let snapshot = tomorrow();
    for (lang, layout) in all() {
        let [_, _, words, _] = words(lang);
        let strip = Strip::new(&snapshot, &layout, time(NOW));
        assert_said(&strip, words, 1);
        assert_said(&strip, "475.09", 1);
        // Once their day has begun they are those in force.
        assert_said(&Strip::new(&snapshot, &layout, time(MIDNIGHT)), words, 0);
    }
}

#[test]
fn rates_of_tomorrow_stand_in_for_rates_in_force_alone() {
    let layout = Layout::line().isolates(false);
    let days = |rows: &Value| {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["day"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let mut snapshot = tomorrow();
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let document = json(&strip);
    let day = Some("2026-04-03".to_owned());
    let expected = [day.clone(), day.clone(), day, None];
    assert_eq!(days(&document["rates"]), expected);
    assert_eq!(days(&document["next"]), expected);
    assert!(strip.rates().all(|item: RateItem<'_>| !item.is_behind()));
    assert_eq!(strip.attributions().count(), 1);
    assert!(
        strip
            .text()
            .to_string()
            .contains("from 3 April 2026, National Bank of Kazakhstan, just now"),
        "{}",
        strip.text()
    );
    // A page's date is that of rates in force, else today.
    assert_eq!(strip.date().to_string(), "2026-04-02");
    let begun = Strip::new(&snapshot, &layout, time(MIDNIGHT));
    assert_eq!(begun.date().to_string(), "2026-04-03");
    assert!(begun.next().is_none());

    add(&mut snapshot, rates("2026-04-02"), NOW);
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let text = strip.text().to_string();
    assert!(
        text.contains("as of 2 April 2026") && !text.contains("3 April"),
        "{text}"
    );
    assert!(strip.next().is_some());
}

#[test]
fn the_sample_is_said_to_be_one_in_every_output_and_language() {
    let (sample, real) = (Snapshot::sample(), snapshot(220));
    let layouts = all().chain(all().map(|(lang, layout)| (lang, layout.cities([]))));
    let layouts = layouts.chain(all().map(|(lang, layout)| (lang, layout.rates([[]]))));
    for (lang, layout) in layouts {
        let [.., words] = words(lang);
        let strip = Strip::new(&sample, &layout, Snapshot::SAMPLE_TIME);
        assert!(strip.is_sample());
        assert_said(&strip, words, 1);
        assert_eq!(json(&strip)["sample"], true);
        let html = strip.html().to_string();
        assert!(html.contains(r#"data-source="sample""#) && !html.contains(r#"="fresh""#));
        let strip = Strip::new(&real, &layout, time(NOW));
        assert!(!strip.is_sample());
        assert_said(&strip, words, 0);
        assert_eq!(json(&strip)["sample"], false);
    }
}

#[test]
fn the_sample_is_fresh_at_no_time_and_behind_no_bank() {
    let (sample, layout) = (Snapshot::sample(), Layout::line());
    let policy = FreshnessPolicy::default();
    let city = City::find("astana").unwrap();
    let (rates, weather) = (
        sample.rates(Snapshot::SAMPLE_TIME).unwrap(),
        sample.weather(city.id()).unwrap(),
    );
    for hours in [-48, -1, 0, 1, 6, 24, 24 * 365] {
        let now = Snapshot::SAMPLE_TIME + chrono::TimeDelta::hours(hours);
        assert_eq!(policy.of_rates(rates, now), Freshness::Stale);
        assert!(policy.of_weather(weather, now, city.zone()) >= Freshness::Stale);
        let strip = Strip::new(&sample, &layout, now);
        assert!(
            strip
                .rates()
                .all(|item| item.freshness == Freshness::Stale && !item.is_behind())
        );
        assert!(
            strip
                .weather()
                .all(|item| item.freshness >= Freshness::Stale)
        );
        assert!(!strip.text().to_string().contains("not known"));
    }
    // With an hour that holds now too.
    let mut snapshot = Snapshot::default();
    let hours = super::weather(220).hours().to_vec();
    let weather = Weather::new(SourceId::SAMPLE, hours, []).unwrap();
    let credit = Attribution::new("sample");
    snapshot.add_weather(city.id(), city.zone(), weather, credit, time(NOW), None);
    let strip = Strip::new(&snapshot, &layout, time(NOW));
    let item = strip.weather().next().unwrap();
    assert_eq!((item.now(), item.freshness), (Some(18), Freshness::Stale));
    let table = Layout::table().conditions(true).isolates(false);
    let table = Strip::new(&snapshot, &table, time(NOW)).text().to_string();
    assert!(
        table.contains("+21…+23\u{a0}°C  light rain, outdated\n"),
        "{table}"
    );
}

#[test]
fn the_sample_is_not_shown_for_other_pairs() {
    let sample = Snapshot::sample();
    let som = |code| Pair::new(code, Currency::UZS).unwrap();
    let pairs = [som(Currency::USD), som(Currency::EUR)];
    for (lang, layout) in all() {
        let [.., words] = words(lang);
        let layout = layout.rates([pairs]).cities([]);
        let strip = Strip::new(&sample, &layout, Snapshot::SAMPLE_TIME);
        assert!(
            strip
                .rates()
                .all(|item| item.freshness == Freshness::Absent)
        );
        assert!(!strip.is_sample());
        assert_said(&strip, words, 0);
        let empty = Snapshot::default();
        let empty = Strip::new(&empty, &layout, Snapshot::SAMPLE_TIME);
        assert_eq!(
            squeezed(&strip.text().to_string()),
            squeezed(&empty.text().to_string())
        );
        assert_eq!(strip.json().to_string(), empty.json().to_string());
    }
    // One of its pairs is enough.
    let layout = Layout::line().rates([[pairs[0], Pair::USD_KZT]]);
    assert!(Strip::new(&sample, &layout, Snapshot::SAMPLE_TIME).is_sample());
}
