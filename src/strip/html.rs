use std::fmt::{self, Write as _};

use super::Strip;
use super::number::{Outside, Timestamp};
use super::part::{Element, Part, Sink};
use crate::money::Trend;
use crate::snapshot::Freshness;

/// A strip as a fragment of HTML, safe to put into any page.
///
/// Each row is a list, inline without any style sheet; classes begin with `masthead`, and each item carries
/// `data-source` and `data-freshness` (and `data-trend`, `data-condition`) for a style sheet to use. Everything that came
/// from outside is escaped here, by type, and nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Html<'a> {
    strip: Strip<'a>,
}

impl<'a> Html<'a> {
    pub(super) const fn new(strip: Strip<'a>) -> Self {
        Self { strip }
    }
}

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lang = self.strip.layout.language();
        let (tag, dir, title) = (lang.tag(), lang.direction().as_str(), lang.locale().title);
        write!(
            f,
            r#"<section class="masthead" lang="{tag}" dir="{dir}" aria-label="{}">"#,
            Escaped(title)
        )?;
        self.strip.walk(&mut HtmlSink { out: f })?;
        f.write_str("</section>")
    }
}

struct HtmlSink<'f, 'g> {
    out: &'f mut fmt::Formatter<'g>,
}

impl Sink for HtmlSink<'_, '_> {
    fn open(&mut self, element: &Element<'_>) -> fmt::Result {
        let out = &mut *self.out;
        match element {
            Element::Row => out.write_str(r#"<p class="masthead-row">"#),
            Element::List => out.write_str(r#"<p class="masthead-row" role="list">"#),
            Element::Rate(item) => {
                write!(
                    out,
                    r#"<span role="listitem" class="masthead-rate" data-pair="{}""#,
                    item.pair
                )?;
                if item.trend() != Trend::Unknown {
                    write!(out, r#" data-trend="{}""#, item.trend().as_str())?;
                }
                provenance(
                    out,
                    item.observed.map(|held| held.source().as_str()),
                    item.freshness,
                )
            }
            Element::Weather(item) => {
                write!(
                    out,
                    r#"<span role="listitem" class="masthead-weather" data-city="{}""#,
                    item.city.id()
                )?;
                if let Some(condition) = item.hour.and_then(|hour| hour.condition.as_ref()) {
                    write!(out, r#" data-condition="{}""#, Escaped(condition))?;
                }
                provenance(
                    out,
                    item.observed.map(|held| held.source().as_str()),
                    item.freshness,
                )
            }
            Element::Note(source) => {
                write!(
                    out,
                    r#"<span role="listitem" class="masthead-note" data-source="{source}">"#
                )
            }
            Element::Heading => out.write_str(r#"<span class="masthead-heading">"#),
            Element::Date => out.write_str(r#"<span class="masthead-date">"#),
            Element::Link(Some(url)) => write!(out, r#"<a href="{}">"#, Escaped(Outside(url))),
            Element::Phone(number) => {
                write!(out, r#"<a href="tel:{}">"#, Dialled(number))
            }
            Element::Language(link) => {
                let rtl = if link.tag.contains("-Arab") {
                    r#" dir="rtl""#
                } else {
                    ""
                };
                let tag = Escaped(Outside(&link.tag));
                match &link.url {
                    Some(url) => write!(
                        out,
                        r#"<span role="listitem"><a href="{}" hreflang="{tag}" lang="{tag}"{rtl}><bdi>"#,
                        Escaped(Outside(url))
                    ),
                    None => write!(out, r#"<span role="listitem" lang="{tag}"{rtl}><bdi>"#),
                }
            }
            Element::Value => out.write_str(r#"<bdi dir="ltr">"#),
            Element::Name => out.write_str("<bdi>"),
            Element::Link(None) => Ok(()),
        }
    }

    fn part(&mut self, part: &Part<'_>) -> fmt::Result {
        let out = &mut *self.out;
        let text = Escaped(part);
        match part {
            Part::Number { value, .. } | Part::Change { value, .. } => {
                write!(out, r#"<data value="{value}">{text}</data>"#)
            }
            Part::Degrees { whole, .. } => write!(out, r#"<data value="{whole}">{text}</data>"#),
            Part::Day { date, .. } | Part::IsoDay(date) => {
                write!(out, r#"<time datetime="{date}">{text}</time>"#)
            }
            Part::Age { at, .. } => {
                write!(out, r#"<time datetime="{}">{text}</time>"#, Timestamp(*at))
            }
            Part::Arrow(_) | Part::Separator(_) => {
                write!(out, r#"<span aria-hidden="true">{text}</span>"#)
            }
            Part::Word(_) | Part::Space | Part::Outside(_) | Part::Pair { .. } | Part::Unit(_) => {
                write!(out, "{text}")
            }
        }
    }

    fn close(&mut self, element: &Element<'_>) -> fmt::Result {
        self.out.write_str(match element {
            Element::Row | Element::List => "</p>",
            Element::Rate(_)
            | Element::Weather(_)
            | Element::Note(_)
            | Element::Heading
            | Element::Date => "</span>",
            Element::Link(Some(_)) | Element::Phone(_) => "</a>",
            Element::Link(None) => "",
            Element::Language(link) if link.url.is_some() => "</bdi></a></span>",
            Element::Language(_) => "</bdi></span>",
            Element::Value | Element::Name => "</bdi>",
        })
    }
}

fn provenance(
    out: &mut fmt::Formatter<'_>,
    source: Option<&str>,
    freshness: Freshness,
) -> fmt::Result {
    if let Some(source) = source {
        write!(out, r#" data-source="{source}""#)?;
    }
    write!(out, r#" data-freshness="{}">"#, freshness.as_str())
}

/// Anything printable, escaped for text and for attributes in double quotes.
struct Escaped<T>(T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(EscapingWriter(f), "{}", self.0)
    }
}

struct EscapingWriter<'f, 'g>(&'f mut fmt::Formatter<'g>);

impl fmt::Write for EscapingWriter<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, special) = rest.split_at(at);
            self.0.write_str(plain)?;
            let mut after = special.chars();
            self.0.write_str(match after.next() {
                Some('&') => "&amp;",
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                Some('"') => "&quot;",
                _ => "&#39;",
            })?;
            rest = after.as_str();
        }
        self.0.write_str(rest)
    }
}

/// The digits of a telephone number and its plus.
struct Dialled<'a>(&'a str);

impl fmt::Display for Dialled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .try_for_each(|c| f.write_char(c))
    }
}
