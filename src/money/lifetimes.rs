//! The lifetimes of currencies: first day, last day, successor and exact ratio, each with its source.
//!
//! A lifetime has the days on which the code is the unit of official rates and of accounts, both included. Notes are
//! often legal tender for longer: those of `BYR` until the end of 2016, but every official rate from 1 July 2016 is in
//! `BYN`. CLDR has the end of the notes as the end of most units; `tests/cldr.sh` compares the two and expects the listed
//! differences.
//!
//! Left out:
//!
//! - codes that ISO 4217 never had, such as CLDR's `MDC` for the Moldovan coupon;
//! - codes that were withdrawn before their use (`AYM`, `GHP`), and units without a code: the Uzbek coupon until 30 June
//!   1994, the Belarusian settlement notes until 19 August 1994;
//! - currencies whose ratio to their successor has no source: `BRR`, `MXP`, `ECS`, `BGM`, the dinars before `YUM`, and the
//!   Zimbabwean dollars before `ZWL`;
//! - the rial, whose law of 2025 to remove four zeros has no day yet.
//!
//! Suspended is not withdrawn: the European Central Bank has had no ruble since 2 March 2022, and the ruble is in use.

use chrono::NaiveDate;

/// The lifetime of a currency.
pub(super) struct Lifetime {
    /// The alphabetic code.
    pub(super) code: &'static [u8; 3],
    /// The first day.
    pub(super) first: Option<NaiveDate>,
    /// The last day. `None` for a currency in use.
    pub(super) last: Option<NaiveDate>,
    /// The currencies that took its place on the day after: two for the Czechoslovak koruna, and an empty list for a currency
    /// in use.
    #[allow(dead_code)] // not used by the comparison with CLDR
    pub(super) successors: &'static [&'static [u8; 3]],
    /// The first number of old units is the second number of new ones.
    #[allow(dead_code)] // not used by the comparison with CLDR
    pub(super) ratio: (u32, u32),
}

/// The day of a year, a month and a day.
type Day = (i32, u32, u32);

const fn date((year, month, day): Day) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

const fn present(code: &'static [u8; 3], first: Day) -> Lifetime {
    Lifetime {
        code,
        first: date(first),
        last: None,
        successors: &[],
        ratio: (1, 1),
    }
}

const fn withdrawn(
    code: &'static [u8; 3],
    first: Day,
    last: Day,
    successors: &'static [&'static [u8; 3]],
    ratio: (u32, u32),
) -> Lifetime {
    Lifetime {
        code,
        first: date(first),
        last: date(last),
        successors,
        ratio,
    }
}

/// The lifetimes, sorted by code. The ratio of `ATS` is 13.7603 schillings for one euro.
#[rustfmt::skip]
pub(super) static LIFETIMES: &[Lifetime] = &[
    present(b"AED", (1973, 5, 19)), // CLDR
    withdrawn(b"AFA", (1927, 3, 14), (2002, 10, 6), &[b"AFN"], (1_000, 1)), // Cincinnati Enquirer, 2003-01-03
    present(b"AFN", (2002, 10, 7)), // Cincinnati Enquirer, 2003-01-03
    present(b"AMD", (1993, 11, 22)), // Central Bank of Armenia, by iravaban.net
    withdrawn(b"ANG", (1940, 5, 10), (2025, 3, 30), &[b"XCG"], (1, 1)), // curacao.nu
    withdrawn(b"ATS", (1947, 12, 4), (2001, 12, 31), &[b"EUR"], (137_603, 10_000)), // Regulations 2866/98 and 974/98
    present(b"AUD", (1966, 2, 14)), // CLDR
    withdrawn(b"AZM", (1992, 8, 15), (2005, 12, 31), &[b"AZN"], (5_000, 1)), // Bank of Russia, letter 29-5-3-3-711 of 2006-02-16
    present(b"AZN", (2006, 1, 1)), // Bank of Russia, letter 29-5-3-3-711 of 2006-02-16
    withdrawn(b"BEF", (1831, 2, 7), (2001, 12, 31), &[b"EUR"], (403_399, 10_000)), // Regulations 2866/98 and 974/98
    withdrawn(b"BGL", (1962, 1, 1), (1999, 7, 4), &[b"BGN"], (1_000, 1)), // investbulgaria.com
    withdrawn(b"BGN", (1999, 7, 5), (2025, 12, 31), &[b"EUR"], (195_583, 100_000)), // Regulation 2866/98 as amended; ISO 4217 amendment 180
    present(b"BRL", (1994, 7, 1)), // CLDR
    withdrawn(b"BYB", (1994, 8, 20), (1999, 12, 31), &[b"BYR"], (1_000, 1)), // sputnik.by, 2022-05-25. Until 1994-08-19 a unit ten times smaller, without a code
    present(b"BYN", (2016, 7, 1)), // Edict 450 of 2015-11-04
    withdrawn(b"BYR", (2000, 1, 1), (2016, 6, 30), &[b"BYN"], (10_000, 1)), // Edict 450 of 2015-11-04; National Bank of Belarus
    present(b"CAD", (1858, 1, 1)), // CLDR
    present(b"CHF", (1799, 3, 17)), // CLDR
    present(b"CNY", (1953, 3, 1)), // CLDR
    withdrawn(b"CSD", (2003, 7, 3), (2006, 10, 24), &[b"RSD"], (1, 1)), // ISO 4217 amendment 134
    withdrawn(b"CSK", (1953, 6, 1), (1993, 2, 7), &[b"CZK", b"SKK"], (1, 1)), // the end of the currency union of 1993, by wikiwand.com
    withdrawn(b"CUC", (1994, 1, 1), (2020, 12, 31), &[b"CUP"], (1, 24)), // Central Bank of Cuba, by radioreloj.cu; ISO 4217 amendment 178. One is 24 CUP
    present(b"CUP", (1859, 1, 1)), // CLDR
    withdrawn(b"CYP", (1914, 9, 10), (2007, 12, 31), &[b"EUR"], (585_274, 1_000_000)), // Regulation 2866/98 as amended
    present(b"CZK", (1993, 2, 8)), // the end of the currency union, by wikiwand.com
    withdrawn(b"DEM", (1948, 6, 20), (2001, 12, 31), &[b"EUR"], (195_583, 100_000)), // Regulations 2866/98 and 974/98
    present(b"DKK", (1873, 5, 27)), // CLDR
    withdrawn(b"EEK", (1992, 6, 21), (2010, 12, 31), &[b"EUR"], (156_466, 10_000)), // Regulation 2866/98 as amended
    withdrawn(b"ESP", (1868, 10, 19), (2001, 12, 31), &[b"EUR"], (166_386, 1_000)), // Regulations 2866/98 and 974/98
    present(b"EUR", (1999, 1, 1)), // Regulation 974/98
    withdrawn(b"FIM", (1963, 1, 1), (2001, 12, 31), &[b"EUR"], (594_573, 100_000)), // Regulations 2866/98 and 974/98
    withdrawn(b"FRF", (1960, 1, 1), (2001, 12, 31), &[b"EUR"], (655_957, 100_000)), // Regulations 2866/98 and 974/98
    present(b"GBP", (1694, 7, 27)), // CLDR
    withdrawn(b"GEK", (1993, 4, 5), (1995, 9, 24), &[b"GEL"], (1_000_000, 1)), // Jamestown Foundation; nationsencyclopedia.com
    present(b"GEL", (1995, 9, 25)), // Jamestown Foundation; sole tender from 1995-10-02
    withdrawn(b"GHC", (1979, 3, 9), (2007, 7, 2), &[b"GHS"], (10_000, 1)), // Wikinews
    present(b"GHS", (2007, 7, 3)), // Wikinews
    withdrawn(b"GRD", (1954, 5, 1), (2001, 12, 31), &[b"EUR"], (340_750, 1_000)), // Regulations 2866/98 and 974/98
    present(b"HKD", (1895, 2, 2)), // CLDR
    withdrawn(b"HRD", (1991, 12, 23), (1994, 5, 29), &[b"HRK"], (1_000, 1)), // owiki.org
    withdrawn(b"HRK", (1994, 5, 30), (2022, 12, 31), &[b"EUR"], (753_450, 100_000)), // Regulation 2866/98 as amended
    present(b"HUF", (1946, 7, 23)), // CLDR
    present(b"IDR", (1965, 12, 13)), // CLDR
    withdrawn(b"IEP", (1922, 1, 1), (2001, 12, 31), &[b"EUR"], (787_564, 1_000_000)), // Regulations 2866/98 and 974/98
    present(b"ILS", (1985, 9, 4)), // CLDR
    present(b"INR", (1835, 8, 17)), // CLDR
    present(b"IRR", (1932, 5, 13)), // CLDR
    present(b"ISK", (1981, 1, 1)), // CLDR
    withdrawn(b"ITL", (1862, 8, 24), (2001, 12, 31), &[b"EUR"], (193_627, 100)), // Regulations 2866/98 and 974/98
    present(b"JPY", (1871, 6, 1)), // CLDR
    present(b"KGS", (1993, 5, 10)), // National Bank of the Kyrgyz Republic
    present(b"KRW", (1962, 6, 10)), // CLDR
    present(b"KWD", (1961, 4, 1)), // CLDR
    present(b"KZT", (1993, 11, 15)), // inform.kz; the decree of 1993-11-12
    withdrawn(b"LTL", (1993, 6, 25), (2014, 12, 31), &[b"EUR"], (345_280, 100_000)), // Regulation 2866/98 as amended
    withdrawn(b"LTT", (1992, 10, 1), (1993, 6, 24), &[b"LTL"], (100, 1)), // Museum of Money of the Bank of Lithuania
    withdrawn(b"LUF", (1944, 9, 4), (2001, 12, 31), &[b"EUR"], (403_399, 10_000)), // Regulations 2866/98 and 974/98
    withdrawn(b"LVL", (1993, 6, 28), (2013, 12, 31), &[b"EUR"], (702_804, 1_000_000)), // Regulation 2866/98 as amended
    withdrawn(b"LVR", (1992, 5, 7), (1993, 6, 27), &[b"LVL"], (200, 1)), // onlinecoin.club; the first day of LVL is CLDR's
    present(b"MDL", (1993, 11, 29)), // CLDR
    withdrawn(b"MRO", (1973, 6, 29), (2017, 12, 31), &[b"MRU"], (10, 1)), // west-africa-brief.org
    present(b"MRU", (2018, 1, 1)), // west-africa-brief.org
    withdrawn(b"MTL", (1968, 6, 7), (2007, 12, 31), &[b"EUR"], (429_300, 1_000_000)), // Regulation 2866/98 as amended
    present(b"MXN", (1993, 1, 1)), // CLDR
    present(b"MYR", (1963, 9, 16)), // CLDR
    withdrawn(b"MZM", (1980, 6, 16), (2006, 6, 30), &[b"MZN"], (1_000, 1)), // macauhub.com.mo, 2007-01-02
    present(b"MZN", (2006, 7, 1)), // macauhub.com.mo, 2007-01-02
    withdrawn(b"NLG", (1813, 1, 1), (2001, 12, 31), &[b"EUR"], (220_371, 100_000)), // Regulations 2866/98 and 974/98
    present(b"NOK", (1905, 6, 7)), // CLDR
    present(b"NZD", (1967, 7, 10)), // CLDR
    present(b"PHP", (1946, 7, 4)), // CLDR
    present(b"PLN", (1995, 1, 1)), // coinz.eu
    withdrawn(b"PLZ", (1950, 10, 28), (1994, 12, 31), &[b"PLN"], (10_000, 1)), // coinz.eu
    withdrawn(b"PTE", (1911, 5, 22), (2001, 12, 31), &[b"EUR"], (200_482, 1_000)), // Regulations 2866/98 and 974/98
    withdrawn(b"ROL", (1952, 1, 28), (2005, 6, 30), &[b"RON"], (10_000, 1)), // Bulgarian National Bank, 2005-07-01
    present(b"RON", (2005, 7, 1)), // Bulgarian National Bank, 2005-07-01
    present(b"RSD", (2006, 10, 25)), // ISO 4217 amendment 134
    present(b"RUB", (1998, 1, 1)), // Decree 822 of 1997-08-04
    withdrawn(b"RUR", (1992, 1, 1), (1997, 12, 31), &[b"RUB"], (1_000, 1)), // Decree 822 of 1997-08-04
    present(b"SAR", (1952, 10, 22)), // CLDR
    withdrawn(b"SDD", (1992, 6, 8), (2007, 1, 9), &[b"SDG"], (100, 1)), // onlinecoin.club; another page has 2007-01-08 as the last day
    present(b"SDG", (2007, 1, 10)), // onlinecoin.club
    present(b"SEK", (1873, 5, 27)), // CLDR
    present(b"SGD", (1967, 6, 12)), // CLDR
    withdrawn(b"SIT", (1991, 10, 8), (2006, 12, 31), &[b"EUR"], (239_640, 1_000)), // Regulation 2866/98 as amended
    withdrawn(b"SKK", (1993, 2, 8), (2008, 12, 31), &[b"EUR"], (301_260, 10_000)), // Regulation 2866/98 as amended
    present(b"SLE", (2022, 7, 1)), // ISO 4217 amendments 171 and 175; the code is of 2022-04-01
    withdrawn(b"SLL", (1964, 8, 4), (2022, 6, 30), &[b"SLE"], (1_000, 1)), // ISO 4217 amendments 171 and 175
    withdrawn(b"STD", (1977, 9, 8), (2017, 12, 31), &[b"STN"], (1_000, 1)), // CLDR; Frankfurter's list of withdrawn currencies
    present(b"STN", (2018, 1, 1)), // CLDR
    withdrawn(b"SUR", (1961, 1, 1), (1991, 12, 31), &[b"RUR"], (1, 1)), // profilbaru.com; the Bank of Russia took over the State Bank on 1992-01-01
    present(b"SYP", (1948, 1, 1)), // CLDR
    present(b"THB", (1928, 4, 15)), // CLDR
    withdrawn(b"TJR", (1995, 5, 10), (2000, 10, 29), &[b"TJS"], (1_000, 1)), // Asia-Plus, 2006-10-30
    present(b"TJS", (2000, 10, 30)), // Asia-Plus, 2006-10-30
    withdrawn(b"TMM", (1993, 11, 1), (2008, 12, 31), &[b"TMT"], (5_000, 1)), // kt.kz
    present(b"TMT", (2009, 1, 1)), // kt.kz
    withdrawn(b"TRL", (1922, 11, 1), (2004, 12, 31), &[b"TRY"], (1_000_000, 1)), // ekonomim.com; the European Central Bank's last value is of this day
    present(b"TRY", (2005, 1, 1)), // ekonomim.com
    present(b"UAH", (1996, 9, 2)), // Radio Free Europe, 1081720
    withdrawn(b"UAK", (1992, 11, 13), (1996, 9, 1), &[b"UAH"], (100_000, 1)), // Radio Free Europe, 1081720
    present(b"USD", (1792, 1, 1)), // CLDR
    present(b"UZS", (1994, 7, 1)), // dic.academic.ru
    withdrawn(b"VEB", (1871, 5, 11), (2007, 12, 31), &[b"VEF"], (1_000, 1)), // Central Bank of Venezuela, by aporrea.org n97568
    withdrawn(b"VEF", (2008, 1, 1), (2018, 8, 19), &[b"VES"], (100_000, 1)), // lapatilla.com, 2021-10-01
    present(b"VES", (2018, 8, 20)), // lapatilla.com, 2021-10-01
    present(b"XCG", (2025, 3, 31)), // curacao.nu
    withdrawn(b"XEU", (1979, 1, 1), (1998, 12, 31), &[b"EUR"], (1, 1)), // EUR-Lex, summary of the regulations on the euro
    withdrawn(b"YUM", (1994, 1, 24), (2003, 7, 2), &[b"CSD"], (1, 1)), // coinz.eu; ISO 4217 list three. Another name, the same unit
    present(b"ZAR", (1961, 2, 14)), // CLDR
    withdrawn(b"ZMK", (1968, 1, 16), (2012, 12, 31), &[b"ZMW"], (1_000, 1)), // banknotenews.com
    present(b"ZMW", (2013, 1, 1)), // banknotenews.com
    present(b"ZWG", (2024, 4, 5)), // pindula.co.zw, 2024-04-05; the code is of 2024-06-25
    withdrawn(b"ZWL", (2009, 2, 2), (2024, 4, 4), &[b"ZWG"], (24_987_242, 10_000)), // pindula.co.zw, 2024-04-05; the ratio from a press release of 2024-04-06
];

/// The units that changed under one code: the first day of the new unit, and the number of old units in a new one.
#[allow(dead_code)] // not used by the comparison with CLDR
#[rustfmt::skip]
pub(super) static BREAKS: &[(&[u8; 3], Option<NaiveDate>, u32)] = &[
    (b"SYP", date((2026, 1, 1)), 100), // Central Bank of Syria, by bastillepost.com; rates of Uzbekistan and Poland in 2026
    (b"VES", date((2021, 10, 1)), 1_000_000), // lapatilla.com, 2021-10-01; ISO 4217 amendment 170
];

/// The latest change of a unit in the table.
#[allow(dead_code)] // not used by the comparison with CLDR
pub(crate) static LAST_CHANGE: Option<NaiveDate> = date((2026, 1, 1));

/// The currencies whose ratio to the euro was fixed before their last day, with the first day of the fixed ratio: they were
/// subdivisions of the euro from then on (Regulation 974/98). For every other member that day is the one after its last day.
#[allow(dead_code)] // not used by the comparison with CLDR
#[rustfmt::skip]
pub(super) static FIXED_EARLIER: &[(&[u8; 3], Option<NaiveDate>)] = &[
    (b"ATS", date((1999, 1, 1))), (b"BEF", date((1999, 1, 1))), (b"DEM", date((1999, 1, 1))), (b"ESP", date((1999, 1, 1))),
    (b"FIM", date((1999, 1, 1))), (b"FRF", date((1999, 1, 1))), (b"GRD", date((2001, 1, 1))), (b"IEP", date((1999, 1, 1))),
    (b"ITL", date((1999, 1, 1))), (b"LUF", date((1999, 1, 1))), (b"NLG", date((1999, 1, 1))), (b"PTE", date((1999, 1, 1))),
];

/// Codes that ISO 4217 assigned before the unit was in use, with the first day of the code: a row under such a code before
/// the first day of the unit may be in either unit.
#[allow(dead_code)] // not used by the comparison with CLDR
pub(super) static ASSIGNED_EARLIER: &[(&[u8; 3], Option<NaiveDate>)] = &[
    (b"SLE", date((2022, 4, 1))), // ISO 4217 amendment 171
];
