//! Texts that are one amount as a whole.
//!
//! There is no second parser: the text is read as a sentence is, and the amount must cover it. So a form accepts what an article may say, and an
//! error can say what was read instead:
//!
//! 1. [`Reader::whole`] reads the text without a choice. One amount that covers it is the answer; two, or text beside one, are an error with both.
//! 2. A text without an amount and with a mark of money has perhaps several readings: it is read once for each choice, and the readings are the
//!    error.
//! 3. A text without a mark is read as a number with a mark of its own appended, [`STAND_IN`], whose code is in every lexicon. In `amount_in` the
//!    number is the answer, in the given currency; in `amount` the error says that a currency is missing.
//! 4. `amount_in` reads a text with a mark without a choice first, so that the given currency never overrides one that the text names.

use super::amount::Amount;
use super::choice::{Choice, Separator, Settled};
use super::error::ReadAmountError;
use super::reader::Reader;
use crate::money::Currency;
use crate::text::head;

/// The currency that stands in for that of a number alone. Each language has its code.
const STAND_IN: Currency = Currency::KZT;
/// The most currencies of a sign or word that are named.
const MOST_CURRENCIES: usize = 16;
/// The longest number alone with text after it that is looked for, in bytes.
const LONGEST_NUMBER: usize = 256;

impl Reader {
    /// Reads a text that is one amount as a whole, as a form or a command line has it.
    ///
    /// The text has one amount in [`amounts`](Self::amounts) too, with the same value. Spaces at its ends do not count. Its [`kind`](Amount::kind)
    /// may be any; [`Amount::exact`] returns the value if it is one.
    ///
    /// ```
    /// use masthead::prose::Reader;
    /// use masthead::strip::Lang;
    ///
    /// let reader = Reader::new(Lang::Ru);
    /// assert_eq!(reader.amount("7 млн тенге")?.to_string(), "7000000 KZT");
    /// assert_eq!(reader.amount("7 000 000,50 тенге")?.to_string(), "7000000.50 KZT");
    /// assert_eq!(Reader::new(Lang::En).amount("$1,200")?.to_string(), "1200 USD");
    /// # Ok::<(), masthead::prose::ReadAmountError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReadAmountError`] if the text is not exactly one amount with one reading.
    pub fn amount(&self, text: &str) -> Result<Amount, ReadAmountError> {
        let error = match self.whole(text, Choice::NONE) {
            Ok(amount) => return Ok(amount),
            Err(error) => error,
        };
        if error != ReadAmountError::NotAnAmount {
            return Err(error);
        }
        if self.has_mark(text) {
            return Err(ambiguous(None, |choice| self.whole(text, choice)));
        }
        // A number with two readings is one without a currency too.
        match self.number(text, STAND_IN) {
            Ok(_) | Err(ReadAmountError::Ambiguous { .. }) => Err(ReadAmountError::NoCurrency),
            Err(_) => Err(error),
        }
    }

    /// Reads a text that is one amount in `currency` as a whole, or a number alone.
    ///
    /// `currency` also settles a sign or word that may stand for it, where the text does not: `¥500` in yen. A text that names another currency
    /// is an error.
    ///
    /// ```
    /// use masthead::money::Currency;
    /// use masthead::prose::Reader;
    /// use masthead::strip::Lang;
    ///
    /// let reader = Reader::new(Lang::Ru);
    /// for text in ["7 млн тенге", "7 млн", "7 000 000", "KZT 7000000", "семь миллионов"] {
    ///     assert_eq!(reader.amount_in(text, Currency::KZT)?.to_string(), "7000000 KZT");
    /// }
    /// assert_eq!(reader.amount_in("¥500", Currency::JPY)?.to_string(), "500 JPY");
    /// let error = reader.amount_in("$7 млн", Currency::KZT).unwrap_err();
    /// assert_eq!(error.to_string(), "expected an amount in KZT, found USD");
    /// # Ok::<(), masthead::prose::ReadAmountError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReadAmountError`] if the text is not exactly one amount with one reading, or if it names another currency.
    pub fn amount_in(&self, text: &str, currency: Currency) -> Result<Amount, ReadAmountError> {
        if !self.has_mark(text) {
            return self.number(text, currency);
        }
        let settled = Some(Settled::As(currency));
        // The text comes first: `currency` settles only what it leaves open.
        let read = match self.whole(text, Choice::NONE) {
            Err(ReadAmountError::NotAnAmount) => self.whole(text, Choice::of_currency(settled)),
            read => read,
        };
        match read {
            Ok(amount) if amount.currency() != currency => Err(ReadAmountError::OtherCurrency {
                expected: currency,
                found: amount.currency(),
            }),
            Err(ReadAmountError::NotAnAmount) => {
                Err(ambiguous(settled, |choice| self.whole(text, choice)))
            }
            read => read,
        }
    }

    /// Reads a number without a currency, as an amount in `currency`. Its span is that of the number.
    ///
    /// If text stands after a number, the longest beginning that is one is named: of «8 млн кг» it is «8 млн».
    fn number(&self, text: &str, currency: Currency) -> Result<Amount, ReadAmountError> {
        let start = text.len() - text.trim_start().len();
        let read = |number: &str, choice| {
            let mut amount = self.whole(&format!("{number} {STAND_IN}"), choice)?;
            (amount.start, amount.end) = (start, start + number.len());
            amount.currency = currency;
            Ok(amount)
        };
        let number = text.trim();
        if let Ok(amount) = read(number, Choice::NONE) {
            return Ok(amount);
        }
        let error = ambiguous(None, |choice| read(number, choice));
        if error != ReadAmountError::NotAnAmount || number.len() > LONGEST_NUMBER {
            return Err(error);
        }
        // A number with text after it.
        let ends = number
            .char_indices()
            .rev()
            .filter(|(_, c)| c.is_whitespace());
        let mut parts = ends.filter_map(|(end, _)| number.split_at_checked(end));
        let found = parts.find_map(|(number, rest)| {
            let amount = read(number.trim_end(), Choice::NONE).ok()?;
            Some((amount, rest.trim_start()))
        });
        let (amount, rest) = found.ok_or(error)?;
        Err(ReadAmountError::LeftOver {
            amount,
            at: start + number.len() - rest.len(),
            rest: head(rest).into(),
        })
    }

    /// Reads a text that is one amount as a whole with a choice where it leaves readings open.
    fn whole(&self, text: &str, choice: Choice) -> Result<Amount, ReadAmountError> {
        let mut amounts = self.amounts_by(text, choice);
        let first = amounts.next().ok_or(ReadAmountError::NotAnAmount)?;
        if let Some(second) = amounts.next() {
            return Err(ReadAmountError::TwoAmounts { first, second });
        }
        let span = first.span();
        let before = text.get(..span.start).unwrap_or_default();
        let after = text.get(span.end..).unwrap_or_default();
        let rests = [(before, before.trim_start()), (after, after.trim_start())];
        let [before, after] = rests.map(|(part, rest)| (part.len() - rest.len(), rest.trim_end()));
        let (at, rest) = match (before, after) {
            ((_, ""), (_, "")) => return Ok(first),
            ((_, ""), (at, rest)) => (span.end + at, rest),
            (before, _) => before,
        };
        Err(ReadAmountError::LeftOver {
            amount: first,
            at,
            rest: head(rest).into(),
        })
    }
}

/// The error of a text that is no amount without a choice. `settled` is tried before the currencies that a sign or word has.
fn ambiguous(
    settled: Option<Settled>,
    read: impl Fn(Choice) -> Result<Amount, ReadAmountError>,
) -> ReadAmountError {
    let mut readings: Vec<Amount> = Vec::new();
    for separator in [Separator::DecimalMark, Separator::Groups] {
        let by = |currency| {
            let separator = Some(separator);
            read(Choice {
                separator,
                currency,
            })
            .ok()
        };
        let found = match by(settled) {
            Some(amount) => vec![amount],
            None => (0..MOST_CURRENCIES)
                .map_while(|place| by(Some(Settled::Nth(place))))
                .collect(),
        };
        for amount in found {
            if !readings.contains(&amount) {
                readings.push(amount);
            }
        }
    }
    if readings.is_empty() {
        ReadAmountError::NotAnAmount
    } else {
        ReadAmountError::Ambiguous { readings }
    }
}
