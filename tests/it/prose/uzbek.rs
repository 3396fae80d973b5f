//! Sentences in Uzbek, in two alphabets.

use masthead::strip::Lang;

use super::check;

#[test]
fn cyrillic() {
    check(
        Lang::UzCyrl,
        &[
            (
                "Бозорда гўшт 95 минг сўмга чиқди.",
                &["95 минг сўмга: 95000 UZS"],
            ),
            (
                "Лойиҳага 12,4 млрд сўм ва 3 млн АҚШ доллари керак.",
                &[
                    "12,4 млрд сўм: 12400000000 UZS",
                    "3 млн АҚШ доллари: 3000000 USD",
                ],
            ),
            (
                "Курс 11 950,25 сўмгача тушди.",
                &["11 950,25 сўмгача: 11950.25 UZS"],
            ),
            (
                "У беш юз қирқ минг сўм тўлади.",
                &["беш юз қирқ минг сўм: 540000 UZS"],
            ),
            (
                "Камида 4 млн сўм, 70 минг сўмга яқин.",
                &[
                    "Камида 4 млн сўм: ≥4000000 UZS",
                    "70 минг сўмга яқин: ≈70000 UZS",
                ],
            ),
            (
                "100 дан 150 минг сўмгача",
                &["100 дан 150 минг сўмгача: 100000–150000 UZS"],
            ),
            ("5 қирғиз соми", &["5 қирғиз соми: 5 KGS"]),
        ],
    );
}

#[test]
fn latin() {
    check(
        Lang::UzLatn,
        &[
            (
                "Bozorda go‘sht 95 ming so‘mga chiqdi.",
                &["95 ming so‘mga: 95000 UZS"],
            ),
            (
                "Guvoh 30 ming $ni 250 mln. so‘mga almashtirdi.",
                &["30 ming $ni: 30000 USD", "250 mln. so‘mga: 250000000 UZS"],
            ),
            (
                "U to'qqiz yuz ming so'm to‘ladi.",
                &["to'qqiz yuz ming so'm: 900000 UZS"],
            ),
            (
                "Foyda 5 milliondan ortiq so‘m bo‘ldi.",
                &["5 milliondan ortiq so‘m: ≥5000000 UZS"],
            ),
            (
                "Yarim million so‘m, ikki yarim million so‘m",
                &[
                    "Yarim million so‘m: 500000 UZS",
                    "ikki yarim million so‘m: 2500000 UZS",
                ],
            ),
            (
                "Sud 7 000 000 (yetti million) so‘m undirdi.",
                &["7 000 000 (yetti million) so‘m: 7000000 UZS"],
            ),
            (
                "5 mln so‘mdan kam, 2 mlrd. 300 mln. so‘m",
                &[
                    "5 mln so‘mdan kam: ≤5000000 UZS",
                    "2 mlrd. 300 mln. so‘m: 2300000000 UZS",
                ],
            ),
        ],
    );
}
