//! Transliteration of Uzbek from Cyrillic to Latin letters.

/// Cyrillic letters, each with its Latin form. `е` has another one at the start of a syllable.
const LETTERS: [(char, &str); 34] = [
    ('а', "a"),
    ('б', "b"),
    ('в', "v"),
    ('г', "g"),
    ('ғ', "g\u{2bb}"),
    ('д', "d"),
    ('е', "e"),
    ('ё', "yo"),
    ('ж', "j"),
    ('з', "z"),
    ('и', "i"),
    ('й', "y"),
    ('к', "k"),
    ('қ', "q"),
    ('л', "l"),
    ('м', "m"),
    ('н', "n"),
    ('о', "o"),
    ('ў', "o\u{2bb}"),
    ('п', "p"),
    ('р', "r"),
    ('с', "s"),
    ('т', "t"),
    ('у', "u"),
    ('ф', "f"),
    ('х', "x"),
    ('ҳ', "h"),
    ('ч', "ch"),
    ('ш', "sh"),
    ('ъ', "\u{2bc}"),
    ('ь', ""),
    ('э', "e"),
    ('ю', "yu"),
    ('я', "ya"),
];

/// The letters that begin a syllable if `е` follows: `Европа` is `Yevropa`, and `Қонаев` is `Qonayev`.
const BEFORE_YE: &str = "аеёиоуўэюяъь";

/// Replaces each Cyrillic letter by its Latin form. Other characters stay.
pub(crate) fn transliterate(text: &str) -> String {
    let mut out = String::new();
    let mut before: Option<char> = None;
    for letter in text.chars() {
        let small = letter.to_lowercase().next().unwrap_or(letter);
        let begins = before.is_none_or(|c| !c.is_alphabetic() || BEFORE_YE.contains(c));
        before = Some(small);
        let form = match LETTERS.iter().find(|(known, _)| *known == small) {
            Some(('е', _)) if begins => "ye",
            Some((_, form)) => form,
            None => {
                out.push(letter);
                continue;
            }
        };
        if letter == small {
            out.push_str(form);
        } else {
            let mut parts = form.chars();
            out.extend(parts.next().into_iter().flat_map(char::to_uppercase));
            out.extend(parts);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::transliterate;

    #[test]
    fn words_are_those_of_cldr_and_of_kazinform() {
        for (cyrillic, latin) in [
            ("Қирғизистон", "Qirgʻiziston"),
            ("Янги Зеландия", "Yangi Zelandiya"),
            ("Украина гривнаси", "Ukraina grivnasi"),
            ("Чехия кронаси", "Chexiya kronasi"),
            ("Кўкшетау", "Koʻkshetau"),
            ("сентябр, якшанба", "sentyabr, yakshanba"),
            ("номаълум", "nomaʼlum"),
            ("13 июнь", "13 iyun"),
            ("Қонаев", "Qonayev"),
            ("Европа Иттифоқи", "Yevropa Ittifoqi"),
            ("{0} дақиқа олдин", "{0} daqiqa oldin"),
        ] {
            assert_eq!(transliterate(cyrillic), latin);
        }
    }
}
