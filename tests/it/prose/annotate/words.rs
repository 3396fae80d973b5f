//! The words around values, in each language.

use masthead::money::Currency;
use masthead::prose::{Kind, Reader};
use masthead::strip::Lang;

use super::{annotator, check};

#[test]
fn kinds_and_ranges() {
    check(
        Lang::Ru,
        Currency::USD,
        &[
            ("более 7 млн тенге", "более 7 млн тенге (не менее 15_600_$)"),
            ("до 7 млн тенге", "до 7 млн тенге (не более 15_600_$)"),
            ("около 7 млн тенге", "около 7 млн тенге (около 15_600_$)"),
            (
                "от 5 до 7 млн тенге",
                "от 5 до 7 млн тенге (около 11_200–15_600_$)",
            ),
            ("497–498 тенге", "497–498 тенге (около 1,11_$)"),
            (
                "500–600 млн тенге",
                "500–600 млн тенге (около 1,12–1,34_млн_$)",
            ),
        ],
    );
}

#[test]
fn each_language() {
    for (lang, text, expected) in [
        (Lang::En, "KZT 7 mln", "KZT 7 mln (about $15,600)"),
        (Lang::En, "KZT 7 bln", "KZT 7 bln (about $15.6_million)"),
        (Lang::Ru, "7 млрд тенге", "7 млрд тенге (около 15,6_млн_$)"),
        (
            Lang::Kk,
            "7 млрд теңге",
            "7 млрд теңге (шамамен 15,6_млн_$)",
        ),
        (
            Lang::Kk,
            "7 млрд теңгеден астам",
            "7 млрд теңгеден астам (кемінде 15,6_млн_$)",
        ),
        (
            Lang::Kk,
            "7 млрд теңгеге дейін",
            "7 млрд теңгеге дейін (ең көбі 15,6_млн_$)",
        ),
        (
            Lang::KkLatn,
            "7 mlrd teńge",
            "7 mlrd teńge (shamamen 15,6_mln_$)",
        ),
        (
            Lang::KkArab,
            "7 ميلليارد تەڭگە",
            "7 ميلليارد تەڭگە (\u{2067}شامامەن 15.6_ميلليون_$\u{2069})",
        ),
        (Lang::ZhHans, "70亿坚戈", "70亿坚戈（约1,560万美元）"),
        (Lang::ZhHans, "7000坚戈", "7000坚戈（约15.6美元）"),
        (
            Lang::UzCyrl,
            "7 млрд тенге",
            "7 млрд тенге (тахминан 15,6_млн_$)",
        ),
        (
            Lang::UzLatn,
            "7 mlrd tenge",
            "7 mlrd tenge (taxminan 15,6_mln_$)",
        ),
    ] {
        check(lang, Currency::USD, &[(text, expected)]);
    }
}

#[test]
fn each_phrase_is_read_back_with_its_kind() {
    let hedges = [
        (
            Lang::En,
            [
                "KZT 7 mln",
                "over KZT 7 mln",
                "up to KZT 7 mln",
                "KZT 5–7 mln",
            ],
        ),
        (
            Lang::Ru,
            [
                "7 млн тенге",
                "более 7 млн тенге",
                "до 7 млн тенге",
                "5–7 млн тенге",
            ],
        ),
        (
            Lang::Kk,
            [
                "7 млн теңге",
                "кемінде 7 млн теңге",
                "ең көбі 7 млн теңге",
                "5–7 млн теңге",
            ],
        ),
        (
            Lang::KkLatn,
            [
                "7 mln teńge",
                "keminde 7 mln teńge",
                "eń kóbi 7 mln teńge",
                "5–7 mln teńge",
            ],
        ),
        (
            Lang::KkArab,
            [
                "7 ميلليون تەڭگە",
                "كەمىندە 7 ميلليون تەڭگە",
                "ەڭ كوبى 7 ميلليون تەڭگە",
                "5–7 ميلليون تەڭگە",
            ],
        ),
        (
            Lang::ZhHans,
            [
                "700万坚戈",
                "超过700万坚戈",
                "最多700万坚戈",
                "500万至700万坚戈",
            ],
        ),
        (
            Lang::UzCyrl,
            [
                "7 млн тенге",
                "камида 7 млн тенге",
                "кўпи билан 7 млн тенге",
                "5–7 млн тенге",
            ],
        ),
        (
            Lang::UzLatn,
            [
                "7 mln tenge",
                "kamida 7 mln tenge",
                "koʻpi bilan 7 mln tenge",
                "5–7 mln tenge",
            ],
        ),
    ];
    let kinds = [Kind::About, Kind::LowerBound, Kind::UpperBound, Kind::Range];
    for (lang, texts) in hedges {
        for to in ["USD", "EUR", "RUB", "CNY", "UZS", "KGS", "JPY"] {
            let to: Currency = to.parse().unwrap();
            for (text, kind) in texts.iter().zip(kinds) {
                let annotated = annotator(lang, to).text(text);
                let inside = annotated.strip_prefix(text).unwrap().trim();
                assert!(!inside.is_empty(), "{lang} {to}: {text}");
                let inside = inside.trim_matches(['(', ')', '（', '）', '\u{2067}', '\u{2069}']);
                let read: Vec<_> = Reader::new(lang).amounts(inside).collect();
                assert_eq!(read.len(), 1, "{lang}: {annotated}");
                assert_eq!(read[0].span(), 0..inside.len(), "{lang}: {annotated}");
                assert_eq!(
                    (read[0].currency(), read[0].kind()),
                    (to, kind),
                    "{lang}: {annotated}"
                );
            }
        }
    }
}
