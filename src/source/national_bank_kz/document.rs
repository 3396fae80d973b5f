//! The XML of the National Bank's feeds, read in one pass over its events.
//!
//! The fields that are read are plain text without references, so they borrow from the body. Anything that was never seen in a
//! feed (CDATA or references in a value, a document type, a second root) is an error, not interpreted.

use std::borrow::Cow;
use std::fmt::Display;

use chrono::NaiveDate;
use quick_xml::Reader;
use quick_xml::events::Event;
use rust_decimal::Decimal;

use crate::money::{Currency, Row, parse_decimal};
use crate::source::central_bank::{parse_nominal, without_spare_zeros};
use crate::text::ParseError;

/// The most decimals that the bank prints.
const DECIMALS: usize = 2;

/// A document: its items, or the reason for their absence.
#[derive(Default)]
pub(super) struct Document<'a> {
    pub(super) items: Vec<Item>,
    /// The text of `info`, which the bank sends in place of items.
    pub(super) info: Option<&'a str>,
    /// The day of the document, for items without a `pubDate`.
    day: Option<NaiveDate>,
}

/// One currency on one day.
pub(super) struct Item {
    pub(super) day: NaiveDate,
    /// `None` for a currency that is not in the table.
    pub(super) row: Option<Row>,
}

/// The texts of one `<item>`, as they stand in the document.
#[derive(Default)]
struct Fields<'a> {
    title: Option<&'a str>,
    pub_date: Option<&'a str>,
    description: Option<&'a str>,
    quant: Option<&'a str>,
    index: Option<&'a str>,
    change: Option<&'a str>,
}

/// The field that the text of the open element belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    None,
    Date,
    Info,
    Title,
    PubDate,
    Description,
    Quant,
    Index,
    Change,
}

impl<'a> Document<'a> {
    /// Reads a whole document. The error is a reason for a log.
    pub(super) fn read(xml: &'a str) -> Result<Self, String> {
        let mut reader = Reader::from_str(xml);
        let mut document = Self::default();
        let mut item: Option<Fields<'a>> = None;
        let mut slot = Slot::None;
        let (mut depth, mut root) = (0_usize, None);
        loop {
            let event = reader.read_event().map_err(|cause| {
                format!("XML error at byte {}: {cause}", reader.error_position())
            })?;
            match event {
                Event::Text(text) if slot != Slot::None => {
                    let text = borrowed(text.into_inner())?;
                    match &mut item {
                        Some(fields) => fields.fill(slot, text)?,
                        None => document.fill(slot, text)?,
                    }
                }
                Event::Text(text) if depth == 0 && !text.trim_ascii().is_empty() => {
                    return Err("text outside the root element".into());
                }
                // Otherwise 512<b>.</b>34 would be read as 512.
                Event::Start(_) | Event::Empty(_) if slot.is_value() => {
                    return Err("an element where plain text was expected".into());
                }
                Event::Start(start) => {
                    let name = start.name().into_inner();
                    if depth == 0 {
                        root = Some(check_root(name, root)?);
                    } else if name == "item" {
                        if item.replace(Fields::default()).is_some() {
                            return Err("an item inside an item".into());
                        }
                    } else {
                        slot = Slot::of(name, item.is_some());
                    }
                    depth += 1;
                }
                Event::End(end) => {
                    depth = depth.saturating_sub(1);
                    slot = Slot::None;
                    if end.name().into_inner() == "item"
                        && let Some(fields) = item.take()
                    {
                        document.items.push(fields.read(document.day)?);
                    }
                }
                Event::Empty(empty) if depth == 0 => {
                    root = Some(check_root(empty.name().into_inner(), root)?);
                }
                Event::CData(_) | Event::GeneralRef(_) if slot.is_value() => {
                    return Err("CDATA or a reference where plain text was expected".into());
                }
                Event::DocType(_) => return Err("unexpected document type declaration".into()),
                Event::Eof if depth > 0 => {
                    return Err(format!(
                        "the document ends before </{}>",
                        root.unwrap_or_default()
                    ));
                }
                Event::Eof if root.is_none() => return Err("an empty document".into()),
                Event::Eof => return Ok(document),
                Event::Text(_)
                | Event::Empty(_)
                | Event::CData(_)
                | Event::GeneralRef(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_) => {}
            }
        }
    }

    fn fill(&mut self, slot: Slot, text: &'a str) -> Result<(), String> {
        match slot {
            Slot::Date if self.day.is_some() => return Err("a document with two days".into()),
            Slot::Date => self.day = Some(parse_day(text)?),
            _ => _ = self.info.get_or_insert(text),
        }
        Ok(())
    }
}

fn check_root(name: &str, root: Option<&'static str>) -> Result<&'static str, String> {
    match (name, root) {
        (_, Some(root)) => Err(format!("an element after </{root}>")),
        ("rates", None) => Ok("rates"),
        ("rss", None) => Ok("rss"),
        _ => {
            let name = name.chars().take(40).collect::<String>();
            let name = name.escape_debug();
            Err(format!(
                "the root element is <{name}>, expected <rates> or <rss>"
            ))
        }
    }
}

fn borrowed(text: Cow<'_, str>) -> Result<&str, String> {
    match text {
        Cow::Borrowed(text) => Ok(text),
        Cow::Owned(_) => Err("text that differs from the bytes of the document".into()),
    }
}

impl Slot {
    /// Whether the field must be plain text. `info` need not be: no whole answer with one was seen.
    fn is_value(self) -> bool {
        !matches!(self, Self::None | Self::Info)
    }

    // The document has a title and a description of its own, outside of items.
    fn of(name: &str, in_item: bool) -> Self {
        match (name, in_item) {
            ("title", true) => Self::Title,
            ("description", true) => Self::Description,
            ("quant", true) => Self::Quant,
            ("index", true) => Self::Index,
            ("change", true) => Self::Change,
            ("pubDate", true) => Self::PubDate,
            ("date", false) => Self::Date,
            ("info", false) => Self::Info,
            _ => Self::None,
        }
    }
}

impl<'a> Fields<'a> {
    /// Sets a field. A field that stands twice is an error, because only one of the two can be right.
    fn fill(&mut self, slot: Slot, text: &'a str) -> Result<(), String> {
        let (field, name) = match slot {
            Slot::Title => (&mut self.title, "titles"),
            Slot::PubDate => (&mut self.pub_date, "days"),
            Slot::Description => (&mut self.description, "rates"),
            Slot::Quant => (&mut self.quant, "nominals"),
            Slot::Index => (&mut self.index, "indexes"),
            Slot::Change => (&mut self.change, "changes"),
            Slot::None | Slot::Date | Slot::Info => return Ok(()),
        };
        match field.replace(text) {
            None => Ok(()),
            Some(_) => Err(format!("an item with two {name}")),
        }
    }

    fn read(&self, document_day: Option<NaiveDate>) -> Result<Item, String> {
        let code = self.title.unwrap_or_default().trim_ascii();
        if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(format!("{code:?} is not a currency code"));
        }
        let missing = |what: &str| format!("{code} has no {what}");
        let invalid = |what: &str, cause: &dyn Display| format!("{what} of {code}: {cause}");
        let day = match self.pub_date {
            Some(text) => parse_day(text)?,
            None => document_day.ok_or_else(|| missing("day"))?,
        };
        let value = self
            .description
            .ok_or_else(|| missing("rate"))?
            .trim_ascii();
        let value = parse_decimal(without_spare_zeros(value, '.', DECIMALS))
            .map_err(|cause| invalid("rate", &cause))?;
        let nominal = self.quant.ok_or_else(|| missing("nominal"))?.trim_ascii();
        let nominal = parse_nominal(nominal).map_err(|cause| invalid("nominal", &cause))?;
        let change = self
            .change
            .map(str::trim_ascii)
            .filter(|text| !text.is_empty());
        let change = change
            .map(parse_signed)
            .transpose()
            .map_err(|cause| invalid("change", &cause))?
            .filter(|change| agrees(self.index.unwrap_or_default().trim_ascii(), *change));
        // The short feed wrote the ruble by its code until 1998, on any day. The list reads it under the code of its day.
        let currency = if code == "RUR" {
            Some(Currency::RUB)
        } else {
            code.parse().ok()
        };
        Ok(Item {
            day,
            row: currency.map(|currency| Row {
                currency,
                value,
                nominal,
                change,
            }),
        })
    }
}

/// Whether a change has the direction of the row's index: `UP`, `DOWN`, or empty for any change. `UP` beside a change of 0.00 was
/// seen in 2020, so one of the two can be wrong. An unknown index agrees with no change.
fn agrees(index: &str, change: Decimal) -> bool {
    match index {
        "" => true,
        "UP" => change > Decimal::ZERO,
        "DOWN" => change < Decimal::ZERO,
        _ => false,
    }
}

/// A change, which has a sign, plus included.
fn parse_signed(text: &str) -> Result<Decimal, ParseError> {
    let text = without_spare_zeros(text, '.', DECIMALS);
    match text.strip_prefix('+') {
        Some(digits) if digits.starts_with(|first: char| first.is_ascii_digit()) => {
            parse_decimal(digits)
        }
        _ => parse_decimal(text),
    }
}

/// A day such as `02.04.2026`, or `16.06.17` as the feeds printed until 2017 at least.
fn parse_day(text: &str) -> Result<NaiveDate, String> {
    let day = text.trim_ascii();
    let pattern = if day.len() == "16.06.17".len() {
        "%d.%m.%y"
    } else {
        "%d.%m.%Y"
    };
    let parsed = if matches!(day.len(), 8 | 10) {
        NaiveDate::parse_from_str(day, pattern).ok()
    } else {
        None
    };
    parsed.ok_or_else(|| format!("{day:?} is not a day, expected DD.MM.YYYY"))
}
