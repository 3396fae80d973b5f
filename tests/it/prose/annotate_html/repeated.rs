//! Pages that were annotated before.

use masthead::money::Currency;
use masthead::prose::Annotator;
use masthead::strip::Lang;

use super::super::annotate::{DAY, history_of};
use super::{annotator, check};
use crate::support::day;

const PAGE: &str = "<article lang=ru><p>Дали <b>7</b> млн тенге и ещё 5&nbsp;тенге.</p><p lang=en>KZT <i>7 mln</i></p></article>";

fn html(annotator: &Annotator, page: &str) -> String {
    String::from_utf8(annotator.html(page.as_bytes()).into_owned()).unwrap()
}

#[test]
fn a_second_pass_changes_no_byte() {
    let annotator = annotator(Lang::Ru, Currency::USD);
    let once = html(&annotator, PAGE);
    assert_eq!(once.matches("masthead-converted").count(), 3);
    assert_eq!(html(&annotator, &once), once);
}

#[test]
fn another_target_or_language_replaces_the_values() {
    let dollars = html(&annotator(Lang::Ru, Currency::USD), PAGE);
    for to in [Currency::EUR, Currency::KZT, Currency::GBP] {
        for lang in [Lang::Ru, Lang::Kk] {
            let other = annotator(lang, to);
            assert_eq!(html(&other, &dollars), html(&other, PAGE), "{lang} {to}");
        }
    }
    // Without a rate of the target the values go.
    assert_eq!(html(&annotator(Lang::Ru, Currency::GBP), &dollars), PAGE);
}

#[test]
fn other_rates_replace_the_values() {
    let dollars = html(&annotator(Lang::Ru, Currency::USD), PAGE);
    let day = day(DAY);
    let other = history_of([(Currency::USD, "500", 1)]);
    let other = Annotator::new(&other, day, Currency::USD, Lang::Ru).unwrap();
    assert_ne!(html(&other, PAGE), dollars);
    assert_eq!(html(&other, &dollars), html(&other, PAGE));
}

/// An editor changed an amount after the first pass.
#[test]
fn a_changed_amount_has_its_own_value() {
    let annotator = annotator(Lang::Ru, Currency::USD);
    let once = html(&annotator, "<p>Дали 7 млн тенге.");
    let changed = once.replace("7 млн", "8 млн");
    assert_eq!(
        html(&annotator, &changed),
        html(&annotator, "<p>Дали 8 млн тенге.")
    );
}

/// What an editor or a sanitizer made of an earlier annotation is not removed, and no amount is converted beside it.
#[test]
fn markup_that_resembles_an_annotation_stays() {
    check(&[
        (
            "<p>7 млн тенге<span class=masthead-converted> (15 600 $)</span>",
            "<p>7 млн тенге<span class=masthead-converted> (15 600 $)</span>",
        ),
        (
            "<p>7 млн тенге<span class=masthead-converted> (<bdi>x</bdi>)<p>5 тенге",
            "<p>7 млн тенге<span class=masthead-converted> (<bdi>x</bdi>)<p>5 тенге",
        ),
        (
            "<p><data class=masthead-amount>7 млн тенге",
            "<p><data class=masthead-amount>[7 млн тенге]{около 15_600_$}{note}",
        ),
        (
            "<p><data value=7><data class='x masthead-amount'>7 млн</data> тенге</data>.",
            "<p><data value=7>[7 млн тенге]{около 15_600_$}</data>.{note}",
        ),
        (
            "<p class=masthead-amounts-note><b>5 тенге</b></p>",
            "<p class=masthead-amounts-note><b>5 тенге</b></p>",
        ),
    ]);
}

/// Tags that are not ours are removed too if they have our class, and the text around them may then be another.
#[test]
fn markup_of_others_with_our_classes_is_removed_first() {
    for page in [
        "<p>&#0<data class=\"masthead-amount\">51076</data>83; KZT 1 005;",
        "<p>5<data class=masthead-amount> </data>$, <data class=masthead-amount>5 $",
        "<da<data class=masthead-amount></data>ta class=masthead-amount>5 $</data>",
        "<p>$2 </",
    ] {
        let dollars = annotator(Lang::Ru, Currency::USD);
        let rubles = annotator(Lang::Ru, Currency::RUB);
        let once = html(&rubles, page);
        assert_eq!(html(&rubles, &once), once, "{page}");
        assert_eq!(html(&dollars, &once), html(&dollars, page), "{page}");
    }
}
