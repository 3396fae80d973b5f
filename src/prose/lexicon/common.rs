//! Codes and abbreviations that texts in every language have.

use super::table::{Row, glued, row, short};
use crate::prose::sense::Sense::{Mark, WeakMark};
use crate::prose::unit::Unit;

const ISO: &str = "ISO 4217";
const RU: &str = "CLDR 48.2 ru decimalFormats";
const UZ: &str = "CLDR 48.2 uz decimalFormats";
const BRITISH: &str = "CLDR 48.2 en-GB decimalFormats";
const LONG: &str = "CLDR 48.2 en decimalFormats";
const SOFTWARE: &str = "attested public software";
const PRINTED: &str = "page inform.kz, amounts in tenge in English";
const PROPOSED: &str = "proposed";

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row(Mark(Unit::TENGE), "kzt", ISO),
    row(Mark(Unit::DOLLAR), "usd", ISO),
    row(Mark(Unit::EURO), "eur", ISO),
    row(Mark(Unit::RUBLE), "rub", ISO),
    row(Mark(Unit::YUAN), "cny", ISO),
    row(Mark(Unit::YUAN), "rmb", SOFTWARE),
    row(Mark(Unit::YEN), "jpy", ISO),
    row(Mark(Unit::POUND_BRITISH), "gbp", ISO),
    row(Mark(Unit::FRANC_SWISS), "chf", ISO),
    row(Mark(Unit::SUM), "uzs", ISO),
    row(Mark(Unit::KGS), "kgs", ISO),
    row(Mark(Unit::SOMONI), "tjs", ISO),
    row(Mark(Unit::TMT), "tmt", ISO),
    row(Mark(Unit::MANAT_AZERBAIJANI), "azn", ISO),
    row(Mark(Unit::RUBLE_BELARUSIAN), "byn", ISO),
    row(Mark(Unit::HRYVNIA), "uah", ISO),
    row(Mark(Unit::ZLOTY), "pln", ISO),
    row(Mark(Unit::KRONA_CZECH), "czk", ISO),
    row(Mark(Unit::FORINT), "huf", ISO),
    row(Mark(Unit::KRONA_SWEDISH), "sek", ISO),
    row(Mark(Unit::KRONA_NORWEGIAN), "nok", ISO),
    row(Mark(Unit::KRONA_DANISH), "dkk", ISO),
    row(Mark(Unit::WON_KOREAN), "krw", ISO),
    row(Mark(Unit::RUPEE_INDIAN), "inr", ISO),
    row(Mark(Unit::DIRHAM), "aed", ISO),
    row(Mark(Unit::RINGGIT), "myr", ISO),
    row(Mark(Unit::BAHT), "thb", ISO),
    row(Mark(Unit::DOLLAR_SINGAPORE), "sgd", ISO),
    row(Mark(Unit::DOLLAR_HONG_KONG), "hkd", ISO),
    row(Mark(Unit::DOLLAR_AUSTRALIAN), "aud", ISO),
    row(Mark(Unit::DOLLAR_CANADIAN), "cad", ISO),
    row(Mark(Unit::DOLLAR_NEW_ZEALAND), "nzd", ISO),
    row(Mark(Unit::DOLLAR_TAIWAN), "twd", ISO),
    row(Mark(Unit::DONG), "vnd", ISO),
    row(Mark(Unit::REAL_BRAZILIAN), "brl", ISO),
    row(Mark(Unit::TUGRIK), "mnt", ISO),
    row(Mark(Unit::SHEKEL), "ils", ISO),
    row(Mark(Unit::RAND), "zar", ISO),
    row(Mark(Unit::MDL), "mdl", ISO),
    row(Mark(Unit::SAR), "sar", ISO),
    row(Mark(Unit::IDR), "idr", ISO),
    row(WeakMark(Unit::LARI), "gel", ISO),
    row(WeakMark(Unit::AMD), "amd", ISO),
    row(WeakMark(Unit::LIRA), "try", ISO),
    row(short(3), "тыс", RU),
    row(short(6), "млн", RU),
    row(short(6), "mln", UZ),
    row(short(6), "mn", PROPOSED),
    row(short(9), "млрд", RU),
    row(short(9), "mlrd", UZ),
    row(short(9), "bn", BRITISH),
    row(short(9), "bln", PRINTED),
    row(short(12), "трлн", RU),
    row(short(12), "trln", UZ),
    row(short(12), "tn", BRITISH),
    row(short(12), "trl trn", PROPOSED),
    row(short(3), "thousand", LONG),
    row(short(6), "million", LONG),
    row(short(9), "billion", LONG),
    row(short(12), "trillion", LONG),
    row(glued(3), "k", BRITISH),
    row(glued(6), "m", BRITISH),
    row(glued(9), "b", LONG),
];
