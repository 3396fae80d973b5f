//! The one walk over a strip: what is said, in which order. Sinks decide how it looks.

use std::fmt;

use super::layout::Form;
use super::part::{Element, Part, Sink};
use super::{RateItem, Shown, Strip, WeatherItem};
use crate::provenance::SourceId;
use crate::snapshot::{Freshness, Observed, Reading};

impl<'a> Strip<'a> {
    pub(super) fn walk(&self, sink: &mut impl Sink) -> fmt::Result {
        match self.layout.form() {
            Form::Line => within(sink, &Element::List, |sink| self.line(sink)),
            Form::Page => self.page(sink),
        }
    }

    /// Every item in one row, the rates' note after the rates, the weather's after the weather.
    fn line(&self, sink: &mut impl Sink) -> fmt::Result {
        let mut first = true;
        let mut separate = |sink: &mut _| separate(&mut first, " · ", sink);
        for item in self.rates() {
            separate(sink)?;
            self.walk_rate(sink, item)?;
        }
        if let Some(observed) = self.snapshot.rates(self.now) {
            separate(sink)?;
            self.walk_rates_note(sink, observed)?;
        }
        for item in self.weather() {
            separate(sink)?;
            self.walk_weather(sink, item)?;
        }
        let said = self.snapshot.rates(self.now).map(Observed::source);
        for (source, _) in self
            .attributions()
            .filter(|(source, _)| Some(*source) != said)
        {
            // One note a source, with the age of its oldest city.
            let held = self.forecasts().filter(|held| held.source() == source);
            if let Some(oldest) = held.min_by_key(|held| held.fetched()) {
                separate(sink)?;
                within(sink, &Element::Note(source), |sink| {
                    self.walk_source(sink, source)?;
                    self.walk_age(sink, oldest)
                })?;
            }
        }
        Ok(())
    }

    /// The model header, line by line.
    fn page(&self, sink: &mut impl Sink) -> fmt::Result {
        let locale = self.layout.language().locale();
        within(sink, &Element::Row, |sink| {
            within(sink, &Element::Date, |sink| {
                sink.part(&Part::Word(locale.date))?;
                sink.part(&Part::Space)?;
                sink.part(&Part::IsoDay(self.date()))
            })?;
            let Some((text, url)) = self.layout.main_link() else {
                return Ok(());
            };
            sink.part(&Part::Space)?;
            within(sink, &Element::Link(url), |sink| {
                sink.part(&Part::Outside(text))
            })
        })?;
        heading(sink, locale.currency_rates)?;
        let rate = self.rate_items(self.snapshot.rates(self.now));
        for row in self.layout.rate_rows() {
            let items = row.iter().map(|pair| rate(*pair));
            spaced_row(sink, items, |sink, item| self.walk_plain_rate(sink, item))?;
        }
        heading(sink, locale.weather)?;
        spaced_row(sink, self.weather(), |sink, item| {
            self.walk_plain_weather(sink, item)
        })?;
        if let Some(phone) = self.layout.telephone() {
            within(sink, &Element::Row, |sink| {
                within(sink, &Element::Phone(phone), |sink| {
                    sink.part(&Part::Outside(phone))
                })
            })?;
        }
        spaced_row(sink, self.layout.language_links(), |sink, link| {
            within(sink, &Element::Language(link), |sink| {
                sink.part(&Part::Outside(&link.label))
            })
        })
    }

    /// `usd/kzt 475.09 ▼ down 3.68`. Of which day, from whom and how old stands in the note behind the rates.
    fn walk_rate(&self, sink: &mut impl Sink, item: RateItem<'a>) -> fmt::Result {
        let locale = self.layout.language().locale();
        within(sink, &Element::Rate(item), |sink| {
            self.walk_quote(sink, item)?;
            let Some(word) = locale.trend(item.trend()) else {
                return Ok(());
            };
            sink.part(&Part::Space)?;
            sink.part(&Part::Arrow(item.trend()))?;
            sink.part(&Part::Space)?;
            sink.part(&Part::Word(word))?;
            match item
                .rate
                .and_then(|rate| rate.change())
                .filter(|change| !change.is_zero())
            {
                Some(value) => {
                    sink.part(&Part::Space)?;
                    let places = item.pair.quote().minor_units();
                    within(sink, &Element::Value, |sink| {
                        sink.part(&Part::Change { value, places })
                    })
                }
                None => Ok(()),
            }
        })
    }

    fn walk_plain_rate(&self, sink: &mut impl Sink, item: RateItem<'a>) -> fmt::Result {
        within(sink, &Element::Rate(item), |sink| {
            self.walk_quote(sink, item)
        })
    }

    /// The pair and its value in one isolate, or the pair and the word for no data.
    fn walk_quote(&self, sink: &mut impl Sink, item: RateItem<'a>) -> fmt::Result {
        let nominal = item.rate.map_or(1, |rate| rate.nominal());
        let pair = Part::Pair {
            pair: item.pair,
            nominal,
            case: self.layout.case_of_pairs(),
        };
        within(sink, &Element::Value, |sink| {
            sink.part(&pair)?;
            let Some(rate) = item.rate else { return Ok(()) };
            sink.part(&Part::Space)?;
            sink.part(&Part::Number {
                value: rate.value(),
                places: item.pair.quote().minor_units(),
            })
        })?;
        if item.rate.is_some() {
            Ok(())
        } else {
            self.walk_no_data(sink)
        }
    }

    /// `as of 2 April 2026, National Bank of Kazakhstan, 5 min ago`
    fn walk_rates_note(
        &self,
        sink: &mut impl Sink,
        observed: &'a Observed<crate::money::Rates>,
    ) -> fmt::Result {
        let locale = self.layout.language().locale();
        let (before, after) = locale.as_of;
        within(sink, &Element::Note(observed.source()), |sink| {
            sink.part(&Part::Word(before))?;
            let date = observed.value().day();
            within(sink, &Element::Name, |sink| {
                sink.part(&Part::Day { date, locale })
            })?;
            sink.part(&Part::Word(after))?;
            sink.part(&Part::Word(", "))?;
            self.walk_source(sink, observed.source())?;
            self.walk_age(sink, observed)?;
            self.walk_stale(sink, self.policy.of_rates(observed, self.now))
        })
    }

    /// `Astana +21…+23 °C`
    fn walk_weather(&self, sink: &mut impl Sink, item: WeatherItem<'a>) -> fmt::Result {
        let locale = self.layout.language().locale();
        within(sink, &Element::Weather(item), |sink| {
            within(sink, &Element::Name, |sink| {
                sink.part(&Part::Outside(item.city.name()))
            })?;
            let Some(shown) = item.shown() else {
                return self.walk_no_data(sink);
            };
            sink.part(&Part::Space)?;
            if let Shown::Now(_) = shown {
                sink.part(&Part::Word(locale.now))?;
                sink.part(&Part::Space)?;
            }
            within(sink, &Element::Value, |sink| {
                let (first, second) = ends(shown);
                sink.part(&Part::Degrees {
                    whole: first,
                    minus: '\u{2212}',
                })?;
                if let Some(second) = second {
                    sink.part(&Part::Word("…"))?;
                    sink.part(&Part::Degrees {
                        whole: second,
                        minus: '\u{2212}',
                    })?;
                }
                sink.part(&Part::Unit("\u{a0}°C"))
            })?;
            if item.freshness == Freshness::Stale
                && let Some(observed) = item.observed
            {
                self.walk_age(sink, observed)?;
            }
            self.walk_stale(sink, item.freshness)
        })
    }

    /// `Astana+21+23℃`, as the model prints it.
    fn walk_plain_weather(&self, sink: &mut impl Sink, item: WeatherItem<'a>) -> fmt::Result {
        within(sink, &Element::Weather(item), |sink| {
            within(sink, &Element::Name, |sink| {
                sink.part(&Part::Outside(item.city.name()))
            })?;
            let Some(shown) = item.shown() else {
                return self.walk_no_data(sink);
            };
            within(sink, &Element::Value, |sink| {
                let (first, second) = ends(shown);
                sink.part(&Part::Degrees {
                    whole: first,
                    minus: '-',
                })?;
                second.map_or(Ok(()), |whole| {
                    sink.part(&Part::Degrees { whole, minus: '-' })
                })?;
                sink.part(&Part::Unit("℃"))
            })
        })
    }

    fn walk_source(&self, sink: &mut impl Sink, source: &'a SourceId) -> fmt::Result {
        let credit = self.snapshot.attribution(source);
        within(
            sink,
            &Element::Link(credit.and_then(|credit| credit.url())),
            |sink| {
                within(sink, &Element::Name, |sink| {
                    sink.part(&Part::Outside(
                        credit.map_or(source.as_str(), |credit| credit.name()),
                    ))
                })
            },
        )?;
        let Some((credit, licence)) =
            credit.and_then(|credit| Some((credit, credit.licence_name()?)))
        else {
            return Ok(());
        };
        sink.part(&Part::Word(" ("))?;
        within(sink, &Element::Link(credit.licence_url()), |sink| {
            sink.part(&Part::Outside(licence))
        })?;
        sink.part(&Part::Word(")"))
    }

    /// How long ago it was said; nothing of the sample, which nobody fetched.
    fn walk_age<T: Reading>(&self, sink: &mut impl Sink, observed: &Observed<T>) -> fmt::Result {
        if *observed.source() == SourceId::SAMPLE {
            return Ok(());
        }
        sink.part(&Part::Word(", "))?;
        let locale = self.layout.language().locale();
        sink.part(&Part::Age {
            at: observed.fetched(),
            age: observed.age(self.now),
            locale,
        })
    }

    fn walk_stale(&self, sink: &mut impl Sink, freshness: Freshness) -> fmt::Result {
        if freshness != Freshness::Stale {
            return Ok(());
        }
        sink.part(&Part::Word(", "))?;
        sink.part(&Part::Word(self.layout.language().locale().stale))
    }

    fn walk_no_data(&self, sink: &mut impl Sink) -> fmt::Result {
        sink.part(&Part::Space)?;
        sink.part(&Part::Word(self.layout.language().locale().no_data))
    }
}

/// The ends of what is shown; below zero the larger magnitude stands last, as Kazakh forecasts say it.
fn ends(shown: Shown) -> (i16, Option<i16>) {
    match shown {
        Shown::Now(now) => (now, None),
        Shown::Range { low, high } if high <= 0 => (high, Some(low)),
        Shown::Range { low, high } => (low, Some(high)),
    }
}

fn within<S: Sink>(
    sink: &mut S,
    element: &Element<'_>,
    inside: impl FnOnce(&mut S) -> fmt::Result,
) -> fmt::Result {
    sink.open(element)?;
    inside(sink)?;
    sink.close(element)
}

fn heading(sink: &mut impl Sink, word: &'static str) -> fmt::Result {
    within(sink, &Element::Row, |sink| {
        within(sink, &Element::Heading, |sink| {
            sink.part(&Part::Word(word))?;
            sink.part(&Part::Word(":"))
        })
    })
}

/// A row of items with spaces between; no row where there is no item.
fn spaced_row<S: Sink, T>(
    sink: &mut S,
    items: impl IntoIterator<Item = T>,
    mut item: impl FnMut(&mut S, T) -> fmt::Result,
) -> fmt::Result {
    let mut items = items.into_iter().peekable();
    if items.peek().is_none() {
        return Ok(());
    }
    within(sink, &Element::List, |sink| {
        let mut first = true;
        items.try_for_each(|next| {
            separate(&mut first, " ", sink)?;
            item(sink, next)
        })
    })
}

fn separate(first: &mut bool, separator: &'static str, sink: &mut impl Sink) -> fmt::Result {
    if std::mem::take(first) {
        Ok(())
    } else {
        sink.part(&Part::Separator(separator))
    }
}
