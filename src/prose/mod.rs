//! Amounts of money in news text: their place, value, currency and kind.
//!
//! | item | what it is |
//! |---|---|
//! | [`Reader`] | reads the amounts of a text whose language is known |
//! | [`Annotator`] | adds to each amount its value in another currency |
//! | [`Amount`] | one amount: its place, currency, [`Kind`], value and significant digits |
//! | [`ReadAmountError`] | the reason why a text is not one amount, as [`Reader::amount`] reads it |
//!
//! ```
//! use masthead::prose::Reader;
//! use masthead::strip::Lang;
//!
//! let read = |lang, text: &str| -> Vec<String> {
//!     let amounts = Reader::new(lang).amounts(text);
//!     amounts.map(|amount| format!("{}: {amount}", &text[amount.span()])).collect()
//! };
//! assert_eq!(
//!     read(Lang::Ru, "Долг вырос до 2 млрд 300 млн тенге ($4,4 млн)."),
//!     ["до 2 млрд 300 млн тенге: 2300000000 KZT", "$4,4 млн: 4400000 USD"],
//! );
//! assert_eq!(read(Lang::Kk, "Айына үш жүз елу мың теңге алады."), ["үш жүз елу мың теңге: 350000 KZT"]);
//! assert_eq!(read(Lang::En, "KZT119bn in 2025, up 12%"), ["KZT119bn: 119000000000 KZT"]);
//! assert_eq!(read(Lang::ZhHans, "投资约2.3万亿坚戈。"), ["约2.3万亿坚戈: ≈2300000000000 KZT"]);
//! ```
//!
//! [`Reader::amount`] and [`amount_in`](Reader::amount_in) read a text that is one amount, such as the field of a form, and name the readings of an ambiguous one.
//!
//! # What is read
//!
//! A number with a currency: a sign, a code of ISO 4217, a word in any case or an abbreviation. The number has digits, with the separators
//! of the language, or words, with magnitudes in all their forms; compounds are one amount (`7 трлн 163 млрд`, `14 теңге 87 тиын`, `3元5角`), and
//! so are ranges (`10–15 мың теңге`, "from 5 to 7 million dollars").
//!
//! # What is left alone
//!
//! A wrong value is worse than none, so a text that has two readings has none here:
//!
//! - one separator before three digits, without a magnitude: `3,350 тенге`, `3.350 tenge`. In English and Chinese a comma groups.
//! - indefinite amounts: "millions of dollars", «несколько миллиардов», 数百万元.
//! - a sign or word that several countries have, if the text does not say which: `¥` outside Chinese, kronas, francs, manats.
//! - a number with a part that was not understood. A part of an amount is never read as the whole.
//! - negative amounts, and a number whose currency stands elsewhere in the sentence.
//!
//! | text | amounts | reason |
//! |---|---|---|
//! | «Штраф — от 15 000 тенге, залог — до 2 млн тенге.» | ≥ 15000 KZT, ≤ 2000000 KZT | limits are a part of the amount |
//! | "The fine is 500 tenge, up from 450 tenge." | 500 KZT, 450 KZT | the ends of a change are no limits |
//! | «В 2026 году построят 14 школ на 9 200 мест.» | | numbers of other things |
//! | «150, 200 и 300 тысяч тенге» | 300000 KZT | of a list, the number with the currency |
//! | «10–15 000 тенге» | | the first end may be ten or ten thousand, and half of a range is no amount |
//! | "5 million euro-denominated bonds" | | a part of another word |
//! | «Канада $50 млн бөлді.» | | Kazakh: «Канада» may be the country of the dollars, or the subject of the sentence |
//!
//! Bare dollars are those of the United States. "Som" is the Kyrgyz one in Russian, Kazakh and English.

mod after;
mod amount;
mod annotate;
mod before;
mod chinese;
mod choice;
mod context;
mod draft;
mod error;
mod figure;
mod filter;
mod grammar;
mod letters;
mod lexicon;
mod numerals;
mod one;
mod part;
mod phrase;
mod quantity;
mod reader;
mod sense;
mod signs;
mod token;
mod unit;
mod value;

pub use amount::{Amount, Kind};
pub use annotate::Annotator;
pub use error::ReadAmountError;
pub use reader::Reader;
