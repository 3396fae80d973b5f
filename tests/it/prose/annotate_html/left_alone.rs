//! Where text is left alone.

use masthead::money::Currency;
use masthead::strip::Lang;

use super::{annotator, check, untouched};

#[test]
fn text_that_is_no_prose_is_left_alone() {
    for name in [
        "script",
        "style",
        "code",
        "pre",
        "kbd",
        "samp",
        "textarea",
        "title",
        "template",
        "svg",
        "math",
        "button",
        "select",
        "noscript",
        "iframe",
        "object",
        "xmp",
        "noembed",
        "noframes",
        "video",
        "audio",
        "canvas",
        "del",
        "s",
        "sub",
        "sup",
        "datalist",
        "output",
        "tt",
        "plaintext",
    ] {
        untouched(&[
            &format!("<p>Т</p><{name}>7 млн тенге</{name}>"),
            &format!("<p>Т</p><{name}><b><p>7 млн тенге</p></b></{name}>"),
            &format!("<p>Т</p><{name} a='>'><!-- 7 млн тенге --><i>7 млн тенге</i>"),
        ]);
    }
    check(&[(
        "<pre>7 млн тенге</pre><p>7 млн тенге",
        "<pre>7 млн тенге</pre><p>[7 млн тенге]{около 15_600_$}{note}",
    )]);
}

#[test]
fn attributes_and_comments_are_left_alone() {
    untouched(&[
        "<p title='7 млн тенге' data-a=\"5 $\" b=7млн>Т</p>",
        "<p>Т<!-- 7 млн тенге --></p><!doctype html 'US$5'><?php 5 тенге ?><! 5 тенге></ 5 тенге>",
        "<p>Т<!-- 7 млн тенге",
        "<p>Т<b title='7 млн тенге",
        "<p>Т<!--> 7 млн --!> года",
    ]);
    check(&[
        (
            "<!-->5 тенге<!-- -->",
            "<!-->[5 тенге]{около 0,01_$}<!-- -->{note}",
        ),
        (
            "<!--->5 тенге<!-- --!>, 5 тенге",
            "<!--->[5 тенге]{около 0,01_$}<!-- --!>, [5 тенге]{около 0,01_$}{note}",
        ),
        ("<!--!>5 тенге<!-- -->", "<!--!>5 тенге<!-- -->"),
        ("</>5 тенге", "</>[5 тенге]{около 0,01_$}{note}"),
    ]);
}

#[test]
fn elements_that_a_site_marked_are_left_alone() {
    untouched(&[
        "<section class='masthead'><p>5 тенге</p></section>",
        "<div class='a  masthead\tb'><div>5 тенге</div>5 тенге</div>",
        "<p translate=no>5 тенге</p>",
        "<p class=notranslate>5 тенге</p>",
        "<div contenteditable><p>5 тенге</p></div>",
        "<div contenteditable=true>5 тенге</div>",
        "<p hidden>5 тенге</p>",
    ]);
    check(&[
        (
            "<p contenteditable=false>5 тенге",
            "<p contenteditable=false>[5 тенге]{около 0,01_$}{note}",
        ),
        (
            "<html translate=no><p translate=yes>5 тенге",
            "<html translate=no><p translate=yes>[5 тенге]{около 0,01_$}{note}",
        ),
        (
            "<p class='mastheads'>5 тенге",
            "<p class='mastheads'>[5 тенге]{около 0,01_$}{note}",
        ),
        (
            "<p class=a class=masthead>5 тенге",
            "<p class=a class=masthead>[5 тенге]{около 0,01_$}{note}",
        ),
        (
            "<br hidden>5 тенге",
            "<br hidden>[5 тенге]{около 0,01_$}{note}",
        ),
    ]);
}

/// An element without an end tag may reach to the end of the page.
#[test]
fn a_skipped_element_without_end_tag_silences_the_rest() {
    untouched(&[
        "<code>x<p>5 тенге",
        "<div hidden><div>x</div><p>5 тенге",
        "<svg/><p>5 тенге",
        "<math><svg></math></svg><p>5 тенге",
        "<svg><desc></svg><p>5 тенге",
        "<script>x<p>5 тенге",
    ]);
    check(&[(
        "5 тенге<code>x",
        "[5 тенге]{около 0,01_$}<code>x"
            .replace("[5 тенге]{около 0,01_$}", "5 тенге")
            .as_str(),
    )]);
}

#[test]
fn pages_that_are_not_read_stay() {
    let annotator = annotator(Lang::Ru, Currency::USD);
    let latin: &[u8] = b"<p title='\xe9'>7 \xd0\xbc\xd0\xbb\xd0\xbd \xe2\x82\xb8, 5 KZT</p>";
    let cut = &"<p>5 тенге, 7 млн тенге".as_bytes()[..20];
    let comment: &[u8] = b"<p>5 KZT<!-- \xff -->";
    let utf16: Vec<u8> = "<p>5 тенге"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for page in [latin, cut, comment, &utf16] {
        assert_eq!(annotator.html(page), page);
    }
    // The parser refuses elements within `select` that may begin a script, and a page with an end tag of SVG outside of it is doubtful.
    for page in [
        "<p>5 тенге</p><select><xmp><script>x</script></xmp></select>",
        "<p>5 тенге</desc>",
    ] {
        assert_eq!(annotator.html(page.as_bytes()), page.as_bytes());
    }
    let long = format!("<p>5 тенге</p><p title='{}", "x".repeat(17 << 20));
    assert_eq!(annotator.html(long.as_bytes()), long.as_bytes());
}
