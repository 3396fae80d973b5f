use std::fmt;

use super::{Direction, Locale, table};
use crate::text::serde_as_text;

/// A language of the strip.
///
/// Its words and patterns are complete: there is no fallback to another language. It is parsed
/// from a BCP 47 tag and written as one, also by serde, so that a framework's path or query can hold one.
/// [`accepted`](Self::accepted) chooses one for a reader.
///
/// Beside the strip it formats for the rest of a page: [`date`](Self::date), [`number`](Self::number),
/// [`currency`](Self::currency), [`city`](Self::city), [`condition`](Self::condition).
///
/// ```
/// use masthead::strip::{Direction, Lang};
///
/// let lang: Lang = "KK-latn".parse()?;
/// assert_eq!((lang, lang.tag(), lang.direction()), (Lang::KkLatn, "kk-Latn", Direction::LeftToRight));
/// assert_eq!(Lang::KkArab.direction().as_str(), "rtl");
/// assert_eq!(Lang::Kk.name(), "қазақ тілі");
/// assert_eq!(
///     "tlh".parse::<Lang>().unwrap_err().to_string(),
///     "unknown language \"tlh\": expected one of en, ru, kk, kk-Latn, zh-Hans, kk-Arab, uz-Cyrl, uz-Latn"
/// );
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lang {
    /// English, with dates and spelling as outside America: `2 April 2026`, `Russian Rouble`.
    En,
    /// Russian.
    Ru,
    /// Kazakh in Cyrillic letters.
    Kk,
    /// Kazakh in Latin letters; [`KazakhLatin`] chooses the alphabet.
    KkLatn,
    /// Chinese in simplified characters.
    ZhHans,
    /// Kazakh in Arabic letters, written from right to left.
    KkArab,
    /// Uzbek in Cyrillic letters.
    UzCyrl,
    /// Uzbek in Latin letters, with U+02BB in `oʻ` and `gʻ` and U+02BC as `ʼ`.
    UzLatn,
}

/// An alphabet of Kazakh in Latin letters, for [`Lang::KkLatn`].
///
/// ```
/// use masthead::strip::{KazakhLatin, Lang, Layout, Strip};
/// use masthead::Snapshot;
///
/// let snapshot = Snapshot::sample();
/// let city = |letters| {
///     let cities = masthead::weather::City::find("kokshetau").cloned();
///     let layout = Layout::line().rates([[]]).cities(cities).lang(Lang::KkLatn).kazakh_latin(letters).isolates(false);
///     Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string()
/// };
/// assert!(city(KazakhLatin::Of2018).contains("Kókshetaý derek joq"));
/// assert!(city(KazakhLatin::Draft2021).contains("Kökşetau derek joq"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KazakhLatin {
    /// Letters with acutes: decree 569 of 26 October 2017 as amended on 19 February 2018, the only
    /// alphabet in force and the one in print.
    #[default]
    Of2018,
    /// Letters with umlauts and breves: the draft of 2021, which no decree has made law.
    Draft2021,
}

impl Lang {
    /// All languages: those of the list on a Kazinform page in its order, then Uzbek in Latin letters.
    pub const ALL: &'static [Self] = &[
        Self::En,
        Self::Ru,
        Self::Kk,
        Self::KkLatn,
        Self::ZhHans,
        Self::KkArab,
        Self::UzCyrl,
        Self::UzLatn,
    ];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.locale().tag
    }

    /// The direction in which the language is written.
    #[must_use]
    pub const fn direction(self) -> Direction {
        self.locale().direction
    }

    /// The text between the parts of a list, such as `, `.
    #[cfg(feature = "prose")]
    pub(crate) const fn list(self) -> &'static str {
        self.locale().list
    }

    /// The words of the language; for [`Lang::KkLatn`] in the letters of 2018.
    #[inline]
    pub(in crate::strip) const fn locale(self) -> &'static Locale {
        match self {
            Self::En => &table::en::LOCALE,
            Self::Ru => &table::ru::LOCALE,
            Self::Kk => &table::kk::LOCALE,
            Self::KkLatn => &table::kk_latn::LOCALE,
            Self::ZhHans => &table::zh_hans::LOCALE,
            Self::KkArab => &table::kk_arab::LOCALE,
            Self::UzCyrl => &table::uz_cyrl::LOCALE,
            Self::UzLatn => &table::uz_latn::LOCALE,
        }
    }

    /// The words of the language in the given Latin alphabet.
    pub(in crate::strip) const fn locale_in(self, letters: KazakhLatin) -> &'static Locale {
        match (self, letters) {
            (Self::KkLatn, KazakhLatin::Draft2021) => &table::kk_latn_2021::LOCALE,
            _ => self.locale(),
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

serde_as_text!(Lang);
