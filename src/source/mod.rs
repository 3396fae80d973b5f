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
//! | [`MetNorway`] | weather forecast | CC BY 4.0, credit and link; an identifying User-Agent |
//! | [`OpenMeteo`] | weather forecast | CC BY 4.0, link beside the data; the free host is non-commercial only |

mod error;
mod frankfurter;
mod json;
mod met_norway;
mod national_bank_kz;
mod open_meteo;

use std::fmt::Debug;

use bytes::Bytes;
use chrono::NaiveDate;
use http::{Request, Response, Uri};

use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::weather::{City, Weather};

pub use error::{DecodeError, DecodeErrorKind};
pub use frankfurter::Frankfurter;
pub use met_norway::MetNorway;
pub use national_bank_kz::NationalBankKz;
pub use open_meteo::OpenMeteo;

/// How to ask a bank or a weather service, and how to read its answer. No I/O.
///
/// # Contract
///
/// - `request` is a `GET` with an absolute `https` address, and names no client: the transport adds the User-Agent.
/// - `decode` sees every answer but 304, whatever its status, and never panics: anything unexpected is an error.
///   A truncated body is an error, never fewer rows.
/// - The reading carries [`id`](Self::id) as its source.
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

/// The body of an answer with status 200 or 203, as text.
fn text<'a>(source: &SourceId, response: &'a Response<Bytes>) -> Result<&'a str, DecodeError> {
    let status = response.status();
    // 203 is what MET Norway answers when a product is about to be withdrawn: the body is valid.
    if !matches!(status.as_u16(), 200 | 203) {
        return Err(DecodeError::new(source, DecodeErrorKind::Status(status)));
    }
    let bytes = response
        .body()
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(response.body());
    std::str::from_utf8(bytes)
        .map_err(|cause| DecodeError::malformed(source, format!("the body is not UTF-8: {cause}")))
}
