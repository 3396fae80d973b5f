//! Uzbek, in Cyrillic letters. Latin letters follow by rule.
//!
//! - «Сўм» is the country's own unit. «Сом» is the Kyrgyz one and also a spelling of the first without its mark, so that it needs a country:
//!   «қирғиз соми».
//! - “O‘” is written with any of six apostrophes, which are one in the lexicon.
//! - The ending “-gacha” is the limit itself: “5 mln tengegacha” is at most five million.

use super::endings::Forms::{UzbekMagnitude, UzbekNoun, UzbekNumber};
use super::table::*;
use crate::prose::sense::Sense::{
    And, Change, Filler, Half, Hundred, Indefinite, Minus, Or, Part, Suffix, Whole,
};
use crate::prose::sense::{Case, Rank};
use crate::prose::unit::Unit;

const CASE_ENDINGS: &str = "case endings";
const ENGLISH_MONEY: &str = "CLDR 48.2 en currencies";
const HUNSPELL: &str = "hunspell-uz 0.6";
const LATIN_MONEY: &str = "CLDR 48.2 uz currencies";
const ALL_MONEY: &str = "CLDR 48.2 uz currencies; CLDR 48.2 uz-Cyrl currencies";
const LATIN_SHORT: &str = "CLDR 48.2 uz decimalFormats";
const ALL_SHORT: &str = "CLDR 48.2 uz decimalFormats; CLDR 48.2 uz-Cyrl decimalFormats";
const MONEY: &str = "CLDR 48.2 uz-Cyrl currencies";
const MONEY_PLACES: &str = "CLDR 48.2 uz-Cyrl currencies; CLDR 48.2 uz-Cyrl territories";
const PLACES: &str = "CLDR 48.2 uz-Cyrl territories";
const PLACES_HUNSPELL: &str = "CLDR 48.2 uz-Cyrl territories; hunspell-uz 0.6";
const PROPOSED: &str = "proposed";
const SHORT: &str = "CLDR 48.2 uz-Cyrl decimalFormats";

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row(numeral(1, Rank::Unit), "бир", HUNSPELL),
    with(UzbekNumber, numeral(2, Rank::Unit), "икки", HUNSPELL),
    with(UzbekNumber, numeral(3, Rank::Unit), "уч", HUNSPELL),
    with(UzbekNumber, numeral(4, Rank::Unit), "тўрт", HUNSPELL),
    with(UzbekNumber, numeral(5, Rank::Unit), "беш", HUNSPELL),
    with(UzbekNumber, numeral(6, Rank::Unit), "олти", HUNSPELL),
    with(UzbekNumber, numeral(7, Rank::Unit), "етти", HUNSPELL),
    with(UzbekNumber, numeral(8, Rank::Unit), "саккиз", HUNSPELL),
    with(UzbekNumber, numeral(9, Rank::Unit), "тўққиз", HUNSPELL),
    with(UzbekNumber, numeral(10, Rank::Ten), "ўн", HUNSPELL),
    with(UzbekNumber, numeral(20, Rank::Ten), "йигирма", HUNSPELL),
    with(UzbekNumber, numeral(30, Rank::Ten), "ўттиз", HUNSPELL),
    with(UzbekNumber, numeral(40, Rank::Ten), "қирқ", HUNSPELL),
    with(UzbekNumber, numeral(50, Rank::Ten), "эллик", HUNSPELL),
    with(UzbekNumber, numeral(60, Rank::Ten), "олтмиш", HUNSPELL),
    with(UzbekNumber, numeral(70, Rank::Ten), "етмиш", HUNSPELL),
    with(UzbekNumber, numeral(80, Rank::Ten), "саксон", HUNSPELL),
    with(UzbekNumber, numeral(90, Rank::Ten), "тўқсон", HUNSPELL),
    with(UzbekNumber, Hundred(Case::Plain), "юз", HUNSPELL),
    with(UzbekMagnitude, magnitude(3), "минг", SHORT),
    with(UzbekMagnitude, magnitude(6), "миллион", SHORT),
    with(UzbekMagnitude, magnitude(9), "миллиард", SHORT),
    with(UzbekMagnitude, magnitude(12), "триллион трилион", ALL_SHORT),
    with(UzbekMagnitude, short(6), "млн", HUNSPELL),
    with(UzbekMagnitude, short(9), "млрд", HUNSPELL),
    with(UzbekMagnitude, short(12), "трлн", LATIN_SHORT),
    row(Half, "ярим", HUNSPELL),
    row(Whole, "бутун", HUNSPELL),
    row(Indefinite, "ҳар_бир бир_неча неча бир_қанча қанча кўп кўплаб", HUNSPELL),
    row(Indefinite, "бирнеча бирқанча", PROPOSED),
    row(Indefinite, "ўнтача", HUNSPELL),
    row(Indefinite, "тача иккитача учтача тўрттача бештача олтитача еттитача саккизтача тўққизтача йигирматача", PROPOSED),
    row(Indefinite, "мингтача чоғли", HUNSPELL),
    row(Indefinite, "ўттизтача қирқтача элликтача юзтача бирикки", PROPOSED),
    row(Indefinite, "ўнлаб юзлаб минглаб миллионлаб миллиардлаб чорак", HUNSPELL),
    row(Indefinite, "триллионлаб", PROPOSED),

    with(UzbekNoun, unit(Unit::SUM), "сўм", MONEY),
    with(UzbekNoun, unit(Unit::TIYIN), "тийин", HUNSPELL),
    with(UzbekNoun, unit(Unit::TENGE), "тенге", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::DOLLAR), "доллар", MONEY),
    with(UzbekNoun, unit(Unit::CENT), "цент", PROPOSED),
    with(UzbekNoun, unit(Unit::EURO), "евро", MONEY),
    with(UzbekNoun, unit(Unit::RUBLE), "рубль рубл", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::KOPEK), "копейка", PROPOSED),
    with(UzbekNoun, unit(Unit::YUAN), "юань юан", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::YEN), "иена йена", ALL_MONEY),
    with(UzbekNoun, unit(Unit::POUND_BRITISH), "фунт_стерлинг", HUNSPELL),
    with(UzbekNoun, unit(Unit::POUND), "фунт", MONEY),
    with(UzbekNoun, unit(Unit::SOM_OF), "сом", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::LIRA), "лира", HUNSPELL),
    with(UzbekNoun, unit(Unit::LARI), "лари", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::HRYVNIA), "гривна", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::SOMONI), "сомоний", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::SOMONI), "сомони", PROPOSED),
    with(UzbekNoun, unit(Unit::DIRHAM), "дирҳам", MONEY),
    with(UzbekNoun, unit(Unit::DIRHAM), "дирхам", PROPOSED),
    with(UzbekNoun, unit(Unit::DRAM), "драм", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::FORINT), "форинт", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::SHEKEL), "шекел", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::TUGRIK), "тугрик", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::RINGGIT), "ринггит", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::ZLOTY), "злотий", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::BAHT), "бат", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::DONG), "донг", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::RAND), "рэнд", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::RAND), "ранд", PROPOSED),
    with(UzbekNoun, unit(Unit::PESO), "песо", MONEY),
    with(UzbekNoun, unit(Unit::REAL), "реал", MONEY),
    with(UzbekNoun, unit(Unit::LEU), "лей", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::MANAT), "манат", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::WON), "вон", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::WON), "вона", PROPOSED),
    with(UzbekNoun, unit(Unit::FRANC), "франк", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::KRONA), "крона", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::RUPEE), "рупия", MONEY),
    with(UzbekNoun, unit(Unit::RIAL), "риёл", LATIN_MONEY),
    with(UzbekNoun, unit(Unit::RIAL), "риал", PROPOSED),
    with(UzbekNoun, unit(Unit::DINAR), "динор", MONEY),
    with(UzbekNoun, unit(Unit::DINAR), "динар", PROPOSED),

    row(home("USD"), "ақш америка", PLACES),
    row(home("UZS"), "ўзбекистон ўзбек", HUNSPELL),
    row(home("KZT"), "қозоғистон қозоқ", HUNSPELL),
    row(home("RUB"), "россия рус", HUNSPELL),
    row(home("BYN"), "беларус беларусь", LATIN_MONEY),
    row(home("BYN"), "белорус", PROPOSED),
    row(home("CNY"), "хитой", MONEY),
    row(home("JPY"), "япония япон", HUNSPELL),
    row(home("KGS"), "қирғиз қирғизистон", HUNSPELL),
    row(home("AUD"), "австралия", PLACES),
    row(home("CAD"), "канада", MONEY),
    row(home("HKD"), "гонконг", PLACES),
    row(home("SGD"), "сингапур", PLACES),
    row(home("NZD"), "янги_зеландия", PLACES),
    row(home("GBP"), "британия инглиз англия", HUNSPELL),
    row(home("CHF"), "швейцария", PLACES),
    row(home("SEK"), "швеция швед", HUNSPELL),
    row(home("NOK"), "норвегия", PLACES),
    row(home("TRY"), "туркия турк", HUNSPELL),
    row(home("AZN"), "озарбайжон", PLACES),
    row(home("TMT"), "туркман туркманистон", HUNSPELL),
    row(home("KRW"), "корея жанубий_корея корея_республикаси", HUNSPELL),
    row(home("INR"), "ҳиндистон ҳинд", HUNSPELL),
    row(home("PKR"), "покистон", PLACES),
    row(home("TJS"), "тожик тожикистон", HUNSPELL),
    row(home("KWD"), "қувайт кувайт", PLACES_HUNSPELL),
    row(home("SAR"), "саудия саудия_арабистони", PLACES),
    row(home("IRR"), "эрон", PLACES),
    row(home("AED"), "баа бирлашган_араб_амирликлари", LATIN_MONEY),
    row(home("AMD"), "арманистон", PLACES),
    row(home("ARS"), "аргентина", MONEY),
    row(home("BHD"), "баҳрайн", PLACES),
    row(home("BRL"), "бразилия бразил", MONEY_PLACES),
    row(home("CLP"), "чили", MONEY),
    row(home("CZK"), "чехия", PLACES),
    row(home("DKK"), "дания", PLACES),
    row(home("EGP"), "миср", MONEY),
    row(home("FJD"), "фижи", PLACES),
    row(home("GEL"), "грузия", PLACES),
    row(home("HUF"), "венгрия", PLACES),
    row(home("IDR"), "индонезия", PLACES),
    row(home("ILS"), "исроил исроил_янги", HUNSPELL),
    row(home("IQD"), "ироқ", PLACES),
    row(home("ISK"), "исландия", PLACES),
    row(home("JMD"), "ямайка", MONEY),
    row(home("LRD"), "либерия", PLACES),
    row(home("MDL"), "молдова", PLACES),
    row(home("MDL"), "молдавия", PROPOSED),
    row(home("MNT"), "монголия", PLACES),
    row(home("MXN"), "мексика", MONEY),
    row(home("MYR"), "малайзия", PLACES),
    row(home("NAD"), "намибия", PLACES),
    row(home("PLN"), "польша", PLACES),
    row(home("QAR"), "қатар", PLACES),
    row(home("RON"), "руминия", PLACES),
    row(home("RSD"), "сербия", PLACES),
    row(home("THB"), "таиланд", PLACES),
    row(home("TWD"), "тайван янги_тайван", HUNSPELL),
    row(home("UAH"), "украина", PLACES),
    row(home("VND"), "вьетнам", PLACES),
    row(home("ZAR"), "жанубий_африка", PLACES),

    row(ABOUT, "тахминан қарийб салкам деярли", HUNSPELL),
    row(ABOUT_AFTER, "яқин яқини атрофида чамаси чамасида", HUNSPELL),
    row(AT_LEAST, "камида энг_ками", HUNSPELL),
    row(AT_LEAST_AFTER, "ортиқ ортиғи зиёд кўпроқ кам_эмас", HUNSPELL),
    row(AT_LEAST_AFTER, "зиёдроқ", PROPOSED),
    row(AT_MOST, "кўпи_билан энг_кўпи", HUNSPELL),
    row(AT_MOST_AFTER, "кам камроқ кўп_эмас ортиқ_эмас", HUNSPELL),
    row(AT_MOST_AFTER, "гача", PROPOSED),
    row(Change, "тушди тушган тушиб кўтарилди кўтарилган кўтарилиб ошди ошган ошади оширилди оширилади пасайди пасайган", HUNSPELL),
    row(And, "ва ҳамда", HUNSPELL),
    row(Or, "ёки", HUNSPELL),
    row(Or, "ё", PROPOSED),
    row(Filler, "бизнинг", HUNSPELL),
    row(Part, "ҳар", HUNSPELL),
    row(Minus, "минус", HUNSPELL),
    row(Suffix(Case::Ablative), "дан", CASE_ENDINGS),
    row(Suffix(Case::Dative), "га ка қа", CASE_ENDINGS),
    row(Suffix(Case::Limit), "гача кача қача", CASE_ENDINGS),
];

/// Spellings that the rule does not give.
#[rustfmt::skip]
pub(super) static EXTRA: &[Row] = &[
    row(home("USD"), "us", ENGLISH_MONEY),
];
