use std::fmt;

use super::{Locale, table};

/// A language of the strip, by its BCP 47 tag.
///
/// ```
/// use masthead::strip::{Direction, Lang};
///
/// let lang: Lang = "KK-latn".parse()?;
/// assert_eq!((lang, lang.tag(), lang.direction()), (Lang::KkLatn, "kk-Latn", Direction::LeftToRight));
/// assert_eq!(Lang::KkArab.direction().as_str(), "rtl");
/// assert_eq!(
///     "tlh".parse::<Lang>().unwrap_err().to_string(),
///     "unknown language \"tlh\": expected one of en, ru, kk, kk-Latn, zh-Hans, kk-Arab, uz-Cyrl"
/// );
/// # Ok::<(), masthead::strip::ParseLangError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lang {
    /// English, day first.
    En,
    /// Russian.
    Ru,
    /// Kazakh in Cyrillic.
    Kk,
    /// Kazakh in Latin letters, by default those of 2018.
    KkLatn,
    /// Chinese in simplified characters.
    ZhHans,
    /// Kazakh in Arabic letters, from right to left.
    KkArab,
    /// Uzbek in Cyrillic.
    UzCyrl,
}

/// Which way a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `ltr`.
    LeftToRight,
    /// `rtl`.
    RightToLeft,
}

impl Direction {
    /// The value of HTML's `dir`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// The Latin letters of Kazakh.
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
    /// With acutes: the alphabet of the decree of 2017 as amended in 2018, in force and in print.
    #[default]
    Of2018,
    /// With umlauts and breves: the draft of 2021, which no decree made law.
    Draft2021,
}

impl Lang {
    /// Every language, in the order of the site's list.
    pub const ALL: &'static [Self] = &[
        Self::En,
        Self::Ru,
        Self::Kk,
        Self::KkLatn,
        Self::ZhHans,
        Self::KkArab,
        Self::UzCyrl,
    ];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.locale().tag
    }

    /// Which way it is written.
    #[must_use]
    pub const fn direction(self) -> Direction {
        self.locale().direction
    }

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
        }
    }

    /// The table in the letters that the layout asks for.
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
