//! Tokens: the words, numbers and characters around a mark of money that can belong to an amount.
//!
//! Tokens are read in two directions from a mark, because a number may stand on either side, and a sentence has no end that a reader could look for:
//! a full stop is also a decimal mark and the end of an abbreviation. Backwards, a word is looked up by its end; a word that was looked up for one
//! mark is kept for the next (`Buffers::seen`), so that a list of amounts costs no more than its length.
//!
//! Where the limit on tokens cuts a region, a token of the sense `Unreadable` stands at the cut. An amount beside it is not read: more of it may
//! stand before.
//!
//! # Where a region begins and ends
//!
//! | place | in a region |
//! |---|---|
//! | one to three spaces, of any kind; one line feed | between two tokens: texts break lines inside sentences |
//! | two line feeds, or more than three spaces | the end: another paragraph, or another cell of a table |
//! | a word that is not in the lexicon | the end |
//! | an ideograph that begins no listed word | the end; before the mark, reading begins again after it, because Chinese has no spaces to go back to |
//! | the end of the region before | the beginning, so that regions do not overlap |
//!
//! Only the place where a region begins is found backwards: a figure counts there as its digits and separators one by one, a phrase as its words. All
//! tokens are then read forwards, where a figure or a phrase is one token: `1 250,50` or «не менее».

use super::figure::{self, Figure};
use super::letters::{
    LONGEST, head, is_ideograph, is_letter, is_space, tail, word_head, word_tail,
};
use super::lexicon::{Lexicon, Word, folded};
use super::sense::Sense;
use super::signs::{character, dollar};

/// The most tokens before a mark, and the most in all. Amounts have fewer; lists and hostile text may have more.
const MOST_BEFORE: usize = 48;
const MOST: usize = 96;
/// The most spaces between two tokens of an amount.
const MOST_SPACES: usize = 3;

/// A word, a phrase, a figure or a character of an amount, with its place in the text in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether no space stands before it.
    pub(super) glued: bool,
    pub(super) sense: Sense,
}

impl Token {
    /// A place where more may stand than was read.
    const fn unreadable(at: usize) -> Self {
        Self {
            start: at,
            end: at,
            glued: true,
            sense: Sense::Unreadable,
        }
    }
}

/// The end of the tokens that were read last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Floor {
    pub(super) at: usize,
    /// Whether tokens follow that belong to the same sentence, because there were too many.
    is_cut: bool,
}

/// The tokens around a mark, in memory that is used for one mark after another.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) tokens: Vec<Token>,
    /// The words looked up from the mark backwards, as their starts, their ends and their meanings: the last one begins first, and reading forwards
    /// takes them from the end.
    seen: Vec<(usize, usize, Word)>,
}

/// Reads tokens of one text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokenizer<'a> {
    pub(super) text: &'a str,
    pub(super) lexicon: &'a Lexicon,
}

impl Tokenizer<'_> {
    /// Whether a word or sign of money is at a place, or a phrase may begin there whose meaning is money. The filter compares only the start of a
    /// word, so most of its hits in plain text end here.
    pub(super) fn is_money(&self, near: usize) -> bool {
        let Some(rest) = self.text.get(near..) else {
            return false;
        };
        let length = match rest.chars().next() {
            Some(c) if is_letter(c) => word_head(rest),
            Some(c) if is_ideograph(c) => return self.ends_money(near + c.len_utf8()),
            Some(c) => {
                let sense = character(c, self.lexicon.rules().chinese);
                return matches!(sense, Some(Sense::Mark(_)));
            }
            None => return false,
        };
        let word = rest.get(..length).and_then(|word| self.lexicon.word(word));
        word.is_some_and(|word| word.sense.is_money() || word.opens > 0)
    }

    /// Whether the mark is a word: its number stands before it.
    fn is_after_number(&self, near: usize) -> bool {
        let rest = self.text.get(near..).unwrap_or_default();
        let word = rest
            .get(..word_head(rest))
            .and_then(|word| self.lexicon.word(word));
        word.is_some_and(|word| matches!(word.sense, Sense::Unit(..)) && word.opens == 0)
    }

    /// Whether a word of ideographs that ends at a place is money.
    fn ends_money(&self, end: usize) -> bool {
        let before = self.text.get(..end).unwrap_or_default();
        let starts = before.char_indices().rev().take(self.lexicon.longest());
        let starts = starts.take_while(|(_, c)| is_ideograph(*c));
        starts.into_iter().any(|(start, _)| {
            let word = self
                .text
                .get(start..end)
                .and_then(|word| self.lexicon.word(word));
            word.is_some_and(|word| word.sense.is_money())
        })
    }

    /// Reads the tokens around the mark that `near` is in into `tokens`. All are known, and the text before the first and after the
    /// last is not. Returns the end of the tokens.
    ///
    /// A word of money with no known token before it has no number, because its number stands before it: it has no tokens, and the search goes on.
    pub(super) fn around(&self, near: usize, floor: Floor, buffers: &mut Buffers) -> Floor {
        let Buffers { tokens, seen } = buffers;
        tokens.clear();
        tokens.reserve(12);
        seen.clear();
        seen.reserve(8);
        let (start, is_cut) = self.start_of_region(near, floor, seen);
        if start == near && !is_cut && self.is_after_number(near) {
            return Floor {
                at: near,
                is_cut: false,
            };
        }
        if is_cut {
            // The number before the first token may begin earlier.
            tokens.push(Token::unreadable(start));
        }
        let mut at = start;
        while tokens.len() < MOST {
            let Some(token) = self.after(at, seen) else {
                let unknown = self.text.get(at..near).and_then(|rest| rest.chars().next());
                let Some(unknown) = unknown.filter(|c| is_ideograph(*c)) else {
                    return Floor { at, is_cut: false };
                };
                // An ideograph of a listed word, but not that word.
                at += unknown.len_utf8();
                tokens.clear();
                continue;
            };
            at = token.end;
            tokens.push(token);
        }
        tokens.push(Token::unreadable(at));
        Floor { at, is_cut: true }
    }

    /// Returns the start of the known tokens before `near`, and whether more of them may stand before it.
    fn start_of_region(
        &self,
        near: usize,
        floor: Floor,
        seen: &mut Vec<(usize, usize, Word)>,
    ) -> (usize, bool) {
        let mut at = self.start_of_word(near).max(floor.at);
        for _ in 0..MOST_BEFORE {
            let before = self.text.get(floor.at..at).unwrap_or_default();
            let trimmed = before.trim_end_matches(is_space);
            if is_break(before.get(trimmed.len()..).unwrap_or_default()) {
                return (at, false);
            }
            if trimmed.is_empty() {
                return (at, floor.is_cut);
            }
            let end = floor.at + trimmed.len();
            let Some((length, word)) = self.start_of_token(trimmed) else {
                return (at, false);
            };
            at = end - length;
            seen.extend(word.map(|word| (at, end, word)));
        }
        (at, true)
    }

    /// Returns the length of the known token at the end of `text`, and the word if it is one.
    fn start_of_token(&self, text: &str) -> Option<(usize, Option<Word>)> {
        let last = text.chars().next_back()?;
        if last.is_ascii_digit() {
            return Some((tail(text, |c| c.is_ascii_digit()), None));
        }
        if is_ideograph(last) {
            let is_known = self.lexicon.has_ideograph(last);
            return is_known.then_some((last.len_utf8(), None));
        }
        if text.ends_with("U.S.") {
            return Some((4, None));
        }
        if is_letter(last) {
            let length = word_tail(text);
            let word = text.get(text.len() - length..)?;
            return self.lexicon.word(word).map(|word| (length, Some(word)));
        }
        character(last, self.lexicon.rules().chinese)?;
        let letters = if last == '$' {
            tail(text.strip_suffix('$')?, |c| c.is_ascii_uppercase())
        } else {
            0
        };
        Some((letters + last.len_utf8(), None))
    }

    /// The start of the word, or of the letters before a sign, that a byte is in.
    fn start_of_word(&self, near: usize) -> usize {
        let Some(c) = self.text.get(near..).and_then(|rest| rest.chars().next()) else {
            return near;
        };
        let before = self.text.get(..near).unwrap_or_default();
        if c == '$' {
            return near - tail(before, |c| c.is_ascii_uppercase());
        }
        if is_letter(c) {
            return near - word_tail(before);
        }
        near
    }

    /// The next token after a byte. Returns `None` at the end of the text, of a paragraph, and before an unknown word.
    fn after(&self, at: usize, seen: &mut Vec<(usize, usize, Word)>) -> Option<Token> {
        let rest = self.text.get(at..)?;
        let trimmed = rest.trim_start_matches(is_space);
        let gap = rest.get(..rest.len() - trimmed.len())?;
        if is_break(gap) {
            return None;
        }
        let start = at + gap.len();
        while seen.pop_if(|(at, ..)| *at < start).is_some() {}
        let (sense, length) = match seen.pop_if(|(at, ..)| *at == start) {
            Some((_, end, word)) => self.word(trimmed, end - start, word),
            None => self.token(start, trimmed)?,
        };
        Some(Token {
            start,
            end: start + length,
            glued: gap.is_empty(),
            sense,
        })
    }

    /// The meaning and the length of the token at `start`, where `rest` begins.
    fn token(&self, start: usize, rest: &str) -> Option<(Sense, usize)> {
        let first = rest.chars().next()?;
        if first.is_ascii_digit() {
            let (figure, end) = figure::read(self.text, start, self.lexicon.rules().comma_groups);
            return Some((Sense::Figure(figure), end - start));
        }
        if is_ideograph(first) {
            return self.ideographs(rest);
        }
        if is_letter(first) {
            if rest.starts_with("U.S.") {
                return Some((self.lexicon.word("US")?.sense, 4));
            }
            if let Some(found) = dollar(rest) {
                return Some(found);
            }
            let length = word_head(rest);
            let word = self.lexicon.word(rest.get(..length)?)?;
            return Some(self.word(rest, length, word));
        }
        // Other digits, such as Arabic and full-width ones, are numbers that are not read.
        if first.is_numeric() {
            let length = head(rest, char::is_numeric);
            return Some((Sense::Figure(Figure::UNREADABLE), length));
        }
        let sense = character(first, self.lexicon.rules().chinese)?;
        Some((sense, first.len_utf8()))
    }

    /// The meaning of a word, or of the phrase that begins with it.
    fn word(&self, rest: &str, length: usize, word: Word) -> (Sense, usize) {
        if word.opens > 0
            && let Some(found) = self.phrase(rest, length, word.opens)
        {
            return found;
        }
        (word.sense, length)
    }

    /// The longest phrase of at most `words` words that begins with the word of `length` bytes.
    fn phrase(&self, rest: &str, length: usize, words: usize) -> Option<(Sense, usize)> {
        let mut found = None;
        let mut end = length;
        let mut has_other_spaces = false;
        for _ in 1..words {
            let after = rest.get(end..)?;
            let Some(space) = after.chars().next().filter(|c| is_space(*c)) else {
                break;
            };
            let word = word_head(after.get(space.len_utf8()..)?);
            end += space.len_utf8() + word;
            if word == 0 || end > LONGEST {
                break;
            }
            has_other_spaces |= space != ' ';
            let phrase = rest.get(..end)?;
            let word = if has_other_spaces {
                self.lexicon.word(&folded(phrase))
            } else {
                self.lexicon.word(phrase)
            };
            found = word.map(|word| (word.sense, end)).or(found);
        }
        found
    }

    /// The longest word of ideographs.
    fn ideographs(&self, rest: &str) -> Option<(Sense, usize)> {
        let ends = rest.char_indices().map(|(at, c)| (at + c.len_utf8(), c));
        let ends = ends.take_while(|(_, c)| is_ideograph(*c));
        let mut found = None;
        for (end, _) in ends.take(self.lexicon.longest()) {
            if let Some(word) = rest.get(..end).and_then(|word| self.lexicon.word(word)) {
                found = Some((word.sense, end));
            }
        }
        found
    }
}

/// Whether a gap ends a sentence or a cell of a table.
fn is_break(gap: &str) -> bool {
    gap.len() > 1 && (gap.chars().count() > MOST_SPACES || gap.matches('\n').count() > 1)
}
