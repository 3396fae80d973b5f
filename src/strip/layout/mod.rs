mod options;

use std::borrow::Cow;

use chrono::NaiveDate;

use super::locale::Locale;
use super::{DateStyle, KazakhLatin, Lang, NumberStyle};
use crate::money::Pair;
use crate::weather::City;

pub(super) use options::{Form, MainLink};
pub use options::{LanguageLink, PairCase, Temperatures, Times};

/// What a strip shows, and how: pairs in rows, cities, language and styles.
///
/// [`line`](Self::line) is the compact strip a site embeds: dated, sourced, each value isolated; [`table`](Self::table) says the
/// same in columns.
/// [`page`](Self::page) is a replica of the model header, character for character, and exempt from isolates; it says no more
/// than the model, except of rates that are in doubt, not in force, or a sample.
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
    pub(super) form: Form,
    lang: Lang,
    latin: KazakhLatin,
    rates: Vec<Vec<Pair>>,
    cities: Vec<City>,
    pub(super) temperatures: Temperatures,
    pub(super) conditions: bool,
    pub(super) pair_case: PairCase,
    pub(super) numbers: NumberStyle,
    pub(super) dates: DateStyle,
    pub(super) times: Times,
    pub(super) today: bool,
    pub(super) isolates: bool,
    pub(super) microdata: bool,
    pub(super) date: Option<NaiveDate>,
    link: Option<MainLink>,
    phone: Option<Cow<'static, str>>,
    /// None for the other languages of the table.
    languages: Option<Vec<LanguageLink>>,
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
            latin: KazakhLatin::default(),
            temperatures: Temperatures::default(),
            conditions: false,
            pair_case: PairCase::default(),
            numbers: NumberStyle::default(),
            dates: DateStyle::default(),
            times: Times::default(),
            today: false,
            isolates: true,
            microdata: false,
            date: None,
            link: None,
            phone: None,
            languages: Some(Vec::new()),
        }
    }

    /// A pair or a city a line, in columns: for a terminal or a sidebar.
    ///
    /// ```
    /// use masthead::Snapshot;
    /// use masthead::strip::{Layout, Strip};
    ///
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::table().isolates(false));
    /// let table = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// assert!(table.starts_with("usd/kzt      447.32\neur/kzt      482.21\nrub/kzt        5.43\n"));
    /// ```
    #[must_use]
    pub fn table() -> Self {
        Self {
            form: Form::Table,
            ..Self::line()
        }
    }

    /// The model header: date and link, two rows of two pairs, Astana, a telephone and the six other languages.
    #[must_use]
    pub fn page() -> Self {
        Self {
            form: Form::Page,
            rates: vec![
                vec![Pair::USD_KZT, Pair::EUR_KZT],
                vec![Pair::RUB_KZT, Pair::CNY_KZT],
            ],
            isolates: false,
            link: Some(MainLink::default()),
            phone: Some(Cow::Borrowed("+7 701 759 90 19")),
            languages: None,
            ..Self::line()
        }
    }

    /// Sets the language of labels and dates.
    #[must_use]
    pub const fn lang(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// Sets the letters of Kazakh in Latin.
    #[must_use]
    pub const fn kazakh_latin(mut self, letters: KazakhLatin) -> Self {
        self.latin = letters;
        self
    }

    /// Sets how numbers are written.
    #[must_use]
    pub const fn numbers(mut self, style: NumberStyle) -> Self {
        self.numbers = style;
        self
    }

    /// Sets how much a date says. The day of the week stands in today's date alone, not in "as of".
    #[must_use]
    pub const fn dates(mut self, style: DateStyle) -> Self {
        self.dates = style;
        self
    }

    /// Sets how the strip says when its data was read.
    #[must_use]
    pub const fn times(mut self, times: Times) -> Self {
        self.times = times;
        self
    }

    /// Sets whether a line begins with today's date, by [`Strip::today`](super::Strip::today).
    #[must_use]
    pub const fn today(mut self, today: bool) -> Self {
        self.today = today;
        self
    }

    /// Sets whether the state of the sky stands beside a city's temperatures.
    #[must_use]
    pub const fn conditions(mut self, conditions: bool) -> Self {
        self.conditions = conditions;
        self
    }

    /// Sets whether HTML carries the rates as schema.org's
    /// [`ExchangeRateSpecification`](https://schema.org/ExchangeRateSpecification), for search engines.
    #[must_use]
    pub const fn microdata(mut self, microdata: bool) -> Self {
        self.microdata = microdata;
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
        let text = Some(text.into());
        self.link = Some(MainLink { text, url });
        self
    }

    /// Sets the telephone number, printed as given.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<Cow<'static, str>>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Sets the list of languages; the current one is marked in it. Without this a page lists the other languages of
    /// masthead without links, and a line none.
    ///
    /// ```
    /// use masthead::strip::{Lang, LanguageLink, Layout};
    ///
    /// let links = Lang::ALL.iter().map(|lang| LanguageLink::of(*lang).url(format!("/{lang}/")));
    /// let layout = Layout::line().lang(Lang::Kk).languages(links);
    /// ```
    #[must_use]
    pub fn languages(mut self, languages: impl IntoIterator<Item = LanguageLink>) -> Self {
        self.languages = Some(languages.into_iter().collect());
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

    pub(super) const fn locale(&self) -> &'static Locale {
        self.lang.locale_in(self.latin)
    }

    pub(super) fn rate_rows(&self) -> &[Vec<Pair>] {
        &self.rates
    }

    pub(super) const fn main_link(&self) -> Option<&MainLink> {
        self.link.as_ref()
    }

    pub(super) fn telephone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    /// The list a site set; none for that of the table.
    pub(super) fn language_links(&self) -> Option<&[LanguageLink]> {
        self.languages.as_deref()
    }
}
