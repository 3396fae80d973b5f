//! Kazakh, in Cyrillic letters. The other alphabets follow by rule.

use super::endings::Forms::{Fixed, KazakhNoun, KazakhNumber};
use super::table::*;
use crate::prose::sense::Sense::{
    And, By, DecimalAnd, Filler, Half, HalfOf, Hundred, Indefinite, Minus, Or, Pair, QuarterOf,
    Suffix, Whole,
};
use crate::prose::sense::{Case, Rank};
use crate::prose::unit::Unit;

const CLDR_NUMBERS: &str = "CLDR 48.2 rbnf kk";
const CLDR_MONEY: &str = "CLDR 48.2 kk numbers/currencies";
const CLDR_PLACES: &str = "CLDR 48.2 kk localeNames/territories";
const SPEECH: &str = "attested in KazNERD";
const SITES: &str = "attested on news sites: egemen.kz, aikyn.kz, inform.kz, oqu.news";
const GRAMMAR: &str = "grammar of Kazakh";

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Without cases, because they are other words: together, at once, alike; the quarter of a year.
    row(numeral(1, Rank::Unit), "бір", CLDR_NUMBERS),
    with(KazakhNumber, numeral(2, Rank::Unit), "екі", CLDR_NUMBERS),
    with(KazakhNumber, numeral(3, Rank::Unit), "үш", CLDR_NUMBERS),
    with(KazakhNumber, numeral(4, Rank::Unit), "төрт", CLDR_NUMBERS),
    with(KazakhNumber, numeral(5, Rank::Unit), "бес", CLDR_NUMBERS),
    with(KazakhNumber, numeral(6, Rank::Unit), "алты", CLDR_NUMBERS),
    with(KazakhNumber, numeral(7, Rank::Unit), "жеті", CLDR_NUMBERS),
    with(KazakhNumber, numeral(8, Rank::Unit), "сегіз", CLDR_NUMBERS),
    with(KazakhNumber, numeral(9, Rank::Unit), "тоғыз", CLDR_NUMBERS),
    with(KazakhNumber, numeral(10, Rank::Ten), "он", CLDR_NUMBERS),
    with(KazakhNumber, numeral(20, Rank::Ten), "жиырма", CLDR_NUMBERS),
    with(KazakhNumber, numeral(30, Rank::Ten), "отыз", CLDR_NUMBERS),
    with(KazakhNumber, numeral(40, Rank::Ten), "қырық", CLDR_NUMBERS),
    with(KazakhNumber, numeral(50, Rank::Ten), "елу", CLDR_NUMBERS),
    with(KazakhNumber, numeral(60, Rank::Ten), "алпыс", CLDR_NUMBERS),
    with(KazakhNumber, numeral(70, Rank::Ten), "жетпіс", CLDR_NUMBERS),
    with(KazakhNumber, numeral(80, Rank::Ten), "сексен", CLDR_NUMBERS),
    row(numeral(90, Rank::Ten), "тоқсан", CLDR_NUMBERS),
    with(KazakhNumber, Hundred(Case::Plain), "жүз", CLDR_NUMBERS),
    with(KazakhNumber, magnitude(3), "мың", CLDR_NUMBERS),
    with(KazakhNumber, magnitude(6), "миллион", CLDR_NUMBERS),
    with(KazakhNumber, magnitude(9), "миллиард", CLDR_NUMBERS),
    with(KazakhNumber, magnitude(12), "триллион", CLDR_NUMBERS),
    row(Half, "жарым", SPEECH),
    row(HalfOf, "жарты", SPEECH),
    row(QuarterOf, "ширек", GRAMMAR),
    row(Whole, "бүтін", SPEECH),
    row(DecimalAnd, "да де та те", SPEECH),
    row(Indefinite, "әр_бір бірнеше бір_неше неше қанша қаншама талай көптеген біраз бірқатар сан", SPEECH),
    row(Indefinite, "ондаған жүздеген мыңдаған миллиондаған миллиардтаған триллиондаған", SPEECH),
    row(Indefinite, "ондап жүздеп мыңдап миллиондап миллиардтап миллиондар миллиардтар", GRAMMAR),

    with(KazakhNoun, unit(Unit::TENGE), "теңге тенге", CLDR_MONEY),
    row(unit_short(Unit::TENGE), "тг тнг", SITES),
    with(KazakhNoun, unit(Unit::TIYN), "тиын", SPEECH),
    with(KazakhNoun, unit(Unit::TYIYN), "тыйын", GRAMMAR),
    with(KazakhNoun, unit(Unit::DOLLAR), "доллар", CLDR_MONEY),
    row(unit_short(Unit::DOLLAR), "долл", SITES),
    with(KazakhNoun, unit(Unit::CENT), "цент", GRAMMAR),
    with(KazakhNoun, unit(Unit::EURO), "еуро евро", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::RUBLE), "рубль рубл", CLDR_MONEY),
    row(unit_short(Unit::RUBLE), "руб", SITES),
    with(KazakhNoun, unit(Unit::KOPEK), "копейка тиіншек", GRAMMAR),
    with(KazakhNoun, unit(Unit::YUAN), "юань юан", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::YEN), "иена иен йена йен", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::POUND_BRITISH), "фунт_стерлинг", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::POUND), "фунт", GRAMMAR),
    with(KazakhNoun, unit(Unit::SOM), "сом", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::SUM), "сум", SITES),
    with(KazakhNoun, unit(Unit::LIRA), "лира лир", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::LARI), "лари", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::HRYVNIA), "гривна", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::ZLOTY), "злотый", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::SOMONI), "сомони", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::DIRHAM), "дирхам дирхем", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::TUGRIK), "тугрик төгрөг", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::BAHT), "бат", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::SHEKEL), "шекель", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::FORINT), "форинт", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::MANAT), "манат", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::DRAM), "драм", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::WON), "вона вон", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::FRANC), "франк франг", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::KRONA), "крона крон", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::RUPEE), "рупия рупи", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::RIAL), "риал риял", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::REAL), "реал", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::DINAR), "динар", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::PESO), "песо", CLDR_MONEY),
    with(KazakhNoun, unit(Unit::LEU), "лей", CLDR_MONEY),

    row(home("USD"), "ақш америка америкалық американ американдық", CLDR_PLACES),
    row(home("KZT"), "қазақстан қазақстандық қазақ", CLDR_PLACES),
    row(home("RUB"), "ресей ресейлік", CLDR_PLACES),
    row(home("BYN"), "беларусь беларус белорус белорусь", CLDR_PLACES),
    row(home("CNY"), "қытай қытайлық", CLDR_PLACES),
    row(home("JPY"), "жапон жапония жапониялық", CLDR_PLACES),
    row(home("KGS"), "қырғыз қырғызстан қырғызстандық", CLDR_PLACES),
    row(home("UZS"), "өзбек өзбекстан өзбекстандық", CLDR_PLACES),
    row(home("AUD"), "австралия австралиялық", CLDR_PLACES),
    row(home("CAD"), "канада канадалық", CLDR_PLACES),
    row(home("HKD"), "гонконг гонконгтік", CLDR_PLACES),
    row(home("SGD"), "сингапур сингапурлық", CLDR_PLACES),
    row(home("NZD"), "жаңа_зеландия", CLDR_PLACES),
    row(home("TWD"), "тайвань тайван", CLDR_PLACES),
    row(home("GBP"), "британ британия британдық ағылшын", CLDR_PLACES),
    row(home("EGP"), "египет мысыр", CLDR_PLACES),
    row(home("CHF"), "швейцария швейцариялық", CLDR_PLACES),
    row(home("SEK"), "швед швеция", CLDR_PLACES),
    row(home("NOK"), "норвег норвегия", CLDR_PLACES),
    row(home("DKK"), "дат дания", CLDR_PLACES),
    row(home("CZK"), "чех чехия", CLDR_PLACES),
    row(home("TRY"), "түрік түркия", CLDR_PLACES),
    row(home("AZN"), "әзербайжан әзірбайжан", CLDR_PLACES),
    row(home("TMT"), "түрікмен түрікменстан", CLDR_PLACES),
    row(home("AMD"), "армян армения", CLDR_PLACES),
    row(home("KRW"), "корей корея оңтүстік_корея", CLDR_PLACES),
    row(home("INR"), "үнді үндістан", CLDR_PLACES),
    row(home("PKR"), "пәкістан", CLDR_PLACES),
    row(home("MDL"), "молдова молдаван", CLDR_PLACES),
    row(home("RON"), "румын румыния", CLDR_PLACES),
    row(home("RSD"), "серб сербия", CLDR_PLACES),
    row(home("KWD"), "кувейт", CLDR_PLACES),
    row(home("SAR"), "сауд сауд_арабиясы", CLDR_PLACES),
    row(home("IRR"), "иран ирандық", CLDR_PLACES),
    row(home("BRL"), "бразилия бразилиялық", CLDR_PLACES),
    row(home("MXN"), "мексика мексикалық", CLDR_PLACES),
    row(home("UAH"), "украина украиналық", CLDR_PLACES),
    row(home("GEL"), "грузин грузия", CLDR_PLACES),
    row(home("PLN"), "поляк польша", CLDR_PLACES),
    row(home("TJS"), "тәжік тәжікстан", CLDR_PLACES),
    row(home("MNT"), "моңғол моңғолия", CLDR_PLACES),

    row(ABOUT, "шамамен жобамен болжаммен", SPEECH),
    row(ABOUT_AFTER, "жуық шамасында шамалас төңірегінде маңайында тарта таяу жақын дерлік", SPEECH),
    row(AT_LEAST, "кемі кемінде ең_кемі кем_дегенде ең_аз_дегенде", SPEECH),
    row(AT_LEAST_AFTER, "астам аса артық көп бастап жоғары кем_емес", SPEECH),
    row(AT_MOST, "ең_көбі көп_дегенде ең_көп_дегенде", GRAMMAR),
    row(AT_MOST_AFTER, "дейін кем төмен артық_емес көп_емес аспайтын", SPEECH),
    row(Pair, "пен бен мен", SPEECH),
    row(And, "және әрі", SPEECH),
    row(Or, "немесе не әлде", SPEECH),
    row(By, "тағы", SPEECH),
    row(Filler, "біздің", SPEECH),
    row(Minus, "минус теріс", GRAMMAR),
    with(Fixed, Suffix(Case::Ablative), "дан ден тан тен нан нен", GRAMMAR),
    with(Fixed, Suffix(Case::Dative), "ға ге қа ке", GRAMMAR),
    with(Fixed, Suffix(Case::Similar), "дай дей тай тей", GRAMMAR),
];

/// Spellings that the rules for Latin letters do not give.
#[rustfmt::skip]
pub(super) static EXTRA: &[Row] = &[
    with(Fixed, unit(Unit::TENGE), "tenge tengeni tengege tengeden", "Kazakh in Latin letters without diacritics"),
    row(home("USD"), "aqş us", "the draft of 2021, and English"),
];

#[rustfmt::skip]
pub(super) static EXTRA_ARABIC: &[Row] = &[
    row(home("USD"), "ا_ق_ش ا.ق.ش", "people.cn in Kazakh, 2026"),
    row(unit(Unit::EURO), "ەۋرونى ەۋروعا ەۋرودان ەۋرونىڭ ەۋروسى", "abai.kz in Arabic letters, 2026"),
];
