//! Signs, codes, words and abbreviations of currencies, and the country that each names.

use masthead::strip::Lang;

use super::{check, nothing, whole};

#[test]
fn signs_and_codes_stand_before_and_after_glued_and_spaced() {
    whole(
        Lang::En,
        &[
            ("KZT119bn", "119000000000 KZT"),
            ("KZT 119 bn", "119000000000 KZT"),
            ("119bn KZT", "119000000000 KZT"),
            ("119 KZT", "119 KZT"),
            ("USD34.6 million", "34600000 USD"),
            ("$1,783.9million", "1783900000 USD"),
            ("$162.5m", "162500000 USD"),
            ("$5.2bn", "5200000000 USD"),
            ("$5k", "5000 USD"),
            ("₸5000", "5000 KZT"),
            ("5000₸", "5000 KZT"),
            ("5000 ₸", "5000 KZT"),
            ("$500-million", "500000000 USD"),
            ("300-million-tenge", "300000000 KZT"),
            ("€5", "5 EUR"),
            ("£5m", "5000000 GBP"),
            ("₽5", "5 RUB"),
            ("₴5", "5 UAH"),
            ("₺5", "5 TRY"),
            ("₩5", "5 KRW"),
            ("$500 dollars", "500 USD"),
        ],
    );
    check(
        Lang::En,
        &[
            ("in 2024 KZT 500 mln", &["KZT 500 mln: 500000000 KZT"]),
            (
                "Rates: 1 USD = 540 KZT.",
                &["1 USD: 1 USD", "540 KZT: 540 KZT"],
            ),
            ("1$=540₸", &["1$: 1 USD", "540₸: 540 KZT"]),
        ],
    );
}

#[test]
fn a_mark_between_two_numbers_needs_a_reason() {
    nothing(
        Lang::En,
        &["5 $ 10", "5$10", "2024 KZT 500", "12 USD 13", "KZT 500 USD"],
    );
}

#[test]
fn the_letters_of_a_country_stand_before_the_sign() {
    whole(
        Lang::En,
        &[
            ("US$5", "5 USD"),
            ("A$5", "5 AUD"),
            ("C$5", "5 CAD"),
            ("CA$5", "5 CAD"),
            ("HK$5", "5 HKD"),
            ("S$5", "5 SGD"),
            ("NZ$5", "5 NZD"),
            ("NT$5", "5 TWD"),
            ("R$5", "5 BRL"),
            ("US $5", "5 USD"),
            ("Canadian $5", "5 CAD"),
        ],
    );
    nothing(Lang::En, &["J$5", "XX$5", "x$5"]);
}

#[test]
fn a_qualifier_settles_the_currency() {
    whole(
        Lang::Ru,
        &[
            ("5 белорусских рублей", "5 BYN"),
            ("5 австралийских долларов", "5 AUD"),
            ("5 долларов Канады", "5 CAD"),
            ("5 фунтов стерлингов", "5 GBP"),
            ("5 шведских крон", "5 SEK"),
            ("5 швейцарских франков", "5 CHF"),
            ("5 южнокорейских вон", "5 KRW"),
            ("5 азербайджанских манатов", "5 AZN"),
            ("5 туркменских манатов", "5 TMT"),
            ("5 узбекских сумов", "5 UZS"),
            ("5 сомов", "5 KGS"),
            ("5 лир", "5 TRY"),
            ("5 юаней", "5 CNY"),
            ("5 казахских тенге", "5 KZT"),
            ("5 венгерских форинтов", "5 HUF"),
            ("5 южноафриканских рэндов", "5 ZAR"),
            ("5 сомони", "5 TJS"),
        ],
    );
    whole(
        Lang::Kk,
        &[
            ("5 қырғыз сомы", "5 KGS"),
            ("5 өзбек сомы", "5 UZS"),
            ("5 Беларусь рублі", "5 BYN"),
            ("5 Австралия доллары", "5 AUD"),
            ("5 Гонконг доллары", "5 HKD"),
            ("5 қытай юані", "5 CNY"),
            ("5 фунт стерлинг", "5 GBP"),
            ("5 әзербайжан манаты", "5 AZN"),
        ],
    );
    whole(
        Lang::En,
        &[
            ("5 Australian dollars", "5 AUD"),
            ("5 New Zealand dollars", "5 NZD"),
            ("5 U.S. dollars", "5 USD"),
            ("5 pounds sterling", "5 GBP"),
            ("5 Swedish kronor", "5 SEK"),
            ("5 South Korean won", "5 KRW"),
            ("5 Uzbek som", "5 UZS"),
            ("5 Swiss francs", "5 CHF"),
            ("5 soms", "5 KGS"),
            ("5 soums", "5 UZS"),
        ],
    );
    whole(
        Lang::ZhHans,
        &[
            ("5澳元", "5 AUD"),
            ("5新加坡元", "5 SGD"),
            ("5港币", "5 HKD"),
            ("5新台币", "5 TWD"),
            ("5白俄罗斯卢布", "5 BYN"),
            ("5卢布", "5 RUB"),
            ("5日元", "5 JPY"),
            ("5韩元", "5 KRW"),
            ("5人民币", "5 CNY"),
            ("¥5", "5 CNY"),
            ("5元人民币", "5 CNY"),
            ("人民币5元", "5 CNY"),
        ],
    );
    whole(
        Lang::UzLatn,
        &[
            ("5 so‘m", "5 UZS"),
            ("5 qirg‘iz somi", "5 KGS"),
            ("5 AQSh dollari", "5 USD"),
            ("5 Yaponiya iyenasi", "5 JPY"),
            ("5 Shvetsiya kronasi", "5 SEK"),
        ],
    );
}

#[test]
fn a_currency_that_the_text_does_not_settle_is_left_alone() {
    nothing(
        Lang::Ru,
        &[
            "5 крон",
            "5 франков",
            "5 манатов",
            "5 рупий",
            "5 динаров",
            "5 вон",
            "5 драмов",
            "135 фунтов",
            "¥5",
            "5 ¥",
            "5 долларов Зимбабве",
            "5 долларов Тринидада и Тобаго",
            "5 млн долларов Соломоновых Островов",
            "5 млн долларов Намибии",
            "5 млн рублей Беларуси",
        ],
    );
    nothing(
        Lang::Kk,
        &["5 манат", "5 фунт", "5 франк", "¥5", "10 зимбабве доллары"],
    );
    nothing(
        Lang::En,
        &[
            "5 kronor",
            "12 pounds",
            "12 won",
            "5 francs",
            "¥500 million",
            "10 Zimbabwean dollars",
            "5 euro area members",
        ],
    );
    nothing(Lang::UzLatn, &["5 som", "5 manat"]);
    nothing(Lang::ZhHans, &["5亿墨西哥比索", "5亿津巴布韦元"]);
    whole(Lang::Ru, &[("7 млн фунтов", "7000000 GBP")]);
    whole(Lang::En, &[("7 million pounds", "7000000 GBP")]);
}

#[test]
fn words_have_endings_and_abbreviations() {
    for word in [
        "теңге",
        "теңгені",
        "теңгеге",
        "теңгеден",
        "теңгенің",
        "теңгесі",
        "теңгесін",
        "теңгелік",
        "ТЕҢГЕ",
        "Теңге",
        "тг",
        "тг.",
    ] {
        whole(Lang::Kk, &[(&format!("500 {word}"), "500 KZT")]);
    }
    for word in [
        "доллар",
        "долларға",
        "доллардың",
        "доллары",
        "долларын",
        "долларына",
        "доллардан",
        "долл.",
    ] {
        whole(Lang::Kk, &[(&format!("500 {word}"), "500 USD")]);
    }
    for word in [
        "рубль",
        "рубля",
        "рублей",
        "рублями",
        "руб.",
        "руб",
        "₽",
        "RUB",
    ] {
        whole(Lang::Ru, &[(&format!("500 {word}"), "500 RUB")]);
    }
    for word in ["долл. США", "долларов США", "$", "$ США", "долларами"]
    {
        whole(Lang::Ru, &[(&format!("500 {word}"), "500 USD")]);
    }
    for word in [
        "so'm",
        "so‘m",
        "so’m",
        "so`m",
        "soʻm",
        "soʼm",
        "SO‘M",
        "So‘m",
        "so‘mni",
        "so‘mlik",
        "so‘mdan",
    ] {
        whole(Lang::UzLatn, &[(&format!("500 {word}"), "500 UZS")]);
    }
    for word in ["сўм", "сўмга", "сўмни", "сўмлик", "сўмдан", "сўми"] {
        whole(Lang::UzCyrl, &[(&format!("500 {word}"), "500 UZS")]);
    }
    check(
        Lang::Kk,
        &[
            ("60 $/баррель", &["60 $: 60 USD"]),
            ("500 $-ға жетті", &["500 $: 500 USD"]),
            ("20 000-теңгелік купюра", &["20 000-теңгелік: 20000 KZT"]),
        ],
    );
}

#[test]
fn a_code_directly_after_a_sign_is_no_ending_of_it() {
    check(Lang::Ru, &[("[5 $USD3 (", &["5 $: 5 USD", "USD3: 3 USD"])]);
}
