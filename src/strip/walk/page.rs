//! The page layout, line by line, and the list of languages.
//!
//! The lines are those of a Kazinform page, with spaces between items and, by default, no isolates. Marks and notes are added only where the model
//! would mislead, so that a page with confirmed rates in force has the lines of its model and no others:
//!
//! ```text
//! date 2026-04-01 Go to the main site
//! Currency rates:
//! usd/kzt 475.09, unconfirmed eur/kzt 551.06
//! as of 1 April 2026, rates for 2 April 2026 are not known yet
//! Weather:
//! Astana+21+23℃
//! +7 701 759 90 19
//! ру қз qz 中文 ق ز Ўз
//! ```

use std::fmt;

use super::{separate, walk_degrees};
use crate::strip::part::{Element, Part, Separator, Sink};
use crate::strip::{Lang, LanguageLink, Strip, WeatherItem};

impl<'a> Strip<'a> {
    /// The header of a Kazinform page, with notes for rates that are unconfirmed, not in force, or of the
    /// sample.
    pub(super) fn page<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        let locale = self.locale;
        sink.within(&Element::Row, |sink| {
            sink.within(&Element::Date, |sink| {
                sink.word(locale.date)?;
                sink.word(" ")?;
                sink.within(&Element::Value, |sink| {
                    sink.part(&Part::IsoDay(self.date()))
                })
            })?;
            let Some(link) = self.layout.main_link() else {
                return Ok(());
            };
            sink.word(" ")?;
            sink.within(&Element::Link(link.url.as_deref()), |sink| {
                match self.layout.text_of_link() {
                    Some(text) => sink.part(&Part::Outside(text)),
                    None => sink.word(locale.main_site),
                }
            })
        })?;
        self.walk_heading(sink, locale.currency_rates)?;
        let rate = self.rate_items(self.rates);
        for row in self.layout.rate_rows() {
            let items = row.iter().map(|pair| rate(*pair));
            spaced_row(sink, items, |sink, item| {
                sink.within(&Element::Rate(&item), |sink| {
                    self.walk_quote(sink, &item)?;
                    self.walk_doubts(sink, &item, true)
                })
            })?;
        }
        self.walk_page_note(sink)?;
        self.walk_heading(sink, locale.weather)?;
        spaced_row(sink, self.weather(), |sink, item| {
            self.walk_plain_weather(sink, &item)
        })?;
        if let Some(sample) = self.sample() {
            sink.within(&Element::List, |sink| {
                sink.within(&Element::Note(sample), |sink| {
                    self.walk_source(sink, sample)
                })
            })?;
        }
        if let Some(phone) = self.layout.telephone() {
            sink.within(&Element::Row, |sink| {
                sink.within(&Element::Phone(phone), |sink| {
                    sink.within(&Element::Value, |sink| sink.part(&Part::Outside(phone)))
                })
            })?;
        }
        self.walk_languages(sink)
    }

    /// A heading on a line of its own.
    fn walk_heading<S: Sink>(&self, sink: &mut S, word: &'static str) -> fmt::Result {
        sink.within(&Element::Row, |sink| {
            sink.within(&Element::Heading, |sink| {
                sink.word(word)?;
                sink.word(self.locale.heading)
            })
        })
    }

    /// `Astana+21+23℃`, in the form of the Kazinform page.
    fn walk_plain_weather<S: Sink>(&self, sink: &mut S, item: &WeatherItem<'a>) -> fmt::Result {
        sink.within(&Element::Weather(item), |sink| {
            self.walk_city(sink, item)?;
            let Some(shown) = item.shown() else {
                return self.walk_no_data(sink);
            };
            sink.within(&Element::Value, |sink| {
                walk_degrees(sink, shown, "-", "")?;
                sink.word("℃")
            })
        })
    }

    /// The list of languages: that of the site or, on a page, the seven of its model without the current one.
    pub(super) fn walk_languages<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        let current = self.layout.get_lang();
        match self.layout.language_links() {
            Some([]) => Ok(()),
            Some(links) => sink.within(&Element::Languages, |sink| {
                spaced_row(sink, links, |sink, link| walk_language(sink, link, current))
            }),
            None => sink.within(&Element::Languages, |sink| {
                let others = Lang::ALL.iter();
                let others = others.filter(|lang| ![current, Lang::UzLatn].contains(lang));
                let links = others.map(|lang| LanguageLink::of(*lang));
                spaced_row(sink, links, |sink, link| {
                    walk_language(sink, &link, current)
                })
            }),
        }
    }
}

/// An item of the list of languages.
fn walk_language<S: Sink>(sink: &mut S, link: &LanguageLink, current: Lang) -> fmt::Result {
    let element = Element::Language {
        tag: &link.tag,
        url: link.url.as_deref(),
        direction: link.direction,
        current: link.lang == Some(current),
    };
    sink.within(&element, |sink| {
        sink.within(&Element::Name, |sink| {
            sink.part(&Part::Outside(&link.label))
        })
    })
}

/// A row of items with spaces between them, or no row without items.
fn spaced_row<S: Sink, T>(
    sink: &mut S,
    items: impl IntoIterator<Item = T>,
    mut item: impl FnMut(&mut S, T) -> fmt::Result,
) -> fmt::Result {
    let mut items = items.into_iter().peekable();
    if items.peek().is_none() {
        return Ok(());
    }
    sink.within(&Element::List, |sink| {
        let mut first = true;
        items.try_for_each(|next| {
            separate(&mut first, Separator::Space, sink)?;
            item(sink, next)
        })
    })
}
