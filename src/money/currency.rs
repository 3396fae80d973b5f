use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use super::cash::STEPS;
use super::iso4217::TABLE;
use crate::text::serde_as_text;

/// The currencies of the table that have ended, each with the last day on which it was legal tender.
const ENDED: &[(&[u8; 3], Option<NaiveDate>)] = &[(b"BGN", NaiveDate::from_ymd_opt(2025, 12, 31))];

/// A currency of ISO 4217: its code, its numeric code and its minor unit.
///
/// Parsing takes a code in upper or in lower case, because a strip prints `usd/kzt` and a bank `USD`. It does not take one in
/// both: `GBp` is the penny of a stock exchange, a hundredth of `GBP`. Printing gives the code in upper case.
///
/// ```
/// use masthead::money::Currency;
///
/// let tenge: Currency = "kzt".parse()?;
/// assert_eq!(tenge, Currency::KZT);
/// assert_eq!((tenge.code(), tenge.numeric(), tenge.minor_units()), ("KZT", 398, 2));
/// assert_eq!("ABC".parse::<Currency>().unwrap_err().to_string(), "unknown currency \"ABC\": expected an ISO 4217 code such as USD");
/// assert!("GBp".parse::<Currency>().is_err());
/// # Ok::<(), masthead::money::ParseCurrencyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    /// The place in the table: one byte to compare, and in the order of the codes.
    place: u8,
}

macro_rules! constants {
    ($($code:ident)*) => {
        /// The currencies that central banks of the region publish, as constants. Every other code of ISO 4217 parses.
        #[allow(missing_docs)]
        impl Currency {
            $(pub const $code: Self = Self::constant(stringify!($code));)*
        }
    };
}

/// Every code in one text, so that a code is a piece of it and nothing is checked each time.
static UPPER_BYTES: [u8; 3 * Currency::COUNT] = letters(false);
static LOWER_BYTES: [u8; 3 * Currency::COUNT] = letters(true);
static UPPER: &str = text(&UPPER_BYTES);
static LOWER: &str = text(&LOWER_BYTES);

const fn letters(lower: bool) -> [u8; 3 * Currency::COUNT] {
    let mut bytes = [0; 3 * Currency::COUNT];
    let (mut rest, mut table): (&mut [u8], _) = (&mut bytes, TABLE);
    while let ([a, b, c, bytes @ ..], [(code, ..), rows @ ..]) = (rest, table) {
        [*a, *b, *c] = **code;
        if lower {
            (*a, *b, *c) = (
                a.to_ascii_lowercase(),
                b.to_ascii_lowercase(),
                c.to_ascii_lowercase(),
            );
        }
        (rest, table) = (bytes, rows);
    }
    bytes
}

const fn text(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

constants! {
    AED AMD AUD AZN BRL BYN CAD CHF CNY CZK DKK EUR GBP GEL HKD HUF INR IRR JPY KGS KRW KWD KZT MDL MXN MYR NOK PLN RUB
    SAR SEK SGD THB TJS TMT TRY UAH USD UZS XDR ZAR
}

impl Currency {
    /// The currency of a literal code in upper case.
    ///
    /// # Panics
    ///
    /// When ISO 4217 has no such code; in a `const` that is a compile error. For text from outside use [`FromStr`].
    #[must_use]
    #[allow(clippy::panic)] // said above, and a compile error where it is used as meant
    pub const fn constant(code: &'static str) -> Self {
        match Self::lookup(code.as_bytes()) {
            Some(currency) => currency,
            None => panic!("not a currency code of ISO 4217"),
        }
    }

    /// The three letters, in upper case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.letters_in(UPPER)
    }

    /// The three letters, in lower case.
    pub(crate) const fn lower_code(self) -> &'static str {
        self.letters_in(LOWER)
    }

    /// Its place in the order of the codes, below [`COUNT`](Self::COUNT).
    pub(crate) const fn place(self) -> usize {
        self.place as usize
    }

    /// How many currencies there are.
    pub(crate) const COUNT: usize = TABLE.len();

    const fn letters_in(self, codes: &'static str) -> &'static str {
        let (_, rest) = codes.split_at(3 * self.place());
        rest.split_at(3).0
    }

    /// The numeric code, 8 to 999.
    #[must_use]
    pub const fn numeric(self) -> u16 {
        self.row().1
    }

    /// Digits of the minor unit: 2 for the tenge, 0 for the yen, 3 for the Kuwaiti dinar.
    #[must_use]
    pub const fn minor_units(self) -> u32 {
        self.row().2 as u32
    }

    /// The smallest amount that can be paid in cash, in minor units: 1 where there is a coin for the minor unit, 5 for the Swiss
    /// franc (0.05), 50 for the Danish krone (0.50), 100 for the Czech koruna (1.00), 500 for the forint (5.00).
    ///
    /// By CLDR 48.2, for every currency but the tenge: CLDR has 0.01 there, but coins of tiyn are not in circulation, and the
    /// smallest coin is the tenge.
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// assert_eq!(Currency::USD.cash_step(), 1);
    /// assert_eq!(Currency::CHF.cash_step(), 5);
    /// assert_eq!(Currency::KZT.cash_step(), 100);
    /// ```
    #[must_use]
    pub const fn cash_step(self) -> u16 {
        let [a, b, c] = self.row().0;
        let mut rest = STEPS;
        while let [(code, step), tail @ ..] = rest {
            if code[0] == *a && code[1] == *b && code[2] == *c {
                return *step;
            }
            rest = tail;
        }
        1
    }

    /// The last day on which the currency was legal tender; `None` while it is in use.
    ///
    /// A central bank may go on printing a rate after that day, which is then a rate of nothing. The [sources](crate::source)
    /// leave such a row out.
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// let lev: Currency = "BGN".parse()?;
    /// assert_eq!(lev.last_day(), "2025-12-31".parse().ok()); // Bulgaria has used the euro since then
    /// assert_eq!(Currency::EUR.last_day(), None);
    /// # Ok::<(), masthead::money::ParseCurrencyError>(())
    /// ```
    #[must_use]
    pub fn last_day(self) -> Option<NaiveDate> {
        let (code, ..) = self.row();
        let (_, last) = ENDED.iter().find(|(ended, _)| ended == code)?;
        *last
    }

    #[allow(clippy::indexing_slicing)] // a place is made by the two searches alone
    const fn row(self) -> &'static (&'static [u8; 3], u16, u8) {
        &TABLE[self.place as usize]
    }

    // `const`, so that constants are checked by the compiler: no binary search and no iterators there.
    const fn lookup(code: &[u8]) -> Option<Self> {
        let [a, b, c] = code else { return None };
        let (mut rest, mut place) = (TABLE, 0);
        while let [(row, ..), tail @ ..] = rest {
            if row[0] == *a && row[1] == *b && row[2] == *c {
                return Some(Self { place });
            }
            (rest, place) = (tail, place + 1);
        }
        None
    }
}

/// The text is not a currency code of ISO 4217.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown currency {text:?}: expected an ISO 4217 code such as USD")]
pub struct ParseCurrencyError {
    text: String,
}

impl FromStr for Currency {
    type Err = ParseCurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || ParseCurrencyError {
            text: text.chars().take(16).collect(),
        };
        let mut code: [u8; 3] = text.as_bytes().try_into().map_err(|_| unknown())?;
        if code.iter().all(u8::is_ascii_lowercase) {
            code.make_ascii_uppercase();
        }
        // A document of a bank names forty currencies, so the search is binary here.
        TABLE
            .binary_search_by(|(row, ..)| row.as_slice().cmp(&code))
            .ok()
            .and_then(|place| u8::try_from(place).ok())
            .map(|place| Self { place })
            .ok_or_else(unknown)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({self})")
    }
}

serde_as_text!(Currency);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_each_code_parses_to_itself() {
        assert!(TABLE.is_sorted_by(|(a, ..), (b, ..)| a < b));
        for (code, numeric, minor) in TABLE {
            let text = std::str::from_utf8(*code).unwrap();
            let currency: Currency = text.to_lowercase().parse().unwrap();
            assert_eq!(currency.to_string(), text);
            assert_eq!(
                (currency.numeric(), currency.minor_units()),
                (*numeric, u32::from(*minor))
            );
        }
    }

    #[test]
    fn a_currency_that_has_ended_is_in_the_table_with_its_last_day() {
        for (code, last) in ENDED {
            let currency: Currency = std::str::from_utf8(*code).unwrap().parse().unwrap();
            assert!(currency.last_day().is_some() && currency.last_day() == *last);
        }
        let ended = TABLE.iter().filter(|(code, ..)| {
            let currency: Currency = std::str::from_utf8(*code).unwrap().parse().unwrap();
            currency.last_day().is_some()
        });
        assert_eq!(ended.count(), ENDED.len());
    }

    #[test]
    fn numeric_codes_are_unique() {
        let mut numbers: Vec<u16> = TABLE.iter().map(|(_, numeric, _)| *numeric).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), TABLE.len());
    }
}
