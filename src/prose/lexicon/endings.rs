//! Endings of words: those of nouns and numerals in hunspell-kk 1.1, hunspell-uz 0.6 and KazNERD. Not every word takes each.
//!
//! Kazakh and Uzbek write a case as an ending, and four cases change an amount:
//!
//! | case | example | effect |
//! |---|---|---|
//! | [`Case::Ablative`], from | «9-дан 37 миллиард теңгеге дейін», «5 млн теңгеден астам» | the lower end of a range, or the object of "more than" |
//! | [`Case::Dative`], to | «5 млн теңгеге дейін», «5 млн теңгеге жуық» | the object of "up to" and "about" |
//! | [`Case::Similar`], like | «5 млн теңгедей» | about |
//! | [`Case::Limit`], as far as | “5 mln tengegacha” | at most |
//!
//! Other cases, the plural and the possessive are [`Case::Plain`]: they say how the amount stands in its sentence, and not how large it is. Rows in
//! Russian and English list their forms as words, but for Russian adjectives and verbs, which are listed as stems.

use crate::prose::sense::{Case, Magnitude, Sense};

/// The endings that the words of a row take.
#[derive(Clone, Copy, Debug)]
pub(super) enum Forms {
    /// The word as it is.
    Fixed,
    /// A Kazakh numeral or magnitude: the cases that change an amount.
    KazakhNumber,
    /// A Kazakh magnitude: all cases.
    KazakhMagnitude,
    /// A Kazakh noun: all cases, with and without the possessive ending.
    KazakhNoun,
    UzbekNumber,
    UzbekMagnitude,
    UzbekNoun,
    /// A Russian adjective without its ending.
    RussianAdjective,
    /// A Russian verb without the ending of the past or the infinitive.
    RussianVerb,
}

impl Forms {
    /// Returns all forms of a word with their meaning.
    pub(super) fn all(self, word: &str, sense: Sense) -> Vec<(String, Sense)> {
        let mut forms = Vec::new();
        if !matches!(self, Self::RussianAdjective | Self::RussianVerb) {
            forms.push((word.to_owned(), sense));
        }
        for (endings, case) in self.endings() {
            for ending in endings.split(' ') {
                forms.push((format!("{word}{ending}"), in_case(sense, *case)));
            }
        }
        forms
    }

    // Both harmonies for every word: borrowed words take either, and a form that does not exist does no harm.
    const fn endings(self) -> &'static [(&'static str, Case)] {
        match self {
            Self::Fixed => &[],
            Self::KazakhNumber => &[
                ("дан ден тан тен нан нен", Case::Ablative),
                ("ға ге қа ке", Case::Dative),
                ("дай дей тай тей", Case::Similar),
            ],
            Self::KazakhMagnitude => &[
                ("дан ден тан тен нан нен", Case::Ablative),
                ("ға ге қа ке", Case::Dative),
                ("дай дей тай тей", Case::Similar),
                (
                    "ды ді ты ті ны ні дың дің тың тің ның нің да де та те лық лік дық дік тық тік",
                    Case::Plain,
                ),
            ],
            Self::KazakhNoun => &[
                (
                    "дан ден тан тен нан нен ынан інен сынан сінен",
                    Case::Ablative,
                ),
                ("ға ге қа ке ына іне сына сіне", Case::Dative),
                ("дай дей тай тей", Case::Similar),
                (
                    "ды ді ты ті ны ні дың дің тың тің ның нің да де та те",
                    Case::Plain,
                ),
                (
                    "мен бен пен ы і сы сі ын ін сын сін ының інің сының сінің",
                    Case::Plain,
                ),
                ("ында інде сында сінде ымен імен сымен сімен", Case::Plain),
                ("лық лік дық дік тық тік лар лер дар дер", Case::Plain),
            ],
            Self::UzbekNumber => &[
                ("дан", Case::Ablative),
                ("га ка қа", Case::Dative),
                ("гача кача қача", Case::Limit),
            ],
            Self::UzbekMagnitude => &[
                ("дан", Case::Ablative),
                ("га ка қа", Case::Dative),
                ("гача кача қача", Case::Limit),
                ("ни нинг да лик", Case::Plain),
            ],
            Self::UzbekNoun => &[
                ("дан идан сидан", Case::Ablative),
                ("га ка қа ига сига", Case::Dative),
                ("гача кача қача игача сигача", Case::Limit),
                ("дек дай", Case::Similar),
                (
                    "ни нинг да лик и си ини сини ининг сининг ида сида лар ларни",
                    Case::Plain,
                ),
            ],
            Self::RussianVerb => &[("л ла ло ли лся лась лось лись ть ться", Case::Plain)],
            Self::RussianAdjective => &[("ий ого ому им ом ие их ими ая ую ой", Case::Plain)],
        }
    }
}

/// The sense with another case; a sense without a case stays as it is.
fn in_case(sense: Sense, case: Case) -> Sense {
    match sense {
        Sense::Numeral(value, rank, _) => Sense::Numeral(value, rank, case),
        Sense::Hundred(_) => Sense::Hundred(case),
        Sense::Magnitude(magnitude) => Sense::Magnitude(Magnitude { case, ..magnitude }),
        Sense::Unit(unit, _) => Sense::Unit(unit, case),
        other => other,
    }
}
