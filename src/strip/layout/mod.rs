use std::borrow::Cow;

use chrono::NaiveDate;

use super::Lang;
use crate::money::Pair;
use crate::weather::City;

/// What a strip shows, and how: pairs in rows, cities, language and styles.
///
/// [`line`](Self::line) is the compact strip a site embeds: dated, sourced, each value isolated.
/// [`page`](Self::page) is a replica of the model header, character for character, and exempt from marks.
///
/// ```
/// use masthead::money::Pair;
/// use masthead::strip::{Layout, Temperatures};
/// use masthead::weather::City;
///
/// let layout = Layout::line()
///     .rates([[Pair::USD_KZT, Pair::EUR_KZT]])
///     .cities(["astana", "almaty"].iter().filter_map(|id| City::find(id)).cloned())
///     .temperatures(Temperatures::Range);
/// assert_eq!(layout.pairs().count(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    form: Form,
    lang: Lang,
    rates: Vec<Vec<Pair>>,
    cities: Vec<City>,
    temperatures: Temperatures,
    pair_case: PairCase,
    isolates: bool,
    date: Option<NaiveDate>,
    link: Option<(Cow<'static, str>, Option<Cow<'static, str>>)>,
    phone: Option<Cow<'static, str>>,
    languages: Vec<LanguageLink>,
}

/// The two arrangements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Line,
    Page,
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

/// A language a site has, in its list of languages.
///
/// ```
/// use masthead::strip::LanguageLink;
///
/// let kazakh = LanguageLink::new("қз", "kk").url("https://kaz.example.kz/");
/// let arabic_script = LanguageLink::new("ق ز", "kk-Arab");
/// assert_ne!(kazakh, arabic_script);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageLink {
    pub(super) label: Cow<'static, str>,
    pub(super) tag: Cow<'static, str>,
    pub(super) url: Option<Cow<'static, str>>,
}

impl LanguageLink {
    /// A language by the label its readers know and its BCP 47 tag.
    #[must_use]
    pub fn new(label: impl Into<Cow<'static, str>>, tag: impl Into<Cow<'static, str>>) -> Self {
        Self {
            label: label.into(),
            tag: tag.into(),
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

impl Layout {
    /// One line: four pairs, their day, source and age, and Astana.
    #[must_use]
    pub fn line() -> Self {
        Self {
            form: Form::Line,
            lang: Lang::En,
            rates: vec![vec![
                Pair::USD_KZT,
                Pair::EUR_KZT,
                Pair::RUB_KZT,
                Pair::CNY_KZT,
            ]],
            cities: City::find("astana").cloned().into_iter().collect(),
            temperatures: Temperatures::default(),
            pair_case: PairCase::default(),
            isolates: true,
            date: None,
            link: None,
            phone: None,
            languages: Vec::new(),
        }
    }

    /// The model header: date and link, two rows of two pairs, Astana, a telephone and six languages.
    #[must_use]
    pub fn page() -> Self {
        let languages = [
            ("ру", "ru"),
            ("қз", "kk"),
            ("qz", "kk-Latn"),
            ("中文", "zh-Hans"),
            ("ق ز", "kk-Arab"),
            ("Ўз", "uz-Cyrl"),
        ];
        Self {
            form: Form::Page,
            rates: vec![
                vec![Pair::USD_KZT, Pair::EUR_KZT],
                vec![Pair::RUB_KZT, Pair::CNY_KZT],
            ],
            isolates: false,
            link: Some((Cow::Borrowed("Go to the main site"), None)),
            phone: Some(Cow::Borrowed("+7 701 759 90 19")),
            languages: languages
                .map(|(label, tag)| LanguageLink::new(label, tag))
                .into(),
            ..Self::line()
        }
    }

    /// Sets the language of labels and dates.
    #[must_use]
    pub const fn lang(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// Sets the pairs, row by row.
    #[must_use]
    pub fn rates<Row: IntoIterator<Item = Pair>>(
        mut self,
        rows: impl IntoIterator<Item = Row>,
    ) -> Self {
        self.rates = rows
            .into_iter()
            .map(|row| row.into_iter().collect())
            .collect();
        self
    }

    /// Sets the cities.
    #[must_use]
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        self.cities = cities.into_iter().collect();
        self
    }

    /// Sets what is printed for a city's day.
    #[must_use]
    pub const fn temperatures(mut self, temperatures: Temperatures) -> Self {
        self.temperatures = temperatures;
        self
    }

    /// Sets how pairs are printed.
    #[must_use]
    pub const fn pair_case(mut self, case: PairCase) -> Self {
        self.pair_case = case;
        self
    }

    /// Sets whether plain text puts each value into a bidirectional isolate (U+2066 … U+2069).
    #[must_use]
    pub const fn isolates(mut self, isolates: bool) -> Self {
        self.isolates = isolates;
        self
    }

    /// Sets the page's own date, printed by the page layout; without it the day of the rates is printed.
    #[must_use]
    pub const fn date(mut self, date: NaiveDate) -> Self {
        self.date = Some(date);
        self
    }

    /// Sets the text of the link beside the date, and where it leads; without an address it is text alone.
    #[must_use]
    pub fn link(
        mut self,
        text: impl Into<Cow<'static, str>>,
        url: Option<Cow<'static, str>>,
    ) -> Self {
        self.link = Some((text.into(), url));
        self
    }

    /// Sets the telephone number, printed as given.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<Cow<'static, str>>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Sets the list of languages.
    #[must_use]
    pub fn languages(mut self, languages: impl IntoIterator<Item = LanguageLink>) -> Self {
        self.languages = languages.into_iter().collect();
        self
    }

    /// Every pair, in order.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        self.rates.iter().flatten().copied()
    }

    /// Every city, in order.
    #[must_use]
    pub fn cities_shown(&self) -> &[City] {
        &self.cities
    }

    /// The language of labels and dates.
    #[must_use]
    pub const fn language(&self) -> Lang {
        self.lang
    }

    pub(super) const fn form(&self) -> Form {
        self.form
    }

    pub(super) fn rate_rows(&self) -> &[Vec<Pair>] {
        &self.rates
    }

    pub(super) const fn temperatures_shown(&self) -> Temperatures {
        self.temperatures
    }

    pub(super) const fn case_of_pairs(&self) -> PairCase {
        self.pair_case
    }

    pub(super) const fn has_isolates(&self) -> bool {
        self.isolates
    }

    pub(super) const fn own_date(&self) -> Option<NaiveDate> {
        self.date
    }

    pub(super) fn main_link(&self) -> Option<(&str, Option<&str>)> {
        self.link
            .as_ref()
            .map(|(text, url)| (text.as_ref(), url.as_deref()))
    }

    pub(super) fn telephone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    pub(super) fn language_links(&self) -> &[LanguageLink] {
        &self.languages
    }
}
