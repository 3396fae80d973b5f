//! Properties of pages of random pieces of markup and text, and the growth of the work.

use masthead::money::Currency;
use masthead::prose::Annotator;
use masthead::strip::Lang;
use proptest::prelude::*;

use super::annotator;
use crate::support::processor_time;

const PIECES: &[&str] = &[
    "7 млн тенге",
    "5 тенге",
    "10",
    "000",
    " ",
    "\n  ",
    "&nbsp;",
    "&#8376;",
    "&shy;",
    "&",
    "&nbsp",
    "&foo;",
    "млн",
    "теңге",
    "$",
    "$5",
    "тенге",
    "KZT",
    "(",
    ")",
    "–",
    "-",
    ",",
    ".",
    "слово",
    "¥",
    "\u{ad}",
    "\u{200f}",
    "\u{200b}",
    "\u{2066}",
    "\u{202e}",
    "\0",
    "\u{fffd}",
    "<",
    ">",
    "\"",
    "'",
    "]]>",
    "<b>",
    "</b>",
    "<i class=x>",
    "</i>",
    "<a href='/7'>",
    "</a>",
    "<span lang=en>",
    "<span>",
    "</span>",
    "<p>",
    "</p>",
    "<p lang=kk>",
    "<p lang=de>",
    "<div>",
    "<div lang=ru>",
    "</div>",
    "<br>",
    "<wbr>",
    "<img src=a>",
    "<hr>",
    "<ul><li>",
    "<li lang=en>",
    "</ul>",
    "<table><tr><td>",
    "<td>",
    "<code>",
    "</code>",
    "<sup>1</sup>",
    "<s>",
    "</s>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<title>",
    "</title>",
    "<textarea>",
    "</textarea>",
    "<svg>",
    "<svg/>",
    "</svg>",
    "<math>",
    "</math>",
    "<desc>",
    "</desc>",
    "<mi>",
    "</mi>",
    "<![CDATA[",
    "<select>",
    "</select>",
    "<xmp>",
    "<template>",
    "</template>",
    "<!--",
    "-->",
    "--!>",
    "<!-->",
    "<!doctype html>",
    "<?x?>",
    "</>",
    "</ x>",
    "<x-y>",
    "</x-y>",
    "<b title=\"",
    "<b title='5 тенге'>",
    "<p hidden>",
    "<div class='masthead'>",
    "<data value=5>",
    "</data>",
    "<bdi>",
    "</bdi>",
    "<article>",
    "</article>",
    "<main>",
    "</main>",
    "<body>",
    "</body>",
    "<noscript>",
    "</noscript>",
    "<plaintext>",
    "<frameset>",
    "<font color=red>",
    "<foreignObject>",
    "</foreignObject>",
];

/// Pieces of earlier annotations, whole and broken.
const ANNOTATIONS: &[&str] = &[
    "<data class=\"masthead-amount\" value=\"KZT 5\">",
    "<span class=\"masthead-converted\" lang=\"ru\">",
    "<span class=\"masthead-converted\"> (<bdi>1 $</bdi>)</span>",
    "<p class=\"masthead-amounts-note\" lang=\"ru\">Пересчитано 5 тенге</p>",
    "<p class=\"masthead-amounts-note\">",
];

/// A page, with amounts in a text that is likely to be read.
fn soup(pieces: Vec<&'static str>) -> impl Strategy<Value = String> {
    let piece = prop::sample::select(pieces);
    let amount = prop::sample::select(vec![
        "5 тенге",
        "7 млн тенге ",
        " 10 000 тенге",
        "7 <b>млн</b> тенге",
        "KZT 5",
        "$5 ",
    ]);
    let piece = prop_oneof![3 => piece, 1 => amount];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn annotators() -> [Annotator; 3] {
    [
        annotator(Lang::Ru, Currency::USD),
        annotator(Lang::Kk, Currency::EUR),
        annotator(Lang::En, Currency::RUB),
    ]
}

/// Removes what the annotator adds, knowing its markup and no rule of HTML.
fn without_additions(page: &str) -> String {
    let mut page = page.to_owned();
    for (start, end) in [
        ("</data><span class=\"masthead-converted\" lang=", "</span>"),
        ("<span class=\"masthead-converted\" lang=", "</span>"),
        ("<data class=\"masthead-amount\" value=", ">"),
        ("<p class=\"masthead-amounts-note\" lang=", "</p>"),
    ] {
        while let Some(at) = page.find(start) {
            let length = page[at..].find(end).unwrap() + end.len();
            page.replace_range(at..at + length, "");
        }
    }
    page
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn no_byte_changes_but_what_is_added(page in soup(PIECES.to_vec())) {
        for annotator in annotators() {
            let annotated = annotator.html(page.as_bytes());
            let annotated = str::from_utf8(&annotated).unwrap();
            prop_assert_eq!(&without_additions(annotated), &page);
        }
    }

    #[test]
    fn a_pass_replaces_the_one_before(page in soup([PIECES, ANNOTATIONS].concat())) {
        let annotators = annotators();
        for first in &annotators {
            let once = first.html(page.as_bytes());
            for second in &annotators {
                let twice = second.html(&once);
                let direct = second.html(page.as_bytes());
                prop_assert_eq!(String::from_utf8_lossy(&twice), String::from_utf8_lossy(&direct));
            }
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_stay(page in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..200) {
        let mut page = [&b"<p>5 KZT "[..], &page].concat();
        page.insert(at.min(page.len()), 0xff);
        prop_assert_eq!(&*annotator(Lang::En, Currency::USD).html(&page), &page[..]);
    }
}

/// Four times the page takes at most ten times as long, whatever it is.
#[test]
fn the_time_grows_with_the_length() {
    let annotator = annotator(Lang::Ru, Currency::USD);
    for unit in [
        "<div>",
        "<b>",
        "</b>",
        "<p lang=en>",
        "<div lang=ru>",
        "<li lang=ru>",
        "<",
        "&",
        "&a",
        "&#1",
        "<!--",
        "-->",
        "<!",
        "<a ",
        "<a b='",
        "x=1 ",
        "<svg>",
        "</svg>",
        "<svg><desc>",
        "<code>",
        "<data>",
        "</data>",
        "<data class=masthead-amount>",
        "<span class=masthead-converted>",
        "<p class=masthead-amounts-note>",
        "<article>",
        "</article>",
        "5 тенге ",
        "5 тенге<br>",
        "<b>5</b> тенге ",
        "5<b> ",
        "<i>5 тенге",
        "5 тенге<img> ",
        "<img> ",
        "&nbsp;",
        "\n",
        "\u{ad}",
        "5\u{ad}",
        "]]>",
        "<script>",
        "<title>",
        "<x-y>",
        "$",
        "5 <code>5 тенге</code> ",
        "<span lang=en>5 KZT</span> ",
        "<select>",
        "<p hidden>",
    ] {
        let time = |length: usize| {
            let page = format!(
                "<p>5 тенге</p>{}<p>5 тенге</p>",
                unit.repeat(length / unit.len())
            );
            let once = |_| processor_time(|| annotator.html(page.as_bytes()));
            (0..2).map(once).min().unwrap()
        };
        // A busy machine interrupts each run. A square would be sixteenfold.
        let is_linear = (0..5).any(|_| time(200_000) <= time(50_000) * 10);
        assert!(is_linear, "{unit:?} {:?} {:?}", time(50_000), time(200_000));
    }
}
