//! The words for about, at least and at most in every language, and numbers of other things.

use masthead::strip::Lang;

use super::{nothing, whole};

type Texts = &'static [&'static str];

/// Texts with about, at least and at most; the number stands at `_`.
type Row = (Lang, Texts, Texts, Texts);

#[test]
fn each_limit_in_every_language() {
    let table: [Row; 8] = [
        (
            Lang::Kk,
            &[
                "шамамен _ теңге",
                "_ теңгеге жуық",
                "_ теңге шамасында",
                "_ теңгедей",
            ],
            &[
                "кемінде _ теңге",
                "_ теңгеден астам",
                "_ теңгеден аса",
                "_ теңгеден бастап",
            ],
            &["ең көбі _ теңге", "_ теңгеге дейін", "_ теңгеден кем"],
        ),
        (
            Lang::KkLatn,
            &["shamamen _ teńge", "_ teńgege jýyq", "_ teńge shamasynda"],
            &["keminde _ teńge", "_ teńgeden astam", "_ teńgeden asa"],
            &["eń kóbi _ teńge", "_ teńgege deıin", "_ teńgeden kem"],
        ),
        (
            Lang::KkArab,
            &["شامامەن _ تەڭگە", "_ تەڭگەگە جۋىق"],
            &["كەمىندە _ تەڭگە", "_ تەڭگەدەن استام"],
            &["ەڭ كوبى _ تەڭگە", "_ تەڭگەگە دەيىن"],
        ),
        (
            Lang::Ru,
            &[
                "около _ тенге",
                "почти _ тенге",
                "примерно _ тенге",
                "порядка _ тенге",
            ],
            &[
                "более _ тенге",
                "свыше _ тенге",
                "не менее _ тенге",
                "от _ тенге",
            ],
            &[
                "до _ тенге",
                "менее _ тенге",
                "не более _ тенге",
                "не свыше _ тенге",
            ],
        ),
        (
            Lang::En,
            &[
                "about _ tenge",
                "nearly _ tenge",
                "almost _ tenge",
                "approximately _ tenge",
            ],
            &[
                "over _ tenge",
                "more than _ tenge",
                "at least _ tenge",
                "_ tenge or more",
            ],
            &[
                "up to _ tenge",
                "less than _ tenge",
                "no more than _ tenge",
                "under _ tenge",
            ],
        ),
        (
            Lang::ZhHans,
            &["约_坚戈", "近_坚戈", "_坚戈左右"],
            &["超过_坚戈", "至少_坚戈", "_坚戈以上", "_余坚戈", "_多坚戈"],
            &["不超过_坚戈", "不足_坚戈", "_坚戈以下", "最多_坚戈"],
        ),
        (
            Lang::UzCyrl,
            &["тахминан _ тенге", "қарийб _ тенге", "_ тенгега яқин"],
            &["камида _ тенге", "_ тенгедан ортиқ", "_ тенгедан зиёд"],
            &["_ тенгегача", "кўпи билан _ тенге", "_ тенгедан кам"],
        ),
        (
            Lang::UzLatn,
            &["taxminan _ tenge", "qariyb _ tenge", "_ tengega yaqin"],
            &["kamida _ tenge", "_ tengedan ortiq", "_ tengedan ziyod"],
            &["_ tengegacha", "ko‘pi bilan _ tenge", "_ tengedan kam"],
        ),
    ];
    for (lang, about, at_least, at_most) in table {
        let number = if lang == Lang::ZhHans {
            "500万"
        } else {
            "5 000 000"
        };
        for (texts, sign) in [(about, "≈"), (at_least, "≥"), (at_most, "≤")] {
            for text in texts {
                whole(
                    lang,
                    &[(&text.replace('_', number), &format!("{sign}5000000 KZT"))],
                );
            }
        }
    }
}

#[test]
fn numbers_of_other_things_in_every_language() {
    // Year, telephone, article of a law, percent and change in brackets, calculation index, dollars of another country, euro area or a norm,
    // score, the unit in a name, a word that begins like a unit.
    for (lang, texts) in [
        (
            Lang::Kk,
            [
                "2026 жылы теңге нығайды",
                "8 (727) 123-45-67 теңге туралы",
                "№ 12 теңге ережесі",
                "3,5% теңге, (+1,01)",
                "20 АЕК",
                "5 Зимбабве доллары",
                "Еуро-5 стандарты",
                "3:2 есебімен «Теңге» жеңді",
                "«Теңге Банк» 12 бөлімше ашты",
                "7 сома",
            ],
        ),
        (
            Lang::KkLatn,
            [
                "2026 jyly teńge nyǵaıdy",
                "8 (727) 123-45-67 teńge týraly",
                "№ 12 teńge erejesi",
                "3,5% teńge, (+1,01)",
                "20 AEK",
                "5 Zımbabve dollary",
                "Eýro-5 standarty",
                "3:2 esebimen «Teńge» jeńdi",
                "«Teńge Bank» 12 bólimshe ashty",
                "7 soma",
            ],
        ),
        (
            Lang::KkArab,
            [
                "2026 جىلى تەڭگە نىعايدى",
                "8 (727) 123-45-67 تەڭگە تۋرالى",
                "№ 12 تەڭگە ەرەجەسى",
                "3,5% تەڭگە، (+1,01)",
                "20 ا ە ك",
                "5 زيمبابۆە دوللارى",
                "ەۋرو-5 ستاندارتى",
                "3:2 ەسەبىمەن «تەڭگە» جەڭدى",
                "«تەڭگە بانك» 12 ءبولىمشە اشتى",
                "7 سوما",
            ],
        ),
        (
            Lang::Ru,
            [
                "в 2026 году тенге окреп",
                "8 (727) 123-45-67 тенге",
                "№ 12 тенге",
                "3,5% тенге, (+1,01)",
                "20 МРП",
                "5 долларов Зимбабве",
                "Евро-5",
                "со счётом 3:2 «Тенге» победил",
                "«Тенге Банк» открыл 12 отделений",
                "7 сомма",
            ],
        ),
        (
            Lang::En,
            [
                "in 2026 tenge rose",
                "call 8 (727) 123-45-67 tenge",
                "No. 12-tenge-rule",
                "3.5% tenge, (+1.01)",
                "20 MCI",
                "5 Zimbabwean dollars",
                "12 euro area members",
                "a 3:2 win of Tenge",
                "Tenge Bank opened 12 branches",
                "7 sommeliers",
            ],
        ),
        (
            Lang::ZhHans,
            [
                "2026年坚戈升值",
                "电话8 (727) 123-45-67",
                "第12坚戈",
                "3.5%坚戈，(+1.01)",
                "20个月核算指数",
                "5津巴布韦元",
                "欧元区20国",
                "3:2战胜坚戈队",
                "坚戈银行设12家分行",
                "3单元",
            ],
        ),
        (
            Lang::UzCyrl,
            [
                "2026 йилда сўм мустаҳкамланди",
                "8 (727) 123-45-67 сўм",
                "№ 12 сўм",
                "3,5% сўм, (+1,01)",
                "20 БҲМ",
                "5 Зимбабве доллари",
                "Евро-5 стандарти",
                "3:2 ҳисобида «Сўм» ютди",
                "«Тенге Банк» 12 филиал очди",
                "7 сомса",
            ],
        ),
        (
            Lang::UzLatn,
            [
                "2026-yilda so‘m mustahkamlandi",
                "8 (727) 123-45-67 so‘m",
                "№ 12 so‘m",
                "3,5% so‘m, (+1,01)",
                "20 BHM",
                "5 Zimbabve dollari",
                "Yevro-5 standarti",
                "3:2 hisobida «So‘m» yutdi",
                "«Tenge Bank» 12 filial ochdi",
                "7 somsa",
            ],
        ),
    ] {
        nothing(lang, &texts);
    }
}
