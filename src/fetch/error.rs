use std::time::Duration;

use crate::source::DecodeError;

use super::transport::{TransportError, TransportErrorKind};

/// The reason why a requested source gave no reading.
///
/// ```
/// # use masthead::SourceId;
/// # use masthead::source::{DecodeError, DecodeErrorKind};
/// use masthead::fetch::FetchError;
///
/// let cause = DecodeError::new(&SourceId::NATIONAL_BANK_KZ, DecodeErrorKind::Status(http::StatusCode::BAD_GATEWAY));
/// let error = FetchError::from(cause);
/// assert!(!error.is_timeout());
/// assert_eq!(error.to_string(), "cannot read national_bank_kz: it answered 502 Bad Gateway");
/// ```
///
/// The class of a failure, by which the health counts:
///
/// ```
/// # use masthead::SourceId;
/// # use masthead::source::{DecodeError, DecodeErrorKind};
/// use masthead::fetch::FetchError;
///
/// let late = FetchError::late(std::time::Duration::from_secs(9));
/// assert!(late.is_timeout() && !late.is_decode());
/// assert_eq!((late.class(), late.to_string()), ("timeout", "no answer within 9.0 s".to_owned()));
///
/// # let answered = |status| FetchError::from(DecodeError::new(&SourceId::NBRB, DecodeErrorKind::Status(status)));
/// let denied = answered(http::StatusCode::TOO_MANY_REQUESTS);
/// assert!(denied.is_decode() && !denied.is_no_data());
/// assert_eq!((denied.class(), denied.status()), ("denied", Some(http::StatusCode::TOO_MANY_REQUESTS)));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct FetchError(#[from] Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Transport(TransportError),
    #[error(transparent)]
    Decode(DecodeError),
    #[error("no answer within {:.1} s", .0.as_secs_f32())]
    Late(Duration),
    #[error("refused: {cause}")]
    Vetoed {
        class: &'static str,
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the source or the transport panicked")]
    Panicked,
}

impl FetchError {
    /// The error of a request without a response within a time. A host of an [`Engine`](crate::ticker::engine::Engine) answers with it.
    #[must_use]
    pub const fn late(after: Duration) -> Self {
        Self(Kind::Late(after))
    }

    pub(crate) fn vetoed(
        class: &'static str,
        cause: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        let cause = Box::new(cause);
        Self(Kind::Vetoed { class, cause })
    }

    /// A panic, without its message: the panic hook has printed it, and it may contain an address with a key.
    pub(super) const fn panicked() -> Self {
        Self(Kind::Panicked)
    }

    /// The kind of failure in one word, by which failures are counted.
    ///
    /// `timeout`, `no_connection`, `broken`, `too_large`, `not_sent`; `denied` (401, 403, 429), `server_error` (5xx),
    /// `status` (any other); `no_data`, `malformed`; `panicked`; for refused rates `wrong_home`, `no_anchor`,
    /// `too_few_rows`, `too_far_ahead`; for a refused forecast `implausible`.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match &self.0 {
            Kind::Late(_) => "timeout",
            Kind::Vetoed { class, .. } => class,
            Kind::Panicked => "panicked",
            Kind::Transport(error) => match error.kind() {
                TransportErrorKind::Timeout => "timeout",
                TransportErrorKind::Connect => "no_connection",
                TransportErrorKind::Broken => "broken",
                TransportErrorKind::TooLarge => "too_large",
                TransportErrorKind::Refused => "not_sent",
            },
            Kind::Decode(error) => match error.status() {
                _ if self.is_refusal() => "denied",
                Some(status) if status.is_server_error() => "server_error",
                Some(_) => "status",
                None if error.is_no_data() => "no_data",
                None => "malformed",
            },
        }
    }

    /// Whether a time limit was reached.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match &self.0 {
            Kind::Late(_) => true,
            Kind::Transport(error) => error.kind() == TransportErrorKind::Timeout,
            Kind::Decode(_) | Kind::Vetoed { .. } | Kind::Panicked => false,
        }
    }

    /// Whether the source states that it has no data for the query, which is no fault: it causes no cool-down, and for an earlier day it is a record.
    #[must_use]
    pub fn is_no_data(&self) -> bool {
        matches!(&self.0, Kind::Decode(error) if error.is_no_data())
    }

    /// The failure of the transport; `None` if a response arrived, or if the caller's own time limit was reached.
    ///
    /// ```
    /// use masthead::fetch::{FetchError, TransportError, TransportErrorKind};
    ///
    /// let error = FetchError::from(TransportError::new(TransportErrorKind::Broken, "cut"));
    /// assert_eq!(error.transport(), Some(TransportErrorKind::Broken));
    /// ```
    #[must_use]
    pub fn transport(&self) -> Option<TransportErrorKind> {
        match &self.0 {
            Kind::Transport(error) => Some(error.kind()),
            Kind::Decode(_) | Kind::Late(_) | Kind::Vetoed { .. } | Kind::Panicked => None,
        }
    }

    /// Whether a response arrived that contains no reading: by its status, or because its body is not what the decoder expects.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        matches!(self.0, Kind::Decode(_))
    }

    /// The status, if that is the reason. Returns `None` if the status was as expected, or no response arrived.
    #[must_use]
    pub fn status(&self) -> Option<http::StatusCode> {
        match &self.0 {
            Kind::Decode(error) => error.status(),
            Kind::Transport(_) | Kind::Late(_) | Kind::Vetoed { .. } | Kind::Panicked => None,
        }
    }

    /// Whether the source failed, rather than this one query of it: no connection, no answer in time, a refusal or a server error. A document that
    /// cannot be read, an implausible forecast and a panic concern the query alone.
    pub(super) fn concerns_source(&self) -> bool {
        match &self.0 {
            Kind::Transport(error) => error.kind() != TransportErrorKind::Refused,
            Kind::Late(_) => true,
            Kind::Vetoed { .. } | Kind::Panicked => false,
            Kind::Decode(_) => {
                self.is_refusal() || self.status().is_some_and(|status| status.is_server_error())
            }
        }
    }

    /// Whether the source will not have us: there is no sense in asking it for the next city.
    pub(super) fn is_refusal(&self) -> bool {
        match &self.0 {
            Kind::Transport(error) => error.kind() == TransportErrorKind::Connect,
            Kind::Decode(error) => error
                .status()
                .is_some_and(|status| matches!(status.as_u16(), 401 | 403 | 429)),
            Kind::Late(_) | Kind::Vetoed { .. } | Kind::Panicked => false,
        }
    }
}

impl From<TransportError> for FetchError {
    fn from(error: TransportError) -> Self {
        Self(Kind::Transport(error))
    }
}

impl From<DecodeError> for FetchError {
    fn from(error: DecodeError) -> Self {
        Self(Kind::Decode(error))
    }
}
