//! The markup around an amount, and its escapes.

use std::borrow::Cow;

use masthead::money::Currency;
use masthead::strip::Lang;

use super::{annotator, check};

#[track_caller]
fn annotated(lang: Lang, to: Currency, page: &str) -> String {
    let annotated = annotator(lang, to).html(page.as_bytes()).into_owned();
    String::from_utf8(annotated)
        .unwrap()
        .replace(['\u{a0}', '\u{202f}'], "_")
}

#[test]
fn an_amount_a_value_and_a_note() {
    assert_eq!(
        annotated(
            Lang::Ru,
            Currency::USD,
            "<article><p>Семьи получат по 7 млн тенге.</p></article>"
        ),
        concat!(
            r#"<article><p>Семьи получат по <data class="masthead-amount" value="KZT 7000000">7 млн тенге</data>"#,
            r#"<span class="masthead-converted" lang="ru" data-on="2023-06-13" data-to="USD" "#,
            r#"title="Национальный Банк Казахстана, 13 июня 2023_г."> (<bdi>около 15_600_$</bdi>)</span>.</p>"#,
            r#"<p class="masthead-amounts-note" lang="ru" dir="ltr">Пересчитано по официальному курсу: "#,
            r#"Национальный Банк Казахстана, 13 июня 2023_г.</p></article>"#,
        )
    );
}

#[test]
fn the_value_attribute_has_the_amount_as_stated() {
    for (text, value) in [
        ("1 250,50 тенге", "KZT 1250.50"),
        ("10–15 млн тенге", "KZT 10000000-15000000"),
        ("не менее 7 млн тенге", "KZT 7000000"),
        ("около 5 евро", "EUR 5"),
    ] {
        let page = annotated(Lang::Ru, Currency::USD, text);
        assert!(
            page.contains(&format!(r#"value="{value}">{text}</data>"#)),
            "{page}"
        );
    }
}

/// A page in ASCII may be declared in any encoding.
#[test]
fn a_page_in_ascii_stays_in_ascii() {
    let page = "<meta charset=iso-8859-1><p>The fine is KZT 7 mln.";
    assert_eq!(
        annotated(Lang::En, Currency::EUR, page),
        concat!(
            "<meta charset=iso-8859-1><p>The fine is ",
            r#"<data class="masthead-amount" value="KZT 7000000">KZT 7 mln</data><span class="masthead-converted" lang="en" "#,
            r#"data-on="2023-06-13" data-to="EUR" title="National Bank of Kazakhstan, 13 June 2023"> (<bdi>about &#8364;14,500</bdi>)</span>."#,
            r#"<p class="masthead-amounts-note" lang="en" dir="ltr">Converted at the official rate: National Bank of Kazakhstan, 13 June 2023</p>"#,
        )
    );
}

#[test]
fn a_language_written_from_right_to_left() {
    let page = annotated(
        Lang::KkArab,
        Currency::USD,
        "<p dir=rtl>7 ميلليون تەڭگە، 1250,50 تەڭگە</p>",
    );
    assert!(
        page.contains(r#"<span class="masthead-converted" lang="kk-Arab" "#),
        "{page}"
    );
    assert!(
        page.contains(r#"(<bdi dir="rtl">شامامەن 15_600_$</bdi>)"#),
        "{page}"
    );
    assert!(page.contains(r#"(<bdi dir="rtl">2.80_$</bdi>)"#), "{page}");
    assert!(
        page.ends_with("بانكى، 13 ماۋسىم 2023</p>")
            && page.contains(r#"<p class="masthead-amounts-note" lang="kk-Arab" dir="rtl">"#),
        "{page}"
    );
}

#[test]
fn brackets_follow_the_language() {
    let page = annotated(Lang::ZhHans, Currency::USD, "<p>投资700万坚戈。</p>");
    assert!(
        page.contains(r#">（<bdi>约1.56万美元</bdi>）</span>。"#),
        "{page}"
    );
}

/// No text of the page is copied into what is added.
#[test]
fn text_with_the_characters_of_markup_stays_text() {
    check(&[
        (
            "<p>&lt;b&gt; 7 млн тенге &lt;/b&gt; \"'&amp;",
            "<p>&lt;b&gt; [7 млн тенге]{около 15_600_$} &lt;/b&gt; \"'&amp;{note}",
        ),
        (
            "<p title=\"7 млн тенге\">7 млн тенге",
            "<p title=\"7 млн тенге\">[7 млн тенге]{около 15_600_$}{note}",
        ),
        ("a < 5 тенге", "a < [5 тенге]{около 0,01_$}{note}"),
    ]);
}

#[test]
fn a_page_that_stays_is_borrowed() {
    let annotator = annotator(Lang::Ru, Currency::USD);
    for page in ["", "<p>Текст без сумм, 2023 год.</p>", "7 млн тенге</desc>"]
    {
        let result = annotator.html(page.as_bytes());
        assert!(
            matches!(result, Cow::Borrowed(same) if same == page.as_bytes()),
            "{page}"
        );
    }
}
