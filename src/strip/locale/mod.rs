//! The words, patterns and names of seven languages, from one table each.
//!
//! The tables stand in `locale/data`, each cell with its origin; a tool of the workspace turns them into the modules below
//! `table`, and compares what is CLDR's with CLDR 48.2. Nothing falls back in silence: a language is complete, or the
//! crate does not compile.

mod accept;
pub(super) mod date;
mod lang;
mod names;
#[rustfmt::skip] // written by the tool, a word a line
mod table;

use crate::money::Currency;

pub use accept::ParseLangError;
pub use date::{Date, DateStyle};
pub use lang::{Direction, KazakhLatin, Lang};

/// The words and patterns of one language. No sink knows another place for words.
///
/// None of them holds what would have to be escaped in HTML or JSON: the tool refuses it.
pub(super) struct Locale {
    pub(super) tag: &'static str,
    pub(super) direction: Direction,
    /// The name of the whole strip, for assistive technology.
    pub(super) title: &'static str,
    /// The name of the list of languages.
    pub(super) languages: &'static str,
    /// The word before the date of the model header.
    pub(super) date: &'static str,
    pub(super) currency_rates: &'static str,
    pub(super) weather: &'static str,
    /// The link of the model header.
    pub(super) main_site: &'static str,
    /// The button that stops live updates.
    pause: &'static str,
    /// The same button when they are stopped.
    resume: &'static str,
    pub(super) stale: &'static str,
    pub(super) no_data: &'static str,
    /// Of a rate that no second publication and no other bank has confirmed.
    pub(super) unconfirmed: &'static str,
    pub(super) unchanged: &'static str,
    pub(super) now: &'static str,
    /// An age under a minute.
    pub(super) just_now: &'static str,
    /// The day of rates in force.
    pub(super) as_of: Around,
    /// The day of rates that are not in force yet.
    pub(super) from_day: Around,
    /// A day whose rates are not known yet.
    pub(super) behind: Around,
    pub(super) updated: Around,
    pub(super) up: Around,
    pub(super) down: Around,
    /// What stands between two items of a sentence.
    pub(super) list: &'static str,
    /// The brackets around an aside, with the space before them.
    pub(super) aside: Around,
    /// What follows a heading.
    pub(super) heading: &'static str,
    /// Minutes, hours, days: short forms, so that no plural is needed.
    pub(super) ages: [Around; 3],
    /// Full, long, medium.
    dates: [&'static [date::Piece]; 3],
    months: [&'static str; 12],
    months_short: [&'static str; 12],
    /// From Monday.
    weekdays: [&'static str; 7],
    pub(super) decimal: &'static str,
    pub(super) group: &'static str,
    /// How the list of languages names it.
    name_switch: &'static str,
    /// Its own name.
    name_own: &'static str,
    sources: Sources,
    skies: Skies,
    /// Ids and names, in the order of `City::all`.
    cities: &'static [(&'static str, &'static str)],
    /// In the order of ISO 4217; empty where neither CLDR nor a page has a name.
    currencies: [&'static str; Currency::COUNT],
}

/// What stands before and after a value.
pub(super) type Around = (&'static str, &'static str);

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag)
    }
}

struct Sources {
    national_bank_kz: &'static str,
    frankfurter: &'static str,
    cbr: &'static str,
    cbu: &'static str,
    nbkr: &'static str,
    nbrb: &'static str,
    ecb: &'static str,
    met_norway: &'static str,
    open_meteo: &'static str,
    sample: &'static str,
}

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

/// Names by code, put at each currency's place; a code that ISO 4217 does not have is a compile error.
const fn by_currency(names: &[(&'static str, &'static str)]) -> [&'static str; Currency::COUNT] {
    let mut by_place = [""; Currency::COUNT];
    let mut rest = names;
    while let [(code, name), tail @ ..] = rest {
        // In a constant an index out of bounds is a compile error.
        #[allow(clippy::indexing_slicing)]
        {
            by_place[Currency::constant(code).place()] = name;
        }
        rest = tail;
    }
    by_place
}
