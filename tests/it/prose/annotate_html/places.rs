//! Which part of a page is read, and where the note stands.

use super::{check, untouched};

#[test]
fn only_articles_are_read_if_there_are_any() {
    check(&[
        (
            "<nav>5 тенге</nav><main>5 тенге<article><p>5 тенге</p></article>5 тенге</main>",
            "<nav>5 тенге</nav><main>5 тенге<article><p>[5 тенге]{около 0,01_$}</p>{note}</article>5 тенге</main>",
        ),
        (
            "<nav>5 тенге</nav><main><p>5 тенге</p></main><footer>5 тенге</footer>",
            "<nav>5 тенге</nav><main><p>[5 тенге]{около 0,01_$}</p>{note}</main><footer>5 тенге</footer>",
        ),
        (
            "<html><body><nav>5 тенге</nav></body></html>\n",
            "<html><body><nav>[5 тенге]{около 0,01_$}</nav>{note}</body></html>\n",
        ),
        ("5 тенге\n", "[5 тенге]{около 0,01_$}\n{note}"),
        // An article that is skipped does not count.
        (
            "<template><article></article></template><p>5 тенге",
            "<template><article></article></template><p>[5 тенге]{около 0,01_$}{note}",
        ),
    ]);
    untouched(&["<p>5 тенге</p><article><p>Т</p></article><p>5 тенге</p>"]);
}

#[test]
fn the_note_stands_once_at_the_end_of_the_article() {
    check(&[
        (
            "<article>Т</article><article>5 тенге<article>5 тенге</article></article><article>5 тенге</article>",
            "<article>Т</article><article>[5 тенге]{около 0,01_$}<article>[5 тенге]{около 0,01_$}</article>{note}</article>\
             <article>[5 тенге]{около 0,01_$}</article>",
        ),
        (
            "<main><article>5 тенге</main></body>",
            "<main><article>[5 тенге]{около 0,01_$}{note}</main></body>",
        ),
        (
            "<body><article>5 тенге</body>",
            "<body><article>[5 тенге]{около 0,01_$}{note}</body>",
        ),
        ("<article>5 тенге", "<article>[5 тенге]{около 0,01_$}{note}"),
        (
            "</article></main><p>5 тенге",
            "</article></main><p>[5 тенге]{около 0,01_$}{note}",
        ),
    ]);
}

/// At the end of a page within a comment, a tag or an element that is skipped the note would be no text.
#[test]
fn a_page_that_ends_within_something_has_no_note() {
    for end in [
        "<!-- x",
        "<b title='",
        "<script>x",
        "<code>x",
        "<title>",
        "<!doctype",
    ] {
        let page = format!("<p>5 тенге.</p>{end}");
        check(&[(&page, &format!("<p>[5 тенге]{{около 0,01_$}}.</p>{end}"))]);
    }
}

#[test]
fn digits_on_both_sides_of_a_tag_may_be_two_numbers() {
    untouched(&[
        "<p><span class=rank>1</span><span class=price>500 тенге</span>",
        "<p>1<b>500</b> тенге",
    ]);
}
