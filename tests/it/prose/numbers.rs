//! Numbers in digits: separators, and what is unclear about them.

use masthead::strip::Lang;

use super::{nothing, read, whole};

const ALL: [Lang; 8] = [
    Lang::En,
    Lang::Ru,
    Lang::Kk,
    Lang::KkLatn,
    Lang::ZhHans,
    Lang::KkArab,
    Lang::UzCyrl,
    Lang::UzLatn,
];

#[test]
fn spaces_group_in_every_language() {
    for space in [" ", "\u{a0}", "\u{202f}", "\u{2009}"] {
        for lang in ALL {
            let text = format!("1{space}250{space}000{space}₸");
            assert_eq!(read(lang, &text), [format!("{text}: 1250000 KZT")]);
        }
    }
}

#[test]
fn several_separators_group_in_every_language() {
    for lang in ALL {
        whole(
            lang,
            &[
                ("1,250,000 ₸", "1250000 KZT"),
                ("1.250.000 ₸", "1250000 KZT"),
                ("1'250'000 ₸", "1250000 KZT"),
                ("1’250 ₸", "1250 KZT"),
                ("1 250,5 ₸", "1250.5 KZT"),
                ("1 250.50 ₸", "1250.50 KZT"),
                ("1.250,50 ₸", "1250.50 KZT"),
                ("1,250.50 ₸", "1250.50 KZT"),
                ("22,03 ₸", "22.03 KZT"),
                ("22.03 ₸", "22.03 KZT"),
                ("0,375 ₸", "0.375 KZT"),
                ("0.375 ₸", "0.375 KZT"),
                ("3.047 млрд ₸", "3047000000 KZT"),
            ][..if lang == Lang::ZhHans { 12 } else { 13 }],
        );
    }
}

#[test]
fn one_separator_before_three_digits_is_unclear_without_a_magnitude() {
    for lang in ALL {
        nothing(lang, &["3.350 ₸", "₸3.350"]);
        let groups = matches!(lang, Lang::En | Lang::ZhHans);
        for text in ["3,350 ₸", "₸3,350"] {
            let expected = groups.then(|| format!("{text}: 3350 KZT"));
            assert_eq!(read(lang, text), Vec::from_iter(expected), "{lang}");
        }
    }
    // Minor units or a magnitude settle it.
    whole(
        Lang::Ru,
        &[
            ("120.000 рублей 00 копеек", "120000.00 RUB"),
            ("3,350 млн тенге", "3350000 KZT"),
            ("3,047 трлн тенге", "3047000000000 KZT"),
        ],
    );
    whole(Lang::En, &[("VND4,927 billion", "4927000000000 VND")]);
}

#[test]
fn broken_numbers_are_left_alone() {
    for lang in ALL {
        nothing(
            lang,
            &[
                "1,2,3 ₸",
                "1,25,000 ₸",
                "12,34,567 ₸",
                "1.25.000 ₸",
                "5.5.5 ₸",
                "0,250,000 ₸",
                "1234,567,890 ₸",
                "21.11.2025 ₸",
                "15:30 ₸",
                "3/4 ₸",
                "1 250,000,5 ₸",
                "12 50 ₸",
                "15 2 500 ₸",
                "8 777 123 45 67 ₸",
                "1234567890123456789012 ₸",
                "٥٠٠ ₸",
                "５００ ₸",
            ],
        );
    }
}

#[test]
fn a_year_before_a_number_is_no_part_of_it() {
    for lang in ALL {
        for (text, expected) in [
            ("2024 2,3 млрд ₸", "2,3 млрд ₸: 2300000000 KZT"),
            ("2024 1500 ₸", "1500 ₸: 1500 KZT"),
            ("2024, 5 ₸", "5 ₸: 5 KZT"),
            ("2025 – 2 900 000 ₸", "2 900 000 ₸: 2900000 KZT"),
        ] {
            if lang != Lang::ZhHans || !text.contains("млрд") {
                assert_eq!(read(lang, text), [expected], "{lang}: {text}");
            }
        }
        nothing(lang, &["2024 500 ₸", "150 500,5 200 ₸"]);
    }
}

#[test]
fn kazakh_rates_with_a_hyphen_are_decimals() {
    for lang in [Lang::Kk, Lang::KkLatn, Lang::KkArab] {
        whole(
            lang,
            &[
                ("419-03 ₸", "419.03 KZT"),
                ("497-498 ₸", "497–498 KZT"),
                ("10-25 ₸", "10–25 KZT"),
            ],
        );
        nothing(lang, &["419-03 млн ₸", "2024-25 ₸"]);
    }
    nothing(Lang::Ru, &["419-03 тенге"]);
    whole(Lang::Kk, &[("481, 29 теңге", "481.29 KZT")]);
    nothing(Lang::Ru, &["481, 29 тенге", "5, 7 млн тенге"]);
    nothing(Lang::Kk, &["5, 7 млн теңге"]);
}
