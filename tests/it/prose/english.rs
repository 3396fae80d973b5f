//! Sentences in English.

use masthead::strip::Lang;

use super::check;

#[test]
fn sentences() {
    check(
        Lang::En,
        &[
            (
                "Almaty will spend KZT 8.4 bln on trams and over $12mln on buses.",
                &["KZT 8.4 bln: 8400000000 KZT", "over $12mln: ≥12000000 USD"],
            ),
            (
                "A ticket costs 1,250 tenge ($2.30).",
                &["1,250 tenge: 1250 KZT", "$2.30: 2.30 USD"],
            ),
            (
                "The board approved 310,450,200 thousand tenge.",
                &["310,450,200 thousand tenge: 310450200000 KZT"],
            ),
            (
                "The draft assumes 545 KZT per USD and 62 US dollars per barrel.",
                &["545 KZT: 545 KZT", "62 US dollars: 62 USD"],
            ),
            (
                "It rose to 4 trln 20 billion tenge.",
                &["4 trln 20 billion tenge: 4020000000000 KZT"],
            ),
            ("2 shirts from $19 at the outlet", &["from $19: ≥19 USD"]),
            (
                "Deposits grew from 5 to 7 bln tenge.",
                &["from 5 to 7 bln tenge: 5000000000–7000000000 KZT"],
            ),
            (
                "He owes between $5 and $6.",
                &["between $5 and $6: 5–6 USD"],
            ),
            (
                "Grants of 5 billion tenge or more, none of less than 3 million tenge.",
                &[
                    "5 billion tenge or more: ≥5000000000 KZT",
                    "less than 3 million tenge: ≤3000000 KZT",
                ],
            ),
            (
                "The city took a $700-million loan and a 250-million-tenge grant.",
                &[
                    "$700-million: 700000000 USD",
                    "250-million-tenge: 250000000 KZT",
                ],
            ),
            (
                "70 billion of a planned 90 billion tenge came in.",
                &["90 billion tenge: 90000000000 KZT"],
            ),
        ],
    );
}

#[test]
fn words() {
    check(
        Lang::En,
        &[
            (
                "five thousand dollars",
                &["five thousand dollars: 5000 USD"],
            ),
            (
                "one hundred and fifty million tenge",
                &["one hundred and fifty million tenge: 150000000 KZT"],
            ),
            (
                "twenty-five thousand dollars",
                &["twenty-five thousand dollars: 25000 USD"],
            ),
            (
                "two and a half million dollars",
                &["two and a half million dollars: 2500000 USD"],
            ),
            (
                "half a million euros, a quarter of a billion dollars",
                &[
                    "half a million euros: 500000 EUR",
                    "a quarter of a billion dollars: 250000000 USD",
                ],
            ),
            (
                "a billion tenge, a hundred million tenge, one dollar",
                &[
                    "a billion tenge: 1000000000 KZT",
                    "a hundred million tenge: 100000000 KZT",
                    "one dollar: 1 USD",
                ],
            ),
            (
                "five dollars and twenty cents",
                &["five dollars and twenty cents: 5.20 USD"],
            ),
            (
                "between five and six million tenge",
                &["between five and six million tenge: 5000000–6000000 KZT"],
            ),
        ],
    );
}
