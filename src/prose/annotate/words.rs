//! The words of a converted amount.
//!
//! They are chosen for two readers: people, and [`Reader`](crate::prose::Reader), which must read the value back so that a second pass finds it. So a
//! word here is also one of the lexicon, a magnitude is one that the language's own texts have (万 and 亿 in Chinese), and a currency has its sign only
//! where the sign has one reading: the yen is `JPY`, because `¥` is the yuan's too.

use crate::money::Currency;
use crate::strip::Lang;

/// The words of one language. [`Reader`](crate::prose::Reader) reads each amount that they make; a test holds it.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) about: &'static str,
    pub(super) at_least: &'static str,
    pub(super) at_most: &'static str,
    /// The magnitudes, the largest first: zeros and word.
    pub(super) magnitudes: &'static [(u32, &'static str)],
    /// The text between a number or magnitude and the currency after it.
    pub(super) space: &'static str,
    /// The text between a number and a magnitude.
    pub(super) magnitude_space: &'static str,
    /// The text before the name of the bank.
    pub(super) note: &'static str,
    /// The brackets, with the space before them.
    pub(super) brackets: (&'static str, &'static str),
}

/// A no-break space, so that a number, its magnitude and its currency stay on one line.
const SPACE: &str = "\u{a0}";
const BRACKETS: (&str, &str) = (" (", ")");
const CYRILLIC: &[(u32, &str)] = &[(12, "трлн"), (9, "млрд"), (6, "млн")];
const LATIN: &[(u32, &str)] = &[(12, "trln"), (9, "mlrd"), (6, "mln")];

// The hedges are words of the lexicon, whose rows have their origins; Latin and Arabic letters by its rules. The magnitudes are those of the
// compact formats of CLDR 48.2, `decimalFormats` of the language; those of Kazakh in Latin letters are proposed, as Uzbek has them. The notes:
//
// - en: "converted at the official rate" is attested in ten files of public software.
// - ru: «по официальному курсу» in ten files; «пересчитано по курсу» in one.
// - kk: «ресми бағам» in ten files, «… бойынша есептелді» in ten; the sentence is proposed. Latin and Arabic letters follow by rule.
// - zh: 按官方汇率 with 换算 in ten files.
// - uz: “жорий курс бўйича ҳисобланган” in two files with «жорий» (current), «rasmiy kurs» in ten; the sentence is proposed.
static EN: Words = Words {
    about: "about ",
    at_least: "at least ",
    at_most: "up to ",
    magnitudes: &[(12, "trillion"), (9, "billion"), (6, "million")],
    space: SPACE,
    magnitude_space: SPACE,
    note: "Converted at the official rate: ",
    brackets: BRACKETS,
};
static RU: Words = Words {
    about: "около ",
    at_least: "не менее ",
    at_most: "не более ",
    magnitudes: CYRILLIC,
    space: SPACE,
    magnitude_space: SPACE,
    note: "Пересчитано по официальному курсу: ",
    brackets: BRACKETS,
};
static KK: Words = Words {
    about: "шамамен ",
    at_least: "кемінде ",
    at_most: "ең көбі ",
    magnitudes: CYRILLIC,
    space: SPACE,
    magnitude_space: SPACE,
    note: "Ресми бағам бойынша есептелді: ",
    brackets: BRACKETS,
};
static KK_LATN: Words = Words {
    about: "shamamen ",
    at_least: "keminde ",
    at_most: "eń kóbi ",
    magnitudes: LATIN,
    space: SPACE,
    magnitude_space: SPACE,
    note: "Resmı baǵam boıynsha esepteldi: ",
    brackets: BRACKETS,
};
static KK_ARAB: Words = Words {
    about: "شامامەن ",
    at_least: "كەمىندە ",
    at_most: "ەڭ كوبى ",
    magnitudes: &[(12, "تريلليون"), (9, "ميلليارد"), (6, "ميلليون")],
    space: SPACE,
    magnitude_space: SPACE,
    note: "رەسمي باعام بويىنشا ەسەپتەلدى: ",
    brackets: BRACKETS,
};
static ZH_HANS: Words = Words {
    about: "约",
    at_least: "至少",
    at_most: "最多",
    magnitudes: &[(12, "万亿"), (8, "亿"), (4, "万")],
    space: "",
    magnitude_space: "",
    note: "按官方汇率换算：",
    brackets: ("（", "）"),
};
static UZ_CYRL: Words = Words {
    about: "тахминан ",
    at_least: "камида ",
    at_most: "кўпи билан ",
    magnitudes: CYRILLIC,
    space: SPACE,
    magnitude_space: SPACE,
    note: "Расмий курс бўйича ҳисобланган: ",
    brackets: BRACKETS,
};
static UZ_LATN: Words = Words {
    about: "taxminan ",
    at_least: "kamida ",
    at_most: "koʻpi bilan ",
    magnitudes: LATIN,
    space: SPACE,
    magnitude_space: SPACE,
    note: "Rasmiy kurs boʻyicha hisoblangan: ",
    brackets: BRACKETS,
};

impl Words {
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Ru => &RU,
            Lang::Kk => &KK,
            Lang::KkLatn => &KK_LATN,
            Lang::KkArab => &KK_ARAB,
            Lang::ZhHans => &ZH_HANS,
            Lang::UzCyrl => &UZ_CYRL,
            Lang::UzLatn => &UZ_LATN,
        }
    }
}

/// The mark of a currency in a text, and whether it stands before the number.
pub(super) fn mark(lang: Lang, currency: Currency) -> (&'static str, Place) {
    if lang == Lang::ZhHans {
        let name = match currency {
            Currency::USD => "美元",
            Currency::EUR => "欧元",
            Currency::KZT => "坚戈",
            Currency::RUB => "卢布",
            Currency::CNY => "元",
            Currency::GBP => "英镑",
            _ => return (currency.code(), Place::BeforeWithSpace),
        };
        return (name, Place::After);
    }
    let sign = match (currency, lang) {
        (Currency::USD, _) => "$",
        (Currency::EUR, _) => "€",
        (Currency::KZT, _) => "₸",
        (Currency::RUB, _) => "₽",
        (Currency::GBP, _) => "£",
        (Currency::UZS, Lang::UzCyrl) => "сўм",
        (Currency::UZS, Lang::UzLatn) => "soʻm",
        _ if lang == Lang::En => return (currency.code(), Place::BeforeWithSpace),
        _ => currency.code(),
    };
    let place = if lang == Lang::En {
        Place::Before
    } else {
        Place::After
    };
    (sign, place)
}

/// Where the mark of a currency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the number: `$15,600`.
    Before,
    /// Before the number and a no-break space: `KZT 15,600`.
    BeforeWithSpace,
    After,
}
