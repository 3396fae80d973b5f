//! Values of amounts in another currency.

mod rounding;
mod stated;
mod words;

use masthead::SourceId;
use masthead::ledger::{Feed, History, Ledger, Sighting, View};
use masthead::money::{Currency, Publication, Quotation, Rates, Row};
use masthead::prose::Annotator;
use masthead::strip::Lang;
use rust_decimal::Decimal;

use crate::support::{day, time};

pub(super) const DAY: &str = "2023-06-13";

/// The rates of one day: tenge for one dollar, euro, ruble, yuan, som, sum and yen.
pub(super) fn history() -> History {
    history_of([
        (Currency::USD, "447.32", 1),
        (Currency::EUR, "482.21", 1),
        (Currency::RUB, "5.43", 1),
        (Currency::CNY, "62.64", 1),
        (Currency::KGS, "5.09", 1),
        (Currency::UZS, "39.10", 1000),
        (Currency::JPY, "32.06", 10),
    ])
}

pub(super) fn history_of<const N: usize>(rows: [(Currency, &str, u32); N]) -> History {
    let rows = rows.map(|(currency, value, nominal)| {
        Row::new(currency, value.parse::<Decimal>().unwrap(), nominal)
    });
    let rates = Rates::new(head(), rows).unwrap();
    let mut ledger = Ledger::default();
    let now = time("2023-06-13T06:00:00Z");
    let bank = SourceId::NATIONAL_BANK_KZ;
    ledger.insert(Sighting::of_rates(
        bank.clone(),
        Feed::OfDay,
        day(DAY),
        rates,
        now,
    ));
    ledger.history(now, &View::new(bank))
}

fn head() -> Publication {
    let bank = SourceId::NATIONAL_BANK_KZ;
    let zone = chrono_tz::Asia::Almaty;
    Publication::new(
        bank,
        Currency::KZT,
        Quotation::HomePerForeign,
        day(DAY),
        zone,
    )
}

pub(super) fn annotator(lang: Lang, to: Currency) -> Annotator {
    Annotator::new(&history(), day(DAY), to, lang).unwrap()
}

/// Checks annotated texts. `_` in the expected text is a no-break space.
#[track_caller]
fn check(lang: Lang, to: Currency, rows: &[(&str, &str)]) {
    let annotator = annotator(lang, to);
    for (text, expected) in rows {
        assert_eq!(
            annotator.text(text).replace('\u{a0}', "_"),
            *expected,
            "{lang}: {text}"
        );
    }
}

/// Checks that a text is left as it is.
#[track_caller]
fn untouched(lang: Lang, to: Currency, texts: &[&str]) {
    for text in texts {
        assert_eq!(annotator(lang, to).text(text), *text, "{lang}");
    }
}

#[test]
fn a_day_without_rates_has_no_annotator() {
    let error = Annotator::new(&history(), day("2023-06-12"), Currency::USD, Lang::Ru);
    assert_eq!(
        error.unwrap_err().to_string(),
        "no rates of national_bank_kz are known for 2023-06-12, the first ones are of 2023-06-13"
    );
}

#[test]
fn a_currency_without_a_rate_is_left_alone() {
    untouched(
        Lang::Ru,
        Currency::USD,
        &["Штраф в 5 млн фунтов.", "Цена: 100 GBP"],
    );
    untouched(Lang::Ru, Currency::GBP, &["Штраф в 5 млн тенге."]);
}

#[test]
fn the_note_names_bank_and_day_in_each_language() {
    let notes = Lang::ALL
        .iter()
        .map(|lang| annotator(*lang, Currency::USD).note());
    assert_eq!(
        notes.collect::<Vec<_>>(),
        [
            "Converted at the official rate: National Bank of Kazakhstan, 13 June 2023",
            "Пересчитано по официальному курсу: Национальный Банк Казахстана, 13 июня 2023\u{202f}г.",
            "Ресми бағам бойынша есептелді: Қазақстан Ұлттық Банкі, 2023\u{202f}ж. 13 маусым",
            "Resmı baǵam boıynsha esepteldi: Qazaqstan Ulttyq Banki, 2023\u{202f}j. 13 maýsym",
            "按官方汇率换算：哈萨克斯坦国家银行，2023年6月13日",
            "رەسمي باعام بويىنشا ەسەپتەلدى: قازاقستان ۇلتتىق بانكى، 13 ماۋسىم 2023",
            "Расмий курс бўйича ҳисобланган: Қозоғистон Миллий банки, 13 июнь 2023",
            "Rasmiy kurs boʻyicha hisoblangan: Qozogʻiston Milliy banki, 13-iyun, 2023",
        ]
    );
}

/// A new bracket separates what follows from the amount, so that more could be read.
#[test]
fn a_second_pass_changes_no_text() {
    for (lang, text) in [
        (Lang::ZhHans, "5元三元"),
        (Lang::ZhHans, "3$gm4$ga"),
        (Lang::Kk, "бір теңге "),
        (Lang::Ru, "[5 $USD3 (трубы"),
        (Lang::En, "5 dollars\n\n5 dollars"),
    ] {
        let text = text.repeat(60);
        let annotator = annotator(lang, Currency::RUB);
        let once = annotator.text(&text);
        assert_eq!(annotator.text(&once), once, "{lang}: {text}");
    }
}

#[test]
fn a_long_bracket_that_is_never_closed_is_no_value() {
    let far = " сөз".repeat(200);
    let text = format!("5 теңге (бұл{far} 7 доллар");
    let annotated = annotator(Lang::Kk, Currency::RUB).text(&text);
    assert!(
        annotated.starts_with("5 теңге (шамамен 0,92\u{a0}₽)"),
        "{annotated}"
    );
}
