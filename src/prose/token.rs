//! Tokens: the words, numbers and characters around a mark of money that can belong to an amount.

use super::amount::Kind;
use super::figure::{self, Figure};
use super::letters::{is_apostrophe, is_ideograph, is_letter, is_space};
use super::lexicon::{LONGEST, Lexicon, folded};
use super::sense::Sense;
use super::unit::Unit;

/// The most tokens before a mark, and the most in all. Amounts have fewer; lists and hostile text may have more.
const MOST_BEFORE: usize = 48;
const MOST: usize = 96;
/// The most spaces between two tokens of an amount.
const MOST_SPACES: usize = 3;

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

/// Reads tokens of one text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokenizer<'a> {
    pub(super) text: &'a str,
    pub(super) lexicon: &'a Lexicon,
}

impl Tokenizer<'_> {
    /// Whether a word or sign of money may be at a place: the filter compares only the start of a word.
    pub(super) fn is_money(&self, near: usize) -> bool {
        let Some(rest) = self.text.get(near..) else {
            return false;
        };
        let length = match rest.chars().next() {
            Some(c) if is_letter(c) => word_head(rest),
            Some(c) if is_ideograph(c) => return self.ends_money(near + c.len_utf8()),
            _ => return true,
        };
        let word = rest.get(..length).and_then(|word| self.lexicon.word(word));
        word.is_some_and(|word| word.sense.is_money() || word.opens > 0)
    }

    /// Whether a word of ideographs that ends at a place is money.
    fn ends_money(&self, end: usize) -> bool {
        let before = self.text.get(..end).unwrap_or_default();
        let starts = before.char_indices().rev().take(self.lexicon.longest());
        let starts = starts.take_while(|(_, c)| is_ideograph(*c));
        starts.into_iter().any(|(start, _)| {
            let word = self.text.get(start..end).and_then(|word| self.lexicon.word(word));
            word.is_some_and(|word| word.sense.is_money())
        })
    }

    /// Reads the tokens around the mark that `near` is in into `tokens`. All are known, and the text before the first and after the
    /// last is not. Returns the end of the tokens.
    pub(super) fn around(&self, near: usize, floor: Floor, tokens: &mut Vec<Token>) -> Floor {
        tokens.clear();
        let (start, is_cut) = self.start_of_region(near, floor);
        if is_cut {
            // The number before the first token may begin earlier.
            tokens.push(Token::unreadable(start));
        }
        let mut at = start;
        while tokens.len() < MOST {
            let Some(token) = self.after(at) else {
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
    fn start_of_region(&self, near: usize, floor: Floor) -> (usize, bool) {
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
            match self.start_of_token(trimmed) {
                Some(length) => at = floor.at + trimmed.len() - length,
                None => return (at, false),
            }
        }
        (at, true)
    }

    /// Returns the length of the known token at the end of `text`.
    fn start_of_token(&self, text: &str) -> Option<usize> {
        let last = text.chars().next_back()?;
        if last.is_ascii_digit() {
            return Some(tail(text, |c| c.is_ascii_digit()));
        }
        if is_ideograph(last) {
            return self.lexicon.has_ideograph(last).then_some(last.len_utf8());
        }
        if text.ends_with("U.S.") {
            return Some(4);
        }
        if is_letter(last) {
            let length = word_tail(text);
            let word = text.get(text.len() - length..)?;
            return self.lexicon.word(word).map(|_| length);
        }
        character(last, self.lexicon.rules().chinese)?;
        let letters = if last == '$' {
            tail(text.strip_suffix('$')?, |c| c.is_ascii_uppercase())
        } else {
            0
        };
        Some(letters + last.len_utf8())
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
    fn after(&self, at: usize) -> Option<Token> {
        let rest = self.text.get(at..)?;
        let trimmed = rest.trim_start_matches(is_space);
        let gap = rest.get(..rest.len() - trimmed.len())?;
        if is_break(gap) {
            return None;
        }
        let start = at + gap.len();
        let (sense, length) = self.token(start, trimmed)?;
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
            return self.word(rest);
        }
        // Other digits, such as Arabic and full-width ones, are numbers that are not read.
        if first.is_numeric() {
            let length = head(rest, char::is_numeric);
            return Some((Sense::Figure(Figure::UNREADABLE), length));
        }
        let sense = character(first, self.lexicon.rules().chinese)?;
        Some((sense, first.len_utf8()))
    }

    fn word(&self, rest: &str) -> Option<(Sense, usize)> {
        if rest.starts_with("U.S.") {
            return Some((self.lexicon.word("US")?.sense, 4));
        }
        if let Some(found) = dollar(rest) {
            return Some(found);
        }
        let length = word_head(rest);
        let word = self.lexicon.word(rest.get(..length)?)?;
        if word.opens > 0
            && let Some(found) = self.phrase(rest, length, word.opens)
        {
            return Some(found);
        }
        Some((word.sense, length))
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

/// A sign of the dollar with the letters of its country: `US$`, `HK$`.
fn dollar(rest: &str) -> Option<(Sense, usize)> {
    let length = head(rest, |c| c.is_ascii_uppercase());
    let (letters, rest) = rest.split_at_checked(length)?;
    if !rest.starts_with('$') {
        return None;
    }
    let sense = match letters {
        "US" => Sense::Mark(Unit::DOLLAR),
        "A" | "AU" => Sense::Mark(Unit::DOLLAR_AUSTRALIAN),
        "C" | "CA" => Sense::Mark(Unit::DOLLAR_CANADIAN),
        "HK" => Sense::Mark(Unit::DOLLAR_HONG_KONG),
        "S" => Sense::Mark(Unit::DOLLAR_SINGAPORE),
        "NZ" => Sense::Mark(Unit::DOLLAR_NEW_ZEALAND),
        "NT" => Sense::Mark(Unit::DOLLAR_TAIWAN),
        "R" => Sense::Mark(Unit::REAL_BRAZILIAN),
        _ => Sense::Unreadable,
    };
    Some((sense, length + 1))
}

/// The meaning of a character that is neither a letter nor a digit.
fn character(c: char, chinese: bool) -> Option<Sense> {
    Some(match c {
        '-' | '\u{2010}'..='\u{2014}' | '\u{2212}' => Sense::Dash,
        '～' if chinese => Sense::Dash,
        '~' | '≈' => Sense::Hedge(Kind::About),
        ',' | '、' | '\u{60c}' => Sense::Comma,
        '.' => Sense::Point,
        '(' | '（' => Sense::Open,
        ')' | '）' => Sense::Close,
        // They stand in numbers only, which are read as one token.
        '\'' | '\u{2018}' | '\u{2019}' => Sense::Part,
        '¥' | '￥' if chinese => Sense::Mark(Unit::YUAN),
        _ => Sense::Mark(sign(c)?),
    })
}

/// The unit of a sign. `¥` is absent: it has two.
pub(super) fn sign(c: char) -> Option<&'static Unit> {
    Some(match c {
        '$' | '＄' => Unit::DOLLAR,
        '€' => Unit::EURO,
        '₸' => Unit::TENGE,
        '₽' => Unit::RUBLE,
        '£' => Unit::POUND_BRITISH,
        '₩' => Unit::WON_KOREAN,
        '₴' => Unit::HRYVNIA,
        '₺' => Unit::LIRA,
        '₾' => Unit::LARI,
        '₼' => Unit::MANAT_AZERBAIJANI,
        '₫' => Unit::DONG,
        '₪' => Unit::SHEKEL,
        '₹' => Unit::RUPEE_INDIAN,
        '₮' => Unit::TUGRIK,
        _ => return None,
    })
}

/// Whether a gap ends a sentence or a cell of a table.
fn is_break(gap: &str) -> bool {
    gap.len() > 1 && (gap.chars().count() > MOST_SPACES || gap.matches('\n').count() > 1)
}

/// The length of the characters of a class at the start of a text, limited to a little more than the longest word.
fn head(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    let length = |sum: usize, c: char| sum + c.len_utf8();
    let class = text.chars().take(LONGEST + 1).take_while(|c| is_in(*c));
    class.fold(0, length)
}

fn tail(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    let length = |sum: usize, c: char| sum + c.len_utf8();
    let class = text.chars().rev().take(LONGEST + 1);
    class.take_while(|c| is_in(*c)).fold(0, length)
}

/// The length of the letters at the start of a text, limited to a little more than the longest word.
fn letters_head(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at <= LONGEST {
        match bytes.get(at) {
            Some(byte) if byte.is_ascii_alphabetic() => at += 1,
            // Cyrillic.
            Some(0xd0..=0xd3) => at += 2,
            Some(0x80..) => {
                let more = head(text.get(at..).unwrap_or_default(), is_letter);
                return at + more;
            }
            _ => break,
        }
    }
    at
}

/// The length of the letters at the end of a text.
fn letters_tail(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = bytes.len();
    while bytes.len() - at <= LONGEST {
        match bytes.get(..at) {
            Some([.., byte]) if byte.is_ascii_alphabetic() => at -= 1,
            Some([.., 0xd0..=0xd3, 0x80..=0xbf]) => at -= 2,
            Some([.., 0x80..=0xff]) => {
                let more = tail(text.get(..at).unwrap_or_default(), is_letter);
                return bytes.len() - at + more;
            }
            _ => break,
        }
    }
    bytes.len() - at
}

/// The length of the word at the start of a text, with apostrophes between letters.
fn word_head(text: &str) -> usize {
    let mut length = letters_head(text);
    while length > 0 && length <= LONGEST {
        let rest = text.get(length..).unwrap_or_default();
        let Some(mark) = apostrophe(rest.chars().next()) else {
            break;
        };
        let more = letters_head(rest.get(mark..).unwrap_or_default());
        if more == 0 {
            break;
        }
        length += mark + more;
    }
    length
}

/// The length of the word at the end of a text.
fn word_tail(text: &str) -> usize {
    let mut length = letters_tail(text);
    while length > 0 && length <= LONGEST {
        let rest = text.get(..text.len() - length).unwrap_or_default();
        let Some(mark) = apostrophe(rest.chars().next_back()) else {
            break;
        };
        let more = letters_tail(rest.get(..rest.len() - mark).unwrap_or_default());
        if more == 0 {
            break;
        }
        length += mark + more;
    }
    length
}

/// The length of an apostrophe.
fn apostrophe(c: Option<char>) -> Option<usize> {
    c.filter(|c| *c != ' ' && is_apostrophe(*c)).map(char::len_utf8)
}
