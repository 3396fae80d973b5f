//! Amounts across tags.

use masthead::money::Currency;
use masthead::strip::Lang;

use super::{annotator, check, short, untouched};

#[test]
fn tags_within_an_amount_stay() {
    check(&[
        (
            "<p>Дали <b>7 млн</b> тенге.</p>",
            "<p>Дали <b>7 млн</b> тенге{около 15_600_$}.</p>{note}",
        ),
        (
            "<p>Дали 7 <b>млн</b> тенге.</p>",
            "<p>Дали [7 <b>млн</b> тенге]{около 15_600_$}.</p>{note}",
        ),
        (
            "<p>Дали 7 <b>млн тенге</b>.</p>",
            "<p>Дали 7 <b>млн тенге{около 15_600_$}</b>.</p>{note}",
        ),
        (
            "<p><a href=/7>7 млн тенге</a></p>",
            "<p><a href=/7>[7 млн тенге]{около 15_600_$}</a></p>{note}",
        ),
        (
            "<p>7 млн<br>тенге",
            "<p>[7 млн<br>тенге]{около 15_600_$}{note}",
        ),
        (
            "<p>7 <i><b>млн</i></b> тенге",
            "<p>7 <i><b>млн</i></b> тенге{около 15_600_$}{note}",
        ),
        (
            "<P>7 <SPAN\n CLASS='a>b' data-x=\"<p>\">млн</SPAN\t> тенге",
            "<P>[7 <SPAN\n CLASS='a>b' data-x=\"<p>\">млн</SPAN\t> тенге]{около 15_600_$}{note}",
        ),
        (
            "<p>7 м<u>л</u>н тен<em>г</em>е",
            "<p>[7 м<u>л</u>н тен<em>г</em>е]{около 15_600_$}{note}",
        ),
        (
            "<p>7<!-- > --> млн<!----> тенге<!-- </article> -->",
            "<p>[7<!-- > --> млн<!----> тенге]{около 15_600_$}<!-- </article> -->{note}",
        ),
        (
            "<p>7 млн <meta itemprop=currency content=KZT>те<wbr>нге",
            "<p>[7 млн <meta itemprop=currency content=KZT>те<wbr>нге]{около 15_600_$}{note}",
        ),
    ]);
}

#[test]
fn spaces_are_read_as_they_are_shown() {
    check(&[
        (
            "<p>\n    Дали 10\n      000 тенге\r\n   сразу.",
            "<p>\n    Дали [10\n      000 тенге]{около 22,4_$}\r\n   сразу.{note}",
        ),
        (
            "<p>7 <b> млн</b>\t тенге",
            "<p>[7 <b> млн</b>\t тенге]{около 15_600_$}{note}",
        ),
    ]);
}

#[test]
fn a_block_ends_the_text() {
    for (open, close) in [
        ("<p>", "</p>"),
        ("<td>", "</td>"),
        ("<li>", ""),
        ("<h2>", "</h2>"),
        ("<hr>", ""),
    ] {
        let page = format!("<div>7{open}млн тенге{close}</div>");
        untouched(&[&page]);
    }
    check(&[(
        "<table><tr><td>7 млн тенге<td>5 тенге</table>",
        "<table><tr><td>[7 млн тенге]{около 15_600_$}<td>[5 тенге]{около 0,01_$}</table>{note}",
    )]);
}

/// A part of an amount is never read.
#[test]
fn an_amount_beside_what_is_not_read_is_left_alone() {
    untouched(&[
        "<p>1<code>2</code>00 тенге",
        "<p>1 <code>2</code> 000 тенге",
        "<p><kbd>1</kbd> 000 тенге",
        "<p>$10<sup>6</sup>",
        "<p>$10 <sup>млн</sup>",
        "<p>499 тенге<sup>99</sup>",
        "<p>10<img src=zero.png>00 тенге",
        "<p>10 <img src=dot.png> 000 тенге",
        "<p><img src=one.png>5 тенге",
        "<p>$5<svg><text>0</text></svg>",
        "<p>10<x-gap></x-gap>500 тенге",
        "<p>10 <x-gap></x-gap> 500 тенге",
        "<p>10 тенге<x-gap></x-gap>50 тиын",
        "<p>1<del>0</del>0 тенге",
        "<p>1<s>0</s>0 тенге",
        "<p><bdo dir=rtl>12 тенге</bdo>",
        "<p>1<bdo dir=rtl>2</bdo>0 тенге",
        "<p>1<input value=2>00 тенге",
        "<p>1<button>2</button>00 тенге",
        "<p>1<template>2</template>00 тенге",
        "<p>1<script>document.write(2)</script>00 тенге",
        "<p>1<span hidden>2</span>00 тенге",
        "<p>1<ruby>2<rt>3</rt></ruby>00 тенге",
        "<p>1<math><mn>2</mn></math>00 тенге",
        "<p><span lang=de>10</span> 500 тенге",
        "<p>7&unknown;0 тенге",
        "<p>7&nbsp0 тенге",
        "<p>7\u{202e}0 тенге",
        "<p>7\0 000 тенге",
    ]);
    let english = annotator(Lang::En, Currency::USD);
    for page in [
        "<p>$5 <x-a>million</x-a>",
        "<p>1<sup>st</sup> 500 tenge",
        "<p>投资1<sub>2</sub>00坚戈",
    ] {
        for annotator in [&english, &annotator(Lang::ZhHans, Currency::EUR)] {
            assert_eq!(short(annotator, page), page);
        }
    }
}

#[test]
fn elements_beside_an_amount_do_no_harm() {
    check(&[
        (
            "<p>В 2023 году<sup>1</sup> дали 7 млн тенге, см. <code>x</code>.",
            "<p>В 2023 году<sup>1</sup> дали [7 млн тенге]{около 15_600_$}, см. <code>x</code>.{note}",
        ),
        (
            "<p><img src=a.png> 7 млн тенге",
            "<p><img src=a.png> [7 млн тенге]{около 15_600_$}{note}",
        ),
        (
            "<p>7 млн тенге<img src=a.png>",
            "<p>[7 млн тенге]{около 15_600_$}<img src=a.png>{note}",
        ),
        (
            "<x-card>7 млн тенге</x-card>",
            "<x-card>[7 млн тенге]{около 15_600_$}</x-card>{note}",
        ),
        (
            "<p>AT&T: 7 млн тенге & 5 тенге",
            "<p>AT&T: [7 млн тенге]{около 15_600_$} & [5 тенге]{около 0,01_$}{note}",
        ),
    ]);
}

/// An amount that the author converted is left alone across tags too.
#[test]
fn a_value_of_the_author_is_seen_across_tags() {
    untouched(&[
        "<p>Дали 7 млн тенге <em>(15 600 долларов)</em>.",
        "<p>Дали 7 млн тенге<b> ($15,6 тыс.)</b>",
    ]);
}
