//! JSON numbers as the text they were written in: no float stands between a body and a value.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::value::RawValue;

use super::DecodeError;
use crate::provenance::SourceId;

/// Reads a whole body.
pub(super) fn parse<'a, T: serde::Deserialize<'a>>(
    source: &SourceId,
    text: &'a str,
) -> Result<T, DecodeError> {
    serde_json::from_str(text).map_err(|cause| {
        let near: String = text.trim_start().chars().take(40).collect();
        DecodeError::malformed(
            source,
            format!("the body is not the expected JSON: {cause}; it begins {near:?}"),
        )
    })
}

/// Reads a number by the grammar of its type, from its own digits. A JSON string is refused.
pub(super) fn number<T>(
    source: &SourceId,
    what: impl Display,
    raw: &RawValue,
) -> Result<T, DecodeError>
where
    T: FromStr,
    T::Err: Display,
{
    raw.get()
        .parse()
        .map_err(|cause| DecodeError::malformed(source, format!("{what}: {cause}")))
}
