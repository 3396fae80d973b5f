//! JSON with numbers kept as their own digits: a value never passes through a float.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::value::RawValue;

use super::DecodeError;
use crate::provenance::SourceId;

/// Parses a whole body. The error quotes its first forty characters.
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

/// Parses a number from its own digits, by the grammar of its type. A JSON string is an error.
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
