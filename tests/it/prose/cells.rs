//! Marks, magnitudes, ranges, limits and numbers of other things: each in every language.

use masthead::strip::Lang;

use super::{nothing, whole};

/// The words of one language in the tables below.
struct Words {
    lang: Lang,
    thousand: &'static str,
    million: &'static str,
    milliard: &'static str,
    trillion: &'static str,
    /// Abbreviations of million, milliard and trillion; a point may stand with them.
    short: Option<[&'static str; 3]>,
    /// The tenge in the forms that sentences have.
    tenge: &'static [&'static str],
    /// Abbreviations of the tenge.
    tenge_short: &'static [&'static str],
    dollars: &'static [&'static str],
}

const LATIN: Option<[&str; 3]> = Some(["mln", "mlrd", "trln"]);
const CYRILLIC: Option<[&str; 3]> = Some(["млн", "млрд", "трлн"]);

const ALL: [Words; 7] = [
    Words {
        lang: Lang::Kk,
        thousand: "мың",
        million: "миллион",
        milliard: "миллиард",
        trillion: "триллион",
        short: CYRILLIC,
        tenge: &[
            "теңге",
            "теңгені",
            "теңгеге",
            "теңгеден",
            "теңгенің",
            "теңгесі",
            "теңгемен",
            "теңгелік",
        ],
        tenge_short: &["тг", "тг.", "тнг", "тнг."],
        dollars: &["доллар", "долларға", "долл.", "АҚШ доллары", "$"],
    },
    Words {
        lang: Lang::KkLatn,
        thousand: "myń",
        million: "mıllıon",
        milliard: "mıllıard",
        trillion: "trıllıon",
        short: LATIN,
        tenge: &[
            "teńge",
            "teńgeni",
            "teńgege",
            "teńgeden",
            "teńgeniń",
            "teñge",
            "tenge",
        ],
        tenge_short: &[],
        dollars: &["dollar", "dollarǵa", "AQSH dollary", "$"],
    },
    Words {
        lang: Lang::KkArab,
        thousand: "مىڭ",
        million: "ميلليون",
        milliard: "ميلليارد",
        trillion: "تريلليون",
        short: None,
        tenge: &[
            "تەڭگە",
            "تەڭگەنى",
            "تەڭگەگە",
            "تەڭگەدەن",
            "تەڭگەنىڭ",
            "تەڭگەسى",
        ],
        tenge_short: &[],
        dollars: &["دوللار", "دوللارعا", "ا ق ش دوللارى", "$"],
    },
    Words {
        lang: Lang::Ru,
        thousand: "тысяч",
        million: "миллионов",
        milliard: "миллиардов",
        trillion: "триллионов",
        short: CYRILLIC,
        tenge: &["тенге", "ТЕНГЕ", "теңге"],
        tenge_short: &["тг", "тг.", "тнг", "тнг."],
        dollars: &[
            "долларов",
            "долларам",
            "долл.",
            "долларов США",
            "долл. США",
            "$",
            "$ США",
        ],
    },
    Words {
        lang: Lang::En,
        thousand: "thousand",
        million: "million",
        milliard: "billion",
        trillion: "trillion",
        short: Some(["mln", "bln", "trln"]),
        tenge: &["tenge", "tenges", "Tenge"],
        tenge_short: &[],
        dollars: &[
            "dollars",
            "US dollars",
            "U.S. dollars",
            "American dollars",
            "$",
        ],
    },
    Words {
        lang: Lang::UzCyrl,
        thousand: "минг",
        million: "миллион",
        milliard: "миллиард",
        trillion: "триллион",
        short: CYRILLIC,
        tenge: &["тенге", "тенгега", "тенгедан", "тенгени", "тенгелик"],
        tenge_short: &[],
        dollars: &["доллар", "долларга", "АҚШ доллари", "$"],
    },
    Words {
        lang: Lang::UzLatn,
        thousand: "ming",
        million: "million",
        milliard: "milliard",
        trillion: "trillion",
        short: LATIN,
        tenge: &["tenge", "tengega", "tengedan", "tengeni", "tengelik"],
        tenge_short: &[],
        dollars: &["dollar", "dollarga", "AQSh dollari", "$"],
    },
];

#[test]
fn signs_and_codes_stand_before_and_after_in_every_language() {
    let signs = [
        ("₸", "KZT"),
        ("$", "USD"),
        ("€", "EUR"),
        ("£", "GBP"),
        ("₽", "RUB"),
    ];
    for lang in Lang::ALL {
        for (sign, code) in signs {
            let expected = format!("250 {code}");
            for text in [
                format!("{sign}250"),
                format!("{sign} 250"),
                format!("250{sign}"),
                format!("250 {sign}"),
                format!("{code}250"),
                format!("{code} 250"),
                format!("250{code}"),
                format!("250 {code}"),
            ] {
                whole(*lang, &[(&text, &expected)]);
            }
        }
    }
}

#[test]
fn words_and_abbreviations_of_a_currency_in_every_language() {
    for words in ALL {
        for (units, code) in [
            (words.tenge, "KZT"),
            (words.tenge_short, "KZT"),
            (words.dollars, "USD"),
        ] {
            for unit in units {
                whole(
                    words.lang,
                    &[(&format!("250 {unit}"), &format!("250 {code}"))],
                );
            }
        }
    }
    whole(
        Lang::ZhHans,
        &[
            ("250坚戈", "250 KZT"),
            ("250 坚戈", "250 KZT"),
            ("250美元", "250 USD"),
            ("250 美元", "250 USD"),
        ],
    );
}

#[test]
fn each_magnitude_in_every_language() {
    for words in ALL {
        let Words {
            lang,
            thousand,
            million,
            milliard,
            trillion,
            short,
            ..
        } = words;
        let tenge = words.tenge[0];
        let mut forms = vec![
            (thousand, "250000"),
            (million, "250000000"),
            (milliard, "250000000000"),
            (trillion, "250000000000000"),
        ];
        let short: Vec<(&str, &str)> = short
            .into_iter()
            .flat_map(|short| {
                short
                    .into_iter()
                    .zip(["250000000", "250000000000", "250000000000000"])
            })
            .collect();
        forms.extend(&short);
        for (word, value) in forms {
            let expected = format!("{value} KZT");
            whole(
                lang,
                &[
                    (&format!("250 {word} {tenge}"), &expected),
                    (&format!("250\u{a0}{word} ₸"), &expected),
                ],
            );
            whole(
                lang,
                &[
                    (&format!("KZT 250 {word}"), &expected),
                    (&format!("₸250 {word}"), &expected),
                ],
            );
        }
        for (word, value) in &short {
            let text = format!("250 {word}. {tenge}");
            whole(lang, &[(&text, &format!("{value} KZT"))]);
        }
        // The form of the budget law.
        whole(
            lang,
            &[(
                &format!("879 947 069 {thousand} {tenge}"),
                "879947069000 KZT",
            )],
        );
    }
    whole(
        Lang::ZhHans,
        &[
            ("250千坚戈", "250000 KZT"),
            ("250万坚戈", "2500000 KZT"),
            ("250亿坚戈", "25000000000 KZT"),
            ("250万亿坚戈", "250000000000000 KZT"),
            ("14781亿坚戈", "1478100000000 KZT"),
        ],
    );
}

#[test]
fn each_form_of_a_range_in_every_language() {
    for words in ALL {
        let Words { lang, million, .. } = words;
        let tenge = words.tenge[0];
        whole(
            lang,
            &[
                (&format!("497-498 {tenge}"), "497–498 KZT"),
                (&format!("497–498 {tenge}"), "497–498 KZT"),
                (&format!("497 — 498 {tenge}"), "497–498 KZT"),
                (&format!("461,5-465 {tenge}"), "461.5–465 KZT"),
                (&format!("5-7 {million} {tenge}"), "5000000–7000000 KZT"),
                (
                    &format!("5 {million} – 7 {million} {tenge}"),
                    "5000000–7000000 KZT",
                ),
                ("₸5–7", "5–7 KZT"),
            ],
        );
    }
    for (lang, text) in [
        (Lang::Kk, "9-дан 37 миллиард теңгеге дейін"),
        (Lang::Kk, "9 миллиардтан 37 миллиард теңгеге дейін"),
        (Lang::KkLatn, "9 mıllıardtan 37 mıllıard teńgege deıin"),
        (Lang::KkArab, "9 ميللياردتان 37 ميلليارد تەڭگەگە دەيىن"),
        (Lang::Ru, "с 9 до 37 миллиардов тенге"),
        (Lang::Ru, "от 9 млрд до 37 млрд тенге"),
        (Lang::En, "from 9 to 37 billion tenge"),
        (Lang::En, "from KZT 9 to 37 billion"),
        (Lang::ZhHans, "90至370亿坚戈"),
        (Lang::ZhHans, "90亿至370亿坚戈"),
        (Lang::ZhHans, "90亿-370亿坚戈"),
        (Lang::UzCyrl, "9 миллиарддан 37 миллиард тенгегача"),
        (Lang::UzLatn, "9dan 37 milliard tengegacha"),
    ] {
        whole(lang, &[(text, "9000000000–37000000000 KZT")]);
    }
}

#[test]
fn each_limit_in_every_language() {
    let table: [(Lang, &[&str], &[&str], &[&str]); 8] = [
        (
            Lang::Kk,
            &[
                "шамамен _ теңге",
                "_ теңгеге жуық",
                "_ теңге шамасында",
                "_ теңгедей",
            ],
            &[
                "кемінде _ теңге",
                "_ теңгеден астам",
                "_ теңгеден аса",
                "_ теңгеден бастап",
            ],
            &["ең көбі _ теңге", "_ теңгеге дейін", "_ теңгеден кем"],
        ),
        (
            Lang::KkLatn,
            &["shamamen _ teńge", "_ teńgege jýyq", "_ teńge shamasynda"],
            &["keminde _ teńge", "_ teńgeden astam", "_ teńgeden asa"],
            &["eń kóbi _ teńge", "_ teńgege deıin", "_ teńgeden kem"],
        ),
        (
            Lang::KkArab,
            &["شامامەن _ تەڭگە", "_ تەڭگەگە جۋىق"],
            &["كەمىندە _ تەڭگە", "_ تەڭگەدەن استام"],
            &["ەڭ كوبى _ تەڭگە", "_ تەڭگەگە دەيىن"],
        ),
        (
            Lang::Ru,
            &[
                "около _ тенге",
                "почти _ тенге",
                "примерно _ тенге",
                "порядка _ тенге",
            ],
            &[
                "более _ тенге",
                "свыше _ тенге",
                "не менее _ тенге",
                "от _ тенге",
            ],
            &[
                "до _ тенге",
                "менее _ тенге",
                "не более _ тенге",
                "не свыше _ тенге",
            ],
        ),
        (
            Lang::En,
            &[
                "about _ tenge",
                "nearly _ tenge",
                "almost _ tenge",
                "approximately _ tenge",
            ],
            &[
                "over _ tenge",
                "more than _ tenge",
                "at least _ tenge",
                "_ tenge or more",
            ],
            &[
                "up to _ tenge",
                "less than _ tenge",
                "no more than _ tenge",
                "under _ tenge",
            ],
        ),
        (
            Lang::ZhHans,
            &["约_坚戈", "近_坚戈", "_坚戈左右"],
            &["超过_坚戈", "至少_坚戈", "_坚戈以上", "_余坚戈", "_多坚戈"],
            &["不超过_坚戈", "不足_坚戈", "_坚戈以下", "最多_坚戈"],
        ),
        (
            Lang::UzCyrl,
            &["тахминан _ тенге", "қарийб _ тенге", "_ тенгега яқин"],
            &["камида _ тенге", "_ тенгедан ортиқ", "_ тенгедан зиёд"],
            &["_ тенгегача", "кўпи билан _ тенге", "_ тенгедан кам"],
        ),
        (
            Lang::UzLatn,
            &["taxminan _ tenge", "qariyb _ tenge", "_ tengega yaqin"],
            &["kamida _ tenge", "_ tengedan ortiq", "_ tengedan ziyod"],
            &["_ tengegacha", "ko‘pi bilan _ tenge", "_ tengedan kam"],
        ),
    ];
    for (lang, about, at_least, at_most) in table {
        let number = if lang == Lang::ZhHans {
            "500万"
        } else {
            "5 000 000"
        };
        for (texts, sign) in [(about, "≈"), (at_least, "≥"), (at_most, "≤")] {
            for text in texts {
                whole(
                    lang,
                    &[(&text.replace('_', number), &format!("{sign}5000000 KZT"))],
                );
            }
        }
    }
}

#[test]
fn numbers_of_other_things_in_every_language() {
    // Year, telephone, article of a law, percent and change in brackets, calculation index, dollars of another country, euro area or a norm,
    // score, the unit in a name, a word that begins like a unit.
    for (lang, texts) in [
        (
            Lang::Kk,
            [
                "2026 жылы теңге нығайды",
                "8 (727) 123-45-67 теңге туралы",
                "№ 12 теңге ережесі",
                "3,5% теңге, (+1,01)",
                "20 АЕК",
                "5 Зимбабве доллары",
                "Еуро-5 стандарты",
                "3:2 есебімен «Теңге» жеңді",
                "«Теңге Банк» 12 бөлімше ашты",
                "7 сома",
            ],
        ),
        (
            Lang::KkLatn,
            [
                "2026 jyly teńge nyǵaıdy",
                "8 (727) 123-45-67 teńge týraly",
                "№ 12 teńge erejesi",
                "3,5% teńge, (+1,01)",
                "20 AEK",
                "5 Zımbabve dollary",
                "Eýro-5 standarty",
                "3:2 esebimen «Teńge» jeńdi",
                "«Teńge Bank» 12 bólimshe ashty",
                "7 soma",
            ],
        ),
        (
            Lang::KkArab,
            [
                "2026 جىلى تەڭگە نىعايدى",
                "8 (727) 123-45-67 تەڭگە تۋرالى",
                "№ 12 تەڭگە ەرەجەسى",
                "3,5% تەڭگە، (+1,01)",
                "20 ا ە ك",
                "5 زيمبابۆە دوللارى",
                "ەۋرو-5 ستاندارتى",
                "3:2 ەسەبىمەن «تەڭگە» جەڭدى",
                "«تەڭگە بانك» 12 ءبولىمشە اشتى",
                "7 سوما",
            ],
        ),
        (
            Lang::Ru,
            [
                "в 2026 году тенге окреп",
                "8 (727) 123-45-67 тенге",
                "№ 12 тенге",
                "3,5% тенге, (+1,01)",
                "20 МРП",
                "5 долларов Зимбабве",
                "Евро-5",
                "со счётом 3:2 «Тенге» победил",
                "«Тенге Банк» открыл 12 отделений",
                "7 сомма",
            ],
        ),
        (
            Lang::En,
            [
                "in 2026 tenge rose",
                "call 8 (727) 123-45-67 tenge",
                "No. 12-tenge-rule",
                "3.5% tenge, (+1.01)",
                "20 MCI",
                "5 Zimbabwean dollars",
                "12 euro area members",
                "a 3:2 win of Tenge",
                "Tenge Bank opened 12 branches",
                "7 sommeliers",
            ],
        ),
        (
            Lang::ZhHans,
            [
                "2026年坚戈升值",
                "电话8 (727) 123-45-67",
                "第12坚戈",
                "3.5%坚戈，(+1.01)",
                "20个月核算指数",
                "5津巴布韦元",
                "欧元区20国",
                "3:2战胜坚戈队",
                "坚戈银行设12家分行",
                "3单元",
            ],
        ),
        (
            Lang::UzCyrl,
            [
                "2026 йилда сўм мустаҳкамланди",
                "8 (727) 123-45-67 сўм",
                "№ 12 сўм",
                "3,5% сўм, (+1,01)",
                "20 БҲМ",
                "5 Зимбабве доллари",
                "Евро-5 стандарти",
                "3:2 ҳисобида «Сўм» ютди",
                "«Тенге Банк» 12 филиал очди",
                "7 сомса",
            ],
        ),
        (
            Lang::UzLatn,
            [
                "2026-yilda so‘m mustahkamlandi",
                "8 (727) 123-45-67 so‘m",
                "№ 12 so‘m",
                "3,5% so‘m, (+1,01)",
                "20 BHM",
                "5 Zimbabve dollari",
                "Yevro-5 standarti",
                "3:2 hisobida «So‘m» yutdi",
                "«Tenge Bank» 12 filial ochdi",
                "7 somsa",
            ],
        ),
    ] {
        nothing(lang, &texts);
    }
}
