//! Names of languages, currencies, cities, sources and skies.

use super::{Lang, Locale, table};
use crate::money::Currency;
use crate::provenance::SourceId;
use crate::weather::{City, Condition, Daylight, Intensity, Sky};

impl Lang {
    /// The language's name in itself: `қазақ тілі`.
    ///
    /// ```
    /// use masthead::strip::Lang;
    ///
    /// let names: Vec<_> = Lang::ALL.iter().map(|lang| lang.name()).collect();
    /// assert_eq!(names, ["English", "русский", "қазақ тілі", "qazaq tili", "中文", "قازاق ءتىلى", "ўзбекча", "oʻzbek"]);
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.locale().name_own
    }

    /// The short label that lists of languages on Kazakh sites have for it: `қз`.
    ///
    /// ```
    /// use masthead::strip::Lang;
    ///
    /// let labels: Vec<_> = Lang::ALL.iter().map(|lang| lang.switch()).collect();
    /// assert_eq!(labels, ["en", "ру", "қз", "qz", "中文", "ق ز", "Ўз", "OZ"]);
    /// ```
    #[must_use]
    pub const fn switch(self) -> &'static str {
        self.locale().name_switch
    }

    /// The label of a button that stops live updates.
    ///
    /// ```
    /// use masthead::strip::Lang;
    ///
    /// assert_eq!((Lang::En.pause(), Lang::En.resume()), ("Pause updates", "Resume updates"));
    /// assert_eq!(Lang::KkLatn.pause(), "Jańartýdy toqtatý");
    /// ```
    #[must_use]
    pub const fn pause(self) -> &'static str {
        self.locale().pause
    }

    /// The label of the same button while updates are stopped.
    #[must_use]
    pub const fn resume(self) -> &'static str {
        self.locale().resume
    }

    /// The name of a currency in this language, by CLDR or a bank's page. Returns `None` for most withdrawn
    /// currencies, and for a few funds and units, such as `CHW`, that neither has.
    ///
    /// ```
    /// use masthead::money::Currency;
    /// use masthead::strip::Lang;
    ///
    /// assert_eq!(Lang::Ru.currency(Currency::CNY), Some("китайский юань"));
    /// assert_eq!(Lang::KkLatn.currency(Currency::USD), Some("AQSh dollary"));
    /// ```
    #[must_use]
    pub fn currency(self, currency: Currency) -> Option<&'static str> {
        self.locale().currency(currency)
    }

    /// The name of a city in this language if it is [built in](City::all), else the name that the site
    /// gave it. The names of [`Layout::city_name`](crate::Layout::city_name) belong to a layout and are not among them.
    ///
    /// ```
    /// use masthead::strip::Lang;
    /// use masthead::weather::City;
    ///
    /// let city = City::find("oral").unwrap();
    /// assert_eq!(Lang::ALL.iter().map(|lang| lang.city(city)).collect::<Vec<_>>().join(" "), "Uralsk Уральск Орал Oral 乌拉尔 ورال Орал Oral");
    /// ```
    #[must_use]
    pub fn city(self, city: &City) -> &str {
        self.locale().city(city).unwrap_or(city.name())
    }

    /// The name of a built-in source in this language, with the words that its terms ask for. Returns
    /// `None` for a source without one, such as a source of the site's own: a page then shows the name of its
    /// [`Attribution`](crate::Attribution).
    ///
    /// ```
    /// use masthead::SourceId;
    /// use masthead::strip::Lang;
    ///
    /// assert_eq!(Lang::Ru.source(&SourceId::NATIONAL_BANK_KZ), Some("Национальный Банк Казахстана"));
    /// assert_eq!(Lang::En.source(&SourceId::MET_NORWAY), Some("Data from MET Norway"));
    /// assert_eq!(Lang::En.source(&SourceId::constant("a_bank")), None);
    /// ```
    #[must_use]
    pub fn source(self, source: &SourceId) -> Option<&'static str> {
        self.locale().source(source)
    }

    /// The state of the sky in a word or two. Returns `None` for a [code](Condition::unknown) of a
    /// service that is not known here.
    ///
    /// The words are less precise than the [`Condition`]: light rain showers with thunder are a
    /// `thunderstorm`. `daylight` matters for a clear sky, which is `sunny` by day.
    ///
    /// ```
    /// use masthead::strip::Lang;
    /// use masthead::weather::{Condition, Daylight, Sky};
    ///
    /// let clear = Condition::new(Sky::Clear);
    /// assert_eq!(Lang::Ru.condition(&clear, Some(Daylight::Day)), Some("солнечно"));
    /// assert_eq!(Lang::Ru.condition(&clear, Some(Daylight::Night)), Some("ясно"));
    /// assert_eq!(Lang::Kk.condition(&Condition::new(Sky::Rain).with_thunder(), None), Some("найзағай"));
    /// assert_eq!(Lang::En.condition(&Condition::unknown("frogs"), None), None);
    /// ```
    #[must_use]
    pub fn condition(
        self,
        condition: &Condition,
        daylight: Option<Daylight>,
    ) -> Option<&'static str> {
        self.locale().condition(condition, daylight)
    }
}

impl Locale {
    /// The name of a currency.
    pub(in crate::strip) fn currency(&self, currency: Currency) -> Option<&'static str> {
        let name = self.currencies.get(currency.place()).copied();
        name.filter(|name| !name.is_empty())
    }

    /// The name of a built-in city. Returns `None` if the site has given the id to a city of another name.
    pub(in crate::strip) fn city(&self, city: &City) -> Option<&'static str> {
        let id = city.id().as_str();
        let place = self.cities.iter().position(|(known, _)| *known == id)?;
        let (_, english) = table::en::LOCALE.cities.get(place)?;
        let (_, name) = self.cities.get(place)?;
        (*english == city.name()).then_some(*name)
    }

    /// The name of a built-in source.
    pub(in crate::strip) fn source(&self, source: &SourceId) -> Option<&'static str> {
        let mut names = self.sources.iter();
        let name = names.find(|(id, _)| *id == source.as_str());
        name.map(|(_, name)| *name)
    }

    /// The words for a state of the sky.
    pub(in crate::strip) fn condition(
        &self,
        condition: &Condition,
        daylight: Option<Daylight>,
    ) -> Option<&'static str> {
        let words = &self.skies;
        let sky = condition.sky()?;
        if condition.has_thunder() {
            return Some(words.thunderstorm);
        }
        Some(match (sky, condition.intensity()) {
            (Sky::Clear, _) if daylight == Some(Daylight::Day) => words.clear_day,
            (Sky::Clear, _) => words.clear,
            (Sky::Fair, _) => words.fair,
            (Sky::PartlyCloudy, _) => words.partly_cloudy,
            (Sky::Cloudy, _) => words.cloudy,
            (Sky::Fog, _) => words.fog,
            (Sky::Drizzle, _) => words.drizzle,
            (Sky::FreezingDrizzle, _) => words.freezing_drizzle,
            (Sky::Rain, Intensity::Light) => words.light_rain,
            (Sky::Rain, Intensity::Moderate) => words.rain,
            (Sky::Rain, Intensity::Heavy) => words.heavy_rain,
            (Sky::FreezingRain, _) => words.freezing_rain,
            (Sky::Sleet, _) => words.sleet,
            (Sky::Snow, Intensity::Light) => words.light_snow,
            (Sky::Snow, Intensity::Moderate) => words.snow,
            (Sky::Snow, Intensity::Heavy) => words.heavy_snow,
            (Sky::Hail, _) => words.hail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;
    use crate::weather::City;

    #[test]
    fn every_built_in_city_has_a_name_in_every_language() {
        for lang in Lang::ALL {
            let ids = lang.locale().cities.iter().map(|(id, _)| *id);
            assert!(ids.eq(City::all().iter().map(|city| city.id().as_str())));
        }
        for city in City::all() {
            assert_eq!(Lang::En.city(city), city.name());
        }
    }

    #[test]
    fn a_source_has_a_name_in_every_language_or_in_none() {
        let ids = |lang: Lang| lang.locale().sources.iter().map(|(id, _)| *id);
        for lang in Lang::ALL {
            assert!(ids(*lang).eq(ids(Lang::En)), "{lang}");
        }
    }
}
