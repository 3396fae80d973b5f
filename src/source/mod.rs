//! Wire formats: one file a bank or weather service, no I/O.
//!
//! A [`Source`] builds a request and decodes the answer: two plain functions, tested with bytes. Fallback, cool-down,
//! validators and budgets are written once, in `fetch`, for all of them. A site adds its own in some thirty lines; see
//! `examples/own_source.rs`.
//!
//! | source | what | terms |
//! |---|---|---|
//! | [`NationalBankKz`] | official rates of the tenge | official figures; name the bank and link to it |
//! | [`Frankfurter`] | the same, repeated by a public service | the bank's figures |
//! | [`Cbr`] | official rates of the Russian ruble | official figures; name the bank and link to it |
//! | [`Cbu`] | official rates of the Uzbek som | the same |
//! | [`Nbkr`] | official rates of the Kyrgyz som | the same; the bank publishes no terms |
//! | [`Nbrb`] | official rates of the Belarusian ruble | the same |
//! | [`Ecb`] | reference rates of the euro | free with the source named |
//! | [`MetNorway`] | weather forecast | CC BY 4.0, credit and link; an identifying User-Agent |
//! | [`OpenMeteo`] | weather forecast | CC BY 4.0, link beside the data; the free host is non-commercial only |

mod cbr;
mod cbu;
mod central_bank;
mod charset;
mod ecb;
mod error;
mod frankfurter;
mod json;
mod met_norway;
mod national_bank_kz;
mod nbkr;
mod nbrb;
mod open_meteo;
mod xml;

use std::borrow::Cow;
use std::fmt::Debug;

use bytes::Bytes;
use chrono::NaiveDate;
use http::{Request, Response, Uri};

use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::weather::{City, Coordinates, Weather};

pub use cbr::Cbr;
pub use cbu::Cbu;
pub use ecb::Ecb;
pub use error::{DecodeError, DecodeErrorKind};
pub use frankfurter::Frankfurter;
pub use met_norway::MetNorway;
pub use national_bank_kz::NationalBankKz;
pub use nbkr::Nbkr;
pub use nbrb::Nbrb;
pub use open_meteo::OpenMeteo;

/// How to ask a bank or a weather service, and how to read its answer. No I/O.
///
/// # Contract
///
/// - `request` is a `GET` with an absolute `https` address, and names no client: the transport adds the User-Agent.
/// - `decode` sees every answer but 304, whatever its status, and never panics: anything unexpected is an error.
///   A truncated body is an error, never fewer rows.
/// - The reading carries [`id`](Self::id) as its source.
/// - The reading answers the query: an answer about another day or place, or in another unit, is an error.
/// - A forecast says when it was computed where the service states it, by [`Weather::with_issued`].
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::source::{NationalBankKz, Source};
///
/// let bank = NationalBankKz::of_day();
/// let day = "2026-04-02".parse().unwrap();
/// assert_eq!(bank.request(&day).uri(), "https://nationalbank.kz/rss/get_rates.cfm?fdate=02.04.2026");
///
/// let page = Response::new(Bytes::from_static(b"<html>502 Bad Gateway</html>"));
/// let error = bank.decode(&day, &page).unwrap_err();
/// assert_eq!(error.to_string(), "cannot read national_bank_kz: the root element is <html>, expected <rates> or <rss>");
/// ```
pub trait Source: Debug + Send + Sync {
    /// What is asked: a day for rates, a city for weather.
    type Query: ?Sized;
    /// What comes back.
    type Reading;

    /// Whose reading it is.
    fn id(&self) -> SourceId;

    /// The credit its terms ask for.
    fn attribution(&self) -> Attribution;

    /// The request for a query.
    fn request(&self, query: &Self::Query) -> Request<()>;

    /// The reading in an answer.
    ///
    /// # Errors
    ///
    /// When the answer is not whole, not of the expected shape, or says that there is no data.
    fn decode(
        &self,
        query: &Self::Query,
        response: &Response<Bytes>,
    ) -> Result<Self::Reading, DecodeError>;

    /// The requests, after [`request`](Self::request), whose answers [complete](Self::complete) the reading of its answer. Each
    /// counts against the source's budget, and one that is not sent or fails leaves the reading without what it would have added.
    ///
    /// Default: none.
    fn more_requests(&self, _query: &Self::Query) -> Vec<Request<()>> {
        Vec::new()
    }

    /// A reading with what the answer to one of the [further requests](Self::more_requests) adds to it.
    ///
    /// # Errors
    ///
    /// As for [`decode`](Self::decode); the reading stays as it is then.
    fn complete(
        &self,
        _query: &Self::Query,
        _reading: &Self::Reading,
        _response: &Response<Bytes>,
    ) -> Result<Self::Reading, DecodeError> {
        Err(DecodeError::malformed(
            &self.id(),
            "an answer that was not asked for",
        ))
    }
}

/// A source of official rates. The query is today, where the bank is.
pub type DynRates = dyn Source<Query = NaiveDate, Reading = Rates>;

/// A source of weather.
pub type DynWeather = dyn Source<Query = City, Reading = Weather>;

/// A `GET` of an address.
///
/// An address is built of literals, numbers, dates and escaped text; should it still be impossible, the request has no
/// host, and no transport sends it.
fn get(host: &'static str, path_and_query: &str) -> Request<()> {
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
    // 203 is what MET Norway answers when a product is about to be withdrawn: the body is valid.
    if !matches!(status.as_u16(), 200 | 203) {
        return Err(DecodeError::new(source, DecodeErrorKind::Status(status)));
    }
    Ok(response.body())
}

/// The same, as text in UTF-8.
fn text<'a>(source: &SourceId, response: &'a Response<Bytes>) -> Result<&'a str, DecodeError> {
    std::str::from_utf8(without_mark(body(source, response)?))
        .map_err(|cause| DecodeError::malformed(source, format!("the body is not UTF-8: {cause}")))
}

/// The same for a document of which few fields are read: bytes that are not UTF-8 become U+FFFD, so that they do no harm in a
/// field that is not read. Every field that is read must be checked to be ASCII, as all of a bank's are.
fn text_of_ascii_fields<'a>(
    source: &SourceId,
    response: &'a Response<Bytes>,
) -> Result<Cow<'a, str>, DecodeError> {
    body(source, response).map(|bytes| String::from_utf8_lossy(without_mark(bytes)))
}

/// Checks the place that an answer names against the place asked for: it may lie so many ten-thousandths of a degree away.
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

/// Without the mark of UTF-8, which some servers put before it.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
