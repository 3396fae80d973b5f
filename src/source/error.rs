use std::fmt;

use http::StatusCode;

use crate::provenance::SourceId;
use crate::text::Harmless;
use crate::weather::Coordinates;

/// The error of an answer without a reading: the source, and the reason.
///
/// The text names the source, is at most a few hundred characters long, and has no control characters of the answer in it, so
/// that it is safe in a log. It never contains a key of the request.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use masthead::SourceId;
/// use masthead::source::{Cbr, DecodeErrorKind, MetNorway, Source};
/// use masthead::weather::City;
///
/// let today = "2027-03-04".parse().unwrap();
/// let answer = |status: u16, body: &'static [u8]| {
///     Response::builder().status(status).body(Bytes::from_static(body)).unwrap()
/// };
///
/// // A page of a server that is down.
/// let error = Cbr::of_day().decode(&today, &answer(503, b"<html></html>")).unwrap_err();
/// assert_eq!(error.status(), Some(http::StatusCode::SERVICE_UNAVAILABLE));
/// assert_eq!(error.to_string(), "cannot read cbr: it answered 503 Service Unavailable");
///
/// // A document in which the bank states that it has no rates.
/// let error = Cbr::of_day().decode(&today, &answer(200, b"<ValCurs>no rates yet</ValCurs>")).unwrap_err();
/// assert!(error.is_no_data());
/// assert_eq!(error.source_id(), &SourceId::CBR);
///
/// // The beginning of a document.
/// let error = Cbr::of_day().decode(&today, &answer(200, b"<ValCurs Date=\"04.03.2027\"><Valute>")).unwrap_err();
/// assert_eq!(error.to_string(), "cannot read cbr: the document ends before </ValCurs>");
///
/// // A forecast for another city.
/// let other = br#"{"geometry": {"coordinates": [76.9, 43.3]}, "properties": {"meta": {"units": {"air_temperature": "celsius"}},
///     "timeseries": [{"time": "2027-03-04T06:00:00Z", "data": {"instant": {"details": {"air_temperature": 4.5}}}}]}}"#;
/// let error = MetNorway::new().decode(City::find("astana").unwrap(), &answer(200, other)).unwrap_err();
/// assert!(matches!(error.kind(), DecodeErrorKind::OtherPlace { .. }));
/// assert_eq!(error.to_string(), "cannot read met_norway: it answered about 43.3000,76.9000, expected 51.1801,71.4460");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    source: SourceId,
    kind: DecodeErrorKind,
}

/// The reason for which an answer has no reading.
///
/// ```
/// use masthead::SourceId;
/// use masthead::source::{DecodeError, DecodeErrorKind};
///
/// let kinds = [
///     DecodeErrorKind::Status(http::StatusCode::FORBIDDEN),
///     DecodeErrorKind::NoData("closed on holidays".into()),
///     DecodeErrorKind::Malformed("rate of USD: a digit is missing".into()),
/// ];
/// let texts = kinds.map(|kind| DecodeError::new(&SourceId::constant("desk"), kind).to_string());
/// assert_eq!(texts, [
///     "cannot read desk: it answered 403 Forbidden",
///     "cannot read desk: it has no data: \"closed on holidays\"",
///     "cannot read desk: rate of USD: a digit is missing",
/// ]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The status is not one that carries a reading. The decoders of this crate read 200 and 203.
    Status(StatusCode),
    /// The source states, in the words given here, that it has no data for the query. This is not a fault: a bank without
    /// rates of a day, a place outside a model.
    NoData(String),
    /// The body is truncated, or not of the expected shape. The text names the field and the expected value.
    Malformed(String),
    /// The forecast is for another place than the city of the query.
    OtherPlace {
        /// The place of the city.
        asked: Coordinates,
        /// The place in the answer.
        answered: Coordinates,
    },
}

/// The length at which a reason is cut. Our own reasons are shorter, but for what they quote.
const MOST_CHARACTERS: usize = 300;

impl DecodeError {
    /// The error of a source. A longer reason is cut to its first 300 characters.
    ///
    /// ```
    /// use masthead::SourceId;
    /// use masthead::source::{DecodeError, DecodeErrorKind};
    ///
    /// let endless = DecodeErrorKind::Malformed("x".repeat(100_000));
    /// let error = DecodeError::new(&SourceId::constant("desk"), endless);
    /// assert_eq!(error.to_string().len(), "cannot read desk: ".len() + 300);
    /// ```
    #[must_use]
    pub fn new(source: &SourceId, mut kind: DecodeErrorKind) -> Self {
        // Parsers quote the text they fail on, which can be a whole body.
        if let DecodeErrorKind::NoData(reason) | DecodeErrorKind::Malformed(reason) = &mut kind
            && let Some((end, _)) = reason.char_indices().nth(MOST_CHARACTERS)
        {
            reason.truncate(end);
        }
        Self {
            source: source.clone(),
            kind,
        }
    }

    /// The error of a truncated body, or of one that is not of the expected shape.
    ///
    /// ```
    /// use masthead::SourceId;
    /// use masthead::money::parse_decimal;
    /// use masthead::source::DecodeError;
    ///
    /// let cause = parse_decimal("512,34").unwrap_err();
    /// let error = DecodeError::malformed(&SourceId::constant("desk"), cause);
    /// assert_eq!(error.to_string(), "cannot read desk: invalid decimal \"512,34\": unexpected ',' at byte 3");
    /// ```
    #[must_use]
    pub fn malformed(source: &SourceId, what: impl fmt::Display) -> Self {
        Self::new(source, DecodeErrorKind::Malformed(what.to_string()))
    }

    /// The source of the answer.
    #[must_use]
    pub const fn source_id(&self) -> &SourceId {
        &self.source
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> &DecodeErrorKind {
        &self.kind
    }

    /// Whether the source states that it has no data for the query: [`DecodeErrorKind::NoData`].
    #[must_use]
    pub const fn is_no_data(&self) -> bool {
        matches!(self.kind, DecodeErrorKind::NoData(_))
    }

    /// The status, if the reason is [`DecodeErrorKind::Status`]; otherwise `None`.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        match self.kind {
            DecodeErrorKind::Status(status) => Some(status),
            DecodeErrorKind::NoData(_)
            | DecodeErrorKind::Malformed(_)
            | DecodeErrorKind::OtherPlace { .. } => None,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: ", self.source)?;
        match &self.kind {
            DecodeErrorKind::Status(status) => write!(f, "it answered {status}"),
            DecodeErrorKind::NoData(reason) => write!(f, "it has no data: {reason:?}"),
            DecodeErrorKind::Malformed(reason) => Harmless(reason).fmt(f),
            DecodeErrorKind::OtherPlace { asked, answered } => {
                write!(f, "it answered about {answered}, expected {asked}")
            }
        }
    }
}

impl std::error::Error for DecodeError {}
