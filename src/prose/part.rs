//! One number of an amount, before its magnitude.

use super::amount::Kind;
use super::figure::Figure;
use super::sense::Case;
use super::value::Value;

/// A number before a magnitude.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) value: Value,
    pub(super) if_grouped: Option<Value>,
    pub(super) figure: Option<Figure>,
    pub(super) case: Case,
    pub(super) kind: Option<Kind>,
    pub(super) numeral: Option<Digit>,
    /// Whether a magnitude must follow.
    pub(super) needs_magnitude: bool,
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
