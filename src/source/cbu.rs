use std::borrow::Cow;

use bytes::Bytes;
use chrono::NaiveDate;
use chrono_tz::Tz;
use http::{Request, Response};
use serde::Deserialize;

use super::central_bank::{DecimalMark, Feed, List, Printed, parse_code, parse_day};
use super::profile::{Budget, DAYS_AHEAD, History, LONGEST_SILENCE, Profile, SHOWN, of};
use super::{DecodeError, Source, get, json, text_of_ascii_fields};
use crate::money::{Currency, Quotation, Rates, Row};
use crate::provenance::SourceId;

/// The most decimals that the bank prints.
const DECIMALS: usize = 2;

impl SourceId {
    /// The Central Bank of Uzbekistan.
    pub const CBU: Self = Self::constant("cbu");
}

/// The Central Bank of the Republic of Uzbekistan: official rates of the Uzbek som, 75 currencies.
///
/// # Document
///
/// A JSON array of objects, one a currency. Read are `Ccy`, `Nominal`, `Rate`, `Diff` and `Date` (`DD.MM.YYYY`); names in four
/// spellings, the bank's `id` (which differs between years) and the numeric code are not. Every number is a JSON string with a
/// decimal point and two decimals. Values are som for the nominal, [`HomePerForeign`](Quotation::HomePerForeign); nominals
/// differ between currencies: 10 for the rupiah, the Iranian rial and the dong, 1 for the others (2022 and 2026).
///
/// `Diff` is the bank's own difference to its publication before, with a `-` or without a sign, and `0` without decimals. It is
/// the change of the row, which has none if the field is absent, `null` or empty. In the recorded documents of 1 and 2 April 2026
/// every `Diff` is the difference of the two rates.
///
/// # Days
///
/// `Date` is the same in all rows; rows of two days are an error. The answers to a weekend and to the holidays of January were
/// not seen.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::source::{Cbu, Source};
///
/// let day = "2027-03-04".parse()?;
/// assert_eq!(Cbu::of_day().request(&day).uri(), "https://cbu.uz/ru/arkhiv-kursov-valyut/json/all/2027-03-04/");
/// assert_eq!(Cbu::newest().request(&day).uri(), "https://cbu.uz/ru/arkhiv-kursov-valyut/json/");
///
/// let body = br#"[
///     {"id": 1, "Ccy": "USD", "Nominal": "1", "Rate": "12345.67", "Diff": "-5.05", "Date": "04.03.2027"},
///     {"id": 2, "Ccy": "EUR", "Nominal": "1", "Rate": "14000.00", "Diff": "0", "Date": "04.03.2027"},
///     {"id": 3, "Ccy": "VND", "Nominal": "10", "Rate": "4.71", "Diff": "", "Date": "04.03.2027"}
/// ]"#;
/// let rates = Cbu::of_day().decode(&day, &Response::new(Bytes::from_static(body)))?;
/// let dollar = rates.rate("USD/UZS".parse()?).unwrap();
/// assert_eq!((dollar.value().to_string().as_str(), dollar.change().unwrap().to_string().as_str()), ("12345.67", "-5.05"));
/// assert_eq!((rates.zone(), rates.longest_pause()), (Cbu::ZONE, Cbu::LONGEST_PAUSE));
/// let dong = rates.rate("VND/UZS".parse()?).unwrap();
/// assert_eq!((dong.nominal(), dong.change()), (10, None));
///
/// let numbers = br#"[{"Ccy": "USD", "Nominal": "1", "Rate": 12345.67, "Date": "04.03.2027"}]"#;
/// let error = Cbu::of_day().decode(&day, &Response::new(Bytes::from_static(numbers))).unwrap_err();
/// assert!(error.to_string().starts_with("cannot read cbu: the body is not the expected JSON: invalid type"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors of `decode`
///
/// - [`NoData`](super::DecodeErrorKind::NoData): an empty array.
/// - [`Malformed`](super::DecodeErrorKind::Malformed): rows of two days, a day after the one of the request, a JSON number in place of a
///   string, a missing or repeated field.
///
/// # Limits
///
/// `RUB` is the code of the old ruble too, and is read by the day of the list: 13.46 for 1000 on 30 December 1997 (`RUR`), 13.48 for
/// one on 6 January 1998. Currencies that have ended (the lev in April 2026) are left out. The bolívar (`VES`) and the Syrian pound
/// (`SYP`) changed their units under one code.
///
/// The answers carry no validators (`ETag`, `Last-Modified`) and are sent with `no-store`, so every request costs a whole
/// document.
///
/// # In a ticker
///
/// `Bank::cbu()` keeps these rates. The banks of Kazakhstan and Russia confirm surprising numbers.
#[derive(Clone, Debug)]
pub struct Cbu {
    feed: Feed,
}

impl Cbu {
    /// The zone of the bank's days.
    pub const ZONE: Tz = Tz::Asia__Tashkent;

    /// The longest time for which a publication stays in force after its own day, in days: 10, which is
    /// [`Rates::DEFAULT_PAUSE`]. No list over the holidays of January was seen.
    pub const LONGEST_PAUSE: u16 = Rates::DEFAULT_PAUSE;

    /// `json/all/YYYY-MM-DD/`: the rates of a day.
    #[must_use]
    pub const fn of_day() -> Self {
        Self { feed: Feed::OfDay }
    }

    /// `json/`: the newest publication. An answer may be of any day.
    #[must_use]
    pub const fn newest() -> Self {
        Self { feed: Feed::Newest }
    }
}

/// A row of the document; every number in it is a string.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Quote<'a> {
    #[serde(borrow)]
    ccy: Cow<'a, str>,
    #[serde(borrow)]
    nominal: Cow<'a, str>,
    #[serde(borrow)]
    rate: Cow<'a, str>,
    #[serde(borrow)]
    diff: Option<Cow<'a, str>>,
    #[serde(borrow)]
    date: Cow<'a, str>,
}

/// The bank.
pub(crate) static PROFILE: Profile = Profile {
    id: SourceId::CBU,
    name: "Central Bank of the Republic of Uzbekistan",
    link: "https://cbu.uz/",
    home: Currency::UZS,
    quotation: Quotation::HomePerForeign,
    zone: Cbu::ZONE,
    shown: SHOWN,
    days_ahead: DAYS_AHEAD,
    longest_pause: Cbu::LONGEST_PAUSE,
    is_carried: true,
    longest_silence: LONGEST_SILENCE,
    budget: Budget::EIGHT,
    in_force: |_| vec![of(Cbu::of_day())],
    newest: Some(|| of(Cbu::newest())),
    history: History::ByDay,
    witness: || of(Cbu::newest()),
    witnesses: &[(SourceId::NATIONAL_BANK_KZ, 0), (SourceId::CBR, 0)],
};

impl Source for Cbu {
    from_profile!();

    fn request(&self, today: &NaiveDate) -> Request<()> {
        match self.feed {
            Feed::OfDay => get(
                "cbu.uz",
                &format!("/ru/arkhiv-kursov-valyut/json/all/{today}/"),
            ),
            Feed::Newest => get("cbu.uz", "/ru/arkhiv-kursov-valyut/json/"),
        }
    }

    fn decode(&self, today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
        let text = text_of_ascii_fields(&PROFILE.id, response)?;
        let quotes: Vec<Quote<'_>> = json::parse(&PROFILE.id, &text)?;
        let list = List::of_dated(&quotes, |quote| parse_day(&quote.date), row);
        PROFILE.publish(list, self.feed.latest(today))
    }
}

/// The row of a currency; `None` for a code that is not in the table of currencies.
fn row(quote: &Quote<'_>) -> Result<Option<Row>, String> {
    let printed = Printed {
        code: parse_code(&quote.ccy)?,
        value: &quote.rate,
        nominal: &quote.nominal,
        change: quote.diff.as_deref().filter(|diff| !diff.is_empty()),
        mark: DecimalMark::Point,
        decimals: DECIMALS,
    };
    printed.read()
}
