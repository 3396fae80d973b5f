//! Amounts that the author converted.

use masthead::money::Currency;
use masthead::strip::Lang;

use super::{annotator, check, untouched};

#[test]
fn a_value_in_brackets_is_kept() {
    untouched(
        Lang::Ru,
        Currency::USD,
        &[
            "Выделено 7 млн тенге ($15,6 тыс.).",
            "Выделено 7 млн тенге (15,6 тыс. долларов США).",
            "Выделено 7 млн тенге (около 14 тыс. евро).",
            "Выделено 7 млн тенге (примерно 15 000 долл. по курсу на тот день).",
            "Выделено $15,6 тыс. (7 млн тенге).",
            "Выделено 7 млн тенге [15,6 тыс. долларов].",
            "Выделено 7 млн тенге (больше 3,350 долларов).",
        ],
    );
    untouched(
        Lang::ZhHans,
        Currency::USD,
        &["投资2.3万亿坚戈（约51亿美元）。"],
    );
    untouched(
        Lang::En,
        Currency::USD,
        &["They get KZT 7 mln ($15,600) each."],
    );
}

#[test]
fn a_value_after_a_joining_word_is_kept() {
    untouched(
        Lang::En,
        Currency::USD,
        &[
            "They get KZT 7 mln, or about $15,600, each.",
            "KZT 7 mln = $15,600",
        ],
    );
    untouched(
        Lang::Ru,
        Currency::USD,
        &[
            "Это 7 млн тенге, или 15,6 тыс. долларов.",
            "7 млн тенге — 15,6 тыс. долларов",
        ],
    );
    untouched(
        Lang::Kk,
        Currency::USD,
        &["Ол 7 млн теңге, яғни 15,6 мың доллар алды."],
    );
    untouched(
        Lang::UzLatn,
        Currency::USD,
        &["U 7 mln tenge, yaʼni 15,6 ming dollar oldi."],
    );
    untouched(
        Lang::ZhHans,
        Currency::USD,
        &["共7000000坚戈，约合15600美元。"],
    );
}

#[test]
fn other_brackets_and_lists_do_not_matter() {
    check(
        Lang::Ru,
        Currency::USD,
        &[
            (
                "Рост до 7 млн тенге (на 12 %).",
                "Рост до 7 млн тенге (не более 15_600_$) (на 12 %).",
            ),
            (
                "Дали 7 млн тенге и 500 долларов.",
                "Дали 7 млн тенге (около 15_600_$) и 500 долларов.",
            ),
            (
                "Дали 7 млн тенге. 500 долларов вернули.",
                "Дали 7 млн тенге (около 15_600_$). 500 долларов вернули.",
            ),
        ],
    );
}

#[test]
fn a_second_pass_changes_no_byte() {
    for lang in Lang::ALL {
        for to in [
            Currency::USD,
            Currency::EUR,
            Currency::CNY,
            Currency::UZS,
            Currency::JPY,
        ] {
            let text = "KZT 7000000, RUB 12.5, KZT 15 mln; 100–200 ₸ KZT 1";
            let first = annotator(*lang, to).text(text);
            assert_ne!(first, text, "{lang}");
            for again in [to, Currency::USD, Currency::EUR, Currency::KZT] {
                assert_eq!(
                    annotator(*lang, again).text(&first),
                    first,
                    "{lang} {to} {again}"
                );
            }
        }
    }
}
