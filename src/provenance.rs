//! The origin of figures: the id of a source, and the credit that its terms require.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::ParseError;

/// The id of a source, such as `national_bank_kz`: 1 to 40 characters of `a-z`, `0-9` and `_`.
///
/// It is the key of a source in snapshots, JSON and health reports. Readers see a name instead: for the sources of this crate one in
/// the page's language, otherwise [`Attribution::name`]. The sources of this crate have constants; a source of your own makes its
/// id with [`constant`](Self::constant):
///
/// ```
/// use masthead::SourceId;
///
/// let id: SourceId = "national_bank_kz".parse()?;
/// assert_eq!(id, SourceId::NATIONAL_BANK_KZ);
/// assert_eq!(id.as_str(), "national_bank_kz");
///
/// const STATION: SourceId = SourceId::constant("roof_station");
/// assert_eq!(STATION.to_string(), "roof_station");
/// # Ok::<(), masthead::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Cow<'static, str>", into = "Cow<'static, str>")]
pub struct SourceId(Cow<'static, str>);

impl SourceId {
    /// The built-in sample: figures of 13 June 2023, for pages without data. See
    /// [`Snapshot::sample`](crate::Snapshot::sample).
    pub const SAMPLE: Self = Self::constant("sample");

    /// Creates an id from a literal. For other text use [`FromStr`].
    ///
    /// # Panics
    ///
    /// If `id` is not 1 to 40 characters of `a-z`, `0-9` and `_`. In a `const` this is a compile error:
    ///
    /// ```compile_fail
    /// const NAME: masthead::SourceId = masthead::SourceId::constant("Roof station");
    /// ```
    #[must_use]
    pub const fn constant(id: &'static str) -> Self {
        assert!(is_valid(id), "a source id is 1 to 40 of a-z, 0-9 and _");
        Self(Cow::Borrowed(id))
    }

    /// Returns the id as text.
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

impl TryFrom<Cow<'static, str>> for SourceId {
    type Error = ParseError;

    fn try_from(text: Cow<'static, str>) -> Result<Self, Self::Error> {
        if is_valid(&text) {
            Ok(Self(text))
        } else {
            let expected = "expected 1 to 40 of a-z, 0-9 and _";
            Err(ParseError::invalid("source id", &text, expected))
        }
    }
}

impl FromStr for SourceId {
    type Err = ParseError;

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

/// The credit that the terms of a source require, for a page that shows its figures.
///
/// [`Source::attribution`](crate::source::Source::attribution) returns it. A [`Strip`](crate::Strip) prints the name with its link, and
/// the licence with its link in parentheses; a source of this crate has its name in the page's language instead. A layout that prints
/// no sources, such as [`Layout::page`](crate::Layout::page), leaves the credit to the site.
///
/// ```
/// use masthead::Attribution;
///
/// let credit = Attribution::new("Data from MET Norway")
///     .with_url("https://api.met.no/")
///     .with_licence("CC BY 4.0")
///     .with_licence_url("https://creativecommons.org/licenses/by/4.0/");
/// assert_eq!(credit.name(), "Data from MET Norway");
/// assert_eq!(credit.url(), Some("https://api.met.no/"));
/// assert_eq!(credit.licence(), Some("CC BY 4.0"));
/// assert_eq!(credit.licence_url(), Some("https://creativecommons.org/licenses/by/4.0/"));
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
    /// Creates a credit without links and licence. `name` is the text that readers see.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            link: None,
            licence: None,
            licence_link: None,
        }
    }

    /// Sets the page to which the name links. Only an `https://` link is printed. Default: no link.
    ///
    /// ```
    /// # use masthead::Attribution;
    /// assert_eq!(Attribution::new("The bank").with_url("javascript:alert(1)").url(), None);
    /// ```
    #[must_use]
    pub fn with_url(mut self, url: impl Into<Cow<'static, str>>) -> Self {
        self.link = Some(url.into());
        self
    }

    /// Sets the name of the data's licence. Default: no licence.
    #[must_use]
    pub fn with_licence(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.licence = Some(name.into());
        self
    }

    /// Sets the page with the text of the licence. Only an `https://` link is printed. Default: no link.
    #[must_use]
    pub fn with_licence_url(mut self, url: impl Into<Cow<'static, str>>) -> Self {
        self.licence_link = Some(url.into());
        self
    }

    /// The text that readers see.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The page to which the name links. Returns `None` if no `https://` link is set.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        https(self.link.as_deref())
    }

    /// The name of the data's licence. Returns `None` if no licence is set.
    #[must_use]
    pub fn licence(&self) -> Option<&str> {
        self.licence.as_deref()
    }

    /// The page with the text of the licence. Returns `None` if no `https://` link is set.
    #[must_use]
    pub fn licence_url(&self) -> Option<&str> {
        https(self.licence_link.as_deref())
    }
}

// A snapshot can come from a shared store, so its links are untrusted: a `javascript:` link must never reach a page.
fn https(link: Option<&str>) -> Option<&str> {
    link.filter(|url| url.starts_with("https://"))
}
