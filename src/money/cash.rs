//! The smallest amount payable in cash, for each currency in which it is more than the minor unit.
//!
//! Source: CLDR 48.2, `supplemental/currencyData`: the cash digits and cash rounding, or the digits and rounding if there
//! are no cash values. `tests/cldr.sh` compares every currency of ISO 4217 with it. [`NOT_OF_CLDR`] lists the exceptions.

/// The code and the smallest amount in minor units, sorted by code. Example: 5 for the Swiss franc is 0.05 francs.
pub(super) const STEPS: &[(&[u8; 3], u16)] = &[
    (b"AFN", 100),
    (b"ALL", 100),
    (b"AMD", 100),
    (b"CAD", 5),
    (b"CHF", 5),
    (b"COP", 100),
    (b"CRC", 100),
    (b"CZK", 100),
    (b"DKK", 50),
    (b"GYD", 100),
    (b"HUF", 500),
    (b"IDR", 100),
    (b"IQD", 1000),
    (b"IRR", 100),
    (b"KPW", 100),
    // CLDR has two digits. Coins of tiyn are not in circulation: the smallest coin is one tenge.
    (b"KZT", 100),
    (b"LAK", 100),
    (b"LBP", 100),
    (b"MGA", 100),
    (b"MMK", 100),
    (b"MNT", 100),
    (b"MUR", 100),
    (b"NOK", 100),
    (b"PKR", 100),
    (b"RSD", 100),
    (b"SEK", 100),
    (b"SOS", 100),
    (b"SYP", 100),
    (b"TWD", 100),
    (b"TZS", 100),
    (b"UZS", 100),
    (b"YER", 100),
];

/// The currencies whose smallest amount differs from CLDR. A comment above their row gives the reason.
#[allow(dead_code)] // used only by the comparison with CLDR
pub(super) const NOT_OF_CLDR: &[&[u8; 3]] = &[b"KZT"];
