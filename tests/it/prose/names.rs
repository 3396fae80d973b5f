//! The names of currencies that the strip shows, after a number.

use masthead::money::Currency;
use masthead::prose::Reader;
use masthead::strip::Lang;

/// The currencies whose names are read in each language, but for the exceptions.
const CODES: &str = "AED AMD ARS AUD AZN BHD BRL BYN CAD CHF CLP CNY CZK DKK EGP EUR FJD GBP GEL HKD HUF IDR ILS INR IQD IRR ISK JMD JPY KGS \
    KRW KWD KZT LRD MDL MNT MXN MYR NAD NOK NZD PKR PLN QAR RON RSD RUB SAR SEK SGD THB TJS TMT TRY TWD UAH USD UZS VND ZAR";

/// Names that are left alone.
const UNREAD: &[(Lang, &str)] = &[
    // "5 Brazilian real estate firms".
    (Lang::En, "BRL"),
    // The country has the same form as the recipient of an amount; «новый» is not a country.
    (Lang::Ru, "FJD ILS NAD TMT TWD"),
    // The name has letters that the rule does not give.
    (Lang::KkLatn, "IDR ILS ISK JMD"),
    (Lang::KkArab, "FJD TWD"),
    // Not listed.
    (
        Lang::ZhHans,
        "ARS BHD CLP EGP FJD IQD IRR ISK JMD KWD LRD MXN NAD PKR QAR RON RSD",
    ),
];

/// Currencies for special use, with the name of another.
const SAME_NAME: &[&str] = &["CHE", "USN"];

/// The currency of the amount that a name makes after a number.
fn currency_of(lang: Lang, name: &str) -> Option<Currency> {
    let space = if lang == Lang::ZhHans { "" } else { " " };
    let text = format!("5{space}{name}");
    let mut amounts = Reader::new(lang).amounts(&text);
    let first = amounts.next();
    assert!(amounts.next().is_none(), "{lang}: {text}");
    first.map(|amount| amount.currency())
}

#[test]
fn a_name_is_that_of_its_currency() {
    for lang in Lang::ALL {
        let unread = UNREAD.iter().find(|(other, _)| other == lang);
        for code in CODES.split_whitespace() {
            let currency: Currency = code.parse().unwrap();
            let name = lang.currency(currency).unwrap();
            let is_unread = unread.is_some_and(|(_, codes)| codes.contains(code));
            let expected = (!is_unread).then_some(currency);
            assert_eq!(currency_of(*lang, name), expected, "{lang}: {name}");
        }
    }
}

#[test]
fn no_name_is_read_as_another_currency() {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|first| {
        letters().flat_map(move |second| letters().map(move |third| [first, second, third]))
    });
    let codes = codes.map(String::from_iter);
    let currencies: Vec<Currency> = codes.filter_map(|code| code.parse().ok()).collect();
    assert!(currencies.len() > 150);
    for lang in Lang::ALL {
        for currency in &currencies {
            let Some(name) = lang.currency(*currency) else {
                continue;
            };
            if let Some(found) = currency_of(*lang, name)
                && !SAME_NAME.contains(&currency.code())
            {
                assert_eq!(found, *currency, "{lang}: {name}");
            }
        }
    }
}
