//! Properties: any text is read without a panic, and a formatted amount is read back.

use masthead::money::Currency;
use masthead::prose::{Amount, Kind, Reader};
use masthead::strip::Lang;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::read;

/// Pieces of amounts in all languages, and characters that break them.
const PIECES: [&str; 64] = [
    "5",
    "12",
    "500",
    "2024",
    "000",
    "0",
    ",",
    ".",
    " ",
    "\u{a0}",
    "-",
    "–",
    "'",
    "(",
    ")",
    "$",
    "₸",
    "€",
    "US$",
    "KZT",
    "USD",
    "млн",
    "млрд.",
    "тыс.",
    "мың",
    "bn",
    "million",
    "万",
    "亿",
    "元",
    "美元",
    "坚戈",
    "三",
    "百",
    "多",
    "теңге",
    "теңгеге",
    "тиын",
    "доллар",
    "рублей",
    "копеек",
    "tenge",
    "dollars",
    "cents",
    "so‘m",
    "сўм",
    "تەڭگە",
    "ميلليون",
    "бес",
    "жүз",
    "жарым",
    "бүтін",
    "оннан",
    "пять",
    "hundred",
    "and",
    "a",
    "from",
    "to",
    "от",
    "до",
    "астам",
    "about",
    "\u{301}",
];

pub(super) fn language() -> impl Strategy<Value = Lang> {
    prop::sample::select(Lang::ALL)
}

pub(super) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        4 => Just(" ".to_owned()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_in_order(lang in language(), text in hostile()) {
        let amounts: Vec<Amount> = Reader::new(lang).amounts(&text).collect();
        let mut end = 0;
        for amount in &amounts {
            let span = amount.span();
            prop_assert!(end <= span.start && span.start < span.end, "{amounts:?}");
            prop_assert!(text.get(span.clone()).is_some(), "{amounts:?}");
            prop_assert_eq!(amount.kind() == Kind::Range, amount.low() != amount.high());
            prop_assert!(amount.low() <= amount.high() && !amount.low().is_sign_negative());
            prop_assert!((1..=19).contains(&amount.significant_digits()));
            end = span.end;
        }
    }

    #[test]
    fn arbitrary_characters_do_not_panic(lang in language(), text in ".{0,200}") {
        let _ = read(lang, &text);
    }

    /// The surface alone, and between words of another sense, is the same amount.
    #[test]
    fn an_amount_is_read_the_same_alone(lang in language(), text in hostile()) {
        for amount in Reader::new(lang).amounts(&text) {
            let surface = &text[amount.span()];
            let alone: Vec<Amount> = Reader::new(lang).amounts(surface).collect();
            prop_assert_eq!(alone.len(), 1, "{} in {}", surface, text);
            prop_assert_eq!(alone[0].low(), amount.low());
            prop_assert_eq!(alone[0].currency(), amount.currency());
        }
    }

    #[test]
    fn formatted_digits_are_read_back(lang in language(), amount in formatted()) {
        let (number, value) = amount;
        for text in [format!("{number} ₸"), format!("{number}₸"), format!("KZT {number}"), format!("₸{number}")] {
            let sentence = format!("xyz {text} xyz");
            let found: Vec<Amount> = Reader::new(lang).amounts(&sentence).collect();
            prop_assert_eq!(found.len(), 1, "{}: {}", lang, text);
            prop_assert_eq!(found[0].low(), value);
            prop_assert_eq!(found[0].currency(), Currency::KZT);
            prop_assert_eq!(&sentence[found[0].span()], &text);
        }
    }

    #[test]
    fn numerals_in_words_are_read_back(value in 1_u64..999_999_999_999_999) {
        for (lang, text) in [
            (Lang::Kk, format!("{} теңге", kazakh(value))),
            (Lang::En, format!("{} tenge", english(value))),
            (Lang::ZhHans, format!("{}坚戈", chinese(value))),
        ] {
            prop_assert_eq!(read(lang, &text), [format!("{text}: {value} KZT")], "{}", lang);
        }
    }
}

/// A number in groups with decimals, clear in every language, and its value.
fn formatted() -> impl Strategy<Value = (String, Decimal)> {
    let separators = prop::sample::select(
        &[
            (" ", ","),
            ("\u{a0}", ","),
            ("\u{202f}", "."),
            (".", ","),
            (",", "."),
            ("'", "."),
        ][..],
    );
    (
        1_000_000_u64..1_000_000_000_000,
        0_u32..100,
        any::<bool>(),
        separators,
    )
        .prop_map(|(whole, cents, has_cents, (group, mark))| {
            let digits = whole.to_string();
            let mut text = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index).is_multiple_of(3) {
                    text.push_str(group);
                }
                text.push(digit);
            }
            if !has_cents {
                return (text, Decimal::from(whole));
            }
            let value = Decimal::from(whole) + Decimal::new(cents.into(), 2);
            (format!("{text}{mark}{cents:02}"), value)
        })
}

/// Splits a number into groups of three digits, the highest first, with the power of a thousand of each.
fn groups(value: u64) -> Vec<(usize, usize)> {
    let groups = (0..5)
        .rev()
        .map(|power| (power, (value / 1000_u64.pow(power)) % 1000));
    groups
        .filter(|(_, group)| *group > 0)
        .map(|(power, group)| (power as usize, usize::try_from(group).unwrap()))
        .collect()
}

fn kazakh(value: u64) -> String {
    const UNITS: [&str; 10] = [
        "",
        "бір",
        "екі",
        "үш",
        "төрт",
        "бес",
        "алты",
        "жеті",
        "сегіз",
        "тоғыз",
    ];
    const TENS: [&str; 10] = [
        "",
        "он",
        "жиырма",
        "отыз",
        "қырық",
        "елу",
        "алпыс",
        "жетпіс",
        "сексен",
        "тоқсан",
    ];
    const POWERS: [&str; 5] = ["", "мың", "миллион", "миллиард", "триллион"];
    let mut words = Vec::new();
    for (power, group) in groups(value) {
        if group >= 100 {
            // One hundred is said without "one".
            words.extend((group >= 200).then_some(UNITS[group / 100]));
            words.push("жүз");
        }
        words.extend([TENS[group / 10 % 10], UNITS[group % 10], POWERS[power]]);
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn english(value: u64) -> String {
    const UNITS: [&str; 20] = [
        "",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] = [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    const POWERS: [&str; 5] = ["", "thousand", "million", "billion", "trillion"];
    let mut words = Vec::new();
    for (power, group) in groups(value) {
        if group >= 100 {
            words.push(format!("{} hundred", UNITS[group / 100]));
            words.extend((!group.is_multiple_of(100)).then(|| "and".to_owned()));
        }
        words.push(match group % 100 {
            below @ 0..20 => UNITS[below].to_owned(),
            ten if ten.is_multiple_of(10) => TENS[ten / 10].to_owned(),
            other => format!("{}-{}", TENS[other / 10], UNITS[other % 10]),
        });
        words.push(POWERS[power].to_owned());
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn chinese(value: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    const POWERS: [&str; 4] = ["", "十", "百", "千"];
    let section = |value: u64, is_first: bool| {
        let mut text = String::new();
        let mut has_gap = false;
        for power in (0..4_u32).rev() {
            let digit = usize::try_from(value / 10_u64.pow(power) % 10).unwrap();
            if digit == 0 {
                has_gap = true;
                continue;
            }
            if has_gap && (!is_first || !text.is_empty()) {
                text.push('零');
            }
            has_gap = false;
            text += DIGITS[digit];
            text += POWERS[power as usize];
        }
        text
    };
    let mut text = String::new();
    for (power, name) in [(8_u32, "万亿"), (8, "亿"), (4, "万"), (0, "")] {
        let part = match name {
            "万亿" => value / 10_u64.pow(12),
            _ => value / 10_u64.pow(power) % 10_000,
        };
        if part > 0 {
            text += &section(part, text.is_empty());
            text += name;
        }
    }
    text
}
