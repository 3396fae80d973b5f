//! The language of text by `lang` attributes.

use masthead::money::Currency;
use masthead::strip::Lang;

use super::{annotator, check, short, untouched};

#[test]
fn text_is_read_and_annotated_in_its_language() {
    check(&[
        (
            "<p>7 млн тенге</p><p lang=en>KZT 7 mln</p><p lang='kk-KZ'>7 млн теңгеден</p><p>5 тенге",
            "<p>[7 млн тенге]{около 15_600_$}</p><p lang=en>[KZT 7 mln]{about $15,600}</p>\
             <p lang='kk-KZ'>[7 млн теңгеден]{шамамен 15_600_$}</p><p>[5 тенге]{около 0,01_$}{note}",
        ),
        (
            "<html lang='zh-CN'><body><p>投资700万坚戈。</p></body></html>",
            "<html lang='zh-CN'><body><p>投资[700万坚戈]{约1.56万美元}。</p>{note}</body></html>",
        ),
        (
            "<div LANG=\"en_GB\"><div>$5</div><div><b>€5 mln</b></div></div>",
            "<div LANG=\"en_GB\"><div>$5</div><div><b>[€5 mln]{about $5.39_million}</b></div></div>{note}",
        ),
        (
            "<p>Он сказал: «<span lang=en>he paid KZT 7 mln then</span>».",
            "<p>Он сказал: «<span lang=en>he paid [KZT 7 mln]{about $15,600} then</span>».{note}",
        ),
        (
            "<p>7 <span lang=ru>млн</span> тенге",
            "<p>[7 <span lang=ru>млн</span> тенге]{около 15_600_$}{note}",
        ),
    ]);
}

#[test]
fn the_note_follows_the_first_amount() {
    let page = "<article><p lang=en>KZT 7 mln<p>7 млн тенге</article>";
    let annotated = annotator(Lang::Ru, Currency::USD)
        .html(page.as_bytes())
        .into_owned();
    let annotated = String::from_utf8(annotated).unwrap();
    assert!(
        annotated.contains(r#"<p class="masthead-amounts-note" lang="en" dir="ltr">Converted"#),
        "{annotated}"
    );
}

#[test]
fn text_in_other_languages_is_left_alone() {
    untouched(&[
        "<html lang=de><p>7 Mio. €, 5 $, 5 KZT",
        "<p lang=ar>5 KZT</p>",
        "<p lang=zh-Hant>5 KZT</p>",
        "<p lang=''>5 KZT</p>",
        "<p lang>5 KZT</p>",
        "<p lang='r&#117;'>5 KZT</p>",
        "<body lang=fr><p>5 KZT</body></html><p>5 KZT",
        "<ul lang=de><li>5 KZT<li>5 KZT</ul>",
    ]);
}

/// `uz` alone means the letters of the site.
#[test]
fn a_tag_without_a_script_means_the_script_of_the_site() {
    let cyrillic = annotator(Lang::UzCyrl, Currency::USD);
    let latin = annotator(Lang::UzLatn, Currency::USD);
    for tag in ["uz", "uz-UZ", "UZ_uz", "uz-Cyrl"] {
        let page = format!("<html lang={tag}><p>7 млн сўм");
        assert_eq!(
            short(&cyrillic, &page),
            format!("<html lang={tag}><p>[7 млн сўм]{{тахминан 612_$}}{{note}}")
        );
    }
    assert_eq!(
        short(&latin, "<html lang=uz><p>7 mln soʻm"),
        "<html lang=uz><p>[7 mln soʻm]{taxminan 612_$}{note}"
    );
    assert_eq!(
        short(&cyrillic, "<p lang=uz-Latn>7 mln soʻm"),
        "<p lang=uz-Latn>[7 mln soʻm]{taxminan 612_$}{note}"
    );
}

/// Where it is not certain in which language a text is, it is left alone.
#[test]
fn elements_whose_end_tag_is_missing() {
    check(&[
        // A block ends a paragraph.
        (
            "<p lang=de>5 KZT<p>5 тенге<p lang=en>5 KZT<div>5 тенге</div>",
            "<p lang=de>5 KZT<p>[5 тенге]{около 0,01_$}<p lang=en>[5 KZT]{about $0.01}<div>[5 тенге]{около 0,01_$}</div>{note}",
        ),
        (
            "<ul><li lang=en>5 KZT</li><li>5 тенге</ul>",
            "<ul><li lang=en>[5 KZT]{about $0.01}</li><li>[5 тенге]{около 0,01_$}</ul>{note}",
        ),
        (
            "<ul lang=en><li lang=ru>5 тенге</ul>5 тенге",
            "<ul lang=en><li lang=ru>[5 тенге]{около 0,01_$}</ul>[5 тенге]{около 0,01_$}{note}",
        ),
        (
            "<ul><li lang=en>5 KZT<li>5 тенге</ul>5 тенге",
            "<ul><li lang=en>[5 KZT]{about $0.01}<li>5 тенге</ul>5 тенге{note}",
        ),
        (
            "<p><b lang=en>a<p>5 тенге</b>5 тенге",
            "<p><b lang=en>a<p>5 тенге</b>5 тенге",
        ),
        (
            "<p lang=ru><b lang=en>a<p>5 тенге",
            "<p lang=ru><b lang=en>a<p>5 тенге",
        ),
        (
            "<div><i lang=en>a <i>b</i> KZT 5</i></div><p>5 тенге",
            "<div><i lang=en>a <i>b</i> KZT 5</i></div><p>[5 тенге]{около 0,01_$}{note}",
        ),
    ]);
}

#[test]
fn many_languages_within_each_other_are_left_alone() {
    let deep = |count: usize| format!("{}5 тенге", "<div lang=ru>".repeat(count));
    let annotator = annotator(Lang::Ru, Currency::USD);
    assert!(short(&annotator, &deep(32)).contains("{около 0,01_$}"));
    assert_eq!(short(&annotator, &deep(33)), deep(33));
}
