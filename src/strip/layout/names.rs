//! Texts of the site in each language.

use std::borrow::Cow;

use super::Layout;
use crate::strip::Lang;
use crate::weather::{City, CityId};

/// Texts of the site's own, by language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    cities: Vec<(Lang, CityId, Cow<'static, str>)>,
    link: Vec<(Lang, Cow<'static, str>)>,
}

impl Layout {
    /// Sets the name of a city in one language, for a city of the site's own or in place of the built-in name. Default: the built-in name of
    /// a built-in city, else the name that the city was [created](City::new) with.
    ///
    /// The strips of this layout print it. [`Lang::city`] does not know it: it gives the built-in name, or the one that the city was created with.
    ///
    /// An empty name, or one of white space, has no effect on a strip, and is an error of `ServiceBuilder::build`.
    ///
    /// ```
    /// use masthead::strip::{Lang, Layout, Strip};
    /// use masthead::weather::{City, Coordinates};
    /// use masthead::Snapshot;
    ///
    /// let city = City::new("talghar", "Talghar", Coordinates::new(43.3, 77.24)?, chrono_tz::Asia::Almaty)?;
    /// let layout = Layout::line()
    ///     .rates([[]])
    ///     .city_name(Lang::Kk, city.id(), "Талғар")
    ///     .city_name(Lang::Ru, city.id(), "Талгар")
    ///     .cities([city])
    ///     .isolates(false);
    /// let snapshot = Snapshot::default();
    /// let text = |lang| Strip::new(&snapshot, &layout.clone().lang(lang), Snapshot::SAMPLE_TIME).text().to_string();
    /// assert_eq!(text(Lang::Kk), "Талғар дерек жоқ");
    /// assert_eq!(text(Lang::En), "Talghar no data");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn city_name(
        mut self,
        lang: Lang,
        city: &CityId,
        name: impl Into<Cow<'static, str>>,
    ) -> Self {
        let others = |(known, id, _): &(Lang, CityId, _)| (*known, id) != (lang, city);
        self.texts.cities.retain(others);
        self.texts.cities.push((lang, city.clone(), name.into()));
        self
    }

    /// Sets the text of the [link](Self::link) of [`Layout::page`] in one language. Default: the text given to [`link`](Self::link), in every language.
    ///
    /// ```
    /// use masthead::strip::{Lang, Layout, Strip};
    /// use masthead::Snapshot;
    ///
    /// let layout = Layout::page().link("Home", Some("/".into())).link_text(Lang::Ru, "На главную");
    /// let snapshot = Snapshot::sample();
    /// let html = |lang| Strip::new(&snapshot, &layout.clone().lang(lang), Snapshot::SAMPLE_TIME).html().to_string();
    /// assert!(html(Lang::Ru).contains(r#"<a href="/">На главную</a>"#));
    /// assert!(html(Lang::En).contains(r#"<a href="/">Home</a>"#));
    /// ```
    #[must_use]
    pub fn link_text(mut self, lang: Lang, text: impl Into<Cow<'static, str>>) -> Self {
        self.texts.link.retain(|(known, _)| *known != lang);
        self.texts.link.push((lang, text.into()));
        self
    }

    /// The name that the site gives a city in the layout's language.
    pub(in crate::strip) fn name_of(&self, city: &City) -> Option<&str> {
        let mut names = self.texts.cities.iter();
        let name = names.find(|(lang, id, _)| *lang == self.lang && id == city.id());
        let name = name.map(|(_, _, name)| name.as_ref());
        name.filter(|name| !name.trim().is_empty())
    }

    /// The first city whose name in a language is empty.
    #[cfg(feature = "web")]
    pub(crate) fn nameless(&self) -> Option<(&CityId, Lang)> {
        let mut names = self.texts.cities.iter();
        let empty = names.find(|(_, _, name)| name.trim().is_empty());
        empty.map(|(lang, id, _)| (id, *lang))
    }

    /// The text of the link in the layout's language.
    pub(in crate::strip) fn text_of_link(&self) -> Option<&str> {
        let mut texts = self.texts.link.iter();
        let own = texts.find(|(lang, _)| *lang == self.lang);
        let general = self.link.as_ref().and_then(|link| link.text.as_deref());
        own.map(|(_, text)| text.as_ref()).or(general)
    }
}
