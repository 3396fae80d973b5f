use std::fmt;
use std::str::FromStr;

use super::cash::STEPS;
use super::iso4217::TABLE;
use crate::text::ParseError;
use crate::text::serde_as_text;

/// A currency of ISO 4217, for amounts, rates and pairs. It knows its numeric code, its minor unit and its cash step.
///
/// The 166 currencies in use are those of list one of the standard, as amended up to number 180 (January 2026). 54 withdrawn
/// ones are for rates and amounts of earlier days: the former units of the region and the members of the euro among them.
/// [`first_day`](Self::first_day), [`last_day`](Self::last_day) and [`successor`](Self::successor) state their lifetimes,
/// and [`Money::restate`](super::Money::restate) converts an old amount into the unit of a later day. Codes without a minor unit, such as gold (`XAU`) and the test code `XTS`, are left
/// out, because an amount in them cannot be rounded. The exception is `XDR`, the special drawing right, which has two
/// decimals here.
///
/// The 39 currencies that the National Bank of Kazakhstan published in April 2026, the tenge and the Turkmen manat are
/// constants. Every other code can be parsed, or named in a `const` by [`Currency::constant`].
///
/// ```
/// use masthead::money::Currency;
///
/// let tenge: Currency = "kzt".parse()?;
/// assert_eq!(tenge, Currency::KZT);
/// assert_eq!((tenge.code(), tenge.numeric(), tenge.minor_units()), ("KZT", 398, 2));
///
/// const PESO: Currency = Currency::constant("CLP");
/// assert_eq!(PESO.minor_units(), 0);
/// # Ok::<(), masthead::ParseError>(())
/// ```
///
/// # Text, JSON and order
///
/// `Display` and JSON use the code in upper case. Parsing takes a code in upper case, as banks print it, or in lower
/// case, as the strip prints it (`usd/kzt`), but not in mixed case: `GBp` is the penny of stock exchanges, a hundredth
/// of `GBP`. Currencies are ordered by code.
///
/// ```
/// use masthead::money::Currency;
///
/// assert_eq!(Currency::USD.to_string(), "USD");
/// assert_eq!(serde_json::to_string(&Currency::USD).unwrap(), r#""USD""#);
/// assert!("GBp".parse::<Currency>().is_err());
/// assert!(Currency::EUR < Currency::USD);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    /// The index in the table, in the order of the codes. One byte makes comparisons cheap.
    place: u8,
}

macro_rules! constants {
    ($($code:ident $name:literal)*) => {
        /// The currencies that the National Bank of Kazakhstan published in April 2026, the tenge and the Turkmen manat.
        /// Other codes of ISO 4217 are available by `FromStr` and [`Currency::constant`].
        impl Currency {
            $(
                #[doc = $name]
                pub const $code: Self = Self::constant(stringify!($code));
            )*
        }
    };
}

/// All codes in one text: a code is a slice of it, so UTF-8 is checked once, by the compiler.
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
    AED "United Arab Emirates dirham."
    AMD "Armenian dram."
    AUD "Australian dollar."
    AZN "Azerbaijani manat."
    BRL "Brazilian real."
    BYN "Belarusian ruble."
    CAD "Canadian dollar."
    CHF "Swiss franc."
    CNY "Chinese yuan."
    CZK "Czech koruna."
    DKK "Danish krone."
    EUR "Euro."
    GBP "British pound."
    GEL "Georgian lari."
    HKD "Hong Kong dollar."
    HUF "Hungarian forint."
    INR "Indian rupee."
    IRR "Iranian rial."
    JPY "Japanese yen."
    KGS "Kyrgyz som."
    KRW "South Korean won."
    KWD "Kuwaiti dinar."
    KZT "Kazakhstani tenge."
    MDL "Moldovan leu."
    MXN "Mexican peso."
    MYR "Malaysian ringgit."
    NOK "Norwegian krone."
    PLN "Polish zloty."
    RUB "Russian ruble."
    SAR "Saudi riyal."
    SEK "Swedish krona."
    SGD "Singapore dollar."
    THB "Thai baht."
    TJS "Tajikistani somoni."
    TMT "Turkmenistan manat."
    TRY "Turkish lira."
    UAH "Ukrainian hryvnia."
    USD "US dollar."
    UZS "Uzbek som."
    XDR "Special drawing right of the International Monetary Fund."
    ZAR "South African rand."
}

impl Currency {
    /// Returns the currency of a literal code in upper case. For text from outside use [`FromStr`].
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// const KRONA: Currency = Currency::constant("ISK");
    /// assert_eq!(KRONA.code(), "ISK");
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the table has no such code; in a `const` that is a compile error.
    #[must_use]
    #[allow(clippy::panic)] // documented, and a compile error in a `const`
    pub const fn constant(code: &'static str) -> Self {
        match Self::lookup(code.as_bytes()) {
            Some(currency) => currency,
            None => panic!("not a currency code of ISO 4217"),
        }
    }

    /// The alphabetic code: three letters in upper case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.letters_in(UPPER)
    }

    /// The alphabetic code in lower case.
    pub(crate) const fn lower_code(self) -> &'static str {
        self.letters_in(LOWER)
    }

    /// The index in the order of the codes, below [`COUNT`](Self::COUNT).
    pub(crate) const fn place(self) -> usize {
        self.place as usize
    }

    /// The number of currencies in the table.
    pub(crate) const COUNT: usize = TABLE.len();

    const fn letters_in(self, codes: &'static str) -> &'static str {
        let (_, rest) = codes.split_at(3 * self.place());
        rest.split_at(3).0
    }

    /// The numeric code of ISO 4217: 4 (the Afghan afghani until 2002) to 997 (the US dollar, next day). The standard writes
    /// it with three digits. It identifies a currency in use; a withdrawn one may share it with its predecessor or
    /// successor, as the kuna (191) does with the Croatian dinar.
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// assert_eq!(Currency::AUD.numeric(), 36);
    /// assert_eq!(format!("{:03}", Currency::AUD.numeric()), "036");
    /// ```
    #[must_use]
    pub const fn numeric(self) -> u16 {
        self.row().1
    }

    /// The number of decimals of the minor unit, 0 to 4: 2 for the tenge (100 tiyn), 0 for the yen, 3 for the Kuwaiti
    /// dinar (1000 fils). A conversion rounds to it. Source: ISO 4217.
    ///
    /// ```
    /// use masthead::money::Currency;
    ///
    /// assert_eq!(Currency::KZT.minor_units(), 2);
    /// assert_eq!(Currency::JPY.minor_units(), 0);
    /// assert_eq!(Currency::KWD.minor_units(), 3);
    /// ```
    #[must_use]
    pub const fn minor_units(self) -> u32 {
        self.row().2 as u32
    }

    /// The smallest amount payable in cash, in minor units, 1 to 1000: 1 for the US dollar (0.01), 5 for the Swiss franc
    /// (0.05), 50 for the Danish krone (0.50), 100 for the Czech koruna (1.00), 500 for the forint (5.00).
    /// [`Converter::in_cash`](super::Converter::in_cash) rounds to a multiple of it.
    ///
    /// Source: CLDR 48.2, `supplemental/currencyData`, for every currency except the tenge. CLDR has 0.01 tenge, but
    /// coins of tiyn are not in circulation: the smallest coin is one tenge. A withdrawn currency has 1, because it is no
    /// longer paid in cash.
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

    #[allow(clippy::indexing_slicing)] // only `lookup` and `from_str` create a place, and both find it in the table
    const fn row(self) -> &'static (&'static [u8; 3], u16, u8) {
        &TABLE[self.place as usize]
    }

    /// The currency of a code in upper case.
    #[inline]
    pub(crate) fn of_code(code: &[u8; 3]) -> Option<Self> {
        let number = *NUMBERS.get(number_of(*code)?)?;
        let place = number.checked_sub(1)?;
        Some(Self { place })
    }

    /// The letters of the alphabetic code.
    pub(super) const fn letters(self) -> &'static [u8; 3] {
        self.row().0
    }

    // Must be `const` for the constants, so neither a binary search nor iterators are available.
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

/// One more than the place of each code, in the order of the codes, and 0 for three letters that are no code: a file of thirty years
/// has hundreds of thousands of them.
static NUMBERS: [u8; 26 * 26 * 26] = {
    let (mut numbers, mut rest, mut number) = ([0; 26 * 26 * 26], TABLE, 0);
    while let [(code, ..), tail @ ..] = rest {
        number += 1;
        if let Some(at) = number_of(**code) {
            let (_, from) = numbers.split_at_mut(at);
            if let [first, ..] = from {
                *first = number;
            }
        }
        rest = tail;
    }
    numbers
};

/// The number of three letters in upper case, in the order of all of them.
const fn number_of([a, b, c]: [u8; 3]) -> Option<usize> {
    let (a, b, c) = (
        a.wrapping_sub(b'A') as usize,
        b.wrapping_sub(b'A') as usize,
        c.wrapping_sub(b'A') as usize,
    );
    if a < 26 && b < 26 && c < 26 {
        Some((a * 26 + b) * 26 + c)
    } else {
        None
    }
}

impl FromStr for Currency {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || ParseError::unknown("currency", text, "an ISO 4217 code such as USD");
        let mut code: [u8; 3] = text.as_bytes().try_into().map_err(|_| unknown())?;
        if code.iter().all(u8::is_ascii_lowercase) {
            code.make_ascii_uppercase();
        }
        Self::of_code(&code).ok_or_else(unknown)
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
    fn the_table_is_sorted_and_each_code_round_trips() {
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
    fn numeric_codes_of_currencies_in_use_are_unique() {
        let currencies = TABLE
            .iter()
            .map(|(code, ..)| Currency::of_code(code).unwrap());
        let in_use: Vec<Currency> = currencies.filter(|c| c.last_day().is_none()).collect();
        let mut numbers: Vec<u16> = in_use.iter().map(|currency| currency.numeric()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!((numbers.len(), TABLE.len()), (166, 220));
        assert_eq!(in_use.len(), 166);
    }
}
