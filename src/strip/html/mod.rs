//! HTML: one `<section>` of rows and tables.
//!
//! The markup must be readable without a style sheet, work under any content security policy, and fit into a page that is not known. So it has no
//! `style`, no `id` and no script, only elements that may stand in a `<section>`, and each value in a `<bdi>`. Scripts of a site read the `data-`
//! attributes and the machine's forms, not the words.
//!
//! **`masthead.js` reads this markup.** Under trusted types it may not use `innerHTML`, so it has a list of the elements and attributes of a
//! fragment, its `TOKEN`, and leaves the page as it is if a fragment has another one, or more than 50,000 characters. An element or attribute that is
//! new here is added there, or live updates stop.
//!
//! A row is written piece by piece, mostly of literals: the element of each call of the walk is a constant, so that inlining leaves the writes of one
//! variant. `benches` measures it; keep `open` and `part` free of work that does not depend on the element.
//!
//! Text from outside is escaped in [`HtmlSink::escaped`] and nowhere else: for text and for attributes in double quotes alike.

/// Writes the pieces one after another. The length of a literal is known to the compiler, which makes it
/// a plain store.
macro_rules! put {
    ($sink:ident, $($piece:expr),+ $(,)?) => {
        Ok(())$(.and_then(|()| $sink.out.write_str($piece)))+
    };
}

pub(super) mod escape;
mod fragment;
mod tags;

use std::fmt::{self, Write};

use super::Strip;
use super::digits::{write_instant, write_integer, write_iso};
use super::locale::Locale;
use super::number::write_plain;
use super::part::{Column, Element, Part, Separator, Sink, is_plain, write_outside};
use crate::money::{Rate, Trend};
use escape::Escaping;

pub use fragment::Fragment;

/// A strip as a fragment of HTML, made by [`Strip::html`], safe to put into a page.
///
/// It is one `<section>` without style, script or `id`, so it works under a strict content security
/// policy, and several strips fit on one page. Without a style sheet a row of items is one line of text;
/// [`STYLE`](super::STYLE) is the sheet that fits.
///
/// ```
/// use masthead::money::Pair;
/// use masthead::strip::{Layout, Strip};
/// use masthead::Snapshot;
///
/// let layout = Layout::line().rates([[Pair::USD_KZT]]).cities([]);
/// let snapshot = Snapshot::sample();
/// assert_eq!(
///     Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).html().to_string(),
///     concat!(
///         r#"<section class="masthead" lang="en" dir="ltr" aria-label="Currency rates and weather">"#,
///         r#"<p class="masthead-row" role="list">"#,
///         r#"<span role="listitem" class="masthead-rate" data-pair="USD/KZT" data-source="sample" "#,
///         r#"data-freshness="stale"><bdi dir="ltr"><abbr title="US Dollar">usd</abbr>/kzt "#,
///         r#"<data value="447.32">447.32</data></bdi></span><span aria-hidden="true"> · </span>"#,
///         r#"<span role="listitem" class="masthead-note" data-source="sample">as of "#,
///         r#"<bdi><time datetime="2023-06-13">13 June 2023</time></bdi>, "#,
///         r#"<bdi>Built-in sample of 13 June 2023</bdi>, outdated</span></p></section>"#,
///     )
/// );
/// ```
///
/// Classes for a style sheet:
///
/// | class | element |
/// |---|---|
/// | `masthead` | the whole strip |
/// | `masthead-row`, `masthead-table` | a row of items, a table |
/// | `masthead-rate`, `masthead-weather` | a pair, a city |
/// | `masthead-sparkline` | the picture of a pair's last days |
/// | `masthead-note` | day, source and age |
/// | `masthead-date`, `masthead-heading`, `masthead-languages` | a date, a heading, the list of languages |
///
/// Attributes of a pair or a city:
///
/// | attribute | value |
/// |---|---|
/// | `data-pair`, `data-city` | `USD/KZT`, the id of the city |
/// | `data-freshness` | `fresh`, `ageing`, `stale`, `absent` |
/// | `data-source` | the id of the source, if one is known |
/// | `data-trend` | `up`, `down`, `unchanged`; left out if it is unknown |
/// | `data-confirmed` | `false` for a rate that is unconfirmed; left out otherwise |
/// | `data-condition`, `data-daylight` | the condition and `day` or `night` of the present hour, if known |
///
/// Numbers stand in `<data>` with the machine's form in `value`, dates and ages in `<time>`, currencies
/// in `<abbr>` with their name. Text from outside is escaped here by its type, and nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Html<'a> {
    strip: Strip<'a>,
}

impl<'a> Html<'a> {
    pub(super) const fn new(strip: Strip<'a>) -> Self {
        Self { strip }
    }

    /// Writes to `out` directly; faster than [`Display`](fmt::Display).
    ///
    /// # Errors
    ///
    /// Returns an error if `out` does. A `String` never does.
    pub fn write_to<W: Write>(&self, out: &mut W) -> fmt::Result {
        let locale = self.strip.locale;
        let mut sink = HtmlSink {
            out,
            locale,
            microdata: self.strip.layout.microdata,
            rate: None,
            table: false,
        };
        put!(
            sink,
            r#"<section class="masthead" lang=""#,
            locale.tag,
            r#"" dir=""#,
            locale.direction.as_str(),
            r#"" aria-label=""#,
            locale.title,
            r#"">"#,
        )?;
        self.strip.walk(&mut sink)?;
        put!(sink, "</section>")
    }
}

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// Writes the walk as tags.
struct HtmlSink<'w, W> {
    out: &'w mut W,
    locale: &'static Locale,
    microdata: bool,
    /// The rate of the open item, if it gets microdata.
    rate: Option<Rate>,
    /// Whether a table is open, in which each item is a row.
    table: bool,
}

impl<W: Write> HtmlSink<'_, W> {
    /// Writes text from outside, escaped for text and for attributes in double quotes.
    fn escaped(&mut self, text: &str) -> fmt::Result {
        if is_plain(text) {
            self.out.write_str(text)
        } else {
            write_outside(text, &mut Escaping(self.out))
        }
    }

    /// Writes the visible text of a part.
    fn text(&mut self, part: &Part<'_>) -> fmt::Result {
        match part {
            Part::Outside(text) => self.escaped(text),
            // Other parts have no special characters.
            _ => part.write_to(self.out),
        }
    }
}

impl<W: Write> Sink for HtmlSink<'_, W> {
    #[inline]
    fn word(&mut self, word: &'static str) -> fmt::Result {
        self.out.write_str(word)
    }

    #[inline(always)] // the element is a constant at every call
    fn open(&mut self, element: &Element<'_>) -> fmt::Result {
        match element {
            Element::Row => put!(self, r#"<p class="masthead-row">"#),
            Element::List => put!(self, r#"<p class="masthead-row" role="list">"#),
            Element::Table => {
                self.table = true;
                put!(self, r#"<table class="masthead-table"><tbody>"#)
            }
            Element::Cell { column, .. } => put!(
                self,
                match column {
                    Column::Name => r#"<th scope="row">"#,
                    Column::Value | Column::Remark => "<td>",
                }
            ),
            Element::Rate(item) => self.open_rate(item),
            Element::Weather(item) => self.open_weather(item),
            Element::Note(source) => put!(
                self,
                r#"<span role="listitem" class="masthead-note" data-source=""#,
                source.as_str(),
                r#"">"#,
            ),
            Element::Heading => put!(self, r#"<span class="masthead-heading">"#),
            Element::Date => put!(self, r#"<span class="masthead-date">"#),
            Element::Today => put!(self, r#"<span role="listitem" class="masthead-date">"#),
            Element::Link(Some(url)) => {
                put!(self, r#"<a href=""#)?;
                self.escaped(url)?;
                put!(self, r#"">"#)
            }
            Element::Phone(number) => self.open_phone(number),
            Element::Languages => put!(
                self,
                r#"<nav class="masthead-languages" aria-label=""#,
                self.locale.languages,
                r#"">"#,
            ),
            Element::Language {
                tag,
                url,
                direction,
                current,
            } => self.open_language(tag, *url, *direction, *current),
            Element::Value => put!(self, r#"<bdi dir="ltr">"#),
            Element::Name => put!(self, "<bdi>"),
            Element::Link(None) | Element::Blocks => Ok(()),
        }
    }

    #[inline(always)]
    fn part(&mut self, part: &Part<'_>) -> fmt::Result {
        match part {
            Part::Pair {
                pair,
                nominal,
                case,
            } => self.pair(*pair, *nominal, *case),
            Part::Number(number) => self.number(part, number),
            Part::Change(number, trend) => {
                let sign = if *trend == Trend::Down { "-" } else { "" };
                self.data(part, sign, |out| write_plain(number.value(), out))
            }
            Part::Degrees { whole, .. } => {
                let sign = if *whole < 0 { "-" } else { "" };
                self.data(part, sign, |out| write_integer(whole.unsigned_abs(), out))
            }
            Part::Day(date) => self.time(part, |out| write_iso(date.day(), out)),
            Part::IsoDay(date) => self.time(part, |out| write_iso(*date, out)),
            Part::Age { at, .. } | Part::Clock { at, .. } => {
                self.time(part, |out| write_instant(*at, out))
            }
            Part::Arrow(trend) => self.out.write_str(match trend {
                Trend::Up => r#"<span aria-hidden="true">▲</span>"#,
                Trend::Down => r#"<span aria-hidden="true">▼</span>"#,
                Trend::Unchanged => r#"<span aria-hidden="true">=</span>"#,
                Trend::Unknown => "",
            }),
            Part::Separator(Separator::Dot) => put!(self, r#"<span aria-hidden="true"> · </span>"#),
            Part::Separator(Separator::Space) => put!(self, " "),
            Part::Sparkline(sparkline) => self.sparkline(sparkline),
            Part::Outside(_) => self.text(part),
        }
    }

    #[inline(always)]
    fn close(&mut self, element: &Element<'_>) -> fmt::Result {
        if let Element::Table = element {
            self.table = false;
        }
        put!(
            self,
            match element {
                Element::Row | Element::List => "</p>",
                Element::Table => "</tbody></table>",
                Element::Cell {
                    column: Column::Name,
                    ..
                } => "</th>",
                Element::Cell { .. } => "</td>",
                Element::Rate(_) | Element::Weather(_) if self.table => "</tr>",
                Element::Rate(_)
                | Element::Weather(_)
                | Element::Note(_)
                | Element::Heading
                | Element::Date
                | Element::Today => "</span>",
                Element::Link(Some(_)) | Element::Phone(_) => "</a>",
                Element::Link(None) | Element::Blocks => "",
                Element::Languages => "</nav>",
                Element::Language { url: Some(_), .. } => "</a></span>",
                Element::Language { url: None, .. } => "</span></span>",
                Element::Value | Element::Name => "</bdi>",
            }
        )
    }
}
