//! Settings of the layout and the languages.

use masthead::Layout;
use masthead::strip::{
    DateStyle, KazakhLatin, Lang, LanguageLink, NumberStyle, PairCase, Temperatures, Times,
};

use super::cities::{NamedCity, by_language};
use super::reader::{Entry, Section};
use super::ticker::TickerSettings;

/// The layout in the default language, and the served languages.
#[derive(Debug)]
pub(super) struct View {
    pub(super) layout: Layout,
    /// The language of readers whose browsers request none of the others.
    pub(super) lang: Lang,
    pub(super) languages: Vec<Lang>,
}

impl View {
    pub(super) fn read(file: &mut Section<'_>, ticker: &TickerSettings) -> Self {
        let languages = file.entry("languages");
        let languages = languages.as_ref().and_then(tags);
        let languages = languages.unwrap_or_else(|| Lang::ALL.to_vec());
        let default = file.entry("default_language");
        let default = default.and_then(|entry| one_of(&entry, &languages));
        let lang = default
            .or_else(|| languages.first().copied())
            .unwrap_or(Lang::Kk);

        let mut section = file.section("layout");
        let form = section.as_mut().and_then(|section| section.entry("form"));
        let form = form
            .and_then(|form| form.choose(FORMS))
            .unwrap_or(Form::Line);
        let layout = form.layout(ticker).lang(lang);
        let layout = match section {
            Some(section) => with_options(layout, form, section),
            None => layout,
        };
        Self {
            layout,
            lang,
            languages,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Line,
    Page,
    Table,
}

const FORMS: &[(&str, Form)] = &[
    ("line", Form::Line),
    ("page", Form::Page),
    ("table", Form::Table),
];

impl Form {
    /// Returns the layout of this form, with the pairs and cities of the ticker.
    fn layout(self, ticker: &TickerSettings) -> Layout {
        let layout = match self {
            Self::Line => Layout::line(),
            Self::Page => Layout::page(),
            Self::Table => Layout::table(),
        };
        // The page layout has two rows of two pairs.
        let in_row = if self == Self::Page { 2 } else { usize::MAX };
        let usual = || ticker.usual.chunks(in_row).map(<[_]>::to_vec).collect();
        let mut layout = layout
            .rates(ticker.rows.clone().unwrap_or_else(usual))
            .cities(ticker.cities.iter().map(|named| named.city.clone()));
        for NamedCity { city, names } in &ticker.cities {
            for (lang, name) in names {
                layout = layout.city_name(*lang, city.id(), name.clone());
            }
        }
        layout
    }
}

/// Applies the options of the section `layout`.
fn with_options(mut layout: Layout, form: Form, mut section: Section<'_>) -> Layout {
    let mut flag = |key, set: fn(Layout, bool) -> Layout| {
        if let Some(value) = section.entry(key).and_then(|entry| entry.boolean()) {
            layout = set(layout.clone(), value);
        }
    };
    flag("conditions", Layout::conditions);
    flag("today", Layout::today);
    flag("microdata", Layout::microdata);
    flag("isolates", Layout::isolates);

    let numbers = [
        ("quote", NumberStyle::Quote),
        ("locale", NumberStyle::Locale),
    ];
    let dates = [
        ("full", DateStyle::Full),
        ("long", DateStyle::Long),
        ("medium", DateStyle::Medium),
    ];
    let times = [("ago", Times::Ago), ("clock", Times::Clock)];
    let temperatures = [
        ("around_maximum", Temperatures::AroundMaximum),
        ("range", Temperatures::Range),
        ("now", Temperatures::Now),
    ];
    let cases = [("lower", PairCase::Lower), ("upper", PairCase::Upper)];
    let letters = [
        ("2018", KazakhLatin::Of2018),
        ("2021", KazakhLatin::Draft2021),
    ];
    layout = chosen(layout, section.entry("numbers"), &numbers, Layout::numbers);
    layout = chosen(layout, section.entry("dates"), &dates, Layout::dates);
    layout = chosen(layout, section.entry("times"), &times, Layout::times);
    let entry = section.entry("temperatures");
    layout = chosen(layout, entry, &temperatures, Layout::temperatures);
    layout = chosen(
        layout,
        section.entry("pair_case"),
        &cases,
        Layout::pair_case,
    );
    let entry = section.entry("kazakh_latin");
    layout = chosen(layout, entry, &letters, Layout::kazakh_latin);

    let phone = section.entry("phone");
    let link = section.entry("link");
    if form != Form::Page {
        for entry in [&phone, &link].into_iter().flatten() {
            entry.warn("has no effect without layout.form = \"page\"");
        }
    }
    if let Some(phone) = phone.and_then(|entry| entry.words()) {
        layout = layout.phone(phone.to_owned());
    }
    let (url, texts) = (section.entry("link_url"), section.entry("link_texts"));
    if link.is_none() {
        let others = [&url, &texts].into_iter().flatten();
        others.for_each(|entry| entry.refuse("has no effect without layout.link"));
    }
    let url = url.and_then(|entry| address(&entry));
    if let Some(text) = link.and_then(|entry| entry.words()) {
        layout = layout.link(text.to_owned(), url.map(|url| url.to_owned().into()));
    }
    if let Some(texts) = texts.and_then(|entry| entry.section()) {
        for (lang, text) in by_language(&texts) {
            layout = layout.link_text(lang, text);
        }
    }
    if let Some(links) = section.section("languages") {
        layout = layout.languages(switch(&links));
    }
    section.finish();
    layout
}

/// Applies one option, if it is set and valid.
fn chosen<T: Copy>(
    layout: Layout,
    entry: Option<Entry<'_>>,
    choices: &[(&str, T)],
    set: fn(Layout, T) -> Layout,
) -> Layout {
    match entry.and_then(|entry| entry.choose(choices)) {
        Some(value) => set(layout, value),
        None => layout,
    }
}

/// Reads a list of languages and refuses duplicates.
fn tags(entry: &Entry<'_>) -> Option<Vec<Lang>> {
    let list = entry.list()?;
    let mut langs = Vec::new();
    for entry in &list {
        match language(entry) {
            Some(lang) if langs.contains(&lang) => {
                entry.refuse(format_args!("{lang} is in the list twice"));
            }
            lang => langs.extend(lang),
        }
    }
    if list.is_empty() {
        entry.refuse("is empty: at least one language is served");
    }
    (!langs.is_empty()).then_some(langs)
}

/// Reads a language. Warns of a tag that no path has, such as the country's code in place of the language's.
fn language(entry: &Entry<'_>) -> Option<Lang> {
    let lang: Lang = entry.parse()?;
    let tag = lang.tag();
    if !entry.text()?.eq_ignore_ascii_case(tag) {
        entry.warn(format_args!("is read as {tag}: its page is {tag}.html"));
    }
    Some(lang)
}

/// Reads a language that must be among the served ones.
fn one_of(entry: &Entry<'_>, served: &[Lang]) -> Option<Lang> {
    let lang = language(entry)?;
    if !served.contains(&lang) {
        let tags: Vec<&str> = served.iter().map(|lang| lang.tag()).collect();
        entry.refuse(format_args!(
            "{lang} is not served; expected one of {}",
            tags.join(", ")
        ));
    }
    Some(lang)
}

/// Reads the links to the site's editions, and sorts them in the order of `Lang::ALL`.
fn switch(section: &Section<'_>) -> Vec<LanguageLink> {
    let mut editions = Vec::new();
    for (tag, entry) in section.entries() {
        match tag.parse::<Lang>() {
            Ok(lang) => editions.extend(address(&entry).map(|url| (lang, url.to_owned()))),
            Err(error) => entry.refuse_key(error),
        }
    }
    let place = |lang: &Lang| Lang::ALL.iter().position(|known| known == lang);
    editions.sort_by_key(|(lang, _)| place(lang));
    let links = editions.into_iter();
    links
        .map(|(lang, url)| LanguageLink::of(lang).url(url))
        .collect()
}

/// Reads an absolute path or an http address. Other schemes, such as `javascript:`, are refused.
fn address<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    let url = entry.words()?;
    let is_good = ["/", "https://", "http://"]
        .iter()
        .any(|start| url.starts_with(start));
    if !is_good {
        entry.refuse("expected an address that begins with / or https:// or http://");
    }
    is_good.then_some(url)
}
