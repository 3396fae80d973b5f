//! The settings of a strip. A layout is a value: it has no data, no clock, and no setting that can fail.
//!
//! [`Layout::line`], [`Layout::table`] and [`Layout::page`] are the same settings with other defaults and another [`Form`]; a setting that another
//! form does not use has no effect there, and is not an error, so that a site can change the form of a finished layout. A layout that shows a pair or
//! a city that the ticker does not keep is found where both are known, in `ServiceBuilder::build`.

mod names;
mod options;

use std::borrow::Cow;

use chrono::NaiveDate;

use super::locale::Locale;
use super::{DateStyle, KazakhLatin, Lang, NumberStyle};
use crate::money::Pair;
use crate::weather::City;
use names::Texts;

pub(super) use options::{Form, MainLink};
pub use options::{LanguageLink, PairCase, Temperatures, Times};

/// The settings of a strip: which pairs and cities it shows, in which language and style.
///
/// Start from one of three arrangements and change what differs:
///
/// | arrangement | shows | for |
/// |---|---|---|
/// | [`line`](Self::line) | one row with day, source and age, each value isolated | a site that embeds the strip |
/// | [`table`](Self::table) | the same in columns, an item on each line | a terminal, a sidebar |
/// | [`page`](Self::page) | the header of a Kazinform page, character for character | a replica of that header |
///
/// A layout holds no data and does not depend on the time. Build it once, at start, and share it.
///
/// ```
/// use masthead::money::Pair;
/// use masthead::strip::{Lang, Layout, Strip};
/// use masthead::weather::City;
/// use masthead::Snapshot;
///
/// let layout = Layout::line()
///     .lang(Lang::Kk)
///     .rates([[Pair::USD_KZT, Pair::EUR_KZT]])
///     .cities(["astana", "almaty"].iter().filter_map(|id| City::find(id)).cloned())
///     .isolates(false);
/// assert_eq!(layout.pairs().count(), 2);
///
/// let snapshot = Snapshot::sample();
/// assert_eq!(
///     Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string(),
///     "usd/kzt 447.32 · eur/kzt 482.21 · 2023\u{202f}ж. 13 маусым күнгі жағдай бойынша, \
///      2023 жылғы 13 маусымның кіріктірілген үлгісі, деректер ескірген · \
///      Астана +21…+23\u{a0}°C, деректер ескірген · Алматы дерек жоқ"
/// );
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
    sparklines: u8,
    pub(super) date: Option<NaiveDate>,
    link: Option<MainLink>,
    phone: Option<Cow<'static, str>>,
    /// `None` for the built-in list: every language but the current one.
    languages: Option<Vec<LanguageLink>>,
    texts: Texts,
}

impl Layout {
    /// Creates the compact strip that a site embeds: dollar, euro, ruble and yuan in tenge, their day,
    /// source and age, then Astana.
    ///
    /// ```
    /// use masthead::Snapshot;
    /// use masthead::strip::{Layout, Strip};
    ///
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::line().isolates(false));
    /// assert_eq!(
    ///     Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string(),
    ///     "usd/kzt 447.32 · eur/kzt 482.21 · rub/kzt 5.43 · cny/kzt 62.64 · as of 13 June 2023, \
    ///      Built-in sample of 13 June 2023, outdated · Astana +21…+23\u{a0}°C, outdated"
    /// );
    /// ```
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
            sparklines: 0,
            date: None,
            link: None,
            phone: None,
            languages: Some(Vec::new()),
            texts: Texts::default(),
        }
    }

    /// Creates a table with one pair or city on each line, for a terminal or a sidebar. The contents are
    /// those of [`line`](Self::line).
    ///
    /// In text the columns are as wide as their widest cell, counted in columns of a terminal. In HTML
    /// it is a `<table>`.
    ///
    /// ```
    /// use masthead::Snapshot;
    /// use masthead::strip::{Layout, Strip};
    ///
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::table().isolates(false));
    /// let table = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// assert_eq!(table.lines().collect::<Vec<_>>(), [
    ///     "usd/kzt      447.32",
    ///     "eur/kzt      482.21",
    ///     "rub/kzt        5.43",
    ///     "cny/kzt       62.64",
    ///     "Astana   +21…+23\u{a0}°C  outdated",
    ///     "as of 13 June 2023, Built-in sample of 13 June 2023, outdated",
    /// ]);
    /// ```
    #[must_use]
    pub fn table() -> Self {
        Self {
            form: Form::Table,
            ..Self::line()
        }
    }

    /// Creates the header of a Kazinform page: a date and a link, two rows of two pairs, Astana, a
    /// telephone number and the six other languages.
    ///
    /// It reproduces the model character for character, so its values stand in no isolates, and it
    /// prints neither source nor age. It adds a note only for rates that are unconfirmed, not in force,
    /// older than their publication, or of the sample.
    ///
    /// ```
    /// use masthead::Snapshot;
    /// use masthead::strip::{Layout, Strip};
    ///
    /// let (snapshot, layout) = (Snapshot::sample(), Layout::page());
    /// let page = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// assert_eq!(page.lines().collect::<Vec<_>>(), [
    ///     "date 2023-06-13 Go to the main site",
    ///     "Currency rates:",
    ///     "usd/kzt 447.32 eur/kzt 482.21",
    ///     "rub/kzt 5.43 cny/kzt 62.64",
    ///     "Weather:",
    ///     "Astana+21+23℃",
    ///     "Built-in sample of 13 June 2023",
    ///     "+7 701 759 90 19",
    ///     "ру қз qz 中文 ق ز Ўз",
    /// ]);
    /// ```
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
            texts: Texts::default(),
            ..Self::line()
        }
    }

    /// Sets the language of words, names and dates, and with it the direction. Default: [`Lang::En`].
    ///
    /// Numbers keep their form; see [`numbers`](Self::numbers).
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{Lang, Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let layout = Layout::line().rates([[]]).isolates(false);
    /// let english = text(layout.clone());
    /// assert_eq!(english, "Astana +21…+23\u{a0}°C, outdated · Built-in sample of 13 June 2023");
    /// let chinese = text(layout.lang(Lang::ZhHans));
    /// assert_eq!(chinese, "阿斯塔纳 +21…+23\u{a0}°C，数据已过期 · 2023年6月13日的内置示例");
    /// ```
    #[must_use]
    pub const fn lang(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// Sets the Latin alphabet of Kazakh. Default: [`KazakhLatin::Of2018`].
    ///
    /// It has an effect with [`Lang::KkLatn`] only.
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{KazakhLatin, Lang, Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let layout = Layout::line().lang(Lang::KkLatn).cities([]).isolates(false);
    /// let of_2018 = text(layout.clone());
    /// assert!(of_2018.contains("2023\u{202f}j. 13 maýsym kúngi jaǵdaı boıynsha"));
    /// let draft = text(layout.kazakh_latin(KazakhLatin::Draft2021));
    /// assert!(draft.contains("2023\u{202f}j. 13 mausym küngı jağdai boiynşa"));
    /// ```
    #[must_use]
    pub const fn kazakh_latin(mut self, letters: KazakhLatin) -> Self {
        self.latin = letters;
        self
    }

    /// Sets the form of rates and changes. Default: [`NumberStyle::Quote`], a point and no groups.
    ///
    /// JSON and the `value` attributes of HTML have a point in either style.
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{Lang, NumberStyle, Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let layout = Layout::line().lang(Lang::Ru).isolates(false);
    /// assert!(text(layout.clone()).starts_with("usd/kzt 447.32 · eur/kzt 482.21"));
    /// let local = text(layout.numbers(NumberStyle::Locale));
    /// assert!(local.starts_with("usd/kzt 447,32 · eur/kzt 482,21"));
    /// ```
    #[must_use]
    pub const fn numbers(mut self, style: NumberStyle) -> Self {
        self.numbers = style;
        self
    }

    /// Sets how much of a date is written. Default: [`DateStyle::Long`].
    ///
    /// It applies to the day of the rates and to [`today`](Self::today). [`DateStyle::Full`] adds the day
    /// of the week to today's date only: after "as of" some languages would have to decline it.
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{DateStyle, Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let layout = Layout::line().today(true).isolates(false);
    /// let date = |style| {
    ///     let text = text(layout.clone().dates(style));
    ///     let items: Vec<_> = text.split(" · ").collect();
    ///     (items[0].to_owned(), items[5].split(", ").next().unwrap().to_owned())
    /// };
    /// let pair = |today: &str, rates: &str| (today.to_owned(), rates.to_owned());
    /// assert_eq!(date(DateStyle::Medium), pair("13 Jun 2023", "as of 13 Jun 2023"));
    /// assert_eq!(date(DateStyle::Long), pair("13 June 2023", "as of 13 June 2023"));
    /// assert_eq!(date(DateStyle::Full), pair("Tuesday, 13 June 2023", "as of 13 June 2023"));
    /// ```
    #[must_use]
    pub const fn dates(mut self, style: DateStyle) -> Self {
        self.dates = style;
        self
    }

    /// Sets how the age of data is written. Default: [`Times::Ago`].
    ///
    /// Use [`Times::Clock`] for a page that is cached or saved: an age would become wrong there. The
    /// sample has no age, because it was not fetched. [`Layout::page`] prints no ages.
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{Layout, Strip, Times}};
    /// # let sample = serde_json::to_string(&Snapshot::sample())?;
    /// # let snapshot: Snapshot = serde_json::from_str(&sample.replace(r#""sample""#, r#""national_bank_kz""#))?;
    /// # let now = Snapshot::SAMPLE_TIME + chrono::TimeDelta::minutes(5);
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, now).text().to_string();
    /// let layout = Layout::line().cities([]).isolates(false);
    /// assert!(text(layout.clone()).ends_with(
    ///     " · as of 13 June 2023, National Bank of Kazakhstan, 5 min ago"
    /// ));
    /// assert!(text(layout.times(Times::Clock)).ends_with(
    ///     " · as of 13 June 2023, National Bank of Kazakhstan, updated: 13 Jun 2023, 11:00 UTC+6"
    /// ));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub const fn times(mut self, times: Times) -> Self {
        self.times = times;
        self
    }

    /// Sets whether a line or a table begins with today's date. Default: `false`.
    ///
    /// The day is [`Strip::today`](super::Strip::today), in the style of [`dates`](Self::dates). The page
    /// has a date of its own; see [`date`](Self::date).
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let layout = Layout::line().isolates(false);
    /// assert!(text(layout.clone()).starts_with("usd/kzt 447.32 · "));
    /// assert!(text(layout.today(true)).starts_with("13 June 2023 · usd/kzt 447.32 · "));
    /// ```
    #[must_use]
    pub const fn today(mut self, today: bool) -> Self {
        self.today = today;
        self
    }

    /// Sets whether a line or a table has words for the sky beside a city's temperatures. Default:
    /// `false`.
    ///
    /// The words are those of the hour that holds at the strip's instant. They are left out if the
    /// forecast has no such hour or no condition in it.
    ///
    /// ```
    /// use masthead::strip::{Layout, Strip, Temperatures};
    /// use masthead::weather::{Celsius, City, Condition, Hour, Sky, Weather};
    /// use masthead::{Attribution, Snapshot, SourceId};
    ///
    /// let now = "2026-04-02T06:00:00Z".parse()?;
    /// let hour = Hour::new(now, Celsius::from_tenths(-42).unwrap()).with_condition(Condition::new(Sky::Snow));
    /// let weather = Weather::new(SourceId::MET_NORWAY, [hour], [])?;
    /// let astana = City::find("astana").unwrap();
    /// let credit = Attribution::new("Data from MET Norway");
    /// let mut snapshot = Snapshot::default();
    /// snapshot.add_weather(astana.id(), astana.zone(), weather, credit, now, None);
    ///
    /// let layout = Layout::line().rates([[]]).temperatures(Temperatures::Now).isolates(false);
    /// let text = |layout: Layout| Strip::new(&snapshot, &layout, now).text().to_string();
    /// assert!(text(layout.clone()).starts_with("Astana now \u{2212}4\u{a0}°C · "));
    /// assert!(text(layout.conditions(true)).starts_with("Astana now \u{2212}4\u{a0}°C, snow · "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn conditions(mut self, conditions: bool) -> Self {
        self.conditions = conditions;
        self
    }

    /// Sets whether HTML carries the rates as microdata for search engines, of schema.org's type
    /// [`ExchangeRateSpecification`](https://schema.org/ExchangeRateSpecification). Default: `false`.
    ///
    /// The text on the page is the same. The other outputs do not change.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// # let snapshot = Snapshot::sample();
    /// # let html = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).html().to_string();
    /// let layout = Layout::line();
    /// assert!(html(layout.clone()).contains(r#"<data value="447.32">447.32</data>"#));
    /// let marked = html(layout.microdata(true));
    /// assert!(marked.contains(r#"itemtype="https://schema.org/ExchangeRateSpecification""#));
    /// assert!(marked.contains(
    ///     r#"<meta itemprop="priceCurrency" content="KZT"><meta itemprop="validFrom" content="2023-06-13">"#
    /// ));
    /// assert!(marked.contains(r#"<data itemprop="price" value="447.32">447.32</data>"#));
    /// ```
    #[must_use]
    pub const fn microdata(mut self, microdata: bool) -> Self {
        self.microdata = microdata;
        self
    }

    /// Sets the pairs, row by row. Default: dollar, euro, ruble and yuan in tenge.
    ///
    /// The page prints each row on a line of its own; a line and a table take the pairs one after
    /// another. A pair for which no rate is known keeps its place with the words for "no data". The
    /// strip shows the rates of one bank: pairs of several banks need a strip for each.
    ///
    /// ```
    /// # use masthead::{Snapshot, money::Pair, strip::{Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let page = text(Layout::page().rates([[Pair::USD_KZT], [Pair::CNY_KZT]]));
    /// assert!(page.contains("\nusd/kzt 447.32\ncny/kzt 62.64\n"));
    /// let line = text(Layout::line().isolates(false).rates([[Pair::USD_KZT, "gbp/kzt".parse()?]]));
    /// assert!(line.starts_with("usd/kzt 447.32 · gbp/kzt no data · "));
    ///
    /// // Without pairs the strip is of weather alone.
    /// let empty = text(Layout::line().isolates(false).rates([[]]));
    /// assert!(empty.starts_with("Astana +21"));
    /// # Ok::<(), masthead::ParseError>(())
    /// ```
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

    /// Sets the cities, in the order in which they stand. Default: Astana.
    ///
    /// A city for which no weather is known keeps its place with the words for "no data". An empty list
    /// makes a strip of rates alone. The first city also decides which day
    /// [today](super::Strip::today) is.
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// use masthead::weather::City;
    ///
    /// let layout = Layout::line().isolates(false);
    /// let cities = ["almaty", "astana"].iter().filter_map(|id| City::find(id)).cloned();
    /// let text_of_two = text(layout.clone().cities(cities));
    /// assert!(text_of_two.ends_with(" · Almaty no data · Astana +21…+23\u{a0}°C, outdated"));
    /// let rates_alone = text(layout.cities([]));
    /// assert!(rates_alone.ends_with(", Built-in sample of 13 June 2023, outdated"));
    /// ```
    #[must_use]
    pub fn cities(mut self, cities: impl IntoIterator<Item = City>) -> Self {
        self.cities = cities.into_iter().collect();
        self
    }

    /// Sets which temperatures of a city are printed. Default: [`Temperatures::AroundMaximum`].
    ///
    /// If the day's range or maximum is not known, the temperature of the present hour is printed in its
    /// place. JSON has all of them in any case. See [`Temperatures`] for the same day in each of the
    /// three forms.
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{Temperatures, Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let layout = Layout::line().rates([[]]).isolates(false);
    /// assert!(text(layout.clone()).starts_with("Astana +21…+23\u{a0}°C, outdated"));
    /// // The sample has the day's maximum and no other temperature.
    /// assert!(text(layout.temperatures(Temperatures::Range)).starts_with("Astana no data"));
    /// ```
    #[must_use]
    pub const fn temperatures(mut self, temperatures: Temperatures) -> Self {
        self.temperatures = temperatures;
        self
    }

    /// Sets the case of the letters of pairs. Default: [`PairCase::Lower`].
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{PairCase, Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let layout = Layout::line().isolates(false);
    /// assert!(text(layout.clone()).starts_with("usd/kzt 447.32 · eur/kzt 482.21"));
    /// assert!(text(layout.pair_case(PairCase::Upper)).starts_with("USD/KZT 447.32 · EUR/KZT 482.21"));
    /// ```
    #[must_use]
    pub const fn pair_case(mut self, case: PairCase) -> Self {
        self.pair_case = case;
        self
    }

    /// Sets whether text puts each value and each name into a bidirectional isolate (U+2066 or U+2068,
    /// and U+2069). Default: `true` for a line and a table, `false` for a page.
    ///
    /// Isolates keep numbers, ranges and dates in order inside a paragraph of Arabic letters. They are
    /// invisible where they are supported; turn them off for a terminal that shows them, or for a
    /// comparison of strings. In a language that is written from right to left, a line with isolates
    /// begins with U+200F, which sets its direction. HTML and SVG have isolates of their own in any case.
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// let layout = Layout::line().rates([[]]);
    /// assert!(text(layout.clone()).starts_with("\u{2068}Astana\u{2069} \u{2066}+21…+23\u{a0}°C\u{2069}"));
    /// assert!(text(layout.isolates(false)).starts_with("Astana +21…+23\u{a0}°C"));
    /// ```
    #[must_use]
    pub const fn isolates(mut self, isolates: bool) -> Self {
        self.isolates = isolates;
        self
    }

    /// Sets the date that [`Layout::page`] prints. Default: the day of the rates in force, else today.
    ///
    /// It has no effect on a line or a table.
    ///
    /// ```
    /// # use masthead::{Snapshot, strip::{Layout, Strip}};
    /// # let snapshot = Snapshot::sample();
    /// # let text = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).text().to_string();
    /// assert!(text(Layout::page()).starts_with("date 2023-06-13 "));
    /// let dated = Layout::page().date("2020-12-29".parse()?);
    /// assert!(text(dated).starts_with("date 2020-12-29 "));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub const fn date(mut self, date: NaiveDate) -> Self {
        self.date = Some(date);
        self
    }

    /// Sets the text and the address of the link beside the date of [`Layout::page`]. Default: "Go to the
    /// main site" in the layout's language, without an address.
    ///
    /// With `url` of `None` the text is not a link. It has no effect on a line or a table.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// # let snapshot = Snapshot::sample();
    /// # let html = |layout: Layout| Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).html().to_string();
    /// assert!(html(Layout::page()).contains("</span> Go to the main site</p>"));
    /// let linked = Layout::page().link("Home", Some("https://example.kz/".into()));
    /// assert!(html(linked).contains(r#"</span> <a href="https://example.kz/">Home</a></p>"#));
    /// ```
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

    /// Sets the number of days of each pair's sparkline, at most 92. Default: 0, no sparklines.
    ///
    /// A sparkline shows the rates of the days until that of the publication, level for each day and with gaps as gaps, from left to right in every
    /// language. It stands after the value of a line or a table, in HTML as SVG without style, with a phrase for assistive technology, and in text as
    /// blocks, with a dot for a gap. JSON has the rates themselves. [`Layout::page`] has none.
    ///
    /// The snapshot must have these days: `TickerBuilder::sparklines` keeps them, or [`View::sparklines`](crate::ledger::View::sparklines) for a
    /// ledger of your own. Without them the strip is as without sparklines.
    ///
    /// ```
    /// # use masthead::ledger::{Feed, Ledger, Sighting, View};
    /// # use masthead::money::{Currency, Pair, Publication, Quotation, Rates, Row, parse_decimal};
    /// # use masthead::{Attribution, Layout, Snapshot, SourceId, Strip};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let bank = SourceId::NATIONAL_BANK_KZ;
    /// # let now = "2026-04-06T06:00:00Z".parse()?;
    /// # let mut ledger = Ledger::default();
    /// # for (day, value) in [("2026-04-02", "475.00"), ("2026-04-03", "477.00"), ("2026-04-06", "479.00")] {
    /// #     let day = day.parse()?;
    /// #     let publication = Publication::new(bank.clone(), Currency::KZT, Quotation::HomePerForeign, day, chrono_tz::Asia::Almaty);
    /// #     let rates = Rates::new(publication, [Row::new(Currency::USD, parse_decimal(value)?, 1)])?;
    /// #     ledger.insert(Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates, now));
    /// # }
    /// let snapshot = ledger.at(now, &View::new(bank).sparklines([5]));
    /// let layout = Layout::line().rates([[Pair::USD_KZT]]).sparklines(5).cities([]).isolates(false);
    /// let strip = Strip::new(&snapshot, &layout, now);
    /// assert!(strip.text().to_string().starts_with("usd/kzt 479.00 ▁▄··█ · as of 6 April 2026"));
    /// assert!(strip.html().to_string().contains(
    ///     r#" aria-label="2 April 2026 – 6 April 2026, first 475.00, last 479.00, highest 479.00, lowest 475.00""#
    /// ));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub const fn sparklines(mut self, days: u8) -> Self {
        self.sparklines = if days > crate::snapshot::MOST_DAYS {
            crate::snapshot::MOST_DAYS
        } else {
            days
        };
        self
    }

    /// Sets the telephone number of [`Layout::page`]. Default: that of the model, `+7 701 759 90 19`.
    ///
    /// It is printed as given. HTML links it with its digits and `+`. It has no effect on a line or a
    /// table.
    ///
    /// ```
    /// # use masthead::{Layout, Snapshot, Strip};
    /// # let (snapshot, layout) = (Snapshot::sample(), Layout::page().phone("+7 (7172) 57-95-50"));
    /// # let html = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).html().to_string();
    /// // With `Layout::page().phone("+7 (7172) 57-95-50")`:
    /// assert!(html.contains(r#"<a href="tel:+77172579550"><bdi dir="ltr">+7 (7172) 57-95-50</bdi></a>"#));
    /// ```
    #[must_use]
    pub fn phone(mut self, phone: impl Into<Cow<'static, str>>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Sets the list of languages at the end of the strip. Default: none for a line and a table; for a
    /// page the languages of its model, without links: all of masthead but Uzbek in Latin letters, which a site
    /// names if it has such an edition, and without the page's own.
    ///
    /// The layout's own language is marked in the list: by `aria-current` in HTML, by bold letters in ANSI
    /// and SVG.
    /// An empty list removes the row from a page.
    ///
    /// ```
    /// use masthead::strip::{Lang, LanguageLink, Layout, Strip};
    /// use masthead::Snapshot;
    ///
    /// let links = Lang::ALL.iter().map(|lang| LanguageLink::of(*lang).url(format!("/{lang}/")));
    /// let layout = Layout::line().lang(Lang::Kk).languages(links);
    /// let snapshot = Snapshot::sample();
    /// let html = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME).html().to_string();
    /// assert!(html.contains(r#"<a href="/ru/" hreflang="ru" lang="ru" dir="ltr"><bdi>ру</bdi></a>"#));
    /// assert!(html.contains(
    ///     r#"<a href="/kk/" hreflang="kk" lang="kk" dir="ltr" aria-current="true"><bdi>қз</bdi></a>"#
    /// ));
    /// ```
    #[must_use]
    pub fn languages(mut self, languages: impl IntoIterator<Item = LanguageLink>) -> Self {
        self.languages = Some(languages.into_iter().collect());
        self
    }

    /// The pairs of all rows, in order.
    ///
    /// ```
    /// use masthead::{Layout, money::Pair};
    ///
    /// let pairs = [Pair::USD_KZT, Pair::EUR_KZT, Pair::RUB_KZT, Pair::CNY_KZT];
    /// assert!(Layout::line().pairs().eq(pairs) && Layout::page().pairs().eq(pairs));
    /// ```
    pub fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        self.rates.iter().flatten().copied()
    }

    /// The cities, in order.
    ///
    /// ```
    /// use masthead::{Layout, weather::City};
    ///
    /// assert_eq!(Layout::line().get_cities(), City::find("astana").cloned().as_slice());
    /// ```
    #[must_use]
    pub fn get_cities(&self) -> &[City] {
        &self.cities
    }

    /// The language of words, names and dates.
    ///
    /// ```
    /// use masthead::{Layout, strip::Lang};
    ///
    /// assert_eq!(Layout::page().lang(Lang::UzCyrl).get_lang(), Lang::UzCyrl);
    /// ```
    #[must_use]
    pub const fn get_lang(&self) -> Lang {
        self.lang
    }

    /// The words of the layout's language and alphabet.
    pub(super) const fn locale(&self) -> &'static Locale {
        self.lang.locale_in(self.latin)
    }

    /// The length of the sparklines, 0 for none.
    pub(crate) const fn sparkline_days(&self) -> u8 {
        self.sparklines
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

    /// The list that the site has set, or `None` for the built-in one.
    pub(super) fn language_links(&self) -> Option<&[LanguageLink]> {
        self.languages.as_deref()
    }
}
