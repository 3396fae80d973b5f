//! Marks, magnitudes and ranges: each form in every language.

use masthead::strip::Lang;

use super::whole;

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
