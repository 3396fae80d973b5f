//! Text with numbers and no amount, and amounts that are half understood.

use masthead::strip::Lang;

use super::{check, nothing};

#[test]
fn numbers_of_other_things_are_no_amounts() {
    nothing(
        Lang::Ru,
        &[
            "В 2026 году построят 14 школ на 9 200 мест.",
            "Телефон доверия: 8 (800) 555 35 35, короткий номер 111.",
            "Порог — 25 МРП, для компаний — 90 МРП.",
            "Индекс закрылся в плюсе (+0,87), рост 2,4%.",
            "По статье 189 УК, пункт 3, возбуждено 7 дел.",
            "Нашли 3,1 млн тонн угля и 12 тыс. км дорог.",
            "Общая сумма набранных очков — 212.",
            "Клуб «Рубль» собрал 40 участников.",
            "Доллар в 2026 году ослаб, тенге 3 дня растёт.",
            "Пара USD/KZT, объём — 98 сделок.",
            "Счёт 4:2, матч судили 3 арбитра.",
            "До 25-30 градусов, ветер 9-14 м/с.",
            "Бензин стандарта евро-5 подорожал на 3%.",
            "Снял 5 драм и 2 комедии.",
        ],
    );
    nothing(
        Lang::Kk,
        &[
            "Биыл 9 мектеп салынып, 4 мың орын ашылды.",
            "Теңге бағамына байланысты 320 дүкен жабылды.",
            "Жалпы сома әлі 4 рет тексеріледі.",
            "Доллар бағамы 2026 жылы төмендеді.",
            "Теңге алу ойынына 16 шабандоз келді.",
            "Кодекстің 87-бабы бойынша 6 іс қаралды.",
            "Әр бір доллар есепте.",
            "Жүзден жүйрік, мыңнан тұлпар.",
            "Қазанның әрбір тиыны орнында.",
        ],
    );
    nothing(
        Lang::En,
        &[
            "The dollar index gained 0.4% in 2026.",
            "Euro area inflation was 2.3 percent, with 20 euro area members.",
            "A dozen won medals, 12 won cups.",
            "The boxer lost 12 pounds before the fight.",
            "TRY 5 times, then TOP 10, then CUP 2026 and COP 31.",
            "CAD 2025 was released; the AMD 7800 is a chip.",
            "The 3-2 score, the S&P 500, a Boeing 737.",
            "USD/KZT 540.5",
            "The cost is given in 2020 dollars.",
            "Since 2015 tenge notes have a new look.",
        ],
    );
    nothing(
        Lang::ZhHans,
        &[
            "元旦放假3天，2026元旦快乐。",
            "3单元2号楼101室",
            "得58分，排第3",
            "东南角43公里",
            "一元二次方程",
            "二元结构",
            "2026元宵节",
            "欧元区20国",
            "G20元首",
        ],
    );
    nothing(
        Lang::UzLatn,
        &[
            "2026-yilda 14 maktab qurildi.",
            "Har bir dollar hisobda.",
            "So‘m kursi 3 kun o‘sdi.",
            "150-uyda yong‘in chiqdi.",
        ],
    );
    nothing(
        Lang::KkArab,
        &["تەڭگە باعامى 3 كۇن ءوستى.", "2026 -جىلى 14 مەكتەپ سالىندى."],
    );
}

#[test]
fn indefinite_amounts_are_left_alone() {
    nothing(
        Lang::Ru,
        &[
            "миллионы тенге",
            "пол-миллиона тенге",
            "каждый миллион тенге",
            "десятки миллионов тенге",
            "сотни тысяч долларов",
            "несколько миллиардов тенге",
            "пару тысяч рублей",
            "тысячи и тысячи тенге",
            "третий миллион тенге",
            "первый миллиард долларов",
            "треть миллиона тенге",
            "ни одного тенге",
            "2-й миллион тенге",
            "последняя тысяча рублей",
            "миллиона два тенге",
            "1 миллион. 500 тысяч тенге",
        ],
    );
    nothing(
        Lang::Kk,
        &[
            "бірнеше миллион теңге",
            "бір неше миллион теңге",
            "миллиондаған теңге",
            "қаншама миллиард теңге",
            "бесінші миллион теңге",
            "әр миллион теңге",
            "2-ші миллион теңге",
            "он шақты мың теңге",
            "оншақты мың теңге",
            "бірер мың теңге",
            "әлденеше миллион теңге",
            "пәлен мың теңге",
            "азын-аулақ мың теңге",
        ],
    );
    nothing(
        Lang::En,
        &[
            "millions of dollars",
            "tens of billions of tenge",
            "several million dollars",
            "a few thousand dollars",
            "a multi-million dollar deal",
            "three quarters of a million dollars",
            "one of a million dollars",
            "$5 crore",
        ],
    );
    nothing(
        Lang::ZhHans,
        &[
            "数百万元",
            "几十万元",
            "上百万元",
            "十几万元",
            "百万元",
            "几元",
            "半亿元",
            "二三十万元",
            "三万五元",
        ],
    );
    nothing(
        Lang::UzCyrl,
        &[
            "бир неча миллион сўм",
            "юз минглаб сўм",
            "бир қанча миллион сўм",
        ],
    );
    nothing(
        Lang::UzLatn,
        &[
            "bir necha million so‘m",
            "minglab so‘m",
            "5 tacha ming so‘m",
            "o‘ntacha million so‘m",
            "o‘n chog‘li ming so‘m",
            "birikki ming so‘m",
            "2-chi million so‘m",
        ],
    );
    nothing(
        Lang::KkLatn,
        &["on shaqty myń teńge", "2-shi mıllıon teńge"],
    );
    nothing(
        Lang::KkArab,
        &[
            "بىرنەشە ميلليون تەڭگە",
            "ون شاقتى مىڭ تەڭگە",
            "2-ءشى ميلليون تەڭگە",
        ],
    );
}

#[test]
fn a_part_of_an_amount_is_never_read() {
    nothing(
        Lang::Ru,
        &[
            "1,5 млрд 200 млн тенге",
            "300 млн 2 млрд тенге",
            "5 тысяч миллионов тенге",
            "5 млн млрд тенге",
            "№ 500 тенге",
            "А320 тенге",
            "−500 тенге",
            "-500 тенге",
            "минус 4,5 млрд тенге",
            "+500 тенге",
            "−$5 млн",
            "5 000 (шесть тысяч) тенге",
            "$5 млн 300 гостям",
            "5 тысяч-300 тенге",
            "150 тенге 460 тиынов",
            "5 бюджетных тенге",
            "3 (четыре) миллиона тенге",
            "007 тенге",
            "сто пятсот тенге",
        ],
    );
    nothing(
        Lang::En,
        &["$5 million 2 years ago", "$5.5.5", "$5%", "-$5", "$5x"],
    );
    nothing(
        Lang::Kk,
        &[
            "екі бес мың теңге",
            "үш төрт бес теңге",
            "жүз екі жүз бес жүз теңге",
        ],
    );
    check(
        Lang::Ru,
        &[
            (
                "5 000 (пять тысяч) тенге",
                &["5 000 (пять тысяч) тенге: 5000 KZT"],
            ),
            ("5000 тенге (пять тысяч)", &["5000 тенге: 5000 KZT"]),
            ("Взяли 3 млн. Тенге укрепился.", &[]),
            (
                "Вырос на 5%, до 10 млн тенге.",
                &["до 10 млн тенге: 10000000 KZT"],
            ),
        ],
    );
}

#[test]
fn a_unit_with_a_hyphen_is_a_part_of_another_word() {
    nothing(Lang::Ru, &["5 млн евро-облигаций"]);
    nothing(Lang::En, &["5 million euro-denominated bonds"]);
    check(
        Lang::En,
        &[
            (
                "a 5-million-dollar-a-year business",
                &["5-million-dollar: 5000000 USD"],
            ),
            ("10 dollars-worth", &["10 dollars: 10 USD"]),
            // The second sign is no evidence that the digits before it belong to the first.
            ("$5 million 300 US$19", &["US$19: 19 USD"]),
            (
                "$ five million a hundred and five US$19",
                &["US$19: 19 USD"],
            ),
            ("$ five million a hundred and five", &[]),
            ("$5 a thousand views", &["$5: 5 USD"]),
        ],
    );
    check(Lang::Kk, &[("500 теңге-ге", &["500 теңге: 500 KZT"])]);
}

#[test]
fn a_magnitude_in_an_unknown_form_is_no_end() {
    check(
        Lang::Kk,
        &[
            ("$5 миллионның", &["$5 миллионның: 5000000 USD"]),
            ("$5 млрдқа жуық", &["$5 млрдқа жуық: ≈5000000000 USD"]),
            ("$5 миллиондықтан", &[]),
            ("$5-миллиардтықтар", &[]),
        ],
    );
    check(
        Lang::UzLatn,
        &[
            ("$1,5 mlrdga yaqin", &["$1,5 mlrdga yaqin: ≈1500000000 USD"]),
            ("$5 millionlik", &["$5 millionlik: 5000000 USD"]),
            ("$5 millionchalik", &[]),
        ],
    );
    nothing(Lang::Ru, &["$5 миллиончиков", "$5-миллионный", "$500 тыщ"]);
}

#[test]
fn the_pieces_of_one_amount_are_the_amount_or_nothing() {
    // Each text is an amount with one word or digit group taken out, or in the wrong place.
    let words = "екі миллиард үш жүз қырық бес миллион алты жүз жетпіс сегіз мың тоғыз жүз он екі";
    let words: Vec<&str> = words.split(' ').collect();
    for at in 0..words.len() - 1 {
        let mut swapped = words.clone();
        swapped.swap(at, at + 1);
        let text = format!("{} теңге", swapped.join(" "));
        for amount in super::read(Lang::Kk, &text) {
            assert!(amount.starts_with(&text), "{text} was read as {amount}");
        }
    }
}

#[test]
fn a_term_of_years_after_an_amount_is_no_part_of_it() {
    for (lang, text, amount) in [
        (Lang::En, "a $5bn 5-year note", "$5bn: 5000000000 USD"),
        (
            Lang::En,
            "issued $5 billion 10-year bonds",
            "$5 billion: 5000000000 USD",
        ),
        (
            Lang::Ru,
            "на $5 млрд 10-летние облигации",
            "$5 млрд: 5000000000 USD",
        ),
        (
            Lang::Kk,
            "$5 млрд 10-жылдық облигация",
            "$5 млрд: 5000000000 USD",
        ),
        (
            Lang::UzLatn,
            "$5 mlrd 10-yillik obligatsiya",
            "$5 mlrd: 5000000000 USD",
        ),
    ] {
        let read = super::read(lang, text);
        assert!(read.is_empty() || read == [amount], "{text}: {read:?}");
    }
}

#[test]
fn amounts_beside_each_other_do_not_overlap() {
    for text in ["a hundred$aUS$1.2 billion", "5 $USD3", "5 $aUS$3", "5$US$3"] {
        for lang in Lang::ALL {
            let amounts: Vec<_> = masthead::prose::Reader::new(*lang).amounts(text).collect();
            let mut ends = amounts
                .windows(2)
                .map(|two| (two[0].span().end, two[1].span().start));
            assert!(
                ends.all(|(end, start)| end <= start),
                "{lang}: {text}: {amounts:?}"
            );
        }
    }
}
