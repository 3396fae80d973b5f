//! The currencies that each bank publishes, for a warning about a pair that no list has.
//!
//! From the banks' lists of March to September 2026. A bank may add a currency, so that a pair
//! which is not here is no error.

use masthead::money::Currency;

const LISTS: [(&str, &str); 9] = [
    (
        "cbar",
        "AED AUD BYN CAD CHF CNY CZK DKK EUR GBP GEL HKD HUF ILS INR JPY KGS KRW KWD KZT MDL NOK NZD PKR PLN QAR RON RSD RUB SAR SEK \
         SGD TMT TRY UAH USD UZS XDR",
    ),
    (
        "cbr",
        "AED AMD AUD AZN BDT BHD BOB BRL BYN CAD CHF CNY CUP CZK DKK DZD EGP ETB EUR GBP GEL HKD HUF IDR INR IRR JPY KGS KRW KZT MDL \
         MMK MNT NGN NOK NZD OMR PLN QAR RON RSD SAR SEK SGD THB TJS TMT TRY UAH USD UZS VND XDR ZAR",
    ),
    (
        "cbu",
        "AED AFN AMD ARS AUD AZN BDT BHD BND BRL BYN CAD CHF CNY CUP CZK DKK DZD EGP EUR GBP GEL HKD HUF IDR ILS INR IQD IRR ISK JOD \
         JPY KGS KHR KRW KWD KZT LAK LBP LYD MAD MDL MMK MNT MXN MYR NOK NZD OMR PHP PKR PLN QAR RON RSD RUB SAR SDG SEK SGD SYP THB TJS \
         TMT TND TRY UAH USD UYU VES VND XDR YER ZAR",
    ),
    (
        "ecb",
        "AUD BRL CAD CHF CNY CZK DKK GBP HKD HUF IDR ILS INR ISK JPY KRW MXN MYR NOK NZD PHP PLN RON SEK SGD THB TRY USD ZAR",
    ),
    (
        "national_bank_kz",
        "AED AMD AUD AZN BRL BYN CAD CHF CNY CZK DKK EUR GBP GEL HKD HUF INR IRR JPY KGS KRW KWD MDL MXN MYR NOK PLN RUB SAR SEK SGD \
         THB TJS TRY UAH USD UZS XDR ZAR",
    ),
    (
        "nbg",
        "AED AMD AUD AZN BRL BYN CAD CHF CNY CZK DKK EGP EUR GBP HKD HUF ILS INR IRR ISK JPY KGS KRW KWD KZT MDL NOK NZD PLN QAR RON \
         RSD RUB SEK SGD TJS TMT TRY UAH USD UZS ZAR",
    ),
    (
        "nbkr",
        "AED AFN AMD AUD AZN BRL BYN CAD CHF CNY CZK DKK EUR GBP GEL HKD HUF IDR INR IRR JPY KRW KWD KZT MDL MNT MYR NOK NZD OMR PKR \
         PLN RUB SAR SEK SGD TJS TMT TRY TWD UAH USD UZS XDR",
    ),
    (
        "nbrb",
        "AED AMD AUD BRL CAD CHF CNY CZK DKK EUR GBP INR IRR ISK JPY KGS KWD KZT MDL NOK NZD PLN RUB SEK SGD TRY UAH USD VND XDR",
    ),
    (
        "nbu",
        "AED AUD AZN BDT CAD CHF CNY CZK DKK DZD EGP EUR GBP GEL HKD HUF IDR ILS INR JPY KRW KZT LBP MDL MXN MYR NOK NZD PLN RON RSD \
         SAR SEK SGD THB TND TRY USD VND XDR ZAR",
    ),
];

/// Whether the lists of a bank have a currency. `None` if its lists are not known.
pub(super) fn has(bank: &str, currency: Currency) -> Option<bool> {
    let (_, codes) = LISTS.iter().find(|(id, _)| *id == bank)?;
    Some(codes.split(' ').any(|code| code == currency.code()))
}

#[cfg(test)]
mod tests {
    use masthead::ticker::Bank;

    use super::*;

    #[test]
    fn each_bank_has_a_list_with_the_pairs_that_it_shows_by_default() {
        for id in Bank::ids() {
            let bank: Bank = id.as_str().parse().unwrap();
            for pair in bank.usual_pairs() {
                let foreign = if pair.base() == bank.home() {
                    pair.quote()
                } else {
                    pair.base()
                };
                assert_eq!(has(id.as_str(), foreign), Some(true), "{id}: {pair}");
            }
        }
        for (_, codes) in LISTS {
            for code in codes.split(' ') {
                assert!(code.parse::<Currency>().is_ok(), "{code}");
            }
        }
    }
}
