//! Rows of the tables, and the names by which the tables write the senses that have parameters.
//!
//! A table is a list of rows and is read once, in its order: see the [module above](super) for the sense of a form that two rows have. The functions
//! are `const`, so that the tables are data of the program and need no initialisation.

use super::endings::Forms;
use crate::money::Currency;
use crate::prose::amount::Kind;
use crate::prose::sense::{Case, Form, Magnitude, Rank, Sense};
use crate::prose::unit::Unit;

/// Words with one meaning.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) sense: Sense,
    pub(super) forms: Forms,
    /// The words, separated by spaces; a phrase has `_` for its spaces.
    pub(super) words: &'static str,
    /// The sources that have the words, separated by `; `: each word is in at least one of them. A dictionary has the words of a phrase, not the
    /// phrase.
    ///
    /// `proposed` is a word that no source is known for, `attested public software` one in at least two files. `tests/origins.py` looks
    /// the words up in the other sources.
    #[allow(dead_code)] // for readers of the tables, and for the test that each row has one
    pub(super) origin: &'static str,
}

/// A row of words without endings.
pub(super) const fn row(sense: Sense, words: &'static str, origin: &'static str) -> Row {
    with(Forms::Fixed, sense, words, origin)
}

pub(super) const fn with(
    forms: Forms,
    sense: Sense,
    words: &'static str,
    origin: &'static str,
) -> Row {
    Row {
        sense,
        forms,
        words,
        origin,
    }
}

pub(super) const fn numeral(value: u16, rank: Rank) -> Sense {
    Sense::Numeral(value, rank, Case::Plain)
}

/// A magnitude that alone is one.
pub(super) const fn magnitude(zeros: u8) -> Sense {
    Sense::Magnitude(Magnitude {
        zeros,
        form: Form::Singular,
        case: Case::Plain,
    })
}

/// A magnitude that needs a number.
pub(super) const fn counted(zeros: u8) -> Sense {
    Sense::Magnitude(Magnitude {
        zeros,
        form: Form::Counted,
        case: Case::Plain,
    })
}

/// An abbreviated magnitude.
pub(super) const fn short(zeros: u8) -> Sense {
    Sense::Magnitude(Magnitude {
        zeros,
        form: Form::Counted,
        case: Case::Short,
    })
}

/// A letter directly after digits.
pub(super) const fn glued(zeros: u8) -> Sense {
    Sense::Magnitude(Magnitude {
        zeros,
        form: Form::Glued,
        case: Case::Plain,
    })
}

pub(super) const fn unit(unit: &'static Unit) -> Sense {
    Sense::Unit(unit, Case::Plain)
}

pub(super) const fn unit_short(unit: &'static Unit) -> Sense {
    Sense::Unit(unit, Case::Short)
}

pub(super) const fn home(code: &'static str) -> Sense {
    Sense::Home(Currency::constant(code))
}

pub(super) const fn home_after(code: &'static str) -> Sense {
    Sense::HomeAfter(Currency::constant(code))
}

pub(super) const ABOUT: Sense = Sense::Hedge(Kind::About);
pub(super) const AT_LEAST: Sense = Sense::Hedge(Kind::LowerBound);
pub(super) const AT_MOST: Sense = Sense::Hedge(Kind::UpperBound);
pub(super) const ABOUT_AFTER: Sense = Sense::HedgeAfter(Kind::About);
pub(super) const AT_LEAST_AFTER: Sense = Sense::HedgeAfter(Kind::LowerBound);
pub(super) const AT_MOST_AFTER: Sense = Sense::HedgeAfter(Kind::UpperBound);
