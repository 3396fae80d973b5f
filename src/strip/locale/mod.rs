//! The words, patterns and names of eight languages.
//!
//! Each language has a table in `locale/data`, with the origin of every cell; Kazakh in Latin letters has
//! two, one for each alphabet. The workspace member `locale` generates the modules below `table` from
//! them and compares the cells attributed to CLDR with CLDR 48.2. There is no fallback between
//! languages: if a table lacks a word, the crate does not compile.
//!
//! A language writes a sentence in its own order, so a word with a value is a pattern, [`Around`]: the
//! text before the value and the text after it.
//!
//! | field | English | Kazakh | Chinese |
//! |---|---|---|---|
//! | `as_of` | `as of 2 April 2026` | `2026 ж. 2 сәуір күнгі жағдай бойынша` | `截至2026年4月2日` |
//! | `down` | `down 3.68` | `төмендеді: 3.68` | `下跌3.68` |
//! | `ages` | `5 min ago` | `5 мин. бұрын` | `5分钟前` |
//!
//! No pattern depends on the value: ages have abbreviated units, which need no plural, and the day stands
//! where its case does not change.

mod accept;
mod date;
mod direction;
mod lang;
mod names;
pub(super) mod piece;
#[rustfmt::skip] // generated, one word on each line
mod table;

use crate::money::Currency;

pub use date::{Date, DateStyle};
pub use direction::Direction;
pub use lang::{KazakhLatin, Lang};

/// The words and patterns of one language. Sinks take words from here only.
///
/// No word needs escaping in HTML or JSON; the generator refuses one that would.
pub(super) struct Locale {
    pub(super) tag: &'static str,
    pub(super) direction: Direction,
    /// The name of the strip for assistive technology.
    pub(super) title: &'static str,
    /// The name of the list of languages.
    pub(super) languages: &'static str,
    /// The word before the date of [`Layout::page`](super::Layout::page).
    pub(super) date: &'static str,
    pub(super) currency_rates: &'static str,
    pub(super) weather: &'static str,
    /// The text of the link of [`Layout::page`](super::Layout::page).
    pub(super) main_site: &'static str,
    /// The label of the button that stops live updates.
    pause: &'static str,
    /// The label of the same button while they are stopped.
    resume: &'static str,
    pub(super) stale: &'static str,
    pub(super) no_data: &'static str,
    /// The mark of a rate that neither a second publication nor another bank has confirmed.
    pub(super) unconfirmed: &'static str,
    pub(super) unchanged: &'static str,
    pub(super) now: &'static str,
    /// An age under a minute.
    pub(super) just_now: &'static str,
    /// Labels of rates in a range of days.
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) highest: &'static str,
    pub(super) lowest: &'static str,
    /// The mark of a rate that replaced another one of its day.
    pub(super) corrected: &'static str,
    /// The day of rates in force.
    pub(super) as_of: Around,
    /// The day of rates that are not in force yet.
    pub(super) from_day: Around,
    /// A day whose rates are not known yet.
    pub(super) behind: Around,
    pub(super) updated: Around,
    pub(super) up: Around,
    pub(super) down: Around,
    /// The text between the first and the last day of a range.
    pub(super) range: &'static str,
    /// The separator of two items of a sentence.
    pub(super) list: &'static str,
    /// The brackets around an aside, with the space before them.
    pub(super) aside: Around,
    /// The punctuation after a heading.
    pub(super) heading: &'static str,
    /// Ages in minutes, hours and days, in short forms that need no plural.
    pub(super) ages: [Around; 3],
    /// The patterns of dates: full, long, medium.
    dates: [&'static [piece::Piece]; 3],
    months: [&'static str; 12],
    months_short: [&'static str; 12],
    /// The days of the week from Monday.
    weekdays: [&'static str; 7],
    pub(super) decimal: &'static str,
    pub(super) group: &'static str,
    /// The label in lists of languages.
    name_switch: &'static str,
    /// The language's name in itself.
    name_own: &'static str,
    /// Ids and names. For a source without a name a page shows that of its attribution.
    sources: &'static [(&'static str, &'static str)],
    skies: Skies,
    /// Ids and names, in the order of `City::all`.
    cities: &'static [(&'static str, &'static str)],
    /// Names in the order of ISO 4217; empty if neither CLDR nor a bank's page has one.
    currencies: [&'static str; Currency::COUNT],
}

/// The text before and after a value.
pub(super) type Around = (&'static str, &'static str);

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag)
    }
}

/// Words for the sky. Sleet, drizzle and hail have one word for every intensity.
struct Skies {
    clear: &'static str,
    clear_day: &'static str,
    fair: &'static str,
    partly_cloudy: &'static str,
    cloudy: &'static str,
    fog: &'static str,
    drizzle: &'static str,
    freezing_drizzle: &'static str,
    light_rain: &'static str,
    rain: &'static str,
    heavy_rain: &'static str,
    freezing_rain: &'static str,
    sleet: &'static str,
    light_snow: &'static str,
    snow: &'static str,
    heavy_snow: &'static str,
    hail: &'static str,
    thunderstorm: &'static str,
}

/// Places names by the order of ISO 4217. A code that ISO 4217 does not have is a compile error.
const fn by_currency(names: &[(&'static str, &'static str)]) -> [&'static str; Currency::COUNT] {
    let mut by_place = [""; Currency::COUNT];
    let mut rest = names;
    while let [(code, name), tail @ ..] = rest {
        // Evaluated at compile time, where an index out of bounds is a compile error.
        #[allow(clippy::indexing_slicing)]
        {
            by_place[Currency::constant(code).place()] = name;
        }
        rest = tail;
    }
    by_place
}
