//! The search for marks of money: most text has none, so it must be skipped fast.
//!
//! A word of money is found by sets of hashes of its first bytes, each a bitmap of 2¹⁶ bits (8 KiB): of the first four bytes of all words, and of as
//! many bytes as the word has, up to eight, in three sets by its length. A place where the first set has no hit is left at once. A false hit
//! costs a lookup in the lexicon; a miss is impossible, because the sets hold the start of every word of money in each spelling.
//!
//! | language | where a mark may begin | what is compared |
//! |---|---|---|
//! | with spaces | where a letter follows another character, at `$`, and at or directly after a character whose first byte is C2 or E2 | the first bytes |
//! | Chinese | at each character | the capitals of a code; the last ideograph of a word, such as 元 or 戈, by a bitmap of its bytes |
//!
//! In languages with spaces eight bytes are classified at once, as one integer ([`letters`], [`equal`]): no instruction of a certain processor and no
//! `unsafe` is needed. The place that is returned is on the boundary of a character, and somewhere in the word or sign: the tokenizer goes back to
//! its start.
//!
//! **What must hold**: each form of a lexicon that is money is found behind every character that may stand before it, but for units that stand only
//! after a whole one, such as 角. The test `each_word_of_money_is_found_wherever_it_begins` fails for a spelling that [`Filter::new`] forgets.

use super::letters::is_ideograph;
use super::lexicon::Lexicon;
use super::sense::Sense;
use super::signs::sign;

/// The bytes of a word's start that are compared first, and those that are compared if they agree.
const WIDTH: usize = 4;
const MIDDLE: usize = 6;
const LONG: usize = 8;
const MIDDLE_BYTES: u64 = 0xffff_ffff_ffff;
const BITS: u32 = 16;
/// The words of 64 bits of a set.
const WORDS: usize = 1 << (BITS - 6);
/// The bytes that may follow a word shorter than that.
const AFTER_SHORT: &[u8] = b"\0\t\n\r !\"$%&'()*+,-./0123456789:;<=>?[]|~\xc2\xe2\xe3\xef";
/// The apostrophes of Uzbek words.
const APOSTROPHES: [&str; 6] = ["'", "`", "\u{2bb}", "\u{2bc}", "\u{2018}", "\u{2019}"];

/// The starts of the words and signs of money, as sets of hashes.
///
/// A word is looked up where a letter follows another character; in Chinese, which has no spaces, at each character.
#[derive(Debug)]
pub(super) struct Filter {
    /// The first bytes of all words.
    starts: Set,
    /// The first bytes of words that are shorter than `MIDDLE`.
    short: Set,
    /// The first bytes of words that are shorter than `LONG`.
    middle: Set,
    /// The first bytes of the other words.
    long: Set,
    chinese: bool,
    /// The characters of three bytes in Chinese that are the last of a word or a sign: for each second byte, without its high bits, the
    /// third bytes.
    characters: [u64; 64],
}

/// A set of hashes without removal: a bitmap in which a hash is one bit. It says "no" with certainty, and "yes" if the bit is set for any reason.
#[derive(Debug)]
struct Set(Box<[u64; WORDS]>);

impl Set {
    fn new() -> Self {
        Self(Box::new([0; WORDS]))
    }

    fn insert(&mut self, hash: u64) {
        let place = Self::place(hash);
        if let Some(bits) = self.0.get_mut(place >> 6) {
            *bits |= 1 << (place & 63);
        }
    }

    #[inline]
    fn has(&self, hash: u64) -> bool {
        let place = Self::place(hash);
        let bits = self.0.get(place >> 6).copied().unwrap_or(0);
        (bits >> (place & 63)) & 1 == 1
    }

    #[inline]
    const fn place(hash: u64) -> usize {
        (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as usize
    }
}

impl Filter {
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let mut filter = Self {
            starts: Set::new(),
            short: Set::new(),
            middle: Set::new(),
            long: Set::new(),
            chinese: lexicon.rules().chinese,
            characters: [0; 64],
        };
        for sign in ('\u{20a0}'..='\u{20bf}').chain(['￥', '＄']) {
            filter.add_character(sign);
        }
        for (word, sense) in lexicon.words() {
            // The part of a unit that only stands after the whole needs no search.
            if sense.is_money() && !matches!(sense, Sense::Unit(unit, _) if unit.is_only_part()) {
                filter.add_word(word, sense);
            }
        }
        filter
    }

    /// Adds a word in lower case, with a capital and in capitals, with each apostrophe; a code in capitals alone.
    fn add_word(&mut self, word: &str, sense: Sense) {
        if self.chinese
            && let Some(rare) = word.chars().rfind(|c| is_ideograph(*c))
        {
            // The last character is rarer than the first: 元, 镑, 戈.
            self.add(rare.encode_utf8(&mut [0; 4]).as_bytes());
            self.add_character(rare);
            return;
        }
        let upper = word.to_uppercase();
        let mut letters = word.chars();
        let capital: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        let capital = capital + letters.as_str();
        for form in [word, &upper, &capital] {
            if form != upper && matches!(sense, Sense::Mark(_) | Sense::WeakMark(_)) {
                continue;
            }
            for apostrophe in APOSTROPHES {
                self.add(form.replace('\'', apostrophe).as_bytes());
            }
        }
    }

    fn add_character(&mut self, c: char) {
        if let [_, second, third] = c.encode_utf8(&mut [0; 4]).as_bytes()
            && let Some(thirds) = self.characters.get_mut(usize::from(second & 63))
        {
            *thirds |= 1 << (third & 63);
        }
    }

    /// Whether a character may be among them: the first byte is not compared.
    #[inline]
    fn has_character(&self, second: u8, third: u8) -> bool {
        let thirds = self.characters.get(usize::from(second & 63));
        thirds.is_some_and(|thirds| thirds >> (third & 63) & 1 == 1)
    }

    /// Adds the start of a word, with each byte that may follow a short one.
    fn add(&mut self, word: &[u8]) {
        if word.len() >= MIDDLE && !self.chinese {
            self.starts.insert(self.key(first(word)));
            let start = u64::from_le_bytes(first(word));
            if word.len() >= LONG {
                self.long.insert(start);
            } else {
                self.middle.insert(start & MIDDLE_BYTES);
            }
            return;
        }
        let mut start: [u8; WIDTH] = first(word);
        if word.len() >= WIDTH || self.chinese {
            self.add_short(start);
            return;
        }
        for next in AFTER_SHORT {
            if let Some(place) = start.get_mut(word.len()) {
                *place = *next;
            }
            self.add_short(start);
        }
    }

    fn add_short(&mut self, start: [u8; WIDTH]) {
        let start = self.key(start);
        self.starts.insert(start);
        self.short.insert(again(start));
    }

    /// The key of a start; of Chinese the first character, of words of two bytes these and the next.
    #[inline]
    fn key(&self, start: [u8; WIDTH]) -> u64 {
        let [.., third, _] = start;
        let is_short =
            third < b'A' || matches!(third, b'[' | b']' | b'|' | b'~' | 0xc2 | 0xe2 | 0xe3 | 0xef);
        let start = u32::from_le_bytes(start);
        let is_cut = self.chinese || is_short;
        u64::from(start & if is_cut { 0x00ff_ffff } else { u32::MAX })
    }

    /// Whether a word of money may begin at a byte: the first set, and one of the three others.
    #[inline]
    fn has(&self, bytes: &[u8], at: usize) -> bool {
        let rest = bytes.get(at..).unwrap_or_default();
        let key = self.key(first(rest));
        if !self.starts.has(key) {
            return false;
        }
        let start = u64::from_le_bytes(first(rest));
        self.short.has(again(key)) || self.long.has(start) || self.middle.has(start & MIDDLE_BYTES)
    }

    /// Returns the next place from `at` on where a mark of money may be. `at` is on the boundary of a character.
    pub(super) fn next(&self, text: &str, at: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        if self.chinese {
            return self.next_chinese(bytes, at);
        }
        let mut chunks = Chunks { bytes, at };
        let mut after_letter = 0;
        while let Some((start, chunk)) = chunks.next() {
            let letters = letters(chunk);
            let starts = letters & !(letters << 8 | after_letter);
            after_letter = letters >> 56 & 0x80;
            let mut places = starts | equal(chunk, b'$') | equal(chunk | CASE, LEAD_OF_SIGNS);
            while places != 0 {
                let place = start + places.trailing_zeros() as usize / 8;
                places &= places - 1;
                if let Some(found) = self.at(bytes, place) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Returns the mark that begins at a byte, or directly after the character there that is no letter.
    #[inline]
    fn at(&self, bytes: &[u8], place: usize) -> Option<usize> {
        match bytes.get(place)? {
            b'$' => Some(place),
            lead @ (0xc2 | 0xe2) => {
                let width = if *lead == 0xc2 { 2 } else { 3 };
                let character = bytes.get(place..place + width);
                let character = character.and_then(|bytes| std::str::from_utf8(bytes).ok());
                if character
                    .and_then(|text| text.chars().next())
                    .and_then(sign)
                    .is_some()
                {
                    return Some(place);
                }
                let after = place + width;
                self.has(bytes, after).then_some(after)
            }
            _ => self.has(bytes, place).then_some(place),
        }
    }

    /// The same for Chinese, where a mark may begin at each character.
    fn next_chinese(&self, bytes: &[u8], mut at: usize) -> Option<usize> {
        loop {
            while let Some([first, second, third, ..]) = bytes.get(at..)
                && *first >= 0xe0
                && !self.has_character(*second, *third)
            {
                at += 3;
            }
            match bytes.get(at)? {
                b'$' => return Some(at),
                0..0x80 => {
                    if self.has_code(bytes, at) {
                        return Some(at);
                    }
                    at += 1;
                }
                0x80..0xe0 => {
                    // `¥` and `£`.
                    if matches!(bytes.get(at..at + 2), Some([0xc2, 0xa3 | 0xa5])) {
                        return Some(at);
                    }
                    at += 1;
                }
                0xe0.. => {
                    let start: [u8; WIDTH] = first(bytes.get(at..).unwrap_or_default());
                    let is_sign = matches!(
                        start,
                        [0xe2, 0x82, ..] | [0xef, 0xbf, 0xa5, _] | [0xef, 0xbc, 0x84, _]
                    );
                    if is_sign || self.has(bytes, at) {
                        return Some(at);
                    }
                    at += 3;
                }
            }
        }
    }

    /// Whether the capital letters of a code begin at a byte.
    fn has_code(&self, bytes: &[u8], at: usize) -> bool {
        let code = bytes.get(at..at + 3);
        code.is_some_and(|code| code.iter().all(u8::is_ascii_uppercase)) && self.has(bytes, at)
    }
}

/// The bit that distinguishes small and capital ASCII letters, in each byte; with it the lead bytes C2 and E2 are equal.
const CASE: u64 = 0x2020_2020_2020_2020;
/// The lead byte of signs and punctuation: U+0080 to U+00BF, and U+2000 to U+2FFF.
const LEAD_OF_SIGNS: u8 = 0xe2;
const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// The high bit of each byte that is an ASCII letter or a part of another character.
#[inline]
const fn letters(chunk: u64) -> u64 {
    let small = (chunk | CASE) & !HIGH;
    let from_a = small + ONES * (0x80 - b'a' as u64);
    let above_z = small + ONES * (0x7f - b'z' as u64);
    (from_a & !above_z | chunk) & HIGH
}

/// The high bit of each byte that equals `byte`, and of some bytes above one that does.
#[inline]
const fn equal(chunk: u64, byte: u8) -> u64 {
    let difference = chunk ^ (ONES * byte as u64);
    difference.wrapping_sub(ONES) & !difference & HIGH
}

/// Eight bytes at a time, the last ones filled with zeros.
struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Chunks<'_> {
    #[inline]
    fn next(&mut self) -> Option<(usize, u64)> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let chunk = match rest.first_chunk::<8>() {
            Some(chunk) => *chunk,
            None => {
                let mut last = [0; 8];
                for (to, from) in last.iter_mut().zip(rest) {
                    *to = *from;
                }
                last
            }
        };
        let start = self.at;
        self.at += 8;
        Some((start, u64::from_le_bytes(chunk)))
    }
}

/// Another hash of a key: a word that has the place of a start by chance should not have it again.
const fn again(key: u64) -> u64 {
    key ^ key.rotate_left(29)
}

/// The first bytes, filled with zeros.
#[inline]
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    if let Some(first) = bytes.first_chunk::<N>() {
        return *first;
    }
    let mut first = [0; N];
    for (to, from) in first.iter_mut().zip(bytes) {
        *to = *from;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strip::Lang;

    #[test]
    fn each_word_of_money_is_found_wherever_it_begins() {
        for lang in Lang::ALL {
            let lexicon = Lexicon::new(*lang);
            let filter = Filter::new(&lexicon);
            let words = lexicon.words().filter(|(_, sense)| sense.is_money());
            let words = words
                .filter(|(_, sense)| !matches!(sense, Sense::Unit(unit, _) if unit.is_only_part()));
            for (word, _) in words {
                for before in "|5|5 |12345 |«|5\u{a0}|5\u{202f}|(|— |ы ".split('|') {
                    for after in ["", " ", ".", "-", " 5", ". а"] {
                        let text = format!("{before}{word}{after}");
                        let end = before.len() + word.len();
                        let mut found = filter.next(&text, 0).expect(&text);
                        while found < before.len() {
                            // Another place with the same hash.
                            found = filter.next(&text, found + 1).expect(&text);
                        }
                        assert!(
                            (before.len()..end).contains(&found),
                            "{lang}: {text:?} at {found}"
                        );
                        assert!(text.is_char_boundary(found));
                    }
                }
            }
        }
    }

    #[test]
    fn signs_are_found_and_other_punctuation_is_not() {
        for lang in Lang::ALL {
            let filter = Filter::new(&Lexicon::new(*lang));
            for sign in ["$", "€", "₸", "₽", "£"] {
                for before in ["", "5", "«", "абвг", "abcdefg"] {
                    let text = format!("{before}{sign}");
                    assert_eq!(filter.next(&text, 0), Some(before.len()), "{lang}: {text}");
                }
            }
            assert_eq!(filter.next("«—» “” … 12%, №5; +7 § ° ½", 0), None, "{lang}");
        }
    }

    #[test]
    fn the_classes_of_eight_bytes_are_those_of_each() {
        for byte in 0..=255_u8 {
            let chunk = u64::from_le_bytes([byte, b' ', byte, b'a', b'Z', byte, 0xd0, byte]);
            let is_letter = byte.is_ascii_alphabetic() || byte >= 0x80;
            let expected = if is_letter { 0x80 } else { 0 };
            assert_eq!(letters(chunk).to_le_bytes()[0], expected, "{byte}");
            assert_eq!(letters(chunk).to_le_bytes()[7], expected, "{byte}");
            assert_eq!(
                letters(chunk).to_le_bytes()[1..7],
                [0, expected, 0x80, 0x80, expected, 0x80]
            );
        }
        assert_eq!(
            equal(u64::from_le_bytes(*b"ab$cd$$ "), b'$').to_le_bytes(),
            [0, 0, 0x80, 0, 0, 0x80, 0x80, 0]
        );
    }
}
