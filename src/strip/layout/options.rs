//! What a layout can be asked for.

use std::borrow::Cow;

use crate::strip::{Direction, Lang};

/// The arrangements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::strip) enum Form {
    Line,
    Page,
    Table,
}

/// The link beside a page's date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::strip) struct MainLink {
    /// The text a site set; none for the words of the language.
    pub(in crate::strip) text: Option<Cow<'static, str>>,
    pub(in crate::strip) url: Option<Cow<'static, str>>,
}

/// What is printed for a city's day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Temperatures {
    /// The two degrees around the day's maximum, as Kazakh forecasts are worded: a maximum of 22 is `+21…+23`.
    #[default]
    AroundMaximum,
    /// The day's minimum to its maximum.
    Range,
    /// The temperature now.
    Now,
}

/// How a pair is printed. JSON always has `USD/KZT`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PairCase {
    /// `usd/kzt`, as the model strip.
    #[default]
    Lower,
    /// `USD/KZT`.
    Upper,
}

/// How a strip says when its data was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Times {
    /// `3 h ago`: for a page that is made anew as it ages.
    #[default]
    Ago,
    /// `updated: 2 Apr 2026, 11:00 UTC+5`, where the bank or the city is: for a page that is kept, and stays true.
    Clock,
}

/// A language a site has, in its list of languages.
///
/// ```
/// use masthead::strip::{Lang, LanguageLink};
///
/// let kazakh = LanguageLink::of(Lang::Kk).url("https://kaz.example.kz/");
/// assert_eq!(LanguageLink::new("қз", "kk").url("https://kaz.example.kz/"), kazakh);
/// // A language that masthead does not have, for a site that does.
/// let arabic = LanguageLink::new("العربية", "ar").url("/ar/");
/// assert_ne!(arabic, kazakh);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageLink {
    pub(in crate::strip) label: Cow<'static, str>,
    pub(in crate::strip) tag: Cow<'static, str>,
    pub(in crate::strip) url: Option<Cow<'static, str>>,
    pub(in crate::strip) direction: Direction,
    /// The language of the table that the tag names.
    pub(in crate::strip) lang: Option<Lang>,
}

impl LanguageLink {
    /// A language of masthead's, by the label its readers know.
    #[must_use]
    pub const fn of(lang: Lang) -> Self {
        Self {
            label: Cow::Borrowed(lang.switch()),
            tag: Cow::Borrowed(lang.tag()),
            url: None,
            direction: lang.direction(),
            lang: Some(lang),
        }
    }

    /// A language by a label and its BCP 47 tag.
    #[must_use]
    pub fn new(label: impl Into<Cow<'static, str>>, tag: impl Into<Cow<'static, str>>) -> Self {
        let tag = tag.into();
        let lang = tag.parse::<Lang>().ok();
        // A site's own `uz` is likely in Latin letters: as a choice of a reader it is Uzbek enough, as an edition another.
        let same = |lang: &Lang| *lang != Lang::UzCyrl || tag.to_ascii_lowercase().contains("cyrl");
        Self {
            label: label.into(),
            direction: lang.map_or_else(|| guess(&tag), Lang::direction),
            lang: lang.filter(same),
            tag,
            url: None,
        }
    }

    /// The same, linked to its edition of the page.
    #[must_use]
    pub fn url(mut self, url: impl Into<Cow<'static, str>>) -> Self {
        self.url = Some(url.into());
        self
    }
}

/// The direction of a language that the table does not have: that of the script, or, where the tag names none, of the
/// languages around that are written from right to left.
fn guess(tag: &str) -> Direction {
    let mut subtags = tag.split('-');
    let right_to_left = match subtags.next().unwrap_or_default() {
        "ar" | "fa" | "he" | "ps" | "ug" | "ur" | "yi" => {
            !subtags.any(|script| matches!(script, "Cyrl" | "Latn"))
        }
        _ => subtags.any(|script| matches!(script, "Arab" | "Hebr")),
    };
    if right_to_left {
        Direction::RightToLeft
    } else {
        Direction::LeftToRight
    }
}
