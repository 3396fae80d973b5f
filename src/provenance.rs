//! Who said it: the id of a source, and the credit its terms ask for.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The id of a source: one to forty of `a-z`, `0-9` and `_`.
///
/// It is a key, not a name: `national_bank_kz`, `met_norway`. What a reader sees is [`Attribution::name`].
///
/// ```
/// use masthead::SourceId;
///
/// let id: SourceId = "national_bank_kz".parse()?;
/// assert_eq!(id, SourceId::NATIONAL_BANK_KZ);
/// assert!("National Bank".parse::<SourceId>().is_err());
/// # Ok::<(), masthead::ParseSourceIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Cow<'static, str>", into = "Cow<'static, str>")]
pub struct SourceId(Cow<'static, str>);

impl SourceId {
    /// The National Bank of Kazakhstan.
    pub const NATIONAL_BANK_KZ: Self = Self::constant("national_bank_kz");
    /// Frankfurter, a public service that repeats central banks' rates.
    pub const FRANKFURTER: Self = Self::constant("frankfurter");
    /// The Bank of Russia.
    pub const CBR: Self = Self::constant("cbr");
    /// The Central Bank of Uzbekistan.
    pub const CBU: Self = Self::constant("cbu");
    /// The National Bank of the Kyrgyz Republic.
    pub const NBKR: Self = Self::constant("nbkr");
    /// The National Bank of the Republic of Belarus.
    pub const NBRB: Self = Self::constant("nbrb");
    /// The European Central Bank.
    pub const ECB: Self = Self::constant("ecb");
    /// MET Norway, the Norwegian Meteorological Institute.
    pub const MET_NORWAY: Self = Self::constant("met_norway");
    /// Open-Meteo.
    pub const OPEN_METEO: Self = Self::constant("open_meteo");
    /// The built-in sample: genuine figures of a day long past, for pages without data yet.
    pub const SAMPLE: Self = Self::constant("sample");

    /// The id, from a literal.
    ///
    /// # Panics
    ///
    /// When `id` is not one to forty of `a-z0-9_`; in a `const` that is a compile error. For text from outside use
    /// [`FromStr`].
    #[must_use]
    pub const fn constant(id: &'static str) -> Self {
        assert!(is_valid(id), "a source id is 1 to 40 of a-z, 0-9 and _");
        Self(Cow::Borrowed(id))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_valid(id: &str) -> bool {
    let bytes = id.as_bytes();
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        if !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_') {
            return false;
        }
        rest = tail;
    }
    !bytes.is_empty() && bytes.len() <= 40
}

/// The text is not a source id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid source id {text:?}: expected 1 to 40 of a-z, 0-9 and _")]
pub struct ParseSourceIdError {
    text: String,
}

impl TryFrom<Cow<'static, str>> for SourceId {
    type Error = ParseSourceIdError;

    fn try_from(text: Cow<'static, str>) -> Result<Self, Self::Error> {
        if is_valid(&text) {
            Ok(Self(text))
        } else {
            Err(ParseSourceIdError {
                text: text.into_owned(),
            })
        }
    }
}

impl FromStr for SourceId {
    type Err = ParseSourceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(Cow::Owned(text.to_owned()))
    }
}

impl From<SourceId> for Cow<'static, str> {
    fn from(id: SourceId) -> Self {
        id.0
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The credit a source's terms ask for: printed with its figures, wherever they are printed.
///
/// ```
/// use masthead::Attribution;
///
/// let credit = Attribution::new("Data from MET Norway")
///     .link("https://api.met.no/")
///     .licence("CC BY 4.0")
///     .licence_link("https://creativecommons.org/licenses/by/4.0/");
/// assert_eq!(credit.name(), "Data from MET Norway");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    name: Cow<'static, str>,
    link: Option<Cow<'static, str>>,
    licence: Option<Cow<'static, str>>,
    licence_link: Option<Cow<'static, str>>,
}

impl Attribution {
    /// A credit with a name alone.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            link: None,
            licence: None,
            licence_link: None,
        }
    }

    /// Adds the page the name links to. Only `https://` links are printed.
    #[must_use]
    pub fn link(mut self, url: impl Into<Cow<'static, str>>) -> Self {
        self.link = Some(url.into());
        self
    }

    /// Adds the licence of the data.
    #[must_use]
    pub fn licence(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.licence = Some(name.into());
        self
    }

    /// Adds the page with the licence's text. Only `https://` links are printed.
    #[must_use]
    pub fn licence_link(mut self, url: impl Into<Cow<'static, str>>) -> Self {
        self.licence_link = Some(url.into());
        self
    }

    /// What a reader sees.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the name links to: an `https://` address, or nothing.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        https(self.link.as_deref())
    }

    /// The licence of the data, where the source states one.
    #[must_use]
    pub fn licence_name(&self) -> Option<&str> {
        self.licence.as_deref()
    }

    /// The text of the licence: an `https://` address, or nothing.
    #[must_use]
    pub fn licence_url(&self) -> Option<&str> {
        https(self.licence_link.as_deref())
    }
}

// A snapshot can come from a shared store, so a link in it is input from outside: `javascript:` must never reach a page.
fn https(link: Option<&str>) -> Option<&str> {
    link.filter(|url| url.starts_with("https://"))
}
