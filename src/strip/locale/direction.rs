/// The direction in which a language is written.
///
/// ```
/// use masthead::strip::{Direction, Lang};
///
/// assert_eq!(Lang::KkArab.direction(), Direction::RightToLeft);
/// assert_eq!(Lang::Kk.direction().as_str(), "ltr");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From left to right, `ltr`.
    LeftToRight,
    /// From right to left, `rtl`.
    RightToLeft,
}

impl Direction {
    /// The value of the `dir` attribute in HTML: `ltr` or `rtl`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}
