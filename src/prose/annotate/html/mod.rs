//! Annotating HTML pages.
//!
//! ```text
//!         ┌──────────── again, if earlier annotations were removed ────────────┐
//!         ▼                                                                    │
//! page ─► Tokens ──────► Content ─────────► Walk ──────► Block ─────► Edit ─► page
//!          texts and      what is read,      the text     amounts and   insertions
//!          tags           what is removed    of blocks    their places  and removals
//! ```
//!
//! | file | owns |
//! |---|---|
//! | `token` | the texts, found by the parser of `lol_html`, and the tags between them, found by `tag` |
//! | `tag` | tags, their few attributes that matter, comments |
//! | `element` | the effect of an element on the text around it, by its name |
//! | `content` | which text is read; the tags and elements of earlier annotations |
//! | `languages` | the language of a place, by the open elements with `lang` |
//! | `walk` | blocks, the scope (articles, `main` or the page), and the place of the note |
//! | `block` | the text of a block as a reader of the page sees it, and the way back from a span to bytes |
//! | `reference` | character references |
//! | `markup` | the elements that are written, and their escapes |
//!
//! # What must hold
//!
//! - **Bytes.** The result is the page with insertions and with removals of our own elements. It is never written from a parsed tree, so that
//!   markup that a parser would repair stays as it is.
//! - **Doubt leaves a page alone.** Tags are read here by the rules of the standard and their ends compared with those that the parser found; where
//!   they differ the page stays as it is ([`Tokens::of`]). Where it is not certain which elements are open, the rest of the text is not read.
//! - **No amount is a part of a larger one.** Text that is not read leaves a mark in the block, and an amount with one in it or beside it is dropped.
//! - **A second pass is the same.** Earlier annotations are removed first, and the page is then read from its beginning.
//! - **The work grows with the length of the page alone**: a list of open elements that is searched has a bound.
//!
//! # Examples
//!
//! `[…]` is the element around an amount, `{…}` its value:
//!
//! | page | annotated | reason |
//! |---|---|---|
//! | `Дали 7 <b>млн</b> тенге.` | `Дали [7 <b>млн</b> тенге]{…}.` | a tag of a phrase is no end of a text |
//! | `Дали <b>7 млн</b> тенге.` | `Дали <b>7 млн</b> тенге{…}.` | the amount is not in one element, so it gets none |
//! | `<td>7<td>млн тенге` | | cells are blocks |
//! | `7&nbsp;млн&#160;тен<wbr>ге` | all of it | as it is shown |
//! | `1<s>0</s>0 тенге`, `$10<sup>6</sup>` | | text that is struck or raised stands in the number |
//! | `<span class=rank>1</span><span class=price>500 тенге</span>` | | digits on both sides of a tag may be two numbers |
//! | `<p>7 <span lang=de>Mio</span> тенге` | | text of another language stands between |

mod block;
mod content;
mod element;
mod languages;
mod markup;
mod reference;
mod tag;
mod token;
mod walk;

use std::borrow::Cow;

use self::content::Content;
use self::token::Tokens;
use self::walk::{Edit, Walk};
use super::Annotator;

/// The most passes that remove earlier annotations: a removal may join the tags of another. A page with more stays as it is.
const MOST_REMOVALS: usize = 3;

impl Annotator {
    /// Annotates an HTML page or a part of one: each amount gets an element, its value follows, and one note names the bank and the day.
    ///
    /// ```
    /// # use masthead::ledger::{Feed, Ledger, Sighting, View};
    /// # use masthead::{Snapshot, SourceId};
    /// # use masthead::money::Currency;
    /// # use masthead::prose::Annotator;
    /// # use masthead::strip::Lang;
    /// #
    /// # let now = Snapshot::SAMPLE_TIME;
    /// # let rates = Snapshot::sample().rates(now).ok_or("no sample")?.value().clone();
    /// # let mut ledger = Ledger::default();
    /// # ledger.insert(Sighting::of_rates(SourceId::SAMPLE, Feed::OfDay, rates.day(), rates, now));
    /// # let history = ledger.history(now, &View::new(SourceId::SAMPLE)); // in a site: ticker.history()
    /// let annotator = Annotator::new(&history, "2023-06-13".parse()?, Currency::USD, Lang::En)?;
    /// let page = "<article><p>The fine is <b>₸7</b>&nbsp;mln.</p></article>";
    /// let annotated = annotator.html(page.as_bytes());
    /// assert_eq!(
    ///     std::str::from_utf8(&annotated)?,
    ///     concat!(
    ///         "<article><p>The fine is <b>₸7</b>&nbsp;mln",
    ///         r#"<span class="masthead-converted" lang="en" data-on="2023-06-13" data-to="USD" title="Built-in sample of 13 June 2023, 13 June 2023">"#,
    ///         " (<bdi>about $15,600</bdi>)</span>.</p>",
    ///         r#"<p class="masthead-amounts-note" lang="en" dir="ltr">Converted at the official rate: Built-in sample of 13 June 2023, 13 June 2023</p></article>"#,
    ///     ),
    /// );
    /// // Another day or currency replaces the values, and the same one changes no byte.
    /// assert_eq!(annotator.html(&annotated), annotated);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// An amount that lies in one element stands in `<data class="masthead-amount" value="KZT 7000000">`; the value of a range is
    /// `KZT 10000-15000`. Text continues across tags of phrases, such as `b` and `a`, comments and character references. The rest of the page
    /// stays as it is, byte for byte, but annotations of an earlier pass are removed.
    ///
    /// # What is left alone
    ///
    /// | place | left alone |
    /// |---|---|
    /// | page | one that is not UTF-8 or that the parser refuses, such as `<select><xmp>` or a tag of 16 MB |
    /// | part of a page | all but the `article` elements if there are any, else all but `main` if there is one |
    /// | text that is no prose | `script`, `style`, `code`, `pre`, `kbd`, `samp`, `tt`, `textarea`, `title`, `template`, `svg`, `math`, `button`, `select`, `noscript`, `iframe`, `object`, `video`, `audio`, `canvas`, comments, attributes |
    /// | text that is raised, struck or reversed | `sup`, `sub`, `del`, `s`, `bdo`, `rt` |
    /// | marked elements | `class="masthead"`, `translate="no"` and `class="notranslate"` (but on `html` and `body`), `contenteditable`, `hidden` |
    /// | language | elements whose `lang` is not one of the eight languages. Text in another one of these is read and annotated in it; text without a `lang` is in the annotator's language |
    /// | amount | one with such text in it or beside it, with a picture in its digits, or across blocks |
    ///
    /// An element that is left alone and has no end tag reaches to the end of the page. The note stands at the end of the first article with
    /// an amount, else of `main`, `body` or the page.
    ///
    /// The time and memory grow with the length of the page, whatever the page is.
    #[must_use]
    pub fn html<'a>(&self, page: &'a [u8]) -> Cow<'a, [u8]> {
        match self.annotated(page) {
            Some(annotated) if annotated != page => Cow::Owned(annotated),
            _ => Cow::Borrowed(page),
        }
    }

    /// Returns `None` if the page stays as it is.
    ///
    /// Earlier annotations are removed before the page is read: without one that is not ours the text around it may be another.
    fn annotated(&self, page: &[u8]) -> Option<Vec<u8>> {
        let mut page = Cow::Borrowed(page);
        for _ in 0..MOST_REMOVALS {
            let tokens = Tokens::of(&page)?;
            let content = Content::of(&tokens)?;
            if content.removed.is_empty() {
                let edits = Walk::new(self, &page, &tokens.texts, &content).edits();
                return edited(&page, edits);
            }
            let removals = content.removed.iter().map(|range| Edit {
                range: range.clone(),
                text: String::new(),
            });
            page = Cow::Owned(edited(&page, removals.collect())?);
        }
        None
    }
}

/// The page with the edits. Returns `None` if they overlap or are not in it. Of edits at one place an insertion comes first.
fn edited(page: &[u8], mut edits: Vec<Edit>) -> Option<Vec<u8>> {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut edited = Vec::with_capacity(page.len() + added);
    let mut at = 0;
    for Edit { range, text } in edits {
        edited.extend_from_slice(page.get(at..range.start)?);
        edited.extend_from_slice(text.as_bytes());
        at = range.end;
    }
    edited.extend_from_slice(page.get(at..)?);
    Some(edited)
}
