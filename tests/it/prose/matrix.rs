//! The axes of amounts, in every language: mark, magnitude, digits, compound, range, limit, words.

use masthead::strip::Lang;

use super::whole;

#[test]
fn one_amount_in_every_language() {
    for (lang, text) in [
        (Lang::Kk, "5,9 трлн теңге"),
        (Lang::Kk, "5,9 триллион теңге"),
        (Lang::KkLatn, "5,9 trln teńge"),
        (Lang::KkLatn, "5,9 trıllıon teńge"),
        (Lang::KkLatn, "5,9 trillion teñge"),
        (Lang::KkArab, "5,9 تريلليون تەڭگە"),
        (Lang::Ru, "5,9 трлн тенге"),
        (Lang::Ru, "5,9 триллиона тенге"),
        (Lang::En, "5.9 trln tenge"),
        (Lang::En, "5.9 trillion tenge"),
        (Lang::En, "KZT5.9trln"),
        (Lang::ZhHans, "5.9万亿坚戈"),
        (Lang::UzCyrl, "5,9 триллион тенге"),
        (Lang::UzLatn, "5,9 trillion tenge"),
    ] {
        whole(lang, &[(text, "5900000000000 KZT")]);
    }
}

#[test]
fn dollars_in_every_language() {
    for (lang, text) in [
        (Lang::Kk, "10 мың АҚШ долларына"),
        (Lang::KkLatn, "10 myń AQSH dollaryna"),
        (Lang::KkArab, "10 مىڭ ا ق ش دوللارىنا"),
        (Lang::Ru, "10 тыс. долларов США"),
        (Lang::En, "10 thousand US dollars"),
        (Lang::En, "US$10,000"),
        (Lang::ZhHans, "1万美元"),
        (Lang::UzCyrl, "10 минг АҚШ долларига"),
        (Lang::UzLatn, "10 ming AQSh dollariga"),
    ] {
        whole(lang, &[(text, "10000 USD")]);
    }
}

#[test]
fn compounds_in_every_language() {
    for (lang, text) in [
        (Lang::Kk, "7 трлн 163 млрд теңге"),
        (Lang::KkLatn, "7 trln. 163 mlrd. teńge"),
        (Lang::KkArab, "7 تريلليون 163 ميلليارد تەڭگە"),
        (Lang::Ru, "7 трлн 163 млрд тенге"),
        (Lang::En, "7 trln 163 billion tenge"),
        (Lang::En, "KZT 7 trln 163 bln"),
        (Lang::En, "7trln163bln tenge"),
        (Lang::ZhHans, "7万亿1630亿坚戈"),
        (Lang::UzCyrl, "7 триллион 163 миллиард тенге"),
        (Lang::UzLatn, "7 trln 163 mlrd tenge"),
    ] {
        whole(lang, &[(text, "7163000000000 KZT")]);
    }
}

#[test]
fn minor_units_in_every_language() {
    for (lang, text) in [
        (Lang::Kk, "14 теңге 87 тиын"),
        (Lang::KkLatn, "14 teńge 87 tıyn"),
        (Lang::KkArab, "14 تەڭگە 87 تيىن"),
        (Lang::Ru, "14 тенге 87 тиынов"),
        (Lang::En, "14 tenge 87 tiyn"),
    ] {
        whole(lang, &[(text, "14.87 KZT")]);
    }
    whole(
        Lang::ZhHans,
        &[("3元5角", "3.5 CNY"), ("3元5角2分", "3.52 CNY")],
    );
    whole(Lang::UzCyrl, &[("14 сўм 50 тийин", "14.50 UZS")]);
    whole(Lang::UzLatn, &[("14 so‘m 50 tiyin", "14.50 UZS")]);
}

#[test]
fn ranges_in_every_language() {
    for (lang, text) in [
        (Lang::Kk, "10–15 мың теңге"),
        (Lang::Kk, "он – он бес мың теңге"),
        (Lang::Kk, "10 мыңнан 15 мың теңгеге дейін"),
        (Lang::KkLatn, "10-15 myń teńge"),
        (Lang::KkArab, "10-15 مىڭ تەڭگە"),
        (Lang::Ru, "10–15 тыс. тенге"),
        (Lang::Ru, "от 10 до 15 тысяч тенге"),
        (Lang::En, "from 10 to 15 thousand tenge"),
        (Lang::En, "between 10 and 15 thousand tenge"),
        (Lang::En, "KZT 10-15 thousand"),
        (Lang::ZhHans, "1至1.5万坚戈"),
        (Lang::UzCyrl, "10-15 минг тенге"),
        (Lang::UzLatn, "10 mingdan 15 ming tengegacha"),
    ] {
        whole(lang, &[(text, "10000–15000 KZT")]);
    }
}

#[test]
fn limits_in_every_language() {
    for (lang, text, sign) in [
        (Lang::Kk, "шамамен 5 млн теңге", "≈"),
        (Lang::Kk, "5 млн теңгеге жуық", "≈"),
        (Lang::Kk, "5 млн теңгедей", "≈"),
        (Lang::Kk, "5 млн теңгеден астам", "≥"),
        (Lang::Kk, "кемінде 5 млн теңге", "≥"),
        (Lang::Kk, "5 млн теңгеге дейін", "≤"),
        (Lang::KkLatn, "5 mln teńgege jýyq", "≈"),
        (Lang::KkLatn, "5 mln teńgeden astam", "≥"),
        (Lang::KkArab, "5 ميلليون تەڭگەدەن استام", "≥"),
        (Lang::KkArab, "5 ميلليون تەڭگەگە دەيىن", "≤"),
        (Lang::Ru, "около 5 млн тенге", "≈"),
        (Lang::Ru, "примерно в 5 млн тенге", "≈"),
        (Lang::Ru, "более 5 млн тенге", "≥"),
        (Lang::Ru, "5 с лишним млн тенге", "≥"),
        (Lang::Ru, "не более 5 млн тенге", "≤"),
        (Lang::En, "nearly 5 million tenge", "≈"),
        (Lang::En, "more than 5 million tenge", "≥"),
        (Lang::En, "up to 5 million tenge", "≤"),
        (Lang::ZhHans, "约500万坚戈", "≈"),
        (Lang::ZhHans, "500万坚戈左右", "≈"),
        (Lang::ZhHans, "超过500万坚戈", "≥"),
        (Lang::ZhHans, "500万余坚戈", "≥"),
        (Lang::ZhHans, "不超过500万坚戈", "≤"),
        (Lang::UzCyrl, "тахминан 5 млн тенге", "≈"),
        (Lang::UzCyrl, "5 млн тенгедан ортиқ", "≥"),
        (Lang::UzLatn, "5 mln tengegacha", "≤"),
        (Lang::UzLatn, "kamida 5 mln tenge", "≥"),
    ] {
        whole(lang, &[(text, &format!("{sign}5000000 KZT"))]);
    }
}

#[test]
fn words_in_every_language() {
    for (lang, text) in [
        (Lang::Kk, "үш жүз елу мың теңге"),
        (Lang::KkLatn, "úsh júz elý myń teńge"),
        (Lang::KkLatn, "üş jüz elu myñ teñge"),
        (Lang::KkArab, "ءۇش ءجۇز ەلۋ مىڭ تەڭگە"),
        (Lang::Ru, "триста пятьдесят тысяч тенге"),
        (Lang::En, "three hundred and fifty thousand tenge"),
        (Lang::ZhHans, "三十五万坚戈"),
        (Lang::UzCyrl, "уч юз эллик минг тенге"),
        (Lang::UzLatn, "uch yuz ellik ming tenge"),
    ] {
        whole(lang, &[(text, "350000 KZT")]);
    }
}

#[test]
fn one_and_a_half_in_every_language() {
    for (lang, text) in [
        (Lang::Kk, "бір жарым миллион теңге"),
        (Lang::Kk, "бір бүтін оннан бес миллион теңге"),
        (Lang::Kk, "бір де бес миллион теңге"),
        (Lang::KkLatn, "bir jarym mıllıon teńge"),
        (Lang::KkArab, "ءبىر جارىم ميلليون تەڭگە"),
        (Lang::Ru, "полтора миллиона тенге"),
        (Lang::Ru, "одна целая пять десятых миллиона тенге"),
        (Lang::En, "one and a half million tenge"),
        (Lang::ZhHans, "一百五十万坚戈"),
        (Lang::UzCyrl, "бир ярим миллион тенге"),
        (Lang::UzLatn, "bir yarim million tenge"),
    ] {
        whole(lang, &[(text, "1500000 KZT")]);
    }
}
