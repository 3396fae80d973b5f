//! Laws of every decoder, whatever it reads.

use std::fmt::Debug;

use bytes::Bytes;
use http::Response;
use masthead::snapshot::Reading;
use masthead::source::Source;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Three hundred characters, each written as `\u{10ffff}` at worst: longer an error need not be, and a log suffers.
const LONGEST_ERROR: usize = 3000 + 100;

/// The source that the first byte chooses, and the body behind it. Letters from `a` on, so that a seed says which it is and
/// keeps it when a source is added at the end.
pub(crate) fn choose<'s, 'd, T>(sources: &'s [T], data: &'d [u8]) -> Option<(&'s T, &'d [u8])> {
    let (first, body) = data.split_first()?;
    let source = sources.get(usize::from(first.wrapping_sub(b'a')) % sources.len())?;
    Some((source, body))
}

/// Decodes a body; a reading that comes back has kept the laws.
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
                "an error for no log: {text:?}"
            );
            assert!(
                text.chars().count() <= LONGEST_ERROR,
                "an endless error: {text:?}"
            );
            return None;
        }
    };
    assert_eq!(*reading.source(), source.id());
    round_trip(&reading);
    for length in lengths(body) {
        // What can be cut off without a loss is space and comments behind the end.
        if let Ok(cut) = decode(whole.slice(..length)) {
            assert_eq!(cut, reading, "the first {length} of {} bytes", body.len());
        }
    }
    Some(reading)
}

/// What is kept comes back the same.
pub(crate) fn round_trip<T: PartialEq + Debug + Serialize + DeserializeOwned>(value: &T) {
    let text = serde_json::to_string(value).expect("a value that cannot be kept");
    let back: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(back, *value, "kept as {text}");
}

/// A few lengths below the whole, others for each body: near the end, and anywhere.
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

/// A number that any change of the bytes changes: a choice that needs no byte of its own.
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    let mix = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix)
}
