//! The search for marks of money: most text has none, so it must be skipped fast.

use super::letters::is_ideograph;
use super::lexicon::Lexicon;
use super::sense::Sense;
use super::token::sign;

/// The bytes of a word's start that are compared.
const WIDTH: usize = 4;
const BITS: u32 = 16;
/// The bytes that may follow a word shorter than that.
const AFTER_SHORT: &[u8] = b"\0\t\n\r !\"$%&'()*+,-./0123456789:;<=>?[]|~\xc2\xe2\xe3\xef";
/// The apostrophes of Uzbek words.
const APOSTROPHES: [&str; 6] = ["'", "`", "\u{2bb}", "\u{2bc}", "\u{2018}", "\u{2019}"];

/// The starts of the words and signs of money, as a set of hashes.
///
/// A word is looked up where a letter follows another character; in Chinese, which has no spaces, at each character.
#[derive(Debug)]
pub(super) struct Filter {
    starts: Box<[u64]>,
    chinese: bool,
}

impl Filter {
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let mut filter = Self {
            starts: vec![0; 1 << (BITS - 6)].into(),
            chinese: lexicon.rules().chinese,
        };
        for (word, sense) in lexicon.words() {
            // The part of a unit that only stands after the whole needs no search.
            if sense.is_money() && !matches!(sense, Sense::Unit(unit, _) if unit.is_only_part()) {
                filter.add_word(word, sense);
            }
        }
        filter
    }

    fn add_word(&mut self, word: &str, sense: Sense) {
        if self.chinese
            && let Some(rare) = word.chars().rfind(|c| is_ideograph(*c))
        {
            // The last character is rarer than the first: 元, 镑, 戈.
            self.add(rare.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
        let upper = word.to_uppercase();
        let mut letters = word.chars();
        let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
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

    /// Adds the start of a word, with each byte that may follow a shorter word.
    fn add(&mut self, word: &[u8]) {
        let mut start = [0; WIDTH];
        for (to, from) in start.iter_mut().zip(word) {
            *to = *from;
        }
        if word.len() >= WIDTH || self.chinese {
            self.set(start);
            return;
        }
        for next in AFTER_SHORT {
            if let Some(place) = start.get_mut(word.len()) {
                *place = *next;
            }
            self.set(start);
        }
    }

    fn set(&mut self, start: [u8; WIDTH]) {
        let place = self.hash(start);
        if let Some(bits) = self.starts.get_mut(place >> 6) {
            *bits |= 1 << (place & 63);
        }
    }

    #[inline]
    fn has(&self, start: [u8; WIDTH]) -> bool {
        let place = self.hash(start);
        let bits = self.starts.get(place >> 6).copied().unwrap_or(0);
        (bits >> (place & 63)) & 1 == 1
    }

    /// A place in the set, for the characters of Chinese by three bytes.
    #[inline]
    fn hash(&self, start: [u8; WIDTH]) -> usize {
        let bytes = u32::from_le_bytes(start);
        let bytes = if self.chinese { bytes & 0x00ff_ffff } else { bytes };
        (bytes.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
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
            0xc2 | 0xe2 => {
                let start = start_at(bytes, place);
                let width = if start.first() == Some(&0xc2) { 2 } else { 3 };
                let character = bytes.get(place..place + width);
                let character = character.and_then(|bytes| std::str::from_utf8(bytes).ok());
                if character.and_then(|text| text.chars().next()).and_then(sign).is_some() {
                    return Some(place);
                }
                let after = place + width;
                self.has(start_at(bytes, after)).then_some(after)
            }
            _ => self.has(start_at(bytes, place)).then_some(place),
        }
    }

    /// The same for Chinese, where a mark may begin at each character.
    fn next_chinese(&self, bytes: &[u8], mut at: usize) -> Option<usize> {
        loop {
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
                    let start = start_at(bytes, at);
                    let is_sign = matches!(start, [0xe2, 0x82, ..] | [0xef, 0xbf, 0xa5, _] | [0xef, 0xbc, 0x84, _]);
                    if is_sign || self.has(start) {
                        return Some(at);
                    }
                    at += 3;
                }
            }
        }
    }

    /// Whether the capital letters of a code begin at a byte.
    fn has_code(&self, bytes: &[u8], at: usize) -> bool {
        let start = start_at(bytes, at);
        start.iter().take(3).all(u8::is_ascii_uppercase) && self.has(start)
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

#[inline]
fn start_at(bytes: &[u8], at: usize) -> [u8; WIDTH] {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(start) = rest.first_chunk::<WIDTH>() {
        return *start;
    }
    let mut start = [0; WIDTH];
    for (to, from) in start.iter_mut().zip(rest) {
        *to = *from;
    }
    start
}
