//! Amounts as people write them, for the examples `convert` and `columns`.

use masthead::money::{Currency, Money, parse_decimal};
use masthead::prose::{ReadAmountError, Reader};
use masthead::strip::Lang;

/// Reads one exact amount, which may be negative: a plain number such as `19.99`, or an amount as `lang` writes it. `currency` is that of a
/// number alone; without it the text must have one.
pub(crate) fn read(lang: Lang, text: &str, currency: Option<Currency>) -> Result<Money, String> {
    if let (Some(currency), Ok(number)) = (currency, parse_decimal(text)) {
        return Ok(Money::new(number, currency));
    }
    let reader = Reader::new(lang);
    // Spaces in place of the minus keep the places that an error names.
    let unsigned = text.trim_start().strip_prefix(['-', '\u{2212}']);
    let positive = unsigned.map(|rest| format!("{:1$}{rest}", "", text.len() - rest.len()));
    let positive = positive.as_deref().unwrap_or(text);
    let amount = match currency {
        Some(currency) => reader.amount_in(positive, currency),
        None => reader.amount(positive),
    };
    match amount {
        Ok(amount) => {
            let money = amount.exact();
            let money = money
                .ok_or_else(|| format!("{text:?}: expected one exact value, found {amount}"))?;
            Ok(if unsigned.is_some() { -money } else { money })
        }
        // A number may have more digits than an amount in a text.
        Err(error) => match (currency, lang.parse_number(text)) {
            (Some(currency), Ok(number)) if !matches!(error, ReadAmountError::Ambiguous { .. }) => {
                Ok(Money::new(number, currency))
            }
            _ => Err(format!("{text:?}: {error}")),
        },
    }
}
