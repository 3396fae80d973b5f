//! The meaning of a word or a character inside an amount.
//!
//! A word of a language has one sense, whatever stands around it; the text decides by the order of senses, and not by choosing among the senses of a
//! word. A word that is also another one in ordinary text therefore has a sense that asks for more: [`Sense::WeakMark`] for `TRY`, a unit that needs
//! a magnitude for pounds, [`Sense::Part`] for «әр».
//!
//! The groups below are in the order in which an amount has them: numbers, money, limits, and the characters between.

use super::amount::Kind;
use super::figure::Figure;
use super::unit::Unit;
use crate::money::Currency;

#[derive(Clone, Copy, Debug)]
pub(super) enum Sense {
    // Numbers
    Figure(Figure),
    /// A numeral below a thousand that is added: five, fifteen, fifty, пятьсот.
    Numeral(u16, Rank, Case),
    /// The hundred that multiplies a numeral before it.
    Hundred(Case),
    /// 十, 百, 千 with the number of their zeros.
    Power(u8),
    Magnitude(Magnitude),
    /// "and a half" after a number; before a magnitude, half of it.
    Half,
    /// "half a" before a magnitude.
    HalfOf,
    /// "a quarter of a" before a magnitude.
    QuarterOf,
    /// полтора.
    OneAndHalf,
    /// полмиллиона.
    HalfMagnitude(u8),
    /// бүтін, целых, 点: the decimals follow.
    Whole,
    /// десятых, сотых: the number of decimals.
    Fraction(u8),
    /// да, де: the Kazakh decimal mark between numerals.
    DecimalAnd,
    /// "a" before a magnitude.
    Article,
    /// A part of an amount that makes it indefinite: several, tens of.
    Indefinite,
    /// Text that looks like a number but cannot be read.
    Unreadable,
    Minus,

    // Money
    /// A word or sign after the number.
    Unit(&'static Unit, Case),
    /// A sign or code, before or after the number.
    Mark(&'static Unit),
    /// A code that is also a word or a name: it needs a magnitude, if it stands before the number.
    WeakMark(&'static Unit),
    /// A country before the word, as its currency.
    Home(Currency),
    /// A country after the word.
    HomeAfter(Currency),
    /// A country after the word whose currency is another, or that receives the amount: «долларов Зимбабве», «долларов Намибии».
    Abroad,

    // Limits
    Hedge(Kind),
    /// The hedge after a unit, or after a number in a case.
    HedgeAfter(Kind),
    /// с лишним, 余: more than the number before it.
    Surplus,
    From,
    /// The start of a change, without a meaning of its own: с, 从.
    FromChange,
    /// The end of a range; alone it is no limit: English "to".
    To,
    /// The end of a range; alone an upper bound: до.
    UpTo,
    Between,
    And,
    Or,
    /// пен, мен: both ends of a range.
    Pair,
    /// на: the size of a change.
    By,
    /// A case ending after digits: «9-дан».
    Suffix(Case),
    /// A verb such as "grew": the number up to which it is a new value, no bound.
    Change,
    /// A word that may stand between a hedge and its number.
    Filler,
    /// A word of a phrase, without a meaning of its own.
    Part,

    // Characters
    Dash,
    Comma,
    Point,
    Open,
    Close,
}

/// The place of a numeral in a group of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) enum Rank {
    Hundreds,
    Ten,
    /// Ten to nineteen as one word.
    Teen,
    Unit,
}

/// A power of ten from a thousand on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Magnitude {
    pub(super) zeros: u8,
    pub(super) form: Form,
    pub(super) case: Case,
}

/// Whether a magnitude may stand without a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// мың, тысяча: alone it is one.
    Singular,
    /// миллионов, млн: it needs a number before it.
    Counted,
    /// `m`, `k`: it needs digits directly before it.
    Glued,
}

/// The case of a word, as far as it changes an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Any case without a meaning here.
    Plain,
    /// From: -дан.
    Ablative,
    /// To: -ға.
    Dative,
    /// About: -дай.
    Similar,
    /// Up to: -гача.
    Limit,
    /// An abbreviation, with which a point may stand.
    Short,
}

impl Sense {
    /// Whether it is a part of a number, readable or not.
    pub(super) const fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Figure(_)
                | Self::Numeral(..)
                | Self::Hundred(_)
                | Self::Power(_)
                | Self::Magnitude(_)
                | Self::Half
                | Self::HalfOf
                | Self::QuarterOf
                | Self::OneAndHalf
                | Self::HalfMagnitude(_)
                | Self::Whole
                | Self::Fraction(_)
                | Self::Indefinite
                | Self::Unreadable
                | Self::Surplus
        )
    }

    pub(super) const fn is_money(&self) -> bool {
        matches!(self, Self::Unit(..) | Self::Mark(_) | Self::WeakMark(_))
    }
}
