//! Transliteration of Kazakh from Cyrillic to Latin letters.
//!
//! The alphabet of 2018 is that of decree 569 of 26 October 2017 as amended on 19 February 2018: the only one in
//! force, and the one in print. The decree names 32 letters, with the digraphs `sh` and `ch`. It has no form for the
//! letters ё, ц, щ, ъ, ь, э, ю and я, which occur in loan words; their forms here are those of Kazinform's pages in
//! Latin letters (`respýblıka`, `koalıtsııa`, `bıýdjettik`, `Polsha`, `ekonomıka`) and, for ё and щ, of converters
//! published in 2018.
//!
//! The draft of 2021 was presented on 28 January of that year and revised in April; no decree has made it law.

/// An alphabet of Kazakh in Latin letters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// That of 2018, with acutes.
    Of2018,
    /// The draft of 2021, with umlauts and breves.
    Draft2021,
}

/// Cyrillic letters, each with its form of 2018 and its form in the draft of 2021.
const LETTERS: [(char, &str, &str); 42] = [
    ('а', "a", "a"),
    ('ә', "á", "ä"),
    ('б', "b", "b"),
    ('в', "v", "v"),
    ('г', "g", "g"),
    ('ғ', "ǵ", "ğ"),
    ('д', "d", "d"),
    ('е', "e", "e"),
    ('ё', "ıo", "io"),
    ('ж', "j", "j"),
    ('з', "z", "z"),
    ('и', "ı", "i"),
    ('й', "ı", "i"),
    ('к', "k", "k"),
    ('қ', "q", "q"),
    ('л', "l", "l"),
    ('м', "m", "m"),
    ('н', "n", "n"),
    ('ң', "ń", "ñ"),
    ('о', "o", "o"),
    ('ө', "ó", "ö"),
    ('п', "p", "p"),
    ('р', "r", "r"),
    ('с', "s", "s"),
    ('т', "t", "t"),
    ('у', "ý", "u"),
    ('ұ', "u", "ū"),
    ('ү', "ú", "ü"),
    ('ф', "f", "f"),
    ('х', "h", "h"),
    ('һ', "h", "h"),
    ('ц', "ts", "ts"),
    ('ч', "ch", "ş"),
    ('ш', "sh", "ş"),
    ('щ', "sh", "ş"),
    ('ъ', "", ""),
    ('ы', "y", "y"),
    ('ь', "", ""),
    ('і', "i", "ı"),
    ('э', "e", "e"),
    ('ю', "ıý", "iu"),
    ('я', "ıa", "ia"),
];

/// Replaces each Cyrillic letter by its form in the alphabet. Other characters stay.
///
/// If the form has several letters, only the first becomes a capital, also in a word of capitals: АҚШ is `AQSh` and
/// КӨКШЕТАУ is `KÓKShETAÝ`, as Kazinform prints them.
pub(crate) fn transliterate(text: &str, alphabet: Alphabet) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        let small = letter.to_lowercase().next().unwrap_or(letter);
        let Some((_, of_2018, draft)) = LETTERS.iter().find(|(known, ..)| *known == small) else {
            out.push(letter);
            continue;
        };
        let form = if alphabet == Alphabet::Of2018 {
            of_2018
        } else {
            draft
        };
        if letter == small {
            out.push_str(form);
            continue;
        }
        let mut parts = form.chars();
        out.extend(parts.next().map(|first| capital(first, alphabet)));
        out.extend(parts);
    }
    out
}

/// The capital of a letter. In the draft the capital of `i` keeps its dot, because `I` is the capital of `ı`.
fn capital(letter: char, alphabet: Alphabet) -> char {
    match letter {
        'i' if alphabet == Alphabet::Draft2021 => 'İ',
        'ı' => 'I',
        other => other.to_uppercase().next().unwrap_or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, transliterate};

    #[test]
    fn the_alphabet_of_2018_gives_words_as_they_are_printed() {
        // From pages of qz.inform.kz, lat.egemen.kz, adyrna.kz, zanorda.kz and smartnews.kz.
        for (cyrillic, printed) in [
            ("Басты сайтқа өту", "Basty saıtqa ótý"),
            ("қыркүйек", "qyrkúıek"),
            ("Наурыз", "Naýryz"),
            ("АҚШ доллары", "AQSh dollary"),
            ("КӨКШЕТАУ", "KÓKShETAÝ"),
            ("ЖШС", "JShS"),
            ("Шымкент", "Shymkent"),
            ("Бейжің қаласының", "Beıjiń qalasynyń"),
            ("Юрий", "Iýrıı"),
            ("бюджеттік", "bıýdjettik"),
            ("коалиция", "koalıtsııa"),
            ("экономика", "ekonomıka"),
            ("Қытай юані", "Qytaı ıýani"),
        ] {
            assert_eq!(transliterate(cyrillic, Alphabet::Of2018), printed);
        }
    }

    #[test]
    fn the_draft_of_2021_has_umlauts_and_a_dotted_capital() {
        for (cyrillic, draft) in [
            ("Өскемен", "Öskemen"),
            ("Түркістан", "Türkıstan"),
            ("Теміртау", "Temırtau"),
            ("АҚШ доллары", "AQŞ dollary"),
            ("Иран риалы", "İran rialy"),
        ] {
            assert_eq!(transliterate(cyrillic, Alphabet::Draft2021), draft);
        }
    }

    #[test]
    fn other_characters_are_not_changed() {
        let pattern = "y\u{202f}'ж'. d MMMM, EEEE {0} CFA";
        assert_eq!(
            transliterate(pattern, Alphabet::Of2018),
            "y\u{202f}'j'. d MMMM, EEEE {0} CFA"
        );
    }
}
