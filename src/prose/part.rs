//! One number of an amount, before its magnitude: «5,9» of «5,9 трлн», «үш жүз елу» of «үш жүз елу мың».

use super::amount::Kind;
use super::figure::Figure;
use super::sense::Case;
use super::value::Value;

/// A number before a magnitude.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) value: Value,
    /// The value without the separator, of a figure with one separator before three digits. A magnitude after it settles it: «3,350 млн» is 3.35
    /// million.
    pub(super) if_grouped: Option<Value>,
    /// The digits, if it is in digits.
    pub(super) figure: Option<Figure>,
    /// The case of its last word, or of an ending after digits: «9-дан».
    pub(super) case: Case,
    /// The limit in it: «300 с лишним тысяч» is at least 300 thousand.
    pub(super) kind: Option<Kind>,
    /// Whether it is one digit or hundreds in words, for a range such as «екі-үш жүз».
    pub(super) numeral: Option<Digit>,
    /// Whether a magnitude must follow: after "a", "half a", and the Kazakh «де».
    pub(super) needs_magnitude: bool,
    /// The token after it.
    pub(super) next: usize,
}

impl Part {
    pub(super) const fn new(value: Value, next: usize) -> Self {
        Self {
            value,
            if_grouped: None,
            figure: None,
            case: Case::Plain,
            kind: None,
            numeral: None,
            needs_magnitude: false,
            next,
        }
    }
}

/// A numeral of one digit, for «екі-үш жүз»: the hundred is that of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digit {
    Unit,
    Hundreds,
}
