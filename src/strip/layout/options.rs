//! The settings of a layout that are types of their own.

use std::borrow::Cow;

use crate::strip::{Direction, Lang};

/// The arrangement of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::strip) enum Form {
    Line,
    Page,
    Table,
}

/// The link beside a page's date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::strip) struct MainLink {
    /// The text that the site has set, or `None` for the words of the language.
    pub(in crate::strip) text: Option<Cow<'static, str>>,
    pub(in crate::strip) url: Option<Cow<'static, str>>,
}

/// Which temperatures of a city are printed, in whole degrees Celsius.
///
/// ```
/// use chrono::TimeDelta;
/// use masthead::strip::{Layout, Strip, Temperatures};
/// use masthead::weather::{Celsius, City, Hour, Weather};
/// use masthead::{Attribution, Snapshot, SourceId};
///
/// // A day in Astana: 7 degrees at midnight, 22 at three in the afternoon.
/// let midnight = "2026-04-01T19:00:00Z".parse::<chrono::DateTime<chrono::Utc>>()?;
/// let hours = (0_i16..24).map(|hour| {
///     let temperature = Celsius::from_tenths(220 - 10 * (hour - 15).abs()).unwrap();
///     Hour::new(midnight + TimeDelta::hours(hour.into()), temperature)
/// });
/// let weather = Weather::new(SourceId::MET_NORWAY, hours, [])?;
/// let eleven = midnight + TimeDelta::hours(11);
/// let city = City::find("astana").unwrap();
/// let mut snapshot = Snapshot::default();
/// snapshot.add_weather(city.id(), city.zone(), weather, Attribution::new("MET Norway"), eleven, None);
///
/// let printed = |temperatures| {
///     let layout = Layout::line().rates([[]]).isolates(false).temperatures(temperatures);
///     let text = Strip::new(&snapshot, &layout, eleven).text().to_string();
///     text.split(" · ").next().map(str::to_owned)
/// };
/// assert_eq!(printed(Temperatures::AroundMaximum).as_deref(), Some("Astana +21…+23\u{a0}°C"));
/// assert_eq!(printed(Temperatures::Range).as_deref(), Some("Astana +7…+22\u{a0}°C"));
/// assert_eq!(printed(Temperatures::Now).as_deref(), Some("Astana now +18\u{a0}°C"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Temperatures {
    /// The degree below and the degree above the day's maximum, as Kazakh forecasts word it: a maximum
    /// of 22 is `+21…+23`. Not known if an hour of the afternoon is missing.
    #[default]
    AroundMaximum,
    /// The day's minimum and maximum. Not known if an hour of the day is missing.
    Range,
    /// The temperature of the hour that holds now.
    Now,
}

/// The case of a pair's letters in text, HTML and SVG. JSON and HTML's `data-pair` always have
/// `USD/KZT`.
///
/// [`Layout::pair_case`](super::Layout::pair_case) sets it and has an example.
///
/// ```
/// use masthead::strip::PairCase;
/// use masthead::{Layout, Snapshot, Strip};
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line().pair_case(PairCase::Upper).isolates(false));
/// let text = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
/// assert!(text.starts_with("USD/KZT 447.32"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PairCase {
    /// `usd/kzt`, as the header of a Kazinform page has it.
    #[default]
    Lower,
    /// `USD/KZT`.
    Upper,
}

/// How the age of data is written.
///
/// The instant is that of the last fetch or, if it is earlier, of the forecast's computation.
/// [`Layout::times`](super::Layout::times) sets it and has an example.
///
/// ```
/// use masthead::strip::{Layout, Strip, Times};
/// # use masthead::money::{Currency, Publication, Quotation, Rates, Row, parse_decimal};
/// # use masthead::{Attribution, Snapshot, SourceId};
/// # let bank = SourceId::NATIONAL_BANK_KZ;
/// # let publication = Publication::new(bank, Currency::KZT, Quotation::HomePerForeign, "2026-04-02".parse()?, chrono_tz::Asia::Almaty);
/// # let row = Row::new(Currency::USD, parse_decimal("475.09")?, 1);
/// # let mut snapshot = Snapshot::default();
/// # snapshot.add_rates(Rates::new(publication, [row])?, Attribution::new("The bank"), "2026-04-02T06:00:00Z".parse()?);
/// let text = |times| {
///     let layout = Layout::line().times(times).isolates(false);
///     Strip::new(&snapshot, &layout, "2026-04-02T06:05:00Z".parse().unwrap()).text().to_string()
/// };
/// assert!(text(Times::Ago).contains("5 min ago"));
/// assert!(text(Times::Clock).contains("updated: 2 Apr 2026, 11:00 UTC+5"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Times {
    /// `3 h ago`: for a page that is rendered again as it ages.
    #[default]
    Ago,
    /// `updated: 2 Apr 2026, 11:00 UTC+5`, in the zone of the bank or the city: for a page that is cached
    /// or saved. It stays true.
    Clock,
}

/// An edition of the site in another language, in the list that
/// [`Layout::languages`](super::Layout::languages) sets.
///
/// A link has a label, a BCP 47 tag and, if the site has set one, an address. The tag gives `lang`,
/// `hreflang` and the direction in HTML.
///
/// ```
/// use masthead::strip::{Lang, LanguageLink, Layout, Strip};
/// use masthead::Snapshot;
///
/// let kazakh = LanguageLink::of(Lang::Kk).url("https://kaz.example.kz/");
/// assert_eq!(LanguageLink::new("қз", "kk").url("https://kaz.example.kz/"), kazakh);
/// // An edition in a language for which masthead has no words.
/// let arabic = LanguageLink::new("العربية", "ar").url("/ar/");
///
/// let (snapshot, layout) = (Snapshot::sample(), Layout::line().languages([kazakh, arabic]));
/// let html = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).html().to_string();
/// assert!(html.contains(r#"<a href="/ar/" hreflang="ar" lang="ar" dir="rtl"><bdi>العربية</bdi></a>"#));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageLink {
    pub(in crate::strip) label: Cow<'static, str>,
    pub(in crate::strip) tag: Cow<'static, str>,
    pub(in crate::strip) url: Option<Cow<'static, str>>,
    pub(in crate::strip) direction: Direction,
    /// The built-in language that the tag names.
    pub(in crate::strip) lang: Option<Lang>,
}

impl LanguageLink {
    /// Creates a link for a built-in language, labelled as the lists of Kazakh sites label it
    /// ([`Lang::switch`]), without an address.
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

    /// Creates a link with the given label and BCP 47 tag, without an address.
    ///
    /// The direction is that of the language or its script: from right to left for Arabic, Persian,
    /// Hebrew, Pashto, Uyghur, Urdu and Yiddish, and for a tag with the script `Arab` or `Hebr`.
    #[must_use]
    pub fn new(label: impl Into<Cow<'static, str>>, tag: impl Into<Cow<'static, str>>) -> Self {
        let tag = tag.into();
        let lang = tag.parse::<Lang>().ok();
        Self {
            label: label.into(),
            direction: lang.map_or_else(|| guess(&tag), Lang::direction),
            lang,
            tag,
            url: None,
        }
    }

    /// Sets the address of the edition, as given in `href`. Default: none, and the label is not a link.
    #[must_use]
    pub fn url(mut self, url: impl Into<Cow<'static, str>>) -> Self {
        self.url = Some(url.into());
        self
    }
}

/// The direction of a language without words here: by the tag's script or, without one, by a list of
/// languages that are written from right to left.
fn guess(tag: &str) -> Direction {
    // RFC 5646 compares tags without case.
    let tag = tag.to_ascii_lowercase();
    let mut subtags = tag.split('-');
    let right_to_left = match subtags.next().unwrap_or_default() {
        "ar" | "fa" | "he" | "ps" | "ug" | "ur" | "yi" => {
            !subtags.any(|script| matches!(script, "cyrl" | "latn"))
        }
        _ => subtags.any(|script| matches!(script, "arab" | "hebr")),
    };
    if right_to_left {
        Direction::RightToLeft
    } else {
        Direction::LeftToRight
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, guess};

    #[test]
    fn a_direction_does_not_depend_on_the_case_of_a_tag() {
        for tag in [
            "ar",
            "AR",
            "fa-IR",
            "UR-pk",
            "az-Arab",
            "az-arab",
            "AZ-ARAB-IR",
            "yi-Hebr",
        ] {
            assert_eq!(guess(tag), Direction::RightToLeft, "{tag}");
        }
        for tag in ["", "de", "ug-Cyrl", "ug-cyrl", "UG-LATN", "az-Latn"] {
            assert_eq!(guess(tag), Direction::LeftToRight, "{tag}");
        }
    }
}
