use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};
use quick_xml::Reader;
use quick_xml::events::Event;
use rust_decimal::Decimal;

use super::{DecodeError, DecodeErrorKind, Source, get, text};
use crate::money::{Currency, Method, Publication, Quotation, Rates, Row, parse_decimal};
use crate::provenance::{Attribution, SourceId};

/// The National Bank of Kazakhstan: official rates of the tenge, from its three XML feeds.
///
/// Rates are set at 15:30 (dollar) and 16:00 (the rest) in Astana on working days, for the next working day. The feed of
/// a day answers on weekends and holidays with the rate in force.
///
/// # Limits
///
/// The feeds carry no validators (`ETag`, `Last-Modified`) and no names but Russian ones, which are not read. Days before
/// about 2021 are answered with an `<info>` text: no data. A currency that ISO 4217 does not know has no minor unit, so
/// its row is left out.
///
/// ```
/// use masthead::source::{NationalBankKz, Source};
///
/// let newest = NationalBankKz::newest();
/// let today = "2026-04-02".parse().unwrap();
/// assert_eq!(newest.request(&today).uri(), "https://nationalbank.kz/rss/rates_all.xml");
/// ```
#[derive(Clone, Debug)]
pub struct NationalBankKz {
    feed: Feed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feed {
    Day,
    Newest,
    NewestMain,
}

impl NationalBankKz {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Asia__Almaty;

    /// `get_rates.cfm`: every currency, on the day asked for.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::Day }
    }

    /// `rates_all.xml`: the newest publication, which from the afternoon on is tomorrow's.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }

    /// `rates.xml`: the newest publication, dollar, euro and ruble alone.
    #[must_use]
    pub const fn newest_main() -> Self {
        Self {
            feed: Feed::NewestMain,
        }
    }

    /// Fewer rows than this are a broken answer, not a short list.
    const fn minimum_rows(&self) -> usize {
        match self.feed {
            Feed::Day | Feed::Newest => 10,
            Feed::NewestMain => 3,
        }
    }

    fn malformed(&self, what: impl std::fmt::Display) -> DecodeError {
        DecodeError::malformed(&self.id(), what)
    }
}

impl Source for NationalBankKz {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        SourceId::NATIONAL_BANK_KZ
    }

    fn attribution(&self) -> Attribution {
        Attribution::new("National Bank of Kazakhstan").link("https://nationalbank.kz/")
    }

    fn request(&self, today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::Day => get(
                "nationalbank.kz",
                &format!("/rss/get_rates.cfm?fdate={}", today.format("%d.%m.%Y")),
            ),
            Feed::Newest => get("nationalbank.kz", "/rss/rates_all.xml"),
            Feed::NewestMain => get("nationalbank.kz", "/rss/rates.xml"),
        }
    }

    fn decode(&self, _: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let document = self.read(text(&self.id(), response)?)?;
        if document.items.is_empty() {
            let info = document.info.unwrap_or("a document without rates").trim();
            return Err(DecodeError::new(
                &self.id(),
                DecodeErrorKind::NoData(info.chars().take(120).collect()),
            ));
        }
        // Currencies long gone keep their last day in the feed of the newest rates.
        let day = document
            .items
            .iter()
            .map(|item| item.day)
            .max()
            .unwrap_or(NaiveDate::MIN);
        let rows: Vec<Row> = document
            .items
            .into_iter()
            .filter(|item| item.day == day)
            .filter_map(|item| item.row)
            .collect();
        if rows.len() < self.minimum_rows() {
            return Err(self.malformed(format!(
                "{} rates of {day}, expected at least {}",
                rows.len(),
                self.minimum_rows()
            )));
        }
        if !rows.iter().any(|row| row.currency == Currency::USD) {
            return Err(self.malformed(format!("no dollar among the rates of {day}")));
        }
        let publication = Publication {
            home: Currency::KZT,
            quotation: Quotation::HomePerForeign,
            day,
            zone: Self::ZONE,
            source: self.id(),
            method: Method::Published,
        };
        Rates::new(publication, rows).map_err(|cause| self.malformed(cause))
    }
}

/// What a document says.
#[derive(Default)]
struct Document<'a> {
    items: Vec<Item>,
    info: Option<&'a str>,
}

struct Item {
    day: NaiveDate,
    /// Nothing for a currency that ISO 4217 does not know.
    row: Option<Row>,
}

/// The texts of one `<item>`, as they stand in the document.
#[derive(Default)]
struct Fields<'a> {
    title: Option<&'a str>,
    pub_date: Option<&'a str>,
    description: Option<&'a str>,
    quant: Option<&'a str>,
    change: Option<&'a str>,
}

impl NationalBankKz {
    /// Walks the document once. What it needs is text without entities, so every field borrows from the body.
    fn read<'a>(&self, xml: &'a str) -> Result<Document<'a>, DecodeError> {
        let mut reader = Reader::from_str(xml);
        let mut document = Document::default();
        let mut root: Option<&'static str> = None;
        let mut depth = 0_usize;
        let mut day = None;
        let mut item: Option<Fields<'a>> = None;
        // The slot that the text of the open element goes to: an element says where, its text fills it.
        let mut open = Slot::None;
        loop {
            let event = reader.read_event().map_err(|cause| {
                self.malformed(format!(
                    "XML error at byte {}: {cause}",
                    reader.error_position()
                ))
            })?;
            match event {
                Event::Start(start) => {
                    depth += 1;
                    let name = start.name().into_inner();
                    match (root, item.is_some()) {
                        (None, _) => root = Some(self.root(name)?),
                        (Some(_), true) => open = Slot::of_item(name),
                        (Some(_), false) if name == "item" => item = Some(Fields::default()),
                        (Some(_), false) => open = Slot::of_document(name),
                    }
                }
                Event::Text(text) => {
                    if open != Slot::None {
                        let text = borrowed(text.into_inner())
                            .ok_or_else(|| self.malformed("text with references"))?;
                        match (&mut item, open) {
                            (Some(fields), slot) => fields
                                .fill(slot, text)
                                .map_err(|field| self.malformed(field))?,
                            (None, Slot::Date) => day = Some(self.day(text)?),
                            (None, _) => document.info = Some(text),
                        }
                    }
                }
                Event::GeneralRef(_) | Event::CData(_) if open != Slot::None => {
                    return Err(
                        self.malformed("a reference or CDATA where plain text was expected")
                    );
                }
                Event::End(end) => {
                    depth = depth.saturating_sub(1);
                    open = Slot::None;
                    if end.name().into_inner() == "item"
                        && let Some(fields) = item.take()
                    {
                        document.items.push(self.item(&fields, day)?);
                    }
                }
                Event::Empty(empty) => {
                    if root.is_none() {
                        self.root(empty.name().into_inner())?;
                        return Ok(document);
                    }
                }
                Event::DocType(_) => {
                    return Err(self.malformed("a document type, which no feed has"));
                }
                Event::Eof => break,
                Event::Decl(_)
                | Event::PI(_)
                | Event::Comment(_)
                | Event::GeneralRef(_)
                | Event::CData(_) => {}
            }
            if depth == 0 && root.is_some() {
                break;
            }
        }
        match root {
            None => Err(self.malformed("an empty document")),
            Some(root) if depth > 0 => {
                Err(self.malformed(format!("the document ends before </{root}>")))
            }
            Some(_) => Ok(document),
        }
    }

    fn root(&self, name: &str) -> Result<&'static str, DecodeError> {
        match name {
            "rates" => Ok("rates"),
            "rss" => Ok("rss"),
            _ => {
                let name: String = name.chars().take(40).collect();
                Err(self.malformed(format!(
                    "the root element is <{name}>, expected <rates> or <rss>"
                )))
            }
        }
    }

    fn item(
        &self,
        fields: &Fields<'_>,
        document_day: Option<NaiveDate>,
    ) -> Result<Item, DecodeError> {
        let code = fields.title.unwrap_or_default().trim();
        let missing = |what: &str| self.malformed(format!("{code:?} has no {what}"));
        let invalid = |what: &str, cause: &dyn std::fmt::Display| {
            self.malformed(format!("{what} of {code}: {cause}"))
        };
        if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(self.malformed(format!("{code:?} is not a currency code")));
        }
        let day = match fields.pub_date {
            Some(text) => self.day(text)?,
            None => document_day.ok_or_else(|| missing("day"))?,
        };
        let value = fields.description.ok_or_else(|| missing("rate"))?.trim();
        let value = parse_decimal(value).map_err(|cause| invalid("rate", &cause))?;
        let nominal = fields.quant.ok_or_else(|| missing("nominal"))?.trim();
        let nominal = nominal
            .parse()
            .map_err(|_| invalid("nominal", &format!("{nominal:?} is not a number")))?;
        let change = fields.change.map(str::trim).filter(|text| !text.is_empty());
        let change = change
            .map(signed)
            .transpose()
            .map_err(|cause| invalid("change", &cause))?;
        // The ruble kept its code of before 1998 in the short feed.
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

    /// `02.04.2026`, and `16.06.17` as the feeds printed until 2017 at least.
    fn day(&self, text: &str) -> Result<NaiveDate, DecodeError> {
        let text = text.trim();
        let pattern = if text.len() == "16.06.17".len() {
            "%d.%m.%y"
        } else {
            "%d.%m.%Y"
        };
        NaiveDate::parse_from_str(text, pattern)
            .ok()
            .filter(|_| matches!(text.len(), 8 | 10))
            .ok_or_else(|| self.malformed(format!("{text:?} is not a day, expected DD.MM.YYYY")))
    }
}

/// Where the text of an element goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    None,
    Date,
    Info,
    Title,
    PubDate,
    Description,
    Quant,
    Change,
}

impl Slot {
    fn of_item(name: &str) -> Self {
        match name {
            "title" => Self::Title,
            "description" => Self::Description,
            "quant" => Self::Quant,
            "change" => Self::Change,
            "pubDate" => Self::PubDate,
            _ => Self::None,
        }
    }

    // The document has a title and a description of its own, which are nobody's rate.
    fn of_document(name: &str) -> Self {
        match name {
            "date" => Self::Date,
            "info" => Self::Info,
            _ => Self::None,
        }
    }
}

impl<'a> Fields<'a> {
    /// Fills a slot; a slot filled twice is an error, because one of the two is not the rate.
    fn fill(&mut self, slot: Slot, text: &'a str) -> Result<(), &'static str> {
        let (field, twice) = match slot {
            Slot::Title => (&mut self.title, "an item with two titles"),
            Slot::PubDate => (&mut self.pub_date, "an item with two days"),
            Slot::Description => (&mut self.description, "an item with two rates"),
            Slot::Quant => (&mut self.quant, "an item with two nominals"),
            Slot::Change => (&mut self.change, "an item with two changes"),
            Slot::None | Slot::Date | Slot::Info => return Ok(()),
        };
        if field.replace(text).is_some() {
            Err(twice)
        } else {
            Ok(())
        }
    }
}

/// A change carries its sign, plus included.
fn signed(text: &str) -> Result<Decimal, crate::money::ParseDecimalError> {
    match text.strip_prefix('+') {
        Some(digits) if digits.starts_with(|first: char| first.is_ascii_digit()) => {
            parse_decimal(digits)
        }
        _ => parse_decimal(text),
    }
}

fn borrowed(text: std::borrow::Cow<'_, str>) -> Option<&str> {
    match text {
        std::borrow::Cow::Borrowed(text) => Some(text),
        std::borrow::Cow::Owned(_) => None,
    }
}
