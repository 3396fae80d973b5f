//! Languages from BCP 47 tags and from the `Accept-Language` header.

use std::fmt;
use std::str::FromStr;

use oxilangtag::LanguageTag;

use super::Lang;
use crate::text::ParseError;

/// The tags of all languages, with commas between them.
struct Tags;

impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, lang) in Lang::ALL.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{lang}")?;
        }
        Ok(())
    }
}

/// Parses a BCP 47 tag, in any case, with `-` or `_`, with or without a region. It also accepts the keys
/// of Kazakh news sites: `kz`, `qz`, `cn`, `oz`.
///
/// # Errors
///
/// Returns [`ParseError`] for any other text, also for a known language in another script.
///
/// ```
/// use masthead::strip::Lang;
///
/// for (text, lang) in [
///     ("kk-Cyrl", Lang::Kk), ("kk_KZ", Lang::Kk), ("zh", Lang::ZhHans), ("zh-CN", Lang::ZhHans), ("en-GB", Lang::En),
///     ("kk-CN", Lang::KkArab), // Kazakh of China is written in Arabic letters
///     ("uz", Lang::UzLatn), ("uz-Cyrl", Lang::UzCyrl),
///     ("kz", Lang::Kk), ("qz", Lang::KkLatn), ("cn", Lang::ZhHans), ("oz", Lang::UzLatn),
/// ] {
///     assert_eq!(text.parse(), Ok(lang), "{text}");
/// }
/// // Uzbek of Afghanistan is written in Arabic letters, for which masthead has no words.
/// for unknown in ["zh-Hant", "uz-AF", "ar", ""] {
///     assert!(unknown.parse::<Lang>().is_err(), "{unknown}");
/// }
/// ```
impl FromStr for Lang {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || ParseError::unknown("language", text, format_args!("one of {Tags}"));
        match text.to_ascii_lowercase().as_str() {
            "kz" => return Ok(Self::Kk),
            "qz" => return Ok(Self::KkLatn),
            "cn" => return Ok(Self::ZhHans),
            "oz" => return Ok(Self::UzLatn),
            _ => {}
        }
        let tag =
            LanguageTag::parse_and_normalize(&text.replace('_', "-")).map_err(|_| unknown())?;
        Self::of_tag(&tag).ok_or_else(unknown)
    }
}

impl Lang {
    /// The language that suits a reader best, by the `Accept-Language` header of a request. Returns
    /// `None` if no entry names a built-in language.
    ///
    /// The entry of the greatest weight wins, and of two equal ones the first. Entries with weight 0,
    /// without a valid tag or with an invalid weight are ignored, and so is `*`. At most 64 entries are
    /// read.
    ///
    /// ```
    /// use masthead::strip::Lang;
    ///
    /// assert_eq!(Lang::accepted("kk-KZ,kk;q=0.9,ru;q=0.8,en;q=0.7"), Some(Lang::Kk));
    /// assert_eq!(Lang::accepted("de, ru;q=0.3, en;q=0.5"), Some(Lang::En));
    /// assert_eq!(Lang::accepted("zh-TW, zh;q=0.9"), Some(Lang::ZhHans));
    /// assert_eq!(Lang::accepted("ru;q=0, de, *;q=0.1"), None);
    /// ```
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        Self::accepted_among(header, Self::ALL)
    }

    /// As [`accepted`](Self::accepted), limited to the languages of the site.
    ///
    /// On a site with Uzbek in Cyrillic letters alone an entry without a script, `uz`, selects it.
    ///
    /// ```
    /// use masthead::strip::Lang;
    ///
    /// let site = [Lang::Ru, Lang::Kk];
    /// assert_eq!(Lang::accepted_among("en, ru;q=0.8, kk;q=0.7", &site), Some(Lang::Ru));
    /// assert_eq!(Lang::accepted_among("en", &site), None);
    /// assert_eq!(Lang::accepted_among("uz", &[Lang::UzCyrl]), Some(Lang::UzCyrl));
    /// ```
    #[must_use]
    pub fn accepted_among(header: &str, languages: &[Self]) -> Option<Self> {
        // Browsers send a few tags; the limit bounds the work for a hostile header.
        let wanted = header.split(',').take(64);
        let wanted = wanted.filter_map(|entry| wanted_among(entry, languages));
        // Not `max_by_key`, which takes the last of equal entries.
        wanted
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map(|(lang, _)| lang)
    }

    /// The language of a parsed tag.
    fn of_tag(tag: &LanguageTag<String>) -> Option<Self> {
        let region = tag.region().unwrap_or_default();
        // Without a script the region decides: for Kazakh and Uzbek by CLDR's likely subtags, for Chinese by
        // where traditional characters are official.
        match (tag.primary_language(), tag.script()) {
            ("en", None | Some("Latn")) => Some(Self::En),
            ("ru", None | Some("Cyrl")) => Some(Self::Ru),
            ("kk", None) if matches!(region, "AF" | "CN" | "IR" | "MN") => Some(Self::KkArab),
            ("kk", None | Some("Cyrl")) => Some(Self::Kk),
            ("kk", Some("Latn")) => Some(Self::KkLatn),
            ("kk", Some("Arab")) => Some(Self::KkArab),
            ("zh", None) if !matches!(region, "HK" | "MO" | "TW") => Some(Self::ZhHans),
            ("zh", Some("Hans")) => Some(Self::ZhHans),
            ("uz", None) if region == "AF" => None,
            ("uz", None) if region == "CN" => Some(Self::UzCyrl),
            ("uz", None | Some("Latn")) => Some(Self::UzLatn),
            ("uz", Some("Cyrl")) => Some(Self::UzCyrl),
            _ => None,
        }
    }
}

/// The language and the weight, in thousandths, of an entry of the header, if the language is among the given ones.
fn wanted_among(entry: &str, languages: &[Lang]) -> Option<(Lang, u16)> {
    let (tag, weight) = match entry.split_once(';') {
        Some((tag, parameter)) => {
            let (name, weight) = parameter.split_once('=')?;
            let named = name.trim().eq_ignore_ascii_case("q");
            (tag, named.then(|| thousandths(weight.trim()))??)
        }
        None => (entry, 1000),
    };
    if weight == 0 {
        return None;
    }
    let tag = LanguageTag::parse_and_normalize(tag.trim()).ok()?;
    let lang = match Lang::of_tag(&tag)? {
        Lang::UzLatn if tag.script().is_none() && !languages.contains(&Lang::UzLatn) => {
            Lang::UzCyrl
        }
        lang => lang,
    };
    languages.contains(&lang).then_some((lang, weight))
}

/// Parses a weight of RFC 9110, 0 to 1 with at most three decimals, into thousandths.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let fraction = format!("{fraction:0<3}").parse::<u16>().ok()?;
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, thousandths};

    #[test]
    fn weights_are_parsed_by_rfc_9110() {
        for (weight, expected) in [
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("0.5", Some(500)),
            ("0.05", Some(50)),
            ("0.", Some(0)),
            ("0", Some(0)),
            ("1.1", None),
            ("2", None),
            ("nan", None),
            ("-1", None),
            ("+0.5", None),
            ("0.+5", None),
            ("0.1234", None),
            ("", None),
        ] {
            assert_eq!(thousandths(weight), expected, "{weight}");
        }
    }

    #[test]
    fn a_header_without_a_known_language_selects_none() {
        let endless = "kk;q=nan,".repeat(10_000);
        for header in [
            "",
            ",",
            ";;;",
            "q=1",
            "kk;q",
            "kk;v=1",
            "kk;q=NaN",
            "\u{0}",
            "қазақша",
            "x-kk",
            endless.as_str(),
        ] {
            assert_eq!(Lang::accepted(header), None, "{header:.20}");
        }
        assert_eq!(Lang::accepted("\tRU ; Q=0.1 , e"), Some(Lang::Ru));
    }

    #[test]
    fn a_language_is_its_tag_in_a_document() {
        for lang in Lang::ALL {
            let text = serde_json::to_string(lang).unwrap();
            assert_eq!(text, format!("{:?}", lang.tag()));
            assert_eq!(serde_json::from_str::<Lang>(&text).unwrap(), *lang);
        }
        let error = serde_json::from_str::<Lang>("\"tlh\"").unwrap_err();
        let expected = "unknown language \"tlh\": expected one of en, ru, ";
        assert!(error.to_string().starts_with(expected), "{error}");
    }

    #[test]
    fn the_first_of_equal_weights_is_selected() {
        assert_eq!(Lang::accepted("ru, en"), Some(Lang::Ru));
        assert_eq!(Lang::accepted("en;q=0.5, ru;q=0.5"), Some(Lang::En));
    }
}
