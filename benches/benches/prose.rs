//! Amounts in text: text without amounts, sentences with amounts, and an article of 100 kB annotated.
//!
//! The article runs beside the HTML rewriter alone, with and without a handler of the text. `benches/prose.sh` runs price-parser beside the
//! reader.

#![allow(clippy::print_stdout)]

use std::fmt::Write as _;
use std::hint::black_box;

use chrono::{DateTime, Utc};
use lol_html::html_content::TextChunk;
use lol_html::{DocumentContentHandlers, HtmlRewriter, Settings};
use masthead::SourceId;
use masthead::ledger::{Feed, Ledger, Record, Sighting, View};
use masthead::money::{Currency, Row, parse_decimal};
use masthead::prose::{Annotator, Reader};
use masthead::strip::Lang;
use masthead::ticker::Bank;
use masthead_benches::race::{Race, is_test};

const ROUNDS: usize = 101;
/// The length of a text without amounts, and of the article.
const TEXT: usize = 64 << 10;
const ARTICLE: usize = 100_000;
const AMOUNTS: usize = 50;

/// Text without amounts in each language. `{}` is a number without a unit, so that no part repeats exactly.
const PLAIN: [(&str, Lang, &str); 8] = [
    (
        "English",
        Lang::En,
        "The new school in district {} opens next week, and its teachers have visited the villages along the river. Buses will leave \
         at 8:15, said the mayor, who thanked everybody for their patience. ",
    ),
    (
        "Russian",
        Lang::Ru,
        "В районе {} на следующей неделе откроется новая школа, и её учителя уже побывали в сёлах вдоль реки. Автобусы будут \
         отправляться в 8:15, сообщил аким, поблагодарив жителей за терпение. ",
    ),
    (
        "Kazakh",
        Lang::Kk,
        "Келесі аптада {} ауданында жаңа мектеп ашылады, оның мұғалімдері өзен бойындағы ауылдарды аралап шықты. Автобустар \
         таңертең 8:15-те жүреді, деді әкім тұрғындарға шыдамдылығы үшін алғыс айтып. ",
    ),
    (
        "Kazakh, Latin",
        Lang::KkLatn,
        "Kelesi aptada {} aýdanynda jańa mektep ashylady, onyń muǵalimderi ózen boıyndaǵy aýyldardy aralap shyqty. Avtobýstar \
         tańerteń 8:15-te júredi, dedi ákim turǵyndarǵa shydamdylyǵy úshin alǵys aıtyp. ",
    ),
    (
        "Kazakh, Arabic",
        Lang::KkArab,
        "كەلەسى اپتادا {} اۋدانىندا جاڭا مەكتەپ اشىلادى، ونىڭ مۇعالىمدەرى وزەن بويىنداعى اۋىلداردى ارالاپ شىقتى. \
         اۆتوبۋستار تاڭەرتەڭ جۇرەدى، دەدى اكىم تۇرعىندارعا العىس ايتىپ. ",
    ),
    (
        "Chinese",
        Lang::ZhHans,
        "第{}区的新学校将于下周开学，教师们已经走访了沿河的村庄。市长说，公共汽车每天早上八点发车，他感谢居民的耐心和支持。\
         天气预报说，山区的气温将继续下降，司机应当注意安全。",
    ),
    (
        "Uzbek",
        Lang::UzCyrl,
        "Келаси ҳафта {} туманида янги мактаб очилади, унинг ўқитувчилари дарё бўйидаги қишлоқларга бориб келишди. Автобуслар \
         эрталаб 8:15 да жўнайди, деди ҳоким аҳолига сабр-тоқати учун раҳмат айтиб. ",
    ),
    (
        "Uzbek, Latin",
        Lang::UzLatn,
        "Kelasi hafta {} tumanida yangi maktab ochiladi, uning oʻqituvchilari daryo boʻyidagi qishloqlarga borib kelishdi. \
         Avtobuslar ertalab 8:15 da joʻnaydi, dedi hokim aholiga sabr-toqati uchun rahmat aytib. ",
    ),
];

/// Sentences with two amounts each.
const SENTENCES: [(&str, Lang, &str); 8] = [
    (
        "English",
        Lang::En,
        "The bridge over the river cost US$1.2 million, about KZT540mn, the ministry said on Friday.",
    ),
    (
        "Russian",
        Lang::Ru,
        "Мост через реку обошёлся в 540 млн тенге, а дорога к нему — не менее чем в 12,5 млн долларов.",
    ),
    (
        "Kazakh",
        Lang::Kk,
        "Өзен арқылы өтетін көпірге 540 млн теңге жұмсалды, ал оған баратын жолға он екі миллион доллардан астам.",
    ),
    (
        "Kazakh, Latin",
        Lang::KkLatn,
        "Ózen arqyly ótetin kópirge 540 mln teńge jumsaldy, al oǵan baratyn jolǵa on eki mıllıon dollardan astam.",
    ),
    (
        "Kazakh, Arabic",
        Lang::KkArab,
        "وزەن ارقىلى وتەتىن كوپىرگە 540 ميلليون تەڭگە جۇمسالدى، ال وعان باراتىن جولعا 12 ميلليون دوللار.",
    ),
    (
        "Chinese",
        Lang::ZhHans,
        "这座跨河大桥耗资约5.4亿坚戈，通往大桥的道路耗资超过1250万美元。",
    ),
    (
        "Uzbek",
        Lang::UzCyrl,
        "Дарё устидаги кўприк 540 млн сўмга қурилди, унга олиб борадиган йўл эса 12,5 млн долларга тушди.",
    ),
    (
        "Uzbek, Latin",
        Lang::UzLatn,
        "Daryo ustidagi koʻprik 540 mln soʻmga qurildi, unga olib boradigan yoʻl esa 12,5 mln dollarga tushdi.",
    ),
];

fn main() {
    println!("{}", plain());
    println!("{}", sentences());
    println!("{}", article());
}

/// Text of a length, in which each sentence has another number.
fn text(pattern: &str, length: usize) -> String {
    let mut text = String::with_capacity(length + pattern.len());
    for number in 1.. {
        if text.len() >= length {
            break;
        }
        text += &pattern.replace("{}", &number.to_string());
    }
    text
}

/// The time for each byte: 3.3 ns are 0.3 GB/s.
fn plain() -> String {
    let texts = PLAIN.map(|(name, lang, pattern)| (name, Reader::new(lang), text(pattern, TEXT)));
    let mut race = Race::new("text without amounts, each byte");
    for (name, reader, text) in &texts {
        assert_eq!(reader.amounts(text).count(), 0, "{name}");
        race.add(name, String::new(), text.len(), move || {
            black_box(reader.amounts(black_box(text)).count());
        });
    }
    race.finish(ROUNDS)
}

fn sentences() -> String {
    let mut race = Race::new("a sentence with two amounts");
    for (name, lang, text) in SENTENCES {
        let reader = Reader::new(lang);
        assert_eq!(reader.amounts(text).count(), 2, "{name}");
        race.add(name, String::new(), 1, move || {
            black_box(reader.amounts(black_box(text)).count());
        });
    }
    race.finish(ROUNDS)
}

/// A page of a news site in Russian with amounts in some of its paragraphs.
fn page() -> String {
    let (_, _, plain) = PLAIN[1];
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"ru\"><head><meta charset=\"utf-8\"><title>Новости</title></head><body>\n\
         <nav><a href=\"/\">Главная</a> <a href=\"/ru/\">Русский</a></nav>\n<article><h1>Новая школа</h1>\n",
    );
    for number in 1.. {
        if page.len() >= ARTICLE {
            break;
        }
        let sentences = plain.replace("{}", &number.to_string());
        let _ = write!(
            page,
            "<p>{sentences}<a href=\"/ru/news/{number}\">Подробнее</a>, <em>как сообщалось</em> ранее."
        );
        if page.len() * AMOUNTS / ARTICLE > page.matches("тенге").count() {
            let _ = write!(
                page,
                " На это выделят <strong>{number},5&nbsp;млн тенге</strong>."
            );
        }
        page += "</p>\n";
    }
    page + "</article>\n</body></html>\n"
}

fn annotator() -> Annotator {
    let now: DateTime<Utc> = "2026-04-02T06:00:00Z".parse().expect("an instant");
    let bank = Bank::national_bank_kz();
    let dollar = parse_decimal("475.09").expect("a number");
    let rows = [Row::new(Currency::USD, dollar, 1)];
    let rates = bank.published(now.date_naive(), rows).expect("rates");
    let sighting = Sighting::of_rates(bank.id(), Feed::OfDay, now.date_naive(), rates, now);
    let ledger: Ledger = [Record::from(sighting)].into_iter().collect();
    let history = ledger.history(now, &View::new(SourceId::NATIONAL_BANK_KZ));
    Annotator::new(&history, now.date_naive(), Currency::USD, Lang::Ru).expect("rates of the day")
}

/// The rewriter with a handler of all text that does nothing, or without one. Returns the bytes of its output.
fn rewritten(page: &[u8], has_handler: bool) -> Vec<u8> {
    let mut output = Vec::with_capacity(page.len());
    let mut settings = Settings::new();
    if has_handler {
        let handlers = DocumentContentHandlers::default().text(|_: &mut TextChunk<'_>| Ok(()));
        settings = settings.append_document_content_handler(handlers);
    }
    let mut rewriter = HtmlRewriter::new(settings, |part: &[u8]| output.extend_from_slice(part));
    rewriter.write(page).expect("a page");
    rewriter.end().expect("a page");
    output
}

fn article() -> String {
    let page = page();
    let page = page.as_bytes();
    let annotator = annotator();
    let annotated = annotator.html(page);
    let values = String::from_utf8_lossy(&annotated)
        .matches("masthead-converted")
        .count();
    assert!(values.abs_diff(AMOUNTS) <= 1, "{values} values");
    assert!(rewritten(page, true) == page && rewritten(page, false) == page);
    let title = format!("a page of {} bytes with {values} amounts", page.len());
    let mut race = Race::new(title);
    race.add("rewriter with a text handler", String::new(), 1, || {
        black_box(rewritten(black_box(page), true));
    });
    race.add("annotator", String::new(), 1, || {
        black_box(annotator.html(black_box(page)));
    });
    race.add("rewriter without a handler", String::new(), 1, || {
        black_box(rewritten(black_box(page), false));
    });
    race.finish(if is_test() { 1 } else { ROUNDS })
}
