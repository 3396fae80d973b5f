//! The mark of unconfirmed rates, in every output and language. `days` and `sample` test the other marks.

use masthead::money::{Currency, Rates};
use masthead::strip::{Lang, Layout, Strip};
use masthead::{Attribution, Snapshot};
use serde_json::Value;

use super::{NOW, content, rates, snapshot};
use crate::support::time;

/// The marks of a language: unconfirmed, day without known rates, of tomorrow, of the sample.
pub(super) fn words(lang: Lang) -> [&'static str; 4] {
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
        Lang::UzLatn => [
            "tasdiqlanmagan",
            "3-aprel, 2026 uchun kurslar hali maʼlum emas",
            "3-aprel, 2026 sanasidan boshlab",
            "2023 yil 13 iyun namunasi",
        ],
        _ => [
            "тасдиқланмаган",
            "3 апрель 2026 учун курслар ҳали маълум эмас",
            "3 апрель 2026 санасидан бошлаб",
            "2023 йил 13 июнь намунаси",
        ],
    }
}

pub(super) fn layouts() -> [Layout; 3] {
    [Layout::line(), Layout::table(), Layout::page()].map(|layout| layout.isolates(false))
}

/// Every layout in every language.
pub(super) fn all() -> impl Iterator<Item = (Lang, Layout)> {
    let langs = Lang::ALL.iter().copied();
    langs.flat_map(|lang| layouts().map(|layout| (lang, layout.lang(lang))))
}

pub(super) fn json(strip: &Strip<'_>) -> Value {
    serde_json::from_str(&strip.json().to_string()).unwrap()
}

/// The description of a picture with the references of XML resolved.
fn described(svg: &str) -> String {
    let (_, rest) = svg.split_once("<desc>").unwrap();
    rest.split_once("</desc>").unwrap().0.replace("&amp;", "&")
}

/// Asserts how often text, ANSI, HTML and SVG contain the words.
#[track_caller]
pub(super) fn assert_said(strip: &Strip<'_>, words: &str, times: usize) {
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

pub(super) fn add(snapshot: &mut Snapshot, rates: Rates, at: &str) {
    let credit = Attribution::new("bank");
    let added = snapshot.add_rates(rates, credit, time(at));
    assert!(added.is_taken(), "{added:?}");
}

/// Snapshots with every mark: rates unconfirmed and older, of tomorrow, of the sample.
pub(super) fn doubtful() -> [Snapshot; 3] {
    let mut document = serde_json::to_value(rates("2026-04-02")).unwrap();
    document["older"] = serde_json::json!([["EUR", "2026-04-01"]]);
    document["unconfirmed"] = serde_json::json!(["EUR", "RUB", "KRW"]);
    let marked: Rates = serde_json::from_value(document).unwrap();
    let [unconfirmed, tomorrow] = [marked, rates("2026-04-03")].map(|rates| {
        let mut snapshot = Snapshot::default();
        let credit = Attribution::new("National Bank of Kazakhstan");
        snapshot.add_rates(rates, credit, time(NOW));
        snapshot
    });
    [unconfirmed, tomorrow, Snapshot::sample()]
}

/// The rates of 2 April, with euro and won unconfirmed.
fn unconfirmed() -> Snapshot {
    let mut snapshot = Snapshot::default();
    let rates = rates("2026-04-02").with_unconfirmed([Currency::EUR, Currency::KRW]);
    add(&mut snapshot, rates, NOW);
    snapshot
}

#[test]
fn an_unconfirmed_rate_is_marked_in_every_output_and_language() {
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
fn the_mark_follows_value_and_change_and_leaves_other_rows_alone() {
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
    // Without the marks the output equals that of confirmed rates.
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
fn an_unconfirmed_rate_is_dim_in_a_terminal() {
    let (snapshot, layout) = (unconfirmed(), Layout::line().isolates(false));
    let ansi = Strip::new(&snapshot, &layout, time(NOW)).ansi().to_string();
    assert!(
        ansi.contains("\u{1b}[2meur/kzt 551.06 ▲ up 2.40, unconfirmed\u{1b}[0m"),
        "{ansi}"
    );
    assert!(ansi.starts_with("\u{1b}[31musd/kzt"), "{ansi}");
}
