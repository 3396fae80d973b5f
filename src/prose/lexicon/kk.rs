//! Kazakh, in Cyrillic letters. The other alphabets follow by rule.
//!
//! - Words have their cases by rule (`endings`). Most limits stand after the amount and govern its case: «теңгеден астам», «теңгеге дейін».
//! - «Де» is a decimal mark between numerals before a magnitude, and "and" elsewhere. «Мен» joins the ends of a range, and two parts of an amount.
//! - A country stands before the word, without an ending, and the word then has the possessive one: «АҚШ доллары».
//! - A new form is tried in all three alphabets: a Latin or Arabic spelling may be another word, and [`EXTRA`] has those that the rules do not give.

use super::endings::Forms::{Fixed, KazakhMagnitude, KazakhNoun, KazakhNumber};
use super::table::*;
use crate::prose::sense::Sense::{
    And, By, Change, DecimalAnd, Filler, Half, HalfOf, Hundred, Indefinite, Minus, Or, Pair, Part,
    QuarterOf, Suffix, Whole,
};
use crate::prose::sense::{Case, Rank};
use crate::prose::unit::Unit;

const ARABIC_MONEY: &str = "CLDR 48.2 kk-Arab currencies";
const CASE_ENDINGS: &str = "case endings";
const ENGLISH_MONEY: &str = "CLDR 48.2 en currencies";
const HUNSPELL: &str = "hunspell-kk 1.1";
const HUNSPELL_KAZNERD: &str = "hunspell-kk 1.1; KazNERD";
const HUNSPELL_SOFTWARE: &str = "hunspell-kk 1.1; attested public software";
const KAZNERD: &str = "KazNERD";
const KAZNERD_HUNSPELL: &str = "KazNERD; hunspell-kk 1.1";
const LANGUAGES: &str = "CLDR 48.2 kk languages";
const MONEY: &str = "CLDR 48.2 kk currencies";
const MONEY_HUNSPELL: &str = "CLDR 48.2 kk currencies; hunspell-kk 1.1";
const MONEY_KAZNERD: &str = "CLDR 48.2 kk currencies; KazNERD";
const MONEY_LANGUAGES: &str = "CLDR 48.2 kk currencies; CLDR 48.2 kk languages";
const MONEY_NUM2WORDS: &str = "CLDR 48.2 kk currencies; num2words 0.5.14";
const MONEY_PLACES: &str = "CLDR 48.2 kk currencies; CLDR 48.2 kk territories";
const NUM2WORDS: &str = "num2words 0.5.14";
const NUMBERS: &str = "CLDR 48.2 kk rbnf";
const PLACES: &str = "CLDR 48.2 kk territories";
const PLACES_HUNSPELL: &str = "CLDR 48.2 kk territories; hunspell-kk 1.1";
const PLACES_LANGUAGES: &str = "CLDR 48.2 kk territories; CLDR 48.2 kk languages";
const PROPOSED: &str = "proposed";
const SHORT: &str = "CLDR 48.2 kk decimalFormats";

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Without cases, because they are other words: together, at once, alike; the quarter of a year.
    row(numeral(1, Rank::Unit), "бір", NUMBERS),
    with(KazakhNumber, numeral(2, Rank::Unit), "екі", NUMBERS),
    with(KazakhNumber, numeral(3, Rank::Unit), "үш", NUMBERS),
    with(KazakhNumber, numeral(4, Rank::Unit), "төрт", NUMBERS),
    with(KazakhNumber, numeral(5, Rank::Unit), "бес", NUMBERS),
    with(KazakhNumber, numeral(6, Rank::Unit), "алты", NUMBERS),
    with(KazakhNumber, numeral(7, Rank::Unit), "жеті", NUMBERS),
    with(KazakhNumber, numeral(8, Rank::Unit), "сегіз", NUMBERS),
    with(KazakhNumber, numeral(9, Rank::Unit), "тоғыз", NUMBERS),
    with(KazakhNumber, numeral(10, Rank::Ten), "он", NUMBERS),
    with(KazakhNumber, numeral(20, Rank::Ten), "жиырма", NUMBERS),
    with(KazakhNumber, numeral(30, Rank::Ten), "отыз", NUMBERS),
    with(KazakhNumber, numeral(40, Rank::Ten), "қырық", NUMBERS),
    with(KazakhNumber, numeral(50, Rank::Ten), "елу", NUMBERS),
    with(KazakhNumber, numeral(60, Rank::Ten), "алпыс", NUMBERS),
    with(KazakhNumber, numeral(70, Rank::Ten), "жетпіс", NUMBERS),
    with(KazakhNumber, numeral(80, Rank::Ten), "сексен", NUMBERS),
    row(numeral(90, Rank::Ten), "тоқсан", NUMBERS),
    with(KazakhNumber, Hundred(Case::Plain), "жүз", NUMBERS),
    with(KazakhMagnitude, magnitude(3), "мың", NUMBERS),
    with(KazakhMagnitude, magnitude(6), "миллион", NUMBERS),
    with(KazakhMagnitude, magnitude(9), "миллиард", NUMBERS),
    with(KazakhMagnitude, magnitude(12), "триллион", NUMBERS),
    with(KazakhMagnitude, short(6), "млн", SHORT),
    with(KazakhMagnitude, short(9), "млрд", SHORT),
    with(KazakhMagnitude, short(12), "трлн", SHORT),
    row(Half, "жарым", KAZNERD),
    row(HalfOf, "жарты", KAZNERD),
    row(QuarterOf, "ширек", KAZNERD),
    row(Whole, "бүтін", NUMBERS),
    row(DecimalAnd, "да де та те", KAZNERD),
    row(Indefinite, "әр_бір бірнеше бір_неше неше қанша қаншама талай көптеген біраз бірқатар сан", HUNSPELL),
    row(Indefinite, "ондаған жүздеген мыңдаған миллиондаған миллиардтаған", KAZNERD),
    row(Indefinite, "триллиондаған", PROPOSED),
    row(Indefinite, "шақты бірер әлденеше пәлен пәленбай", HUNSPELL_KAZNERD),
    row(Indefinite, "оншақты", PROPOSED),
    row(Indefinite, "ондап жүздеп мыңдап миллиондап миллиондар", HUNSPELL),
    row(Indefinite, "миллиардтап миллиардтар", PROPOSED),

    with(KazakhNoun, unit(Unit::TENGE), "теңге тенге", HUNSPELL),
    row(unit_short(Unit::TENGE), "тг тнг", HUNSPELL_SOFTWARE),
    with(KazakhNoun, unit(Unit::TIYN), "тиын", KAZNERD),
    with(KazakhNoun, unit(Unit::TYIYN), "тыйын", HUNSPELL),
    with(KazakhNoun, unit(Unit::DOLLAR), "доллар", MONEY),
    row(unit_short(Unit::DOLLAR), "долл", HUNSPELL),
    with(KazakhNoun, unit(Unit::CENT), "цент", HUNSPELL),
    with(KazakhNoun, unit(Unit::EURO), "еуро евро", MONEY_NUM2WORDS),
    with(KazakhNoun, unit(Unit::RUBLE), "рубль рубл", MONEY_KAZNERD),
    row(unit_short(Unit::RUBLE), "руб", PROPOSED),
    with(KazakhNoun, unit(Unit::KOPEK), "копейка", NUM2WORDS),
    with(KazakhNoun, unit(Unit::YUAN), "юань юан", MONEY_KAZNERD),
    with(KazakhNoun, unit(Unit::YEN), "иена иен", MONEY_HUNSPELL),
    with(KazakhNoun, unit(Unit::YEN), "йена йен", PROPOSED),
    with(KazakhNoun, unit(Unit::POUND_BRITISH), "фунт_стерлинг", HUNSPELL),
    with(KazakhNoun, unit(Unit::POUND), "фунт", MONEY),
    with(KazakhNoun, unit(Unit::SOM), "сом", MONEY),
    with(KazakhNoun, unit(Unit::SUM), "сум", NUM2WORDS),
    with(KazakhNoun, unit(Unit::LIRA), "лира", MONEY),
    with(KazakhNoun, unit(Unit::LIRA), "лир", PROPOSED),
    with(KazakhNoun, unit(Unit::LARI), "лари", MONEY),
    with(KazakhNoun, unit(Unit::HRYVNIA), "гривна", MONEY),
    with(KazakhNoun, unit(Unit::ZLOTY), "злота злотый", MONEY_NUM2WORDS),
    with(KazakhNoun, unit(Unit::ZLOTY), "злоты", PROPOSED),
    with(KazakhNoun, unit(Unit::SOMONI), "сомони", MONEY),
    with(KazakhNoun, unit(Unit::DIRHAM), "дирхам", MONEY),
    with(KazakhNoun, unit(Unit::DIRHAM), "дирхем", PROPOSED),
    with(KazakhNoun, unit(Unit::TUGRIK), "тугриг", MONEY),
    with(KazakhNoun, unit(Unit::TUGRIK), "тугрик төгрөг", PROPOSED),
    with(KazakhNoun, unit(Unit::BAHT), "бат", MONEY),
    with(KazakhNoun, unit(Unit::SHEKEL), "шекел", MONEY),
    with(KazakhNoun, unit(Unit::SHEKEL), "шекель", PROPOSED),
    with(KazakhNoun, unit(Unit::FORINT), "форинт", MONEY),
    with(KazakhNoun, unit(Unit::RINGGIT), "ринггит", MONEY),
    with(KazakhNoun, unit(Unit::RAND), "рэнд", MONEY),
    with(KazakhNoun, unit(Unit::DONG), "донг", MONEY),
    with(KazakhNoun, unit(Unit::MANAT), "манат", MONEY),
    with(KazakhNoun, unit(Unit::DRAM), "драм", MONEY),
    with(KazakhNoun, unit(Unit::WON), "вон", MONEY),
    with(KazakhNoun, unit(Unit::WON), "вона", PROPOSED),
    with(KazakhNoun, unit(Unit::FRANC), "франк", MONEY),
    with(KazakhNoun, unit(Unit::KRONA), "крона крон", MONEY),
    with(KazakhNoun, unit(Unit::RUPEE), "рупия", MONEY),
    with(KazakhNoun, unit(Unit::RUPEE), "рупи", PROPOSED),
    with(KazakhNoun, unit(Unit::RIAL), "риал", MONEY),
    with(KazakhNoun, unit(Unit::RIAL), "риял", PROPOSED),
    with(KazakhNoun, unit(Unit::REAL), "реал", MONEY),
    with(KazakhNoun, unit(Unit::DINAR), "динар", MONEY),
    with(KazakhNoun, unit(Unit::PESO), "песо", MONEY),
    with(KazakhNoun, unit(Unit::LEU), "лей", MONEY),

    row(home("USD"), "ақш америка америкалық американдық", PLACES_HUNSPELL),
    row(home("USD"), "американ", PROPOSED),
    row(home("KZT"), "қазақстан қазақстандық қазақ", KAZNERD),
    row(home("RUB"), "ресей ресейлік", KAZNERD),
    row(home("BYN"), "беларусь белорус", MONEY_HUNSPELL),
    row(home("BYN"), "беларус", PROPOSED),
    row(home("CNY"), "қытай қытайлық", KAZNERD),
    row(home("JPY"), "жапон жапония", KAZNERD),
    row(home("JPY"), "жапониялық", PROPOSED),
    row(home("KGS"), "қырғыз қырғызстан", KAZNERD),
    row(home("KGS"), "қырғызстандық", PROPOSED),
    row(home("UZS"), "өзбек өзбекстан", KAZNERD),
    row(home("UZS"), "өзбекстандық", PROPOSED),
    row(home("AUD"), "аустралия австралиялық", MONEY_HUNSPELL),
    row(home("AUD"), "австралия", PROPOSED),
    row(home("CAD"), "канада канадалық", LANGUAGES),
    row(home("HKD"), "гонконг", MONEY),
    row(home("HKD"), "гонконгтік", PROPOSED),
    row(home("SGD"), "сингапур", MONEY),
    row(home("SGD"), "сингапурлық", PROPOSED),
    row(home("NZD"), "жаңа_зеландия", MONEY),
    row(home("TWD"), "тайвань жаңа_тайвань", MONEY),
    row(home("TWD"), "тайван", PROPOSED),
    row(home("GBP"), "британ ұлыбритания британдық ағылшын", PLACES_LANGUAGES),
    row(home("GBP"), "британия", PROPOSED),
    row(home("EGP"), "египет мысыр", MONEY_HUNSPELL),
    row(home("CHF"), "швейцария швейцариялық", LANGUAGES),
    row(home("SEK"), "швед швеция", MONEY_LANGUAGES),
    row(home("NOK"), "норвег норвегия", LANGUAGES),
    row(home("DKK"), "дат дания", MONEY_PLACES),
    row(home("CZK"), "чех чехия", PLACES),
    row(home("TRY"), "түрік түркия", KAZNERD),
    row(home("AZN"), "әзірбайжан", MONEY),
    row(home("AZN"), "әзербайжан", PROPOSED),
    row(home("TMT"), "түрікмен түрікменстан", MONEY_LANGUAGES),
    row(home("AMD"), "армян армения", KAZNERD),
    row(home("KRW"), "корей корея оңтүстік_корея", KAZNERD),
    row(home("INR"), "үнді үндістан", PLACES),
    row(home("PKR"), "пәкістан", MONEY),
    row(home("MDL"), "молдова молдаван", MONEY_HUNSPELL),
    row(home("RON"), "румын румыния", MONEY_LANGUAGES),
    row(home("RSD"), "серб сербия", MONEY_LANGUAGES),
    row(home("KWD"), "кувейт", MONEY),
    row(home("SAR"), "сауд сауд_арабиясы сауд_арабиясының", MONEY),
    row(home("IRR"), "иран ирандық", KAZNERD),
    row(home("BRL"), "бразилия бразилиялық", LANGUAGES),
    row(home("MXN"), "мексика", MONEY),
    row(home("MXN"), "мексикалық", PROPOSED),
    row(home("UAH"), "украина украиналық", KAZNERD),
    row(home("GEL"), "грузин грузия", MONEY_LANGUAGES),
    row(home("PLN"), "поляк польша", KAZNERD),
    row(home("TJS"), "тәжік тәжікстан", MONEY_LANGUAGES),
    row(home("MNT"), "моңғол моңғолия", MONEY_LANGUAGES),
    row(home("AED"), "баә біріккен_араб_әмірліктерінің", MONEY),
    row(home("ARS"), "аргентина", MONEY),
    row(home("BHD"), "бахрейн", MONEY),
    row(home("CLP"), "чили", MONEY),
    row(home("FJD"), "фиджи", MONEY),
    row(home("HUF"), "венгрия", MONEY),
    row(home("IDR"), "индонезия", MONEY),
    row(home("ILS"), "израиль израиль_жаңа", MONEY),
    row(home("IQD"), "ирак", MONEY),
    row(home("ISK"), "исландия", MONEY),
    row(home("JMD"), "ямайка", MONEY),
    row(home("LRD"), "либерия", MONEY),
    row(home("MYR"), "малайзия", MONEY),
    row(home("NAD"), "намибия", MONEY),
    row(home("QAR"), "катар", MONEY),
    row(home("THB"), "тай таиланд", MONEY_PLACES),
    row(home("VND"), "вьетнам", MONEY),
    row(home("ZAR"), "оңтүстік_африка", MONEY),

    row(ABOUT, "шамамен жобамен болжаммен", HUNSPELL),
    row(ABOUT_AFTER, "жуық шамасында шамалас төңірегінде маңайында тарта таяу жақын дерлік", HUNSPELL),
    row(AT_LEAST, "кемі кемінде ең_кемі кем_дегенде ең_аз_дегенде", HUNSPELL),
    row(AT_LEAST_AFTER, "астам аса артық көп бастап жоғары кем_емес", KAZNERD),
    row(AT_MOST, "ең_көбі көп_дегенде ең_көп_дегенде", HUNSPELL),
    row(AT_MOST_AFTER, "дейін кем төмен артық_емес көп_емес аспайтын", HUNSPELL),
    row(Change, "өсті өскен өседі өсіп өсірді көтерілді көтерілген көтеріледі көтерілуі көтерді көтеру", KAZNERD_HUNSPELL),
    row(Change, "төмендеді төмендеген төмендейді төмендеп түсті түскен түседі түсіп қысқарды қысқартты қысқарған", KAZNERD),
    row(Change, "артты артқан артады арттыру көбейді көбейеді көбейту көбейген ұлғайды ұлғаяды ұлғайту ұлғайған", KAZNERD),
    row(Change, "қымбаттады қымбаттаған қымбаттайды арзандады арзандайды жетті жеткен жеткізу жеткізді", KAZNERD),
    row(Change, "арзандаған", PROPOSED),
    row(Pair, "пен бен мен", KAZNERD),
    row(And, "және әрі", KAZNERD),
    row(Or, "немесе не әлде", KAZNERD),
    row(By, "тағы", KAZNERD),
    row(Filler, "біздің", KAZNERD),
    // Each: a magnitude alone after it is no amount.
    row(Part, "әр әрбір", KAZNERD),
    row(Minus, "минус теріс", KAZNERD),
    with(Fixed, Suffix(Case::Ablative), "дан ден тан тен нан нен", CASE_ENDINGS),
    with(Fixed, Suffix(Case::Dative), "ға ге қа ке", CASE_ENDINGS),
    with(Fixed, Suffix(Case::Similar), "дай дей тай тей", CASE_ENDINGS),
];

/// Spellings that the rules for Latin letters do not give.
#[rustfmt::skip]
pub(super) static EXTRA: &[Row] = &[
    with(Fixed, unit(Unit::TENGE), "tenge tengeni tengege tengeden", PROPOSED),
    row(home("USD"), "aqş", PROPOSED),
    row(home("USD"), "us", ENGLISH_MONEY),
];

#[rustfmt::skip]
pub(super) static EXTRA_ARABIC: &[Row] = &[
    row(home("USD"), "ا_ق_ش", ARABIC_MONEY),
    row(home("USD"), "ا.ق.ش", "page people.cn, in Kazakh"),
    row(unit(Unit::RUBLE), "رۋبىلى", ARABIC_MONEY),
    row(home("KGS"), "قىرعىس", ARABIC_MONEY),
    row(home("CHF"), "شۆەيساريا", ARABIC_MONEY),
    row(home("SEK"), "شۆەسيا", ARABIC_MONEY),
    row(home("HKD"), "حوڭكوڭ", ARABIC_MONEY),
    row(home("HUF"), "ماجار", ARABIC_MONEY),
    row(unit(Unit::EURO), "ەۋرونى ەۋروعا ەۋرودان ەۋرونىڭ ەۋروسى", "page abai.kz, in Arabic letters"),
];
