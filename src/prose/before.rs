//! Amounts whose number stands before the mark: `5 млн тенге`.
//!
//! The start of the amount is not known, so each free token from the left is tried as one, and the first start wins from which everything up to the
//! mark is understood. The longest amount is thus read, with its limit: of «около 3 млрд 150 млн тенге» all of it, and not `150 млн`. The text before
//! a start is checked by [`context::may_start`], so that a number that was not understood does not lose its beginning.
//!
//! | text | read | reason |
//! |---|---|---|
//! | «150, 200 и 300 тысяч тенге» | 300,000 KZT | the last number of a list has the mark; the others have no unit of their own |
//! | «2 млрд и 300 млн тенге» | none | the number before «и» is larger than the last one, so it may be a part of it (`continues_larger`) |
//! | «сто пятсот тенге» | none | «пятсот» is misspelt and in no lexicon, so no number stands before the mark |
//! | «Взяли 3 млн. Тенге укрепился.» | none | a capital letter after a point begins a sentence |
//! | «150 тенге 460 тиынов» | none | 460 hundredths do not fit the tenge before them, and are no amount of their own there |
//! | "in constant 2015 dollars" | none | after such a word a number from 1900 to 2099 is a year (`is_dated`) |
//! | «Вырастет с 70 тысяч тенге» | 70,000 KZT | «с» announces a change: it is in the phrase, and not in the span |

use super::context::{self, Percentage};
use super::draft::{Draft, Region};
use super::figure::Figure;
use super::letters::is_ideograph;
use super::sense::{Case, Sense};
use super::unit::Unit;

/// The tokens before a mark that earlier marks took. `read <= free`: the tokens between them belong to a mark without an amount.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// The first token that no earlier mark took. An amount begins here or later.
    pub(super) free: usize,
    /// The token after the last amount. A number before it is understood, and does not keep another amount from beginning after it.
    pub(super) read: usize,
}

impl Region<'_> {
    /// An amount whose number stands before the mark. The words between the start and the mark must all be understood.
    pub(super) fn number_before(
        &self,
        at: usize,
        from: Before,
        unit: &'static Unit,
        case: Case,
    ) -> Option<Draft> {
        let Before { free: floor, read } = from;
        let tokens = self.phrases.tokens;
        let mut end = at;
        let mut home = None;
        if end > floor
            && let Some(Sense::Home(found)) = self.sense(end - 1)
        {
            home = Some(found);
            end -= 1;
        }
        if end > floor
            && let (Some(dash), Some(after)) = (tokens.get(end - 1), tokens.get(end))
            && matches!(dash.sense, Sense::Dash)
        {
            // «300-million-tenge», «20 000-теңгелік».
            if !dash.glued || !after.glued {
                return None;
            }
            end -= 1;
        }
        if self.is_new_sentence(at) {
            return None;
        }
        let (start, phrase) = (floor..end).find_map(|start| {
            let starts = self.sense(start).is_some_and(|sense| is_start(&sense));
            if !starts || !context::may_start(self.text, &self.phrases, start, read) {
                return None;
            }
            let mut phrase = self.phrases.read(start)?;
            if phrase.high.is_none() {
                match self.sense(start) {
                    Some(Sense::UpTo) if self.is_result(start) => phrase.kind = phrase.low.kind,
                    // «2 % от 500 000 тенге» is a share, «комиссия 2 % от 500 000 тенге» may begin there.
                    Some(Sense::From) if self.is_of_a_share(start) => return None,
                    _ => {}
                }
            }
            (phrase.next == end).then_some((start, phrase))
        })?;
        if context::continues_larger(&self.phrases, start, read, phrase.low.value) {
            return None;
        }
        // The hundredths of an amount that was not read: «150 теңге 460 тиын».
        let is_rest =
            |at: usize| matches!(self.sense(at), Some(Sense::Unit(whole, _)) if whole.minor() == 0);
        if unit.minor() > 0 && start > 0 && start == floor && is_rest(start - 1) {
            return None;
        }
        // "In 2026 dollars": of that year.
        let is_year = phrase.high.is_none() && phrase.low.figure.is_some_and(Figure::is_year);
        if is_year && context::is_dated(self.text, &self.phrases, start) {
            return None;
        }
        // 二元结构: a numeral and a part of another word.
        let is_numeral = phrase.low.figure.is_none() && phrase.low.zeros.is_none();
        if is_numeral && self.is_before_ideograph(at) {
            return None;
        }
        // The word that announces a change is not a part of the amount: «to 5 million», «с 5 млн».
        let is_change = matches!(self.sense(start), Some(Sense::To | Sense::FromChange));
        Some(Draft {
            start: start + usize::from(is_change && phrase.high.is_none()),
            phrase,
            unit,
            home,
            case,
            next: at + 1,
        })
    }

    /// Whether a change by a percentage stands before a «до», which then has no limit.
    pub(super) fn is_result(&self, at: usize) -> bool {
        context::percentage_before(self.text, &self.phrases, at) == Some(Percentage::Change)
    }

    /// Whether a percentage stands before an «от», which then may have no limit.
    pub(super) fn is_of_a_share(&self, at: usize) -> bool {
        context::percentage_before(self.text, &self.phrases, at).is_some()
    }

    /// Whether a word of ideographs follows that is not known.
    fn is_before_ideograph(&self, at: usize) -> bool {
        let is_last = at + 1 == self.phrases.tokens.len();
        let end = self.phrases.tokens.get(at).map(|token| token.end);
        let after = end.and_then(|end| self.text.get(end..)?.chars().next());
        is_last && self.phrases.rules.chinese && after.is_some_and(is_ideograph)
    }

    /// Whether a capital letter after a point begins a sentence: «5 млн. Тенге».
    fn is_new_sentence(&self, at: usize) -> bool {
        let starts = |at: usize| {
            let token = self.phrases.tokens.get(at)?;
            self.text.get(token.start..)?.chars().next()
        };
        let is_point = at > 0 && matches!(self.sense(at - 1), Some(Sense::Point));
        let is_word = matches!(self.sense(at), Some(Sense::Unit(..)));
        is_point && is_word && starts(at).is_some_and(char::is_uppercase)
    }
}

/// Whether an amount may begin with this meaning.
fn is_start(sense: &Sense) -> bool {
    let is_limit = matches!(
        sense,
        Sense::Hedge(_)
            | Sense::From
            | Sense::FromChange
            | Sense::Between
            | Sense::UpTo
            | Sense::To
            | Sense::Article
    );
    let is_rest = matches!(
        sense,
        Sense::Indefinite | Sense::Unreadable | Sense::Surplus | Sense::Whole | Sense::Fraction(_)
    );
    is_limit || (sense.is_number() && !is_rest)
}
