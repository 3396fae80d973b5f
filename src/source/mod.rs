//! Decoders of the documents that banks and weather services publish: one module each, no I/O.
//!
//! A [`Source`] builds a request and decodes the answer to it: two plain functions, which can be tested with bytes.
//! Fallback, cool-down, validators and budgets are written once, in `fetch`, for all sources. A site adds its own source by
//! implementing the trait, which opens with a full example; `examples/own_source.rs` is one that runs as a program.
//!
//! | source | reading | document | terms |
//! |---|---|---|---|
//! | a bank, such as [`NationalBankKz`] | official rates of its home currency | XML or JSON of its own form | its figures; the bank is named, with a link |
//! | [`Frankfurter`] | the rates of the National Bank of Kazakhstan, by way of a public service | JSON | the bank's figures |
//! | [`MetNorway`] | weather forecast | JSON | CC BY 4.0, credit and link; an identifying User-Agent |
//! | [`OpenMeteo`] | weather forecast | JSON | CC BY 4.0, link beside the data; the free host is non-commercial only |
//!
//! # The banks
//!
//! | bank | home currency | tomorrow's list | earlier days | changes |
//! |---|---|---|---|---|
//! | [`NationalBankKz`] | KZT | yes | by day | yes |
//! | [`Cbr`] | RUB | yes | by day | no |
//! | [`Cbu`] | UZS | yes | by day | yes |
//! | [`Nbkr`] | KGS | in the same feed | no | no |
//! | [`Nbrb`] | BYN | yes | by day | no |
//! | [`Ecb`] | EUR, in foreign units for a euro | no | a file since 1999 | no |
//! | [`Nbg`] | GEL | yes | by day | yes |
//! | [`Cbar`] | AZN | no | by day | no |
//! | [`Nbu`] | UAH | yes | by day | no |
//!
//! A ticker shows tomorrow's list ([`Strip::next`](crate::Strip::next)) where the bank has a feed of it, and its back-fill
//! (`TickerBuilder::history_since`) requests earlier days. Beside the rates of a bank that states no changes the page has none.
//!
//! # What all banks' decoders check
//!
//! A rate is the bank's own number, digit for digit, or it is absent. The decoders of the banks' own documents share these rules:
//!
//! - A number is a plain decimal with the bank's own mark, point or comma, and without separators of thousands. Zeros beyond
//!   the decimals that the bank prints are cut; other digits never are.
//! - A nominal is read from the row, never from a table: banks change it. It is a power of ten from 1 to 1,000,000.
//! - A code has three upper-case letters. A row of a currency that is not in the table of [`Currency`](crate::money::Currency), and so
//!   has no minor unit, or that ended before the day of the publication, is left out; its numbers are checked nonetheless.
//! - A row is read under the code of the publication's own day: archives write today's code over values of the unit before it. See
//!   [`Currency::of_day`](crate::money::Currency::of_day). The bank's own currency is read in the same way.
//! - A publication has at least three rows, and the dollar among them where the bank quotes it.
//! - An answer to a request for a day is of that day or of an earlier one: on a holiday banks repeat the rates in force.
//! - XML has no document type, no CDATA and no references in the fields that are read.
//!
//! ```
//! use bytes::Bytes;
//! use http::Response;
//! use masthead::source::{DynRates, Ecb, NationalBankKz, Source};
//!
//! // Each decoder refuses a page with the root element that it expected.
//! let page = Response::new(Bytes::from_static(b"<html><body>Down for maintenance</body></html>"));
//! let today = "2027-03-04".parse().unwrap();
//! let sources: [&DynRates; 2] = [&NationalBankKz::of_day(), &Ecb::daily()];
//! let refusals = sources.map(|source| source.decode(&today, &page).unwrap_err().to_string());
//! assert_eq!(refusals, [
//!     "cannot read national_bank_kz: the root element is <html>, expected <rates> or <rss>",
//!     "cannot read ecb: the root element is <html>, expected <gesmes:Envelope>",
//! ]);
//! ```

/// Calls a macro with the list of the built-in banks: the module of each, which is its id, and its type. A bank that is added stands last,
/// because the seeds of the fuzz tests select banks by their place.
macro_rules! built_in_banks {
    ($with:ident) => {
        $with! {
            national_bank_kz NationalBankKz,
            cbr Cbr,
            cbu Cbu,
            nbkr Nbkr,
            nbrb Nbrb,
            ecb Ecb,
            nbg Nbg,
            cbar Cbar,
            nbu Nbu,
        }
    };
}

/// The items of [`Source`] that follow from the `PROFILE` of a bank's file.
macro_rules! from_profile {
    () => {
        type Query = chrono::NaiveDate;
        type Reading = crate::money::Rates;

        fn id(&self) -> SourceId {
            PROFILE.id.clone()
        }

        fn attribution(&self) -> crate::provenance::Attribution {
            PROFILE.attribution()
        }
    };
}

macro_rules! declare {
    ($($module:ident $bank:ident,)+) => {
        $(
            pub(crate) mod $module;
            pub use $module::$bank;
        )+

        /// The profiles of the built-in banks. Budgets, the health, [`Bank`](crate::ticker::Bank) with its ids, the programs and the tests take
        /// them from this list.
        #[cfg_attr(not(feature = "ticker"), allow(dead_code))]
        pub(crate) static BANKS: &[&Profile] = &[$(&$module::PROFILE),+];
    };
}

built_in_banks!(declare);

mod central_bank;
mod charset;
mod error;
mod frankfurter;
mod json;
mod met_norway;
mod open_meteo;
#[cfg_attr(not(feature = "ticker"), allow(dead_code))]
mod profile;
mod xml;

use std::borrow::Cow;
use std::fmt::Debug;

use bytes::Bytes;
use chrono::NaiveDate;
use http::{Request, Response, Uri};

use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::weather::{City, Coordinates, Weather};

#[cfg(feature = "ticker")]
pub(crate) use built_in_banks;
pub use error::{DecodeError, DecodeErrorKind};
pub use frankfurter::Frankfurter;
pub use met_norway::MetNorway;
pub use open_meteo::OpenMeteo;
pub(crate) use profile::Profile;
#[cfg(feature = "ticker")]
pub(crate) use profile::{DynHistory, History, LONGEST_SILENCE, bank};

/// The most bytes of an answer, in the extensions of a request whose answers are longer than a transport accepts by default.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "ticker"), allow(dead_code))]
pub(crate) struct BodyLimit(pub(crate) usize);

/// The request for a reading, and the decoder of its answer. No I/O.
///
/// # Contract
///
/// - `request` is a `GET` of an absolute `https` address. A header of its own, such as a key, is sent as it is; the ticker adds the
///   validators (`If-None-Match`, `If-Modified-Since`), and the transport the `User-Agent`.
/// - `decode` gets every answer but 304, whatever its status, and must not panic: anything unexpected is an error.
///   A truncated body is an error, never fewer rows.
/// - The reading carries [`id`](Self::id) as its source.
/// - The reading answers the request: an answer about another place or a later day than requested, or in another unit, is an error.
/// - A forecast states when it was computed where the service states it, by [`Weather::with_issued`].
///
/// # A source of a site's own
///
/// The desk of a newspaper keeps a list of rates on the site's own server, as lines of text. The last line counts the rates, so
/// that a truncated list is noticed.
///
/// ```
/// use bytes::Bytes;
/// use chrono::NaiveDate;
/// use http::{Request, Response};
/// use masthead::money::{Currency, Method, Pair, Publication, Quotation, Rates, Row, parse_decimal};
/// use masthead::source::{DecodeError, DecodeErrorKind, Source, get, text};
/// use masthead::{Attribution, SourceId};
///
/// /// `2027-03-04`, then `USD 512.34`, …, then `end 2`.
/// #[derive(Debug)]
/// struct Desk;
///
/// impl Source for Desk {
///     type Query = NaiveDate;
///     type Reading = Rates;
///
///     fn id(&self) -> SourceId {
///         SourceId::constant("desk")
///     }
///
///     fn attribution(&self) -> Attribution {
///         Attribution::new("The newspaper's desk").with_url("https://news.example.kz/desk")
///     }
///
///     fn request(&self, _today: &NaiveDate) -> Request<()> {
///         get("news.example.kz", "/desk/rates.txt")
///     }
///
///     fn decode(&self, _today: &NaiveDate, response: &Response<Bytes>) -> Result<Rates, DecodeError> {
///         let id = self.id();
///         let text = text(&id, response)?;
///         if text == "closed\n" {
///             return Err(DecodeError::new(&id, DecodeErrorKind::NoData("the desk is closed".into())));
///         }
///         read(text).map_err(|cause| DecodeError::malformed(&id, cause))
///     }
/// }
///
/// fn read(text: &str) -> Result<Rates, Box<dyn std::error::Error>> {
///     let (day, rest) = text.split_once('\n').ok_or("no line of a day")?;
///     let (lines, count) = rest.split_once("end ").ok_or("no line of the end")?;
///     let row = |line: &str| -> Result<Row, Box<dyn std::error::Error>> {
///         let (code, value) = line.split_once(' ').ok_or("no space in a line")?;
///         Ok(Row::new(code.parse()?, parse_decimal(value)?, 1))
///     };
///     let rows = lines.lines().map(row).collect::<Result<Vec<_>, _>>()?;
///     if rows.len() != count.trim_end().parse::<usize>()? {
///         return Err("not as many rates as the last line counts".into());
///     }
///     let publication =
///         Publication::new(SourceId::constant("desk"), Currency::KZT, Quotation::HomePerForeign, day.parse()?, chrono_tz::Asia::Almaty);
///     Ok(Rates::new(publication, rows)?)
/// }
///
/// let today = "2027-03-04".parse()?;
/// let decode = |text: &'static str| Desk.decode(&today, &Response::new(Bytes::from_static(text.as_bytes())));
/// let rates = decode("2027-03-04\nUSD 512.34\nEUR 601.50\nend 2\n")?;
/// assert_eq!(rates.rate(Pair::EUR_KZT).unwrap().value().to_string(), "601.50");
/// assert_eq!(rates.publication().source, Desk.id());
///
/// let truncated = decode("2027-03-04\nUSD 512.34\nend 2\n").unwrap_err();
/// assert_eq!(truncated.to_string(), "cannot read desk: not as many rates as the last line counts");
/// assert!(decode("closed\n").unwrap_err().is_no_data());
///
/// // A bank of these rates, for a ticker.
/// # #[cfg(feature = "ticker")] {
/// use std::sync::Arc;
/// use masthead::Ticker;
/// use masthead::ticker::Bank;
///
/// let bank = Bank::new(Currency::KZT, chrono_tz::Asia::Almaty).rates([Arc::new(Desk) as _]);
/// let ticker = Ticker::builder("news.example.kz; web@example.kz").bank(bank).build()?;
/// # drop(ticker);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A ticker calls a source while it is locked: a source must neither wait nor call the ticker that it belongs to.
pub trait Source: Debug + Send + Sync {
    /// The parameter of a request: a day for rates, a city for weather.
    type Query: ?Sized;
    /// The value that an answer is decoded to.
    type Reading;

    /// The name of the source in readings, logs and state files. It must not change between releases of a site.
    fn id(&self) -> SourceId;

    /// The credit that the terms of the source require, as a page shows it: a name, a link, a licence.
    fn attribution(&self) -> Attribution;

    /// The request for a query.
    ///
    /// For rates the query is today in the zone of the ticker's bank, also for a witness, or an earlier day that a back-fill requests. A
    /// feed that takes no day ignores it.
    ///
    /// ```
    /// use masthead::source::{NationalBankKz, Source};
    ///
    /// let request = NationalBankKz::of_day().request(&"2027-03-04".parse().unwrap());
    /// assert_eq!(request.method(), "GET");
    /// assert_eq!(request.uri(), "https://nationalbank.kz/rss/get_rates.cfm?fdate=04.03.2027");
    /// ```
    fn request(&self, query: &Self::Query) -> Request<()>;

    /// The reading in an answer.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Status`] if the status is not one that carries a reading, [`NoData`](DecodeErrorKind::NoData) if the
    /// source states that it has no data for the query, [`OtherPlace`](DecodeErrorKind::OtherPlace) if a forecast is for another
    /// place, and [`Malformed`](DecodeErrorKind::Malformed) for everything else: a truncated body, a page in place of a document,
    /// a value of an unexpected shape.
    fn decode(
        &self,
        query: &Self::Query,
        response: &Response<Bytes>,
    ) -> Result<Self::Reading, DecodeError>;

    /// Further requests, to be made after [`request`](Self::request): [`complete`](Self::complete) adds their answers to the
    /// reading. Each counts against the source's budget; if one is not sent or fails, the reading stays without its addition. The first
    /// request of such a source carries no validators, because a 304 would say nothing of the others.
    ///
    /// Default: empty. [`Frankfurter`] has one for each currency of the page, [`Nbkr::daily_and_weekly`] one for the weekly list.
    ///
    /// ```
    /// use masthead::source::{Cbr, Frankfurter, Source};
    ///
    /// let today = "2027-03-04".parse().unwrap();
    /// assert!(Cbr::of_day().more_requests(&today).is_empty());
    /// assert_eq!(Frankfurter::new().more_requests(&today).len(), 3);
    /// ```
    fn more_requests(&self, _query: &Self::Query) -> Vec<Request<()>> {
        Vec::new()
    }

    /// The reading with the addition of one of the [further requests](Self::more_requests).
    ///
    /// # Errors
    ///
    /// As for [`decode`](Self::decode); the caller then keeps `reading` as it is. By default every answer is an error, because no
    /// further request is made.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Response;
    /// use masthead::Snapshot;
    /// use masthead::source::{Cbr, Source};
    ///
    /// // A source without further requests.
    /// let (now, sample) = (Snapshot::SAMPLE_TIME, Snapshot::sample());
    /// let reading = sample.rates(now).unwrap().value();
    /// let response = Response::new(Bytes::new());
    /// assert!(Cbr::of_day().complete(&reading.day(), reading, &response).is_err());
    /// ```
    fn complete(
        &self,
        _query: &Self::Query,
        _reading: &Self::Reading,
        _response: &Response<Bytes>,
    ) -> Result<Self::Reading, DecodeError> {
        Err(DecodeError::malformed(
            &self.id(),
            "an unexpected further answer",
        ))
    }
}

/// A source of official rates, as a trait object. The query is a day: see [`Source::request`].
///
/// ```
/// use masthead::source::{Cbr, DynRates, Ecb};
///
/// let sources: [Box<DynRates>; 2] = [Box::new(Cbr::newest()), Box::new(Ecb::daily())];
/// assert_eq!(sources.map(|source| source.id().to_string()), ["cbr", "ecb"]);
/// ```
pub type DynRates = dyn Source<Query = NaiveDate, Reading = Rates>;

/// A source of weather, as a trait object. The query is a city.
///
/// ```
/// use masthead::source::{DynWeather, MetNorway, OpenMeteo};
///
/// let sources: [Box<DynWeather>; 2] = [Box::new(MetNorway::new()), Box::new(OpenMeteo::with_key("s3cret"))];
/// assert_eq!(sources[1].attribution().name(), "Weather data by Open-Meteo.com");
/// ```
pub type DynWeather = dyn Source<Query = City, Reading = Weather>;

/// Returns a `GET` of an `https` address, for [`Source::request`]. The path begins with a slash; its parts are literals, numbers, days and escaped text.
///
/// If the address is still invalid, the request has no host, and no transport sends it. For a host that is known at run time only, build the
/// request with `http::Request::get`.
///
/// ```
/// let request = masthead::source::get("news.example.kz", "/rates/2027-03-04.json");
/// assert_eq!(request.uri(), "https://news.example.kz/rates/2027-03-04.json");
/// ```
#[must_use]
pub fn get(host: &'static str, path_and_query: &str) -> Request<()> {
    let uri = Uri::builder()
        .scheme("https")
        .authority(host)
        .path_and_query(path_and_query)
        .build()
        .unwrap_or_else(|_| Uri::from_static("/"));
    let mut request = Request::new(());
    *request.uri_mut() = uri;
    request
}

/// The body of an answer with status 200 or 203.
fn body<'a>(source: &SourceId, response: &'a Response<Bytes>) -> Result<&'a [u8], DecodeError> {
    let status = response.status();
    // MET Norway answers 203 for a product in beta or about to be withdrawn; the body is valid.
    if !matches!(status.as_u16(), 200 | 203) {
        return Err(DecodeError::new(source, DecodeErrorKind::Status(status)));
    }
    Ok(response.body())
}

/// Returns the body of an answer as text, without a byte order mark, for [`Source::decode`].
///
/// # Errors
///
/// Returns [`DecodeErrorKind::Status`] for another status than 200 and 203, and [`Malformed`](DecodeErrorKind::Malformed) for a body that is
/// not UTF-8.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::SourceId;
/// use masthead::source::text;
///
/// let desk = SourceId::constant("desk");
/// assert_eq!(text(&desk, &Response::new(Bytes::from_static(b"\xef\xbb\xbfUSD 512.34")))?, "USD 512.34");
///
/// let gone = Response::builder().status(410).body(Bytes::new())?;
/// assert_eq!(text(&desk, &gone).unwrap_err().to_string(), "cannot read desk: it answered 410 Gone");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn text<'a>(source: &SourceId, response: &'a Response<Bytes>) -> Result<&'a str, DecodeError> {
    std::str::from_utf8(without_mark(body(source, response)?))
        .map_err(|cause| DecodeError::malformed(source, format!("the body is not UTF-8: {cause}")))
}

/// The body of an answer with status 200 or 203, for a decoder that reads only ASCII fields. Bytes that are not UTF-8 become
/// U+FFFD, so that they are harmless in a field that is not read. The caller must check that each field it reads is ASCII.
fn text_of_ascii_fields<'a>(
    source: &SourceId,
    response: &'a Response<Bytes>,
) -> Result<Cow<'a, str>, DecodeError> {
    body(source, response).map(|bytes| String::from_utf8_lossy(without_mark(bytes)))
}

/// Checks that the place in an answer lies near the city: within `distance` ten-thousandths of a degree on each axis, and
/// within three times that in longitude beyond the 60th parallels.
fn check_place(
    source: &SourceId,
    city: &City,
    [latitude, longitude]: [f64; 2],
    distance: u32,
) -> Result<(), DecodeError> {
    let answered = Coordinates::new(latitude, longitude)
        .map_err(|cause| DecodeError::malformed(source, cause))?;
    let asked = city.coordinates();
    if asked.is_near(answered, distance) {
        Ok(())
    } else {
        let kind = DecodeErrorKind::OtherPlace { asked, answered };
        Err(DecodeError::new(source, kind))
    }
}

/// The bytes without the byte order mark of UTF-8, which some servers put first.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
