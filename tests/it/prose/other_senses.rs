//! Numbers and words that have another sense beside money, and limits that are differences or ends of a change.

use masthead::strip::Lang;

use super::{check, nothing};

#[test]
fn a_country_before_a_sign_is_not_its_qualifier() {
    nothing(
        Lang::Kk,
        &["Канада $50 млн бөлді.", "Сингапур $3 млрд салды."],
    );
    nothing(Lang::UzCyrl, &["Австралия $50 млн ажратди."]);
    nothing(
        Lang::En,
        &[
            "the concerts brought Singapore $375 million",
            "gave Hong Kong $5 million",
        ],
    );
    check(
        Lang::En,
        &[
            ("a US $5 fee", &["US $5: 5 USD"]),
            ("a Canadian $5 fee", &["Canadian $5: 5 CAD"]),
        ],
    );
}

#[test]
fn new_year_and_heads_of_state_are_no_yen() {
    check(
        Lang::ZhHans,
        &[
            ("2024年1月1日元旦放假，票价100日元。", &["100日元: 100 JPY"]),
            ("7月4日元首理事会", &[]),
        ],
    );
}

#[test]
fn years_names_and_weights() {
    nothing(
        Lang::En,
        &[
            "the final of the 2024 Euros",
            "in constant 2015 dollars",
            "a 2023 RAND study",
            "Rapper 50 Cent came",
            "7.5 million pounds of thrust",
            "recalled 2 million pounds of beef",
        ],
    );
    check(
        Lang::En,
        &[(
            "worth 2 million pounds, 50 cents each",
            &["2 million pounds: 2000000 GBP", "50 cents: 0.50 USD"],
        )],
    );
    nothing(Lang::Ru, &["Выловили 10 тысяч фунтов рыбы."]);
}

#[test]
fn a_difference_is_no_limit() {
    check(
        Lang::Ru,
        &[
            (
                "Доходы меньше на 2 млрд тенге.",
                &["меньше на 2 млрд тенге: 2000000000 KZT"],
            ),
            ("Курс ниже на 3,2 тенге.", &["ниже на 3,2 тенге: 3.2 KZT"]),
            (
                "Вырос менее чем на 2 млрд тенге.",
                &["менее чем на 2 млрд тенге: ≤2000000000 KZT"],
            ),
            ("Билет менее 5 тенге.", &["менее 5 тенге: ≤5 KZT"]),
        ],
    );
    check(
        Lang::Kk,
        &[
            (
                "Жоспардан 2 млрд теңгеге кем.",
                &["2 млрд теңгеге: 2000000000 KZT"],
            ),
            ("Билет 5 теңгеге дейін.", &["5 теңгеге дейін: ≤5 KZT"]),
            ("Билет 5 теңгеден кем.", &["5 теңгеден кем: ≤5 KZT"]),
        ],
    );
    check(
        Lang::UzCyrl,
        &[
            (
                "Режадан 2 млрд сўмга кам.",
                &["2 млрд сўмга: 2000000000 UZS"],
            ),
            ("5 сўмдан кам", &["5 сўмдан кам: ≤5 UZS"]),
        ],
    );
}

#[test]
fn a_number_before_brackets_with_money_is_no_part_of_the_amount() {
    for text in ["KZT119bn a hundred (about ₽324) £231", "$5 bn 100 ($3) ₸7"] {
        let read = super::read(Lang::En, text).join("; ");
        assert!(!read.contains("000100 "), "{read}");
    }
    check(
        Lang::Ru,
        &[(
            "2 тысячи 500 (две тысячи пятьсот) тенге",
            &["2 тысячи 500 (две тысячи пятьсот) тенге: 2500 KZT"],
        )],
    );
}

#[test]
fn the_ends_of_a_change_are_no_limits() {
    check(
        Lang::En,
        &[
            (
                "It will rise from 50,000 tenge to 70,000 tenge.",
                &["from 50,000 tenge: 50000 KZT", "70,000 tenge: 70000 KZT"],
            ),
            (
                "From $5 million to $7 million.",
                &["From $5 million: 5000000 USD", "$7 million: 7000000 USD"],
            ),
            (
                "Tickets cost from 500 tenge.",
                &["from 500 tenge: ≥500 KZT"],
            ),
        ],
    );
    check(
        Lang::Ru,
        &[
            (
                "Вырастет с 70 тысяч тенге до 85 тысяч тенге.",
                &["70 тысяч тенге: 70000 KZT", "до 85 тысяч тенге: 85000 KZT"],
            ),
            ("Билет до 500 тенге.", &["до 500 тенге: ≤500 KZT"]),
        ],
    );
}
