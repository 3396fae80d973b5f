//! Laws of every decoder, for any input.

use std::fmt::Debug;

use bytes::Bytes;
use http::Response;
use masthead::snapshot::Reading;
use masthead::source::Source;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest error text in characters: 300 of the input, each escaped as `\u{10ffff}` at worst, and 100 around them.
const LONGEST_ERROR: usize = 3000 + 100;

/// Returns the source that the first byte selects, and the body after it. Letters count from `a`, so that a seed shows its source and
/// keeps it when a source is added at the end.
pub(crate) fn choose<'s, 'd, T>(sources: &'s [T], data: &'d [u8]) -> Option<(&'s T, &'d [u8])> {
    let (first, body) = data.split_first()?;
    let source = sources.get(usize::from(first.wrapping_sub(b'a')) % sources.len())?;
    Some((source, body))
}

/// Decodes a body and checks the laws. Returns `None` if the decoder refuses it.
pub(crate) fn read<Q: ?Sized, R>(
    source: &dyn Source<Query = Q, Reading = R>,
    query: &Q,
    body: &[u8],
) -> Option<R>
where
    R: Reading + PartialEq + Debug + Serialize + DeserializeOwned,
{
    let whole = Bytes::copy_from_slice(body);
    let decode = |body: Bytes| source.decode(query, &Response::new(body));
    let reading = match decode(whole.clone()) {
        Ok(reading) => reading,
        Err(error) => {
            assert_eq!(*error.source_id(), source.id());
            let text = error.to_string();
            assert!(
                !text.chars().any(char::is_control),
                "a control character in an error: {text:?}"
            );
            assert!(
                text.chars().count() <= LONGEST_ERROR,
                "an error that is too long: {text:?}"
            );
            return None;
        }
    };
    assert_eq!(*reading.source(), source.id());
    round_trip(&reading);
    for length in lengths(body) {
        // A truncated body is refused, unless only space or comments are missing.
        if let Ok(cut) = decode(whole.slice(..length)) {
            assert_eq!(cut, reading, "the first {length} of {} bytes", body.len());
        }
    }
    Some(reading)
}

/// Checks that a value is equal after serialising and deserialising.
pub(crate) fn round_trip<T: PartialEq + Debug + Serialize + DeserializeOwned>(value: &T) {
    let text = serde_json::to_string(value).expect("a value that cannot be serialised");
    let back: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(back, *value, "serialised as {text}");
}

/// Returns a few lengths below the whole, which depend on the body: near the end, and anywhere.
fn lengths(body: &[u8]) -> impl Iterator<Item = usize> {
    let whole = body.len();
    let mixed = digest(body);
    let anywhere = [mixed, mixed >> 16, mixed >> 32].map(|part| part as usize % whole.max(1));
    let near = [1, 2 + (mixed >> 48) as usize % 30].map(|short| whole.saturating_sub(short));
    anywhere
        .into_iter()
        .chain(near)
        .filter(move |length| *length < whole)
}

/// Returns the FNV-1a hash, for choices that depend on the input without using a byte of it.
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    let mix = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix)
}
