use std::collections::VecDeque;
use std::sync::LazyLock;

use super::amount::Amount;
use super::choice::Choice;
use super::filter::Filter;
use super::grammar;
use super::lexicon::{Lexicon, Rules};
use super::token::{Buffers, Floor, Tokenizer};
use crate::strip::Lang;

/// A reader of amounts of money in texts of one language.
///
/// It is small and cheap to copy. The words of a language are prepared once, when its first reader is made.
///
/// ```
/// use masthead::money::Currency;
/// use masthead::prose::{Kind, Reader};
/// use masthead::strip::Lang;
///
/// let reader = Reader::new(Lang::Kk);
/// let text = "Қорға 5,9 трлн теңгеден астам қаржы түсті, 25 адамға көмектесті.";
/// let amount = reader.amounts(text).next().ok_or("no amount")?;
/// assert_eq!(&text[amount.span()], "5,9 трлн теңгеден астам");
/// assert_eq!((amount.currency(), amount.kind()), (Currency::KZT, Kind::LowerBound));
/// assert_eq!(amount.low().to_string(), "5900000000000");
/// assert_eq!(amount.significant_digits(), 2);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    language: &'static Language,
}

/// The words of a language, and the filter made of them. It is made once for each language of a process, and is never freed.
#[derive(Debug)]
struct Language {
    lexicon: Lexicon,
    filter: Filter,
}

impl Language {
    fn new(lang: Lang) -> Self {
        let lexicon = Lexicon::new(lang);
        let filter = Filter::new(&lexicon);
        Self { lexicon, filter }
    }
}

impl Reader {
    /// Returns a reader for texts in `lang`. [`Lang::KkLatn`] reads both Latin alphabets of Kazakh, that of 2018 and the draft of 2021.
    ///
    /// ```
    /// use masthead::prose::Reader;
    /// use masthead::strip::Lang;
    ///
    /// let reader = Reader::new(Lang::KkLatn);
    /// assert_eq!(reader.amounts("7 mln teńge, 7 mln teñge").count(), 2);
    /// ```
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        macro_rules! prepared {
            ($lang:expr) => {{
                static LANGUAGE: LazyLock<Language> = LazyLock::new(|| Language::new($lang));
                &LANGUAGE
            }};
        }
        let language = match lang {
            Lang::En => prepared!(Lang::En),
            Lang::Ru => prepared!(Lang::Ru),
            Lang::Kk => prepared!(Lang::Kk),
            Lang::KkLatn => prepared!(Lang::KkLatn),
            Lang::ZhHans => prepared!(Lang::ZhHans),
            Lang::KkArab => prepared!(Lang::KkArab),
            Lang::UzCyrl => prepared!(Lang::UzCyrl),
            Lang::UzLatn => prepared!(Lang::UzLatn),
        };
        Self { language }
    }

    /// Returns the amounts of a text, in order. Their places do not overlap. A text without one gives none; reading never fails.
    ///
    /// The time grows with the length of the text, whatever the text is, and the memory does not grow with it.
    ///
    /// ```
    /// use masthead::prose::Reader;
    /// use masthead::strip::Lang;
    ///
    /// let text = "A ticket costs 1,250 tenge ($2.30), three times the price of 2019.";
    /// let amounts: Vec<_> = Reader::new(Lang::En).amounts(text).collect();
    /// assert_eq!(amounts.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1250 KZT", "2.30 USD"]);
    /// assert_eq!(&text[amounts[1].span()], "$2.30");
    /// ```
    pub fn amounts<'a>(&self, text: &'a str) -> impl Iterator<Item = Amount> + use<'a> {
        self.amounts_by(text, Choice::NONE)
    }

    /// Returns the amounts of a text with a choice where it leaves readings open.
    pub(super) fn amounts_by<'a>(
        &self,
        text: &'a str,
        choice: Choice,
    ) -> impl Iterator<Item = Amount> + use<'a> {
        let rules = self.language.lexicon.rules();
        Amounts {
            language: self.language,
            rules: Rules { choice, ..*rules },
            text,
            at: 0,
            floor: Floor::default(),
            buffers: Buffers::default(),
            found: VecDeque::new(),
        }
    }
}

impl Reader {
    /// Whether a text has a word, sign or code of money, with or without a number. Much faster than reading: the annotator makes no copy of a
    /// paragraph without one.
    pub(super) fn has_mark(self, text: &str) -> bool {
        let Language { lexicon, filter } = self.language;
        let tokenizer = Tokenizer { text, lexicon };
        let mut at = 0;
        while let Some(near) = filter.next(text, at) {
            if tokenizer.is_money(near) {
                return true;
            }
            let first = text.get(near..).and_then(|rest| rest.chars().next());
            at = near + first.map_or(1, char::len_utf8);
        }
        false
    }
}

/// The amounts of a text, region by region: the next mark is searched only when all amounts of the last region have been returned.
#[derive(Debug)]
struct Amounts<'a> {
    language: &'static Language,
    rules: Rules,
    text: &'a str,
    /// Where the search for the next mark begins.
    at: usize,
    /// Where the last region ended. The next one begins there or later.
    floor: Floor,
    /// The memory of the tokens, used for one region after another.
    buffers: Buffers,
    /// The amounts of the last region that have not been returned.
    found: VecDeque<Amount>,
}

impl Iterator for Amounts<'_> {
    type Item = Amount;

    fn next(&mut self) -> Option<Amount> {
        loop {
            if let Some(amount) = self.found.pop_front() {
                return Some(amount);
            }
            let near = self.language.filter.next(self.text, self.at)?;
            let Language { lexicon, .. } = self.language;
            let tokenizer = Tokenizer {
                text: self.text,
                lexicon,
            };
            self.at = near + self.text.get(near..)?.chars().next()?.len_utf8();
            if !tokenizer.is_money(near) {
                continue;
            }
            self.floor = tokenizer.around(near, self.floor, &mut self.buffers);
            self.at = self.at.max(self.floor.at);
            grammar::read(
                self.text,
                &self.buffers.tokens,
                &self.rules,
                &mut self.found,
            );
        }
    }
}
