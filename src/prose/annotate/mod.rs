//! Values of an article's amounts in another currency.
//!
//! ```text
//!             ┌─► stated ─────► left alone: the text has the value already
//! Reader ──►──┤
//!  amounts    └─► converted ──► words ──► text: inserted in brackets
//!                  one fraction,            html: inserted as elements
//!                  one rounding
//! ```
//!
//! 1. [`Reader`] finds the amounts of a paragraph, or of a block of a page.
//! 2. `stated` sorts out those that the author converted.
//! 3. `converted` converts the others by the day's [`Rates`], and `words` has the words in which a value is written.
//! 4. [`Annotator::text`] inserts the values into plain text; `html` into a page, whose other bytes stay as they are.
//!
//! # A second pass changes nothing
//!
//! Texts are annotated again: by an editor, a cache, another server. Plain text has no marks of the first pass, so it rests on two facts: each value
//! that is written is itself an amount for the reader (a test of `words`), and an amount beside brackets with money counts as converted (`stated`).
//! Where a new bracket makes another text beside it an amount, that value is left out again ([`MOST_PASSES`]). In HTML the elements of the first pass
//! are removed and written again, so that other rates or another currency replace the values.

mod converted;
#[cfg(feature = "annotate")]
mod html;
mod stated;
mod words;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;

use self::converted::Converted;
use self::stated::stated;
use self::words::Words;
use super::{Amount, Reader};
use crate::ledger::{History, InForce, NoRates};
use crate::money::{Currency, Rates};
use crate::strip::{DateStyle, Direction, Lang};

/// The most passes over a paragraph until a further one would add no value. A paragraph that needs more stays as it is.
const MOST_PASSES: usize = 2;

/// Adds to each amount of an article its value in another currency, at the official rates of the article's day.
///
/// | amount | annotated |
/// |---|---|
/// | `7 млн тенге` | `7 млн тенге (около 15 600 $)` |
/// | `1 250,50 тенге` | `1 250,50 тенге (2,80 $)` |
/// | `не менее 7 млн тенге` | `не менее 7 млн тенге (не менее 15 600 $)` |
/// | `10–15 мың теңге` | `10–15 мың теңге (шамамен 22,4–33,5 $)` |
///
/// The value has as many significant digits as the amount, at least three, and no part of a minor unit. It is rounded once, half-even, each
/// end of a range alone. "About" stands before it unless the amount is exact to its minor unit and the value too. These amounts are left
/// as they are:
///
/// - those in the target currency, and those whose text has their value in another currency already;
/// - those whose currency, or the target, has no confirmed rate on the day, or whose unit changed between the day of the rates and the article's;
/// - those whose value rounds to zero, such as 2 tenge in dollars.
///
/// An annotator belongs to one day. It holds the day's rates, so it can be kept and sent to another thread.
///
/// ```
/// # use masthead::ledger::{Feed, Ledger, Sighting, View};
/// # use masthead::{Snapshot, SourceId};
/// use masthead::money::Currency;
/// use masthead::prose::Annotator;
/// use masthead::strip::Lang;
///
/// # let now = Snapshot::SAMPLE_TIME;
/// # let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
/// # let mut ledger = Ledger::default();
/// # ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now));
/// # let history = ledger.history(now, &View::new(SourceId::SAMPLE)); // in a site: ticker.history()
/// let annotator = Annotator::new(&history, "2023-06-13".parse()?, Currency::USD, Lang::Ru)?;
/// assert_eq!(
///     annotator.text("Семьи получат по 7 млн тенге."),
///     "Семьи получат по 7 млн тенге (около 15\u{a0}600\u{a0}$).",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Annotator {
    lang: Lang,
    to: Currency,
    /// The day of the article.
    on: NaiveDate,
    /// The rates in force on it. Their own day may be earlier.
    rates: Arc<Rates>,
}

impl Annotator {
    /// Creates an annotator for articles of `day` in `lang`, with values in `to`.
    ///
    /// # Errors
    ///
    /// Returns [`NoRates`] if no rates were in force on the day; it names the nearest days with rates, if there are any. A `to` for which the bank
    /// has no rate is no error: no amount then has a value.
    ///
    /// ```
    /// # use masthead::ledger::{Feed, Ledger, Sighting, View};
    /// # use masthead::money::Currency;
    /// # use masthead::prose::Annotator;
    /// # use masthead::strip::Lang;
    /// # use masthead::{Snapshot, SourceId};
    /// # let now = Snapshot::SAMPLE_TIME;
    /// # let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
    /// # let mut ledger = Ledger::default();
    /// # ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now));
    /// # let history = ledger.history(now, &View::new(SourceId::SAMPLE)); // in a site: ticker.history()
    /// let error = Annotator::new(&history, "2023-06-12".parse()?, Currency::USD, Lang::En).unwrap_err();
    /// assert!(error.to_string().contains("2023-06-13"), "{error}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        history: &History,
        day: NaiveDate,
        to: Currency,
        lang: Lang,
    ) -> Result<Self, NoRates> {
        let InForce { rates, .. } = history.rates_on(day)?;
        Ok(Self {
            lang,
            to,
            on: day,
            rates: Arc::clone(rates),
        })
    }

    /// Returns the rates, which may be of an earlier day that was in force. Amounts in currencies that are
    /// [unconfirmed](Rates::unconfirmed) get no value.
    ///
    /// ```
    /// # use masthead::ledger::{Feed, Ledger, Sighting, View};
    /// # use masthead::money::Currency;
    /// # use masthead::prose::Annotator;
    /// # use masthead::strip::Lang;
    /// # use masthead::{Snapshot, SourceId};
    /// # let now = Snapshot::SAMPLE_TIME;
    /// # let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
    /// # let mut ledger = Ledger::default();
    /// # ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now));
    /// # let history = ledger.history(now, &View::new(SourceId::SAMPLE));
    /// let annotator = Annotator::new(&history, "2023-06-13".parse()?, Currency::USD, Lang::En)?;
    /// assert_eq!(annotator.rates().unconfirmed(), []);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Annotates plain text: each value stands in brackets after its amount. An empty line ends a paragraph; amounts do not reach across it.
    ///
    /// A text that was annotated before stays as it is, also if the day or the currency was another one. To replace its values, annotate the text
    /// that the author wrote.
    ///
    /// ```
    /// # use masthead::ledger::{Feed, Ledger, Sighting, View};
    /// # use masthead::money::Currency;
    /// # use masthead::prose::Annotator;
    /// # use masthead::strip::Lang;
    /// # use masthead::{Snapshot, SourceId};
    /// # let now = Snapshot::SAMPLE_TIME;
    /// # let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
    /// # let mut ledger = Ledger::default();
    /// # ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now));
    /// # let history = ledger.history(now, &View::new(SourceId::SAMPLE)); // in a site: ticker.history()
    /// let annotator = Annotator::new(&history, "2023-06-13".parse()?, Currency::USD, Lang::En)?;
    /// // The first amount has its value from the author.
    /// let text = annotator.text("The grant is KZT 7 mln ($16,000), the fine more than 500 tenge.");
    /// let expected = "The grant is KZT 7 mln ($16,000), the fine more than 500 tenge (at least $1.12).";
    /// assert_eq!(text.replace('\u{a0}', " "), expected);
    /// assert_eq!(annotator.text(&text), text);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut annotated = String::with_capacity(text.len() + text.len() / 8);
        for paragraph in text.split_inclusive("\n\n") {
            annotated += &self.paragraph(paragraph);
        }
        annotated
    }

    /// [`text`](Self::text), with the [`note`](Self::note) as a last paragraph if a value was added and the text does not have it yet.
    ///
    /// ```
    /// # use masthead::ledger::{Feed, Ledger, Sighting, View};
    /// # use masthead::money::Currency;
    /// # use masthead::prose::Annotator;
    /// # use masthead::strip::Lang;
    /// # use masthead::{Snapshot, SourceId};
    /// # let now = Snapshot::SAMPLE_TIME;
    /// # let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
    /// # let mut ledger = Ledger::default();
    /// # ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now));
    /// # let history = ledger.history(now, &View::new(SourceId::SAMPLE));
    /// let annotator = Annotator::new(&history, "2023-06-13".parse()?, Currency::USD, Lang::En)?;
    /// let text = annotator.text_with_note("Families will receive KZT 7 mln each.");
    /// let (sentence, note) = text.split_once("\n\n").ok_or("no note")?;
    /// assert_eq!(sentence, "Families will receive KZT 7 mln (about $15,600) each.");
    /// assert_eq!(note.trim_end(), annotator.note());
    /// assert_eq!(annotator.text_with_note("No amount."), "No amount.", "nor a note");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn text_with_note(&self, text: &str) -> String {
        let annotated = self.text(text);
        let note = self.note();
        if annotated == text || text.contains(&note) {
            return annotated;
        }
        let end = if text.ends_with('\n') { "" } else { "\n" };
        format!("{annotated}{end}\n{note}\n")
    }

    /// Returns the sentence that names the bank and the day of its rates, for the end of an article: `Converted at the official rate: National Bank
    /// of Kazakhstan, 13 June 2023`. A source of the site's own is named by its id.
    #[must_use]
    pub fn note(&self) -> String {
        self.note_in(self.lang)
    }

    /// Annotates a paragraph. It stays as it is if values that keep each other out remain after [`MOST_PASSES`].
    fn paragraph(&self, text: &str) -> String {
        let mut conversions = self.conversions(text, self.lang);
        for _ in 0..MOST_PASSES {
            let (annotated, ends) = self.with_values(text, &conversions);
            if conversions.is_empty() {
                return annotated;
            }
            // Beside a new bracket another amount may be read, so that a second pass would add its value: «5元三元».
            let others = self.conversions(&annotated, self.lang);
            if others.is_empty() {
                return annotated;
            }
            let beside = others.iter().map(|(other, _)| {
                let before = ends.partition_point(|end| *end <= other.span().start);
                before.saturating_sub(1)
            });
            let beside: HashSet<usize> = beside.collect();
            let kept = conversions.into_iter().enumerate();
            let kept = kept.filter(|(place, _)| !beside.contains(place));
            conversions = kept.map(|(_, conversion)| conversion).collect();
        }
        text.to_owned()
    }

    /// Inserts each value in brackets after its amount. Returns the text and the places after the values.
    fn with_values(&self, text: &str, conversions: &[(Amount, Converted)]) -> (String, Vec<usize>) {
        let words = Words::of(self.lang);
        let (open, close) = match self.lang.direction() {
            Direction::LeftToRight => ("", ""),
            Direction::RightToLeft => ("\u{2067}", "\u{2069}"),
        };
        let (before, after) = words.brackets;
        let mut annotated = String::with_capacity(text.len() + text.len() / 8);
        let mut ends = Vec::with_capacity(conversions.len());
        let mut at = 0;
        for (amount, converted) in conversions {
            let end = amount.span().end;
            annotated += text.get(at..end).unwrap_or_default();
            annotated += &format!("{before}{open}{converted}{close}{after}");
            ends.push(annotated.len());
            at = end;
        }
        annotated += text.get(at..).unwrap_or_default();
        (annotated, ends)
    }

    /// The note in the language of the text that it stands in, which in a page may be another one than the annotator's.
    fn note_in(&self, lang: Lang) -> String {
        let Words { note, .. } = Words::of(lang);
        format!("{note}{}", self.origin(lang))
    }

    /// The bank and the day.
    fn origin(&self, lang: Lang) -> String {
        let source = &self.rates.publication().source;
        let name = lang.source(source).unwrap_or(source.as_str());
        let (list, date) = (lang.list(), lang.date(self.rates.day(), DateStyle::Long));
        format!("{name}{list}{date}")
    }

    /// The amounts of a text that have a value in the target currency, in order, and the values.
    fn conversions(&self, text: &str, lang: Lang) -> Vec<(Amount, Converted)> {
        let reader = Reader::new(lang);
        let amounts: Vec<Amount> = reader.amounts(text).collect();
        let stated = stated(reader, text, &amounts);
        let amounts = amounts.into_iter().zip(stated);
        let open = amounts.filter(|(_, is_stated)| !is_stated);
        open.filter_map(|(amount, _)| {
            let converted = self.converted(&amount, lang)?;
            Some((amount, converted))
        })
        .collect()
    }

    /// The value of an amount. Returns `None` in the target currency, without a confirmed rate of either currency, and if one of them was
    /// redenominated between the day of the rates and the article's: the amount would be in another unit than its rate.
    fn converted(&self, amount: &Amount, lang: Lang) -> Option<Converted> {
        let ends = [amount.currency(), self.to];
        let unconfirmed = self.rates.unconfirmed();
        let is_sure = ends.into_iter().all(|currency| {
            !unconfirmed.contains(&currency) && currency.has_one_unit(self.rates.day(), self.on)
        });
        if amount.currency() == self.to || !is_sure {
            return None;
        }
        let [from, to] = ends;
        let converter = self.rates.converter(from, to).ok()?;
        Converted::new(amount, &converter, lang)
    }
}

#[cfg(all(test, feature = "ticker"))]
mod tests {
    use super::*;
    use crate::ledger::{Feed, Ledger, Sighting, View};
    use crate::provenance::SourceId;
    use crate::snapshot::Snapshot;

    #[test]
    fn unconfirmed_rates_are_not_used() {
        let now = Snapshot::SAMPLE_TIME;
        let rates = Snapshot::sample().rates(now).unwrap().value().clone();
        let (bank, day) = (SourceId::SAMPLE, rates.day());
        let mut ledger = Ledger::default();
        ledger.insert(Sighting::of_rates(
            bank.clone(),
            Feed::OfDay,
            day,
            rates,
            now,
        ));
        let history = ledger.history(now, &View::new(bank));
        let history = history.marked(|_| vec![Currency::USD]);
        let text = |to| {
            let annotator = Annotator::new(&history, day, to, Lang::En).unwrap();
            annotator.text("KZT 7 mln, $5").replace('\u{a0}', " ")
        };
        assert_eq!(text(Currency::USD), "KZT 7 mln, $5");
        assert_eq!(text(Currency::KZT), "KZT 7 mln, $5");
        assert_eq!(text(Currency::EUR), "KZT 7 mln (about €14,500), $5");
    }
}
