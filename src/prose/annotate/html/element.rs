//! Elements of HTML, by what they do to the text around them.

/// What an element does to the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Its text continues that around it.
    Inline,
    /// It ends the text before it and after it.
    Block,
    /// It ends a line.
    LineBreak,
    /// It has no content and is not shown.
    Unseen,
    /// It has no text and is shown.
    Picture,
    /// Its text is not read.
    Skipped,
    /// The same, with the names of another language inside.
    Foreign,
    /// Not known: it may be shown as a picture, and its text is read.
    Unknown,
}

impl Role {
    pub(super) fn of(name: &str) -> Self {
        let mut lowercase = [0; 16];
        let Some(lowercase) = lowercase.get_mut(..name.len()) else {
            return Self::Unknown;
        };
        lowercase.copy_from_slice(name.as_bytes());
        lowercase.make_ascii_lowercase();
        // The names of one letter are the most frequent.
        match &*lowercase {
            [letter] => match letter {
                b'p' => Self::Block,
                b'a' | b'b' | b'i' | b'q' | b'u' => Self::Inline,
                b's' => Self::Skipped,
                _ => Self::Unknown,
            },
            b"abbr" | b"acronym" | b"bdi" | b"big" | b"cite" | b"data" | b"dfn" | b"em"
            | b"font" | b"ins" | b"label" | b"mark" | b"nobr" | b"rb" | b"ruby" | b"small"
            | b"span" | b"strong" | b"time" | b"var" => Self::Inline,
            b"address" | b"article" | b"aside" | b"blockquote" | b"body" | b"caption"
            | b"center" | b"col" | b"colgroup" | b"dd" | b"details" | b"dialog" | b"dir"
            | b"div" | b"dl" | b"dt" | b"fieldset" | b"figcaption" | b"figure" | b"footer"
            | b"form" | b"frameset" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"head"
            | b"header" | b"hgroup" | b"hr" | b"html" | b"legend" | b"li" | b"main" | b"menu"
            | b"nav" | b"ol" | b"search" | b"section" | b"summary" | b"table" | b"tbody"
            | b"td" | b"tfoot" | b"th" | b"thead" | b"tr" | b"ul" => Self::Block,
            b"br" => Self::LineBreak,
            b"base" | b"link" | b"meta" | b"param" | b"source" | b"track" | b"wbr" => Self::Unseen,
            b"area" | b"embed" | b"frame" | b"img" | b"input" => Self::Picture,
            // Text that is no prose, that is not shown, or whose change would break a script.
            b"applet" | b"audio" | b"button" | b"canvas" | b"code" | b"datalist" | b"iframe"
            | b"kbd" | b"listing" | b"meter" | b"noembed" | b"noframes" | b"noscript"
            | b"object" | b"optgroup" | b"option" | b"output" | b"plaintext" | b"pre"
            | b"progress" | b"samp" | b"script" | b"select" | b"style" | b"template"
            | b"textarea" | b"title" | b"tt" | b"video" | b"xmp" => Self::Skipped,
            // Text that is raised, lowered, crossed out, reversed or spells other text.
            b"bdo" | b"del" | b"rp" | b"rt" | b"rtc" | b"strike" | b"sub" | b"sup" => Self::Skipped,
            b"math" | b"svg" => Self::Foreign,
            _ => Self::Unknown,
        }
    }

    /// Whether an element has neither content nor an end tag.
    pub(super) fn is_void(self, name: &str) -> bool {
        matches!(self, Self::LineBreak | Self::Unseen | Self::Picture)
            || name.eq_ignore_ascii_case("hr")
            || name.eq_ignore_ascii_case("col")
    }
}

/// Names of SVG and MathML whose content is HTML.
pub(super) const HTML_WITHIN: &[&str] = &[
    "annotation-xml",
    "desc",
    "foreignobject",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "title",
];

/// Whether names are equal, as HTML compares them.
pub(super) fn is_any(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}
