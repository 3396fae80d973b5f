//! Properties of texts that are one amount as a whole.

use masthead::money::Currency;
use masthead::prose::{Amount, Kind, ReadAmountError, Reader};
use masthead::strip::{Lang, NumberStyle};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::properties::{hostile, language};

proptest! {
    #[test]
    fn a_number_that_a_language_writes_is_read_back(
        lang in language(),
        mantissa in 0_i64..1_000_000_000_000_000,
        digits in 1_u32..16,
        scale in 0_u32..7,
    ) {
        let value = Decimal::new(mantissa % 10_i64.pow(digits), scale);
        let written = lang.number(value, NumberStyle::Locale).places(scale).to_string();
        match Reader::new(lang).amount_in(&written, Currency::USD) {
            Ok(amount) => {
                prop_assert_eq!((amount.low(), amount.kind()), (value, Kind::Exact));
                prop_assert_eq!(amount.low().to_string(), value.to_string());
                prop_assert_eq!(amount.span(), 0..written.len());
            }
            // One separator before three digits is a decimal mark or separates thousands; only English and Chinese settle the comma.
            Err(ReadAmountError::Ambiguous { readings }) => {
                let parts: Vec<&str> = written.split([',', '.']).collect();
                let is_unclear = parts.len() == 2 && parts[0].len() <= 3 && parts[1].len() == 3;
                let is_group = matches!(lang, Lang::En | Lang::ZhHans) && written.contains(',');
                prop_assert!(is_unclear && !is_group, "{}", written);
                prop_assert_eq!(readings.len(), 2);
                prop_assert!(readings.iter().any(|amount| amount.low() == value));
            }
            Err(error) => prop_assert!(false, "{written}: {error}"),
        }
    }

    #[test]
    fn one_amount_is_the_only_one_of_its_text(lang in language(), text in hostile()) {
        let reader = Reader::new(lang);
        let surfaces = reader.amounts(&text).map(|amount| &text[amount.span()]);
        for text in surfaces.chain([text.as_str()]) {
            let amounts: Vec<Amount> = reader.amounts(text).collect();
            if let Ok(amount) = reader.amount(text) {
                prop_assert_eq!(&text[amount.span()], text.trim());
                let given = reader.amount_in(text, amount.currency());
                prop_assert_eq!(given.as_ref(), Ok(&amount));
                prop_assert_eq!(&amounts, &[amount]);
            }
            if let Ok(amount) = reader.amount_in(text, Currency::JPY) {
                prop_assert_eq!(amount.currency(), Currency::JPY);
                prop_assert_eq!(&text[amount.span()], text.trim());
                prop_assert!(amounts.is_empty() || amounts == [amount]);
            }
        }
    }
}
