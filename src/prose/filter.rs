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
            if sense.is_money() {
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
    pub(super) fn next(&self, text: &str, mut at: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut after_letter = false;
        while let Some(byte) = bytes.get(at) {
            match CLASSES.get(usize::from(*byte)) {
                Some(Class::Letter) => {
                    if (!after_letter || self.chinese) && self.has(start_at(bytes, at)) {
                        return Some(at);
                    }
                    after_letter = true;
                    at += 1;
                }
                Some(Class::Dollar) => return Some(at),
                Some(Class::Lead(width)) => {
                    let c = text.get(at..).and_then(|rest| rest.chars().next())?;
                    if sign(c).is_some() || (self.chinese && matches!(c, '¥' | '￥')) {
                        return Some(at);
                    }
                    after_letter = false;
                    at += width;
                }
                _ => {
                    after_letter = false;
                    at += 1;
                }
            }
        }
        None
    }
}

#[inline]
fn start_at(bytes: &[u8], at: usize) -> [u8; WIDTH] {
    if let Some(start) = bytes.get(at..).and_then(<[u8]>::first_chunk::<WIDTH>) {
        return *start;
    }
    let mut start = [0; WIDTH];
    for (to, from) in start.iter_mut().zip(bytes.iter().skip(at)) {
        *to = *from;
    }
    start
}

/// What a byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// ASCII that is no letter.
    Other,
    Letter,
    /// The first byte of characters that are no letters, with their length: U+0080 to U+00BF, U+2000 to U+2FFF, U+F000 to U+FFFF.
    Lead(usize),
    Dollar,
}

static CLASSES: [Class; 256] = classes();

#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn classes() -> [Class; 256] {
    let mut classes = [Class::Letter; 256];
    let mut byte = 0;
    while byte < 128 {
        if !(byte as u8).is_ascii_alphabetic() {
            classes[byte] = Class::Other;
        }
        byte += 1;
    }
    classes[b'$' as usize] = Class::Dollar;
    classes[0xc2] = Class::Lead(2);
    classes[0xe2] = Class::Lead(3);
    classes[0xef] = Class::Lead(3);
    classes
}
