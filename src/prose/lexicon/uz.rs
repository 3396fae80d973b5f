//! Uzbek, in Cyrillic letters. Latin letters follow by rule.

use super::endings::Forms::{UzbekMagnitude, UzbekNoun, UzbekNumber};
use super::table::*;
use crate::prose::sense::Sense::{
    And, Change, Filler, Half, Hundred, Indefinite, Minus, Or, Part, Suffix, Whole,
};
use crate::prose::sense::{Case, Rank};
use crate::prose::unit::Unit;

const CLDR_NUMBERS: &str = "CLDR 48.2 rbnf uz";
const CLDR_MONEY: &str = "CLDR 48.2 uz-Cyrl numbers/currencies";
const CLDR_PLACES: &str = "CLDR 48.2 uz-Cyrl localeNames/territories";
const SITES: &str = "attested on news sites: kun.uz, gazeta.uz, daryo.uz";
const GRAMMAR: &str = "grammar of Uzbek";

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row(numeral(1, Rank::Unit), "бир", CLDR_NUMBERS),
    with(UzbekNumber, numeral(2, Rank::Unit), "икки", CLDR_NUMBERS),
    with(UzbekNumber, numeral(3, Rank::Unit), "уч", CLDR_NUMBERS),
    with(UzbekNumber, numeral(4, Rank::Unit), "тўрт", CLDR_NUMBERS),
    with(UzbekNumber, numeral(5, Rank::Unit), "беш", CLDR_NUMBERS),
    with(UzbekNumber, numeral(6, Rank::Unit), "олти", CLDR_NUMBERS),
    with(UzbekNumber, numeral(7, Rank::Unit), "етти", CLDR_NUMBERS),
    with(UzbekNumber, numeral(8, Rank::Unit), "саккиз", CLDR_NUMBERS),
    with(UzbekNumber, numeral(9, Rank::Unit), "тўққиз", CLDR_NUMBERS),
    with(UzbekNumber, numeral(10, Rank::Ten), "ўн", CLDR_NUMBERS),
    with(UzbekNumber, numeral(20, Rank::Ten), "йигирма", CLDR_NUMBERS),
    with(UzbekNumber, numeral(30, Rank::Ten), "ўттиз", CLDR_NUMBERS),
    with(UzbekNumber, numeral(40, Rank::Ten), "қирқ", CLDR_NUMBERS),
    with(UzbekNumber, numeral(50, Rank::Ten), "эллик", CLDR_NUMBERS),
    with(UzbekNumber, numeral(60, Rank::Ten), "олтмиш", CLDR_NUMBERS),
    with(UzbekNumber, numeral(70, Rank::Ten), "етмиш", CLDR_NUMBERS),
    with(UzbekNumber, numeral(80, Rank::Ten), "саксон", CLDR_NUMBERS),
    with(UzbekNumber, numeral(90, Rank::Ten), "тўқсон", CLDR_NUMBERS),
    with(UzbekNumber, Hundred(Case::Plain), "юз", CLDR_NUMBERS),
    with(UzbekMagnitude, magnitude(3), "минг", CLDR_NUMBERS),
    with(UzbekMagnitude, magnitude(6), "миллион", CLDR_NUMBERS),
    with(UzbekMagnitude, magnitude(9), "миллиард", CLDR_NUMBERS),
    with(UzbekMagnitude, magnitude(12), "триллион", CLDR_NUMBERS),
    with(UzbekMagnitude, short(6), "млн", SITES),
    with(UzbekMagnitude, short(9), "млрд", SITES),
    with(UzbekMagnitude, short(12), "трлн", SITES),
    row(Half, "ярим", CLDR_NUMBERS),
    row(Whole, "бутун", CLDR_NUMBERS),
    row(Indefinite, "ҳар_бир бир_неча бирнеча неча бир_қанча бирқанча қанча кўп кўплаб", GRAMMAR),
    row(Indefinite, "ўнлаб юзлаб минглаб миллионлаб миллиардлаб триллионлаб чорак", GRAMMAR),

    with(UzbekNoun, unit(Unit::SUM), "сўм", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::TIYIN), "тийин", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::TENGE), "тенге", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::DOLLAR), "доллар", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::CENT), "цент", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::EURO), "евро", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::RUBLE), "рубль рубл", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::KOPEK), "копейка", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::YUAN), "юань юан", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::YEN), "иена йена", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::POUND_BRITISH), "фунт_стерлинг", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::POUND), "фунт", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::SOM_OF), "сом", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::LIRA), "лира", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::LARI), "лари", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::HRYVNIA), "гривна", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::SOMONI), "сомоний сомони", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::DIRHAM), "дирҳам дирхам", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::MANAT), "манат", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::WON), "вон вона", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::FRANC), "франк", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::KRONA), "крона", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::RUPEE), "рупия", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::RIAL), "риал риёл", CLDR_MONEY),
    with(UzbekNoun, unit(Unit::DINAR), "динор динар", CLDR_MONEY),

    row(home("USD"), "ақш америка", CLDR_PLACES),
    row(home("UZS"), "ўзбекистон ўзбек", CLDR_PLACES),
    row(home("KZT"), "қозоғистон қозоқ", CLDR_PLACES),
    row(home("RUB"), "россия рус", CLDR_PLACES),
    row(home("BYN"), "беларус белорус беларусь", CLDR_PLACES),
    row(home("CNY"), "хитой", CLDR_PLACES),
    row(home("JPY"), "япония япон", CLDR_PLACES),
    row(home("KGS"), "қирғиз қирғизистон", CLDR_PLACES),
    row(home("AUD"), "австралия", CLDR_PLACES),
    row(home("CAD"), "канада", CLDR_PLACES),
    row(home("HKD"), "гонконг", CLDR_PLACES),
    row(home("SGD"), "сингапур", CLDR_PLACES),
    row(home("NZD"), "янги_зеландия", CLDR_PLACES),
    row(home("GBP"), "британия инглиз", CLDR_PLACES),
    row(home("CHF"), "швейцария", CLDR_PLACES),
    row(home("SEK"), "швеция швед", CLDR_PLACES),
    row(home("NOK"), "норвегия", CLDR_PLACES),
    row(home("TRY"), "туркия турк", CLDR_PLACES),
    row(home("AZN"), "озарбайжон", CLDR_PLACES),
    row(home("TMT"), "туркман туркманистон", CLDR_PLACES),
    row(home("KRW"), "корея жанубий_корея", CLDR_PLACES),
    row(home("INR"), "ҳиндистон ҳинд", CLDR_PLACES),
    row(home("PKR"), "покистон", CLDR_PLACES),
    row(home("TJS"), "тожик тожикистон", CLDR_PLACES),
    row(home("KWD"), "қувайт", CLDR_PLACES),
    row(home("SAR"), "саудия саудия_арабистони", CLDR_PLACES),
    row(home("IRR"), "эрон", CLDR_PLACES),

    row(ABOUT, "тахминан қарийб салкам деярли", SITES),
    row(ABOUT_AFTER, "яқин яқини атрофида чамаси чамасида", SITES),
    row(AT_LEAST, "камида энг_ками", SITES),
    row(AT_LEAST_AFTER, "ортиқ ортиғи зиёд зиёдроқ кўпроқ кам_эмас", SITES),
    row(AT_MOST, "кўпи_билан энг_кўпи", GRAMMAR),
    row(AT_MOST_AFTER, "кам камроқ гача кўп_эмас ортиқ_эмас", SITES),
    row(Change, "тушди тушган тушиб кўтарилди кўтарилган кўтарилиб ошди ошган ошади оширилди оширилади пасайди пасайган", SITES),
    row(And, "ва ҳамда", GRAMMAR),
    row(Or, "ёки ё", GRAMMAR),
    row(Filler, "бизнинг", GRAMMAR),
    row(Part, "ҳар", GRAMMAR),
    row(Minus, "минус", GRAMMAR),
    row(Suffix(Case::Ablative), "дан", GRAMMAR),
    row(Suffix(Case::Dative), "га ка қа", GRAMMAR),
    row(Suffix(Case::Limit), "гача кача қача", GRAMMAR),
];

/// Spellings that the rule does not give.
#[rustfmt::skip]
pub(super) static EXTRA: &[Row] = &[
    row(home("USD"), "us", "English, before the sign"),
];
