//! Twice the input takes at most two and a half times as long, whatever it is.

use std::hint::black_box;
use std::time::Duration;

use masthead::money::Currency;
use masthead::prose::Reader;
use masthead::strip::Lang;

use super::annotate::annotator;
use crate::support::processor_time;

const LANGUAGES: [Lang; 3] = [Lang::Kk, Lang::En, Lang::ZhHans];

/// Parts of texts: news, and what is repeated only to cost time.
const TEXTS: [&str; 32] = [
    "Қалада жаңа мектеп пен аурухана салынып жатыр, жұмыс келесі айда аяқталады. ",
    "Көпірге 540 млн теңге жұмсалды, жолға 12 млн доллардан астам. ",
    "$",
    "5 $",
    "$5, ",
    "1",
    "111 ",
    "теңге ",
    "бір теңге ",
    "бес ",
    "бес бес теңге ",
    "т",
    " ",
    "5-",
    "5, ",
    "5 млн ",
    "$5-",
    "от 5 до ",
    "元",
    "5元",
    "5元三元",
    "三百",
    "戈坚",
    "o'",
    "(5 ",
    "5.",
    "бір неше ",
    "a hundred and ",
    // Brackets that are never closed, after amounts without a digit.
    "бес теңге (",
    "five dollars (",
    "5 ₸ (5 $ (",
    "5 $ a",
];

/// Checks the work for a part that is repeated, for a length and a larger one by `doublings`.
#[track_caller]
fn grows_with_the_length(
    name: &str,
    part: &str,
    length: usize,
    doublings: u32,
    work: impl Fn(&str) -> usize,
) {
    let [single, multiple] =
        [length, length << doublings].map(|length| part.repeat(length / part.len()) + " 5 теңге");
    let time = |text: &str| processor_time(|| work(black_box(text)));
    let (mut least, mut least_of_multiple) = (Duration::MAX, Duration::MAX);
    // A busy machine interrupts some runs, but not each one.
    for round in 0..100 {
        least = least.min(time(&single));
        least_of_multiple = least_of_multiple.min(time(&multiple));
        let limit = least.mul_f64(2.5_f64.powf(doublings.into())) + Duration::from_micros(20);
        if round >= 8 && least_of_multiple <= limit {
            return;
        }
    }
    panic!("{name}: {part:?}, {least:?} and {least_of_multiple:?}");
}

#[test]
fn reading() {
    for part in TEXTS {
        for lang in LANGUAGES {
            let reader = Reader::new(lang);
            grows_with_the_length(lang.tag(), part, 1_500, 1, |text| {
                reader.amounts(text).count()
            });
        }
    }
}

/// A paragraph is read again if a bracket separates what was not read before, so that one doubling alone may take more.
#[test]
fn annotating_text() {
    for part in TEXTS {
        for lang in LANGUAGES {
            let annotator = annotator(lang, Currency::RUB);
            grows_with_the_length(lang.tag(), part, 250, 4, |text| annotator.text(text).len());
        }
    }
}

#[cfg(feature = "annotate")]
#[test]
fn annotating_pages() {
    let parts = [
        "<p>Көпірге <b>540</b>&nbsp;млн теңге жұмсалды, жолға 12 млн доллардан астам.</p>",
        "<p>Қалада жаңа мектеп пен аурухана салынып жатыр.",
        "<b>5 ₸",
        "5 <b>₸</b>",
        "<article>5 ₸",
        "<div lang=kk>",
        "<div lang=kk>5 ₸</span>",
        "<i></b>",
        "<data class=masthead-amount>",
        "<data class=masthead-amount>5 ₸</data>",
        "<span class=masthead-converted>",
        "<span class=masthead-converted> (<bdi>5</bdi>)</span>",
        "<p class=masthead-amounts-note>",
        "<p hidden>",
        "<svg>",
        "<svg><foreignObject>",
        "<template>",
        "<table><td>5 ₸",
        "<!--",
        "<!-- -- >",
        "<![CDATA[",
        "<",
        "</",
        "&",
        "&#53;",
        "&shy;",
        "<img>",
        "<x-y>5",
        "<br>5 ₸",
        "<a b='",
        "<a b c=d ",
        "<p>бес теңге (",
    ];
    let annotator = annotator(Lang::Kk, Currency::USD);
    for part in TEXTS.into_iter().chain(parts) {
        grows_with_the_length("a page", part, 1_000, 1, |page| {
            annotator.html(page.as_bytes()).len()
        });
    }
}
