//! Charts of rates over days.
//!
//! | file | owns |
//! |---|---|
//! | `line` | the rates of a pair in one unit, as integers: everything after it compares and scales exactly |
//! | `ticks` | the marks of the axes: round values, firsts of periods |
//! | `trace` | the path of a line, with a bounded number of points |
//! | `picture` | the measures, and the SVG from them |
//! | `words` | titles, descriptions, notes, the credit |
//! | `page` | the figure and the table |
//!
//! [`Chart::new`] refuses what cannot be drawn; from then on no output fails but by its writer. Nothing is computed in floating point: a level is a
//! quotient of integers, rounded to a tenth of a pixel, so that each server draws the same bytes.

mod line;
mod page;
mod picture;
mod ticks;
mod trace;
mod words;

use std::fmt;

use chrono::NaiveDate;

use super::locale::Locale;
use super::summary::Form;
use super::words::Written;
use super::{DateStyle, Direction, KazakhLatin, Lang, NumberStyle};
use crate::ledger::Series;
use crate::money::Pair;
use crate::provenance::{Attribution, SourceId};
use line::Line;

/// The rates of one or several pairs over a range of days, as a picture, as a part of a page and as a table.
///
/// | output | by | for |
/// |---|---|---|
/// | a picture in SVG | [`svg`](Self::svg) | an `<img>` of an article, a feed, a mail |
/// | a `<figure>` with the same picture and a caption | [`figure`](Self::figure) | a page under a strict content security policy |
/// | a `<table>` | [`table`](Self::table) | readers who want the numbers |
///
/// The three say the same, in the language of the page: the first and the last, the highest and the lowest rate with their days, the days without
/// a rate, corrections by the bank, and the credit.
///
/// - Each pair has a panel with an axis of its own, so that a pair of 5 and one of 500 are both legible. The axis does not begin at zero.
/// - A rate is level for its whole day, and the line breaks where no rate is known: nothing is interpolated. In a picture of more days than pixels a
///   column of pixels shows the first, the lowest, the highest and the last rate of its days, and a gap narrower than two pixels is not visible.
/// - Time runs from left to right in every language; labels and words follow the language's direction.
/// - Rates are for the nominal, and in the unit, of the last one: earlier ones are restated by the exact ratio of the units, which is printed. The
///   series of a currency that was replaced (`BYR/RUB`) is joined with that of its successor (`BYN/RUB`) if both are given.
///
/// The size of a picture is bounded by its width, and that of a table by 366 rows: a longer range has the last rate of each month or year.
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use masthead::money::Pair;
/// use masthead::strip::{Chart, Lang};
/// use masthead::{Attribution, SourceId};
/// # let bank = SourceId::NATIONAL_BANK_KZ;
/// # let now = "2026-04-06T06:00:00Z".parse()?;
/// # let mut ledger = Ledger::default();
/// # for (day, value) in [("2026-04-02", "475.09"), ("2026-04-03", "474.80"), ("2026-04-06", "476.00")] {
/// #     let day = day.parse()?;
/// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day, chrono_tz::Asia::Almaty);
/// #     let rates = Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value)?, 1)])?;
/// #     ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates, now));
/// # }
/// # let history = ledger.history(now, &View::new(bank.clone()));
///
/// let series = history.series(Pair::USD_KZT, "2026-04-02".parse()?..="2026-04-06".parse()?);
/// let credit = Attribution::new("National Bank of Kazakhstan").with_url("https://nationalbank.kz/");
/// let chart = Chart::new([series])?.lang(Lang::En).credit(bank, credit);
///
/// let picture = chart.svg().to_string();
/// assert!(picture.contains(
///     "<desc>USD/KZT: 2 April 2026 – 6 April 2026, first 475.09, last 476.00, highest 476.00 (6 April 2026), \
///      lowest 474.80 (3 April 2026), no data 4 April 2026 – 5 April 2026. National Bank of Kazakhstan</desc>"
/// ));
/// assert!(chart.table().to_string().contains(r#"<td><bdi dir="ltr"><data value="474.80">474.80</data></bdi></td>"#));
/// # Ok(()) }
/// ```
///
/// In another language, width and form of numbers, and as a figure with a caption for a page under a strict policy:
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::{Snapshot, SourceId};
/// use masthead::money::Pair;
/// use masthead::strip::{Chart, KazakhLatin, Lang, NumberStyle};
///
/// # let now = Snapshot::SAMPLE_TIME;
/// # let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
/// # let day = rates.day();
/// # let mut ledger = Ledger::default();
/// # ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, day, rates, now));
/// # let history = ledger.history(now, &View::new(SourceId::SAMPLE));
/// let chart = Chart::new([history.series(Pair::USD_KZT, day..=day)])?
///     .lang(Lang::KkLatn)
///     .kazakh_latin(KazakhLatin::Draft2021)
///     .numbers(NumberStyle::Locale)
///     .width(480);
/// let figure = chart.figure().to_string();
/// assert!(figure.starts_with("<figure") && figure.contains("447,32") && figure.contains(r#"width="480""#), "{figure}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chart {
    lines: Vec<Line>,
    first: NaiveDate,
    last: NaiveDate,
    lang: Lang,
    latin: KazakhLatin,
    numbers: NumberStyle,
    width: u16,
    credits: Vec<(SourceId, Attribution)>,
}

/// The reason why a [`Chart`] cannot be drawn.
///
/// ```
/// use masthead::strip::Chart;
///
/// assert_eq!(Chart::new([]).unwrap_err().to_string(), "a chart without days: expected at least one series with a day");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidChart {
    /// There is no series, or none has a day.
    #[error("a chart without days: expected at least one series with a day")]
    Empty,
    /// There are more than [`Chart::MOST_PAIRS`] pairs.
    #[error("a chart of {count} pairs: expected at most {}", Chart::MOST_PAIRS)]
    TooManyPairs {
        /// The number of pairs.
        count: usize,
    },
    /// A rate has no exact decimal in the unit of the last day.
    #[error("the rate of {pair} on {day} has no exact decimal in the unit of {on}")]
    Unit {
        /// The pair.
        pair: Pair,
        /// The day of the rate.
        day: NaiveDate,
        /// The day of the last rate.
        on: NaiveDate,
    },
}

/// The widths that [`Chart::width`] accepts, in pixels.
const NARROWEST: u16 = 240;
const WIDEST: u16 = 2000;

impl Chart {
    /// The most pairs of a chart.
    pub const MOST_PAIRS: usize = 8;

    /// Creates a chart of series, from [`History::series`](crate::ledger::History::series), in their order. It is in English and 640 pixels wide, without a
    /// credit.
    ///
    /// # Errors
    ///
    /// Returns [`InvalidChart`] if there is no series with a day, if there are more than [`MOST_PAIRS`](Self::MOST_PAIRS) pairs, or if a rate has
    /// no exact decimal in the unit of the pair's last day.
    pub fn new(series: impl IntoIterator<Item = Series>) -> Result<Self, InvalidChart> {
        let series: Vec<Series> = series
            .into_iter()
            .filter(|series| series.points().len() > 0)
            .collect();
        let mut groups: Vec<Vec<&Series>> = Vec::new();
        for next in &series {
            let joined = groups.iter_mut().find_map(|group| {
                let continues = group.last().is_some_and(|last| Line::precedes(last, next));
                let begins = group
                    .first()
                    .is_some_and(|first| Line::precedes(next, first));
                (continues || begins).then_some((group, continues))
            });
            match joined {
                Some((group, true)) => group.push(next),
                Some((group, false)) => group.insert(0, next),
                None => groups.push(vec![next]),
            }
        }
        if groups.len() > Self::MOST_PAIRS {
            let count = groups.len();
            return Err(InvalidChart::TooManyPairs { count });
        }
        let lines = groups.iter().map(|group| Line::of(group));
        let lines = lines.collect::<Result<Vec<Line>, _>>()?;
        let first = lines.iter().map(|line| line.first).min();
        let last = lines.iter().map(Line::last).max();
        let (first, last) = first.zip(last).ok_or(InvalidChart::Empty)?;
        Ok(Self {
            lines,
            first,
            last,
            lang: Lang::En,
            latin: KazakhLatin::default(),
            numbers: NumberStyle::default(),
            width: 640,
            credits: Vec::new(),
        })
    }

    /// Sets the language of words, names and dates, and with it the direction. Default: [`Lang::En`].
    #[must_use]
    pub const fn lang(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// Sets the Latin alphabet of Kazakh. Default: [`KazakhLatin::Of2018`]. It has an effect with [`Lang::KkLatn`] only.
    #[must_use]
    pub const fn kazakh_latin(mut self, letters: KazakhLatin) -> Self {
        self.latin = letters;
        self
    }

    /// Sets the form of numbers. Default: [`NumberStyle::Quote`], a point and no groups.
    #[must_use]
    pub const fn numbers(mut self, style: NumberStyle) -> Self {
        self.numbers = style;
        self
    }

    /// Sets the width of the picture, in pixels: 240 to 2000; other values count as the nearest. Default: 640.
    ///
    /// Set the width of the column that it stands in: a wider picture would be scaled down there, and its letters with it.
    #[must_use]
    pub const fn width(mut self, pixels: u16) -> Self {
        self.width = match pixels {
            ..NARROWEST => NARROWEST,
            NARROWEST..=WIDEST => pixels,
            _ => WIDEST,
        };
        self
    }

    /// Adds a source and the credit that its terms require. A source of this crate has its name in the language of the chart. Default: none.
    #[must_use]
    pub fn credit(mut self, source: SourceId, credit: Attribution) -> Self {
        self.credits.push((source, credit));
        self
    }

    /// Returns the chart as a picture in SVG with a `<title>` and a `<desc>`, for an `<img>`.
    ///
    /// It is well formed, without script and without references to other files. Background and colours are painted, light or dark by the reader's
    /// `prefers-color-scheme`; a viewer that ignores styles shows the light ones.
    #[must_use]
    pub fn svg(&self) -> impl fmt::Display + '_ {
        Written(move |f: &mut fmt::Formatter<'_>| picture::write_picture(self, false, f))
    }

    /// Returns the chart as a `<figure class="masthead-chart">` with a picture and a caption in words, safe to put into a page.
    ///
    /// It has neither style, script nor `id`, so it works under a strict content security policy. Lines and letters have the colour of the text around.
    /// [`STYLE`](super::STYLE) scales a picture that is wider than its column.
    #[must_use]
    pub fn figure(&self) -> impl fmt::Display + '_ {
        Written(move |f: &mut fmt::Formatter<'_>| page::write_figure(self, f))
    }

    /// Returns the chart as a `<table class="masthead-chart">` with a caption and a row for each day, safe to put into a page.
    ///
    /// A range of more than 366 days has a row for each month instead, its last day with a rate, and one of more than 366 months for each year.
    #[must_use]
    pub fn table(&self) -> impl fmt::Display + '_ {
        Written(move |f: &mut fmt::Formatter<'_>| page::write_table(self, f))
    }

    const fn locale(&self) -> &'static Locale {
        self.lang.locale_in(self.latin)
    }

    const fn direction(&self) -> Direction {
        self.locale().direction
    }

    /// The form of the numbers of a pair, with at least the decimals of the quote currency's minor unit.
    const fn form(&self, line: &Line) -> Form {
        Form {
            locale: self.locale(),
            numbers: self.numbers,
            places: line.pair.quote().minor_units(),
            dates: DateStyle::Long,
        }
    }
}
