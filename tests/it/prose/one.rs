//! Texts that are one amount as a whole, and the errors of others.

use masthead::money::Currency;
use masthead::prose::{Amount, ReadAmountError, Reader};
use masthead::strip::Lang;

/// The amount or the error, as text.
fn shown(read: Result<Amount, ReadAmountError>) -> String {
    read.map_or_else(
        |error| format!("error: {error}"),
        |amount| amount.to_string(),
    )
}

#[track_caller]
fn alone(lang: Lang, rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        assert_eq!(
            shown(Reader::new(lang).amount(text)),
            *expected,
            "{lang}: {text:?}"
        );
    }
}

#[track_caller]
fn given(lang: Lang, currency: &str, rows: &[(&str, &str)]) {
    let currency: Currency = currency.parse().unwrap();
    for (text, expected) in rows {
        let read = Reader::new(lang).amount_in(text, currency);
        assert_eq!(shown(read), *expected, "{lang}, {currency}: {text:?}");
    }
}

#[test]
fn a_text_that_is_an_amount_is_read() {
    alone(
        Lang::Ru,
        &[
            ("8 млн тенге", "8000000 KZT"),
            ("$2,5 млрд", "2500000000 USD"),
            ("9 400 000,75 тенге", "9400000.75 KZT"),
            ("9\u{a0}400\u{202f}000 ₸", "9400000 KZT"),
            ("1,447 тенге 20 тиын", "1447.20 KZT"),
            ("полтора миллиона рублей", "1500000 RUB"),
            ("не менее 5 млн тенге", "≥5000000 KZT"),
            ("от 5 до 7 тыс. долларов", "5000–7000 USD"),
        ],
    );
    alone(
        Lang::En,
        &[("$1,300", "1300 USD"), ("KZT 4.2 bn", "4200000000 KZT")],
    );
    alone(
        Lang::Kk,
        &[
            ("8 млн теңге", "8000000 KZT"),
            ("419-03 теңге", "419.03 KZT"),
        ],
    );
    alone(Lang::KkLatn, &[("8 mln teńge", "8000000 KZT")]);
    alone(Lang::KkArab, &[("8 ميلليون تەڭگە", "8000000 KZT")]);
    alone(
        Lang::ZhHans,
        &[("80万元", "800000 CNY"), ("¥1,300", "1300 CNY")],
    );
    alone(Lang::UzLatn, &[("8 mln so‘m", "8000000 UZS")]);
    alone(Lang::UzCyrl, &[("8 млн сўм", "8000000 UZS")]);
}

#[test]
fn with_a_currency_a_number_is_enough() {
    given(
        Lang::Ru,
        "KZT",
        &[
            ("8 млн", "8000000 KZT"),
            ("1 300,50", "1300.50 KZT"),
            ("9 400 000,75", "9400000.75 KZT"),
            ("9.400.000,75", "9400000.75 KZT"),
            ("19.99", "19.99 KZT"),
            ("2024", "2024 KZT"),
            ("0", "0 KZT"),
            ("двести тысяч", "200000 KZT"),
            ("до 5", "≤5 KZT"),
            ("5–7 млн", "5000000–7000000 KZT"),
            ("8 млн тенге", "8000000 KZT"),
            ("KZT 2024", "2024 KZT"),
        ],
    );
    given(
        Lang::En,
        "USD",
        &[
            ("1,300", "1300 USD"),
            ("5k", "5000 USD"),
            ("half a million", "500000 USD"),
        ],
    );
    given(
        Lang::ZhHans,
        "CNY",
        &[("80万", "800000 CNY"), ("三百", "300 CNY")],
    );
    given(
        Lang::Kk,
        "USD",
        &[("үш жүз мың", "300000 USD"), ("500-ден астам", "≥500 USD")],
    );
    // A currency that no table of words has.
    given(Lang::UzLatn, "XOF", &[("8 ming", "8000 XOF")]);
}

#[test]
fn the_given_currency_settles_only_what_the_text_leaves_open() {
    given(
        Lang::Ru,
        "JPY",
        &[("¥700", "700 JPY"), ("700 иен", "700 JPY")],
    );
    given(Lang::Ru, "CNY", &[("¥700", "700 CNY")]);
    given(
        Lang::Ru,
        "CZK",
        &[("30 крон", "30 CZK"), ("30 чешских крон", "30 CZK")],
    );
    given(Lang::Ru, "GBP", &[("12 фунтов", "12 GBP")]);
    given(Lang::En, "TRY", &[("TRY 5", "5 TRY")]);
    given(Lang::En, "KRW", &[("12 won", "12 KRW")]);
    for (lang, currency, text, found) in [
        (Lang::Ru, "USD", "8 млн тенге", "KZT"),
        (Lang::Ru, "CZK", "30 шведских крон", "SEK"),
        // A dollar is that of the United States, and the reader knows one som in Russian.
        (Lang::En, "CAD", "$5", "USD"),
        (Lang::En, "CAD", "US$5", "USD"),
        (Lang::Ru, "UZS", "5 сомов", "KGS"),
        (Lang::ZhHans, "JPY", "¥700", "CNY"),
        (Lang::En, "USD", "TRY 5", "TRY"),
        (Lang::Ru, "USD", "KZT 2024", "KZT"),
    ] {
        let expected: Currency = currency.parse().unwrap();
        let read = Reader::new(lang).amount_in(text, expected);
        let error = ReadAmountError::OtherCurrency {
            expected,
            found: found.parse().unwrap(),
        };
        assert_eq!(
            error.to_string(),
            format!("expected an amount in {currency}, found {found}")
        );
        assert_eq!(read, Err(error), "{text}");
    }
}

#[test]
fn each_reading_of_an_ambiguous_text_is_named() {
    alone(
        Lang::Ru,
        &[
            ("4,250 тенге", "error: ambiguous: 4.250 KZT or 4250 KZT"),
            ("4.250 тенге", "error: ambiguous: 4.250 KZT or 4250 KZT"),
            (
                "4,250–6,500 тенге",
                "error: ambiguous: 4.250–6.500 KZT or 4250–6500 KZT",
            ),
            ("¥700", "error: ambiguous: 700 CNY or 700 JPY"),
            (
                "¥4,250",
                "error: ambiguous: 4.250 CNY or 4.250 JPY or 4250 CNY or 4250 JPY",
            ),
            (
                "30 крон",
                "error: ambiguous: 30 SEK or 30 NOK or 30 DKK or 30 CZK or 30 ISK",
            ),
            ("30 манатов", "error: ambiguous: 30 AZN or 30 TMT"),
            ("KZT 2024", "error: uncertain: perhaps 2024 KZT"),
            ("30 франков", "error: uncertain: perhaps 30 CHF"),
        ],
    );
    alone(
        Lang::En,
        &[
            ("4.250 tenge", "error: ambiguous: 4.250 KZT or 4250 KZT"),
            ("12 won", "error: uncertain: perhaps 12 KRW"),
            ("12 pounds", "error: ambiguous: 12 GBP or 12 EGP"),
        ],
    );
    alone(
        Lang::ZhHans,
        &[("4.250元", "error: ambiguous: 4.250 CNY or 4250 CNY")],
    );
    given(
        Lang::Ru,
        "JPY",
        &[
            ("4,250", "error: ambiguous: 4.250 JPY or 4250 JPY"),
            ("¥4,250", "error: ambiguous: 4.250 JPY or 4250 JPY"),
            ("30 манатов", "error: ambiguous: 30 AZN or 30 TMT"),
            ("30 франков", "error: uncertain: perhaps 30 CHF"),
        ],
    );
    // A magnitude settles the separator.
    alone(Lang::Ru, &[("4,250 млн тенге", "4250000 KZT")]);
    let readings = match Reader::new(Lang::Kk).amount("4.250 теңге") {
        Err(ReadAmountError::Ambiguous { readings }) => readings,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        readings.iter().map(Amount::span).collect::<Vec<_>>(),
        [0..16, 0..16]
    );
}

#[test]
fn the_rest_of_a_text_is_named_with_its_place() {
    alone(
        Lang::Ru,
        &[
            (
                "8 млн тенге в год",
                "error: expected one amount: \"в год\" at byte 20 is left over",
            ),
            (
                "  по 8 млн тенге",
                "error: expected one amount: \"по\" at byte 2 is left over",
            ),
            (
                "8 млн тенге.",
                "error: expected one amount: \".\" at byte 19 is left over",
            ),
            (
                "$8 и €9",
                "error: expected one amount, found 8 USD and 9 EUR at byte 6",
            ),
            ("8 млн", "error: expected a currency beside the number"),
            ("4,250", "error: expected a currency beside the number"),
        ],
    );
    given(
        Lang::Ru,
        "KZT",
        &[
            (
                " 8 млн кг ",
                "error: expected one amount: \"кг\" at byte 10 is left over",
            ),
            (
                "5 CLP",
                "error: expected one amount: \"CLP\" at byte 2 is left over",
            ),
            (
                "1 2",
                "error: expected one amount: \"2\" at byte 2 is left over",
            ),
            (
                "8 тенге 9 тенге",
                "error: expected one amount, found 8 KZT and 9 KZT at byte 13",
            ),
        ],
    );
    let long = format!("8 тенге {}", "очень ".repeat(1000));
    match Reader::new(Lang::Ru).amount(&long) {
        Err(ReadAmountError::LeftOver { amount, at, rest }) => {
            assert_eq!((amount.to_string().as_str(), at), ("8 KZT", 13));
            assert_eq!((rest.chars().count(), rest.ends_with('…')), (61, true));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn other_texts_are_no_amount() {
    let rows = [
        "",
        " \u{a0}\n",
        "abc",
        "тенге",
        "₸",
        "-8 млн тенге",
        "несколько миллионов тенге",
        "10–15 000 тенге",
        "007 тенге",
        "1,2,3 тенге",
        "8 млн млн тенге",
        "2024 500 тенге",
        "12345678901234567890 тенге",
    ];
    for text in rows {
        let read = Reader::new(Lang::Ru).amount(text);
        assert_eq!(read, Err(ReadAmountError::NotAnAmount), "{text:?}");
    }
    for text in [
        "", "abc", "-5", "+5", "5%", "5,", ",5", "№5", "5e3", "0x5", "５", "٥", "млн", "5--7",
    ] {
        let read = Reader::new(Lang::Ru).amount_in(text, Currency::KZT);
        assert_eq!(read, Err(ReadAmountError::NotAnAmount), "{text:?}");
    }
    let error = ReadAmountError::NotAnAmount.to_string();
    assert_eq!(error, "expected an amount of money");
}

#[test]
fn one_value_is_a_sum_of_money() {
    let reader = Reader::new(Lang::Ru);
    let exact = |text| {
        reader
            .amount(text)
            .unwrap()
            .exact()
            .map(|money| money.to_string())
    };
    assert_eq!(exact("8,50 тенге").as_deref(), Some("8.50 KZT"));
    for text in ["около 8 тенге", "более 8 тенге", "до 8 тенге", "8–9 тенге"]
    {
        assert_eq!(exact(text), None, "{text}");
    }
}
