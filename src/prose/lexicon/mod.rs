//! The words of each language that amounts are made of.
//!
//! The tables list base forms with their origin, which `tests/origins.py` checks; endings and other alphabets are added by rule when the language is first read.
//!
//! # From a row to the words of a lexicon
//!
//! `with(KazakhNoun, unit(Unit::TENGE), "теңге тенге", HUNSPELL)` makes these entries for [`Lang::KkLatn`]:
//!
//! 1. each word of the row: `теңге`, `тенге`; a phrase has `_` in place of its spaces;
//! 2. each form of it by the row's [`endings::Forms`], with the case in its sense: `теңгеден` is the tenge in the ablative;
//! 3. each form in each alphabet of the language, by [`Script`]: `teńgeden` in the letters of 2018 and `teñgeden` in those of 2021;
//! 4. the stored form: folded to lower case with one apostrophe, and a code in capitals, because `try` is a verb and `TRY` a currency.
//!
//! # Which sense a form has
//!
//! A form has one sense. **The first row that has the form decides**, in the order: the table of the language, its extra spellings, the codes and
//! abbreviations of every language (`common`). So "thousand" is a word of English and an abbreviation in other languages, where it stands in `common`
//! alone. Only the sense [`Sense::Part`] gives way to a later row.
//!
//! A phrase comes before the word that it begins with: "euro area" is no euro. Its words get an entry of the sense `Part` if they have no other one:
//! a region is found backwards and word by word, and would begin in the middle of the phrase otherwise.
//!
//! # Adding a word
//!
//! | the word | what to add |
//! |---|---|
//! | another form or spelling of a listed word | the word, in the row of that sense and origin |
//! | a currency | a `Unit` of [`unit`](super::unit), its word, its countries as `home` rows, its code in `common` and its sign in [`signs`](super::signs) |
//! | a magnitude | its row, and its stem in `after.rs` |
//! | a limit such as "roughly" | a row of `ABOUT`, `AT_LEAST` or `AT_MOST`; of `…_AFTER` if it follows the amount |
//! | a word that makes the amount after it indefinite, such as "several" | a row of `Indefinite` |
//! | a word after which an amount may begin, but not with a magnitude alone, such as «әр» (each) | a row of `Part` |
//!
//! Each comes with a sentence in `tests/it/prose`, and with one of the same word in another sense if it has one.

mod common;
mod en;
mod endings;
mod kk;
mod ru;
mod script;
mod table;
mod uz;
mod zh_hans;

use std::char::ToLowercase;
use std::collections::hash_map::Entry as Place;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::choice::Choice;
use super::letters::{LONGEST, is_apostrophe, is_ideograph};
use super::sense::Sense;
use crate::strip::Lang;
use script::Script;
use table::Row;

/// The words of one language.
#[derive(Debug)]
pub(super) struct Lexicon {
    words: HashMap<Box<str>, Word, BuildHasherDefault<WordHasher>>,
    /// The length of the longest word in characters, for text without spaces.
    longest: usize,
    /// The ideographs of the words.
    ideographs: HashSet<char>,
    rules: Rules,
}

/// How numbers of a language are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// A comma before three digits separates groups: `3,350` is 3350, and has two readings otherwise.
    pub(super) comma_groups: bool,
    /// «419-03» in rates is a decimal number, 419.03, and no range: the second number is smaller. «497-498» is a range.
    pub(super) hyphen_decimals: bool,
    /// «481, 29 теңге» is a decimal number. Elsewhere it may be a list, and has no reading.
    pub(super) spaced_decimals: bool,
    /// "One hundred and five" is one number. It stands for English in other places too, such as years before "dollars".
    pub(super) and_in_numbers: bool,
    /// A unit with a hyphen and letters after it is a part of another word: "5 million euro-denominated bonds". In Kazakh the letters are a case
    /// ending.
    pub(super) compounds: bool,
    /// The hundred alone is a number: «жүз теңге». In English it needs an article or a numeral, "a hundred tenge".
    pub(super) bare_hundred: bool,
    /// Numerals of ten thousands, without spaces, read by `chinese`; Chinese punctuation, and `¥` as the yuan.
    pub(super) chinese: bool,
    /// The reading that a caller chose where the text leaves several; [`Choice::NONE`] in a lexicon.
    pub(super) choice: Choice,
}

impl Rules {
    const fn of(lang: Lang) -> Self {
        let is_kazakh = matches!(lang, Lang::Kk | Lang::KkLatn | Lang::KkArab);
        Self {
            comma_groups: matches!(lang, Lang::En | Lang::ZhHans),
            hyphen_decimals: is_kazakh,
            spaced_decimals: is_kazakh,
            and_in_numbers: matches!(lang, Lang::En),
            compounds: matches!(lang, Lang::En | Lang::Ru),
            bare_hundred: is_kazakh || matches!(lang, Lang::UzCyrl | Lang::UzLatn),
            chinese: matches!(lang, Lang::ZhHans),
            choice: Choice::NONE,
        }
    }
}

/// The meaning of a word alone, and whether a phrase begins with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) sense: Sense,
    /// The number of words of the longest phrase that begins with the word, or 0.
    pub(super) opens: usize,
}

impl Lexicon {
    /// Makes the lexicon of a language from its tables, which [`Reader`](super::Reader) does once for each language.
    pub(super) fn new(lang: Lang) -> Self {
        let mut lexicon = Self {
            words: HashMap::default(),
            longest: 0,
            ideographs: HashSet::new(),
            rules: Rules::of(lang),
        };
        let (rows, scripts): (&[&[Row]], &[Script]) = match lang {
            Lang::Kk => (&[kk::ROWS], &[Script::AsWritten]),
            Lang::KkLatn => (
                &[kk::ROWS],
                &[Script::KazakhLatin2018, Script::KazakhLatin2021],
            ),
            Lang::KkArab => (&[kk::ROWS], &[Script::KazakhArabic]),
            Lang::Ru => (&[ru::ROWS], &[Script::AsWritten]),
            Lang::En => (&[en::ROWS], &[Script::AsWritten]),
            Lang::ZhHans => (&[zh_hans::ROWS], &[Script::AsWritten]),
            Lang::UzCyrl => (&[uz::ROWS], &[Script::AsWritten]),
            Lang::UzLatn => (&[uz::ROWS], &[Script::UzbekLatin]),
        };
        let extra: &[Row] = match lang {
            Lang::Kk | Lang::KkLatn => kk::EXTRA,
            Lang::KkArab => kk::EXTRA_ARABIC,
            Lang::UzLatn | Lang::UzCyrl => uz::EXTRA,
            _ => &[],
        };
        for row in rows.iter().copied().flatten() {
            for script in scripts {
                lexicon.add_row(row, *script);
            }
        }
        for row in extra.iter().chain(common::ROWS) {
            lexicon.add_row(row, Script::AsWritten);
        }
        lexicon
    }

    /// Returns the meaning of a word, in lower case, with a capital letter or in capital letters. Returns `None` if it is not listed, or longer than
    /// [`LONGEST`] bytes.
    ///
    /// The word is first looked up as it stands, because most words of a text are in lower case, and then folded, in a buffer on the stack.
    pub(super) fn word(&self, word: &str) -> Option<Word> {
        if word.len() > LONGEST {
            return None;
        }
        if let Some(found) = self.words.get(word) {
            return Some(*found);
        }
        // Most words that are not listed have neither capitals nor apostrophes.
        let first = word.chars().next()?;
        if !(may_be_capital(first) || first == HIGH_HAMZA || may_have_apostrophe(word)) {
            return None;
        }
        let mut buffer = [0; 2 * LONGEST];
        self.words.get(fold(word, &mut buffer)?).copied()
    }

    /// The length of the longest entry in characters.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }

    pub(super) const fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) fn has_ideograph(&self, c: char) -> bool {
        self.ideographs.contains(&c)
    }

    /// The words, for the filter.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, Sense)> {
        self.words
            .iter()
            .map(|(word, entry)| (&**word, entry.sense))
    }

    fn add_row(&mut self, row: &Row, script: Script) {
        for word in row.words.split(' ') {
            let word = word.replace('_', " ");
            for (form, sense) in row.forms.all(&word, row.sense) {
                let form = script.write(&form);
                // Codes have no lower case: "try" is a verb.
                match sense {
                    Sense::Mark(_) | Sense::WeakMark(_) => self.add(&form.to_uppercase(), sense),
                    _ => self.add(&folded(&form), sense),
                }
                if script.is_kazakh_latin() && form.contains('ı') {
                    // Its capital is that of `i`.
                    self.add(&folded(&form).replace('ı', "i"), sense);
                }
                if script == Script::KazakhArabic && form.contains(script::HAMZA) {
                    // Some writers leave it out.
                    self.add(&form.replace(script::HAMZA, ""), sense);
                }
            }
        }
    }

    /// Adds a form, unless an earlier row has it; of a phrase also its words, so that they are not unknown.
    fn add(&mut self, form: &str, sense: Sense) {
        self.longest = self.longest.max(form.chars().count());
        self.ideographs
            .extend(form.chars().filter(|c| is_ideograph(*c)));
        let opens = 0;
        match self.words.entry(form.into()) {
            Place::Vacant(place) => {
                place.insert(Word { sense, opens });
            }
            Place::Occupied(mut place) => {
                if matches!(place.get().sense, Sense::Part) {
                    place.get_mut().sense = sense;
                }
            }
        }
        if form.contains(' ') {
            let words = form.split(' ').count();
            for (index, part) in form.split(' ').enumerate() {
                let part = self.words.entry(part.into()).or_insert(Word {
                    sense: Sense::Part,
                    opens,
                });
                if index == 0 {
                    part.opens = part.opens.max(words);
                }
            }
        }
    }
}

/// The hamza of Kazakh in its own form; texts have the common one too.
const HIGH_HAMZA: char = '\u{674}';

fn may_be_capital(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_uppercase(),
        '\u{400}'..='\u{42f}' => true,
        '\u{430}'..='\u{45f}' | '\u{600}'..='\u{6ff}' => false,
        _ => c.is_uppercase(),
    }
}

/// Whether a word has a byte with which an apostrophe begins.
fn may_have_apostrophe(word: &str) -> bool {
    word.bytes()
        .any(|byte| matches!(byte, b'\'' | b'`' | 0xc2 | 0xca | 0xe2))
}

/// The form in which words are stored: in lower case, with one apostrophe and one kind of space.
pub(super) fn folded(word: &str) -> String {
    word.chars().flat_map(folded_character).collect()
}

/// The same in a buffer. Returns `None` if it is too small.
fn fold<'a>(word: &str, buffer: &'a mut [u8]) -> Option<&'a str> {
    let mut length = 0;
    for c in word.chars().flat_map(folded_character) {
        let place = buffer.get_mut(length..length + c.len_utf8())?;
        length += c.encode_utf8(place).len();
    }
    std::str::from_utf8(buffer.get(..length)?).ok()
}

fn folded_character(c: char) -> ToLowercase {
    let c = match c {
        'А'..='Я' => char::from_u32(u32::from(c) + 0x20).unwrap_or(c),
        c if is_apostrophe(c) => '\'',
        HIGH_HAMZA => '\u{621}',
        '\u{a0}' | '\u{202f}' | '\n' => ' ',
        c => c,
    };
    c.to_lowercase()
}

/// A hash for short words of trusted tables: a multiplication for each eight bytes.
#[derive(Debug, Default)]
pub(super) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (chunks, rest) = bytes.as_chunks::<8>();
        for chunk in chunks {
            self.write_u64(u64::from_le_bytes(*chunk));
        }
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        self.write_u64(u64::from_le_bytes(last));
    }

    fn write_u8(&mut self, _: u8) {
        // The end of a `str`: a key is one word, so it adds no information.
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> [&'static [Row]; 9] {
        let [common, kk] = [common::ROWS, kk::ROWS];
        [
            common,
            kk,
            kk::EXTRA,
            kk::EXTRA_ARABIC,
            ru::ROWS,
            en::ROWS,
            zh_hans::ROWS,
            uz::ROWS,
            uz::EXTRA,
        ]
    }

    #[test]
    fn each_row_has_an_origin_and_words_in_lower_case() {
        for row in tables().into_iter().flatten() {
            assert!(row.origin.len() > 2, "{row:?}");
            let words = row.words;
            assert_eq!(words, words.to_lowercase(), "{row:?}");
            assert!(words.split(' ').all(|word| !word.is_empty()), "{row:?}");
        }
    }

    #[test]
    fn a_word_is_found_in_small_letters_with_a_capital_and_in_capitals() {
        for lang in Lang::ALL {
            let lexicon = Lexicon::new(*lang);
            for (word, sense) in lexicon.words() {
                let is_code = matches!(sense, Sense::Mark(_) | Sense::WeakMark(_));
                let mut forms = vec![word.to_owned()];
                if !is_code {
                    forms.push(word.to_uppercase());
                }
                for form in forms {
                    assert!(
                        word.len() > LONGEST || lexicon.word(&form).is_some(),
                        "{lang}: {form}"
                    );
                }
            }
        }
    }

    #[test]
    fn other_alphabets_follow_by_rule() {
        for (script, from, to) in [
            (Script::KazakhLatin2018, "теңге", "teńge"),
            (Script::KazakhLatin2018, "миллион", "mıllıon"),
            (Script::KazakhLatin2018, "юань", "ıýan"),
            (Script::KazakhLatin2021, "жүз", "jüz"),
            (Script::KazakhArabic, "үш", "ءۇش"),
            (Script::KazakhArabic, "теңге", "تەڭگە"),
            (Script::KazakhArabic, "мың", "مىڭ"),
            (Script::UzbekLatin, "тўққиз", "to'qqiz"),
            (Script::UzbekLatin, "евро", "yevro"),
            (Script::UzbekLatin, "етти", "yetti"),
            (Script::UzbekLatin, "иена", "iyena"),
            (Script::UzbekLatin, "вьетнам", "vyetnam"),
            (Script::UzbekLatin, "швеция", "shvetsiya"),
            (Script::UzbekLatin, "цент", "sent"),
            (Script::KazakhArabic, "грузия", "گرۋزيا"),
        ] {
            assert_eq!(script.write(from), to);
        }
    }
}
