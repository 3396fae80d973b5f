//! Other alphabets of a language, by rule.
//!
//! | from | [`Script`] | written |
//! |---|---|---|
//! | миллион | `KazakhLatin2018` | mıllıon |
//! | миллион | `KazakhLatin2021` | million |
//! | үш | `KazakhArabic` | ءۇش |
//! | тўққиз | `UzbekLatin` | to'qqiz, with the stored apostrophe, which stands for any that a text has |
//!
//! A letter is mapped alone, but for the rules at [`arabic`] and [`uzbek`]. Words that are borrowed in another spelling stand in the tables of
//! extra spellings. A rule that gives a form that does not exist does no harm; one that gives another word would.

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    AsWritten,
    /// The letters of decree 569 as amended in 2018.
    KazakhLatin2018,
    /// The draft of 2021.
    KazakhLatin2021,
    /// The letters of Kazakhs in China.
    KazakhArabic,
    UzbekLatin,
}

impl Script {
    pub(super) const fn is_kazakh_latin(self) -> bool {
        matches!(self, Self::KazakhLatin2018 | Self::KazakhLatin2021)
    }

    pub(super) fn write(self, word: &str) -> String {
        let letters = match self {
            Self::AsWritten => return word.to_owned(),
            Self::KazakhLatin2018 => KAZAKH_LATIN_2018,
            Self::KazakhLatin2021 => KAZAKH_LATIN_2021,
            Self::KazakhArabic => return word.split(' ').map(arabic).collect::<Vec<_>>().join(" "),
            Self::UzbekLatin => return word.split(' ').map(uzbek).collect::<Vec<_>>().join(" "),
        };
        word.chars().map(|c| letter(letters, c)).collect()
    }
}

type Letters = &'static [(char, &'static str)];

fn letter(letters: Letters, c: char) -> String {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let found = letters.iter().find(|(from, _)| *from == lower);
    found.map_or_else(|| c.to_string(), |(_, to)| (*to).to_owned())
}

/// The sign of a word with front vowels.
pub(super) const HAMZA: &str = "\u{621}";

/// A word with a front vowel has one hamza at its start, unless `ك`, `گ` or `ە` shows the harmony. `ия` is `يا`.
fn arabic(word: &str) -> String {
    let is_front = word.contains(['ә', 'ө', 'ү', 'і']) && !word.contains(['к', 'г', 'е', 'э']);
    let word = word.replace("ия", "я");
    let letters = word.chars().map(|c| letter(KAZAKH_ARABIC, c));
    let hamza = if is_front { HAMZA } else { "" };
    std::iter::once(hamza.to_owned()).chain(letters).collect()
}

/// `е` at the start of a word and after a vowel or `ь` is `ye`; `ц` after a vowel or `й` is `ts`.
fn uzbek(word: &str) -> String {
    let before = std::iter::once(None).chain(word.chars().map(Some));
    let letters = word.chars().zip(before).map(|(c, before)| {
        let is_vowel = before.is_some_and(|c| "аеёиоуўэюя".contains(c));
        match (c, before) {
            ('е', None | Some('ь')) => "ye".to_owned(),
            ('е', _) if is_vowel => "ye".to_owned(),
            ('ц', Some('й')) => "ts".to_owned(),
            ('ц', _) if is_vowel => "ts".to_owned(),
            _ => letter(UZBEK_LATIN, c),
        }
    });
    letters.collect()
}

#[rustfmt::skip]
const KAZAKH_LATIN_2018: Letters = &[
    ('а', "a"), ('ә', "á"), ('б', "b"), ('в', "v"), ('г', "g"), ('ғ', "ǵ"), ('д', "d"), ('е', "e"), ('ж', "j"), ('з', "z"),
    ('и', "ı"), ('й', "ı"), ('к', "k"), ('қ', "q"), ('л', "l"), ('м', "m"), ('н', "n"), ('ң', "ń"), ('о', "o"), ('ө', "ó"),
    ('п', "p"), ('р', "r"), ('с', "s"), ('т', "t"), ('у', "ý"), ('ұ', "u"), ('ү', "ú"), ('ф', "f"), ('х', "h"), ('һ', "h"),
    ('ц', "ts"), ('ч', "ch"), ('ш', "sh"), ('ы', "y"), ('і', "i"), ('э', "e"), ('ю', "ıý"), ('я', "ıa"), ('ь', ""),
];

#[rustfmt::skip]
const KAZAKH_LATIN_2021: Letters = &[
    ('а', "a"), ('ә', "ä"), ('б', "b"), ('в', "v"), ('г', "g"), ('ғ', "ğ"), ('д', "d"), ('е', "e"), ('ж', "j"), ('з', "z"),
    ('и', "i"), ('й', "i"), ('к', "k"), ('қ', "q"), ('л', "l"), ('м', "m"), ('н', "n"), ('ң', "ñ"), ('о', "o"), ('ө', "ö"),
    ('п', "p"), ('р', "r"), ('с', "s"), ('т', "t"), ('у', "u"), ('ұ', "ū"), ('ү', "ü"), ('ф', "f"), ('х', "h"), ('һ', "h"),
    ('ц', "ts"), ('ч', "ch"), ('ш', "ş"), ('ы', "y"), ('і', "ı"), ('э', "e"), ('ю', "iu"), ('я', "ia"), ('ь', ""),
];

#[rustfmt::skip]
const KAZAKH_ARABIC: Letters = &[
    ('а', "ا"), ('ә', "ا"), ('б', "ب"), ('в', "ۆ"), ('г', "گ"), ('ғ', "ع"), ('д', "د"), ('е', "ە"), ('ж', "ج"), ('з', "ز"),
    ('и', "ي"), ('й', "ي"), ('к', "ك"), ('қ', "ق"), ('л', "ل"), ('м', "م"), ('н', "ن"), ('ң', "ڭ"), ('о', "و"), ('ө', "و"),
    ('п', "پ"), ('р', "ر"), ('с', "س"), ('т', "ت"), ('у', "ۋ"), ('ұ', "ۇ"), ('ү', "ۇ"), ('ф', "ف"), ('х', "ح"), ('һ', "ھ"),
    ('ц', "تس"), ('ч', "چ"), ('ш', "ش"), ('ы', "ى"), ('і', "ى"), ('э', "ە"), ('ю', "يۋ"), ('я', "يا"), ('ь', ""),
];

#[rustfmt::skip]
const UZBEK_LATIN: Letters = &[
    ('а', "a"), ('б', "b"), ('в', "v"), ('г', "g"), ('ғ', "g'"), ('д', "d"), ('е', "e"), ('ё', "yo"), ('ж', "j"), ('з', "z"),
    ('и', "i"), ('й', "y"), ('к', "k"), ('қ', "q"), ('л', "l"), ('м', "m"), ('н', "n"), ('о', "o"), ('п', "p"), ('р', "r"),
    ('с', "s"), ('т', "t"), ('у', "u"), ('ў', "o'"), ('ф', "f"), ('х', "x"), ('ҳ', "h"), ('ц', "s"), ('ч', "ch"), ('ш', "sh"),
    ('ъ', "'"), ('ь', ""), ('э', "e"), ('ю', "yu"), ('я', "ya"),
];
